"""Honest shops that share logins, accounts or owners, follow each other, or fail."""

from __future__ import annotations

import numpy as np

from benchmarks.fourth_worlds.endings import move_money
from benchmarks.fourth_worlds.names import branch_name, shop_name, varied
from benchmarks.fourth_worlds.plans import Forwarding
from benchmarks.fourth_worlds.world import DESK, OFFICE, World
from benchmarks.writing.units import Ints

SERVER = (0.0, 0.6, 0.0, 0.4, 0.0)


def add_franchise(world: World) -> None:
    """Shops of one brand, a head office that logs in and collects of their payouts."""
    dice, shops = world.dice, world.shops
    country, trade = world.a_country(), dice.number(shops.trade)
    found = world.free_partners(dice.whole(4, 14), country=country, trade=trade)
    if len(found) < 3:
        return
    brand = shop_name(dice, world.trades[trade]).split()[0]
    devices, office = world.new_devices(dice.whole(1, 2)), world.new_account(country)
    for shop in found:
        shops.name[shop] = branch_name(dice, brand)
        if dice.happens(0.5):
            form = dice.one_of(world.countries[country].legal_forms)
            shops.legal_name[shop] = f"{brand} {dice.one_of(('Franchise', 'Retail', 'Filial'))} {form}"
        _serve(world, shop, dice.number(devices), dice.uniform(2, 15))
    collected = Forwarding(
        partners=found,
        layers=[np.array([office])],
        share=0.8,
        kept=dice.uniform(0.3, 0.95),
        delay=dice.uniform(0.5, 4),
        parts=1,
        since=-np.inf,
        until=np.inf,
    )
    world.sweeps.append(collected)
    world.group("franchise", partner=found, device=devices, bank_account=office)


def add_one_owner(world: World) -> None:
    """One owner has several shops, one account and one computer, and buys there with the family."""
    dice, shops, people, rng = world.dice, world.shops, world.people, world.rng
    country = world.a_country()
    found = world.free_partners(dice.whole(2, 6), country=country)
    if len(found) < 2:
        return
    account, devices = world.new_account(country), world.new_devices(dice.whole(1, 2))
    one_account = dice.happens(0.7)
    owner = int(shops.owner[found[0]])
    shops.owner[found] = owner
    relatives = world.honest_people(dice.whole(0, 3), country, int(people.city[owner]))
    family = np.append(relatives, owner)
    for shop in found:
        if one_account:
            later = dice.uniform(0.2, 0.7) * (shops.sells_until[shop] - shops.sells_from[shop])
            world.pay_out_to(shop, account, 0 if dice.happens(0.7) else shops.sells_from[shop] + later)
        if dice.happens(0.85):
            _serve(world, shop, dice.number(devices), shops.logins[shop] * dice.uniform(0.05, 1))
        if dice.happens(0.45):
            shops.legal_name[shop] = shops.legal_name[found[0]]
        if dice.happens(0.25):
            shops.name[shop] = varied(dice, shops.name[found[0]])
    n = sum(dice.whole(2, 14) for _ in range(dice.whole(1, 4)))
    world.plan(rng.choice(family, n), rng.choice(found, n), rng.uniform(0, world.window, n))
    accounts = [account] if one_account else []
    world.group("one_owner", partner=found, device=devices, bank_account=accounts)
    if dice.happens(0.25):
        shops.default_factor[found] *= dice.uniform(2, 5)
        shops.dispute_factor[found] *= dice.uniform(2, 5)


def add_facilitator(world: World) -> None:
    """Shops of all kinds are paid out by way of a facilitator, who logs in to each."""
    dice, shops = world.dice, world.shops
    found = np.flatnonzero(world.rng.random(world.n_partners) < dice.uniform(8, 45) / world.n_partners)
    account, device = world.new_account(world.a_country()), world.new_devices(1, SERVER)
    for shop in found.tolist():
        if not shops.in_ring[shop]:
            world.pay_out_to(shop, account, 0 if dice.happens(0.7) else dice.uniform(0, world.window))
        _serve(world, shop, int(device[0]), dice.uniform(1, 6))
    honest = found[~shops.in_ring[found]]
    world.group("facilitator_account", partner=honest, bank_account=account, device=device)


def add_bookkeeper(world: World) -> None:
    """A book-keeper logs in to the shops of many clients, some of them of a ring."""
    dice, shops = world.dice, world.shops
    clients = world.rng.random(world.n_partners) < 2 * dice.whole(3, 30) / world.n_partners
    found = np.flatnonzero(clients & (shops.country == world.a_country()))
    if len(found) < 2:
        return
    device = world.new_devices(1, DESK)
    for shop in found.tolist():
        _serve(world, shop, int(device[0]), dice.uniform(1, 14))
    world.group("bookkeeper_laptop", partner=found[~shops.in_ring[found]], device=device)


