from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks.eighth_worlds.making import draw_world
from benchmarks.eighth_worlds.settings import draw_settings
from graph.tables import read_tables
from tests.benchmarks.written_worlds import EIGHTH, Maker, truth_table

SEEDS = range(40, 60)


@pytest.fixture(scope="module")
def world(made_once: Callable[[Maker], Path]) -> Path:
    return made_once(EIGHTH)


def test_one_world_of_twelve_has_no_ring_and_others_have_partners_in_rings() -> None:
    shares = [draw_settings(np.random.default_rng(seed), None, None).ring_share for seed in range(600)]
    assert 0.05 < np.mean(np.array(shares) == 0) < 0.12
    for seed in SEEDS:
        drawn = draw_world(seed, 300, 15_000)
        assert any(len(one.firms) for one in drawn.rings) == (drawn.settings.ring_share > 0)


def test_rings_show_in_few_channels_and_some_never_burn() -> None:
    rings = [one for seed in SEEDS for one in draw_world(seed, 300, 15_000).rings if len(one.firms)]
    assert np.mean([len(one.channels) == 1 for one in rings]) > 0.3
    assert 0.05 < np.mean([one.burn.max() < 0.03 for one in rings]) < 0.6
    assert len({one.typology for one in rings}) >= 8


def test_a_world_without_rings_is_read(tmp_path: Path) -> None:
    seed = next(one for one in range(100) if not draw_world(one, 200, 4_000).rings)
    folder = EIGHTH.make(tmp_path / "world", seed=seed)
    assert read_tables(folder, max_rejected_share=0.0).rejected == {}
    assert len(truth_table(folder, "ring_members")) == 0
    assert len(truth_table(folder, "look_alikes")) > 0


def test_numbers_not_given_are_drawn_from_wide_ranges() -> None:
    drawn = [draw_settings(np.random.default_rng(seed), None, None) for seed in range(60)]
    partners, orders = np.array([(one.partners, one.orders) for one in drawn]).T
    assert 300 <= partners.min() < 400 and 2300 < partners.max() <= 3000
    assert 20_000 <= orders.min() < 25_000 and 250_000 < orders.max() <= 300_000
    assert draw_settings(np.random.default_rng(1), 400, 40_000).partners == 400
