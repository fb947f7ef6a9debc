"""Honest groups whose shops are served by the same hand, or stand under the same roof."""

from __future__ import annotations

import numpy as np

from benchmarks.sixteenth_worlds import honest_owners
from benchmarks.sixteenth_worlds.acts import gather, give_back, run_together
from benchmarks.sixteenth_worlds.honest_owners import Custom, everyone, land_of, people_of
from benchmarks.sixteenth_worlds.town import NEVER, Ints, trade_codes
from benchmarks.sixteenth_worlds.world import DISPUTED, REFUNDED, Party, Tools, World


def bookkeeper(world: World, party: Party, n: int) -> None:
    rng = world.rng
    desks = world.new_devices(int(rng.integers(1, 4)), 1)
    clients = everyone(world, party, party.shops, int(rng.integers(2, 12)))
    for shop in clients:
        since = rng.uniform(-60, world.climate.days * 0.7) if rng.random() < 0.3 else -NEVER
        world.visit(np.array([shop]), int(rng.choice(desks)), rng.uniform(0.15, 0.8), since, NEVER)
    party.add("device", desks, "keeps the books")


def facilitator(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    pot = world.new_accounts(1, land_of(world, party), 1_500)
    clients = everyone(world, party, shops, int(rng.integers(0, 5)))
    since = np.where(rng.random(clients.size) < 0.6, -1.0, rng.uniform(0, party.hi, clients.size))
    world.pay_to(clients, pot[0], since, rng.choice([1.0, 0.8]))
    own = world.town.partners.account[clients]
    world.move(
        np.repeat(pot, own.size), own, party.length / 8, world.takings(shops) * 0.9, party.lo, party.hi
    )
    party.add("bank_account", pot, "pays out for others")


def factoring(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    factor = world.new_accounts(1, land_of(world, party), 2_000)
    since = rng.uniform(party.lo, party.lo + 0.5 * party.length, shops.size)
    world.pay_to(shops, factor[0], since, rng.uniform(0.6, 1.0))
    own = world.town.partners.account[shops]
    world.move(np.repeat(factor, own.size), own, 3, world.takings(shops) * 4, party.lo, party.hi)
    party.add("bank_account", factor, "bought the takings")


def coworking(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    lo = rng.uniform(-50, party.hi - 30)
    rate, many = rng.uniform(0.1, 0.8), int(rng.integers(1, 4))
    world.serve(party, shops, many, 1, rate, lo, lo + rng.uniform(60, 400), "on the common table")
    owners = world.town.owners[shops]
    world.custom(owners[owners >= 0], shops, 2, party.lo, party.hi)


def mall(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    world.custom(people_of(world, party, n), shops, rng.uniform(3, 8), party.lo, party.hi)
    if rng.random() < 0.5:
        world.serve(party, world.some(shops, 0.6), 1, 2, 0.3, party.lo, party.hi, "the mall's kiosk")


def shared_terminal(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    many, rate = int(rng.integers(1, 3)), rng.uniform(1, 4)
    till = world.serve(party, shops, many, 2, rate, party.lo, party.hi, "the till")
    world.custom(
        people_of(world, party, n), shops, rng.uniform(2, 6), party.lo, party.hi, None, Tools(till, 0.6)
    )
    for shop in shops:  # and any passer-by orders at the till
        guests = world.crowd(12, shop)
        world.custom(guests, np.array([shop]), 1.2, party.lo, party.hi, None, Tools(till, 0.9))


def migration(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    clients = everyone(world, party, shops, int(rng.integers(0, 4)))
    day = float(np.floor(rng.uniform(0.02, 0.6) * world.climate.days)) + rng.uniform(0.35, 0.6)
    moved = clients[np.isin(clients, shops)]
    world.live(moved, day + rng.exponential(0.06, moved.size))
    server = world.new_devices(int(rng.integers(1, 3)), int(rng.choice([1, 3])))
    for one in server:
        world.visit(clients, int(one), rng.uniform(1, 5), day, day + rng.uniform(10, 90))
        if rng.random() < 0.5:
            world.visit(clients, int(one), rng.uniform(0.05, 0.3), day, NEVER)
    party.add("device", server, "the integrator's")


def courier_tablet(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    world.town.partners.period[shops] = rng.choice([1, 7], shops.size, p=(0.8, 0.2))
    riders = everyone(world, party, shops, int(rng.integers(0, 3)))
    many, rate = int(rng.integers(1, 3)), rng.uniform(0.5, 4)
    world.serve(party, riders, many, 2, rate, party.lo, party.hi, "the depot's")
    if rng.random() < 0.4:
        world.trouble(shops, party.lo, party.hi, rng.uniform(0.03, 0.18), 0.01)


def returns_hub(world: World, party: Party, n: int) -> None:
    rng = world.rng
    sellers = everyone(world, party, party.shops, int(rng.integers(1, 6)))
    many, rate = int(rng.integers(1, 4)), rng.uniform(0.4, 3)
    world.serve(party, sellers, many, 0, rate, party.lo, NEVER, "the warehouse's")
    buyers = people_of(world, party, n, local=False)
    world.custom(buyers, party.shops, 4, party.lo, party.hi, {REFUNDED: rng.uniform(0.25, 0.55)})
    world.trouble(party.shops, party.lo, party.hi, rng.uniform(0.03, 0.12))


def market_stalls(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    treasurer = world.new_accounts(1, land_of(world, party), 900)
    gather(world, party, shops, treasurer, party.lo, party.hi, share=0.08)
    guests = people_of(world, party, n)
    for week in np.arange(party.lo, party.hi - 1, 7 * max(1, party.length / 50)):
        some = world.some(guests, 0.3, 2)
        world.custom(some, shops, 1.3, week, week + 0.6)
    if rng.random() < 0.5:
        tablet = world.new_devices(1, 2)
        world.visit(world.some(shops, 0.7), int(tablet[0]), 0.8, party.lo, party.hi)
        party.add("device", tablet, "the market's")


def cooperative(world: World, party: Party, n: int) -> None:
    rng, shops, partners = world.rng, party.shops, world.town.partners
    purse = world.new_accounts(1, land_of(world, party), 1_200)
    world.pay_to(
        shops, purse[0], np.where(rng.random(shops.size) < 0.7, -1.0, party.lo), rng.choice([1.0, 0.7])
    )
    own = partners.account[shops]
    world.move(
        np.repeat(purse, own.size), own, party.length / 25, world.takings(shops) * 3, party.lo, party.hi
    )
    helpers = people_of(world, party, n)
    give_back(world, party, purse, helpers, 500, party.lo, party.hi)
    world.custom(helpers, shops, 3, party.lo, party.hi)
    party.add("bank_account", purse, "the common purse")


def cancelled_event(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    fans = people_of(world, party, n, local=False)
    lo = rng.uniform(party.lo, party.hi - 15)
    fates = {REFUNDED: rng.uniform(0.3, 0.7), DISPUTED: rng.uniform(0.05, 0.25)}
    world.custom(fans, shops, 2.2, lo, min(lo + 40, party.hi), fates, scale=1.3)
    world.trouble(shops, lo, lo + 40, 0.25, rng.uniform(0.03, 0.15))
    if rng.random() < 0.5:
        run_together(world, party, shops, devices=0.5, purse=0.4, sink=0.5, lo=party.lo, hi=party.hi)


def flash_sale(world: World, party: Party, n: int) -> None:
    rng, shops = world.rng, party.shops
    hunters = people_of(world, party, n, local=False)
    day = rng.uniform(party.lo, party.hi - 3)
    fates = {REFUNDED: rng.uniform(0.15, 0.45), DISPUTED: rng.uniform(0, 0.06)}
    world.custom(hunters, shops, rng.uniform(2, 5), day, day + rng.uniform(0.5, 2), fates, scale=0.6)
    world.trouble(shops, day, day + 2, 0.2)
    if rng.random() < 0.5:
        run_together(world, party, shops, devices=0.6, purse=0.2, sink=0.3, lo=party.lo, hi=party.hi)


RECIPES: dict[str, Custom] = honest_owners.RECIPES | {
    one.__name__: one
    for one in (
        bookkeeper, facilitator, factoring, coworking, mall, shared_terminal, migration, courier_tablet,
        returns_hub, market_stalls, cooperative, cancelled_event, flash_sale,
    )
}  # fmt: skip
"""Every honest group that has shops."""

NEEDS_NEW: dict[str, bool] = {"relaunch": True, "migration": True}
LOCAL: dict[str, bool] = dict.fromkeys(
    ("mall", "shared_terminal", "market_stalls", "family_shops", "neighbours_trade"), True
)
TRADES_OF: dict[str, Ints] = {
    "courier_tablet": trade_codes("courier", "gig"),
    "gig_team": trade_codes("gig", "courier"),
    "dark_kitchen": trade_codes("kitchen"),
    "returns_hub": trade_codes("fashion", "electronics", "toys_and_gifts", "second_hand"),
    "flash_sale": trade_codes("fashion", "electronics", "toys_and_gifts", "second_hand"),
    "cancelled_event": trade_codes("tickets", "travel"),
    "market_stalls": trade_codes("grocer", "kitchen", "second_hand"),
    "shared_terminal": trade_codes("grocer", "kitchen"),
    "cooperative": trade_codes("grocer", "kitchen", "toys_and_gifts"),
}
