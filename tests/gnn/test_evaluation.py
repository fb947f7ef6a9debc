from __future__ import annotations

import numpy as np
import pytest

from gnn.evaluation import (
    among_first,
    average_precision,
    calibration_error,
    interval,
    reliability,
    whole_groups,
)


def rings_that_stand_or_fall_together(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ten rings of eight among 80 honest partners; a model sees a ring as a whole or not at all."""
    rng = np.random.default_rng(seed)
    group = np.r_[np.repeat(np.arange(10), 8), np.arange(10, 90)]
    fraud = group < 10
    seen = np.repeat(rng.random(10) < 0.5, 8)
    score = rng.normal(0, 0.3, 160) + np.r_[2.0 * seen, np.zeros(80)]
    return score, fraud, group


@pytest.mark.parametrize("seed", range(5))
def test_rings_give_wider_intervals_than_members_as_if_they_were_independent(seed: int) -> None:
    score, fraud, group = rings_that_stand_or_fall_together(seed)
    by_ring = interval(lambda rows: average_precision(score[rows], fraud[rows]), group, seed=0)
    by_member = interval(lambda rows: average_precision(score[rows], fraud[rows]), np.arange(160), seed=0)
    assert by_ring.value == by_member.value
    assert by_ring.error > 1.2 * by_member.error
    assert by_ring.low < by_ring.value < by_ring.high


def test_the_interval_over_rings_holds_the_figure_of_other_worlds_nine_times_in_ten() -> None:
    def recall(seed: int) -> tuple[np.ndarray, np.ndarray]:
        score, fraud, group = rings_that_stand_or_fall_together(seed)
        return (score > 1)[fraud].astype(float), group[fraud]

    held = 0
    for seed in range(100):
        hit, group = recall(seed)
        found = interval(lambda rows, hit=hit: float(hit[rows].mean()), group, seed=seed)
        held += found.low <= 0.5 <= found.high
    assert held >= 80


def test_a_resample_takes_every_group_whole() -> None:
    group = np.array([5, 5, 7, 9, 9, 9])
    for rows in whole_groups(group, seed=1, draws=20):
        counts = np.bincount(rows, minlength=6)
        assert counts[0] == counts[1] and counts[3] == counts[4] == counts[5]
        assert counts[0] + counts[2] + counts[3] == 3


def test_names_of_groups_do_not_matter_where_their_order_stays() -> None:
    rng = np.random.default_rng(3)
    group, value = rng.integers(0, 9, 60), rng.random(60)
    first = interval(lambda rows: float(value[rows].mean()), group, seed=4)
    assert first == interval(lambda rows: float(value[rows].mean()), 10 * group + 3, seed=4)


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [(0, [0, 0, 0, 0]), (1, [1, 0, 0, 0]), (2, [1, 0.5, 0.5, 0]), (3, [1, 1, 1, 0]), (9, [1, 1, 1, 1])],
)
def test_investigators_look_at_the_highest_first_and_at_equals_by_lot(
    capacity: int, expected: list[float]
) -> None:
    assert among_first(np.array([4.0, 2.0, 2.0, 1.0]), capacity).tolist() == expected


def test_reliability_sets_what_was_said_beside_what_came() -> None:
    table = reliability(np.array([0.05, 0.15, 0.85, 0.95, 1.0]), np.array([False, False, True, False, True]))
    assert [(one.partners, one.was) for one in table] == [(1, 0.0), (1, 0.0), (1, 1.0), (2, 0.5)]
    assert calibration_error(table) == pytest.approx((0.05 + 0.15 + 0.15 + 2 * 0.475) / 5)
    assert np.isnan(calibration_error(()))


def test_each_counts_for_as_many_as_it_stands_for() -> None:
    said, fraud = np.array([0.5, 0.5, 0.5]), np.array([True, False, False])
    (table,) = reliability(said, fraud, weight=np.array([2.0, 1.0, 1.0]))
    assert (table.partners, table.was, table.mass) == (3, 0.5, 1.0)
