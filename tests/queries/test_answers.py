from __future__ import annotations

from typing import Any

import pytest

from graph.store import Store, StoreError
from queries.library import find_query, list_queries, parse_parameters
from tests.queries.small_graph import at, small_graph, small_rings

# query, parameters, and the rows that follow from the small graph by hand
ANSWERS: tuple[tuple[str, list[str], list[tuple[Any, ...]]], ...] = (
    ("find/shared-bank-accounts", [], [("A1", 2, 5000.0, ["P1", "P2"])]),
    ("find/shared-devices", [], [("D1", 3, 9, ["P1", "P2", "P3"])]),
    (
        "find/customer-overlap",
        ["min_shared=2", "min_lift=1.5"],
        [("P1", "P2", 3, 1.3333333333333333, 2.25), ("P4", "P5", 2, 1.3333333333333333, 1.5)],
    ),
    (
        "find/till-devices",
        [],
        [("P1", "D1", 1, 1, ["C1"]), ("P2", "D1", 1, 1, ["C1"]), ("P3", "D1", 1, 1, ["C1"])],
    ),
    ("find/collecting-accounts", ["min_partners=3"], [("A2", 3, 0, ["P1", "P2", "P3"])]),
    (
        "find/payout-chains",
        [],
        [("P1", "A1", "A2", "A6", 2000.0, 1900.0), ("P3", "A3", "A2", "A6", 1500.0, 1400.0)],
    ),
    ("find/money-cycles", [], [("A1", "A2", "A6", 1100.0, at(31), at(50))]),
    (
        "find/known-identifiers-at-new-partners",
        ["onboarded_after=2023-11-20"],
        [
            ("P2", "bank_account", "A1", "P1", at(75)),
            ("P2", "device", "D1", "P1", at(75)),
            ("P3", "device", "D1", "P1", at(10)),
        ],
    ),
    ("find/devices-with-new-accounts", ["window_days=0.25", "min_consumers=3"], [("D2", 3, at(20.1), 4)]),
    ("find/refund-loops", [], [("C9", 4, 5, 2, ["P4", "P5"])]),
    ("find/money-at-risk-by-ring", [], [("R1", 1, 0.9, "phoenix", 2, 1000.0, 260.0)]),
    ("find/relaunched-partners", [], [("P1", "Alpha Trade", "P2", "Alpha Trading", 15.0, 2)]),
    ("find/short-lived-partners", [], [("P1", 60.0, 4, 400.0, 0.5)]),
    (
        "find/bad-money-partners",
        ["min_orders=2"],
        [
            ("P5", "Delta Books", 4, 155.0, 80.0, 0.5161290322580645),
            ("P1", "Alpha Trade", 4, 400.0, 200.0, 0.5),
            ("P4", "Gamma Bakery", 6, 270.0, 60.0, 0.2222222222222222),
            ("P2", "Alpha Trading", 3, 600.0, 60.0, 0.1),
        ],
    ),
    ("find/shared-funding-accounts", [], [("A4", 3, 600.0, ["C1", "C2", "C3"])]),
    ("find/device-farms", [], [("D2", 4, 3, 8, ["P1", "P2", "P3"])]),
    ("find/serial-disputers", [], [("C1", 2, 2, 0, 3), ("C2", 2, 2, 0, 2), ("C3", 2, 2, 0, 2)]),
    ("find/self-paying-partners", [], [("P1", "A1", "C4", 1, 100.0)]),
    (
        "find/neighbours-of-known-fraud",
        [],
        [("P2", "Alpha Trading", 2, 1, ["P1"]), ("P3", "Beta", 1, 1, ["P1"])],
    ),
    (
        "inspect/partner",
        ["partner_id=P1"],
        [("P1", "Alpha Trade", "fraud", at(0), at(60), 4, 4, 400.0, 200.0, 1, 1, ["R1"])],
    ),
    (
        "inspect/partner-neighbourhood",
        ["partner_id=P1"],
        [
            ("P2", "Alpha Trading", None, "bank_account", "A1", 2),
            ("P2", "Alpha Trading", None, "device", "D1", 3),
            ("P3", "Beta", None, "device", "D1", 3),
        ],
    ),
    (
        "inspect/partner-customers",
        ["partner_id=P2"],
        [
            ("C1", 1, 200.0, 20.0, at(81), 2),
            ("C2", 1, 200.0, 20.0, at(82), 1),
            ("C3", 1, 200.0, 20.0, at(83), 1),
        ],
    ),
    ("inspect/partners-with-same-customers", ["partner_id=P1"], [("P2", "Alpha Trading", 3, 3)]),
    (
        "inspect/evidence-path",
        ["partner_id=P1", "other_id=P3"],
        [
            (2, ["Partner", "Consumer", "Partner"], ["P1", "C1", "P3"], ["ORDERED_AT", "ORDERED_AT"]),
            (2, ["Partner", "Device", "Partner"], ["P1", "D1", "P3"], ["LOGGED_IN_FROM", "LOGGED_IN_FROM"]),
        ],
    ),
    ("inspect/successors", ["partner_id=P1"], [("P2", "Alpha Trading", 15.0, 2, 3)]),
    (
        "inspect/ring",
        ["ring_id=R1"],
        [
            ("Consumer", "C1", "ORDERED_AT", "Partner", "P1", 100.0, at(21), at(21)),
            ("Consumer", "C1", "ORDERED_AT", "Partner", "P2", 200.0, at(81), at(81)),
            ("Consumer", "C1", "USED", "Device", "D1", None, at(25), at(25)),
            ("Consumer", "C2", "ORDERED_AT", "Partner", "P1", 100.0, at(22), at(22)),
            ("Consumer", "C2", "ORDERED_AT", "Partner", "P2", 200.0, at(82), at(82)),
            ("Partner", "P1", "LOGGED_IN_FROM", "Device", "D1", None, at(1), at(1)),
            ("Partner", "P1", "PAID_OUT_TO", "BankAccount", "A1", 2000.0, at(30), at(30)),
            ("Partner", "P2", "LOGGED_IN_FROM", "Device", "D1", None, at(76), at(76)),
            ("Partner", "P2", "PAID_OUT_TO", "BankAccount", "A1", 3000.0, at(85), at(85)),
        ],
    ),
    (
        "inspect/ring-members",
        ["ring_id=R1"],
        [
            ("BankAccount", "A1", "operator", 0.75, None),
            ("Consumer", "C1", "operator", 0.75, None),
            ("Consumer", "C2", "operator", 0.75, None),
            ("Device", "D1", "operator", 0.75, None),
            ("Partner", "P1", "operator", 0.75, "fraud"),
            ("Partner", "P2", "operator", 0.75, None),
        ],
    ),
    (
        "inspect/ring-changes",
        ["ring_id=R1"],
        [("R1", "run-2", "run-1", "grew", ["partner:P2"], ["consumer:C3"])],
    ),
    ("inspect/ring-evidence", ["ring_id=R1"], [(1, "Two partners are paid out to A1."), (2, "One is old.")]),
    (
        "inspect/ring-only-consumers",
        ["ring_id=R1"],
        [("C2", 2, 2, 300.0, True), ("C3", 2, 2, 300.0, False), ("C4", 1, 1, 100.0, False)],
    ),
    (
        "inspect/ring-money",
        ["ring_id=R1"],
        [("P1", 4, 400.0, 200.0, 2000.0, ["A1"]), ("P2", 3, 600.0, 60.0, 3000.0, ["A1"])],
    ),
    ("inspect/ring-surroundings", ["ring_id=R1"], [("P3", "Beta", None, 1, ["D1"])]),
    (
        "inspect/consumer",
        ["consumer_id=C1"],
        [
            ("P2", 1, 200.0, 0, 1, 0, at(81), at(81)),
            ("P1", 1, 100.0, 0, 1, 0, at(21), at(21)),
            ("P3", 1, 30.0, 0, 0, 0, at(40), at(40)),
        ],
    ),
    (
        "inspect/consumer-erasure",
        ["consumer_id=C5"],
        [
            ("ORDERED_AT", "Partner", "P4", False),
            ("PAID_FROM", "BankAccount", "A9", True),
            ("USED", "Device", "D5", True),
        ],
    ),
    (
        "inspect/consumer-associates",
        ["consumer_id=C1"],
        [("C2", 2, ["A4", "D2"], 2), ("C3", 2, ["A4", "D2"], 2), ("C4", 1, ["D2"], 1)],
    ),
    (
        "inspect/device",
        ["device_id=D1"],
        [
            ("Partner", "P1", "LOGGED_IN_FROM", 5, at(1), at(1)),
            ("Partner", "P3", "LOGGED_IN_FROM", 1, at(11), at(11)),
            ("Consumer", "C1", "USED", 2, at(25), at(25)),
            ("Partner", "P2", "LOGGED_IN_FROM", 3, at(76), at(76)),
        ],
    ),
    (
        "inspect/bank-account",
        ["account_id=A1"],
        [
            ("in", "Partner", "P2", "PAID_OUT_TO", 3, 3000.0, at(85), at(85)),
            ("in", "Partner", "P1", "PAID_OUT_TO", 4, 2000.0, at(30), at(30)),
            ("out", "BankAccount", "A2", "TRANSFERRED_TO", 1, 1900.0, at(31), at(31)),
            ("in", "BankAccount", "A6", "TRANSFERRED_TO", 1, 1100.0, at(50), at(50)),
            ("out", "Consumer", "C4", "PAID_FROM", 1, 100.0, at(24), at(24)),
        ],
    ),
    ("inspect/account-flow", ["account_id=A1"], [("A2", 1900.0, "A6", 3200.0)]),
)


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    return set()


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def asked(request: pytest.FixtureRequest, loaded: set[str]) -> Store:
    """A store with the small graph and its ring, as two runs have left it; loaded once for all questions."""
    store: Store = request.getfixturevalue(f"{request.param}_store")
    if request.param not in loaded:
        links = small_graph()
        store.clear()
        store.load(links)
        store.save_rings(small_rings(links, with_heir=False), "run-1")
        store.save_rings(small_rings(links), "run-2")
        loaded.add(request.param)
    return store


