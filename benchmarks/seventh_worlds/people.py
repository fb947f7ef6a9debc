"""Honest consumers, their devices and accounts, households, and places whose machines many use."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.seventh_worlds.settings import CODES
from benchmarks.seventh_worlds.units import flag, groups
from benchmarks.seventh_worlds.world import People, World
from benchmarks.writing.units import NONE, Ints, Texts

QUARTERS: Final = 4
"""Districts of a city."""

PLACES: Final = (
    ("hostel", 5, 14, 8, 45, 2), ("campus", 1, 5, 80, 350, 7), ("office", 10, 26, 5, 40, 2),
    ("library", 2, 7, 20, 90, 3), ("shared_flat", 15, 40, 3, 9, 1),
)  # fmt: skip
"""Kind, number of places in a usual world, people, and machines of a place."""
MACHINES: Final = 7
"""Of a place at most."""
NAMED: Final = 40
"""Households, or people of a poor quarter, that the truth names at most."""


def add_people(world: World) -> None:
    """All honest consumers."""
    rng, settings = world.rng, world.settings
    n = int(settings.orders / rng.uniform(6, 13))
    city = rng.choice(settings.cities, n, p=settings.city_share)
    district = city * QUARTERS + rng.integers(0, QUARTERS, n)
    code = CODES[settings.city_land[city]]
    world.consumers.new(n, code)
    poverty = np.exp(rng.normal(0, 0.7, settings.cities * QUARTERS))
    poverty[flag(rng, len(poverty), 0.12)] *= rng.uniform(4, 9)
    luck = np.exp(rng.normal(0, 1, (n, 3)))
    luck[:, 2] *= poverty[district]
    luck[:, 0] *= np.where(flag(rng, n, 0.05), rng.uniform(3, 6, n), 1)  # they return again and again
    for quarter in np.flatnonzero(poverty > 5)[:6]:
        world.look_alike("poor_quarter", "consumer", world.pick(NAMED, district == quarter))
    kinds = np.array(["mobile", "desktop", "tablet"], object)
    device = world.devices.new(n, rng.choice(kinds, n, p=[0.7, 0.22, 0.08]))
    newer, other = world.devices.new(n, "mobile"), world.devices.new(n, rng.choice(kinds[1:], n))
    account, second = world.accounts.new(n, code), world.accounts.new(n, code)
    world.people = People(
        city=city,
        district=district,
        luck=luck,
        device=device,
        later_device=np.where(flag(rng, n, 0.3), newer, device),
        swap=rng.uniform(0, world.days, n),
        other_device=np.where(flag(rng, n, 0.45), other, device),
        account=account,
        second_account=np.where(flag(rng, n, 0.3), second, account),
        place=np.full(n, NONE),
        activity=np.cumsum(rng.gamma(0.75, 1, n) + 0.02),
    )
    _join_in_households(world)
    _go_to_places(world, code)


def _join_in_households(world: World) -> None:
    """Neighbours share a device and now and then an account, those of the household's first."""
    rng, people, n = world.rng, world.people, len(world.people)
    order = np.lexsort((rng.random(n), people.district))
    number = np.repeat(np.arange(n), rng.choice([1, 2, 3, 4, 5], n, p=[0.45, 0.3, 0.12, 0.09, 0.04]))[:n]
    household, first = np.empty(n, np.int64), np.empty(n, np.int64)
    household[order] = number
    first[number[::-1]] = order[::-1]
    first = first[household]
    shares = rng.random(n)[household] < rng.uniform(0.5, 0.8)
    people.other_device = np.where(shares, people.other_device[first], people.other_device)
    shares = rng.random(n)[household] < 0.35
    people.second_account = np.where(shares, people.account[first], people.second_account)
    for one in world.pick(NAMED, np.bincount(household, minlength=n) >= 4):
        world.look_alike("household", "consumer", np.flatnonzero(household == one))


def _go_to_places(world: World, code: Texts) -> None:
    """Hostels, campuses, offices, libraries and flats; some of them of people with bad luck."""
    rng, people = world.rng, world.people
    machines: list[Ints] = []
    company: list[int] = []
    for kind, few, many, least, most, computers in PLACES:
        for _ in range(groups(rng, few, many, world.settings.volume)):
            here = (people.city == world.a_city()) & (people.place == NONE)
            who = world.pick(rng.integers(least, most), here)
            if len(who) < 3:
                continue
            people.place[who] = len(machines)
            own = world.devices.new(computers, "tablet" if kind == "hostel" else "desktop")
            machines.append(own[np.arange(MACHINES) % computers])
            pays = kind == "office" and rng.random() < 0.7
            company.append(world.accounts.one(code[who[0]]) if pays else NONE)
            if kind in ("hostel", "shared_flat") and rng.random() < 0.5:
                people.luck[who, rng.integers(0, 3)] *= rng.uniform(2, 6)
            world.look_alike(kind, "consumer", who)
    world.machines = np.array(machines or [np.full(MACHINES, NONE)])
    world.company = np.array(company or [NONE])
