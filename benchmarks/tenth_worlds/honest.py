"""Honest people who do for good reasons what rings do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.tenth_worlds.pacts import LEAST_LIFE, succeed
from benchmarks.tenth_worlds.society import near
from benchmarks.tenth_worlds.units import draw_by, some_of
from benchmarks.tenth_worlds.world import Route, Slump, Use, World
from benchmarks.writing.truth import Alike
from benchmarks.writing.units import Ints

EVER: Final = (-1.0, float("inf"))


def live_honestly(world: World) -> None:
    """All look-alikes of a world; those of a kind number as its market has it."""
    for name, (usual, kind, plant) in PLANTS.items():
        many = world.rng.poisson(usual * world.market.alike[name] * (0.3 + world.market.partners / 1400))
        groups = [members for members in (plant(world) for _ in range(many)) if len(members)]
        if groups:
            number = np.concatenate(groups)
            group = np.repeat(np.arange(len(groups)), [len(one) for one in groups])
            world.alike.append(Alike(name, kind, number, group))


def _pick(world: World, n: int, *, together: float = 0.0, exclusive: bool = True) -> Ints:
    """n shops that live long enough, of one town with that chance; none where there are not as many."""
    rng = world.rng
    on, off = world.life(np.arange(world.market.partners))
    free = np.flatnonzero(
        (off - on > LEAST_LIFE) & ~(world.busy if exclusive else np.zeros(len(on), np.bool_))
    )
    if len(free) > n and rng.random() < together:
        town = world.shops.town[rng.choice(free)]
        free = free[world.shops.town[free] == town]
    chosen = some_of(rng, free, n)
    if len(chosen) < min(n, 2):
        return chosen[:0]
    if exclusive:
        world.busy[chosen] = True
    return chosen


def _size(world: World, least: int, usual: float, most: int) -> int:
    return min(most, least + int(world.rng.exponential(usual)))


def _hold_key(world: World, shops: Ints, low: float, high: float, on: float = -1.0) -> None:
    """One new device that logs in at all of them."""
    device = int(world.new_devices(1)[0])
    for shop in shops:
        world.keys.append(Use(int(shop), device, on, np.inf, float(world.rng.uniform(low, high))))


def _chain(world: World) -> Ints:
    """One owner, one brand, often one account, a device of the head office."""
    rng, shops = world.rng, world.shops
    chain = _pick(world, _size(world, 2, 3, 16), together=0.3)
    if not len(chain):
        return chain
    head = chain[0]
    shops.trade[chain], shops.legal[chain] = shops.trade[head], shops.legal[head]
    if rng.random() < 0.8:
        shops.brand[chain] = shops.brand[head]
    if rng.random() < 0.7:
        _hold_key(world, chain, 0.2, 0.9)
    if rng.random() < 0.6:
        share = float(rng.uniform(0.4, 1))
        world.purses += [Use(int(one), int(shops.account[head]), *EVER, share) for one in chain]
    else:
        _send(world, chain, int(world.open_accounts(world.country(int(head)), 1)[0]))
    return chain


def _send(world: World, shops: Ints, target: int) -> None:
    """They all send parts of what they are paid to one account."""
    rng = world.rng
    for one in world.shops.account[shops]:
        chance, part = float(rng.uniform(0.3, 1)), float(rng.uniform(0.1, 0.9))
        world.routes.append(Route(int(one), (target,), *EVER, chance, part, float(rng.uniform(0.1, 6))))


def _franchise(world: World) -> Ints:
    shops = world.shops
    chain = _pick(world, _size(world, 4, 4, 18))
    if len(chain):
        shops.trade[chain], shops.brand[chain] = shops.trade[chain[0]], shops.brand[chain[0]]
        _send(world, chain, int(world.open_accounts(world.country(int(chain[0])), 1)[0]))
    return chain


def _agency(world: World) -> Ints:
    """An agency or book-keeper looks after shops that have nothing to do with each other."""
    clients = _pick(world, _size(world, 5, 12, 60), exclusive=False)
    _hold_key(world, clients, 0.05, 0.5, float(world.rng.choice([-1.0, 0.4 * world.days])))
    return clients


def _office(world: World) -> Ints:
    tenants = _pick(world, _size(world, 2, 1.2, 6), together=0.9)
    _hold_key(world, tenants, 0.1, 0.7)
    return tenants


def _factoring(world: World) -> Ints:
    """A lender takes what they earn for a while."""
    rng = world.rng
    clients = _pick(world, _size(world, 3, 5, 45), exclusive=False)
    if len(clients):
        bank = int(world.open_accounts(world.country(int(clients[0])), 1)[0])
        for one in clients:
            day = float(rng.uniform(-0.3, 0.7) * world.days)
            world.purses.append(Use(int(one), bank, day, day + rng.uniform(30, 150), rng.uniform(0.5, 1)))
    return clients


def _family(world: World) -> Ints:
    """Kin own shops: they help out with logins, lend money, and buy from each other."""
    rng, shops = world.rng, world.shops
    kin = _pick(world, _size(world, 2, 1.2, 6), together=0.6)
    for one in kin:
        other = int(rng.choice(kin))
        if rng.random() < 0.5:
            world.keys.append(Use(int(one), int(shops.device[other]), *EVER, float(rng.uniform(0.1, 0.4))))
        if rng.random() < 0.5:
            path = (int(shops.account[other]),)
            chance = float(rng.uniform(0.05, 0.5))
            world.routes.append(Route(int(shops.account[one]), path, *EVER, chance, 0.3, 2.0))
    if len(kin):
        _visit(world, near(world, int(shops.town[kin[0]]), 8), kin, 5)
    return kin


def _visit(world: World, people: Ints, shops: Ints, each: float, *, span: float | None = None) -> None:
    """Those people buy at those shops, each at a time of its own or all in some days."""
    rng = world.rng
    who = people[draw_by(rng, rng.gamma(2, 1, len(people)) + 0.2, int(each * len(people)) + 2)]
    where = shops[rng.integers(0, len(shops), len(who))]
    day = rng.uniform(0, world.days, len(who))
    if span is not None:
        day = rng.uniform(0, 0.9) * world.days + rng.exponential(span, len(who))
    world.buy(who, where, np.floor(day) + world.hours(who))


def _mall(world: World) -> Ints:
    """Visitors go from shop to shop on one day; some pay at a terminal of the house."""
    rng, shops = world.rng, world.shops
    tenants = _pick(world, _size(world, 4, 4, 16), together=1.0)
    if len(tenants) < 2:
        return tenants
    town = shops.town[tenants[0]]
    shops.town[tenants], shops.online[tenants] = town, False
    people = near(world, int(town), int(rng.uniform(10, 30) * len(tenants)))
    trips = people[rng.integers(0, len(people), int(len(people) * rng.uniform(0.6, 1.5)))]
    t = rng.uniform(0, world.days, len(trips)).round() + rng.uniform(9, 19, len(trips)) / 24
    stops = rng.integers(2, 5, len(trips))
    who, t = np.repeat(trips, stops), np.repeat(t, stops) + rng.uniform(0, 0.06, stops.sum())
    kiosk = rng.choice(world.new_devices(2), len(who))
    device = np.where(rng.random(len(who)) < rng.uniform(0, 0.5), kiosk, world.gear(who)[0])
    world.buy(who, tenants[rng.integers(0, len(tenants), len(who))], t, device=device)
    return tenants


def _relaunch(world: World) -> Ints:
    """An owner closes, and opens again elsewhere, now and then twice."""
    rng, shops = world.rng, world.shops
    line = _pick(world, 2 + int(rng.random() < 0.3))
    if len(line) > 1:
        succeed(world, line)
        for one in line[1:]:
            if rng.random() < 0.7:
                world.keys.append(
                    Use(int(one), int(shops.device[line[0]]), *EVER, float(rng.uniform(0.3, 1)))
                )
            if rng.random() < 0.6:
                world.purses.append(Use(int(one), int(shops.account[line[0]]), *EVER, 1.0))
    return line


def _insolvency(world: World) -> Ints:
    """A shop, or a firm with its branches, takes orders until the end and cannot deliver the last ones."""
    rng, shops = world.rng, world.shops
    broke = _pick(world, 1 + int(rng.random() < 0.3) * int(rng.integers(1, 4)))
    end = float(rng.uniform(0.4, 0.97) * world.days)
    for one in broke:
        shops.on[one], shops.off[one] = min(shops.on[one], end - 30), end + rng.uniform(0, 6)
        ends = (float(rng.uniform(0.1, 0.4)), float(rng.uniform(0.1, 0.45)), 0.03)
        world.slumps.append(Slump(int(one), end - rng.uniform(10, 50), np.inf, ends))
        world.pushes.append((int(one), end - 25, end, float(rng.uniform(0.8, 3))))
    if len(broke) > 1:
        _hold_key(world, broke, 0.3, 0.8)
    return broke


def _sold(world: World) -> Ints:
    """Shops that an investor buys: from a day on another device and another account."""
    rng = world.rng
    bought = _pick(world, _size(world, 1, 1.2, 6))
    if len(bought):
        day = float(rng.uniform(0.15, 0.8) * world.days)
        _hold_key(world, bought, 0.4, 0.9, day)
        account = world.open_accounts(world.country(int(bought[0])), len(bought))
        world.purses += [
            Use(int(one), int(a), day, np.inf, 1.0) for one, a in zip(bought, account, strict=True)
        ]
        _send(world, bought, int(world.open_accounts(world.country(int(bought[0])), 1)[0]))
    return bought


def _flash_sale(world: World) -> Ints:
    """An influencer sends a crowd, many of them new, to some shops within days."""
    rng = world.rng
    promoted = _pick(world, _size(world, 1, 2, 8))
    if len(promoted):
        n = int(rng.uniform(12, 45) * len(promoted))
        town = draw_by(rng, world.towns.size, n)
        made = rng.uniform(-30, 0.8 * world.days) - rng.exponential(4, n)
        crowd = np.concatenate([world.new_people(town, made, 0.4), rng.integers(0, world.ordinary, n)])
        _visit(world, crowd, promoted, 1.5, span=float(rng.uniform(1, 6)))
    return promoted


def _bad_shop(world: World) -> Ints:
    """A shop alone whose goods are bad, late, or never come."""
    rng = world.rng
    alone = _pick(world, 1)
    for one in alone:
        refund, dispute, default = rng.uniform(0.02, 0.3), rng.uniform(0.05, 0.35), rng.uniform(0.01, 0.25)
        first = float(rng.choice([-1.0, rng.uniform(0, 0.7) * world.days]))
        ends = (float(refund), float(dispute), float(default))
        world.slumps.append(Slump(int(one), first, first + float(rng.uniform(40, 400)), ends))
    return alone


def _lone_fraud(world: World) -> Ints:
    """One consumer with several names and one or two devices does not pay, wherever it buys."""
    rng = world.rng
    n = int(rng.integers(2, 7))
    day = float(rng.uniform(0, 0.8) * world.days)
    names = world.new_people(np.full(n, rng.integers(0, len(world.towns.size))), np.full(n, day - 1.0), 0.2)
    world.people.device[names] = rng.choice(world.new_devices(2), n)
    who = names[rng.integers(0, n, int(rng.integers(6, 36)))]
    where = _pick(world, int(rng.choice([1, 2, 4, 8, 12])), exclusive=False)
    bad = float(rng.uniform(0.4, 0.9))
    ends = (0.03, bad, 0.02) if rng.random() < 0.4 else (0.03, 0.03, bad)
    t = day + rng.exponential(20, len(who))
    world.buy(who, where[rng.integers(0, len(where), len(who))], t, ends=ends)
    return names


def _dormitory(world: World) -> Ints:
    """Flatmates or colleagues with a machine in common and the same shops around."""
    rng = world.rng
    town = int(rng.integers(0, len(world.towns.size)))
    mates = near(world, town, _size(world, 8, 14, 60))
    world.people.second[mates] = rng.choice(world.new_devices(1 + int(rng.random() < 0.4)), len(mates))
    shops = np.flatnonzero(world.shops.town == town)
    shops = some_of(rng, shops, int(rng.integers(1, 7)))
    if len(shops):
        _visit(world, mates, shops, float(rng.uniform(1, 4)))
    return mates


def _supplier_circle(world: World) -> Ints:
    """Firms that sell to each other: money goes from one to the next, and round."""
    rng, account = world.rng, world.shops.account
    firms = _pick(world, _size(world, 3, 1.5, 8))
    for place, one in enumerate(firms):
        path = (int(account[firms[(place + 1) % len(firms)]]),)
        chance, part = float(rng.uniform(0.1, 0.6)), float(rng.uniform(0.1, 0.5))
        world.routes.append(Route(int(account[one]), path, *EVER, chance, part, float(rng.uniform(0.5, 8))))
    return firms


def _staff_discount(world: World) -> Ints:
    """Neighbours: the staff of each buys at the others."""
    shops = _pick(world, _size(world, 2, 1.5, 7), together=1.0)
    if len(shops):
        team = np.unique(np.concatenate([world.staff[int(one)] for one in shops]))
        _visit(world, team, shops, float(world.rng.uniform(3, 10)))
    return shops


def _works_canteen(world: World) -> Ints:
    """Employees who order for a firm, on its account, at its few suppliers."""
    rng = world.rng
    suppliers = _pick(world, _size(world, 2, 2, 8), exclusive=False)
    if len(suppliers):
        clerks = near(world, int(world.shops.town[suppliers[0]]), int(rng.integers(4, 16)))
        who = clerks[rng.integers(0, len(clerks), int(len(clerks) * rng.uniform(3, 9)))]
        account = np.full(len(who), world.open_accounts(world.country(int(suppliers[0])), 1)[0])
        t = np.floor(rng.uniform(0, world.days, len(who))) + rng.uniform(8, 17, len(who)) / 24
        world.buy(who, suppliers[rng.integers(0, len(suppliers), len(who))], t, account=account)
    return suppliers


PLANTS: Final[dict[str, tuple[float, str, Callable[[World], Ints]]]] = {
    "chain": (24, "partner", _chain), "franchise": (4, "partner", _franchise),
    "agency": (3, "partner", _agency), "office": (20, "partner", _office),
    "factoring": (6, "partner", _factoring), "family": (14, "partner", _family),
    "mall": (3, "partner", _mall), "relaunch": (9, "partner", _relaunch),
    "insolvency": (11, "partner", _insolvency), "sold": (7, "partner", _sold),
    "flash_sale": (9, "partner", _flash_sale), "bad_shop": (34, "partner", _bad_shop),
    "lone_fraud": (26, "consumer", _lone_fraud), "dormitory": (16, "consumer", _dormitory),
    "supplier_circle": (4, "partner", _supplier_circle), "staff_discount": (8, "partner", _staff_discount),
    "works_canteen": (10, "partner", _works_canteen),
}  # fmt: skip
"""Of each look-alike: how many a market of 1,000 shops has, of whom it consists, and what they do."""
