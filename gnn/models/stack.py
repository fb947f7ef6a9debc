"""The stack: models weighed by how well their held-out log odds, together, tell fraud."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Final, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from gnn.models.base import Codes, GraphData, Labels, Model, NotFittedError, Tensors
from gnn.models.folded import Folded, inside
from gnn.models.sage import GraphSage

RIDGE: Final = 1e-3
"""What a squared weight costs, beside a loss of about 0.5: weights stay finite where all is told apart."""

THREADS: Final = 2
"""Members that are fitted, or asked, at the same time."""

T = TypeVar("T")


@dataclass(frozen=True)
class Stack:
    """Logistic regression on its members' log odds, weights never negative (Wolpert 1992, Breiman 1996).

    It is fitted to the log odds that members say of labels they had not seen (`Folded.held_out`), frauds
    weighing the class prior. A node's risk rests on all folds' fits: who measures a stack must have held out
    labels of his own.

    A stack that is `on_prior` weighs its members so that the reviewed get their verdicts and the unlabelled
    their `GraphData.prior`, each weighing the same: members that learn whom reviewers accuse are not trusted
    further than that leaves the others as they were.

    `line` (members + 1,) are the weights of members, and an intercept; none before the fit.
    """

    members: tuple[Folded, ...]
    on_prior: bool = False
    name: str = "stack"
    line: NDArray[np.float64] | None = field(default=None, repr=False, compare=False)

    def fit(self, data: GraphData, labels: Labels) -> Self:
        """The stack fitted to these labels; raises `ValueError` where they have no fold."""
        return self._of_fitted(data, labels).weighed(data, labels)

    def fit_held_out(self, data: GraphData, labels: Labels) -> tuple[Self, dict[str, NDArray[np.float64]]]:
        """The stack fitted to these labels, and by name, its own last, log odds of all nodes, (n,).

        Each labelled node's are those of the members that had not seen it, weighed as all labels say.
        """
        stack = self._of_fitted(data, labels)
        odds = stack.held_out(data, labels)
        stack = stack.weighed(data, labels, odds)
        found = {member.name: odds[:, place] for place, member in enumerate(self.members)}
        return stack, found | {self.name: stack.combined(odds)}

    def _of_fitted(self, data: GraphData, labels: Labels) -> Self:
        fitted = of_each(lambda member: member.fit(data, labels), self.members)
        return replace(self, members=tuple(fitted))

    def weighed(self, data: GraphData, labels: Labels, held_out: NDArray[np.float64] | None = None) -> Self:
        """The stack of members that are fitted to these labels already.

        `held_out` (n, members) are their log odds, asked for where they are not given.
        """
        codes, known = labels.labelled()
        rows, target = codes[labels.fold[codes] >= 0], known[labels.fold[codes] >= 0].astype(np.float64)
        each = shares(target > 0, labels.class_prior)
        if self.on_prior:
            rows = np.concatenate([rows, labels.unlabelled])
            target = np.concatenate([target, data.prior[labels.unlabelled]])
            each = np.full(len(rows), 1 / len(rows))
        odds = self.held_out(data, labels, rows) if held_out is None else held_out[rows]
        weight, intercept = nonnegative_line(odds, target, each)
        return replace(self, line=np.append(weight, intercept))

    def held_out(self, data: GraphData, labels: Labels, rows: Codes | None = None) -> NDArray[np.float64]:
        """What every member says of labels that it had not seen, log odds (n or rows, members)."""
        return np.stack(of_each(lambda member: member.held_out(data, labels, rows), self.members), axis=1)

    def risk(self, data: GraphData, rows: Codes | None = None) -> NDArray[np.float64]:
        """The probability of fraud, (n,) or (rows,)."""
        probability: NDArray[np.float64] = expit(self.log_odds(data, rows))
        return probability

    def log_odds(self, data: GraphData, rows: Codes | None = None) -> NDArray[np.float64]:
        """The log odds of fraud, (n,) or (rows,): the members' by their weights.

        Members that weigh nothing are not asked.
        """
        places = np.flatnonzero(self.found()[:-1])
        odds = np.zeros((data.size if rows is None else len(rows), len(self.members)))
        asked = tuple(self.members[place] for place in places)
        for place, said in zip(places, of_each(lambda one: one.log_odds(data, rows), asked), strict=True):
            odds[:, place] = said
        return self.combined(odds)

    def combined(self, odds: NDArray[np.float64]) -> NDArray[np.float64]:
        """The log odds of fraud, (n,), where members say these, (n, members)."""
        line = self.found()
        combined: NDArray[np.float64] = odds @ line[:-1] + line[-1]
        return combined

    def weights(self) -> dict[str, float]:
        """Every member's weight, by its name."""
        return dict(zip((m.name for m in self.members), self.found()[:-1].tolist(), strict=True))

    def tensors(self) -> Tensors:
        """The members' tensors by place, and their weights."""
        found: Tensors = {"line": self.found()}
        for place, member in enumerate(self.members):
            found |= {f"{place}/{name}": value for name, value in member.tensors().items()}
        return found

    def restore(self, tensors: Tensors) -> Self:
        """The fitted stack; raises `ValueError` where the tensors are those of other members."""
        line = np.asarray(tensors.get("line", np.zeros(0)), dtype=np.float64)
        if len(line) != len(self.members) + 1:
            raise ValueError("These tensors are not those of a stack of these members.")
        fitted = (member.restore(inside(tensors, f"{place}/")) for place, member in enumerate(self.members))
        return replace(self, members=tuple(fitted), line=line)

    def found(self) -> NDArray[np.float64]:
        """The weights and the intercept; raises `NotFittedError` before there are any."""
        if self.line is None:
            raise NotFittedError("The stack is not fitted.")
        return self.line


