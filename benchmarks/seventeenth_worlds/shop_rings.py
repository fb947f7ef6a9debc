"""Agents of the rings that hold shops: each function is the plan of one kind."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

import numpy as np

from benchmarks.seventeenth_worlds.market import TRADES, Ints
from benchmarks.seventeenth_worlds.plans import WEEK, Plan, make_plan
from benchmarks.seventeenth_worlds.things import Group, Trouble, Window
from benchmarks.seventeenth_worlds.ties import (
    Crew,
    add_shops,
    common_login,
    custom,
    go_round,
    passed_on,
    spread_money,
    tills_of,
    under_one_hand,
)
from benchmarks.seventeenth_worlds.world import World


def a_few_shops(world: World, most: int = 12) -> int:
    """How many shops a ring has: from 2, rarely many."""
    return int(min(most, 1 + world.rng.geometric(0.32 / world.market.ring_size)))


def some_people(world: World, least: int = 4, most: int = 40) -> int:
    size = world.rng.lognormal(2.45, 0.55) * world.market.ring_size
    return int(np.clip(size, least, most))


def acts(world: World, people: int, low: float = 3.5, high: float = 9.0) -> int:
    """How many orders a crew of that size places."""
    return int(max(2 * people, people * world.rng.uniform(low, high) * world.lively()))


def ends(world: World, refund: float, dispute: float, default: float) -> tuple[float, float, float]:
    """The chances of bad ends, near those of the kind, with the ring's own leanings."""
    rng = world.rng
    parts = np.array([refund, dispute, default]) * rng.lognormal(0, 0.45, 3)
    parts *= float(np.clip((refund + dispute + default) * rng.uniform(0.85, 1.1), 0, 0.97)) / parts.sum()
    return float(parts[0]), float(parts[1]), float(parts[2])


