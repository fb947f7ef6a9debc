"""Rings with shops: what each kind does, and the trace that even a careful one leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks.sixteenth_worlds.acts import crew_tools, gather, give_back, recruit, reopen, run_together
from benchmarks.sixteenth_worlds.town import trade_codes
from benchmarks.sixteenth_worlds.world import DEFAULTED, DISPUTED, PAID, REFUNDED, Party, Tools, World

Recipe = Callable[[World, Party, int], None]


def _bad(world: World, party: Party, **fates: float) -> dict[int, float]:
    """Ends of a ring's orders; the careful mix in more that end well."""
    codes = {"paid": PAID, "refunded": REFUNDED, "disputed": DISPUTED, "defaulted": DEFAULTED}
    less = 1 - 0.4 * party.care
    jitter = world.rng.uniform(0.8, 1.15)
    return {codes[name]: share if name == "paid" else share * less * jitter for name, share in fates.items()}


def bust_out(world: World, party: Party, crew_size: int) -> None:
    rng, shops = world.rng, party.shops
    turn = party.lo + party.length * rng.uniform(0.55, 0.75)
    world.live(shops, np.minimum(party.lo + rng.uniform(-5, 0.3 * party.length, shops.size), turn - 15))
    run_together(world, party, shops, devices=0.9, purse=0.8, sink=0.6, lo=party.lo, hi=party.hi)
    crew = recruit(world, party, crew_size, turn)
    tools = crew_tools(world, party, crew)
    quiet = np.maximum(world.town.partners.on[shops], party.lo)
    world.custom(crew, shops, 2.5, quiet, turn, scale=0.8, tools=tools)
    fates = _bad(world, party, defaulted=0.55, disputed=0.2)
    world.custom(crew, shops, 4.5, turn, party.hi, fates, scale=rng.uniform(1.5, 4), late=1.6, tools=tools)
    world.trouble(shops, turn, party.hi, 0.02, 0.12 * (1 - 0.6 * party.care), 0.05)
    gone = rng.random(shops.size) < 0.7 - 0.4 * party.care
    world.live(shops[gone], off=party.hi + rng.uniform(1, 25, int(gone.sum())))


def mule_chain(world: World, party: Party, crew_size: int) -> None:
    rng, shops = world.rng, party.shops
    land = int(world.town.partners.land[shops[0]])
    ends = world.new_accounts(1 + int(rng.random() < 0.3), land, 120)
    gather(world, party, shops, ends, party.lo, party.hi + 6, layers=int(rng.integers(1, 4)), share=0.8)
    if rng.random() < 0.6 - 0.4 * party.care:
        run_together(world, party, shops, devices=0.8, purse=0.3, sink=0, lo=party.lo, hi=party.hi)
    crew = recruit(world, party, crew_size, party.lo)
    tools = crew_tools(world, party, crew)
    fates = _bad(world, party, disputed=0.5, refunded=0.06)
    world.custom(crew, shops, 5, party.lo, party.hi, fates, tools, scale=rng.uniform(1, 2))


def phoenix(world: World, party: Party, crew_size: int) -> None:
    rng, shops = world.rng, party.shops
    begins, ends = reopen(world, shops, party.lo, party.hi, (-6, 24))
    hand = Party(party.typology, True, party.care, party.lo, party.hi, shops, party.people)
    run_together(world, hand, shops, devices=1.0, purse=0.9, sink=0.2, lo=party.lo - 40, hi=party.hi)
    party.members += hand.members
    if rng.random() < 0.5 * (1 - party.care):
        world.same_name(shops)
    crew = recruit(world, party, crew_size, party.lo + 5, fresh=world.climate.fresh_crew * 0.5)
    lows = np.maximum(np.array(begins), 0) + 1
    highs = np.maximum(np.array(ends), lows + 5)
    fates = _bad(world, party, defaulted=0.25, disputed=0.15)
    world.custom(crew, shops, 2.2 * shops.size, lows, highs, fates, scale=rng.uniform(0.8, 1.8))
    last = highs - rng.uniform(15, 45)
    world.trouble(shops, last, highs, 0.15, 0.4 * (1 - 0.5 * party.care), 0.08)


