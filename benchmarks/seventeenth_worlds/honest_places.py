"""Honest groups of shops that share a place, a fate, a season or a crowd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.seventeenth_worlds.honest_ties import fees, hard_times, regulars, size, there
from benchmarks.seventeenth_worlds.market import Floats, Ints
from benchmarks.seventeenth_worlds.plans import honest_plan
from benchmarks.seventeenth_worlds.things import Group, Trouble
from benchmarks.seventeenth_worlds.ties import (
    add_shops,
    common_login,
    common_till,
    spread_money,
)
from benchmarks.seventeenth_worlds.world import World


def co_working(world: World, group: Group) -> None:
    rng, shops = world.rng, world.take_shops(size(world, 3, 9))
    there(world, shops)
    add_shops(world, group, shops, "tenant", own=False)
    for _ in range(int(rng.integers(1, 4))):
        some = rng.permutation(shops)[: max(2, int(len(shops) * rng.uniform(0.5, 1)))]
        desk = common_login(world, group, some, weight=rng.uniform(0.1, 1), role="desk")
    staff = regulars(world, group, shops, size(world, 3, 12), each=3)
    world.people.home[staff], world.people.at_home[staff] = desk, rng.uniform(0.1, 0.6)
    fees(world, group, shops, "landlord", share=0.1, chance=0.2)
    hard_times(world, shops)


def mall(world: World, group: Group) -> None:
    rng, shops = world.rng, world.take_shops(size(world, 4))
    there(world, shops)
    add_shops(world, group, shops, "neighbour", own=False)
    visitors = regulars(world, group, shops, size(world, 10, 40) + int(rng.integers(0, 20)), each=5)
    terminals = world.new_devices(int(rng.integers(1, 4)), desk=1.0)
    group.add("device", terminals, "terminal")
    world.people.home[visitors] = rng.choice(terminals, len(visitors))
    world.people.at_home[visitors] = rng.uniform(0.2, 0.9, len(visitors))
    plan = honest_plan(world, weeks=(8, 40))
    t = plan.times(rng, 4 * len(visitors))
    who, shop = rng.choice(visitors, len(t)), rng.choice(shops, len(t))
    fit = (t >= world.people.created[who]) & (t < world.shops.closed[shop]) & (t >= world.shops.opened[shop])
    world.order(t[fit], who[fit], shop[fit], device=rng.choice(terminals, len(t))[fit])
    hard_times(world, shops)


def relaunch(world: World, group: Group) -> None:
    rng, books, market = world.rng, world.shops, world.market
    shops = world.take_shops(2 + int(rng.random() < 0.25))
    edges = np.sort(rng.uniform(0.15, 0.85, len(shops) - 1)) * market.days
    books.closed[shops[:-1]] = edges + rng.uniform(0, 25, len(edges))
    books.opened[shops[0]] = -rng.exponential(300)
    books.opened[shops[1:]] = edges - rng.uniform(0, 20, len(edges))
    books.closed[shops[-1]] = np.inf
    add_shops(world, group, shops, "shop")
    common_login(world, group, shops, weight=rng.uniform(0.3, 3), role="owner")
    if rng.random() < 0.7:
        common_till(world, group, shops, weight=rng.uniform(0.3, 3), role="owner")
    plan = honest_plan(world, weeks=(40, 60))
    regulars(world, group, shops, size(world, 4, 20), plan=plan, each=6)
    if rng.random() < 0.5:
        for shop, edge in zip(shops[:-1], edges, strict=True):
            world.troubles.append(
                Trouble(int(shop), edge - 40, 1e9, *(float(x) for x in rng.uniform(0, 0.25, 3)))
            )


def heirs(world: World, group: Group) -> None:
    rng, books = world.rng, world.shops
    shops = world.take_shops(2)
    day = float(rng.uniform(0.2, 0.8) * world.market.days)
    books.opened[shops], books.closed[shops] = [-rng.exponential(900), day - 5], [day + 15, np.inf]
    books.stem[shops] = int(shops[0])
    books.trade[shops[1]] = books.trade[shops[0]]
    add_shops(world, group, shops, "shop")
    common_login(world, group, shops, weight=rng.uniform(0.3, 2), role="family")
    left, right = (books.tills[shop][0].item for shop in shops)
    t = day + rng.uniform(0, 60, 6)
    spread_money(world, left, np.array([right]), t, 1500 * rng.lognormal(0, 0.8, 6))
    regulars(world, group, shops, size(world, 4, 16), plan=honest_plan(world, weeks=(40, 60)), each=6)
    hard_times(world, shops)


def insolvency(world: World, group: Group) -> None:
    rng, books, market = world.rng, world.shops, world.market
    shops = world.take_shops(size(world, 2, 6))
    there(world, shops)
    died = rng.uniform(0.35, 0.95, len(shops)) * market.days
    books.closed[shops] = np.maximum(died, books.opened[shops] + 30)
    books.closed[shops[books.closed[shops] >= market.days]] = np.inf
    add_shops(world, group, shops, "insolvent", own=False)
    for shop, day in zip(shops, died, strict=True):
        worse = rng.uniform(0.05, 0.5, 3) * np.array([1, 1, 0.4])
        world.troubles.append(Trouble(int(shop), day - rng.uniform(20, 60), 1e9, *(float(x) for x in worse)))
        since = float(day - rng.uniform(0, 14))
        common_login(
            world,
            group,
            np.array([shop]),
            weight=3,
            role="administrator",
            since=since,
            device=_desk(world, group),
        )
    common_till(world, group, shops, weight=3, role="estate", since=float(died.min()), instead=False)
    regulars(world, group, shops, size(world, 4, 16))


def _desk(world: World, group: Group) -> int:
    """The device of this group's helper: the same at every call."""
    for (kind, item), role in group.members.items():
        if kind == "device" and role == "administrator":
            return item
    return int(world.new_devices(1, desk=1.0)[0])


