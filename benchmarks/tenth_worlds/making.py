"""A world from its seed to its files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.tenth_worlds.deeds import act
from benchmarks.tenth_worlds.endings import settle
from benchmarks.tenth_worlds.honest import live_honestly
from benchmarks.tenth_worlds.market import draw_market
from benchmarks.tenth_worlds.money import log_in, pass_on, pay_out
from benchmarks.tenth_worlds.pacts import conspire
from benchmarks.tenth_worlds.society import found
from benchmarks.tenth_worlds.tables import write
from benchmarks.tenth_worlds.walks import walk
from benchmarks.tenth_worlds.world import World
from benchmarks.writing.events import Events

STREAM: Final = 777_010
"""Apart from other uses of the same seed."""


def write_tenth_world(
    folder: Path, *, seed: int, partners: int | None = None, orders: int | None = None
) -> None:
    """Write a world's tables to `folder` and its truth to `folder`.truth; everything is drawn from `seed`.

    Where `partners` or `orders` is None its number is drawn, too: 400 to 3,000 partners, 20,000 to 300,000
    orders. One world of twelve has no ring. ValueError: fewer than 200 partners, or than 20 orders for each,
    or so many honest crowds that the number of orders does not hold them.
    """
    world = draw_world(seed, partners, orders)
    planned = sum(len(one.t) for one in world.blocks)
    if planned > world.market.orders:
        raise ValueError(f"{world.market.orders} orders are no room for the {planned} of rings and crowds")
    book = settle(world, [*world.blocks, walk(world, world.market.orders - planned)])
    payouts = pay_out(world, book)
    write(world, folder, Events(book, payouts, pass_on(world, payouts), log_in(world)))


def draw_world(seed: int, partners: int | None = None, orders: int | None = None) -> World:
    """Everybody, all pacts and crowds and what they buy, before ordinary consumers walk."""
    rng = np.random.default_rng([STREAM, seed])
    world = found(rng, draw_market(rng, partners, orders))
    conspire(world)
    live_honestly(world)
    for pact in world.pacts:
        act(world, pact)
    return world