def collusive_merchants(world: World, party: Party, crew_size: int) -> None:
    rng, shops = world.rng, party.shops
    if rng.random() < 0.75:
        run_together(world, party, shops, devices=0.6, purse=0.4, sink=0.4, lo=party.lo, hi=party.hi)
    crew = recruit(world, party, crew_size, party.lo)
    tools = crew_tools(world, party, crew)
    fates = _bad(world, party, defaulted=0.45, disputed=0.05, refunded=0.08)
    world.custom(crew, shops, 5.5, party.lo, party.hi, fates, tools, scale=rng.uniform(1.2, 3))
    purses = world.town.partners.account[shops]
    party.add("bank_account", purses, "belongs to a shop")
    give_back(world, party, purses, crew, world.takings(shops) * 0.15, party.lo + 3, party.hi + 10)


def laundering(world: World, party: Party, crew_size: int) -> None:
    rng, shops = world.rng, party.shops
    land = int(world.town.partners.land[shops[0]])
    source = world.new_accounts(int(rng.integers(1, 4)), land, 300)
    ends = run_together(world, party, shops, devices=0.5, purse=0.5, sink=1.0, lo=party.lo, hi=party.hi)
    crew = recruit(world, party, crew_size, party.lo)
    funded = min(0.9, rng.uniform(0.35, 0.9) * (1 - 0.4 * party.care) + 0.1)
    party.add("bank_account", source, "funds the orders")
    world.custom(
        crew,
        shops,
        7,
        party.lo,
        party.hi,
        {PAID: 0.985},
        Tools(accounts=source, on_account=funded),
        scale=rng.uniform(1.3, 3.5),
    )
    own = world.town.consumers.account[crew]
    party.add("bank_account", own, "is topped up")
    world.move(
        rng.choice(source, own.size),
        own,
        rng.uniform(2, 5),
        world.takings(shops) * 0.3,
        party.lo - 5,
        party.hi,
    )
    goals = rng.choice(source, max(ends.size, 1))
    back = ends if ends.size else world.town.partners.account[shops[:1]]
    world.move(back, goals[: back.size], 6, world.takings(shops), party.lo + 10, party.hi + 8)


def shell_shops(world: World, party: Party, crew_size: int) -> None:
    rng, shops, partners = world.rng, party.shops, world.town.partners
    partners.custom[shops] *= rng.uniform(0.04, 0.3, shops.size)
    world.live(shops, party.lo - rng.uniform(-10, 40, shops.size).clip(1))
    run_together(world, party, shops, devices=0.95, purse=0.7, sink=0.7, lo=party.lo, hi=party.hi)
    crew = recruit(world, party, crew_size, party.lo)
    tools = crew_tools(world, party, crew)
    fates = _bad(world, party, disputed=0.22, defaulted=0.2, refunded=0.12)
    world.custom(crew, shops, 6, party.lo, party.hi, fates, tools, scale=rng.uniform(1, 2.5))


def triangulation(world: World, party: Party, crew_size: int) -> None:
    rng, shops, partners = world.rng, party.shops, world.town.partners
    partners.price[shops] *= rng.uniform(0.6, 0.9)
    partners.custom[shops] *= rng.uniform(1.0, 1.8)
    crew = recruit(world, party, crew_size, party.lo)
    tools = crew_tools(world, party, crew)
    for device in tools.devices:  # the phones that fill orders also look after the shops
        world.visit(
            world.some(shops, 1 - 0.6 * party.care), int(device), rng.uniform(0.3, 1.2), party.lo, party.hi
        )
    cards = world.new_accounts(
        max(2, int(crew.size * rng.uniform(0.5, 2))), int(partners.land[shops[0]]), 600
    )
    party.add("bank_account", cards, "stolen card")
    alike = np.flatnonzero(
        (partners.land == partners.land[shops[0]])
        & (partners.on < party.lo)
        & (partners.off > party.hi)
        & ~partners.taken
    )
    victims = rng.permutation(alike)[: rng.integers(3, 12)]
    fates = _bad(world, party, disputed=0.6, refunded=0.05)
    stolen = replace(tools, accounts=cards, on_account=0.8)
    world.custom(crew, victims, 5, party.lo, party.hi, fates, stolen)
    world.custom(crew, shops, 1.8, party.lo, party.hi, None, tools)
    gather(world, party, shops, world.town.consumers.account[crew[:2]], party.lo, party.hi, share=0.3)
    world.trouble(shops, party.lo, party.hi, 0.05, 0.03, 0)


