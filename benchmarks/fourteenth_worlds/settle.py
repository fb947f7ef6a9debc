"""How orders end, what shops are paid, where money goes on to, and who logs in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.fourteenth_worlds.climate import DAY, Floats, Ints
from benchmarks.fourteenth_worlds.ledger import DEFAULTED, DISPUTED, DRAWN, NOBODY, PAID, REFUNDED, World

WORST = 0.65
"""No shop's drawn orders end badly more often than this."""


def settle(world: World) -> None:
    """Everything that follows from the orders and the rules, in the world's own columns."""
    _outcomes(world)
    _hide(world)
    _change_banks(world)
    _pay_out(world)
    if world.climate.has_transfers:
        _pass_on(world)
        _errands(world)
    _log_in(world)


def _outcomes(world: World) -> None:
    climate, shops, rng, orders = world.climate, world.shops, world.rng, world.orders
    t, who, shop = orders["t"], orders["who"].astype(np.int64), orders["shop"].astype(np.int64)
    amount, fate = orders["amount"], orders["fate"].astype(np.int64)
    trade = shops.whole("trade")[shop]
    dear = np.clip(amount / (climate.trades[trade, 0] * shops["price"][shop]), 0.2, 8)
    slip, hers = shops["slip"][shop], world.people["slip"][who]
    level = climate.bad_level
    back = climate.trades[trade, 1] * level * np.exp(0.6 * slip - 0.1) * dear**0.1
    upset = climate.trades[trade, 2] * level * np.exp(slip - 0.25) * dear**0.25
    broke = climate.trades[trade, 3] * level * np.exp(hers + 0.7 * slip - 0.65) * dear**0.35
    bad = np.stack([back, upset, broke], axis=1)
    bad *= np.minimum(1.0, WORST / np.maximum(bad.sum(axis=1), 1e-9))[:, None]
    draw = rng.random(len(t))
    edges = np.cumsum(bad, axis=1)
    drawn = np.where(draw < edges[:, 0], REFUNDED, np.where(draw < edges[:, 1], DISPUTED, PAID))
    drawn = np.where((draw >= edges[:, 1]) & (draw < edges[:, 2]), DEFAULTED, drawn)
    for struck, since, until, kind, chance in world.mishaps:
        hit = np.isin(shop, struck) & (t > since) & (t < until) & (rng.random(len(t)) < chance)
        drawn = np.where(hit, kind, drawn)
    fate = np.where(fate == DRAWN, drawn, fate)
    waits = np.stack(
        [
            rng.choice([14.0, 30.0, 45.0], len(t), p=(0.45, 0.4, 0.15)) + rng.gamma(1.2, 3.0, len(t)),
            2 + rng.gamma(2.0, 4.5, len(t)),
            4 + rng.gamma(1.8, 11.0, len(t)) * climate.delay,
            32 + rng.gamma(2.0, 11.0, len(t)) * climate.delay,
        ]
    )
    known = t + waits[fate - 1, np.arange(len(t))] * DAY
    is_open = known > climate.end
    orders.replace(
        t=t,
        who=who.astype(float),
        shop=shop.astype(float),
        device=orders["device"],
        account=orders["account"],
        amount=amount,
        fate=np.where(is_open, DRAWN, fate).astype(float),
        known=np.where(is_open, np.nan, known),
        truth=fate.astype(float),
    )


def _hide(world: World) -> None:
    """Devices and accounts that are not told: some tills never tell, some orders do not."""
    climate, rng, orders = world.climate, world.rng, world.orders
    shop = orders["shop"].astype(np.int64)
    columns = dict(orders.columns)
    for name, share in (("device", climate.device_known), ("account", climate.account_known)):
        of_shop = np.clip(rng.beta(9 * share + 0.05, 9 * (1 - share) + 0.05, world.shops.size), 0.25, 1)
        told = rng.random(len(shop)) < of_shop[shop]
        columns[name] = [np.where(told, orders[name], float(NOBODY))]
    mute = rng.random(len(shop)) < climate.undated
    columns["known"] = [np.where(mute, np.nan, orders["known"])]
    orders.columns = columns


