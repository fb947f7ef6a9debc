"""Money between accounts: payouts, what firms pay regularly, wages, friends, and where crews' takings go."""

from __future__ import annotations

import numpy as np

from benchmarks.twelfth_worlds.crews import Crew
from benchmarks.twelfth_worlds.people import OWN
from benchmarks.twelfth_worlds.scene import Scene
from benchmarks.writing.events import Book, Payouts
from benchmarks.writing.units import DISPUTED, NONE, REFUNDED, Floats, Ints, joined, take_free, within_runs

SMALLEST = 1.0
"""Euros that are worth a payout or a transfer."""


def pay_out(scene: Scene, book: Book) -> Payouts:
    """What firms get for a period's orders: less a fee, and less what was refunded or charged back in it."""
    firms, rng, days = scene.firms, scene.rng, scene.setting.days
    every, phase = firms.every.astype(np.float64), rng.random(len(firms))
    periods = days + 2
    back = np.isin(book.outcome, (REFUNDED, DISPUTED)) & np.isfinite(book.at)
    firm = np.concatenate([book.firm, book.firm[back]])
    moment = np.concatenate([book.t, book.at[back]])
    net = np.concatenate([book.amount * (1 - firms.fee[book.firm]), -book.amount[back]])
    period = np.floor(moment / every[firm] + phase[firm]).astype(np.int64)
    total = np.bincount(firm * periods + period, net, minlength=len(firms) * periods)
    key = np.flatnonzero(total > SMALLEST)
    firm, period, amount = key // periods, key % periods, np.asarray(total[key], np.float64)
    due = np.floor((period + 1.0 - phase[firm]) * every[firm]) + rng.integers(1, 3, len(key))
    t = due + rng.uniform(0.15, 0.3) + rng.exponential(0.01, len(key))
    moved = t >= firms.moved[firm]
    account = np.where(moved, firms.later[firm], firms.account[firm])
    account = np.where(firms.agent[firm] != NONE, firms.agent[firm], account)
    kept = t < days
    return Payouts(firm[kept], t[kept], account[kept], amount[kept])


def move_money(scene: Scene, pay: Payouts, book: Book, crews: list[Crew]) -> None:
    """All transfers of honest people and firms, and of crews."""
    _agents_pay(scene, pay)
    _sweep(scene, pay)
    _standing(scene, pay)
    _wages(scene, np.concatenate([crew.made_up for crew in crews]))
    _friends(scene)
    _buy_back(scene, book)
    for crew in crews:
        _forward(scene, pay, crew)
        _fund(scene, book, crew)


def send(scene: Scene, t: Floats, source: Ints, target: Ints, amount: Floats) -> None:
    """Transfers within the window; some people like round sums."""
    scale = np.where(amount > 300, 50.0, 5.0)
    neat = scene.rng.random(len(t)) < 0.35
    amount = np.where(neat, np.maximum(np.round(amount / scale), 1) * scale, amount)
    kept = (t >= 0) & (t < scene.setting.days - 1e-3) & (amount > SMALLEST) & (source != target)
    scene.moves.send(t[kept], source[kept], target[kept], amount[kept])


def banked(rng: np.random.Generator, t: Floats) -> Floats:
    """The same moments, but most of those outside a bank's day put off until it is open."""
    hour, part = t % 1, np.clip(rng.normal(0.55, 0.12, len(t)), 0.3, 0.9)
    day = np.floor(t) + (hour > 0.85)
    outside = ((hour < 0.3) | (hour > 0.85)) & (rng.random(len(t)) < 0.88)
    return np.where(outside, day + part, t)


def _own(scene: Scene, firm: Ints, t: Floats) -> Ints:
    """(n,) each firm's own account at the moment."""
    firms = scene.firms
    return np.where(t >= firms.moved[firm], firms.later[firm], firms.account[firm])


def _agents_pay(scene: Scene, pay: Payouts) -> None:
    """Facilitators and factors hand on what they were paid, less their share."""
    rng, agent = scene.rng, scene.firms.agent
    rows = np.flatnonzero(agent[pay.firm] != NONE)
    t = banked(rng, pay.t[rows] + rng.uniform(0.2, 4, len(rows)))
    part = rng.uniform(0.85, 0.99, len(scene.firms))[pay.firm[rows]]
    send(scene, t, agent[pay.firm[rows]], _own(scene, pay.firm[rows], t), pay.amount[rows] * part)


