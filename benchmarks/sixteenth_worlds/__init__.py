"""The sixteenth maker of worlds: a marketplace with delivery, by an examiner who knew no detector."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.sixteenth_worlds.climate import draw_climate
from benchmarks.sixteenth_worlds.money import change_banks, everyday_transfers, logins, payouts, transfers
from benchmarks.sixteenth_worlds.output import Writer, write
from benchmarks.sixteenth_worlds.plots import lay_plots
from benchmarks.sixteenth_worlds.review import label
from benchmarks.sixteenth_worlds.trade import settle_lives, trade
from benchmarks.sixteenth_worlds.typologies import OF_PEOPLE, OF_SHOPS
from benchmarks.sixteenth_worlds.world import World

__all__ = ["OF_PEOPLE", "OF_SHOPS", "write_sixteenth_world"]


def write_sixteenth_world(
    folder: Path, *, seed: int, partners: int | None = None, orders: int | None = None
) -> None:
    """Write a world's tables into `folder` and its truth into `<folder>.truth`; a seed makes the same bytes.

    The market is a marketplace with its own delivery, in three to seven countries of Europe with their own
    currencies: couriers, kitchens, grocers, small sellers of fashion, electronics, toys and old goods,
    ticket and travel agents, hosts, and gig workers who are paid out daily. Consumers buy in their city or
    land, keep to shops they know, pay at once or in instalments, send back, dispute and sometimes do not pay;
    shops open, close, change banks, owners and platforms, and share accountants, integrators, warehouses,
    tills and depots. Among them are rings (six to twelve kinds a world, from careless to careful), lone
    crooks, thieves, and three to six times as many honest groups as rings, who use the same tools. Rings find
    shops and people in the same town as honest groups do, by the same code, and all that a plan leaves open
    is filled in by one process for all.
    """
    folder = Path(folder)
    rng = np.random.default_rng([16, seed])
    world = World(draw_climate(rng, partners, orders), rng)
    change_banks(world)
    lay_plots(world)
    settle_lives(world)
    everyday_transfers(world)
    made = trade(world)
    paid, entered, moved = payouts(world, made), logins(world), transfers(world)
    writer = Writer(world)
    frames = writer.frames(made, paid, entered, moved, label(world, made, paid))
    truth = writer.truth(frames)
    write(frames, folder)
    write(truth, folder.with_name(f"{folder.name}.truth"))
