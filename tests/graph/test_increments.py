# ruff: noqa: S608 - the SQL of these tests is made of names and moments of their own

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from benchmarks.drawn import drawn_links
from benchmarks.drawn_day import write_drawn_day
from graph import stored_form
from graph.aggregation import aggregate, aggregate_new
from graph.increments import Increment
from graph.links import Links
from graph.schema import TABLES
from graph.store import EMBEDDED, Progress, Store, StoreError, open_store
from graph.synthetic import write_world
from graph.tables import InputError, read_new_rows, read_tables
from tests.graph.folders import Rows, order, small_rows, write_csv
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
    monkeypatch.setattr(stored_form, "BATCH_ROWS", 150)
    monkeypatch.setattr(stored_form, "PAGE_NODES", 100)


@pytest.mark.slow
@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("with_all", [True, False])
def test_day_by_day_equals_at_once(store: Store, world: Path, tmp_path: Path, with_all: bool) -> None:
    moments = days(world, 4)
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


@pytest.mark.usefixtures("small_pages")
def test_neither_load_nor_increment_deadlocks(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The driver tries a deadlocked transaction again, and says so in its log alone."""
    caplog.set_level(logging.WARNING, logger="neo4j.session")
    links = drawn_links(6_000)
    store.load(links)
    write_drawn_day(links, tmp_path, orders=3_000)
    since = datetime.fromtimestamp(links.as_of_ms / 1000, UTC)
    report = store.add(aggregate_new(read_new_rows(tmp_path, since=since)))
    assert min(report.created, report.updated) > 1_000
    assert not [one.getMessage() for one in caplog.records if "retried" in one.getMessage()]


SINCE, UNTIL = datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 3, 5, tzinfo=UTC)


def event_at_the_moment_of_the_last_load(rows: Rows) -> None:
    rows["orders"] += [order(3, placed_at=SINCE.isoformat()), order(4, placed_at="2024-02-01T00:00:00.001Z")]


def event_at_the_moment_of_this_load(rows: Rows) -> None:
    rows["orders"] += [order(3, placed_at=UNTIL.isoformat()), order(4, placed_at="2024-03-05T00:00:00.001Z")]


def outcome_known_later(rows: Rows) -> None:
    rows["orders"] += [
        order(3, outcome="disputed", outcome_at="2024-02-10T00:00:00Z", amount="0.07"),
        order(4, outcome="refunded", outcome_at=SINCE.isoformat()),
        order(5, outcome="defaulted", outcome_at="2024-03-05T00:00:00.001Z"),
        order(6, outcome="paid", outcome_at="2024-02-10T00:00:00Z"),
        order(7, consumer_id="c9", outcome="refunded", outcome_at=UNTIL.isoformat(), currency="USD"),
    ]


def outcome_without_a_date(rows: Rows) -> None:
    rows["orders"] += [
        order(3, placed_at="2024-01-20T00:00:00Z", outcome="disputed", outcome_at=""),
        order(4, placed_at="2024-02-20T00:00:00Z", outcome="disputed", outcome_at=""),
    ]


def closure(rows: Rows) -> None:
    rows["partners"][0]["closed_at"] = "2024-02-15T00:00:00Z"
    rows["partners"][1]["closed_at"] = "2024-03-15T00:00:00Z"


def verdicts(rows: Rows) -> None:
    rows["labels"] += [
        {"kind": "partner", "id": "p1", "verdict": "legit", "known_at": "2024-02-02T00:00:00Z"},
        {"kind": "partner", "id": "p1", "verdict": "fraud", "known_at": "2024-02-02T00:00:00Z"},
        {"kind": "partner", "id": "p2", "verdict": "fraud", "known_at": "2024-04-02T00:00:00Z"},
        {"kind": "device", "id": "d1", "verdict": "legit", "known_at": SINCE.isoformat()},
        {"kind": "device", "id": "d7", "verdict": "legit", "known_at": UNTIL.isoformat()},
        {"kind": "consumer", "id": "c4", "verdict": "fraud", "known_at": "2024-01-02T00:00:00Z"},
        {"kind": "consumer", "id": "nobody", "verdict": "fraud", "known_at": "2024-02-02T00:00:00Z"},
    ]
    rows["orders"] += [order(3, consumer_id="c4", placed_at="2024-02-03T00:00:00Z")]


def entities_with_rows_of_their_own(rows: Rows) -> None:
    rows["consumers"] += [
        {"consumer_id": "c2", "country": "FR", "created_at": "2024-02-05T00:00:00Z"},
        {"consumer_id": "c3", "country": "FR", "created_at": ""},
    ]
    rows["partners"] += [{"partner_id": "p0", "name": "New", "onboarded_at": "2024-02-05T00:00:00Z"}]
    rows["orders"] += [order(3, consumer_id="c2"), order(4, device_id="d9", partner_id="p0")]


def orders_that_share_an_id(rows: Rows) -> None:
    rows["orders"] += [
        order(3, placed_at="2024-01-05T00:00:00Z"),
        order(3, placed_at="2024-02-05T00:00:00Z", consumer_id="c5"),
        order(4, outcome="disputed", outcome_at="2024-01-15T00:00:00Z"),
        order(4, outcome="defaulted", outcome_at="2024-02-15T00:00:00Z"),
        order(5, outcome="refunded", outcome_at="2024-02-15T00:00:00Z"),
        order(5, outcome="open", outcome_at=""),
    ]


def other_currencies(rows: Rows) -> None:
    rows["orders"] += [
        order(number, placed_at="2024-02-05T00:00:00Z", currency="EUR" if number < 5 else "USD", amount="0.1")
        for number in range(3, 7)
    ]


def columns_of_their_own(rows: Rows) -> None:
    rows["partners"][0] |= {"Two words": "a", "zone": ""}
    rows["partners"] += [
        {"partner_id": "p3", "name": "3", "onboarded_at": "2024-02-05T00:00:00Z", "zone": "n", "an": "x"}
    ]


def nothing_new(rows: Rows) -> None:
    pass


EDGES = (
    event_at_the_moment_of_the_last_load, event_at_the_moment_of_this_load, outcome_known_later,
    outcome_without_a_date, closure, verdicts, entities_with_rows_of_their_own, orders_that_share_an_id,
    other_currencies, columns_of_their_own, nothing_new,
)  # fmt: skip


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: str(edge.__name__))
def test_edges_equal_a_load_at_once(store: Store, tmp_path: Path, edge: Callable[[Rows], None]) -> None:
    rows = small_rows()
    edge(rows)
    data = write_csv(tmp_path, rows)
    any_share: dict[str, Any] = {"max_rejected_share": 1.0}
    store.load(aggregate(read_tables(data, as_of=SINCE, **any_share)))
    store.add(aggregate_new(read_new_rows(data, since=SINCE, as_of=UNTIL, **any_share)))
    assert_same(store.read_links(), aggregate(read_tables(data, as_of=UNTIL, **any_share)))


def test_what_later_files_say_otherwise_is_taken_over(store: Store, tmp_path: Path) -> None:
    """A name, a column that is filled no more, an outcome: only the newer file of the same rows knows it."""
    rows = small_rows()
    rows["partners"][0]["zone"] = "north"
    rows["orders"] += [order(3, outcome="open", outcome_at="")]
    store.load(whole(write_csv(tmp_path / "before", rows), SINCE))
    rows["partners"][0] |= {"name": "One & Sons", "zone": ""}
    rows["orders"][2] |= {"outcome": "disputed", "outcome_at": "2024-02-20T00:00:00Z"}
    after = write_csv(tmp_path / "after", rows)
    store.add(new_of(after, SINCE, UNTIL))
    assert_same(store.read_links(), whole(after, UNTIL))


def test_labels_alone_make_an_increment(store: Store, tmp_path: Path) -> None:
    store.load(whole(write_csv(tmp_path / "all", small_rows()), SINCE))
    labels = [
        {"kind": "consumer", "id": "c1", "verdict": "fraud", "known_at": "2024-02-20T00:00:00Z"},
        {"kind": "consumer", "id": "c99", "verdict": "fraud", "known_at": "2024-02-20T00:00:00Z"},
    ]
    report = store.add(new_of(write_csv(tmp_path / "new", {"labels": labels}), SINCE, UNTIL))
    assert (report.created, report.updated, report.unmatched_labels) == (0, 1, 1)
    rows = small_rows()
    rows["labels"] += labels
    assert_same(store.read_links(), whole(write_csv(tmp_path / "both", rows), UNTIL))


def made_up(seed: int) -> Rows:
    """Random rows over ninety days, with ids that meet again and again."""
    random = np.random.default_rng(seed)
    rows = small_rows()
    outcomes = ["open", "paid", "refunded", "disputed", "defaulted"]

    def day() -> str:
        return (datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=int(random.integers(0, 2160)))).isoformat()

    for number in range(300):
        placed = day()
        rows["orders"].append(
            order(
                f"r{number if random.random() < 0.95 else number // 2}",
                placed_at=placed,
                consumer_id=f"c{random.integers(20)}",
                partner_id=f"p{random.integers(4)}",
                device_id=f"d{random.integers(9)}" if random.random() < 0.9 else "",
                account_id=f"a{random.integers(9)}" if random.random() < 0.9 else "",
                amount=f"{random.integers(1, 10**7) / 10**4:.4f}",
                currency="EUR" if random.random() < 0.9 else "USD",
                outcome=outcomes[random.integers(5)],
                outcome_at=max(placed, day()) if random.random() < 0.7 else "",
            )
        )
    for number in range(40):
        a, b = (f"a{random.integers(9)}" for _ in range(2))
        money = {"amount": f"{random.integers(1, 10**7) / 100:.2f}", "currency": "EUR"}
        rows["transfers"].append(
            {"transfer_id": f"t{number}x", "at": day(), "from_account_id": a, "to_account_id": b, **money}
        )
        partner = f"p{random.integers(4)}"
        rows["partner_logins"].append({"partner_id": partner, "device_id": f"d{number % 9}", "at": day()})
        rows["labels"].append(
            {"kind": "consumer", "id": f"c{random.integers(25)}", "verdict": "legit", "known_at": day()}
        )
    for number in range(2, 12):
        rows["consumers"].append({"consumer_id": f"c{number}", "country": "FR", "created_at": day()})
    return rows


@pytest.mark.parametrize("seed", [1, 2])
def test_any_split_equals_a_load_at_once(store: Store, tmp_path: Path, seed: int) -> None:
    data = write_csv(tmp_path, made_up(seed))
    random = np.random.default_rng(seed)
    cuts = [
        datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=int(hour))
        for hour in np.sort(random.choice(np.arange(50, 2300), 4, replace=False))
    ]
    any_share: dict[str, Any] = {"max_rejected_share": 1.0}
    store.load(aggregate(read_tables(data, as_of=cuts[0], **any_share)))
    for since, until in pairwise(cuts):
        store.add(aggregate_new(read_new_rows(data, since=since, as_of=until, **any_share)))
        assert_same(store.read_links(), aggregate(read_tables(data, as_of=until, **any_share)))


@pytest.fixture
def tiny_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_form, "BATCH_ROWS", 3)
    monkeypatch.setattr(stored_form, "PAGE_NODES", 4)


def busy_rows() -> Rows:
    rows = small_rows()
    rows["orders"] += [
        order(f"n{n}", placed_at="2024-02-10T00:00:00Z", consumer_id=f"c{n % 5}", partner_id=f"p{n % 3}")
        for n in range(12)
    ]
    rows["orders"] += [order("late", outcome="refunded", outcome_at="2024-02-10T00:00:00Z")]
    return rows


@pytest.mark.usefixtures("tiny_batches")
@pytest.mark.parametrize("after", [1, 3, 5, 8, 10, 12])
def test_increment_cut_off_anywhere_resumes_to_the_same_graph(
    store: Store, tmp_path: Path, after: int
) -> None:
    data = write_csv(tmp_path, busy_rows())
    store.load(whole(data, SINCE))
    calls = 0

    def breaks(_: Progress) -> None:
        nonlocal calls
        calls += 1
        if calls == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.add(new_of(data, SINCE, UNTIL), breaks)
    with pytest.raises(StoreError, match="did not finish"):
        store.read_links()
    with pytest.raises(StoreError, match=r"increment up to 2024-03-05T00:00:00Z that did not finish; repeat"):
        store.add(new_of(data, SINCE, UNTIL + DAY))
    store.add(new_of(data, SINCE, UNTIL))
    assert_same(store.read_links(), whole(data, UNTIL))


@pytest.mark.usefixtures("tiny_batches")
def test_load_at_once_mends_what_an_increment_left(store: Store, tmp_path: Path) -> None:
    data = write_csv(tmp_path, busy_rows())
    store.load(whole(data, SINCE))

    def breaks(progress: Progress) -> None:
        if progress.step == "ordered_at":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.add(new_of(data, SINCE, UNTIL), breaks)
    store.load(whole(data, UNTIL))
    assert_same(store.read_links(), whole(data, UNTIL))


@pytest.mark.usefixtures("tiny_batches")
def test_two_processes_with_the_same_increment_add_it_once(store: Store, tmp_path: Path) -> None:
    data = write_csv(tmp_path, busy_rows())
    store.load(whole(data, SINCE))
    nested = []

    def joins(progress: Progress) -> None:
        if progress.step == "ordered_at" and not nested:
            nested.append(True)
            store.add(new_of(data, SINCE, UNTIL))

    # the other one has finished when this one goes on: all its batches are in
    store.add(new_of(data, SINCE, UNTIL), joins)
    assert nested
    assert_same(store.read_links(), whole(data, UNTIL))


def test_repeated_increment_changes_nothing(store: Store, tmp_path: Path) -> None:
    data = write_csv(tmp_path, busy_rows())
    store.load(whole(data, SINCE))
    assert not store.add(new_of(data, SINCE, UNTIL)).repeated
    before = graph_of(store)
    again = store.add(new_of(data, SINCE, UNTIL))
    assert (again.repeated, again.created, again.updated) == (True, 0, 0)
    assert graph_of(store) == before


def test_increment_of_another_moment_is_refused(store: Store, tmp_path: Path) -> None:
    data = write_csv(tmp_path, busy_rows())
    with pytest.raises(StoreError, match="is empty; load data into it at once"):
        store.add(new_of(data, SINCE, UNTIL))
    store.load(whole(data, SINCE))
    before = graph_of(store)
    for since in (SINCE - DAY, SINCE + DAY):
        said = rf"known at 2024-02-01T00:00:00Z, and this increment starts at {since:%Y-%m-%d}T00:00:00Z;"
        with pytest.raises(StoreError, match=said):
            store.add(new_of(data, since, UNTIL))
    assert graph_of(store) == before


def test_increment_mostly_in_another_currency_is_refused(store: Store, tmp_path: Path) -> None:
    store.load(whole(write_csv(tmp_path / "all", small_rows()), SINCE))
    rows = {"orders": [order(9, placed_at="2024-02-10T00:00:00Z", currency="USD")]}
    with pytest.raises(StoreError, match="amounts in EUR, and most of the data is in USD; load at once"):
        store.add(new_of(write_csv(tmp_path / "new", rows), SINCE, UNTIL))


def test_amounts_beyond_exact_sums_are_refused_and_nothing_is_lost(store: Store, tmp_path: Path) -> None:
    rows = small_rows()
    big = "200000000000"
    rows["orders"] += [order(3, amount=big), order(4, amount=big, placed_at="2024-02-10T00:00:00Z")]
    data = write_csv(tmp_path, rows)
    store.load(whole(data, SINCE))
    with pytest.raises(StoreError, match="reaches 225,179,981,368, where sums can no longer be added"):
        store.add(new_of(data, SINCE, UNTIL))
    store.load(whole(data, UNTIL))
    assert_same(store.read_links(), whole(data, UNTIL))


def test_moment_before_the_last_load_is_refused(tmp_path: Path) -> None:
    data = write_csv(tmp_path, small_rows())
    with pytest.raises(InputError, match=r"The moment \(as of\), 2024-02-01T00:00:00\+00:00, is before"):
        read_new_rows(data, since=UNTIL, as_of=SINCE)
    with pytest.raises(InputError, match="The newest event, 2024-02-01T00:00:00"):
        read_new_rows(data, since=UNTIL)
    with pytest.raises(InputError, match="There is no table in"):
        read_new_rows(write_csv(tmp_path / "none", {}), since=SINCE)


def test_rings_stay_through_increments(store: Store, tmp_path: Path) -> None:
    data = write_csv(tmp_path, busy_rows())
    store.load(whole(data, SINCE))
    store.write_records(
        "MATCH (p:Partner {partner_id: 'p1'}) "
        "CREATE (p)-[:MEMBER_OF {role: 'operator', risk: 0.5}]->(:Ring {ring_id: 'R1'})"
    )
    store.add(new_of(data, SINCE, UNTIL))
    found = store.run("MATCH (:Partner {partner_id: 'p1'})-[m:MEMBER_OF]->(r) RETURN m.role, r.ring_id")
    assert found.rows == (("operator", "R1"),)


ADDER = """
import sys
from datetime import datetime
from pathlib import Path
from graph.store import open_store
from tests.graph.test_increments import new_of

data, folder, since, until = sys.argv[1:]
with open_store("embedded", folder=Path(folder)) as store:
    print("open", flush=True)
    store.add(new_of(Path(data), datetime.fromisoformat(since), datetime.fromisoformat(until)))
"""


@pytest.mark.slow
def test_increment_killed_at_any_moment_resumes_to_the_same_graph(world: Path, tmp_path: Path) -> None:
    moments = days(world, 4)
    since, until = moments[0], moments[-1]
    with open_store(EMBEDDED, folder=tmp_path) as store:
        store.load(whole(world, since))
    random = np.random.default_rng(3)
    for _ in range(5):
        words = [str(world), str(tmp_path), since.isoformat(), until.isoformat()]
        adder = subprocess.Popen([sys.executable, "-c", ADDER, *words], stdout=subprocess.PIPE, text=True)
        assert adder.stdout is not None
        assert adder.stdout.readline() == "open\n"
        time.sleep(float(random.uniform(0.3, 2)))
        adder.kill()
        adder.communicate()
    with open_store(EMBEDDED, folder=tmp_path) as store:
        store.add(new_of(world, since, until))
        assert_same(store.read_links(), whole(world, until))
