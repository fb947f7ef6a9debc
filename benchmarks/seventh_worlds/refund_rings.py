"""Rings of buyers alone, who have goods refunded by many honest partners."""

from __future__ import annotations

import numpy as np

from benchmarks.seventh_worlds.orders import buy, prices
from benchmarks.seventh_worlds.ring_buyers import Reuse, strangers, wear
from benchmarks.seventh_worlds.world import Ring, World


def refund(world: World, ring: Ring, reuse: Reuse) -> None:
    """Five to fifteen buyers; each wears what its neighbour wears at least twice."""
    rng, firms, days, care = world.rng, world.firms, world.days, ring.care
    many = int(rng.integers(5, 16))
    buyers = strangers(world, ring, many, int(rng.choice(world.settings.lands)))
    who = np.repeat(np.arange(many), rng.integers(6, 16, many))
    used_to = rng.permutation(np.flatnonzero((firms.risk[:, 0] > 0.05) & (world.custom > 60)))
    if not len(used_to):
        return
    firm = rng.choice(used_to[: rng.integers(8, 40)], len(who))
    length = min(days * 0.9, 30 + 200 * care)
    start = rng.uniform(0, days - length)
    low, high = np.maximum(firms.opening[firm], start), np.minimum(firms.ending[firm], start + length)
    alive = high - low > 1
    who, firm, low, high = who[alive], firm[alive], low[alive], high[alive]
    reuse = Reuse(max(reuse.device, 0.25), max(reuse.account, 0.12))
    device, account = wear(world, buyers, who, care, reuse)
    first = np.flatnonzero(np.diff(who, prepend=-1))
    twice = np.unique(np.concatenate([first, first + 1]))
    twice = twice[twice < len(who)]
    neighbour = (who[twice] + 1) % many
    if world.settings.lacks == "devices":
        account[twice] = buyers.own_account[neighbour, 0]
    else:
        device[twice] = buyers.own_device[neighbour, 0]
    bad = rng.uniform(0.4, 0.8) * (1 - 0.35 * care)
    buy(
        world, buyers.consumer[who], firm, rng.uniform(low, high), device=device, account=account,
        amount=prices(world, firm, 0.3), risk=np.array([bad * 0.8, bad * 0.2, 0]), ring=ring.number,
        told=True,
    )  # fmt: skip
