"""Draws by weight and of a few."""

from __future__ import annotations

import numpy as np

from benchmarks.writing.units import Floats, Ints


def draw_by(rng: np.random.Generator, weight: Floats, n: int) -> Ints:
    """(n,) places drawn by weight, with repetition."""
    total = np.cumsum(weight)
    place: Ints = np.searchsorted(total, rng.random(n) * total[-1], side="right")
    return np.asarray(np.minimum(place, len(weight) - 1), np.int64)


def some_of(rng: np.random.Generator, numbers: Ints, n: int) -> Ints:
    """At most n of those numbers, none twice."""
    return np.asarray(rng.permutation(numbers)[:n], np.int64)
