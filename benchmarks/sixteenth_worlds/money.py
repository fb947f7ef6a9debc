"""Payouts that follow from orders, log-ins that follow from who looks after what, and all other transfers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.sixteenth_worlds.climate import LANDS
from benchmarks.sixteenth_worlds.town import Floats, Ints
from benchmarks.sixteenth_worlds.trade import Orders, by_the_clock
from benchmarks.sixteenth_worlds.world import REFUNDED, World

Table = dict[str, NDArray[Any]]


def change_banks(world: World) -> None:
    """Any partner may move to another bank; some have taken payouts at a relative's or another's account."""
    rng, partners = world.rng, world.town.partners
    moved = np.flatnonzero(rng.random(partners.on.size) < rng.uniform(0.04, 0.15))
    for land in range(world.climate.lands.size):
        here = moved[partners.land[moved] == land]
        if here.size:
            world.pay_to(
                here, world.new_accounts(here.size, land), rng.uniform(-30, world.climate.days, here.size)
            )
    lent = rng.choice(partners.on.size, max(1, int(0.015 * partners.on.size)), replace=False)
    world.pay_to(lent, partners.account[rng.permutation(lent)], rng.uniform(0, world.climate.days, lent.size))


def payouts(world: World, orders: Orders) -> Table:
    """What each partner is paid for each of its periods, less fees and refunds, and to which account."""
    rng, partners, days = world.rng, world.town.partners, world.climate.days
    width = 2_000
    back = orders.fate == REFUNDED
    partner = np.concatenate([orders.partner, orders.partner[back]])
    day = np.concatenate([orders.day, orders.ended[back]])
    worth = np.concatenate([orders.amount, -orders.amount[back]])
    period = partners.period[partner]
    turn = np.floor((day + partners.phase[partner]) / period).astype(np.int64)
    key, place = np.unique(partner * width + turn, return_inverse=True)
    amount = np.bincount(place, worth)
    shop = key // width
    closes = (key % width + 1) * partners.period[shop] - partners.phase[shop]
    paid = by_the_clock(rng, closes + rng.integers(1, 4, partners.on.size)[shop])
    amount = np.round(amount * (1 - partners.fee[shop]), 2)
    kept = (amount > 1) & (paid > 0) & (paid < days)
    shop, paid, amount = shop[kept], paid[kept], amount[kept]
    return {"partner": shop, "day": paid, "account": _payee(world, shop, paid), "amount": amount}


def _payee(world: World, shop: Ints, day: Floats) -> Ints:
    """The account of that day: the latest named for the partner, or for part of the money its own."""
    rng, own = world.rng, world.town.partners.account
    table = world.payees.columns()
    width, half = 40_000.0, 10_000.0
    key = table["partner"] * width + np.clip(table["day"], -half, half) + half
    order = np.argsort(key, kind="stable")
    key, named, account, share = (
        column[order] for column in (key, table["partner"], table["account"], table["share"])
    )
    at = np.searchsorted(key, shop * width + day + half, "right") - 1
    found = (at >= 0) & (named[np.maximum(at, 0)] == shop)
    at = np.maximum(at, 0)
    used = found & (rng.random(shop.size) < share[at])
    return np.where(used, account[at], own[shop])


def logins(world: World) -> Table:
    """Each device logs in at each shop it looks after, now and then, while both last."""
    rng, partners, days = world.rng, world.town.partners, world.climate.days
    table = world.town.visits.columns()
    shop = table["partner"]
    lo = np.maximum(np.maximum(table["lo"], partners.on[shop]), 0)
    hi = np.minimum(np.minimum(table["hi"], partners.off[shop] + rng.uniform(0, 25, shop.size)), days)
    often = rng.poisson(np.maximum(hi - lo, 0) / 7 * table["rate"])
    row = np.repeat(np.arange(shop.size), often)
    day = lo[row] + (hi - lo)[row] * rng.random(row.size)
    timed = by_the_clock(rng, day)
    day = np.where((timed >= lo[row]) & (timed < days), timed, day)
    shown = rng.random(row.size) >= world.climate.hide_login
    return {"partner": shop[row][shown], "device": table["device"][row][shown], "day": day[shown]}


def everyday_transfers(world: World) -> None:
    """Owners' drawings, suppliers, wages, rents, and friends who settle up: the noise around any plot."""
    rng, climate, partners, people = world.rng, world.climate, world.town.partners, world.town.consumers
    goal = int(climate.transfers * climate.orders)
    n, weeks = partners.on.size, climate.days / 7
    before, weekly = world.flows.rows(), world.weekly(np.arange(n))

    def left() -> int:
        return goal - (world.flows.rows() - before)

    thrift = float(np.clip(goal / (n * weeks), 0.05, 0.6))
    drawn = np.flatnonzero(rng.random(n) < 0.5)
    owner = np.where(world.town.owners >= 0, people.account[world.town.owners], -1)
    private = np.where(owner[drawn] >= 0, owner[drawn], world.new_accounts(drawn.size, 0))
    world.move(partners.account[drawn], private, weeks * thrift * 0.3, 1.5 * weekly[drawn], 0, climate.days)
    suppliers = world.new_accounts(max(4, n // 14), int(rng.integers(0, climate.lands.size)), 2_000)
    buys = np.flatnonzero(rng.random(n) < 0.5)
    picks = np.floor(suppliers.size * rng.random(buys.size) ** 1.6).astype(np.int64)
    world.move(
        partners.account[buys], suppliers[picks], weeks * thrift * 0.4, 0.6 * weekly[buys], 0, climate.days
    )
    pairs = rng.choice(n, (max(2, n // 7), 2))
    world.move(
        partners.account[pairs[:, 0]],
        partners.account[pairs[:, 1]],
        2.5,
        0.8 * weekly[pairs[:, 0]],
        0,
        climate.days,
    )
    payers = np.repeat(np.flatnonzero(rng.random(n) < 0.2), 2)
    hands = people.account[rng.integers(0, len(people), payers.size)]
    world.move(partners.account[payers], hands, weeks * thrift * 0.25, 1.2 * weekly[payers], 0, climate.days)
    landlords = world.new_accounts(max(3, len(people) // 150), 0, 2_500)
    tenants = rng.integers(0, len(people), max(1, left() // 12))
    world.move(people.account[tenants], rng.choice(landlords, tenants.size), 4, 300, 0, climate.days)
    order = np.argsort(people.city, kind="stable")
    while left() > 0:  # friends live in the same city
        many = max(20, min(left() // 3, len(people)))
        at = rng.integers(0, len(people), many)
        to = np.clip(at + rng.integers(1, 30, many), 0, len(people) - 1)
        world.move(
            people.account[order[at]],
            people.account[order[to]],
            3,
            40 * rng.lognormal(0, 0.8, many),
            0,
            climate.days,
        )


def transfers(world: World) -> Table:
    """Every transfer that can be seen, in the currency of the account it leaves."""
    rng, climate = world.rng, world.climate
    table = world.flows.columns()
    kept = (table["day"] > 0) & (table["day"] < climate.days - 1) & (table["source"] != table["target"])
    kept &= rng.random(kept.size) >= climate.hide_transfer
    source, target, amount = table["source"][kept], table["target"][kept], table["amount"][kept]
    land = np.concatenate(world.town.account_land)[source]
    amount = np.maximum(amount * np.array([LANDS[code][2] for code in climate.lands])[land], 1.0)
    step = np.choose(rng.choice(3, amount.size, p=(0.45, 0.25, 0.3)), [0.01, 1.0, 10.0])
    amount = np.maximum(np.round(amount / step) * step, 1.0)
    day = by_the_clock(rng, table["day"][kept])
    return {"source": source, "target": target, "day": day, "amount": np.round(amount, 2), "land": land}
