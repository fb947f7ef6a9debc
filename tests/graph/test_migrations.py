"""The store is brought from form 1 to this one; `form_1_store.json` is what ringwatch wrote in form 1."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from graph import migrations
from graph.links import Links
from graph.migrations import MIGRATIONS, STORE_VERSION, index_of, missing_schema
from graph.store import Store, StoreError
from graph.store_errors import sentence_of_code
from queries.library import schema
from tests.graph.made_links import made_links
from tests.graph.test_store import assert_same, graph_of
from tests.queries.small_graph import small_graph

FORM_1 = Path(__file__).parent / "form_1_store.json"
NOTHING_TO_DO = (0, 0, 0)


def odd_columns() -> Links:
    """Columns of all sorts, at partners and consumers: the links that `form_1_store.json` holds."""
    links = made_links(
        partners=[{"partner_id": f"P{n}", "name": f"Shop {n}"} for n in range(5)],
        orders=[{"consumer": f"C{n}", "partner": f"P{n % 5}", "device": f"D{n}"} for n in range(9)],
        used=[{"consumer": f"C{n}", "device": f"D{n}"} for n in range(4)],
    )
    partners = {
        "Two words": ["a", "", "c", "d", ""],
        "extra_16": ["plain", "", "plain too", "", ""],
        "@rid": ["1", "2", "3", "4", "5"],
        "": ["", "", "", "", ""],
        "notes": ["x", "", "", "", "y"],
    }
    consumers = {"Tier": [f"tier {n}" if n % 3 else "" for n in range(9)], "`": ["; DROP"] * 9}
    return dataclasses.replace(
        links, partners=links.partners.assign(**partners), consumers=links.consumers.assign(**consumers)
    )


def store_form_1(store: Store) -> None:
    """Make the store what an older ringwatch had left."""
    held = json.loads(FORM_1.read_text())
    for label, properties in held["nodes"]:
        store.write_records(f"CREATE (n:{label}) SET n = $properties", properties=properties)
    keys = {
        "Partner": "partner_id",
        "Consumer": "consumer_id",
        "Device": "device_id",
        "BankAccount": "account_id",
    }
    for source, source_id, kind, properties, target, target_id in held["links"]:
        store.write_records(
            f"MATCH (a:{source} {{{keys[source]}: $source}}) MATCH (b:{target} {{{keys[target]}: $target}}) "
            f"CREATE (a)-[r:{kind}]->(b) SET r = $properties",
            source=source_id,
            target=target_id,
            properties=properties,
        )


def records(store: Store) -> list[dict[str, Any]]:
    text = "MATCH (m:Migration) RETURN properties(m) AS m ORDER BY m.version"
    return [record["m"] for record in store.read_records(text)]


def done(report: Any) -> tuple[int, int, int]:
    return report.created, report.updated, report.removed


def bring_up_by_loading(store: Store) -> None:
    assert done(store.load(odd_columns())) == NOTHING_TO_DO


def bring_up_by_reading(store: Store) -> None:
    store.read_links()


def bring_up_by_saving_rings(store: Store) -> None:
    store.save_rings([], "run-1")


@pytest.mark.parametrize("bring_up", [bring_up_by_loading, bring_up_by_reading, bring_up_by_saving_rings])
def test_store_of_form_1_becomes_what_a_load_makes(store: Store, bring_up: Callable[[Store], None]) -> None:
    store.load(odd_columns())
    wanted, applied = graph_of(store), records(store)
    store.clear()
    store_form_1(store)
    assert graph_of(store) != wanted
    bring_up(store)
    assert graph_of(store) == wanted
    assert_same(store.read_links(), odd_columns())
    assert records(store) == applied
    assert done(store.load(odd_columns())) == NOTHING_TO_DO


def test_each_migration_leaves_one_record(store: Store) -> None:
    store.load(small_graph())
    kept = records(store)
    assert [(one["version"], one["name"], one["form"]) for one in kept] == [
        (one.version, one.name, one.form) for one in MIGRATIONS
    ]
    assert [one.version for one in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))
    store.load(small_graph())
    assert records(store) == kept
    store.clear()
    assert records(store) == []


class Killed(BaseException):
    """Ends the migration as kill -9 would: nothing after it is run."""


@pytest.mark.parametrize("after", range(10))
def test_migration_that_is_killed_goes_on(store: Store, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    store.load(odd_columns())
    wanted = graph_of(store)
    store.clear()
    store_form_1(store)
    monkeypatch.setattr(migrations, "BATCH_ROWS", 3)
    left = after

    def counted(write: Callable[..., Any]) -> Callable[..., Any]:
        def killed_in_time(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed
            return write(*args, **kwargs)

        return killed_in_time

    with monkeypatch.context() as patch:
        for name in ("write_records", "_write_batch"):
            patch.setattr(store, name, counted(getattr(store, name)))
        with pytest.raises(Killed):
            store.read_links()
    assert_same(store.read_links(), odd_columns())
    assert graph_of(store) == wanted
    assert done(store.load(odd_columns())) == NOTHING_TO_DO
    assert len(records(store)) == len(MIGRATIONS)


def test_load_that_form_1_had_not_finished_is_refused_and_mended(store: Store) -> None:
    store.load(odd_columns())
    wanted = graph_of(store)
    store.clear()
    store_form_1(store)
    store.write_records("MATCH (l:Load) SET l.state = 'loading'")
    with pytest.raises(StoreError, match="did not finish; load again"):
        store.read_links()
    store.load(odd_columns())
    assert graph_of(store) == wanted


def test_older_loader_that_still_runs_is_turned_away(store: Store) -> None:
    store_form_1(store)
    store.read_links()
    text = "MATCH (w:Writer {name: 'writer-0'}) RETURN w.load AS load"
    assert store.read_records(text)[0]["load"] != "0123456789abcdef"


def test_migrations_that_start_together_leave_one_store(store: Store) -> None:
    store.load(odd_columns())
    wanted, applied = graph_of(store), records(store)
    store.clear()
    store_form_1(store)

    def read(_: int) -> str:
        try:
            store.read_links()
        except StoreError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(read, range(2)))
    assert all(not end or "taken over" in end for end in ends)
    assert_same(store.read_links(), odd_columns())
    assert (graph_of(store), records(store)) == (wanted, applied)


def test_schema_that_somebody_dropped_comes_back(store: Store) -> None:
    store.load(small_graph())
    assert missing_schema(store) == []
    for text in (*schema("constraints"), *schema("indexes")):
        what, name = text.split()[1:3]
        store.write_schema(f"DROP {what} {name}")
    assert len(missing_schema(store)) == len(schema("constraints")) + len(schema("indexes"))
    store.load(small_graph())
    assert missing_schema(store) == []


def test_load_into_a_store_that_lacks_nothing_makes_no_schema(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.load(small_graph())
    monkeypatch.setattr(Store, "write_schema", lambda *_: pytest.fail("schema is made again"))
    store.load(small_graph())


def test_statements_of_the_schema_are_understood() -> None:
    indexes = [index_of(text) for name in ("constraints", "indexes") for text in schema(name)]
    assert len(set(indexes)) == len(indexes)
    assert all(len(index.properties) == 1 for index in indexes)
    assert sum(index.is_unique for index in indexes) == len(schema("constraints"))


def test_nodes_that_share_a_key_are_named(store: Store) -> None:
    store.load(small_graph())
    store.clear()
    store.write_schema("DROP CONSTRAINT partner_key")
    store.write_records("UNWIND [1, 2] AS n CREATE (:Partner {partner_id: 'P1'})")
    with pytest.raises(StoreError, match="nodes that share what ringwatch needs to be unique"):
        store.load(small_graph())


@pytest.mark.neo4j
def test_index_of_somebody_else_in_our_place_is_named(neo4j_store: Store) -> None:
    neo4j_store.clear()
    neo4j_store.load(small_graph())
    neo4j_store.write_schema("DROP CONSTRAINT partner_key")
    neo4j_store.write_schema("DROP INDEX ring_rank")
    neo4j_store.write_schema("CREATE INDEX ring_rank FOR (n:SomebodyElse) ON (n.rank)")
    neo4j_store.write_schema("CREATE INDEX own FOR (n:Partner) ON (n.partner_id)")
    try:
        with pytest.raises(StoreError, match="has an index or a constraint where ringwatch needs its own"):
            neo4j_store.load(small_graph())
        neo4j_store.write_schema("DROP INDEX own")
        with pytest.raises(StoreError, match="has something else under the name ring_rank"):
            neo4j_store.load(small_graph())
    finally:
        neo4j_store.write_schema("DROP INDEX own IF EXISTS")
        neo4j_store.write_schema("DROP INDEX ring_rank")
    neo4j_store.load(small_graph())
    assert missing_schema(neo4j_store) == []


@pytest.fixture
def newer_store(store: Store) -> Any:
    """A store that a newer ringwatch has migrated, but not loaded."""
    text = "CREATE (:Migration {version: 99, form: $form, ringwatch: '9.9'})"
    store.load(small_graph())
    store.write_records(text, form=STORE_VERSION + 1)
    store._is_known_form = False  # as in a store that has just been opened
    yield store
    store.write_records("MATCH (m:Migration {version: 99}) DELETE m")


@pytest.mark.parametrize(
    "use",
    [
        lambda store: store.run("RETURN 1"),
        lambda store: store.load(small_graph()),
        lambda store: store.read_links(),
        lambda store: store.save_rings([], "run-1"),
        lambda store: store.clear(),
    ],
)
def test_store_of_a_newer_form_is_refused_by_every_use(
    newer_store: Store, use: Callable[[Store], None]
) -> None:
    with pytest.raises(StoreError, match=f"has the form {STORE_VERSION + 1}, which a newer ringwatch wrote"):
        use(newer_store)


def test_migration_of_a_newer_ringwatch_that_keeps_the_form_is_no_hindrance(store: Store) -> None:
    store.load(small_graph())
    text = "CREATE (:Migration {version: 99, name: 'an index', form: $form, ringwatch: '9.9'})"
    store.write_records(text, form=STORE_VERSION)
    assert done(store.load(small_graph())) == NOTHING_TO_DO


@pytest.mark.neo4j
def test_doubles_are_named(neo4j_store: Store) -> None:
    neo4j_store.write_records("UNWIND [1, 1] AS key CREATE (:Double {key: key})")
    with pytest.raises(StoreError, match=r"nodes that share .*\(Both Node\(\d+\) and Node\(\d+\) have the"):
        neo4j_store.write_schema("CREATE CONSTRAINT double FOR (n:Double) REQUIRE n.key IS UNIQUE")
    neo4j_store.write_records("MATCH (n:Double) DELETE n")


def test_an_index_without_room_is_not_taken_for_doubles() -> None:
    code = "Neo.DatabaseError.Schema.ConstraintCreationFailed"
    detail = "Failed to populate index Index( id=3, name='consumer_key', type='RANGE' ). Note that only the"
    assert "as when its disk is full" in str(sentence_of_code(code, detail, "bolt://x", "neo4j"))
    assert "hold" in str(sentence_of_code(code, "Both Node(0) and Node(1) have", "bolt://x", "neo4j"))
