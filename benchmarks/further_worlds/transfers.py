"""Transfers between accounts: the ordinary ones, and payouts passed on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.further_worlds.money import Payouts
from benchmarks.further_worlds.plans import PassOn
from benchmarks.further_worlds.units import DAY_S
from benchmarks.further_worlds.world import World
from benchmarks.writing.units import Floats, Ints

SUPPLIERS = 18
"""A country's wholesale suppliers."""


@dataclass(frozen=True)
class Transfers:
    """Columns of transfers, (n,); `country` says whose currency."""

    moment_s: Floats
    source: Ints
    target: Ints
    amount: Floats
    country: Ints


@dataclass
class _Book:
    """Transfers as they are drawn."""

    rng: np.random.Generator
    rows: list[tuple[Floats, Ints, Ints, Floats, Ints]] = field(default_factory=list)

    def add(self, moment: Floats, source: Ints, target: Ints, amount: Floats, country: ArrayLike) -> None:
        """Note transfers; some amounts are round."""
        chance = self.rng.random(len(amount))
        rounded = np.select(
            [chance < 0.15, chance < 0.22],
            [np.round(amount, -1), np.round(amount / 50) * 50],
            np.round(amount, 2),
        )
        self.rows.append((moment, source, target, np.maximum(rounded, 0.5), np.asarray(country)))

    def later(self, moment: Floats, least_days: float, most_days: float) -> Floats:
        """Some days after each moment."""
        return moment + self.rng.uniform(least_days, most_days, len(moment)) * DAY_S


def draw_transfers(world: World, payouts: Payouts) -> Transfers:
    """All transfers within the window, none from an account to itself."""
    book = _Book(world.rng)
    _pay_suppliers(world, payouts, book)
    _draw_by_owners(world, payouts, book)
    _pay_rent_tax_and_staff(world, payouts, book)
    _pass_on(world, payouts, book)
    _flow(world, book)
    columns = Transfers(*(np.concatenate(column) for column in zip(*book.rows, strict=True)))
    kept = (columns.moment_s < world.window_s) & (columns.moment_s >= 0)
    kept &= columns.source != columns.target
    return Transfers(
        columns.moment_s[kept],
        columns.source[kept],
        columns.target[kept],
        columns.amount[kept],
        columns.country[kept],
    )


def _pay_suppliers(world: World, payouts: Payouts, book: _Book) -> None:
    """Partners pay suppliers of their country or their own, and suppliers pay wholesalers."""
    rng, shops, n = world.rng, world.shops, len(world.countries)
    country_of = np.repeat(np.arange(n), SUPPLIERS)
    suppliers = world.new_accounts(SUPPLIERS * n, country_of).reshape(n, SUPPLIERS)
    size = 1 / np.arange(1, SUPPLIERS + 1) ** 0.9
    usual = rng.choice(SUPPLIERS, (world.n_partners, 3), p=size / size.sum())
    private = world.new_accounts(world.n_partners * 2, np.repeat(shops.country, 2)).reshape(-1, 2)
    pays = rng.random(len(payouts.partner)) < 0.16
    partner = payouts.partner[pays]
    which = rng.integers(0, 5, pays.sum())
    common = suppliers[shops.country[partner], usual[partner, np.minimum(which, 2)]]
    target = np.where(which < 3, common, private[partner, np.clip(which - 3, 0, 1)])
    moment = book.later(payouts.moment_s[pays], 0.2, 12)
    amount = payouts.amount[pays] * rng.uniform(0.1, 0.6, pays.sum())
    book.add(moment, payouts.account[pays], target, amount, shops.country[partner])
    wholesalers = world.new_accounts(4, rng.integers(0, n, 4))
    source = np.repeat(suppliers.ravel(), 8)
    moment = rng.uniform(0, world.window_s, len(source))
    target = rng.choice(wholesalers, len(source))
    amount = np.exp(rng.normal(7.5, 1, len(source)))
    book.add(moment, source, target, amount, np.repeat(country_of, 8))


def _draw_by_owners(world: World, payouts: Payouts, book: _Book) -> None:
    """Owners draw money, some of which goes on to family or savings."""
    rng, shops = world.rng, world.shops
    draws = shops.owner_draws[payouts.partner] & (rng.random(len(payouts.partner)) < 0.14)
    partner = payouts.partner[draws]
    moment = book.later(payouts.moment_s[draws], 0.1, 9)
    amount = payouts.amount[draws] * rng.uniform(0.1, 0.7, draws.sum())
    book.add(moment, payouts.account[draws], shops.owner[partner], amount, shops.country[partner])
    savings = world.new_accounts(world.n_partners, shops.country)
    on = rng.random(len(partner)) < 0.45
    some = partner[on]
    moment = book.later(moment[on], 0.1, 6)
    saved = rng.random(on.sum()) < 0.7
    target = np.where(saved, savings[some], shops.owner[rng.permutation(some)])
    amount = amount[on] * rng.uniform(0.3, 0.95, on.sum())
    book.add(moment, shops.owner[some], target, amount, shops.country[some])


