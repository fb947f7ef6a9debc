"""Who buys what where: a week at a time, by habit, by what is near, and by what is talked about."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from benchmarks.fifth_worlds.society import NICHES, TRADES, Errand, World
from benchmarks.writing.units import Floats, Ints

PLACES = 4
"""Firms that a consumer keeps in mind."""


@dataclass
class Orders:
    """One entry an order; `amount` in euros, -1 where no device or account is known; `fate` as of errands."""

    consumer: Ints
    firm: Ints
    t: Floats
    amount: Floats
    device: Ints
    account: Ints
    fate: Ints

    def take(self, chosen: Ints) -> Orders:
        """The chosen orders."""
        return Orders(*(getattr(self, one.name)[chosen] for one in fields(self)))


def together(parts: list[Orders]) -> Orders:
    """All orders of several lists, by moment."""
    joined = Orders(*(np.concatenate([getattr(p, one.name) for p in parts]) for one in fields(Orders)))
    return joined.take(np.lexsort((joined.firm, joined.consumer, joined.t)))


class Pools:
    """Firms by whom they serve: those of each town, of each country and niche, and of everybody."""

    def __init__(self, world: World) -> None:
        firms, towns = world.firms, world.climate.towns
        wide = towns + len(world.climate.countries) * NICHES
        pool = np.where(firms.reach == 0, firms.town, towns + firms.country * NICHES + firms.niche)
        pool = np.where(firms.reach == 2, wide, pool)
        self.order = np.argsort(pool, kind="stable")
        self.first = np.searchsorted(pool[self.order], np.arange(wide + 2))
        self.towns, self.everybody = towns, wide

    def draw(self, rng: np.random.Generator, weight: Floats, pool: Ints) -> Ints:
        """(n,) a firm out of each pool by weight, or out of everybody's where it has none; -1 if none."""
        below = np.concatenate([[0.0], np.cumsum(weight[self.order])])
        low, high = below[self.first[pool]], below[self.first[pool + 1]]
        wide = (below[self.first[self.everybody]], below[self.first[self.everybody + 1]])
        low, high = np.where(high - low > 1e-9, low, wide[0]), np.where(high - low > 1e-9, high, wide[1])
        place = np.searchsorted(below, low + rng.random(len(pool)) * (high - low), side="right") - 1
        found = self.order[np.clip(place, 0, len(self.order) - 1)]
        return np.where(weight[found] > 0, found, -1)


def shop(rng: np.random.Generator, world: World, wanted: int) -> Orders:
    """About `wanted` orders that follow from nobody's plan."""
    climate, people = world.climate, world.people
    pools, centres = Pools(world), _centres(world)
    wave = rng.uniform(0.1, 0.35) * np.sin(2 * np.pi * (np.arange(climate.weeks) / 52 + rng.random()))
    level = np.linspace(1, 1 + climate.growth, climate.weeks) * np.exp(
        wave + rng.normal(0, 0.06, climate.weeks)
    )
    weekly = np.round(wanted * level / level.sum()).astype(np.int64)
    seasons = rng.uniform(0, 0.6, len(TRADES)), rng.random(len(TRADES))
    repeat = np.array([one.repeat for one in TRADES])[world.firms.trade]
    mind = np.full((len(people.town), PLACES), -1)
    consumers: list[Ints] = []
    firms: list[Ints] = []
    weeks: list[Ints] = []
    for number, n in enumerate(weekly.tolist()):
        weight = _popularity(world, number, seasons)
        consumer = _active(rng, world, number, n)
        recalled = mind[consumer, rng.integers(0, PLACES, n)]
        keeps = (rng.random(n) < people.habit[consumer]) & (recalled >= 0)
        keeps &= weight[recalled] > 0
        firm = np.where(keeps, recalled, pools.draw(rng, weight, _where(rng, world, pools, consumer)))
        consumer, firm = consumer[firm >= 0], firm[firm >= 0]
        learns = rng.random(len(firm)) < repeat[firm]
        mind[consumer[learns], rng.integers(0, PLACES, int(learns.sum()))] = firm[learns]
        more, there = _next_door(rng, world, centres, weight, consumer, firm)
        consumers += [consumer, more]
        firms += [firm, there]
        weeks += [np.full(len(consumer) + len(more), number)]
    consumer, firm, week = np.concatenate(consumers), np.concatenate(firms), np.concatenate(weeks)
    t = 7.0 * week + _weekday(rng, world.firms.trade[firm])
    consumer, firm, t = _renewals(rng, world, consumer, firm, t)
    return place(rng, world, consumer, firm, t)


