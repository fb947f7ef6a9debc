"""A world from first to last."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.fifteenth_worlds import demand, gangs, honest, market, settle
from benchmarks.fifteenth_worlds.climate import draw_climate
from benchmarks.fifteenth_worlds.verdicts import verdicts
from benchmarks.fifteenth_worlds.world import World
from benchmarks.fifteenth_worlds.writing import Settled, write


def write_fifteenth_world(
    folder: Path, *, seed: int, partners: int | None = None, orders: int | None = None
) -> None:
    """Write the seed's world to the folder, and its truth beside it; sizes are the seed's if not given.

    ValueError: too few partners or orders to hold rings.
    """
    rng = np.random.default_rng([15, 2215, seed])
    world = World(rng, draw_climate(rng, partners, orders))
    market.open_shops(world)
    market.settle_people(world)
    market.form_habits(world)
    market.deal_with_others(world)
    market.add_accidents(world)
    gangs.form_gangs(world)
    honest.form_honest_groups(world)
    honest.strike_by_lot(world)
    demand.sell_to_all(world, max(world.climate.orders - len(world.orders), world.climate.orders // 2))
    ended = settle.settled_orders(world)
    paid = settle.payouts(world, ended)
    moved = settle.transfers(world, paid)
    write(world, folder, Settled(ended, paid, moved, settle.logins(world)), verdicts(world, ended))
