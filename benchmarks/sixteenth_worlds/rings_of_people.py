"""Rings of consumers alone, who work against honest shops."""

from __future__ import annotations

import numpy as np

from benchmarks.sixteenth_worlds.acts import crew_tools, recruit
from benchmarks.sixteenth_worlds.rings_of_shops import Recipe
from benchmarks.sixteenth_worlds.town import Ints
from benchmarks.sixteenth_worlds.world import DEFAULTED, DISPUTED, REFUNDED, Party, World


def marks(world: World, party: Party, crew: Ints, least: int, most: int, *, steep: float = 0.0) -> Ints:
    """Honest shops of the crew's land that are open all the while; dear ones rather, where steep."""
    partners = world.town.partners
    land = world.town.consumers.land[crew[0]]
    able = np.flatnonzero((partners.land == land) & (partners.on < party.lo) & (partners.off > party.hi))
    if able.size < 3:
        able = np.flatnonzero((partners.on < party.lo) & (partners.off > party.hi))
    crooked = np.concatenate([np.zeros(0, np.int64), *[one.shops for one in world.parties if one.crooked]])
    able = able[~np.isin(able, crooked)]
    weight = partners.price[able] ** steep * partners.custom[able] ** 0.5
    many = min(able.size, int(world.rng.integers(least, most + 1)))
    return np.asarray(world.rng.choice(able, many, replace=False, p=weight / weight.sum()), np.int64)


def forward(world: World, party: Party, crew: Ints, amount: float) -> None:
    """Money of the crew goes to an organiser, by way of its members' accounts."""
    rng = world.rng
    chief = world.new_accounts(1, int(world.town.consumers.land[crew[0]]), 400)
    some = world.some(crew, 0.9 - 0.5 * party.care)
    own = world.town.consumers.account[some]
    world.move(own, chief[0], rng.uniform(1.5, 5), amount, party.lo + 2, party.hi + 10)
    party.add("bank_account", chief, "organises")
    party.add("bank_account", own, "passes on")


def _less(party: Party) -> float:
    return 1 - 0.35 * party.care


def credit_abuse(world: World, party: Party, crew_size: int) -> None:
    rng = world.rng
    crew = recruit(world, party, crew_size, party.lo, fresh=rng.uniform(0.7, 1.0))
    tools = crew_tools(world, party, crew, 0.35)
    shops = marks(world, party, crew, 4, 12, steep=0.4)
    turn = party.lo + party.length * rng.uniform(0.5, 0.75)
    world.custom(crew, shops, 3, party.lo, turn, scale=0.6, tools=tools)
    world.custom(
        crew,
        shops,
        4,
        turn,
        party.hi,
        {DEFAULTED: 0.75 * _less(party)},
        scale=rng.uniform(1.5, 3.5),
        tools=tools,
    )


def refund_abuse(world: World, party: Party, crew_size: int) -> None:
    rng = world.rng
    crew = recruit(world, party, crew_size, party.lo)
    tools = crew_tools(world, party, crew)
    shops = marks(world, party, crew, 3, 10, steep=0.5)
    fates = {REFUNDED: 0.65 * _less(party), DISPUTED: 0.08}
    world.custom(crew, shops, 5, party.lo, party.hi, fates, tools, scale=rng.uniform(1, 1.8))
    if rng.random() < 0.8:
        forward(world, party, crew, rng.uniform(40, 160))


def promo_abuse(world: World, party: Party, crew_size: int) -> None:
    rng = world.rng
    crew = recruit(world, party, crew_size, party.lo, fresh=rng.uniform(0.8, 1.0))
    tools = crew_tools(world, party, crew, 0.5)
    shops = marks(world, party, crew, 1, 4)
    fates = {REFUNDED: 0.22 * _less(party), DISPUTED: 0.14 * _less(party), DEFAULTED: 0.08}
    world.custom(crew, shops, 2.5, party.lo, party.hi, fates, tools, scale=0.6)


def device_farm(world: World, party: Party, crew_size: int) -> None:
    rng = world.rng
    crew = recruit(world, party, crew_size, party.lo, fresh=rng.uniform(0.5, 1.0))
    tools = crew_tools(world, party, crew, 0.5)
    shops = marks(world, party, crew, 5, 18)
    fates = {DISPUTED: 0.24 * _less(party), DEFAULTED: 0.24 * _less(party), REFUNDED: 0.08}
    world.custom(crew, shops, 6, party.lo, party.hi, fates, tools)


def friendly_fraud(world: World, party: Party, crew_size: int) -> None:
    rng = world.rng
    crew = recruit(world, party, crew_size, party.lo, fresh=0.05)
    tools = crew_tools(world, party, crew)
    shops = marks(world, party, crew, 3, 8, steep=0.5)
    world.custom(
        crew, shops, 4, party.lo, party.hi, {DISPUTED: 0.6 * _less(party), REFUNDED: 0.1}, tools, scale=1.4
    )
    own = world.town.consumers.account[crew]
    world.move(own, rng.permutation(own), rng.uniform(1.5, 4), rng.uniform(30, 90), party.lo, party.hi + 10)
    party.add("bank_account", own, "belongs to a buyer")


def mule_herd(world: World, party: Party, crew_size: int) -> None:
    rng = world.rng
    crew = recruit(world, party, crew_size, party.lo)
    tools = crew_tools(world, party, crew)
    shops = marks(world, party, crew, 3, 10)
    fates = {DISPUTED: 0.45 * _less(party), DEFAULTED: 0.06}
    world.custom(crew, shops, 3.5, party.lo, party.hi, fates, tools)
    pots = world.new_accounts(int(rng.integers(1, 3)), int(world.town.consumers.land[crew[0]]), 90)
    own = world.town.consumers.account[crew]
    world.move(rng.choice(pots, own.size), own, rng.uniform(2, 5), rng.uniform(150, 600), party.lo, party.hi)
    party.add("bank_account", pots, "sends out")
    forward(world, party, crew, rng.uniform(140, 500))


RECIPES: dict[str, Recipe] = {
    one.__name__: one
    for one in (credit_abuse, refund_abuse, promo_abuse, device_farm, friendly_fraud, mule_herd)
}
