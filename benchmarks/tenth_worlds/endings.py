"""How orders end, and when that is known."""

from __future__ import annotations

import numpy as np

from benchmarks.tenth_worlds.world import Block, World
from benchmarks.writing.events import Book
from benchmarks.writing.units import (
    DEFAULTED,
    DISPUTED,
    NONE,
    OPEN,
    PAID,
    REFUNDED,
    joined,
    only,
)


def settle(world: World, blocks: list[Block]) -> Book:
    """All orders with their ends; what ends after the window is open."""
    rng = world.rng
    consumer, shop, t, device, account, amount, ends = vars(joined(blocks)).values()
    default = np.minimum(world.people.default[consumer] * world.shops.credit[shop], 0.9)
    usual = np.column_stack([world.shops.refund[shop], world.shops.dispute[shop], default])
    by_shop = np.argsort(shop, kind="stable")
    first = np.searchsorted(shop[by_shop], np.arange(world.market.partners + 1))
    for slump in world.slumps:
        rows = by_shop[first[slump.shop] : first[slump.shop + 1]]
        rows = rows[(t[rows] >= slump.on) & (t[rows] < slump.off)]
        usual[rows] = np.maximum(usual[rows], np.array(slump.ends))
    odds = np.where(np.isnan(ends), usual, ends)
    limit = np.cumsum(odds / np.maximum(1, odds.sum(axis=1, keepdims=True) / 0.97), axis=1)
    fate = (rng.random(len(t))[:, None] >= limit).sum(axis=1)
    outcome = np.array([REFUNDED, DISPUTED, DEFAULTED, PAID])[fate]
    mean = np.array([0.0, 9.0, 24.0, 38.0])[outcome]
    wait = np.where(outcome == PAID, rng.exponential(1.5, len(t)), mean * rng.gamma(3, 1 / 3, len(t))) + 0.02
    end = t + wait
    late = end >= world.days - 0.01
    outcome[late] = OPEN
    end[late | (rng.random(len(t)) < 0.01)] = np.nan
    n = len(t)
    device = np.where(rng.random(n) < world.market.device_cover, device, NONE)
    account = np.where(rng.random(n) < world.market.account_cover, account, NONE)
    amount = np.maximum(1, np.where(rng.random(n) < 0.3, np.ceil(amount) - 0.01, amount)).round(2)
    order = np.lexsort((consumer, shop, t))
    return only(Book(consumer, shop, t, device, account, amount, outcome, end), order)
