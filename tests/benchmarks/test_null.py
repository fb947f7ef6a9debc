"""The benchmark of significance: worlds that are dealt out keep their degrees and lose their rings."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.null import DEALT, Nulls, clopper_pearson, dealt, judge
from graph.ring_significance import Chance
from tests.graph.small_worlds import planted


def test_dealing_keeps_everybodys_uses_and_every_identifiers_popularity() -> None:
    links = planted(1)[0].links()
    other = dealt(links, seed=1)
    for name, _ in DEALT:
        before, after = getattr(links, name), getattr(other, name)
        assert abs(len(after) - len(before)) <= 0.06 * len(before)  # links that fell together are one
    assert other.ordered_at["orders"].sum() == links.ordered_at["orders"].sum()
    assert other.ordered_at["disputed"].sum() == links.ordered_at["disputed"].sum()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_world_that_is_dealt_out_has_no_significant_ring(seed: int) -> None:
    links = planted(seed)[0].links()
    assert min(one.q_value for one in judge(links)[1]) <= 0.05
    assert min((one.q_value for one in judge(dealt(links, seed=seed))[1]), default=1.0) > 0.05


def test_the_interval_of_a_share_is_the_exact_one() -> None:
    assert clopper_pearson(0, 40) == pytest.approx((0.0, 0.0881), abs=1e-4)
    assert clopper_pearson(2, 40) == pytest.approx((0.0061, 0.1692), abs=1e-4)


def test_runs_with_a_significant_ring_are_counted() -> None:
    nulls = Nulls()
    nulls.add((Chance(p_value=0.01, q_value=0.04), Chance()))
    nulls.add(())
    assert nulls.row()["with a ring"] == 1
    assert np.isclose(float(str(nulls.row()["share"]).split()[0]), 0.5)
