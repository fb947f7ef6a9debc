"""Partners that burn, close and come back under another name."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from benchmarks.further_worlds.plans import Ring
from benchmarks.further_worlds.ring_orders import fake_orders, recruit_shills
from benchmarks.further_worlds.units import DAY_S, Span
from benchmarks.further_worlds.world import World
from benchmarks.writing.units import Ints

BAD = 0.55
RETURNING = (0.75, 0.5, 0.35)
"""The share of the first life's bad buyers who buy in the next, by care."""


def plant_succession(world: World, ring: Ring, country: int | None) -> bool:
    """Lay one over partners; whether enough of them were found."""
    rng, shops = world.rng, world.shops
    partners = world.pick(int(rng.integers(2, 5)), country=country, orders=(4, 1e6))
    if partners is None:
        return False
    campaigns = _live_in_turn(world, ring, partners)
    _leave_ties(world, ring, partners)
    ring.add("partner", partners)
    usual = world.orders_of()[partners].mean() * 0.22 * rng.uniform(0.8, 1.3)
    _sell(world, ring, partners, campaigns, int(np.clip(usual, 7, 32)))
    shops.in_ring[partners] = True
    return True


def _live_in_turn(world: World, ring: Ring, partners: Ints) -> list[Span]:
    """Each life begins after a gap, alike in place and trade; the campaigns in which they burn."""
    rng, shops, window, care = world.rng, world.shops, world.window_s, ring.care
    n, first = len(partners), partners[0]
    gap = rng.uniform(*((2, 12), (4, 25), (8, 45))[care]) * DAY_S
    life = rng.uniform(45, 170, n) * DAY_S
    last = window - rng.uniform(5, 60) * DAY_S
    life *= min(1, (last + 0.3 * life[0] - 1.4 * gap * (n - 1)) / life.sum())
    begins = rng.uniform(-0.3 * life[0], max(last - (life.sum() + gap * (n - 1)), 0))
    shops.country[partners] = shops.country[first]
    cities = np.flatnonzero(world.city_country == shops.country[first])
    shops.city[partners] = shops.city[first] if care < 2 else rng.choice(cities, n)
    shops.online[partners] = shops.online[first]
    if care < 2 or rng.random() < 0.7:
        shops.trade[partners] = shops.trade[first]
    campaigns = []
    for place, one in enumerate(partners):
        shops.opens[one] = begins
        ends = begins + life[place]
        burns = life[place] * rng.uniform(0.3, 0.6)
        campaigns.append((max(ends - burns, DAY_S), ends - DAY_S))
        if ends < window - 3 * DAY_S:
            shops.closes[one], shops.sells_until[one] = ends + rng.uniform(0, 6) * DAY_S, ends
        else:
            shops.closes[one], shops.sells_until[one] = np.inf, window
        shops.switch_s[one] = np.inf
        shops.later_account[one] = shops.account[one]
        begins = ends + gap * rng.uniform(0.6, 1.4)
    wanted = np.exp(rng.normal(np.log(70), 0.5, n))
    usual = np.maximum(world.orders_of()[partners], 0.5)
    shops.weight[partners] *= np.clip(wanted / usual, 0.2, 30)
    return campaigns


def _leave_ties(world: World, ring: Ring, partners: Ints) -> None:
    """What the lives share: names, accounts, devices; the careful only a slip."""
    rng, shops, care, first = world.rng, world.shops, ring.care, partners[0]
    if care == 0:
        shops.stem[partners] = shops.stem[first]
    if care < 2:
        shops.legal_stem[partners] = shops.legal_stem[first]
    if care == 0 or (care == 1 and rng.random() < 0.5):
        shops.account[partners] = shops.later_account[partners] = shops.account[first]
        ring.add("bank_account", shops.account[first])
    if care == 0 or rng.random() < 0.5:
        if care < 2:
            shops.devices[partners, 0] = shops.devices[first, 0]
        for before, one in pairwise(partners):
            n, opens = int(rng.integers(2, 4)), shops.opens[one]
            world.log_in(one, shops.devices[before, 0], n, (opens, opens + 30 * DAY_S))
        ring.add("device", shops.devices[partners, 0])
    else:
        shops.owner[partners] = shops.owner[first]
        shops.owner_draws[partners] = True
        ring.add("bank_account", shops.owner[first])


def _sell(world: World, ring: Ring, partners: Ints, campaigns: Sequence[Span], n: int) -> None:
    """Bad buyers in each campaign, some of the first one's returning in every later one."""
    share = RETURNING[ring.care]
    buyers = recruit_shills(world, ring, n, partners, campaigns[0][0])
    used = buyers[:0]
    for one, (since, until) in zip(partners, campaigns, strict=True):
        if until < 5 * DAY_S or since > world.window_s:
            continue
        here, span = np.array([one]), (since, min(until, world.window_s))
        if not len(used):
            used = fake_orders(world, ring, buyers, here, span, BAD, volume=0.8)
            continue
        back = world.rng.permutation(used)[: max(2, int(np.ceil(share * len(used))))]
        more = recruit_shills(world, ring, max(3, int((1 - share) * n)), partners, since)
        everybody = np.concatenate([back, more])
        fake_orders(world, ring, everybody, here, span, BAD, volume=0.8, returning=back)
