"""Where honest money goes on: to owners, suppliers, staff and parents, between firms and between people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.seventh_worlds.payouts import Payouts
from benchmarks.seventh_worlds.units import flag, groups
from benchmarks.seventh_worlds.world import World
from benchmarks.writing.events import Moves, Transfers
from benchmarks.writing.units import NONE, joined, only


def sent(moves: Moves, days: float) -> Transfers:
    """Those within the window, of a cent at least."""
    every = joined(moves.parts)
    inside = (every.t > 0) & (every.t < days) & (every.source != every.target) & (every.amount >= 0.01)
    kept = only(every, inside)
    return replace(kept, amount=np.round(kept.amount, 2))


def trade_on(world: World, payouts: Payouts, moves: Moves) -> None:
    """All honest transfers."""
    _pass_on_pooled(world, payouts, moves)
    _spend(world, payouts, moves)
    _sweep(world, payouts, moves)
    _pay_each_other(world, moves)


def _pass_on_pooled(world: World, payouts: Payouts, moves: Moves) -> None:
    """Facilitators, factors and banks pay what they hold for others."""
    rng, rows = world.rng, np.flatnonzero(payouts.account != payouts.own)
    n = len(rows)
    t, amount = payouts.t[rows] + rng.uniform(0.5, 4, n), payouts.amount[rows] * rng.uniform(0.9, 0.99, n)
    moves.send(t, payouts.account[rows], payouts.own[rows], amount)


def _spend(world: World, payouts: Payouts, moves: Moves) -> None:
    """Payees and wages."""
    rng, firms = world.rng, world.firms
    payees = np.column_stack([firms.payees, firms.owner_account])
    rows = np.repeat(np.arange(len(payouts.t)), rng.poisson(0.9, len(payouts.t)).clip(0, 4))
    n = len(rows)
    target = payees[payouts.firm[rows], rng.integers(0, payees.shape[1], n)]
    t, amount = payouts.t[rows] + rng.exponential(4, n) + 0.2, payouts.amount[rows] * rng.beta(1.2, 3, n)
    moves.send(t, payouts.own[rows], target, amount)
    rows = np.flatnonzero(flag(rng, len(payouts.t), 0.12))
    n = len(rows)
    staff = firms.staff[payouts.firm[rows], rng.integers(0, 2, n)]
    t, amount = payouts.t[rows] + rng.uniform(0, 9, n), payouts.amount[rows] * rng.beta(1.5, 8, n)
    moves.send(t, payouts.own[rows], world.people.account[staff], amount)


def _sweep(world: World, payouts: Payouts, moves: Moves) -> None:
    """Holdings take nearly all, at once, in two steps."""
    rng, holding = world.rng, world.firms.holding[payouts.firm]
    rows = np.flatnonzero(holding != NONE)
    t, amount = payouts.t[rows], payouts.amount[rows] * rng.uniform(0.85, 0.99, len(rows))
    moves.send(t + rng.uniform(0.3, 2, len(rows)), payouts.own[rows], holding[rows], amount)
    after = np.zeros(world.accounts.n, np.int64)
    for first, second in world.holdings:
        after[first] = second
    moves.send(t + rng.uniform(2, 4, len(rows)), holding[rows], after[holding[rows]], amount * 0.97)


def _pay_each_other(world: World, moves: Moves) -> None:
    rng, firms, people, days = world.rng, world.firms, world.people, world.days
    for circle in world.circles:
        n = int(rng.integers(6, 30))
        one = rng.integers(0, len(circle), n)
        two = (one + rng.integers(1, len(circle), n)) % len(circle)
        amount = np.exp(firms.price[circle[one]]) * rng.uniform(3, 30, n)
        moves.send(rng.uniform(0, days, n), firms.account[circle[one]], firms.account[circle[two]], amount)
    n = groups(rng, 300, 1500, world.settings.volume)
    source, target = people.account[rng.integers(0, len(people), (2, n))]
    moves.send(rng.uniform(0, days, n), source, target, np.exp(rng.normal(4, 1, n)))
