"""Who of an organisation uses which unit of a resource, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.writing.units import NONE, Flags, Floats, Ints, ints

CONNECTED: Final = ("one", "subsets", "chain", "pool", "roles", "star")
"""Designs that tie all members to each other, by way of others where need be."""
APART: Final = ("pairs", "own")


@dataclass(frozen=True)
class Allotment:
    """Uses, (n,) each, by member: the unit, and the share of the organisation's time from when to when."""

    member: Ints
    unit: Ints
    begin: Floats
    end: Floats

    @property
    def units(self) -> int:
        return int(self.unit.max()) + 1


def allot(rng: np.random.Generator, design: str, n: int) -> Allotment:
    """Units for `n` members by the design; ValueError for one that is not known."""
    order = rng.permutation(n)
    begin = end = None
    if design == "one":
        member, unit = order, np.zeros(n, np.int64)
    elif design == "own":
        member, unit = order, np.arange(n)
    elif design == "pairs":
        member, unit = order, np.minimum(np.arange(n) // 2, max(0, n // 2 - 1))
    elif design == "chain":
        member = np.concatenate([order[:-1], order[1:]])
        unit = np.tile(np.arange(n - 1), 2)
    elif design == "star":  # the first of them has something in common with each of the others
        member = np.concatenate([np.repeat(order[:1], n - 1), order[1:]])
        unit = np.tile(np.arange(n - 1), 2)
    elif design == "roles":
        groups = max(1, round(n / rng.uniform(2, 4)))
        of = np.arange(n) % groups
        leads = order[:groups]
        member = np.concatenate([order, leads])
        unit = (
            np.concatenate([of + 1, np.zeros(groups, np.int64)]) if groups > 1 else np.zeros(n + 1, np.int64)
        )
    elif design == "subsets":
        step = int(rng.integers(1, max(2, n // 2) + 1))
        width = step + int(rng.integers(1, 3))
        starts = np.arange(0, n, step)
        member = order[(starts[:, None] + np.arange(width)) % n].ravel()
        unit = np.repeat(np.arange(len(starts)), width)
    elif design == "pool":
        periods, units = int(rng.integers(3, 8)), max(1, round(n * rng.uniform(0.3, 0.7)))
        member = np.tile(np.arange(n), periods)
        moved = np.cumsum([0, 1, *rng.integers(1, n + 1, periods - 2)])  # one place ties all
        unit = ((order + moved[:, None]) % n * units // n).ravel()
        begin = np.repeat(np.arange(periods), n) / periods
        end = begin + 1 / periods
    else:
        raise ValueError(f"No such design: {design}.")
    begin = np.zeros(len(member)) if begin is None else begin
    end = np.ones(len(member)) if end is None else end
    rank = np.lexsort((begin, unit, member))
    return Allotment(ints(member)[rank], ints(unit)[rank], begin[rank], end[rank])


def in_use(rng: np.random.Generator, uses: Allotment, member: Ints, at: Floats, on: Flags) -> Ints:
    """A unit that the member uses at that share of the time, for each; `NONE` where not `on`."""
    first = np.searchsorted(uses.member, member)
    count = np.searchsorted(uses.member, member, "right") - first
    row = first
    for _ in range(12):
        row = first + (count * rng.random(len(member))).astype(np.int64)
        fits = (uses.begin[row] <= at) & (at <= uses.end[row])
        first, count = np.where(fits, row, first), np.where(fits, 1, count)
    return np.where(on, uses.unit[row], NONE)
