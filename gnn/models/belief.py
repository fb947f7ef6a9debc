"""Belief propagation from verdicts alone (FaBP, Koutra et al. 2011)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit

from gnn.models.base import Codes, Edges, GraphData, Labels, Tensors


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
        start, total = _offsets(data)
        said = np.zeros(total)
        own = slice(start[data.kind], start[data.kind] + data.size)
        said[own] = data.said
        ties = _ties(data, start, total)
        belief = said
        for _ in range(self.rounds):
            belief = said + self.spread * (ties @ belief)
        heard: NDArray[np.float64] = expit((belief - said)[own])
        return heard if rows is None else heard[rows]

    def tensors(self) -> Tensors:
        """Nothing."""
        return {}

    def restore(self, tensors: Tensors) -> Self:
        """Itself."""
        if tensors:
            raise ValueError("Belief propagation has no tensors.")
        return self


def _offsets(data: GraphData) -> tuple[dict[str, int], int]:
    kinds = sorted(data.x)
    starts = np.concatenate([[0], np.cumsum([len(data.x[kind]) for kind in kinds])])
    return dict(zip(kinds, starts.tolist(), strict=False)), int(starts[-1])


def _ties(data: GraphData, start: dict[str, int], total: int) -> sparse.csr_array:
    """All edges as one matrix (nodes, nodes); rows sum to 1 at most, to less where all ties are weak."""
    weight, row, column = [], [], []
    for kind in sorted(data.edges):
        found: Edges = data.edges[kind]
        weight.append(found.weight)
        row.append(found.targets() + start[kind[2]])
        column.append(found.source + start[kind[0]])
    cells = (np.concatenate(weight), (np.concatenate(row), np.concatenate(column)))
    matrix = sparse.csr_array(cells, shape=(total, total), dtype=np.float64)
    scale = 1 / np.maximum(np.asarray(matrix.sum(axis=1)), 1)
    return sparse.csr_array(sparse.diags_array(scale) @ matrix)
