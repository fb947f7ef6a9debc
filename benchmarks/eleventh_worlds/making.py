"""A world from its seed to its files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.eleventh_worlds.crowds import cheat_alone, meet
from benchmarks.eleventh_worlds.custom import Custom, shop
from benchmarks.eleventh_worlds.money import log_in, pay_out, send
from benchmarks.eleventh_worlds.outcomes import settle
from benchmarks.eleventh_worlds.ring_orders import act
from benchmarks.eleventh_worlds.ring_plans import live_rings, plan_rings
from benchmarks.eleventh_worlds.ring_ties import tie_rings
from benchmarks.eleventh_worlds.settings import draw_settings
from benchmarks.eleventh_worlds.shared_hands import plant_shared_hands
from benchmarks.eleventh_worlds.shared_money import plant_shared_money
from benchmarks.eleventh_worlds.society import found
from benchmarks.eleventh_worlds.tables import write
from benchmarks.eleventh_worlds.troubles import plant_troubles
from benchmarks.eleventh_worlds.world import World
from benchmarks.writing.events import Events

STREAM: Final = 777_011
"""Apart from other uses of the same seed."""


def write_eleventh_world(
    folder: Path, *, seed: int, partners: int | None = None, orders: int | None = None
) -> None:
    """Write a world's tables to `folder` and its truth to `folder`.truth; everything is drawn from `seed`.

    Where `partners` or `orders` is None its number is drawn, too: 500 to 3,000 partners, 50,000 to 300,000
    orders. ValueError: fewer than 200 partners, or than 30 orders for each, or so many orders of rings and
    honest crowds that the number of orders does not hold them.
    """
    world, custom = draw_world(seed, partners, orders)
    book = settle(world, custom)
    payouts = pay_out(world, book)
    events = Events(book, payouts, send(world, payouts), log_in(world, custom.on, custom.off))
    write(world, folder, events)


def draw_world(seed: int, partners: int | None = None, orders: int | None = None) -> tuple[World, Custom]:
    """Everybody, all rings and crowds, and who buys where, before it is known how it ends."""
    rng = np.random.default_rng([STREAM, seed])
    world = found(rng, draw_settings(rng, partners, orders))
    plan_rings(world)
    plant_shared_money(world)
    plant_shared_hands(world)
    plant_troubles(world)
    live_rings(world)
    tie_rings(world)
    custom = shop(world)
    meet(world, custom)
    act(world, custom)
    cheat_alone(world, custom)
    return world, custom
