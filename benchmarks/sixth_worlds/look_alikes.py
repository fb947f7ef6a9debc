"""Honest partners that look like rings: families of shops, relaunches, bad luck, launches and sales."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from benchmarks.sixth_worlds.firms import brands, words
from benchmarks.sixth_worlds.world import World
from benchmarks.writing.units import Ints


def plant_families(world: World) -> None:
    """Franchises, owners of a few shops and honest relaunches, as many as the settings say."""
    many = world.settings.look_alikes
    for _ in range(many["franchise"]):
        _franchise(world)
    for _ in range(many["owner"]):
        _owner(world)
    for _ in range(many["relaunch"]):
        _relaunch(world)


def _franchise(world: World) -> None:
    rng, firms, settings = world.rng, world.firms, world.settings
    country = int(rng.choice(len(settings.countries), p=settings.country_share))
    shops = world.free(int(rng.integers(4, 12)), np.isinf(firms.off) & (firms.country == country))
    if len(shops) < 3:
        return
    head, device = int(world.new_accounts(1)[0]), int(world.new_devices(1)[0])
    firms.trade[shops] = firms.trade[shops[0]]
    firms.brand[shops] = words(rng, 1)[0]
    firms.style[shops] = 0
    firms.price[shops] = firms.price[shops[0]] * np.exp(rng.normal(0, 0.05, len(shops)))
    fee, common_device, common_account = rng.random(3) < (0.5, 0.5, 0.25)
    if fee:
        firms.factor_account[shops] = head
    if common_device:
        world.logged_in += [(int(one), device, int(rng.integers(1, 13))) for one in shops]
    if common_account:
        firms.account[shops] = firms.later_account[shops] = head
    world.look_alike("franchise", "partner", shops)


def _owner(world: World) -> None:
    rng, firms = world.rng, world.firms
    town = int(rng.choice(len(world.town_share), p=world.town_share))
    near = firms.town == town
    size = int(rng.integers(2, 5)) if rng.random() < 0.85 else int(rng.integers(5, 9))
    local = rng.random() < 0.6 and np.count_nonzero(near & ~firms.busy) > 8
    shops = world.free(size, near if local else firms.country == world.town_country[town])
    if len(shops) < 2:
        return
    for one, two in pairwise(shops):
        _tie_shops(world, int(one), int(two))
        if rng.random() < 0.4:
            firms.on[two] = firms.on[one] + rng.normal(0, 15)
            firms.off[two] = np.inf
        if rng.random() < 0.3:
            firms.brand[two] = firms.brand[one]
    firms.on[shops] = np.minimum(firms.on[shops], 0.9 * world.days)
    world.look_alike("owner", "partner", shops)


def _tie_shops(world: World, one: int, two: int) -> None:
    """What two shops of an owner have in common: an account, a device, or where their money goes."""
    rng, firms = world.rng, world.firms
    u = rng.random()
    if u < 0.33:
        firms.account[two] = firms.later_account[two] = firms.account[one]
    elif u < 0.5:
        world.paid_to.append((two, int(firms.account[one]), int(rng.integers(1, 9))))
    elif u < 0.8:
        world.logged_in.append((two, int(firms.devices[one, 0]), int(rng.integers(1, 26))))
    else:
        firms.factor_account[[one, two]] = world.new_accounts(1)[0]


def _relaunch(world: World) -> None:
    """An honest partner that closes and opens again under another name, with its customers."""
    rng, firms, days = world.rng, world.firms, world.days
    line = world.free(int(rng.integers(2, 4)) if rng.random() < 0.35 else 2)
    if len(line) < 2:
        return
    head = line[0]
    for column in (firms.town, firms.country, firms.trade, firms.price):
        column[line] = column[head]
    t = rng.uniform(0.15, 0.5) * days
    firms.on[head] = min(firms.on[head], t - rng.uniform(50, 200))
    for old, new in pairwise(line):
        firms.off[old] = t
        firms.on[new] = t + rng.uniform(-12, 30)
        firms.off[new] = np.inf
        t = min(firms.on[new] + rng.uniform(60, 200), 0.8 * days)
        firms.popularity[new] = firms.popularity[old] * np.exp(rng.normal(0.1, 0.2))
        firms.reach[new] = firms.reach[old]
        firms.heir_of[new], firms.heir_share[new] = old, rng.uniform(0.12, 0.4)
        if rng.random() < 0.55:
            firms.account[new] = firms.later_account[old]
        if rng.random() < 0.55:
            firms.devices[new, 0] = firms.devices[old, 0]
        firms.brand[new] = firms.brand[old] if rng.random() < 0.3 else brands(rng, 1)[0]
        if rng.random() < 0.3:  # it closed in trouble
            firms.tail_from[old] = firms.off[old] - rng.uniform(10, 45)
            firms.tail_share[old] = rng.uniform(0.1, 0.5)
    world.look_alike("relaunch", "partner", line)


def plant_single_troubles(world: World) -> None:
    """Partners in trouble or with unusual custom who have nothing to do with each other."""
    rng, firms, days = world.rng, world.firms, world.days
    many = world.settings.look_alikes
    broke = world.free(many["insolvency"])
    end = rng.uniform(0.3, 0.95, len(broke)) * days
    firms.on[broke] = np.minimum(firms.on[broke], end - 100)
    firms.off[broke] = end
    firms.tail_from[broke] = end - rng.uniform(15, 70, len(broke))
    firms.tail_share[broke] = rng.uniform(0.5, 0.97, len(broke))
    _each(world, "insolvency", broke)
    _bad_luck(world)
    members = world.free(many["subscription"])
    firms.subscription[members], firms.price_way[members] = True, 2
    _each(world, "subscription", members)
    opened = world.free(many["launch"], np.isinf(firms.off))
    firms.on[opened] = rng.uniform(0, 0.85 * days, len(opened))
    for one in opened:
        at = firms.on[one] + rng.uniform(1, 8)
        world.spikes.append((int(one), float(at), rng.uniform(1, 6), rng.uniform(5, 25)))
    _each(world, "launch", opened)
    sale = rng.choice(len(firms), min(many["flash_sale"], len(firms) // 3), replace=False)
    for one in sale:
        since, until = max(firms.on[one], 0), max(firms.on[one] + 1, min(firms.off[one], days))
        for _ in range(int(rng.integers(1, 4))):
            height = rng.uniform(5, 30)
            world.spikes.append((int(one), rng.uniform(since, until), rng.uniform(0.5, 3), height))
    firms.fresh_custom[[one for one, *_ in world.spikes]] = True
    _each(world, "flash_sale", sale)


def _bad_luck(world: World) -> None:
    """A bad clientele all along, or a bad season."""
    rng, firms = world.rng, world.firms
    honest = np.flatnonzero(~firms.of_ring)
    many = min(len(honest), round(world.settings.bad_luck * len(firms)))
    unlucky = rng.choice(honest, many, replace=False)
    season = rng.random(len(unlucky)) > 0.55
    one = unlucky[~season]
    firms.default[one] *= rng.uniform(2, 12, len(one))
    firms.dispute[one] *= rng.uniform(3, 16, len(one))
    _storm(world, unlucky[season], (25, 130), (0.25, 0.85))
    _each(world, "bad_luck", unlucky)
    calm = np.flatnonzero(~firms.of_ring & np.isinf(firms.storm_from))
    struck = calm[rng.random(len(calm)) < world.settings.incidents]
    _storm(world, struck, (2, 40), (0.1, 0.9))  # a bad batch, a day without deliveries
    _each(world, "incident", struck)


def _storm(world: World, struck: Ints, days: tuple[float, float], share: tuple[float, float]) -> None:
    """So many days, some time in their lives, on which that share of the orders ends badly."""
    rng, firms, n = world.rng, world.firms, len(struck)
    since = np.maximum(firms.on[struck], 0)
    until = np.maximum(since + 1, np.minimum(firms.off[struck], world.days) - 20)
    firms.storm_from[struck] = rng.uniform(since, until)
    firms.storm_to[struck] = firms.storm_from[struck] + np.exp(
        rng.uniform(np.log(days[0]), np.log(days[1]), n)
    )
    firms.storm_share[struck] = rng.uniform(*share, n)


def _each(world: World, name: str, numbers: Ints) -> None:
    for one in numbers:
        world.look_alike(name, "partner", np.array([one]))


def plant_shared_hands(world: World) -> None:
    """Many partners with one facilitator's account, book-keeper's device, factor's account, or one mall."""
    rng, firms, settings, n = world.rng, world.firms, world.settings, len(world.firms)
    many = settings.look_alikes
    most = max(8, n // 25)
    for _ in range(many["facilitator"]):
        served = rng.choice(n, int(rng.integers(8, max(10, most))), replace=False)
        firms.account[served] = firms.later_account[served] = world.new_accounts(1)[0]
        world.look_alike("facilitator", "partner", served)
    for _ in range(many["book_keeper"]):
        country = int(rng.choice(len(settings.countries), p=settings.country_share))
        can = np.flatnonzero(firms.country == country)
        served = rng.choice(
            can, min(len(can), int(np.exp(rng.uniform(np.log(3), np.log(41))))), replace=False
        )
        for device in world.new_devices(int(rng.integers(1, 3))):
            some = served[rng.random(len(served)) < 0.75]
            world.logged_in += [(int(one), int(device), int(rng.integers(1, 15))) for one in some]
        world.look_alike("book_keeper", "partner", served)
    for _ in range(many["factoring"]):
        served = rng.choice(n, int(rng.integers(6, 29)), replace=False)
        account = world.new_accounts(1)[0]
        free = served[firms.factor_account[served] < 0]
        firms.factor_account[free] = account
        world.look_alike("factoring", "partner", served)
    for _ in range(many["mall"]):
        town = int(rng.choice(len(world.town_share), p=world.town_share))
        can = np.flatnonzero((firms.town == town) & (firms.kind == 0))
        if len(can) >= 6:
            shops = rng.choice(can, min(len(can), int(rng.integers(6, 23))), replace=False)
            world.malls.append((town, shops))
            world.look_alike("mall", "partner", shops)


def tie_by_chance(world: World) -> None:
    """Any partner, of a ring or not, may once use another's device, or be paid to another's account."""
    rng, firms, n = world.rng, world.firms, len(world.firms)
    share = world.settings.chance_ties
    for one in np.flatnonzero(rng.random(n) < share):
        world.logged_in.append((int(one), int(firms.devices[rng.integers(n), 0]), 1))
    for one in np.flatnonzero(rng.random(n) < share / 3):
        world.paid_to.append((int(one), int(firms.account[rng.integers(n)]), 1))