def _pay_rent_tax_and_staff(world: World, payouts: Payouts, book: _Book) -> None:
    """What partners pay to landlord, state and staff; and people pay each other."""
    rng, shops, people, n = world.rng, world.shops, world.people, len(payouts.partner)
    landlord = world.new_accounts(len(world.city_country), world.city_country)
    state = world.new_accounts(len(world.countries), np.arange(len(world.countries)))
    pays = rng.random(n) < 0.05
    partner = payouts.partner[pays]
    moment = book.later(payouts.moment_s[pays], 0, 8)
    rent = rng.random(pays.sum()) < 0.6
    target = np.where(rent, landlord[shops.city[partner]], state[shops.country[partner]])
    amount = payouts.amount[pays] * rng.uniform(0.05, 0.4, pays.sum())
    book.add(moment, payouts.account[pays], target, amount, shops.country[partner])

    country = people.country[: world.n_ordinary]
    by_country = np.argsort(country, kind="stable")
    living = np.bincount(country, minlength=len(world.countries))
    first = np.concatenate([[0], np.cumsum(living)[:-1]])

    def anybody(chance: Floats, where: Ints) -> Ints:
        found: Ints = by_country[first[where] + (chance * living[where]).astype(np.int64)]
        return found

    staff = anybody(rng.random((world.n_partners, 3)), shops.country[:, None])
    pays = rng.random(n) < 0.07
    partner = payouts.partner[pays]
    moment = book.later(payouts.moment_s[pays], 0, 6)
    target = people.account[staff[partner, rng.integers(0, 3, len(partner))]]
    amount = payouts.amount[pays] * rng.uniform(0.05, 0.35, pays.sum())
    book.add(moment, payouts.account[pays], target, amount, shops.country[partner])

    many = int(world.n_ordinary * rng.uniform(0.15, 0.4))
    giver = rng.integers(0, world.n_ordinary, many)
    taker = anybody(rng.random(many), people.country[giver])
    moment = rng.uniform(0, world.window_s, many)
    amount = np.exp(rng.normal(4, 1, many))
    book.add(moment, people.account[giver], people.account[taker], amount, people.country[giver])


def _pass_on(world: World, payouts: Payouts, book: _Book) -> None:
    """Payouts passed on as planned, the same for factoring houses, franchises and crooks."""
    order = np.argsort(payouts.partner, kind="stable")
    sorted_partner = payouts.partner[order]
    low = np.searchsorted(sorted_partner, np.arange(world.n_partners))
    high = np.searchsorted(sorted_partner, np.arange(world.n_partners), side="right")
    for plan in world.passed_on:
        if not len(plan.partners):
            continue
        rows = np.concatenate([order[low[x] : high[x]] for x in plan.partners])
        moment = payouts.moment_s[rows]
        rows = rows[(moment >= plan.since_s) & (moment <= plan.until_s)]
        rows = np.repeat(rows[world.rng.random(len(rows)) < plan.chance], plan.parts)
        if len(rows):
            _pass_rows_on(world, payouts, book, plan, rows)


def _pass_rows_on(world: World, payouts: Payouts, book: _Book, plan: PassOn, rows: Ints) -> None:
    rng, n = world.rng, len(rows)
    partner = payouts.partner[rows]
    moment, source = payouts.moment_s[rows], payouts.account[rows]
    amount = payouts.amount[rows] / plan.parts * rng.uniform(*plan.share, n)
    if plan.parts > 1:
        amount = amount * np.exp(rng.normal(0, 0.15, n))
    for level in plan.levels:
        moment = book.later(moment, *plan.delay_days)
        target = np.array([level(int(one)) for one in partner], np.int64)
        book.add(moment, source, target, amount, world.shops.country[partner])
        source, amount = target, amount * rng.uniform(0.9, 0.995, n)


def _flow(world: World, book: _Book) -> None:
    rng, country = world.rng, np.concatenate(world.account_countries)
    for source, target, since, until, n in world.flows:
        moment = rng.uniform(since, until, n)
        amount = np.exp(rng.normal(6.3, 0.8, n))
        whose = np.full(n, country[source])
        book.add(moment, np.full(n, source), np.full(n, target), amount, whose)
