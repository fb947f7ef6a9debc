"""Array types and codes."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]

NONE: Final = -1
"""No device, no account, no heir."""

PAID, REFUNDED, DISPUTED, DEFAULTED, OPEN = range(5)
OUTCOMES: Final = ("paid", "refunded", "disputed", "defaulted", "open")

NO_INTS: Final[Ints] = np.empty(0, np.int64)


def log_uniform(rng: np.random.Generator, least: float, most: float) -> float:
    """A number from `least` to `most`, all scales as likely."""
    return float(np.exp(rng.uniform(np.log(least), np.log(most))))


def ints(values: object) -> Ints:
    """Those whole numbers as an array."""
    return np.asarray(values, np.int64)


def draw_by(rng: np.random.Generator, weight: Floats, n: int) -> Ints:
    """(n,) places drawn by weight, with repetition."""
    total = np.cumsum(weight)
    place: Ints = np.searchsorted(total, rng.random(n) * total[-1], side="right")
    return np.asarray(np.minimum(place, len(weight) - 1), np.int64)


def some_of(rng: np.random.Generator, numbers: Ints, n: int) -> Ints:
    """At most n of those numbers, none twice."""
    return np.asarray(rng.permutation(numbers)[:n], np.int64)
