"""Operators of rings: whom they take on, how they move their money, and how they act week by week.

An operator runs ordinary firms that keep their own custom. The careful one invents few persons and recruits
many, lets them use devices of their own, visits few of its firms a week, stops when complaints about its
firms mount up, and sends money by way of consumers' accounts to several collectors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.fifth_worlds.commons import DEFAULTED, DISPUTED, REFUNDED, circle_of, fail, succeed
from benchmarks.fifth_worlds.society import NEVER, Errand, Ring, World
from benchmarks.writing.units import Floats, Ints

PAID = 4


@dataclass(frozen=True)
class Scheme:
    """What a typology is after; ranges are drawn once a ring.

    `bad` is the share of its orders that end in `fate`, `late` whether only in the last part of its life,
    `each` the shoppers a firm, `recruits` the share of them that live lives of their own, `routed` the chance
    that a firm's payouts go on to a collector, `hops` the accounts on the way beyond what care adds.
    """

    fate: int
    bad: tuple[float, float]
    late: bool
    each: tuple[float, float]
    recruits: tuple[float, float]
    routed: float
    hops: int


SCHEMES = {
    "shell_network": Scheme(DISPUTED, (0.06, 0.25), False, (3, 9), (0.8, 1.0), 0.7, 0),
    "collusive_circle": Scheme(DEFAULTED, (0.3, 0.75), True, (2.5, 6), (0.7, 1.0), 0.4, 0),
    "device_farm": Scheme(DISPUTED, (0.35, 0.7), False, (3, 9), (0.0, 0.3), 0.4, 0),
    "mule_chain": Scheme(DISPUTED, (0.2, 0.5), False, (1.5, 4), (0.2, 0.7), 1.0, 1),
    "bust_out": Scheme(DEFAULTED, (0.5, 0.85), True, (2.5, 6), (0.3, 0.8), 0.6, 0),
    "phoenix": Scheme(DISPUTED, (0.05, 0.3), True, (1.5, 4), (0.6, 1.0), 0.5, 0),
    "refund_abuse": Scheme(REFUNDED, (0.45, 0.8), False, (6, 30), (0.2, 0.8), 0.0, 0),
}
TYPOLOGIES = tuple(SCHEMES)


def plan_rings(rng: np.random.Generator, world: World) -> None:
    """Rings of all typologies in turn until they hold the climate's share of the partners; three at least."""
    target = world.climate.ring_share * world.climate.partners
    held, order = 0, rng.permutation(len(TYPOLOGIES))
    hired: set[int] = set()
    while held < target or len(world.rings) < 3:
        typology = TYPOLOGIES[order[len(world.rings) % len(order)]]
        ring = _plan(rng, world, typology, hired)
        held += len(ring.firms)
        world.rings.append(ring)


def _plan(rng: np.random.Generator, world: World, typology: str, hired: set[int]) -> Ring:
    scheme, days, care = SCHEMES[typology], world.climate.days, float(rng.beta(1.1, 1.0))
    span = days * float(rng.uniform(0.15, 0.35) + care * rng.uniform(0.1, 0.5))
    start = float(rng.uniform(0.02, 1) * (days - span))
    size = int(min(2 + rng.geometric(0.24), 15))
    if typology == "phoenix":
        size, start, span = int(rng.integers(2, 5)), 0.0, days
    firms = (
        np.zeros(0, np.int64) if typology == "refund_abuse" else _take_firms(rng, world, size, start, span)
    )
    ring = Ring(typology, care, firms, firms, [], [], start, start + span, firms)
    if typology == "refund_abuse":
        ring.victims = _victims(rng, world)
    wanted = max(4, int(max(1, len(firms)) * rng.uniform(*scheme.each)))
    ring.people = _take_people(rng, world, ring, wanted, float(rng.uniform(*scheme.recruits)), hired)
    if typology == "phoenix":
        _line_up(rng, world, ring)
    elif typology == "bust_out":
        _prepare_exit(rng, world, ring)
    _run_firms(rng, world, ring)
    _route_money(rng, world, ring, scheme)
    return ring


