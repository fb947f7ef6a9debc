"""An increment: what has become known since the last load, added to the stored graph exactly once."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph import stored_form
from graph.links import Links
from graph.progress import ProgressFunction, Reporter
from graph.schema import ENTITY_TABLES, MISSING_MS, RELATIONSHIPS, TABLES, Kind, Relationship, utc
from graph.store_errors import StoreError
from graph.stored_form import (
    FIRST_HIGH_CHARACTER,
    KEY_OF,
    Batch,
    Writer,
    encode_nodes,
    layout_of,
    link_batches,
    node_batches,
    property_names,
)
from queries.library import statements

if TYPE_CHECKING:
    from graph.store import Store

UNITS: Final = 10_000
"""Amounts have four places: they are added as whole numbers of the last one."""

MOST_UNITS: Final = 2**51
"""Below this a float64 amount times `UNITS` rounds to the whole number it was made of, above not always."""

READ_ALL_SHARE: Final = 0.25
"""Where this share of a kind's nodes or more is looked up, reading all in pages is faster."""

LINK_FRAMES: Final = tuple(relationship.name for relationship in RELATIONSHIPS)

_MONEY: Final = ("amount", "bad_amount")
_VERDICT: Final = ("verdict", "verdict_at")
_MOMENTS: Final = {table.name: table.moment for table in TABLES}


@dataclass(frozen=True)
class Increment:
    """What became known after `since_ms`, up to `links.as_of_ms`.

    `links` are those of the new events alone. Its nodes are all that the tables name: `has_row` says which
    stand in a table of entities known by now, `has_event` which a new event names (n,); labels name others.
    `later_outcomes` are orders placed by `since_ms` whose outcome became known after it: codes `consumer` and
    `partner`, `placed_at`, and what to add: `bad_amount`, `refunded`, `disputed`, `defaulted`. `digest` is of
    all that.
    """

    since_ms: int
    links: Links
    later_outcomes: pd.DataFrame
    has_row: dict[Kind, NDArray[np.bool_]]
    has_event: dict[Kind, NDArray[np.bool_]]
    digest: str


@dataclass(frozen=True)
class IncrementReport:
    """What an increment did, in nodes and relationships together.

    `unmatched_labels` counts labelled entities that the store does not hold. `repeated` says that the
    increment was in the store already, so that nothing was done.
    """

    created: int
    updated: int
    unmatched_labels: int
    repeated: bool
    seconds: float


@dataclass(frozen=True)
class _Nodes:
    """What the nodes of a kind are to be: property -> values (n,), and the rows to write."""

    values: dict[str, NDArray[np.object_]]
    create: NDArray[np.intp]
    update: NDArray[np.intp]
    unmatched: int


