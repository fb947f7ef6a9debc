"""What the members of a pact do."""

from __future__ import annotations

import numpy as np

from benchmarks.tenth_worlds.society import near
from benchmarks.tenth_worlds.units import draw_by, some_of
from benchmarks.tenth_worlds.world import Pact, Route, Slump, Use, World
from benchmarks.writing.units import Flags, Floats, Ints, ints

ENDS = {
    "stolen": (0.03, 0.5, 0.03), "synthetic": (0.03, 0.05, 0.5), "recruited": (0.06, 0.08, 0.25),
    "staff": (0.02, 0.01, 0.12), "crew": (0.02, 0.04, 0.6),
}  # fmt: skip
CHEATED = {"nothing": (0.08, 0.3, 0.03), "counterfeit": (0.22, 0.13, 0.02), "late": (0.3, 0.08, 0.02)}
ORDERS_EACH = {
    "stolen": (1.3, 2.5), "synthetic": (2.0, 5.0), "recruited": (2.0, 5.0), "staff": (2.5, 6.0),
    "crew": (4.0, 10.0),
}  # fmt: skip


def act(world: World, pact: Pact) -> None:
    """Hands, money, goods and payers, each by the plan."""
    if not len(pact.shops):
        _cheat_shops(world, pact)
        return
    _operate(world, pact)
    _move(world, pact)
    _cheat_customers(world, pact)
    if pact.payers != "none":
        _pay(world, pact)


def _from(world: World, pact: Pact, shop: int) -> float:
    """When the pact has the shop: from its opening, or from the day it was bought."""
    return pact.since if pact.life in ("bought", "bust") else float(min(world.shops.on[shop], pact.since))


def _circle(world: World, pact: Pact, pool: Ints, each: int) -> list[tuple[int, int]]:
    """Each shop with `each` neighbouring things of a pool, so that all hang together."""
    m, pairs = len(pact.shops), []
    for place, shop in enumerate(pact.shops):
        first = place * len(pool) // m
        pairs += [(int(shop), int(pool[(first + step) % len(pool)])) for step in range(min(each, len(pool)))]
    return pairs


