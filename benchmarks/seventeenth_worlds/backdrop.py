"""Ordinary life: who buys where when nothing is planned, who logs in, and what money goes where."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.seventeenth_worlds.market import Floats, Ints
from benchmarks.seventeenth_worlds.things import Window
from benchmarks.seventeenth_worlds.world import World


def at_pace(world: World, low: Floats, high: Floats) -> Floats:
    """A moment between two, as likely as the days are busy."""
    days = np.arange(len(world.pace), dtype=np.float64)
    left, right = np.interp(low, days, world.pace), np.interp(high, days, world.pace)
    return np.asarray(np.interp(left + (right - left) * world.rng.random(len(low)), world.pace, days))


def ordinary_orders(world: World) -> None:
    """Everybody's orders, members of rings and of groups included, until the world is full."""
    rng, market, shops, people = world.rng, world.market, world.shops, world.people
    left = market.orders - world.ordered()
    if left <= 0:
        return
    n = int(left * 1.12)
    first, last = np.maximum(shops.opened, 0.0), np.minimum(shops.closed, market.days)
    there = np.maximum(last - first, 0.0) / market.days
    alive = np.maximum(market.days - np.maximum(people.created, 0), 0.0) / market.days
    chance = people.weight * alive
    who = rng.choice(len(chance), n, p=chance / chance.sum())
    abroad = rng.uniform(0.02, 0.3)
    shop = np.zeros(n, dtype=np.int64)
    liked = np.zeros((market.consumers, 4), dtype=np.int64)
    fits = {}
    for country in np.unique(people.country):
        fit = shops.weight * there * np.where(shops.country == country, 1.0, abroad)
        fits[int(country)] = fit / fit.sum()
        mine = np.flatnonzero(people.country == country)
        liked[mine] = rng.choice(len(fit), (len(mine), 4), p=fits[int(country)])
    t = np.full(n, -1.0)
    for attempt in range(4):
        todo = np.flatnonzero(t < 0)
        for country, fit in fits.items():
            mine = todo[people.country[who[todo]] == country]
            shop[mine] = rng.choice(len(fit), len(mine), p=fit)
        if attempt < 2:
            again = todo[rng.random(len(todo)) < market.favourites]
            shop[again] = liked[who[again], rng.integers(0, 4, len(again))]
        low = np.maximum(first[shop[todo]], people.created[who[todo]])
        high = last[shop[todo]]
        fits_in = high > np.maximum(low, 0.0) + 0.01
        done = todo[fits_in]
        t[done] = at_pace(world, np.maximum(low[fits_in], 0.0), high[fits_in])
    keep = rng.permutation(np.flatnonzero((t >= 0) & (t < market.days)))[:left]
    t, who, shop = t[keep], who[keep], shop[keep]
    world.order(t, who, shop, ticket=rng.lognormal(0, 0.05, len(t)))


def pick(windows: list[Window], t: Floats, rng: np.random.Generator) -> Ints:
    """Which of its devices or accounts a shop uses at each moment; the first one where it has none then."""
    items = np.array([one.item for one in windows], dtype=np.int64)
    if len(items) == 1:
        return np.full(len(t), items[0])
    since, until = np.array([one.since for one in windows]), np.array([one.until for one in windows])
    weights = np.array([one.weight for one in windows])
    there = (t[:, None] >= since) & (t[:, None] < until)
    whole = np.cumsum(there * weights, axis=1)
    which = (whole <= (rng.random(len(t)) * whole[:, -1])[:, None]).sum(axis=1)
    return np.asarray(items[np.where(whole[:, -1] > 0, which, 0)])


def ordinary_logins(world: World) -> None:
    rng, market, shops = world.rng, world.market, world.shops
    for shop in range(market.partners):
        first = max(0.0, float(shops.opened[shop]))
        last = min(market.days, float(shops.closed[shop]) + 10)
        n = int(rng.poisson(max(last - first, 0.0) / 7 * shops.login_rate[shop]))
        if n:
            t = rng.uniform(first, last, n)
            world.login(np.full(n, shop), pick(shops.devices[shop], t, rng), t)


def pay_out(world: World, orders: pd.DataFrame) -> pd.DataFrame:
    """What the market place pays its shops: all that was bought, less what was sent back by then."""
    rng, market, shops = world.rng, world.market, world.shops
    every = shops.payout_days
    phase = rng.uniform(0, 1, market.partners)

    def bins(shop: Ints, t: Floats) -> Ints:
        return np.asarray(np.floor(t / every[shop] + phase[shop]), dtype=np.int64)

    shop = orders["shop"].to_numpy()
    sold = pd.DataFrame(
        {"shop": shop, "bin": bins(shop, orders["t"].to_numpy()), "amount": orders["amount"].to_numpy()}
    )
    back = orders[(orders["outcome"] == "refunded") & orders["known"].notna()]
    whose = back["shop"].to_numpy()
    returned = pd.DataFrame(
        {"shop": whose, "bin": bins(whose, back["known"].to_numpy()), "amount": -back["amount"].to_numpy()}
    )
    rows = pd.concat([sold, returned]).groupby(["shop", "bin"], as_index=False)["amount"].sum()
    shop = rows["shop"].to_numpy()
    t = (rows["bin"].to_numpy() + 1 - phase[shop]) * every[shop] + rng.uniform(0.5, 2.5, len(rows))
    fee = rng.uniform(0.02, 0.06, market.partners)
    rows["t"], rows["amount"] = t, rows["amount"] * (1 - fee[shop])
    rows = rows[(rows["amount"] > 1) & (rows["t"] < market.days) & (rows["t"] > 0)].reset_index(drop=True)
    account = np.zeros(len(rows), dtype=np.int64)
    for one, places in rows.groupby("shop").indices.items():
        windows = shops.tills[int(str(one))]
        account[places] = pick(windows, rows["t"].to_numpy()[places], rng)
    rows["account"] = account
    paid: pd.DataFrame = rows[["shop", "amount", "t", "account"]]
    return paid


