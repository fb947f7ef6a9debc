"""Honest people who buy at the same partners."""

from __future__ import annotations

import numpy as np

from benchmarks.further_worlds.groups import add_group, between, spread
from benchmarks.further_worlds.plans import OWN, to_any
from benchmarks.further_worlds.units import DAY_S
from benchmarks.further_worlds.world import World
from benchmarks.writing.units import Floats, Ints


def _a_city(world: World) -> int:
    return int(world.rng.choice(world.shops.city))


def _neighbours(world: World, n: int, city: int) -> Ints:
    return world.ordinary_people(n, [world.city_country[city]], city)


def _honest(world: World, partners: Ints) -> Ints:
    return partners[~world.shops.in_ring[partners]]


def add_staff_custom(world: World) -> None:
    """Payouts are shared with people who also shop there: an honest loop of money."""
    rng, shops = world.rng, world.shops
    partners = world.pick_any(between(world, 1, 4), country=world.a_country())
    if partners is None:
        return
    first = partners[0]
    staff = world.ordinary_people(between(world, 3, 15), [shops.country[first]], shops.city[first])
    if len(staff) < 3:
        return
    levels = [to_any(rng, world.people.account[staff])]
    chance, parts = rng.uniform(0.3, 0.9), between(world, 2, 4)
    world.pass_on(partners, (0, world.window_s), (0.1, 0.6), chance, levels, (0.2, 5), parts)
    n = between(world, 3, 8) * len(staff)
    where = rng.choice(partners, n)
    consumers = rng.choice(staff, n)
    world.plan(consumers, where, world.at_hours(world.any_time(where), where))
    add_group(world, "staff_custom", partner=_honest(world, partners), consumer=staff)


def add_mall(world: World) -> None:
    """Visitors who buy at several shops within hours."""
    rng, city = world.rng, _a_city(world)
    partners = world.pick_any(between(world, 5, 14), city=city)
    if partners is None:
        return
    visitors = _neighbours(world, between(world, 60, 260), city)
    if not len(visitors):
        return
    visits = np.repeat(visitors, rng.integers(1, 4, len(visitors)))
    day_s = rng.uniform(5 * DAY_S, world.window_s, len(visits))
    each = between(world, 2, 3)
    where = rng.choice(partners, len(visits) * each)
    midnight: Floats = np.floor(np.repeat(day_s, each) / DAY_S) * DAY_S
    comes = midnight + np.repeat(rng.uniform(10, 18, len(visits)), each) * 3600
    world.plan(np.repeat(visits, each), where, comes + rng.uniform(0, 3, len(where)) * 3600)
    add_group(world, "mall", partner=partners)


def add_quarter(world: World) -> None:
    """Neighbours with the same few shops; some quarters are poor, some buy all in one season."""
    rng, window, city = world.rng, world.window_s, _a_city(world)
    partners = world.pick_any(between(world, 3, 7), city=city)
    if partners is None:
        return
    people = _neighbours(world, between(world, 15, 55), city)
    if len(people) < 8:
        return
    n = len(people) * between(world, 3, 8)
    where = rng.choice(partners, n)
    poor = rng.random() < 0.4
    if rng.random() < 0.45:
        since = spread(world, 0.05, 0.85) * window
        moment = rng.uniform(since, min(since + spread(world, 8, 80) * DAY_S, window), n)
    else:
        moment = world.any_time(where)
    jobless = poor and rng.random() < 0.45  # a works closes: they stop paying, here and everywhere
    if poor:
        world.people.risk[people] *= 6 if jobless else 2.5
    consumers = rng.choice(people, n)
    moment = world.at_hours(moment, where)
    scale = spread(world, 0.9, 1.35)
    bad = [0.04, 0.04, spread(world, 0.2, 0.4)] if jobless else None
    world.plan(consumers, where, moment, scale, bad=bad)
    kind = "poor_quarter" if poor else "quarter"
    add_group(world, kind, partner=_honest(world, partners), consumer=people)


