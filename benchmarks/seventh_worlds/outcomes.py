"""How orders end, and when that is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from benchmarks.seventh_worlds.trades import COUNTRIES
from benchmarks.seventh_worlds.units import BAD, flag
from benchmarks.seventh_worlds.world import World
from benchmarks.writing import events
from benchmarks.writing.units import (
    DEFAULTED,
    DISPUTED,
    NONE,
    OPEN,
    PAID,
    REFUNDED,
    Flags,
    Ints,
    joined,
    only,
)

LAG: Final = np.array([9, 11, 26, 42, 0])
"""Median days from an order to its end, by outcome."""


@dataclass(frozen=True)
class Book(events.Book):
    """`spare` ones are there to take the place of those of a ring that nothing ties (see `ties`)."""

    ring: Ints
    spare: Flags

    @property
    def bad(self) -> Flags:
        return np.isin(self.outcome, BAD)

    def only(self, rows: Flags) -> Book:
        """Those orders, none of them spare."""
        return replace(only(self, rows), spare=np.zeros(np.count_nonzero(rows), np.bool_))


def settle(world: World) -> Book:
    """All orders within the window; as many usual ones are spare as there are more than asked for."""
    rng, firms, lacks = world.rng, world.firms, world.settings.lacks
    plans = joined(world.batches)
    plans = only(plans, (plans.t >= 0) & (plans.t < world.days))
    t, firm, risk = plans.t, plans.firm, plans.risk
    n = len(t)
    risk = risk * np.minimum(1, 0.95 / np.maximum(risk.sum(axis=1), 0.01))[:, None]
    u, below = rng.random(n), np.cumsum(risk, axis=1)
    outcome = np.select(
        [u < below[:, 0], u < below[:, 1], u < below[:, 2]], [REFUNDED, DISPUTED, DEFAULTED], PAID
    )
    slow = 3.2 if lacks == "outcomes" else 1
    at = t + LAG[outcome] * np.exp(rng.normal(0, 0.5, n)) * slow * rng.uniform(0.6, 1.2)
    late = at >= world.days
    undated = flag(rng, n, 0.6 if lacks == "outcomes" else rng.choice([0, 0.02, 0.1]))
    amount = np.round(plans.amount * np.array([one.rate for one in COUNTRIES])[firms.land[firm]], 2).clip(0.5)
    whole = rng.random(n) < rng.beta(0.5, 3, len(firms))[firm]
    spare = np.zeros(n, np.bool_)
    spare[rng.choice(np.flatnonzero(plans.usual), n - world.settings.orders, replace=False)] = True
    return Book(
        t=t,
        consumer=plans.consumer,
        firm=firm,
        device=np.full(n, NONE) if lacks == "devices" else plans.device,
        account=plans.account,
        amount=np.where(whole, np.ceil(amount), amount),
        outcome=np.where(late, OPEN, outcome),
        at=np.where(late | undated, np.nan, at),
        ring=plans.ring,
        spare=spare,
    )