def _change_banks(world: World) -> None:
    """Some shops change banks once in a while."""
    rng, shops, climate = world.rng, world.shops, world.climate
    for shop in np.flatnonzero(rng.random(shops.size) < 0.15):
        if int(shop) in world.payees:
            continue
        since = climate.start + float(rng.random()) * (climate.end - climate.start)
        world.pays_to(int(shop), since, world.account(shops.whole("country")[[shop]], 1, since))


def _pay_out(world: World) -> None:
    climate, shops, rng, orders = world.climate, world.shops, world.rng, world.orders
    shop = orders["shop"].astype(np.int64)
    cycle = shops["cycle"][shop] * DAY
    shift = shops["weekday"][shop] * DAY
    period = np.floor((orders["t"] - climate.start + shift) / cycle)
    good = orders["truth"] != REFUNDED
    frame = pd.DataFrame({"shop": shop, "period": period, "amount": orders["amount"] * good})
    paid = frame.groupby(["shop", "period"], as_index=False).amount.sum()
    one = paid["shop"].to_numpy(dtype=np.int64)
    due = (
        climate.start
        - shops["weekday"][one] * DAY
        + (paid["period"].to_numpy() + 1) * shops["cycle"][one] * DAY
    )
    t = due + (3 + 5 * rng.beta(2, 3, len(one))) * 3600 + rng.integers(0, 3, len(one)) * DAY
    amount = np.round(paid["amount"].to_numpy() * (1 - climate.fee) * rng.uniform(0.97, 1.0, len(one)), 2)
    fits = (t < climate.end) & (amount >= 1)
    one, t, amount = one[fits], t[fits], amount[fits]
    account = shops.whole("account")[one]
    start = np.searchsorted(one, np.arange(shops.size))
    stop = np.searchsorted(one, np.arange(shops.size), side="right")
    for row, changes in sorted(world.payees.items()):
        here = slice(start[row], stop[row])
        for since, pool in sorted(changes, key=lambda change: change[0]):
            drawn = rng.choice(pool, stop[row] - start[row])
            account[here] = np.where(t[here] >= since, drawn, account[here])
    world.payouts.replace(t=t, shop=one.astype(float), account=account.astype(float), amount=amount)


