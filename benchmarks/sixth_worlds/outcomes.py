"""The order book: whose device and account, how much, and how each order ended."""

from __future__ import annotations

import numpy as np

from benchmarks.sixth_worlds.world import Batch, World
from benchmarks.writing.events import Book
from benchmarks.writing.units import (
    DEFAULTED,
    DISPUTED,
    NONE,
    OPEN,
    PAID,
    REFUNDED,
    Flags,
    Floats,
    Ints,
    joined,
    only,
)


def settle(world: World) -> Book:
    """As many orders as wanted: all that are planned, and of the honest ones as many as there is room for.

    ValueError: fewer orders are wanted than rings and partners need.
    """
    orders = _chosen(world)
    rng, n = world.rng, len(orders.t)
    device, account = _means(world, orders)
    outcome = np.where(orders.outcome == NONE, _usual_ends(world, orders), orders.outcome)
    wait = np.select(
        [outcome == PAID, outcome == REFUNDED, outcome == DISPUTED],
        [
            rng.choice([14.0, 30.0, 30.0, 45.0], n) + rng.normal(0, 2, n).clip(-6, 6),
            rng.exponential(9, n) + 0.5,
            rng.gamma(3, 9, n) + 1,
        ],
        rng.uniform(42, 100, n),
    )
    at = orders.t + wait
    unknown = at > world.days
    outcome = np.where(unknown, OPEN, outcome).astype(np.int64)
    at = np.where(unknown | (rng.random(n) < world.settings.undated), np.nan, at)
    return Book(orders.consumer, orders.firm, orders.t, device, account, _amounts(world, orders), outcome, at)


def _chosen(world: World) -> Batch:
    honest, planned = (_in_time(world, part) for part in (world.honest, world.planned))
    room = world.settings.orders - len(planned.t)
    if not 0 <= room <= len(honest.t):
        raise ValueError(f"A world of {world.settings.orders} orders has no room for its rings.")
    kept = np.sort(world.rng.choice(len(honest.t), room, replace=False))
    return joined([only(honest, kept), planned])


def _in_time(world: World, batches: list[Batch]) -> Batch:
    """All of them, without what lies beyond the window."""
    whole = joined(batches)
    return only(whole, (whole.t > 0) & (whole.t < world.days))


def _means(world: World, orders: Batch) -> tuple[Ints, Ints]:
    """Device and account of each order, `NONE` where the partner does not know them."""
    rng, firms, people, n = world.rng, world.firms, world.people, len(orders.t)
    who = orders.consumer
    main = np.where(orders.t < people.swap[who], people.device[who], people.later_device[who])
    device = np.where(rng.random(n) < 0.74, main, people.second_device[who])
    lent = np.flatnonzero(rng.random(n) < world.settings.lending)
    lender = np.where(who[lent] < world.ordinary, who[lent], rng.integers(0, world.ordinary, len(lent)))
    lender = np.clip(lender + rng.integers(-30, 31, len(lent)), 0, world.ordinary - 1)
    device[lent] = people.device[lender]
    device = np.where(rng.random(n) < firms.no_device[orders.firm], NONE, device)
    account = np.where(rng.random(n) < 0.72, people.account[who], people.second_account[who])
    account = np.where(rng.random(n) < firms.no_account[orders.firm], NONE, account)
    return (
        np.where(orders.device == NONE, device, orders.device),
        np.where(orders.account == NONE, account, orders.account),
    )


def _amounts(world: World, orders: Batch) -> Floats:
    """Amounts in the partner's currency: to the cent, just below a whole one, from a price list, or whole."""
    rng, firms, firm, n = world.rng, world.firms, orders.firm, len(orders.t)
    free = firms.price[firm] * np.exp(rng.normal(0, 1, n) * firms.sigma[firm]) * orders.factor
    listed = firms.price[firm] * np.array([0.5, 0.8, 1.0, 1.0, 1.6, 2.4])[rng.integers(0, 6, n)]
    listed *= np.where(rng.random(n) < 0.7, 1, 2) * np.where(orders.factor > 1.4, 2, 1)
    way = firms.price_way[firm]
    rounded = [free, np.floor(free) + 0.99, np.round(listed * 2) / 2 + 0.45]
    amount = np.select([way == 0, way == 1, way == 2], rounded, np.round(free))
    settled: Floats = np.maximum(np.round(amount, 2), 1.0)
    return settled


def _usual_ends(world: World, orders: Batch) -> Ints:
    """How orders end that no ring has decided on."""
    rng, firms, people, n = world.rng, world.firms, world.people, len(orders.t)
    who, firm, t = orders.consumer, orders.firm, orders.t
    default = np.clip(people.default[who] * firms.default[firm], 0, 0.6)
    dispute = np.clip(people.dispute[who] * firms.dispute[firm], 0, 0.5)
    refund = np.clip(firms.refund[firm] * people.refund[who], 0, 0.7)
    u = rng.random(n)
    end = np.full(n, PAID)
    end[u < default + dispute + refund] = REFUNDED
    end[u < default + dispute] = DISPUTED
    end[u < default] = DEFAULTED
    tail = (t > firms.tail_from[firm]) & (rng.random(n) < firms.tail_share[firm])
    storm = (t > firms.storm_from[firm]) & (t < firms.storm_to[firm])
    storm &= rng.random(n) < firms.storm_share[firm]
    end = _struck(rng, end, tail, 0.85)
    return _struck(rng, end, storm, 0.3 + 0.5 * world.settings.disputed)


def _struck(rng: np.random.Generator, end: Ints, hit: Flags, disputed: float) -> Ints:
    """The ends, with these orders ended badly."""
    return np.where(hit, np.where(rng.random(len(end)) < disputed, DISPUTED, DEFAULTED), end)
