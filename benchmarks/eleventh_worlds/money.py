"""Payouts to partners, what becomes of the money, and who logs in."""

from __future__ import annotations

import numpy as np

from benchmarks.eleventh_worlds.draws import around, as_people_write
from benchmarks.eleventh_worlds.world import World
from benchmarks.writing.events import Book, Logins, Moves, Payouts, Transfers
from benchmarks.writing.units import NONE, REFUNDED, Floats, Ints, joined, only, within_runs


def pay_out(world: World, book: Book) -> Payouts:
    """What each partner has sold in a period less a fee, some days after it, sorted by partner."""
    rng, firms, n = world.rng, world.firms, world.settings.partners
    turn = np.floor(book.t / firms.period[book.firm]).astype(np.int64)
    kept_back = (book.outcome == REFUNDED) & (rng.random(len(turn)) < 0.6)
    net = np.where(kept_back, 0, book.amount * (1 - firms.fee[book.firm]))
    key, place = np.unique(book.firm * (world.days + 1) + turn, return_inverse=True)
    amount = np.asarray(np.bincount(place, net), np.float64).round(2)
    firm, turn = key // (world.days + 1), key % (world.days + 1)
    lag = rng.uniform(0.4, 5, n)[firm]
    t = (turn + 1) * firms.period[firm] + lag + rng.normal(0, 0.08, len(firm))
    account = np.where(t > firms.switch[firm], firms.later_account[firm], firms.account[firm])
    other = (rng.random(len(firm)) < firms.other_share[firm]) & (firms.other_account[firm] != NONE)
    other &= (t >= firms.other_on[firm]) & (t <= firms.other_off[firm])
    account = np.where(other, firms.other_account[firm], account)
    return only(Payouts(firm, t, account, amount), (t < world.days) & (amount > 1))


def send(world: World, payouts: Payouts) -> Transfers:
    """All transfers within the window."""
    moves = Moves()
    _forward(world, payouts, moves)
    _send_again(world, moves)
    _send_to_friends(world, moves)
    sent = joined(moves.parts)
    return only(
        sent, (sent.t >= 0) & (sent.t < world.days) & (sent.source != sent.target) & (sent.amount > 0)
    )


def _forward(world: World, payouts: Payouts, moves: Moves) -> None:
    """Parts of payouts go on along the ways agreed."""
    rng, table = world.rng, np.array(world.forwards, np.float64).reshape(-1, 11)
    first = np.searchsorted(payouts.firm, np.arange(world.settings.partners + 1))
    of = table[:, 0].astype(np.int64)
    many = first[of + 1] - first[of]
    rows = np.repeat(first[of], many) + within_runs(many)
    way = np.repeat(table, many, axis=0)
    chance, low, high, lag, on, off, rounding = way[:, 4:].T
    goes = (payouts.t[rows] >= on) & (payouts.t[rows] <= off) & (rng.random(len(rows)) < chance)
    rows, path, n = rows[goes], way[goes, 1:4].astype(np.int64), int(goes.sum())
    low, high, lag, rounding = low[goes], high[goes], lag[goes], rounding[goes].astype(np.int64)
    t = payouts.t[rows] + rng.exponential(1, n) * lag
    amount = payouts.amount[rows] * (low + (high - low) * rng.random(n))
    source = payouts.account[rows]
    for step in range(3):
        target = path[:, step]
        amount = as_people_write(amount, rounding)
        known = target != NONE
        moves.send(t[known], source[known], target[known], amount[known].round(2))
        source, t = target, t + rng.exponential(1, n) * lag + 0.01
        amount = amount * rng.uniform(0.85, 0.995, n)


def _send_again(world: World, moves: Moves) -> None:
    """Rents, wages and what is sent every so many days, while both partners live."""
    rng, firms = world.rng, world.firms
    table = np.array(world.standing, np.float64).reshape(-1, 9)
    giver, source, taker, target = table[:, :4].astype(np.int64).T
    amount, on, off, every, jitter = table[:, 4:].T
    on = np.where(giver != NONE, np.maximum(on, firms.on[giver]), on)
    off = np.where(giver != NONE, np.minimum(off, firms.off[giver] + 20), off)
    on = np.where(taker != NONE, np.maximum(on, firms.on[taker]), on)
    source = np.where(giver != NONE, firms.account[giver], source)
    target = np.where(taker != NONE, firms.account[taker], target)
    start = np.maximum(on, 0) + rng.uniform(0, every)
    many = np.maximum(np.ceil((np.minimum(off, world.days) - start) / every), 0).astype(np.int64)
    rounding = np.repeat(rng.integers(0, 3, len(many)), many)
    one = np.repeat(np.arange(len(many)), many)
    t = start[one] + within_runs(many) * every[one] + rng.normal(0, 1, len(one)) * jitter[one] / 2
    spread = np.where(jitter < 2, 0.04, 0.35)[one]
    sums = as_people_write(amount[one] * np.exp(rng.normal(0, 1, len(one)) * spread), rounding)
    moves.send(t, source[one], target[one], sums.round(2))


def _send_to_friends(world: World, moves: Moves) -> None:
    """Small sums between people who live close by."""
    rng, last = world.rng, world.ordinary
    n = int(world.uniform(0.02, 0.15) * last)
    giver = rng.integers(0, last, n)
    taker = np.clip(giver + rng.integers(1, 60, n) * rng.choice([-1, 1], n), 0, last - 1)
    many = rng.geometric(0.35, n)
    giver, taker = np.repeat(giver, many), np.repeat(taker, many)
    t, account = rng.uniform(0, world.days, len(giver)), world.people.account[:, 0]
    sums = as_people_write(around(rng, 60, 1, len(giver)), rng.integers(0, 3, len(giver)))
    moves.send(t, account[giver], account[taker], sums)


def log_in(world: World, on: Floats, off: Floats) -> Logins:
    """Log-ins from a partner's own devices and those that it shares; `on` and `off` are as in `Custom`."""
    rng, firms, n = world.rng, world.firms, world.settings.partners
    many = np.minimum(rng.poisson(firms.log_ins * (off - on) / 7 * 2) + 1, 400)
    firm = np.repeat(np.arange(n), many)
    t = on[firm] + (off - on)[firm] * rng.random(len(firm))
    which = (rng.random(len(firm)) ** 2 * firms.n_devices[firm]).astype(np.int64)
    renewed_at = np.where(rng.random(n) < 0.3, rng.uniform(0, world.days, n), np.inf)
    worn = (t > renewed_at[firm]) & (which == 0)
    device = np.where(worn, world.new_devices(n)[firm], firms.device[firm, which])
    table = np.array(world.visits, np.float64).reshape(-1, 5)
    one = np.repeat(np.arange(len(table)), table[:, 2].astype(np.int64))
    low, high = np.clip(table[one, 3], 0, world.days), np.clip(table[one, 4], 0, world.days)
    firm = np.concatenate([firm, table[one, 0].astype(np.int64)])
    device = np.concatenate([device, table[one, 1].astype(np.int64)])
    t = np.concatenate([t, low + (high - low) * rng.random(len(one))])
    t = np.floor(t) + np.clip(rng.normal(13, 3.6, len(t)), 0, 23.9) / 24
    return only(Logins(firm, device, t), _while_known(world, firm, t))


def _while_known(world: World, firm: Ints, t: Floats) -> Ints:
    """Those from the opening until a while after the closing."""
    on, off = np.maximum(world.firms.on, 0), np.minimum(world.firms.off + 15, world.days)
    return np.flatnonzero((t >= on[firm]) & (t < off[firm]))
