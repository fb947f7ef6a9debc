from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from graph import expiry, stored_form
from graph.aggregation import aggregate
from graph.expiry import wide_pages
from graph.links import Links
from graph.schema import ENTITY_TABLES, RELATIONSHIPS, TABLES, Kind
from graph.store import Progress, Store, StoreError
from graph.tables import read_tables
from tests.graph.folders import Rows, order, small_rows, write_csv
from tests.graph.test_increments import DAY, SINCE, UNTIL, made_up, new_of, whole
from tests.graph.test_store import assert_same, graph_of

BEFORE_MS = int(SINCE.timestamp() * 1000)
MOMENTS = {table.name: table.moment for table in TABLES}


def left_of(links: Links, before_ms: int) -> Links:
    """What an expiry leaves, by its rule said once more over frames."""
    frames = {one.name: getattr(links, one.name) for one in RELATIONSHIPS}
    frames = {
        name: frame[frame["last_at"] >= before_ms].reset_index(drop=True) for name, frame in frames.items()
    }
    for kind in Kind:
        nodes = links.nodes(kind)
        kept = np.full(len(nodes), kind is Kind.PARTNER)
        kept |= nodes["verdict"].to_numpy() != ""
        kept |= nodes[MOMENTS[ENTITY_TABLES[kind]]].to_numpy() >= before_ms
        for one in RELATIONSHIPS:
            for column, end in ((one.source, one.source_kind), (one.target, one.target_kind)):
                if end is kind:
                    kept[frames[one.name][column].unique()] = True
        code = (np.cumsum(kept) - 1).astype(np.int32)
        for one in RELATIONSHIPS:
            for column, end in ((one.source, one.source_kind), (one.target, one.target_kind)):
                if end is kind:
                    frames[one.name][column] = code[frames[one.name][column]]
        frames[ENTITY_TABLES[kind]] = nodes[kept].reset_index(drop=True)
    return dataclasses.replace(links, **frames)


def rows_of_long_ago() -> Rows:
    rows = made_up(3)
    rows["orders"] += [order("gone", consumer_id="c77", device_id="d77", account_id="a77")]
    rows["orders"] += [order("known", consumer_id="c78")]
    rows["labels"] += [
        {"kind": "consumer", "id": "c78", "verdict": "fraud", "known_at": "2024-01-02T00:00:00Z"}
    ]
    return rows


