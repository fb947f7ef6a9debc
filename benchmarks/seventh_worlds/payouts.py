"""What partners are paid, and to which accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.seventh_worlds.outcomes import Book
from benchmarks.seventh_worlds.settings import CODES
from benchmarks.seventh_worlds.units import groups
from benchmarks.seventh_worlds.world import Ring, World
from benchmarks.writing import events
from benchmarks.writing.units import NONE, REFUNDED, Ints

MOST_PERIODS: Final = 1000
"""Of a partner."""


@dataclass(frozen=True)
class Payouts(events.Payouts):
    """Sorted by partner and moment: paid to `account`, and from there to its `own` if it differs.

    Those of partner p are from `first[p]` to `first[p + 1]`.
    """

    own: Ints
    first: Ints

    def of(self, firm: int) -> Ints:
        """Rows of a partner."""
        return np.arange(self.first[firm], self.first[firm + 1])


def pay_out(world: World, book: Book) -> Payouts:
    """All payouts: sales of each period, less a fee and what was refunded, some days after its end."""
    rng, firms, n = world.rng, world.firms, len(world.firms)
    every, ahead = rng.choice([7, 7, 14, 30], n), rng.uniform(0, 7, n)
    sold = np.flatnonzero(~book.spare)
    firm, t = book.firm[sold], book.t[sold]
    period = np.floor((t + ahead[firm]) / every[firm]).astype(np.int64)
    key, inverse = np.unique(firm * MOST_PERIODS + period, return_inverse=True)
    gross = np.bincount(inverse, np.where(book.outcome[sold] == REFUNDED, 0, book.amount[sold]))
    firm, period = key // MOST_PERIODS, key % MOST_PERIODS
    t = (period + 1) * every[firm] - ahead[firm] + rng.uniform(1, 3, len(firm))
    amount = np.round(gross * rng.uniform(0.955, 0.985, n)[firm], 2)
    kept = (t < world.days) & (amount > 1)
    order = np.flatnonzero(kept)[np.lexsort((t[kept], firm[kept]))]
    firm, t, amount = firm[order], t[order], amount[order]
    own = np.where(t > firms.moved[firm], firms.later_account[firm], firms.account[firm])
    account = np.where(firms.pool[firm] != NONE, firms.pool[firm], own)
    low, high = firms.factored[firm].T
    factored = (firms.factor[firm] != NONE) & (t > low) & (t < high)
    account = np.where(factored, firms.factor[firm], account)
    payouts = Payouts(firm, t, account, amount, own, np.searchsorted(firm, np.arange(n + 1)))
    _pool_at_young_banks(world, payouts)
    for ring in world.rings:
        if "account" in ring.ties:
            _tie(world, payouts, ring)
    return payouts


def _pool_at_young_banks(world: World, payouts: Payouts) -> None:
    """A few payouts of a few strangers arrive at one account of a bank."""
    rng, firms, n = world.rng, world.firms, len(world.firms)
    for _ in range(groups(rng, n * 0.028, n * 0.045)):
        members = world.pick(3 + rng.geometric(0.35), firms.land == rng.choice(firms.land))
        pool = world.accounts.one(CODES[firms.land[members[0]]])
        for one in members:
            rows = payouts.of(one)
            few = rng.choice(rows, min(len(rows), int(rng.integers(1, 4))), replace=False)
            payouts.account[few] = pool
        world.look_alike("pooled_account", "partner", members)


def _tie(world: World, payouts: Payouts, ring: Ring) -> None:
    """Careless rings have one account; of others a member's payout or two go to another's, as in a tree."""
    rng, members = world.rng, ring.firms
    if ring.care < 0.3:
        shared = world.accounts.one(CODES[world.firms.land[members[0]]])
        ring.tools.append(("bank_account", np.array([shared])))
        for one in members:
            rows = payouts.of(one)
            chosen = rows[rng.random(len(rows)) < rng.uniform(0.3, 0.9)]
            _divert(payouts, chosen if len(chosen) else rows[:1], shared)
            if len(rows):
                ring.traces.append(("account", np.array([one]), np.array([shared])))
        return
    for place in range(1, len(members)):
        other = place - 1 if ring.typology == "phoenix" else int(rng.integers(0, place))
        one, two = members[place], members[other]
        rows, others = payouts.of(one), payouts.of(two)
        if (ring.loose and rng.random() < 0.5) or not len(rows) or not len(others):
            continue
        if rng.random() < (0.5 if ring.care > 0.7 else 0.85):
            shared = int(payouts.own[others[0]])
        else:
            shared = world.accounts.one(CODES[world.firms.land[one]])
            _divert(payouts, rng.choice(others, 1), shared)
        few = rng.choice(rows, min(len(rows), int(rng.integers(1, 3))), replace=False)
        _divert(payouts, few, shared)
        ring.traces.append(("account", np.array([one, two]), np.array([shared, shared])))


def _divert(payouts: Payouts, rows: Ints, account: int) -> None:
    payouts.account[rows] = account
    payouts.own[rows] = account
