"""Forests: boosted trees as plain arrays, fitted elsewhere (`benchmarks.fit_forests`), read from JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Final, Protocol

import numba
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.parts import in_parts
from graph.significance import Floats

LEAF = -1
"""Stands for the column of a stored leaf, which asks nothing."""

ROWS_IN_A_TABLE: Final = 16_384
"""Rows whose columns are put side by side at a time: a table of all pairs would be most of the memory."""

ROWS_ABREAST: Final = 128
"""Rows that a tree is asked about together: so many that to look a question up costs little beside putting it
(a tenth less than with 64), so few that all their columns stay in a near cache."""

MOST_LEAVES: Final = 32
"""Leaves of a tree at most: one bit each of a word."""

ALL: Final = np.uint32(0xFFFFFFFF)
DE_BRUIJN: Final = np.uint32(0x077CB531)
"""Its multiples by the 32 powers of two differ in their first five bits, which say which power it was."""

Words = NDArray[np.uint32]
Fill = Callable[[int, int, NDArray[np.float32]], None]
"""Writes rows [begin, end) of a column, as many as there is room for."""


class Columns(Protocol):
    """Columns that are laid out some rows at a time, when they are asked for."""

    def __len__(self) -> int:
        """How many rows there are."""

    def fills(self) -> Mapping[str, Fill]:
        """What lays out each column, by name."""


@dataclass(frozen=True)
class Forest:
    """Boosted trees over `columns`: log odds are `baseline` and one leaf of every tree.

    The leaves of a tree are bits of a word, from left to right. A question is put to every row: one whose
    value in `column` is above `threshold` keeps only the leaves of `kept`, those that do not lie on the other
    side. Of what is left after all questions of the tree, `start` to `end` of them, the first leaf is the
    row's (Lucchese et al., QuickScorer, 2015): no row goes its own way, so a processor takes many at once.
    `value` (trees, 32) is what each leaf adds, in the order of `DE_BRUIJN`.
    """

    columns: tuple[str, ...]
    baseline: float
    start: NDArray[np.int64]
    column: NDArray[np.int64]
    threshold: NDArray[np.float32]
    kept: Words
    value: Floats

    def probability(self, *told: pd.DataFrame | Columns) -> Floats:
        """(rows,) in (0, 1); every one of `columns` is in one of those told, finite, rows are the same.

        Cost: rows times trees times leaves.
        """
        of = {name: fill for one in told for name, fill in self._fills(one).items()}
        fills = [of[name] for name in self.columns]
        rows = len(told[0])
        total = np.zeros(rows)

        def add(start: int, stop: int) -> None:
            table = np.empty((len(fills), min(stop - start, ROWS_IN_A_TABLE)), dtype=np.float32)
            for begin in range(start, stop, ROWS_IN_A_TABLE):
                end = min(begin + ROWS_IN_A_TABLE, stop)
                for fill, column in zip(fills, table, strict=True):
                    fill(begin, end, column[: end - begin])
                self.add(table, total[begin:end])

        in_parts(rows, add)
        result: Floats = 1.0 / (1.0 + np.exp(-(self.baseline + total)))
        return result

    def _fills(self, told: pd.DataFrame | Columns) -> Mapping[str, Fill]:
        """What lays out each of `columns` that are told."""
        if not isinstance(told, pd.DataFrame):
            return told.fills()
        asked = (name for name in self.columns if name in told)
        return {name: partial(_copy, told[name].to_numpy(dtype=np.float32)) for name in asked}

    def add(self, table: NDArray[np.float32], total: NDArray[np.floating]) -> None:
        """Adds to `total` (rows,), in its precision, a leaf of every tree, one tree after the other.

        `table` (columns, rows or more) has a row for every one of `columns`, in their order.
        """
        _add_leaves(table, total, self.start, self.column, self.threshold, self.kept, self.value)


def _copy(column: NDArray[np.float32], begin: int, end: int, result: NDArray[np.float32]) -> None:
    result[:] = column[begin:end]


@cache
def read_forest(name: str) -> Forest:
    """The forest of that name that ships with the package."""
    text = files("graph.forests").joinpath(f"{name}.json").read_text(encoding="utf-8")
    stored = json.loads(text)
    return forest_of(stored["columns"], stored["baseline"], stored["trees"])


def forest_of(
    columns: Sequence[str], baseline: float, trees: Sequence[Mapping[str, Sequence[float]]]
) -> Forest:
    """A forest of stored trees: `column`, `threshold`, `left`, `right` and `value` of nodes, the root first.

    Values are float32, so a threshold is as good as the next float32 below it. Columns that no tree asks
    about are left out: whoever lays out a table need not fill them.
    """
    questions, value = [], np.zeros((len(trees), MOST_LEAVES))
    for number, tree in enumerate(trees):
        asked, leaves = _laid_out(tree)
        questions.append(np.array(asked, dtype=np.float64).reshape(-1, 3))
        place = (np.uint32(1) << np.arange(len(leaves), dtype=np.uint32)) * DE_BRUIJN >> np.uint32(27)
        value[number, place] = leaves
    column, threshold, kept = np.concatenate(questions).T
    used = np.unique(column) if len(column) else np.zeros(1)
    return Forest(
        columns=tuple(columns[int(number)] for number in used),
        baseline=float(baseline),
        start=np.cumsum([0, *(len(asked) for asked in questions)]),
        column=np.searchsorted(used, column),
        threshold=_float32_below(threshold),
        kept=kept.astype(np.uint32),
        value=value,
    )


def _laid_out(tree: Mapping[str, Sequence[float]]) -> tuple[list[tuple[float, float, int]], list[float]]:
    """The questions of a tree, (column, threshold, leaves kept above it), and its leaves' values in order."""
    asked: list[tuple[float, float, int]] = []
    leaves: list[float] = []

    def visit(node: int) -> None:
        if tree["column"][node] == LEAF:
            leaves.append(tree["value"][node])
            return
        first = len(leaves)
        visit(int(tree["left"][node]))
        below = (1 << len(leaves)) - (1 << first)
        asked.append((tree["column"][node], tree["threshold"][node], int(ALL) ^ below))
        visit(int(tree["right"][node]))

    visit(0)
    if len(leaves) > MOST_LEAVES:
        raise ValueError(f"a tree has {len(leaves)} leaves; at most {MOST_LEAVES} fit")
    return asked, leaves