def _victims(rng: np.random.Generator, world: World) -> Ints:
    """Shops with easy refunds; sellers of the dearest and the cheapest goods draw gangs less."""
    firms = world.firms
    able = (firms.opened < 0.3 * world.climate.days) & (firms.closed == NEVER) & (firms.price > 3)
    n = int(min(rng.integers(3, 14), able.sum()))
    return rng.choice(np.flatnonzero(able), n, replace=False)


def _take_firms(rng: np.random.Generator, world: World, n: int, start: float, span: float) -> Ints:
    """Ordinary firms, mostly of one country, that are there for most of the time and not too big."""
    firms = world.firms
    able = (firms.opened < start + 0.3 * span) & (firms.closed > start + span)
    able &= (firms.pull > np.quantile(firms.pull, 0.15)) & (firms.pull < np.quantile(firms.pull, 0.95))
    able[list(world.used)] = False
    home = firms.country == firms.country[rng.choice(np.flatnonzero(able))]
    weight = np.where(home, 1.0, rng.uniform(0.02, 0.5)) * able
    if rng.random() < 0.5:  # some operators stay in trades they know
        known = rng.choice(firms.trade, 3)
        weight = weight * np.where(np.isin(firms.trade, known), 3.0, 1.0)
    chosen = rng.choice(len(weight), min(n, int(able.sum())), replace=False, p=weight / weight.sum())
    world.used.update(int(one) for one in chosen)
    return chosen


def _take_people(
    rng: np.random.Generator, world: World, ring: Ring, n: int, recruits: float, hired: set[int]
) -> Ints:
    """Recruited neighbours and acquaintances of the firms' keepers, and invented persons."""
    people = world.people
    town = int(world.firms.town[ring.firms[0]]) if len(ring.firms) else int(rng.choice(people.town))
    lured = circle_of(rng, world, max(2, int(n * recruits)), town=town)
    lured = lured[people.joined[lured] < ring.start + 5]
    if ring.typology == "collusive_circle" and rng.random() < 0.8:
        lured = np.unique(np.concatenate([world.firms.keeper[ring.firms], lured]))
    n_made = min(max(0, n - len(lured)), len(people.pool))
    made = np.array([people.pool.pop() for _ in range(n_made)], dtype=np.int64)
    if n_made:
        _equip(rng, world, ring, made, town)
    everybody = np.unique(np.concatenate([lured, made]))
    everybody = np.array([one for one in everybody if int(one) not in hired], dtype=np.int64)
    hired.update(int(one) for one in everybody)
    return everybody


def _equip(rng: np.random.Generator, world: World, ring: Ring, made: Ints, town: int) -> None:
    """Give invented persons an age, a home, and devices and accounts, shared where care is little."""
    people, care, n = world.people, ring.care, len(made)
    fresh = ring.start + rng.uniform(-15, 40, n) * (0.3 + care)
    aged = ring.start - rng.exponential(200, n)
    people.joined[made] = np.where(rng.random(n) < 0.2 + 0.6 * care, aged, fresh)
    home = rng.random(n) < 0.5
    people.town[made] = np.where(home, town, people.town[made])
    people.activity[made] *= 0.15 + 0.8 * care
    per_device = 1 + (1 - care) * rng.uniform(0.3, 2.5)
    farm = world.things.new_devices(rng, max(1, round(n / per_device)))
    shared = rng.random(n) < (0.9 if ring.typology == "device_farm" else 0.6) * (1.1 - care)
    shared |= rng.random(n) < 0.12
    # a farm wipes its phones now and then: the same person turns up on another one
    people.phone[made] = np.where(shared, rng.choice(farm, n), people.phone[made])
    people.next_phone[made] = np.where(shared, rng.choice(farm, n), people.next_phone[made])
    people.replaced[made] = rng.uniform(ring.start, ring.end + 60, n)
    people.second_use[made] *= rng.random(n) < 0.5
    pots = rng.choice(people.account[made], max(1, int(n / (1 + 2 * (1 - care)))))
    pooled = rng.random(n) < 0.5 * (1.1 - care)
    people.account[made] = np.where(pooled, rng.choice(pots, n), people.account[made])
    ring.devices.extend(int(one) for one in farm)


