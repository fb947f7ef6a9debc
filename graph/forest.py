"""Forests: boosted trees as plain arrays, fitted elsewhere (`benchmarks.fit_forests`), read from JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

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

ROWS_ABREAST: Final = 64
"""Rows that go down a tree together: none waits for another's answer, and all stay in the nearest cache."""

Nodes = NDArray[np.uint32]
"""Without a sign no look-up asks whether to count from the end: 1.0 rather than 2.5 us a row of 200 trees."""


@dataclass(frozen=True)
class Forest:
    """Boosted trees over `columns`: log odds are `baseline` and one leaf of every tree.

    `start` (trees,) is the root of each among the nodes, `depth` the most questions on the way to a leaf. A
    node sends rows with a value <= `threshold` in its `column` to the node `below`, others to the one after
    that; a leaf sends every row to itself (its threshold is infinite), and adds `value`.
    """

    columns: tuple[str, ...]
    baseline: float
    start: Nodes
    depth: Nodes
    column: Nodes
    threshold: NDArray[np.float32]
    below: Nodes
    value: Floats

    def probability(self, *frames: pd.DataFrame) -> Floats:
        """(rows,) in (0, 1); every one of `columns` is in one of the frames, finite, rows are the same.

        Cost: rows times trees times depth.
        """
        of = {name: frame[name] for frame in frames for name in frame.columns}
        columns = [of[name].to_numpy(dtype=np.float32) for name in self.columns]
        rows = len(columns[0])
        total = np.zeros(rows)
        nodes = self.start, self.depth, self.column, self.threshold, self.below, self.value

        def add(start: int, stop: int) -> None:
            table = np.empty((min(stop - start, ROWS_IN_A_TABLE), len(columns)), dtype=np.float32)
            for begin in range(start, stop, ROWS_IN_A_TABLE):
                part = table[: min(ROWS_IN_A_TABLE, stop - begin)]
                for number, column in enumerate(columns):
                    part[:, number] = column[begin : begin + len(part)]
                _add_leaves(part, total[begin : begin + len(part)], ROWS_ABREAST, *nodes)

        in_parts(rows, add)
        result: Floats = 1.0 / (1.0 + np.exp(-(self.baseline + total)))
        return result


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
    nodes = [_side_by_side(tree) for tree in trees]
    start = np.cumsum([0, *(len(order) for order, _, _ in nodes)])[:-1]

    def column(key: str) -> NDArray[np.float64]:
        return np.concatenate(
            [np.asarray(tree[key])[order] for tree, (order, _, _) in zip(trees, nodes, strict=True)]
        )

    leaf = column("column") == LEAF
    asked = np.unique(column("column")[~leaf]) if not leaf.all() else np.zeros(1, dtype=np.int64)
    below = np.concatenate([below + begin for (_, below, _), begin in zip(nodes, start, strict=True)])
    return Forest(
        columns=tuple(columns[number] for number in asked.tolist()),
        baseline=float(baseline),
        start=start.astype(np.uint32),
        depth=np.array([depth for _, _, depth in nodes], dtype=np.uint32),
        column=np.where(leaf, 0, np.searchsorted(asked, column("column"))).astype(np.uint32),
        threshold=np.where(leaf, np.float32(np.inf), _float32_below(column("threshold"))),
        below=below.astype(np.uint32),
        value=column("value").astype(np.float64),
    )


def _side_by_side(
    tree: Mapping[str, Sequence[float]],
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """The nodes in an order in which both answers follow one another; what is `below` each; the depth."""
    order, below, depth = [0], [0], [0]
    for place, node in enumerate(order):  # grows as it goes, a layer after the other
        below[place] = place
        if tree["column"][node] != LEAF:
            below[place] = len(order)
            order += [int(tree["left"][node]), int(tree["right"][node])]
            below += [0, 0]
            depth += [depth[place] + 1] * 2
    return np.array(order), np.array(below), max(depth)


def _float32_below(value: Floats) -> NDArray[np.float32]:
    """The highest float32 that is not above each value."""
    near = value.astype(np.float32)
    return np.where(near > value, np.nextafter(near, np.float32(-np.inf)), near)


@numba.njit(cache=True, nogil=True)
def _add_leaves(
    table: NDArray[np.float32],
    total: Floats,
    abreast: int,
    start: Nodes,
    depth: Nodes,
    column: Nodes,
    threshold: NDArray[np.float32],
    below: Nodes,
    value: Floats,
) -> None:
    """Adds each row's leaf of every tree, tree by tree."""
    node = np.zeros(abreast, dtype=np.uint32)
    width = np.uint32(table.shape[1])
    for begin in range(0, len(table), abreast):
        rows = min(abreast, len(table) - begin)
        cells = table[begin : begin + rows].ravel()
        for tree in range(len(start)):
            node[:rows] = start[tree]
            for _ in range(depth[tree]):
                first = np.uint32(0)
                for row in range(rows):
                    at = node[row]
                    node[row] = below[at] + np.uint32(cells[first + column[at]] > threshold[at])
                    first += width
            for row in range(rows):
                total[begin + row] += value[node[row]]
