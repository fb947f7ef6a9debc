"""Ordinary custom: who buys at which partner on which day, before rings buy among it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from benchmarks.eleventh_worlds.draws import around
from benchmarks.eleventh_worlds.trades import RETAIL, WEEK_OF_TRADE, of_trades
from benchmarks.eleventh_worlds.world import World
from benchmarks.writing.units import NONE, Flags, Floats, Ints

SPARE: Final = 1.15
"""Orders drawn to each that is asked for; what is too much is left out when all others are known."""

LARGEST: Final = 0.05
"""Share of all orders that one partner has at most."""

ROOM: Final = {"shell_network": (0.05, 0.8), "takeover": (0.6, 1.2), "triangulation": (0.6, 1.3)}
"""Share of their usual custom that partners of such a ring have."""


@dataclass(frozen=True)
class Custom:
    """Ordinary orders, and what new ones are drawn from.

    (partners,): `on` and `off` while they are open within the window, `expected` orders, how `many` there
    are, and `cover` of days (partners * days), each partner's from its number on. (orders,): `firm`, `day`.
    Prices of each partner are from `first_price` to the next one's, the cheap ones first. `of_land`: the
    orders at honest partners of each land.
    """

    on: Floats
    off: Floats
    expected: Floats
    many: Ints
    cover: Floats
    firm: Ints
    day: Floats
    price: Floats
    first_price: Ints
    of_land: tuple[Ints, ...]
    days: int

    def days_for(self, rng: np.random.Generator, firm: Ints) -> Floats:
        """(n,) a day for each order at that partner, by season, week and its own ups and downs."""
        place = np.searchsorted(self.cover, firm + rng.random(len(firm)) * 0.999999, side="right")
        return np.asarray(np.minimum(place - firm * self.days, self.days - 1), np.float64)

    def n_prices(self, firm: Ints) -> Ints:
        return self.first_price[firm + 1] - self.first_price[firm]

    def open_from_to(self, on: float, off: float, least: int) -> Flags:
        """(partners,) with more orders than that, and open all the while."""
        fits: Flags = (self.on < on) & (self.off > off) & (self.many > least)
        return fits


def shop(world: World) -> Custom:
    """The ordinary orders of everybody."""
    rng, firms, n, days = world.rng, world.firms, world.settings.partners, world.days
    firms.on = np.minimum(firms.on, days - 2.0)
    on, off = np.clip(firms.on, 0, days - 1), np.clip(firms.off, 0, days)
    off = np.maximum(off, on + 0.5)
    expected = _expected(world, on, off)
    many = rng.poisson(expected * SPARE)
    busy = np.cumsum(_days_of(world, on, off), axis=1)
    cover = (busy / busy[:, -1:] + np.arange(n)[:, None]).ravel()
    firm = np.repeat(np.arange(n), many)
    price, first_price = _prices(world)
    at_honest = np.where(world.honest, world.land, NONE)[firm]
    of_land = tuple(np.flatnonzero(at_honest == land) for land in range(len(world.towns.lands)))
    undated = Custom(
        on, off, expected, many, cover, firm, np.zeros(len(firm)), price, first_price, of_land, days
    )
    day = undated.days_for(rng, firm)
    custom = replace(undated, day=day[np.lexsort((day, firm))])
    world.orders.buy(firm, _customers(world, many, firm), custom.day, plain=True)
    return custom


def _expected(world: World, on: Floats, off: Floats) -> Floats:
    """(partners,) orders by size and life; partners of rings are neither tiny nor large."""
    total, honest = world.settings.orders, world.honest
    share: Floats = world.firms.size * (off - on)
    expected: Floats = np.minimum(share / share.sum() * total, LARGEST * total)
    for ring in world.rings:
        if len(ring.firms):
            low, high = ROOM.get(ring.typology, (0.3, 1.1))
            part = world.rng.uniform(low, high, 1 if world.flip(0.5) else len(ring.firms))
            expected[ring.firms] = np.clip(expected[ring.firms], 8, 500) * part
    for _ in range(10):
        # the largest and those of rings leave some to others
        lacking = (total - expected[~honest].sum()) / expected[honest].sum()
        expected[honest] = np.minimum(expected[honest] * lacking, LARGEST * total)
    return expected


def _days_of(world: World, on: Floats, off: Floats) -> Floats:
    """(partners, days) how much custom each day brings."""
    rng, firms, n, days = world.rng, world.firms, world.settings.partners, world.days
    day = np.arange(days)[None, :]
    drift, spread = world.uniform(0.5, 0.95), world.uniform(0.1, 0.4)
    mood = np.zeros((n, days // 7 + 2))
    for week in range(1, mood.shape[1]):
        mood[:, week] = drift * mood[:, week - 1] + rng.normal(0, spread, n)
    log = mood[:, day[0] // 7] + firms.growth[:, None] * day / 365
    grows = np.where(firms.on > 0, 0.9, 0)[:, None]
    ramp = 1 - grows * np.exp(-(day - on[:, None]).clip(0) / around(rng, 30, 0.6, n)[:, None])
    rush = (day >= firms.rush_on[:, None]) & (day < (firms.rush_on + firms.rush_days)[:, None])
    busy = _calendar(world)[firms.trade] * np.exp(log) * ramp
    busy *= np.where(rush, np.maximum(firms.rush, 1)[:, None], 1)
    busy *= np.where(day > firms.fade_at[:, None], firms.fade[:, None], 1)
    open_ = (day >= np.floor(on)[:, None]) & (day <= np.floor(off - 1e-6)[:, None])
    return np.asarray(np.maximum(busy, 1e-9) * open_)


def _calendar(world: World) -> Floats:
    """(trades, days) seasons, weekdays, and what is before Christmas and about Black Friday."""
    season, start = world.settings.season, world.settings.start
    day = start.day_of_year + np.arange(world.days)
    year = 1 + season * np.cos(2 * np.pi * (day[None, :] - of_trades("peak")[:, None]) / 365.25)
    date = day % 365
    gifts, sales = (date > 325) & (date < 357), (date >= 328) & (date <= 333)
    year = year * np.where(RETAIL[:, None] & gifts, 1 + season, 1)
    year = year * np.where(RETAIL[:, None] & sales, 1 + 2 * season, 1)
    return np.asarray(year * WEEK_OF_TRADE[:, (start.day_of_week + np.arange(world.days)) % 7])


def _customers(world: World, many: Ints, firm: Ints) -> Ints:
    """(orders,) of each partner's customers, of whom the later ones come later."""
    rng, firms = world.rng, world.firms
    few = np.maximum(3, np.ceil(many * firms.fresh)).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(few)])
    known = _drawn_near(world, np.repeat(np.arange(len(few)), few))
    heirs = np.flatnonzero(firms.source != NONE)
    for heir in heirs[np.argsort(firms.on[heirs])].tolist():
        rows = np.arange(first[heir], first[heir + 1])
        rows = rows[rng.random(len(rows)) < firms.source_share[heir]]
        old = int(firms.source[heir])
        known[rows] = known[first[old] + rng.integers(0, few[old], len(rows))]
    start = np.cumsum(many) - many
    passed = (np.arange(len(firm)) - start[firm]) / np.maximum(many[firm], 1)
    drift = world.settings.drift
    reach = few[firm] * (drift * passed + 1 - drift) * (1 - rng.random(len(firm)) ** 1.6)
    customers: Ints = known[first[firm] + np.minimum(reach.astype(np.int64), few[firm] - 1)]
    return customers


