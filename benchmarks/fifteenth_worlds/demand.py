"""Orders: what people order of their own accord, and the moments, prices and means that all orders share."""

from __future__ import annotations

import numpy as np

from benchmarks.fifteenth_worlds.climate import COUNTRIES, NOBODY, Floats, Ints
from benchmarks.fifteenth_worlds.world import World

NATURAL = -1
"""How an order ends is left to the shop and the consumer."""
HOURS = np.array(
    [
        [0, 0, 0, 0, 0, 0, 0, 1, 3, 6, 8, 8, 7, 7, 8, 8, 8, 7, 4, 2, 1, 0, 0, 0],
        [1, 0, 0, 0, 0, 0, 1, 2, 3, 4, 4, 5, 6, 5, 4, 4, 5, 6, 8, 9, 9, 7, 4, 2],
        [2, 1, 1, 1, 1, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5, 6, 7, 8, 8, 6, 4],
        [3, 2, 1, 1, 1, 1, 1, 2, 3, 3, 4, 4, 5, 5, 5, 5, 5, 5, 6, 6, 7, 8, 8, 6],
    ],
    dtype=np.float64,
)
HOURS /= HOURS.sum(axis=1, keepdims=True)


def calendar(world: World) -> Floats:
    """(days + 1,) share of custom before each day."""
    climate = world.climate
    day = np.arange(int(np.ceil(climate.days)))
    weekday = (climate.start.astype("datetime64[D]").astype(np.int64) + day) % 7
    year = 1 + climate.season * 0.5 * np.cos(2 * np.pi * day / 365.25)
    weight = year * climate.week[weekday] * (1 + climate.growth * day / climate.days).clip(0.3)
    for sale in climate.sales:
        weight = weight * (1 + 1.5 * np.exp(-np.abs(day - sale) / 1.5))
    return np.concatenate([[0.0], np.cumsum(weight / weight.sum())])


def moments(world: World, low: Floats, high: Floats) -> Floats:
    """Days between those, (n,) each, as the market is busy; the hours are not set yet."""
    share, days = calendar(world), np.arange(int(np.ceil(world.climate.days)) + 1)
    ends = np.interp(low, days, share), np.interp(high, days, share)
    return np.asarray(np.interp(ends[0] + world.rng.random(len(low)) * (ends[1] - ends[0]), share, days))


def at_hour(world: World, t: Floats, shop: Ints) -> Floats:
    """The same days, at hours when those shops sell."""
    hours = np.cumsum(HOURS, axis=1)[world.shop["clock"][shop]]
    hour = (world.rng.random((len(t), 1)) > hours).sum(axis=1).clip(max=23)
    return np.asarray(np.floor(t) + (hour + world.rng.random(len(t))) / 24)


def price(world: World, shop: Ints, factor: Floats | float = 1.0) -> Floats:
    """What an order there comes to in euro, by the shop's way of pricing, times a factor."""
    rng, shops = world.rng, world.shop
    style = shops["style"][shop]
    z = rng.normal(0, 1, len(shop))
    z = np.where(style == 3, np.round(z * 2.2) / 2.2, z)  # a list of prices
    levels = np.array([COUNTRIES[name][1] for name in world.climate.countries])
    decimals = np.array([COUNTRIES[name][2] for name in world.climate.countries])
    level, digits = levels[shops["country"][shop]], decimals[shops["country"][shop]]
    local = shops["ticket"][shop] * np.exp(shops["spread"][shop] * z) * factor * level
    unit = np.where(level > 20, 10.0, 1.0)
    odd = np.where(digits == 2, 0.01, 1.0) * unit
    ended = np.maximum(np.ceil(local / unit), 2) * unit - np.where(style == 1, odd, 0)
    round_sum = np.maximum(np.round(local / (5 * unit)), 1) * 5 * unit
    local = np.select([style == 0, style == 2], [local, round_sum], ended)
    smallest = 10.0**-digits
    return np.asarray(np.maximum(np.round(local / smallest), 1) * smallest / level)


def means(world: World, who: Ints, t: Floats) -> tuple[Ints, Ints]:
    """The devices and accounts that people order with then."""
    person, rng = world.person, world.rng
    other = (t > person["switch"][who]) | (rng.random(len(t)) < person["beside"][who])
    device = np.where(other, person["device2"][who], person["device"][who])
    other = rng.random(len(t)) < person["beside"][who]
    return device, np.where(other, person["account2"][who], person["account"][who])


def book(
    world: World,
    t: Floats,
    who: Ints,
    shop: Ints,
    device: Ints,
    account: Ints,
    amount: Floats,
    fate: Ints | int,
) -> None:
    """Orders, as shops come to know of them: some do not ask for the device or the account."""
    rng, shops = world.rng, world.shop
    device = np.where(rng.random(len(t)) < shops["counter"][shop], shops["machine"][shop], device)
    device = np.where(rng.random(len(t)) < shops["no_device"][shop], NOBODY, device)
    account = np.where(rng.random(len(t)) < shops["no_account"][shop], NOBODY, account)
    world.orders.add(t=t, who=who, shop=shop, device=device, account=account, amount=amount, fate=fate)


def sell_to_all(world: World, n: int) -> None:
    """So many orders of everybody's own accord."""
    rng, person = world.rng, world.person
    people = len(person["rate"])
    chance = np.cumsum(person["rate"] / person["rate"].sum())
    ranks = 1.0 / np.arange(1, world.habits.shape[1] + 1) ** rng.uniform(0.4, 1.2)
    by_rank = np.concatenate([[0.0], np.cumsum(ranks)])
    curious = rng.uniform(0.05, 0.3)
    for _ in range(12):
        if n <= 0:
            return
        size = int(n * 2.2) + 500
        who = np.minimum(np.searchsorted(chance, rng.random(size)), people - 1)
        zero = np.zeros(size)
        t = moments(world, zero, zero + world.climate.days)
        known = by_rank[person["habits"][who]]
        rank = np.searchsorted(by_rank, rng.random(size) * known, side="right") - 1
        friend = person["by_tribe"][(person["place"][who] + rng.integers(-15, 16, size)) % people]
        whose = np.where(rng.random(size) < curious, friend, who)
        shop = world.habits[whose, np.minimum(rank, world.habits.shape[1] - 1)]
        t, shop, ok = _sellable(world, t, who, shop)
        rows = np.flatnonzero(ok)[:n]
        device, account = means(world, who[rows], t[rows])
        amount = price(world, shop[rows])
        book(world, t[rows], who[rows], shop[rows], device, account, amount, NATURAL)
        n -= len(rows)


def _sellable(world: World, t: Floats, who: Ints, shop: Ints) -> tuple[Floats, Ints, np.ndarray]:
    """The moments, the shops (or who came after them), and which of the orders come about."""
    rng, shops, person = world.rng, world.shop, world.person
    heir = shops["heir"][shop]
    goes_over = (
        (heir != NOBODY) & (t > shops["closed"][shop]) & (rng.random(len(t)) < shops["heir_share"][shop])
    )
    shop = np.where(goes_over, heir, shop)
    t = at_hour(world, t, shop)
    busy = 1 + shops["season"][shop] * np.cos(2 * np.pi * (t - shops["phase"][shop]) / 365.25)
    busy = busy * np.minimum(1, 0.3 + (t - shops["opened"][shop]) / 60) / (1 + shops["season"][shop])
    ok = (t >= shops["opened"][shop]) & (t < world.open_until(shop))
    ok &= rng.random(len(t)) < busy * shops["busy"][shop]
    ok &= (t >= person["created"][who]) & (t < person["gone"][who])
    return t, shop, ok
