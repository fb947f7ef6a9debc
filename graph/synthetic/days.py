"""Plays a world day by day: orders, payouts, logins and transfers, in order of time, one at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.synthetic.firm import DAY_S, FAR_S, stream
from graph.synthetic.population import Consumers, Floats, Ints, Reach, join
from graph.synthetic.world import USUAL, World

PAID, REFUNDED, DISPUTED, DEFAULTED, OPEN = range(5)
Columns = dict[str, NDArray[np.generic]]


@dataclass
class Play:
    """Everything that playing a day reads, in arrays; `planned` is sorted by day."""

    world: World
    consumers: Consumers
    new_code: Ints  # of a consumer's code before sorting
    planned: dict[str, Floats]
    planned_from: Ints  # first planned row of each day, (days + 1,)
    honest_orders: Ints  # (days,)
    cumulative: Floats
    hours: Floats
    season: Floats  # (days, categories)
    logins: dict[str, Floats]
    transfers: dict[str, Floats]
    accrued: Floats
    balance: Floats
    reach: Reach


def prepare(world: World) -> Play:
    """The world with its consumers sorted by age and its planned orders by day."""
    firm = world.firm
    consumers = join([world.consumers, *world.parts])
    world.parts.clear()
    order = np.argsort(consumers.created_s, kind="stable")
    new_code = np.empty(len(order), dtype=np.int64)
    new_code[order] = np.arange(len(order))
    consumers = Consumers(**{name: column[order] for name, column in vars(consumers).items()})
    planned = _planned(world, new_code)
    day = ((planned["at_s"] - firm.start_s) // DAY_S).astype(np.int64)
    planned_from = np.searchsorted(day, np.arange(firm.days + 1))
    cumulative = np.r_[0.0, np.cumsum(consumers.weight, dtype=np.float64)]
    rng = stream(firm.seed, "days")
    eligible = np.searchsorted(consumers.created_s, firm.start_s + np.arange(firm.days) * DAY_S)
    season = _season(world, rng)
    weekly = 1 + rng.uniform(-0.12, 0.12, 7)
    pace = cumulative[eligible] * weekly[np.arange(firm.days) % 7] * (0.7 + 0.3 * season.mean(axis=1))
    honest = max(0, firm.orders - len(day))
    return Play(
        world=world,
        consumers=consumers,
        new_code=new_code,
        planned=planned,
        planned_from=planned_from,
        honest_orders=rng.multinomial(honest, pace / pace.sum()),
        cumulative=cumulative,
        hours=_hours(world, rng),
        season=season,
        logins=world.logins.columns(),
        transfers=world.transfers.columns(),
        accrued=np.zeros(firm.partners),
        balance=np.zeros(world.accounts.size),
        reach=world.reach,
    )


def _planned(world: World, new_code: Ints) -> dict[str, Floats]:
    """Planned orders that can happen: the shop open, the consumer there, inside the window."""
    firm, columns = world.firm, world.planned.columns()
    at, shop = columns["at_s"], columns["partner"].astype(np.int64)
    shops = world.partners
    open_day = (shops.onboard_s[shop] // DAY_S + 1) * DAY_S
    fine = (at >= firm.start_s) & (at < firm.end_s) & (at >= open_day) & (at < shops.close_s[shop] - DAY_S)
    columns = {name: column[fine] for name, column in columns.items()}
    columns["consumer"] = new_code[columns["consumer"].astype(np.int64)].astype(np.float64)
    order = np.argsort(columns["at_s"] // DAY_S, kind="stable")[: firm.orders]
    return {name: column[order] for name, column in columns.items()}


def _season(world: World, rng: np.random.Generator) -> Floats:
    firm = world.firm
    first = (firm.start_s // DAY_S) % 365
    day = np.arange(firm.days)
    weekday = (firm.start_s // DAY_S + day + 3) % 7
    columns = []
    for trade in firm.categories:
        wave = 1 + trade.season * np.sin(2 * np.pi * ((day + first) / 365 + rng.uniform(0, 1)))
        columns.append(wave * np.where(weekday >= 5, trade.weekend, 1.0))
    return np.stack(columns, axis=1)


def _hours(world: World, rng: np.random.Generator) -> Floats:
    """Cumulative shares of the 24 local hours, one trade after the other, each ending at its number + 1."""
    rows = []
    hour = np.arange(24) + 0.5
    for number, trade in enumerate(world.firm.categories):
        distance = np.abs((hour - trade.peak_hour - rng.uniform(-1.5, 1.5) + 12) % 24 - 12)
        share = np.exp(-0.5 * (distance / trade.peak_width) ** 2) + rng.uniform(0.02, 0.12)
        rows.append(number + np.cumsum(share) / share.sum())
    return np.concatenate(rows)


def play(ready: Play) -> Iterator[dict[str, Columns]]:
    """The rows of every event table, day by day."""
    for day in range(ready.world.firm.days):
        rng = stream(ready.world.firm.seed, "day", day)
        orders = _orders(ready, day, rng)
        payouts = _payouts(ready, day, orders, rng)
        yield {
            "orders": orders,
            "payouts": payouts,
            "partner_logins": _logins(ready, day, rng),
            "transfers": _transfers(ready, day, rng),
        }


def _orders(ready: Play, day: int, rng: np.random.Generator) -> Columns:
    rows = slice(int(ready.planned_from[day]), int(ready.planned_from[day + 1]))
    planned = {name: column[rows] for name, column in ready.planned.items()}
    consumer, partner = _honest(ready, day, int(ready.honest_orders[day]), rng)
    few = len(planned["partner"])
    consumer = np.r_[consumer, planned["consumer"].astype(np.int64)]
    partner = np.r_[partner, planned["partner"].astype(np.int64)]
    at = _moments(ready, day, consumer, partner, rng)
    device, account = _means(ready, consumer, partner, at, rng)
    if few:
        given = slice(len(partner) - few, None)
        for column, name in ((device, "device"), (account, "account")):
            wanted = planned[name].astype(np.int64)
            column[given] = np.where((wanted >= 0) & (column[given] >= 0), wanted, column[given])
    factor = np.r_[np.ones(len(partner) - few), planned["factor"]]
    usual = np.full(len(partner) - few, USUAL)
    ends = [np.r_[usual, planned[name]] for name in ("refunded", "disputed", "defaulted")]
    outcome, outcome_at = _outcomes(ready, consumer, partner, at, ends, rng)
    order = np.argsort(at, kind="stable")
    columns = {
        "placed_at": at,
        "consumer_id": consumer,
        "partner_id": partner,
        "device_id": device,
        "account_id": account,
        "amount": _amounts(ready, partner, factor, rng),
        "outcome": outcome,
        "outcome_at": outcome_at,
    }
    return {name: column[order] for name, column in columns.items()}


def _open(ready: Play, day: int) -> Floats:
    """Today's pull of each partner, zero where it is closed."""
    shops, firm = ready.world.partners, ready.world.firm
    begin = firm.start_s + day * DAY_S
    age = (begin - shops.onboard_s) / DAY_S
    # a first order on the day after onboarding at the soonest, a last one on the day before closing
    is_open = (age > 0) & (shops.close_s > begin + DAY_S)
    sale = np.where((shops.sale_from <= day) & (day < shops.sale_to), shops.sale_factor, 1.0)
    ramp = np.clip((age + 4) / 20, 0.0, 1.0)
    week = stream(firm.seed, "mood", day // 4).normal(0, 1, len(shops))
    mood = np.exp(
        shops.noise * (0.8 * week + 0.6 * stream(firm.seed, "mood of a day", day).normal(0, 1, len(shops)))
    )
    mood /= np.exp(shops.noise**2 / 2)
    pull: Floats = shops.weight * is_open * sale * ramp * mood * ready.season[day, shops.category]
    return pull


def _honest(ready: Play, day: int, n: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    consumers, firm = ready.consumers, ready.world.firm
    known = int(np.searchsorted(consumers.created_s, firm.start_s + day * DAY_S))
    total = ready.cumulative[known]
    consumer = np.searchsorted(ready.cumulative[: known + 1], rng.random(n) * total, "right") - 1
    consumer = np.clip(consumer, 0, known - 1)
    pull = _open(ready, day)
    cumulative = np.r_[0.0, np.cumsum(pull)]
    partner = ready.reach.draw(cumulative, consumers.area[consumer], consumers.country[consumer], rng)
    liked = consumers.favourite[consumer, np.minimum(2, rng.geometric(0.55, n) - 1)]
    loyal = (rng.random(n) < consumers.loyal[consumer]) & (pull[liked] > 0)
    return consumer, np.where(loyal, liked, partner).astype(np.int64)


def _moments(ready: Play, day: int, consumer: Ints, partner: Ints, rng: np.random.Generator) -> Ints:
    firm = ready.world.firm
    category = ready.world.partners.category[partner]
    hour = np.searchsorted(ready.hours, category + rng.random(len(partner))) - category * 24
    hour = hour - firm.utc_offset_h[ready.consumers.country[consumer]]
    second = (np.clip(hour, -24, 47) * 3600 + rng.integers(0, 3600, len(partner))) % DAY_S
    # who signs up and orders on the same day signs up first
    begin = firm.start_s + day * DAY_S
    known = ready.consumers.created_s[consumer] + rng.integers(30, 3600, len(partner))
    result: Ints = np.minimum(np.maximum(begin + second, known), begin + DAY_S - 1)
    return result


def _means(
    ready: Play, consumer: Ints, partner: Ints, at: Ints, rng: np.random.Generator
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The device and account of each order, -1 where nobody wrote it down."""
    people, firm, n = ready.consumers, ready.world.firm, len(consumer)
    main = np.where(
        (at >= people.switch_s[consumer]) & (people.d2[consumer] >= 0),
        people.d2[consumer],
        people.d0[consumer],
    )
    second = people.d1[consumer]
    device = np.where((second >= 0) & (rng.random(n) < people.p1[consumer]), second, main)
    other = people.a1[consumer]
    account = np.where((other >= 0) & (rng.random(n) < 0.3), other, people.a0[consumer])
    shops = ready.world.partners
    device = np.where(rng.random(n) < shops.till_share[partner], shops.till[partner], device)
    account = np.where(rng.random(n) < shops.purse_share[partner], shops.purse[partner], account)
    device[rng.random(n) < firm.no_device] = -1
    account[rng.random(n) < firm.no_account] = -1
    return device, account


def _amounts(ready: Play, partner: Ints, factor: Floats, rng: np.random.Generator) -> Floats:
    shops = ready.world.partners
    # a negative factor asks for the same price every time
    spread = np.where(factor < 0, 0.0, shops.sigma[partner])
    raw = np.exp(shops.mu[partner] + spread * rng.normal(0, 1, len(partner))) * np.abs(factor)
    how = shops.rounding[partner]
    whole = np.maximum(1, np.round(raw))
    return np.select(
        [how == 1, how == 2, how == 3],
        [whole - 0.01, whole, np.maximum(5, np.round(raw / 5) * 5)],
        np.maximum(0.5, np.round(raw, 2)),
    )


def _outcomes(
    ready: Play, consumer: Ints, partner: Ints, at: Ints, ends: list[Floats], rng: np.random.Generator
) -> tuple[NDArray[np.int8], Ints]:
    """How each order ends and when that becomes known (-1: nobody wrote down when)."""
    shops, firm, n = ready.world.partners, ready.world.firm, len(partner)
    risk = ready.consumers.risk[consumer]
    trouble = (at >= shops.trouble_from_s[partner]) & (at < shops.trouble_to_s[partner])
    refund = np.where(ends[0] < 0, shops.refund[partner], ends[0])
    spell, unpaid = shops.trouble_bad[partner] * trouble, shops.trouble_unpaid[partner]
    dispute = np.maximum(spell * (1 - unpaid), shops.dispute[partner] * (0.5 + 0.5 * risk))
    dispute = np.where(ends[1] < 0, dispute, ends[1])
    default = np.where(ends[2] < 0, np.maximum(spell * unpaid, shops.default[partner] * risk), ends[2])
    draw = rng.random(n)
    edge = np.cumsum(np.stack([dispute, default, refund]), axis=0)
    outcome = np.select(
        [draw < edge[0], draw < edge[1], draw < edge[2]], [DISPUTED, DEFAULTED, REFUNDED], PAID
    )
    median = np.array([firm.paid_after_days, 9.0, 24.0, 40.0])[outcome]
    after = median * np.exp(rng.normal(0, 0.5, n))
    outcome_at = at + (after * DAY_S).astype(np.int64)
    undated = rng.random(n) < firm.no_outcome_date
    never = rng.random(n) < 0.015
    outcome[never] = OPEN
    outcome_at[undated | never] = -1
    return outcome.astype(np.int8), outcome_at


def _payouts(ready: Play, day: int, orders: Columns, rng: np.random.Generator) -> Columns:
    """What is paid out today: all that has come in since the last time, less the fee."""
    shops, firm = ready.world.partners, ready.world.firm
    due = np.flatnonzero(
        ((day + shops.phase) % shops.period == 0) & (ready.accrued > 20 * firm.currency_rate)
    )
    weight = shops.account_weight[due] * (
        (shops.account[due] >= 0) & (shops.account_from[due] <= day) & (day < shops.account_to[due])
    )
    weight[:, 0] += 1e-9
    edge = np.cumsum(weight, axis=1)
    slot = (edge < (rng.random(len(due)) * edge[:, -1])[:, None]).sum(axis=1)
    account = shops.account[due, np.minimum(slot, weight.shape[1] - 1)]
    account = np.where(account < 0, shops.account[due, 0], account)
    amount = np.round(ready.accrued[due] * (1 - firm.fee), 2)
    ready.accrued[due] = 0
    np.add.at(ready.balance, account, amount)
    ready.accrued += np.bincount(
        orders["partner_id"].astype(np.int64),
        weights=orders["amount"].astype(np.float64),
        minlength=len(shops),
    )
    at = firm.start_s + day * DAY_S + 3 * 3600 + rng.integers(0, 6 * 3600, len(due))
    order = np.argsort(at, kind="stable")
    columns = {"paid_at": at, "partner_id": due, "account_id": account, "amount": amount}
    return {name: column[order] for name, column in columns.items()}


def _logins(ready: Play, day: int, rng: np.random.Generator) -> Columns:
    shops, firm, rules = ready.world.partners, ready.world.firm, ready.logins
    begin = firm.start_s + day * DAY_S
    who = rules["partner"].astype(np.int64)
    now = (rules["from_s"] <= begin) & (begin < rules["to_s"])
    now &= (shops.onboard_s[who] <= begin) & (begin < np.minimum(shops.close_s[who] + 20 * DAY_S, FAR_S))
    rate = np.where(now, np.minimum(rules["rate"], 3.0), 0.0)
    row = np.repeat(np.arange(len(rate)), rng.poisson(rate))
    hour = np.clip(rng.normal(13, 4, len(row)), 0, 23.9) - firm.utc_offset_h[shops.country[who[row]]]
    at = begin + (hour * 3600).astype(np.int64) % DAY_S
    order = np.argsort(at, kind="stable")
    return {
        "partner_id": who[row][order],
        "device_id": rules["device"].astype(np.int64)[row][order],
        "at": at[order],
    }


def _transfers(ready: Play, day: int, rng: np.random.Generator) -> Columns:
    """Rules that are due move a share of what an account holds; people pay each other a little."""
    firm, rules = ready.world.firm, ready.transfers
    source = rules["source"].astype(np.int64)
    due = ((day + rules["phase"]) % np.maximum(1, rules["period"]) == 0) & (rules["from_day"] <= day)
    due &= (
        (day < rules["to_day"])
        & (ready.balance[source] > 30 * firm.currency_rate)
        & (rng.random(len(source)) < 0.85)
    )
    rows = np.flatnonzero(due)
    asked = np.bincount(source[rows], weights=rules["share"][rows], minlength=len(ready.balance))[
        source[rows]
    ]
    amount = np.round(ready.balance[source[rows]] * rules["share"][rows] / np.maximum(1, asked), 2)
    target = rules["target"].astype(np.int64)[rows]
    np.subtract.at(ready.balance, source[rows], amount)
    np.add.at(ready.balance, target, amount)
    friends = rng.poisson(firm.orders / firm.days * 0.01)
    known = int(np.searchsorted(ready.consumers.created_s, firm.start_s + day * DAY_S))
    a, b = ready.consumers.a0[rng.integers(0, known, (2, friends))]
    gift = np.round(np.exp(rng.normal(3.4, 0.9, friends)) * firm.currency_rate, 2)
    differ = a != b
    at = firm.start_s + day * DAY_S + rng.integers(6 * 3600, 22 * 3600, len(rows) + int(differ.sum()))
    order = np.argsort(at, kind="stable")
    columns: Columns = {
        "at": at,
        "from_account_id": np.r_[source[rows], a[differ]],
        "to_account_id": np.r_[target, b[differ]],
        "amount": np.r_[amount, gift[differ]],
    }
    return {name: column[order] for name, column in columns.items()}
