"""Honest groups of consumers alone: those who share a roof, a desk, a card, or a misfortune."""

from __future__ import annotations

import numpy as np

from benchmarks.sixteenth_worlds.honest_owners import Custom
from benchmarks.sixteenth_worlds.rings_of_people import marks
from benchmarks.sixteenth_worlds.town import Ints
from benchmarks.sixteenth_worlds.world import DEFAULTED, DISPUTED, REFUNDED, Party, Tools, World


def _gather(world: World, party: Party, n: int, *, local: bool = True, fresh: float = 0.0) -> Ints:
    """People of one city, or one land; part of them may be new to the platform."""
    rng, people = world.rng, world.town.consumers
    first = int(rng.integers(0, world.town.base_people))
    land, city = int(people.land[first]), int(people.city[first])
    new = int(rng.binomial(n, fresh))
    old = world.free_people(n - new, land, city if local else None)
    born = world.new_people(new, land, party.lo - 20 * rng.random(new))
    found = np.concatenate([old, born])
    party.people = found
    party.add("consumer", found, "belongs to it")
    return found


def family(world: World, party: Party, n: int) -> None:
    rng, kin = world.rng, _gather(world, party, n)
    tablet, card = (
        world.new_devices(1, 2),
        world.new_accounts(1, int(world.town.consumers.land[kin[0]]), 1_500),
    )
    world.share_device(kin, tablet)
    world.share_account(kin, card)
    world.custom(kin, marks(world, party, kin, 3, 8), 4, party.lo, party.hi, None, Tools(tablet, 0.4))
    party.add("device", tablet, "at home")
    party.add("bank_account", card, "of the household")
    if rng.random() < 0.3:
        world.town.consumers.luck[kin] *= rng.uniform(1, 6)


def dormitory(world: World, party: Party, n: int) -> None:
    rng, students = world.rng, _gather(world, party, n, fresh=world.rng.uniform(0, 0.7))
    desks = world.new_devices(max(2, n // 6), 1)
    shops = marks(world, party, students, 3, 8)
    world.share_device(students, desks, 0.6)
    term = party.lo + party.length * rng.uniform(0.5, 0.8)
    world.custom(students, shops, 4, party.lo, term, None, Tools(desks, 0.3))
    fates = {DEFAULTED: rng.uniform(0.05, 0.35), REFUNDED: 0.05}
    world.custom(students, shops, 2, term, party.hi, fates, Tools(desks, 0.4))
    own = world.town.consumers.account[students]
    world.move(own, rng.permutation(own), 2, 25, party.lo, party.hi)
    party.add("device", desks, "in the common room")


def resold_phones(world: World, party: Party, n: int) -> None:
    rng, people, buyers = world.rng, world.town.consumers, _gather(world, party, n, local=False)
    phones = world.new_devices(max(1, n // 4), 0)
    pieces = np.linspace(party.lo, party.hi, 5)
    for turn, buyer in enumerate(buyers):  # one after the other, never two at a time
        lo, hi = pieces[turn % 4], pieces[turn % 4 + 1]
        phone = phones[(turn // 4) % phones.size]
        shops = marks(world, party, np.array([buyer]), 2, 6)
        world.custom(np.array([buyer]), shops, 4, lo, hi, None, Tools(np.array([phone]), 0.9))
    if rng.random() < 0.4:
        people.luck[buyers] *= rng.uniform(1, 5)
    party.add("device", phones, "sold on")


def company_card(world: World, party: Party, n: int) -> None:
    rng, staff = world.rng, _gather(world, party, n)
    card = world.new_accounts(int(rng.integers(1, 3)), int(world.town.consumers.land[staff[0]]), 1_500)
    shops = marks(world, party, staff, 3, 8, steep=0.7)
    fates = {REFUNDED: rng.uniform(0.02, 0.3), DISPUTED: rng.uniform(0, 0.05)}
    world.custom(staff, shops, 5, party.lo, party.hi, fates, Tools(accounts=card, on_account=0.8))
    own = world.town.consumers.account[staff]
    world.move(np.repeat(card[:1], own.size), own, 6, 1_800, party.lo, party.hi)
    party.add("bank_account", card, "of the firm")


def internet_cafe(world: World, party: Party, n: int) -> None:
    rng, guests = world.rng, _gather(world, party, n, fresh=world.rng.uniform(0, 0.5))
    desks = world.new_devices(max(2, n // 7), 1)
    shops = marks(world, party, guests, 5, 18)
    fates = {DISPUTED: rng.uniform(0, 0.06), DEFAULTED: rng.uniform(0, 0.1)}
    world.custom(guests, shops, 3, party.lo, party.hi, fates, Tools(desks, 0.8))
    party.add("device", desks, "in the cafe")


def deal_hunters(world: World, party: Party, n: int) -> None:
    rng, forum = world.rng, _gather(world, party, n, local=False)
    shops = marks(world, party, forum, 4, 10)
    for _ in range(int(rng.integers(2, 5))):
        day = rng.uniform(party.lo, party.hi - 3)
        some = world.some(forum, 0.6)
        world.custom(some, shops, 1.5, day, day + 2, {REFUNDED: rng.uniform(0.2, 0.5)}, scale=0.7)


def savings_circle(world: World, party: Party, n: int) -> None:
    rng, savers = world.rng, _gather(world, party, n)
    own = world.town.consumers.account[savers]
    stake = rng.uniform(60, 300)
    for turn in range(savers.size):
        day = party.lo + party.length * turn / savers.size
        world.move(np.delete(own, turn), own[turn], 1, stake, day, day + 3)
    world.custom(savers, marks(world, party, savers, 2, 5), 3, party.lo, party.hi)
    party.add("bank_account", own, "of a saver")


def plant_closure(world: World, party: Party, n: int) -> None:
    rng, staff = world.rng, _gather(world, party, n)
    shops = marks(world, party, staff, 4, 10)
    turn = party.lo + party.length * rng.uniform(0.3, 0.6)
    employer = world.new_accounts(1, int(world.town.consumers.land[staff[0]]), 2_500)
    world.move(
        np.repeat(employer, staff.size), world.town.consumers.account[staff], 4, 2_100, party.lo - 60, turn
    )
    world.custom(staff, shops, 2.5, party.lo, turn)
    world.custom(staff, shops, 2.5, turn, party.hi, {DEFAULTED: rng.uniform(0.15, 0.5)})
    if rng.random() < 0.5:
        desk = world.new_devices(2, 1)
        world.share_device(staff, desk, 0.3)
        party.add("device", desk, "in the break room")
    party.add("bank_account", employer, "of the employer")


RECIPES: dict[str, Custom] = {
    one.__name__: one
    for one in (
        family, dormitory, resold_phones, company_card, internet_cafe, deal_hunters, savings_circle,
        plant_closure,
    )
}  # fmt: skip
