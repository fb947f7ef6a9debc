"""Payouts, what happens to them, and logins."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from benchmarks.other_worlds.draws import DAY_S, chunks, ranges
from benchmarks.other_worlds.outcomes import SettledOrders
from benchmarks.other_worlds.world import REFUNDED, Forward, Sweep, World
from benchmarks.writing.units import Floats, Ints

FAR_S: Final = 1e8
"""Longer than any window; keys of partner and moment are partner * FAR_S + moment."""
PERIODS: Final = 2000
"""More than a window has of any partner's payout periods."""


class Payouts(NamedTuple):
    """Columns of payouts, (n,), by partner and moment."""

    partner: Ints
    moment_s: Floats
    amount: Floats
    account: Ints


class Transfers(NamedTuple):
    """Columns of transfers, (n,), by moment."""

    moment_s: Floats
    source: Ints
    target: Ints
    amount: Floats


class Logins(NamedTuple):
    """Columns of logins, (n,), by moment."""

    partner: Ints
    device: Ints
    moment_s: Floats


def draw_payouts(world: World, orders: SettledOrders) -> Payouts:
    """What partners get, less a fee, every so many days."""
    rng, shops, n = world.rng, world.partners, world.n_partners
    first = rng.random(n) * shops.payout_every_s
    every = shops.payout_every_s[orders.partner]
    period = np.ceil((orders.moment_s - first[orders.partner] + DAY_S * 0.6) / every).astype(np.int64)
    kept = (orders.outcome != REFUNDED) | (rng.random(len(period)) < 0.3)
    key, of_key = np.unique((orders.partner * PERIODS + period)[kept], return_inverse=True)
    amount = np.bincount(of_key, orders.amount[kept])
    partner, period = key // PERIODS, key % PERIODS
    moment = first[partner] + period * shops.payout_every_s[partner] + rng.uniform(0, 8 * 3600, len(key))
    moment = moment + rng.choice([0, 0, 0, DAY_S, 2 * DAY_S], len(key))
    amount = np.round(amount * (1 - rng.uniform(0.01, 0.035, n)[partner]), 2)
    paid = (moment < world.window_s) & (amount > 1) & (rng.random(len(key)) > 0.02)
    partner, moment, amount = partner[paid], moment[paid], amount[paid]
    order = np.lexsort((moment, partner))
    partner, moment, amount = partner[order], moment[order], amount[order]
    return Payouts(partner, moment, amount, _payout_accounts(world, partner, moment))


def _payout_accounts(world: World, partner: Ints, moment: Floats) -> Ints:
    """The account of each payout: by the latest change before it, or for a share of them another."""
    changing, since, account = (chunks(world.bank_changes, column) for column in range(3))
    order = np.lexsort((np.arange(len(changing)), since, changing))
    key = changing[order] * FAR_S + np.clip(since[order], -1e7, 9e7)
    latest = np.searchsorted(key, partner * FAR_S + moment, side="right") - 1
    result = account[order][latest]
    start, end = _rows_of(world, partner)
    for rule in world.partly_paid:
        rows = np.arange(start[rule.partner], end[rule.partner])
        rows = rows[(moment[rows] >= rule.since_s) & (moment[rows] < rule.until_s)]
        result[rows[world.rng.random(len(rows)) < rule.share]] = rule.account
    return result


def _rows_of(world: World, partner: Ints) -> tuple[Ints, Ints]:
    """(partners,) each: from and to which row of a sorted column."""
    everybody = np.arange(world.n_partners)
    return np.searchsorted(partner, everybody), np.searchsorted(partner, everybody, side="right")


