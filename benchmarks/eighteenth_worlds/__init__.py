"""The eighteenth maker of worlds: wallets of small trades, by an examiner who knew no detector."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.eighteenth_worlds.climate import draw_climate
from benchmarks.eighteenth_worlds.favours import pay_for_relatives
from benchmarks.eighteenth_worlds.flows import transfers
from benchmarks.eighteenth_worlds.money import logins, payouts
from benchmarks.eighteenth_worlds.output import Writer, write
from benchmarks.eighteenth_worlds.plots import lay_plots
from benchmarks.eighteenth_worlds.review import review
from benchmarks.eighteenth_worlds.rings import OF_PEOPLE, OF_SHOPS
from benchmarks.eighteenth_worlds.trade import trade
from benchmarks.eighteenth_worlds.truth import Events
from benchmarks.eighteenth_worlds.world import World

__all__ = ["OF_PEOPLE", "OF_SHOPS", "write_eighteenth_world"]


def write_eighteenth_world(
    folder: Path, *, seed: int, partners: int | None = None, orders: int | None = None
) -> None:
    """Write a world's tables into `folder` and its truth into `<folder>.truth`; a seed makes the same bytes.

    The market is a firm that gives terminals, QR codes and wallets to small trades in one to five countries
    of Africa and Latin America: grocers, kiosks, kitchens, money agents, top-up booths, garages, sellers by
    link. Owners often have one wallet for the shop and for themselves; salesmen sign up whole streets; phones
    and accounts are lent. Among them are rings of six to twelve kinds, lone crooks, and three to six times as
    many honest groups as rings, whose stories are told in terms of the same tools and acted by the same code.
    Shops and people of rings are drawn from the same population as all others, and sales, amounts, hours,
    outcomes, payouts and logins are drawn by one process for all.
    """
    folder = Path(folder)
    rng = np.random.default_rng([18, seed])
    world = World(draw_climate(rng, partners, orders), rng)
    pay_for_relatives(world)
    lay_plots(world)
    orders_made = trade(world)
    events = Events(orders_made, payouts(world, orders_made), logins(world), transfers(world, orders_made))
    writer = Writer(world, events, review(world, orders_made))
    frames = writer.frames()
    truth = writer.truth()
    write(frames, folder)
    write(truth, folder.with_name(f"{folder.name}.truth"))
