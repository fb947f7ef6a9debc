"""Drift that was seeded is found and named; a day without drift raises an alarm as seldom as is said."""

from __future__ import annotations

import json

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