def pass_on(world: World, payouts: pd.DataFrame, euros: Floats) -> None:
    """Follows the rules of shops that pass on what they are paid; `euros` are the amounts in euros."""
    rng = world.rng
    t_all, from_all = payouts["t"].to_numpy(), payouts["account"].to_numpy()
    places = payouts.groupby("shop").indices
    for rule in world.sweeps:
        if rule.shop not in places:
            continue
        mine = np.asarray(places[rule.shop], dtype=np.int64)
        mine = mine[(t_all[mine] >= rule.since) & (t_all[mine] < rule.until)]
        mine = mine[rng.random(len(mine)) < rule.chance]
        t, source, amount = t_all[mine], from_all[mine], euros[mine] * rule.share
        for target in rule.path:
            t = t + rng.gamma(1.5, rule.delay / 1.5, len(mine)) + 0.05
            amount = amount * rng.uniform(0.9, 1.0, len(mine))
            other = source != target
            world.transfer(source[other], np.full(int(other.sum()), target), t[other], amount[other])
            source = np.full(len(mine), target, dtype=np.int64)


def ordinary_transfers(world: World, payouts: pd.DataFrame, euros: Floats) -> None:
    """Suppliers, owners, rents, wages, friends, taxes."""
    rng, market, people = world.rng, world.market, world.people
    suppliers = world.new_accounts(max(8, market.partners // int(rng.integers(4, 12))), fresh=0.05)
    big = rng.lognormal(0, 1, len(suppliers))
    of_shop = rng.choice(suppliers, (market.partners, 4), p=big / big.sum())
    owners = world.new_accounts(market.partners, world.shops.country, fresh=0.05)
    for chance, share in ((rng.uniform(0.3, 0.8), 0.5), (rng.uniform(0.1, 0.5), 0.3)):
        mine = np.flatnonzero(rng.random(len(payouts)) < chance)
        shop = payouts["shop"].to_numpy()[mine]
        column = rng.integers(0, 4, len(mine))
        target = of_shop[shop, column] if share == 0.5 else owners[shop]
        t = payouts["t"].to_numpy()[mine] + rng.gamma(1.5, 3, len(mine))
        amount = euros[mine] * share * rng.uniform(0.3, 1.6, len(mine))
        world.transfer(payouts["account"].to_numpy()[mine], target, t, amount)
    taxed = np.flatnonzero(rng.random(len(payouts)) < rng.uniform(0.02, 0.15))
    t = payouts["t"].to_numpy()[taxed] + rng.gamma(1.5, 8, len(taxed))
    houses = rng.choice(world.houses, len(taxed))
    world.transfer(payouts["account"].to_numpy()[taxed], houses, t, euros[taxed] * 0.12)
    given = np.flatnonzero(rng.random(len(payouts)) < rng.uniform(0.01, 0.06))
    t = payouts["t"].to_numpy()[given] + rng.gamma(1.5, 4, len(given))
    houses = rng.choice(world.houses, len(given))
    gift = 60 * rng.lognormal(0, 0.3, len(given))
    world.transfer(houses, payouts["account"].to_numpy()[given], t, gift)
    pairs = int(market.consumers * rng.uniform(0.1, 0.5))
    left, right = rng.integers(0, market.consumers, pairs), rng.integers(0, market.consumers, pairs)
    near = rng.random(pairs) < 0.5
    right = np.where(near, np.roll(left, 1), right)
    times = rng.integers(1, 5, pairs)
    left, right = np.repeat(left, times), np.repeat(right, times)
    swap = rng.random(len(left)) < 0.4
    left, right = np.where(swap, right, left), np.where(swap, left, right)
    other = people.account[left] != people.account[right]
    left, right = left[other], right[other]
    t = rng.uniform(0, market.days, len(left))
    world.transfer(people.account[left], people.account[right], t, 45 * rng.lognormal(0, 1.3, len(left)))
    platforms = world.new_accounts(int(rng.integers(2, 9)), fresh=0.1)
    sellers = rng.choice(people.account, int(market.consumers * rng.uniform(0.01, 0.06)))
    sellers = np.repeat(sellers, rng.integers(1, 6, len(sellers)))
    t = rng.uniform(0, market.days, len(sellers))
    whose = rng.choice(platforms, len(sellers))
    world.transfer(whose, sellers, t, 90 * rng.lognormal(0, 0.8, len(sellers)))
    employers = world.new_accounts(max(3, market.consumers // 60), fresh=0.05)
    paid = rng.permutation(market.consumers)[: int(market.consumers * rng.uniform(0.03, 0.12))]
    whose = np.repeat(rng.choice(employers, len(paid)), 4)
    t = rng.uniform(0, market.days, len(whose))
    into = np.repeat(people.account[paid], 4)
    world.transfer(whose, into, t, 1500 * rng.lognormal(0, 0.4, len(whose)))
