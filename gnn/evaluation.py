"""How good a run or a model is: ring recall, average precision, calibration, intervals over whole rings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

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


DRAWS: Final = 200
"""Resamples: the error of a figure is then itself known to some 5 % of it."""

BINS: Final = 10
TAIL: Final = 0.05
"""What lies beyond each end of an interval: 5 %, so that it holds nine in ten."""


@dataclass(frozen=True)
class Interval:
    """A figure with its standard `error` and its 90 % interval, both from resampled rings."""

    value: float
    error: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} ({self.low:.2f}–{self.high:.2f})"


def whole_groups(group: NDArray[np.int64], *, seed: int, draws: int = DRAWS) -> Iterator[NDArray[np.int64]]:
    """Resamples of rows that draw groups with replacement and take each whole (cluster bootstrap).

    Members of a ring stand or fall together: to draw them one by one would count them as so many proofs.
    """
    groups, member = np.unique(group, return_inverse=True)
    order = np.argsort(member, kind="stable")
    bounds = np.searchsorted(member[order], np.arange(len(groups) + 1))
    rng = np.random.default_rng(seed)
    for _ in range(draws):
        drawn = rng.integers(0, len(groups), len(groups))
        yield np.concatenate([order[bounds[g] : bounds[g + 1]] for g in drawn])


def interval(
    figure: Callable[[NDArray[np.int64]], float], group: NDArray[np.int64], *, seed: int
) -> Interval:
    """A figure of rows, whole groups resampled; draws where it is not defined (NaN) do not count."""
    value = figure(np.arange(len(group)))
    drawn = np.array([figure(rows) for rows in whole_groups(group, seed=seed)])
    drawn = drawn[np.isfinite(drawn)]
    if not len(drawn):
        return Interval(value, float("nan"), float("nan"), float("nan"))
    low, high = np.quantile(drawn, (TAIL, 1 - TAIL))
    return Interval(value, float(np.std(drawn)), float(low), float(high))


def among_first(score: NDArray[np.floating], capacity: int) -> NDArray[np.float64]:
    """(n,) how likely each is looked at where `capacity` are, the highest scores first; ties share."""
    if capacity >= len(score):
        return np.ones(len(score))
    if capacity <= 0:
        return np.zeros(len(score))
    cut = np.partition(score, len(score) - capacity)[len(score) - capacity]
    above, level = score > cut, score == cut
    share: NDArray[np.float64] = np.where(level, (capacity - above.sum()) / level.sum(), above)
    return share


@dataclass(frozen=True)
class Bin:
    """Partners of a similar probability: how many, the mean they were given, the share that was fraud.

    `mass` is their share of all weight.
    """

    partners: int
    said: float
    was: float
    mass: float


def reliability(
    probability: NDArray[np.floating],
    fraud: NDArray[np.bool_],
    *,
    weight: NDArray[np.float64] | None = None,
    bins: int = BINS,
) -> tuple[Bin, ...]:
    """What was said beside what came, in bins of equal width over [0, 1]; empty ones are left out.

    `weight` (n,) says how many each stands for, where they were not drawn alike; by default one.
    """
    weight = np.ones(len(fraud)) if weight is None else weight
    place = np.minimum((np.asarray(probability, dtype=np.float64) * bins).astype(np.int64), bins - 1)
    total = float(weight.sum())
    return tuple(
        Bin(
            int(rows.sum()),
            float(np.average(probability[rows], weights=weight[rows])),
            float(np.average(fraud[rows], weights=weight[rows])),
            float(weight[rows].sum()) / total,
        )
        for rows in (place == number for number in range(bins))
        if rows.any()
    )


def calibration_error(table: Sequence[Bin]) -> float:
    """The mean distance between said and was, weighted (expected calibration error); NaN of nothing."""
    return sum(one.mass * abs(one.said - one.was) for one in table) if table else float("nan")
