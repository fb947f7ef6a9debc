"""What follows from orders: how they end, what shops are paid, where it goes on to, and who signs in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.fifteenth_worlds.climate import DEFAULTED, DISPUTED, OPEN, PAID, REFUNDED, Floats, Ints
from benchmarks.fifteenth_worlds.demand import NATURAL, at_hour
from benchmarks.fifteenth_worlds.world import World

ROUNDS = 4
"""Accounts in a row that money is passed on through, at most."""


def settled_orders(world: World) -> pd.DataFrame:
    """All orders by shop, with how each ends (`fate`) and when that is known (`known`, NaN where not)."""
    orders = world.orders.table().astype(
        {"who": int, "shop": int, "device": int, "account": int, "fate": int}
    )
    at, t = orders["shop"].to_numpy(), orders["t"].to_numpy()
    # a shop that came to close earlier, or open later, than was thought sells nothing then
    orders = orders[(t >= world.open_from(at)) & (t < world.open_until(at))]
    orders = orders.sort_values(["shop", "t"], kind="stable").reset_index(drop=True)
    fate = _natural(world, orders)
    fate = np.where(orders["fate"] == NATURAL, _turned(world, orders, fate), orders["fate"])
    known = orders["t"].to_numpy() + _delay(world, orders["shop"].to_numpy(), fate)
    ended = known < world.climate.days
    orders["fate"] = np.where(ended, fate, OPEN)
    orders["known"] = np.where(ended, known, np.nan)
    return orders


def _natural(world: World, orders: pd.DataFrame) -> Ints:
    climate, shop, person = world.climate, world.shop, world.person
    at, who = orders["shop"].to_numpy(), orders["who"].to_numpy()
    dear = np.minimum(orders["amount"].to_numpy() / shop["ticket"][at], 3.0) ** 0.3
    odds = np.stack([
        climate.refunds * shop["returns"][at] * person["returns"][who],
        climate.disputes * shop["trouble"][at] * dear,
        climate.defaults * person["debts"][who] * shop["trouble"][at] ** 0.4 * dear,
    ])  # fmt: skip
    bounds = np.cumsum(np.minimum(odds, [[0.5], [0.2], [0.25]]), axis=0)
    drawn = world.rng.random(len(at))
    return np.select([drawn < bound for bound in bounds], [REFUNDED, DISPUTED, DEFAULTED], PAID)


def _turned(world: World, orders: pd.DataFrame, fate: Ints) -> Ints:
    """What turned bad at shops in their bad times."""
    rng = world.rng
    t, starts = orders["t"].to_numpy(), np.searchsorted(orders["shop"], np.arange(world.climate.partners + 1))
    for turn in world.turns.table().itertuples(index=False):
        rows = np.arange(*starts[[int(turn.shop), int(turn.shop) + 1]])
        rows = rows[(t[rows] >= turn.begin) & (t[rows] <= turn.end)]
        bounds = np.cumsum([turn.refunded, turn.disputed, turn.defaulted])
        drawn = rng.random(len(rows)) * max(1.0, bounds[-1])
        turned = np.select([drawn < bound for bound in bounds], [REFUNDED, DISPUTED, DEFAULTED], fate[rows])
        fate[rows] = turned
    return fate


def _delay(world: World, shop: Ints, fate: Ints) -> Floats:
    rng, n = world.rng, len(shop)
    ways = [
        world.shop["plan"][shop] * rng.choice([1.0, 1.0, 0.5, 0.1], n) + rng.exponential(3, n),
        1.5 + rng.gamma(1.5, 7, n),
        8 + rng.gamma(2, 14, n),
        world.shop["plan"][shop] + 15 + rng.gamma(2, 12, n),
    ]
    return np.asarray(np.select([fate == one for one in (PAID, REFUNDED, DISPUTED, DEFAULTED)], ways) + 0.02)


def payouts(world: World, orders: pd.DataFrame) -> pd.DataFrame:
    """What shops are paid by their calendars: `shop`, `t`, `account`, `amount`, less what went back."""
    rng, shop = world.rng, world.shop
    back = orders[orders["fate"].isin((REFUNDED, DISPUTED))]
    at = np.concatenate([orders["shop"], back["shop"]])
    t = np.concatenate([orders["t"], back["known"]])
    amount = np.concatenate([orders["amount"] * (1 - shop["fee"][orders["shop"]]), -back["amount"]])
    period = shop["period"][at]
    turn = np.floor((t + shop["offset"][at]) / period).astype(np.int64)
    table = (
        pd.DataFrame({"shop": at, "turn": turn, "amount": amount})
        .groupby(["shop", "turn"], as_index=False)
        .sum()
    )
    at = table["shop"].to_numpy()
    day = np.floor((table["turn"] + 1) * shop["period"][at] - shop["offset"][at]) + 1
    table["t"] = day + rng.normal(6, 1.2, len(day)).clip(1, 22) / 24
    table = table[(table["amount"] > 1) & (table["t"] < world.climate.days) & (table["t"] > 0)]
    table = table.sort_values(["shop", "t"], kind="stable").reset_index(drop=True)
    table["account"] = _paid_to(world, table)
    return table


def _paid_to(world: World, table: pd.DataFrame) -> Ints:
    rng, t = world.rng, table["t"].to_numpy()
    account = world.shop["account"][table["shop"]].copy()
    starts = np.searchsorted(table["shop"], np.arange(world.climate.partners + 1))
    for rule in world.paid_to.table().itertuples(index=False):
        rows = np.arange(*starts[[int(rule.shop), int(rule.shop) + 1]])
        rows = rows[(t[rows] >= rule.begin) & (t[rows] <= rule.end)]
        taken = rng.random(len(rows)) < rule.share
        taken[: int(len(rows) > 0 and not taken.any())] = True  # what is arranged is done once at least
        account[rows[taken]] = rule.account
    return np.asarray(account)


def transfers(world: World, paid: pd.DataFrame) -> pd.DataFrame:
    """Where money goes on to: `t`, `source`, `target`, `amount`."""
    rng = world.rng
    rules = world.flows.table()
    pairs = paid[["shop", "t", "account", "amount"]].rename(columns={"account": "source"})
    pairs = pairs.merge(rules, on="shop")
    drawn = rng.random(len(pairs))
    pairs = pairs[(pairs["t"] >= pairs["begin"]) & (pairs["t"] <= pairs["end"]) & (drawn < pairs["chance"])]
    moved = pd.DataFrame({
        "t": pairs["t"] + pairs["lag"] * rng.gamma(2, 0.5, len(pairs)) + 0.02,
        "source": pairs["source"],
        "target": pairs["account"],
        "amount": pairs["amount"] * pairs["share"] * np.exp(rng.normal(0, 0.08, len(pairs))),
    })  # fmt: skip
    parts = [moved, world.sent.table(), _among_people(world)]
    relays = world.relays.table()
    fresh = moved
    for _ in range(ROUNDS):
        on = fresh[["t", "target", "amount"]].rename(columns={"target": "source"})
        on = on.merge(relays, on="source")
        on = on[rng.random(len(on)) < on["chance"]]
        fresh = pd.DataFrame({
            "t": on["t"] + on["lag"] * rng.gamma(2, 0.5, len(on)) + 0.02,
            "source": on["source"],
            "target": on["target"],
            "amount": on["amount"] * on["share"] * np.exp(rng.normal(0, 0.03, len(on))),
        })  # fmt: skip
        parts.append(fresh)
    table = pd.concat(parts, ignore_index=True).astype({"source": int, "target": int})
    table["amount"] = _rounded(world, table["amount"].to_numpy())
    held = (table["t"] > 0) & (table["t"] < world.climate.days) & (table["source"] != table["target"])
    return table[held].reset_index(drop=True)


def _rounded(world: World, amount: Floats) -> Floats:
    """Half of what is sent is a round sum."""
    unit = 10.0 ** np.floor(np.log10(np.maximum(amount, 1.0)) - 1)
    round_sum = np.maximum(np.round(amount / unit) * unit, 1.0)
    return np.asarray(np.where(world.rng.random(len(amount)) < 0.5, round_sum, np.maximum(amount, 0.5)))


def _among_people(world: World) -> pd.DataFrame:
    """People send each other money: at home, to neighbours, to anybody."""
    rng, person = world.rng, world.person
    people = len(person["rate"])
    n = int(people * world.climate.onward * rng.uniform(0.5, 2.5))
    one = rng.integers(0, people, n)
    near = person["by_tribe"][(person["place"][one] + rng.integers(1, 30, n)) % people]
    other = np.where(rng.random(n) < 0.4, person["head"][one], near)
    return pd.DataFrame(
        {
            "t": rng.uniform(0, world.climate.days, n),
            "source": person["account"][one],
            "target": person["account"][other],
            "amount": np.exp(rng.normal(3.5, 1.1, n)) * world.climate.money,
        }
    )


def logins(world: World) -> pd.DataFrame:
    """Who signs in for shops: `shop`, `device`, `t`."""
    rng, shop = world.rng, world.shop
    n = len(shop["fame"])
    rows = np.arange(n)
    begin = world.open_from(rows)
    end = np.minimum(world.open_until(rows) + rng.exponential(12, n), world.climate.days)
    many = np.maximum(rng.poisson(np.maximum(end - begin, 1) * shop["logins"]), 1)
    at = np.repeat(rows, many)
    t = begin[at] + rng.random(len(at)) * (end - begin)[at]
    t = np.clip(at_hour(world, t, at) * 0.5 + t * 0.5, begin[at] + 0.01, world.climate.days - 0.001)
    table = (
        pd.DataFrame({"shop": at, "t": t}).sort_values(["shop", "t"], kind="stable").reset_index(drop=True)
    )
    table["device"] = _signed_in(world, table)
    return table


def _signed_in(world: World, table: pd.DataFrame) -> Ints:
    rng, t = world.rng, table["t"].to_numpy()
    device = world.shop["machine"][table["shop"]].copy()
    starts = np.searchsorted(table["shop"], np.arange(world.climate.partners + 1))
    for rule in world.logins_of.table().itertuples(index=False):
        rows = np.arange(*starts[[int(rule.shop), int(rule.shop) + 1]])
        inside = rows[(t[rows] >= rule.begin) & (t[rows] <= rule.end)]
        if not len(inside):
            inside = rng.choice(rows, 1)  # what is arranged is done once at least
        taken = rng.random(len(inside)) < rule.share
        taken[: int(not taken.any())] = True
        device[inside[taken]] = rule.device
    return np.asarray(device)
