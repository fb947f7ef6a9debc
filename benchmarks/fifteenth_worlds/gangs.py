"""Gangs, each of a trade and a size, until they hold their share of a world."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.fifteenth_worlds import cover, tools
from benchmarks.fifteenth_worlds.climate import Ints
from benchmarks.fifteenth_worlds.schemes import (
    bust_out,
    cash_advance,
    circular_trade,
    credit_abuse,
    credit_extraction,
    dispute_circle,
    dropship_scam,
    laundering,
    mule_chain,
    payout_pool,
    phoenix,
    promo_abuse,
    refund_abuse,
    refund_carousel,
    straw_shells,
    takeover,
    triangulation,
)
from benchmarks.fifteenth_worlds.world import Group, World

Scheme = Callable[[World, Group], None]


def form_gangs(world: World) -> None:
    """Gangs until they hold their share of the shops, and a few of people alone."""
    rng, climate = world.rng, world.climate
    names = np.array([name for name in OF_SHOPS if "transfers" in climate.has or name not in BY_TRANSFERS])
    odds = rng.dirichlet(np.full(len(names), 2.0))
    held, budget, n = 0, climate.gang_share * climate.partners, 0
    fresh: list[str] = []
    while held < budget or n < 4:
        fresh = fresh or rng.permutation(names).tolist()
        name = str(names[rng.choice(len(names), p=odds)]) if world.chance(0.4) else fresh.pop()
        size = int(np.clip(round(np.exp(rng.normal(1.6, 0.45))), 2, 15))
        care = float(rng.beta(*climate.care))
        same = name in ("phoenix", "dropship_scam") or world.chance(0.25)
        shops = tools.claim_shops(
            world, size, trade=same, place=world.chance(0.8), young=world.between(0.3, 0.9)
        )
        if len(shops) < 2:
            return
        _form(world, name, care, shops, OF_SHOPS[name])
        held, n = held + len(shops), n + 1
    for _ in range(max(1, rng.poisson(n * climate.people_gangs))):
        name = str(rng.choice(sorted(OF_PEOPLE)))
        _form(world, name, float(rng.beta(*climate.care)), np.zeros(0, np.int64), OF_PEOPLE[name])


def _form(world: World, name: str, care: float, shops: Ints, scheme: Scheme) -> None:
    group = cover.begun(world, name, shops, honest=False, care=care)
    world.shop["group"][shops] = len(world.gangs)
    group.add("partner", "shop", shops)
    scheme(world, group)
    world.gangs.append(group)


OF_SHOPS: Final[dict[str, Scheme]] = {
    scheme.__name__: scheme
    for scheme in (
        bust_out,
        straw_shells,
        credit_extraction,
        triangulation,
        refund_carousel,
        laundering,
        mule_chain,
        phoenix,
        promo_abuse,
        takeover,
        dropship_scam,
        cash_advance,
        payout_pool,
        circular_trade,
    )
}
OF_PEOPLE: Final[dict[str, Scheme]] = {
    scheme.__name__: scheme for scheme in (refund_abuse, credit_abuse, dispute_circle)
}
BY_TRANSFERS: Final = frozenset({"laundering", "cash_advance", "circular_trade"})
"""Trades of which little is seen without transfers."""
