"""The stack: models weighed by how well their held-out log odds, together, tell fraud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from gnn.models.base import GraphData, Labels, Model, NotFittedError, Tensors

EDGE: Final = 1e-6
"""Probabilities nearer than this to 0 or 1 are brought back to it, so that no member is sure."""

RIDGE: Final = 1e-3
"""What a squared weight costs, beside a loss of about 0.5: weights stay finite where all is told apart."""


@dataclass(frozen=True)
class _Fitted:
    """One fitted model a fold and member, (folds, members), weights of members, and an intercept."""

    models: tuple[tuple[Model, ...], ...]
    weight: NDArray[np.float64]
    intercept: float


@dataclass(frozen=True)
class Stack:
    """Logistic regression on its members' log odds, weights never negative (Breiman 1996).

    Every member is fitted once a fold of `Labels.fold`, without its labels, and scored on them; these scores
    are what the regression is fitted to, frauds weighing the class prior. A node's risk is the mean of
    all folds' models: who measures a stack must have held out labels of his own.

    A stack that is `on_prior` weighs its members so that the reviewed get their verdicts and the unlabelled
    their `GraphData.prior`, each weighing the same: members that learn whom reviewers accuse are not trusted
    further than that leaves the others as they were.
    """

    members: tuple[Model, ...]
    on_prior: bool = False
    name: str = "stack"
    fitted: _Fitted | None = field(default=None, repr=False, compare=False)

    def fit(self, data: GraphData, labels: Labels) -> Self:
        """The stack fitted to these labels; raises `ValueError` where they have no fold."""
        return self.fit_held_out(data, labels)[0]

    def fit_held_out(self, data: GraphData, labels: Labels) -> tuple[Self, dict[str, NDArray[np.float64]]]:
        """The stack fitted to these labels, and by name, its own last, log odds of all nodes, (n,).

        Each labelled node's are those of the members that had not seen it, weighed as all labels say.
        """
        if not labels.folds:
            raise ValueError("A stack needs labels with folds to weigh its members on.")
        models = []
        for fold in range(labels.folds):
            outside = labels.without(fold)
            heard = data.hearing(outside)
            models.append(tuple(member.fit(heard, outside) for member in self.members))
        odds = held_out(models, data, labels)
        stack = self._weighed(models, odds, data, labels)
        fitted = stack._found()
        found = {member.name: odds[:, place] for place, member in enumerate(self.members)}
        return stack, found | {self.name: odds @ fitted.weight + fitted.intercept}

    def weighed(self, models: list[tuple[Model, ...]], data: GraphData, labels: Labels) -> Self:
        """The stack of members that are fitted already, one tuple a fold, each without that fold's labels."""
        return self._weighed(models, held_out(models, data, labels), data, labels)

    def _weighed(
        self,
        models: list[tuple[Model, ...]],
        odds: NDArray[np.float64],
        data: GraphData,
        labels: Labels,
    ) -> Self:
        codes, known = labels.labelled()
        rows, target = codes[labels.fold[codes] >= 0], known[labels.fold[codes] >= 0].astype(np.float64)
        each = shares(target > 0, labels.class_prior)
        if self.on_prior:
            rows = np.concatenate([rows, labels.unlabelled])
            target = np.concatenate([target, data.prior[labels.unlabelled]])
            each = np.full(len(rows), 1 / len(rows))
        weight, intercept = nonnegative_line(odds[rows], target, each)
        return replace(self, fitted=_Fitted(tuple(models), weight, intercept))

    def risk(self, data: GraphData) -> NDArray[np.float64]:
        """The probability of fraud, (n,)."""
        probability: NDArray[np.float64] = expit(self.log_odds(data))
        return probability

    def log_odds(self, data: GraphData) -> NDArray[np.float64]:
        """The log odds of fraud, (n,): the members' by their weights, means over folds."""
        fitted = self._found()
        odds = np.mean([_log_odds(models, data) for models in fitted.models], axis=0)
        weighed: NDArray[np.float64] = odds @ fitted.weight + fitted.intercept
        return weighed

    def weights(self) -> dict[str, float]:
        """Every member's weight, by its name."""
        return dict(zip((m.name for m in self.members), self._found().weight.tolist(), strict=True))

    def tensors(self) -> Tensors:
        """The members' tensors by fold and place, and their weights."""
        fitted = self._found()
        line = np.append(fitted.weight, fitted.intercept)
        found: Tensors = {"line": line, "folds": np.array([len(fitted.models)])}
        for fold, models in enumerate(fitted.models):
            for place, model in enumerate(models):
                found |= {f"{fold}/{place}/{name}": value for name, value in model.tensors().items()}
        return found

    def restore(self, tensors: Tensors) -> Self:
        """The fitted stack; raises `ValueError` where the tensors are those of other members."""
        line = np.asarray(tensors.get("line", np.zeros(0)), dtype=np.float64)
        if len(line) != len(self.members) + 1 or "folds" not in tensors:
            raise ValueError("These tensors are not those of a stack of these members.")
        models = tuple(
            tuple(
                member.restore(_inside(tensors, f"{fold}/{place}/"))
                for place, member in enumerate(self.members)
            )
            for fold in range(int(tensors["folds"][0]))
        )
        return replace(self, fitted=_Fitted(models, line[:-1], float(line[-1])))

    def _found(self) -> _Fitted:
        if self.fitted is None:
            raise NotFittedError("The stack is not fitted.")
        return self.fitted


