"""What every model of risk reads and answers: a typed graph and labels in, one number a node out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from graph.tally import by_two_codes

Codes = NDArray[np.int64]
Floats = NDArray[np.float32]
EdgeType = tuple[str, str, str]
"""Source kind, name, target kind."""

Tensors = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class Edges:
    """The edges of one type by target, as CSR: what target t hears is `source[start[t]:start[t + 1]]`.

    `start` (targets + 1,) int64; `source` (e,) int64; `weight` (e,) float32, positive: messages are means
    weighted by it; `attributes` (e, a) float32, such as log amount and age, a = 0 where there are none.
    """

    start: Codes
    source: Codes
    weight: Floats
    attributes: Floats

    def degree(self) -> Codes:
        """How many edges every target hears, (targets,)."""
        return np.diff(self.start)

    def targets(self) -> Codes:
        """The target of every edge, (e,)."""
        return np.repeat(np.arange(len(self.start) - 1), self.degree())

    def into(self, targets: Codes) -> Edges:
        """The edges into these targets alone, in the order given; at the price of these."""
        degree = self.start[targets + 1] - self.start[targets]
        ends = np.cumsum(degree)
        place = np.arange(degree.sum()) + np.repeat(self.start[targets] - (ends - degree), degree)
        start = np.concatenate([[0], ends]).astype(np.int64)
        return Edges(start, self.source[place], self.weight[place], self.attributes[place])


def edges(
    source: Codes,
    target: Codes,
    targets: int,
    *,
    weight: Floats | None = None,
    attributes: Floats | None = None,
) -> Edges:
    """Edges in any order as CSR of `targets` rows; a row's edges are ordered by all that is known of them."""
    weight = np.ones(len(source), dtype=np.float32) if weight is None else weight
    attributes = np.zeros((len(source), 0), dtype=np.float32) if attributes is None else attributes
    order = by_two_codes(target, targets, source, int(source.max(initial=-1)) + 1)
    same = (np.diff(source[order]) == 0) & (np.diff(target[order]) == 0)
    if same.any():  # twins: told apart by what they say
        order = np.lexsort((*attributes.T[::-1], weight, source, target))
    start = np.concatenate([[0], np.cumsum(np.bincount(target, minlength=targets))]).astype(np.int64)
    return Edges(
        start,
        source[order].astype(np.int64),
        weight[order].astype(np.float32),
        attributes[order].astype(np.float32),
    )


@dataclass(frozen=True)
class GraphData:
    """A graph at one moment: inputs `x` (n, width) float32 a kind, edges a type, whose `kind` gets a risk.

    `said` (n,) int8 are the verdicts on nodes of `kind` that models may hear as evidence about their
    neighbours: 1 fraud, -1 legit, 0 nothing. Whoever measures a model blanks what it measures on (`hearing`).
    `prior` (n,) is the probability of fraud that needs no verdict, 0.5 throughout where nothing is known.
    A graph of one kind is {"node": x}, {("node", "tied_to", "node"): edges}.
    """

    x: Mapping[str, Floats]
    edges: Mapping[EdgeType, Edges]
    kind: str
    said: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, dtype=np.int8))
    prior: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        if not len(self.said):
            object.__setattr__(self, "said", np.zeros(self.size, dtype=np.int8))
        if not len(self.prior):
            object.__setattr__(self, "prior", np.full(self.size, 0.5))

    @property
    def size(self) -> int:
        """The number of nodes that get a risk."""
        return len(self.x[self.kind])

    def incoming(self, kind: str) -> list[EdgeType]:
        """The types of edges that nodes of that kind hear, in the order of their names."""
        return sorted(edge for edge in self.edges if edge[2] == kind)

    def log_degrees(self, kind: str, rows: Codes | None = None) -> Floats:
        """log(1 + degree) of the nodes of a kind, a column for each of its incoming types, (n, types).

        `rows` (m,) asks for these nodes alone.
        """
        asked = np.arange(len(self.x[kind])) if rows is None else rows
        starts = [self.edges[edge].start for edge in self.incoming(kind)]
        degrees = [np.log1p(start[asked + 1] - start[asked]) for start in starts]
        return np.stack([np.zeros(len(asked)), *degrees], axis=1)[:, 1:].astype(np.float32)

    def hearing(self, labels: Labels) -> GraphData:
        """The same graph where exactly these labels are heard."""
        said = np.zeros(self.size, dtype=np.int8)
        said[labels.fraud], said[labels.legit] = 1, -1
        return replace(self, said=said)


def drawn(codes: Codes, most: int, rng: np.random.Generator) -> Codes:
    """At most so many of these codes, drawn without replacement, in ascending order where any is left out."""
    return codes if len(codes) <= most else np.sort(rng.choice(codes, most, replace=False))


@dataclass(frozen=True)
class Labels:
    """What a model learns from: codes of known frauds, of known legit nodes, of others to learn from.

    Where everybody outside the test is labelled, `unlabelled` is empty. `class_prior` is the share of fraud
    among all nodes, in (0, 1). `fold` (n,): the labels of fold f = 0, 1, … are held out together; -1 never.
    """

    fraud: Codes
    legit: Codes
    unlabelled: Codes
    class_prior: float
    fold: Codes
    seed: int = 0

    @property
    def folds(self) -> int:
        """How many folds there are."""
        return int(self.fold.max(initial=-1)) + 1

    def without(self, fold: int) -> Labels:
        """The labels outside that fold."""
        return replace(
            self,
            fraud=self.fraud[self.fold[self.fraud] != fold],
            legit=self.legit[self.fold[self.legit] != fold],
        )

    def at_most(self, most: int | None) -> Labels:
        """At most so many of each group, drawn by the seed; all of them where `most` is None."""
        if most is None:
            return self
        rng = np.random.default_rng(self.seed)
        fraud, legit, unlabelled = (
            drawn(codes, most, rng) for codes in (self.fraud, self.legit, self.unlabelled)
        )
        return replace(self, fraud=fraud, legit=legit, unlabelled=unlabelled)

    def labelled(self) -> tuple[Codes, NDArray[np.bool_]]:
        """All labelled codes in ascending order, and whether each is fraud."""
        codes = np.concatenate([self.fraud, self.legit])
        order = np.argsort(codes, kind="stable")
        return codes[order], np.repeat([True, False], [len(self.fraud), len(self.legit)])[order]


class Model(Protocol):
    """A model of risk. Fitting, restoring and asking change nothing and are the same bytes for a seed.

    `tensors` is all that fitting found, as plain arrays by name; `restore`, asked of a model with the same
    settings, gives back the fitted one. A model that is not fitted raises `NotFittedError` when asked.
    """

    @property
    def name(self) -> str:
        """What people call it; one for each model of a portfolio."""
        ...

    def fit(self, data: GraphData, labels: Labels) -> Self:
        """The model fitted to these labels. It hears `data.said`: see `GraphData.hearing`."""
        ...

    def risk(self, data: GraphData, rows: Codes | None = None) -> NDArray[np.float64]:
        """The risk of every node of `data.kind`, (n,), higher is worse; in [0, 1] unless its model says.

        `rows` (m,) asks for these nodes alone: the same bytes, for less where a model reads no more.
        """
        ...

    def tensors(self) -> Tensors:
        """What fitting found."""
        ...

    def restore(self, tensors: Tensors) -> Self:
        """The fitted model whose `tensors` these are; raises `ValueError` where they are another's."""
        ...


class NotFittedError(RuntimeError):
    """A model was asked before it was fitted or restored."""
