"""Honest orders: each brings a new customer, or repeats an earlier order of the partner or of a neighbour."""

from __future__ import annotations

import numpy as np

from benchmarks.eighth_worlds.world import World
from benchmarks.writing.units import Floats, Ints, ints


def moments(world: World, firm: Ints, low: Floats | None = None, high: Floats | None = None) -> Floats:
    """A moment for each order of those partners, between two bounds (the partner's life where not given)."""
    rng, firms, settings = world.rng, world.firms, world.settings
    low = firms.on[firm] if low is None else low
    high = firms.off[firm] if high is None else high
    shape = 1 / (1 + np.clip(firms.growth[firm], -0.7, 3))
    two = low + (high - low) * rng.random((2, len(firm))) ** shape
    weight = 1 + settings.season * np.sin(2 * np.pi * two / settings.season_days)
    weight = weight * np.where(np.floor(two) % 7 >= 5, settings.weekend, 1.0)
    day = np.floor(np.where(rng.random(len(firm)) * weight.sum(axis=0) < weight[0], two[0], two[1]))
    t = day + world.hours(firm)
    outside = (t < low) | (t >= high)
    return np.where(outside, low + (high - low) * rng.random(len(firm)), t)


def shop(world: World, n: int) -> None:
    """`n` orders; custom spreads from earlier orders, so that neighbours come to share customers."""
    rng, firms = world.rng, world.firms
    firm = np.sort(rng.choice(len(firms), n, p=firms.weight / firms.weight.sum()))
    t = moments(world, firm)
    order = np.lexsort((t, firm))
    t = t[order]
    first = np.searchsorted(firm, np.arange(len(firms)))
    rank = np.arange(n) - first[firm]
    # a repeat looks back at the partner's own orders, at recent ones more often
    back = (rank * rng.random(n) ** rng.uniform(0.8, 2.0)).astype(np.int64)
    own = (rng.random(n) < firms.loyal[firm]) & (rank > 0)
    parent = np.where(own, first[firm] + np.clip(rank - 1 - back, 0, None), np.arange(n))
    other = firms.near[firm, rng.integers(0, firms.near.shape[1], n)]
    span = 2 * world.days + 1
    before = np.searchsorted(firm * span + t, other * span + t) - first[other]
    copied = ~own & (before > 0) & (other != firm) & (rng.random(n) < firms.cross[firm])
    pick = np.maximum(0, before - 1 - (np.minimum(before, 200) * rng.random(n)).astype(np.int64))
    parent = ints(np.where(copied, first[other] + pick, parent))
    while True:
        further = parent[parent]
        if np.array_equal(further, parent):
            break
        parent = further
    world.add(firm, t, _newcomers(world, firm)[parent], exact=True)


def _newcomers(world: World, firm: Ints) -> Ints:
    """A customer for each order, from the partner's area, country or anywhere."""
    rng, firms = world.rng, world.firms
    where = rng.random(len(firm))
    anywhere = rng.choice(len(world.area_share), len(firm), p=world.area_share)
    local, national = firms.reach[firm, 0], firms.reach[firm].sum(axis=1)
    same = world.area_country[anywhere] == firms.country[firm]
    area = np.where(where < local, firms.area[firm], anywhere)
    area = np.where((where >= local) & (where < national) & ~same, firms.area[firm], area)
    return world.anyone(ints(area))
