"""Who buys for a ring, when, and from what device and account."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.further_worlds.plans import OWN, Ring
from benchmarks.further_worlds.units import DAY_S, Span
from benchmarks.further_worlds.world import World
from benchmarks.writing.units import Floats, Ints


def fresh_share(world: World, shares: tuple[float, float, float], care: int) -> float:
    """The share of a ring's consumers who are new; careful rings recruit people with an honest life."""
    return float(np.clip(shares[care] + world.habits.fresh_bias, 0.03, 0.95))


def episodes(world: World, n: int, span: Span, many: int) -> Floats:
    """`n` moments in `span`: most in `many` episodes, the rest anywhere."""
    rng, (since, until) = world.rng, span
    middle = rng.uniform(since, until, many)
    width = (until - since) * (0.3, 0.3, 0.22, 0.2)[min(many, 3)]
    within = rng.random(n) < 0.7
    near = rng.choice(middle, n) + rng.normal(0, 0.5, n) * width
    moment: Floats = np.clip(np.where(within, near, rng.uniform(since, until, n)), since + 1, until - 1)
    return moment


def recruit_shills(world: World, ring: Ring, n: int, partners: Ints, since_s: float) -> Ints:
    """Consumers, new and ordinary, who will buy for a ring; the less careful share devices and accounts."""
    rng, people, shops, care = world.rng, world.people, world.shops, ring.care
    n_new = int(n * fresh_share(world, (0.75, 0.4, 0.12), care))
    cities = np.unique(shops.city[partners])
    new = world.newcomers(n_new, cities, max(since_s, 0), (0.35, 0.8, 1.1)[care])
    known = world.ordinary_people(n - n_new, np.unique(shops.country[partners]))
    shills = np.concatenate([new, known])
    people.in_ring[shills] = True
    ring.add("consumer", shills)
    if care == 0 and len(new):  # one phone for many made-up people, one bank account for a few
        many = max(1, len(new) // int(rng.integers(4, 12)))
        devices = world.new_devices(many, rng.choice(["mobile", "desktop"]))
        people.device[new] = rng.choice(devices, len(new))
        people.second_device[new] = -1
        ring.add("device", devices)
        accounts = world.new_accounts(max(1, len(new) // 4), people.country[new[0]])
        people.account[new] = rng.choice(accounts, len(new))
        ring.add("bank_account", accounts)
    elif care == 1 and len(new) > 3:
        devices = world.new_devices(max(1, int(len(new) / rng.uniform(2, 3.2))))
        people.device[new] = devices[np.arange(len(new)) % len(devices)]
        ring.add("device", devices)
    return shills


def gang_devices(world: World, ring: Ring, gang: Ints, buyers: Ints) -> Ints:
    """The device of each order: the buyer's own, one that several of the gang use, or another's."""
    rng, care = world.rng, ring.care
    device = np.full(len(buyers), OWN)
    if care == 2:
        other = rng.random(len(buyers)) < rng.uniform(0.02, 0.05)
        device[other] = world.people.device[rng.choice(gang, other.sum())]
        return device
    shared = world.new_devices(max(1, len(gang) // (7, 3)[care]))
    ring.add("device", shared)
    return _shared_among(world, gang, buyers, shared, (0.75, 0.4)[care])


def gang_accounts(world: World, ring: Ring, gang: Ints, buyers: Ints) -> Ints:
    """The funding account of each order: the buyer's own or one that several of the gang use."""
    if ring.care == 2:
        return np.full(len(buyers), OWN)
    many = max(1, len(gang) // (5, 8)[ring.care])
    shared = world.new_accounts(many, world.people.country[gang[0]])
    ring.add("bank_account", shared)
    return _shared_among(world, gang, buyers, shared, (0.6, 0.2)[ring.care])


def _shared_among(world: World, gang: Ints, buyers: Ints, shared: Ints, chance: float) -> Ints:
    mine = pd.Series(shared[world.rng.permutation(len(gang)) % len(shared)], index=gang)
    used = world.rng.random(len(buyers)) < chance
    return np.where(used, mine.reindex(buyers).to_numpy(), OWN)


def fake_orders(
    world: World,
    ring: Ring,
    shills: Ints,
    partners: Ints,
    span: Span,
    bad: float,
    *,
    stick: bool = False,
    ramp: bool = False,
    volume: float = 1.0,
    each: float = 0.0,
    returning: Ints | None = None,
) -> Ints:
    """Plan a ring's orders at those partners, as many as their honest custom can hide, and say who buys.

    `bad`: the share that ends badly; `stick`: a shill mostly keeps to one partner; `ramp`: more towards the
    end; `each`: orders a shill, 0 where the number of shills stands; `returning`: shills sure to buy.
    """
    rng, care, (since, until) = world.rng, ring.care, span
    if not len(shills) or until - since < 2 * DAY_S:
        return np.empty(0, np.int64)
    usual, most = world.orders_of(), ((0.15, 0.45), (0.13, 0.38), (0.1, 0.28))[care]
    strength = world.habits.ring_strength
    many = [int(np.clip(usual[x] * rng.uniform(*most) * strength * volume, 8, 90)) for x in partners]
    if each:  # a circle: each buys several times
        shills = rng.permutation(shills)[: max(6, int(sum(many) / each))]
    buyers = np.concatenate(
        [_buyers(world, shills, n, place, len(partners), care, stick) for place, n in enumerate(many)]
    )
    shops = np.repeat(partners, many)
    n = len(buyers)
    if returning is not None:
        sure = min(len(returning), n * 2 // 3)
        buyers[:sure] = returning[:sure]
    moment = episodes(world, n, span, (1, 2, 4)[care])
    if ramp:
        moment = since + (until - since) * ((moment - since) / (until - since)) ** 0.6
    moment = world.at_hours(moment, shops)
    if care == 0:  # done in a sitting
        sitting = rng.random(n) < 0.3
        hour = rng.uniform(8, 26, sitting.sum())
        moment[sitting] = np.floor(moment[sitting] / DAY_S) * DAY_S + hour * 3600
    split = rng.uniform(0.25, 0.75)
    chances = [0.04, (bad - 0.04) * split, (bad - 0.04) * (1 - split)]
    device = np.full(n, OWN)
    borrowed = rng.random(n) < (0.25, 0.1, rng.uniform(0.01, 0.04))[care]
    device[borrowed] = world.people.device[rng.choice(shills, borrowed.sum())]
    scale = np.exp(rng.normal(np.log((1.45, 1.25, 1.15)[care]), 0.1))
    world.plan(buyers, shops, moment, scale, bad=chances, device=device, of_ring=True)
    return np.unique(buyers)


def _buyers(world: World, shills: Ints, n: int, place: int, many: int, care: int, stick: bool) -> Ints:
    rng = world.rng
    pool = shills[np.arange(len(shills)) % many == place] if stick and many > 1 and care > 0 else shills
    if stick and rng.random() < 0.8:
        pool = np.concatenate([pool, rng.choice(shills, max(1, len(shills) // 6))])
    return rng.choice(pool, n)


def order_from_office(world: World, partners: Ints, shills: Ints, span: Span, n: int) -> None:
    """Plan orders at partners from the login devices of others among them."""
    rng = world.rng
    shops = rng.choice(partners, n)
    buyers = rng.choice(shills, n)
    moment = world.at_hours(rng.uniform(*span, n), shops)
    world.plan(
        buyers, shops, moment, 1.1, device=world.shops.devices[rng.choice(partners, n), 0], of_ring=True
    )
