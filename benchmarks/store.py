"""Loading a store and reading it back: relationships a second, the plain way measured beside ours.

    python -m benchmarks.store --markdown benchmarks/store.md

Loads one drawn graph (`benchmarks.drawn`) into a new embedded store and a new Neo4j server, reads it back,
asks every query of the library (`benchmarks.store_queries`), adds a day (`benchmarks.drawn_day`), and gives
Neo4j's importer our files. Client and server share the machine. The plain ways, on `--sample` orders:
writing a map a row, batched, by one writer; reading a record a row; reading pages packed with `collect`;
and for a day, loading everything again, of which the difference is written.
"""

from __future__ import annotations

import argparse
import logging
import os
import platform
import resource
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import neo4j
import numpy as np

from benchmarks.drawn import drawn_links
from benchmarks.drawn_day import write_drawn_day
from benchmarks.store_queries import QueryTime
from benchmarks.store_queries import measure as measure_queries
from benchmarks.store_queries import table as query_table
from graph.aggregation import aggregate_new
from graph.bulk import write_bulk
from graph.embedded import DATABASE, USER, EmbeddedServer
from graph.links import Links
from graph.schema import RELATIONSHIPS, Kind
from graph.store import Progress, Store, open_store
from graph.tables import read_new_rows
from tests.neo4j import server as neo4j_server

RELATIONSHIPS_DRAWN: Final = 4_000_000
SAMPLE: Final = 400_000
PLAIN_BATCH: Final = 10_000
DAY_ORDERS: Final = 100_000
RETRIES_LOGGED_BY: Final = "neo4j.session"

PLAIN_WRITE: Final = """
UNWIND $rows AS row
MATCH (a:Consumer {consumer_id: row.consumer})
MATCH (b:Partner {partner_id: row.partner})
CREATE (a)-[:PLAIN {
  orders: row.orders, amount: row.amount, first_at: row.first_at, last_at: row.last_at
}]->(b)
"""
PLAIN_READ: Final = """
MATCH (a:Consumer)-[r:PLAIN]->(b:Partner)
RETURN a.consumer_id, b.partner_id, r.orders, r.amount, r.first_at, r.last_at
"""
PACKED_READ: Final = """
MATCH (a:Consumer)-[r:PLAIN]->(b:Partner) WHERE a.consumer_id >= $first AND a.consumer_id <= $last
RETURN collect(a.consumer_id), collect(b.partner_id), collect(r.orders), collect(r.amount)
"""
PLAIN_CLEAR: Final = "MATCH (:Consumer)-[r:PLAIN]->() WITH r LIMIT 10000 DELETE r RETURN count(*) AS gone"


@dataclass(frozen=True)
class Row:
    """A line of the table: what was done to how many, in seconds."""

    engine: str
    what: str
    count: int
    seconds: float
    note: str = ""

    @property
    def rate(self) -> float:
        """How many a second."""
        return self.count / max(self.seconds, 1e-9)


@dataclass(frozen=True)
class Engine:
    """A server that runs for this benchmark alone."""

    name: str
    uri: str
    login: tuple[str, str]
    pid: int


@contextmanager
def embedded(folder: Path) -> Iterator[Engine]:
    with EmbeddedServer(folder / "embedded") as server:
        yield Engine("embedded", server.address.uri, (USER, server.password), server.address.pid)


@contextmanager
def real_neo4j(folder: Path) -> Iterator[Engine]:
    neo4j_server.need_tools()
    neo4j_server.fetch_jars()
    home, password = folder / "neo4j", secrets.token_urlsafe(16)
    bolt, http = neo4j_server.free_ports()
    neo4j_server.make_home(home, bolt=bolt, http=http)
    neo4j_server.admin(home, "dbms", "set-initial-password", password)
    process = neo4j_server.launch(home, home / "server.log")
    try:
        neo4j_server.wait_until_ready(process, home / "server.log")
        yield Engine("Neo4j", f"bolt://127.0.0.1:{bolt}", ("neo4j", password), process.pid)
    finally:
        process.terminate()
        process.wait(neo4j_server.STOP_WITHIN_S)


ENGINES: Final = {"embedded": embedded, "neo4j": real_neo4j}


class Retries(logging.Handler):
    """Counts the transactions that the driver has tried again: lost races, deadlocks."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count what the driver says of a retry."""
        self.count += "will be retried" in record.getMessage()


