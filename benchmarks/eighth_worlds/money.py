"""Payouts, transfers between accounts and logins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.eighth_worlds.world import Rule, World
from benchmarks.writing import events
from benchmarks.writing.events import Book, Logins, Payouts
from benchmarks.writing.units import NONE, Flags, Floats, Ints, ints, joined, only

TARGETS = 3
"""Accounts to which a partner regularly sends money."""


@dataclass(frozen=True)
class Moves(events.Transfers):
    """`land` is the place of the country whose currency is sent."""

    land: Ints


def pay_out(world: World, book: Book) -> Payouts:
    """What each partner has sold in a period, less fees, paid a little later to the account of that time."""
    rng, firms, days = world.rng, world.firms, world.days
    kept = np.flatnonzero(book.t < days)
    period = firms.period[book.firm[kept]]
    phase = rng.random(len(firms))[book.firm[kept]]
    slot = np.floor(book.t[kept] / period + phase).astype(np.int64)
    key, place = np.unique(book.firm[kept] * 10_000 + slot, return_inverse=True)
    amount = np.bincount(place, book.amount[kept], len(key))
    firm = key // 10_000
    last = np.zeros(len(key))
    np.maximum.at(last, place, book.t[kept])
    t = last + rng.uniform(0.5, 3, len(key)) * np.sqrt(firms.period[firm])
    amount = np.round(amount * rng.uniform(0.955, 0.985, len(firms))[firm], 2)
    alive = t < days
    firm, t, amount = firm[alive], t[alive], amount[alive]
    moved = (firms.later_account[firm] != NONE) & (t > firms.moved[firm])
    account = np.where(moved, firms.later_account[firm], firms.account[firm])
    first = np.searchsorted(firm, np.arange(len(firms) + 1))
    ruled = np.zeros(len(t), np.bool_)
    for rule in world.paid_to:
        own = slice(first[rule.firm], first[rule.firm + 1])
        hit = _some(rng, t[own], rule, rule.share)
        hit = hit & ~ruled[own] if (hit & ~ruled[own]).any() else hit  # what an earlier rule took stays
        account[own][hit], ruled[own][hit] = rule.path[0], True
    return Payouts(firm, t, account, np.maximum(amount, 0.01))


def _some(rng: np.random.Generator, t: Floats, rule: Rule, share: float) -> Flags:
    """Which of those payouts a rule is for: a share of those in its time, or the nearest one."""
    hit = (t >= rule.start) & (t < rule.end) & (rng.random(len(t)) < share)
    if len(t) and not hit.any():
        hit[np.argmin(np.abs(t - rule.start))] = True
    return np.asarray(hit, np.bool_)


def move(world: World, pay: Payouts) -> Moves:
    """All transfers of the window, none where the world sees none."""
    if not world.settings.transfers:
        none = np.zeros(0)
        return Moves(none, ints(none), ints(none), none, ints(none))
    regular = _spend(world, pay)
    parts = [regular, _spread(world, regular), *_flow(world, pay), _save_together(world)]
    whole = joined(parts)
    return only(whole, (whole.t < world.days) & (whole.source != whole.target) & (whole.amount >= 0.01))


def _spend(world: World, pay: Payouts) -> Moves:
    """Partners pay suppliers, landlords, staff, other partners, the state and themselves."""
    rng, firms, n = world.rng, world.firms, len(world.firms)
    suppliers = world.new_accounts(max(10, int(n * rng.uniform(0.05, 0.6))))
    landlords, state = world.new_accounts(2 * len(world.area_share)), world.new_accounts(8)
    kinds = np.stack(
        [
            suppliers[(len(suppliers) * rng.random((n, TARGETS)) ** rng.uniform(1, 3)).astype(np.int64)],
            landlords[2 * firms.area[:, None] + rng.integers(0, 2, (n, TARGETS))],
            world.new_accounts(n * TARGETS).reshape(n, TARGETS),
            world.people.account[rng.integers(0, world.ordinary, (n, TARGETS))],
            firms.account[rng.integers(0, n, (n, TARGETS))],
            rng.choice(state, (n, TARGETS)),
        ]
    )
    chosen = rng.choice(6, (n, TARGETS), p=rng.dirichlet([4, 1.5, 2.5, 1, 1, 1]))
    target = np.take_along_axis(kinds, chosen[None], 0)[0]
    often = np.where(rng.random(n) < 0.25, 0, rng.beta(2, 2, n) * 2 * world.settings.sends)
    sent = np.flatnonzero(rng.random(len(pay.t)) < often[pay.firm])
    firm = pay.firm[sent]
    return Moves(
        t=pay.t[sent] + rng.exponential(2, len(sent)) + 0.02,
        source=pay.account[sent],
        target=target[firm, (TARGETS * rng.random(len(sent)) ** 2).astype(np.int64)],
        amount=np.round(pay.amount[sent] * rng.uniform(0.05, 0.9, len(sent)), 2),
        land=firms.country[firm],
    )


def _spread(world: World, regular: Moves) -> Moves:
    """Whoever got money passes some on: to few accounts each, some of them known to many."""
    rng = world.rng
    on = np.flatnonzero(rng.random(len(regular.t)) < rng.uniform(0.1, 0.5))
    known = world.new_accounts(max(5, len(world.firms) // 20))
    own = world.new_accounts(world.n_accounts)  # a private one for each account
    to_known = known[regular.target[on] * 7919 % len(known)]
    private = own[np.minimum(regular.target[on], len(own) - 1)]
    return Moves(
        t=regular.t[on] + rng.exponential(3, len(on)) + 0.02,
        source=regular.target[on],
        target=np.where(rng.random(len(on)) < 0.6, to_known, private),
        amount=np.round(regular.amount[on] * rng.uniform(0.2, 0.98, len(on)), 2),
        land=regular.land[on],
    )


def _flow(world: World, pay: Payouts) -> list[Moves]:
    """What goes along the paths that were planned."""
    rng, first = world.rng, np.searchsorted(pay.firm, np.arange(len(world.firms) + 1))
    moves = []
    for rule in world.flows:
        place = np.arange(first[rule.firm], first[rule.firm + 1])
        place = place[_some(rng, pay.t[place], rule, max(rule.share, 0.25))]
        t, source = pay.t[place], pay.account[place]
        amount = pay.amount[place] * rng.uniform(0.3, 0.98, len(place)) * min(1.0, rule.share + 0.3)
        for step in rule.path:
            t = t + np.minimum(0.02 + rng.exponential(0.8, len(place)), 0.3 * (world.days - t))
            amount = np.round(amount * rng.uniform(0.85, 1, len(place)), 2)
            land = np.full(len(place), world.firms.country[rule.firm])
            moves.append(Moves(t, source, np.full(len(place), step), amount, land))
            source = np.full(len(place), step)
    return moves


def _save_together(world: World) -> Moves:
    """Consumers who send each other money, some of them in clubs where each gets all in turn."""
    rng = world.rng
    n = int(rng.uniform(0.02, 0.2) * world.ordinary)
    source, target = world.people.account[rng.integers(0, world.ordinary, (2, n))]
    t, land = world.days * rng.random(n), np.zeros(n, np.int64)
    for _ in range(int(rng.poisson(3 * world.settings.alike))):
        club = world.people.account[rng.integers(0, world.ordinary, int(rng.integers(4, 14)))]
        rounds = min(len(club), int(world.days / 10) + 1)
        for turn in range(rounds):
            source, target = np.r_[source, club], np.r_[target, np.full(len(club), club[turn])]
            t = np.r_[t, world.days * (turn + 0.1 * rng.random(len(club))) / rounds]
            land = np.r_[land, np.zeros(len(club), np.int64)]
    amount: Floats = np.round(rng.lognormal(4.5, 1, len(t)), 2)
    return Moves(t, source, target, amount, land)


def log_in(world: World) -> Logins:
    """Each login."""
    rng, visits = world.rng, world.visits if world.settings.log_ins else []
    times = ints([one.times for one in visits])
    firm = np.repeat(ints([one.firm for one in visits]), times)
    device = np.repeat(ints([one.device for one in visits]), times)
    low = np.repeat(np.array([one.start for one in visits], np.float64), times)
    high = np.repeat(np.array([one.end for one in visits], np.float64), times)
    t = np.floor(low + (high - low) * rng.random(len(low))) + np.clip(
        rng.normal(0.55, 0.15, len(low)), 0, 0.99
    )
    t = np.clip(t, np.maximum(low, 0), np.minimum(high, world.days - 0.01))
    return Logins(firm, device, t)
