"""Honest groups whose shops have one owner or one story, and what all honest groups need."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.sixteenth_worlds.acts import give_back, reopen, run_together
from benchmarks.sixteenth_worlds.town import NEVER, Ints
from benchmarks.sixteenth_worlds.world import DISPUTED, Party, Tools, World

Custom = Callable[[World, Party, int], None]


def people_of(world: World, party: Party, n: int, *, before: float = NEVER, local: bool = True) -> Ints:
    """People of the group, of the town of its first shop where it has one."""
    partners, people = world.town.partners, world.town.consumers
    shop = party.shops[0]
    city = int(partners.area[shop]) if local and partners.area[shop] < people.city.max() + 1 else None
    found = world.free_people(n, int(partners.land[shop]), city, before)
    party.people = np.concatenate([party.people, found])
    party.add("consumer", found, "buys")
    return found


def land_of(world: World, party: Party) -> int:
    return int(world.town.partners.land[party.shops[0]])


def everyone(world: World, party: Party, shops: Ints, extra: int) -> Ints:
    """The group's shops, and others besides: whoever takes the same service may be anyone."""
    partners = world.town.partners
    near = np.flatnonzero(partners.land == partners.land[shops[0]])
    others = world.rng.choice(near, min(extra, near.size), replace=False)
    crooked = [one.shops for one in world.parties if one.crooked]
    honest = others[~np.isin(others, np.concatenate([np.zeros(0, np.int64), *crooked]))]
    party.add("partner", honest[~np.isin(honest, shops)], "takes the same service")
    return np.unique(np.concatenate([shops, others]))


