"""How orders end, and when that is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.seventh_worlds.trades import COUNTRIES
from benchmarks.seventh_worlds.units import (
    BAD,
    DEFAULTED,
    DISPUTED,
    NONE,
    OPEN,
    PAID,
    REFUNDED,
    Flags,
    Floats,
    Ints,
    flag,
)
from benchmarks.seventh_worlds.world import World

LAG: Final = np.array([0, 9, 11, 26, 42])
"""Median days from an order to its end, by outcome."""


@dataclass(frozen=True)
class Book:
    """All orders, (n,) each; `at` is when the end is known, NaN where it is not told.

    `spare` ones are there to take the place of those of a ring that nothing ties (see `ties`).
    """

    t: Floats
    consumer: Ints
    firm: Ints
    device: Ints
    account: Ints
    amount: Floats
    outcome: Ints
    at: Floats
    ring: Ints
    spare: Flags

    @property
    def bad(self) -> Flags:
        return np.isin(self.outcome, BAD)

    def only(self, rows: Flags) -> Book:
        """Those orders, none of them spare."""
        parts = {name: value[rows] for name, value in vars(self).items()}
        parts["spare"] = np.zeros(int(rows.sum()), np.bool_)
        return Book(**parts)


def settle(world: World) -> Book:
    """All orders within the window; as many usual ones are spare as there are more than asked for."""
    rng, firms, lacks = world.rng, world.firms, world.settings.lacks
    names = ("t", "consumer", "firm", "device", "account", "amount", "risk", "ring", "usual")
    all_of = {name: np.concatenate([getattr(one, name) for one in world.batches]) for name in names}
    inside = (all_of["t"] >= 0) & (all_of["t"] < world.days)
    t, consumer, firm, device, account, amount, risk, ring, usual = (all_of[name][inside] for name in names)
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
    amount = np.round(amount * np.array([one.rate for one in COUNTRIES])[firms.land[firm]], 2).clip(0.5)
    whole = rng.random(n) < rng.beta(0.5, 3, len(firms))[firm]
    spare = np.zeros(n, np.bool_)
    spare[rng.choice(np.flatnonzero(usual), n - world.settings.orders, replace=False)] = True
    return Book(
        t=t,
        consumer=consumer,
        firm=firm,
        device=np.full(n, NONE) if lacks == "devices" else device,
        account=account,
        amount=np.where(whole, np.ceil(amount), amount),
        outcome=np.where(late, OPEN, outcome),
        at=np.where(late | undated, np.nan, at),
        ring=ring,
        spare=spare,
    )
