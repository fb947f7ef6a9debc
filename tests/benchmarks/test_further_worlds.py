from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.further_worlds.making import draw_world
from benchmarks.further_worlds.rings import TYPOLOGIES
from tests.benchmarks.written_worlds import FURTHER, Maker, truth_table


@pytest.fixture(scope="module")
def world(made_once: Callable[[Maker], Path]) -> Path:
    return made_once(FURTHER)


def test_every_typology_and_every_degree_of_care_has_a_ring(world: Path) -> None:
    rings = truth_table(world, "rings")
    assert set(rings.typology) == set(TYPOLOGIES)
    assert set(rings.carefulness) == {1 / 6, 1 / 2, 5 / 6}


def test_numbers_not_given_are_drawn() -> None:
    drawn, smaller = draw_world(1, None, None), draw_world(1, 400, 40_000)
    assert (drawn.n_partners, drawn.n_orders, drawn.n_rings, drawn.scale) == (1548, 258_343, 27, 1.0)
    assert (smaller.n_partners, smaller.n_orders, smaller.n_rings) == (400, 40_000, len(TYPOLOGIES))
