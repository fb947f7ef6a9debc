"""All orders: ordinary custom, the custom that plans add, and how each ends; one process fills in both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.sixteenth_worlds.climate import TRADES, hour_cdf
from benchmarks.sixteenth_worlds.town import Bools, Floats, Ints
from benchmarks.sixteenth_worlds.world import DEFAULTED, DISPUTED, OPEN, PAID, REFUNDED, World

_OFFICE = next(code for code, trade in enumerate(TRADES) if trade.hours == "office")
LEAST_ORDINARY = 0.6
"""At least this share of a world's orders is ordinary custom."""


@dataclass
class Orders:
    """One row an order; days from the start, -1 for what is not there, `ended` is NaN where open."""

    consumer: Ints
    partner: Ints
    day: Floats
    device: Ints
    account: Ints
    amount: Floats
    fate: Ints
    ended: Floats


def by_the_clock(rng: np.random.Generator, day: Floats, trade: Ints | int = _OFFICE) -> Floats:
    """The same days, at an hour that suits the trade."""
    cdf, trades = hour_cdf(), np.broadcast_to(np.asarray(trade), day.shape)
    drawn = rng.random(day.size)
    hour = np.zeros(day.size, np.int64)
    for passed in cdf.T[1:-1]:
        hour += drawn >= passed[trades]
    return np.floor(day) + (hour + rng.random(day.size)) / 24


def settle_lives(world: World) -> None:
    """Contracts begin and end in office hours, whoever's they are."""
    partners, rng = world.town.partners, world.rng
    partners.on = by_the_clock(rng, partners.on)
    ends = partners.off < world.climate.days
    partners.off[ends] = np.maximum(by_the_clock(rng, partners.off[ends]), partners.on[ends] + 2)


def trade(world: World) -> Orders:
    """Every order of the world."""
    rng, climate, partners = world.rng, world.climate, world.town.partners
    planned = world.orders.columns()
    day, shop = planned["day"], planned["partner"]
    kept = (day >= 0) & (day < climate.days) & (day > partners.on[shop]) & (day < partners.off[shop])
    planned = {name: column[kept] for name, column in planned.items()}
    n = max(climate.orders - int(kept.sum()), int(LEAST_ORDINARY * climate.orders))
    usual_partner, usual_day = _ordinary(world, n)
    usual_consumer = _customers(world, usual_partner, usual_day)
    consumer = np.concatenate([usual_consumer, planned["consumer"]])
    partner = np.concatenate([usual_partner, planned["partner"]])
    day = np.concatenate([usual_day, planned["day"]])
    scale = np.concatenate([np.ones(n), planned["scale"]])
    wish = np.concatenate([np.full(n, -1), planned["fate"]])
    none = np.full(n, -1)
    timed = by_the_clock(rng, day, partners.trade[partner])
    fits = (timed > partners.on[partner]) & (timed < partners.off[partner]) & (timed < climate.days)
    day = np.where(fits, timed, day)
    orders = Orders(
        consumer=consumer,
        partner=partner,
        day=day,
        device=_devices(world, consumer, day, np.concatenate([none, planned["device"]])),
        account=_accounts(world, consumer, np.concatenate([none, planned["account"]])),
        amount=_amounts(world, partner, scale),
        fate=wish,
        ended=np.full(day.size, np.nan),
    )
    _end(world, orders)
    return orders


def _ordinary(world: World, n: int) -> tuple[Ints, Floats]:
    """Partners and days of ordinary custom: as each is liked, while each is open."""
    rng, climate, partners = world.rng, world.climate, world.town.partners
    cdf, edge = climate.day_cdf(), np.arange(climate.days + 1.0)
    opens = np.interp(np.clip(partners.on, 0, climate.days), edge, cdf)
    shuts = np.interp(np.clip(partners.off, 0, climate.days), edge, cdf)
    weight = partners.custom * np.maximum(shuts - opens, 0)
    partner = rng.choice(weight.size, n, p=weight / weight.sum())
    start = rng.beta(1.0, rng.choice([0.8, 1.0, 1.25], weight.size)[partner], n)
    passed = opens[partner] + (shuts - opens)[partner] * start
    return partner, np.interp(passed, cdf, edge)


def _customers(world: World, partner: Ints, day: Floats) -> Ints:
    """Who orders: a regular of the shop, or anyone of its area who is known by then."""
    rng, climate, partners, people = world.rng, world.climate, world.town.partners, world.town.consumers
    cities = climate.cities * climate.lands.size
    lists: list[Ints] = []
    for place in range(cities + climate.lands.size):
        here = np.flatnonzero(people.city == place if place < cities else people.land == place - cities)
        here = here if here.size else np.arange(len(people))
        chance = people.active[here] / people.active[here].sum()
        lists.append(rng.choice(here, 3 * here.size, p=chance))
    sizes = np.array([len(one) for one in lists], np.int64)
    begin = np.cumsum(sizes) - sizes
    everyone: Ints = np.concatenate(lists)
    away = rng.random(partner.size) < 0.04
    area = np.where(away, rng.integers(0, sizes.size, partner.size), partners.area[partner])
    rank = np.floor(partners.regulars[partner] * rng.random(partner.size) ** 2).astype(np.int64)
    salt = int(rng.integers(1, 1_000_000))
    regular = (partner * 7_919 + rank * 104_729 + salt) % sizes[area]
    is_regular = rng.random(partner.size) < climate.loyalty
    slot = np.where(is_regular, regular, (rng.random(partner.size) * sizes[area]).astype(np.int64))
    consumer = everyone[begin[area] + slot]
    for _ in range(4):  # not known yet on that day: someone else
        early = np.flatnonzero(people.created[consumer] > day)
        again = (rng.random(early.size) * sizes[area[early]]).astype(np.int64)
        consumer[early] = everyone[begin[area[early]] + again]
    return np.asarray(consumer, np.int64)


