"""The portfolio: every model of partner risk on the same folds, judged alike, and their stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.calibration import normal_score
from gnn.dataset import Verdicts
from gnn.evaluation import average_precision
from gnn.models import propagate_belief
from gnn.train import Split

DRAWS: Final = 200
SHARPNESS: Final = 0.05
"""Models whose lower bounds differ by this much get weights in a ratio of e: about one standard error."""

VERDICT_BELIEF: Final = 1.0
"""What a verdict adds to a partner's belief before it spreads, in normal scores. The average precision of the
unlabelled was 0.92, 0.91, 0.90 and 0.95, 0.95, 0.95 with 0, 1, 2 on two made-up worlds."""


@dataclass(frozen=True)
class ModelScore:
    """How well a model ranks the reviewed partners of held-out groups.

    `average_precision` with its `error` (standard deviation over 200 resamples of whole groups);
    `lower_bound` is one error below it; `weight` is the model's share in the stack.
    """

    name: str
    average_precision: float
    error: float
    lower_bound: float
    weight: float = 0.0


def held_out(scores: NDArray[np.float64], data: Split) -> NDArray[np.float64]:
    """(n,) of (folds, n): reviewed partners by the one model that did not see them, the others by the mean.

    As normal scores of ranks, since every fold's model has a scale of its own.
    """
    ranked = np.stack([normal_score(row) for row in scores])
    result: NDArray[np.float64] = ranked.mean(axis=0)
    seen = np.flatnonzero(data.fold >= 0)
    result[seen] = ranked[data.fold[seen], seen]
    return result


def judge(name: str, score: NDArray[np.float64], group: NDArray[np.int64], data: Split) -> ModelScore:
    """The model's figures among the reviewed partners; those nobody reviewed prove nothing either way."""
    reviewed = np.flatnonzero(data.fold >= 0)
    fraud, value = data.known.fraud[reviewed], score[reviewed]
    groups, member = np.unique(group[reviewed], return_inverse=True)
    order = np.argsort(member, kind="stable")
    bounds = np.searchsorted(member[order], np.arange(len(groups) + 1))
    rng = np.random.default_rng(data.seed)
    draws = []
    for _ in range(DRAWS):
        drawn = rng.integers(0, len(groups), len(groups))
        rows = np.concatenate([order[bounds[g] : bounds[g + 1]] for g in drawn])
        if fraud[rows].any():
            draws.append(average_precision(value[rows], fraud[rows]))
    figure, error = average_precision(value, fraud), float(np.std(draws))
    return ModelScore(name, figure, error, figure - error)


def stack_weights(judged: list[ModelScore]) -> NDArray[np.float64]:
    """Every model's share, (models,), by its lower bound: none is thrown away on so few labels."""
    bound = np.array([model.lower_bound for model in judged])
    weight = np.exp((bound - bound.max()) / SHARPNESS)
    share: NDArray[np.float64] = weight / weight.sum()
    return share


def spread_belief(score: NDArray[np.float64], ties: sparse.csr_array, data: Split) -> NDArray[np.float64]:
    """The score after belief propagation from score and verdicts over ties, (n,).

    A reviewed partner's own fold lends it no verdict, so that held-out scores stay held out.
    """
    result = propagate_belief(
        ties, score + VERDICT_BELIEF * _said(data.known, np.ones(len(score), dtype=bool))
    )
    for fold in range(int(data.fold.max(initial=-1)) + 1):
        belief = score + VERDICT_BELIEF * _said(data.known, data.fold != fold)
        inside = data.fold == fold
        result[inside] = propagate_belief(ties, belief)[inside]
    return result


def _said(known: Verdicts, heard: NDArray[np.bool_]) -> NDArray[np.float64]:
    return (known.fraud & heard).astype(np.float64) - (known.legit & heard)
