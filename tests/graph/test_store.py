from __future__ import annotations

import dataclasses
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from graph import stored_form
from graph.links import Links
from graph.schema import MISSING_MS, RELATIONSHIPS, Kind
from graph.store import Progress, Store, StoreError, open_store
from graph.stored_form import Batch, Writer, property_names
from tests.graph.made_links import made_links
from tests.queries.small_graph import small_graph, small_rings

NOBODY = "bolt://127.0.0.1:1"


def assert_same(got: Links, wanted: Links) -> None:
    for field in dataclasses.fields(Links):
        ours, theirs = getattr(got, field.name), getattr(wanted, field.name)
        if isinstance(theirs, pd.DataFrame):
            pd.testing.assert_frame_equal(ours, theirs)
        else:
            assert ours == theirs


def graph_of(store: Store) -> tuple[Any, ...]:
    """Every node and link with all their properties, our own records left out."""
    nodes = store.run(
        "MATCH (n) WHERE NOT n:Load AND NOT n:Writer AND NOT n:Migration RETURN labels(n), properties(n)",
        limit=10**6,
    )
    links = store.run(
        "MATCH (a)-[r]->(b) RETURN properties(a), type(r), properties(r), properties(b)", limit=10**6
    )
    return tuple(sorted(json.dumps(row, sort_keys=True) for row in answer.rows) for answer in (nodes, links))


def changed(links: Links) -> Links:
    """Another snapshot: a partner gone with its links, one renamed and reopened, other amounts and counts."""
    partners = links.partners.drop(index=4).reset_index(drop=True)
    partners.loc[0, ["name", "verdict"]] = ["Alpha & Sons", ""]
    partners.loc[0, "closed_at"] = MISSING_MS
    ordered_at = links.ordered_at[links.ordered_at["partner"] != 4].reset_index(drop=True)
    ordered_at.loc[0, "amount"] = 123.25
    used = links.used.copy()
    used["times"] += np.arange(len(used), dtype=np.int32) % 2
    return dataclasses.replace(
        links, as_of_ms=links.as_of_ms + 1, partners=partners, ordered_at=ordered_at, used=used
    )


def hostile() -> Links:
    names = [
        "'; MATCH (n) DETACH DELETE n //", "`", "😀", "～", " a ", "constructor", "$id", "<b>", "\u00e9",
        "e\u0301", "x" * 5000, 'two\nlines, "quoted"',
    ]  # fmt: skip
    links = made_links(
        partners=[{"partner_id": f"P{name}", "name": name} for name in names],
        orders=[{"consumer": name, "partner": f"P{name}"} for name in names],
    )
    extra = {
        "@rid": "a",
        "type": "b",
        "in": "c",
        "`": "d",
        "": "e",
        "Two words": "",
        "extra_9": "f",
        "_id": "g",
    }
    return dataclasses.replace(links, partners=links.partners.assign(**extra))


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_form, "BATCH_ROWS", 3)
    monkeypatch.setattr(stored_form, "PAGE_NODES", 2)


@pytest.mark.parametrize("build", [small_graph, hostile, made_links])
def test_read_back_gives_exactly_what_was_loaded(store: Store, build: Callable[[], Links]) -> None:
    store.load(build())
    assert_same(store.read_links(), build())


@pytest.mark.parametrize("build", [small_graph, hostile])
def test_size_of_batches_and_pages_changes_nothing(
    store: Store, small_pages: None, build: Callable[[], Links]
) -> None:
    store.load(build())
    assert_same(store.read_links(), build())


@pytest.mark.usefixtures("small_pages")
def test_graph_that_changes_while_it_is_read_is_refused(store: Store) -> None:
    store.load(small_graph())

    def overtake(progress: Progress) -> None:
        if progress.done and not overtaken:
            overtaken.append(store.load(changed(small_graph())))

    overtaken: list[Any] = []
    with pytest.raises(StoreError, match=r"changed it: load again|written while it was read"):
        store.read_links(overtake)
    assert_same(store.read_links(), changed(small_graph()))


@pytest.mark.parametrize("build", [small_graph, hostile])
def test_second_load_changes_nothing(store: Store, build: Callable[[], Links]) -> None:
    first = store.load(build())
    before = graph_of(store)
    again = store.load(build())
    assert graph_of(store) == before
    assert (again.created, again.updated, again.removed) == (0, 0, 0)
    assert again.unchanged == first.created