def draw_transfers(world: World, payouts: Payouts) -> Transfers:
    """Sweeps after payouts, what is sent on from them twice, and everything else."""
    rng = world.rng
    new = _sweep(world, payouts)
    moves = [*world.transfers, new]
    forwards = Forward(*(np.array(one) for one in zip(*world.forwards, strict=True)))
    order = np.argsort(forwards.source, kind="stable")
    forwards = Forward(*(one[order] for one in forwards))
    for _ in range(2):
        new = _send_on(world, forwards, new)
        moves.append(new)
    moment, source, target, amount = (chunks(moves, column) for column in range(4))
    u = rng.random(len(amount))
    amount = np.where(
        u < 0.25,
        np.round(amount / 10) * 10,
        np.where(u < 0.4, np.round(amount), np.round(amount, 2)),
    )
    kept = (moment < world.window_s) & (source != target) & (amount >= 1)
    order = np.flatnonzero(kept)[np.argsort(moment[kept], kind="stable")]
    return Transfers(
        moment[order], source[order].astype(np.int64), target[order].astype(np.int64), amount[order]
    )


def _sweep(world: World, payouts: Payouts) -> Transfers:
    rng = world.rng
    rules = Sweep(*(np.array(one) for one in zip(*world.sweeps, strict=True)))
    partner = rules.partner.astype(np.int64)
    start, end = _rows_of(world, payouts.partner)
    count = end[partner] - start[partner]
    row, rule = ranges(start[partner], count), np.repeat(np.arange(len(partner)), count)
    moment = payouts.moment_s[row]
    valid = (moment >= rules.since_s[rule]) & (moment < rules.until_s[rule])
    valid &= rng.random(len(row)) < rules.chance[rule]
    row, rule = row[valid], rule[valid]
    delay = rng.exponential(1, len(row)) * rules.delay_days[rule] * DAY_S
    least, most = rules.least[rule], rules.most[rule]
    amount = payouts.amount[row] * (least + (most - least).clip(0) * rng.random(len(row)))
    target = rules.account[rule].astype(np.int64)
    return Transfers(payouts.moment_s[row] + delay + 900, payouts.account[row], target, amount)


def _send_on(world: World, forwards: Forward, received: Transfers) -> Transfers:
    rng, source = world.rng, forwards.source.astype(np.int64)
    start = np.searchsorted(source, received.target)
    count = np.searchsorted(source, received.target, side="right") - start
    rule, row = ranges(start, count), np.repeat(np.arange(len(count)), count)
    valid = rng.random(len(row)) < forwards.chance[rule]
    rule, row = rule[valid], row[valid]
    delay = rng.exponential(1, len(row)) * forwards.delay_days[rule] * DAY_S
    moment = received.moment_s[row] + delay + 900
    amount, least, most = received.amount[row], forwards.least[rule], forwards.most[rule]
    amount = amount * rng.uniform(0, 1, len(row)) * (most - least) + amount * least
    return Transfers(moment, received.target[row], forwards.target[rule].astype(np.int64), amount)


def draw_logins(world: World) -> Logins:
    """Logins by their rules, while the partner is open or nearly so, most of them in office hours."""
    rng = world.rng
    partner, device, since, until, rate = (chunks(world.logins, column) for column in range(5))
    opened, closed = world.open_span(partner)
    low = np.maximum(opened - 3 * DAY_S, since).clip(0)
    high = np.minimum(closed + 3 * DAY_S, until).clip(None, world.window_s)
    count = rng.poisson((rate * (high - low).clip(0) / DAY_S).clip(0, 400))
    # a tie that was never seen would be no tie
    count = np.where((count == 0) & (high > low + 5 * DAY_S) & (rate > 0), 1, count)
    rule = np.repeat(np.arange(len(partner)), count)
    n, low, high = len(rule), low[rule], high[rule]
    moment = low + (high - low) * rng.random(n)
    office = rng.random(n) < 0.75
    hour = np.where(office, rng.normal(12.5, 3, n), rng.random(n) * 24) % 24
    at_hour = np.floor(moment / DAY_S) * DAY_S + hour * 3600 + rng.random(n) * 3600 / 2
    moment = np.where((at_hour >= low) & (at_hour < high), at_hour, moment)
    order = np.argsort(moment, kind="stable")
    return Logins(partner[rule][order], device[rule][order].astype(np.int64), moment[order])
