from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest

from graph.channels.changes import changed_at
from graph.channels.counterparties import counterparties
from graph.channels.custom import BUSY_CONSUMER, common_custom
from graph.channels.groups import MOST_CONNECTED, consumer_groups, customer_groups
from graph.channels.identifiers import customer_devices, login_devices, side_accounts, side_devices
from graph.channels.money import collector_reach, money_flow
from graph.channels.pass_through import pass_through
from graph.channels.self_dealing import StaffOrders, self_dealing, staff_orders
from graph.channels.succession import succession
from graph.links import Links
from graph.refunds import colluding, refund_circles
from graph.schema import MISSING_MS
from graph.tally import distinct
from graph.ties import HUB_SHARERS, Ties
from tests.graph.detector_worlds import debtors, self_dealers, tills
from tests.graph.made_links import START_MS, Row, made_links
from tests.graph.small_worlds import planted


def shops(*names: str, **columns: object) -> list[Row]:
    return [{"partner_id": name, "onboarded_at": 0, **columns} for name in names]


def strength(ties: Ties) -> dict[tuple[int, int], float]:
    return dict(zip(zip(ties.left.tolist(), ties.right.tolist(), strict=True), ties.surprise, strict=True))


def handed_on(gap: float) -> Links:
    """Two partners who log in from one device, so many days after one another."""
    return made_links(
        partners=shops("a", "b"),
        logins=[
            {"partner": "a", "device": "laptop", "day": 0, "last_at": 100},
            {"partner": "b", "device": "laptop", "day": 100 + gap, "last_at": 200 + gap},
        ],
    )


def test_a_device_used_a_year_apart_ties_a_quarter_as_much() -> None:
    at_once, apart = (strength(login_devices(handed_on(gap)))[0, 1] for gap in (-50, 360))
    assert np.isclose(apart, at_once / 4)
    assert np.isclose(strength(login_devices(handed_on(0)))[0, 1], at_once)


def test_uses_of_unknown_time_tie_in_full() -> None:
    links = handed_on(360)
    links.logged_in_from["last_at"] = MISSING_MS
    assert strength(login_devices(links)) == strength(login_devices(handed_on(0)))


def slips(*visitors: str) -> Links:
    """Everybody logs in from a laptop of their own a hundred times, and the visitors from b's once."""
    names = ("b", "c", *visitors)
    logins = [{"partner": name, "device": f"laptop {name}", "times": 100} for name in names]
    logins += [{"partner": name, "device": "laptop b", "times": 1} for name in visitors]
    return made_links(partners=shops(*names), logins=logins)


def test_one_login_from_anothers_machine_ties_on_the_side_alone() -> None:
    links = slips("x")
    assert set(strength(side_devices(links))) == {(0, 2)}
    assert not len(login_devices(links))
    assert not len(side_accounts(links))


def test_visitors_of_one_machine_are_tied_the_less_the_more_they_are() -> None:
    few, more = (strength(side_devices(slips(*(f"x{n:02}" for n in range(size))))) for size in (2, 10))
    assert set(few) == {(0, 2), (0, 3), (2, 3)}
    assert 0 < more[0, 2] < few[0, 2]
    crowd = slips(*(f"x{n:02}" for n in range(HUB_SHARERS)))
    assert not len(side_devices(crowd))


def test_what_both_use_as_their_own_is_not_on_the_side() -> None:
    links = handed_on(-50)
    assert len(login_devices(links)) == 1
    assert not len(side_devices(links))


def test_customers_on_a_machine_given_away_long_ago_tie_less() -> None:
    def tie(day: int) -> float:
        users = ("x", "y")
        return strength(
            customer_devices(
                made_links(
                    partners=shops("a", "b"),
                    logins=[{"partner": "a", "device": "laptop", "day": 0}],
                    used=[{"consumer": user, "device": "laptop", "day": day} for user in users],
                    orders=[{"consumer": user, "partner": "b", "day": day} for user in users],
                )
            )
        )[0, 1]

    assert np.isclose(tie(180), tie(0) / 2)


