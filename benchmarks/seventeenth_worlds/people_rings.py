"""Agents of the rings of people alone, who work at honest shops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.seventeenth_worlds.market import Ints
from benchmarks.seventeenth_worlds.plans import Plan, make_plan
from benchmarks.seventeenth_worlds.shop_rings import GIFTS, PHONES, acts, ends, some_people
from benchmarks.seventeenth_worlds.things import Group
from benchmarks.seventeenth_worlds.ties import Crew, custom, spread_money
from benchmarks.seventeenth_worlds.world import World


def targets(world: World, plan: Plan, n: int, trades: Ints | None = None) -> Ints:
    """Honest shops where a crew goes; those of the trades, if there are any."""
    rng, shops = world.rng, world.shops
    fit = ~shops.taken & (shops.opened < plan.start) & (shops.closed > plan.end)
    mine = np.flatnonzero(fit & np.isin(shops.trade, trades)) if trades is not None else np.flatnonzero(fit)
    if len(mine) < 2:
        mine = np.flatnonzero(fit) if fit.sum() > 1 else np.flatnonzero(~shops.taken)
    chance = shops.weight[mine] ** 0.5
    return np.asarray(rng.choice(mine, min(n, len(mine)), replace=False, p=chance / chance.sum()))


def reach(world: World, ring: Group, low: int = 2, high: int = 8) -> int:
    """At how many shops a crew works: more, if it is careful."""
    return int(world.rng.integers(low, high + 1) * (1 + ring.careful))


def sold_on(world: World, ring: Group, crew: Crew, n: int, euros: float) -> None:
    """A dealer pays the crew for goods; with care over other people's accounts."""
    rng = world.rng
    dealer = world.new_accounts(1, fresh=0.3)
    ring.add("bank_account", dealer, "dealer")
    t = crew.plan.times(rng, n) + rng.gamma(2, 4, n)
    purses = (
        [world.people.account[crew.who], *crew.purses]
        if ring.careful < 0.6
        else [world.people.account[crew.who]]
    )
    into = np.concatenate(purses)
    amounts = euros * rng.lognormal(0, 0.6, n)
    spread_money(world, dealer, into, t, amounts, hops=int(ring.careful > 0.5), group=ring)


def credit_abuse(world: World, ring: Group) -> None:
    plan = make_plan(world, ring, "bust")
    crew = Crew(world, ring, plan, some_people(world), role="made-up name", recruited=0.0)
    n = acts(world, len(crew.who))
    shops = targets(world, plan, reach(world, ring, 4, 12))
    custom(world, crew, shops, n, fate=ends(world, 0.02, 0.08, 0.85))


