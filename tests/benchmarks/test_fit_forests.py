"""What forests are fitted to: which sets count as a whole ring, what a firm lacks, what is sampled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.fit_forests import (
    LACKS,
    Plan,
    advance,
    evened,
    lessons_of,
    pairs_alone,
    planned,
    read_lesson,
    whole,
)

OF = np.array([0, 0, 0, 0, 1, 1, -1, -1])


@pytest.mark.parametrize(
    ("members", "is_whole"),
    [
        ((0, 1, 2, 3), True),
        ((0, 1), True),  # half of the ring
        ((0,), False),  # a quarter of it
        ((0, 1, 2, 6), True),  # three quarters are of it
        ((0, 1, 6, 7), False),  # half are of nobody
        ((4, 5, 0), True),
        ((6, 7), False),
    ],
)
def test_a_set_is_whole_where_most_of_a_ring_is_in_it_and_little_else(
    members: tuple[int, ...], is_whole: bool
) -> None:
    assert whole([members], OF).tolist() == [is_whole]


def test_both_halves_have_every_size_of_world_and_every_lack() -> None:
    plans = planned({"own": 36, "sixth": 24}, 30_000)
    assert len({(plan.maker, plan.seed) for plan in plans}) == len(plans) == 60
    assert {lack for plan in plans for lack in plan.lacks} == {"", "outcomes", *LACKS}


def test_a_lesson_is_made_once_and_advanced_in_its_place(tmp_path: Path) -> None:
    plan = Plan("own", 3, 30_903, ("", "transfers"))
    whole_world, without_transfers = lessons_of(plan, tmp_path)
    assert sorted(tmp_path.iterdir()) == [whole_world, without_transfers]
    made = whole_world.stat().st_mtime_ns
    assert lessons_of(plan, tmp_path) == [whole_world, without_transfers]
    assert whole_world.stat().st_mtime_ns == made
    assert len(read_lesson(whole_world).links.transferred_to)
    assert not len(read_lesson(without_transfers).links.transferred_to)

    figure, half, (x, true, weight) = advance(whole_world, step=pairs_alone, others=None, share=0.1)
    one = read_lesson(whole_world)
    assert np.isnan(figure) and half == 0
    assert one.table is not None and not whole_world.exists()
    # all pairs of one ring, a tenth of the others, which count for ten each
    assert true.sum() == one.together.sum() > 0
    assert set(weight[true]) == {1.0} and set(weight[~true]) == {10.0}
    assert len(x) == len(true) < len(one.table[0])
    assert weight.sum() == pytest.approx(len(one.table[0]), rel=0.1)
    pd.testing.assert_frame_equal(x[true.to_numpy()], one.table[0][one.together])


def test_every_lesson_has_the_same_say_about_what_is_true_and_about_what_is_not() -> None:
    large = pd.Series([True] * 6 + [False] * 20), pd.Series([1.0] * 6 + [4.0] * 20)
    small = pd.Series([True] * 2 + [False] * 5), pd.Series([1.0] * 2 + [4.0] * 5)
    without = pd.Series([False] * 5), pd.Series([4.0] * 5)
    parts = [large, small, without]
    counts = np.split(evened(parts).to_numpy(), np.cumsum([len(true) for true, _ in parts])[:-1])
    true = [weight[part[0]].sum() for weight, part in zip(counts, parts, strict=True)]
    false = [weight[~part[0]].sum() for weight, part in zip(counts, parts, strict=True)]
    assert true == pytest.approx([4.0, 4.0, 0.0])
    assert false == pytest.approx([40.0, 40.0, 40.0])
    # together they count for what all rows did
    assert sum(map(sum, counts)) == pytest.approx(6 + 2 + 80 + 20 + 20)
