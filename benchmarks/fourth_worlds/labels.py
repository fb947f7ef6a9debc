"""What investigators have found: more of what looks bad, late, and not always right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

from benchmarks.fourth_worlds.outcomes import PAID, REFUNDED, Settled
from benchmarks.fourth_worlds.world import World
from benchmarks.writing.units import Flags, Floats, Ints


class Label(NamedTuple):
    """A verdict on somebody or something."""

    kind: str
    number: int
    fraud: bool
    known: float


def draw_labels(world: World, orders: Settled, first: dict[str, Floats]) -> list[Label]:
    """At most one verdict on each that occurs (`first` finite), known half a day before the end."""
    known_bad = (orders.end_moment <= world.window) & (orders.end != PAID)
    hit, false_alarm = world.dice.uniform(0.85, 0.98), world.dice.uniform(0.005, 0.03)
    reviews = [
        *_of_partners(world, orders, known_bad),
        *_of_consumers(world, orders, known_bad),
    ]
    labels = [
        Label(kind, number, world.dice.happens(hit if of_ring else false_alarm), known)
        for kind, number, of_ring, known in reviews
        if known < world.window
    ]
    for kind in ("device", "bank_account"):
        labels += _of_things(world, kind, np.isfinite(first[kind]))
    one_each = {(label.kind, label.number): label for label in reversed(labels)}
    return [label._replace(known=min(label.known, world.window - 0.5)) for label in one_each.values()]


def _first_frauds(orders: Settled, who: Ints, n: int) -> Floats:
    """When each of `n` takes part in a ring's order for the first time; inf: never."""
    found = np.full(n, np.inf)
    np.minimum.at(found, who[orders.of_ring], orders.moment[orders.of_ring])
    return found


def _of_partners(world: World, orders: Settled, known_bad: Flags) -> Iterator[Label]:
    """Reviews by suspicion; rings are seen through some time after they begin."""
    rng, shops, n = world.rng, world.shops, world.n_partners
    weight = known_bad * np.where(orders.end == REFUNDED, 0.4, 1)
    bad, all_orders = np.bincount(orders.partner, weight, n), np.bincount(orders.partner, minlength=n)
    rank = rankdata(bad / (all_orders + 12)) / n
    chance = np.exp(world.dice.uniform(2.5, 5) * rank + rng.normal(0, 0.6, n)) * (all_orders > 3)
    many = int(n * world.settings.reviewed_partners)
    first = _first_frauds(orders, orders.partner, n)
    for partner in rng.choice(n, many, replace=False, p=chance / chance.sum()).tolist():
        of_ring = bool(shops.in_ring[partner] and np.isfinite(first[partner]))
        since = first[partner] if of_ring else max(shops.opens[partner], 0)
        mean = world.dice.uniform(40, 110) if of_ring else 0.5 * world.window
        yield Label("partner", partner, of_ring, float(since + 25 + rng.exponential(mean)))


def _of_consumers(world: World, orders: Settled, known_bad: Flags) -> Iterator[Label]:
    rng, n = world.rng, world.n_consumers
    bad = np.bincount(orders.consumer, known_bad * np.where(orders.end == REFUNDED, 0.5, 1), n)
    chance = (bad + 0.03) ** 1.3 * np.exp(rng.normal(0, 0.5, n))
    chance = chance * (np.bincount(orders.consumer, minlength=n) > 0)
    many = int(n * world.settings.reviewed_consumers)
    first = _first_frauds(orders, orders.consumer, n)
    for consumer in rng.choice(n, many, replace=False, p=chance / chance.sum()).tolist():
        of_ring = bool(world.people.in_ring[consumer] and np.isfinite(first[consumer]))
        in_ring = first[consumer] + 25 + rng.exponential(80)
        known = in_ring if of_ring else 40 + rng.uniform(0, world.window)
        yield Label("consumer", consumer, of_ring, float(known))


def _of_things(world: World, kind: str, occurs: Flags) -> Iterator[Label]:
    """Verdicts on a few devices or accounts of rings and of look-alikes; these are always right."""
    of_rings = {one for ring in world.rings for one in ring.members[kind]}
    of_groups = {one for group in world.look_alikes for one in group.members[kind]} - of_rings
    for fraud, numbers in ((True, of_rings), (False, of_groups)):
        pool = np.array([one for one in sorted(numbers) if occurs[one]], np.int64)
        for one in world.dice.some(pool, len(pool) // 12 + 1).tolist():
            yield Label(kind, one, fraud, world.dice.uniform(0.5, 0.999) * world.window)
