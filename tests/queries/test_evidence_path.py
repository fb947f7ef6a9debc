"""Ways of two, three and four steps between partners, and the hubs they do not pass."""

from __future__ import annotations

from typing import Any

from graph.links import Links
from graph.store import Store
from queries.library import find_query, parse_parameters
from tests.graph.made_links import made_links


def ways(store: Store, *settings: str) -> list[tuple[Any, ...]]:
    query = find_query("inspect/evidence-path")
    return list(store.run(query, parse_parameters(query, settings)).rows)


def money_goes_from_a_to_b() -> Links:
    """A's account sends through M to B's; a customer of B is on the till of C, three steps from A to C."""
    return made_links(
        partners=[{"partner_id": name} for name in "ABC"],
        orders=[{"consumer": f"c{n}", "partner": "B"} for n in range(3)]
        + [{"consumer": "a", "partner": "A"}],
        used=[{"consumer": "a", "device": "till"}],
        logins=[{"partner": "C", "device": "till"}],
        payouts=[{"partner": "A", "bank_account": "XA"}, {"partner": "B", "bank_account": "XB"}],
        transfers=[{"from_account": "XA", "to_account": "M"}, {"from_account": "M", "to_account": "XB"}],
    )


def test_four_steps_meet_in_the_middle_and_read_alike_from_both_ends(store: Store) -> None:
    store.load(money_goes_from_a_to_b())
    kinds = ["Partner", "BankAccount", "BankAccount", "BankAccount", "Partner"]
    links = ["PAID_OUT_TO", "TRANSFERRED_TO", "TRANSFERRED_TO", "PAID_OUT_TO"]
    assert ways(store, "partner_id=A", "other_id=B") == [(4, kinds, ["A", "XA", "M", "XB", "B"], links)]
    assert ways(store, "partner_id=B", "other_id=A") == [(4, kinds, ["B", "XB", "M", "XA", "A"], links)]


def test_three_steps_through_a_customer_on_a_till(store: Store) -> None:
    store.load(money_goes_from_a_to_b())
    kinds, links = ["Partner", "Consumer", "Device", "Partner"], ["ORDERED_AT", "USED", "LOGGED_IN_FROM"]
    assert ways(store, "partner_id=A", "other_id=C") == [(3, kinds, ["A", "a", "till", "C"], links)]
    assert ways(store, "partner_id=C", "other_id=A") == [
        (3, kinds[::-1], ["C", "till", "a", "A"], links[::-1])
    ]


def test_no_way_passes_by_a_hub(store: Store) -> None:
    names = [f"P{n}" for n in range(4)]
    store.load(
        made_links(
            partners=[{"partner_id": name} for name in names],
            logins=[{"partner": name, "device": "agency"} for name in names],
        )
    )
    pair = ("partner_id=P0", "other_id=P1")
    assert [way[2] for way in ways(store, *pair, "max_links=4")] == [["P0", "agency", "P1"]]
    assert ways(store, *pair, "max_links=3") == []


def test_customers_of_a_popular_partner_are_no_way(store: Store) -> None:
    orders = [{"consumer": f"c{n}", "partner": name} for n in range(3) for name in ("P", "Q")]
    store.load(made_links(partners=[{"partner_id": name} for name in "PQ"], orders=orders))
    pair = ("partner_id=P", "other_id=Q")
    assert len(ways(store, *pair, "max_customers=3")) == 3
    assert ways(store, *pair, "max_customers=2") == []


def test_a_partner_has_no_way_to_itself(store: Store) -> None:
    store.load(money_goes_from_a_to_b())
    assert ways(store, "partner_id=A", "other_id=A") == []
