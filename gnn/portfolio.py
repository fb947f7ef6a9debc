"""The portfolio: every model of partner risk on the same folds, judged alike, and their stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import ndtr

from gnn.calibration import normal_score
from gnn.dataset import Verdicts
from gnn.evaluation import average_precision, interval
from gnn.features import FEATURES
from gnn.models import (
    BeliefPropagation,
    GraphData,
    GraphSage,
    Labels,
    Model,
    Stack,
    Tensors,
    Trees,
    propagate_belief,
)
from gnn.train import Split
from graph.schema import Kind

PRIOR_COLUMN: Final = "prior.risk"
SHARPNESS: Final = 0.05
"""Models whose lower bounds differ by this much get weights in a ratio of e: about one standard error."""

VERDICT_BELIEF: Final = 1.0
"""What a verdict adds to a partner's belief before it spreads, in normal scores."""

MOST_LABELS: Final = 5_000
"""Labels of each group, fraud, legit and unlabelled, that a model learns from at most: training costs no
more, however many partners there are. All verdicts are heard as evidence, and all weigh a stack's members."""


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


@dataclass(frozen=True)
class Prior:
    """The unsupervised prior, read off its column of the inputs: ranks, nothing is learnt."""

    column: int
    name: str = "prior"

    def fit(self, data: GraphData, labels: Labels) -> Self:
        """Itself."""
        return self

    def risk(self, data: GraphData) -> NDArray[np.float64]:
        """The share of nodes with a lower prior, (n,)."""
        rank: NDArray[np.float64] = ndtr(data.x[data.kind][:, self.column].astype(np.float64))
        return rank

    def tensors(self) -> Tensors:
        """Nothing."""
        return {}

    def restore(self, tensors: Tensors) -> Self:
        """Itself."""
        if tensors:
            raise ValueError("The prior has no tensors.")
        return self


def candidates(features: dict[str, list[str]]) -> tuple[Model, ...]:
    """The models that training for the registry chooses among, not fitted, for features in order by kind.

    The flat baseline reads what the partner's own records say. The stack weighs the four before it and the
    unsupervised prior, which a few dozen verdicts alone do not reach: on a made-up world of 1,200 partners
    it had an average precision of 0.80, the four 0.27 to 0.57, their stack 0.57, and 0.75 with the prior.
    """
    tied = {feature.name for feature in FEATURES[Kind.PARTNER] if not feature.own}
    own = [
        place
        for place, name in enumerate(features[Kind.PARTNER.value])
        if name not in tied and not name.startswith("prior.")
    ]
    members = (
        Trees(hops=0, columns=tuple(own), most=MOST_LABELS, name="flat baseline"),
        Trees(hears=True, most=MOST_LABELS),
        GraphSage(most=MOST_LABELS),
        BeliefPropagation(),
    )
    prior = Prior(features[Kind.PARTNER.value].index(PRIOR_COLUMN))
    return (*members, Stack((*members, prior)))


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
    found = interval(
        lambda rows: average_precision(value[rows], fraud[rows]), group[reviewed], seed=data.seed
    )
    return ModelScore(name, found.value, found.error, found.value - found.error)


def stack_weights(judged: list[ModelScore]) -> NDArray[np.float64]:
    """Every model's share, (models,), by its lower bound: none is thrown away on so few labels."""
    bound = np.array([model.lower_bound for model in judged])
    weight = np.exp((bound - bound.max()) / SHARPNESS)
    share: NDArray[np.float64] = weight / weight.sum()
    return share


def spread_belief(ties: sparse.csr_array, data: Split) -> NDArray[np.float64]:
    """What verdicts on tied partners say of each partner, (n,): belief propagation from labels alone.

    `ties` is `models.tied_matrix`. A reviewed partner's own fold lends it no verdict, so that its score is
    held out. Spreading the other models' scores over the ties as well took 0.02 to 0.08 of average precision
    on three made-up worlds: they know the ties already.
    """
    result = _hear(ties, _said(data.known, np.ones(len(data.fold), dtype=bool)))
    for fold in range(int(data.fold.max(initial=-1)) + 1):
        inside = data.fold == fold
        result[inside] = _hear(ties, _said(data.known, data.fold != fold))[inside]
    return result


def _hear(ties: sparse.csr_array, said: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) the belief that verdicts (1 fraud, -1 legit) leave at every partner."""
    return propagate_belief(ties, VERDICT_BELIEF * said)


def _said(known: Verdicts, heard: NDArray[np.bool_]) -> NDArray[np.float64]:
    return (known.fraud & heard).astype(np.float64) - (known.legit & heard)
