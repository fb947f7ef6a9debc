"""Rings of consumers alone, who abuse refunds at honest partners."""

from __future__ import annotations

import numpy as np

from benchmarks.sixth_worlds.people import add_shills
from benchmarks.sixth_worlds.shills import cover_up
from benchmarks.sixth_worlds.world import Ring, World
from benchmarks.writing.units import DISPUTED, NONE, PAID, REFUNDED, Ints, within_runs


def refund_ring(world: World, ring: Ring) -> None:
    """Consumers who order at honest partners of a country and want their money back."""
    rng, firms, care = world.rng, world.firms, ring.care
    n = int(rng.integers(7, 15)) if rng.random() < 0.7 else int(rng.integers(15, 27))
    home = int(rng.choice(len(world.settings.countries), p=world.settings.country_share))
    custom = world.custom()
    rate = world.settings.rates[firms.country]
    able = ~firms.of_ring & (custom > np.quantile(custom, 0.4))
    for rule in (firms.country == home, firms.price / rate > 30):
        able = able & rule if np.count_nonzero(able & rule) >= 6 else able
    shops = np.flatnonzero(able)
    shops = rng.choice(shops, min(len(shops), int(rng.integers(4, 9 + int(6 * care)))), replace=False)
    who, link = _refunders(world, ring, home, n)
    many = rng.poisson((4.5 + 3 * care) * world.settings.intensity, n) + 3
    row = np.repeat(np.arange(n), many)
    firm = rng.choice(shops, len(row), p=rng.dirichlet(np.full(len(shops), 3.0)))
    since = rng.uniform(0.1, 0.6) * world.days
    until = min(world.days - 25, since + (50 + 300 * care) * rng.uniform(0.8, 1.4))
    own = world.moment(firm)
    inside = (own >= since) & (own <= until)
    t = np.where(inside, own, rng.uniform(since, until, len(row)) // 1 + own % 1) + rng.normal(
        0, 0.1, len(row)
    )
    chance = float(np.clip(0.85 - 0.35 * care + rng.normal(0, 0.05), 0.4, 0.92))
    first = within_runs(many)
    u = np.where(first < 2, 0, rng.random(len(row)))  # everybody of them has got something back
    back = np.where(rng.random(len(row)) < rng.uniform(0.6, 0.95), REFUNDED, DISPUTED)
    common = np.where(rng.random(len(row)) < 0.28 - 0.1 * care, link[row], NONE)
    world.planned.append(
        world.batch(
            who[row], firm, t, factor=1.1 + (0.7 - 0.5 * care) * rng.random(),
            outcome=np.where(u < chance, back, PAID), device=common,
        )
    )  # fmt: skip
    cover_up(world, who, (1 + 5 * care) * world.settings.cover, since, until)


def _refunders(world: World, ring: Ring, home: int, n: int) -> tuple[Ints, Ints]:
    """The consumers of such a ring and the common device that each knows."""
    rng, care = world.rng, ring.care
    towns = np.flatnonzero(world.town_country == home)
    town = rng.choice(towns, n, p=world.town_share[towns] / world.town_share[towns].sum())
    if rng.random() < 0.5:
        town[:] = town[0]
    pool = world.new_devices(max(2, int(n * (0.22 + 0.28 * care))))
    accounts = world.new_accounts(max(2, int(np.ceil(n * (0.35 + 0.5 * care)))))
    link = pool[np.arange(n) % len(pool)]
    main = np.where(rng.random(n) < 0.3 + 0.6 * care, world.new_devices(n), link)
    account = rng.permutation(np.arange(n) % len(accounts))
    other = np.where(rng.random(n) < 0.4, world.new_accounts(n), accounts[account])
    who = add_shills(world, town, main, link, accounts[account], other)
    ring.shills, ring.devices = who, [int(one) for one in pool]
    return who, link
