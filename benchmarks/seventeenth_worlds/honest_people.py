"""Honest groups of people alone: what they share, and why their luck is sometimes bad."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.seventeenth_worlds.market import Ints
from benchmarks.seventeenth_worlds.people_rings import targets
from benchmarks.seventeenth_worlds.plans import Plan, honest_plan
from benchmarks.seventeenth_worlds.shop_rings import PHONES
from benchmarks.seventeenth_worlds.things import Group
from benchmarks.seventeenth_worlds.ties import second_hand, spread_money
from benchmarks.seventeenth_worlds.world import World


def many_people(world: World, least: int = 4, most: int = 40) -> int:
    return int(np.clip(world.rng.lognormal(2.3, 0.6) * world.market.ring_size, least, most))


def share_device(
    world: World, group: Group, who: Ints, device: Ints, low: float, high: float, role: str
) -> None:
    people, rng = world.people, world.rng
    people.home[who] = rng.choice(device, len(who))
    people.at_home[who] = rng.uniform(low, high, len(who))
    group.add("device", device, role)


def share_purse(
    world: World, group: Group, who: Ints, account: int, low: float, high: float, role: str
) -> None:
    people, rng = world.people, world.rng
    people.other[who] = account
    people.with_other[who] = rng.uniform(low, high, len(who))
    group.add("bank_account", account, role)


def shopping(
    world: World,
    group: Group,
    who: Ints,
    plan: Plan,
    *,
    shops: Ints,
    each: float,
    dear: float = 1.0,
    joined: float = 60,
) -> None:
    """Orders of these people at these shops, from whatever they use."""
    rng, people, books = world.rng, world.people, world.shops
    people.created[who] = np.minimum(people.created[who], plan.start - rng.exponential(joined, len(who)))
    n = int(max(2.0, each * rng.uniform(0.6, 1.8) * world.lively()) * len(who))
    t = plan.times(rng, n)
    whose = np.concatenate([np.resize(rng.permutation(who), n // 2), rng.choice(who, n - n // 2)])
    shop = rng.choice(shops, n)
    fit = (t >= books.opened[shop]) & (t < books.closed[shop]) & (t < world.market.days)
    world.order(t[fit], whose[fit], shop[fit], ticket=dear)
    group.add("consumer", who, "member")


def bad_luck(world: World, who: Ints, *, sure: bool = False) -> None:
    """Some groups cannot pay for a time, or send a lot back."""
    rng, people = world.rng, world.people
    if not sure and rng.random() > world.market.bad_luck:
        return
    if rng.random() < 0.55:
        people.risk[who] *= rng.uniform(2, 18, len(who))
    else:
        people.returns[who] *= rng.uniform(1.5, 5, len(who))


def family(world: World, group: Group) -> None:
    rng, who = world.rng, world.take_people(int(world.rng.integers(3, 8)))
    device = world.new_devices(int(rng.integers(1, 3)), desk=0.4)
    share_device(world, group, who, device, 0.2, 0.95, "family")
    if rng.random() < 0.8:
        share_purse(world, group, who, int(world.people.account[who[0]]), 0.2, 0.95, "family")
    plan = honest_plan(world, weeks=(15, 50))
    shopping(world, group, who, plan, shops=targets(world, plan, int(rng.integers(3, 12))), each=6)
    bad_luck(world, who)


def dormitory(world: World, group: Group) -> None:
    rng, who = world.rng, world.take_people(many_people(world, 8))
    share_device(
        world, group, who, world.new_devices(int(rng.integers(1, 4)), desk=1), 0.1, 0.7, "computer room"
    )
    plan = honest_plan(world, weeks=(8, 30))
    world.people.created[who] = plan.start - rng.exponential(10, len(who))
    shops = targets(world, plan, int(rng.integers(4, 15)))
    shopping(world, group, who, plan, shops=shops, each=4, dear=0.8, joined=5)
    bad_luck(world, who)


def hostel(world: World, group: Group) -> None:
    rng, who = world.rng, world.take_people(many_people(world, 8))
    world.people.country[who] = world.countries(len(who))
    share_device(world, group, who, world.new_devices(int(rng.integers(1, 3)), desk=1), 0.3, 0.9, "terminal")
    plan = honest_plan(world, weeks=(5, 40))
    shopping(
        world, group, who, plan, shops=targets(world, plan, int(rng.integers(4, 18))), each=2.2, joined=30
    )
    bad_luck(world, who)


def resold_phones(world: World, group: Group) -> None:
    rng, people = world.rng, world.people
    who = world.take_people(many_people(world, 5, 25))
    plan = honest_plan(world, weeks=(10, 40))
    phones = second_hand(world, max(2, len(who) // 2), plan.start)
    slot = np.arange(len(who)) % len(phones)
    first = np.arange(len(who)) < len(phones)
    people.device[who[first]] = phones[slot[first]]
    people.switch[who[first]] = plan.start + rng.uniform(0.2, 0.6, int(first.sum())) * (plan.end - plan.start)
    people.next_device[who[first]] = world.new_devices(int(first.sum()))
    people.next_device[who[~first]] = phones[slot[~first]]
    people.switch[who[~first]] = plan.start + rng.uniform(0.6, 0.9, int((~first).sum())) * (
        plan.end - plan.start
    )
    group.add("device", phones, "resold")
    shopping(world, group, who, plan, shops=targets(world, plan, int(rng.integers(3, 12))), each=5)
    bad_luck(world, who)


def carers(world: World, group: Group) -> None:
    rng, who = world.rng, world.take_people(many_people(world, 4, 15))
    share_device(world, group, who, world.people.device[who[:1]], 0.6, 1.0, "carer")
    share_purse(world, group, who, int(world.people.account[who[0]]), 0.0, 0.7, "carer")
    plan = honest_plan(world, weeks=(12, 50))
    shopping(world, group, who, plan, shops=targets(world, plan, int(rng.integers(2, 7))), each=5)
    t = plan.times(rng, 2 * len(who))
    world.transfer(
        world.people.account[rng.choice(who, len(t))],
        np.full(len(t), world.people.account[who[0]]),
        t,
        60 * rng.lognormal(0, 0.6, len(t)),
    )
    bad_luck(world, who)


def purchasers(world: World, group: Group) -> None:
    rng, who = world.rng, world.take_people(many_people(world, 4, 20))
    share_purse(world, group, who, int(world.new_accounts(1, fresh=0.0)[0]), 0.5, 1.0, "firm")
    if rng.random() < 0.5:
        share_device(world, group, who, world.new_devices(2, desk=1), 0.2, 0.8, "office")
    plan = honest_plan(world, weeks=(10, 50))
    shops = targets(world, plan, int(rng.integers(2, 8)))
    shopping(world, group, who, plan, shops=shops, each=6, dear=rng.uniform(1.2, 3))
    bad_luck(world, who)


def hobby_club(world: World, group: Group) -> None:
    rng, who = world.rng, world.take_people(many_people(world, 4, 20))
    plan = honest_plan(world, weeks=(10, 45), steady=False)
    shopping(world, group, who, plan, shops=targets(world, plan, int(rng.integers(1, 5))), each=4, dear=1.3)
    accounts = world.people.account[who]
    t = plan.times(rng, 4 * len(who))
    for payer in rng.permutation(accounts)[: max(2, len(who) // 2)]:
        some = rng.permutation(t)[: max(2, len(t) // len(who))]
        spread_money(
            world, int(payer), accounts[accounts != payer], some, 35 * rng.lognormal(0, 0.7, len(some))
        )
    if rng.random() < 0.5:
        share_device(world, group, who, world.people.device[who[:1]], 0.05, 0.4, "treasurer")
    bad_luck(world, who)


def laid_off(world: World, group: Group) -> None:
    rng, who = world.rng, world.take_people(many_people(world, 6, 30))
    share_device(world, group, who, world.new_devices(1, desk=1), 0.1, 0.6, "library")
    plan = honest_plan(world, weeks=(10, 40))
    shopping(world, group, who, plan, shops=targets(world, plan, int(rng.integers(4, 14))), each=4)
    employer = int(world.new_accounts(1, fresh=0.0)[0])
    group.add("bank_account", employer, "employer")
    t = rng.uniform(max(0.0, plan.start - 90), plan.end, 3 * len(who))
    spread_money(world, employer, world.people.account[who], t, 1400 * rng.lognormal(0, 0.3, len(t)))
    world.people.risk[who] *= rng.uniform(6, 30, len(who))


def fussy_friends(world: World, group: Group) -> None:
    rng, who = world.rng, world.take_people(many_people(world, 4, 14))
    share_device(world, group, who, world.people.device[who[:1]], 0.2, 0.8, "friend")
    plan = honest_plan(world, weeks=(8, 40))
    world.people.returns[who] *= rng.uniform(2.5, 7)
    shopping(world, group, who, plan, shops=targets(world, plan, int(rng.integers(2, 6))), each=7, dear=1.2)


def charity_cards(world: World, group: Group) -> None:
    rng, who = world.rng, world.take_people(many_people(world, 6))
    plan = honest_plan(world, weeks=(6, 35))
    share_purse(world, group, who, int(world.new_accounts(1, fresh=0.3)[0]), 0.4, 1.0, "charity")
    world.people.created[who] = plan.start - rng.exponential(8, len(who))
    if rng.random() < 0.5:
        share_device(world, group, who, world.new_devices(2, desk=0.8), 0.2, 0.7, "office")
    shops = targets(world, plan, int(rng.integers(3, 9)))
    shopping(world, group, who, plan, shops=shops, each=3, dear=0.7, joined=5)
    bad_luck(world, who)


def internet_cafe(world: World, group: Group) -> None:
    rng, who = world.rng, world.take_people(many_people(world, 8))
    share_device(world, group, who, world.new_devices(int(rng.integers(2, 6)), desk=1), 0.4, 1.0, "café")
    plan = honest_plan(world, weeks=(15, 50))
    trades = PHONES if rng.random() < 0.3 else None
    shopping(world, group, who, plan, shops=targets(world, plan, int(rng.integers(4, 16)), trades), each=4)
    bad_luck(world, who)


def loyal_club(world: World, group: Group) -> None:
    rng, who = world.rng, world.take_people(many_people(world, 8))
    plan = honest_plan(world, weeks=(12, 50))
    shopping(world, group, who, plan, shops=targets(world, plan, int(rng.integers(2, 5))), each=8)
    if rng.random() < 0.5:
        club = np.full(2 * len(who), world.new_accounts(1, fresh=0.0)[0])
        group.add("bank_account", club[:1], "club")
        t = plan.times(rng, len(club))
        world.transfer(
            rng.choice(world.people.account[who], len(t)), club, t, 25 * rng.lognormal(0, 0.3, len(t))
        )
    bad_luck(world, who)


PEOPLE_GROUPS: Final[dict[str, Callable[[World, Group], None]]] = {
    one.__name__: one
    for one in (
        family,
        dormitory,
        hostel,
        resold_phones,
        carers,
        purchasers,
        hobby_club,
        laid_off,
        fussy_friends,
        charity_cards,
        internet_cafe,
        loyal_club,
    )
}
