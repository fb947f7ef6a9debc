from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.fifth_worlds.climate import draw_climate
from tests.benchmarks.written_worlds import FIFTH, Maker, truth_table


@pytest.fixture(scope="module")
def world(made_once: Callable[[Maker], Path]) -> Path:
    return made_once(FIFTH)


def test_shoppers_of_a_ring_buy_at_every_partner_of_it(world: Path) -> None:
    members = truth_table(world, "ring_members")
    orders = pd.read_parquet(world / "orders.parquet")
    for _, part in members.groupby("ring_id"):
        partners = set(part.id[part.kind == "partner"])
        theirs = orders[orders.consumer_id.isin(part.id) & orders.partner_id.isin(partners)]
        assert set(theirs.partner_id) == partners


def test_numbers_not_given_are_drawn() -> None:
    drawn = [draw_climate(np.random.default_rng(seed), None, None) for seed in range(40)]
    assert all(500 <= one.partners <= 3000 and 60_000 <= one.orders <= 300_000 for one in drawn)
    assert len({one.partners for one in drawn}) > 30
    assert draw_climate(np.random.default_rng(1), 400, 40_000).partners == 400
