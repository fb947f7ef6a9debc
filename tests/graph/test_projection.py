from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from graph.affinity import BETWEEN, LEAST_LIKELY, company_features, own_features, second_look
from graph.candidates import Candidate
from graph.partner_evidence import OWING_ELSEWHERE, partner_features
from graph.projection import project, project_partners, tie_partners
from graph.reasons import with_reasons
from graph.ring_forest import CORE, core_custom, laid_out
from tests.graph.made_links import made_links
from tests.graph.small_worlds import honest, planted, with_refund_ring


def shops(*names: str, **columns: object) -> list[dict[str, object]]:
    return [{"partner_id": name, "onboarded_at": 0, **columns} for name in names]


def tied(links, channel: str) -> set[tuple[str, str]]:  # type: ignore[no-untyped-def]
    names = links.partners["partner_id"].to_numpy()
    ties = project(links).ties(channel)
    return {(names[a], names[b]) for a, b in zip(ties.left, ties.right, strict=True)}


def test_a_shared_payout_account_ties_its_owners() -> None:
    payouts = [
        {"partner": name, "bank_account": account} for name, account in (("a", "x"), ("b", "x"), ("c", "y"))
    ]
    assert tied(made_links(partners=shops("a", "b", "c"), payouts=payouts), "payout_account") == {("a", "b")}


def test_a_rare_identifier_ties_more_than_a_common_one() -> None:
    logins = [{"partner": name, "device": "rare"} for name in ("a", "b")]
    logins += [{"partner": name, "device": "common"} for name in ("c", "d", "e", "f")]
    ties = project(made_links(partners=shops(*"abcdef"), logins=logins)).ties("login_device")
    assert ties.weight[0] > ties.weight[1:].max()
    assert ties.surprise[0] > ties.surprise[1:].max()


def test_a_hub_ties_nobody() -> None:
    names = [f"p{i:03d}" for i in range(80)]
    payouts = [{"partner": name, "bank_account": "facilitator"} for name in names]
    assert tied(made_links(partners=shops(*names), payouts=payouts), "payout_account") == set()


def test_a_device_used_once_beside_the_own_one_ties_nobody() -> None:
    logins = [{"partner": name, "device": f"own {name}", "times": 50} for name in ("a", "b")]
    logins += [{"partner": name, "device": "library", "times": 1} for name in ("a", "b")]
    assert tied(made_links(partners=shops("a", "b"), logins=logins), "login_device") == set()


def test_money_that_meets_two_hops_on_ties_its_senders() -> None:
    payouts = [{"partner": name, "bank_account": f"acc {name}", "amount": 100.0} for name in ("a", "b", "c")]
    transfers = [
        {"from_account": f"acc {name}", "to_account": f"mule {name}", "amount": 90.0, "day": 2}
        for name in ("a", "b")
    ] + [
        {"from_account": f"mule {name}", "to_account": "boss", "amount": 80.0, "day": 3}
        for name in ("a", "b")
    ]
    links = made_links(partners=shops("a", "b", "c"), payouts=payouts, transfers=transfers)
    assert tied(links, "money") == {("a", "b")}


def test_money_sent_before_any_came_in_ties_nobody() -> None:
    payouts = [{"partner": n, "bank_account": f"acc {n}", "amount": 100.0, "day": 50} for n in ("a", "b")]
    transfers = [
        {"from_account": f"acc {n}", "to_account": "boss", "amount": 90.0, "day": 2} for n in ("a", "b")
    ]
    links = made_links(partners=shops("a", "b"), payouts=payouts, transfers=transfers)
    assert tied(links, "money") == set()


def test_a_closed_partner_is_tied_to_one_of_its_name_that_came_after() -> None:
    partners = [
        {"partner_id": "old", "name": "Quixquill Lamps", "onboarded_at": 0, "closed_at": 100},
        {"partner_id": "new", "name": "Quixquill Lampen", "onboarded_at": 110},
        {"partner_id": "before", "name": "Quixquill Lamps", "onboarded_at": -200},
        {"partner_id": "other", "name": "Brown Bakery", "onboarded_at": 110},
    ]
    assert tied(made_links(partners=partners), "succession") == {("new", "old")}