def franchise(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    if rng.random() < 0.8:
        world.same_name(shops)
    world.town.partners.trade[shops] = world.town.partners.trade[shops[0]]
    run_together(world, party, shops, devices=0.9, purse=0.4, sink=0.7, lo=party.lo, hi=party.hi)


def family_shops(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    run_together(world, party, shops, devices=0.8, purse=0.6, sink=0.5, lo=party.lo, hi=party.hi)
    kin = people_of(world, party, n)
    world.custom(kin, shops, rng.uniform(2, 7), party.lo, party.hi)
    tablet = world.new_devices(1, 2)
    world.share_device(kin, tablet, 0.6)
    party.add("device", tablet, "at home")
    if rng.random() < 0.6:
        purses = world.town.partners.account[shops]
        world.share_account(world.some(kin, 0.4, 1), purses)
        party.add("bank_account", purses, "belongs to a shop")


def relaunch(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    begins, ends = reopen(world, shops, party.lo, party.hi, (-15, 40))
    run_together(world, party, shops, devices=1.0, purse=0.8, sink=0.2, lo=party.lo - 40, hi=party.hi)
    if rng.random() < 0.6:
        world.same_name(shops)
    regulars = people_of(world, party, n, before=party.lo + 10)
    lows = np.maximum(np.array(begins), 0) + 1
    world.custom(regulars, shops, 2.5 * shops.size, lows, np.maximum(np.array(ends), lows + 5))
    if rng.random() < 0.6:  # the move itself costs some orders
        world.trouble(
            shops[:-1], np.array(ends[:-1]) - 20, ends[:-1], rng.uniform(0.05, 0.3), rng.uniform(0, 0.12)
        )


def insolvency(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    falls = world.some(shops, 0.5, 1)
    end = party.hi - rng.uniform(0, 0.4 * party.length, falls.size)
    world.live(falls, off=end)
    world.trouble(
        falls, end - rng.uniform(20, 60, falls.size), end, rng.uniform(0.1, 0.3), rng.uniform(0.1, 0.4), 0.03
    )
    run_together(world, party, shops, devices=0.7, purse=0.4, sink=0.4, lo=party.lo, hi=party.hi)
    desk, estate = world.new_devices(1, 1), world.new_accounts(1, land_of(world, party), 900)
    also = np.flatnonzero(
        (world.town.partners.off < NEVER) & (world.town.partners.land == land_of(world, party))
    )
    for shop in np.unique(
        np.concatenate([falls, rng.permutation(also)[:3]])
    ):  # who also winds up others' trade
        last = float(world.town.partners.off[shop])
        world.visit(np.array([shop]), int(desk[0]), 1.0, last - rng.uniform(5, 30), last)
    world.pay_to(falls, estate[0], end - rng.uniform(2, 25, falls.size))
    party.add("device", desk, "the administrator's")
    party.add("bank_account", estate, "the estate")


def robbed_shops(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    for shop in shops:  # each thief for himself, known for no more than that
        thieves = world.crowd(int(rng.integers(5, 22)), shop)
        cards = Tools(accounts=world.new_accounts(thieves.size, land_of(world, party), 800), on_account=0.8)
        lo = rng.uniform(party.lo, party.hi - 10)
        hi = min(lo + rng.uniform(5, 60), party.hi)
        fates = {DISPUTED: rng.uniform(0.4, 0.8)}
        world.custom(thieves, np.array([shop]), 1.3, lo, hi, fates, cards, scale=1.5)
    run_together(world, party, shops, devices=0.6, purse=0.3, sink=0.4, lo=party.lo, hi=party.hi)


def changed_hands(world: World, party: Party, n: int) -> None:
    rng, shops, partners = world.rng, party.shops, world.town.partners
    day = party.lo + rng.uniform(0.1, 0.7) * party.length
    sold, kept = shops[1:], shops[:1]
    tool = world.new_devices(1)
    world.visit(kept, int(tool[0]), 1.5, -NEVER, NEVER)
    world.visit(sold, int(tool[0]), rng.uniform(0.5, 3), day - rng.uniform(0, 5), NEVER)
    party.add("device", tool, "the new owner's")
    common = partners.account[kept][0]
    if rng.random() < 0.6:
        world.pay_to(sold, common, day + rng.uniform(0, 12, sold.size))
    else:
        world.pay_to(sold, world.new_accounts(sold.size, land_of(world, party), 60), day + rng.uniform(0, 12))
    world.move(np.repeat(common, sold.size), partners.account[sold], 1, 20_000, day - 20, day + 5)
    party.add("bank_account", partners.account[shops], "belongs to a shop")
    world.trouble(sold, day, day + rng.uniform(10, 50), rng.uniform(0, 0.2), rng.uniform(0, 0.08))


def dark_kitchen(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    partners = world.town.partners
    partners.area[shops] = partners.area[shops[0]]
    run_together(world, party, shops, devices=1.0, purse=0.95, sink=0.2, lo=-5, hi=world.climate.days)
    hungry = people_of(world, party, n)
    world.custom(hungry, shops, rng.uniform(4, 10), party.lo, party.hi)
    if rng.random() < 0.4:
        world.live(shops, party.lo - rng.uniform(1, 30))


def holding(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    purses = world.town.partners.account[shops]
    run_together(world, party, shops, devices=0.6, purse=0.3, sink=0.7, lo=party.lo, hi=party.hi)
    world.move(
        purses,
        np.roll(purses, 1),
        party.length / rng.uniform(8, 30),
        world.takings(shops),
        party.lo,
        party.hi,
    )
    party.add("bank_account", purses, "belongs to a shop")


def gig_team(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    world.town.partners.period[shops] = 1
    chief = world.new_accounts(1, land_of(world, party), 600)
    world.pay_to(world.some(shops, 0.7), chief[0], party.lo + rng.uniform(-5, 20))
    kin = people_of(world, party, n)
    give_back(world, party, chief, kin, 300, party.lo, party.hi)
    phone = world.new_devices(1, 0)
    world.visit(world.some(shops, 0.7), int(phone[0]), rng.uniform(0.5, 3), party.lo, party.hi)
    world.share_device(world.some(kin, 0.3, 1), phone)
    world.custom(kin, shops, 1.5, party.lo, party.hi)
    party.add("device", phone, "the foreman's")
    party.add("bank_account", chief, "the foreman's")


def neighbours_trade(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    owners = people_of(world, party, n)
    purses = world.town.partners.account[shops]
    world.share_account(owners, purses, 0.8)
    world.share_device(owners, world.new_devices(max(1, owners.size // 2)), 0.4)
    till = Tools(accounts=purses, on_account=0.5)
    world.custom(owners, shops, rng.uniform(5, 11), party.lo, party.hi, None, till, scale=1.5)
    weekly = world.takings(shops) * 0.4
    world.move(purses, rng.permutation(purses), rng.uniform(2, 8), weekly, party.lo, party.hi)
    party.add("bank_account", purses, "belongs to a shop")


RECIPES: dict[str, Custom] = {
    one.__name__: one
    for one in (
        franchise, family_shops, relaunch, insolvency, robbed_shops, changed_hands, dark_kitchen, holding,
        gig_team, neighbours_trade,
    )
}  # fmt: skip
