"""Honest groups that look like gangs: the same tools over the same ranges."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.fifteenth_worlds import cover, sales, tools
from benchmarks.fifteenth_worlds.climate import Ints
from benchmarks.fifteenth_worlds.firms import OWN, circle
from benchmarks.fifteenth_worlds.neighbours import ANYBODY, PEOPLE
from benchmarks.fifteenth_worlds.world import World


def form_honest_groups(world: World) -> None:
    """So many groups for each gang; some hold shops for themselves, others anybody's, gangs' among them."""
    rng, climate = world.rng, world.climate
    names = np.array([*OWN, *ANYBODY, *PEOPLE])
    odds = rng.dirichlet(np.where(np.isin(names, [*OWN]), 4.0, 2.5))
    n, services = int(climate.alike * len(world.gangs)), int(climate.services * len(world.gangs))
    drawn = rng.choice(names, max(n - services, 1), p=odds).tolist() + rng.choice(SERVICES, services).tolist()
    for name in drawn:
        care = float(rng.beta(*climate.care))
        if name in OWN:
            size = int(np.clip(round(np.exp(rng.normal(1.65, 0.55))), 2, 20))
            same = name in SAME_TRADE or world.chance(0.3)
            shops = tools.claim_shops(
                world, size, trade=same, place=world.chance(0.85), young=world.between(0.3, 0.9)
            )
            if len(shops) < 2 or world.free_shops().sum() < 0.35 * climate.partners:
                continue
            world.shop["group"][shops] = len(world.gangs) + len(world.alike)
        elif name in ANYBODY:
            shops = _anybody(world, int(np.clip(round(np.exp(rng.normal(2.2, 0.8))), 3, 60)))
        else:
            shops = np.zeros(0, np.int64)
        group = cover.begun(world, name, shops, honest=True, care=care)
        group.add("partner", "shop", shops)
        KINDS[name](world, group)
        world.alike.append(group)


def strike_by_lot(world: World) -> None:
    """What comes to single shops: a bad month, strangers with stolen cards or no money, money returned."""
    rng, climate = world.rng, world.climate
    for shop in np.flatnonzero(rng.random(climate.partners) < climate.bad_luck).tolist():
        one = np.array([shop])
        group = cover.begun(world, "trouble", one, honest=True, care=float(rng.beta(*climate.care)))
        kind, bad = int(rng.integers(1, 4)), world.between(0.15, 0.8)
        if world.chance(0.25):  # talk of the town
            many = int(min(world.shop["expected"][shop] * world.between(0.1, 1.0), 300)) + 3
            begin = np.array([group.begin])
            sales.rush(
                world,
                one,
                np.array([many]),
                begin,
                begin + world.between(1, 20),
                factor=world.between(0.7, 1.6),
            )
            continue
        if world.chance(0.4):
            worse = bad * 0.7 * np.eye(3)[kind - 1]
            tools.turn_bad(
                world, one, group.begin, group.end, refunded=worse[0], disputed=worse[1], defaulted=worse[2]
            )
            continue
        back, disputed, owed = 0.02 + bad * np.eye(3)[kind - 1]
        lent = world.between(0.0, 0.9)
        sold = circle(
            world,
            group,
            one,
            low=0.1,
            high=0.7,
            each=(1.5, 6),
            fresh=world.between(0, 0.9),
            visits=1,
            factor=world.between(0.7, 2),
            fates=(1 - bad, back, disputed, owed),
            waves=int(rng.integers(0, 6)),
            lent=lent,
        )
        if world.chance(0.45):
            sales.pay_back(
                world, sold, share=(0.2, 1.0), chance=world.between(0.1, 0.7), lag=world.between(0.5, 12)
            )


def _anybody(world: World, n: int) -> Ints:
    """Shops of a country, many of a district, whoever they belong to."""
    rng, shop = world.rng, world.shop
    first = rng.integers(0, len(shop["fame"]))
    weight = np.where(shop["country"] == shop["country"][first], 0.2, 0.002)
    weight = np.where(shop["district"] == shop["district"][first], 1.0, weight)
    keys = rng.exponential(1.0, len(weight)) / weight
    return np.asarray(np.argsort(keys)[:n])


SERVICES: Final = ("bookkeeper", "bookkeeper", "web_agency", "facilitator")
"""Those that serve many in every town."""
KINDS: Final = OWN | ANYBODY | PEOPLE
SAME_TRADE: Final = frozenset(
    {"franchise", "migration", "failed_heir", "weak_trade", "late_supplier", "seasonal"}
)
