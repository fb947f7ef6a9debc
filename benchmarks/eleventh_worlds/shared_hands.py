"""Honest partners and people who meet: at book-keepers, agencies, malls, work and school."""

from __future__ import annotations

import numpy as np

from benchmarks.eleventh_worlds.draws import around, some_of
from benchmarks.eleventh_worlds.records import Standing
from benchmarks.eleventh_worlds.world import World
from benchmarks.writing.units import NONE


def plant_shared_hands(world: World) -> None:
    """All of them; partners of rings may be clients of book-keepers and agencies and lie in malls."""
    malls = world.settings.malls
    for plant, low, high, more in (
        (_book_keeper, 4.0, 14.0, 0), (_agency, 3, 12, 0), (_mall, 40 * malls, 80 * malls, 1),
        (_staff, 8, 40, 0), (_campus, 4, 16, 0), (_office, 6, 25, 0),
    ):  # fmt: skip
        for _ in range(world.groups(low, high) + more):
            plant(world)
    for firm in world.pick(world.groups(10, 40)).tolist():
        device = int(world.firms.device[firm, 0])
        world.firms.kiosk[firm], world.firms.kiosk_share[firm] = device, world.uniform(0.1, 0.8)
        world.look_alike("kiosk", partner=firm, device=device)


def _book_keeper(world: World) -> None:
    rng = world.rng
    most = int(world.settings.partners * world.settings.book_kept / 8)
    near = np.flatnonzero(world.land == world.a_land())
    clients = some_of(rng, near, int(rng.integers(4, max(6, most))))
    if len(clients) < 4:
        return
    devices = world.new_devices(int(rng.integers(1, 3)))
    for one in clients:
        times = max(1, int(rng.poisson(world.days / 30 * world.uniform(0.3, 2.5))))
        world.log_in_from(np.array([one]), int(rng.choice(devices)), times, -1, world.days)
    honest = clients[world.honest[clients]]
    if len(honest):
        world.look_alike("book_keeper", partner=honest, device=devices)


def _agency(world: World) -> None:
    """Sets up shops, and is gone after some weeks."""
    rng = world.rng
    clients = some_of(rng, np.arange(world.settings.partners), int(rng.integers(3, 14)))
    device = world.new_device()
    for one in clients:
        opening = max(0.0, float(world.firms.on[one]))
        on = opening if world.flip(0.6) else world.uniform(0, world.days * 0.9)
        off = on + world.uniform(5, 60)
        world.log_in_from(np.array([one]), device, int(rng.integers(1, 8)), on, off)
    honest = clients[world.honest[clients]]
    if len(honest):
        world.look_alike("web_agency", partner=honest, device=device)


def _mall(world: World) -> None:
    """Partners of a mall or high street share customers, and most malls a landlord."""
    rng, firms = world.rng, world.firms
    town = world.a_town()
    shops = some_of(
        rng, np.flatnonzero((firms.town == town) & (firms.mall == NONE)), int(rng.integers(4, 16))
    )
    people = world.in_town(town)
    if len(shops) < 4 or len(people) < 40:
        return
    firms.mall[shops], firms.mall_share[shops] = len(world.malls), world.uniform(0.15, 0.75)
    world.malls.append(some_of(rng, people, int(np.clip(len(people) * world.uniform(0.03, 0.4), 25, 1500))))
    if "transfers" not in world.settings.lacks and world.flip(0.7):
        landlord = world.open_account(town)
        for one in shops.tolist():
            rent = world.uniform(300, 5000)
            world.standing.append(Standing(one, NONE, NONE, landlord, rent, -1, world.days, 30, 1))
    honest = shops[world.honest[shops]]
    if len(honest) >= 3:
        world.look_alike("mall", partner=honest)


def _staff(world: World) -> None:
    """Staff and family buy where they work, at times on the shop's device, and are paid a wage."""
    rng = world.rng
    firm = world.pick(1)
    people = world.in_town(int(world.firms.town[firm[0]])) if len(firm) else firm
    if len(people) < 10:
        return
    shop, staff = int(firm[0]), some_of(rng, people, int(rng.integers(2, 10)))
    world.staff.append((shop, staff, int(rng.integers(3, 12)), world.flip(0.4)))
    for one in staff.tolist():
        if world.flip(0.7):
            wage, on = world.uniform(300, 3200), max(-1.0, world.uniform(-0.5, 0.7) * world.days)
            world.pay_people(shop, one, wage, on, world.days, 30, 1)
    world.look_alike("staff", partner=shop, consumer=staff)


def _campus(world: World) -> None:
    """A school, library or dormitory: many people on few devices, who pay worse than others."""
    rng, people = world.rng, world.people
    members = some_of(rng, world.in_town(world.a_town()), int(rng.integers(12, 90)))
    if len(members) < 8:
        return
    devices = world.new_devices(int(rng.integers(1, 4)))
    world.hubs += devices.tolist()
    people.device[members, 1] = rng.choice(devices, len(members))
    only_there = members[rng.random(len(members)) < world.uniform(0, 0.4)]
    people.device[only_there, 0] = people.device[only_there, 1]
    people.default[members] *= around(rng, 1.5, 0.4, 1)
    world.look_alike("campus", consumer=members, device=devices)


def _office(world: World) -> None:
    members = some_of(world.rng, world.in_town(world.a_town()), int(world.rng.integers(4, 25)))
    if len(members) >= 4:
        device = world.new_device()
        world.hubs.append(device)
        world.people.device[members, 2] = device
        world.look_alike("office", consumer=members, device=device)
