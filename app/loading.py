"""From a folder of tables to links, and from links into a store."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.progress import Steps
from app.run_folder import whole_folder
from app.settings import StoreChoice
from graph.aggregation import aggregate, aggregate_new
from graph.bulk import write_bulk
from graph.links import Links
from graph.progress import Progress
from graph.schema import EVENT_TABLES, RELATIONSHIPS
from graph.store import ExpireReport, Store, open_store
from graph.tables import Tables, read_new_rows, read_tables


@dataclass(frozen=True)
class Reading:
    """How to read tables: nothing after `as_of`, by default the newest event, and so many broken rows."""

    as_of: datetime | None = None
    max_rejected_share: float = 0.01


def load(
    data: Path, choice: StoreChoice, reading: Reading, *, steps: Steps, environ: Mapping[str, str]
) -> None:
    """Make the graph in the store that of the tables in `data`; loading again changes nothing."""
    _, links = read_links(data, reading, steps)
    with open_chosen(choice, environ) as store:
        load_links(store, links, steps)


def load_since(
    data: Path,
    choice: StoreChoice,
    reading: Reading,
    since: datetime,
    *,
    steps: Steps,
    environ: Mapping[str, str],
) -> None:
    """Add to the store what became known after `since`, the moment of its last load."""
    with steps.step("read tables"):
        rows = read_new_rows(
            data,
            since=since,
            as_of=reading.as_of,
            max_rejected_share=reading.max_rejected_share,
            progress=lambda name, count: steps.count(count, 0, f"rows of {name}"),
        )
        new = {name: getattr(rows.tables, name).num_rows for name in EVENT_TABLES}
        steps.note(", ".join(f"{count:,} new {name}" for name, count in new.items()))
    with steps.step("link who dealt with whom"):
        increment = aggregate_new(rows)
    with open_chosen(choice, environ) as store, steps.step("add to the store"):
        report = store.add(increment, progress=shown_by(steps))
        steps.note(
            "it was in the store already"
            if report.repeated
            else f"{report.created:,} created, {report.updated:,} updated"
        )


def expire(
    choice: StoreChoice, before: datetime, *, steps: Steps, environ: Mapping[str, str]
) -> ExpireReport:
    """Remove from the store what lies before a moment."""
    with open_chosen(choice, environ) as store, steps.step("expire"):
        report = store.expire(round(before.timestamp() * 1000), progress=shown_by(steps))
        steps.note(f"{report.links:,} links removed")
    return report


def write_files(data: Path, folder: Path, reading: Reading, *, steps: Steps) -> str:
    """Write the graph of the tables for Neo4j's importer to a new `folder`; the command that imports it."""
    _, links = read_links(data, reading, steps)
    with steps.step("write files"), whole_folder(folder) as draft:
        arguments = write_bulk(links, draft)
    return f"cd {shlex.quote(str(folder.resolve()))} && neo4j-admin {shlex.join(arguments)}"


def read_links(data: Path, reading: Reading, steps: Steps) -> tuple[Tables, Links]:
    """The tables of a folder, and the links that they amount to."""
    with steps.step("read tables"):
        tables = read_tables(
            data,
            as_of=reading.as_of,
            max_rejected_share=reading.max_rejected_share,
            progress=lambda name, rows: steps.count(rows, 0, f"rows of {name}"),
        )
        steps.note(", ".join(f"{count.read:,} {name}" for name, count in tables.counts.items()))
    return tables, link(tables, steps)


def link(tables: Tables, steps: Steps) -> Links:
    """The links that the tables amount to."""
    with steps.step("link who dealt with whom"):
        links = aggregate(tables)
        steps.note(f"{sum(len(getattr(links, one.name)) for one in RELATIONSHIPS):,} links")
    return links


def open_chosen(choice: StoreChoice, environ: Mapping[str, str]) -> AbstractContextManager[Store]:
    """The store that was chosen; StoreError where it does not answer."""
    return open_store(choice.target, folder=choice.folder, environ=environ)


def load_links(store: Store, links: Links, steps: Steps) -> None:
    """Make the graph in the store that of `links`."""
    with steps.step("load the store"):
        report = store.load(links, progress=shown_by(steps))
        steps.note(
            f"{report.created:,} created, {report.updated:,} updated, {report.removed:,} removed, "
            f"{report.unchanged:,} unchanged"
        )


def shown_by(steps: Steps) -> Callable[[Progress], None]:
    """What a store calls while it works, so that the current step shows how far it is."""
    return lambda progress: steps.count(
        progress.done, progress.total, progress.step, rate=progress.rate_per_second
    )
