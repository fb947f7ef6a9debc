"""Payouts to shops, what becomes of the money, and who logs in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.tenth_worlds.world import Use, World
from benchmarks.writing.events import Book, Logins, Payouts, Transfers
from benchmarks.writing.units import REFUNDED, Floats, Ints, joined, only


def pay_out(world: World, book: Book) -> Payouts:
    """What each shop has sold in a period, less a fee, some days after it."""
    rng, shops, n = world.rng, world.shops, world.market.partners
    phase, fee = rng.random(n) * shops.rhythm, rng.uniform(0.01, 0.05, n)
    good = book.outcome != REFUNDED
    shop, t = book.firm[good], book.t[good]
    period = np.floor((t + phase[shop]) / shops.rhythm[shop]).astype(np.int64)
    size = int(period.max()) + 2
    key, place = np.unique(shop * size + period, return_inverse=True)
    amount = np.bincount(place, book.amount[good])
    shop, period = key // size, key % size
    lag = rng.uniform(0.2, 4, n)[shop]
    day = np.floor((period + 1) * shops.rhythm[shop] - phase[shop] + lag)
    t = day + rng.uniform(7, 18, len(day)) / 24
    known = t < world.days
    shop, t = shop[known], t[known]
    paid = np.maximum(0.5, amount[known] * (1 - fee[shop])).round(2)
    return Payouts(shop, t, _used(world, shops.account[shop], shop, t, world.purses), paid)


def log_in(world: World) -> Logins:
    """Logins of shops while they live, from a device of the owner or of whoever helps."""
    rng, shops, n = world.rng, world.shops, world.market.partners
    on, off = world.life(np.arange(n))
    often = rng.lognormal(-1.5, 0.6, n)
    shop = np.repeat(np.arange(n), np.where(off > on, 2 + rng.poisson(often * np.maximum(0, off - on)), 0))
    t = (
        np.floor(rng.uniform(on[shop], off[shop]))
        + (shops.hour[shop] + rng.normal(0, 2.5, len(shop))) % 24 / 24
    )
    # on the first day the shop need not be open yet
    keep = (t < world.days) & (t > on[shop] - 0.9) & (rng.random(len(shop)) < world.market.login_cover)
    shop, t = shop[keep], np.maximum(t[keep], 0)
    return Logins(shop, _used(world, shops.device[shop], shop, t, world.keys), t)


def _used(world: World, own: Ints, shop: Ints, t: Floats, uses: list[Use]) -> Ints:
    """What each event of a shop uses: its own, or by chance what else it has; later uses go first."""
    used = own.copy()
    first = np.searchsorted(shop, np.arange(world.market.partners + 1))
    for use in uses:
        here = slice(first[use.shop], first[use.shop + 1])
        when = t[here]
        other = (when >= use.on) & (when < use.off) & (world.rng.random(len(when)) < use.share)
        used[here][other] = use.what
    return used


def pass_on(world: World, payouts: Payouts) -> Transfers:
    """Transfers after payouts along the routes, and small sums between consumers."""
    rng, market = world.rng, world.market
    order = np.lexsort((payouts.t, payouts.account))
    account, t, amount = payouts.account[order], payouts.t[order], payouts.amount[order]
    start = np.searchsorted(account, [one.source for one in world.routes])
    stop = np.searchsorted(account, [one.source for one in world.routes], side="right")
    parts = []
    for route, a, b in zip(world.routes, start, stop, strict=True):
        n = b - a
        rows = a + np.flatnonzero(
            (rng.random(n) < route.chance) & (t[a:b] >= route.on) & (t[a:b] < route.off)
        )
        when, sum_ = t[rows], amount[rows] * np.minimum(1, route.part * rng.uniform(0.7, 1.2, len(rows)))
        source = route.source
        for target in route.path:
            when = when + 0.02 + rng.gamma(2, route.lag / 2, len(rows))
            sum_ = sum_ * rng.uniform(0.93, 1, len(rows))
            if source != target:
                many = (np.full(len(rows), source), np.full(len(rows), target))
                parts.append(Transfers(when, *many, sum_))
            source = target
    few = int(world.ordinary * 0.15)
    giver = rng.integers(0, world.ordinary, few)
    taker = np.clip(giver + rng.integers(1, 12, few), 0, world.ordinary - 1)
    friends = (world.people.account[giver], world.people.account[taker])
    parts.append(Transfers(rng.uniform(0, world.days, few), *friends, rng.lognormal(3.4, 0.9, few)))
    every = joined(parts)
    keep = (every.t < world.days) & (every.amount > 1) & (every.source != every.target)
    sent = only(every, keep & (rng.random(len(keep)) < market.transfer_cover))
    return replace(sent, amount=sent.amount.round(2))
