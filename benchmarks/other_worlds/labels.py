"""Labels as reviewers would leave them: parts of some rings, the worst of the honest, and mistakes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from benchmarks.other_worlds.draws import DAY_S
from benchmarks.other_worlds.outcomes import SettledOrders
from benchmarks.other_worlds.world import REFUNDED, Ring, World
from benchmarks.writing.units import Floats, Ints

Member = tuple[int, str, int]
"""Ring, kind, number."""


class Label(NamedTuple):
    """A verdict on somebody or something."""

    kind: str
    number: int
    fraud: bool
    known_s: float


def draw_labels(world: World, orders: SettledOrders, members: list[Member]) -> list[Label]:
    """One label each, the last one said."""
    suspicion = _suspicion(world, orders)
    labels = []
    for ring in world.rings:
        if ring.labelled:
            own = [(kind, number) for of, kind, number in members if of == ring.number]
            labels += _label_ring(world, ring, own)
    caught = {kind: sum(one.kind == kind for one in labels) for kind in suspicion}
    for kind, base in (("partner", 0.01 * world.n_partners + 3), ("consumer", _consumer_base(world))):
        factor = 1.0 if kind == "partner" else 0.6
        n = int(world.habits.cleared_factor * factor * caught[kind] + base)
        labels += _clear_suspects(world, kind, suspicion[kind], _numbers(members, kind), n)
    for kind, column in (("device", orders.device), ("bank_account", orders.account)):
        labels += _clear_identifiers(world, kind, column, _numbers(members, kind))
    labels = [
        one._replace(fraud=one.fraud ^ (world.rng.random() < world.habits.wrong_labels)) for one in labels
    ]
    return list({(one.kind, one.number): one for one in labels}.values())


def _consumer_base(world: World) -> float:
    return 0.003 * len(world.consumers) + 5


def _numbers(members: list[Member], kind: str) -> set[int]:
    return {number for _, own_kind, number in members if own_kind == kind}


def _suspicion(world: World, orders: SettledOrders) -> dict[str, Floats]:
    """How suspicious partners and consumers look to a reviewer who sees what went bad, and errs."""
    rng, bad, n = world.rng, orders.outcome >= REFUNDED, len(world.consumers)
    of_partner = np.bincount(orders.partner, bad, world.n_partners)
    count = np.bincount(orders.partner, minlength=world.n_partners)
    partner = (of_partner + 1) / (count + 12) * 8 + np.log1p(of_partner) * 0.4
    partner = partner + rng.gumbel(0, 1.0, world.n_partners)
    of_consumer = np.bincount(orders.consumer, bad, n)
    count = np.bincount(orders.consumer, minlength=n)
    consumer = of_consumer * 0.6 + of_consumer / (count + 3) * 4 + rng.gumbel(0, 1.0, n)
    return {"partner": partner, "consumer": consumer}


def _label_ring(world: World, ring: Ring, members: list[tuple[str, int]]) -> list[Label]:
    """A part of the ring, known weeks after its onset."""
    rng, window = world.rng, world.window_s
    share = rng.uniform(0.3, 0.9)
    chances = [share if kind in ("partner", "consumer") else share * 0.15 for kind, _ in members]
    known = [one for one, chance in zip(members, chances, strict=True) if rng.random() < chance]
    known = known or [members[rng.integers(0, len(members))]]
    first = min(ring.onset_s + rng.uniform(25, 75) * DAY_S, 0.9 * window)
    labels = []
    for kind, number in known:
        moment = first + rng.exponential(15) * DAY_S
        if moment > 0.995 * window:
            moment = rng.uniform(first, 0.995 * window)
        labels.append(Label(kind, number, True, moment))
    return labels


def _clear_suspects(world: World, kind: str, suspicion: Floats, members: set[int], n: int) -> list[Label]:
    """The most suspicious of those in no ring."""
    worst = np.argsort(-suspicion)[: 4 * n + len(members)]
    cleared = [int(one) for one in worst if int(one) not in members][:n]
    return [Label(kind, one, False, world.rng.uniform(0.25, 0.995) * world.window_s) for one in cleared]


def _clear_identifiers(world: World, kind: str, used: Ints, members: set[int]) -> list[Label]:
    """Some devices or accounts, whichever."""
    pool = np.unique(used[used >= 0])
    return [
        Label(kind, int(one), False, world.rng.uniform(0.3, 0.995) * world.window_s)
        for one in world.rng.choice(pool, max(2, world.n_partners // 200))
        if int(one) not in members
    ]