def test_common_customers_by_chance_are_no_tie() -> None:
    assert len(project(honest(3).links()).ties("co_custom")) <= 3


def test_a_circle_is_tied_by_its_customers_in_every_way() -> None:
    rows, (_, circle) = planted(2)
    links = rows.links()
    for channel in ("co_custom", "lockstep", "bad_custom", "customer_groups"):
        inside = {pair for pair in tied(links, channel) if set(pair) <= circle}
        assert len(inside) >= 8, channel


def test_bad_customers_tie_beyond_what_bad_shops_share_by_chance() -> None:
    shills = [
        {"partner": name, "consumer": f"shill {i}", "orders": 1, "disputed": 1}
        for name in "ab"
        for i in range(4)
    ]
    # at an insolvent shop everybody ends badly: its customers' bad ends elsewhere are due by chance
    insolvent = [
        {"partner": "insolvent", "consumer": f"c{i}", "orders": 1, "defaulted": 1} for i in range(200)
    ]
    unlucky = [{"partner": "c", "consumer": f"c{i}", "orders": 1, "disputed": 1} for i in range(4)]
    fine = [{"partner": "d", "consumer": f"shill {i}", "orders": 1} for i in range(4)]
    links = made_links(
        partners=shops("a", "b", "c", "d", "insolvent"), orders=[*shills, *insolvent, *unlucky, *fine]
    )
    ties = project(links).ties("bad_customers")
    surprise = dict(
        zip(zip(ties.left.tolist(), ties.right.tolist(), strict=True), ties.surprise, strict=True)
    )
    assert set(surprise) == {(0, 1), (2, 4)}  # never with d, where nothing ended badly
    assert surprise[0, 1] > 2 * surprise[2, 4]


def test_a_till_mate_who_leaves_a_debt_elsewhere_ties_as_one_who_leaves_both() -> None:
    orders = [
        {"partner": name, "consumer": f"{name} {i}", "orders": 1, "disputed": 1}
        for name in "ab"
        for i in range(4)
    ]
    used = [{"consumer": f"{name} {i}", "device": f"till {i}", "times": 5} for name in "ab" for i in range(4)]
    assert tied(made_links(partners=shops("a", "b"), orders=orders), "bad_customers") == set()
    assert tied(made_links(partners=shops("a", "b"), orders=orders, used=used), "bad_customers") == {
        ("a", "b")
    }


def test_what_many_pairs_show_is_no_rarity() -> None:
    logins = [
        {"partner": f"p{2 * pair + side:02d}", "device": f"agency {pair}"}
        for pair in range(20)
        for side in range(2)
    ]
    payouts = [{"partner": f"p{i:02d}", "bank_account": "one"} for i in range(2)]
    links = made_links(partners=shops(*(f"p{i:02d}" for i in range(40))), logins=logins, payouts=payouts)
    projection = project(links)
    device, account = projection.column("login_device"), projection.column("payout_account")
    assert projection.surprise[0, device] == projection.surprise[0, account]
    # 20 of the 780 pairs share a device, one an account
    assert projection.rarity[0, device] == np.float32(-np.log10(20 / 780))
    assert projection.rarity[0, account] == np.float32(-np.log10(1 / 780))
    assert (projection.rarity <= projection.surprise).all()


def test_what_two_channels_see_of_the_same_money_counts_once() -> None:
    plain = tie_partners(planted(2)[0].links())
    shown = np.random.default_rng(0).exponential(3.0, plain.surprise.shape).astype(np.float32)
    projection = replace(plain, surprise=shown)
    money, through, device, account, handed = (
        projection.rarity[:, projection.column(name)].astype(np.float64)
        for name in ("money", "pass_through", "login_device", "payout_account", "hand_over")
    )
    assert (money > through).any() and (money < through).any()
    assert np.allclose(projection.joint_rarity(("money", "pass_through")), np.maximum(money, through))
    together = projection.joint_rarity(("login_device", "money", "pass_through"))
    assert np.allclose(together, device + np.maximum(money, through))
    assert (handed > 0).any() and (device + account > 0).any()
    once = projection.joint_rarity(("hand_over", "login_device", "payout_account"))
    assert np.allclose(once, np.maximum(device + account, handed))


