"""Honest crowds: consumers who meet at the same shops, machines or accounts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.other_worlds.draws import DAY_S, ranges
from benchmarks.other_worlds.population import add_consumers
from benchmarks.other_worlds.world import OWN, Spell, World
from benchmarks.writing.units import Ints


def malls(world: World) -> None:
    """Shops under one roof: shared customers, and trips through several of them on a day."""
    rng, people = world.rng, world.consumers
    for _ in range(world.how_many()):
        first, n = world.any_partner(), int(min(4 + rng.pareto(1.3) * 3, 16))
        group = world.near_partners(first, n, world.everybody, pull=6)
        crowd = world.local_consumers(world.partners.city[first], int(rng.integers(25, 160)))
        world.favourites.append((crowd, group, rng.uniform(0.3, 0.8)))
        _make_trips(world, crowd, group)
        members = {"partner": world.honest_of(group), "consumer": crowd}
        if rng.random() < 0.4:
            device = world.new_devices(1, rng.uniform(-600, 0) * DAY_S, (0.1, 0.2, 0.6, 0, 0.1))
            members["device"] = device
            users = crowd[rng.random(len(crowd)) < 0.4]
            people["hub"][users] = device
            people["hub_share"][users] = rng.uniform(0.03, 0.2)
        world.add_look_alike("mall", **members)


def _make_trips(world: World, crowd: Ints, group: Ints) -> None:
    rng, window = world.rng, world.window_s
    n = int(len(crowd) * rng.uniform(0.5, 2))
    moment, shops = rng.uniform(0, window, n), 1 + rng.integers(0, 3, n)
    if rng.random() < 0.5:
        # late openings, sales days
        moment = rng.waves(n, (0, window), int(rng.integers(2, 9)), 3 * DAY_S, 0.4)
    who = np.repeat(rng.choice(crowd, n), shops)
    where = rng.choice(group, len(who))
    world.plan(who, where, np.repeat(moment, shops) + rng.uniform(0, 3600 * 4, len(who)))


def tills(world: World) -> None:
    """Machines in the shop on which customers order, some in two shops, some of them the staff's too."""
    rng, shops = world.rng, world.partners
    for _ in range(world.how_many(2.0)):
        partner = world.any_partner()
        device = world.new_devices(1, shops.onboarded_s[partner], (0.05, 0.3, 0.5, 0.05, 0.1))
        shops.till[partner], shops.till_share[partner] = device[0], rng.log_uniform(0.05, 0.85)
        group = [partner]
        if rng.random() < 0.25:
            other = world.near_partners(partner, 2, world.everybody, pull=6)[-1]
            shops.till[other], shops.till_share[other] = device[0], rng.uniform(0.05, 0.5)
            group.append(other)
        if rng.random() < 0.5:
            world.log_in(group, device, world.habits.logins_per_day)
        honest = world.honest_of(group)
        if len(honest):
            world.add_look_alike("till", partner=honest, device=device)


def openings(world: World) -> None:
    """Launches and flash sales: many new customers within days."""
    rng, shops, window = world.rng, world.partners, world.window_s
    for number in range(2 * world.how_many(1.2)):
        of_ring = rng.random(world.n_partners) < 0.15
        fit = (shops.onboarded_s < 0.85 * window) & (shops.closed_s > 0.1 * window)
        fit &= world.honest | of_ring
        new = fit & (shops.onboarded_s > 0)
        fit = new if number % 2 and new.any() else fit
        partner = rng.choice(np.flatnonzero(fit))
        launch = bool(shops.onboarded_s[partner] > 0 and number % 2 == 1)
        crowd = _rush(world, partner, launch=launch)
        if world.honest[partner]:
            name = "launch" if launch else "flash_sale"
            world.add_look_alike(name, partner=[partner], consumer=crowd)


