"""All orders alike: at what time, on what, for how much, and how they end."""

from __future__ import annotations

import numpy as np

from benchmarks.eleventh_worlds.custom import Custom
from benchmarks.eleventh_worlds.records import Batch
from benchmarks.eleventh_worlds.trades import of_trades
from benchmarks.eleventh_worlds.world import World
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
    only,
)


def settle(world: World, custom: Custom) -> Book:
    """The book of exactly as many orders as are asked for, some of them second baskets minutes later.

    ValueError: the orders of rings and crowds alone are more.
    """
    rng, lacks = world.rng, world.settings.lacks
    orders = world.orders.all()
    twice = np.flatnonzero(rng.random(len(orders.firm)) < world.settings.second_baskets)
    t = _moments(world, orders)
    t = np.concatenate([t, t[twice] + rng.exponential(0.015, len(twice))])
    orders = only(orders, np.concatenate([np.arange(len(orders.firm)), twice]))
    rows = _kept(world, orders, t)
    orders, t = only(orders, rows), np.floor(t[rows] * 86_400) / 86_400
    amount = _amounts(world, custom, orders)
    outcome = _ends(world, orders, t, amount)
    at = t + _delays(rng, outcome)
    unknown = (at >= world.days) | (rng.random(len(t)) < 0.004)
    undated = unknown | (rng.random(len(t)) < (world.uniform(0, 0.08) if world.flip(0.3) else 0))
    if "orders.outcome_at" in lacks:
        undated[:] = True
    return Book(
        consumer=orders.consumer,
        firm=orders.firm,
        t=t,
        device=_devices(world, orders, t),
        account=_accounts(world, orders),
        amount=amount,
        outcome=np.where(unknown, OPEN, outcome),
        at=np.where(undated, np.nan, at),
    )


def _moments(world: World, orders: Batch) -> Floats:
    """(orders,) the day with an hour that suits both the trade and the consumer."""
    rng, n = world.rng, len(orders.firm)
    usual = of_trades("hour")[world.firms.trade[orders.firm]] + world.people.hour[orders.consumer] * 0.6
    part = (usual + rng.normal(0, 3.2, n)) / 24 % 1
    part = np.where(rng.random(n) < 0.12, rng.random(n), part)
    return np.asarray(np.floor(orders.day) + part)


def _kept(world: World, orders: Batch, t: Floats) -> Ints:
    """Those while the shops are open, of ordinary custom as many as there is room for."""
    opened, closed = np.maximum(world.firms.on, 0), np.minimum(world.firms.off, world.days)
    made = (t >= opened[orders.firm]) & (t < closed[orders.firm])
    plain, others = np.flatnonzero(made & orders.plain), np.flatnonzero(made & ~orders.plain)
    room = world.settings.orders - len(others)
    if not 0 <= room <= len(plain):
        raise ValueError(
            f"{world.settings.orders} orders are not {len(others)} of rings and crowds and some of the "
            f"{len(plain)} of ordinary custom"
        )
    return np.sort(np.concatenate([others, world.rng.choice(plain, room, replace=False)]))


def _untold(world: World, share: Floats, orders: Batch) -> Flags:
    lost: Flags = world.rng.random(len(orders.firm)) < share[orders.firm]
    return lost


def _devices(world: World, orders: Batch, t: Floats) -> Ints:
    """(orders,) a device of the consumer's, the shop's tablet, or what the ring uses."""
    rng, people, firms, n = world.rng, world.people, world.firms, len(t)
    who, u = orders.consumer, rng.random(n)
    slot = np.where(u < 0.7, 0, np.where(u < 0.9, 1, 2))
    device = people.device[who, slot]
    device = np.where(device == NONE, people.device[who, 0], device)
    worn = (slot == 0) & (t > people.renewed_at[who]) & (device == people.own[who])
    device = np.where(worn, people.renewed[who], device)
    tablet = (firms.kiosk[orders.firm] != NONE) & (rng.random(n) < firms.kiosk_share[orders.firm])
    device = np.where(tablet, firms.kiosk[orders.firm], device)
    device = np.where(orders.device != NONE, orders.device, device)
    device[_untold(world, firms.no_device, orders)] = NONE
    return device if world.settings.has_devices else np.full(n, NONE)