def fit_all(
    models: Sequence[Model], data: GraphData, labels: Labels
) -> list[tuple[Model, NDArray[np.float64]]]:
    """Every model fitted to these labels, which `data` says, and its risk of every node, (n,).

    A member of a stack is fitted once and asked once, for itself and for the stack.
    """
    members = {one.name: one for model in models if isinstance(model, Stack) for one in model.members}

    def fit(member: Folded) -> _Asked:
        fitted = member.fit(data, labels)
        return _Asked(fitted, *fitted.held_out_and_all(data, labels))

    # networks first: a copy that fits one keeps, until it ends, what this process holds when it is copied
    order = sorted(members.values(), key=lambda member: not isinstance(member.model, GraphSage))
    ready = dict(zip((member.name for member in order), of_each(fit, order), strict=True))
    found: list[tuple[Model, NDArray[np.float64]]] = []
    for model in models:
        if isinstance(model, Stack):
            own = [ready[one.name] for one in model.members]
            stack = replace(model, members=tuple(one.fitted for one in own))
            stack = stack.weighed(data, labels, np.stack([one.held_out for one in own], axis=1))
            found.append((stack, expit(stack.combined(np.stack([one.odds for one in own], axis=1)))))
        elif model.name in ready:
            found.append((ready[model.name].fitted, expit(ready[model.name].odds)))
        else:
            fitted = model.fit(data, labels)
            found.append((fitted, fitted.risk(data)))
    return found


@dataclass(frozen=True)
class _Asked:
    """A fitted member with the log odds that it says of every node: `held_out`, and by all its fits, (n,)."""

    fitted: Folded
    held_out: NDArray[np.float64]
    odds: NDArray[np.float64]


def of_each(ask: Callable[[Folded], T], members: Sequence[Folded]) -> list[T]:
    """What every member answers; two are asked at a time, and each alone decides its bytes.

    Networks wait for each other (`reproducible`); trees take what processors a network leaves.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(ask, members))


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
