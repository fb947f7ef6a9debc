"""Honest shopping: habit, word of mouth, trips through malls, launches, sales, subscriptions, lunches."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.twelfth_worlds.firms import MONTHLY, TRADES
from benchmarks.twelfth_worlds.people import QUARTERS
from benchmarks.twelfth_worlds.scene import Scene
from benchmarks.twelfth_worlds.setting import LIFESTYLES, sizes
from benchmarks.writing.units import (
    DEFAULTED,
    DISPUTED,
    NONE,
    Flags,
    Floats,
    Ints,
    ints,
    joined,
    log_uniform,
    take_free,
)

HABITS: Final = 8
"""Shops that a consumer thinks of."""
TRIES: Final = 5
"""Shops in vain, closed or not yet open, before one stays at home."""


class Market:
    """Who shops where: by place, by taste and by how well known firms are."""

    def __init__(self, scene: Scene) -> None:
        rng, firms = scene.rng, scene.firms
        self.scene, quarters = scene, scene.setting.cities * QUARTERS
        taste = rng.lognormal(0, 0.8, (LIFESTYLES, len(TRADES)))[:, firms.trade]
        remote = rng.lognormal(0, 0.5, (LIFESTYLES, 1)) * scene.setting.online
        place = np.arange(quarters)[:, None]
        near = np.where(
            place == firms.quarter, 6.0, np.where(place // QUARTERS == firms.quarter // QUARTERS, 1.0, 0.01)
        )
        country = np.repeat(scene.city_country, QUARTERS)
        abroad = np.where(country[:, None] == firms.country, 1.0, 0.12)
        near_share = near * ~firms.online
        near_share /= (near_share * firms.popularity).sum(axis=1, keepdims=True)
        far_share = abroad * firms.online
        far_share /= np.maximum((far_share * firms.popularity).sum(axis=1, keepdims=True), 1e-9)
        share = near_share[:, None] * (1 - np.clip(remote, 0.05, 0.9)) + far_share[:, None] * np.clip(
            remote, 0.05, 0.9
        )
        weight = (share * taste * firms.popularity).reshape(-1, len(firms))
        self.edges = np.cumsum(weight, axis=1)
        self.cell = scene.people.quarter * LIFESTYLES + scene.people.lifestyle

    def pick(self, consumer: Ints) -> Ints:
        """(n,) a firm for each consumer."""
        cell, u = self.cell[consumer], self.scene.rng.random(len(consumer))
        firm, order = np.empty(len(consumer), np.int64), np.argsort(cell, kind="stable")
        cells, first = np.unique(cell[order], return_index=True)
        for one, rows in zip(cells, np.split(order, first[1:]), strict=True):
            firm[rows] = np.searchsorted(self.edges[one], u[rows] * self.edges[one, -1], "right")
        return firm.clip(max=len(self.scene.firms) - 1)

    def open(self, firm: Ints, t: Floats) -> Flags:
        """(n,) whether the firm is in business then."""
        firms = self.scene.firms
        return (firms.opened[firm] <= t) & (t < firms.closed[firm])


def form_habits(scene: Scene, market: Market) -> None:
    """Everybody thinks of some shops, of their own choice or by hearsay; staff think of their employer's."""
    rng, people = scene.rng, scene.people
    n = len(people)
    habits = market.pick(np.repeat(np.arange(n), HABITS)).reshape(n, HABITS)
    heard = rng.random((n, HABITS)) < scene.setting.gossip
    told = habits[people.friend][:, rng.permutation(HABITS)]
    scene.habits = np.where(heard, told, habits)
    for firm, hands in scene.staff:
        keen = rng.random(len(hands)) < 0.5
        scene.habits[hands[keen], 1] = firm[keen]
    own = np.flatnonzero(rng.random(len(scene.firms)) < 0.2)
    scene.habits[scene.firms.owner[own], rng.integers(0, HABITS, len(own))] = own
    for kind, members, _ in people.venues:
        if kind == "office":
            canteen = market.pick(members[:2])
            fond = members[rng.random(len(members)) < 0.5]
            scene.habits[fond, rng.integers(0, 3, len(fond))] = rng.choice(canteen, len(fond))
    for groups in (one for one in scene.alike if one.look_alike == "relaunch"):
        for old, new in groups.number.reshape(-1, 2):
            follows = (scene.habits == old).any(axis=1) & (rng.random(n) < 0.5)
            scene.habits[follows, HABITS - 1 - rng.integers(0, 6)] = new


