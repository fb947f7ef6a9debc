"""Mini-batches of a typed graph: sampled neighbourhoods as sparse products, on any device."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gnn.models.base import Codes, Edges, EdgeType, GraphData
from gnn.models.neighbours import edge_shares

Csr = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]
"""Where each row begins, (rows + 1,); the column and the value of every term."""

with warnings.catch_warnings():
    # torch says once that its CSR tensors are beta, and in some releases that it takes our word for their
    # order: the product with a dense matrix is all that is used of them; filters are not for threads
    warnings.filterwarnings("ignore", "Sparse (CSR tensor support|invariant checks)", UserWarning)
    torch.sparse_csr_tensor([0, 0], [], [], (1, 1), check_invariants=False)


@numba.njit(cache=True)
def _mixed(value: np.uint64) -> np.uint64:
    """splitmix64: a draw that depends on nothing but its seed, whatever was drawn before or elsewhere."""
    value = value + np.uint64(0x9E3779B97F4A7C15)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@numba.njit(cache=True)
def _sample(
    start: NDArray[np.int64], target: NDArray[np.int64], fanout: int, seed: np.uint64
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rows = np.zeros(len(target) + 1, dtype=np.int64)
    for i in range(len(target)):
        degree = start[target[i] + 1] - start[target[i]]
        rows[i + 1] = rows[i] + min(degree, fanout)
    edge = np.empty(rows[-1], dtype=np.int64)
    for i in range(len(target)):
        first, kept = start[target[i]], rows[i + 1] - rows[i]
        degree = start[target[i] + 1] - first
        chosen = edge[rows[i] : rows[i + 1]]
        if degree <= fanout:
            for j in range(kept):
                chosen[j] = first + j
            continue
        state = _mixed(seed ^ _mixed(np.uint64(target[i])))
        # Floyd 1987: every set of `fanout` edges is as likely as any other, in `fanout` draws
        for j in range(kept):
            last = degree - kept + j
            state = _mixed(state)
            draw = first + np.int64(state % np.uint64(last + 1))
            for other in range(j):
                if chosen[other] == draw:
                    draw = first + last
                    break
            chosen[j] = draw
        chosen.sort()
    return rows, edge


def sample_edges(found: Edges, target: Codes, fanout: int, seed: int) -> tuple[Codes, Codes]:
    """At most `fanout` edges into each target, drawn uniformly without replacement; all where fewer.

    Returns `rows` (targets + 1,) and `edge` (rows[-1],), places in `found`, ascending in a row. A target's
    edges depend on the seed and its code alone, not on the batch that it is in.
    """
    return _sample(found.start, target, fanout, np.uint64(seed))


@numba.njit(cache=True)
def _relabelled(
    code: NDArray[np.int64], place: NDArray[np.int64], nodes: NDArray[np.int64], known: int
) -> tuple[NDArray[np.int64], int]:
    """Places of codes among `nodes`, those not yet in it added in the order that they come in."""
    result = np.empty(len(code), dtype=np.int64)
    for i in range(len(code)):
        if place[code[i]] < 0:
            place[code[i]] = known
            nodes[known] = code[i]
            known += 1
        result[i] = place[code[i]]
    return result, known


class Mean:
    """The weighted mean over a target's edges, of any value an edge or a source has; rows without are 0.

    Sparse CSR products, forward and backward: no atomics, so the sums are in one order on every device.
    """

    def __init__(
        self, rows: Codes, column: Codes, weight: NDArray[np.float32], width: int, device: str
    ) -> None:
        self.shape = (len(rows) - 1, width)
        self.device = device
        # scipy's matrices check what is right by construction, longer than a batch takes to multiply
        self._share = (rows.astype(np.int32), column.astype(np.int32), edge_shares(rows, weight))
        self.matrix = _csr(self._share, self.shape, device)
        self._transposed: Tensor | None = None

    @property
    def transposed(self) -> Tensor:
        """Its transpose, made where a gradient asks for it."""
        if self._transposed is None:
            self._transposed = _csr(_turned(*self._share, self.shape[1]), self.shape[::-1], self.device)
        return self._transposed

    def __call__(self, x: Tensor) -> Tensor:
        """Means of `x` (width of the matrix, h), (targets, h)."""
        mean: Tensor = _Product.apply(x, self)
        return mean


@numba.njit(cache=True, nogil=True)
def _turned(
    rows: NDArray[np.int32], column: NDArray[np.int32], value: NDArray[np.float32], width: int
) -> Csr:
    """The transpose of a matrix of `width` columns; a column's terms keep their order."""
    start = np.zeros(width + 1, dtype=np.int32)
    for one in column:
        start[one + 1] += 1
    for one in range(width):
        start[one + 1] += start[one]
    place, row_of, turned = start[:-1].copy(), np.empty_like(column), np.empty_like(value)
    for row in range(len(rows) - 1):
        for edge in range(rows[row], rows[row + 1]):
            row_of[place[column[edge]]] = row
            turned[place[column[edge]]] = value[edge]
            place[column[edge]] += 1
    return start, row_of, turned


