"""Payouts, and the logins of partners' staff."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.further_worlds.outcomes import REFUNDED, Orders
from benchmarks.further_worlds.units import DAY_S
from benchmarks.further_worlds.world import World
from benchmarks.writing.units import Floats, Ints

PERIODS = 100_000


@dataclass(frozen=True)
class Payouts:
    """Columns of payouts, (n,)."""

    partner: Ints
    moment_s: Floats
    amount: Floats
    account: Ints


@dataclass(frozen=True)
class Logins:
    """Columns of logins, (n,)."""

    partner: Ints
    device: Ints
    moment_s: Floats


def pay_out(world: World, orders: Orders) -> Payouts:
    """What each partner sold in a period, less a fee and most refunds, to the account it then has."""
    rng, shops = world.rng, world.shops
    every, shift = shops.payout_every_s, shops.payday
    period = np.floor((orders.moment_s + (shift * every)[orders.partner]) / every[orders.partner])
    paid = orders.outcome != REFUNDED
    paid |= rng.random(len(paid)) < 0.3
    key = orders.partner * PERIODS + period.astype(np.int64)
    keys, inverse = np.unique(key[paid], return_inverse=True)
    amount = np.bincount(inverse, orders.amount[paid])
    partner = keys // PERIODS
    ends = (keys % PERIODS + 1) * every[partner] - shift[partner] * every[partner]
    hour_s = (6 + np.abs(shops.hour_shift[partner]) % 5) * 3600
    moment = ends + hour_s + rng.uniform(0, 5 * 3600, len(keys)) + rng.integers(0, 3, len(keys)) * DAY_S
    amount = np.round(amount * (1 - shops.fee[partner]) * rng.uniform(0.93, 1, len(keys)), 2)
    kept = (moment < world.window_s) & (amount > 1)
    partner, moment, amount = partner[kept], moment[kept], amount[kept]
    later = moment >= shops.switch_s[partner]
    account = np.where(later, shops.later_account[partner], shops.account[partner])
    return Payouts(partner, moment, amount, account)


def draw_logins(world: World) -> Logins:
    """Each partner's ordinary logins, and those planned, all in office hours."""
    rng, shops, window = world.rng, world.shops, world.window_s
    since = np.maximum(shops.opens - 3 * DAY_S, 0)
    until = np.minimum(np.minimum(shops.closes, shops.sells_until + 20 * DAY_S), window)
    expected = np.clip(until - since, 0, None) / (7 * DAY_S) * shops.login_rate
    partner = np.repeat(np.arange(world.n_partners), np.maximum(rng.poisson(expected), 1))
    device = shops.devices[partner, rng.choice(3, len(partner), p=[0.7, 0.2, 0.1])]
    device = np.where(device < 0, shops.devices[partner, 0], device)
    length = np.maximum(until - since, 3600)[partner]
    moment = _in_office_hours(rng, since[partner] + rng.random(len(partner)) * length)
    planned = [np.concatenate(column) for column in zip(*world.logins, strict=True)]
    partner = np.concatenate([partner, planned[0]])
    device = np.concatenate([device, planned[1]])
    moment = np.concatenate([moment, _in_office_hours(rng, planned[2])])
    kept = (moment >= 0) & (moment < window)
    kept &= (moment >= shops.opens[partner] - 5 * DAY_S) & (moment <= shops.closes[partner] + 30 * DAY_S)
    return Logins(partner[kept], device[kept], moment[kept])


def _in_office_hours(rng: np.random.Generator, moment: Floats) -> Floats:
    hour = np.clip(rng.normal(13, 3.6, len(moment)), 0.2, 23.8)
    day: Floats = np.floor(moment / DAY_S)
    return day * DAY_S + hour * 3600
