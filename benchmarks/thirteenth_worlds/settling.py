"""How orders end, when shops log in, and where the money goes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from benchmarks.thirteenth_worlds.market import Banks, Market, Sales, Sweep, Visits
from benchmarks.writing.events import Book, Events, Logins, Payouts, Transfers
from benchmarks.writing.units import (
    DEFAULTED,
    DISPUTED,
    NONE,
    OPEN,
    PAID,
    REFUNDED,
    Floats,
    Ints,
    joined,
    only,
)


def settle(m: Market) -> Events:
    """All that happened in the window."""
    book = _end(m, m.all_sales())
    payouts = _pay(m, book)
    _everyday(m)
    _put_aside(m)
    return Events(book, payouts, _transfers(m, payouts), _visits(m))


def _end(m: Market, sold: Sales) -> Book:
    rng, s, shops, n = m.rng, m.setting, m.shops, len(sold.t)
    soured = sold.t > shops.turn[sold.firm]
    habit = np.stack([shops.refund, shops.dispute, shops.default], 1)[sold.firm]
    shares = habit * m.people.frail[sold.consumer][:, None]
    shares = np.where(soured[:, None], np.maximum(shares, shops.sour[sold.firm]), shares)
    u = rng.random(n)[:, None]
    place = (u < np.cumsum(shares, 1)).argmax(1)
    drawn = np.array([REFUNDED, DISPUTED, DEFAULTED])[place]
    drawn[u[:, 0] >= shares.sum(1)] = PAID
    outcome = np.where(sold.outcome == NONE, drawn, sold.outcome)
    slow = np.array(s.delays)[outcome] * rng.lognormal(-0.15, 0.55, n)
    at = (sold.t + np.maximum(slow, 0.01)).astype(np.float64)
    late = at > s.days
    undated = (rng.random(n) < s.undated) & ~late
    outcome = np.where(late, OPEN, outcome)
    device = np.where(rng.random(n) < s.device_known, sold.device, NONE)
    account = np.where(rng.random(n) < s.account_known, sold.account, NONE)
    amount = np.round(np.maximum(sold.amount, 0.5), 2).astype(np.float64)
    at[late | undated] = np.nan
    return Book(sold.consumer, sold.firm, sold.t, device, account, amount, outcome, at)


def _pay(m: Market, book: Book) -> Payouts:
    """Every so many days, what was sold less the fee and most of what went back."""
    shops, rng = m.shops, m.rng
    period = shops.period[book.firm]
    turn = np.floor(book.t / period).astype(np.int64) + 1
    keys, back = np.unique(book.firm * 1_000 + turn, return_inverse=True)
    kept = np.where(book.outcome == REFUNDED, 0.1, 1.0) * 0.975
    amount = np.bincount(back, book.amount * kept)
    firm, t = keys // 1_000, (keys % 1_000) * shops.period[keys // 1_000]
    t = t + 0.3 + rng.random(len(t)) * 0.5 + (shops.hour[firm] % 1)
    paid = Payouts(firm, t, _banks_of(m, firm, t), np.round(amount, 2))
    return only(paid, (paid.t < m.setting.days) & (paid.amount >= 1))


def _banks_of(m: Market, firm: Ints, t: Floats) -> Ints:
    """The account of each payout: the shop's own unless a plan, the last to have its say, says otherwise."""
    account = m.shops.bank[firm]
    n = m.setting.partners
    other = m.accounts(n)
    kin = m.rng.random(n) < m.one(0.1, 0.4)  # a spouse's or a partner's, who has a shop, too
    other = np.where(kin, m.shops.bank[(np.arange(n) + m.rng.integers(1, n, n)) % n], other)
    other = np.where(m.rng.random(n) < m.one(0.3, 0.6), other, NONE)
    moves = np.where(m.rng.random(n) < 0.5, m.draw(n, 0, 1) * m.setting.days, np.inf)  # to another bank
    second = (other[firm] != NONE) & ((t > moves[firm]) | (m.rng.random(len(firm)) < 0.1))
    account = np.where(second, other[firm], account)
    third = (m.rng.random(n) < 0.2)[firm] & (m.rng.random(len(firm)) < 0.15)
    account = np.where(third, m.accounts(n)[firm], account)
    if not m.banks:
        return account
    plans: Banks = joined(m.banks)
    order = np.argsort(firm, kind="stable")
    first = np.searchsorted(firm[order], plans.firm)
    last = np.searchsorted(firm[order], plans.firm, side="right")
    for row in range(len(plans.firm)):  # plans are few
        rows = order[first[row] : last[row]]
        there = (t[rows] >= plans.since[row]) & (t[rows] < plans.until[row])
        there &= m.rng.random(len(rows)) < plans.share[row]
        account[rows[there]] = plans.account[row]
    return account


def _visits(m: Market) -> Logins:
    shops, days, n = m.shops, float(m.setting.days), m.setting.partners
    since = np.maximum(shops.since, 0)
    until = np.minimum(shops.until, days)
    often = np.clip((until - since) / m.one(3, 8), 1, 90) * m.rng.lognormal(0, 0.5, n)
    own = np.arange(n)
    plans = [*m.visits, Visits(own, shops.desk, since, until, often)]
    phones = np.flatnonzero(m.rng.random(n) < 0.35)  # the owner looks in from home
    phone = m.people.phone[shops.owner[phones]]
    plans.append(
        Visits(phones, phone, since[phones], until[phones], often[phones] * m.draw(len(phones), 0.05, 0.5))
    )
    plans.append(_staff(m, since, until))
    every: Visits = joined(plans)
    every = only(every, every.until > every.since)
    times = np.maximum(m.rng.poisson(every.times), 1)
    row = np.repeat(np.arange(len(times)), times)
    t = m.when(len(row), every.since[row], np.minimum(every.until[row], days), 13.0)
    kept = (t >= since[every.firm[row]]) & (t < days)
    return Logins(every.firm[row][kept], every.device[row][kept], t[kept])


