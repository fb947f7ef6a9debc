"""A world from its seed to its files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.eighth_worlds.alike import plant_look_alikes
from benchmarks.eighth_worlds.custom import shop
from benchmarks.eighth_worlds.labels import draw_labels
from benchmarks.eighth_worlds.market import add_firms, add_people, draw_areas, give_machines, share_rooms
from benchmarks.eighth_worlds.money import log_in, move, pay_out
from benchmarks.eighth_worlds.outcomes import settle, thin_plans
from benchmarks.eighth_worlds.plans import plan_rings
from benchmarks.eighth_worlds.schemes import work
from benchmarks.eighth_worlds.settings import draw_settings
from benchmarks.eighth_worlds.tables import write
from benchmarks.eighth_worlds.world import World
from benchmarks.writing.events import Events

STREAM: Final = 888_021
"""Apart from other uses of the same seed."""
MOST_PLANNED: Final = 0.45
"""Share of the orders that belong to stories, at most."""


def write_eighth_world(
    folder: Path, *, seed: int, partners: int | None = None, orders: int | None = None
) -> None:
    """Write a world's tables to `folder` and its truth to `folder`.truth; everything is drawn from `seed`.

    Where `partners` or `orders` is None its number is drawn, too: 300 to 3,000 partners, 20,000 to 300,000
    orders. ValueError: fewer than 200 partners, or than 15 orders for each, do not hold the rings.
    """
    world = draw_world(seed, partners, orders)
    book = settle(world)
    pay = pay_out(world, book)
    sent = move(world, pay)
    events = Events(book, pay, sent, log_in(world))
    write(world, folder, events, sent, draw_labels(world, book))


def draw_world(seed: int, partners: int | None = None, orders: int | None = None) -> World:
    """Everybody, all stories, and what is bought, before it is known how it ends."""
    rng = np.random.default_rng([STREAM, seed])
    settings = draw_settings(rng, partners, orders)
    world = World(rng, settings, *draw_areas(rng, settings))
    add_people(world)
    add_firms(world)
    plan_rings(world)
    plant_look_alikes(world)
    share_rooms(world)
    give_machines(world)
    for ring in world.rings:
        work(world, ring)
    planned = thin_plans(world, int(MOST_PLANNED * settings.orders))
    shop(world, settings.orders - planned)
    return world