def _sweep(scene: Scene, pay: Payouts) -> None:
    """Groups that pool their cash, and owners with a main account elsewhere, empty accounts when paid."""
    rng = scene.rng
    for firm, target in scene.sweeps:
        onto = np.full(len(scene.firms), NONE)
        onto[firm] = target
        part, wait = rng.uniform(0.3, 0.97, len(onto)), rng.exponential(1.0, len(onto)) + 0.1
        rows = np.flatnonzero((onto[pay.firm] != NONE) & (rng.random(len(pay.t)) < 0.9))
        who = pay.firm[rows]
        t = banked(rng, pay.t[rows] + rng.exponential(wait[who]))
        amount = pay.amount[rows] * part[who] * rng.uniform(0.9, 1, len(rows))
        send(scene, t, _own(scene, who, t), onto[who], amount)


def _standing(scene: Scene, pay: Payouts) -> None:
    """What firms pay regularly, as long as they live and have takings."""
    rng, firms, days = scene.rng, scene.firms, float(scene.setting.days)
    life = np.minimum(firms.closed, days) - np.maximum(firms.opened, 0)
    monthly = np.bincount(pay.firm, pay.amount, minlength=len(firms)) / np.maximum(life / 30, 0.5)
    flow = joined(scene.standing)
    since = np.maximum(flow.since, np.maximum(firms.opened[flow.firm], 0))
    until = np.minimum(np.minimum(flow.until, firms.closed[flow.firm] + 20), days)
    counts = np.floor(np.maximum(until - since, 0) / flow.every + rng.random(len(since))).astype(np.int64)
    row = np.repeat(np.arange(len(counts)), counts)
    due = (within_runs(counts) + rng.random(len(counts))[row]) * flow.every[row]
    n = len(row)
    hours = (rng.uniform(0, 0.3, n), rng.normal(0.58, 0.14, n), rng.uniform(0.7, 0.95, n))
    hour = np.choose(rng.choice(3, n, p=[0.09, 0.73, 0.18]), hours)
    t = np.floor(since[row] + due + rng.normal(0, 0.7, len(row))) + np.clip(hour, 0, 0.99)
    size = monthly[flow.firm] * flow.share * np.minimum(flow.every / 30, 2)
    amount = size[row] * rng.lognormal(0, 0.2, len(row))
    send(scene, t, _own(scene, flow.firm[row], t), flow.target[row], amount)


def _buy_back(scene: Scene, book: Book) -> None:
    """Some firms pay their customers: they take goods in part exchange, refund in cash, reward advice."""
    rng, firms = scene.rng, scene.firms
    some = take_free(rng, firms.busy, 2 + int(rng.poisson(len(firms) / 70)))
    often = rng.uniform(0.05, 0.6, len(firms))
    rows = np.flatnonzero(np.isin(book.firm, some) & (rng.random(len(book.t)) < often[book.firm]))
    t = banked(rng, book.t[rows] + rng.exponential(3, len(rows)) + 0.05)
    amount = book.amount[rows] * rng.uniform(0.1, 0.8, len(rows))
    target = scene.people.accounts[book.consumer[rows], OWN]
    send(scene, t, _own(scene, book.firm[rows], t), target, amount)
    scene.lookalike("buy_back", [np.array([one]) for one in some])