def shop(scene: Scene, market: Market, orders: int) -> None:
    """That many ordinary orders, fewer where shops were closed."""
    rng, people, setting = scene.rng, scene.people, scene.setting
    weight = people.activity * (1 - np.clip(people.joined / setting.days, 0, 1))
    consumer = rng.choice(len(people), int(orders * 1.03), p=weight / weight.sum())
    t = scene.calendar.draw(rng, people.joined[consumer], np.full(len(consumer), float(setting.days)))
    firm, todo = np.full(len(consumer), NONE), np.arange(len(consumer))
    for _ in range(TRIES):
        who = consumer[todo]
        column = np.minimum(rng.geometric(0.3, len(todo)) - 1, HABITS - 1)
        usual = rng.random(len(todo)) < setting.loyalty
        got = scene.habits[who, column]
        got[~usual] = market.pick(who[~usual])
        fits = market.open(got, t[todo])
        firm[todo[fits]] = got[fits]
        todo = todo[~fits]
    kept = rng.permutation(np.flatnonzero(firm != NONE))[:orders]
    scene.sell(consumer[kept], firm[kept], t[kept])


def mall_trips(scene: Scene, market: Market) -> None:
    """Who is in a mall goes on to other shops of it, minutes later."""
    rng, book = scene.rng, scene.sales[-1]
    for entry in (one for one in scene.alike if one.look_alike == "mall"):
        group = ints(entry.group)
        for one in np.unique(group):
            members = entry.number[group == one]
            rows = np.flatnonzero(
                np.isin(book.firm, members) & (rng.random(len(book.t)) < rng.uniform(0.05, 0.3))
            )
            t = np.minimum(book.t[rows] + rng.exponential(0.03, len(rows)), scene.setting.days - 1e-4)
            firm = rng.choice(members, len(rows))
            fits = market.open(firm, t) & (firm != book.firm[rows])
            scene.sell(book.consumer[rows][fits], firm[fits], t[fits])