@pytest.mark.parametrize(("name", "settings", "rows"), ANSWERS, ids=[name for name, _, _ in ANSWERS])
def test_answer_on_the_small_graph(
    asked: Store, name: str, settings: list[str], rows: list[tuple[Any, ...]]
) -> None:
    query = find_query(name)
    answer = asked.run(query, parse_parameters(query, settings))
    assert list(answer.rows) == rows
    assert answer.columns == tuple(column.name for column in query.columns)


def test_every_query_has_its_answer() -> None:
    assert {name for name, _, _ in ANSWERS} == {query.name for query in list_queries()}
    assert all(rows for _, _, rows in ANSWERS)


@pytest.mark.parametrize(
    "name", [query.name for query in list_queries() if query.name.startswith("inspect/")]
)
def test_unknown_id_answers_with_no_rows_and_the_same_columns(asked: Store, name: str) -> None:
    query = find_query(name)
    keys = [f"{one.name}=' OR 1=1 //" for one in query.parameters if one.default is None]
    answer = asked.run(query, parse_parameters(query, keys))
    assert answer.rows == ()
    assert answer.columns == tuple(column.name for column in query.columns)


@pytest.mark.parametrize("name", [name for name, _, _ in ANSWERS])
def test_limit_is_kept(asked: Store, name: str) -> None:
    query = find_query(name)
    if all(one.name != "limit" for one in query.parameters):
        assert name in (
            "inspect/partner",
            "inspect/ring-changes",
            "inspect/ring-evidence",
            "inspect/ring-money",
        )
        return
    settings = next(settings for other, settings, _ in ANSWERS if other == name)
    assert len(asked.run(query, parse_parameters(query, [*settings, "limit=1"])).rows) == 1


@pytest.mark.neo4j
@pytest.mark.parametrize(
    ("name", "settings"), [case[:2] for case in ANSWERS], ids=[case[0] for case in ANSWERS]
)
def test_plan_starts_from_an_index(neo4j_store: Store, name: str, settings: list[str]) -> None:
    query = find_query(name)
    plan = neo4j_store.explain(query, parse_parameters(query, settings))
    operators = {line.split()[0] for line in plan}
    assert operators & {
        "NodeUniqueIndexSeek",
        "NodeIndexSeek",
        "NodeIndexSeekByRange",
        "NodeUniqueIndexSeekByRange",
    }
    assert not operators & {
        "AllNodesScan",
        "NodeByLabelScan",
        "UnionNodeByLabelsScan",
        "DirectedRelationshipTypeScan",
    }


def test_embedded_store_says_that_it_has_no_plans(embedded_store: Store) -> None:
    with pytest.raises(StoreError, match="shows no plans"):
        embedded_store.explain(find_query("inspect/partner"), {"partner_id": "P1"})