def add_factoring(world: World) -> None:
    """For some months a factor takes the payouts of shops that have nothing else in common."""
    dice, shops = world.dice, world.shops
    found = world.free_partners(dice.whole(4, 18))
    if not len(found):
        return
    account = world.new_account(int(shops.country[found[0]]))
    for shop in found:
        length = shops.sells_until[shop] - shops.sells_from[shop]
        since = shops.sells_from[shop] + dice.uniform(0, 0.8) * length
        world.pay_out_to(shop, account, since, since + dice.uniform(30, 400), dice.uniform(0.7, 1))
    shops.size[found] *= 1.2
    world.group("factoring_account", partner=found, bank_account=account)


def add_supplier_circle(world: World) -> None:
    """Shops that supply each other: money goes round."""
    dice, shops = world.dice, world.shops
    found = world.free_partners(dice.whole(3, 7), country=world.a_country())
    if len(found) < 3:
        return
    for source, target in zip(found, np.roll(found, -1), strict=True):
        for _ in range(dice.whole(4, 18)):
            amount = float(world.revenue(np.array([source]))[0]) * dice.uniform(0.005, 0.06)
            accounts = int(shops.account[source]), int(shops.account[target])
            world.transfer(*accounts, dice.uniform(0, world.window), amount)
    world.group("supplier_circle", partner=found, bank_account=shops.account[found])


def add_relaunch(world: World) -> None:
    """An honest shop closes and its owner opens another, in the same trade, mostly with the same regulars."""
    dice, shops = world.dice, world.shops
    small = shops.size < np.quantile(shops.size, 0.9)
    trade = dice.number(shops.trade)
    n = 2 if dice.happens(0.8) else 3
    found = world.free_partners(n, country=world.a_country(), trade=trade, fit=small)
    if len(found) < 2:
        return
    _set_lives(world, found)
    device, keeps_account = world.new_devices(1, OFFICE), dice.happens(0.5)
    accounts: set[int] = set()
    for before, after in zip(found[:-1].tolist(), found[1:].tolist(), strict=True):
        if dice.happens(0.42):
            shops.name[after] = varied(dice, shops.name[before])
        if dice.happens(0.5):
            shops.legal_name[after] = shops.legal_name[before]
        if dice.happens(0.8):
            often = shops.logins[after] * dice.uniform(0.1, 0.9)
            for shop in (before, after):
                world.log_in(shop, int(device[0]), often)
        if keeps_account:
            shops.account[after] = shops.account[before]
            accounts.add(int(shops.account[before]))
        elif dice.happens(0.5):
            move_money(world, before, after, days=25)
        shops.size[after] = shops.size[before] * dice.uniform(0.7, 1.3)
        world.successors.append((before, after))
    world.group("relaunch", partner=found, device=device, bank_account=sorted(accounts))
    if dice.happens(0.3):  # the first closed in a muddle
        shops.dispute_factor[found[0]] *= 4
        shops.refund_factor[found[0]] *= 2


def _set_lives(world: World, found: Ints) -> None:
    """One after another; the last stays."""
    dice, shops, window = world.dice, world.shops, world.window
    moment = dice.uniform(0.15, 0.7) * window
    for place, shop in enumerate(found):
        shops.opens[shop] = moment if place else min(shops.opens[shop], moment - 60)
        shops.sells_from[shop] = max(shops.opens[shop], 0)
        if place == len(found) - 1:
            shops.closes[shop], shops.sells_until[shop] = np.inf, window
            return
        lasts = dice.uniform(0.2, 0.9) * (window - moment) if place else dice.uniform(-6, 20)
        shops.closes[shop] = shops.sells_until[shop] = max(moment + lasts, 5)
        shops.sells_from[shop] = min(shops.sells_from[shop], shops.sells_until[shop] - 3)
        moment = float(np.clip(shops.closes[shop] + world.rng.normal(8, 9), 8, window - 14))


def add_insolvency(world: World) -> None:
    """A shop, or all shops of a firm, cannot deliver any more and close."""
    dice, shops, window = world.dice, world.shops, world.window
    grown = (shops.opens < 0.6 * window) & (shops.size > np.quantile(shops.size, 0.2))
    n = 1 if dice.happens(0.7) else dice.whole(2, 4)
    found = world.free_partners(n, country=world.a_country(), fit=grown)
    if not len(found):
        return
    ends = dice.uniform(0.3, 0.97) * window
    for shop in found:
        closes = min(max(ends + dice.uniform(-4, 4), shops.opens[shop] + 40), window - 0.5)
        shops.closes[shop] = shops.sells_until[shop] = closes
        shops.sells_from[shop] = min(max(shops.opens[shop], 0), closes - 5)
        shops.trouble_from[shop] = closes - dice.uniform(15, 80)
        shops.trouble_chance[shop] = dice.uniform(0.5, 0.98)
    if len(found) > 1:
        device = world.new_devices(1, OFFICE)
        for shop in found:
            _serve(world, shop, int(device[0]), dice.uniform(2, 20))
        for shop in found[1:]:
            world.pay_out_to(shop, int(shops.account[found[0]]))
    world.group("insolvency", partner=found)


def _serve(world: World, shop: int, device: int, expected: float) -> None:
    """Logins for as long as the shop sells."""
    world.log_in(shop, device, expected, until=world.shops.sells_until[shop])