def robbed_shops(world: World, group: Group) -> None:
    rng = world.rng
    shops = world.take_shops(size(world, 2, 7))
    there(world, shops)
    add_shops(world, group, shops, "robbed", own=False)
    thieves = world.take_people(int(rng.integers(5, 25)))
    plan = honest_plan(world, weeks=(4, 25))
    t = plan.times(rng, int(len(thieves) * rng.uniform(1.2, 3)))
    who, shop = rng.choice(thieves, len(t)), rng.choice(shops, len(t))
    fit = (t >= world.shops.opened[shop]) & (t < world.shops.closed[shop])
    world.people.created[thieves] = np.minimum(world.people.created[thieves], plan.start)
    fate = np.tile(rng.dirichlet([0.5, 2, 2]) * rng.uniform(0.6, 0.95), (len(t), 1))
    world.order(t[fit], who[fit], shop[fit], ticket=rng.uniform(1, 2.5), fate=fate[fit])
    regulars(world, group, shops, size(world, 4, 20))


def migration(world: World, group: Group) -> None:
    rng, shops = world.rng, world.take_shops(size(world, 4))
    there(world, shops)
    day = float(rng.uniform(0.1, 0.8) * world.market.days)
    add_shops(world, group, shops, "migrant", own=False)
    common_login(
        world, group, shops, weight=1.5, role="helper", since=day - 10, until=day + rng.uniform(10, 60)
    )
    until = day + rng.uniform(20, 80) if rng.random() < 0.5 else 1e9
    common_till(world, group, shops, weight=3, role="trust", since=day, until=until)
    hard_times(world, shops)


def stalls(world: World, group: Group) -> None:
    rng, books = world.rng, world.shops
    shops = world.take_shops(size(world, 3))
    plan = honest_plan(world, weeks=(4, 10))
    books.opened[shops] = plan.start - rng.uniform(0, 15, len(shops))
    books.closed[shops] = plan.end + rng.uniform(0, 15, len(shops))
    books.closed[shops[books.closed[shops] >= world.market.days]] = np.inf
    books.weight[shops] *= rng.uniform(1, 3)
    add_shops(world, group, shops, "stall")
    common_login(world, group, shops, weight=rng.uniform(0.2, 2), role="organiser")
    if rng.random() < 0.5:
        common_till(world, group, shops, weight=rng.uniform(0.5, 3), role="organiser")
    else:
        fees(world, group, shops, "organiser", share=0.15)
    regulars(world, group, shops, size(world, 5, 30), plan=plan)
    hard_times(world, shops, plan)


def flash_sale(world: World, group: Group) -> None:
    rng = world.rng
    shops = world.take_shops(size(world, 2, 8))
    there(world, shops)
    add_shops(world, group, shops, "shop", own=False)
    who = world.take_people(int(rng.integers(12, 45)))
    plan = honest_plan(world, weeks=(1, 2))
    t = plan.start + rng.exponential(0.4, int(len(who) * rng.uniform(1.5, 4)))
    world.people.created[who] = np.minimum(world.people.created[who], plan.start - 0.5)
    group.add("consumer", who, "hunter")
    _rush(world, who, shops, t, rng.uniform(0.1, 0.5), 0.7)
    fees(world, group, shops, "advertiser", share=0.1)
    hard_times(world, shops, plan)


def influencer_drop(world: World, group: Group) -> None:
    rng = world.rng
    shops = world.take_shops(size(world, 2, 6))
    there(world, shops)
    add_shops(world, group, shops, "brand", own=False)
    who = world.take_people(int(rng.integers(10, 40)))
    plan = honest_plan(world, weeks=(6, 24))
    drops = plan.times(rng, int(rng.integers(2, 6)))
    t = rng.choice(drops, int(len(who) * rng.uniform(2, 5))) + rng.exponential(0.08)
    group.add("consumer", who, "follower")
    world.people.created[who] = np.minimum(world.people.created[who], plan.start - rng.exponential(20))
    _rush(world, who, shops, t, rng.uniform(0.1, 0.45), rng.uniform(0.8, 1.6))
    fees(world, group, shops, "influencer", share=0.12)
    hard_times(world, shops, plan)


def _rush(world: World, who: Ints, shops: Ints, t: Floats, refund: float, dear: float) -> None:
    rng, books = world.rng, world.shops
    whose, shop = rng.choice(who, len(t)), rng.choice(shops, len(t))
    fit = (t >= books.opened[shop]) & (t < books.closed[shop]) & (t < world.market.days)
    fate = np.tile(np.array([refund, rng.uniform(0, 0.08), rng.uniform(0.01, 0.12)]), (len(t), 1))
    world.order(t[fit], whose[fit], shop[fit], ticket=dear, fate=fate[fit])


PLACE_GROUPS: Final[dict[str, Callable[[World, Group], None]]] = {
    one.__name__: one
    for one in (
        co_working,
        mall,
        relaunch,
        heirs,
        insolvency,
        robbed_shops,
        migration,
        stalls,
        flash_sale,
        influencer_drop,
    )
}