@pytest.mark.usefixtures("small_pages")
def test_load_of_another_snapshot_leaves_exactly_that(store: Store) -> None:
    store.load(changed(small_graph()))
    wanted = graph_of(store)
    store.clear()
    store.load(small_graph())
    report = store.load(changed(small_graph()))
    assert graph_of(store) == wanted
    assert_same(store.read_links(), changed(small_graph()))
    assert report.removed > 0
    assert report.updated > 0


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("after", [1, 4, 9, 16])
def test_broken_load_is_refused_and_resumes(store: Store, after: int) -> None:
    calls = 0

    def breaks(_: Progress) -> None:
        nonlocal calls
        calls += 1
        if calls == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.load(small_graph(), breaks)
    with pytest.raises(StoreError, match=r"did not finish; load again\.$"):
        store.read_links()
    store.load(small_graph())
    assert_same(store.read_links(), small_graph())


@pytest.mark.usefixtures("small_pages")
def test_later_load_takes_over(store: Store) -> None:
    taken = []

    def intrudes(_: Progress) -> None:
        if not taken:
            taken.append(True)
            store.load(changed(small_graph()))

    with pytest.raises(StoreError, match="Another load has taken over"):
        store.load(small_graph(), intrudes)
    assert_same(store.read_links(), changed(small_graph()))


@pytest.mark.usefixtures("small_pages")
def test_loads_that_start_together_leave_one_whole_graph(store: Store) -> None:
    start = threading.Barrier(2)

    def load(links: Links) -> str:
        start.wait()
        try:
            store.load(links)
        except StoreError as error:
            return str(error)
        return "loaded"

    both = (small_graph(), changed(small_graph()))
    for _ in range(4):
        store.clear()
        with ThreadPoolExecutor(2) as pool:
            ends = list(pool.map(load, both))
        taken_over = "Another load has taken over this store; this one has stopped."
        assert sorted(ends) in (["loaded", "loaded"], [taken_over, "loaded"])
        held = store.read_links()
        assert ends[held.as_of_ms - both[0].as_of_ms] == "loaded"
        assert_same(held, both[held.as_of_ms - both[0].as_of_ms])


def test_batch_whose_answer_was_lost_is_not_written_twice(store: Store) -> None:
    store.load(small_graph())
    holder = store.read_records("MATCH (w:Writer) RETURN w.name AS name, w.load AS load, w.batch AS batch")[0]
    rows = {"sources": ["A9"], "targets": ["A8"], "links": [[0, 0, 1, 2.5, 3, 4]]}
    store.write_records("CREATE (:BankAccount {account_id: 'A8'})")
    batch = Batch("transferred_to", "create", rows, 1)
    for _ in range(2):  # the driver's second try of a commit that had gone through
        writer = Writer(holder["name"], holder["load"], holder["batch"])
        store.write_part(writer, [batch], stored_form_reporter())
    found = store.run("MATCH (:BankAccount {account_id: 'A9'})-[r]->() RETURN count(r)")
    assert found.rows == ((1,),)


def test_new_links_of_a_node_that_is_gone_are_refused(store: Store) -> None:
    store.load(small_graph())
    before = graph_of(store)
    holder = store.read_records("MATCH (w:Writer) RETURN w.name AS name, w.load AS load, w.batch AS batch")[0]
    links = [[0, 0, 1, 2.5, 3, 4], [0, 1, 1, 2.5, 3, 4]]
    rows = {"sources": ["A1"], "targets": ["A-gone", "A9"], "links": links}
    writer = Writer(holder["name"], holder["load"], holder["batch"])
    with pytest.raises(StoreError, match="Something else removes nodes"):
        store.write_part(writer, [Batch("transferred_to", "create", rows, 2)], stored_form_reporter())
    assert graph_of(store) == before


def stored_form_reporter() -> Any:
    from graph.progress import Reporter

    return Reporter("test", 1, None)


def test_pair_that_is_stored_twice_is_mended(store: Store) -> None:
    store.load(small_graph())
    before = graph_of(store)
    store.write_records(
        "MATCH (a)-[r:USED]->(b) WITH a, r, b LIMIT 1 CREATE (a)-[s:USED]->(b) SET s = properties(r)"
    )
    with pytest.raises(StoreError, match="something else has changed it"):
        store.read_links()
    store.load(small_graph())
    assert graph_of(store) == before


def test_full_batch_between_many_nodes_fits_the_memory_of_a_query(store: Store) -> None:
    pairs = [{"consumer": f"C{number}", "device": f"D{number}"} for number in range(stored_form.BATCH_ROWS)]
    store.load(made_links(used=pairs))
    assert store.run("MATCH ()-[r:USED]->() RETURN count(r)").rows == ((stored_form.BATCH_ROWS,),)


