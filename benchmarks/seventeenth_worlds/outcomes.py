"""How orders end, and when that is known."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from benchmarks.seventeenth_worlds.market import COUNTRIES, CURRENCY, PER_EURO, Floats, Ints
from benchmarks.seventeenth_worlds.world import World

ENDS: Final = np.array(["refunded", "disputed", "defaulted", "paid"])


def currencies(countries: Ints) -> tuple[pd.Series, Floats]:
    """The currency of each country, and how much of it is a euro."""
    names = np.array([CURRENCY.get(one, "EUR") for one in COUNTRIES])
    worth = np.array([PER_EURO[str(one)] for one in names])
    return pd.Series(names[countries]), np.asarray(worth[countries])


def settled(world: World) -> pd.DataFrame:
    """All orders with amounts and ends; `known` is when the end was known, NaN where it is open."""
    rng, market, shops = world.rng, world.market, world.shops
    names = list(world.orders[0])
    rows = pd.DataFrame({name: np.concatenate([part[name] for part in world.orders]) for name in names})
    inside = (rows["t"] >= np.maximum(shops.opened[rows["shop"]], 0)) & (rows["t"] < market.days)
    inside &= rows["t"] < shops.closed[rows["shop"]]
    inside &= rows["t"] >= world.people.created[rows["who"]]
    rows = rows[inside].sort_values(["t", "who", "shop"], kind="stable").reset_index(drop=True)
    rows["amount"] = _amounts(world, rows)
    chances = _chances(world, rows)
    n = len(rows)
    which = (np.cumsum(chances, axis=1) <= rng.random(n)[:, None]).sum(axis=1)
    delay = _delays(world, which)
    known = np.floor(rows["t"].to_numpy()) + np.maximum(np.ceil(delay), 1) + rng.random(n)
    over = known < market.days
    rows["outcome"] = np.where(over, ENDS[which], "open")
    rows["known"] = np.where(over, known, np.nan)
    return rows


def _amounts(world: World, rows: pd.DataFrame) -> Floats:
    rng, shops = world.rng, world.shops
    shop = rows["shop"].to_numpy()
    _, worth = currencies(shops.country[shop])
    raw = np.exp(shops.price[shop] + shops.spread[shop] * rng.normal(size=len(rows)))
    raw = np.clip(raw * rows["ticket"].to_numpy() * worth, 2.0, 9e4)
    habit = rng.choice(4, world.market.partners, p=[0.35, 0.2, 0.3, 0.15])[shop]
    off = rng.random(len(rows)) < 0.25
    habit = np.where(off, 2, habit)
    whole = np.floor(raw)
    ends = [whole + 0.99, whole + 0.5 * (raw - whole > 0.5), raw, whole + 0.95]
    return np.asarray(np.round(np.choose(habit, ends), 2), dtype=np.float64)


def _chances(world: World, rows: pd.DataFrame) -> Floats:
    """(n, 3): the chances to be refunded, disputed and defaulted; at most 0.97 in all."""
    shops, people = world.shops, world.people
    shop, who, t = rows["shop"].to_numpy(), rows["who"].to_numpy(), rows["t"].to_numpy()
    base = np.stack(
        [
            shops.refund[shop] * people.returns[who],
            shops.dispute[shop] * np.sqrt(people.returns[who]),
            shops.default[shop] * people.risk[who],
        ],
        axis=1,
    )
    given = rows[["refund", "dispute", "default"]].to_numpy()
    chances = np.where(np.isnan(given), np.minimum(base, 0.85), given)
    order = np.argsort(shop, kind="stable")
    edges = np.searchsorted(shop[order], np.arange(world.market.partners + 1))
    for one in world.troubles:
        mine = order[edges[one.shop] : edges[one.shop + 1]]
        mine = mine[(t[mine] >= one.since) & (t[mine] < one.until)]
        chances[mine] += (one.refund, one.dispute, one.default)
    whole = chances.sum(axis=1, keepdims=True)
    return np.asarray(chances * np.minimum(1.0, 0.97 / np.maximum(whole, 1e-9)), dtype=np.float64)


def _delays(world: World, which: Ints) -> Floats:
    rng, n, term = world.rng, len(which), world.market.term
    at_once = rng.random(n) < 0.3
    paid = np.where(at_once, rng.exponential(1.5, n), term * rng.uniform(0.5, 1.25, n))
    returned = 2 + rng.gamma(2.2, 5.0, n)
    disputed = 4 + rng.gamma(2.0, 12.0, n)
    unpaid = term + 20 + rng.gamma(2.0, 9.0, n)
    return np.asarray(np.choose(which, [returned, disputed, unpaid, paid]), dtype=np.float64)