class Application:
    """One increment on its way into a store, or on its way again after it was cut off."""

    def __init__(self, store: Store, increment: Increment, progress: ProgressFunction | None) -> None:
        self.store = store
        self.increment = increment
        self.links = increment.links
        self.progress = progress
        # batches are numbered: whatever cuts them has a part in the name, so that others never count on
        form = (increment.digest, stored_form.BATCH_ROWS, version("ringwatch"))
        self.load = f"increment-{hashlib.sha256(repr(form).encode()).hexdigest()[:24]}"
        self.fence = f"{self.load}/nodes-{secrets.token_hex(8)}"
        # One writer: two deadlock on Neo4j even where they share no node, for what changes a link locks its
        # neighbours among the links of both its ends, and cannot wait for a turn as new links alone can.
        self.writer = Writer("writer-0", self.fence)
        self.encoded = {kind: encode_nodes(self.links.nodes(kind)) for kind in Kind}
        self.updated_nodes = self.unmatched = 0

    @property
    def links_fence(self) -> str:
        """What the writer's record holds while links are written: alike whenever this is taken up again."""
        return f"{self.load}/links"

    def run(self) -> IncrementReport:
        """Add the increment; the graph is complete only once this returns."""
        started = time.perf_counter()
        amounts = self._units()
        state, record = self._base()
        repeated = record["state"] == "complete" and record["load"] == self.load
        before = {name: size for name, (size, _) in _frames(state).items()}
        if not repeated:
            if not record["writing_links"]:
                self._write_nodes(state, record)
            self._start_links()
            held = self._write_links(amounts, before)
            held |= {name: count_held(self.store, name) for name in ENTITY_TABLES.values()}
            self._finish(state, record, held)
            created = sum(held.values()) - sum(before.values())
            touched = sum(len(getattr(self.links, one.name)) for one in RELATIONSHIPS)
            updated = self.updated_nodes + touched - sum(held[name] - before[name] for name in LINK_FRAMES)
        else:
            created = updated = 0
        return IncrementReport(
            created, updated, self.unmatched, repeated, seconds=time.perf_counter() - started
        )

    def _units(self) -> dict[tuple[str, str], NDArray[np.int64]]:
        """(frame, property) -> the amounts to add as whole ten-thousandths."""
        frames = {one.name: getattr(self.links, one.name) for one in RELATIONSHIPS}
        frames["later_outcomes"] = self.increment.later_outcomes
        amounts = {}
        for name, frame in frames.items():
            for column in _MONEY:
                if column in frame.columns:
                    units = frame[column].to_numpy() * UNITS
                    if len(units) and np.abs(units).max() >= MOST_UNITS:
                        raise too_large()
                    amounts[name, column] = np.rint(units).astype(np.int64)
        return amounts

    def _base(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The store's record, checked to be that of the graph to which this increment belongs."""
        state = self.store.state()
        where = f"The store at {self.store.address}"
        if state is None:
            raise StoreError(f"{where} is empty; load data into it at once, without a moment to start from.")
        record = dict(self.store.read_records(statements("changes")["read"], links=self.links_fence)[0])
        if record["load"] == self.load:
            return state, record
        check_complete(where, record)
        if record["as_of"] != self.increment.since_ms:
            raise StoreError(
                f"{where} holds what was known at {moment(record['as_of'])}, and this increment starts at "
                f"{moment(self.increment.since_ms)}; start it at the store's moment, or load at once."
            )
        ours, theirs = self.links.currency, state["currency"]
        if ours and theirs and ours != theirs:
            raise StoreError(
                f"{where} holds amounts in {theirs}, and most of the data is in {ours}; load at once."
            )
        return state, record

    def _write_nodes(self, state: dict[str, Any], record: dict[str, Any]) -> None:
        columns = json.loads(state["columns"])
        bounds = json.loads(state["pages"])
        nodes = {}
        for kind, table in ENTITY_TABLES.items():
            stored = self._stored(kind, columns[table], bounds[table], _frames(state)[table][0])
            nodes[kind] = self._compare(kind, stored, record["expired_before"])
        self._begin(record, self._grown_pages(bounds, nodes), self._grown_columns(columns))
        for kind, table in ENTITY_TABLES.items():
            change = nodes[kind]
            report = Reporter(table, len(change.create) + len(change.update), self.progress)
            for statement, rows in (("create", change.create), ("merge", change.update)):
                self._write(node_batches(table, statement, change.values, rows), report)
            self.updated_nodes += len(change.update)
            self.unmatched += change.unmatched

    def _stored(
        self, kind: Kind, columns: Sequence[str], bounds: Sequence[str], held: int
    ) -> dict[str, NDArray[np.object_]]:
        """The stored properties of the nodes that the increment names."""
        table, key = ENTITY_TABLES[kind], KEY_OF[kind]
        keys = self.encoded[kind][key]
        if len(keys) > READ_ALL_SHARE * held:
            return self.store.read_nodes(kind, columns, bounds).values
        names = [key, *(name for name in columns if name != key)]
        report = Reporter(f"look up {table}", len(keys), self.progress)
        parts: list[list[list[Any]]] = [[[] for _ in names]]
        for start in range(0, len(keys), stored_form.PAGE_NODES):
            part = keys[start : start + stored_form.PAGE_NODES].tolist()
            text = statements(f"{table}_changes")["lookup"]
            parts.append(self.store.read_records(text, keys=part, columns=names)[0]["columns"])
            report.add(len(part))
        return {
            name: _objects([value for part in parts for value in part[number]])
            for number, name in enumerate(names)
        }

    def _compare(
        self, kind: Kind, stored: dict[str, NDArray[np.object_]], expired_before: int | None
    ) -> _Nodes:
        """What a row says stands for the stored; what only events or labels name keeps what is stored."""
        new, key = self.encoded[kind], KEY_OF[kind]
        where = pd.Index(stored[key], dtype=object).get_indexer(pd.Index(new[key], dtype=object))
        is_stored = where >= 0
        has_row, has_event = self.increment.has_row[kind], self.increment.has_event[kind]
        nothing = np.full(len(where), None, dtype=object)
        ours = {name: new.get(name, nothing) for name in sorted(new.keys() | stored.keys())}
        theirs = {name: _taken(stored, name, where, is_stored) for name in ours}
        values = {name: np.where(has_row, ours[name], theirs[name]) for name in ours}
        values[key] = new[key]
        newer = _newer_verdict(ours, theirs)
        values |= {name: np.where(newer, ours[name], theirs[name]) for name in _VERDICT}
        changed = np.zeros(len(where), dtype=bool)
        for name, column in values.items():
            changed |= np.asarray(column != theirs[name], dtype=bool)
        wanted = has_event | (has_row & self._comes_back(kind, expired_before))
        return _Nodes(
            values=values,
            create=np.flatnonzero(~is_stored & wanted),
            update=np.flatnonzero(is_stored & changed),
            unmatched=int(np.count_nonzero(~is_stored & ~has_row & ~has_event)),
        )

    def _comes_back(self, kind: Kind, expired_before: int | None) -> NDArray[np.bool_]:
        """Whether a row alone makes a node: not where expiry has removed it, by the rule of expiry."""
        frame = self.links.nodes(kind)
        if expired_before is None or kind is Kind.PARTNER:
            return np.ones(len(frame), dtype=bool)
        own = frame[_MOMENTS[ENTITY_TABLES[kind]]].to_numpy() >= expired_before
        known: NDArray[np.bool_] = own | (frame["verdict"].to_numpy() != "")
        return known

    def _begin(
        self, record: dict[str, Any], pages: dict[str, list[str]], columns: dict[str, list[str]]
    ) -> None:
        begun = self.store.write_records(
            statements("changes")["begin"],
            load=self.load,
            base=record["load"],
            links=self.links_fence,
            fence=self.fence,
            until=self.links.as_of_ms,
            expiring=None,
            pages=json.dumps(pages),
            columns=json.dumps(columns),
            writers=[self.writer.name],
        )
        if not begun:
            raise taken_over()

    def _grown_pages(self, bounds: dict[str, list[str]], nodes: dict[Kind, _Nodes]) -> dict[str, list[str]]:
        """New bounds among new ids, by their hash: so pages stay bounded however many increments come."""
        grown = {}
        for kind, table in ENTITY_TABLES.items():
            keys = nodes[kind].values[KEY_OF[kind]][nodes[kind].create]
            hashes = pd.util.hash_array(keys, categorize=False)
            drawn = keys[hashes % max(stored_form.PAGE_NODES // 2, 1) == 0]
            grown[table] = sorted({*bounds[table], *filter(_is_bound, drawn)})
        return grown

    def _grown_columns(self, columns: dict[str, list[str]]) -> dict[str, list[str]]:
        return {
            table: list(dict.fromkeys([*columns[table], *self.encoded[kind]]))
            for kind, table in ENTITY_TABLES.items()
        }

    def _start_links(self) -> None:
        started = self.store.write_records(
            statements("changes")["links"], load=self.load, fence=self.fence, links=self.links_fence
        )
        if not started:
            raise taken_over()
        self.writer.load, self.writer.batch = self.links_fence, -1

    def _write_links(
        self, amounts: dict[tuple[str, str], NDArray[np.int64]], before: dict[str, int]
    ) -> dict[str, int]:
        """Write every batch that is not yet in; how many links of each frame the store then holds."""
        held = {}
        for relationship in RELATIONSHIPS:
            frame: pd.DataFrame = getattr(self.links, relationship.name)
            ends = [frame[relationship.source].to_numpy(), frame[relationship.target].to_numpy()]
            values = [
                amounts[relationship.name, name] if name in _MONEY else frame[name].to_numpy()
                for name in relationship.properties
            ]
            report = Reporter(relationship.name, len(frame), self.progress)
            created = self._write(self._link_batches(relationship, ends, values), report)
            # counting takes the embedded server seconds: only where a batch was in already
            held[relationship.name] = (
                count_held(self.store, relationship.name)
                if created is None
                else before[relationship.name] + created
            )
        report = Reporter("later outcomes", len(self.increment.later_outcomes), self.progress)
        self._write(self._outcome_batches(amounts["later_outcomes", "bad_amount"]), report)
        return held

    def _link_batches(
        self,
        relationship: Relationship,
        ends: Sequence[NDArray[Any]],
        values: Sequence[NDArray[Any]],
    ) -> Iterator[Batch]:
        sources = self._keys(relationship.source_kind)[ends[0]]
        targets = self._keys(relationship.target_kind)[ends[1]]
        for batch in link_batches(relationship, "add", (sources, targets), values):
            yield dataclasses.replace(batch, file=f"{relationship.name}_changes")

    def _outcome_batches(self, bad_units: NDArray[np.int64]) -> Iterator[Batch]:
        frame = self.increment.later_outcomes
        groups: dict[str, dict[str, list[list[int]]]] = {}
        rows = zip(
            self._keys(Kind.PARTNER)[frame["partner"].to_numpy()],
            self._keys(Kind.CONSUMER)[frame["consumer"].to_numpy()],
            frame["placed_at"].tolist(),
            bad_units.tolist(),
            *(frame[name].tolist() for name in ("refunded", "disputed", "defaulted")),
            strict=True,
        )
        for partner, consumer, *outcome in rows:
            groups.setdefault(partner, {}).setdefault(consumer, []).append(outcome)
        yield from _cut(groups)

    def _keys(self, kind: Kind) -> NDArray[np.object_]:
        return self.encoded[kind][KEY_OF[kind]]

    def _write(self, batches: Iterable[Batch], report: Reporter) -> int | None:
        """Write the batches; how many links they created, None where one was in already."""
        return self.store.write_part(self.writer, batches, report)

    def _finish(self, state: dict[str, Any], record: dict[str, Any], held: dict[str, int]) -> None:
        """Record the grown graph."""
        frames = _frames(state)
        layouts: dict[str, Any] = {name: layout for name, (_, layout) in frames.items()}
        for kind, table in ENTITY_TABLES.items():
            layouts[table] = self._layout(kind, layouts[table])
        # begun again or not, the record has the pages that `begin` wrote
        pages = json.loads(self.store.state()["pages"])  # type: ignore[index]
        finish(
            self.store,
            self.load,
            as_of=self.links.as_of_ms,
            currency=state["currency"] or self.links.currency,
            frames={name: (held[name], layout) for name, layout in layouts.items()},
            pages=pages,
            expired_before=record["expired_before"],
        )

    def _layout(self, kind: Kind, stored: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
        """The stored columns and the new ones as a load at once has them: those that a node fills."""
        table, ours = ENTITY_TABLES[kind], dict(layout_of(self.links.nodes(kind)))
        theirs = {str(column): str(dtype) for column, dtype in stored}
        fixed = [column.name for one in TABLES if one.name == table for column in one.columns]
        extra = sorted((ours.keys() | theirs.keys()) - {*fixed, *_VERDICT})
        names = property_names(extra)
        text = statements(f"{table}_changes")["filled"]
        kept = [
            column
            for column in extra
            if column in ours or self.store.read_records(text, column=names[column])
        ]
        return [(column, {**theirs, **ours}[column]) for column in (*fixed, *kept, *_VERDICT)]


def count_held(store: Store, name: str) -> int:
    """How many nodes or links of a frame the store holds."""
    return int(store.read_records(statements(f"{name}_changes")["count"])[0]["held"])


def finish(
    store: Store,
    load: str,
    *,
    as_of: int,
    currency: str,
    frames: dict[str, tuple[int, Any]],
    pages: dict[str, list[str]],
    expired_before: int | None,
) -> None:
    """Record that the graph is whole again; StoreError where another load has begun meanwhile."""
    columns = {
        table: list(property_names([column for column, _ in frames[table][1]]).values())
        for table in ENTITY_TABLES.values()
    }
    finished = store.write_records(
        statements("changes")["finish"],
        load=load,
        as_of=as_of,
        currency=currency,
        frames=json.dumps(frames),
        pages=json.dumps(pages),
        columns=json.dumps(columns),
        expired_before=expired_before,
    )
    if not finished:
        raise taken_over()


def check_complete(where: str, record: dict[str, Any]) -> None:
    """StoreError where something other was begun in the store and did not finish."""
    if record["state"] == "complete":
        return
    if record["expiring"] is not None:
        raise StoreError(
            f"{where} is left by an expiry of what was before {moment(record['expiring'])} that did not "
            "finish; repeat it with the same moment, or load at once."
        )
    if record["until"] is not None:
        raise StoreError(
            f"{where} holds an increment up to {moment(record['until'])} that did not finish; repeat that "
            "one with the same data and the same two moments, or load at once."
        )
    raise StoreError(f"The last load into {where[0].lower()}{where[1:]} did not finish; load again.")


def moment(ms: int) -> str:
    """A moment for a sentence, to the millisecond, as the command line takes it."""
    text = utc(ms).isoformat(timespec="milliseconds")
    return text.replace(".000+", "+").replace("+00:00", "Z")


def taken_over() -> StoreError:
    """The error for work that another load has ended."""
    return StoreError("Another load has taken over this store; this one has stopped.")


def check_largest(records: Sequence[Mapping[str, Any]]) -> None:
    """StoreError where a batch of sums, not yet committed, says that one of them has grown too large."""
    for record in records:
        if (record.get("largest") or 0) * UNITS >= MOST_UNITS:
            raise too_large()


def too_large() -> StoreError:
    """The error for amounts that cannot be added to the last place."""
    return StoreError(
        f"An amount of a link reaches {MOST_UNITS // UNITS:,}, where sums can no longer be added exactly; "
        "load at once."
    )


def _cut(groups: dict[str, dict[str, list[list[int]]]]) -> Iterator[Batch]:
    """Batches of at most `BATCH_ROWS` pairs, sorted by partner, then by consumer."""
    rows: list[Any] = []
    count = 0
    for partner in sorted(groups):
        consumers = sorted(groups[partner].items())
        for start in range(0, len(consumers), stored_form.BATCH_ROWS):
            part = [list(pair) for pair in consumers[start : start + stored_form.BATCH_ROWS]]
            if count + len(part) > stored_form.BATCH_ROWS:
                yield Batch("ordered_at_changes", "outcomes", rows, count)
                rows, count = [], 0
            rows.append([partner, part])
            count += len(part)
    if rows:
        yield Batch("ordered_at_changes", "outcomes", rows, count)


def _is_bound(key: str) -> bool:
    """Whether a key may be a page's bound, as in `stored_form.page_bounds`."""
    return all(character < FIRST_HIGH_CHARACTER for character in key)


def _frames(state: dict[str, Any]) -> dict[str, tuple[int, list[list[str]]]]:
    frames: dict[str, tuple[int, list[list[str]]]] = json.loads(state["frames"])
    return frames


def _taken(
    stored: dict[str, NDArray[np.object_]],
    name: str,
    where: NDArray[np.intp],
    is_stored: NDArray[np.bool_],
) -> NDArray[np.object_]:
    """The stored values of each new row, None where there are none."""
    values = np.full(len(where), None, dtype=object)
    if name in stored:
        values[is_stored] = stored[name][where[is_stored]]
    return values


def _newer_verdict(
    ours: dict[str, NDArray[np.object_]], theirs: dict[str, NDArray[np.object_]]
) -> NDArray[np.bool_]:
    """Whether our verdict comes later; of two at the same moment, fraud."""
    new_at, old_at = (_moments_of(values["verdict_at"]) for values in (ours, theirs))
    newer: NDArray[np.bool_] = (new_at > old_at) | ((new_at == old_at) & (ours["verdict"] == "fraud"))
    return newer


def _moments_of(values: NDArray[np.object_]) -> NDArray[np.int64]:
    moments = values.copy()
    moments[pd.isna(moments)] = MISSING_MS
    return moments.astype(np.int64)


def _objects(values: list[Any]) -> NDArray[np.object_]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