def _csr(matrix: Csr, shape: tuple[int, int], device: str) -> Tensor:
    rows, column, value = (torch.from_numpy(part) for part in matrix)
    return torch.sparse_csr_tensor(rows, column, value, shape, check_invariants=False).to(device)


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, x: Tensor, mean: Mean) -> Tensor:
        context.mean = mean
        return mean.matrix @ x

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return context.mean.transposed @ gradients[0].contiguous(), None


@dataclass(frozen=True)
class Heard:
    """The edges of one type in a layer: `source` (e,) places among the layer's sources; `mean` over them.

    Where edges have attributes, `mean` averages values of edges, and `spread` copies values of sources to
    their edges; otherwise `mean` averages values of sources at once and `spread` is None.
    """

    mean: Mean
    spread: Mean | None
    attributes: Tensor


@dataclass(frozen=True)
class Block:
    """One layer of a batch: which of its sources are its targets too, `own` by kind, and its edges."""

    own: Mapping[str, slice]
    heard: Mapping[EdgeType, Heard]


@dataclass(frozen=True)
class Batch:
    """Blocks from the inputs up; `nodes` by kind whose inputs the first block reads."""

    nodes: Mapping[str, Codes]
    blocks: list[Block]


def _heard(found: Edges, rows: Codes, edge: Codes | slice, source: Codes, width: int, device: str) -> Heard:
    weight, attributes = found.weight[edge], found.attributes[edge]
    if not attributes.shape[1]:
        return Heard(Mean(rows, source, weight, width, device), None, torch.zeros(0, 0, device=device))
    each = np.arange(len(source) + 1)
    return Heard(
        Mean(rows, each[:-1], weight, len(source), device),
        Mean(each, source, np.ones(len(source), dtype=np.float32), width, device),
        torch.from_numpy(attributes).to(device),
    )


class Sampler:
    """Draws batches of one graph; keeps a place for every node so that a batch costs its own size only.

    `last` is the graph that the layer next to the batch reads, with the same edges: `data` if not given.
    """

    def __init__(
        self,
        data: GraphData,
        fanouts: tuple[int, ...],
        device: str = "cpu",
        last: GraphData | None = None,
    ) -> None:
        self.data, self.fanouts, self.device = data, fanouts, device
        self.last = data if last is None else last
        self.place = {kind: np.full(len(x), -1, dtype=np.int64) for kind, x in data.x.items()}

    def batch(self, codes: Codes, seed: int) -> Batch:
        """The sampled neighbourhood of distinct nodes of `data.kind`, a block for each fanout.

        The last fanout is the one next to `codes`. Seeds differ by layer and type of edge.
        """
        kinds = sorted(self.data.x)
        empty = np.zeros(0, dtype=np.int64)
        nodes = {kind: codes if kind == self.data.kind else empty for kind in kinds}
        blocks: list[Block] = []
        for layer, fanout in enumerate(reversed(self.fanouts)):
            graph = self.data if layer else self.last
            nodes, block = self._layer(graph, nodes, fanout, seed * len(self.fanouts) + layer)
            blocks.append(block)
        return Batch(nodes, blocks[::-1])

    def _layer(
        self, graph: GraphData, targets: dict[str, Codes], fanout: int, seed: int
    ) -> tuple[dict[str, Codes], Block]:
        drawn: dict[EdgeType, tuple[Codes, Codes]] = {}
        for number, edge in enumerate(sorted(self.data.edges)):
            draw = seed * len(self.data.edges) + number
            drawn[edge] = sample_edges(self.data.edges[edge], targets[edge[2]], fanout, draw)
        sources, place = self._sources(targets, drawn)
        return sources, Block(
            own={kind: slice(0, len(codes)) for kind, codes in targets.items()},
            heard={
                edge: _heard(graph.edges[edge], rows, chosen, place[edge], len(sources[edge[0]]), self.device)
                for edge, (rows, chosen) in drawn.items()
            },
        )

    def _sources(
        self, targets: dict[str, Codes], drawn: dict[EdgeType, tuple[Codes, Codes]]
    ) -> tuple[dict[str, Codes], dict[EdgeType, Codes]]:
        """The nodes that a layer reads, its targets first, and where each edge's source is among them."""
        sources, places = {}, {}
        for kind, own in targets.items():
            heard = [edge for edge in drawn if edge[0] == kind]
            room = np.empty(len(own) + sum(len(drawn[edge][1]) for edge in heard), dtype=np.int64)
            _, known = _relabelled(own, self.place[kind], room, 0)
            for edge in heard:
                code = self.data.edges[edge].source[drawn[edge][1]]
                places[edge], known = _relabelled(code, self.place[kind], room, known)
            sources[kind] = room[:known].copy()
            self.place[kind][sources[kind]] = -1
        return sources, places


def whole_block(data: GraphData, kind: str, first: int, last: int, device: str = "cpu") -> Block:
    """All edges into the nodes `first` to `last` of one kind, reading all nodes in their own order."""
    heard = {}
    for edge in data.incoming(kind):
        found = data.edges[edge]
        rows = found.start[first : last + 1] - found.start[first]
        places = slice(int(found.start[first]), int(found.start[last]))
        heard[edge] = _heard(found, rows, places, found.source[places], len(data.x[edge[0]]), device)
    return Block({kind: slice(first, last)}, heard)