def takeover(world: World, party: Party, crew_size: int) -> None:
    rng, shops, care = world.rng, party.shops, party.care
    land = int(world.town.partners.land[shops[0]])
    hit = rng.uniform(party.lo, party.lo + 0.6 * party.length, shops.size)
    over = hit + rng.uniform(5, 30, shops.size)
    devices = world.new_devices(1 + int(shops.size * care * rng.random() / 2))
    for shop, start, stop in zip(shops, hit, over, strict=True):
        device = int(rng.choice(devices))
        world.visit(np.array([shop]), device, rng.uniform(2, 7), start - 2, stop)
    party.add("device", devices, "breaks in")
    mules = world.new_accounts(1 + int(shops.size * care * rng.random() / 2), land, 60)
    world.pay_to(shops, rng.choice(mules, shops.size), hit, 1.0)
    back = rng.random(shops.size) < 0.7
    world.pay_to(shops[back], world.town.partners.account[shops[back]], over[back] + 5, 1.0)
    party.add("bank_account", mules, "receives payouts")
    crew = recruit(world, party, crew_size, party.lo)
    tools = crew_tools(world, party, crew)
    fates = _bad(world, party, disputed=0.65, defaulted=0.05)
    world.custom(crew, shops, 3.5, hit, over, fates, tools, scale=rng.uniform(1.3, 3))


def fake_couriers(world: World, party: Party, crew_size: int) -> None:
    rng, shops = world.rng, party.shops
    world.town.partners.period[shops] = 1
    crew = recruit(world, party, crew_size, party.lo)
    tools = crew_tools(world, party, crew)
    for device in tools.devices:  # the rider's phone orders and delivers
        world.visit(
            world.some(shops, 0.5 - 0.3 * party.care, 1), int(device), rng.uniform(0.4, 2), party.lo, party.hi
        )
    run_together(world, party, shops, devices=0.5, purse=0.7, sink=0.5, lo=party.lo, hi=party.hi)
    fates = _bad(world, party, refunded=0.4, disputed=0.18)
    world.custom(crew, shops, 8, party.lo, party.hi, fates, tools, scale=rng.uniform(0.9, 1.6))


def carousel(world: World, party: Party, crew_size: int) -> None:
    rng, shops = world.rng, party.shops
    purses = world.town.partners.account[shops]
    party.add("bank_account", purses, "belongs to a shop")
    world.move(
        purses,
        np.roll(purses, 1),
        party.length / rng.uniform(5, 14),
        world.takings(shops),
        party.lo,
        party.hi,
    )
    if rng.random() < 0.5:
        world.move(purses, np.roll(purses, 2), party.length / 20, world.takings(shops), party.lo, party.hi)
    crew = recruit(world, party, crew_size, party.lo, fresh=0.2)
    paid_from = purses if rng.random() < 0.85 else purses[:0]
    purse = Tools(accounts=paid_from, on_account=0.6 - 0.35 * party.care)
    fates = _bad(world, party, defaulted=0.38, refunded=0.15)
    world.custom(crew, shops, 9, party.lo, party.hi, fates, purse, scale=rng.uniform(1.5, 3.5))
    phones = world.town.consumers.device[world.some(crew, 0.5 - 0.3 * party.care, 1)]
    for tool in phones:
        world.visit(world.some(shops, 0.3, 1), int(tool), rng.uniform(0.3, 1), party.lo - 20, party.hi)
    party.add("device", phones, "operates")