def open_for(world: World, group: Group, shops: Ints, plan: Plan, *, age: float, leave: float = 0.0) -> None:
    """Shops that are there while the plan runs; with care they neither come nor go on one day."""
    rng, books, n = world.rng, world.shops, len(shops)
    span = age * (0.4 + 1.6 * group.careful)
    books.opened[shops] = plan.start - rng.exponential(span, n) - rng.uniform(0, 4, n)
    stagger = rng.uniform(0, 0.3 * group.careful + 0.05, n) * (plan.end - plan.start)
    late = rng.permutation(n)[: n // 2]
    books.opened[shops[late]] += stagger[late]
    goes = rng.random(n) < leave * (1 - 0.5 * group.careful)
    after = plan.end + rng.exponential(4 + 30 * group.careful, n)
    after = np.maximum(after, books.opened[shops] + 10)
    books.closed[shops] = np.where(goes & (after < world.market.days), after, np.inf)


def sham(world: World, group: Group, shops: Ints, low: float, high: float) -> None:
    """How much of a shop's custom is real: more, the more careful its owners."""
    factor = world.rng.uniform(low, high, len(shops))
    world.shops.weight[shops] *= np.minimum(1.2, factor * (1 + 2 * group.careful))


def pay_off(world: World, group: Group, crew: Crew, source: int, n: int, euros: float) -> None:
    """What a crew gets for its part, from the account where the money meets."""
    t = np.minimum(crew.plan.times(world.rng, n) + world.rng.gamma(2, 3, n), world.market.days)
    accounts = world.people.account[crew.who]
    hops = int(world.rng.random() < group.careful)
    spread_money(world, source, accounts, t, euros * world.rng.lognormal(0, 0.5, n), hops=hops, group=group)


def bust_out(world: World, ring: Group) -> None:
    plan = make_plan(world, ring, "bust")
    shops = world.take_shops(a_few_shops(world))
    open_for(world, ring, shops, plan, age=60, leave=0.85)
    sham(world, ring, shops, 0.2, 0.8)
    collector = under_one_hand(world, ring, shops, plan)
    crew = Crew(world, ring, plan, some_people(world), role="straw", recruited=0.2)
    n = acts(world, len(crew.who))
    custom(world, crew, shops, n, fate=ends(world, 0.03, 0.3, 0.55), loyal=0.15 * ring.careful)
    out = world.new_accounts(2, fresh=0.5)
    ring.add("bank_account", out, "exit")
    t = plan.end - world.rng.exponential(10, max(3, n // 20))
    spread_money(world, collector, out, t, 900 * world.rng.lognormal(0, 0.8, len(t)))


def shell_network(world: World, ring: Group) -> None:
    plan = make_plan(world, ring, str(world.rng.choice(["steady", "waves"])), patient=1.3)
    shops = world.take_shops(max(3, a_few_shops(world)))
    open_for(world, ring, shops, plan, age=90, leave=0.3)
    sham(world, ring, shops, 0.03, 0.35)
    collector = under_one_hand(world, ring, shops, plan)
    crew = Crew(world, ring, plan, some_people(world), role="straw", recruited=0.3)
    n = acts(world, len(crew.who), 5, 12)
    custom(world, crew, shops, n, fate=ends(world, 0.12, 0.04, 0.16), dear=world.rng.uniform(1, 1.7))
    pay_off(world, ring, crew, collector, n // 2, 110)
    firsts = np.array([world.shops.tills[shop][0].item for shop in shops])
    go_round(world, firsts, plan.times(world.rng, max(4, n // 15)), 600)


def phoenix(world: World, ring: Group) -> None:
    rng, books = world.rng, world.shops
    plan = make_plan(world, ring, "steady", patient=1.6)
    shops = world.take_shops(min(a_few_shops(world, 6), max(2, len(plan.busy) // 4)))
    edges = np.linspace(plan.start, plan.end, len(shops) + 1)
    edges[1:-1] += rng.uniform(-6, 6, len(shops) - 1)
    overlap = rng.uniform(0, 25, len(shops))
    books.opened[shops] = edges[:-1] - rng.uniform(0, 10, len(shops))
    books.opened[shops[0]] -= rng.exponential(120)
    died = edges[1:] + overlap
    books.closed[shops] = np.where(died < world.market.days, died, np.inf)
    sham(world, ring, shops, 0.5, 1.5)
    under_one_hand(world, ring, shops, plan)
    for shop, old, died_at in zip(shops, edges[:-1], died, strict=True):
        since = died_at - (died_at - old) * rng.uniform(0.25, 0.6)
        worse = (1 - 0.5 * ring.careful) * rng.uniform(0.5, 1)
        world.troubles.append(Trouble(int(shop), since, 1e9, 0.25 * worse, 0.45 * worse, 0.1 * worse))
    for old_shop, new_shop in pairwise(shops):
        day = float(books.opened[new_shop]) + rng.uniform(-3, 20, 3)
        source, target = books.tills[old_shop][0].item, books.tills[new_shop][0].item
        if ring.careful < 0.5 or rng.random() < 0.5:
            spread_money(world, source, np.array([target]), day, 700 * rng.lognormal(0, 0.6, 3), hops=0)
    crew = Crew(world, ring, plan, some_people(world, 4, 16), role="shill", recruited=0.7, handsets=0.6)
    n = acts(world, len(crew.who), 3, 7)
    custom(world, crew, shops, n, fate=ends(world, 0.35, 0.2, 0.2), bad=0.4)


def collusive_merchants(world: World, ring: Group) -> None:
    plan = make_plan(world, ring, str(world.rng.choice(["steady", "waves", "bust"])))
    shops = world.take_shops(a_few_shops(world, 7))
    open_for(world, ring, shops, plan, age=250, leave=0.1)
    sham(world, ring, shops, 0.4, 1.0)
    collector = under_one_hand(world, ring, shops, plan)
    crew = Crew(world, ring, plan, some_people(world), role="circle", recruited=0.7, handsets=0.6, purses=0.5)
    n = acts(world, len(crew.who))
    custom(world, crew, shops, n, fate=ends(world, 0.05, 0.12, 0.7), dear=1.3, loyal=0.2)
    pay_off(world, ring, crew, collector, max(len(crew.who), n // 3), 90)


def transaction_laundering(world: World, ring: Group) -> None:
    rng = world.rng
    plan = make_plan(world, ring, "steady", patient=1.3)
    shops = world.take_shops(a_few_shops(world))
    open_for(world, ring, shops, plan, age=120, leave=0.25)
    sham(world, ring, shops, 0.1, 0.6)
    collector = under_one_hand(world, ring, shops, plan)
    crew = Crew(
        world, ring, plan, some_people(world, 8), role="customer", recruited=0.85, handsets=0.35, purses=0.3
    )
    hidden = np.log(rng.uniform(40, 260))
    prices = np.exp((hidden - world.shops.price[shops]) * (1 - 0.6 * ring.careful))
    n = acts(world, len(crew.who), 5, 12)
    custom(world, crew, shops, n, fate=ends(world, 0.1, 0.38, 0.16), dear=prices, bad=0.8)
    owner = world.new_accounts(1, fresh=0.2)
    ring.add("bank_account", owner, "owner")
    t = plan.times(rng, max(4, n // 12))
    spread_money(world, collector, owner, t, 1500 * rng.lognormal(0, 0.5, len(t)), hops=1, group=ring)


def invoice_factoring(world: World, ring: Group) -> None:
    rng = world.rng
    plan = make_plan(world, ring, "bust", patient=1.4)
    shops = world.take_shops(a_few_shops(world, 6))
    open_for(world, ring, shops, plan, age=200, leave=0.5)
    sham(world, ring, shops, 0.1, 0.5)
    collector = under_one_hand(world, ring, shops, plan)
    crew = Crew(world, ring, plan, some_people(world, 4, 20), role="debtor", recruited=0.15, handsets=0.7)
    n = acts(world, len(crew.who), 4, 9)
    custom(world, crew, shops, n, fate=ends(world, 0.06, 0.16, 0.65), dear=rng.uniform(1.5, 3.5))
    t = plan.times(rng, max(6, n // 3))
    early = t < plan.start + 0.75 * (plan.end - plan.start)
    pays = world.people.account[crew.who]
    spread_money(world, collector, pays, t[early], 260 * rng.lognormal(0, 0.5, int(early.sum())))


def insider_refunds(world: World, ring: Group) -> None:
    rng = world.rng
    plan = make_plan(world, ring, str(rng.choice(["steady", "waves"])))
    shops = world.take_shops(a_few_shops(world, 6))
    open_for(world, ring, shops, plan, age=400)
    add_shops(world, ring, shops, "shop")
    weight = float(np.clip(0.7 * (1 - ring.careful), 0.03, 1))
    common_login(world, ring, shops, weight=weight, role="insider", since=plan.start, slips=3)
    crew = Crew(
        world, ring, plan, some_people(world), role="friend", recruited=0.75, handsets=0.4, purses=0.5
    )
    n = acts(world, len(crew.who), 4, 9)
    custom(world, crew, shops, n, fate=ends(world, 0.85, 0.03, 0.03), dear=1.4, loyal=0.1)
    inside = world.new_accounts(1 + int(ring.careful > 0.5), fresh=0.3)
    ring.add("bank_account", inside, "insider")
    many = max(len(crew.who), n // 4)
    t = plan.times(rng, many) + rng.gamma(2, 6, many)
    payers = world.people.account[crew.who[rng.integers(0, len(crew.who), many)]]
    world.transfer(payers, rng.choice(inside, many), t, 70 * rng.lognormal(0, 0.6, many))


def shelf_shops(world: World, ring: Group) -> None:
    rng, books = world.rng, world.shops
    plan = make_plan(world, ring, str(rng.choice(["bust", "blitz"])))
    shops = world.take_shops(a_few_shops(world, 8))
    open_for(world, ring, shops, plan, age=60, leave=0.7)
    books.opened[shops] -= rng.uniform(150, 900, len(shops))
    books.weight[shops] *= rng.uniform(0.1, 0.5, len(shops))
    bought = plan.start - rng.uniform(0, 20, len(shops))
    for shop, day, till in zip(shops, bought, world.new_accounts(len(shops), fresh=0.5), strict=True):
        if rng.random() < 0.9 - 0.5 * ring.careful:
            old = books.tills[shop][0].item
            books.tills[shop] = [Window(old, -1e9, float(day)), Window(int(till), float(day))]
    under_one_hand(world, ring, shops, plan)
    crew = Crew(world, ring, plan, some_people(world), role="stolen name", recruited=0.05)
    custom(world, crew, shops, acts(world, len(crew.who)), fate=ends(world, 0.02, 0.65, 0.2))


def presale_fraud(world: World, ring: Group) -> None:
    rng, books = world.rng, world.shops
    plan = make_plan(world, ring, "steady")
    shops = world.take_shops(a_few_shops(world, 8))
    open_for(world, ring, shops, plan, age=25, leave=0.8)
    books.weight[shops] *= rng.uniform(1.0, 2.5)
    under_one_hand(world, ring, shops, plan)
    worse = (1 - 0.5 * ring.careful) * rng.uniform(0.6, 1)
    for shop in shops:
        since = plan.start + rng.uniform(0.2, 0.6) * (plan.end - plan.start)
        world.troubles.append(Trouble(int(shop), since, 1e9, 0.25 * worse, 0.42 * worse, 0.08 * worse))
    crew = Crew(world, ring, plan, some_people(world, 4, 18), role="shill", recruited=0.4)
    custom(world, crew, shops, acts(world, len(crew.who), 3, 6), fate=ends(world, 0.4, 0.1, 0.2), bad=0.5)


def chargeback_collusion(world: World, ring: Group) -> None:
    plan = make_plan(world, ring, str(world.rng.choice(["steady", "bust", "waves"])))
    shops = world.take_shops(a_few_shops(world, 8))
    open_for(world, ring, shops, plan, age=150, leave=0.4)
    sham(world, ring, shops, 0.2, 0.8)
    collector = under_one_hand(world, ring, shops, plan)
    crew = Crew(world, ring, plan, some_people(world), role="claimant", recruited=0.65, handsets=0.6)
    n = acts(world, len(crew.who))
    custom(world, crew, shops, n, fate=ends(world, 0.05, 0.75, 0.08), dear=1.5, loyal=0.1)
    pay_off(world, ring, crew, collector, max(len(crew.who), n // 4), 120)


def triangulation(world: World, ring: Group) -> None:
    rng = world.rng
    plan = make_plan(world, ring, str(rng.choice(["steady", "waves"])))
    shops = world.take_shops(a_few_shops(world, 6))
    open_for(world, ring, shops, plan, age=80, leave=0.3)
    sham(world, ring, shops, 0.8, 1.6)
    world.shops.price[shops] -= rng.uniform(0.1, 0.35)
    collector = under_one_hand(world, ring, shops, plan)
    crew = Crew(world, ring, plan, some_people(world), role="stolen name", recruited=0.1)
    n = acts(world, len(crew.who))
    alike = np.flatnonzero(np.isin(world.shops.trade, world.shops.trade[shops]) & ~world.shops.taken)
    robbed = rng.permutation(alike)[: int(rng.integers(3, 12))]
    if not len(robbed):
        robbed = rng.permutation(np.flatnonzero(~world.shops.taken))[:5]
    custom(world, crew, robbed, n, fate=ends(world, 0.03, 0.6, 0.25))
    custom(world, crew, shops, max(2 * len(crew.who), n // 3), fate=ends(world, 0.2, 0.1, 0.3), bad=0.3)
    pay_off(world, ring, crew, collector, max(4, n // 8), 60)


def incentive_abuse(world: World, ring: Group) -> None:
    rng = world.rng
    plan = make_plan(world, ring, str(rng.choice(["waves", "steady", "blitz"])))
    shops = world.take_shops(a_few_shops(world, 7))
    open_for(world, ring, shops, plan, age=100, leave=0.15)
    sham(world, ring, shops, 0.3, 0.9)
    under_one_hand(world, ring, shops, plan)
    crew = Crew(world, ring, plan, some_people(world, 10), role="new name", recruited=0.1)
    n = acts(world, len(crew.who), 2.5, 5)
    custom(world, crew, shops, n, fate=ends(world, 0.55, 0.04, 0.15), dear=rng.uniform(0.4, 0.9))
    bonus = int(rng.choice(world.houses))
    tills = tills_of(world, shops)
    t = plan.times(rng, max(len(shops) * 3, n // 6)) + WEEK
    spread_money(world, bonus, tills, t, 60 * rng.lognormal(0, 0.3, len(t)))
    passed_on(world, ring, shops[:1], int(tills[-1]), hops=1, share=0.3, chance=0.5, since=plan.start)


SHOP_RINGS: Final[dict[str, Callable[[World, Group], None]]] = {
    "bust_out": bust_out,
    "shell_network": shell_network,
    "phoenix": phoenix,
    "collusive_merchants": collusive_merchants,
    "transaction_laundering": transaction_laundering,
    "invoice_factoring": invoice_factoring,
    "insider_refunds": insider_refunds,
    "shelf_shops": shelf_shops,
    "presale_fraud": presale_fraud,
    "chargeback_collusion": chargeback_collusion,
    "triangulation": triangulation,
    "incentive_abuse": incentive_abuse,
}
GIFTS: Final = np.flatnonzero([one.code in ("5947", "7922") for one in TRADES])
PHONES: Final = np.flatnonzero([one.code in ("4812", "5732", "5944") for one in TRADES])
