"""Honest people who share devices, accounts and shops."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.fourth_worlds.world import PUBLIC, World
from benchmarks.writing.units import Ints

SHARED: Final = (0.1, 0.7, 0.2, 0.0, 0.0)
NOTED_HOUSEHOLDS: Final = 90
"""So many of the large households of a usual world are noted as look-alikes."""


def add_households(world: World) -> None:
    """Consumers of one city live together: common devices, accounts and favourite shops."""
    rng, dice, people = world.rng, world.dice, world.people
    order = np.lexsort((rng.random(world.n_consumers), people.city, people.country))
    in_debt = dice.uniform(0.02, 0.05)
    left, place = round(NOTED_HOUSEHOLDS * world.scale), 0
    while place < world.n_consumers - 8:
        if not dice.happens(world.settings.households / 2.2):
            place += 1
            continue
        size = dice.whole(2, 5) if dice.happens(0.9) else dice.whole(5, 9)
        home = order[place : place + size]
        place += size
        home = home[~people.in_ring[home] | (rng.random(len(home)) < 0.5)]
        if len(home) < 2:
            continue
        _live_together(world, home, in_debt)
        if len(home) >= 4 and left and dice.happens(0.4) and not people.in_ring[home].any():
            left -= 1
            device, account = people.device[home[0]], people.account[home[0]]
            world.group("household", consumer=home, device=device, bank_account=account)


def _live_together(world: World, home: Ints, in_debt: float) -> None:
    rng, dice, people = world.rng, world.dice, world.people
    head, others = int(home[0]), home[1:]
    sharing = others[rng.random(len(others)) < 0.6]
    people.second_device[sharing] = people.device[head]
    people.second_share[sharing] = rng.uniform(0.1, 0.9, len(sharing))
    if dice.happens(0.45) and not people.in_ring[others].any():
        people.account[others] = people.account[head]
    for one in others[rng.random(len(others)) < 0.6].tolist():
        world.habit_source[one] = head
    if dice.happens(0.04):
        people.refund_factor[home] *= dice.uniform(3, 9)
    if dice.happens(in_debt):
        days = rng.uniform(0, 30, len(home))
        people.fails_from[home] = dice.uniform(0.05, 0.8) * world.window + days
        people.fail_chance[home] = dice.uniform(0.3, 0.85)


def add_public_device(world: World) -> None:
    """A café, a phone shop, a clan: one machine, few or many people, of whom a part cannot pay any more."""
    dice, people = world.dice, world.people
    country = world.a_country()
    city = world.a_city(country) if dice.happens(0.8) else None
    n = dice.whole(3, 10) if dice.happens(0.5) else dice.whole(8, 50)
    found = world.honest_people(n, country, city)
    if not len(found):
        return
    devices = world.new_devices(dice.whole(1, 2), PUBLIC)
    people.second_device[found] = world.rng.choice(devices, len(found))
    people.second_share[found] = dice.uniform(0.05, 0.6)
    if dice.happens(0.6):
        _fall_behind(world, found, dice.uniform(0.2, 0.8), (0.3, 0.8))
    world.group("public_device", consumer=found, device=devices)


def _fall_behind(world: World, found: Ints, share: float, chance: tuple[float, float]) -> None:
    """A part of them cannot pay any more since some day."""
    behind = found[world.rng.random(len(found)) < share]
    world.people.fails_from[behind] = world.dice.uniform(0, 0.7) * world.window
    world.people.fail_chance[behind] = world.dice.uniform(*chance)


def add_second_hand_phones(world: World) -> None:
    """Phones that go from one consumer to another, of a ring or not."""
    rng, dice, people, n = world.rng, world.dice, world.people, world.n_consumers
    sellers = np.flatnonzero(rng.random(n) < dice.uniform(0.01, 0.04))
    buyers = rng.permutation(sellers)
    days = rng.uniform(0.3, 0.95, len(sellers)) * world.window
    people.swaps[buyers] = np.minimum(people.swaps[buyers], days)
    people.new_device[buyers] = people.device[sellers]


def add_owners_at_work(world: World) -> None:
    """Owners who buy for themselves from the device that they log in to their shop with."""
    rng, dice, people, shops = world.rng, world.dice, world.people, world.shops
    found = np.flatnonzero(rng.random(world.n_partners) < dice.uniform(0.15, 0.4))
    people.second_device[shops.owner[found]] = shops.device[found]
    people.second_share[shops.owner[found]] = rng.uniform(0.05, 0.7, len(found))


def add_shop_terminal(world: World) -> None:
    """A shop lets people of its city order from the device that it logs in from."""
    dice, people, shops = world.dice, world.people, world.shops
    shop = dice.number(np.flatnonzero(~shops.grouped))
    found = world.honest_people(dice.whole(2, 25), int(shops.country[shop]), int(shops.city[shop]))
    people.second_device[found] = shops.device[shop]
    people.second_share[found] = world.rng.uniform(0.05, 0.6, len(found))
    world.group("shop_terminal", partner=shop, consumer=found, device=shops.device[shop])


def add_hostel_or_campus(world: World) -> None:
    """Young people in one house, with common devices and the shops around."""
    dice = world.dice
    factor = dice.uniform(2, 6) if dice.happens(0.4) else 1.0
    name = dice.one_of(("hostel", "campus"))
    n_devices, rate = dice.whole(1, 3), dice.uniform(0.2, 0.8)
    _crowd(world, name, dice.whole(15, 110), n_devices, rate, dice.whole(3, 7), factor)


def add_office(world: World) -> None:
    """Colleagues who share devices and now and then order lunch together."""
    rng, dice = world.rng, world.dice
    n_devices, rate = dice.whole(1, 2), dice.uniform(0.2, 0.6)
    found = _crowd(world, "office", dice.whole(8, 40), n_devices, rate, dice.whole(2, 5), 1.0)
    if found is None:
        return
    people, near = found
    if not len(near):
        return
    for _ in range(dice.whole(2, 8)):
        hungry = people[rng.random(len(people)) < 0.5]
        noon = np.floor(dice.uniform(0, world.window - 1)) + 0.5
        moments = noon + rng.exponential(0.03, len(hungry))
        world.plan(hungry, dice.number(near), moments, keeps_hour=True)


def _crowd(
    world: World, name: str, n: int, n_devices: int, rate: float, n_near: int, default_factor: float
) -> tuple[Ints, Ints] | None:
    """Some of a city with common devices, used with chance `rate`, and the shops near them; None: too few."""
    rng, dice, people, shops = world.rng, world.dice, world.people, world.shops
    country = world.a_country()
    city = world.a_city(country)
    found = world.honest_people(n, country, city)
    if len(found) < 6:
        return None
    devices = world.new_devices(n_devices, SHARED)
    people.second_device[found] = rng.choice(devices, len(found))
    people.second_share[found] = np.clip(rng.normal(rate, 0.15, len(found)), 0.05, 0.95)
    there = np.flatnonzero((shops.country == country) & (shops.city == city) & ~shops.in_ring)
    near = dice.some(there, n_near)
    if len(near):
        for one in found[rng.random(len(found)) < 0.7].tolist():
            world.haunts[one] = near
    people.default_factor[found] *= default_factor
    if dice.happens(0.45):
        _fall_behind(world, found, dice.uniform(0.1, 0.6), (0.25, 0.7))
    world.group(name, consumer=found, device=devices)
    return found, near
