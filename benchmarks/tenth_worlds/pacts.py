"""Who conspires with whom, by what plan, and how the lives of their shops follow from it."""

from __future__ import annotations

import numpy as np

from benchmarks.tenth_worlds.market import GOODS, HANDS, LIVES, MONEY, PAYERS
from benchmarks.tenth_worlds.names import alike
from benchmarks.tenth_worlds.world import Pact, World
from benchmarks.writing.units import NO_INTS, Ints, ints

LEAST_LIFE = 30
"""Days in the window that a shop needs to take part in anything."""


def conspire(world: World) -> None:
    """All pacts of owners, as many as asked for unless they would be more than a twelfth of the owners."""
    rng, market = world.rng, world.market
    room = market.partners // 14 + 6
    while len(world.pacts) < market.rings and room >= 3:
        size = min(3 + int(rng.gamma(1.0, 0.3 * room**0.6)), 20, room)
        pact = _plan(world, _recruit(world, size))
        if len(pact.shops) < 3:
            break
        room -= len(pact.shops)
        world.pacts.append(pact)
        world.busy[pact.shops] = world.of_ring[pact.shops] = True
        _live(world, pact)
    for _ in range(market.circles):
        day = float(rng.uniform(0, 0.6) * world.days)
        world.pacts.append(
            Pact("consumers", "none", "own", "steady", "honest", 0.3, NO_INTS, day, world.days)
        )


def _recruit(world: World, size: int) -> Ints:
    """Owners who know each other: by trade, by town, or from anywhere."""
    rng, shops = world.rng, world.shops
    on, off = world.life(np.arange(world.market.partners))
    free = np.flatnonzero(~world.busy & (off - on > LEAST_LIFE) & world.ordinary_fame())
    if len(free) < size:
        return NO_INTS
    first = rng.choice(free)
    same_trade, same_town, abroad = rng.choice([1.0, 1.0, 5.0, 30.0], 3)
    weight = np.where(shops.trade[free] == shops.trade[first], same_trade, 1.0)
    weight *= np.where(shops.town[free] == shops.town[first], same_town, 1.0)
    country = world.towns.country[shops.town]
    weight *= np.where(country[free] == country[first], abroad, 1.0) * (free != first)
    others = rng.choice(free, size - 1, replace=False, p=weight / weight.sum())
    return rng.permutation(ints([first, *others]))


def _plan(world: World, shops: Ints) -> Pact:
    """A plan that leaves some trace in the data there are."""
    rng, market = world.rng, world.market
    care = float(np.clip(rng.normal(market.care, 0.2), 0.02, 0.98))
    while True:
        payers, money, hands, life, goods = (
            str(of[rng.choice(len(of), p=market.mixture[name])])
            for name, of in (
                ("payers", PAYERS), ("money", MONEY), ("hands", HANDS), ("lives", LIVES), ("goods", GOODS)
            )
        )  # fmt: skip
        if rng.random() < 0.35:
            money = "none"
        if rng.random() < 0.3:
            hands = "own"
        moves = money in ("common", "through") or (money != "none" and market.transfer_cover > 0.5)
        operated = hands != "own" and market.login_cover > 0.5
        traces = 1.5 * (payers != "none") + moves + operated + 0.5 * (life == "heirs")
        harm = payers in ("stolen", "synthetic", "crew") or goods != "honest"
        if traces >= 1.5 and (harm or traces >= 2.5):
            break
    since = float(rng.uniform(0, 0.35) * world.days)
    until = float(min(world.days, since + max(40, rng.uniform(0.35, 1) * world.days)))
    return Pact(payers, money, hands, life, goods, care, shops, since, until)


def _live(world: World, pact: Pact) -> None:
    """When each shop of the pact opens and closes."""
    rng, shops, days = world.rng, world.shops, world.days
    mine, m = pact.shops, len(pact.shops)
    if pact.life == "young":
        shops.on[mine] = np.minimum(pact.since + rng.gamma(1.5, 10, m), days - 35)
        shops.off[mine] = np.where(rng.random(m) < 0.4, pact.until + rng.uniform(2, 30, m), np.inf)
    elif pact.life == "bust":
        pact.until = float(np.clip(pact.until, 45, days - 3))
        pact.since = max(pact.since, pact.until - float(rng.uniform(25, 90)))
        shops.on[mine] = np.minimum(shops.on[mine], pact.since)
        shops.off[mine] = np.where(rng.random(m) < 0.75, pact.until + rng.gamma(1.5, 4, m), np.inf)
        for shop in mine:
            factor = float(rng.uniform(1.2, 3.5))
            world.pushes.append((int(shop), pact.until - rng.uniform(10, 25), pact.until, factor))
    elif pact.life == "heirs":
        pact.since, pact.until = min(pact.since, 0.2 * days), float(days)
        lines = max(1, m // int(rng.integers(2, 5)))
        for line in range(lines):
            succeed(world, mine[line::lines])
    shops.off[shops.off >= days - 1] = np.inf
    if pact.life in ("young", "steady") or rng.random() < 0.5:
        # fronts: some of their shops hardly have customers of their own
        shops.fame[mine] *= rng.uniform(0.45, 1.1, m)


def succeed(world: World, line: Ints) -> None:
    """Shops that live one after the other: same trade and country, often a name that reminds."""
    rng, shops, days = world.rng, world.shops, world.days
    cuts = np.sort(rng.uniform(0.2, 0.85, len(line) - 1)) * days
    cuts = np.maximum.accumulate(np.maximum(cuts, 18 * np.arange(1, len(line))))
    land = world.towns.country
    for before, after, cut in zip(line[:-1], line[1:], cuts, strict=True):
        shops.off[before] = cut
        shops.on[before] = min(shops.on[before], cut - 15)
        shops.on[after] = cut + rng.gamma(1.2, 6) - 3
        shops.off[after] = np.inf
        shops.heir[before] = after
        shops.trade[after], shops.price[after] = shops.trade[before], shops.price[before]
        shops.rank[after], shops.online[after] = shops.rank[before], shops.online[before]
        if rng.random() < 0.6 or land[shops.town[after]] != land[shops.town[before]]:
            shops.town[after] = shops.town[before]
        if rng.random() < 0.6:
            shops.brand[after] = alike(rng, shops.brand[before])
        elif rng.random() < 0.4:
            shops.legal[after] = shops.legal[before]
        shops.fame[after] = shops.fame[before] * rng.uniform(0.6, 1.1)