def _rush(world: World, partner: int, *, launch: bool) -> Ints:
    """The customers who come within days; a third come again."""
    rng = world.rng
    opened, closed = world.open_span(partner)
    latest = max(closed - 12 * DAY_S, opened + 1)
    start = opened + rng.uniform(0, 6) * DAY_S if launch else rng.uniform(opened, latest)
    n = int(rng.log_uniform(12, max(15, 0.9 * world.n_orders / world.n_partners)))
    n_new = int(n * rng.uniform(0.3, 0.9))
    city = world.partners.city[partner]
    homes = rng.pick(world.places.near(city, world.habits), n_new)
    created = start + rng.uniform(-12, 8, n_new) * DAY_S
    new = add_consumers(world, n_new, city=homes, created_s=created, activity=rng.uniform(0.1, 0.6))
    old = world.local_consumers(city, n - n_new)
    moment = start + rng.exponential(rng.log_uniform(1, 7), n) * DAY_S
    crowd = np.concatenate([new, old])[:n]
    moment = moment[: len(crowd)]
    if rng.random() < 0.4:
        spell = Spell(partner, start, start + 14 * DAY_S, rng.log_uniform(1.5, 7), 0)
        world.spells.append(spell)
    world.plan(crowd, np.full(len(crowd), partner), moment)
    again = rng.random(len(crowd)) < 0.35
    later = moment[again] + rng.exponential(20, again.sum()) * DAY_S
    world.plan(crowd[again], np.full(again.sum(), partner), later)
    return crowd


def subscriptions(world: World) -> None:
    """Customers who pay every week, fortnight or month."""
    rng, shops, window = world.rng, world.partners, world.window_s
    for _ in range(world.how_many(1.4)):
        fit = (shops.onboarded_s < 0.5 * window) & (shops.closed_s > 0.2 * window)
        partner = rng.choice(np.flatnonzero(fit))
        opened, closed = world.open_span(partner)
        crowd = world.local_consumers(shops.city[partner], int(rng.log_uniform(6, 60)))
        period = rng.choice([7, 14, 30, 30, 30]) * DAY_S
        # a shop may be down to close before it opens, until the world is settled
        start = rng.uniform(opened, max((opened + closed) / 2 + 1, opened), len(crowd))
        times = np.clip(((closed - start) / period).astype(int), 0, 12)
        who, turn = np.repeat(np.arange(len(crowd)), times), ranges(np.zeros(len(crowd)), times)
        moment = start[who] + turn * period + rng.normal(0, 3600, len(who))
        world.plan(crowd[who], np.full(len(who), partner), moment, keep_hour=True)
        if world.honest[partner]:
            world.add_look_alike("subscription", partner=[partner], consumer=crowd)


def clubs(world: World) -> None:
    """Friends who shop at the same shops in waves and pay poorly or send much back."""
    rng, people = world.rng, world.consumers
    for _ in range(world.how_many(1.8)):
        first, n = world.any_partner(), int(rng.integers(3, 9))
        group = world.honest_of(world.near_partners(first, n, world.honest, pull=5))
        crowd = world.local_consumers(world.partners.city[first], int(min(8 + rng.pareto(1.3) * 8, 60)))
        poor = rng.log_uniform(1.2, 11, len(crowd))
        people["defaults"][crowd] = np.maximum(people["defaults"][crowd], poor)
        if rng.random() < 0.35:
            choosy = rng.log_uniform(1.5, 9, len(crowd))
            people["refunds"][crowd] = np.maximum(people["refunds"][crowd], choosy)
        world.favourites.append((crowd, group, rng.uniform(0.2, 0.7)))
        _meet(world, crowd, group)
        members = {"partner": group, "consumer": crowd}
        if rng.random() < 0.45:
            members["device"] = _share_devices(world, crowd)
        if rng.random() < 0.35:
            members["bank_account"] = _keep_kitty(world, crowd)
        world.add_look_alike("club", **members)


def _meet(world: World, crowd: Ints, group: Ints) -> None:
    rng, window = world.rng, world.window_s
    since = rng.uniform(0, 0.6) * window
    until = since + rng.uniform(0.15, 0.7) * window
    for _ in range(int(rng.integers(3, 14))):
        some = rng.choose(crowd, max(3, int(len(crowd) * rng.uniform(0.3, 0.8))))
        n = int(len(some) * rng.uniform(0.8, 2))
        who, where = np.resize(some, n), rng.choice(rng.choose(group, int(rng.integers(1, 5))), n)
        start = rng.uniform(since, until)
        world.plan(who, where, start + rng.exponential(rng.log_uniform(0.4, 4), n) * DAY_S)


