"""Verdicts on some partners, consumers, devices and accounts: few, late, and of the suspicious first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from benchmarks.further_worlds.money import Payouts
from benchmarks.further_worlds.outcomes import DISPUTED, REFUNDED, Orders
from benchmarks.further_worlds.units import DAY_S
from benchmarks.further_worlds.world import World
from benchmarks.writing.units import Flags, Floats, Ints


class Label(NamedTuple):
    """A verdict on an entity, known from a moment on (seconds from the window's start)."""

    kind: str
    number: int
    fraud: bool
    known_s: float


def draw_labels(world: World, orders: Orders, payouts: Payouts) -> list[Label]:
    """All labels known within the window."""
    used = {
        "device": np.unique(orders.device[orders.device >= 0]),
        "bank_account": np.unique(payouts.account),
    }
    labels = _of_partners(world, orders) + _of_consumers(world, orders)
    for kind, numbers in used.items():
        labels += _of_identifiers(world, kind, numbers)
    return labels


def _care_of(world: World, kind: str, n: int) -> Ints:
    """(n,) how careful the ring is that each is of; -1: none."""
    care = np.full(n, -1)
    for ring in world.rings:
        care[ring.members[kind]] = ring.care
    return care


def _of_partners(world: World, orders: Orders) -> list[Label]:
    rng, n, window, habits = world.rng, world.n_partners, world.window_s, world.habits
    bad = orders.outcome >= DISPUTED
    many = np.bincount(orders.partner, minlength=n)
    many_bad = np.bincount(orders.partner[bad], minlength=n)
    care = _care_of(world, "partner", n)
    closed = 0.5 * np.isfinite(world.shops.closes)
    share = (many_bad + 0.5) / (many + 10)
    suspicion = 1.1 * np.log(share) + 0.35 * np.log1p(many_bad) + closed + rng.gumbel(0, 0.8, n)
    reviews = int(habits.reviewed * n)
    suspects = np.argsort(-suspicion)[: int(reviews * 0.8)]
    reviewed = np.unique(np.concatenate([suspects, rng.choice(n, int(reviews * 0.2), replace=False)]))
    seen = _a_third_in(orders, bad)[reviewed] if bad.any() else np.full(len(reviewed), np.nan)
    anytime = rng.uniform(0.2, 1, len(reviewed)) * window
    known = np.where(np.isnan(seen), anytime, seen) + (8 + rng.exponential(40, len(reviewed))) * DAY_S
    care = care[reviewed]
    right = np.array([0.93, 0.8, 0.55])[np.maximum(care, 0)]
    fraud = rng.random(len(reviewed)) < np.where(care < 0, habits.label_wrong * 0.6, right)
    return _labels("partner", reviewed, fraud, known, window)


def _a_third_in(orders: Orders, bad: Flags) -> Floats:
    """(partners,) when the third of its bad orders, or a third of them, had become known; NaN: none."""
    order = np.argsort(orders.outcome_s)
    order = order[bad[order]]
    groups = pd.Series(orders.outcome_s[order]).groupby(orders.partner[order])
    place = groups.cumcount().to_numpy()
    size = groups.transform("size").to_numpy()
    wanted = place == np.minimum(size - 1, np.maximum(2, size // 3))
    found = np.full(int(orders.partner.max()) + 1, np.nan)
    found[orders.partner[order[wanted]]] = orders.outcome_s[order[wanted]]
    return found


def _of_consumers(world: World, orders: Orders) -> list[Label]:
    rng, window, habits, n = world.rng, world.window_s, world.habits, len(world.people.city)
    care = _care_of(world, "consumer", n)
    took_part = np.zeros(n, np.bool_)
    took_part[orders.consumer[orders.of_ring]] = True
    care[~took_part] = -1
    bad = orders.outcome >= REFUNDED
    many_bad = np.bincount(orders.consumer[bad], minlength=n)
    seen = np.bincount(orders.consumer, minlength=n) > 0
    suspicion = np.where(seen, 0.9 * np.log(many_bad + 0.3), -99) + rng.gumbel(0, 1, n)
    reviews = int(habits.consumer_reviewed * world.n_ordinary)
    reviewed = np.argsort(-suspicion)[:reviews]
    first = np.full(n, np.inf)
    np.minimum.at(first, orders.consumer[bad], orders.outcome_s[bad])
    anytime = rng.uniform(0.2, 1, reviews) * window
    known = np.where(np.isinf(first[reviewed]), anytime, first[reviewed])
    known = known + (5 + rng.exponential(40, reviews)) * DAY_S
    care = care[reviewed]
    right = np.array([0.9, 0.75, 0.5])[np.maximum(care, 0)]
    fraud = rng.random(reviews) < np.where(care < 0, habits.label_wrong, right)
    return _labels("consumer", reviewed, fraud, known, window)


def _labels(kind: str, numbers: Ints, fraud: Flags, known: Floats, window: float) -> list[Label]:
    kept = known < window
    columns: list[ArrayLike] = [numbers[kept], fraud[kept], known[kept]]
    rows = zip(*(np.asarray(column).tolist() for column in columns), strict=True)
    return [Label(kind, *row) for row in rows]


def _of_identifiers(world: World, kind: str, used: Ints) -> list[Label]:
    """Few of rings' devices or accounts, and some that many honest people use."""
    rng = world.rng
    members = [(one, ring.care) for ring in world.rings for one in ring.members[kind]]
    hubs = [one for _, group in world.look_alikes for its, one in group if its == kind]
    of_rings, known_ones = {one for one, _ in members}, set(used.tolist())
    found: set[tuple[int, bool]] = set()
    for one, care in members:
        if one in known_ones and rng.random() < (0.12, 0.06, 0.02)[care]:
            found.add((one, True))
    some = rng.permutation(np.array(hubs, np.int64))[: int(len(hubs) * 0.08)]
    for one in [*some.tolist(), *rng.choice(used, 12).tolist()]:
        if one not in of_rings and one in known_ones:
            found.add((one, rng.random() <= world.habits.label_wrong))
    # where there are two verdicts on one, "legit" comes last by the alphabet and stands
    verdicts = dict(sorted(found, key=lambda one: (one[0], not one[1])))
    until = world.window_s
    return [Label(kind, one, fraud, rng.uniform(0.45, 1) * until) for one, fraud in verdicts.items()]
