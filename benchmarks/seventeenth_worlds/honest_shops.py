"""Honest groups that hold shops: what they share, and why their luck is sometimes bad."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.seventeenth_worlds.market import Floats, Ints
from benchmarks.seventeenth_worlds.plans import WEEK, Plan, honest_plan
from benchmarks.seventeenth_worlds.ties import (
    add_shops,
    common_login,
    common_till,
    go_round,
    passed_on,
    spread_money,
    tills_of,
)
from benchmarks.seventeenth_worlds.world import Group, Trouble, World


def size(world: World, least: int = 2, most: int = 12) -> int:
    return int(min(most, least - 1 + world.rng.geometric(0.32 / world.market.ring_size)))


def hard_times(world: World, shops: Ints, plan: Plan | None = None, *, sure: bool = False) -> None:
    """Some honest groups have a bad time: goods that came late or broken, customers who cannot pay."""
    rng, market = world.rng, world.market
    if not sure and rng.random() > market.bad_luck:
        return
    which = rng.dirichlet([0.8, 0.6, 0.6]) * rng.uniform(0.15, 0.75)
    since = rng.uniform(0, market.days * 0.8) if plan is None else plan.start
    until = since + rng.uniform(20, 90)
    for shop in shops:
        if rng.random() < 0.8:
            own = which * rng.uniform(0.6, 1.2)
            world.troubles.append(Trouble(int(shop), since, until, *(float(one) for one in own)))


def there(world: World, shops: Ints) -> None:
    """Keeps shops open: they have been there for most of the world."""
    rng, books = world.rng, world.shops
    late = books.opened[shops] > world.market.days * 0.5
    books.opened[shops[late]] = rng.uniform(-200, world.market.days * 0.4, int(late.sum()))


def regulars(
    world: World,
    group: Group,
    shops: Ints,
    n: int,
    *,
    plan: Plan | None = None,
    each: float = 4.0,
    dear: float = 1.0,
) -> Ints:
    """People who buy at several of these shops; members of the group."""
    rng = world.rng
    who = world.take_people(n)
    if not len(who):
        return who
    plan = honest_plan(world, weeks=(6, 40), steady=False) if plan is None else plan
    people, books = world.people, world.shops
    people.created[who] = np.minimum(people.created[who], plan.start + rng.uniform(-60, 10, len(who)))
    many = int(max(2, each * rng.uniform(0.6, 1.8) * world.lively()) * len(who))
    t = plan.times(rng, many)
    whose = np.concatenate([np.resize(rng.permutation(who), many // 2), rng.choice(who, many - many // 2)])
    liking = rng.random((many, len(shops)))
    liking[(t[:, None] < books.opened[shops]) | (t[:, None] >= books.closed[shops])] = -1
    fit = (liking.max(axis=1) >= 0) & (t >= people.created[whose]) & (t < world.market.days)
    world.order(t[fit], whose[fit], shops[liking.argmax(axis=1)][fit], ticket=dear)
    group.add("consumer", who, "customer")
    return who


def fees(
    world: World, group: Group, shops: Ints, role: str, *, share: float = 0.08, chance: float = 0.7
) -> int:
    """A share of what the shops earn goes to one account."""
    account = int(world.new_accounts(1, fresh=0.1)[0])
    group.add("bank_account", account, role)
    passed_on(world, group, shops, account, hops=0, share=share, chance=chance, delay=5)
    return account


def franchise(world: World, group: Group) -> None:
    shops = world.take_shops(size(world, 3))
    there(world, shops)
    world.shops.stem[shops] = int(shops[0])
    world.shops.trade[shops] = world.shops.trade[shops[0]]
    add_shops(world, group, shops, "franchisee")
    common_login(world, group, shops, weight=world.rng.uniform(0.05, 0.8), role="head office")
    fees(world, group, shops, "head office", share=world.rng.uniform(0.04, 0.2))
    regulars(world, group, shops, size(world, 4, 25))
    hard_times(world, shops)


def branches(world: World, group: Group) -> None:
    rng, shops = world.rng, world.take_shops(size(world, 2, 7))
    there(world, shops)
    world.shops.firm[shops] = int(shops[0])
    if rng.random() < 0.6:
        world.shops.stem[shops] = int(shops[0])
    add_shops(world, group, shops, "branch")
    common_login(world, group, shops, weight=rng.uniform(0.5, 4), role="owner")
    common_till(world, group, shops, weight=rng.uniform(0.5, 4), role="owner", instead=rng.random() < 0.5)
    regulars(world, group, shops, size(world, 4, 20))
    hard_times(world, shops)


def book_keeper(world: World, group: Group) -> None:
    shops = world.take_shops(size(world, 4))
    add_shops(world, group, shops, "client", own=False)
    common_login(world, group, shops, weight=world.rng.uniform(0.1, 1.2), role="book-keeper")
    fees(world, group, shops, "book-keeper", share=0.03, chance=0.3)
    hard_times(world, shops)


def facilitator(world: World, group: Group) -> None:
    rng, shops = world.rng, world.take_shops(size(world, 4))
    since = rng.uniform(0, world.market.days * 0.6) if rng.random() < 0.4 else -1e9
    add_shops(world, group, shops, "sub-merchant")
    own = tills_of(world, shops)
    pool = common_till(world, group, shops, weight=3, role="facilitator", instead=True, since=since)
    n = int(len(shops) * (world.market.days / 14))
    t = rng.uniform(max(since, 0), world.market.days, n)
    spread_money(world, pool, own, t, 350 * rng.lognormal(0, 0.9, n))
    hard_times(world, shops)


def payment_agent(world: World, group: Group) -> None:
    rng, shops = world.rng, world.take_shops(size(world, 3, 9))
    add_shops(world, group, shops, "principal")
    own = tills_of(world, shops)
    agent = common_till(world, group, shops, weight=rng.uniform(0.4, 2), role="agent")
    n = int(len(shops) * world.market.days / 20)
    t = rng.uniform(0, world.market.days, n)
    spread_money(
        world, agent, own, t, 400 * rng.lognormal(0, 0.8, n), hops=int(rng.random() < 0.4), group=group
    )
    common_login(world, group, shops, weight=rng.uniform(0.05, 0.5), role="agent")
    hard_times(world, shops)


def factoring(world: World, group: Group) -> None:
    rng, shops = world.rng, world.take_shops(size(world, 3, 9))
    add_shops(world, group, shops, "client")
    since = float(rng.uniform(0, world.market.days * 0.5))
    own = tills_of(world, shops)
    bank = common_till(world, group, shops, weight=2, role="factor", since=since, instead=rng.random() < 0.6)
    n = int(len(shops) * (world.market.days - since) / 14) + 2
    t = rng.uniform(since, world.market.days, n)
    spread_money(world, bank, own, t, 600 * rng.lognormal(0, 0.7, n))
    debtors = regulars(world, group, shops, size(world, 4, 20), dear=rng.uniform(1.3, 3))
    if rng.random() < world.market.bad_luck:
        world.people.risk[debtors] *= rng.uniform(3, 12)
    hard_times(world, shops)


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


def web_agency(world: World, group: Group) -> None:
    rng, shops = world.rng, world.take_shops(size(world, 3))
    add_shops(world, group, shops, "client", own=False)
    for _ in range(int(rng.integers(1, 3))):
        common_login(world, group, shops, weight=rng.uniform(0.3, 2.5), role="agency")
    fees(world, group, shops, "agency", share=0.06, chance=0.4)
    if rng.random() < 0.5:
        regulars(world, group, shops, size(world, 3, 10), each=3)
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


def holding(world: World, group: Group) -> None:
    rng, shops = world.rng, world.take_shops(size(world, 2, 8))
    there(world, shops)
    add_shops(world, group, shops, "daughter")
    if rng.random() < 0.4:
        world.shops.firm[shops] = int(shops[0])
    mother = int(world.new_accounts(1, fresh=0.0)[0])
    group.add("bank_account", mother, "mother")
    passed_on(world, group, shops, mother, hops=int(rng.integers(0, 3)), share=0.8, chance=0.8)
    t = rng.uniform(0, world.market.days, int(len(shops) * world.market.days / 30) + 2)
    spread_money(world, mother, tills_of(world, shops), t, 700 * rng.lognormal(0, 0.8, len(t)))
    common_login(world, group, shops, weight=rng.uniform(0.03, 0.6), role="treasurer")
    regulars(world, group, shops, size(world, 4, 20))
    hard_times(world, shops)


def barter_club(world: World, group: Group) -> None:
    rng, shops = world.rng, world.take_shops(size(world, 3, 8))
    there(world, shops)
    add_shops(world, group, shops, "firm")
    firsts = np.array([world.shops.tills[shop][0].item for shop in shops])
    t = np.sort(rng.uniform(0, world.market.days * 0.95, int(rng.integers(4, 25))))
    go_round(world, firsts, t, 500, loss=0.3)
    owners = regulars(world, group, shops, max(4, len(shops)), each=6, dear=1.4)
    for number, who in enumerate(owners[: len(shops)]):
        world.people.other[who], world.people.with_other[who] = firsts[number], rng.uniform(0.2, 0.9)
    hard_times(world, shops)


def support_desk(world: World, group: Group) -> None:
    rng, shops = world.rng, world.take_shops(size(world, 5))
    add_shops(world, group, shops, "helped", own=False)
    day = float(rng.uniform(0, world.market.days * 0.7))
    until = day + WEEK * rng.uniform(2, 20)
    common_login(world, group, shops, weight=rng.uniform(0.02, 0.3), role="support", since=day, until=until)
    hard_times(world, shops)


def supplier_failure(world: World, group: Group) -> None:
    shops = world.take_shops(size(world, 3, 9))
    there(world, shops)
    world.shops.trade[shops] = world.shops.trade[shops[0]]
    add_shops(world, group, shops, "customer of the supplier", own=False)
    fees(world, group, shops, "supplier", share=0.5, chance=0.7)
    regulars(world, group, shops, size(world, 4, 20))
    hard_times(world, shops, honest_plan(world, weeks=(4, 10)), sure=True)


SHOP_GROUPS: Final[dict[str, Callable[[World, Group], None]]] = {
    one.__name__: one
    for one in (
        franchise,
        branches,
        book_keeper,
        facilitator,
        payment_agent,
        factoring,
        co_working,
        mall,
        relaunch,
        heirs,
        insolvency,
        robbed_shops,
        migration,
        web_agency,
        stalls,
        flash_sale,
        influencer_drop,
        holding,
        barter_club,
        support_desk,
        supplier_failure,
    )
}
