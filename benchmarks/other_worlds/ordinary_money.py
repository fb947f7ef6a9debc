"""Ordinary money: what owners, suppliers, landlords and staff are paid, and what people pay each other."""

from __future__ import annotations

import numpy as np

from benchmarks.other_worlds.draws import DAY_S, EVER_S
from benchmarks.other_worlds.world import Forward, Sweep, World
from benchmarks.writing.units import Ints


def move_money(world: World, wholesalers: Ints) -> None:
    """Rules for all ordinary transfers."""
    own = _pay_owners(world)
    suppliers = _pay_suppliers(world, wholesalers)
    _pay_on(world, own, suppliers)
    _pay_wages(world)
    _pay_each_other(world)


def _pay_owners(world: World) -> Ints:
    """(partners,) accounts of the owners, to which two thirds of the partners send money."""
    rng, shops, n = world.rng, world.partners, world.n_partners
    own = world.new_accounts(n, shops.country, shops.onboarded_s - rng.exponential(900, n) * DAY_S)
    for partner in np.flatnonzero(rng.random(n) < 0.65):
        most, delay = rng.beta(1.2, 1.5) * 0.8 + 0.1, rng.log_uniform(0.3, 8)
        _sweep(world, partner, own[partner], (0.05, most), delay, rng.uniform(0.15, 1))
    return own


def _pay_suppliers(world: World, wholesalers: Ints) -> Ints:
    """The suppliers' accounts: few serve many, most within a trade and country."""
    rng, shops, n = world.rng, world.partners, max(20, world.n_partners // 4)
    country = rng.choice(world.habits.countries, n, p=world.places.country_share)
    suppliers = world.new_accounts(n, country, -rng.uniform(50, 3000, n) * DAY_S)
    weight = 1 / (1 + np.arange(n)) ** 0.7
    market = (shops.trade * 13 + shops.country * 7) % 17
    for partner in range(world.n_partners):
        for _ in range(rng.binomial(3, 0.4)):
            number = (int(rng.pick(weight, 1)[0]) * 17 + market[partner]) % n
            most, delay = rng.uniform(0.06, 0.5), rng.log_uniform(0.5, 15)
            _sweep(world, partner, suppliers[number], (0.03, most), delay, rng.uniform(0.08, 0.5))
    for supplier in suppliers:
        if rng.random() < 0.5:
            target, delay = rng.choice(wholesalers), rng.log_uniform(0.5, 8)
            chance = rng.uniform(0.1, 0.5)
            world.forwards.append(Forward(supplier, target, 0.2, 0.9, delay, chance))
    return suppliers


def _pay_on(world: World, own: Ints, suppliers: Ints) -> None:
    """Some owners pay suppliers or each other."""
    rng = world.rng
    for partner in np.flatnonzero(rng.random(world.n_partners) < 0.35):
        if rng.random() < 0.5:
            to_supplier = rng.random() < 0.5
            target = rng.choice(suppliers) if to_supplier else own[world.any_partner()]
            delay, chance = rng.log_uniform(0.5, 8), rng.uniform(0.1, 0.6)
            world.forwards.append(Forward(own[partner], target, 0.1, 0.8, delay, chance))


def _pay_wages(world: World) -> None:
    rng = world.rng
    for partner in np.flatnonzero(rng.random(world.n_partners) < 0.45):
        n = int(rng.integers(1, 5))
        for employee in world.local_consumers(world.partners.city[partner], n, of_all=True):
            account, delay = world.consumers["account"][employee], rng.log_uniform(0.5, 10)
            _sweep(world, partner, account, (0.02, 0.2), delay, rng.uniform(0.08, 0.3))


def _pay_each_other(world: World) -> None:
    """Transfers between consumers, most of them neighbours."""
    rng, people, known = world.rng, world.consumers, len(world.consumers)
    n = int(known * world.habits.between_people)
    source = rng.integers(0, known, n)
    near = rng.random(n) < 0.6
    target = np.where(near, (source + rng.integers(1, 4, n)) % known, rng.integers(0, known, n))
    neighbours = np.argsort(people["city"] + rng.random(known) * 0.9)
    source, target = (people["account"][neighbours[one]] for one in (source, target))
    moment = rng.uniform(0, world.window_s, n)
    world.transfers.append((moment, source, target, rng.log_uniform(5, 300, n)))


def _sweep(
    world: World, partner: int, account: int, shares: tuple[float, float], delay: float, chance: float
) -> None:
    """From all payouts of that partner."""
    world.sweeps.append(Sweep(partner, -EVER_S, EVER_S, int(account), *shares, delay, chance))
