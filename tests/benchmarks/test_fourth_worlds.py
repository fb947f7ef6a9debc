from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.fourth_worlds.dice import Rates
from benchmarks.fourth_worlds.making import draw_world
from benchmarks.fourth_worlds.orders import place_orders
from benchmarks.fourth_worlds.rings import TYPOLOGIES
from tests.benchmarks.written_worlds import FOURTH, Maker, truth_table


@pytest.fixture(scope="module")
def world(made_once: Callable[[Maker], Path]) -> Path:
    return made_once(FOURTH)


def test_every_typology_has_a_ring(world: Path) -> None:
    assert set(truth_table(world, "rings").typology) == set(TYPOLOGIES)


def test_a_partner_or_consumer_is_in_one_ring(world: Path) -> None:
    members = truth_table(world, "ring_members")
    assert not members[members.kind.isin(["partner", "consumer"])].duplicated(["kind", "id"]).any()


def test_nothing_happens_at_a_partner_before_it_is_there(world: Path) -> None:
    partners = pd.read_parquet(world / "partners.parquet")
    orders = pd.read_parquet(world / "orders.parquet").merge(partners, on="partner_id")
    assert (orders.placed_at >= orders.onboarded_at).all()
    assert not (orders.placed_at > orders.closed_at).any()


def test_numbers_not_given_are_drawn_within_their_range() -> None:
    drawn = draw_world(1)
    assert 500 <= drawn.n_partners <= 3000
    assert 60_000 <= drawn.n_orders <= 300_000
    assert 60 <= drawn.n_orders / drawn.n_partners <= 240
    smaller = draw_world(1, 400, 40_000)
    assert (smaller.n_partners, smaller.n_orders, smaller.n_rings) == (400, 40_000, len(TYPOLOGIES))
    assert drawn.settings == smaller.settings


def test_numbers_of_stories_differ_between_worlds_and_not_within() -> None:
    one, other = (Rates(np.random.default_rng(seed)) for seed in (1, 2))
    chance = one.chance("a story: something", 0.5)
    assert 0.33 < chance < 0.67
    assert one.chance("a story: something", 0.5) == chance != other.chance("a story: something", 0.5)
    assert 7.4 < one.number("a story: days", 10) < 13.5


def test_too_few_orders_are_refused() -> None:
    with pytest.raises(ValueError, match="2000 orders are too few for 400 partners"):
        place_orders(draw_world(1, 400, 2000))
