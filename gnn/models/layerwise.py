"""The answer of GraphSAGE about all nodes: a layer at a time, networks side by side, on the processor."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import numba
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gnn.models.base import Codes, Edges, EdgeType, Floats, GraphData
from gnn.models.neighbours import shares_of
from gnn.models.sage_net import Layer, SageNet, TypedMean

Part = TypeVar("Part")

CHUNK: Final = 4_096
"""Nodes whose next layer is worked out at once, by one core: products have as many rows on any number."""


def layerwise(
    nets: Sequence[SageNet],
    data: GraphData,
    x: Callable[[str, Codes], Tensor],
    last: GraphData | None = None,
) -> Floats:
    """The logits of all nodes of `data.kind` from all their edges, (nets, n), a layer of all nodes at a time.

    `x` gives the inputs of nodes of a kind, (rows, width); `last` is the graph that the last layer reads,
    with the same edges, `data` if not given. The same as `forward` on blocks of every edge, but for rounding.
    Networks are alike but for their weights and on the processor: what they say of a node stands in one row,
    so that an edge is looked up once for all. Takes the memory of two layers of every network.
    """
    with torch.no_grad():
        h, logit = {}, np.empty((len(nets), data.size), dtype=np.float32)
        for kind, own in sorted(data.x.items()):
            h[kind] = _entered(nets, kind, len(own), x, logit if kind == data.kind else None)
        shares = shares_of(data)
        layers = len(nets[0].layers)
        for number in range(layers):
            final = number == layers - 1
            graph = data if last is None or not final else last
            some = [_layer(net, number) for net in nets]
            kinds = [data.kind] if final else list(h)
            h = {kind: _Next(some, graph, kind, h, shares).after() for kind in kinds}

        def head(begin: int, end: int) -> None:
            for number, net in enumerate(nets):
                rows = _columns(h[data.kind][begin:end], number, len(nets))
                logit[number, begin:end] += net.head(torch.from_numpy(rows)).numpy()[:, 0]

        _in_chunks(data.size, head)
    return logit


def _layer(net: SageNet, number: int) -> Layer:
    return _as(Layer, net.layers[number])


def _as(kind: type[Part], module: object) -> Part:
    """The module, of which torch does not say what it is."""
    if not isinstance(module, kind):
        raise TypeError(f"A network of {type(module).__name__} where {kind.__name__} is read.")
    return module


def _entered(
    nets: Sequence[SageNet], kind: str, size: int, x: Callable[[str, Codes], Tensor], wide: Floats | None
) -> Floats:
    """The first h of all nodes of a kind, (n, nets * hidden); where asked for, what inputs add to logits."""
    hidden = nets[0].head.in_features
    h = np.empty((size, len(nets) * hidden), dtype=np.float32)

    def enter(begin: int, end: int) -> None:
        rows = x(kind, np.arange(begin, end))
        for number, net in enumerate(nets):
            _columns(h[begin:end], number, len(nets))[:] = torch.relu_(net.enter[kind](rows)).numpy()
            if wide is not None:
                wide[number, begin:end] = net.wide(rows).numpy()[:, 0]

    _in_chunks(size, enter)
    return h


class _Next:
    """The next h of the nodes of one kind: h + relu(norm(W h + the messages of all types of edge))."""

    def __init__(
        self,
        layers: Sequence[Layer],
        data: GraphData,
        kind: str,
        h: Mapping[str, Floats],
        shares: Mapping[EdgeType, Floats],
    ) -> None:
        self.kind, self.own, self.shares = kind, h[kind], shares
        self.norms = [_as(nn.LayerNorm, layer.norm[kind]) for layer in layers]
        own = [_as(nn.Linear, layer.own[kind]) for layer in layers]
        found = [(edge, data.edges[edge]) for edge in data.incoming(kind)]
        says = {edge: [_said(layer, edge) for layer in layers] for edge, _ in found}
        plain = [(edge, one) for edge, one in found if not one.attributes.shape[1]]
        self.plain = [(one, self.shares[edge], h[edge[0]]) for edge, one in plain]
        # W h and the messages W' mean(h') are one product, of rows side by side
        self.weight = [
            torch.cat([one.weight, *(says[edge][place].say.weight for edge, _ in plain)], 1).t().contiguous()
            for place, one in enumerate(own)
        ]
        self.bias = [one.bias for one in own]
        # what a source says along edges with attributes before they are heard is the same on all of them
        self.told = [
            (one, self.shares[edge], _spoken(says[edge], h[edge[0]]), says[edge])
            for edge, one in found
            if one.attributes.shape[1]
        ]

    def after(self) -> Floats:
        """(n, nets * hidden)."""
        result = np.empty_like(self.own)

        def work(begin: int, end: int) -> None:
            self._work(begin, end, result)

        _in_chunks(len(self.own), work)
        return result

    def _work(self, begin: int, end: int, result: Floats) -> None:
        nets = len(self.weight)
        hidden = self.own.shape[1] // nets
        rows = torch.zeros((nets, end - begin, hidden * (1 + len(self.plain))))
        _beside(self.own[begin:end], rows.numpy())
        for place, (found, share, source) in enumerate(self.plain):
            _mean(
                found.start[begin : end + 1], found.source, share, source, rows.numpy(), (1 + place) * hidden
            )
        heard = np.zeros((end - begin, self.own.shape[1]), dtype=np.float32)
        for found, share, spoken, says in self.told:
            start = found.start[begin : end + 1]
            along = _along(says, found, int(start[0]), int(start[-1]))
            _mean_of_positive(start, found.source, share, spoken, along, heard)
        for number in range(nets):
            before = torch.addmm(self.bias[number], rows[number], self.weight[number])
            norm = self.norms[number]
            _settled(
                before.numpy(),
                _columns(heard, number, nets),
                _columns(self.own[begin:end], number, nets),
                norm.weight.numpy(),
                norm.bias.numpy(),
                np.float32(norm.eps),
                _columns(result[begin:end], number, nets),
            )


def _said(layer: Layer, edge: EdgeType) -> TypedMean:
    return _as(TypedMean, layer.messages.convs[edge])


def _spoken(says: Sequence[TypedMean], h: Floats) -> Floats:
    """What every node of a kind says along edges with attributes, (n, nets * hidden)."""
    result = np.empty_like(h)

    def say(begin: int, end: int) -> None:
        for number, one in enumerate(says):
            rows = torch.from_numpy(np.ascontiguousarray(_columns(h[begin:end], number, len(says))))
            _columns(result[begin:end], number, len(says))[:] = one.say(rows).numpy()

    _in_chunks(len(h), say)
    return result


def _along(says: Sequence[TypedMean], found: Edges, first: int, last: int) -> Floats:
    """What attributes add to what is said along these edges, (edges, nets * hidden)."""
    attributes = torch.from_numpy(found.attributes[first:last])
    each = [one.attribute(attributes) for one in says if one.attribute is not None]
    return torch.cat(each, 1).numpy()


def _columns(h: Floats, number: int, nets: int) -> Floats:
    """One network's columns of what all say, (rows, hidden)."""
    hidden = h.shape[1] // nets
    return h[:, number * hidden : (number + 1) * hidden]