def _drawn_near(world: World, firm: Ints) -> Ints:
    """A customer for each entry, from the partner's town, land or anywhere, or of its mall."""
    rng, towns, firms, n = world.rng, world.towns, world.firms, len(firm)
    nearby = np.clip(of_trades("local")[firms.trade] * around(rng, 1, 0.25, len(firms.trade)), 0, 0.97)[firm]
    lands = np.array([towns.people_of_land(land) for land in range(len(towns.lands))])
    u, low, high = rng.random(n), *lands[world.land[firm]].T
    town = firms.town[firm]
    few = towns.first[town + 1] - towns.first[town] < 20
    here, far = (u < nearby) & ~few, u > 1 - world.settings.abroad * (1 - nearby)
    far |= high - low < 20
    low = np.where(here, towns.first[town], np.where(far, 0, low))
    high = np.where(here, towns.first[town + 1], np.where(far, world.ordinary, high))
    active = np.concatenate([[0], np.cumsum(around(rng, 1, world.settings.activity, world.ordinary))])
    aim = active[low] + rng.random(n) * (active[high] - active[low])
    found: Ints = np.clip(np.searchsorted(active, aim, side="right") - 1, 0, world.ordinary - 1)
    inside = np.flatnonzero((firms.mall[firm] != NONE) & (rng.random(n) < firms.mall_share[firm]))
    for mall, people in enumerate(world.malls):
        rows = inside[firms.mall[firm[inside]] == mall]
        found[rows] = people[(len(people) * rng.random(len(rows)) ** 1.5).astype(np.int64)]
    return found


def _prices(world: World) -> tuple[Floats, Ints]:
    """Prices of each partner, in the currency of its land, sorted, and (partners + 1,) where its first is."""
    rng, n, firms = world.rng, world.settings.partners, world.firms
    many = np.clip(around(rng, 25, 0.9, n), 2, 250).astype(np.int64)
    of = np.repeat(np.arange(n), many)
    trade, rate = firms.trade[of], world.rates[of]
    spread = np.exp(rng.normal(0, 1, len(of)) * of_trades("spread")[trade])
    raw = of_trades("price")[trade] * firms.price[of] * spread * rate
    style = rng.choice(5, n, p=[0.35, 0.15, 0.15, 0.25, 0.1])[of]
    step = 10.0 ** np.floor(np.log10(np.maximum(raw, 1)) - 1)
    whole = np.maximum(np.round(raw), 1)
    written = np.select(
        [style == 0, style == 1, style == 2, style == 3],
        [whole - 0.01, whole - 0.05, np.maximum(np.round(raw / step) * step, 1), np.round(raw, 2)],
        np.round(raw * 2) / 2,
    )
    price = np.maximum(written, 0.5)
    return price[np.lexsort((price, of))], np.concatenate([[0], np.cumsum(many)])
