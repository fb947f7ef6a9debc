"""Orders of honest crowds, and of those who cheat on their own."""

from __future__ import annotations

import numpy as np

from benchmarks.eleventh_worlds.custom import Custom
from benchmarks.eleventh_worlds.draws import one_around, some_of
from benchmarks.eleventh_worlds.world import World
from benchmarks.writing.units import DEFAULTED, DISPUTED, NONE, Floats, Ints


def live(
    world: World, custom: Custom, people: Ints, many: Ints, since: float, until: float
) -> tuple[Ints, Ints, Floats]:
    """Partners, consumers and days of so many ordinary orders each: where and when others of the land buy."""
    rng = world.rng
    consumer = np.repeat(people, many)
    land = world.towns.land[world.people.town[consumer]]
    firm, day = np.zeros(len(consumer), np.int64), np.zeros(len(consumer))
    for one in np.unique(land).tolist():
        rows, orders = np.flatnonzero(land == one), custom.of_land[one]
        if until - since < world.days * 0.9:
            then = orders[(custom.day[orders] >= since) & (custom.day[orders] < until)]
            orders = then if len(then) > 10 else orders
        copied = rng.choice(orders if len(orders) else np.concatenate(custom.of_land), len(rows))
        firm[rows], day[rows] = custom.firm[copied], custom.day[copied]
    return firm, consumer, day


def meet(world: World, custom: Custom) -> None:
    """Staff and owners buy at their own shops, and clubs together."""
    rng = world.rng
    for shop, staff, mean, on_device in world.staff:
        consumer = np.repeat(staff, rng.poisson(mean, len(staff)) + 1)
        firm = np.full(len(consumer), shop)
        there = rng.random(len(consumer)) < 0.5 * on_device
        device = np.where(there, world.firms.device[shop, 0], NONE)
        world.orders.buy(firm, consumer, custom.days_for(rng, firm), device=device)
    owned = np.flatnonzero(world.firms.owner != NONE)
    firm = np.repeat(owned, rng.poisson(1.5, len(owned)))
    world.orders.buy(firm, world.firms.owner[firm], custom.days_for(rng, firm))
    for _ in range(world.groups(6, 25)):
        _buy_together(world, custom)


def _buy_together(world: World, custom: Custom) -> None:
    """Friends, teams or parents who order at the same few shops on the same days."""
    rng, days = world.rng, world.days
    town = world.a_town()
    people = world.in_town(town)
    open_ = (custom.off - custom.on) / days > 0.3
    shops = world.pick(int(rng.integers(2, 8)), open_ & (world.land == world.towns.land[town]))
    if len(people) < 30 or len(shops) < 2:
        return
    members = some_of(rng, people, int(rng.integers(5, 26)))
    for wave in rng.uniform(5, days - 5, int(rng.integers(1, 7))).tolist():
        buyers = members[rng.random(len(members)) < world.uniform(0.4, 1)]
        buyers = np.concatenate([buyers, buyers[: len(buyers) // 2]])
        day = np.floor(wave + rng.exponential(world.uniform(0.3, 4), len(buyers)))
        world.orders.buy(rng.choice(shops, len(buyers)), buyers, day, boost=world.uniform(1, 1.6))
    if world.flip(0.4):
        world.people.device[members, 2] = world.people.device[members[0], 0]
    world.look_alike("buying_club", partner=shops, consumer=members)


def cheat_alone(world: World, custom: Custom) -> None:
    """Crews with stolen cards and people who never pay: they hit honest shops and are in no ring."""
    rng, given = world.rng, world.settings
    for _ in range(int(rng.poisson(given.crews * given.partners / 250)) + 1):
        _steal(world, custom)
    n = int(rng.poisson(given.non_payers * given.partners / 60)) + 1
    invented = world.invent(n // 2, world.a_town(), 0.8)
    cheats = np.concatenate([invented, rng.integers(0, world.ordinary, n - n // 2)])
    for one in cheats.tolist():
        since = world.uniform(2, world.days - 3)
        until, many = min(world.days, since + one_around(rng, 50, 0.6)), rng.integers(4, 22, 1)
        boost, chance = 1 + rng.exponential(0.5), world.uniform(0.6, 0.97)
        usual = live(world, custom, np.array([one]), many, since, until)
        world.orders.buy(*usual, boost=boost, end=DEFAULTED, chance=chance)
    world.crews.append(cheats)


def _steal(world: World, custom: Custom) -> None:
    rng = world.rng
    n = int(rng.integers(2, 14))
    since = world.uniform(2, world.days - 6)
    until = min(world.days - 0.5, since + one_around(rng, 14, 0.6))
    hit = np.flatnonzero(world.honest & custom.open_from_to(since + 1, until, 15))
    shops = some_of(rng, hit, int(rng.integers(3, 30)))
    if len(shops) < 3:
        return
    crew = world.invent(n, world.a_town(), world.uniform(0, 1))
    devices = world.new_devices(max(1, int(n / world.uniform(1.5, 6))))
    if world.flip(0.75):
        world.people.device[crew, 0] = rng.choice(devices, n)
    consumer = np.repeat(crew, rng.poisson(one_around(rng, 7, 0.4), n) + 1)
    firm = rng.choice(shops, len(consumer), p=rng.dirichlet(np.full(len(shops), 0.8)))
    day, boost = np.floor(rng.uniform(since, until, len(consumer))), 1 + rng.exponential(0.6)
    world.orders.buy(firm, consumer, day, boost=boost, end=DISPUTED, chance=world.uniform(0.5, 0.97))
    many = rng.poisson(world.uniform(0, 2), n)
    world.orders.buy(*live(world, custom, crew, many, 0, world.days))
    world.crews.append(crew)
    victims, orders = np.unique(firm, return_counts=True)
    if (orders >= 3).any():
        world.look_alike("crew_victim", partner=victims[orders >= 3])