def routed(first_hop: int, second_hop: int) -> Links:
    """Two partners paid on day 10, whose money goes to a mule and then to the boss on these days."""
    steps = (("acc", "mule", first_hop), ("mule", "boss", second_hop))
    return made_links(
        partners=shops("a", "b"),
        payouts=[
            {"partner": name, "bank_account": f"acc {name}", "amount": 100.0, "day": 10} for name in "ab"
        ],
        transfers=[
            {
                "from_account": f"{start} {name}",
                "to_account": end if end == "boss" else f"{end} {name}",
                "amount": 90.0,
                "day": day,
            }
            for name in "ab"
            for start, end, day in steps
        ],
    )


def test_money_travels_forward_in_time_hop_by_hop() -> None:
    assert len(money_flow(routed(12, 14))) == 1
    assert len(money_flow(routed(14, 12))) == 0  # the mule had paid the boss before this money reached it
    assert len(money_flow(routed(8, 14))) == 0


def test_shares_of_the_money_multiply_on_the_way() -> None:
    links = routed(12, 14)
    boss = links.bank_accounts["account_id"].tolist().index("boss")
    # of 100 paid out 90 went on, of the 90 that came in 90
    assert np.isclose(collector_reach(links)[[0], [boss]], 0.9)


def sent(start: str, end: str, amount: float, day: int, last: int | None = None, times: int = 4) -> Row:
    return {
        "from_account": start,
        "to_account": end,
        "amount": amount,
        "day": day,
        "last_at": day + 30 if last is None else last,
        "times": times,
    }


def trade(*transfers: Row, currency: float = 1.0, account: str = "", shops_behind: int = 0) -> Links:
    """A hundred shops that pay two of fifty wholesalers each; `a` and `b` are paid out 10,000 in a year.

    `currency` is 0 where their money is in another currency than the main one, `account` is their payout
    account where they have one together. `shops_behind` more shops pay the account `mule`.
    """
    names = [f"s{n}" for n in range(100)]
    more = [f"t{n}" for n in range(shops_behind)]
    paid = [(name, account or f"acc {name}", 10_000.0 * currency) for name in "ab"]
    paid += [(name, f"acc {name}", 10_000.0) for name in names + more]
    return made_links(
        partners=shops("a", "b", *names, *more),
        payouts=[
            {"partner": name, "bank_account": at, "amount": amount, "day": 0, "last_at": 360, "times": 52}
            for name, at, amount in paid
        ],
        transfers=[
            *(
                sent(f"acc s{n}", f"wholesale {(n * step) % 50}", 900.0, 0, 360, times=12)
                for n in range(100)
                for step in (1, 3)
                if step == 1 or (n * 3) % 50 != n % 50
            ),
            *(sent(f"acc {name}", "mule", 150.0, 200) for name in more),
            *({**one, "amount": float(str(one["amount"])) * currency} for one in transfers),
        ],
    )


THROUGH_A_MULE = (
    sent("acc a", "mule", 150.0, 200),
    sent("acc b", "mule", 150.0, 205),
    sent("mule", "boss", 270.0, 203),
)
SPLIT_IN_THREE = tuple(
    sent(start, end, amount, day)
    for way in range(3)
    for start, end, amount, day in (
        ("acc a", f"mule {way}", 150.0, 200),
        ("acc b", f"mule {way}", 150.0, 205),
        (f"mule {way}", f"boss {way}", 270.0, 203),
    )
)


def passed(links: Links) -> float:
    """Surprise of the tie of the first two partners, 0 for none; there must be no other tie."""
    found = strength(pass_through(links))
    assert set(found) <= {(0, 1)}
    return found.get((0, 1), 0.0)


