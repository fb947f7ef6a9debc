"""Households, second-hand machines, regulars, and staff who shop where they work."""

from __future__ import annotations

import numpy as np

from benchmarks.other_worlds.draws import DAY_S
from benchmarks.other_worlds.world import World
from benchmarks.writing.units import Ints


def households(world: World) -> None:
    """Neighbours who share devices and accounts."""
    rng, city, n = world.rng, world.consumers["city"], world.honest_consumers
    count = int(n * world.habits.household / 2.7 * 0.8)
    neighbours = np.argsort(city[:n] + rng.random(n) * 0.9)
    starts = np.sort(rng.choice(n - 6, count, replace=False))
    sizes = 2 + rng.binomial(3, 0.25, count)
    settled = np.zeros(n, np.bool_)
    for start, size in zip(starts, sizes, strict=True):
        group = neighbours[start : start + size]
        if not settled[group].any() and city[group[0]] == city[group[-1]]:
            settled[group] = True
            _live_together(world, group)


def _live_together(world: World, group: Ints) -> None:
    rng, people = world.rng, world.consumers
    way = rng.random()
    members = {"consumer": group}
    if way < 0.7:
        device = people["device"][group[0]]
        people["second_device"][group] = device
        people["second_share"][group] = rng.uniform(0.05, 0.6, len(group))
        members["device"] = device
        if rng.random() < 0.3:
            people["device"][group] = people["later_device"][group] = device
    if way > 0.5:
        members["bank_account"] = account = people["account"][group[0]]
        people["second_account"][group] = account
    world.add_look_alike("household", **members)


def second_hand(world: World) -> None:
    """Machines that their owners sell to others."""
    rng, people, n = world.rng, world.consumers, world.honest_consumers
    pairs = rng.permutation(n)[: 2 * int(n * world.habits.second_hand / 2)].reshape(-1, 2)
    for seller, buyer in pairs:
        sold = rng.uniform(0, 0.9) * world.window_s
        people["swapped_s"][seller] = sold
        people["swapped_s"][buyer] = sold + rng.uniform(0, 25) * DAY_S
        device = people["device"][seller]
        if people["later_device"][seller] == device:
            people["later_device"][seller] = world.new_devices(1, sold)[0]
        people["later_device"][buyer] = device
        world.add_look_alike("second_hand", consumer=[seller, buyer], device=[device])


def regulars(world: World) -> None:
    """A small loyal crowd of a shop, often within some weeks."""
    rng = world.rng
    for partner in np.flatnonzero(rng.random(world.n_partners) < world.habits.regulars):
        opened, closed = world.open_span(partner)
        crowd = world.local_consumers(world.partners.city[partner], int(rng.log_uniform(4, 35)))
        if not len(crowd):
            continue
        n = int(rng.log_uniform(2, 8) * len(crowd))
        length = min(rng.log_uniform(15, 200) * DAY_S, (closed - opened).clip(DAY_S))
        since = rng.uniform(opened, max(closed - length, opened + 1))
        who = rng.choice(crowd, n)
        world.plan(who, np.full(n, partner), rng.uniform(since, since + length, n))


def staff_who_shop(world: World) -> None:
    """Staff who order from the office machine, in ring shops as well."""
    rng, shops, people = world.rng, world.partners, world.consumers
    for partner in np.flatnonzero(rng.random(world.n_partners) < world.habits.staff_who_shop):
        employee = world.local_consumers(shops.city[partner], 1, of_all=True)
        if not len(employee):
            continue
        devices = shops.staff_device[shops.staff_partner == partner]
        people["second_device"][employee] = rng.choice(devices)
        people["second_share"][employee] = rng.log_uniform(0.05, 0.9)
        if rng.random() < 0.3:
            people["second_account"][employee] = shops.account[partner]
