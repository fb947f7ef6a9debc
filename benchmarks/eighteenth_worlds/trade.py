"""Trade: who buys where, when and for how much, and what becomes of it, by one process for all."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from benchmarks.eighteenth_worlds.favours import lent
from benchmarks.eighteenth_worlds.market import COUNTRIES, TRADES
from benchmarks.eighteenth_worlds.world import Floats, Ints, World

OUTCOMES: Final = ("paid", "refunded", "disputed", "defaulted")
FAVOURITES: Final = 5
ROUNDS: Final = 6
"""How often somebody who stands before a closed door tries another shop."""
AGAIN: Final = 0.02
"""Share of everyday orders after which the same person buys again within minutes."""
LEAST_EVERYDAY: Final = 0.45


def trade(world: World) -> pd.DataFrame:
    """All orders: `person` `shop` `at` (days) `device` `account` `amount` `outcome` `outcome_at` `plot`."""
    visits = pd.concat(world.visits, ignore_index=True) if world.visits else pd.DataFrame()
    everyday = _everyday(
        world, max(world.climate.orders - len(visits), int(world.climate.orders * LEAST_EVERYDAY))
    )
    visits["session"] = visits.groupby(["plot", "session"]).ngroup() + len(everyday)
    orders = pd.concat([everyday, visits], ignore_index=True)
    shop, person = orders["shop"].to_numpy(), orders["person"].to_numpy()
    orders["at"] = _moments(world, orders)
    at = orders["at"].to_numpy()
    lived = (at > np.maximum(world.onboarded[shop], 0)) & (
        at < np.minimum(world.closed[shop], world.climate.days)
    )
    lived &= at > world.created[person]
    orders = pd.DataFrame(orders[lived]).reset_index(drop=True)
    orders["amount"] = _amounts(world, orders)
    _pay_with(world, orders)
    _end(world, orders)
    return orders


def _everyday(world: World, many: int) -> pd.DataFrame:
    rng, climate = world.rng, world.climate
    fleeting = rng.random(climate.consumers) < 0.15
    leaves = np.where(fleeting, np.maximum(world.created, 0) + rng.exponential(90, climate.consumers), np.inf)
    person = rng.choice(climate.consumers, many, p=world.activity / world.activity.sum())
    day = _days(world, np.maximum(world.created, 0)[person], np.minimum(leaves, climate.days)[person])
    shop = _draw_shops(world, person)
    favourites = np.stack([_draw_shops(world, np.arange(climate.consumers)) for _ in range(FAVOURITES)], 1)
    kept = rng.random(many) < climate.favoured
    shop[kept] = favourites[person[kept], (rng.random(int(kept.sum())) ** 1.5 * FAVOURITES).astype(np.int64)]
    for _ in range(ROUNDS):
        shut = (world.onboarded[shop] > day) | (world.closed[shop] < day + 1)
        shop[shut] = _draw_shops(world, person[shut])
    frame = pd.DataFrame({"person": person, "shop": shop, "day": np.floor(day), "session": np.arange(many)})
    again = frame[rng.random(many) < AGAIN]
    frame = pd.concat([frame.iloc[: many - len(again)], again], ignore_index=True)
    return frame.assign(device=-1, account=-1, factor=1.0, refunds=0.0, disputes=0.0, defaults=0.0, plot=-1)


def _days(world: World, begins: Floats, ends: Floats) -> Floats:
    """Days between, more of them in the season, at month's end and before the weekend."""
    rng, climate = world.rng, world.climate
    day = np.arange(climate.days)
    date = climate.first_day + day
    month = (date - date.astype("datetime64[M]")).astype(int)
    weight = 1 + climate.season * np.sin(2 * np.pi * (day + rng.uniform(0, 365)) / 365)
    weight += climate.payday * ((month >= 26) | (month <= 2))
    weight *= np.array([1, 0.97, 0.97, 1, 1.15, 1.25, 0.8])[((date.astype(int) + 3) % 7)]
    weight *= 1 + rng.uniform(0, 0.9) * (date.astype("datetime64[M]").astype(int) % 12 == 11)
    total = np.concatenate([[0.0], np.cumsum(weight * rng.lognormal(0, 0.05, climate.days))])
    low = np.interp(begins, np.arange(climate.days + 1), total)
    high = np.interp(ends, np.arange(climate.days + 1), total)
    spot: Floats = low + rng.random(len(begins)) * (high - low)
    return np.interp(spot, total, np.arange(climate.days + 1))


def _draw_shops(world: World, person: Ints) -> Ints:
    """A shop for each, mostly of the person's city, else of the country, likelier a big one."""
    rng, climate = world.rng, world.climate
    total = np.concatenate([[0.0], np.cumsum(world.size)])
    local = rng.random(len(person)) < climate.local
    at_home = np.where(local, world.person_city[person], world.person_country[person])
    first = np.where(
        local,
        np.searchsorted(world.shop_city, at_home, "left"),
        np.searchsorted(world.shop_country, at_home, "left"),
    )
    last = np.where(
        local,
        np.searchsorted(world.shop_city, at_home, "right"),
        np.searchsorted(world.shop_country, at_home, "right"),
    )
    spot = total[first] + rng.random(len(person)) * (total[last] - total[first])
    shop: Ints = np.clip(np.searchsorted(total, spot, "right") - 1, first, last - 1)
    return shop


