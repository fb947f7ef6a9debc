"""Forests: boosted trees as plain arrays, fitted elsewhere (`benchmarks.fit_forests`), read from JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numba
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.significance import Floats

LEAF = -1
"""Stands for the column of a leaf, which asks nothing."""


@dataclass(frozen=True)
class Forest:
    """Boosted trees over `columns`: log odds are `baseline` and one leaf of every tree.

    `start` (trees,) is the root of each among the nodes; a node sends rows with a value <= `threshold` in its
    `column` to `left`, others to `right`; a leaf has the column `LEAF` and adds `value`.
    """

    columns: tuple[str, ...]
    baseline: float
    start: NDArray[np.int32]
    column: NDArray[np.int16]
    threshold: Floats
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: Floats

    def probability(self, frame: pd.DataFrame) -> Floats:
        """(rows,) in (0, 1); the frame must hold `columns`, finite. Cost: rows times trees times depth."""
        x = np.ascontiguousarray(frame[list(self.columns)].to_numpy(dtype=np.float32))
        odds = np.full(len(x), self.baseline)
        _add_leaves(x, odds, self.start, self.column, self.threshold, self.left, self.right, self.value)
        result: Floats = 1.0 / (1.0 + np.exp(-odds))
        return result


@cache
def read_forest(name: str) -> Forest:
    """The forest of that name that ships with the package."""
    text = files("graph.forests").joinpath(f"{name}.json").read_text(encoding="utf-8")
    stored = json.loads(text)
    trees = stored["trees"]
    size = [len(tree["column"]) for tree in trees]
    start = np.cumsum([0, *size[:-1]])

    def column(key: str, shift: bool = False) -> NDArray[np.float64]:
        parts = [
            np.asarray(tree[key]) + (begin if shift else 0) for tree, begin in zip(trees, start, strict=True)
        ]
        return np.concatenate(parts)

    return Forest(
        columns=tuple(stored["columns"]),
        baseline=float(stored["baseline"]),
        start=start.astype(np.int32),
        column=column("column").astype(np.int16),
        threshold=column("threshold").astype(np.float64),
        left=column("left", shift=True).astype(np.int32),
        right=column("right", shift=True).astype(np.int32),
        value=column("value").astype(np.float64),
    )


@numba.njit(cache=True)
def _add_leaves(
    x: NDArray[np.float32],
    odds: Floats,
    start: NDArray[np.int32],
    column: NDArray[np.int16],
    threshold: Floats,
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    value: Floats,
) -> None:
    for row in range(len(x)):
        total = 0.0
        for root in start:
            node = root
            while column[node] != LEAF:
                node = left[node] if x[row, column[node]] <= threshold[node] else right[node]
            total += value[node]
        odds[row] += total
