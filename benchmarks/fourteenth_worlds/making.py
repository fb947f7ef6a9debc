"""A world from first to last."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.fourteenth_worlds.climate import draw_climate
from benchmarks.fourteenth_worlds.demand import sell_to_all
from benchmarks.fourteenth_worlds.honest import carriers, form_groups
from benchmarks.fourteenth_worlds.ledger import World
from benchmarks.fourteenth_worlds.reviews import review
from benchmarks.fourteenth_worlds.schemes import form_crews
from benchmarks.fourteenth_worlds.settle import settle
from benchmarks.fourteenth_worlds.town import open_shops, settle_people
from benchmarks.fourteenth_worlds.writing import write


def write_fourteenth_world(
    folder: Path, *, seed: int, partners: int | None = None, orders: int | None = None
) -> None:
    """Write the seed's world to the folder, and its truth beside it; sizes are the seed's if not given.

    ValueError: too few partners or orders to hold rings.
    """
    rng = np.random.default_rng([14, 914, seed])
    world = World(rng, draw_climate(rng, partners, orders))
    settle_people(world)
    open_shops(world)
    carriers(world)
    form_crews(world)
    form_groups(world)
    sell_to_all(world, max(world.climate.orders - world.orders.size, world.climate.orders // 2))
    settle(world)
    write(world, folder, review(world))
