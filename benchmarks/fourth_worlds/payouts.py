"""What partners are paid out, and who logs in to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.fourth_worlds.outcomes import REFUNDED, Settled
from benchmarks.fourth_worlds.world import BUYERS, World
from benchmarks.writing.units import Floats, Ints


@dataclass(frozen=True)
class Payouts:
    """Columns of payouts, (n,), in order of partners and then of time."""

    partner: Ints
    moment: Floats
    account: Ints
    amount: Floats
    since: Ints  # (partners + 1,) where the payouts of each partner begin

    def of(self, partner: int) -> Ints:
        """Places of the payouts of that partner."""
        return np.arange(self.since[partner], self.since[partner + 1])


@dataclass(frozen=True)
class Logins:
    """Columns of logins, (n,)."""

    partner: Ints
    device: Ints
    moment: Floats


def pay_out(world: World, orders: Settled) -> Payouts:
    """Takings less fees and some refunds, every day to every month, a few days later."""
    rng, n = world.rng, world.n_partners
    every = rng.choice([1.0, 7.0, 14.0, 30.0], n, p=rng.dirichlet([1, 4, 2, 2]))
    phase, fee = rng.random(n) * every, rng.uniform(0.015, 0.06, n)
    period = np.floor((orders.moment + phase[orders.partner]) / every[orders.partner]).astype(np.int64)
    held_back = (orders.end == REFUNDED) & (rng.random(len(period)) < 0.7)
    net = np.where(held_back, 0, orders.amount) * (1 - fee[orders.partner])
    takings = pd.DataFrame({"partner": orders.partner, "period": period, "net": net})
    sums = takings.groupby(["partner", "period"], sort=True).net.sum().reset_index()
    partner, amount = sums.partner.to_numpy(), np.round(sums.net.to_numpy(), 2)
    later = rng.choice([1, 1, 2, 3], len(sums)) + rng.uniform(0.1, 0.8, len(sums))
    moment = (sums.period.to_numpy() + 1) * every[partner] - phase[partner] + later
    paid = (moment < world.window) & (amount > 1)
    partner, moment, amount = partner[paid], moment[paid], amount[paid]
    since = np.searchsorted(partner, np.arange(n + 1))
    payouts = Payouts(partner, moment, world.shops.account[partner], amount, since)
    _change_accounts(world, payouts)
    return payouts


def _change_accounts(world: World, payouts: Payouts) -> None:
    """The later planned change overrules the earlier."""
    for change in world.payout_changes:
        mine = payouts.of(change.partner)
        moment = payouts.moment[mine]
        changed = (moment >= change.since) & (moment < change.until)
        if change.chance < 1:
            changed &= world.rng.random(len(mine)) < change.chance
        payouts.account[mine[changed]] = change.account


def draw_logins(world: World) -> Logins:
    """Those of the partners themselves, of their staff, and the planned ones."""
    rng, shops, n = world.rng, world.shops, world.n_partners
    until = np.minimum(shops.closes, world.window)
    since = np.minimum(np.maximum(shops.opens, -20), until - 1)
    open_share = np.maximum(until - np.maximum(since, 0), 3) / world.window + 0.1
    everybody = np.arange(n)
    staff = np.repeat(everybody, rng.poisson(world.dice.uniform(0.3, 1.3), n))
    staff_devices = world.new_devices(len(staff), BUYERS)
    often = shops.logins[staff] * open_share[staff] * rng.uniform(0.1, 0.7, len(staff)) + 1
    parts = [
        (everybody, shops.device, rng.poisson(shops.logins * open_share + 1), since, until),
        (staff, staff_devices, rng.poisson(often), since[staff], until[staff]),
    ]
    if world.logins:
        whose = np.array([habit.partner for habit in world.logins])
        devices = np.array([habit.device for habit in world.logins])
        times = np.maximum(1, rng.poisson([habit.expected for habit in world.logins]))
        begins = np.maximum([habit.since for habit in world.logins], since[whose])
        ends = np.minimum([habit.until for habit in world.logins], until[whose])
        parts.append((whose, devices, times, begins, np.maximum(ends, begins + 0.5)))
    return _at_hours(world, parts)


def _at_hours(world: World, parts: list[tuple[Ints, Ints, Ints, Floats, Floats]]) -> Logins:
    """Moments within each habit's while, around noon; what lies before the window is cut off by no one."""
    rng = world.rng
    partner = np.concatenate([np.repeat(whose, times) for whose, _, times, _, _ in parts])
    device = np.concatenate([np.repeat(used, times) for _, used, times, _, _ in parts])
    since = np.concatenate([np.repeat(begins, times) for _, _, times, begins, _ in parts])
    until = np.concatenate([np.repeat(ends, times) for _, _, times, _, ends in parts])
    day = np.floor(since + rng.random(len(since)) * (until - since))
    hour = (rng.normal(13.5, 4, len(day)) % 24) / 24
    moment = np.minimum(day + hour, world.window - 0.01)
    seen = rng.random(len(day)) < 0.97
    return Logins(partner[seen], device[seen], moment[seen])