def _wages(scene: Scene, made_up: Ints) -> None:
    """Employers outside the market pay many of the consumers each month, but no made-up ones."""
    rng, people, days = scene.rng, scene.people, scene.setting.days
    paid = np.setdiff1d(np.flatnonzero(rng.random(len(people)) < 0.12), made_up)
    employers = scene.ids.new_accounts(max(len(paid) // 40, 2))
    months = np.arange(days // 30 + 1)
    who = np.repeat(np.arange(len(paid)), len(months))
    t = (
        np.tile(months, len(paid)) * 30.4
        + rng.integers(0, 28, len(paid))[who]
        + rng.normal(0.4, 0.03, len(who))
    )
    amount = rng.lognormal(7.4, 0.4, len(paid))[who] * rng.lognormal(0, 0.02, len(who))
    source = rng.choice(employers, len(paid), p=rng.dirichlet(np.full(len(employers), 0.6)))[who]
    send(scene, t, source, people.accounts[paid, OWN][who], amount)


def _friends(scene: Scene) -> None:
    """Friends and flatmates settle up; strangers sell each other things; one of a flat collects the rent."""
    rng, people, days = scene.rng, scene.people, scene.setting.days
    n = int(len(people) * rng.uniform(0.2, 0.8))
    source = rng.integers(0, len(people), n)
    target = np.where(rng.random(n) < 0.6, people.friend[source], rng.integers(0, len(people), n))
    own = people.accounts[:, OWN]
    send(scene, rng.uniform(0, days, n), own[source], own[target], rng.lognormal(3.6, 0.9, n))
    for kind, members, _ in people.venues:
        if kind == "hostel":
            months = np.arange(days // 30)
            host = np.repeat(scene.ids.new_accounts(1), len(members) * len(months))
            t = np.tile(months, len(members)) * 30.0 + rng.exponential(3, len(host))
            rent = np.repeat(rng.lognormal(5.8, 0.2, len(members)), len(months))
            send(scene, t, np.repeat(own[members], len(months)), host, rent)


def _forward(scene: Scene, pay: Payouts, crew: Crew) -> None:
    """A crew's takings go on to its collectors: at once and whole, or late, in parts and round corners."""
    rng, hide = scene.rng, crew.hide["payout"]
    rows = np.flatnonzero(np.isin(pay.firm, crew.firms) & (pay.t >= crew.since))
    rows = rows[rng.random(len(rows)) < 0.95 - 0.4 * hide]
    if crew.route == "cash" or not len(rows):
        return
    rows = np.repeat(rows, rng.integers(1, 2 + round(2 * hide), len(rows)))
    part = rng.uniform(0.5, 0.95) * (1 - 0.4 * hide)
    t = banked(rng, pay.t[rows] + rng.exponential(0.5 + 5 * hide, len(rows)) + 0.1)
    at, amount = _own(scene, pay.firm[rows], t), pay.amount[rows] * part * rng.uniform(0.4, 1, len(rows))
    hops = {"direct": 0, "hop": 1, "two_hops": 2}[crew.route]
    last = np.zeros(len(rows), np.int64)
    for hop in range(hops + 1):
        stock = crew.collectors if hop == hops else crew.mules[hop % 2 :: max(hops, 1)]
        last = rng.choice(stock if len(stock) else crew.mules, len(rows))
        send(scene, t, at, last, amount)
        at, amount = last, amount * rng.uniform(0.9, 0.99, len(rows))
        t = banked(rng, t + rng.exponential(0.3 + 4 * hide, len(rows)) + 0.02)


def _fund(scene: Scene, book: Book, crew: Crew) -> None:
    """Made-up people have the crew's money, or send it what they got, some weeks' in one sum."""
    rng, hide = scene.rng, crew.hide["funding"]
    given = crew.scheme == "laundering" or (len(crew.firms) > 0 and rng.random() < 0.5 - 0.4 * hide)
    sent = len(crew.firms) == 0 and rng.random() < 0.7 - 0.4 * hide
    if not (given or sent):
        return
    whom = crew.people if crew.scheme == "laundering" or sent else crew.made_up
    rows = np.flatnonzero(np.isin(book.consumer, whom) & (book.account != NONE) & (book.t >= crew.since))
    if not len(rows):
        return
    every, phase = rng.uniform(5, 25), rng.random()
    key = np.stack([book.account[rows], (book.t[rows] / every + phase).astype(np.int64)])
    keys, place = np.unique(key, axis=1, return_inverse=True)
    total = np.bincount(place.ravel(), book.amount[rows])
    if sent:
        crew.collectors = scene.ids.new_accounts(1 + round(2 * hide))
    if sent or crew.route == "cash":
        crew.accounts.append(crew.collectors)
    pot = rng.choice(np.concatenate([crew.collectors, crew.mules]), len(total))
    some = rng.random(len(total)) < 1 - 0.45 * hide
    size = total * rng.uniform(0.8, 1.15, len(total))
    due = (keys[1] - phase) * every - rng.exponential(1.5, len(total))
    t = banked(rng, np.maximum(due + (2 * every if sent else 0), 0.3))
    source, target = (keys[0], pot) if sent else (pot, keys[0])
    send(scene, t[some], source[some], target[some], size[some] * (0.5 if sent else 1))
