"""A world from its seed to its files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.seventh_worlds.crowds import meet
from benchmarks.seventh_worlds.custom import buy_at_own, fill, follow, rush, shop, steal_cards, subscribe
from benchmarks.seventh_worlds.firms import add_firms, settle_lives
from benchmarks.seventh_worlds.labels import draw_labels
from benchmarks.seventh_worlds.log_ins import log_in
from benchmarks.seventh_worlds.look_alikes import plant_failures, plant_owners
from benchmarks.seventh_worlds.outcomes import settle
from benchmarks.seventh_worlds.payouts import pay_out
from benchmarks.seventh_worlds.people import add_people
from benchmarks.seventh_worlds.ring_money import move_ring_money
from benchmarks.seventh_worlds.ring_orders import act
from benchmarks.seventh_worlds.ring_plans import plan_rings
from benchmarks.seventh_worlds.settings import draw_settings
from benchmarks.seventh_worlds.shared_hands import plant_shared_devices, plant_shared_money
from benchmarks.seventh_worlds.tables import write
from benchmarks.seventh_worlds.ties import keep_the_tied
from benchmarks.seventh_worlds.transfers import sent, trade_on
from benchmarks.seventh_worlds.world import World
from benchmarks.writing.events import Events, Moves

STREAM: Final = 777_007
"""Apart from other uses of the same seed."""
BEFORE_RINGS: Final = 0.96
"""Share of all orders."""


def write_seventh_world(
    folder: Path, *, seed: int, partners: int | None = None, orders: int | None = None
) -> None:
    """Write a world's tables to `folder` and its truth to `folder`.truth; everything is drawn from `seed`.

    Where `partners` or `orders` is None its number is drawn, too: 700 to 2,500 partners, 42,000 to 300,000
    orders. ValueError: fewer than 200 partners, or than 30 orders for each, do not hold the rings.
    """
    world = draw_world(seed, partners, orders)
    book = settle(world)
    payouts = pay_out(world, book)
    moves = Moves()
    trade_on(world, payouts, moves)
    move_ring_money(world, payouts, moves)
    log_ins = log_in(world)
    book = keep_the_tied(world, book)
    labels = draw_labels(world, book)
    write(world, folder, Events(book, payouts, sent(moves, world.days), log_ins), labels)


def draw_world(seed: int, partners: int | None = None, orders: int | None = None) -> World:
    """Everybody, all plans, and what is bought, before it is known how it ends."""
    rng = np.random.default_rng([STREAM, seed])
    world = World(rng, draw_settings(rng, partners, orders))
    add_people(world)
    add_firms(world)
    plan_rings(world)
    plant_owners(world)
    plant_shared_devices(world)
    plant_shared_money(world)
    plant_failures(world)
    settle_lives(world)
    shop(world)
    follow(world)
    meet(world)
    subscribe(world)
    rush(world)
    steal_cards(world)
    buy_at_own(world)
    fill(world, int(world.settings.orders * BEFORE_RINGS))
    world.custom = np.bincount(
        np.concatenate([one.firm for one in world.batches]), minlength=len(world.firms)
    )
    for ring in world.rings:
        act(world, ring)
    # as many more as may be lost with those whom nothing ties to their ring
    of_rings = sum(int((one.ring >= 0).sum()) for one in world.batches)
    fill(world, world.settings.orders + of_rings)
    return world
