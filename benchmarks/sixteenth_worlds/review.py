"""What a risk team has found out by the end: late, of few, and now and then wrong."""

from __future__ import annotations

import numpy as np

from benchmarks.sixteenth_worlds.money import Table
from benchmarks.sixteenth_worlds.town import Bools, Floats, Ints, Rows
from benchmarks.sixteenth_worlds.trade import Orders, is_bad
from benchmarks.sixteenth_worlds.world import REFUNDED, World

KINDS = ("partner", "consumer", "device", "bank_account")
FRAUD, LEGIT = 1, 0


def label(world: World, orders: Orders, paid_out: Table) -> dict[str, np.ndarray]:
    """Verdicts that were known before the last day."""
    rng, climate, town = world.rng, world.climate, world.town
    n, m = climate.partners, len(town.consumers)
    crooked = {
        kind: np.zeros(size, bool)
        for kind, size in zip(KINDS, (n, m, town.devices, town.accounts), strict=True)
    }
    for party in world.parties:
        if party.crooked:
            for kind, one, _ in party.members:
                crooked[kind][one] = True
    found = Rows(kind="i8", id="i8", verdict="i8", day="f8")
    shops, when = _alarms(world, orders.partner, orders, n, float(rng.integers(2, 7)))
    guilty, day = _judge(world, found, 0, shops, when, crooked["partner"])
    people, seen = _alarms(world, orders.consumer, orders, m, float(rng.integers(2, 4)))
    _judge(world, found, 1, people, seen, crooked["consumer"], 0.5)
    audited = rng.permutation(n)[: int(climate.audits * n)]
    _judge(world, found, 0, audited, rng.uniform(0, climate.days, audited.size), crooked["partner"], 2.0, 2.0)
    asked = rng.permutation(m)[: int(0.1 * climate.audits * m)]
    _judge(world, found, 1, asked, rng.uniform(0, climate.days, asked.size), crooked["consumer"], 2.0, 2.0)
    _follow(world, orders, paid_out, found, guilty, day, crooked)
    _tips(world, found, crooked)
    table = found.columns()
    order = np.lexsort((table["day"], table["id"], table["kind"]))
    table = {name: column[order] for name, column in table.items()}
    again = (table["kind"][1:] == table["kind"][:-1]) & (table["id"][1:] == table["id"][:-1])
    first = np.concatenate([[True], ~again]) if order.size else np.zeros(0, bool)
    kept = first & (table["day"] > 0) & (table["day"] < climate.days)
    return {name: column[kept] for name, column in table.items()}


def _alarms(world: World, who: Ints, orders: Orders, n: int, least: float) -> tuple[Ints, Floats]:
    """Whose bad ends were too many and too large a part, and the day on which the team saw it."""
    weight = np.where(is_bad(orders.fate), 1.0, np.where(orders.fate == REFUNDED, 0.25, 0.0))
    rows = np.flatnonzero(weight > 0)
    rows = rows[np.lexsort((orders.ended[rows], who[rows]))]
    owner = who[rows]
    running = np.cumsum(weight[rows])
    start = np.searchsorted(owner, owner, "left")
    running = running - np.where(start > 0, running[np.maximum(start - 1, 0)], 0.0)
    total = np.bincount(who, minlength=n)
    part = np.bincount(who, weight, minlength=n) / np.maximum(total, 1)
    crossing = (running >= least) & (part[owner] > np.quantile(part[total > 0], 0.8))
    owners, first = np.unique(owner[crossing], return_index=True)
    return owners, orders.ended[rows][crossing][first]


def _judge(
    world: World,
    found: Rows,
    kind: int,
    ids: Ints,
    when: Floats,
    crooked: Bools,
    busy: float = 1.0,
    blind: float = 1.0,
) -> tuple[Ints, Floats]:
    """Some of the cases are looked at, after a while; returns those held to be fraud, and since when."""
    rng, climate = world.rng, world.climate
    looked = rng.random(ids.size) < np.clip(climate.coverage * busy, 0, 0.95)
    ids, day = ids[looked], when[looked] + 2 + rng.gamma(1.5, climate.slow / 1.5, int(looked.sum()))
    dice = rng.random(ids.size)
    guilty = np.where(crooked[ids], dice > climate.missed * blind, dice < climate.mistakes)
    found.add(kind=kind, id=ids, verdict=np.where(guilty, FRAUD, LEGIT), day=day)
    return ids[guilty], day[guilty]


def _follow(
    world: World,
    orders: Orders,
    paid_out: Table,
    found: Rows,
    guilty: Ints,
    day: Floats,
    crooked: dict[str, Bools],
) -> None:
    """From a guilty shop the team goes on to what it saw there: buyers, their devices, the accounts."""
    rng, climate = world.rng, world.climate
    since = np.full(climate.partners, np.inf)
    since[guilty] = day
    base = since[orders.partner]
    near = np.flatnonzero((orders.day < base) & np.isfinite(base) & is_bad(orders.fate))
    near = rng.permutation(near)[: int(near.size * 0.5 * climate.coverage) + 1]
    for kind, ids in ((1, orders.consumer), (2, orders.device)):
        some = near[rng.random(near.size) < (0.8 if kind == 1 else 0.4)]
        _judge(world, found, kind, ids[some], base[some], crooked[KINDS[kind]])
    account = np.asarray(paid_out["account"], np.int64)
    paid_since = since[np.asarray(paid_out["partner"], np.int64)]
    rows = np.flatnonzero(np.isfinite(paid_since) & (np.asarray(paid_out["day"]) < paid_since))
    ids, first = np.unique(account[rows], return_index=True)
    _judge(world, found, 3, ids, paid_since[rows[first]], crooked["bank_account"], 0.6)


def _tips(world: World, found: Rows, crooked: dict[str, Bools]) -> None:
    """Banks, police and neighbours point at someone in a party, honest or not, after its worst days."""
    rng, climate = world.rng, world.climate
    for party in world.parties:
        if rng.random() > climate.coverage * (0.9 - 0.4 * party.care if party.crooked else 0.25):
            continue
        seen = party.lo + party.length * rng.uniform(0.3, 1.1)
        picks = rng.permutation(len(party.members))[: 1 + rng.poisson(1.2)]
        for place in picks:
            kind, one, _ = party.members[place]
            ids, day = np.array([one]), np.array([seen])
            _judge(world, found, KINDS.index(kind), ids, day, crooked[kind], 1.5)