def _operate(world: World, pact: Pact) -> None:
    rng, m = world.rng, len(pact.shops)
    if pact.hands == "own":
        return
    size, each = {
        "one": (1 + int(rng.random() < 0.5), 1 if rng.random() < 0.5 else 2),
        "shifts": (max(2, m // 2), 2),
        "neighbours": (m, 2),
    }[pact.hands]
    if size == 2 and pact.hands == "one":
        each = 2
    pool = world.new_devices(size)
    pact.devices += pool.tolist()
    for shop, device in _circle(world, pact, pool, each):
        share = float(rng.uniform(0.25, 0.9) * (1 - 0.6 * pact.care) / each**0.5)
        world.keys.append(Use(shop, device, _from(world, pact, shop), pact.until, share))


def _move(world: World, pact: Pact) -> None:
    rng, shops, m = world.rng, pact.shops, len(pact.shops)
    land = int(world.towns.country[world.shops.town[shops[0]]])
    own = world.shops.account[shops]
    strength = 1 - 0.55 * pact.care
    if pact.money == "common":
        pool = world.open_accounts(land, max(2, m // 2))
        pact.accounts += pool.tolist()
        for shop, account in _circle(world, pact, pool, 2):
            share = float(rng.uniform(0.2, 0.6) * strength)
            world.purses.append(Use(shop, account, _from(world, pact, shop), pact.until, share))
    elif pact.money == "through":
        for place, shop in enumerate(shops):
            account = int(own[(place + 1) % m])
            share = float(rng.uniform(0.15, 0.5) * strength)
            world.purses.append(Use(int(shop), account, _from(world, pact, int(shop)), pact.until, share))
        pact.accounts += own.tolist()
    elif pact.money != "none":
        heads = world.open_accounts(land, 1 + int(rng.random() < 0.4))
        mules = world.open_accounts(land, m)
        if pact.money == "mules":
            mules = mules[np.arange(m) // int(rng.integers(1, 3))]
        pact.accounts += heads.tolist() if pact.money != "round" else own.tolist()
        pact.accounts += np.unique(mules).tolist() if pact.money == "mules" else []
        paid_to = {int(shop): _bought_account(world, pact, int(shop)) for shop in shops}
        for place, shop in enumerate(shops):
            head = int(rng.choice(heads))
            path = {
                "out": (head,),
                "mules": (int(mules[place]), head),
                "round": (paid_to[int(shops[(place + 1) % m])],),
            }[pact.money]
            chance, part = float(rng.uniform(0.5, 0.95) * strength), float(rng.uniform(0.4, 0.95))
            lag = float(rng.uniform(0.1, 5))
            start = _from(world, pact, int(shop))
            route = Route(paid_to[int(shop)], path, start, pact.until + 15, chance, part, lag)
            world.routes.append(route)


def _bought_account(world: World, pact: Pact, shop: int) -> int:
    """The account that a shop is paid on: a new one where it was bought."""
    if pact.life != "bought":
        return int(world.shops.account[shop])
    account = int(world.open_accounts(world.country(shop), 1)[0])
    world.purses.append(Use(shop, account, pact.since, np.inf, 0.95))
    device = int(world.new_devices(1)[0])
    world.keys.append(Use(shop, device, pact.since, np.inf, 0.6))
    pact.accounts.append(account)
    return account


def _cheat_customers(world: World, pact: Pact) -> None:
    if pact.goods == "honest":
        return
    rng = world.rng
    part = rng.uniform(0.2, 0.8) * (1 - 0.6 * pact.care)
    for shop in pact.shops:
        if rng.random() < 0.85:
            odds = part * rng.uniform(0.6, 1.2) * np.array(CHEATED[pact.goods])
            ends = (float(odds[0]), float(odds[1]), float(odds[2]))
            world.slumps.append(Slump(int(shop), _from(world, pact, int(shop)), pact.until, ends))


def _pay(world: World, pact: Pact) -> None:
    """Orders of the pact's own payers at its shops: few or many persons, each at several of the shops."""
    rng, market, m = world.rng, world.market, len(pact.shops)
    each = float(rng.uniform(*ORDERS_EACH[pact.payers]))
    fame = world.shops.fame
    own = market.orders * fame[pact.shops].mean() / fame.sum()
    usual = np.clip(own * market.volume, 12, 90)
    total = int(m * usual * rng.lognormal(0, 0.35))
    people = _payers(world, pact, max(4, int(total / each)))
    pact.people = people.tolist()
    n = len(people)
    who = draw_by(rng, rng.gamma(2, 1, n) + 0.3, total)
    shop = _visited(world, pact, who, n)
    t = _moments(world, pact, who, shop, n)
    device, account = _tools(world, pact, people, who)
    odds = rng.uniform(0.2, 0.8) * (1 - 0.5 * pact.care) * np.array(ENDS[pact.payers])
    if pact.payers != "stolen" and rng.random() < 0.3:
        odds = odds * 0.15  # they only pump turnover
    ends = (float(odds[0]), float(odds[1]), float(odds[2]))
    dear = float(rng.lognormal(0.15, 0.3))
    world.buy(people[who], shop, t, device=device, account=account, dear=dear, ends=ends)


def _payers(world: World, pact: Pact, n: int) -> Ints:
    """Who pays for the pact."""
    rng, shops = world.rng, world.shops
    home = int(shops.town[pact.shops[0]])
    if pact.payers == "staff":
        team = np.unique(np.concatenate([world.staff[int(shop)] for shop in pact.shops]))
        return team if len(team) >= 4 else near(world, home, 8)
    if pact.payers == "recruited":
        places = [home] if rng.random() < 0.5 else np.unique(shops.town[pact.shops]).tolist()
        known = np.concatenate([near(world, int(town), 2 * n) for town in places])
        known = np.unique(known[world.people.made[known] < pact.since + 15])
        if len(known) >= 4:
            return some_of(rng, known, n)
    town = shops.town[pact.shops[rng.integers(0, m_of(pact), n)]]
    fresh = rng.random(n) < rng.uniform(0.3, 0.9)
    made = pact.since - np.where(fresh, rng.exponential(12, n), rng.exponential(200, n))
    return world.new_people(ints(town), made, float(rng.uniform(0.1, 1) * (0.3 + pact.care)))


def m_of(pact: Pact) -> int:
    """How many shops it has."""
    return len(pact.shops)


def _visited(world: World, pact: Pact, who: Ints, n: int) -> Ints:
    """The shop of each order: a payer has some of the shops, neighbours in the pact or any."""
    rng, m = world.rng, len(pact.shops)
    most = max(2, round(m * rng.uniform(0.25, 0.8)))
    count = rng.integers(2, min(m, most) + 1, n)
    if rng.random() < 0.5:
        offset = (rng.integers(0, m, n)[:, None] + np.arange(m)) % m
    else:
        offset = np.argsort(rng.random((n, m)), axis=1)
    weight = world.shops.fame[pact.shops][offset] ** 0.7 * (np.arange(m) < count[:, None])
    total = np.cumsum(weight, axis=1) / weight.sum(axis=1, keepdims=True)
    place = (total[who] < rng.random(len(who))[:, None]).sum(axis=1)
    return ints(pact.shops[offset[who, np.minimum(place, m - 1)]])


def _moments(world: World, pact: Pact, who: Ints, shop: Ints, n: int) -> Floats:
    """When each order comes: in campaigns or at any time, while the shop lives and the pact lasts."""
    rng = world.rng
    on, off = world.life(shop)
    off = np.maximum(np.minimum(off, pact.until), on + 8)
    on = np.minimum(np.maximum(on, pact.since), off - 8)
    t = rng.uniform(on, off)
    if rng.random() < 0.6:
        waves = rng.uniform(pact.since, pact.until, int(rng.integers(3, 13)))
        width = rng.uniform(1, 12)
        mine = waves[rng.integers(0, len(waves), n)][who]
        planned = mine + rng.normal(0, width, len(who))
        keen = (planned > on) & (planned < off) & (rng.random(len(who)) < 0.8 - 0.5 * pact.care)
        t = np.where(keen, planned, t)
    people = world.people
    hour = people.hour[np.resize(ints(pact.people), n)][who] + rng.normal(0, 3, len(who))
    return np.asarray(np.floor(t) + hour % 24 / 24)


def _tools(world: World, pact: Pact, people: Ints, who: Ints) -> tuple[Ints, Ints]:
    """Device and account of each order: of one's own, or of a store that the pact keeps."""
    rng, n = world.rng, len(people)
    device, account = world.gear(people[who])
    if pact.payers in ("staff", "recruited"):
        return device, account
    own: Flags = rng.random(n) < rng.uniform(0.25, 0.6) + 0.3 * pact.care
    pool = world.new_devices(max(2, int(n / rng.uniform(2, 7))))
    pact.devices += pool.tolist()
    mine = rng.integers(0, len(pool), (n, 2))[who, (rng.random(len(who)) < 0.15).astype(np.int64)]
    device = np.where(own[who], device, pool[mine])
    if pact.payers != "stolen":
        many = max(3, int(n / rng.uniform(1.2, 4))) if pact.payers == "synthetic" else 3 * n
        wallets = world.open_accounts(world.towns.country[world.people.town[people[0]]], many)
        kept = rng.random(n) < 0.3 + 0.3 * pact.care
        account = np.where(kept[who], account, wallets[rng.integers(0, many, (n, 3))[who, who % 3]])
        pact.accounts += wallets.tolist()
    return device, account


def _cheat_shops(world: World, pact: Pact) -> None:
    """Consumers alone: a crew with devices and accounts in common orders at honest shops and does not pay."""
    rng = world.rng
    n = int(rng.integers(9, 30))
    town = int(rng.integers(0, len(world.towns.size)))
    made = pact.since - rng.exponential(25, n)
    people = world.new_people(np.full(n, town), made, 0.6)
    pact.people = people.tolist()
    pool = world.new_devices(max(2, int(n / rng.uniform(3, 6))))
    pact.devices = pool.tolist()
    targets = some_of(rng, np.flatnonzero(~world.of_ring), int(rng.integers(8, 30)))
    who = rng.integers(0, n, int(n * rng.uniform(4, 10)))
    used = pool[rng.integers(0, len(pool), (n, 3))[who, rng.integers(0, 3, len(who))]]
    t = rng.uniform(pact.since, pact.until, len(who))
    refunds = rng.random() < 0.5
    part = float(rng.uniform(0.4, 0.8))
    ends = (part, 0.1, 0.02) if refunds else (0.03, 0.1, part)
    world.buy(people[who], targets[rng.integers(0, len(targets), len(who))], t, device=used, ends=ends)