def _pass_on(world: World) -> None:
    """Transfers out of what was paid: to owners, suppliers, landlords, and by every rule that was made."""
    climate, shops, rng = world.climate, world.shops, world.rng
    country = shops.whole("country")
    hubs = {c: world.account(c, int(rng.integers(8, 30))) for c in range(len(climate.countries))}
    niche = world.account(0, max(shops.size // 11, 3))
    world.accounts["country"][niche] = rng.choice(country, len(niche))
    for shop in range(shops.size):
        if rng.random() < 0.3:  # a supplier whom few others know
            mine = rng.choice(niche, 1)
            world.passes_on(shop, mine, float(rng.uniform(0.1, 0.5)), chance=float(rng.uniform(0.1, 0.6)))
        if rng.random() < 0.55:
            owner = int(world.people["account"][int(shops["owner"][shop])])
            world.passes_on(shop, [owner], float(rng.uniform(0.1, 0.6)), chance=float(rng.uniform(0.1, 0.6)))
        if rng.random() < 0.6:
            mine = rng.choice(hubs[int(country[shop])], 1 + min(int(rng.geometric(0.35)), 7))
            world.passes_on(shop, mine, float(rng.uniform(0.1, 0.35)), chance=float(rng.uniform(0.1, 0.5)))
        if rng.random() < 0.18:
            private = world.account(int(country[shop]), 1, climate.start)
            world.passes_on(shop, private, float(rng.uniform(0.2, 0.8)), chance=float(rng.uniform(0.2, 0.8)))
    paid_shop, t, amount = world.payouts["shop"], world.payouts["t"], world.payouts["amount"]
    account = world.payouts["account"].astype(np.int64)
    start = np.searchsorted(paid_shop, np.arange(shops.size))
    stop = np.searchsorted(paid_shop, np.arange(shops.size), side="right")
    for shop, to, share, chance, since, until in world.onward:
        rows = np.arange(start[shop], stop[shop])
        rows = rows[(t[rows] >= since) & (t[rows] <= until)]
        rows = rows[rng.random(len(rows)) < chance]
        later = t[rows] + rng.gamma(1.3, 1.6, len(rows)) * DAY + 1800
        rows, later = rows[later < climate.end - 60], later[later < climate.end - 60]
        part = amount[rows] * np.clip(share * rng.normal(1, 0.12, len(rows)), 0.01, 0.99)
        part = np.where(rng.random(len(rows)) < 0.3, np.round(part, -1), part)
        fits = part >= 1
        world.sends(later[fits], account[rows[fits]], rng.choice(to, int(fits.sum())), part[fits])
    _relay(world)


def _relay(world: World) -> None:
    """What came to a hand goes on to whom the hand serves."""
    rng, end = world.rng, world.climate.end
    t, target, amount = (world.transfers[name] for name in ("t", "target", "amount"))
    order = np.argsort(target, kind="stable")
    for hand, purse, share, chance in world.relays:
        low, high = np.searchsorted(target[order], [hand, hand + 1])
        rows = order[low:high]
        rows = rows[rng.random(len(rows)) < chance]
        later = t[rows] + rng.gamma(1.4, 1.2, len(rows)) * DAY + 900
        fits = later < end - 60
        rows, later = rows[fits], later[fits]
        part = amount[rows] * share * rng.uniform(0.85, 1.0, len(rows))
        world.sends(later, np.full(len(rows), hand), np.full(len(rows), purse), part)


def _errands(world: World) -> None:
    """Money between people who know each other."""
    people, rng, climate = world.people, world.rng, world.climate
    months = climate.days / 30
    payer = np.flatnonzero(rng.random(people.size) < 0.35)
    order = payer[np.lexsort((rng.random(len(payer)), people["town"][payer]))]
    known = np.stack([np.roll(order, 1), np.roll(order, 3)])
    n = rng.poisson(climate.p2p * months * 2.5, len(order))
    at = np.repeat(np.arange(len(order)), n)
    friend = known[(rng.random(len(at)) < 0.3).astype(np.int64), at]
    t = climate.moments(rng, len(at), climate.start, climate.end, 1)
    amount = np.where(
        rng.random(len(at)) < 0.5,
        rng.choice([10.0, 20, 25, 50, 100, 250], len(at)),
        rng.lognormal(4, 1, len(at)),
    )
    account = people.whole("account")
    source, target = account[order[at]], account[friend]
    kept = source != target
    world.sends(t[kept], source[kept], target[kept], amount[kept])


def _log_in(world: World) -> None:
    climate, shops, rng = world.climate, world.shops, world.rng
    rules = np.array(world.desks, dtype=np.float64).reshape(-1, 5)
    shop = rules[:, 0].astype(np.int64)
    low = np.maximum(np.maximum(shops["opened"][shop] - 2 * DAY, rules[:, 3]), climate.start)
    high = np.minimum(np.minimum(shops["closed"][shop] + 10 * DAY, rules[:, 4]), climate.end - 60)
    n = rng.poisson(rules[:, 2] * np.maximum(high - low, 0) / (30 * DAY))
    row = np.repeat(np.arange(len(rules)), n)
    t = low[row] + rng.random(len(row)) * (high - low)[row]
    hour = np.searchsorted(np.cumsum(climate.hours[0] * 0.6 + climate.hours[1] * 0.4), rng.random(len(row)))
    moved = np.floor(t / DAY) * DAY + np.minimum(hour, 23) * 3600 + rng.random(len(row)) * 3600
    t = np.where((moved >= low[row]) & (moved <= high[row]), moved, t)
    world.logs_in(shop[row], rules[row, 1].astype(np.int64), t)


def first_seen(size: int, *events: tuple[Ints, Floats]) -> Floats:
    """The first moment of each entity in any of the events; NaN for those that are in none."""
    first = np.full(size, np.inf)
    for rows, t in events:
        known = rows >= 0
        np.minimum.at(first, rows[known], t[known])
    return np.where(np.isfinite(first), first, np.nan)
