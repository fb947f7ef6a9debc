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
"""No device, no account, no fixed outcome."""

PAID, REFUNDED, DISPUTED, DEFAULTED, OPEN = range(5)
OUTCOMES: Final = ("paid", "refunded", "disputed", "defaulted", "open")

NO_INTS: Final[Ints] = np.empty(0, np.int64)


def log_uniform(rng: np.random.Generator, least: float, most: float) -> float:
    """A number from `least` to `most`, all scales as likely."""
    return float(np.exp(rng.uniform(np.log(least), np.log(most))))


def ints(values: object) -> Ints:
    """Those whole numbers as an array."""
    return np.asarray(values, np.int64)
