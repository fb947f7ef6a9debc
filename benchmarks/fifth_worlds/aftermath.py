"""What becomes of purchases: outcomes, payouts, money that moves on, sign-ins, and what reviewers find."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.fifth_worlds.custom import Orders
from benchmarks.fifth_worlds.society import NEVER, TRADES, World
from benchmarks.writing.units import Floats, Ints

OUTCOMES = ("open", "defaulted", "disputed", "refunded", "paid")
"""By the numbers that errands' fates use."""


@dataclass
class Moves:
    """Payouts or transfers, one entry each, by moment; `firm` is -1 where no payout was behind it."""

    t: Floats
    firm: Ints
    source: Ints
    target: Ints
    amount: Floats


def settle(rng: np.random.Generator, world: World, orders: Orders) -> tuple[Ints, Floats]:
    """(orders,) the outcome as far as it is known at the window's end, and its day (NaN where not noted)."""
    climate, people, firms = world.climate, world.people, world.firms
    trade, n = firms.trade[orders.firm], len(orders.t)
    week = (orders.t // 7).astype(np.int64)
    strain = world.strain[orders.firm, week]
    refund, dispute, credit = (
        np.array([getattr(one, name) for one in TRADES])[trade] for name in ("refund", "dispute", "credit")
    )
    town = people.town[orders.consumer]
    p_refund = climate.refund * refund * people.fussy[orders.consumer] * firms.returns[orders.firm]
    p_refund *= np.sqrt(strain)
    p_dispute = climate.dispute * dispute * people.quarrel[orders.consumer] * firms.risk[orders.firm] * strain
    p_default = climate.default * credit * people.credit[orders.consumer] * world.squeeze[town, week]
    p_default *= np.sqrt(strain)
    chances = [np.minimum(one, 0.45) for one in (p_default, p_dispute, p_refund)]
    u = rng.random(n)
    natural = np.select([u < sum(chances[: i + 1], np.zeros(n)) for i in range(3)], [1, 2, 3], 4)
    outcome = np.where(orders.fate > 0, orders.fate, natural)
    centre = np.array([1, climate.default_delay, climate.dispute_delay, climate.refund_delay, 9])[outcome]
    day = orders.t + centre * rng.lognormal(0, 0.5, n) * rng.lognormal(0, 0.2, len(firms.town))[orders.firm]
    outcome = np.where(day >= climate.days, 0, outcome)
    noted = (outcome > 0) & (rng.random(n) < climate.dated)
    return outcome, np.where(noted, day, np.nan)


def pay_out(rng: np.random.Generator, world: World, orders: Orders, outcome: Ints) -> Moves:
    """Takings less fees and what was lost, on each firm's own rhythm."""
    firms, days = world.firms, world.climate.days
    rhythm = firms.rhythm.astype(np.float64)
    phase = rng.random(len(rhythm)) * rhythm
    number = np.ceil((orders.t + firms.hold[orders.firm] - phase[orders.firm]) / rhythm[orders.firm])
    number = np.maximum(number, 0).astype(np.int64)
    fee = rng.uniform(0.01, 0.05, len(rhythm))
    # a platform keeps back what it has had to pay back, as far as it finds out in time
    lost = (outcome >= 2) & (outcome <= 3) & (rng.random(len(outcome)) < 0.6)
    net = np.where(lost, 0.0, orders.amount) * (1 - fee[orders.firm])
    key = orders.firm * 1000 + number
    keys, inverse = np.unique(key, return_inverse=True)
    amount: Floats = np.round(np.bincount(inverse, net), 2)
    firm = keys // 1000
    hour = np.clip(rng.normal(6, 1.5, len(keys)), 0.2, 23) / 24
    t = np.floor(phase[firm] + (keys % 1000) * rhythm[firm]) + 1 + hour
    account = np.where(t < firms.moved[firm], firms.account[firm], firms.later[firm])
    made = np.flatnonzero((amount >= 1) & (t < days) & (t > firms.opened[firm]))
    made = made[np.lexsort((firm[made], t[made]))]
    return Moves(t[made], firm[made], np.full(len(made), -1), account[made], amount[made])


def move_money(rng: np.random.Generator, world: World, payouts: Moves) -> Moves:
    """What accounts send on after payouts, and what they send each other regularly."""
    parts = [*_sweeps(rng, world, payouts), _standing(rng, world, payouts)]
    t, firm, source, target, amount = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("t", "firm", "source", "target", "amount")
    )
    amount = np.round(amount, 2)
    tidy = rng.random(len(t)) < 0.15
    amount = np.where(tidy & (amount > 20), np.round(amount, -1), amount)
    good = np.flatnonzero((t >= 0) & (t < world.climate.days) & (amount >= 1) & (source != target))
    good = good[np.lexsort((target[good], source[good], t[good]))]
    return Moves(t[good], firm[good], source[good], target[good], amount[good])


