"""Look-ups from a node to its rows of a link frame, in both directions, without scanning the frame."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.tally import by_code, starts

Codes = NDArray[np.signedinteger]
"""Node codes, (n,) int32 as links hold them, or row numbers and codes of int64."""


@dataclass(frozen=True)
class Adjacency:
    """Compressed rows: the rows of the node with code c are `row[start[c] : start[c + 1]]`, ascending.

    Without `row` the frame is sorted by the node, and its rows are `start[c]` to `start[c + 1]` themselves.
    """

    start: Codes
    row: NDArray[np.int32] | None

    def rows(self, codes: Codes) -> Codes:
        """The row numbers of all these nodes one after the other; cost grows with what comes back."""
        places: Codes = _places(self.start, codes)
        return places if self.row is None else self.row[places].astype(np.int64)

    def degree(self) -> Codes:
        """How many rows every node has."""
        return np.diff(self.start)

    def degree_of(self, codes: Codes) -> Codes:
        """How many rows each of these nodes has."""
        result: Codes = self.start[codes + 1] - self.start[codes]
        return result


@numba.njit(cache=True, nogil=True)
def _places(start: Codes, codes: Codes) -> NDArray[np.int64]:
    count = 0
    for code in codes:
        count += start[code + 1] - start[code]
    result = np.empty(count, dtype=np.int64)
    filled = 0
    for code in codes:
        for place in range(start[code], start[code + 1]):
            result[filled] = place
            filled += 1
    return result


def adjacency(node: Codes, size: int) -> Adjacency:
    """The look-up for a column of node codes in [0, size)."""
    ordered = bool((node[1:] >= node[:-1]).all())
    return Adjacency(starts(node, size), None if ordered else by_code(node, size).astype(np.int32))


@dataclass(frozen=True)
class Ties:
    """One link frame as arrays with look-ups from both ends.

    `value` holds its properties by name, as the frame does: counts int32, amounts float64.
    """

    source: Codes
    target: Codes
    by_source: Adjacency
    by_target: Adjacency
    value: dict[str, NDArray[np.number]]
    first_at: Codes
    last_at: Codes


def ties(frame: pd.DataFrame, columns: tuple[str, str], sizes: tuple[int, int]) -> Ties:
    """The link frame whose two ends are `columns`, over `sizes` nodes."""
    source, target = (frame[column].to_numpy(dtype=np.int32) for column in columns)
    moments = ("first_at", "last_at")
    names = [name for name in frame.columns if name not in (*columns, *moments)]
    return Ties(
        source=source,
        target=target,
        by_source=adjacency(source, sizes[0]),
        by_target=adjacency(target, sizes[1]),
        value={str(name): frame[name].to_numpy() for name in names},
        first_at=frame["first_at"].to_numpy(dtype=np.int64),
        last_at=frame["last_at"].to_numpy(dtype=np.int64),
    )