def refund_abuse(world: World, ring: Group) -> None:
    rng = world.rng
    plan = make_plan(world, ring, str(rng.choice(["waves", "steady"])))
    crew = Crew(world, ring, plan, some_people(world), role="returner", recruited=0.5, purses=0.7)
    n = acts(world, len(crew.who), 4, 11)
    custom(
        world, crew, targets(world, plan, reach(world, ring)), n, fate=ends(world, 0.75, 0.15, 0.02), dear=1.5
    )
    if rng.random() < 0.6:
        teacher = world.new_accounts(1, fresh=0.3)
        ring.add("bank_account", teacher, "organiser")
        many = max(len(crew.who), n // 5)
        payers = world.people.account[crew.who[rng.integers(0, len(crew.who), many)]]
        t = plan.times(rng, many) + rng.gamma(2, 5, many)
        world.transfer(payers, np.full(many, teacher[0]), t, 40 * rng.lognormal(0, 0.5, many))


def stolen_identities(world: World, ring: Group) -> None:
    plan = make_plan(world, ring, str(world.rng.choice(["blitz", "waves"])))
    crew = Crew(world, ring, plan, some_people(world, 6), role="stolen name", recruited=0.0)
    n = acts(world, len(crew.who), 2.5, 6)
    shops = targets(world, plan, reach(world, ring), PHONES if world.rng.random() < 0.6 else None)
    custom(world, crew, shops, n, fate=ends(world, 0.02, 0.7, 0.2), dear=1.3)
    sold_on(world, ring, crew, max(4, n // 4), 140)


def account_takeover(world: World, ring: Group) -> None:
    """The victims are no members: the drops, their handsets and their purses are."""
    rng, people = world.rng, world.people
    plan = make_plan(world, ring, str(rng.choice(["steady", "blitz", "waves"])))
    crew = Crew(world, ring, plan, some_people(world, 4, 14), role="drop", recruited=0.4)
    shops = targets(world, plan, reach(world, ring, 3, 10))
    n = acts(world, len(crew.who), 3, 7)
    custom(world, crew, shops, n, fate=ends(world, 0.1, 0.25, 0.5), bad=0.9)
    old = np.flatnonzero(~people.taken & (people.created < plan.start - 30))
    robbed = rng.permutation(old)[: int(rng.integers(6, 25) * (1 + 0.5 * world.market.ring_size))]
    t = plan.times(rng, int(len(robbed) * rng.uniform(1.2, 2.6)))
    whose = rng.choice(robbed, len(t))
    shop = rng.choice(shops, len(t))
    open_ = (t >= world.shops.opened[shop]) & (t < world.shops.closed[shop])
    t, whose, shop = t[open_], whose[open_], shop[open_]
    slot = rng.integers(0, len(crew.handsets[0]), len(t))
    device = np.stack(crew.handsets)[plan.generation(t), slot]
    seen = rng.random(len(t)) < 0.95 - 0.35 * ring.careful
    ring.add("device", np.unique(device[seen]), "handset")
    device = np.where(seen, device, world.own_device(whose, t))
    fate = np.tile(np.array([0.04, 0.72, 0.08]), (len(t), 1))
    world.order(t, whose, shop, device=device, ticket=rng.uniform(1.0, 2.0), fate=fate)


def mule_network(world: World, ring: Group) -> None:
    rng, people = world.rng, world.people
    plan = make_plan(world, ring, str(rng.choice(["steady", "waves"])))
    crew = Crew(world, ring, plan, some_people(world), role="mule", recruited=0.7, handsets=0.5, purses=0.4)
    n = acts(world, len(crew.who), 3, 7)
    custom(world, crew, targets(world, plan, reach(world, ring, 3, 9)), n, fate=ends(world, 0.25, 0.15, 0.4))
    heads = world.new_accounts(1 + int(rng.integers(0, 3)), fresh=0.4)
    ring.add("bank_account", heads, "collector")
    mules = people.account[crew.who]
    ring.add("bank_account", mules, "mule")
    many = max(2 * len(mules), int(n * rng.uniform(0.5, 1.2)))
    t = plan.times(rng, many)
    lost = people.account[rng.integers(0, len(people.account), many)]
    first = rng.choice(mules, many)
    euros = 300 * rng.lognormal(0, 0.7, many)
    world.transfer(lost, first, t, euros)
    moment, at = t, first
    for _ in range(1 + int(rng.random() < 0.3 + 0.5 * ring.careful)):
        moment = moment + rng.gamma(1.3, 0.4 + 2.5 * ring.careful, many)
        euros = euros * rng.uniform(0.85, 0.98, many)
        after = rng.choice(mules, many)
        world.transfer(at, after, moment, euros)
        at = after
    moment = moment + rng.gamma(1.3, 0.4 + 2.5 * ring.careful, many)
    world.transfer(at, rng.choice(heads, many), moment, euros * rng.uniform(0.85, 0.97, many))


def straw_borrowers(world: World, ring: Group) -> None:
    rng = world.rng
    plan = make_plan(world, ring, str(rng.choice(["steady", "blitz", "waves"])))
    crew = Crew(
        world, ring, plan, some_people(world, 5), role="borrower", recruited=1.0, handsets=0.5, purses=0.1
    )
    shops = targets(world, plan, reach(world, ring, 2, 6), PHONES)
    n = acts(world, len(crew.who), 2.0, 3.5)
    custom(world, crew, shops, n, fate=ends(world, 0.02, 0.06, 0.85), dear=1.3, bad=1.4)
    recruiter = world.new_accounts(1 + int(ring.careful > 0.6), fresh=0.3)
    ring.add("bank_account", recruiter, "recruiter")
    many = int(len(crew.who) * rng.uniform(1.8, 3.0))
    t = plan.times(rng, many) + rng.gamma(1.5, 2, many)
    paid = world.people.account[crew.who[crew.turns(many)]]
    world.transfer(rng.choice(recruiter, many), paid, t, 120 * rng.lognormal(0, 0.35, many))


def gift_card_cash_out(world: World, ring: Group) -> None:
    rng = world.rng
    plan = make_plan(world, ring, str(rng.choice(["blitz", "waves"])))
    crew = Crew(world, ring, plan, some_people(world), role="buyer", recruited=0.3)
    shops = targets(world, plan, reach(world, ring, 2, 5), GIFTS)
    n = acts(world, len(crew.who), 4, 9)
    custom(world, crew, shops, n, fate=ends(world, 0.01, 0.25, 0.6), dear=1.2)
    other = targets(world, plan, 6)
    custom(world, crew, other, max(len(crew.who), n // 4), fate=ends(world, 0.1, 0.1, 0.3), bad=0.3)
    sold_on(world, ring, crew, max(5, n // 2), 70)


def promotion_abuse(world: World, ring: Group) -> None:
    rng = world.rng
    plan = make_plan(world, ring, str(rng.choice(["steady", "waves"])), patient=1.3)
    crew = Crew(
        world, ring, plan, some_people(world, 8), role="new name", recruited=0.0, handsets=1.2, purses=0.8
    )
    shops = targets(world, plan, reach(world, ring, 3, 10))
    n = acts(world, len(crew.who), 3, 5.5)
    dear = rng.uniform(0.4, 0.8)
    custom(world, crew, shops, n, fate=ends(world, 0.6, 0.05, 0.25), dear=dear, bad=1.2, loyal=0.2)


PEOPLE_RINGS: Final[dict[str, Callable[[World, Group], None]]] = {
    "credit_abuse": credit_abuse,
    "refund_abuse": refund_abuse,
    "stolen_identities": stolen_identities,
    "account_takeover": account_takeover,
    "mule_network": mule_network,
    "straw_borrowers": straw_borrowers,
    "gift_card_cash_out": gift_card_cash_out,
    "promotion_abuse": promotion_abuse,
}