def test_clear_leaves_the_data_of_others(store: Store) -> None:
    store.write_records("MERGE (:SomebodyElse {name: 'kept'})")
    store.load(small_graph())
    store.clear()
    assert store.run("MATCH (n) RETURN labels(n)").rows == ((["SomebodyElse"],),)
    store.write_records("MATCH (n:SomebodyElse) DELETE n")
    with pytest.raises(StoreError, match=r"is empty; load data into it first\.$"):
        store.read_links()


def test_progress_counts_every_row(store: Store) -> None:
    seen: dict[str, Progress] = {}
    store.load(small_graph(), lambda progress: seen.update({progress.step: progress}))
    links = small_graph()
    for relationship in RELATIONSHIPS:
        progress = seen[relationship.name]
        assert progress.done == progress.total == len(getattr(links, relationship.name))
        assert progress.rate_per_second > 0


def test_saving_rings_twice_changes_nothing(store: Store) -> None:
    links = small_graph()
    store.load(links)
    store.save_rings(small_rings(links), "run-1")
    before = graph_of(store)
    store.save_rings(small_rings(links), "run-1")
    assert graph_of(store) == before


def test_rings_say_what_changed_since_the_run_before(store: Store) -> None:
    links = small_graph()
    store.load(links)
    store.save_rings(small_rings(links, with_heir=False), "run-1")
    for _ in range(2):  # saving a run again still compares with the run before it
        store.save_rings(small_rings(links), "run-2")
        found = store.run("MATCH (r:Ring) RETURN r.run, r.previous_run, r.joined, r.left")
        assert found.rows == (("run-2", "run-1", ["partner:P2"], ["consumer:C3"]),)
    store.save_rings((), "run-3")
    assert store.run("MATCH (r:Ring) RETURN count(r)").rows == ((0,),)


def test_members_keep_role_and_risk(store: Store) -> None:
    links = small_graph()
    store.load(links)
    store.save_rings(small_rings(links), "run-1")
    found = store.run(
        "MATCH (p:Partner {partner_id: 'P2'})-[m:MEMBER_OF]->(r:Ring) RETURN r.ring_id, m.role, m.risk"
    )
    assert found.rows == (("R1", "operator", 0.75),)


def test_rings_of_other_data_are_refused_and_the_old_ones_stay(store: Store) -> None:
    links = small_graph()
    rings = small_rings(links)
    store.load(links)
    store.save_rings(rings, "run-1")
    before = graph_of(store)
    stranger = dataclasses.replace(rings[0].members[0], id="P77")
    with pytest.raises(StoreError, match=r"lacks 1 of the rings' 1 members of kind partner"):
        store.save_rings([dataclasses.replace(rings[0], members=(stranger,))], "run-2")
    assert graph_of(store) == before


def test_answers_are_fit_for_json(store: Store) -> None:
    store.load(small_graph())
    text = """
        MATCH path = (p:Partner {partner_id: 'P4'})-[l:LOGGED_IN_FROM]->(d)
        RETURN p, l, path, datetime({epochMillis: 0}) AS moment, [1, {a: null}] AS list
    """
    row = store.run(text).rows[0]
    assert json.loads(json.dumps(row))[3:] == ["1970-01-01T00:00:00.000000000Z", [1, {"a": None}]]
    assert row[0]["labels"] == ["Partner"]
    assert row[1] == {"type": "LOGGED_IN_FROM", "properties": row[2]["relationships"][0]["properties"]}


def test_answers_are_cut_at_the_limit(store: Store) -> None:
    assert store.run("UNWIND range(1, 5) AS n RETURN n", limit=5).truncated is False
    cut = store.run("UNWIND range(1, 5) AS n RETURN n", limit=4)
    assert cut.rows == ((1,), (2,), (3,), (4,))
    assert cut.truncated is True


@pytest.mark.parametrize(
    "text",
    [
        "CREATE (:Oops)",
        "match (n) detach delete n",
        "MATCH (n:Partner) SET n.name = 'x' RETURN n",
        "MATCH (n) /* ' */ REMOVE n.name /* ' */ RETURN n",
        "RETURN 1 // \r MERGE (:Oops)",
        "CALL dbms.components() YIELD name RETURN name",
        "DROP CONSTRAINT partner_key",
    ],
)
def test_queries_that_write_are_refused(store: Store, text: str) -> None:
    store.load(small_graph())
    before = graph_of(store)
    with pytest.raises(StoreError, match="only reading queries can be run"):
        store.run(text)
    assert graph_of(store) == before


