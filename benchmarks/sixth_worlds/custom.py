"""What honest consumers buy day by day, for all partners at once."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.sixth_worlds.people import shoppers
from benchmarks.sixth_worlds.trades import TRADES
from benchmarks.sixth_worlds.world import World
from benchmarks.writing.units import Floats, Ints, ints

SPARE: Final = 1.1
"""Base orders made for one that is wanted: what is too much is left out in the end."""
LEAST: Final = 6
"""Orders of a partner."""
MONTH: Final = 30.4


def shop(world: World) -> None:
    """The base custom of every partner, and its moments by partner."""
    rng, firms = world.rng, world.firms
    weight = _day_weights(world)
    total = np.cumsum(weight, axis=1)
    number = _numbers(world)
    firm = np.repeat(np.arange(len(firms)), np.where(firms.subscription, 0, number))
    n = len(firm)
    country_hour = np.where(rng.random(n) < 0.82, rng.normal(firms.hour[firm], 3.0), rng.uniform(6, 24, n))
    t = _days(rng, total, firm) + (country_hour % 24) / 24
    once = shoppers(world, firm)
    regular = _regulars(world, number, firm)
    who = np.where(rng.random(n) < firms.loyalty[firm], regular, once)
    firm_s, who_s, t_s = _subscriptions(world, total, number)
    batch = world.batch(
        np.concatenate([who, who_s]), np.concatenate([firm, firm_s]), np.concatenate([t, t_s])
    )
    world.honest.append(batch)
    order = np.lexsort((batch.t, batch.firm))
    world.moments = batch.t[order]
    world.first = np.searchsorted(batch.firm[order], np.arange(len(firms) + 1))
    _newcomers(world, batch.consumer, batch.firm, batch.t)


def _numbers(world: World) -> Ints:
    """Base orders of each partner, by its popularity and life."""
    firms, wanted = world.firms, SPARE * world.settings.orders
    weight = firms.popularity * (firms.ending - firms.opening) ** 0.9
    number = np.maximum(LEAST, np.round(wanted * weight / weight.sum()))
    number = np.minimum(number, max(200.0, 0.02 * wanted))
    return ints(np.round(number * max(1.0, wanted / number.sum())))


def _day_weights(world: World) -> Floats:
    """(partners, days) how much is bought on a day: season, weekday, growth, chance, launches and sales."""
    rng, firms, settings = world.rng, world.firms, world.settings
    day = np.arange(settings.days + 1)
    low = np.floor(firms.opening)[:, None]
    high = np.maximum(low + 1, np.ceil(firms.ending)[:, None])
    live = (day >= low) & (day < high)
    weekend = (day + settings.start.day_of_week) % 7 >= 5
    season = 1 + 0.35 * np.exp(-(((settings.start.day_of_year + day) % 365 - 338) ** 2) / 500)
    trade_weekend = np.array([one.weekend for one in TRADES])[firms.trade][:, None]
    weight = np.where(weekend, trade_weekend, 1.0) * season * rng.gamma(3, 1 / 3, live.shape)
    weight *= np.exp(firms.growth[:, None] * (day - low) / settings.days)
    begins = (firms.on > 0) & ~firms.fresh_custom
    ramp = np.clip((day - low[begins] + 3) / rng.uniform(5, 60, (np.count_nonzero(begins), 1)), 0.1, 1)
    weight[begins] *= ramp
    weight[day > firms.blow_off[:, None]] *= 0.02  # little is left to do after a bust
    for firm, at, width, height in world.spikes:
        damped = min(1, 100 / max(firms.ending[firm] - firms.opening[firm], 24) + 0.3)
        near = np.abs(day - at) <= width / 2 + 0.5
        weight[firm, near] *= 1 + height * damped
    return np.where(live, weight, 0.0)


def _days(rng: np.random.Generator, total: Floats, firm: Ints) -> Floats:
    """A day for each order, as `total` (partners, days), the weights summed up, has it."""
    ends = np.concatenate([[0], np.cumsum(total[:, -1])])
    drawn = ends[firm] + total[firm, -1] * rng.random(len(firm))
    place = np.searchsorted((total + ends[:-1, None]).ravel(), drawn, "right") - firm * total.shape[1]
    return np.asarray(np.clip(place, 0, total.shape[1] - 1), np.float64)


def _regulars(world: World, number: Ints, firm: Ints) -> Ints:
    """A regular of the partner for each order; heirs have some regulars of the partner before them."""
    rng, firms = world.rng, world.firms
    many = np.maximum(3, (number * rng.uniform(0.12, 0.4, len(firms))).astype(np.int64))
    ends = np.concatenate([[0], np.cumsum(many)])
    regulars = shoppers(world, np.repeat(np.arange(len(firms)), many))
    for heir in sorted(np.flatnonzero(firms.heir_of >= 0), key=lambda one: float(firms.on[one])):
        old = firms.heir_of[heir]
        come = np.flatnonzero(rng.random(many[heir]) < firms.heir_share[heir])
        regulars[ends[heir] + come] = regulars[ends[old] + rng.integers(0, many[old], len(come))]
    drawn: Ints = regulars[ends[firm] + (many[firm] * rng.random(len(firm)) ** 1.8).astype(np.int64)]
    return drawn


def _subscriptions(world: World, total: Floats, number: Ints) -> tuple[Ints, Ints, Floats]:
    """Monthly orders at partners who sell by subscription: partner, consumer, moment."""
    rng, firms = world.rng, world.firms
    sellers = np.flatnonzero(firms.subscription)
    months = np.maximum(1, (firms.ending - firms.opening)[sellers] / 30 * 0.6)
    firm = np.repeat(sellers, np.maximum(3, (number[sellers] / months).astype(np.int64)))
    who = shoppers(world, firm)
    join = _days(rng, total, firm) + rng.random(len(firm))
    stay = rng.exponential(260, len(firm))
    month = np.arange(int(world.days / 30) + 1)
    t = join[:, None] + MONTH * month + rng.normal(0, 0.12, (len(firm), len(month)))
    bought = (t < firms.ending[firm][:, None]) & (MONTH * month <= stay[:, None])
    row = np.nonzero(bought)[0]
    return firm[row], who[row], t[bought]


def _newcomers(world: World, who: Ints, firm: Ints, t: Floats) -> None:
    """Half of those who buy about the day of a launch or a sale are new on the platform."""
    rng, days = world.rng, world.settings.days
    busy = np.zeros((len(world.firms), days + 1), np.bool_)
    for number, at, _, _ in world.spikes:
        busy[number, max(0, int(at - 4)) : max(0, int(at + 5))] = True
    near = who[busy[firm, np.clip(t.astype(np.int64), 0, days)]]
    world.people.fresh[near[rng.random(len(near)) < 0.5]] = True
