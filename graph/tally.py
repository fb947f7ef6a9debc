"""Tallies: sums over rows by code, the group-by of arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from graph.significance import Floats


def tally(code: NDArray[np.integer], size: int, value: ArrayLike | None = None) -> Floats:
    """(size,) how many rows each code has, or the sum of their `value`."""
    weights = None if value is None else np.asarray(value, dtype=np.float64)
    return np.bincount(code, weights=weights, minlength=size).astype(np.float64)


def highest(code: NDArray[np.integer], size: int, value: ArrayLike, *, floor: float = 0.0) -> Floats:
    """(size,) the highest `value` of each code's rows, at least `floor`."""
    result = np.full(size, floor)
    np.maximum.at(result, code, np.asarray(value, dtype=np.float64))
    return result


def lowest(code: NDArray[np.integer], size: int, value: ArrayLike) -> Floats:
    """(size,) the lowest `value` of each code's rows, infinity where there is none."""
    result = np.full(size, np.inf)
    np.minimum.at(result, code, np.asarray(value, dtype=np.float64))
    return result