def _devices(world: World, consumer: Ints, day: Floats, wish: Ints) -> Ints:
    """The device of each order: as planned, or one of the consumer's, who may get a new phone."""
    rng, climate, people = world.rng, world.climate, world.town.consumers
    m = len(people)
    habit = rng.beta(1.2, 2.0, m)
    usual = people.device.copy()
    changed = rng.random(m) < rng.uniform(0.1, 0.35)
    newer = usual.copy()
    newer[changed] = world.new_devices(int(changed.sum()), 0)
    since = rng.uniform(0, climate.days, m)
    own = np.where(day > since[consumer], newer[consumer], usual[consumer])
    other = people.other_device[consumer]
    mine = np.where((other >= 0) & (rng.random(consumer.size) < habit[consumer]), other, own)
    return np.where(wish >= 0, wish, mine)


def _accounts(world: World, consumer: Ints, wish: Ints) -> Ints:
    rng, people = world.rng, world.town.consumers
    habit = rng.beta(1.2, 2.0, len(people))
    other = people.other_account[consumer]
    mine = np.where(
        (other >= 0) & (rng.random(consumer.size) < habit[consumer]), other, people.account[consumer]
    )
    return np.where(wish >= 0, wish, mine)


def _amounts(world: World, partner: Ints, scale: Floats) -> Floats:
    rng, partners = world.rng, world.town.partners
    raw = partners.price[partner] * scale * np.exp(rng.normal(0, 1, partner.size) * partners.spread[partner])
    raw = np.maximum(raw, 2.0)
    ending = partners.ending[partner]
    tens = np.choose(rng.integers(0, 3, raw.size), [0.5, 0.9, 0.95])
    priced = np.choose(ending, [raw, np.floor(raw) + 0.99, np.round(raw), np.floor(raw) + tens])
    return np.asarray(np.round(priced, 2))


def _shocks(world: World, orders: Orders, refunds: Floats, disputes: Floats, defaults: Floats) -> None:
    """Strikes and storms strike a land; troubles strike a shop."""
    rng, partners = world.rng, world.town.partners
    for _ in range(int(rng.integers(0, 5))):
        land, lo = rng.integers(0, world.climate.lands.size), rng.uniform(0, world.climate.days)
        hit = (
            (partners.land[orders.partner] == land)
            & (orders.day > lo)
            & (orders.day < lo + rng.uniform(4, 20))
        )
        refunds[hit] *= rng.uniform(1.5, 4)
        disputes[hit] *= rng.uniform(1.2, 3)
    order = np.argsort(orders.partner, kind="stable")
    sorted_partner = orders.partner[order]
    table = world.troubles.columns()
    for row in range(table["partner"].size):
        first, last = np.searchsorted(sorted_partner, [table["partner"][row], table["partner"][row] + 1])
        rows = order[first:last]
        rows = rows[(orders.day[rows] >= table["lo"][row]) & (orders.day[rows] <= table["hi"][row])]
        refunds[rows] += table["refunds"][row]
        disputes[rows] += table["disputes"][row]
        defaults[rows] += table["defaults"][row]


def _end(world: World, orders: Orders) -> None:
    """How each order ends and when; what has not ended by the last day is open."""
    rng, climate, partners = world.rng, world.climate, world.town.partners
    luck = world.town.consumers.luck[orders.consumer]
    shop, n = orders.partner, orders.day.size
    refunds = partners.refunds[shop] * (0.4 + 0.6 * luck)
    disputes = partners.disputes[shop] * luck
    on_credit = rng.random(n) < partners.credit[shop]
    defaults = np.where(on_credit, climate.defaults * 1.6 * luck, climate.defaults * 0.1)
    _shocks(world, orders, refunds, disputes, defaults)
    dice = rng.random(n)
    fate = np.full(n, PAID)
    bad = np.minimum(refunds, 0.8)
    fate[dice < bad] = REFUNDED
    fate[(dice >= bad) & (dice < bad + disputes)] = DISPUTED
    fate[(dice >= bad + disputes) & (dice < bad + disputes + defaults)] = DEFAULTED
    orders.fate = np.where(orders.fate >= 0, orders.fate, fate)
    pace = rng.uniform(0.7, 1.4)
    quick = np.array([0.25 if trade.local else 1.0 for trade in TRADES])[partners.trade[shop]]
    paid = np.where(on_credit, rng.choice([30.0, 60.0, 90.0], n), 0) * 0.6 + rng.gamma(1.6, 4.0, n) * quick
    delay = np.choose(
        orders.fate,
        [
            np.zeros(n),
            paid,
            rng.gamma(1.6, 6.0, n) * quick,
            1 + rng.gamma(2.2, 13.0, n) * pace,
            20 + rng.gamma(2.0, 17.0, n) * pace,
        ],
    )
    orders.ended = orders.day + np.maximum(delay, 0.05) + rng.random(n) * 0.3
    late = orders.ended >= climate.days
    orders.fate[late] = OPEN
    orders.ended[late] = np.nan


def is_bad(fate: Ints) -> Bools:
    """Disputed or defaulted."""
    return np.asarray((fate == DISPUTED) | (fate == DEFAULTED))
