"""A world from its seed to its files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.sixth_worlds.crowds import join_in_crowds, join_in_households, name_owners, visit_malls
from benchmarks.sixth_worlds.custom import shop
from benchmarks.sixth_worlds.firms import add_firms, settle_lives
from benchmarks.sixth_worlds.labels import draw_labels
from benchmarks.sixth_worlds.look_alikes import (
    plant_families,
    plant_shared_hands,
    plant_single_troubles,
    tie_by_chance,
)
from benchmarks.sixth_worlds.outcomes import settle
from benchmarks.sixth_worlds.payouts import log_in, pay_out
from benchmarks.sixth_worlds.people import add_people, draw_towns
from benchmarks.sixth_worlds.refund_rings import refund_ring
from benchmarks.sixth_worlds.ring_money import move_ring_money
from benchmarks.sixth_worlds.ring_orders import act
from benchmarks.sixth_worlds.ring_plans import plan_rings
from benchmarks.sixth_worlds.settings import draw_settings
from benchmarks.sixth_worlds.tables import write
from benchmarks.sixth_worlds.transfers import sent, trade_on
from benchmarks.sixth_worlds.world import World
from benchmarks.writing.events import Events, Moves

STREAM: Final = 777_006
"""Apart from other uses of the same seed."""


def write_sixth_world(
    folder: Path, *, seed: int, partners: int | None = None, orders: int | None = None
) -> None:
    """Write a world's tables to `folder` and its truth to `folder`.truth; everything is drawn from `seed`.

    Where `partners` or `orders` is None its number is drawn, too: 300 to 3,500 partners, and 25 to 200 orders
    for each. ValueError: fewer than 200 partners, or than 15 orders for each, do not hold the rings.
    """
    world = draw_world(seed, partners, orders)
    book = settle(world)
    payouts = pay_out(world, book)
    moves = Moves()
    trade_on(world, payouts, moves)
    move_ring_money(world, payouts, moves)
    labels = draw_labels(world, book)
    write(world, folder, Events(book, payouts, sent(moves, world.days), log_in(world)), labels)


def draw_world(seed: int, partners: int | None = None, orders: int | None = None) -> World:
    """Everybody, all plans, and what is bought, before it is known how it ends."""
    rng = np.random.default_rng([STREAM, seed])
    settings = draw_settings(rng, partners, orders)
    world = World(rng, settings, *draw_towns(rng, settings))
    add_people(world)
    add_firms(world)
    plan_rings(world)
    plant_families(world)
    plant_single_troubles(world)
    plant_shared_hands(world)
    tie_by_chance(world)
    settle_lives(world)
    shop(world)
    join_in_households(world)
    join_in_crowds(world)
    visit_malls(world)
    name_owners(world)
    for ring in world.rings:
        if len(ring.firms):
            act(world, ring)
        else:
            refund_ring(world, ring)
    return world