def bursts(scene: Scene, market: Market) -> None:
    """Launches, flash sales and shared lunches: many orders at once, and nothing wrong with them."""
    rng, firms, people, days = scene.rng, scene.firms, scene.people, scene.setting.days
    typical = scene.setting.orders / len(firms)
    new = take_free(
        rng,
        np.zeros(len(firms), np.bool_),
        max(len(firms) // 60, 2),
        (firms.opened > 0) & (firms.opened < days - 30),
    )
    sale = take_free(rng, np.zeros(len(firms), np.bool_), max(len(firms) // 40, 3), firms.closed > days)
    for kind, some in (("launch", new), ("flash_sale", sale)):
        for firm in some.tolist():
            since = (
                firms.opened[firm] if kind == "launch" else rng.uniform(max(firms.opened[firm], 0), days - 3)
            )
            n = int(typical * rng.uniform(0.2, 1.2))
            who = _crowd(scene, firm, n, since)
            t = scene.calendar.draw(
                rng, np.full(len(who), since), np.full(len(who), since + rng.uniform(1, 12))
            )
            fits = market.open(np.full(len(who), firm), t)
            scene.sell(who[fits], np.full(int(fits.sum()), firm), t[fits], price=rng.uniform(0.6, 1.0))
        scene.lookalike(kind, [np.array([one]) for one in some])
    for kind, members, _ in people.venues:
        if kind == "office" and rng.random() < 0.8:
            _lunches(scene, market, members)


def strike(scene: Scene, market: Market) -> None:
    """Bad luck at honest firms: for some weeks people who know nothing of each other do not pay, or dispute.

    A voucher that leaked, a price by mistake, a list of stolen cards: whom it draws is poor, not in a crew.
    """
    rng, firms, people = scene.rng, scene.firms, scene.people
    struck = take_free(
        rng, firms.busy, 2 + int(rng.poisson(len(firms) / 45)), firms.closed > scene.setting.days
    )
    for firm in struck.tolist():
        since = rng.uniform(max(firms.opened[firm], 0), scene.setting.days - 10)
        here = (people.country == firms.country[firm]) & (people.joined <= since) & ~people.busy
        n = min(int(scene.setting.orders / len(firms) * log_uniform(rng, 0.05, 0.6)) + 2, int(here.sum()))
        weight = np.where(here, np.clip(people.risk, 0.05, 20) ** 0.8, 0)
        who = rng.choice(len(people), n, replace=False, p=weight / weight.sum())
        t = scene.calendar.draw(rng, np.full(n, since), np.full(n, since + log_uniform(rng, 4, 60)))
        bad = DEFAULTED if rng.random() < 0.6 else DISPUTED
        outcome = np.where(rng.random(n) < rng.uniform(0.3, 0.9), bad, NONE)
        fits = market.open(np.full(n, firm), t)
        price = rng.uniform(0.5, 2.5)
        scene.sell(who[fits], np.full(int(fits.sum()), firm), t[fits], price=price, outcome=outcome[fits])
    scene.lookalike("victim", [np.array([one]) for one in struck])


def drop_ship(scene: Scene, market: Market) -> None:
    """Honest firms without stock: for each order the owner orders at a wholesaler or retailer, and pays."""
    rng, firms, book = scene.rng, scene.firms, joined(scene.sales)
    some = take_free(rng, firms.busy, 2 + int(rng.poisson(len(firms) / 150)), firms.online)
    for firm in some.tolist():
        suppliers = rng.choice(len(firms), 3)
        rows = np.flatnonzero((book.firm == firm) & (rng.random(len(book.t)) < rng.uniform(0.2, 0.8)))
        t = scene.calendar.awake(rng, book.t[rows] + rng.exponential(0.7, len(rows)))
        source, owner = rng.choice(suppliers, len(rows)), np.full(len(rows), firms.owner[firm])
        fits = market.open(source, t)
        amount = book.amount[rows] * rng.uniform(0.5, 0.85)
        scene.sell(owner[fits], source[fits], t[fits], amount=amount[fits])
    scene.people.joined[firms.owner[some]] = np.minimum(scene.people.joined[firms.owner[some]], 0)
    scene.lookalike("drop_shipper", [np.array([one]) for one in some])


def _crowd(scene: Scene, firm: int, n: int, since: float) -> Ints:
    """Those who come to a burst: who knows the firm, their friends, anybody near."""
    rng, people = scene.rng, scene.people
    known = np.flatnonzero((scene.habits == firm).any(axis=1))
    near = np.flatnonzero(people.country == scene.firms.country[firm])
    pool = np.concatenate([known, people.friend[known], rng.choice(near, n)])
    pool = pool[people.joined[pool] <= since]
    return ints(rng.choice(pool, n)) if len(pool) else pool


def _lunches(scene: Scene, market: Market, members: Ints) -> None:
    """Colleagues order together, at one place, within minutes."""
    rng, days = scene.rng, scene.setting.days
    places = market.pick(members[: int(rng.integers(1, 4))])
    meals = int(rng.integers(5, 50))
    day = np.sort(rng.uniform(0, days - 1, meals))
    size = np.minimum(rng.integers(2, 8, meals), len(members))
    who = rng.choice(members, int(size.sum()))
    t = np.repeat(np.floor(day) + rng.normal(0.48, 0.02, meals), size) + rng.uniform(0, 0.01, len(who))
    firm = np.repeat(rng.choice(places, meals), size)
    fits = market.open(firm, t) & (scene.people.joined[who] <= t)
    scene.sell(who[fits], firm[fits], t[fits])


def subscriptions(scene: Scene) -> None:
    """The same amount every month, at firms that live from it."""
    rng, firms, people, days = scene.rng, scene.firms, scene.people, scene.setting.days
    trade = [place for place, one in enumerate(TRADES) if one[0] in MONTHLY]
    some = take_free(
        rng, np.zeros(len(firms), np.bool_), max(len(firms) // 50, 2), np.isin(firms.trade, trade)
    )
    for firm, size in zip(some.tolist(), sizes(rng, 8, 70, len(some)), strict=True):
        near = np.flatnonzero(people.country == firms.country[firm])
        who = rng.choice(near, min(int(size), len(near)), replace=False)
        since = np.maximum(
            rng.uniform(-days, days, len(who)), np.maximum(people.joined[who], firms.opened[firm])
        )
        months = np.arange(1 + days // 30)
        t = (
            np.maximum(since, rng.uniform(0, 30, len(who)))[:, None]
            + 30.4 * months
            + rng.normal(0, 0.02, len(months))
        )
        until = np.minimum(since + rng.exponential(300, len(who)) + 30, min(firms.closed[firm], days))
        row, month = np.nonzero((t < until[:, None]) & (t >= 0))
        amount = np.repeat(firms.price[firm] * rng.choice([1.0, 1.5, 2.0]), len(row))
        scene.sell(who[row], np.full(len(row), firm), t[row, month], amount=amount)
    scene.lookalike("subscription", [np.array([one]) for one in some])
