"""Transfers: what people, shops and suppliers send one another every day, and what groups pass on."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from benchmarks.eighteenth_worlds.market import COUNTRIES, NUMBER_OF
from benchmarks.eighteenth_worlds.world import Floats, Ints, Plot, World

EVERYDAY_DOLLARS: Final = 11.0
WITHOUT_VISITS: Final = 0.4
"""Share of a shop's ordinary takings that a group without visits counts as its own."""


def transfers(world: World, orders: pd.DataFrame) -> pd.DataFrame | None:
    """Transfers `at` `from` `to` `amount` (local money) `country` `plot`, or None where nobody sees them."""
    if world.climate.transfers <= 0:
        return None
    parts = [_everyday(world)]
    visits = dict(iter(orders[orders["plot"] >= 0].groupby("plot")))
    worth = orders.groupby("shop")["amount"].sum().reindex(range(world.climate.partners), fill_value=0.0)
    for plot in world.plots:
        parts += _of_group(world, plot, visits.get(plot.number, orders.iloc[:0]), worth.to_numpy())
    moved = pd.concat(parts, ignore_index=True)
    moved["at"] += world.rng.normal(0, 0.1, len(moved))
    coin = 5 * np.array([COUNTRIES[one].coin for one in world.climate.countries])[moved["country"]]
    moved["amount"] = np.round(np.maximum(np.round(moved["amount"] / coin), 1) * coin, 2)
    kept = (moved["at"] > 0) & (moved["at"] < world.climate.days) & (moved["from"] != moved["to"])
    return moved[kept].reset_index(drop=True)


def _everyday(world: World) -> pd.DataFrame:
    """Friends and relatives, owners who take home, shops that pay suppliers; pairs come again and again."""
    rng, climate = world.rng, world.climate
    many = int(climate.transfers * climate.orders)
    pairs = max(20, many // 6)
    giver = rng.choice(climate.consumers, pairs, p=world.activity / world.activity.sum())
    first = np.searchsorted(world.person_city, world.person_city[giver], "left")
    last = np.searchsorted(world.person_city, world.person_city[giver], "right")
    friend = first + (rng.random(pairs) * (last - first)).astype(np.int64)
    shop = rng.integers(0, climate.partners, pairs)
    suppliers = np.flatnonzero(np.isin(world.trade, [NUMBER_OF["distributor"], NUMBER_OF["building"]]))
    suppliers = suppliers if len(suppliers) else np.arange(climate.partners)
    supplier = rng.choice(suppliers, pairs)
    kind = rng.choice(3, pairs, p=rng.dirichlet([6, 3, 2]))
    source = np.choose(kind, [world.wallets[giver], world.tills[shop], world.tills[shop]])
    target = np.choose(
        kind, [world.wallets[friend], world.wallets[world.owners[shop]], world.tills[supplier]]
    )
    country = np.where(kind == 0, world.person_country[giver], world.shop_country[shop])
    pair = rng.choice(pairs, many, p=rng.dirichlet(np.full(pairs, 0.7)))
    rate = np.array([COUNTRIES[one].per_dollar for one in climate.countries])[country]
    usual = EVERYDAY_DOLLARS * rate * rng.lognormal(0, 0.8, pairs) * np.array([1, 5, 6])[kind]
    begins = np.maximum.reduce(
        [np.where(kind == 0, world.created[giver], world.onboarded[shop]), np.zeros(pairs)]
    )
    ends = np.where(kind == 0, climate.days, np.minimum(world.closed[shop], climate.days))
    return pd.DataFrame(
        {
            "at": rng.uniform(begins[pair], np.maximum(ends, begins + 1)[pair]),
            "from": source[pair],
            "to": target[pair],
            "amount": usual[pair] * rng.lognormal(0, 0.5, many),
            "country": country[pair],
            "plot": -1,
        }
    )


def _of_group(world: World, plot: Plot, visits: pd.DataFrame, worth: Floats) -> list[pd.DataFrame]:
    story = plot.story
    country = int(world.shop_country[plot.shops[0]])
    sent: list[pd.DataFrame] = []

    def send(source: Ints, target: Ints, amount: Floats, begins: float, ends: float) -> None:
        sent.append(_split(world, plot, (source, target, amount, begins, ends), country))

    spent = visits.groupby("person")["amount"].sum()
    people, costs = world.wallets[spent.index.to_numpy(dtype=np.int64)], spent.to_numpy()
    if story.shops[1]:
        takings = visits.groupby("shop")["amount"].sum().reindex(plot.shops, fill_value=0.0).to_numpy()
        if not story.people[1]:
            days = min(plot.ends - plot.begins, world.climate.days)
            takings = WITHOUT_VISITS * worth[plot.shops] * days / world.climate.days
        tills = _paid_to(world, plot)
        if max(story.circle) > 0:
            amount = takings * plot.level(story.circle)
            send(tills, np.roll(tills, -1), amount, plot.begins, plot.ends)
        if max(story.collect) > 0:
            hub = np.full(len(tills), plot.hubs[0])
            amount = takings * plot.level(story.collect)
            send(tills, hub, amount, plot.begins + 1, plot.ends + 4)
            costs_of_all = float(amount.sum())
            _send_onward(world, plot, costs_of_all * plot.level(story.onward), country, sent)
    for share, early in ((plot.level(story.fund), True), (plot.level(story.give_back), False)):
        if share > 0 and len(people):
            hub = np.full(len(people), plot.hubs[0])
            shift = -2.0 if early else 3.0
            send(hub, people, costs * share, plot.begins + shift, plot.ends + shift)
    return sent


def _paid_to(world: World, plot: Plot) -> Ints:
    """The accounts that have the shops' takings halfway through."""
    middle = (plot.begins + plot.ends) / 2
    own = world.tills_at(plot.shops, np.full(len(plot.shops), middle))
    to = {shop: account for shop, account, *_ in world.redirects if account in plot.payees}
    return np.array(
        [to.get(shop, till) for shop, till in zip(plot.shops.tolist(), own.tolist(), strict=True)]
    )


def _send_onward(world: World, plot: Plot, amount: float, country: int, sent: list[pd.DataFrame]) -> None:
    """From the hub through two to four others to the second hub."""
    if amount <= 0:
        return
    many = int(world.rng.integers(2, 5))
    between = np.array([world.new_account(country, plot.begins) for _ in range(many)])
    shares = amount * world.rng.dirichlet(np.full(many, 3.0))
    first, last = (np.full(many, hub) for hub in plot.hubs)
    for source, target, later in ((first, between, 2.0), (between, last, 3.5)):
        span = (source, target, shares, plot.begins + later, plot.ends + 4 + later)
        sent.append(_split(world, plot, span, country))


def _split(
    world: World, plot: Plot, what: tuple[Ints, Ints, Floats, float, float], country: int
) -> pd.DataFrame:
    """Each sum in a few parts over the time."""
    source, target, amount, begins, ends = what
    rng = world.rng
    times = 1 + rng.poisson(min(8.0, (ends - begins) / 12), len(source))
    row = np.repeat(np.arange(len(source)), times)
    part = rng.gamma(2.0, 1.0, len(row))
    part /= np.bincount(row, weights=part, minlength=len(source))[row]
    frame = pd.DataFrame({"at": rng.uniform(begins, ends, len(row)), "from": source[row], "to": target[row]})
    frame["amount"] = amount[row] * part
    return frame.assign(country=country, plot=plot.number)[frame["amount"] > 0]
