from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks.sixth_worlds.making import draw_world
from benchmarks.sixth_worlds.settings import draw_settings
from tests.benchmarks.written_worlds import SIXTH, Maker

SEEDS = range(20, 30)


@pytest.fixture(scope="module")
def world(made_once: Callable[[Maker], Path]) -> Path:
    return made_once(SIXTH)


def test_a_third_of_the_rings_has_members_without_common_shoppers_or_bad_ends() -> None:
    rings = [one for seed in SEEDS for one in draw_world(seed, 300, 15_000).rings if len(one.firms)]
    apart = np.mean([one.tied.any() for one in rings])
    assert 0.2 < apart < 0.5
    assert any(one.no_common.any() for one in rings)
    assert any(one.no_bad.any() for one in rings)
    assert all((~one.tied).any() for one in rings)


def test_numbers_not_given_are_drawn_from_wide_ranges() -> None:
    drawn = [draw_settings(np.random.default_rng(seed), None, None) for seed in range(60)]
    partners = np.array([one.partners for one in drawn])
    each = np.array([one.orders for one in drawn]) / partners
    assert 300 <= partners.min() < 500 and 2500 < partners.max() <= 3500
    assert 24 < each.min() < 35 and 150 < each.max() < 201
    assert len({len(one.countries) for one in drawn}) >= 10
    assert draw_settings(np.random.default_rng(1), 400, 40_000).partners == 400
