"""Belief propagation from verdicts alone (FaBP, Koutra et al. 2011)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Self

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from gnn.models.base import Codes, Floats, GraphData, Labels, Tensors
from graph.parts import in_parts


@dataclass(frozen=True)
class BeliefPropagation:
    """Linear belief propagation of `GraphData.said` over all edges; nothing is learnt from features.

    Differs from the paper: means over neighbours in place of sums, so that a popular node does not gain
    belief from its number of edges. `spread` is how much of a neighbour's belief a node takes over in a
    round, below 1 so that rounds converge. A node's own verdict is not in its own risk, other than by way of
    its neighbours, so that one verdict never proves itself.
    """

    spread: float = 0.5
    rounds: int = 8
    name: str = "belief propagation"

    def fit(self, data: GraphData, labels: Labels) -> Self:
        """Itself: the verdicts it spreads come with the graph."""
        return self

    def risk(self, data: GraphData, rows: Codes | None = None) -> NDArray[np.float64]:
        """Belief as a probability, (n,) or (rows,); 0.5 where nothing is heard. It is a rank, not a rate."""
        said = {kind: np.zeros(len(x)) for kind, x in data.x.items()}
        said[data.kind] = data.said.astype(np.float64)
        total = {kind: _weight_heard(data, kind) for kind in data.x}
        belief = said
        for _ in range(self.rounds):
            belief = {kind: self._next(data, kind, said, belief, total[kind]) for kind in data.x}
        heard: NDArray[np.float64] = expit(belief[data.kind] - said[data.kind])
        return heard if rows is None else heard[rows]

    def _next(
        self,
        data: GraphData,
        kind: str,
        said: Mapping[str, NDArray[np.float64]],
        belief: Mapping[str, NDArray[np.float64]],
        total: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """What nodes of that kind believe a round later, (n,)."""
        heard = np.zeros(len(total))
        for edge in data.incoming(kind):
            found, theirs = data.edges[edge], belief[edge[0]]
            if not theirs.any():
                continue
            in_parts(len(heard), partial(_hear, found.start, found.source, found.weight, theirs, heard))
        # means, but of weak ties less than that
        after: NDArray[np.float64] = said[kind] + self.spread * heard / np.maximum(total, 1)
        return after

    def tensors(self) -> Tensors:
        """Nothing."""
        return {}

    def restore(self, tensors: Tensors) -> Self:
        """Itself."""
        if tensors:
            raise ValueError("Belief propagation has no tensors.")
        return self


def _weight_heard(data: GraphData, kind: str) -> NDArray[np.float64]:
    """The weight of all edges that each node of a kind hears, (n,)."""
    total = np.zeros(len(data.x[kind]))
    for edge in data.incoming(kind):
        found = data.edges[edge]
        total += np.bincount(found.targets(), found.weight, minlength=len(total))
    return total


@numba.njit(cache=True, nogil=True)
def _hear(
    start: Codes,
    source: Codes,
    weight: Floats,
    belief: NDArray[np.float64],
    heard: NDArray[np.float64],
    begin: int,
    end: int,
) -> None:
    """Adds to `heard` of the targets from `begin` to `end` their sources' belief by weight."""
    for target in range(begin, end):
        for edge in range(start[target], start[target + 1]):
            heard[target] += weight[edge] * belief[source[edge]]
