"""A world from its seed to its files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.ninth_worlds.crews import man_crew, plan_crews
from benchmarks.ninth_worlds.custom import count_custom, shop
from benchmarks.ninth_worlds.honest import man_honest, plan_honest, tie_by_chance
from benchmarks.ninth_worlds.labels import draw_labels
from benchmarks.ninth_worlds.money import log_in, pay_out, transfer
from benchmarks.ninth_worlds.organisations import organise, wander
from benchmarks.ninth_worlds.outcomes import settle
from benchmarks.ninth_worlds.settings import draw_settings
from benchmarks.ninth_worlds.society import draw_towns, settle_firms, settle_people
from benchmarks.ninth_worlds.tables import write
from benchmarks.ninth_worlds.world import World
from benchmarks.writing.events import Events
from benchmarks.writing.units import log_uniform

STREAM: Final = 990_909
"""Apart from other uses of the same seed."""


def write_ninth_world(
    folder: Path, *, seed: int, partners: int | None = None, orders: int | None = None
) -> None:
    """Write a world's tables to `folder` and its truth to `folder`.truth; everything is drawn from `seed`.

    Where `partners` or `orders` is None its number is drawn, too: 400 to 3,000 partners, 20,000 to 300,000
    orders. ValueError: fewer than 200 partners, or than 15 orders for each, do not hold the rings.
    """
    world = draw_world(seed, partners, orders)
    book = settle(world)
    payouts = pay_out(world, book)
    sent = transfer(world, payouts)
    labels = draw_labels(world, book)
    write(world, folder, Events(book, payouts, sent, log_in(world)), labels)


def draw_world(seed: int, partners: int | None = None, orders: int | None = None) -> World:
    """Everybody, all organisations, and what is bought, before it is known how it ends."""
    rng = np.random.default_rng([STREAM, seed])
    settings = draw_settings(rng, partners, orders)
    world = World(rng, settings, *draw_towns(rng, settings))
    settle_people(world)
    settle_firms(world)
    plan_crews(world)
    plan_honest(world)
    count_custom(world)
    shop(world)
    tie_by_chance(world)
    for org in world.orgs:
        man = man_crew if org.ring else man_honest
        fresh = man(world, org)
        first, last = float(org.begin.min()), float(org.end.max())
        if len(fresh):
            begin, end = np.sort(rng.uniform(1.3 * first - 0.3 * last, last, (2, len(fresh))), axis=0)
            wander(
                world, fresh, begin, end, log_uniform(rng, 0.3, 1.3) * settings.orders / settings.consumers
            )
        organise(world, org)
    return world
