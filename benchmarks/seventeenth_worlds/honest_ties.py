"""What honest groups of shops share: regular customers, fees, and bad times."""

from __future__ import annotations

import numpy as np

from benchmarks.seventeenth_worlds.market import Ints
from benchmarks.seventeenth_worlds.plans import Plan, honest_plan
from benchmarks.seventeenth_worlds.things import Group, Trouble
from benchmarks.seventeenth_worlds.ties import (
    passed_on,
)
from benchmarks.seventeenth_worlds.world import World


def size(world: World, least: int = 2, most: int = 12) -> int:
    return int(min(most, least - 1 + world.rng.geometric(0.32 / world.market.ring_size)))


def hard_times(world: World, shops: Ints, plan: Plan | None = None, *, sure: bool = False) -> None:
    """Some honest groups have a bad time: goods that came late or broken, customers who cannot pay."""
    rng, market = world.rng, world.market
    if not sure and rng.random() > market.bad_luck:
        return
    which = rng.dirichlet([0.8, 0.9, 0.6]) * rng.uniform(0.15, 0.75)
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