def _sweeps(rng: np.random.Generator, world: World, payouts: Moves) -> list[Moves]:
    ties = sorted(world.ties.sweeps, key=lambda one: one[0])
    firm = np.array([one[0] for one in ties])
    paths = np.array([[*one[1], -1, -1, -1, -1][:4] for one in ties])
    share, chance, lag, begin, end = (np.array([float(one[i]) for one in ties]) for i in range(2, 7))  # type: ignore[arg-type]
    total = np.bincount(firm, share, len(world.firms.town))
    share = share / np.maximum(1.0, total[firm] / 0.97)
    first = np.searchsorted(firm, payouts.firm)
    count = np.searchsorted(firm, payouts.firm, side="right") - first
    event = np.repeat(np.arange(len(payouts.t)), count)
    tie = np.repeat(first, count) + np.arange(len(event)) - np.repeat(np.cumsum(count) - count, count)
    does = (
        (payouts.t[event] >= begin[tie])
        & (payouts.t[event] < end[tie])
        & (rng.random(len(tie)) < chance[tie])
    )
    event, tie = event[does], tie[does]
    t, source, amount = payouts.t[event], payouts.target[event], payouts.amount[event] * share[tie]
    amount = amount * rng.uniform(0.85, 1.0, len(tie))
    result = []
    for hop in range(4):
        target = paths[tie, hop]
        goes = target >= 0
        tie, t, source, amount, target = tie[goes], t[goes], source[goes], amount[goes], target[goes]
        t = t + 0.1 + rng.exponential(1.0, len(t)) * lag[tie]
        amount = amount * rng.uniform(0.8, 1.0, len(t)) ** (hop > 0)
        result.append(Moves(t, firm[tie], source, target, amount))
        source = target
    return result


