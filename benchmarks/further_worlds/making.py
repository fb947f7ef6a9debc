"""The making of a world, from its size to its tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.further_worlds.consumers import add_consumers
from benchmarks.further_worlds.habits import draw_habits
from benchmarks.further_worlds.labels import draw_labels
from benchmarks.further_worlds.look_alikes import plant_look_alikes
from benchmarks.further_worlds.money import draw_logins, pay_out
from benchmarks.further_worlds.orders import place_orders
from benchmarks.further_worlds.outcomes import settle_orders
from benchmarks.further_worlds.partners import add_partners
from benchmarks.further_worlds.rings import TYPOLOGIES, plant_rings
from benchmarks.further_worlds.tables import Events, Writer
from benchmarks.further_worlds.transfers import draw_transfers
from benchmarks.further_worlds.truth import write_truth
from benchmarks.further_worlds.units import DAY_S
from benchmarks.further_worlds.world import World

USUAL_PARTNERS = 2000
"""Partners of the mean world where the number is drawn."""
STREAM = 20_260_711
"""Apart from other uses of the same seed."""


def write_further_world(folder: Path, *, seed: int, partners: int | None, orders: int | None) -> None:
    """Write a world's tables to `folder` and its truth to `folder`.truth; everything is drawn from `seed`.

    Where `partners` or `orders` is None its number is drawn, too: 1,500 to 2,500 and 200,000 to 350,000.
    Where `partners` is given, rings and honest groups are as many in proportion (at least one ring of every
    typology). It takes some 100 orders a partner to hide a ring among, and 300 partners to hold all kinds.
    """
    world = draw_world(seed, partners, orders)
    settled = settle_orders(world, place_orders(world))
    payouts = pay_out(world, settled)
    transfers = draw_transfers(world, payouts)
    logins = draw_logins(world)
    labels = draw_labels(world, settled, payouts)
    events = Events(settled, payouts, transfers, logins, labels)
    writer = Writer(folder, world)
    first = events.first(world)
    writer.write(events, first)
    ring_ids = np.array([f"R{one}" for one in writer.draw_ids(len(world.rings), "rg")], np.object_)
    beside = folder.with_name(f"{folder.name}.truth")
    write_truth(beside, world, writer.ids, ring_ids, settled, first, labels)


def draw_world(seed: int, partners: int | None, orders: int | None) -> World:
    """Everybody and all plans, before anything happens."""
    rng = np.random.default_rng([STREAM, seed])
    window_s = float(rng.integers(300, 541)) * DAY_S
    first_day = int(pd.Timestamp("2023-02-01", tz="UTC").timestamp())
    start_s = first_day + int(rng.integers(0, 700)) * int(DAY_S)
    drawn_partners = int(rng.integers(1500, 2501))
    drawn_orders = int(rng.integers(200_000, 350_001))
    rings = int(rng.integers(25, 51))
    scale = 1.0
    if partners is not None:
        scale = partners / USUAL_PARTNERS
        rings = max(len(TYPOLOGIES), round(rings * scale))
    world = World(
        rng=rng,
        window_s=window_s,
        start_s=start_s,
        n_partners=drawn_partners if partners is None else partners,
        n_orders=drawn_orders if orders is None else orders,
        n_rings=rings,
        scale=scale,
        habits=draw_habits(rng),
    )
    add_partners(world)
    add_consumers(world)
    plant_rings(world)
    plant_look_alikes(world)
    return world
