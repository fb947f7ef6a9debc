"""Drift that was seeded is found and named; a day without drift raises an alarm as seldom as is said."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from gnn.drift import CHANCE, NEAR, compare, holm, shares_upto, stability_index
from gnn.profile import MOST_CATEGORIES, POINTS, Profile, ProfileError, categories, numbers

FEATURES = 20
CATEGORIES = np.array(["a", "b", "c", *(f"rare {k}" for k in range(60))])
CHANCES = np.r_[0.4, 0.3, 0.2, np.full(60, 0.1 / 60)]


def made(
    seed: int,
    *,
    groups: int = 400,
    shift: float = 0.0,
    lost: float = 0.1,
    later: float = 1.0,
    new: str = "",
    order: np.random.Generator | None = None,
) -> Profile:
    """A day of tied partners (groups of 1 to 7, alike within) with features that go together and have ties.

    `shift` moves feature 7, `lost` is the share without feature 3, `later` stretches the delay, `new` takes
    the place of category "c" for a tenth of the groups.
    """
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), rng.integers(1, 8, groups))
    n = len(group)
    alike = 0.7 * rng.normal(size=groups)[group, None] + rng.normal(size=(groups, FEATURES))[group]
    values = alike + 0.4 * rng.normal(size=(n, FEATURES))
    values[:, ::3] = np.maximum(values[:, ::3], 0.5)
    values[:, 1::5] = np.round(2 * values[:, 1::5])
    values[:, 7] += shift
    values[(rng.random(groups) < lost)[group], 3] = np.nan
    texts = rng.choice(CATEGORIES, p=CHANCES, size=groups)[group]
    if new:
        texts = np.where((texts == "c") & (group % 2 == 0), new, texts)
    texts = np.where(rng.random(n) < 0.05, "", texts)
    delay = later * rng.exponential(20, size=n)
    score = rng.beta(0.3, 5, size=groups)[group]
    rows = np.arange(n) if order is None else order.permutation(n)
    found = [numbers("partner", f"f{k}", values[rows, k], group[rows], unit="share") for k in range(FEATURES)]
    found += [
        numbers("partner", "score", score[rows], group[rows]),
        numbers("order", "delay", delay[rows], group[rows], unit="days"),
    ]
    kept = (categories("partner", "category", pd.Series(texts[rows]), group[rows]),)
    return Profile(86_400_000 * (1 + seed), 0, {"partner": n}, tuple(found), kept)


THEN = made(1)


def alarms(now: Profile, then: Profile = THEN) -> set[tuple[str, str]]:
    return {(check.name, check.what) for check in compare(then, now).alarms}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"shift": 0.8}, {("f7", "distribution")}),
        ({"lost": 0.3}, {("f3", "missing")}),
        ({"later": 1.6}, {("delay", "distribution")}),
        ({"new": "crypto"}, {("category", "new category"), ("category", "distribution")}),
    ],
)
def test_seeded_drift_is_found_and_nothing_else(change: dict, expected: set) -> None:
    assert alarms(made(2, **change)) == expected


def test_the_sentence_names_value_baseline_and_category() -> None:
    drift = compare(THEN, made(2, shift=0.8))
    assert drift.checks[0].sentence.startswith("Partners' f7 (share): the median is 0.")
    assert "of 1970-01-03, adjusted p" in drift.checks[0].sentence
    (new,) = (check for check in compare(THEN, made(2, new="crypto")).alarms if check.what == "new category")
    assert '"crypto" is new, ' in new.sentence


def test_days_without_drift_raise_alarms_as_seldom_as_is_said() -> None:
    """150 pairs of few groups, where chance is widest: binomially, more than 5 have a chance of 0.004."""
    raised = [bool(alarms(made(2 * k + 1, groups=60), made(2 * k, groups=60))) for k in range(150)]
    assert sum(raised) <= 5
    assert CHANCE == 0.01


def test_tied_rows_count_for_fewer_or_false_alarms_come() -> None:
    """Ten rows for each of forty draws: as independent rows they would alarm every other day."""

    def day(seed: int, *, tied: bool) -> Profile:
        rng = np.random.default_rng(seed)
        group = np.repeat(np.arange(40), 10)
        values = rng.normal(size=(40, 20))[group]
        columns = [numbers("partner", f"f{k}", values[:, k], group if tied else None) for k in range(20)]
        return Profile(0, 0, {}, tuple(columns), ())

    false = {
        tied: sum(bool(alarms(day(2 * k, tied=tied), day(2 * k + 1, tied=tied))) for k in range(40))
        for tied in (True, False)
    }
    assert false[True] <= 3 < 20 < false[False]


def test_a_trifle_among_many_thousands_is_no_alarm() -> None:
    rng = np.random.default_rng(0)
    then, now = (
        Profile(0, 0, {}, (numbers("partner", "f", rng.normal(size=200_000) + shift),), ())
        for shift in (0, 0.05)
    )
    (check,) = compare(then, now).checks
    assert check.ks > 0.015
    assert not check.alarm


def test_many_equal_values_that_move_by_a_hair_have_not_moved() -> None:
    """Rates are measured by the mean of their day: most rows stand on one value, another one each day."""
    values = np.r_[np.full(900, -0.07), np.linspace(0, 4, 100)]
    then, now = (Profile(0, 0, {}, (numbers("consumer", "rate", values + by),), ()) for by in (0.0, 0.001))
    (check,) = compare(then, now).checks
    assert check.ks > 0.85
    assert check.effect == 0.0
    far = Profile(0, 0, {}, (numbers("consumer", "rate", values + 3 * NEAR * values.std()),), ())
    assert compare(then, far).checks[0].alarm


def test_any_order_of_rows_gives_the_same_bytes() -> None:
    assert made(1, order=np.random.default_rng(9)).to_json() == THEN.to_json()


def test_json_gives_the_profile_back() -> None:
    content = THEN.to_json()
    assert Profile.from_json(content) == THEN
    assert Profile.from_json(content).to_json() == content
    assert compare(Profile.from_json(content), made(2)) == compare(THEN, made(2))


def test_no_number_of_rows_makes_it_larger() -> None:
    one = numbers("partner", "f", np.random.default_rng(0).normal(size=50_000))
    assert len(one.points) == POINTS
    many = categories("partner", "c", pd.Series([f"c{k}" for k in range(3000)]))
    assert (len(many.counts), many.rest) == (MOST_CATEGORIES, 3000 - MOST_CATEGORIES)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"form": 2}', b"\xff", b'{"form": 1, "as_of_ms": "x"}'],
)
def test_what_is_no_profile_is_refused(content: bytes) -> None:
    with pytest.raises(ProfileError):
        Profile.from_json(content)


@pytest.mark.parametrize(
    ("column", "value"), [("size", -1), ("upto", [3, 1]), ("points", [float("nan")]), ("design", "much")]
)
def test_a_profile_that_does_not_add_up_is_refused(column: str, value: object) -> None:
    content = json.loads(THEN.to_json())
    content["numbers"][0][column] = value
    with pytest.raises(ProfileError):
        Profile.from_json(json.dumps(content).encode())


def test_shares_are_exact_at_the_points_and_close_between() -> None:
    values = np.sort(np.r_[np.zeros(3000), np.random.default_rng(3).exponential(size=7000)])
    one = numbers("partner", "f", values)
    at = np.linspace(-1, 8, 400).astype(np.float32).astype(float)
    true = np.searchsorted(values.astype(np.float32), at.astype(np.float32), side="right") / len(values)
    assert np.abs(shares_upto(one, at) - true).max() < 1 / (POINTS - 1)
    assert shares_upto(one, np.array([0.0])).tolist() == [0.3]
    assert shares_upto(one, np.array([0.0]), itself=False).tolist() == [0.0]


def test_known_answers() -> None:
    assert stability_index(np.array([500.0, 500.0]), np.array([500.0, 500.0])) == 0.0
    by_hand = (0.7 - 0.5) * np.log(0.7 / 0.5) + (0.3 - 0.5) * np.log(0.3 / 0.5)
    assert stability_index(np.array([5e6, 5e6]), np.array([7e6, 3e6])) == pytest.approx(by_hand, abs=1e-5)
    assert holm([0.01, 0.04, 0.03]).tolist() == pytest.approx([0.03, 0.06, 0.06])


def test_what_only_one_day_knows_is_said() -> None:
    now = Profile(THEN.as_of_ms + 1, 0, {}, THEN.numbers[1:], THEN.categories)
    assert compare(THEN, now).remarks == ("Known of one day only and not compared: Partners' f0.",)


def test_a_longer_reach_of_the_data_is_said() -> None:
    then, now = (Profile(86_400_000 * days, 0, {}, (), ()) for days in (100, 130))
    assert "reach 130 days back, and 100 on the earlier day" in compare(then, now).remarks[0]


class Firm(NamedTuple):
    """Partners: the day that each came and the day that it left."""

    came: np.ndarray
    left: np.ndarray

    def day(
        self, at: float, *, seed: int, since: float, orders_until: float = np.inf, faster: float = 1.0
    ) -> Profile:
        """The profile at a moment, with orders at random every ten days or so until `orders_until`.

        They add up by two a day, in the last 31 days by `faster` times as many.
        """
        here = (self.came <= at) & (at < self.left)
        age = at - self.came[here]
        quiet = np.minimum(np.random.default_rng(seed).exponential(10, size=len(age)), age)
        quiet = quiet + max(at - orders_until, 0.0)
        orders = np.floor(2 * (age + (faster - 1) * np.minimum(age, 31.0)))
        found = (
            numbers("partner", "age", np.log1p(age), unit="log days"),
            numbers("partner", "event.age_days", age, unit="days"),
            numbers("partner", "event.last_order_days", np.minimum(quiet, age), unit="days"),
            numbers("partner", "orders", np.log1p(orders), unit="log count"),
            numbers("partner", "event.orders", orders, unit="orders"),
            numbers("consumer", "event.shopping_days", np.maximum(age - quiet, 0.0), unit="days"),
        )
        return Profile(int(at * 86_400_000), int(since * 86_400_000), {"partner": len(age)}, found, ())


def firm(kind: str, seed: int, *, size: int = 3000) -> Firm:
    """About `size` partners on day 400.

    Steady: as many leave as come. Growing: as many come each day since day 0, and nobody leaves. Begun: most
    come in the first weeks after day 0, and ever fewer later.
    """
    rng = np.random.default_rng(seed)
    if kind == "steady":
        came = rng.uniform(-1000, 700, size=rng.poisson(1700 * size / 150))
        return Firm(came, came + rng.exponential(150, size=len(came)))
    each_day = rng.uniform(0, 700, rng.poisson(700 * size / 400))
    came = each_day if kind == "growing" else rng.exponential(25, size)
    return Firm(came, np.full(len(came), np.inf))


@pytest.mark.parametrize("kind", ["steady", "growing", "begun"])
@pytest.mark.parametrize("start", [20.0, 60.0, 400.0])
@pytest.mark.parametrize("passed", [1.0, 7.0, 31.0, 90.0])
def test_that_time_passes_is_no_drift(kind: str, start: float, passed: float) -> None:
    """Ages stay in a steady firm, stretch in a growing one and shift in one that has just begun."""
    one = firm(kind, 1)
    since = -1000.0 if kind == "steady" else 0.0
    then, now = one.day(start, seed=1, since=since), one.day(start + passed, seed=2, since=since)
    assert alarms(now, then) == set()


def test_ages_alone_would_have_been_drift() -> None:
    """What the test above does not find is there to be found: in columns that are no ages, it is."""
    one = firm("begun", 1)
    then, now = (
        replace(day, numbers=tuple(replace(column, name=f"any {column.name}") for column in day.numbers))
        for day in (one.day(at, seed=1, since=0.0) for at in (60.0, 91.0))
    )
    assert {("any age", "distribution"), ("any event.age_days", "distribution")} <= alarms(now, then)


@pytest.mark.parametrize("kind", ["steady", "growing"])
def test_a_steady_firm_raises_alarms_as_seldom_as_is_said(kind: str) -> None:
    """100 firms of few partners: binomially, more than 4 have a chance of 0.003."""
    since = -1000.0 if kind == "steady" else 0.0
    raised = []
    for seed in range(100):
        days = [firm(kind, 2 * seed + k, size=150).day(400 + 31 * k, seed=k, since=since) for k in (0, 1)]
        raised.append(bool(alarms(days[1], days[0])))
    assert sum(raised) <= 4


@pytest.mark.parametrize("kind", ["steady", "growing"])
def test_a_surge_of_newcomers_is_found(kind: str) -> None:
    one = firm(kind, 1)
    more = np.random.default_rng(5).uniform(400, 431, 800)
    now = Firm(np.r_[one.came, more], np.r_[one.left, np.full(800, np.inf)])
    since = -1000.0 if kind == "steady" else 0.0
    found = alarms(now.day(431, seed=2, since=since), one.day(400, seed=1, since=since))
    assert {("event.age_days", "recent"), ("age", "recent"), ("age", "distribution")} <= found


@pytest.mark.parametrize(("kind", "passed"), [("steady", 31), ("growing", 62)])
def test_that_nobody_new_comes_is_found(kind: str, passed: int) -> None:
    one = firm(kind, 1)
    kept = one.came < 400
    since = -1000.0 if kind == "steady" else 0.0
    now = Firm(one.came[kept], one.left[kept]).day(400 + passed, seed=2, since=since)
    assert {("event.age_days", "recent"), ("age", "recent")} <= alarms(now, one.day(400, seed=1, since=since))


def test_orders_that_stop_are_found_within_a_week() -> None:
    one = firm("steady", 1)
    now = one.day(407, seed=2, since=-1000.0, orders_until=400)
    assert ("event.last_order_days", "recent") in alarms(now, one.day(400, seed=1, since=-1000.0))


def test_the_sentence_of_an_age_says_what_time_can_do() -> None:
    one = firm("steady", 1)
    drift = compare(one.day(400, seed=1, since=-1000.0), one.day(431, seed=2, since=-1000.0))
    said = {(check.name, check.what): check.sentence for check in drift.checks}
    assert "moved by more than the 31 days that passed can do" in said["age", "distribution"]
    assert " are of the last 28 days, and " in said["age", "recent"]


def test_orders_that_come_faster_are_more_than_time_adds() -> None:
    one = firm("begun", 1)
    then, now = (one.day(at, seed=1, since=0.0, faster=by) for at, by in ((120.0, 1.0), (151.0, 3.0)))
    assert {("orders", "distribution"), ("event.orders", "distribution")} <= alarms(now, then)
    said = {(check.name, check.what): check.sentence for check in compare(then, now).checks}
    assert (
        "by more than the 1.26-fold that data of so many more days can do" in said["orders", "distribution"]
    )


@pytest.mark.parametrize(
    ("name", "known", "found"),
    [
        ("event.refund_share", 0.6, False),
        ("event.refund_share", 0.9, True),
        ("event.refund_share", 0.3, True),
        ("anything", 0.6, True),
    ],
)
def test_what_is_known_of_ever_more_rows_is_lost_or_grows_too_fast(
    name: str, known: float, found: bool
) -> None:
    """Half of the rows had a value after 100 days: 0.6 of them have after 120, if it goes on so."""
    then, now = (
        Profile(days * 86_400_000, 0, {}, (numbers("partner", name, values, unit="share"),), ())
        for days, share in ((100, 0.5), (120, known))
        for values in [np.where(np.arange(5000) < share * 5000, np.arange(5000) % 7, np.nan)]
    )
    assert ((name, "missing") in alarms(now, then)) is found


def test_a_window_that_was_not_yet_full_is_not_compared_and_that_is_said() -> None:
    rng = np.random.default_rng(0)

    def day(days: int, names: tuple[str, ...]) -> Profile:
        columns = tuple(numbers("consumer", name, rng.normal(loc=days, size=500)) for name in names)
        return Profile(days * 86_400_000, 0, {}, columns, ())

    names = ("event.partners_30d", "event.partners_90d", "event.new_partner_share_30d")
    drift = compare(day(50, names), day(80, names))
    assert [check.name for check in drift.checks] == ["event.partners_30d"]
    assert drift.remarks[0].startswith("Not compared are 2 features that 50 days of data were too few")
    drift = compare(day(200, names), day(230, names))
    assert {check.name for check in drift.alarms} == set(names)


@pytest.mark.parametrize(
    ("kind", "name", "is_share"),
    [
        ("partner", "event.night_share", True),
        ("partner", "refund_rate", True),
        ("partner", "verdict_delay", True),
        ("order", "bad_outcome_delay", True),
        ("device", "mobile", False),
        ("partner", "risk", False),
        ("consumer", "event.partners_30d", False),
    ],
)
@pytest.mark.parametrize(
    ("days", "later", "settled"), [(100, 131, False), (100, 107, True), (200, 240, True), (100, 100, True)]
)
def test_shares_over_less_than_half_a_year_are_not_compared_where_much_is_new(
    kind: str, name: str, is_share: bool, days: int, later: int, settled: bool
) -> None:
    """Half of the orders of 100 days are open, and of 131 fewer: that is time. A past rewritten is not."""
    rng = np.random.default_rng(0)
    then, now = (
        Profile(day * 86_400_000, 0, {}, (numbers(kind, name, rng.normal(moved, size=500)),), ())
        for day, moved in ((days, 0.0), (later, 1.0))
    )
    drift = compare(then, now)
    compared = settled or not is_share
    assert {check.name for check in drift.alarms} == ({name} if compared else set())
    assert compared is not any("shares and means over all of less than half" in one for one in drift.remarks)