@contextmanager
def counted_retries() -> Iterator[Retries]:
    """What the driver tries again in the meantime."""
    retries = Retries()
    logger = logging.getLogger(RETRIES_LOGGED_BY)
    logger.setLevel(logging.WARNING)
    logger.addHandler(retries)
    try:
        yield retries
    finally:
        logger.removeHandler(retries)


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure(
    engine: Engine, links: Links, sample: int, *, day_orders: int = DAY_ORDERS, with_queries: bool
) -> tuple[list[Row], list[QueryTime]]:
    """Loading, reading back, asking, a day and the plain ways on one server, which is empty before."""
    username, password = engine.login
    environ = {"NEO4J_USERNAME": username, "NEO4J_PASSWORD": password, "NEO4J_DATABASE": DATABASE}
    with open_store(engine.uri, environ=environ) as store:
        rows = load(engine, store, links)
        rows += read(engine, store, links)
        times = measure_queries(store, links, np.random.default_rng(1)) if with_queries else []
        rows += day(engine, store, links, day_orders)
    with (
        neo4j.GraphDatabase.driver(engine.uri, auth=engine.login) as driver,
        driver.session(database=DATABASE) as session,
    ):
        rows += plain(engine, session, links, sample)
    note = f"client {peak_mib('self'):,.0f} MiB, server {peak_mib(engine.pid):,.0f} MiB"
    return [*rows, Row(engine.name, "peak memory", 0, 0.0, note)], times


def load(engine: Engine, store: Store, links: Links) -> list[Row]:
    spans: dict[str, list[float]] = {}

    def note(progress: Progress) -> None:
        now = time.perf_counter()
        begun = now - progress.done / progress.rate_per_second
        spans.setdefault(progress.step, [begun, now])[1] = now

    with counted_retries() as retries:
        whole = timed(lambda: store.load(links, note))
    rows = []
    for relationship in RELATIONSHIPS:
        begun, ended = spans[relationship.name]
        count = len(getattr(links, relationship.name))
        rows.append(Row(engine.name, f"load {relationship.type}", count, ended - begun))
    count, seconds = sum(row.count for row in rows), sum(row.seconds for row in rows)
    rows.append(Row(engine.name, "**load relationships**", count, seconds, f"{retries.count} retries"))
    nodes = sum(links.size(kind) for kind in Kind)
    return [*rows, Row(engine.name, "load everything", count + nodes, whole)]


def read(engine: Engine, store: Store, links: Links) -> list[Row]:
    spans: dict[str, list[float]] = {}
    nodes = sum(links.size(kind) for kind in Kind)

    def note(progress: Progress) -> None:
        now = time.perf_counter()
        spans.setdefault("links" if progress.done > nodes else "nodes", [now, now])[1] = now

    whole = timed(lambda: store.read_links(note))
    count = sum(len(getattr(links, relationship.name)) for relationship in RELATIONSHIPS)
    seconds = spans["links"][1] - spans["nodes"][1]
    return [
        Row(engine.name, "**read relationships back**", count, seconds),
        Row(engine.name, "read everything back", count + nodes, whole),
    ]


def day(engine: Engine, store: Store, links: Links, orders: int) -> list[Row]:
    """A day of new orders from files into the store, and the plain way: all of it compared."""
    with tempfile.TemporaryDirectory() as folder:
        write_drawn_day(links, Path(folder), orders=orders)
        since = datetime.fromtimestamp(links.as_of_ms / 1000, UTC)
        with counted_retries() as retries:
            adding = timed(lambda: store.add(aggregate_new(read_new_rows(Path(folder), since=since))))
    held = store.read_links()
    comparing = timed(lambda: store.load(held))
    what = f"**add a day of {orders:,} orders**"
    return [
        Row(engine.name, what, orders, adding, f"files to finished graph, {retries.count} retries"),
        Row(engine.name, "plain: compare everything, write nothing", orders, comparing),
    ]