def _popularity(world: World, week: int, seasons: tuple[Floats, Floats]) -> Floats:
    firms = world.firms
    age = np.clip((7 * week + 7 - firms.opened) / 60, 0, 1) * (firms.closed > 7 * week)
    tide = 1 + seasons[0] * np.sin(2 * np.pi * (week / 52 + seasons[1]))
    return np.asarray(firms.pull * np.sqrt(age) * world.buzz[:, week] * tide[firms.trade])


def _active(rng: np.random.Generator, world: World, week: int, n: int) -> Ints:
    """(n,) who is about to buy; newcomers buy most when they have just come."""
    since = 7 * week + 6.9 - world.people.joined
    eager = np.where(since < 0, 0.0, world.people.activity * (1 + 3 * np.exp(-np.maximum(since, 0) / 10)))
    below = np.cumsum(eager)
    found = np.searchsorted(below, rng.random(n) * below[-1], side="right")
    return np.asarray(np.minimum(found, len(below) - 1), np.int64)


def _where(rng: np.random.Generator, world: World, pools: Pools, consumer: Ints) -> Ints:
    """(n,) the pool of firms each looks in."""
    people, climate, u = world.people, world.climate, rng.random(len(consumer))
    country = world.town_country[people.town[consumer]]
    niche = np.where(
        rng.random(len(consumer)) < 0.6, people.niche[consumer], rng.integers(0, NICHES, len(consumer))
    )
    inland = pools.towns + country * NICHES + niche
    far = np.where(u < climate.local + climate.national, inland, pools.everybody)
    return np.where(u < climate.local, people.town[consumer], far)


def _centres(world: World) -> tuple[Ints, Ints]:
    order = np.argsort(world.firms.centre, kind="stable")
    return order, np.searchsorted(world.firms.centre[order], np.arange(world.centres + 1))


def _next_door(
    rng: np.random.Generator,
    world: World,
    centres: tuple[Ints, Ints],
    weight: Floats,
    consumer: Ints,
    firm: Ints,
) -> tuple[Ints, Ints]:
    """Further purchases by people who are in a mall anyway."""
    order, first = centres
    stays = np.flatnonzero((world.firms.centre[firm] >= 0) & (rng.random(len(firm)) < 0.3))
    centre = world.firms.centre[firm[stays]]
    size = first[centre + 1] - first[centre]
    there = order[first[centre] + (rng.random(len(stays)) * size).astype(np.int64)]
    works = (weight[there] > 0) & (there != firm[stays])
    return consumer[stays][works], there[works]


def _weekday(rng: np.random.Generator, trade: Ints) -> Floats:
    """(n,) the day of the week, 0 to 6, by how busy weekends are in a trade."""
    weekend = np.array([one.weekend for one in TRADES])
    shares = np.array([1, 1, 1, 1.05, 1.15, 1, 0.9])[None, :] * np.ones((len(TRADES), 1))
    shares[:, 5:] *= weekend[:, None]
    below = np.cumsum(shares / shares.sum(1, keepdims=True), axis=1)
    day = (rng.random(len(trade))[:, None] > below[trade]).sum(1)
    return np.asarray(np.minimum(day, 6), np.float64)