def test_money_that_passes_through_one_account_ties_however_little_it_is_of_the_whole() -> None:
    links = trade(*THROUGH_A_MULE)
    assert passed(links) > 1
    assert (0, 1) not in strength(money_flow(links))  # 1.5 % of all they are ever paid


def test_a_mule_with_a_life_of_its_own_is_one_still() -> None:
    life = (
        sent("employer", "mule", 20_000.0, 0, 100),
        sent("mule", "landlord", 9_000.0, 0, 100),
        sent("friend", "mule", 50.0, 300, times=1),
    )
    assert np.isclose(passed(trade(*THROUGH_A_MULE, *life)), passed(trade(*THROUGH_A_MULE)))


def test_who_keeps_the_money_ties_nobody() -> None:
    assert passed(trade(*THROUGH_A_MULE[:2])) == 0
    some = passed(trade(*THROUGH_A_MULE[:2], sent("mule", "boss", 27.0, 203)))
    assert np.isclose(some, passed(trade(*THROUGH_A_MULE)) / 10)


def test_money_passes_through_in_the_order_of_time_and_soon() -> None:
    ways = THROUGH_A_MULE[:2]
    assert passed(trade(*ways, sent("mule", "boss", 270.0, 100))) == 0
    assert passed(trade(*ways, sent("mule", "boss", 270.0, 300))) == 0
    assert passed(trade(*ways, sent("mule", "boss", 270.0, 250))) > 0


def test_months_between_two_moneys_make_their_meeting_weak() -> None:
    ways = (sent("acc a", "mule", 150.0, 100), sent("mule", "boss", 400.0, 100, 300))
    near, far = (passed(trade(*ways, sent("acc b", "mule", 150.0, day))) for day in (130, 130 + 28))
    assert np.isclose(far, near / 2)


def test_money_split_over_accounts_that_each_pass_it_on_ties_the_more() -> None:
    assert passed(trade(*SPLIT_IN_THREE)) > passed(trade(*THROUGH_A_MULE)) > 0


def test_money_meets_behind_mules_of_their_own() -> None:
    chains = (
        *(sent(f"acc {name}", f"mule {name}", 150.0, 200) for name in "ab"),
        *(sent(f"mule {name}", "second", 140.0, 203) for name in "ab"),
        sent("second", "boss", 270.0, 205),
    )
    assert passed(trade(*chains)) > 0
    late = (*chains[:3], sent("mule b", "second", 140.0, 150), chains[4])
    assert passed(trade(*late)) == 0  # over before the money of the second had come


def test_what_lies_behind_a_shared_account_is_no_meeting() -> None:
    ways = (sent("till", "mule", 300.0, 200), sent("mule", "boss", 270.0, 203))
    assert passed(trade(*ways, account="till")) == 0


def test_accounts_that_many_pay_lead_nowhere() -> None:
    assert len(pass_through(trade(*THROUGH_A_MULE, shops_behind=10))) == 12 * 11 / 2
    assert len(pass_through(trade(*THROUGH_A_MULE, shops_behind=63))) == 0


def test_money_in_another_currency_is_followed_by_numbers_of_payments() -> None:
    assert passed(trade(*THROUGH_A_MULE, currency=0.0)) > 1


def test_ties_by_money_do_not_depend_on_the_order_of_payouts_and_transfers() -> None:
    one, other = (pass_through(trade(*ways)) for ways in (SPLIT_IN_THREE, SPLIT_IN_THREE[::-1]))
    assert one.surprise.tobytes() == other.surprise.tobytes()
    assert one.weight.tobytes() == other.weight.tobytes()


def dealt(*transfers: tuple[str, str], **accounts: str) -> Links:
    """Partners a, b and c, paid out to accounts of their own names or these, and small transfers."""
    return made_links(
        partners=shops("a", "b", "c"),
        payouts=[
            {"partner": name, "bank_account": accounts.get(name, name), "amount": 1000.0} for name in "abc"
        ],
        transfers=[{"from_account": start, "to_account": end, "amount": 1.0} for start, end in transfers],
    )