def card_cashout(world: World, party: Party, crew_size: int) -> None:
    rng, shops = world.rng, party.shops
    crew = recruit(world, party, crew_size, party.lo, fresh=rng.uniform(0.5, 0.95))
    tools = crew_tools(world, party, crew, 0.4)
    cards = world.new_accounts(
        int(crew.size * rng.uniform(1, 2.5)), int(world.town.partners.land[shops[0]]), 700
    )
    fates = _bad(world, party, disputed=0.62, refunded=0.04)
    world.custom(
        crew,
        shops,
        3,
        party.lo,
        party.hi,
        fates,
        replace(tools, accounts=cards, on_account=0.9),
        scale=rng.uniform(1, 2.2),
    )
    run_together(world, party, shops, devices=0.7, purse=0.5, sink=0.6, lo=party.lo, hi=party.hi)


def payout_float(world: World, party: Party, crew_size: int) -> None:
    rng, shops = world.rng, party.shops
    world.town.partners.period[shops] = rng.choice([1, 1, 7], shops.size)
    run_together(world, party, shops, devices=0.7, purse=0.5, sink=0.5, lo=party.lo, hi=party.hi)
    crew = recruit(world, party, crew_size, party.lo)
    fates = _bad(world, party, refunded=0.6, disputed=0.08)
    tools = crew_tools(world, party, crew)
    world.custom(crew, shops, 5.5, party.lo, party.hi, fates, tools, scale=rng.uniform(1, 2.5))
    purses = world.town.partners.account[shops]
    party.add("bank_account", purses, "belongs to a shop")
    give_back(world, party, purses, crew, world.takings(shops) * 0.2, party.lo + 2, party.hi + 5)


def brushing(world: World, party: Party, crew_size: int) -> None:
    rng, shops = world.rng, party.shops
    turn = party.lo + party.length * rng.uniform(0.3, 0.6)
    crew = recruit(world, party, crew_size, party.lo)
    tools = crew_tools(world, party, crew)
    world.custom(crew, shops, 5, party.lo, turn + 10, {PAID: 0.93}, tools, scale=0.8)
    world.town.partners.custom[shops] *= rng.uniform(1.0, 1.8)
    harm = 1 - 0.5 * party.care
    world.trouble(shops, turn, party.hi, 0.16 * harm, 0.28 * harm, 0.03)
    purses = world.town.partners.account[shops]
    party.add("bank_account", purses, "belongs to a shop")
    give_back(world, party, purses, crew, world.takings(shops) * 0.1, party.lo + 1, turn + 15)
    if rng.random() < 0.7:
        run_together(world, party, shops, devices=0.7, purse=0.4, sink=0.3, lo=party.lo, hi=party.hi)


RECIPES: dict[str, Recipe] = {
    one.__name__: one
    for one in (
        bust_out, mule_chain, phoenix, collusive_merchants, laundering, shell_shops, triangulation,
        takeover, fake_couriers, carousel, card_cashout, payout_float, brushing,
    )
}  # fmt: skip

NEEDS_NEW: dict[str, bool] = {"bust_out": True, "phoenix": True, "shell_shops": True}
"""Kinds that choose when their shops open, so that any shop will do."""

TRADES_OF: dict[str, np.ndarray] = {
    "fake_couriers": trade_codes("courier", "gig"),
    "card_cashout": trade_codes("tickets", "travel", "electronics"),
    "payout_float": trade_codes("gig", "courier"),
    "bust_out": trade_codes("fashion", "electronics", "toys_and_gifts", "travel", "second_hand"),
    "triangulation": trade_codes("fashion", "electronics", "toys_and_gifts", "second_hand"),
    "brushing": trade_codes("fashion", "electronics", "toys_and_gifts", "second_hand", "kitchen"),
}
