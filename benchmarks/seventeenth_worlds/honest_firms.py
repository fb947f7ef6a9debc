"""Honest groups of shops that one hand helps, owns, pays or supplies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.seventeenth_worlds.honest_ties import fees, hard_times, regulars, size, there
from benchmarks.seventeenth_worlds.plans import WEEK, honest_plan
from benchmarks.seventeenth_worlds.things import Group
from benchmarks.seventeenth_worlds.ties import (
    add_shops,
    common_login,
    common_till,
    go_round,
    passed_on,
    spread_money,
    tills_of,
)
from benchmarks.seventeenth_worlds.world import World


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


def web_agency(world: World, group: Group) -> None:
    rng, shops = world.rng, world.take_shops(size(world, 3))
    add_shops(world, group, shops, "client", own=False)
    for _ in range(int(rng.integers(1, 3))):
        common_login(world, group, shops, weight=rng.uniform(0.3, 2.5), role="agency")
    fees(world, group, shops, "agency", share=0.06, chance=0.4)
    if rng.random() < 0.5:
        regulars(world, group, shops, size(world, 3, 10), each=3)
    hard_times(world, shops)


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


FIRM_GROUPS: Final[dict[str, Callable[[World, Group], None]]] = {
    one.__name__: one
    for one in (
        franchise,
        branches,
        book_keeper,
        facilitator,
        payment_agent,
        factoring,
        web_agency,
        holding,
        barter_club,
        support_desk,
        supplier_failure,
    )
}