def _share_devices(world: World, crowd: Ints) -> Ints:
    rng, people = world.rng, world.consumers
    n = max(1, len(crowd) // int(rng.integers(4, 20)))
    devices = world.new_devices(n, rng.uniform(-400, 0) * DAY_S)
    users = crowd[rng.random(len(crowd)) < 0.5]
    people["hub"][users] = rng.choice(devices, len(users))
    people["hub_share"][users] = rng.uniform(0.05, 0.7)
    return devices


def _keep_kitty(world: World, crowd: Ints) -> Ints:
    rng, people = world.rng, world.consumers
    n, country = max(1, len(crowd) // 12), people["country"][crowd[0]]
    accounts = world.new_accounts(n, country, rng.uniform(-900, 0) * DAY_S)
    payers = crowd[rng.random(len(crowd)) < 0.7]
    people["common_account"][payers] = rng.choice(accounts, len(payers))
    people["common_share"][payers] = rng.uniform(0.1, 0.7)
    return accounts


def common_machines(world: World) -> None:
    """Hostels, campuses and offices: many order from one machine, some from one account."""
    rng, people = world.rng, world.consumers
    for _ in range(world.how_many(2.2)):
        city = int(rng.pick(world.places.city_weight, 1)[0])
        crowd = world.local_consumers(city, int(min(8 + rng.pareto(1.0) * 8, 150)))
        n_devices, seen = 1 + int(rng.integers(0, 3)), rng.uniform(-900, 0) * DAY_S
        devices = world.new_devices(n_devices, seen, (0.1, 0.75, 0.1, 0, 0.05))
        people["hub"][crowd] = rng.choice(devices, len(crowd))
        people["hub_share"][crowd] = rng.log_uniform(0.04, 0.7)
        if rng.random() < 0.5:
            people["defaults"][crowd] *= rng.log_uniform(1, 4)
        near = rng.choose(np.flatnonzero(world.partners.city == city), int(rng.integers(2, 7)))
        group = world.honest_of(near)
        name = rng.choice(["dormitory", "campus", "office", "hostel"])
        members = {"consumer": crowd, "device": devices}
        if len(group):
            world.favourites.append((crowd, group, rng.uniform(0.1, 0.6)))
        if name == "office" or rng.random() < 0.3:
            share = (0.1, 0.8)
            members["bank_account"] = _common_account(world, crowd, city, 1500, 20, share)
        if len(group) and rng.random() < 0.75:
            _order_together(world, group, members)
        world.add_look_alike(name, **members)


def _common_account(
    world: World, crowd: Ints, city: int, oldest: float, newest: float, share: tuple[float, float]
) -> Ints:
    """An account from which all of them pay, `oldest` to `newest` days old."""
    rng, people = world.rng, world.consumers
    country = world.places.city_country[city]
    account = world.new_accounts(1, country, rng.uniform(-oldest, -newest) * DAY_S)
    people["common_account"][crowd] = account
    people["common_share"][crowd] = rng.log_uniform(*share)
    return account


def _order_together(world: World, group: Ints, members: dict[str, Ints]) -> None:
    """Orders from the common machine at up to three shops nearby."""
    rng, window = world.rng, world.window_s
    crowd, devices = members["consumer"], members["device"]
    n = int(rng.log_uniform(0.3, 4) * len(crowd)) + 4
    shops = group[: int(rng.integers(1, 4))]
    since = rng.uniform(0, 0.5) * window
    who, where, moment = rng.choice(crowd, n), rng.choice(shops, n), rng.uniform(since, window, n)
    device = np.where(rng.random(n) < rng.uniform(0.3, 0.95), rng.choice(devices, n), OWN)
    account: ArrayLike = OWN
    if "bank_account" in members:
        account = np.where(rng.random(n) < rng.uniform(0, 0.9), members["bank_account"][0], OWN)
    world.plan(who, where, moment, device=device, account=account)


def vouchers(world: World) -> None:
    """Crowds who pay from an account of vouchers."""
    rng = world.rng
    for _ in range(world.how_many()):
        city = int(rng.pick(world.places.city_weight, 1)[0])
        crowd = world.local_consumers(city, int(min(10 + rng.pareto(1.0) * 10, 250)))
        account = _common_account(world, crowd, city, 900, 0, (0.05, 0.5))
        world.add_look_alike("voucher", consumer=crowd, bank_account=account)