@pytest.fixture
def loaded(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Links:
    """The links of random rows, loaded in small pages."""
    monkeypatch.setattr(stored_form, "PAGE_NODES", 4)
    monkeypatch.setattr(expiry, "REMOVE_ROWS", 3)
    data = write_csv(tmp_path, rows_of_long_ago())
    links = aggregate(read_tables(data, as_of=UNTIL, max_rejected_share=1.0))
    store.load(links)
    return links


def test_expiry_removes_what_lies_before_and_what_nothing_holds(store: Store, loaded: Links) -> None:
    wanted = left_of(loaded, BEFORE_MS)
    report = store.expire(BEFORE_MS)
    assert_same(store.read_links(), wanted)
    assert report.links == sum(
        len(getattr(loaded, one.name)) - len(getattr(wanted, one.name)) for one in RELATIONSHIPS
    )
    assert report.nodes == {kind: loaded.size(kind) - wanted.size(kind) for kind in report.nodes}
    assert min(report.nodes[Kind.CONSUMER], report.nodes[Kind.DEVICE], report.nodes[Kind.BANK_ACCOUNT]) > 0
    assert "c78" in set(wanted.consumers["consumer_id"])
    assert report.ongoing == sum(
        int((getattr(wanted, one.name)["first_at"] < BEFORE_MS).sum()) for one in RELATIONSHIPS
    )
    assert report.ongoing > 0


def test_repeated_expiry_changes_nothing(store: Store, loaded: Links) -> None:
    store.expire(BEFORE_MS)
    before = graph_of(store)
    again = store.expire(BEFORE_MS)
    assert (again.links, sum(again.nodes.values())) == (0, 0)
    assert graph_of(store) == before
    store.expire(0)
    assert graph_of(store) == before


@pytest.mark.parametrize("after", [1, 4, 12])
def test_expiry_cut_off_anywhere_resumes_to_the_same_graph(store: Store, loaded: Links, after: int) -> None:
    calls = 0

    def breaks(_: Progress) -> None:
        nonlocal calls
        calls += 1
        if calls == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.expire(BEFORE_MS, breaks)
    with pytest.raises(StoreError, match="did not finish"):
        store.read_links()
    with pytest.raises(StoreError, match=r"left by an expiry of what was before 2024-02-01T00:00:00Z that"):
        store.expire(BEFORE_MS + 1)
    store.expire(BEFORE_MS)
    assert_same(store.read_links(), left_of(loaded, BEFORE_MS))


def test_expiry_after_the_last_load_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is empty: there is nothing to expire"):
        store.expire(BEFORE_MS)
    store.load(whole(write_csv(tmp_path, small_rows()), SINCE))
    before = graph_of(store)
    with pytest.raises(StoreError, match="known at 2024-02-01T00:00:00Z; nothing can expire before"):
        store.expire(BEFORE_MS + 1)
    assert graph_of(store) == before


def test_member_of_a_ring_stays(store: Store, loaded: Links) -> None:
    store.write_records(
        "MATCH (c:Consumer {consumer_id: 'c77'}) "
        "CREATE (c)-[:MEMBER_OF {role: 'shill', risk: 0.5}]->(:Ring {ring_id: 'R1'})"
    )
    store.expire(BEFORE_MS)
    assert "c77" in set(store.read_links().consumers["consumer_id"])


def test_increment_after_expiry_brings_nothing_back(store: Store, tmp_path: Path) -> None:
    """Rows of expired consumers stand in the data still, and an outcome of an expired order becomes known."""
    rows = small_rows()
    rows["consumers"] += [
        {"consumer_id": "old", "country": "DE", "created_at": "2023-01-01T00:00:00Z"},
        {"consumer_id": "back", "country": "DE", "created_at": "2023-01-01T00:00:00Z"},
    ]
    late = {"outcome": "disputed", "outcome_at": "2024-02-20T00:00:00Z"}
    rows["orders"] += [
        order(3, consumer_id="old", **late),
        order(4, consumer_id="back", **late),
        order(5, consumer_id="back", placed_at="2024-02-15T00:00:00Z"),
        order(6, consumer_id="goes on", **late),
        order(7, consumer_id="goes on", placed_at=SINCE.isoformat()),
    ]
    data = write_csv(tmp_path, rows)
    store.load(whole(data, SINCE))
    store.expire(BEFORE_MS)
    store.add(new_of(data, SINCE, UNTIL))
    links = store.read_links()
    assert list(links.consumers["consumer_id"]) == ["back", "c1", "goes on"]
    found = store.run(
        "MATCH (c:Consumer)-[r:ORDERED_AT]->(:Partner {partner_id: 'p1'}) "
        "RETURN c.consumer_id AS id, r.orders, r.disputed, r.bad_amount ORDER BY id"
    )
    assert found.rows == (("back", 1, 0, 0.0), ("goes on", 2, 1, 10.0))
    store.load(whole(data, UNTIL))
    assert_same(store.read_links(), whole(data, UNTIL))
    until = UNTIL + DAY
    store.add(new_of(data, UNTIL, until))
    assert_same(store.read_links(), whole(data, until))


def test_pages_are_joined_while_they_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_form, "PAGE_NODES", 10)
    assert wide_pages([], [3]) == []
    assert wide_pages(["b", "d", "f", "h"], [4, 6, 1, 9, 2]) == ["d", "h"]
    assert wide_pages(["b", "d"], [0, 0, 0]) == []
