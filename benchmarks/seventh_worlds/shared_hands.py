"""Honest services that touch many partners: their devices, and accounts where their money rests."""

from __future__ import annotations

import numpy as np

from benchmarks.seventh_worlds.look_alikes import in_one_city, share_device
from benchmarks.seventh_worlds.settings import CODES
from benchmarks.seventh_worlds.units import flag, groups
from benchmarks.seventh_worlds.world import World
from benchmarks.writing.units import NONE, Flags


def plant_shared_devices(world: World) -> None:
    """Book-keepers, web agencies, a plug-in's server, staff that moves, co-working desks and lent laptops."""
    rng, firms, size, n = world.rng, world.firms, world.settings.size, len(world.firms)
    everybody: Flags = np.ones(n, np.bool_)
    for _ in range(groups(rng, 6, 15, size)):
        where = everybody if rng.random() < 0.3 else in_one_city(world)
        members = world.pick(rng.integers(3, 40), where)
        if len(members) > 1:
            share_device(world, members, rng.uniform(2, 12))
            world.look_alike("book_keeper", "partner", members)
    for _ in range(groups(rng, 4, 12, size)):
        members, start = world.pick(rng.integers(2, 12), everybody), rng.uniform(0, world.days * 0.7)
        share_device(world, members, rng.uniform(1, 6), low=start, high=start + rng.uniform(20, 120))
        world.look_alike("agency", "partner", members)
    for _ in range(groups(rng, 1, 3)):
        members = world.pick(n * rng.uniform(0.05, 0.2), everybody)
        share_device(world, members, 4, device=world.devices.one("server"))
    for _ in range(groups(rng, n * 0.03, n * 0.07)):
        members = world.pick(rng.choice([2, 2, 2, 3, 4]), in_one_city(world))
        if len(members) > 1:
            lent = int(firms.second_device[members[0]]) if rng.random() < 0.5 else None
            share_device(world, members, rng.uniform(1, 4), device=lent)
            world.look_alike("shared_desk", "partner", members)


def plant_shared_money(world: World) -> None:
    """Facilitators with pooled accounts, factors that take the payouts for a time, circles of suppliers."""
    rng, firms, size, days = world.rng, world.firms, world.settings.size, world.days
    for _ in range(groups(rng, 1, 4)):
        free = ~firms.steady & (firms.pool == NONE) & flag(rng, len(firms), 0.6)
        members = world.pick(rng.integers(40, 200) * size, free)
        if len(members):
            pool = world.accounts.new(int(rng.integers(1, 5)), CODES[firms.land[members[0]]])
            firms.pool[members] = rng.choice(pool, len(members))
            world.look_alike("facilitator", "partner", members)
    for _ in range(groups(rng, 2, 6, size)):
        members = world.pick(rng.integers(3, 22), ~firms.steady & (firms.pool == NONE))
        if len(members):
            firms.factor[members] = world.accounts.one(CODES[firms.land[members[0]]])
            start = rng.uniform(0, days * 0.7, len(members))
            firms.factored[members] = np.stack([start, start + rng.uniform(40, days, len(members))], axis=1)
            world.look_alike("factoring", "partner", members)
    for _ in range(groups(rng, 4, 12, size)):
        members = world.pick(rng.integers(3, 7), in_one_city(world))
        if len(members) > 2:
            world.circles.append(members)
            world.look_alike("supplier_circle", "partner", members)
