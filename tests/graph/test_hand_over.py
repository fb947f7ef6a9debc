from __future__ import annotations

import numpy as np
import pytest

from graph.channels.hand_over import LEAST_MOVED, Lives, hand_over, lives, moved_custom
from graph.channels.identifiers import login_devices
from graph.links import Links
from graph.ties import HUB_SHARERS, Ties
from tests.graph.made_links import DAY_MS, START_MS, Row, made_links

CLOSED = 100
CROWD: list[Row] = [{"partner_id": f"z{i:03d}", "onboarded_at": 4 * i - 400} for i in range(150)]
"""Partners that came on board at an even pace and are in business."""

PAYOUTS: list[Row] = [{"partner": name, "bank_account": f"acc {name}"} for name in ("old", "new")]


def pairs(links: Links, ties: Ties) -> dict[tuple[str, str], float]:
    names = links.partners["partner_id"].to_numpy()
    return {
        (names[a], names[b]): value for a, b, value in zip(ties.left, ties.right, ties.surprise, strict=True)
    }


def shop(name: str, begins: float, ends: float | None = None) -> Row:
    return {"partner_id": name, "onboarded_at": begins} | ({} if ends is None else {"closed_at": ends})


def logins(*names: str, device: str = "laptop", times: int = 1) -> list[Row]:
    return [{"partner": name, "device": device, "times": times} for name in names]


def successors(begins: float, **rows: list[Row]) -> Links:
    return made_links(partners=[shop("old", 0, CLOSED), shop("new", begins), *CROWD], **rows)


def test_a_device_of_one_that_ended_goes_to_one_that_began() -> None:
    links = successors(CLOSED + 5, logins=logins("old", "new"))
    assert set(pairs(links, hand_over(links))) == {("new", "old")}


@pytest.mark.parametrize("begins", [CLOSED - 31, -200])
def test_a_device_shared_by_two_at_once_is_no_hand_over(begins: float) -> None:
    links = successors(begins, logins=logins("old", "new"))
    assert not len(hand_over(links))
    assert len(login_devices(links)) == 1


def test_two_in_business_hand_nothing_over() -> None:
    links = made_links(partners=[shop("a", 0), shop("b", 50)], logins=logins("a", "b"))
    assert not len(hand_over(links))


def test_the_sooner_the_successor_the_more_it_says() -> None:
    found = []
    for gap in (2, 20, 200):
        links = successors(CLOSED + gap, logins=logins("old", "new"))
        found.append(hand_over(links))
    soon, later, late = found
    assert soon.surprise[0] > later.surprise[0] > late.surprise[0]
    assert 1.0 > soon.weight[0] > later.weight[0] > late.weight[0]


def test_what_is_shared_on_the_side_is_handed_over_too() -> None:
    main = logins("old", device="a", times=90) + logins("new", device="b", times=90)
    links = successors(CLOSED + 5, logins=[*logins("old", "new"), *main])
    assert not len(login_devices(links))
    assert set(pairs(links, hand_over(links))) == {("new", "old")}


def test_a_device_of_many_says_less_than_one_of_two() -> None:
    crowd = [str(row["partner_id"]) for row in CROWD[:20]]
    of_two = successors(CLOSED + 5, logins=logins("old", "new"))
    of_many = successors(CLOSED + 5, logins=logins("old", "new", *crowd))
    pair = ("new", "old")
    assert pairs(of_two, hand_over(of_two))[pair] > pairs(of_many, hand_over(of_many))[pair] > 0


def test_a_hub_of_a_device_hands_nothing_over() -> None:
    crowd = [str(row["partner_id"]) for row in CROWD[:HUB_SHARERS]]
    links = successors(CLOSED + 5, logins=logins("old", "new", *crowd))
    assert not len(hand_over(links))


@pytest.mark.parametrize(("day", "tied"), [(CLOSED + 10, True), (CLOSED + 200, False), (10, False)])
def test_money_sent_on_about_the_change_ties(day: float, tied: bool) -> None:
    sent: list[Row] = [{"from_account": "acc old", "to_account": "acc new", "day": day}]
    trade: list[Row] = [{"from_account": f"x{i}", "to_account": f"y{i}", "day": day} for i in range(50)]
    links = successors(CLOSED + 5, payouts=PAYOUTS, transfers=[*sent, *trade])
    assert set(pairs(links, hand_over(links))) == ({("new", "old")} if tied else set())


def test_money_between_everybodys_counterparties_surprises_less() -> None:
    def surprise(others: int) -> float:
        sent: list[Row] = [{"from_account": "acc old", "to_account": "acc new", "day": CLOSED}]
        trade: list[Row] = [{"from_account": f"x{i}", "to_account": f"y{i}"} for i in range(100)]
        trade += [{"from_account": "acc old", "to_account": f"y{i}"} for i in range(others)]
        links = successors(CLOSED + 5, payouts=PAYOUTS, transfers=[*sent, *trade])
        return float(hand_over(links).surprise[0])

    assert surprise(1) > surprise(40)


