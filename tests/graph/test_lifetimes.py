from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from graph.account_traits import ACCOUNT_TRAITS, MOST_RATIO, account_traits
from graph.lifetimes import LEAST_MIGRATED, apart, lifetimes, log_days, together
from graph.ring_forest import laid_out
from tests.graph.made_links import DAY_MS, START_MS, made_links


def shops(**joined: int | None) -> list[dict[str, object]]:
    return [
        {"partner_id": name} | ({} if day is None else {"onboarded_at": day}) for name, day in joined.items()
    ]


def test_a_partner_is_seen_where_it_sells_is_paid_out_and_logs_in() -> None:
    links = made_links(
        partners=shops(a=0, b=3, c=9, d=None),
        orders=[{"consumer": "x", "partner": "a", "first_at": 4, "last_at": 6}],
        logins=[{"partner": "a", "device": "till", "first_at": 2, "last_at": 5}],
        payouts=[
            {"partner": "b", "bank_account": "acc", "first_at": 7, "last_at": 8},
            {"partner": "d", "bank_account": "own", "first_at": 100, "last_at": 120},
        ],
    )
    life = lifetimes(links)
    assert (life.first - START_MS / DAY_MS)[[0, 1, 3]].tolist() == pytest.approx([2.0, 7.0, 100.0])
    assert (life.last - START_MS / DAY_MS)[[0, 1, 3]].tolist() == pytest.approx([6.0, 8.0, 120.0])
    assert np.isnan([life.first[2], life.last[2], life.joined[3]]).all()
    # the run is on day 400; who joined on an unknown day is as old as what it did first
    assert life.age.tolist() == pytest.approx([400.0, 397.0, 391.0, 300.0])


def test_a_day_on_which_many_came_is_no_day_of_coming() -> None:
    migrated = {f"m{number:02d}": 0 for number in range(LEAST_MIGRATED + 1)}
    others = {f"n{number:02d}": 10 + number // 3 for number in range(40)}
    logins = [{"partner": "m00", "device": "till", "first_at": 100}]
    life = lifetimes(made_links(partners=shops(**migrated, **others), logins=logins))
    came, of = np.isnan(life.joined), len(migrated)
    assert came[:of].all() and not came[of:].any()
    assert life.age[0] == pytest.approx(300.0) and np.isnan(life.age[1:of]).all()
    migrated.popitem()
    assert not np.isnan(lifetimes(made_links(partners=shops(**migrated, **others))).joined).any()


def test_accounts_are_told_by_where_and_how_old_they_are_and_where_their_money_goes() -> None:
    links = made_links(
        partners=shops(a=10, b=11, c=12),
        payouts=[
            {"partner": "a", "bank_account": "own", "first_at": 30, "amount": 100.0},
            {"partner": "b", "bank_account": "passing", "first_at": 30, "amount": 100.0},
        ],
        transfers=[
            {"from_account": "passing", "to_account": "far", "amount": 100.0},
            {"from_account": "far", "to_account": "own", "amount": 50.0},
        ],
    )
    partners = links.partners.assign(country=["SE", "SE", "SE"])
    accounts = links.bank_accounts.set_index("account_id")
    accounts.loc[["own", "passing"], "country"] = ["SE", "LT"]
    accounts.loc[["own", "passing"], "opened_at"] = START_MS + np.array([-70, 24]) * DAY_MS
    traits = account_traits(replace(links, partners=partners, bank_accounts=accounts.reset_index()))
    assert tuple(traits) == ACCOUNT_TRAITS
    assert traits["abroad"].tolist() == [0.0, 1.0, 0.0]
    assert np.expm1(traits["fresh"][:2]) == pytest.approx([100.0, 6.0]) and traits["fresh"][2] == -1.0
    assert traits["opened_after"].tolist() == pytest.approx([-np.log(81.0), np.log(14.0), 0.0])
    assert traits["sent_on"].tolist() == pytest.approx([-MOST_RATIO, 0.0, -MOST_RATIO])
    assert traits["taken_in"].tolist() == pytest.approx([np.log(0.5), -MOST_RATIO, -MOST_RATIO])


def test_what_is_not_known_of_accounts_is_no_error() -> None:
    links = made_links(partners=shops(a=0), payouts=[{"partner": "a", "bank_account": "x"}])
    bare = replace(
        links,
        partners=links.partners[["partner_id", "onboarded_at"]],
        bank_accounts=links.bank_accounts[["account_id"]],
    )
    assert {name: trait.tolist() for name, trait in account_traits(bare).items()} == {
        "abroad": [0.0],
        "fresh": [-1.0],
        "opened_after": [0.0],
        "sent_on": [-MOST_RATIO],
        "taken_in": [-MOST_RATIO],
    }


def test_days_apart_are_minus_one_where_either_is_unknown() -> None:
    day = np.array([3.0, np.nan, 10.0])
    assert apart(day[[0, 0]], day[[2, 1]]).tolist() == [pytest.approx(np.log(8.0)), -1.0]
    assert log_days(np.array([np.nan, 0.0])).tolist() == [-1.0, 0.0]


def test_who_came_within_a_fortnight_of_each_other_came_together() -> None:
    start, _ = laid_out([(0, 1, 2), (3, 4), (5, 6)])
    day = np.array([100.0, 110.0, 200.0, 300.0, 315.0, np.nan, 5.0])
    assert together(start, day).tolist() == [pytest.approx(1 / 3), 1.0, 0.0]
    assert together(start, np.full(7, np.nan)).tolist() == [0.0, 0.0, 0.0]