def _renewals(
    rng: np.random.Generator, world: World, consumer: Ints, firm: Ints, t: Floats
) -> tuple[Ints, Ints, Floats]:
    """Subscribers are charged each month until they leave; what they would have bought besides falls away."""
    to_many = np.flatnonzero(world.firms.subscription[firm])
    key = consumer[to_many] * len(world.firms.town) + firm[to_many]
    _, begins = np.unique(key, return_index=True)
    begins = to_many[begins]
    keep = np.ones(len(t), bool)
    keep[to_many] = False
    months = rng.geometric(0.25, len(begins))
    again = np.repeat(begins, months)
    number = np.arange(len(again)) - np.repeat(np.cumsum(months) - months, months)
    later = t[again] + 30 * number
    return (
        np.concatenate([consumer[keep], consumer[again]]),
        np.concatenate([firm[keep], firm[again]]),
        np.concatenate([t[keep], later]),
    )


def run_errands(rng: np.random.Generator, world: World, errand: Errand) -> Orders:
    """The orders of an errand, placed as everybody places theirs."""
    return place(rng, world, errand.consumer, errand.firm, np.floor(errand.t), errand)


def place(
    rng: np.random.Generator,
    world: World,
    consumer: Ints,
    firm: Ints,
    day: Floats,
    errand: Errand | None = None,
) -> Orders:
    """Orders with their hour, price, device and account; those that cannot be (firm shut) are gone."""
    people, firms, n = world.people, world.firms, len(firm)
    hour = np.array([one.hour for one in TRADES])[firms.trade[firm]]
    width = np.array([one.width for one in TRADES])[firms.trade[firm]]
    early = rng.random(n) < 0.3
    hour = np.where(early, 12.0, hour) + rng.normal(0, 1, n) * np.where(early, 3.0, width)
    t = day + np.mod(hour, 24) / 24 + rng.random(n) / 1440
    lift = np.ones(n) if errand is None else errand.lift
    amount = _prices(rng, world, firm, lift)
    device = np.where(t < people.replaced[consumer], people.phone[consumer], people.next_phone[consumer])
    device = np.where(rng.random(n) < people.second_use[consumer], people.second[consumer], device)
    device = np.where((firms.till[firm] >= 0) & (rng.random(n) < 0.6), firms.till[firm], device)
    if errand is not None:
        device = np.where(errand.device >= 0, errand.device, device)
    device = np.where(rng.random(n) < firms.no_device[firm], -1, device)
    joint = (people.joint[consumer] >= 0) & (rng.random(n) < 0.4)
    account = np.where(joint, people.joint[consumer], people.account[consumer])
    account = np.where(rng.random(n) < firms.no_account[firm], -1, account)
    fate = np.zeros(n, np.int64) if errand is None else errand.fate
    can = (t >= firms.opened[firm]) & (t < firms.closed[firm]) & (t >= 0) & (t < world.climate.days)
    can &= t >= people.joined[consumer]
    return Orders(consumer, firm, t, amount, device, account, fate).take(np.flatnonzero(can))


def _prices(rng: np.random.Generator, world: World, firm: Ints, lift: Floats) -> Floats:
    """(n,) euros, in the firm's way of ending a price; a negative `lift` is the price itself."""
    firms, n = world.firms, len(firm)
    z = rng.normal(0, 1, n)
    # firms with a short list sell a dozen things
    z = np.where(firms.ending[firm] == 4, np.round(z * 3) / 3 + np.sin(np.round(z * 3) + firm) / 9, z)
    usual = np.exp(firms.price[firm] + firms.spread[firm] * z)
    raw = np.where(lift < 0, -lift, usual * np.abs(lift))
    ending = firms.ending[firm]
    by_ending = [np.floor(raw) + 0.99, np.floor(raw) + 0.9, np.round(raw) + 0.0, raw]
    return np.maximum(np.round(np.select([ending == one for one in range(4)], by_ending, raw), 2), 0.5)


def thin(rng: np.random.Generator, orders: Orders, keep: int) -> Orders:
    """`keep` of the orders at random, or all where there are fewer."""
    if len(orders.t) <= keep:
        return orders
    return orders.take(np.sort(rng.choice(len(orders.t), keep, replace=False)))
