"""How good a run is against a truth: ring recall, precision, average precision."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

JACCARD_FLOOR = 0.5
PURITY_FLOOR = 2 / 3


@dataclass(frozen=True)
class RingQuality:
    """`recall` counts the best 2K predicted rings, `precision_at_k` the best K; K true rings."""

    k: int
    recall: float
    precision_at_k: float
    matched: tuple[int, ...]
    """For every true ring the position of the predicted ring it was matched with, -1 where it was missed."""


def match_rings(
    predicted: Sequence[AbstractSet[str]], truth: Sequence[AbstractSet[str]]
) -> NDArray[np.int64]:
    """For every true ring the predicted ring matched with it one to one, or -1.

    A pair may match at Jaccard >= 0.5 where at least two thirds of the predicted members are true; the
    assignment maximises the number of matches, then their Jaccard.
    """
    gain = np.zeros((len(truth), len(predicted)))
    for row, ring in enumerate(truth):
        for column, found in enumerate(predicted):
            common = len(ring & found)
            if not common:
                continue
            jaccard = common / len(ring | found)
            if jaccard >= JACCARD_FLOOR and common / len(found) >= PURITY_FLOOR:
                gain[row, column] = 1 + 1e-3 * jaccard
    rows, columns = linear_sum_assignment(gain, maximize=True)
    result = np.full(len(truth), -1, dtype=np.int64)
    for row, column in zip(rows, columns, strict=True):
        if gain[row, column] > 0:
            result[row] = column
    return result


def ring_quality(predicted: Sequence[AbstractSet[str]], truth: Sequence[AbstractSet[str]]) -> RingQuality:
    """Recall within the best 2K and precision among the best K of `predicted`, which is in rank order."""
    k = len(truth)
    matched = match_rings(predicted[: 2 * k], truth)
    best = match_rings(predicted[:k], truth)
    return RingQuality(
        k=k,
        recall=float((matched >= 0).mean()) if k else float("nan"),
        precision_at_k=float((best >= 0).sum() / k) if k else float("nan"),
        matched=tuple(int(i) for i in matched),
    )


def average_precision(score: NDArray[np.floating], positive: NDArray[np.bool_]) -> float:
    """Average precision; ties count at their expected order, so a constant score gives the base rate."""
    total = int(positive.sum())
    if total == 0:
        return float("nan")
    order = np.argsort(-score, kind="stable")
    sorted_score = score[order]
    hits = np.cumsum(positive[order])
    last = np.flatnonzero(np.r_[sorted_score[1:] != sorted_score[:-1], True])
    precision = hits[last] / (last + 1)
    gained = np.diff(np.r_[0, hits[last]])
    return float((precision * gained).sum() / total)