def _staff(m: Market, since: Floats, until: Floats) -> Visits:
    """Who works in two shops, or once did, with a phone that knows both."""
    n = int(m.setting.partners * m.one(0.05, 0.25))
    shop = m.rng.integers(0, m.setting.partners, n)
    near = np.argsort(m.shops.district, kind="stable")
    place = np.argsort(near)[shop] + m.rng.integers(1, 30, n)
    both = np.concatenate([shop, near[place % len(near)]])
    device = np.tile(m.people.phone[m.rng.integers(0, m.setting.consumers, n)], 2)
    return Visits(both, device, since[both], until[both], m.draw(2 * n, 0.3, 12))


def _everyday(m: Market) -> None:
    """Wages, suppliers, rent, friends: transfers of everybody, of all sizes."""
    rng, s, shops = m.rng, m.setting, m.shops
    months = np.arange(0, s.days, 30.0)
    payers = np.flatnonzero(rng.random(s.partners) < m.one(0.2, 0.6))
    landlords, stores = m.accounts(s.districts), m.accounts(max(4, s.partners // 60))
    for target, share, low, high in (
        (m.people.purse[rng.integers(0, s.consumers, len(payers))], 0.7, 8, 40),  # a wage
        (landlords[shops.district[payers]], 0.6, 8, 30),
        (stores[rng.integers(0, len(stores), len(payers))], 0.8, 5, 60),
        (shops.bank[rng.integers(0, s.partners, len(payers))], 0.3, 3, 40),
        (m.people.purse[shops.owner[payers]], 0.7, 10, 60),
    ):
        rows = np.repeat(np.flatnonzero(rng.random(len(payers)) < share), len(months))
        t = np.tile(months, len(rows) // len(months)) + rng.normal(3, 2, len(rows))
        shop = payers[rows]
        alive = (t > shops.since[shop]) & (t < shops.until[shop])
        amount = np.round(shops.price[shop] * m.draw(len(shop), low, high))
        m.moves.send(t[alive], shops.bank[shop][alive], target[rows][alive], amount[alive])
    n = s.consumers // 3
    one, other = rng.integers(0, s.consumers, n), rng.integers(1, 12, n)
    sums = np.round(rng.lognormal(3.5, 1, n) * np.array(s.euro)[m.people.country[one]], 2)
    friend = (one + other) % s.consumers
    m.moves.send(rng.uniform(0, s.days, n), m.people.purse[one], m.people.purse[friend], sums)


def _put_aside(m: Market) -> None:
    """Many shops pass on what they are paid: to savings, to the owner, to a house that holds a few."""
    shops = np.flatnonzero(m.rng.random(m.setting.partners) < m.one(0.15, 0.4))
    n = len(shops)
    houses = m.accounts(max(2, n // 12))
    choice = m.rng.choice(3, n, p=[0.45, 0.35, 0.2])
    savings, owner = m.accounts(n), m.people.purse[m.shops.owner[shops]]
    target = np.choose(choice, [savings, owner, houses[m.rng.integers(0, len(houses), n)]])
    for part in np.array_split(m.rng.permutation(n), 6):  # each with habits of its own
        m.sweep(m.shops.bank[shops[part]], target[part], m.one(0.2, 0.9), m.one(0.5, 8))


def _transfers(m: Market, payouts: Payouts) -> Transfers:
    came = [Transfers(payouts.t, payouts.account, payouts.account, payouts.amount)]
    plans = sorted(m.sweeps, key=lambda one: one.since)
    for _ in range(4):  # layers are no deeper
        passed = [_pass_on(m, plan, came[-1]) for plan in plans]
        passed = [one for one in passed if len(one.t)]
        if not passed:
            break
        came.append(joined(passed))
    sent: Transfers = joined([*m.moves.parts, *came[1:]])
    sent = replace(sent, amount=np.round(sent.amount, 2))
    real = (sent.t > 0) & (sent.t < m.setting.days) & (sent.source != sent.target) & (sent.amount >= 1)
    return only(sent, real)


def _pass_on(m: Market, plan: Sweep, came: Transfers) -> Transfers:
    """What is passed on of what came in, in lumps of some days."""
    source, place = np.unique(plan.source, return_inverse=True)
    rows = np.flatnonzero(np.isin(came.target, source) & (came.t >= plan.since) & (came.t < plan.until))
    lump = max(1, int(plan.lag))
    where = np.searchsorted(source, came.target[rows])
    keys, back = np.unique(
        where * 10_000 + np.floor(came.t[rows] / lump).astype(np.int64), return_inverse=True
    )
    sums = np.bincount(back, came.amount[rows], len(keys))
    last = np.full(len(keys), -np.inf)
    np.maximum.at(last, back, came.t[rows])
    pairs_key = np.argsort(place, kind="stable")
    first = np.searchsorted(place[pairs_key], keys // 10_000)
    many = np.searchsorted(place[pairs_key], keys // 10_000, side="right") - first
    row = np.repeat(np.arange(len(keys)), many)
    step = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    target = plan.target[pairs_key[first[row] + step]]
    kept = m.rng.random(len(row)) < 0.85
    t = last[row] + m.rng.exponential(plan.lag, len(row)) + 0.05
    amount = sums[row] * plan.share * m.rng.lognormal(0, 0.08, len(row))
    return Transfers(t[kept], source[keys // 10_000][row][kept], target[kept], amount[kept])
