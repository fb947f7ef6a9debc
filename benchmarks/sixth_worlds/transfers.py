"""Where honest partners' money goes after a payout, and what people send each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.sixth_worlds.payouts import Payouts
from benchmarks.sixth_worlds.world import World
from benchmarks.writing.events import Moves, Transfers
from benchmarks.writing.truth import Alike
from benchmarks.writing.units import NONE, Floats, Ints, joined, only


def sent(moves: Moves, days: float) -> Transfers:
    """Those inside the window, of half a unit and more, between two accounts."""
    every = joined(moves.parts)
    amount = np.round(every.amount, 2)
    inside = (every.t > 0) & (every.t < days) & (amount >= 0.5) & (every.source != every.target)
    return only(replace(every, amount=amount), inside)


def pass_on(
    world: World, payouts: Payouts, moves: Moves, firm: Ints, target: Ints, *,
    chance: Floats, share: Floats, lag: tuple[float, float],
) -> tuple[Ints, Ints, Floats, Floats]:  # fmt: skip
    """Each partner sends `share` of some payouts to its target; place in `firm`, row, moment, amount."""
    rng = world.rng
    place, row = payouts.of(firm)
    kept = rng.random(len(place)) < chance[place]
    place, row = place[kept], row[kept]
    t = payouts.t[row] + rng.uniform(*lag, len(row))
    amount = payouts.amount[row] * share[place] * rng.uniform(0.7, 1.03, len(row))
    moves.send(t, payouts.account[row], target[place], amount)
    return place, row, t, amount


def trade_on(world: World, payouts: Payouts, moves: Moves) -> None:
    """Suppliers and their wholesalers, taxes, factoring houses and head offices, owners and families."""
    _pay_suppliers(world, payouts, moves)
    rng, firms, n = world.rng, world.firms, len(world.firms)
    tax = world.new_accounts(len(world.settings.countries))
    payers = np.flatnonzero(rng.random(n) < 0.3)
    once = np.ones(n)
    pass_on(
        world, payouts, moves, payers, tax[firms.country[payers]],
        chance=0.15 * once, share=rng.uniform(0.08, 0.2, n), lag=(1, 20),
    )  # fmt: skip
    sold = np.flatnonzero((firms.factor_account >= 0) & (rng.random(n) < 0.92))
    pass_on(
        world, payouts, moves, sold, firms.factor_account[sold],
        chance=rng.uniform(0.3, 1, n), share=rng.uniform(0.2, 0.97, n), lag=(0.05, 4),
    )  # fmt: skip
    _sweep(world, payouts, moves)
    many = int(world.ordinary * rng.uniform(0.05, 0.2))
    one = rng.integers(0, world.ordinary, many)
    two = np.clip(one + rng.integers(-300, 301, many), 0, world.ordinary - 1)
    account = world.people.account
    rate = world.settings.rates[world.town_country[world.people.town[one]]]
    amount = rate * np.exp(rng.normal(3.6, 1, many))
    moves.send(rng.uniform(0, world.days, many), account[one], account[two], amount)


def _pay_suppliers(world: World, payouts: Payouts, moves: Moves) -> None:
    """None to three suppliers each, of their trade and country, who buy from wholesalers."""
    rng, firms, n = world.rng, world.firms, len(world.firms)
    cell = firms.trade // 2 * len(world.settings.countries) + firms.country
    each = rng.integers(3, 8, cell.max() + 1)
    accounts = world.new_accounts(int(each.sum()))
    begin = np.cumsum(each) - each
    number = np.minimum(3, rng.poisson(1.3 * world.settings.suppliers, n))
    firm = np.repeat(np.arange(n), number)
    target = accounts[begin[cell[firm]] + rng.integers(0, each[cell[firm]])]
    pass_on(
        world, payouts, moves, firm, target,
        chance=np.minimum(1, firms.period[firm] / rng.uniform(10, 40, len(firm))),
        share=rng.uniform(0.1, 0.6, len(firm)), lag=(0.2, 12),
    )  # fmt: skip
    relations = np.unique(np.stack([target, firm], axis=1), axis=0)
    used, count = np.unique(relations[:, 0], return_counts=True)
    large = np.isin(relations[:, 0], used[count >= 4])
    relations = relations[large]
    world.alike.append(Alike("supplier", "partner", relations[:, 1], relations[:, 0]))
    source = np.repeat(used, max(1, int(world.days / 20)))
    country = (np.searchsorted(begin, source - accounts[0], "right") - 1) % len(world.settings.countries)
    whole = world.new_accounts(12)
    many = len(source)
    moves.send(
        rng.uniform(min(20, world.days / 4), world.days, many), source, rng.choice(whole, many),
        rng.uniform(300, 4000, many) * world.settings.rates[country],
    )  # fmt: skip


def _sweep(world: World, payouts: Payouts, moves: Moves) -> None:
    """Owners take their money, and some pass it on: to savings, a spouse, another shop."""
    rng, firms = world.rng, world.firms
    swept = np.flatnonzero(rng.random(len(firms)) < world.settings.sweeps)
    n = len(swept)
    own, owner = world.new_accounts(n), world.owner[swept]
    target = np.where(owner == NONE, own, world.people.account[np.maximum(owner, 0)])
    place, _, t, amount = pass_on(
        world, payouts, moves, swept, target,
        chance=rng.uniform(0.3, 1, n), share=rng.uniform(0.3, 0.93, n), lag=(0.02, 5),
    )  # fmt: skip
    u = rng.random(n)
    further = np.select(
        [u < 0.6, u < 0.76],
        [world.new_accounts(n), rng.choice(firms.account, n)],
        world.people.account[rng.integers(0, world.ordinary, n)],
    )
    goes = (rng.random(n) < 0.45)[place] & (rng.random(len(place)) < 0.7)
    place, t, amount = place[goes], t[goes], amount[goes]
    moves.send(
        t + rng.exponential(3, len(t)), target[place], further[place],
        amount * rng.uniform(0.4, 0.98, len(t)),
    )  # fmt: skip
