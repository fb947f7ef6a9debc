"""What partners are paid out, and from which devices they log in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.sixth_worlds.world import STAFF_DEVICES, World
from benchmarks.writing import events
from benchmarks.writing.events import Book, Logins
from benchmarks.writing.units import NO_INTS, REFUNDED, Ints, ints, within_runs

USE: Final = np.array([1.0, 0.4, 0.2, 0.15])
"""How often each of a partner's devices is used, relatively."""


@dataclass(frozen=True)
class Payouts(events.Payouts):
    """Those of partner p are from `first[p]` to `first[p + 1]`."""

    first: Ints

    def some(self, rng: np.random.Generator, firm: int, n: int) -> Ints:
        """Rows of `n` payouts of the partner, or of all."""
        low, count = self.first[firm], self.first[firm + 1] - self.first[firm]
        return ints(low + rng.choice(count, min(n, count), replace=False)) if count else NO_INTS

    def of(self, firm: Ints) -> tuple[Ints, Ints]:
        """All payouts of each of these partners: the place in `firm`, and the row."""
        count = self.first[firm + 1] - self.first[firm]
        place = np.repeat(np.arange(len(firm)), count)
        return place, np.repeat(self.first[firm], count) + within_runs(count)


def pay_out(world: World, book: Book) -> Payouts:
    """What was sold in each period, less refunds and a fee, some days later."""
    rng, firms, n = world.rng, world.firms, len(world.firms)
    shift = rng.uniform(0, 30, n)
    slots = int(world.days) + 32
    slot = np.floor((book.t + shift[book.firm]) / firms.period[book.firm]).astype(np.int64)
    net = np.where((book.outcome == REFUNDED) & (rng.random(len(slot)) < 0.6), 0.0, book.amount)
    key, place = np.unique(book.firm * slots + slot, return_inverse=True)
    total = np.bincount(place, net, len(key))
    firm, slot = key // slots, key % slots
    paid = np.maximum((slot + 1) * firms.period[firm] - shift[firm], 0)
    paid += rng.choice([1, 2, 3, 5], n)[firm] + rng.uniform(6, 18, len(key)) / 24
    amount = np.round(total * (1 - rng.uniform(0.012, 0.06, n)[firm]), 2)
    kept = (paid < world.days) & (amount > 1)
    firm, paid, amount = firm[kept], paid[kept], amount[kept]
    account = np.where(paid < firms.account_since[firm], firms.account[firm], firms.later_account[firm])
    payouts = Payouts(firm, paid, account, amount, np.searchsorted(firm, np.arange(n + 1)))
    _divert(world, payouts)
    return payouts


def _divert(world: World, payouts: Payouts) -> None:
    """Some payouts go to other accounts, as planned: no more than a quarter for one plan, in turn."""
    order, used = world.rng.permutation(len(payouts.t)), np.zeros(len(world.firms), np.int64)
    order = order[np.argsort(payouts.firm[order], kind="stable")]
    for firm, account, few in world.paid_to:
        count = payouts.first[firm + 1] - payouts.first[firm]
        if count:
            step = np.arange(min(few, max(1, count // 4)))
            payouts.account[order[payouts.first[firm] + (used[firm] + step) % count]] = account
            used[firm] += len(step)


def log_in(world: World) -> Logins:
    """Every login."""
    rng, firms, n = world.rng, world.firms, len(world.firms)
    since = firms.opening
    closed = np.isfinite(firms.off)
    until = np.minimum(world.days, firms.ending + np.where(closed, rng.uniform(0, 12, n), 0))
    firm = np.repeat(np.arange(n), np.maximum(2, rng.poisson(firms.log_ins * (until - since))))
    share = np.cumsum(np.where(firms.devices >= 0, USE, 0.0), axis=1)
    drawn = rng.random(len(firm)) * share[firm, -1]
    slot = np.minimum((drawn[:, None] >= share[firm]).sum(axis=1), STAFF_DEVICES - 1)
    device = firms.devices[firm, slot]
    extra = np.array(world.logged_in, np.int64).reshape(-1, 3)
    row = np.repeat(np.arange(len(extra)), extra[:, 2])
    firm, device = np.concatenate([firm, extra[row, 0]]), np.concatenate([device, extra[row, 1]])
    day = np.floor(rng.uniform(since[firm], until[firm]))
    hour = np.where(rng.random(len(day)) < 0.85, rng.normal(13, 3.5, len(day)), rng.uniform(0, 24, len(day)))
    t = day + (hour % 24) / 24
    early = t < since[firm]  # on the day of opening
    t = np.where(early, since[firm] + 0.01, t)
    kept = t < world.days
    return Logins(firm[kept], device[kept], t[kept])
