"""The portfolio: every model of partner risk on the same folds, judged alike, and their stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from gnn.dataset import Verdicts
from gnn.evaluation import average_precision, interval
from gnn.features import FEATURES
from gnn.models import (
    BeliefPropagation,
    Folded,
    GraphData,
    GraphSage,
    Labels,
    Model,
    Stack,
    Tensors,
    Trees,
)
from gnn.models.base import Codes
from graph.schema import Kind

PRIOR_COLUMN: Final = "prior.risk"
MOST_LABELS: Final = 5_000
"""Known frauds, and cleared partners, that a model learns from at most: training costs no more, however many
there are (of the unlabelled `labels_of` draws fewer). All verdicts are heard as evidence, and all weigh a
stack's members."""


@dataclass(frozen=True)
class ModelScore:
    """How well a model ranks the reviewed partners of held-out groups.

    `average_precision` with its `error` (standard deviation over 200 resamples of whole groups);
    `lower_bound` is one error below it; `weight` is what the stack multiplies its log odds by.
    """

    name: str
    average_precision: float
    error: float
    lower_bound: float
    weight: float = 0.0


@dataclass(frozen=True)
class Prior:
    """The probability that needs no verdict, `GraphData.prior`; nothing is learnt."""

    name: str = "prior"

    def fit(self, data: GraphData, labels: Labels) -> Self:
        """Itself."""
        return self

    def risk(self, data: GraphData, rows: Codes | None = None) -> NDArray[np.float64]:
        """The prior, (n,) or (rows,)."""
        return data.prior if rows is None else data.prior[rows]

    def tensors(self) -> Tensors:
        """Nothing."""
        return {}

    def restore(self, tensors: Tensors) -> Self:
        """Itself."""
        if tensors:
            raise ValueError("The prior has no tensors.")
        return self


def stack_of(features: dict[str, list[str]]) -> Stack:
    """The stack of all models of the portfolio and the prior, not fitted, for features in order by kind."""
    return Stack((*_members(features), Folded(Prior())), on_prior=True)


def candidates(features: dict[str, list[str]]) -> tuple[Model, ...]:
    """The models that training for the registry chooses among, not fitted, for features in order by kind.

    The flat baseline reads what the partner's own records say, the trees on the prior all that is said of
    the partner itself. The stack weighs the five before it and the prior.
    """
    return (*_members(features), stack_of(features))


def _members(features: dict[str, list[str]]) -> tuple[Folded, ...]:
    tied = {feature.name for feature in FEATURES[Kind.PARTNER] if not feature.own}
    own = [
        place
        for place, name in enumerate(features[Kind.PARTNER.value])
        if name not in tied and not name.startswith("prior.")
    ]
    models: tuple[Model, ...] = (
        Trees(hops=0, columns=tuple(own), most=MOST_LABELS, name="flat baseline"),
        Trees(hears=True, rounds=100, most=MOST_LABELS),
        GraphSage(hidden=24, fanouts=(10, 5), epochs=20, rate=0.01, most=MOST_LABELS),
        BeliefPropagation(),
        Trees(
            hops=0,
            on_prior=True,
            most=MOST_LABELS,
            rounds=60,
            depth=3,
            rate=0.1,
            lightest=2.0,
            penalty=5.0,
            name="trees on the prior",
        ),
    )
    return tuple(Folded(model) for model in models)


def judge(
    name: str, score: NDArray[np.float64], group: NDArray[np.int64], known: Verdicts, *, seed: int
) -> ModelScore:
    """The figures of held-out scores among the reviewed partners; the others prove nothing either way."""
    reviewed = np.flatnonzero(~known.unlabelled)
    fraud, value = known.fraud[reviewed], score[reviewed]
    found = interval(lambda rows: average_precision(value[rows], fraud[rows]), group[reviewed], seed=seed)
    return ModelScore(name, found.value, found.error, found.value - found.error)