def add_sale(world: World) -> None:
    """A flash sale at one shop or several: new buyers, and part is returned."""
    rng, shops = world.rng, world.shops
    n = 1 if rng.random() < 0.6 else between(world, 2, 5)
    partners = world.pick_any(n, country=world.a_country(), orders=(20, 1e9))
    if partners is None:
        return
    country = shops.country[partners[0]]
    since = spread(world, max(shops.opens[partners].max(), 0), world.window_s * 0.97)
    length_s = spread(world, 1, 12) * DAY_S
    usual = world.orders_of()[partners].sum()
    orders = int(np.clip(usual * spread(world, 0.15, 0.5), 20, 250))
    cities = np.flatnonzero(world.city_country == country)
    new = world.newcomers(between(world, 5, 20), cities, since, 0.3)
    buyers = np.concatenate([new, world.ordinary_people(max(10, orders // 2), [country])])
    if not len(buyers):
        return
    where = rng.choice(partners, orders)
    bad = [spread(world, 0.05, 0.35), spread(world, 0.01, 0.08), spread(world, 0.03, 0.12)]
    consumers = rng.choice(buyers, orders)
    moment = world.at_hours(since + rng.exponential(length_s / 2, orders), where)
    world.plan(consumers, where, moment, spread(world, 0.7, 1.5), bad=bad)
    add_group(world, "flash_sale", partner=_honest(world, partners))


def add_subscription(world: World) -> None:
    """Monthly orders of the same amount at one shop."""
    rng, shops = world.rng, world.shops
    partners = world.pick_any(1, orders=(20, 1e9))
    if partners is None:
        return
    one = int(partners[0])
    people = world.ordinary_people(between(world, 15, 80), [shops.country[one]])
    months = between(world, 3, 9)
    begins = rng.uniform(max(shops.opens[one], 0), world.window_s, len(people))
    consumers = np.repeat(people, months)
    month = np.tile(np.arange(months), len(people))
    moment = np.repeat(begins, months) + month * 30.4 * DAY_S + rng.normal(0, 600, len(consumers))
    scale = np.repeat(np.exp(rng.normal(0, 0.2, len(people))), months)
    world.plan(consumers, one, moment, scale, spread=0)
    add_group(world, "subscription", partner=partners)


def add_hostel(world: World) -> None:
    """A hostel or campus: one machine, many people, local shops."""
    rng, window, city = world.rng, world.window_s, _a_city(world)
    campus = rng.random() < 0.35
    people = _neighbours(world, between(world, 40, 150) if campus else between(world, 10, 40), city)
    partners = world.pick_any(between(world, 3, 9), city=city)
    if partners is None or len(people) < 8:
        return
    new = world.newcomers(len(people) // 4, [city], spread(world, 0, window * 0.8), 0.6)
    people = np.concatenate([people, new])
    machines = between(world, 1, 3)
    devices = world.new_devices(machines, rng.choice(["desktop", "tablet", "unknown"]))
    n = len(people) * between(world, 2, 5)
    where = rng.choice(partners, n)
    if rng.random() < 0.5:
        since = spread(world, 0.05, 0.85) * window
        moment = rng.uniform(since, min(window, since + spread(world, 15, 110) * DAY_S), n)
    else:
        moment = world.any_time(where)
    consumers = rng.choice(people, n)
    moment = world.at_hours(moment, where)
    scale = spread(world, 0.8, 1.3)
    device = np.where(rng.random(n) < spread(world, 0.3, 0.9), rng.choice(devices, n), OWN)
    world.plan(consumers, where, moment, scale, device=device)
    world.people.returns[people] *= spread(world, 0.8, 2)
    add_group(world, "campus" if campus else "hostel", consumer=people, device=devices)


def add_office(world: World) -> None:
    """One machine, one company card, lunch."""
    rng, city = world.rng, _a_city(world)
    people = _neighbours(world, between(world, 5, 30), city)
    partners = world.pick_any(between(world, 2, 5), city=city)
    if partners is None or len(people) < 4:
        return
    device = world.new_devices(1, "desktop")[0]
    card = world.new_account(world.city_country[city])
    n = len(people) * between(world, 3, 8)
    where = rng.choice(partners, n)
    midnight: Floats = np.floor(world.any_time(where) / DAY_S) * DAY_S
    moment = midnight + rng.normal(12.3, 0.8, n) * 3600
    consumers = rng.choice(people, n)
    devices = np.where(rng.random(n) < 0.7, device, OWN)
    accounts = np.where(rng.random(n) < 0.75, card, OWN)
    world.plan(consumers, where, moment, device=devices, account=accounts)
    add_group(world, "office", consumer=people, device=device, bank_account=card)


def add_friends(world: World) -> None:
    """Friends who order each other's things and send much back."""
    rng, window = world.rng, world.window_s
    n_friends = between(world, 4, 14)
    friends = world.ordinary_people(n_friends, [world.a_country()])
    if len(friends) <= 3:
        return
    many, country = between(world, 2, 6), int(world.people.country[friends[0]])
    partners = world.pick_any(many, country=country)
    if partners is None:
        return
    n = len(friends) * between(world, 3, 7)
    where = rng.choice(partners, n)
    since = spread(world, 0.05, 0.9) * window
    moment = rng.uniform(since, min(window, since + spread(world, 5, 60) * DAY_S), n)
    consumers = rng.choice(friends, n)
    moment = world.at_hours(moment, where)
    scale = spread(world, 1, 1.6)
    bad = [spread(world, 0.3, 0.65), 0.02, 0.03]
    device = np.where(rng.random(n) < 0.35, world.people.device[rng.choice(friends, n)], OWN)
    world.plan(consumers, where, moment, scale, bad=bad, device=device)
    add_group(world, "friends_haul", consumer=friends)
