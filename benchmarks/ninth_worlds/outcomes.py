"""The order book: whose device and account, how much, and how each order ended."""

from __future__ import annotations

import numpy as np

from benchmarks.ninth_worlds.world import Batch, World
from benchmarks.writing.events import Book
from benchmarks.writing.units import (
    DEFAULTED,
    DISPUTED,
    NONE,
    OPEN,
    PAID,
    REFUNDED,
    Floats,
    Ints,
    ints,
    joined,
    only,
)

MOST_PLANNED = 0.6
"""Share of all orders that organisations' buyers make at most."""


def settle(world: World) -> Book:
    """As many orders as wanted: those of organisations, and of the others as many as there is room for."""
    orders = _chosen(world)
    rng, n = world.rng, len(orders.t)
    device, account = _means(world, orders)
    outcome = np.where(orders.outcome == NONE, _usual(world, orders), orders.outcome)
    outcome = _struck(world, orders, outcome)
    paid = rng.choice([14.0, 21.0, 30.0, 30.0, 45.0], n) + np.clip(rng.normal(0, 2.5, n), -7, 7)
    wait = np.select(
        [outcome == PAID, outcome == REFUNDED, outcome == DISPUTED],
        [paid, rng.gamma(1.5, 7, n) + 0.5, rng.gamma(2.5, 10, n) + 1],
        rng.uniform(35, 95, n),
    )
    at = orders.t + wait
    unknown = at > world.days
    outcome = ints(np.where(unknown, OPEN, outcome))
    at = np.where(unknown | (rng.random(n) < world.settings.undated), np.nan, at)
    return Book(orders.consumer, orders.firm, orders.t, device, account, _amounts(world, orders), outcome, at)


def _chosen(world: World) -> Batch:
    rng, wanted = world.rng, world.settings.orders
    planned, honest = _in_time(world, world.planned), _in_time(world, world.honest)
    most = int(MOST_PLANNED * wanted)
    if len(planned.t) > most:
        planned = only(planned, np.sort(rng.choice(len(planned.t), most, replace=False)))
    room = wanted - len(planned.t)
    honest = only(honest, np.sort(rng.choice(len(honest.t), room, replace=False)))
    return joined([honest, planned])


def _in_time(world: World, batches: list[Batch]) -> Batch:
    """All of them, without what lies beyond the window."""
    whole = joined(batches)
    return only(whole, (whole.t > 0) & (whole.t < world.days))


def _means(world: World, orders: Batch) -> tuple[Ints, Ints]:
    """Device and account of each order, `NONE` where the partner does not know them."""
    rng, firms, people, who, n = world.rng, world.firms, world.people, orders.consumer, len(orders.t)
    device = np.where(orders.t < people.swap[who], people.device[who], people.later[who])
    device = np.where(rng.random(n) < 0.75, device, people.second_device[who])
    account = np.where(rng.random(n) < 0.75, people.account[who], people.second_account[who])
    lent = np.flatnonzero(rng.random(n) < 0.01)  # a friend's phone
    device[lent] = people.device[np.clip(who[lent] + rng.integers(-40, 41, len(lent)), 0, world.ordinary - 1)]
    device = np.where(orders.device == NONE, device, orders.device)
    account = np.where(orders.account == NONE, account, orders.account)
    device = np.where(rng.random(n) < firms.see_device[orders.firm], device, NONE)
    return device, np.where(rng.random(n) < firms.see_account[orders.firm], account, NONE)


def _amounts(world: World, orders: Batch) -> Floats:
    """Amounts in the partner's currency: to the cent, just below a whole one, from a price list, or whole."""
    rng, firms, firm, n = world.rng, world.firms, orders.firm, len(orders.t)
    free = firms.price[firm] * np.exp(rng.normal(0, 1, n) * firms.sigma[firm])
    listed = firms.price[firm] * np.array([0.4, 0.7, 1.0, 1.0, 1.5, 2.5])[rng.integers(0, 6, n)]
    way = firms.price_way[firm]
    rounded = [free, np.floor(free) + 0.99, np.round(listed * 2) / 2 + 0.45]
    amount = np.select([way == 0, way == 1, way == 2], rounded, np.round(free))
    return np.asarray(np.maximum(np.round(amount, 2), 1.0))


def _usual(world: World, orders: Batch) -> Ints:
    """How orders end that nobody has decided on."""
    rng, firms, people, n = world.rng, world.firms, world.people, len(orders.t)
    who, firm = orders.consumer, orders.firm
    default = np.minimum(firms.default[firm] * people.default[who], 0.7)
    dispute = np.minimum(firms.dispute[firm] * people.dispute[who], 0.5)
    refund = np.minimum(firms.refund[firm] * people.refund[who], 0.6)
    u = rng.random(n)
    end = np.full(n, PAID)
    end[u < default + dispute + refund] = REFUNDED
    end[u < default + dispute] = DISPUTED
    end[u < default] = DEFAULTED
    return end


def _struck(world: World, orders: Batch, end: Ints) -> Ints:
    """The ends, with those of partners that do not deliver for a while."""
    rng, firms, firm, n = world.rng, world.firms, orders.firm, len(orders.t)
    hit = (orders.t > firms.bad_from[firm]) & (orders.t < firms.bad_to[firm])
    hit &= rng.random(n) < firms.bad_share[firm]
    return np.where(hit, rng.choice([DISPUTED, DEFAULTED, REFUNDED], n, p=[0.6, 0.25, 0.15]), end)
