"""One world from its seed: agents first, then everybody's ordinary life, then what came of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.seventeenth_worlds.backdrop import (
    ordinary_logins,
    ordinary_orders,
    ordinary_transfers,
    pass_on,
    pay_out,
)
from benchmarks.seventeenth_worlds.honest_firms import FIRM_GROUPS
from benchmarks.seventeenth_worlds.honest_people import PEOPLE_GROUPS
from benchmarks.seventeenth_worlds.honest_places import PLACE_GROUPS
from benchmarks.seventeenth_worlds.market import draw_market
from benchmarks.seventeenth_worlds.neighbours import strangers_ties
from benchmarks.seventeenth_worlds.outcomes import currencies, settled
from benchmarks.seventeenth_worlds.people_rings import PEOPLE_RINGS
from benchmarks.seventeenth_worlds.shop_rings import SHOP_RINGS
from benchmarks.seventeenth_worlds.things import Group
from benchmarks.seventeenth_worlds.world import World
from benchmarks.seventeenth_worlds.writing import Writer, write


def ring_kinds(world: World) -> list[str]:
    """The kind of each ring, those with shops first: 6 to 12 kinds exist, some oftener than others."""
    rng, rings = world.rng, world.market.rings
    many = int(rng.integers(6, 13))
    of_shops = int(np.clip(rng.binomial(many, 0.6), 2, many - 2))
    kinds = [str(one) for one in rng.permutation(list(SHOP_RINGS))[:of_shops]]
    kinds += [str(one) for one in rng.permutation(list(PEOPLE_RINGS))[: many - of_shops]]
    first = [kinds[0], kinds[-1], *(str(one) for one in rng.permutation(kinds[1:-1]))][:rings]
    liking = rng.dirichlet(np.full(len(kinds), 3.0))
    rest = [str(one) for one in rng.choice(kinds, rings - len(first), p=liking)]
    return sorted([*first, *rest], key=lambda one: one not in SHOP_RINGS)


def add_rings(world: World) -> None:
    rng, market = world.rng, world.market
    for kind in ring_kinds(world):
        careful = float(rng.uniform(market.care_low, market.care_high))
        if rng.random() < 0.15:
            careful = float(rng.uniform(0, 1))
        ring = Group(kind, honest=False, careful=careful)
        (SHOP_RINGS | PEOPLE_RINGS)[kind](world, ring)
        world.rings.append(ring)


def add_groups(world: World) -> None:
    """Honest groups: as many with shops as there is room for, the others of people."""
    rng, market = world.rng, world.market
    shops, people = [*FIRM_GROUPS, *PLACE_GROUPS], list(PEOPLE_GROUPS)
    likes = rng.dirichlet(np.full(len(shops), 3.0)), rng.dirichlet(np.full(len(people), 3.0))
    room = market.partners * rng.uniform(0.45, 0.6)
    share = rng.uniform(0.4, 0.7)
    for _ in range(market.groups):
        if rng.random() < share and world.free_shops() > room:
            kind = str(rng.choice(shops, p=likes[0]))
        else:
            kind = str(rng.choice(people, p=likes[1]))
        group = Group(kind, honest=True, careful=0.0)
        (FIRM_GROUPS | PLACE_GROUPS | PEOPLE_GROUPS)[kind](world, group)
        world.groups.append(group)


def write_world(folder: Path, *, seed: int, partners: int | None, orders: int | None) -> None:
    rng = np.random.default_rng([17, 4021, seed])
    world = World(draw_market(seed, partners, orders, rng), rng)
    add_rings(world)
    add_groups(world)
    strangers_ties(world)
    ordinary_orders(world)
    ordinary_logins(world)
    sold = settled(world)
    payouts = pay_out(world, sold)
    _, worth = currencies(world.shops.country[payouts["shop"]])
    euros = payouts["amount"].to_numpy() / worth
    pass_on(world, payouts, euros)
    ordinary_transfers(world, payouts, euros)
    writer = Writer(world, sold, payouts)
    tables = writer.tables()
    write(folder, tables, writer.truth(tables["labels"]))
