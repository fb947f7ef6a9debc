"""Honest partners whose orders go badly."""

from __future__ import annotations

import numpy as np

from benchmarks.further_worlds.groups import add_group, between, spread
from benchmarks.further_worlds.units import DAY_S
from benchmarks.further_worlds.world import World


def add_insolvency(world: World) -> None:
    """A shop that goes under."""
    partners, window = world.pick(1, orders=(25, 1e9)), world.window_s
    if partners is None:
        return
    since = max(world.shops.opens[partners[0]], 0)
    if since + 60 * DAY_S < window:
        world.go_under(partners[0], spread(world, since + 50 * DAY_S, window))
        add_group(world, "insolvency", partner=partners)


def add_bad_luck(world: World) -> None:
    """A lasting bad trade, or a bad patch."""
    rng, shops = world.rng, world.shops
    partners = world.pick(1, orders=(30, 1e9))
    if partners is None:
        return
    one = partners[0]
    if rng.random() < 0.3:
        shops.badness[one] *= spread(world, 2.2, 5)
    else:
        since = spread(world, max(shops.opens[one], 0), world.window_s * 0.95)
        shops.bad_since_s[one] = since
        shops.bad_until_s[one] = since + spread(world, 12, 80) * DAY_S
        shops.bad_mix[one] = rng.dirichlet([1, 1.2, 1.2]) * spread(world, 0.3, 0.85)
    add_group(world, "bad_luck", partner=one)


def add_faulty_batch(world: World) -> None:
    """Goods that hit several shops in the same weeks."""
    shops = world.shops
    partners = world.pick(between(world, 2, 6), country=world.a_country())
    if partners is None:
        return
    since = spread(world, 0.1, 0.9) * world.window_s
    mix = world.rng.dirichlet([1.2, 1.2, 0.9]) * spread(world, 0.35, 0.8)
    length_s = spread(world, 12, 60) * DAY_S
    for one in partners:
        shops.bad_since_s[one] = since + spread(world, 0, 8) * DAY_S
        shops.bad_until_s[one] = shops.bad_since_s[one] + length_s * spread(world, 0.7, 1.2)
        shops.bad_mix[one] = mix
    add_group(world, "faulty_batch", partner=partners)


def add_risky_newcomers(world: World) -> None:
    """A shop that sells to newcomers, many of whom do not pay: an honest risk taken."""
    rng, shops, window = world.rng, world.shops, world.window_s
    partners = world.pick(1, orders=(20, 500))
    if partners is None:
        return
    one = int(partners[0])
    since = spread(world, max(shops.opens[one], 0), window * 0.8)
    until = min(since + spread(world, 20, 150) * DAY_S, window)
    n = int(np.clip(world.orders_of()[one] * spread(world, 0.15, 0.5), 10, 90))
    people = max(6, int(n * spread(world, 0.4, 0.8)))
    buyers = world.newcomers(people, [shops.city[one]], since, spread(world, 0.1, 0.6))
    if not len(buyers):
        return
    consumers = rng.choice(buyers, n)
    moment = world.at_hours(rng.uniform(since, until, n), np.full(n, one))
    scale = spread(world, 0.9, 1.5)
    bad = [0.05, spread(world, 0.05, 0.35), spread(world, 0.2, 0.5)]
    world.plan(consumers, one, moment, scale, bad=bad)
    add_group(world, "risky_newcomers", partner=one, consumer=buyers)