def visits(partner: str, who: range, first: float, last: float) -> list[Row]:
    return [
        {"partner": partner, "consumer": f"c{i}", "orders": 2, "first_at": first, "last_at": last}
        for i in who
    ]


def custom() -> list[Row]:
    return [row for i in range(150) for row in visits(f"z{i:03d}", range(100 + 4 * i, 104 + 4 * i), 0, 399)]


def test_customers_who_go_over_tie_and_more_of_them_tie_more() -> None:
    def surprise(moved: int) -> float:
        rows = visits("old", range(10), 10, 90) + visits("new", range(10 - moved, 20 - moved), 110, 390)
        links = successors(CLOSED + 5, orders=[*rows, *custom()])
        return pairs(links, moved_custom(links)).get(("new", "old"), 0.0)

    assert surprise(LEAST_MOVED - 1) == 0.0
    assert 0.0 < surprise(LEAST_MOVED) < surprise(6)


def test_customers_who_go_over_from_several_are_counted_apart() -> None:
    one, other = LEAST_MOVED - 1, LEAST_MOVED + 3
    rows = visits("old", range(10), 10, 90) + visits("older", range(10, 20), 10, 90)
    rows += visits("new", range(10 - one, 10 + other), 110, 390)
    partners = [shop("old", 0, CLOSED), shop("older", 0, CLOSED), shop("new", CLOSED + 5), *CROWD]
    links = made_links(partners=partners, orders=[*rows, *custom()])
    assert set(pairs(links, moved_custom(links))) == {("new", "older")}


def test_customers_who_come_to_both_at_once_have_not_gone_over() -> None:
    rows = visits("old", range(10), 10, 90) + visits("new", range(10), 85, 390)
    links = successors(CLOSED - 20, orders=[*rows, *custom()])
    assert not len(moved_custom(links))


@pytest.mark.parametrize("begins", [CLOSED - 40, CLOSED + 130])
def test_a_newcomer_of_another_time_takes_no_custom_over(begins: float) -> None:
    rows = visits("old", range(10), 10, 50) + visits("new", range(10), 240, 390)
    links = successors(begins, orders=[*rows, *custom()])
    assert not len(moved_custom(links))


def test_where_everybody_shops_everybody_goes() -> None:
    everybody = [row for i in range(150) for row in visits(f"z{i:03d}", range(10), 0, 399)]
    rows = visits("old", range(10), 10, 90) + visits("new", range(4), 110, 390)

    def surprise(others: list[Row]) -> float:
        links = successors(CLOSED + 5, orders=[*rows, *others])
        return pairs(links, moved_custom(links)).get(("new", "old"), 0.0)

    assert surprise(custom()) > 5 > 1 > surprise(everybody)


def ends(*, closing: bool) -> dict[str, float]:
    orders: list[Row] = [
        {"partner": "daily", "consumer": "c", "orders": 100, "first_at": 0, "last_at": 300},
        {"partner": "rare", "consumer": "c", "orders": 3, "first_at": 0, "last_at": 300},
        {"partner": "once", "consumer": "c", "orders": 1, "day": 10},
    ]
    names = ("daily", "none", "once", "rare")
    partners = [*(shop(name, -10) for name in names), shop("shut", 0, 50 if closing else None)]
    links = made_links(partners=partners, orders=orders)
    return dict(zip(links.partners["partner_id"], (lives(links).end - START_MS) / DAY_MS, strict=True))


def test_where_closings_are_known_they_are_the_ends() -> None:
    assert ends(closing=True) == dict.fromkeys(("daily", "none", "once", "rare"), np.inf) | {"shut": 50}


def test_where_none_is_known_a_partner_ends_when_it_falls_silent_for_its_rhythm() -> None:
    assert ends(closing=False) == dict.fromkeys(("none", "once", "rare", "shut"), np.inf) | {"daily": 300}


def test_the_rows_order_changes_nothing() -> None:
    rows = visits("old", range(10), 10, 90) + visits("new", range(4), 110, 390) + custom()
    links = successors(CLOSED + 5, orders=rows, logins=logins("old", "new"))
    turned = successors(CLOSED + 5, orders=rows[::-1], logins=logins("new", "old"))
    for channel in (hand_over, moved_custom):
        assert pairs(links, channel(links)) == pairs(turned, channel(turned)) != {}


def test_nobody_at_all_ties_nobody() -> None:
    links = made_links(partners=[shop("a", 0)])
    assert not len(hand_over(links))
    assert not len(moved_custom(links))


def test_what_is_known_of_neither_partner_is_no_warning() -> None:
    known = Lives(np.array([0.0, np.inf]), np.array([np.inf, np.inf]))
    gap = known.gap(np.array([0, 0]), np.array([1, 0]))
    assert np.isnan(gap[0]) and gap[1] == -np.inf
