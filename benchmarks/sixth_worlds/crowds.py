"""Honest consumers who share devices or accounts, and custom that ties shops: malls, owners."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.sixth_worlds.world import STAFF_DEVICES, World
from benchmarks.writing.truth import Alike
from benchmarks.writing.units import NONE

STRIDE: Final = 10
"""Members of a household stand so many places apart: neighbours by town and, mostly, by taste."""
MOST_AT_HOME: Final = 5
CROWDS: Final = {"hostel": (15, 70), "campus": (40, 160), "office": (8, 40)}
"""Fewest and most members."""


def join_in_households(world: World) -> None:
    """Two to five consumers of a town with a common device, account or both."""
    rng, people = world.rng, world.people
    block = np.arange(world.ordinary // (STRIDE * MOST_AT_HOME)) * STRIDE * MOST_AT_HOME
    heads = (block[:, None] + np.arange(STRIDE)).ravel()
    usual = np.exp(rng.normal(0, 0.6, len(world.town_share)))[people.town[heads]]
    heads = heads[rng.random(len(heads)) < world.settings.households * 2.5 * usual]
    size = rng.choice([2, 3, 4, 5], len(heads), p=[0.55, 0.2, 0.17, 0.08])
    member = heads[:, None] + STRIDE * np.arange(MOST_AT_HOME)
    inside = (np.arange(MOST_AT_HOME) < size[:, None]) & (people.town[member] == people.town[heads][:, None])
    inside &= np.count_nonzero(inside, axis=1)[:, None] > 1
    home, place = np.nonzero(inside)
    who, head = member[home, place], heads[home]
    u = rng.random(len(heads))[home]
    device = np.where(rng.random(len(heads)) < 0.6, people.second_device[heads], people.device[heads])[home]
    people.second_device[who] = np.where(u < 0.75, device, people.second_device[who])
    people.second_account[who] = np.where(u > 0.4, people.account[head], people.second_account[who])
    poor = np.where(rng.random(len(heads)) < 0.15, rng.uniform(3, 10, len(heads)), 1)
    picky = np.where(rng.random(len(heads)) < 0.1, rng.uniform(2, 6, len(heads)), 1)
    people.default[who] *= poor[home]
    people.refund[who] *= picky[home]
    world.alike.append(Alike("household", "consumer", who, home))


def join_in_crowds(world: World) -> None:
    """Hostels, campuses and offices: many of a town who order from a few common devices at a few shops."""
    for kind in CROWDS:
        for _ in range(world.settings.look_alikes[kind]):
            _crowd(world, kind)


def _crowd(world: World, kind: str) -> None:
    rng, firms = world.rng, world.firms
    town = rng.choice(len(world.town_share), 1, p=world.town_share)
    low, high = (int(one[0]) for one in world.of_town(town))
    size = int(rng.integers(*CROWDS[kind]))
    shops = np.flatnonzero((firms.town == town[0]) & (world.custom() > 12))
    if high - low < 2 * size or len(shops) < 3:
        return
    members = low + rng.choice(high - low, size, replace=False)
    devices = world.new_devices(int(rng.integers(1, 5)))
    shops = rng.choice(shops, min(len(shops), int(rng.integers(3, 8))), replace=False)
    if kind != "office" and rng.random() < 0.4:
        world.people.default[members] *= rng.uniform(1.5, 4)
    who = np.repeat(members, rng.poisson(rng.uniform(1.5, 4), size))
    firm = rng.choice(shops, len(who), p=rng.dirichlet(np.full(len(shops), 1.5)))
    t = world.moment(firm)
    if kind == "office":  # lunch
        t = np.floor(t) + rng.normal(11.6, 0.7, len(t)) / 24
    device = np.where(rng.random(len(who)) < 0.7, rng.choice(devices, len(who)), NONE)
    world.honest.append(world.batch(who, firm, t, device=device))
    world.look_alike(kind, "consumer", members)


def visit_malls(world: World) -> None:
    """Trips through several shops of a mall in a day."""
    rng, firms = world.rng, world.firms
    for town, shops in world.malls:
        low, high = world.of_town(np.array([town]))
        trips = int(world.custom()[shops].sum() * rng.uniform(0.08, 0.2) / 2.5)
        if low[0] >= high[0] or not trips:
            continue
        who = world.active(np.repeat(low, trips), np.repeat(high, trips))
        day = np.floor(rng.uniform(0, world.days - 1, trips))
        for _ in range(3):
            firm = rng.choice(shops, trips)
            t = day + rng.uniform(9, 20, trips) / 24
            on = (rng.random(trips) < 0.75) & (t > firms.opening[firm]) & (t < firms.ending[firm])
            world.honest.append(world.batch(who[on], firm[on], t[on]))


def name_owners(world: World) -> None:
    """Some partners belong to a consumer of their town, who logs in by phone and shops about."""
    rng, firms, people = world.rng, world.firms, world.people
    n = len(firms)
    world.owner = np.full(n, NONE)
    low, high = world.of_town(firms.town)
    owned = np.flatnonzero((rng.random(n) < 0.3) & (high > low) & (world.custom() > 0))
    owner = rng.integers(low[owned], high[owned])
    world.owner[owned] = owner
    phone = rng.random(len(owned)) < 0.6
    firms.devices[owned[phone], STAFF_DEVICES - 1] = people.device[owner[phone]]
    same = rng.random(len(owned)) < 0.25
    people.second_account[owner[same]] = firms.account[owned[same]]
    buys = np.flatnonzero(rng.random(len(owned)) < 0.6)
    row = np.repeat(buys, rng.integers(1, 7, len(buys)))
    till = np.where(rng.random(len(owned)) < 0.5, firms.devices[owned, 0], NONE)
    world.honest.append(world.batch(owner[row], owned[row], world.moment(owned[row]), device=till[row]))
    row = np.repeat(buys[rng.random(len(buys)) < 0.3], 2)  # tries a colleague's shop from the till
    order = np.argsort(firms.country, kind="stable")
    first = np.searchsorted(firms.country[order], firms.country[owned[row]])
    last = np.searchsorted(firms.country[order], firms.country[owned[row]], "right")
    other = order[rng.integers(first, last)]
    world.honest.append(
        world.batch(owner[row], other, world.moment(other), device=firms.devices[owned[row], 0])
    )
