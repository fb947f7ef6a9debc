"""Rings of shoppers who send back or claim what they bought, at honest shops."""

from __future__ import annotations

import numpy as np

from benchmarks.eleventh_worlds.crowds import live
from benchmarks.eleventh_worlds.custom import Custom
from benchmarks.eleventh_worlds.draws import between, one_around, some_of
from benchmarks.eleventh_worlds.records import Ring
from benchmarks.eleventh_worlds.world import World
from benchmarks.writing.units import REFUNDED, Floats, Ints


def abuse_refunds(world: World, custom: Custom, ring: Ring, chance: float, boost: float) -> None:
    """The orders of such a ring; they end as refunds by that chance."""
    rng, care = world.rng, ring.care
    n = int(rng.integers(6, 36))
    hired = round(n * between(care, 0, world.uniform(0, 0.7)))
    members = np.concatenate([world.invent(n - hired, ring.town, care), world.recruit(hired, ring.town)])
    ring.people += members.tolist()
    ring.recruits += members[n - hired :].tolist()
    shops = _targets(world, custom, ring)
    consumer = np.repeat(members, rng.poisson(one_around(rng, 8, 0.4), n) + 3)
    firm = rng.choice(shops, len(consumer), p=rng.dirichlet(np.full(len(shops), 1.5)))
    _share_gear(world, ring, members)
    day = np.floor(_moments(world, ring, len(consumer)))
    world.orders.buy(firm, consumer, day, boost=boost, end=REFUNDED, chance=chance)
    usual = rng.poisson(between(care, 0.5, 7) * world.settings.camouflage, n - hired)
    world.orders.buy(*live(world, custom, members[: n - hired], usual, 0, world.days))


def _targets(world: World, custom: Custom, ring: Ring) -> Ints:
    """Honest shops of the land, or anywhere where it has few."""
    land = world.towns.land[ring.town]
    fits = world.honest & custom.open_from_to(ring.since + 5, ring.until - 5, 20)
    near = np.flatnonzero(fits & (world.land == land))
    shops = some_of(world.rng, near, int(world.rng.integers(4, 20)))
    if len(shops) < 3:
        shops = some_of(world.rng, np.flatnonzero(fits), 8)
    return shops if len(shops) else world.pick(8)


def _moments(world: World, ring: Ring, n: int) -> Floats:
    """(n,) many of them about the same few days, the more the less care."""
    rng, care = world.rng, ring.care
    beats = rng.uniform(ring.since, ring.until, int(rng.integers(2, 8)))
    together = rng.choice(beats, n) + rng.normal(0, between(care, 1, 3.5), n)
    apart = rng.uniform(ring.since, ring.until, n)
    return np.where(rng.random(n) < between(care, 0.85, 0.35), together, apart)


def _share_gear(world: World, ring: Ring, members: Ints) -> None:
    """Devices, accounts or both are shared; there is always something that the orders tell."""
    given, rng, care = world.settings, world.rng, ring.care
    can = [one for one, told in (("d", given.has_devices), ("a", given.has_accounts)) if told]
    chosen = [one for one in can if world.flip(between(care, 0.9, 0.4))] or [str(rng.choice(can))]
    if "d" in chosen:
        pool = world.new_devices(_pool_size(world, ring, len(members)))
        _deal(world, world.people.device, members, pool, care, 0.55)
        ring.devices += pool.tolist()
    if "a" in chosen:
        many = _pool_size(world, ring, len(members))
        pool = world.open_accounts(ring.town, many, 0.6 * (1 - care) + 0.2)
        _deal(world, world.people.account, members, pool, care, 0.4)
        ring.accounts += pool.tolist()


def _pool_size(world: World, ring: Ring, n: int) -> int:
    return max(1, int(n / between(ring.care, world.uniform(3, 10), world.uniform(2.2, 4))))


def _deal(world: World, slots: Ints, members: Ints, pool: Ints, care: float, again: float) -> None:
    """Members use things of the pool first or second, and some of them now and then another one of it."""
    rng = world.rng
    sharing = members[rng.random(len(members)) < between(care, 1, 0.65)]
    slot, other = (0, 1) if world.flip(1 - 0.6 * care) else (1, 2 % slots.shape[1])
    slots[sharing, slot] = rng.choice(pool, len(sharing))
    more = sharing[rng.random(len(sharing)) < again]
    slots[more, other] = rng.choice(pool, len(more))