def _accounts(world: World, orders: Batch) -> Ints:
    """(orders,) an account of the consumer's, or what the ring uses."""
    second = world.people.account[orders.consumer, 1]
    other = (world.rng.random(len(second)) < 0.25) & (second != NONE)
    account = np.where(other, second, world.people.account[orders.consumer, 0])
    account = np.where(orders.account != NONE, orders.account, account)
    account[_untold(world, world.firms.no_account, orders)] = NONE
    return account if world.settings.has_accounts else np.full(len(account), NONE)


def _amounts(world: World, custom: Custom, orders: Batch) -> Floats:
    """(orders,) some of one thing on the shop's list, and its shipping."""
    rng, n, partners = world.rng, len(orders.firm), world.settings.partners
    firm, boost = orders.firm, orders.boost
    place = np.where(np.isnan(orders.dear), rng.beta(1.2, 1.6, n) ** (1 / boost), orders.dear)
    many = custom.n_prices(firm)
    price = custom.price[custom.first_price[firm] + np.minimum((place * many).astype(np.int64), many - 1)]
    pieces = 1 + (rng.random(n) < 0.22) * rng.geometric(0.6, n)
    pieces += (rng.random(n) < np.clip(boost - 1, 0, 3) * 0.25) * rng.geometric(0.5, n)
    ships = rng.random(partners) < 0.4
    fee = np.where(ships, rng.choice([3.9, 4.95, 4.99, 5.9, 6.5], partners), 0)
    fee = fee * np.round(world.rates).clip(1)
    return np.asarray(np.round(price * pieces + np.where(rng.random(n) < 0.6, fee[firm], 0), 2))


def _ends(world: World, orders: Batch, t: Floats, amount: Floats) -> Ints:
    """(orders,) the outcome: by shop, consumer and place, in a slump, or as the ring means it."""
    rng, towns, firms, people, n = world.rng, world.towns, world.firms, world.people, len(t)
    firm, who, trade = orders.firm, orders.consumer, firms.trade[orders.firm]
    dear = amount / world.rates[firm] / of_trades("price")[trade]
    default = world.ends.default[trade] * firms.default[firm] * people.default[who]
    default *= towns.default[people.town[who]] * towns.land_default[world.land[firm]]
    default = np.clip(default * np.clip(dear, 0.3, 4) ** 0.3, 0, 0.85)
    dispute = np.clip(world.ends.dispute[trade] * firms.dispute[firm], 0, 0.5)
    refund = np.clip(world.ends.refund[trade] * people.refund[who] * firms.refund[firm], 0, 0.7)
    u, likely = rng.random(n), np.cumsum([default, dispute, refund], axis=0)
    outcome = np.select([u < one for one in likely], [DEFAULTED, DISPUTED, REFUNDED], PAID)
    slump = (t >= firms.slump_on[firm]) & (t < firms.slump_off[firm]) & (outcome == PAID)
    slump &= rng.random(n) < firms.slump_share[firm]
    outcome = np.where(slump, firms.slump_end[firm], outcome)
    chance = np.where(orders.end == PAID, 0.97, orders.chance)
    return np.where((orders.end != NONE) & (rng.random(n) < chance), orders.end, outcome)


def _delays(rng: np.random.Generator, outcome: Ints) -> Floats:
    """(orders,) days until each outcome is known."""
    n = len(outcome)
    paid = np.where(rng.random(n) < 0.3, rng.exponential(0.3, n), rng.gamma(3, 9, n))
    bad = [rng.gamma(2, 6, n) + 1, rng.gamma(2, 13, n) + 2, 30 + rng.gamma(2, 14, n)]
    return np.asarray(np.select([outcome == one for one in (REFUNDED, DISPUTED, DEFAULTED)], bad, paid))