def _standing(rng: np.random.Generator, world: World, payouts: Moves) -> Moves:
    table = np.array(world.ties.standing, np.float64)
    source, target, firm = (table[:, i].astype(np.int64) for i in range(3))
    size, period, begin, end = table[:, 3], table[:, 4], np.maximum(table[:, 5], 0), table[:, 6]
    opens, shuts = _in_use(world)
    begin, end = (
        np.maximum(begin, opens[source]),
        np.minimum(end, np.minimum(shuts[source], world.climate.days)),
    )
    count = np.maximum(np.ceil((end - begin) / period), 0).astype(np.int64)
    row = np.repeat(np.arange(len(table)), count)
    number = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    t = np.floor(begin[row] + number * period[row] + rng.exponential(1.0, len(row))) + rng.uniform(
        0.2, 0.95, len(row)
    )
    months = world.climate.days // 30 + 2
    paid = np.bincount(payouts.firm * months + (payouts.t // 30).astype(np.int64), payouts.amount,
                       len(world.firms.town) * months).reshape(-1, months)  # fmt: skip
    month = np.clip((t // 30).astype(np.int64) - 1, 0, months - 1)
    takings = paid[firm[row], month] * period[row] / 30
    amount = np.where(firm[row] >= 0, size[row] * takings, size[row]) * rng.lognormal(0, 0.12, len(row))
    steady = (firm[row] < 0) & (rng.random(len(table)) < 0.6)[row]
    return Moves(t, firm[row], source[row], target[row], np.where(steady, size[row], amount))


def _in_use(world: World) -> tuple[Floats, Floats]:
    """(accounts,) the days between which the firms that an account belongs to are open."""
    firms = world.firms
    opens, shuts = np.full(world.things.accounts, NEVER), np.full(world.things.accounts, -NEVER)
    for account in (firms.account, firms.later):
        np.minimum.at(opens, account, firms.opened)
        np.maximum.at(shuts, account, firms.closed + 20)
    anybody = opens == NEVER
    return np.where(anybody, 0.0, opens), np.where(anybody, NEVER, shuts)


def sign_in(rng: np.random.Generator, world: World) -> tuple[Ints, Ints, Floats]:
    """(logins,) firm, device and day of every sign-in, by moment."""
    table = np.array(world.ties.logins, np.float64)
    firm, device = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    begin = np.maximum(np.maximum(table[:, 3], world.firms.opened[firm]), 0)
    end = np.minimum(np.minimum(table[:, 4], world.firms.closed[firm]), world.climate.days)
    count = rng.poisson(np.maximum(end - begin, 0) / 7 * table[:, 2])
    row = np.repeat(np.arange(len(table)), count)
    t = np.floor(begin[row] + rng.random(len(row)) * (end - begin)[row])
    t += np.mod(rng.normal(14, 4.2, len(row)), 24) / 24
    ok = np.flatnonzero((t >= begin[row]) & (t < end[row]))
    ok = ok[np.lexsort((device[row[ok]], firm[row[ok]], t[ok]))]
    return firm[row[ok]], device[row[ok]], t[ok]


def review(
    rng: np.random.Generator, world: World, orders: Orders, outcome: Ints, moves: Moves
) -> pd.DataFrame:
    """Verdicts (`kind`, `number`, `verdict`, `day`): few, late, mostly about those who drew complaints."""
    climate, n = world.climate, len(world.firms.town)
    bad = np.bincount(orders.firm, (outcome == 1) | (outcome == 2), n)
    all_orders = np.bincount(orders.firm, minlength=n)
    complaint = np.log1p(bad) + 6 * bad / (all_orders + 10) + rng.gumbel(0, 0.6, n)
    complaint[rng.random(n) < 0.35] -= 2  # nobody looks at all of them
    looked = np.argsort(-complaint)[: int(climate.reviewed * n)]
    chosen = np.unique(np.concatenate([looked, rng.choice(n, int(climate.reviewed * n / 3), replace=False)]))
    ring_of = {int(firm): ring for ring in world.rings for firm in ring.firms}
    rows: list[tuple[str, int, str, float]] = []
    for firm in chosen:
        ring = ring_of.get(int(firm))
        since = (
            max(world.firms.opened[firm], 0.0) if ring is None else max(ring.start, world.firms.opened[firm])
        )
        day = since + rng.uniform(0.1, 1) * (climate.days - since) + rng.exponential(climate.verdict_delay)
        guilty = rng.random() < (0.02 if ring is None else 0.85)
        if guilty or rng.random() < 0.7:
            rows.append(("partner", int(firm), "fraud" if guilty else "legit", float(day)))
    rows += _other_verdicts(rng, world, orders, outcome, moves)
    found = pd.DataFrame(rows, columns=["kind", "number", "verdict", "day"])
    return found[found.day < climate.days].sort_values(["day", "kind", "number"], ignore_index=True)


def _other_verdicts(
    rng: np.random.Generator, world: World, orders: Orders, outcome: Ints, moves: Moves
) -> list[tuple[str, int, str, float]]:
    days, delay = world.climate.days, world.climate.verdict_delay
    rows: list[tuple[str, int, str, float]] = []
    for ring in world.rings:
        seen = ring.people[rng.random(len(ring.people)) < rng.choice([0.0, 0.02, 0.1])]
        for person in seen:
            day = rng.uniform(ring.start, days) + rng.exponential(delay)
            rows.append(("consumer", int(person), "fraud", float(day)))
        for kind, things in (("device", ring.devices), ("bank_account", ring.accounts)):
            if things and rng.random() < 0.12:
                day = rng.uniform(ring.start, days) + rng.exponential(delay)
                rows.append((kind, int(rng.choice(things)), "fraud", float(day)))
    insiders = {int(one) for ring in world.rings for one in ring.people}
    for kind, able in (
        ("consumer", orders.consumer[outcome == 1]),
        ("consumer", orders.consumer[outcome == 2]),
    ):
        for person in np.unique(able[rng.random(len(able)) < 0.03]):
            if int(person) not in insiders:
                verdict = "fraud" if rng.random() < 0.2 else "legit"
                rows.append(
                    (kind, int(person), verdict, float(rng.uniform(0.1, 1) * days + rng.exponential(delay)))
                )
    for account in rng.choice(moves.target, 6):
        if all(int(account) not in ring.accounts for ring in world.rings):
            rows.append(("bank_account", int(account), "legit", float(rng.uniform(0.3, 1) * days)))
    return list({(row[0], row[1]): row for row in rows}.values())
