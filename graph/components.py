"""Components: which nodes hang together through ties, by joining the two ends of one tie after the other."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(cache=True, nogil=True)
def components(left: NDArray[np.integer], right: NDArray[np.integer], size: int) -> NDArray[np.int32]:
    """(size,) the lowest node of those that each node hangs together with, itself where it is alone.

    The ties are read as they stand: a sparse matrix of them would have to be sorted, both ways.
    """
    lowest = np.arange(size).astype(np.int32)
    for tie in range(len(left)):
        a, b = root(lowest, left[tie]), root(lowest, right[tie])
        lowest[max(a, b)] = min(a, b)
    for node in range(size):
        lowest[node] = lowest[lowest[node]]
    return lowest


@numba.njit(cache=True, nogil=True)
def root(joined: NDArray[np.integer], node: int) -> int:
    """Where a node leads, step by step, to the one that stays where it is; the way there gets shorter."""
    while joined[node] != node:
        joined[node] = joined[joined[node]]
        node = joined[node]
    return node