def _float32_below(value: Floats) -> NDArray[np.float32]:
    """The highest float32 that is not above each value."""
    near = value.astype(np.float32)
    return np.where(near > value, np.nextafter(near, np.float32(-np.inf)), near)


@numba.njit(cache=True, nogil=True)
def _add_leaves(
    table: NDArray[np.float32],
    total: NDArray[np.floating],
    start: NDArray[np.int64],
    column: NDArray[np.int64],
    threshold: NDArray[np.float32],
    kept: Words,
    value: Floats,
) -> None:
    """Adds each row's leaf of every tree, tree by tree; the table has a column a row."""
    left = np.empty(ROWS_ABREAST, dtype=np.uint32)
    cells = np.zeros((len(table), ROWS_ABREAST), dtype=np.float32)
    for begin in range(0, len(total), ROWS_ABREAST):
        rows = min(ROWS_ABREAST, len(total) - begin)
        for number in range(len(table)):
            for row in range(rows):
                cells[number, row] = table[number, begin + row]
        for tree in range(len(start) - 1):
            for row in range(ROWS_ABREAST):
                left[row] = ALL
            for question in range(start[tree], start[tree + 1]):
                cell, limit, leaves = cells[column[question]], threshold[question], kept[question]
                for row in range(ROWS_ABREAST):
                    left[row] &= leaves if cell[row] > limit else ALL
            for row in range(ROWS_ABREAST):
                lowest = left[row] & (~left[row] + np.uint32(1))
                left[row] = np.uint32(lowest * DE_BRUIJN) >> np.uint32(27)
            added = value[tree]
            for row in range(rows):
                total[begin + row] += added[left[row]]