def test_one_small_payment_to_or_from_the_same_rare_account_ties() -> None:
    links = dealt(("a", "helper"), ("helper", "b"), ("c", "landlord"))
    assert set(strength(counterparties(links))) == {(0, 1)}
    assert not len(money_flow(links))


def test_counterparties_behind_a_shared_account_are_no_meeting() -> None:
    assert not len(counterparties(dealt(("joint", "helper"), a="joint", b="joint")))


def test_an_account_that_deals_with_many_is_nobodys_helper() -> None:
    def tie(others: int) -> float:
        crowd = [(f"payer {n}", "helper") for n in range(others)]
        return strength(counterparties(dealt(("a", "helper"), ("b", "helper"), *crowd))).get((0, 1), 0.0)

    ties = [tie(others) for others in (0, 1, HUB_SHARERS - 1)]
    assert ties[0] >= ties[1] >= ties[2] == 0.0
    assert ties[0] > 0


def test_who_deals_with_a_facilitator_deals_with_none_of_its_clientele() -> None:
    clients = [f"client {n:03}" for n in range(HUB_SHARERS + 1)]

    def tied(clientele: list[str]) -> int:
        return len(
            counterparties(
                made_links(
                    partners=shops("a", *clientele),
                    payouts=[{"partner": "a", "bank_account": "a"}]
                    + [{"partner": name, "bank_account": "facilitator"} for name in clientele],
                    transfers=[
                        {"from_account": start, "to_account": "lender"} for start in ("a", "facilitator")
                    ],
                )
            )
        )

    assert tied(clients[:3]) == 3
    assert tied(clients) == 0


def test_counterparties_do_not_depend_on_the_order_of_transfers() -> None:
    transfers = [("a", "helper"), ("helper", "b"), ("b", "boss"), ("c", "boss"), ("c", "helper")]
    assert strength(counterparties(dealt(*transfers))) == strength(counterparties(dealt(*transfers[::-1])))


def test_who_shops_at_hundreds_neither_ties_partners_nor_explains_what_others_have_in_common() -> None:
    names = [f"p{n:03}" for n in range(BUSY_CONSUMER + 1)]
    friends = [{"consumer": f"c{n}", "partner": name} for n in range(6) for name in names[:2]]
    friends += [{"consumer": f"d{n}", "partner": name} for n in range(200) for name in names[n + 2 : n + 4]]
    everywhere = [{"consumer": who, "partner": name} for who in ("reseller", "script") for name in names]
    alone, beside = (
        common_custom(made_links(partners=shops(*names), orders=orders))
        for orders in (friends, friends + everywhere)
    )
    assert alone.overlap.tolist() == beside.overlap.tolist() == [6]
    assert np.allclose(alone.surprise, beside.surprise)


def test_a_successor_is_known_by_its_site_or_its_legal_name() -> None:
    def ties(**same: str) -> int:
        others = [
            {"partner_id": f"q{n}", "name": f"{n * 7919:05d}", "onboarded_at": 105 + n} for n in range(9)
        ]
        old = {"partner_id": "old", "name": "Velvet Moth", "onboarded_at": 0, "closed_at": 100, **same}
        new = {"partner_id": "new", "name": "Iron Spoon", "onboarded_at": 109, **same}
        return len(succession(made_links(partners=[old, new, *others])))

    assert ties() == 0
    assert ties(website="https://www.quixquill.de/shop") == 1
    assert ties(legal_name="Quixquill Handels GmbH") == 1


def test_an_additional_account_is_no_change_of_hands() -> None:
    def moment(old_ends: int) -> float:
        payouts: list[Row] = [
            {"partner": "a", "bank_account": "old", "day": 5, "last_at": old_ends, "times": 9},
            {"partner": "a", "bank_account": "new", "day": 100, "last_at": 300, "times": 9},
        ]
        return float(changed_at(made_links(partners=shops("a"), payouts=payouts))[0])

    assert moment(98) == START_MS + 100 * 86_400_000
    assert np.isnan(moment(300))