def _in_chunks(size: int, work: Callable[[int, int], None]) -> None:
    """The work on every chunk of so many nodes, a core each."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        # settings of autograd are a thread's own
        def alone(first: int) -> None:
            with torch.no_grad():
                work(first, min(first + CHUNK, size))

        list(pool.map(alone, range(0, size, CHUNK)))


@numba.njit(cache=True, nogil=True)
def _beside(own: Floats, rows: NDArray[np.float32]) -> None:
    """Writes every network's columns into the first of its `rows`, (nets, rows, width)."""
    hidden = own.shape[1] // len(rows)
    for number in range(len(rows)):
        for row in range(len(own)):
            for column in range(hidden):
                rows[number, row, column] = own[row, number * hidden + column]


@numba.njit(cache=True, nogil=True)
def _mean(
    start: Codes, source: Codes, share: Floats, h: Floats, rows: NDArray[np.float32], first: int
) -> None:
    """Writes the mean of what each target hears into columns of every network's `rows`, from `first` on."""
    hidden = h.shape[1] // len(rows)
    total = np.empty(h.shape[1], dtype=np.float32)
    for target in range(len(start) - 1):
        if start[target] == start[target + 1]:
            continue
        total[:] = 0
        for edge in range(start[target], start[target + 1]):
            heard, part = h[source[edge]], share[edge]
            for column in range(len(total)):
                total[column] += part * heard[column]
        for number in range(len(rows)):
            for column in range(hidden):
                rows[number, target, first + column] = total[number * hidden + column]


@numba.njit(cache=True, nogil=True)
def _mean_of_positive(
    start: Codes, source: Codes, share: Floats, spoken: Floats, along: Floats, heard: Floats
) -> None:
    """Adds to each target's row of `heard` the mean of relu(what the source says + what the edge adds)."""
    for target in range(len(start) - 1):
        total = heard[target]
        for edge in range(start[target], start[target + 1]):
            said, added, part = spoken[source[edge]], along[edge - start[0]], share[edge]
            for column in range(len(total)):
                total[column] += part * max(said[column] + added[column], np.float32(0))


@numba.njit(cache=True, nogil=True)
def _settled(
    before: Floats, heard: Floats, own: Floats, scale: Floats, shift: Floats, eps: np.float32, result: Floats
) -> None:
    """Writes own + relu(norm(before + heard)), all (rows, hidden)."""
    hidden = before.shape[1]
    both = np.empty(hidden, dtype=np.float32)
    for row in range(len(before)):
        mean, spread = np.float32(0), np.float32(0)
        for column in range(hidden):
            both[column] = before[row, column] + heard[row, column]
            mean += both[column]
        mean /= np.float32(hidden)
        for column in range(hidden):
            both[column] -= mean
            spread += both[column] * both[column]
        by = np.float32(1) / np.sqrt(spread / np.float32(hidden) + eps)
        for column in range(hidden):
            normed = both[column] * by * scale[column] + shift[column]
            result[row, column] = own[row, column] + max(normed, np.float32(0))
