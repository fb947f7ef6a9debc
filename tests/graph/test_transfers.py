from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from graph.channels.transfers import round_ties, transfer_shapes, transfer_ties
from graph.links import Links
from graph.prior import prior_risk
from graph.projection import project
from graph.rings import find_rings
from graph.ties import no_ties
from tests.graph.detector_worlds import carousel
from tests.graph.made_links import made_links

Row = dict[str, object]
TRADERS = 40
MONTHS = 12


def pay(source: str, target: str, *, day: int, **columns: object) -> Row:
    return {"from_account": f"acc {source}", "to_account": f"acc {target}", "day": day, **columns}


def trade() -> list[Row]:
    """Forty partners pay their five suppliers once a month each, all year."""
    return [
        pay(f"t{i:02d}", f"t{(i * 7 + step) % TRADERS:02d}", day=1, last_at=360, times=MONTHS)
        for i in range(TRADERS)
        for step in (3, 11, 17, 23, 38)
    ]


def world(transfers: list[Row], *, ownerless: tuple[str, ...] = ()) -> Links:
    accounts = sorted({str(row[end]) for row in transfers for end in ("from_account", "to_account")})
    owned = [account.removeprefix("acc ") for account in accounts]
    owned = [name for name in owned if name not in ownerless]
    return made_links(
        partners=[{"partner_id": name, "onboarded_at": 0} for name in owned],
        payouts=[{"partner": name, "bank_account": f"acc {name}"} for name in owned],
        transfers=transfers,
    )


def test_what_was_worked_out_is_kept_with_its_links_alone() -> None:
    links = world(trade())
    first = transfer_shapes(links)
    assert transfer_shapes(links) is first
    paid = replace(links, transferred_to=links.transferred_to.iloc[:0])
    assert not len(transfer_shapes(paid).partner) and transfer_shapes(paid) is not first


def shapes(links: Links) -> set[frozenset[str]]:
    names = links.partners["partner_id"].to_numpy()
    return {frozenset(names[list(members)]) for members in transfer_shapes(links).members()}


def circle(*names: str, days: int) -> list[Row]:
    """Each pays the next, at moments in no order around the round."""
    return [
        pay(name, names[(place + 1) % len(names)], day=100 + (place * 7) % len(names) * days // len(names))
        for place, name in enumerate(names)
    ]


def one_way(leaves: list[str]) -> list[Row]:
    """Chains of one-off payments that make a month's null: many pay on, none in a round."""
    return [pay(a, b, day=100 + place % 25) for place, (a, b) in enumerate(pairwise(leaves))]


def test_a_round_within_a_month_is_a_shape_of_its_members() -> None:
    quiet = [pay(f"q{i}", f"r{i}", day=100 + i % 25) for i in range(60)]
    members = ("a", "b", "c", "d", "e", "f")
    found = shapes(world(trade() + quiet + circle(*members, days=20)))
    assert found == {frozenset(members)}


def test_a_round_paid_on_in_the_order_of_time_surprises_more() -> None:
    quiet = [pay(f"q{i}", f"r{i}", day=100 + i % 25) for i in range(60)]
    names = ("a", "b", "c", "d", "e")
    surprise = {}
    for order, days in {"in order": (3, 4, 0, 1, 2), "in none": (0, 3, 1, 4, 2)}.items():
        paid = [pay(a, b, day=100 + 4 * at) for a, b, at in zip(names, (*names[1:], "a"), days, strict=True)]
        (surprise[order],) = transfer_shapes(world(trade() + quiet + paid)).surprise
    # one round of five in 4! = 24 is
    assert abs(surprise["in order"] - surprise["in none"] - math.log10(24)) < 1e-9


def test_a_round_that_takes_half_a_year_is_none() -> None:
    quiet = [pay(f"q{i}", f"r{i}", day=100 + i % 25) for i in range(60)]
    assert shapes(world(trade() + quiet + circle("a", "b", "c", "d", "e", "f", days=180))) == set()


def test_rounds_surprise_nobody_where_everybody_pays_on() -> None:
    onward = one_way([f"q{i:03d}" for i in range(60)])
    assert shapes(world(trade() + onward + circle("a", "b", "c", "d", "e", "f", days=20))) == set()


def test_partners_who_pay_one_partner_once_and_nobody_else_are_a_star() -> None:
    leaves = [f"leaf{i}" for i in range(6)]
    star = [pay(leaf, "t05", day=40 * place) for place, leaf in enumerate(leaves)]
    assert shapes(world(trade() + star)) == {frozenset([*leaves, "t05"])}


def test_partners_who_are_paid_once_by_one_partner_are_a_star() -> None:
    leaves = [f"leaf{i}" for i in range(6)]
    star = [pay("t05", leaf, day=40 * place) for place, leaf in enumerate(leaves)]
    assert shapes(world(trade() + star)) == {frozenset([*leaves, "t05"])}


def test_a_market_whose_payers_pay_again_is_no_star() -> None:
    star = [pay(f"leaf{i}", "t05", day=40 * i, times=2) for i in range(6)]
    assert shapes(world(trade() + star)) == set()


def test_a_star_that_is_all_there_is_surprises_nobody() -> None:
    assert shapes(world([pay(f"leaf{i}", "hub", day=i) for i in range(20)])) == set()


def test_an_account_that_is_no_partner_s_makes_no_shape() -> None:
    star = [pay(f"leaf{i}", "supplier", day=40 * i) for i in range(6)]
    assert shapes(world(trade() + star, ownerless=("supplier",))) == set()


def test_a_shape_ties_all_its_members_to_one_another() -> None:
    leaves = [f"leaf{i}" for i in range(6)]
    ties = transfer_ties(world(trade() + [pay(leaf, "t05", day=9) for leaf in leaves]))
    assert len(ties) == 7 * 6 // 2
    assert len(set(ties.surprise.tolist())) == 1
    assert ties.surprise[0] > 4


def test_no_transfers_tie_nobody() -> None:
    assert len(transfer_ties(made_links(partners=[{"partner_id": "a", "onboarded_at": 0}]))) == 0


def test_a_round_that_no_forest_has_seen_comes_first_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    planted = carousel()
    links = planted.rows.links()
    ids = links.partners.partner_id.to_numpy()

    def first() -> frozenset[str]:
        projection = project(links)
        best, *_ = find_rings(links, projection, prior_risk(links, projection).risk, seed=0)
        return frozenset(ids[list(best.partners)])

    assert first() <= planted.group
    assert len(first()) >= len(planted.group) / 2
    monkeypatch.setattr("graph.affinity.round_ties", lambda links: no_ties())
    assert not first() & planted.group


def test_who_pays_honest_shops_once_each_does_not_have_them_accused() -> None:
    planted = carousel()
    planted.rows.transfers[-6:] = [
        {"from_account": "acc60", "to_account": f"acc{shop}", "day": 100 + shop, "amount": 900.0}
        for shop in range(70, 78)
    ]
    links = planted.rows.links()
    assert len(transfer_ties(links))
    assert not len(round_ties(links))
