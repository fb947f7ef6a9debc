"""Expiry: removes what lies before a moment from the stored graph, page by page."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from graph import stored_form
from graph.increments import check_complete, count_held, finish, moment, taken_over
from graph.progress import ProgressFunction, Reporter
from graph.schema import ENTITY_TABLES, RELATIONSHIPS, Kind, Relationship
from graph.store_errors import StoreError
from graph.stored_form import Writer
from queries.library import statements

if TYPE_CHECKING:
    from graph.store import Store

REMOVE_ROWS: Final = 10_000
"""Links or nodes a transaction removes at most."""


@dataclass(frozen=True)
class ExpireReport:
    """What an expiry removed: `links`, and `nodes` (by kind) that no link held any more.

    `ongoing` counts links that began before the moment and go on: they stay, with all that they sum up.
    """

    links: int
    nodes: dict[Kind, int]
    ongoing: int
    seconds: float


class Expiry:
    """One expiry on its way, or on its way again after it was cut off: whatever is gone stays gone."""

    def __init__(self, store: Store, before_ms: int, progress: ProgressFunction | None) -> None:
        self.store = store
        self.before_ms = before_ms
        self.progress = progress
        self.load = f"expiry-{before_ms}"
        # one writer: two links may share a node, and so wait for each other
        self.writer = Writer("writer-0", f"{self.load}/{secrets.token_hex(8)}")

    def run(self) -> ExpireReport:
        """Remove all that is before the moment; the graph is complete only once this returns."""
        started = time.perf_counter()
        state, record = self._begin()
        bounds = json.loads(state["pages"])
        links = ongoing = 0
        for relationship in RELATIONSHIPS:
            removed, stayed = self._expire_links(
                relationship, bounds[ENTITY_TABLES[relationship.source_kind]]
            )
            links += removed
            ongoing += stayed
        nodes: dict[Kind, int] = {}
        pages = {"partners": bounds["partners"]}
        for kind, table in ENTITY_TABLES.items():
            if kind is not Kind.PARTNER:
                nodes[kind], pages[table] = self._expire_nodes(table, bounds[table])
        self._finish(state, record, pages)
        return ExpireReport(links, nodes, ongoing, time.perf_counter() - started)

    def _begin(self) -> tuple[dict[str, Any], dict[str, Any]]:
        state = self.store.state()
        where = f"The store at {self.store.address}"
        if state is None:
            raise StoreError(f"{where} is empty: there is nothing to expire.")
        texts = statements("changes")
        record = dict(self.store.read_records(texts["read"], links=self.writer.load)[0])
        if record["load"] != self.load:
            check_complete(where, record)
        if self.before_ms > state["as_of"]:
            raise StoreError(
                f"{where} holds what was known at {moment(state['as_of'])}; nothing can expire before "
                f"{moment(self.before_ms)}, which is later."
            )
        begun = self.store.write_records(
            texts["begin"],
            load=self.load,
            base=record["load"],
            links=self.writer.load,
            fence=self.writer.load,
            until=None,
            expiring=self.before_ms,
            pages=state["pages"],
            columns=state["columns"],
            writers=[self.writer.name],
        )
        if not begun:
            raise taken_over()
        return state, record

    def _expire_links(self, relationship: Relationship, bounds: list[str]) -> tuple[int, int]:
        """How many links were removed, and how many began before the moment and stay."""
        texts = statements(f"{relationship.name}_changes")
        report = Reporter(f"expire {relationship.name}", len(bounds) + 1, self.progress)
        removed = ongoing = 0
        for suffix, keys in _pages(bounds):
            found = self.store.read_records(texts[f"page{suffix}"], before=self.before_ms, **keys)[0]
            ongoing += found["ongoing"]
            if found["ended"]:
                removed += self._remove(texts[f"expire{suffix}"], keys)
            report.add(1)
        return removed, ongoing

    def _expire_nodes(self, table: str, bounds: list[str]) -> tuple[int, list[str]]:
        """How many nodes were removed, and bounds of pages that are not too small."""
        texts = statements(f"{table}_changes")
        report = Reporter(f"expire {table}", len(bounds) + 1, self.progress)
        removed, held = 0, []
        for suffix, keys in _pages(bounds):
            removed += self._remove(texts[f"expire{suffix}"], keys)
            held.append(self.store.read_records(texts[f"page{suffix}"], **keys)[0]["held"])
            report.add(1)
        return removed, wide_pages(bounds, held)

    def _remove(self, text: str, keys: dict[str, str]) -> int:
        removed = 0
        while True:
            records = self.store.write_fenced(
                self.writer, text, before=self.before_ms, limit=REMOVE_ROWS, **keys
            )
            # no record: the commit of an earlier try went through, and its answer was lost
            count = records[0]["removed"] if records else REMOVE_ROWS
            removed += count if records else 0
            if count < REMOVE_ROWS:
                return removed

    def _finish(self, state: dict[str, Any], record: dict[str, Any], pages: dict[str, list[str]]) -> None:
        frames = json.loads(state["frames"])
        held = {name: count_held(self.store, name) for name in frames}
        finish(
            self.store,
            self.load,
            as_of=state["as_of"],
            currency=state["currency"],
            frames={name: (held[name], layout) for name, (_, layout) in frames.items()},
            pages=pages,
            expired_before=max(self.before_ms, record["expired_before"] or 0),
        )


def wide_pages(bounds: list[str], held: list[int]) -> list[str]:
    """The bounds that are left when neighbouring pages are joined while they fit into one."""
    kept, size = [], held[0]
    for bound, count in zip(bounds, held[1:], strict=True):
        if size + count > stored_form.PAGE_NODES:
            kept.append(bound)
            size = 0
        size += count
    return kept


def _pages(bounds: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The suffix of the statement and its range of keys, page by page."""
    for low, high in zip(["", *bounds], bounds, strict=False):
        yield "", {"from": low, "to": high}
    yield "_last", {"from": bounds[-1] if bounds else ""}
