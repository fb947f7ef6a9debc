"""Consumers walk through the weeks and choose where they buy."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.tenth_worlds.units import draw_by
from benchmarks.tenth_worlds.world import Block, World
from benchmarks.writing.units import NONE, Flags, Floats, Ints, ints

FAVOURITES: Final = 4


def walk(world: World, many: int) -> Block:
    """`many` orders by ordinary choice: favourites, or what is near, well known and of one's price class."""
    rng, people, shops, market = world.rng, world.people, world.shops, world.market
    weeks = -(-world.days // 7)
    length = np.minimum(7, world.days - 7 * np.arange(weeks)) / 7
    slope = rng.uniform(-0.4, 0.8)
    season = length * np.exp(rng.normal(0, 0.12, weeks) + slope * np.arange(weeks) / weeks)
    counts = rng.multinomial(many, season / season.sum())
    pull = _attraction(world)
    cell = people.town * 3 + people.rank
    loved = _choose(rng, pull, np.repeat(cell, FAVOURITES)).reshape(-1, FAVOURITES)
    last_shop = loved[:, 0].copy()
    day_weight = rng.uniform(0.6, 1.6, 7)
    parts: list[tuple[Ints, Ints, Floats]] = []
    for week, n in enumerate(counts):
        first, last = 7.0 * week, min(7.0 * week + 7, float(world.days))
        consumer = draw_by(rng, people.walk * (people.made < last - 0.5), int(n))
        open_now = (shops.on < last - 0.2) & (shops.off > first + 0.2)
        _inherit(world, loved, first, open_now)
        known = loved[consumer, rng.integers(0, FAVOURITES, n)]
        shop = _choose(rng, pull * (open_now * _noise(world, first, last)), cell[consumer])
        keep = (rng.random(n) < market.loyalty) & open_now[known]
        shop = np.where(keep, known, shop)
        again = last_shop[consumer]
        keep = (rng.random(n) < shops.sticky[again]) & open_now[again]
        shop = np.where(keep, again, shop)
        last_shop[consumer] = shop
        t = first + np.minimum(draw_by(rng, day_weight[: int(np.ceil(last - first))], int(n)), 6)
        t = t + world.hours(consumer)
        low = np.maximum(np.maximum(shops.on[shop], people.made[consumer]), first)
        high = np.minimum(shops.off[shop], last)
        inside = (t > low) & (t < high)
        # a consumer that signed up after the shop closed buys in its last hours instead
        low = np.minimum(low, high - 0.1)
        t = np.where(inside, t, low + rng.uniform(0.02, 0.98, n) * (high - low))
        parts.append((consumer, shop, t))
        learns = rng.random(n) < market.learning
        loved[consumer[learns], rng.integers(0, FAVOURITES, int(learns.sum()))] = shop[learns]
        _gossip(world, loved)
    consumer = np.concatenate([one[0] for one in parts])
    shop = np.concatenate([one[1] for one in parts])
    t = np.concatenate([one[2] for one in parts])
    device, account = world.gear(consumer)
    return Block(
        consumer, shop, t, device, account, world.prices(consumer, shop), np.full((len(t), 3), np.nan)
    )


def _attraction(world: World) -> Floats:
    """(towns and ranks, shops): how much those consumers are drawn to each shop."""
    shops, towns, market = world.shops, world.towns, world.market
    here = towns.pull[:, shops.town] * ~shops.online
    abroad = towns.country[:, None] != towns.country[shops.town][None]
    far = np.where(abroad, 0.08, 1) * shops.online
    whole = np.repeat(here * shops.fame, 3, axis=0)
    net = np.repeat(far * shops.fame, 3, axis=0)
    rank = np.tile(np.arange(3), len(towns.size))
    taste = 0.4 ** np.abs(rank[:, None] - shops.rank[None])
    whole, net = whole * taste, net * taste
    local = (1 - market.online) * whole / np.maximum(whole.sum(axis=1, keepdims=True), 1e-12)
    return np.asarray(local + market.online * net / np.maximum(net.sum(axis=1, keepdims=True), 1e-12))


def _choose(rng: np.random.Generator, pull: Floats, cell: Ints) -> Ints:
    """(choices,) a shop for each cell, by its row of `pull`."""
    total = np.cumsum(pull, axis=1) / pull.sum(axis=1, keepdims=True)
    steps = (total + np.arange(len(pull))[:, None]).ravel()
    place = np.searchsorted(steps, cell + rng.random(len(cell)) * (1 - 1e-9), side="right")
    return ints(np.minimum(place - cell * pull.shape[1], pull.shape[1] - 1))


def _noise(world: World, first: float, last: float) -> Floats:
    """(shops,) advertising in that week; some shops are loud by chance."""
    rng, n = world.rng, world.market.partners
    factor = np.exp(rng.normal(0, 0.25, n))
    loud = rng.random(n) < 0.006
    factor[loud] *= rng.uniform(2, 8, int(loud.sum()))
    for shop, on, off, times in world.pushes:
        if on < last and off > first:
            factor[shop] *= times
    return factor


def _inherit(world: World, loved: Ints, first: float, open_now: Flags) -> None:
    """Where a favourite has closed, most go to its heir, if that one is open."""
    shops = world.shops
    heir = shops.heir
    gone = (shops.off <= first + 0.2) & (heir != NONE)
    gone &= open_now[heir]
    if gone.any():
        lost = gone[loved] & (world.rng.random(loved.shape) < 0.5)
        loved[lost] = heir[loved[lost]]


def _gossip(world: World, loved: Ints) -> None:
    """Some take up a favourite of a neighbour, a number not far from theirs."""
    rng, n = world.rng, len(loved)
    listens = np.flatnonzero(rng.random(n) < world.market.gossip)
    friend = np.clip(listens + rng.integers(-8, 9, len(listens)), 0, n - 1)
    column = rng.integers(0, FAVOURITES, (2, len(listens)))
    loved[listens, column[0]] = loved[friend, column[1]]
