"""The making of a world, from its habits to its tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.other_worlds.draws import DAY_S, Dice
from benchmarks.other_worlds.habits import draw_habits
from benchmarks.other_worlds.labels import draw_labels
from benchmarks.other_worlds.look_alikes import plant_look_alikes
from benchmarks.other_worlds.money import draw_logins, draw_payouts, draw_transfers
from benchmarks.other_worlds.orders import draw_orders
from benchmarks.other_worlds.outcomes import settle_orders
from benchmarks.other_worlds.places import draw_places
from benchmarks.other_worlds.population import add_consumers, add_partners, consumer_columns
from benchmarks.other_worlds.typologies import plant_rings
from benchmarks.other_worlds.world import World
from benchmarks.other_worlds.writing import Events, true_members, write_tables


def write_other_world(folder: Path, *, seed: int, partners: int, orders: int) -> None:
    """Write a world's tables to `folder` and its truth to `folder`.truth; everything is drawn from `seed`.

    There are somewhat more orders than asked for where much is planned.
    2,000 partners and 300,000 orders take 3 to 4 s.
    """
    world = draw_world(seed, partners, orders)
    settled = settle_orders(world, draw_orders(world))
    payouts = draw_payouts(world, settled)
    transfers = draw_transfers(world, payouts)
    events = Events(settled, payouts, transfers, draw_logins(world))
    members = true_members(world, events)
    write_tables(folder, world, events, members, draw_labels(world, settled, members))


def draw_world(seed: int, partners: int, orders: int) -> World:
    """Everybody and all rules, before anything happens."""
    rng = Dice.of(seed)
    habits = draw_habits(rng)
    world = World(rng, habits, draw_places(rng, habits), partners, orders)
    add_partners(world)
    world.consumers = consumer_columns()
    add_consumers(world, world.honest_consumers)
    plant_rings(world)
    plant_look_alikes(world)
    shops = world.partners
    # whoever would close before the shop is well open does not close
    shops.closed_s[shops.closed_s <= shops.onboarded_s + 2 * DAY_S] = np.inf
    return world