def test_write_that_slips_past_the_words_is_rolled_back(store: Store) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graph.store._refuse_writing", lambda text: None)
        if store.is_neo4j:
            with pytest.raises(StoreError, match="would write"):
                store.run("CREATE (:Oops) RETURN 1")
        else:
            store.run("CREATE (:Oops) RETURN 1")
    assert store.run("MATCH (n:Oops) RETURN count(n)").rows == ((0,),)


def test_words_that_write_may_stand_in_texts_and_names(store: Store) -> None:
    text = (
        "WITH {create: 'DELETE'} AS `set`, \"MERGE\" AS b RETURN `set`.create AS x, b, $remove AS c // DROP"
    )
    assert store.run(text, {"remove": 1}).rows == (("DELETE", "MERGE", 1),)


@pytest.mark.parametrize(
    ("text", "sentence"), [("MATCH (n RETURN n", "not valid Cypher"), ("RETURN $x", "lacks a")]
)
def test_faulty_queries_are_answered_with_a_sentence(store: Store, text: str, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence) as caught:
        store.run(text)
    assert "\n" not in str(caught.value)


def test_store_of_a_newer_form_is_refused(store: Store) -> None:
    store.load(small_graph())
    store.write_records("MATCH (l:Load) SET l.version = 99")
    try:
        for use in (store.read_links, lambda: store.load(small_graph())):
            with pytest.raises(StoreError, match="has the form 99, which a newer ringwatch wrote"):
                use()
    finally:
        store.write_records("MATCH (l:Load) SET l.version = 1")


def test_wrong_password_is_named_but_not_shown(store: Store) -> None:
    login = {"NEO4J_USERNAME": "root", "NEO4J_PASSWORD": "hunter2-secret"}
    wanted = "check NEO4J_USERNAME and NEO4J_PASSWORD"
    with pytest.raises(StoreError, match=wanted) as caught, open_store(store.address, environ=login):
        pass
    assert "hunter2" not in str(caught.value)


def test_unknown_database_is_named(store: Store, known_login: dict[str, str]) -> None:
    environ = {**known_login, "NEO4J_DATABASE": "nosuch"}
    wanted = "has no database nosuch; set NEO4J_DATABASE"
    with pytest.raises(StoreError, match=wanted), open_store(store.address, environ=environ):
        pass


@pytest.fixture
def known_login(store: Store, embedded_folder: Path) -> dict[str, str]:
    if not store.is_neo4j:
        return {"NEO4J_USERNAME": "root", "NEO4J_PASSWORD": (embedded_folder / "password").read_text()}
    from tests.conftest import neo4j_environ

    return neo4j_environ()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (NOBODY, "No store answers at bolt://127.0.0.1:1; start it, or correct the address."),
        ("http://localhost", "neither `embedded` nor an address"),
        ("nonsense", "neither `embedded` nor an address"),
        ("bolt://", "names no host"),
        ("bolt://neo4j:hunter2-secret@127.0.0.1:1", "holds a user or password"),
        ("smb://neo4j:hunter2-secret@127.0.0.1:1", "neither `embedded` nor an address"),
    ],
)
def test_address_that_is_no_store_is_answered_with_a_sentence(address: str, sentence: str) -> None:
    with (
        pytest.raises(StoreError) as caught,
        open_store(address, environ={"NEO4J_PASSWORD": "hunter2-secret"}),
    ):
        pass
    assert sentence in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_property_names_are_plain_words_and_differ() -> None:
    columns = ["partner_id", "extra_2", "", "extra_3", "@rid", "a b", "A", "é", "partner_id\n"]
    names = property_names(columns)
    assert list(names) == columns
    assert len(set(names.values())) == len(columns)
    assert all(name.isidentifier() and name.isascii() for name in names.values())
    assert names["partner_id"] == "partner_id"


def test_property_name_of_a_column_does_not_depend_on_the_others() -> None:
    [odd] = property_names(["two words"]).values()
    assert odd == "extra_a03f1d611645eb53ad16c1af546ca079"
    later = property_names(["a", "?", "two words", odd])
    assert later["two words"] == odd
    assert len(set(later.values())) == 4


def test_node_frames_of_every_kind_come_back_sorted_by_id(store: Store) -> None:
    store.load(small_graph())
    for kind in Kind:
        ids = store.read_links().nodes(kind).iloc[:, 0]
        assert list(ids) == sorted(ids)
