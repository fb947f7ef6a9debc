"""Honest partners that fare like those of rings: the insolvent, the unlucky, great sales, and relaunches."""

from __future__ import annotations

import numpy as np

from benchmarks.eleventh_worlds.draws import one_around
from benchmarks.eleventh_worlds.names import altered, firm_name
from benchmarks.eleventh_worlds.world import World
from benchmarks.writing.units import DISPUTED, REFUNDED


def plant_troubles(world: World) -> None:
    """All of them; a partner is insolvent, unlucky or relaunched at most once."""
    firms = world.firms
    for one in world.pick(world.groups(15, 60), firms.off > world.days).tolist():
        _fail(world, one)
    for one in world.pick(world.groups(8, 40), ~firms.troubled).tolist():
        _slip(world, one)
    for one in world.pick(world.groups(20, 80), firms.rush_on < 0).tolist():
        on = world.uniform(max(float(firms.on[one]), 0), world.days)
        firms.hurry(one, on, int(world.rng.integers(1, 6)), one_around(world.rng, 14, 0.6))
        world.look_alike("flash_sale", partner=one)
    pairs = world.pick(2 * world.groups(10, 40), ~firms.troubled & ~firms.arranged)
    for old, new in pairs[: len(pairs) // 2 * 2].reshape(-1, 2).tolist():
        _relaunch(world, old, new)


def _fail(world: World, firm: int) -> None:
    """Goods are no longer delivered, some are sold off, then the shop closes."""
    firms = world.firms
    earliest = max(float(firms.on[firm]), 0) + 40
    if earliest > world.days - 25:
        return
    end, span = world.uniform(earliest, world.days * 1.02), world.uniform(10, 70)
    firms.troubled[firm], firms.off[firm] = True, end
    how = int(world.rng.choice([REFUNDED, DISPUTED, DISPUTED]))
    firms.slump(firm, end - span, end + 1, how, world.uniform(0.15, 0.85))
    if world.flip(0.4):
        firms.hurry(firm, end - span * world.uniform(0.4, 1), span * 0.8, world.uniform(1.5, 5))
    world.look_alike("insolvency", partner=firm)


def _slip(world: World, firm: int) -> None:
    """An incident: late parcels, a cancelled tour."""
    firms = world.firms
    on = world.uniform(max(float(firms.on[firm]), 0), world.days)
    firms.troubled[firm] = True
    how = int(world.rng.choice([REFUNDED, DISPUTED]))
    firms.slump(firm, on, on + world.uniform(3, 45), how, world.uniform(0.15, 0.8))
    world.look_alike("incident", partner=firm)


def _relaunch(world: World, old: int, new: int) -> None:
    """A shop is sold or takes another legal form: one partner closes, another opens with its customers."""
    rng, firms = world.rng, world.firms
    end = world.uniform(0.15, 0.85) * world.days
    if firms.on[old] > end - 40:
        firms.on[old] = end - world.uniform(60, 700)
    firms.troubled[[old, new]] = True
    firms.off[old], firms.on[new] = end, end + rng.exponential(12) - 2
    firms.off[new] = np.inf if world.flip(0.8) else end + world.uniform(60, world.days)
    for column in (firms.trade, firms.town, firms.price):
        column[new] = column[old]
    town = str(world.towns.name[firms.town[new]])
    renamed = altered(rng, firms.name[old]) if world.flip(0.7) else firm_name(
        rng, int(firms.trade[new]), town, world.surnames
    )  # fmt: skip
    firms.name[new], firms.size[new] = renamed, firms.size[old] * one_around(rng, 1, 0.3)
    firms.source[new], firms.source_share[new] = old, world.uniform(0.2, 0.8)
    if world.flip(0.5):
        firms.account[new] = firms.account[old]
    if world.flip(0.6):
        firms.device[new, 0] = firms.device[old, 0]
    world.look_alike("relaunch", partner=[old, new])