def plain(engine: Engine, session: neo4j.Session, links: Links, sample: int) -> list[Row]:
    """The same server, written and read without further thought."""
    frame = links.ordered_at.iloc[:sample]
    consumers = links.consumers["consumer_id"].to_numpy(dtype=object)[frame["consumer"]]
    partners = links.partners["partner_id"].to_numpy(dtype=object)[frame["partner"]]
    columns = [frame[name].tolist() for name in ("orders", "amount", "first_at", "last_at")]
    names = ("consumer", "partner", "orders", "amount", "first_at", "last_at")
    maps = [dict(zip(names, row, strict=True)) for row in zip(consumers, partners, *columns, strict=True)]

    def run(transaction: neo4j.ManagedTransaction, text: str, params: dict[str, object]) -> int:
        return len(list(transaction.run(text, params)))

    def write() -> None:
        for start in range(0, len(maps), PLAIN_BATCH):
            session.execute_write(run, PLAIN_WRITE, {"rows": maps[start : start + PLAIN_BATCH]})

    written = sorted(set(consumers))
    pages = [written[start : start + PLAIN_BATCH] for start in range(0, len(written), PLAIN_BATCH)]

    def read_packed() -> None:
        for page in pages:
            session.execute_read(run, PACKED_READ, {"first": page[0], "last": page[-1]})

    rows = [
        Row(engine.name, "plain: write a map a row, one writer", len(maps), timed(write)),
        Row(
            engine.name,
            "plain: read a record a row",
            len(maps),
            timed(lambda: session.execute_read(run, PLAIN_READ, {})),
        ),
        Row(engine.name, "plain: read packed, four columns", len(maps), timed(read_packed)),
    ]
    while session.run(PLAIN_CLEAR).single(strict=True)["gone"]:
        pass
    return rows


def bulk(links: Links, folder: Path) -> list[Row]:
    """Our files, and what Neo4j's own importer makes of them."""
    neo4j_server.need_tools()
    neo4j_server.fetch_jars()
    files, home = folder / "files", folder / "imported"
    files.mkdir()
    bolt, http = neo4j_server.free_ports()
    neo4j_server.make_home(home, bolt=bolt, http=http)
    count = sum(links.size(kind) for kind in Kind)
    count += sum(len(getattr(links, relationship.name)) for relationship in RELATIONSHIPS)
    arguments: list[str] = []
    wrote = timed(lambda: arguments.extend(write_bulk(links, files)))
    imported = timed(lambda: neo4j_server.admin(home, *arguments, folder=files))
    return [
        Row("Neo4j", "bulk: write our files", count, wrote),
        Row("Neo4j", "plain: the importer alone", count, imported),
        Row("Neo4j", "**bulk: files and importer**", count, wrote + imported),
    ]


def peak_mib(pid: int | str) -> float:
    """The most memory that a process has had, in MiB."""
    if pid == "self":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def table(rows: list[Row], links: Links) -> str:
    """A markdown table: a row a measurement."""
    nodes = sum(links.size(kind) for kind in Kind)
    count = sum(len(getattr(links, relationship.name)) for relationship in RELATIONSHIPS)
    lines = ["| store | what | how many | seconds | a second | |", "|---|---|---:|---:|---:|---|"]
    for row in rows:
        cells = f"{row.count:,} | {row.seconds:.1f} | {row.rate:,.0f}" if row.count else " | | "
        lines.append(f"| {row.engine} | {row.what} | {cells} | {row.note} |")
    where = (
        f"{os.cpu_count()} cores shared by client and server, load average {os.getloadavg()[1]:.1f} over the "
        f"last 5 minutes, Python {platform.python_version()}, driver {neo4j.__version__}"
    )
    return (
        f"{nodes:,} nodes, {count:,} relationships, drawn at random; {where}.\n\n" + "\n".join(lines) + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--relationships", type=int, default=RELATIONSHIPS_DRAWN)
    parser.add_argument("--sample", type=int, default=SAMPLE)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--no-bulk", action="store_true")
    parser.add_argument("--no-queries", action="store_true")
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    links = drawn_links(given.relationships)
    rows: list[Row] = []
    times: dict[str, list[QueryTime]] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in given.engines:
            with ENGINES[name](folder) as engine:
                more, times[name] = measure(engine, links, given.sample, with_queries=not given.no_queries)
                rows += more
        if not given.no_bulk:
            rows += bulk(links, folder)
    text = table(rows, links)
    if not given.no_queries:
        text += f"\nThe query library on this graph, with 205 rings in it:\n\n{query_table(times)}"
    if given.markdown:
        given.markdown.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