def _inside(tensors: Tensors, prefix: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _log_odds(models: tuple[Model, ...], data: GraphData) -> NDArray[np.float64]:
    """The log odds of every node by every model, (n, models)."""
    risks = [np.clip(model.risk(data), EDGE, 1 - EDGE) for model in models]
    odds: NDArray[np.float64] = logit(np.stack(risks, axis=1))
    return odds


def held_out(models: Sequence[tuple[Model, ...]], data: GraphData, labels: Labels) -> NDArray[np.float64]:
    """The log odds of every node by every member, (n, members): of labelled nodes by the fold without them.

    The others' are means over folds. Each fold's models hear the labels outside it.
    """
    total = np.zeros((data.size, len(models[0])))
    own = np.zeros_like(total)
    for fold, fitted in enumerate(models):
        odds = _log_odds(fitted, data.hearing(labels.without(fold)))
        total += odds
        inside = labels.fold == fold
        own[inside] = odds[inside]
    return np.where(labels.fold[:, None] >= 0, own, total / len(models))


def shares(fraud: NDArray[np.bool_], prior: float) -> NDArray[np.float64]:
    """What each labelled node weighs, (labels,); all together 1, frauds together the prior."""
    frauds = max(int(fraud.sum()), 1)
    return np.where(fraud, prior / frauds, (1 - prior) / max(len(fraud) - frauds, 1))


def nonnegative_line(
    odds: NDArray[np.float64],
    target: NDArray[np.float64],
    weight: NDArray[np.float64],
    *,
    ridge: float = RIDGE,
    around: NDArray[np.float64] | float = 0.0,
) -> tuple[NDArray[np.float64], float]:
    """Weights, none negative, and the intercept of the logistic regression of targets on log odds (n, m).

    `target` (n,) in [0, 1], `weight` (n,) what each counts for. Half the squared distance of the weights from
    `around` costs `ridge`. The same bytes on any number of threads.
    """
    rows = np.column_stack([odds, np.ones(len(odds))])
    width = odds.shape[1]
    centre = np.append(np.broadcast_to(around, width), 0)

    def loss(line: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = rows @ line
        slope = weight * (expit(margin) - target)
        away = np.append(line[:-1], 0) - centre
        # a sum and no dot product: BLAS adds that up in as many parts as there are threads
        value = (weight * (np.logaddexp(0, margin) - target * margin)).sum() + 0.5 * ridge * (away**2).sum()
        return float(value), rows.T @ slope + ridge * away

    start = np.append(np.full(width, 1 / width), 0)
    bounds = [(0, None)] * width + [(None, None)]
    line = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x
    return line[:-1], float(line[-1])
