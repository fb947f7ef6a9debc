"""The shoppers of rings: made-up people, hired ordinary ones, and what they buy elsewhere as a cover."""

from __future__ import annotations

import numpy as np

from benchmarks.sixth_worlds.people import add_shills
from benchmarks.sixth_worlds.world import Ring, World
from benchmarks.writing.units import NO_INTS, Ints, ints


def fake(world: World, ring: Ring, firms: Ints, n: int) -> tuple[Ints, Ints]:
    """`n` made-up consumers near these partners, on pools of devices and accounts; they, and the accounts."""
    rng, care, typology = world.rng, ring.care, ring.typology
    if n < 1:
        return NO_INTS, NO_INTS
    tight = {"device_farm": 0.3 + 0.37 * care, "collusive_circle": 0.85 + 0.35 * care}.get(
        typology, 0.65 + 0.5 * care
    )
    devices = world.new_devices(max(min(n, 2), int(np.ceil(n * tight))))
    wide = min(1.1, 0.75 + 0.45 * care * rng.uniform(0.6, 1.1))
    accounts = world.new_accounts(max(min(n, 2), int(np.ceil(n * wide))))
    main = np.arange(n) % len(devices)
    chance = 0.75 if typology == "device_farm" else 0.25
    neighbour = (main + (main % 3 != 0)) % len(devices)
    second = devices[np.where(rng.random(n) < chance, neighbour, main)]
    if typology != "device_farm":  # some have a second device of their own
        second = np.where(rng.random(n) < 0.3 + 0.4 * care, world.new_devices(n), second)
    account = accounts[rng.permutation(np.arange(n) % len(accounts))]
    who = add_shills(world, _towns(world, firms, n), devices[main], second, account, account)
    if care < 0.45 and rng.random() < 0.8:  # made in one go
        some = who[rng.random(n) < 0.75 - care]
        day = max(0.0, float(world.firms.opening[firms].min()) + rng.uniform(0, 0.3) * world.days)
        world.people.made[some] = day + rng.uniform(0, 12, len(some))
    return who, accounts


def _towns(world: World, firms: Ints, n: int) -> Ints:
    """Towns of the partners, or others of their countries."""
    rng = world.rng
    near = rng.choice(firms, n)
    ends = np.concatenate([[0], np.cumsum(world.town_share)])
    edge = np.searchsorted(world.town_country, np.arange(len(world.settings.countries) + 1))
    country = world.firms.country[near]
    low, high = ends[edge[country]], ends[edge[country + 1]]
    other = np.searchsorted(ends, low + (high - low) * rng.random(n), "right") - 1
    other = np.clip(other, edge[country], edge[country + 1] - 1)
    return ints(np.where(rng.random(n) < 0.6, world.firms.town[near], other))


def hire(world: World, firms: Ints, n: int) -> Ints:
    """Up to `n` ordinary consumers of the partners' towns."""
    if n < 1:
        return NO_INTS
    low, high = world.of_town(world.firms.town[world.rng.choice(firms, 4 * n)])
    known = high > low
    return world.rng.permutation(np.unique(world.active(low[known], high[known])))[:n]


def cover_up(world: World, who: Ints, per: float, since: float, until: float) -> None:
    """About `per` orders of each at honest partners of their country, about that time."""
    rng, firms = world.rng, world.firms
    consumer = np.repeat(who, rng.poisson(per, len(who)))
    weight = np.where(firms.of_ring, 0, world.custom())
    order = np.argsort(firms.country, kind="stable")
    ends = np.concatenate([[0], np.cumsum(weight[order])]).astype(np.float64)
    edge = np.searchsorted(firms.country[order], np.arange(len(world.settings.countries) + 1))
    country = world.town_country[world.people.town[consumer]]
    low, high = ends[edge[country]], ends[edge[country + 1]]
    nobody = high <= low
    low, high = np.where(nobody, 0, low), np.where(nobody, ends[-1], high)
    drawn = np.searchsorted(ends, low + (high - low) * rng.random(len(consumer)), "right") - 1
    firm = order[np.clip(drawn, 0, len(order) - 1)]
    t = world.moment(firm)
    kept = ((t >= since - 60) & (t <= until + 90)) | (rng.random(len(t)) < 0.3)
    world.planned.append(world.batch(consumer[kept], firm[kept], t[kept]))
