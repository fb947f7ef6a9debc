"""A model fitted once a fold, without its labels: what it says of them is held out, of others a mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from gnn.models.base import Codes, GraphData, Labels, Model, NotFittedError, Tensors
from gnn.models.sage import GraphSage
from gnn.models.trees import Trees

EDGE: Final = 1e-6
"""Probabilities nearer than this to 0 or 1 are brought back to it, so that no model is sure."""


@dataclass(frozen=True)
class Folded:
    """A model fitted once a fold of `Labels.fold`, to the labels outside; its log odds are means over folds.

    On eighteen made-up worlds of three makers the means had a higher average precision among partners that
    nobody has reviewed than one fit to all labels: neighbour trees by 0.041, the flat baseline by 0.018,
    GraphSAGE by 0.004, trees on the prior by 0.001.
    """

    model: Model
    fitted: tuple[Model, ...] = ()

    @property
    def name(self) -> str:
        """The model's."""
        return self.model.name

    def fit(self, data: GraphData, labels: Labels) -> Self:
        """A fit a fold, which hears the labels outside it; raises `ValueError` where they have no fold."""
        if not labels.folds:
            raise ValueError("Labels have no folds to hold out.")
        outside = [labels.without(fold) for fold in range(labels.folds)]
        return replace(self, fitted=tuple(self.model.fit(data.hearing(one), one) for one in outside))

    def risk(self, data: GraphData, rows: Codes | None = None) -> NDArray[np.float64]:
        """The probability of fraud, (n,) or (rows,)."""
        probability: NDArray[np.float64] = expit(self.log_odds(data, rows))
        return probability

    def log_odds(self, data: GraphData, rows: Codes | None = None) -> NDArray[np.float64]:
        """The log odds of fraud, (n,) or (rows,), where every fit hears what `data` says."""
        odds: NDArray[np.float64] = self._each([data] * len(self.fitted), rows).mean(axis=0)
        return odds

    def held_out(self, data: GraphData, labels: Labels, rows: Codes | None = None) -> NDArray[np.float64]:
        """The log odds of fraud, (n,) or (rows,), where a fit hears the labels it learnt from alone.

        Nodes of a fold are told by the fit that had not seen their labels, the others by all.
        """
        odds = self._each([data.hearing(labels.without(fold)) for fold in range(labels.folds)], rows)
        fold = labels.fold if rows is None else labels.fold[rows]
        own = np.take_along_axis(odds, np.maximum(fold, 0)[None], axis=0)[0]
        found: NDArray[np.float64] = np.where(fold >= 0, own, odds.mean(axis=0))
        return found

    def _each(self, heard: Sequence[GraphData], rows: Codes | None) -> NDArray[np.float64]:
        """The log odds by every fit, (folds, n) or (folds, rows)."""
        if not self.fitted:
            raise NotFittedError(f"{self.name} is not fitted.")
        first, *_ = self.fitted
        if isinstance(first, Trees):
            trees = [one for one in self.fitted if isinstance(one, Trees)]
            return log_odds(first.risks(trees, heard, rows))
        if isinstance(first, GraphSage):
            nets = [one for one in self.fitted if isinstance(one, GraphSage)]
            return log_odds(first.risks(nets, heard, rows))
        said: list[NDArray[np.float64]] = []
        for number, (one, data) in enumerate(zip(self.fitted, heard, strict=True)):
            # what is not learnt is the same model in every fold: of the same graph it is asked once
            asked_before = number and one is self.fitted[number - 1] and data is heard[number - 1]
            said.append(said[-1] if asked_before else one.risk(data, rows))
        return log_odds(np.stack(said))

    def tensors(self) -> Tensors:
        """Those of every fit, by fold."""
        found: Tensors = {"folds": np.array([len(self.fitted)])}
        for fold, model in enumerate(self.fitted):
            found |= {f"{fold}/{name}": value for name, value in model.tensors().items()}
        return found

    def restore(self, tensors: Tensors) -> Self:
        """The fitted model; raises `ValueError` where the tensors are another's."""
        if "folds" not in tensors:
            raise ValueError("These tensors are not those of a model fitted once a fold.")
        folds = range(int(tensors["folds"][0]))
        return replace(self, fitted=tuple(self.model.restore(inside(tensors, f"{fold}/")) for fold in folds))


def log_odds(risk: NDArray[np.float64]) -> NDArray[np.float64]:
    """The log odds of probabilities, none of them sure."""
    odds: NDArray[np.float64] = logit(np.clip(risk, EDGE, 1 - EDGE))
    return odds


def inside(tensors: Tensors, prefix: str) -> dict[str, NDArray[Any]]:
    """The tensors whose names begin with this, named by what comes after it."""
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