def test_the_first_account_is_no_change() -> None:
    payouts: list[Row] = [{"partner": "a", "bank_account": "first", "day": 100, "last_at": 300}]
    assert np.isnan(changed_at(made_links(partners=shops("a"), payouts=payouts))).all()


def test_a_shop_deals_with_itself_where_its_own_machine_orders_and_does_not_pay() -> None:
    links = self_dealers().rows.links()
    found = set(links.partners["partner_id"].to_numpy()[self_dealing(links).found()])
    assert found == {"p60", "p61"}
    assert not self_dealing(tills().rows.links()).found().any()


def errands(
    *orders: tuple[str, str, int, int],
    used: Sequence[tuple[str, str]] = (("boss", "till"), ("aunt", "till")),
    logins: Sequence[tuple[str, str, int]] = (("a", "till", 50),),
) -> StaffOrders:
    """Orders (who, where, how many, unpaid) beside a crowd that leaves 0 to 2 of 20; a is partner 0."""
    market = [(f"crowd {n}", f"q{n % 40:02}", 20, n // 40 % 3) for n in range(360)]
    return staff_orders(
        made_links(
            partners=shops("a", "b", *(f"q{n:02}" for n in range(40))),
            orders=[
                {"consumer": who, "partner": at, "orders": n, "defaulted": bad}
                for who, at, n, bad in (*market, *orders)
            ],
            used=[{"consumer": who, "device": device} for who, device in used],
            logins=[{"partner": at, "device": device, "times": times} for at, device, times in logins],
        )
    )


def test_staff_who_leave_orders_unpaid_elsewhere_are_found_and_an_owner_who_pays_is_not() -> None:
    burnt = errands(("boss", "q00", 6, 5), ("aunt", "q01", 4, 3), ("boss", "a", 9, 9))
    assert (burnt.people[0], burnt.owing[0]) == (2, 2)
    assert burnt.found().tolist() == [True] + [False] * 41
    # 1 and 2 of 362 by Fisher's way: 2 * 4.9 natural logarithms and what chi-squared makes of it
    assert burnt.surprise[0] == pytest.approx(3.8, abs=0.1)
    paid = errands(("boss", "q00", 6, 0), ("aunt", "q01", 4, 0))
    assert (paid.people[0], paid.owing[0], paid.surprise[0]) == (2, 0, 0)
    assert not paid.found().any()
    at_home = errands(("boss", "a", 9, 9), ("aunt", "a", 9, 9))
    assert (at_home.people[0], at_home.owing[0], at_home.surprise[0]) == (0, 0, 0)


def test_staff_who_owe_as_anybody_does_are_no_surprise_nor_is_one_debtor_however_much_he_owes() -> None:
    usual = errands(("boss", "q00", 40, 2), ("aunt", "q00", 20, 1))
    assert usual.surprise[0] < 0.5
    assert not usual.found().any()
    debtor = errands(("boss", "q00", 100, 100), ("boss", "q01", 100, 100), ("aunt", "q01", 20, 1))
    assert (debtor.people[0], debtor.owing[0]) == (2, 1)
    assert 1 < debtor.surprise[0] < 2.6
    assert not debtor.found().any()


def test_staff_who_owe_at_their_own_shop_alone_are_not_said_to_owe_elsewhere() -> None:
    own = errands(("boss", "a", 9, 9), ("aunt", "a", 9, 9), ("boss", "q00", 1, 0), ("aunt", "q01", 1, 0))
    assert (own.people[0], own.owing[0]) == (2, 0)
    assert not own.found().any()


def test_shops_whose_bad_custom_is_others_staff_are_hit_and_the_staffs_own_is_not() -> None:
    burnt = errands(("boss", "q00", 6, 5), ("aunt", "q00", 4, 3), ("aunt", "q03", 4, 3), ("boss", "a", 9, 9))
    # q00 and q03 are partners 2 and 5, and each has six of the crowd who left something unpaid
    assert burnt.hit[2] > burnt.hit[5] > 1
    assert np.flatnonzero(burnt.hit).tolist() == [2, 5]
    assert not errands(("boss", "q00", 6, 0)).hit.any()


def test_a_disputed_order_is_as_bad_as_an_unpaid_one_and_a_refund_is_not() -> None:
    links = made_links(
        partners=shops("a", "b"),
        orders=[
            {"consumer": "boss", "partner": "b", "orders": 9, "disputed": 2, "refunded": 4},
            *({"consumer": f"crowd {n}", "partner": "b", "orders": 9} for n in range(20)),
        ],
        used=[{"consumer": "boss", "device": "till"}],
        logins=[{"partner": "a", "device": "till"}],
    )
    assert staff_orders(links).owing.tolist() == [1, 0]
    refunded = replace(links, ordered_at=links.ordered_at.assign(disputed=links.ordered_at["disputed"] * 0))
    assert staff_orders(refunded).owing.tolist() == [0, 0]


def test_a_machine_that_a_partner_is_run_from_once_counts_as_well() -> None:
    often = [("a", "till", 50)]
    aside = errands(("boss", "q00", 6, 5), used=[("boss", "own")], logins=[*often, ("a", "own", 1)])
    assert (aside.people[0], aside.owing[0]) == (1, 1)
    assert errands(("boss", "q00", 6, 5), used=[("boss", "own")], logins=often).people[0] == 0


def test_who_uses_two_machines_of_a_partner_counts_once_and_who_runs_two_partners_for_both() -> None:
    machines = [("boss", "till"), ("boss", "desk")]
    logins = [("a", "till", 50), ("a", "desk", 9)]
    twice = errands(("boss", "q00", 6, 5), used=machines, logins=logins)
    assert (twice.people[0], twice.owing[0], len(twice.visit)) == (1, 1, 1)
    both = errands(("boss", "q00", 6, 5), ("boss", "b", 3, 0), logins=[("a", "till", 50), ("b", "till", 1)])
    assert both.people[:2].tolist() == [1, 1]
    # one visit to a stranger for both, one to b for a
    assert both.visits(np.array([0, 1])).tolist() == distinct(both.visit).tolist()
    assert (len(both.visit), len(distinct(both.visit))) == (3, 2)
    assert both.partner.tolist() == [0, 0, 1]


def test_a_machine_of_very_many_partners_or_consumers_is_no_staffs() -> None:
    def partners(many: int) -> float:
        logins = [("a", "till", 50), *((f"z{n}", "till", 1) for n in range(many - 1))]
        return float(errands(("boss", "q00", 6, 5), logins=logins).people[0])

    def consumers(many: int) -> float:
        guests = [(f"guest {n}", "till") for n in range(many - 1)]
        orders = [(guest, "q01", 1, 0) for guest, _ in guests]
        return float(errands(("boss", "q00", 6, 5), *orders, used=[("boss", "till"), *guests]).people[0])

    assert partners(HUB_SHARERS) == 1
    assert partners(HUB_SHARERS + 1) == 0
    assert consumers(HUB_SHARERS) == HUB_SHARERS
    assert consumers(HUB_SHARERS + 1) == 0


@pytest.mark.parametrize("lacks", ["used", "logins", "orders", "all"])
def test_without_logins_devices_or_orders_nobody_has_staff(lacks: str) -> None:
    rows: dict[str, list[Row]] = {
        "orders": [{"consumer": "boss", "partner": "b", "defaulted": 1}],
        "used": [{"consumer": "boss", "device": "till"}],
        "logins": [{"partner": "a", "device": "till"}],
    }
    kept = {} if lacks == "all" else {name: rows[name] for name in rows if name != lacks}
    none = staff_orders(made_links(partners=shops("a", "b"), **kept))
    for column in (none.people, none.owing, none.surprise, none.hit, none.found()):
        assert column.shape == (2,)
        assert not column.any()
    assert len(none.visit) == len(none.partner) == len(none.visits(np.array([0, 1]))) == 0


def test_a_world_without_partners_has_no_staff() -> None:
    assert staff_orders(made_links()).found().shape == (0,)


def test_staff_orders_do_not_depend_on_the_order_of_rows() -> None:
    rows = self_dealers().rows
    one, other = staff_orders(rows.links()), staff_orders(rows.links(shuffle=5))
    for name in ("people", "owing", "surprise", "hit", "partner", "visit"):
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes()


def test_debtors_at_strangers_collude_and_shills_do_not() -> None:
    world = debtors()
    for rows, expected in ((world.rows, world.group), (planted(1)[0], frozenset())):
        links = rows.links()
        circles = refund_circles(links, customer_groups(links))
        assert set(links.consumers["consumer_id"].to_numpy()[colluding(circles)]) == expected
        # whoever gains by it, they may be a circle: what they did tells
        assert (circles.debtors_of >= 0).any()


def dormitories(sizes: Sequence[int], name: Callable[[str], str], between: int = 1) -> Links:
    """Houses of so many people with a machine each; some of each house use the next one's as often.

    All of the last house pay from one account too.
    """
    machine = [[f"{house} {one}" for one in range(size)] for house, size in enumerate(sizes)]
    use = [(person, f"machine {house}") for house, people in enumerate(machine) for person in people]
    use += [
        (person, f"machine {house + 1}")
        for house, people in enumerate(machine[:-1])
        for person in people[:between]
    ]
    paid = [(person, "account") for person in machine[-1]]
    return made_links(
        used=[{"consumer": name(person), "device": name(device), "day": 1} for person, device in use],
        paid_from=[{"consumer": name(person), "bank_account": account, "day": 1} for person, account in paid],
    )


def houses(links: Links, name: Callable[[str], str], people: Iterable[str]) -> list[list[str]]:
    """Who of these people is in one group, groups by their first member."""
    ids = links.consumers["consumer_id"].tolist()
    group = consumer_groups(links)
    found: dict[int, list[str]] = {}
    for person in people:
        if (number := int(group[ids.index(name(person))])) >= 0:
            found.setdefault(number, []).append(person)
    return list(found.values())


@pytest.mark.parametrize("name", [str, lambda one: one[::-1], lambda one: sha256(one.encode()).hexdigest()])
def test_who_stands_between_two_houses_does_not_make_one_group_of_a_town(name: Callable[[str], str]) -> None:
    sizes = (30, 20, 12, 9)
    assert sum(sizes) > MOST_CONNECTED
    people = [f"{house} {one}" for house, size in enumerate(sizes) for one in range(size)]
    found = houses(dormitories(sizes, name), name, people)
    # who uses two machines goes where fewer people are, here the next house
    lives = {one: int(one[0]) + (one in ("0 0", "1 0", "2 0")) for one in people}
    assert sorted(found) == sorted([one for one in people if lives[one] == house] for house in range(4))


def test_a_few_houses_are_one_group_whoever_joins_them() -> None:
    sizes = (30, 20, MOST_CONNECTED - 50)
    people = [f"{house} {one}" for house, size in enumerate(sizes) for one in range(size)]
    assert houses(dormitories(sizes, str), str, people) == [people]


@pytest.mark.parametrize("between", [1, 7, 8])
def test_two_houses_of_one_size_are_one_group_where_a_fifth_use_both_machines(between: int) -> None:
    sizes = (40, 40 - between)  # with those who go between, both machines have forty users
    people = [f"{house} {one}" for house, size in enumerate(sizes) for one in range(size)]
    found = houses(dormitories(sizes, str, between), str, people)
    # who is as near to either is in neither
    assert found == ([people] if between == 8 else [people[between:40], people[40:]])