def test_those_who_send_back_together_do_not_tie_their_victims() -> None:
    rows = with_refund_ring(honest(2), members=20, shops=range(20, 32))
    victims = {f"p{shop}" for shop in range(20, 32)}
    for channel in ("co_custom", "customer_groups"):
        assert not {pair for pair in tied(rows.links(), channel) if set(pair) <= victims}, channel


def test_pairs_are_sorted_unique_and_never_loops() -> None:
    projection = project(planted(2)[0].links())
    key = projection.left.astype(np.int64) * projection.partners + projection.right
    assert (np.diff(key) > 0).all()
    assert (projection.left < projection.right).all()
    assert (projection.weight >= 0).all()
    assert np.isfinite(projection.surprise).all()


def test_order_of_rows_does_not_change_a_byte() -> None:
    rows, _ = planted(2)
    first, second = project(rows.links()), project(rows.links(shuffle=9))
    assert first.surprise.tobytes() == second.surprise.tobytes()
    assert first.weight.tobytes() == second.weight.tobytes()


def test_who_asks_about_partners_alone_is_told_the_same_of_them() -> None:
    links = with_refund_ring(planted(2)[0]).links()
    whole, partners = project(links), project_partners(links)
    assert len(whole.shoppers.left) and not len(partners.shoppers.left)
    for name in ("left", "right", "weight", "surprise", "affinity", "membership"):
        assert getattr(whole, name).tobytes() == getattr(partners, name).tobytes(), name
    pd.testing.assert_frame_equal(whole.evidence, partners.evidence, check_exact=True)


def test_a_third_partner_makes_a_pair_of_those_it_is_tied_to() -> None:
    logins = [
        {"partner": name, "device": device}
        for name, device in (("a", "x"), ("b", "x"), ("b", "y"), ("c", "y"))
    ]
    links = made_links(partners=shops("a", "b", "c"), logins=logins)
    plain = tie_partners(links)
    plain = replace(plain, evidence=partner_features(links, plain))
    own = own_features(plain, plain.evidence, links)
    pairs = list(zip(plain.left.tolist(), plain.right.tolist(), strict=True))
    assert pairs == [(0, 1), (1, 2)]
    likely, unlikely = np.full(2, BETWEEN), np.array([1.0, 0.9 * BETWEEN])
    assert second_look(plain, own, unlikely, links).projection is plain
    look = second_look(plain, own, likely, links)
    wider = look.projection
    assert list(zip(wider.left.tolist(), wider.right.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 2)]
    assert look.rows.tolist() == [0, 1, 2]
    assert len(look.own) == 3
    assert look.first.tolist() == [BETWEEN, 0.0, BETWEEN]
    assert not wider.weight[1].any()
    assert np.array_equal(wider.weight[[0, 2]], plain.weight)
    (apart,) = with_reasons((Candidate((0, 2)),), wider, wider.channels)
    assert "none is tied of itself, each by others" in apart.reason


def test_an_unlikely_pair_is_not_looked_at_again() -> None:
    logins = [{"partner": name, "device": "x"} for name in ("a", "b", "c")]
    links = made_links(partners=shops("a", "b", "c"), logins=logins)
    plain = tie_partners(links)
    plain = replace(plain, evidence=partner_features(links, plain))
    first = np.array([0.05, 0.9 * LEAST_LIKELY, LEAST_LIKELY])
    own = own_features(plain, plain.evidence, links)
    look = second_look(plain, own, first, links)
    assert look.rows.tolist() == [0, 2]
    assert len(company_features(look, links)) == 2
    assert look.said(np.array([0.5, 0.25])).tolist() == [0.5, first[1], 0.25]


def test_what_is_looked_at_again_is_told_its_own_and_no_other_pairs() -> None:
    rows, _ = planted(2)
    links = rows.links()
    plain = tie_partners(links)
    plain = replace(plain, evidence=partner_features(links, plain))
    first = np.random.default_rng(0).choice([0.0, LEAST_LIKELY, 2 * BETWEEN], len(plain.left))
    look = second_look(plain, own_features(plain, plain.evidence, links), first, links)
    wider = look.projection
    assert len(plain.left) < len(wider.left)
    assert 0 < len(look.rows) < len(wider.left)
    every = own_features(wider, wider.evidence, links).frame()
    assert look.own.frame().equals(every.iloc[look.rows].reset_index(drop=True))
    whole = company_features(replace(look, rows=np.arange(len(look.first))), links).frame()
    assert company_features(look, links).frame().equals(whole.iloc[look.rows].reset_index(drop=True))


