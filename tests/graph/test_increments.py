# ruff: noqa: S608 - the SQL of these tests is made of names and moments of their own

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from graph import stored_form
from graph.aggregation import aggregate, aggregate_new
from graph.increments import Increment
from graph.links import Links
from graph.schema import TABLES
from graph.store import Store
from graph.synthetic import write_world
from graph.tables import read_new_rows, read_tables
from tests.graph.test_store import assert_same, graph_of

MOMENTS = {table.name: table.moment for table in TABLES}
DAY = timedelta(days=1)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("increments") / "world"
    write_world(folder, seed=11, partners=100, orders=2_000)
    return folder


def days(world: Path, count: int) -> list[datetime]:
    """So many moments in the last weeks of the world, the newest event last."""
    newest = read_tables(world).as_of
    return [newest - 9 * DAY * (count - 1 - number) for number in range(count)]


def only_new(world: Path, folder: Path, since: datetime, until: datetime) -> Path:
    """A folder of what became known after `since`: new events, orders with a new outcome, entities' rows."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    after, by = f"TIMESTAMPTZ '{since.isoformat()}'", f"TIMESTAMPTZ '{until.isoformat()}'"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for path in sorted(world.glob("*.parquet")):
            moment = f'"{MOMENTS[path.stem]}"'
            is_new = f"({moment} > {after} AND {moment} <= {by})"
            if path.stem == "orders":
                known = "coalesce(outcome_at, placed_at + INTERVAL 30 DAYS)"
                is_new += f" OR ({moment} <= {after} AND {known} > {after} AND {known} <= {by})"
            if path.stem == "labels":
                is_new = "true"  # a new entity may be known by an old label
            if path.stem == "partners":
                is_new += f" OR (closed_at > {after} AND closed_at <= {by})"
            connection.execute(
                f"COPY (SELECT * FROM '{path}' WHERE {is_new}) TO '{folder / path.name}' (FORMAT parquet)"
            )
    return folder


def new_of(folder: Path, since: datetime, until: datetime | None) -> Increment:
    return aggregate_new(read_new_rows(folder, since=since, as_of=until))


def whole(folder: Path, until: datetime) -> Links:
    return aggregate(read_tables(folder, as_of=until))


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_form, "BATCH_ROWS", 40)
    monkeypatch.setattr(stored_form, "PAGE_NODES", 100)


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("with_all", [True, False])
def test_day_by_day_equals_at_once(store: Store, world: Path, tmp_path: Path, with_all: bool) -> None:
    moments = days(world, 5)
    store.load(whole(world, moments[0]))
    for since, until in pairwise(moments):
        data = world if with_all else only_new(world, tmp_path / "day", since, until)
        report = store.add(new_of(data, since, until))
        assert report.created > 0
        assert report.updated > 0
        assert_same(store.read_links(), whole(world, until))
    built_up = graph_of(store)
    store.clear()
    store.load(whole(world, moments[-1]))
    assert graph_of(store) == built_up
