"""All orders: the ordinary ones, and what is planned over and above."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.fourth_worlds.places import Places
from benchmarks.fourth_worlds.plans import OWN, Orders
from benchmarks.fourth_worlds.world import World
from benchmarks.writing.units import Floats, Ints

FAVOURITES: Final = 6
BLACK_FRIDAY: Final = 330
"""The day of the year about which Christmas custom is largest."""


def place_orders(world: World) -> tuple[Orders, int]:
    """All orders of the world, the ordinary first, and how many of them are ordinary."""
    n = world.n_orders - sum(len(part.consumer) for part in world.planned)
    if n < world.n_orders / 2:
        raise ValueError(f"{world.n_orders} orders are too few for {world.n_partners} partners.")
    parts = [_ordinary(world, n), *world.planned]
    orders = Orders(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    return orders._replace(moment=_at_hours(world, orders)), n


def _ordinary(world: World, n: int) -> Orders:
    rng, people = world.rng, world.people
    places = Places(world)
    favourites = _favourites(world, places)
    consumer = np.sort(rng.choice(world.n_consumers, n, p=people.activity / people.activity.sum()))
    choice = np.minimum(rng.geometric(world.dice.uniform(0.3, 0.5), n) - 1, FAVOURITES - 1)
    elsewhere = places.draw(people.country[consumer], people.city[consumer])
    loyal = rng.random(n) < people.loyalty[consumer]
    partner = np.where(loyal, favourites[consumer, choice], elsewhere)
    moment = _sessions(world, consumer, partner, _after_joining(world, consumer, partner))
    return Orders(
        consumer=consumer,
        partner=partner,
        moment=moment,
        amount_factor=np.ones(n),
        refund_factor=np.ones(n),
        fixed_amount=np.full(n, np.nan),
        bad=np.full((n, 3), np.nan),
        device=np.full(n, OWN),
        account=np.full(n, OWN),
        keeps_hour=np.zeros(n, np.bool_),
        of_ring=np.zeros(n, np.bool_),
    )


def _favourites(world: World, places: Places) -> Ints:
    """(consumers, favourites) the shops each is loyal to, the dearest first."""
    dice, people = world.dice, world.people
    found = np.stack([places.draw(people.country, people.city) for _ in range(FAVOURITES)], 1)
    one, source = (
        np.array(part, np.int64) for part in (list(world.habit_source), [*world.habit_source.values()])
    )
    found[one, :3] = found[source, :3]
    for consumer, near in world.haunts.items():
        found[consumer, 0], found[consumer, 1] = dice.number(near), dice.number(near)
    for before, after in world.successors:
        regulars = world.honest_people(dice.whole(10, 60), int(world.shops.country[before]))
        found[regulars, 0], found[regulars, 1] = before, after
    return found


def _after_joining(world: World, consumer: Ints, partner: Ints) -> Floats:
    """Moments by the season of the trade while the partner sells; nearly all after the consumer joined."""
    rng, shops, n_days = world.rng, world.shops, int(world.window)
    since, until = shops.sells_from[partner], shops.sells_until[partner]
    trade = shops.trade[partner]
    days = np.arange(n_days + 1.0)
    moment = np.empty(len(partner))
    for one in range(len(world.trades)):
        mine = trade == one
        curve = np.concatenate([[0.0], np.cumsum(_season(world))])
        first, last = np.interp(since[mine], days, curve), np.interp(until[mine], days, curve)
        moment[mine] = np.interp(first + rng.random(mine.sum()) * (last - first), curve, days)
    joins = world.people.joins[consumer]
    early = (moment < joins) & (joins < until - 1)
    moment[early] = joins[early] + rng.random(early.sum()) * (until - joins)[early]
    return moment


def _season(world: World) -> Floats:
    """(days,) how much is bought on each day in some trade: by season, Christmas, weekends, growth."""
    rng, dice = world.rng, world.dice
    day = np.arange(int(world.window))
    of_week = (day + world.start.day_of_week) % 7
    of_year = (day + world.start.day_of_year) % 365
    wave = np.sin(2 * np.pi * (of_year - dice.uniform(0, 365)) / 365) * dice.uniform(0.3, 1.4)
    christmas = dice.uniform(0, 1) * np.exp(-(((of_year - BLACK_FRIDAY) / 16) ** 2))
    usual = np.clip(1 + world.settings.season * wave + christmas, 0.08, None)
    weekend = 1 + dice.uniform(-0.3, 0.5) * (of_week >= 5)
    growth = np.linspace(1, dice.uniform(0.8, 1.8), len(day))
    bought: Floats = usual * weekend * np.exp(rng.normal(0, 0.08, len(day))) * growth
    return bought


def _sessions(world: World, consumer: Ints, partner: Ints, moment: Floats) -> Floats:
    """Some orders follow within hours of the consumer's order before (in the list, not in time)."""
    rng, shops, n = world.rng, world.shops, len(consumer)
    follows = np.concatenate([moment[:1], moment[:-1]]) + rng.exponential(0.5, n)
    same = np.concatenate([[False], consumer[1:] == consumer[:-1]])
    sells = (follows > shops.sells_from[partner]) & (follows < shops.sells_until[partner])
    return np.where(same & sells & (rng.random(n) < world.settings.sessions), follows, moment)


def _at_hours(world: World, orders: Orders) -> Floats:
    """The same days, at the partners' usual hours, while they are open."""
    rng, shops, partner = world.rng, world.shops, orders.partner
    hour = (rng.normal(shops.hour[partner], shops.hour_sd[partner]) % 24) / 24
    moved = np.where(orders.keeps_hour, orders.moment, np.floor(orders.moment) + hour)
    since = np.maximum(shops.opens[partner], 0)
    until = np.minimum(shops.closes[partner], world.window)
    closed = (moved < since) | (moved >= until)
    at_last = np.maximum(until - 0.001, since)
    moved = np.where(closed, np.clip(orders.moment, since, at_last), moved)
    return np.clip(moved, 0, world.window - 0.001)