def _moments(world: World, orders: pd.DataFrame) -> Floats:
    """The moment in the shop's hours; orders of one session follow one another within minutes."""
    rng = world.rng
    shop, day = orders["shop"].to_numpy(), orders["day"].to_numpy().copy()
    weekday = (world.climate.first_day.astype(int) + day.astype(np.int64) + 3) % 7
    day += weekday == world.rests[shop]
    peaks = np.zeros((len(TRADES), 4))
    for number, one in enumerate(TRADES):
        peaks[number] = np.resize(one.hours, 4)
    hour = peaks[world.trade[shop], rng.integers(0, 4, len(shop))] + world.hours_shift[shop]
    hour = np.clip(hour + rng.normal(0, 2.0, len(shop)), 0.05, 23.5)
    zone = np.array([COUNTRIES[one].hours_from_utc for one in world.climate.countries])
    at = day + (hour - zone[world.shop_country[shop]]) / 24 + rng.random(len(shop)) / 1440
    frame = pd.DataFrame({"session": orders["session"], "at": at})
    turn = frame.groupby("session").cumcount().to_numpy()
    first = frame.groupby("session")["at"].transform("first").to_numpy()
    return np.where(turn > 0, first + turn * rng.gamma(2.0, 2.5 / 1440, len(at)), at)


def _amounts(world: World, orders: pd.DataFrame) -> Floats:
    rng = world.rng
    shop = orders["shop"].to_numpy()
    ticket = np.array([one.ticket for one in TRADES])[world.trade[shop]]
    sigma = np.array([one.sigma for one in TRADES])[world.trade[shop]]
    countries = [COUNTRIES[one] for one in world.climate.countries]
    rate = np.array([one.per_dollar for one in countries])[world.shop_country[shop]]
    coin = np.array([one.coin for one in countries])[world.shop_country[shop]] * world.round_to[shop]
    worth = ticket * world.dearness[shop] * rng.lognormal(0, sigma) * orders["factor"].to_numpy() * rate
    # people like round sums: most of the larger ones are multiples of more than the coin
    coarse = coin * np.where(worth > 40 * coin, rng.choice([1, 2, 5, 10], len(shop)), 1)
    amount: Floats = np.round(np.maximum(np.round(worth / coarse), 1) * coarse, 2)
    return amount


def _pay_with(world: World, orders: pd.DataFrame) -> None:
    """Phones and accounts: common ones where a plot says so, own ones else; known as for all others."""
    rng, person, many = world.rng, orders["person"].to_numpy(), len(orders)
    known = rng.random(many) < world.phone_known[person]
    by_qr = np.array([one.from_phone for one in TRADES])[world.trade[orders["shop"].to_numpy()]]
    common = orders["device"].to_numpy()
    known &= rng.random(many) < by_qr**0.5
    borrowed, phone = lent(world, person, phones=True)
    phone = np.where(borrowed, phone, _current_phones(world, orders))
    orders["device"] = np.where(known, np.where(common >= 0, common, phone), -1)
    paid = rng.random(many) < world.account_known[person]
    common = orders["account"].to_numpy()
    borrowed, wallet = lent(world, person, phones=False)
    wallet = np.where(borrowed, wallet, world.wallets[person])
    orders["account"] = np.where(paid, np.where(common >= 0, common, wallet), -1)


def _current_phones(world: World, orders: pd.DataFrame) -> Ints:
    """The phone of each at the time: some people buy another one day."""
    rng, climate = world.rng, world.climate
    changes = np.flatnonzero(rng.random(climate.consumers) < 0.15)
    when = np.full(climate.consumers, np.inf)
    when[changes] = rng.uniform(0, climate.days, len(changes))
    other = world.phones.copy()
    other[changes] = world.new_devices(len(changes), when[changes], ("mobile",))
    person = orders["person"].to_numpy()
    phone: Ints = np.where(orders["at"].to_numpy() > when[person], other[person], world.phones[person])
    return phone


def _end(world: World, orders: pd.DataFrame) -> None:
    """What becomes of orders, and when; what has not happened by the world's last day is open."""
    rng, climate = world.rng, world.climate
    shop, person = orders["shop"].to_numpy(), orders["person"].to_numpy()
    kind = world.trade[shop]
    chance = np.stack(
        [
            np.array([one.refunds for one in TRADES])[kind] * climate.trouble[0] * world.shop_refunds[shop],
            np.array([one.disputes for one in TRADES])[kind]
            * climate.trouble[1]
            * world.shop_disputes[shop]
            * world.quarrel[person],
            np.array([one.defaults for one in TRADES])[kind]
            * climate.trouble[2]
            * world.shop_defaults[shop]
            * world.risk[person],
        ],
        1,
    )
    chance += orders[["refunds", "disputes", "defaults"]].to_numpy()
    for one, begins, ends, refunds, disputes in world.spoilt:
        rows = (shop == one) & (orders["at"].to_numpy() > begins) & (orders["at"].to_numpy() < ends)
        chance[rows] += (refunds, disputes, 0.0)
    chance *= np.minimum(1, 0.95 / np.maximum(chance.sum(1), 1e-9))[:, None]
    fate = (rng.random(len(orders))[:, None] >= 1 - np.cumsum(chance[:, ::-1], 1)[:, ::-1]).sum(1)
    after = np.choose(
        fate,
        [
            rng.exponential(1.2, len(fate)) + 0.01,
            rng.gamma(1.5, 4, len(fate)) + 0.05,
            rng.gamma(2, 10, len(fate)) + 1,
            rng.gamma(6, 7, len(fate)) + 14,
        ],
    )
    over = orders["at"].to_numpy() + after
    late = over >= climate.days
    orders["outcome"] = np.where(late, "open", np.array(OUTCOMES)[fate])
    orders["outcome_at"] = np.where(late, np.nan, over)
