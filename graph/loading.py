"""A load: reads what the store holds and writes the difference, so that it holds exactly the new graph."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.link_pages import NodeCodes
from graph.links import Links
from graph.migrations import STORE_VERSION
from graph.progress import ProgressFunction, Reporter
from graph.schema import ENTITY_TABLES, RELATIONSHIPS, Kind, Relationship
from graph.store_errors import StoreError
from graph.stored_form import (
    KEY_OF,
    Batch,
    LinkChanges,
    NodeChanges,
    Writer,
    compare_links,
    compare_nodes,
    encode_nodes,
    link_batches,
    load_record,
    new_link_batches,
    node_batches,
    pages_of,
    remove_batches,
)
from queries.library import statements

if TYPE_CHECKING:
    from graph.store import Store


@dataclass(frozen=True)
class LoadReport:
    """What a load did, in nodes and relationships together."""

    created: int
    updated: int
    removed: int
    unchanged: int
    seconds: float


class Load:
    """One load: reads what is there, writes the difference."""

    def __init__(self, store: Store, links: Links, progress: ProgressFunction | None) -> None:
        self.store = store
        self.links = links
        self.progress = progress
        self.token = secrets.token_hex(8)
        # the embedded server is slower with parallel writers, and its lost races fail
        count = 2 if store.is_neo4j else 1
        self.writers = [Writer(f"writer-{number}", self.token) for number in range(count)]
        self.encoded = {kind: encode_nodes(links.nodes(kind)) for kind in Kind}
        self.codes: dict[Kind, NodeCodes] = {}
        self.created = self.updated = self.removed = 0

    def run(self) -> LoadReport:
        """Write the difference; the graph is complete only once this returns."""
        started = time.perf_counter()
        self.store.state()  # refuses a newer form before anything is written
        is_empty, bounds, columns = self._begin()
        nodes = {kind: self._node_changes(kind, is_empty, bounds, columns) for kind in Kind}
        links = self._all_link_changes(is_empty, bounds)
        self._write_nodes(nodes)
        for relationship, changes in links.items():
            self._write_links(relationship, changes)
        self._remove_nodes(nodes)
        self._finish()
        total = self._total()
        return LoadReport(
            created=self.created,
            updated=self.updated,
            removed=self.removed,
            unchanged=total - self.created - self.updated,
            seconds=time.perf_counter() - started,
        )

    def _total(self) -> int:
        links = sum(len(getattr(self.links, relationship.name)) for relationship in RELATIONSHIPS)
        return links + sum(self.links.size(kind) for kind in Kind)

    def _begin(self) -> tuple[bool, dict[str, list[str]], dict[str, list[str]]]:
        """Take the store over: whether it is empty, page bounds and properties of the old and the new."""
        before = self.store.write_records(
            statements("state")["begin"],
            version=STORE_VERSION,
            load=self.token,
            writers=[writer.name for writer in self.writers],
        )[0]
        old_pages = json.loads(before["pages"] or "{}")
        old_columns = json.loads(before["columns"] or "{}")
        pages = {
            table: sorted({*old_pages.get(table, ()), *bounds})
            for table, bounds in pages_of(self.encoded).items()
        }
        columns = {
            table: sorted({*old_columns.get(table, ()), *self.encoded[kind]})
            for kind, table in ENTITY_TABLES.items()
        }
        covered = self.store.write_records(
            statements("state")["cover"],
            load=self.token,
            pages=json.dumps(pages),
            columns=json.dumps(columns),
        )
        self._check_holds(bool(covered))
        return before["pages"] is None, pages, columns

    def _check_holds(self, holds: bool) -> None:
        if not holds:
            raise StoreError("Another load has taken over this store; this one has stopped.")

    def _keys(self, kind: Kind) -> NDArray[np.object_]:
        return self.encoded[kind][KEY_OF[kind]]

    def _node_changes(
        self,
        kind: Kind,
        is_empty: bool,
        bounds: dict[str, list[str]],
        columns: dict[str, list[str]],
    ) -> NodeChanges:
        table = ENTITY_TABLES[kind]
        if is_empty:
            everything = np.arange(self.links.size(kind))
            return NodeChanges(create=everything, update=everything[:0], remove=())
        stored = self.store.read_nodes(kind, columns[table], bounds[table])
        codes = pd.Index(self._keys(kind)).get_indexer(pd.Index(stored.values[KEY_OF[kind]], dtype=object))
        self.codes[kind] = NodeCodes(stored.numbers, codes, self.links.size(kind))
        return compare_nodes(self.encoded[kind], stored.values, KEY_OF[kind])

    def _all_link_changes(
        self, is_empty: bool, bounds: dict[str, list[str]]
    ) -> dict[Relationship, LinkChanges]:
        return {
            relationship: self._link_changes(relationship, is_empty, bounds) for relationship in RELATIONSHIPS
        }

    def _link_changes(
        self, relationship: Relationship, is_empty: bool, bounds: dict[str, list[str]]
    ) -> LinkChanges:
        new: pd.DataFrame = getattr(self.links, relationship.name)
        if is_empty:
            everything = np.arange(len(new))
            return LinkChanges(everything, everything[:0], np.zeros((0, 2), np.int64))
        report = Reporter(f"compare {relationship.name}", len(new), self.progress)
        page_keys = bounds[ENTITY_TABLES[relationship.source_kind]]
        ends = (self.codes[relationship.source_kind], self.codes[relationship.target_kind])
        stored = self.store.read_pairs(relationship, page_keys, ends, report)
        # a link of a node that is no longer to be there goes with it
        stays = (stored[relationship.source] >= 0) & (stored[relationship.target] >= 0)
        return compare_links(new, stored[stays], relationship, self.links.size(relationship.target_kind))

    def _write_nodes(self, changes: dict[Kind, NodeChanges]) -> None:
        for kind, change in changes.items():
            table, encoded = ENTITY_TABLES[kind], self.encoded[kind]
            writers = len(self.writers)
            report = Reporter(table, len(change.create) + len(change.update), self.progress)
            for statement, rows in (("create", change.create), ("merge", change.update)):
                parts = [
                    node_batches(table, statement, encoded, part) for part in np.array_split(rows, writers)
                ]
                self._write_round(parts, report)
            self.created += len(change.create)
            self.updated += len(change.update)

    def _write_links(self, relationship: Relationship, changes: LinkChanges) -> None:
        frame: pd.DataFrame = getattr(self.links, relationship.name)
        codes = frame[[relationship.source, relationship.target]].to_numpy()
        values = [frame[name].to_numpy() for name in relationship.properties]
        counts = (len(changes.remove), len(changes.create), len(changes.update))
        report = Reporter(relationship.name, sum(counts), self.progress)
        self._write_pairs(relationship, "remove", changes.remove, [], report)
        for statement, rows in (("create", changes.create), ("merge", changes.update)):
            properties = [value[rows] for value in values]
            self._write_pairs(relationship, statement, codes[rows], properties, report)
        self.removed += counts[0]
        self.created += counts[1]
        self.updated += counts[2]

    def _write_pairs(
        self,
        relationship: Relationship,
        statement: str,
        codes: NDArray[Any],
        properties: list[NDArray[Any]],
        report: Reporter,
    ) -> None:
        keys = self._keys(relationship.source_kind), self._keys(relationship.target_kind)
        if statement != "create":
            ends = keys[0][codes[:, 0]], keys[1][codes[:, 1]]
            self._write_round([link_batches(relationship, statement, ends, properties)], report)
            return
        # only creating can be parallel without deadlocks, each commit in its turn
        parts = np.array_split(np.arange(len(codes)), len(self.writers))
        batches = [
            new_link_batches(relationship, keys, codes[part], [values[part] for values in properties])
            for part in parts
        ]
        self._write_round(batches, report, threading.Lock())

    def _remove_nodes(self, changes: dict[Kind, NodeChanges]) -> None:
        for kind, change in changes.items():
            report = Reporter(f"remove {ENTITY_TABLES[kind]}", len(change.remove), self.progress)
            # one writer: two nodes may share a neighbour, and so wait for each other
            self._write_round([remove_batches(ENTITY_TABLES[kind], change.remove)], report)
            self.removed += len(change.remove)

    def _write_round(
        self, parts: Sequence[Iterable[Batch]], report: Reporter, turn: threading.Lock | None = None
    ) -> None:
        """Write each part by a writer of its own, and wait for all; with a `turn`, one commits at a time."""
        if len(parts) == 1:
            self.store.write_part(self.writers[0], parts[0], report)
            return
        with ThreadPoolExecutor(len(parts)) as pool:
            together = zip(self.writers, parts, strict=True)
            futures = [pool.submit(self.store.write_part, *pair, report, turn) for pair in together]
            for future in futures:
                future.result()

    def _finish(self) -> None:
        record = load_record(self.links, self.encoded)
        finished = self.store.write_records(statements("state")["finish"], load=self.token, **record)
        self._check_holds(bool(finished))
