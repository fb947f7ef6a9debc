"""Buyers that a ring brings, with devices and accounts of their own and common ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.seventh_worlds.orders import buy
from benchmarks.seventh_worlds.settings import CODES
from benchmarks.seventh_worlds.units import flag
from benchmarks.seventh_worlds.world import Ring, World
from benchmarks.writing.units import Floats, Ints


@dataclass(frozen=True)
class Reuse:
    """How often an order of a ring comes from a common device and from a common account."""

    device: float
    account: float

    def times(self, share: float) -> Reuse:
        return Reuse(self.device * share, self.account * share)


@dataclass(frozen=True)
class Buyers:
    """(n,) consumers, (n, 3) and (n, 2) devices and accounts of their own, (n, 2) common ones each."""

    consumer: Ints
    own_device: Ints
    common_device: Ints
    own_account: Ints
    common_account: Ints

    def __len__(self) -> int:
        return len(self.consumer)


def strangers(world: World, ring: Ring, n: int, land: int) -> Buyers:
    """New buyers; some common devices are second-hand or infected, and honest people use them as well."""
    rng, firms = world.rng, world.firms
    lands = np.where(flag(rng, n, 0.85), land, rng.choice(world.settings.lands))
    consumer = world.consumers.new(n, CODES[lands])
    ring.tools.append(("consumer", consumer))
    common = max(2, int(n / (1.6 + 4 * (1 - ring.care))))
    devices = world.devices.new(common, "mobile" if rng.random() < 0.5 else "desktop")
    accounts = world.accounts.new(common, CODES[land])
    buyers = Buyers(
        consumer,
        world.devices.new(n * 3, "mobile").reshape(n, 3),
        rng.choice(devices, (n, 2)),
        world.accounts.new(n * 2, CODES[land]).reshape(n, 2),
        rng.choice(accounts, (n, 2)),
    )
    used = devices[flag(rng, common, 0.35)]
    times = rng.integers(1, 5, len(used))
    who = np.repeat(rng.integers(0, len(world.people), len(used)), times)
    firm = world.favourites[who, rng.integers(0, world.favourites.shape[1], len(who))]
    t = rng.uniform(firms.opening[firm], firms.ending[firm])
    buy(world, who, firm, t, device=np.repeat(used, times))
    return buyers


def wear(world: World, buyers: Buyers, at: Ints, care: float, reuse: Reuse) -> tuple[Ints, Ints]:
    """Device and account of each order, whose buyer is at `at`; a few go through an honest device."""
    rng, n = world.rng, len(at)
    device = np.where(
        rng.random(n) < reuse.device,
        buyers.common_device[at, rng.integers(0, 2, n)],
        buyers.own_device[at, rng.integers(0, 1 + int(2 * care + 0.5), n)],
    )
    proxy = world.people.device[rng.integers(0, len(world.people), n)]
    device = np.where(rng.random(n) < 0.05 * care, proxy, device)
    account = np.where(
        rng.random(n) < reuse.account,
        buyers.common_account[at, rng.integers(0, 2, n)],
        buyers.own_account[at, rng.integers(0, 1 + int(care + 0.5), n)],
    )
    return device, account


def mask(world: World, buyers: Buyers, care: float, reuse: Reuse, n: int, low: float, high: float) -> None:
    """Orders of a ring's buyers at other partners, which end as anybody's do."""
    rng, firms = world.rng, world.firms
    firm = anywhere(world, n)
    firm = firm[(firms.opening[firm] < high) & (firms.ending[firm] > low + 0.5)]
    at = rng.integers(0, len(buyers), len(firm))
    device, account = wear(world, buyers, at, care, reuse)
    t = rng.uniform(np.maximum(firms.opening[firm], low), np.minimum(firms.ending[firm], high))
    buy(world, buyers.consumer[at], firm, t, device=device, account=account)


def anywhere(world: World, n: int) -> Ints:
    """(n,) partners, the popular ones more often."""
    return world.in_city.draw(world.rng, np.full(n, -1))


def random_moments(world: World, firm: Ints) -> Floats:
    """A moment of each partner's life."""
    return world.rng.uniform(world.firms.opening[firm], world.firms.ending[firm])
