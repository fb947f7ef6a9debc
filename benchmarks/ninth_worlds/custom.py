"""What honest consumers buy day by day, for all partners at once."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.ninth_worlds.world import World
from benchmarks.writing.units import Floats, Ints, ints

SPARE: Final = 1.15
"""Orders made for one that is wanted; what is too much is left out in the end."""
LEAST: Final = 8


def count_custom(world: World) -> None:
    """(partners,) the orders of each partner's own custom, by its popularity and life."""
    firms, wanted = world.firms, SPARE * world.settings.orders
    weight = firms.weight * np.maximum(5, world.ending() - world.opening()) ** 0.8
    number = np.clip(wanted * weight / weight.sum(), LEAST, max(150.0, 0.02 * wanted))
    world.number = ints(np.ceil(number * max(1.0, wanted / number.sum())))


def shop(world: World) -> None:
    """The own custom of every partner."""
    rng, firms, number = world.rng, world.firms, world.number
    firm = np.repeat(np.arange(len(firms)), number)
    t = _days(world, firm) + world.hours(firm)
    once = world.shoppers(firm)
    many = np.maximum(
        3, (number * np.exp(rng.uniform(np.log(0.03), np.log(0.5), len(firms)))).astype(np.int64)
    )
    ends = np.concatenate([[0], np.cumsum(many)])
    regulars = world.shoppers(np.repeat(np.arange(len(firms)), many))
    for heir in sorted(np.flatnonzero(firms.follows >= 0), key=lambda one: float(firms.opened[one])):
        old = firms.follows[heir]
        come = np.flatnonzero(rng.random(many[heir]) < rng.uniform(0.1, 0.6))
        regulars[ends[heir] + come] = regulars[ends[old] + rng.integers(0, many[old], len(come))]
    regular = regulars[ends[firm] + (many[firm] * rng.random(len(firm)) ** 1.7).astype(np.int64)]
    who = np.where(rng.random(len(firm)) < firms.loyalty[firm], regular, once)
    _meet_newcomers(world, firm, t, who)
    early = np.flatnonzero(world.joined[who] > t)  # somebody else buys who is there already
    for _ in range(3):
        who[early] = world.shoppers(firm[early])
        early = early[world.joined[who[early]] > t[early]]
    world.honest.append(world.batch(who, firm, t))


def _meet_newcomers(world: World, firm: Ints, t: Floats, who: Ints) -> None:
    """Some partners sell mostly to people of their country who have just come to the platform."""
    rng, n = world.rng, len(world.firms)
    share = np.where(rng.random(n) < 0.2, rng.random(n), 0.0)
    order = np.argsort(world.joined, kind="stable")
    row = np.flatnonzero((rng.random(len(firm)) < share[firm]) & (t > 5))
    for _ in range(4):
        last = np.searchsorted(world.joined[order], t[row], "right")
        new = order[np.maximum(0, last - 1 - rng.integers(0, world.ordinary // 20, len(row)))]
        fits = world.town_country[world.people.town[new]] == world.firms.country[firm[row]]
        who[row[fits]] = new[fits]
        row = row[~fits]


def _days(world: World, firm: Ints) -> Floats:
    """A day for each order: season, weekday, growth, launches, sales and chance."""
    rng, firms, settings = world.rng, world.firms, world.settings
    day = np.arange(settings.days)
    low, high = np.floor(world.opening())[:, None], np.ceil(world.ending())[:, None]
    live = (day >= low) & (day < np.maximum(low + 1, high))
    weekend = (day + settings.start.day_of_week) % 7 >= 5
    season = 1 + 0.4 * np.exp(-(((settings.start.day_of_year + day) % 365 - 340) ** 2) / 400)
    n = len(firms)
    weight = np.where(weekend, rng.uniform(0.6, 1.6, (n, 1)), 1.0) * season * rng.gamma(2, 0.5, live.shape)
    weight *= np.exp(rng.normal(0, 0.7, (n, 1)) * (day - low) / settings.days)
    young = (firms.opened > 0)[:, None]
    weight *= np.where(young, np.clip((day - low + 3) / rng.uniform(4, 50, (n, 1)), 0.1, 1), 1.0)
    near = np.abs(day - firms.spike[:, None]) <= 3
    weight *= 1 + np.where(near, firms.spike_height[:, None], 0.0)
    total = np.cumsum(np.where(live, weight, 0.0), axis=1)
    ends = np.concatenate([[0.0], np.cumsum(total[:, -1])])
    drawn = ends[firm] + total[firm, -1] * rng.random(len(firm))
    place = np.searchsorted((total + ends[:-1, None]).ravel(), drawn, "right") - firm * settings.days
    return np.asarray(np.clip(place, 0, settings.days - 1), np.float64)
