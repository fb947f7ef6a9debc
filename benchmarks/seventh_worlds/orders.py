"""Orders as they are placed: what is not given is as an honest buyer would have it."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.seventh_worlds.people import MACHINES
from benchmarks.seventh_worlds.settings import CODES
from benchmarks.seventh_worlds.units import flag
from benchmarks.seventh_worlds.world import Batch, World
from benchmarks.writing.units import NONE, Flags, Floats, Ints

DOOMED: Final = np.array([0.08, 0.4, 0.03])
UNDELIVERED: Final = np.array([0.15, 0.22, 0.0])
"""Shares refunded, disputed and defaulted, added for a bankrupt shop and for a courier that fails."""


def buy(
    world: World,
    consumer: Ints,
    firm: Ints,
    t: Floats,
    *,
    device: Ints | None = None,
    account: Ints | None = None,
    amount: Floats | None = None,
    risk: Floats | None = None,
    ring: int = NONE,
    told: bool = False,
    usual: bool = False,
) -> None:
    """Note orders, (n,) each; `risk` (3,) or (n, 3). `told`: the device and the account are never missing."""
    rng, firms, n = world.rng, world.firms, len(consumer)
    known = consumer < len(world.people)
    buyer = np.where(known, consumer, 0)
    if device is None:
        device = _device(world, buyer, firm, t)
    elif not told:
        device = np.where(rng.random(n) < firms.no_device[firm] * 0.8, NONE, device)
    if account is None:
        account = _account(world, buyer, firm)
    elif not told:
        account = np.where(rng.random(n) < firms.no_account[firm] * 0.8, NONE, account)
    if risk is None:
        risk = _risk(world, buyer, known, firm, t)
    world.batches.append(
        Batch(
            t=t,
            consumer=consumer,
            firm=firm,
            device=device,
            account=account,
            amount=prices(world, firm) if amount is None else amount,
            risk=np.broadcast_to(risk, (n, 3)),
            ring=np.full(n, ring),
            usual=np.full(n, usual),
        )
    )


def prices(world: World, firm: Ints, more: float = 0.0) -> Floats:
    """Amounts in euros; `more` is added to the mean log price."""
    drawn: Floats = np.exp(world.rng.normal(world.firms.price[firm] + more, world.firms.sigma[firm]))
    return drawn


def _device(world: World, buyer: Ints, firm: Ints, t: Floats) -> Ints:
    rng, people, firms, n = world.rng, world.people, world.firms, len(buyer)
    u = rng.random(n)
    main = np.where(t > people.swap[buyer], people.later_device[buyer], people.device[buyer])
    device = np.where(u < 0.74, main, people.other_device[buyer])
    once = u > 0.955
    device[once] = world.devices.new(int(once.sum()), "mobile")
    place = people.place[buyer]
    there = (place != NONE) & flag(rng, n, 0.25)
    device = np.where(there, world.machines[place, rng.integers(0, MACHINES, n)], device)
    at_till = (firms.till[firm] != NONE) & flag(rng, n, 0.5)
    device = np.where(at_till, firms.till[firm], device)
    return np.where(rng.random(n) < firms.no_device[firm], NONE, device)


def _account(world: World, buyer: Ints, firm: Ints) -> Ints:
    rng, people, n = world.rng, world.people, len(buyer)
    u = rng.random(n)
    account = np.where(u < 0.82, people.account[buyer], people.second_account[buyer])
    once = u > 0.97
    account[once] = world.accounts.new(int(once.sum()), CODES[world.settings.lands[0]])
    place = people.place[buyer]
    company = world.company[place]
    by_company = (place != NONE) & (company != NONE) & flag(rng, n, 0.25)
    account = np.where(by_company, company, account)
    return np.where(rng.random(n) < world.firms.no_account[firm], NONE, account)


def _risk(world: World, buyer: Ints, known: Flags, firm: Ints, t: Floats) -> Floats:
    """(n, 3) by the firm and its troubles, the buyer, bankruptcies and couriers."""
    firms = world.firms
    risk: Floats = firms.risk[firm] * np.where(known[:, None], world.people.luck[buyer], 1) * world.scale
    troubled = (t >= firms.troubled[firm, 0]) & (t <= firms.troubled[firm, 1])
    risk = risk + firms.trouble[firm] * troubled[:, None]
    risk = risk + (t > firms.doom[firm])[:, None] * DOOMED
    failed = np.zeros(len(t), np.bool_)
    for city, low, high, fails in world.couriers:
        failed |= (firms.city[firm] == city) & (t > low) & (t < high) & fails[firm]
    risk += failed[:, None] * UNDELIVERED
    return risk