def _line_up(rng: np.random.Generator, world: World, ring: Ring) -> None:
    """Each firm fails with its customers' money, and the next one takes its place."""
    firms, days = world.firms, world.climate.days
    life = days / (len(ring.firms) + rng.uniform(0.2, 1))
    ring.firms = ring.firms[np.argsort(firms.opened[ring.firms])]
    day = 0.0
    firms.opened[ring.firms[0]] = min(firms.opened[ring.firms[0]], -float(rng.exponential(100)))
    for before, after in zip(ring.firms[:-1], ring.firms[1:], strict=True):
        day = min(day + life * float(rng.uniform(0.75, 1.15)), days - 12)
        fail(rng, world, int(before), day, harm=float(rng.uniform(8, 60)))
        gap = float(rng.exponential(6 + 40 * ring.care))
        traces = float(rng.uniform(0.3, 0.9)) * (1.1 - ring.care)
        firms.closed[before] = min(firms.closed[before], days - 10)
        succeed(rng, world, int(before), int(after), min(gap, days - 4 - firms.closed[before]), traces)
        day += gap


def _prepare_exit(rng: np.random.Generator, world: World, ring: Ring) -> None:
    """Each firm gets a last day, staggered by care, and often another account shortly before."""
    firms, days = world.firms, world.climate.days
    last = ring.end - rng.uniform(0, 5 + 70 * ring.care, len(ring.firms))
    last = np.maximum(last, ring.start + 0.5 * (ring.end - ring.start))
    for firm, day in zip(ring.firms, last, strict=True):
        shuts = float(day + rng.exponential(20))
        if rng.random() < 0.5 and shuts < days:
            firms.closed[firm] = np.floor(shuts) + np.clip(rng.normal(13, 2.6), 1, 23) / 24
        elif rng.random() < 0.5:
            world.buzz[firm, int(shuts // 7) :] *= 0.1
        if rng.random() < 0.6:
            firms.moved[firm] = day - rng.uniform(10, 45)
            firms.later[firm] = world.things.new_accounts(firms.country[[firm]])[0]


def _run_firms(rng: np.random.Generator, world: World, ring: Ring) -> None:
    """The operator's hand on its firms: sign-ins, an account in common, a relative's name on the papers."""
    firms, care = world.firms, ring.care
    if not len(ring.firms):
        return
    device = int(world.things.new_devices(rng, 1)[0])
    if len(ring.people) and rng.random() < 0.4:  # the phone that the operator also shops with
        device = int(world.people.phone[rng.choice(ring.people)])
    signs = rng.random(len(ring.firms)) < 0.7 * (1 - care) + 0.08
    for firm in ring.firms[signs]:
        begin = max(ring.start - float(rng.exponential(20)), firms.opened[firm])
        world.ties.logins.append((int(firm), device, float(rng.uniform(0.15, 0.8)), begin, NEVER))
    if signs.sum() > 1:
        ring.devices.append(device)
    pays = ring.firms[rng.random(len(ring.firms)) < 0.45 * (1 - care) ** 1.3]
    if len(pays) > 1:
        firms.later[pays] = firms.account[pays[0]]
        firms.moved[pays] = ring.start + rng.uniform(-30, 40, len(pays))
    if rng.random() < 0.3 * (1 - care):
        for firm in ring.firms:
            firms.legal[firm] = firms.legal[ring.firms[0]]


def _route_money(rng: np.random.Generator, world: World, ring: Ring, scheme: Scheme) -> None:
    """Payouts go on by way of mules, people with accounts of their own, to one to three collectors."""
    people, care = world.people, ring.care
    if not len(ring.firms):
        return
    home = world.firms.country[ring.firms]
    collectors = world.things.new_accounts(rng.choice(home, 1 + int(rng.binomial(2, care))))
    boss = int(people.account[rng.integers(len(people.town))])
    near = circle_of(rng, world, max(3, len(ring.firms)), town=int(world.firms.town[ring.firms[0]]))
    mules = people.account[near]
    routed = ring.firms[rng.random(len(ring.firms)) < scheme.routed]
    for firm in routed:
        for _ in range(1 + int(rng.binomial(2, 0.6 * care))):
            hops = min(3, scheme.hops + int(rng.random() < 0.3 + 0.5 * care) + int(rng.random() < 0.4 * care))
            path = [int(one) for one in rng.choice(mules, min(hops, len(mules)), replace=False)]
            path.append(int(rng.choice(collectors)))
            if rng.random() < 0.4 and len(path) < 4:
                path.append(boss)
            share, chance = float(rng.uniform(0.15, 0.75)), float(1 - 0.6 * care * rng.random())
            lag = float(rng.exponential(0.5 + 4 * care)) + 0.2
            world.ties.sweeps.append((int(firm), tuple(path), share, chance, lag, ring.start, ring.end + 60))
            if len(routed) > 1:
                ring.accounts.extend(path[: -1 if path[-1] == boss else None])
    if ring.typology == "collusive_circle" and rng.random() < 0.8 - 0.4 * care:
        _give_back(rng, world, ring)


def _give_back(rng: np.random.Generator, world: World, ring: Ring) -> None:
    """Shops hand shoppers the price of what they bought, so that the turnover costs them nothing."""
    for person in ring.people:
        firm = int(rng.choice(ring.firms))
        source, to = int(world.firms.account[firm]), int(world.people.account[person])
        amount = float(np.exp(world.firms.price[firm]) * rng.uniform(1, 4))
        row = (source, to, -1, amount, float(rng.uniform(10, 60)), ring.start + rng.uniform(0, 30), ring.end)
        world.ties.standing.append(row)


def act(rng: np.random.Generator, world: World, ring: Ring, custom: Floats) -> Errand:
    """All purchases of a ring's shoppers; `custom` (firms, weeks) is the honest custom they hide in."""
    scheme, care, firms = SCHEMES[ring.typology], ring.care, ring.victims
    if len(ring.firms):
        firms = ring.firms
    bad = float(rng.uniform(*scheme.bad)) * (0.85 - 0.2 * care)
    weekly = _pace(rng, ring, custom[firms].sum(0), len(firms), 0.3 if scheme.late else bad)
    week = np.repeat(np.arange(len(weekly)), weekly)
    visited = _rounds(rng, ring, custom[firms], week)
    week, visited = _call_on_all(rng, ring, custom[firms], week, visited)
    t = 7 * (week + rng.random(len(week)))
    consumer = _send(rng, ring, visited)
    fate = np.where(rng.random(len(t)) < bad, scheme.fate, 0)
    if scheme.late:
        ends = np.minimum(world.firms.closed[firms], ring.end)[visited]
        begin = ring.start if ring.typology != "phoenix" else world.firms.opened[firms][visited]
        through = (t - begin) / np.maximum(ends - begin, 1)
        turn = float(rng.uniform(0.35, 0.75))
        fate = np.where(through > turn, fate, np.where(rng.random(len(t)) < 0.5 * (1 - care), PAID, 0))
    lift = np.exp(rng.normal(0.35 * (1 - care), 0.15, len(t)))
    if ring.typology == "shell_network":  # the hidden goods have a price list of their own
        goods = rng.normal(rng.uniform(3.2, 4.8), 0.5, int(rng.integers(3, 9)))
        wanted = rng.choice(goods, len(t)) + rng.normal(0, 0.02 + 0.2 * care, len(t))
        hidden = rng.random(len(t)) < 1 - 0.5 * care
        lift = np.where(hidden, -np.exp(wanted), lift)
    device = np.full(len(t), -2)
    if len(ring.firms) and ring.typology in ("collusive_circle", "bust_out", "device_farm"):
        lent = rng.random(len(t)) < 0.15 * (1 - care) ** 2  # placed at the shop's own desk
        device = np.where(lent, world.firms.desk[firms[visited]], device)
    there = world.people.joined[consumer] < t
    return Errand(consumer[there], firms[visited[there]], t[there], lift[there], device[there], fate[there])


def _pace(rng: np.random.Generator, ring: Ring, custom: Floats, firms: int, bad: float) -> Ints:
    """(weeks,) purchases a week: the operator wants more each week until complaints frighten it."""
    first, last = int(ring.start // 7), max(int(ring.start // 7) + 1, int(ring.end // 7))
    weeks = np.arange(len(custom))
    alive = (weeks >= first) & (weeks < last)
    worth_it = max(float(rng.uniform(6, 16)) * firms, float(rng.uniform(2.5, 5)) * len(ring.people))
    enough = worth_it / max(1.0, float(custom[alive].sum()))
    appetite = min(1.3, max(float(rng.uniform(0.15, 0.65)) * (1 - 0.4 * ring.care), enough))
    if not len(ring.firms):
        appetite = min(1.3, max(4 * len(ring.people) / max(1.0, float(custom[alive].sum())), 0.02))
    heat, tolerance = 0.0, 0.3 - 0.2 * ring.care * float(rng.random())
    result = np.zeros(len(custom), np.int64)
    for week in np.flatnonzero(alive):
        ramp = min(1.0, 0.35 + (week - first) / max(2, 0.3 * (last - first)))
        want = appetite * (0.5 * custom[week] + 0.5 * custom[alive].mean()) * ramp
        want *= float(rng.gamma(0.8 + ring.care, 1 / (0.8 + ring.care)))
        result[week] = rng.poisson(want * (0.15 if heat > tolerance else 1.0))
        heat = 0.75 * heat + 0.25 * bad * result[week] / max(1.0, result[week] + custom[week])
    return result


def _rounds(rng: np.random.Generator, ring: Ring, custom: Floats, week: Ints) -> Ints:
    """(orders,) which of the ring's firms each purchase is at: where there is room, with care few a week."""
    room = np.sqrt(custom + 0.3) * (custom > 0)
    room += 1e-6
    rested = rng.random(room.shape) < 0.6 * ring.care
    load = np.where(rested, 0.02, 1.0) * room
    cumulated = np.cumsum(load / load.sum(0), axis=0)
    visited = (rng.random(len(week)) > cumulated[:, week]).sum(0)
    return np.asarray(np.minimum(visited, len(custom) - 1), np.int64)


def _call_on_all(
    rng: np.random.Generator, ring: Ring, custom: Floats, week: Ints, visited: Ints
) -> tuple[Ints, Ints]:
    """Weeks and firms of the purchases, with some more where an operator would find a firm left out."""
    inside = (np.arange(custom.shape[1]) >= ring.start // 7) & (np.arange(custom.shape[1]) <= ring.end // 7)
    more_weeks, more_firms = [week], [visited]
    for firm in np.flatnonzero(np.bincount(visited, minlength=len(custom)) < 4):
        busy = np.flatnonzero(inside & (custom[firm] > 0))
        if len(busy):
            n = int(rng.integers(3, 7))
            more_weeks.append(rng.choice(busy, n))
            more_firms.append(np.full(n, firm))
    return np.concatenate(more_weeks), np.concatenate(more_firms)


def _send(rng: np.random.Generator, ring: Ring, visited: Ints) -> Ints:
    """(orders,) who goes: each shopper knows all firms of a careless ring, few of a careful one's."""
    n, people = int(visited.max(initial=0)) + 1, ring.people
    known = rng.random((len(people), n)) < 1 - 0.75 * ring.care * (n > 3)
    for one in range(len(people)):
        known[one, rng.choice(n, min(2, n), replace=False)] = True
    often = rng.gamma(0.7 + 2 * ring.care, 1.0, len(people)) + 0.05
    result = np.zeros(len(visited), np.int64)
    for firm in range(n):
        here = np.flatnonzero(visited == firm)
        weight = known[:, firm] * often + 1e-9
        result[here] = people[rng.choice(len(people), len(here), p=weight / weight.sum())]
    return result