def test_thieves_and_shills_are_told_apart_by_what_they_pay_and_how_long_they_come() -> None:
    def visit(consumer: str, partner: str, orders: int, disputed: int) -> dict[str, object]:
        days = {"first_at": 0, "last_at": 30 if consumer == "shill" else 0}
        return {"consumer": consumer, "partner": partner, "orders": orders, "disputed": disputed, **days}

    logins = [{"partner": name, "device": "till"} for name in ("a", "b")]
    orders = [
        visit("thief", "a", 1, 1), visit("thief", "b", 1, 1), visit("thief", "c", 2, 2),
        visit("shill", "a", 4, 1), visit("shill", "b", 2, 1), visit("shill", "c", 2, 0),
        visit("honest", "a", 9, 0), visit("honest", "b", 9, 0),
    ]  # fmt: skip
    links = made_links(partners=shops("a", "b", "c"), logins=logins, orders=orders)
    plain = tie_partners(links)
    plain = replace(plain, evidence=partner_features(links, plain))
    own = own_features(plain, plain.evidence, links)
    row = own.frame()[(plain.left == 0) & (plain.right == 1)].iloc[0]
    assert row["common"] == 3 and row["common_bad"] == 2
    # the thief never pays, the shill left two of eight orders unpaid; they made 1 and 1, 4 and 2 orders there
    assert row["common_bad_owing"] == pytest.approx((1.0 + 2 / 8) / 2)
    assert row["common_bad_orders"] == pytest.approx((1 + 3) / 2)
    assert row["common_bad_people"] == 1
    assert row["low_owing_custom"] == row["high_owing_custom"] == pytest.approx((1.0 + 2 / 8) / 2)
    start, member = laid_out([(0, 1)])
    core = dict(zip(CORE, core_custom(start, member, plain, links)[0], strict=True))
    assert core["owing"] == pytest.approx((1.0 + 2 / 8) / 2)
    assert core["orders"] == pytest.approx((4 / 3 + 8 / 3) / 2)
    # at a and b: of the thief's order each none is paid, of the shill's four and two one each is not
    assert row["common_bad_unpaid"] == pytest.approx((1.0 + (1 / 4 + 1 / 2) / 2) / 2, abs=1e-4)
    assert row["common_bad_days"] == pytest.approx(np.log1p(15), abs=1e-4)
    assert row["low_common_bad_custom"] == pytest.approx(3 / 12, abs=1e-4)
    assert row["high_common_bad_custom"] == pytest.approx(5 / 14, abs=1e-4)
    debtors = np.expm1(plain.evidence[["debtors_orders", "debtors_unpaid", "debtors_days"]].to_numpy())
    assert debtors == pytest.approx(np.array([[5 / 14, 2 / 5, 15], [3 / 12, 2 / 3, 15], [2 / 4, 1, 0]]))
    # both owe elsewhere, too, and order there: a 1 of 4 and 4 of 8, b 1 of 4 and 2 of 8, c 2 of 4 and 2 of 8
    elsewhere = np.expm1(plain.evidence[list(OWING_ELSEWHERE)].to_numpy())
    assert elsewhere == pytest.approx(
        np.array(
            [
                [5 / 14, 2 / 5, 1, (1 / 4 + 4 * 4 / 8) / 14, 4 / 7],
                [3 / 12, 2 / 3, 1, (1 / 4 + 2 * 2 / 8) / 12, 4 / 9],
                [4 / 4, 2 / 4, 1, (2 * 2 / 4 + 2 * 2 / 8) / 4, 2 / 2],
            ]
        ),
        abs=1e-6,
    )
    assert core["of_orders"] == pytest.approx(8 / 26)
    assert core["least_of_orders"] == pytest.approx(3 / 12)
    assert core["unpaid"] == pytest.approx(4 / 8)
    assert core["paid_orders"] == pytest.approx((8 - 4) / 4)
    assert core["days"] == pytest.approx(np.log1p(15))
