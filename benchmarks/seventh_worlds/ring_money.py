"""How rings bring their payouts together, through layers of mules, and pay whom they recruited."""

from __future__ import annotations

import numpy as np

from benchmarks.seventh_worlds.payouts import Payouts
from benchmarks.seventh_worlds.settings import CODES
from benchmarks.seventh_worlds.units import flag
from benchmarks.seventh_worlds.world import Ring, World
from benchmarks.writing.events import Moves
from benchmarks.writing.units import Ints


def move_ring_money(world: World, payouts: Payouts, moves: Moves) -> None:
    """All transfers of all rings."""
    for ring in world.rings:
        if "collector" in ring.ties:
            layers = _layers(world, ring, moves)
            for place, one in enumerate(ring.firms):
                _collect(world, ring, payouts, moves, layers, place, int(one))
        if len(ring.recruits) and world.rng.random() < 0.4:
            _kick_back(world, ring, moves)


def _layers(world: World, ring: Ring, moves: Moves) -> list[Ints]:
    """The accounts of each step, the collector's last; mules have lives of their own."""
    rng, firms, care = world.rng, world.firms, ring.care
    chain = ring.typology == "mule_chain"
    hops = int(rng.integers(1, 4)) if chain else int(rng.random() < 0.3 + 0.5 * care)
    layers: list[Ints] = []
    size = len(ring.firms)
    for _ in range(hops):
        size = max(2 if care > 0.5 else 1, int(np.ceil(size / rng.uniform(1.3, 2.2))))
        layers.append(world.accounts.new(size, CODES[firms.land[ring.firms[0]]]))
    layers.append(world.accounts.new(1, CODES[rng.choice(world.settings.lands)]))
    accounts = np.concatenate(layers)
    ring.tools.append(("bank_account", accounts))
    own = np.repeat(accounts, rng.integers(0, 6, len(accounts)))
    n = len(own)
    spent_at = rng.choice(firms.payees.ravel(), n)
    moves.send(rng.uniform(0, world.days, n), own, spent_at, np.exp(rng.normal(4.5, 1, n)))
    payer = firms.account[rng.integers(0, len(firms), n)]
    moves.send(rng.uniform(0, world.days, n), payer, own, np.exp(rng.normal(5, 0.7, n)))
    return layers


def _collect(
    world: World, ring: Ring, payouts: Payouts, moves: Moves, layers: list[Ints], place: int, firm: int
) -> None:
    """Most payouts of a member go on in parts, each part through one account a layer."""
    rng, care, all_rows = world.rng, ring.care, payouts.of(firm)
    rows = all_rows
    if len(rows) > 3:
        rows = rows[flag(rng, len(rows), 1 - 0.7 * care * rng.random())]
    if len(rows) < 2:
        rows = all_rows[:3]
    parts = 1 + rng.integers(0, 1 + int(2 * care + 0.5), len(rows))
    part = np.repeat(1 / parts, parts)
    rows = np.repeat(rows, parts)
    n = len(rows)
    if not n:
        return
    share = rng.uniform(0.85, 0.98) if care < 0.5 else rng.uniform(0.35, 0.8)
    amount = payouts.amount[rows] * part * rng.uniform(0.9, 1.1, n) * share
    source, t = payouts.own[rows], payouts.t[rows] + rng.uniform(0.1, 1.5 + 5 * care, n)
    for layer in layers:
        target = layer[(place + flag(rng, n, 0.35)) % len(layer)]
        moves.send(t, source, target, amount)
        t, amount = t + rng.uniform(0.1, 1 + 4 * care, n), amount * rng.uniform(0.9, 0.99)
        source = target
    if (t < world.days).sum() >= 2:
        ring.traces.append(("collector", np.array([firm]), layers[-1]))


def _kick_back(world: World, ring: Ring, moves: Moves) -> None:
    rng, days, n = world.rng, world.days, int(len(ring.recruits) * world.rng.uniform(0.6, 1.6))
    source = world.firms.account[rng.choice(ring.firms, n)]
    target = world.people.account[rng.choice(ring.recruits, n)]
    moves.send(rng.uniform(days * 0.2, days, n), source, target, np.exp(rng.normal(4.3, 0.6, n)))
