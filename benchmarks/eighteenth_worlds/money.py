"""Payouts and logins: what shops are paid and where to, and from what they look at it."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from benchmarks.eighteenth_worlds.favours import helped
from benchmarks.eighteenth_worlds.market import COUNTRIES
from benchmarks.eighteenth_worlds.world import Ints, World

KEEPS_TO_IT: Final = 0.92
"""Share of payouts that go to the account that a group agreed on."""


def payouts(world: World, orders: pd.DataFrame) -> pd.DataFrame:
    """Payouts of each shop's sales after its own term: `shop` `at` `account` `amount`."""
    rng, climate = world.rng, world.climate
    sold = orders[orders["outcome"] != "refunded"]
    every = world.payout_every[sold["shop"].to_numpy()]
    phase = rng.integers(0, 14, climate.partners)[sold["shop"].to_numpy()]
    term = (np.floor(sold["at"].to_numpy()) + phase) // every
    ends = (term + 1) * every - phase
    paid = (
        sold.assign(ends=ends).groupby(["shop", "ends"], sort=True)["amount"].sum().reset_index(name="gross")
    )
    shop = paid["shop"].to_numpy()
    paid["at"] = paid["ends"] + rng.uniform(0.2, 0.5, len(paid))
    fee = rng.uniform(0.008, 0.035, climate.partners)[shop]
    coin = np.array([COUNTRIES[one].coin for one in climate.countries])[world.shop_country[shop]]
    paid["amount"] = np.maximum(np.round(paid["gross"] * (1 - fee) / coin), 1) * coin
    paid["account"] = world.tills_at(shop, paid["at"].to_numpy())
    moved = np.flatnonzero(rng.random(len(paid)) < KEEPS_TO_IT)
    _redirect(world, paid, moved)
    return paid[paid["at"] < climate.days].reset_index(drop=True)


def _redirect(world: World, paid: pd.DataFrame, moved: Ints) -> None:
    rows = paid.iloc[moved]
    by_shop = {shop: part.index.to_numpy() for shop, part in rows.groupby("shop")}
    account, at = paid["account"].to_numpy().copy(), paid["at"].to_numpy()
    for shop, to, begins, ends in world.redirects:
        places = by_shop.get(shop)
        if places is not None:
            account[places[(at[places] > begins) & (at[places] < ends)]] = to
    paid["account"] = account


def logins(world: World) -> pd.DataFrame:
    """Logins of shops from their own phones and from those of groups: `shop` `device` `at` `plot`."""
    rng, climate = world.rng, world.climate
    begins = np.maximum(world.onboarded, 0)
    ends = np.minimum(world.closed, climate.days)
    rate = world.login_rate * min(1.0, climate.orders / climate.partners / 60)
    shop = np.repeat(np.arange(climate.partners), 1 + rng.poisson(rate * (ends - begins) / 7))
    which = (rng.random(len(shop)) < rng.beta(1, 3, climate.partners)[shop]).astype(np.int64)
    own = pd.DataFrame({"shop": shop, "device": world.shop_phones[shop, which]})
    own["day"] = rng.uniform(begins[shop], ends[shop])
    own = pd.concat([own, helped(world)], ignore_index=True)
    every = pd.concat([own.assign(plot=-1), *world.entries], ignore_index=True)
    zone = np.array([COUNTRIES[one].hours_from_utc for one in climate.countries])
    hour = np.clip(rng.normal(14.5, 4.5, len(every)), 0.1, 23.9)
    every["at"] = np.floor(every["day"]) + (hour - zone[world.shop_country[every["shop"]]]) / 24
    every = every[world.closed[every["shop"]] > every["at"]]
    inside = (every["at"] > 0) & (every["at"] < climate.days)
    return every[inside].drop(columns="day").reset_index(drop=True)
