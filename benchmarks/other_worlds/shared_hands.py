"""Honest partners that share an account or a device: with an agent, an owner, a supplier or by chance."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.other_worlds.draws import DAY_S
from benchmarks.other_worlds.population import add_consumers
from benchmarks.other_worlds.world import Forward, PartlyPaid, Sweep, World
from benchmarks.writing.units import Ints

ALWAYS_S: Final = -1e11
"""Since before the window, but after the partner's first account."""


def facilitators(world: World) -> None:
    """Payment facilitators: their account is the payout account of many, ring partners too."""
    rng, window = world.rng, world.window_s
    for _ in range(world.how_many()):
        n = int(min(5 + rng.pareto(1.1) * 5, 60, world.n_partners // 4))
        first = world.any_partner()
        pull, same_country = rng.uniform(0, 3), rng.random() < 0.7
        group = world.near_partners(first, n, world.everybody, pull=pull, same_country=same_country)
        n_accounts, opened = 1 + int(rng.random() < 0.2), rng.uniform(-1500, -100) * DAY_S
        accounts = world.new_accounts(n_accounts, world.partners.country[first], opened)
        for partner in group:
            way = rng.random()
            if way < 0.5:
                world.pay_into(partner, ALWAYS_S, rng.choice(accounts))
            elif way < 0.8:
                world.pay_into(partner, rng.uniform(0, window), rng.choice(accounts))
            else:
                since, share = rng.uniform(0, 0.7) * window, rng.uniform(0.2, 0.7)
                world.partly_paid.append(PartlyPaid(partner, since, window, int(accounts[0]), share))
        honest = world.honest_of(group)
        world.add_look_alike("payment_facilitator", partner=honest, bank_account=accounts)


def advisers(world: World) -> None:
    """Book-keepers of many and agencies of few, who log in for their clients."""
    rng = world.rng
    for _ in range(world.how_many(1.0)):
        n = int(min(6 + rng.pareto(1.2) * 8, 70, world.n_partners // 4))
        _advise(world, "bookkeeper", n)
    for _ in range(world.how_many(world.habits.agency_factor)):
        _advise(world, "agency", int(rng.integers(2, 9)))


def _advise(world: World, name: str, n: int) -> None:
    rng, window = world.rng, world.window_s
    first = world.any_partner()
    group = world.near_partners(first, n, world.everybody, pull=rng.uniform(2, 6))
    n_devices, seen = 1 + int(rng.random() < 0.35), rng.uniform(-900, 0) * DAY_S
    devices = world.new_devices(n_devices, seen, (0.1, 0.85, 0.05, 0, 0))
    since = rng.uniform(-0.5, 0.6, len(group)) * window
    until = since + rng.log_uniform(0.15, 2, len(group)) * window
    used = devices[rng.integers(0, n_devices, len(group))]
    rate = world.habits.logins_per_day * rng.log_uniform(0.15, 1.5, len(group))
    world.log_in(group, used, rate, since, until)
    world.add_look_alike(name, partner=world.honest_of(group), device=devices)


def shared_staff(world: World) -> None:
    """Staff who work in two shops, spouses' accounts: small ties that mean nothing."""
    rng, window = world.rng, world.window_s
    for _ in range(world.how_many(world.habits.staff_factor)):
        first, n = world.any_partner(), int(rng.integers(2, 4))
        group = world.near_partners(first, n, world.everybody, pull=5)
        device = world.new_devices(1, rng.uniform(-500, 0) * DAY_S)
        since = rng.uniform(-0.3, 0.8) * window
        if rng.random() < 0.75:
            until = since + rng.uniform(0.2, 0.8) * window
            rate = world.habits.logins_per_day * rng.log_uniform(0.2, 1.5, len(group))
            world.log_in(group, device, rate, since, until)
            shared = {"device": device}
        else:
            country = world.partners.country[group[0]]
            account = world.new_accounts(1, country, rng.uniform(-900, 0) * DAY_S)
            for partner in group:
                until, share = since + rng.uniform(0.1, 0.6) * window, rng.uniform(0.3, 0.9)
                world.partly_paid.append(PartlyPaid(partner, since, until, int(account[0]), share))
            shared = {"bank_account": account}
        world.add_look_alike("shared_staff", partner=world.honest_of(group), **shared)


def franchises(world: World) -> None:
    """Shops of one brand: one trade, alike in name and price; many pay one account or share a machine."""
    rng = world.rng
    for _ in range(world.how_many()):
        n = int(min(3 + rng.pareto(1.2) * 2.5, 18, world.n_partners // 6))
        first = world.honest_partner()
        group = world.near_partners(first, n, world.honest, pull=rng.uniform(0, 2))
        _rebrand(world, first, group)
        members = {"partner": group}
        way = rng.random()
        if way < 0.65:
            members["bank_account"] = _franchise_account(world, first, group)
        if way > 0.4:
            device = world.new_devices(1, rng.uniform(-900, 0) * DAY_S, (0, 0.9, 0.1, 0, 0))
            rate = world.habits.logins_per_day * rng.log_uniform(0.2, 2, len(group))
            world.log_in(group, device, rate)
            members["device"] = device
        world.add_look_alike("franchise", **members)


def _rebrand(world: World, first: int, group: Ints) -> None:
    rng, shops = world.rng, world.partners
    name = shops.name[first]
    brand = name.split()[0] if rng.random() < 0.5 else name
    for partner in group:
        shops.trade[partner] = shops.trade[first]
        shops.median[partner] = shops.median[first] * np.exp(rng.normal(0, 0.1))
        shops.price_style[partner] = shops.price_style[first]
        if not shops.taken[partner]:
            word, number = rng.choice(world.trade_of(partner).words), str(rng.integers(2, 30))
            shops.name[partner] = brand + " " + rng.choice([world.city_name(partner), word, number])


def _franchise_account(world: World, first: int, group: Ints) -> Ints:
    rng, window = world.rng, world.window_s
    country = world.partners.country[first]
    account = world.new_accounts(1, country, rng.uniform(-2000, -200) * DAY_S)
    for partner in group:
        if rng.random() < 0.35:
            _pay_at_some_time(world, partner, account, always=0.6)
        else:
            most, delay = rng.uniform(0.1, 0.9), rng.log_uniform(0.4, 4)
            chance = rng.uniform(0.3, 1)
            world.sweeps.append(Sweep(partner, 0, window, int(account[0]), 0.05, most, delay, chance))
    return account


def _pay_at_some_time(world: World, partner: int, account: Ints, *, always: float) -> None:
    """The account is the partner's from the start with that chance, else from some moment on."""
    since = ALWAYS_S if world.rng.random() < always else world.rng.uniform(0, world.window_s)
    world.pay_into(partner, since, account)


def owners(world: World) -> None:
    """Owners of several shops nearby, who also shop there and take money out."""
    rng, shops = world.rng, world.partners
    for _ in range(world.how_many(1.6)):
        first = world.honest_partner()
        group = world.near_partners(first, int(rng.integers(2, 6)), world.honest, pull=5)
        members = {"partner": group}
        way = rng.random()
        owner = add_consumers(world, 1, city=shops.city[first])
        if way < 0.7:
            members["bank_account"] = _owner_account(world, first, group)
        if way > 0.3:
            members["device"] = _owner_device(world, owner, group)
        home = int(world.consumers["account"][owner[0]])
        for partner in group:
            most, delay = rng.uniform(0.15, 0.9), rng.log_uniform(0.4, 5)
            chance = rng.uniform(0.2, 0.9)
            world.sweeps.append(Sweep(partner, 0, world.window_s, home, 0.05, most, delay, chance))
        if rng.random() < 0.3:
            for partner in group:
                shops.legal_name[partner] = shops.legal_name[first]
        customers = world.local_consumers(shops.city[first], int(rng.integers(10, 80)))
        world.favourites.append((customers, group, 0.5))
        world.add_look_alike("one_owner", consumer=owner, **members)


def _owner_account(world: World, first: int, group: Ints) -> Ints:
    rng = world.rng
    if rng.random() < 0.6:
        country = world.partners.country[first]
        account = world.new_accounts(1, country, rng.uniform(-1200, -50) * DAY_S)
    else:
        account = world.partners.account[group[:1]]
    for partner in group:
        if rng.random() < 0.75:
            _pay_at_some_time(world, partner, account, always=0.65)
    return account


def _owner_device(world: World, owner: Ints, group: Ints) -> Ints:
    rng = world.rng
    device = world.consumers["device"][owner]
    world.log_in(group, device, world.habits.logins_per_day * rng.log_uniform(0.3, 2, len(group)))
    n = int(rng.integers(2, 12))
    world.plan(np.repeat(owner, n), rng.choice(group, n), rng.uniform(0, world.window_s, n))
    return device


def suppliers(world: World) -> Ints:
    """Suppliers and factors who are paid by many and pay on; the wholesalers' accounts."""
    rng, n = world.rng, max(6, world.n_partners // 40)
    country = rng.integers(0, world.habits.countries, n)
    wholesalers = world.new_accounts(n, country, -rng.uniform(100, 3000, n) * DAY_S)
    for number in range(2 * world.how_many()):
        _supply(world, wholesalers, factor=number % 2 == 0)
    return wholesalers


def _supply(world: World, wholesalers: Ints, *, factor: bool) -> None:
    rng = world.rng
    few = rng.random() < 0.6
    many = min(8 + rng.pareto(1.1) * 8, 80, world.n_partners // 4) if not few else rng.integers(3, 9)
    first = world.any_partner()
    group = world.near_partners(first, int(many), world.everybody, pull=rng.uniform(0, 4))
    country = world.partners.country[first]
    account = world.new_accounts(1, country, rng.uniform(-2000, -50) * DAY_S)
    branches = account[:0]
    if factor and rng.random() < 0.4:
        branches = world.new_accounts(max(1, len(group) // 3), country, rng.uniform(-900, 0) * DAY_S)
    for partner in group:
        _pay_supplier(world, partner, account, branches, factor=factor)
    for branch in branches:
        delay = rng.log_uniform(0.3, 3)
        world.forwards.append(Forward(branch, int(account[0]), 0.7, 0.98, delay, 0.95))
    for wholesaler in rng.choice(wholesalers, 2):
        delay, chance = rng.log_uniform(0.5, 6), rng.uniform(0.3, 0.9)
        world.forwards.append(Forward(account[0], wholesaler, 0.3, 0.9, delay, chance))
    world.add_look_alike(
        "factoring" if factor else "supplier",
        partner=world.honest_of(group),
        bank_account=np.concatenate([account, branches]),
    )


def _pay_supplier(world: World, partner: int, account: Ints, branches: Ints, *, factor: bool) -> None:
    rng, window = world.rng, world.window_s
    since = rng.uniform(0, 0.5) * window if rng.random() < 0.5 else 0
    target = int(rng.choice(branches)) if len(branches) else int(account[0])
    if factor:
        until = since + rng.uniform(0.3, 1) * window
        delay, chance = rng.log_uniform(0.2, 2), rng.uniform(0.6, 1)
        world.sweeps.append(Sweep(partner, since, until, target, 0.4, 0.97, delay, chance))
    else:
        delay, chance = rng.log_uniform(1, 12), rng.uniform(0.2, 0.8)
        world.sweeps.append(Sweep(partner, since, window, target, 0.05, 0.4, delay, chance))
