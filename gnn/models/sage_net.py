"""The network of GraphSAGE: typed messages, residual layers, and its answer layer by layer."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch_geometric.nn import HeteroConv

from gnn.models.base import Codes, EdgeType, GraphData
from gnn.models.sampling import Block, Heard, whole_block
from graph.parts import in_parts

CHUNK: Final = 16_384
"""Nodes whose next layer is worked out at once where the model answers."""


class TypedMean(nn.Module):
    """The messages of one type of edge: the mean of what sources say, W h.

    Where edges have attributes a, the mean of relu(W h + V a + b): what a source says depends on the edge.
    """

    def __init__(self, hidden: int, attributes: int) -> None:
        super().__init__()
        self.say = nn.Linear(hidden, hidden, bias=False)
        self.attribute = nn.Linear(attributes, hidden) if attributes else None

    def forward(self, x: Tensor | tuple[Tensor, Tensor], heard: Heard) -> Tensor:
        """What every target of the layer hears, (targets, hidden); zeros where it has no edge."""
        source = x if isinstance(x, Tensor) else x[0]
        if not heard.mean.shape[0] or not heard.mean.shape[1]:
            return source.new_zeros(heard.mean.shape[0], self.say.out_features)
        if self.attribute is None or heard.spread is None:
            message: Tensor = self.say(heard.mean(source))
            return message
        return heard.mean(torch.relu(heard.spread(self.say(source)) + self.attribute(heard.attributes)))


class Layer(nn.Module):
    """A layer of all kinds of node: h + relu(norm(W h + the messages of all types of edge))."""

    def __init__(
        self, kinds: list[str], attributes: Mapping[EdgeType, int], hidden: int, dropout: float
    ) -> None:
        super().__init__()
        with warnings.catch_warnings():
            # PyG warns of kinds that hear no edge; their own part is all they need
            warnings.simplefilter("ignore", UserWarning)
            self.messages = HeteroConv({edge: TypedMean(hidden, width) for edge, width in attributes.items()})
        self.own = nn.ModuleDict({kind: nn.Linear(hidden, hidden) for kind in kinds})
        self.norm = nn.ModuleDict({kind: nn.LayerNorm(hidden) for kind in kinds})
        self.dropout = nn.Dropout(dropout)

    def forward(self, h: Mapping[str, Tensor], block: Block) -> dict[str, Tensor]:
        """The next h of the block's targets, (targets, hidden) a kind."""
        messages = self.messages(dict(h), dict(block.heard))
        after = {}
        for kind, rows in block.own.items():
            own = h[kind][rows]
            before = self.own[kind](own)
            if kind in messages:
                before = before + messages[kind]
            after[kind] = own + self.dropout(torch.relu(self.norm[kind](before)))
        return after


class SageNet(nn.Module):
    """The network: inputs to `hidden`, layers, and a head that also reads a node's own inputs.

    `attributes` are the widths of edges' attributes, `last` those that the last layer reads.
    Differs from Hamilton et al. (2017): a weight for each type of edge, attributes of edges, residual layers
    with layer norm in place of the unit sphere (Platonov et al. 2023).
    """

    def __init__(
        self,
        kind: str,
        widths: Mapping[str, int],
        attributes: Mapping[EdgeType, int],
        *,
        hidden: int,
        layers: int,
        dropout: float,
        last: Mapping[EdgeType, int] | None = None,
    ) -> None:
        super().__init__()
        self.kind = kind
        of_layer = [attributes] * (layers - 1) + [attributes if last is None else last]
        kinds = sorted(widths)
        self.enter = nn.ModuleDict({name: nn.Linear(widths[name], hidden) for name in kinds})
        self.layers = nn.ModuleList(Layer(kinds, widths, hidden, dropout) for widths in of_layer)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(hidden, 1)
        self.wide = nn.Linear(widths[kind], 1, bias=False)

    def entered(self, kind: str, x: Tensor) -> Tensor:
        """The first h of nodes of a kind, (n, hidden)."""
        h: Tensor = self.dropout(torch.relu(self.enter[kind](x)))
        return h

    def logit(self, h: Tensor, x: Tensor) -> Tensor:
        """The logit of nodes of the kind that gets a risk, (n,)."""
        logit: Tensor = (self.head(h) + self.wide(x)).squeeze(1)
        return logit

    def forward(self, x: Mapping[str, Tensor], blocks: list[Block]) -> Tensor:
        """The logits of a batch, (batch,); its nodes are the first of their kind in `x`."""
        h = {kind: self.entered(kind, rows) for kind, rows in x.items()}
        for layer, block in zip(self.layers, blocks, strict=True):
            h = layer(h, block)
        last = h[self.kind]
        return self.logit(last, x[self.kind][: len(last)])


def layerwise(
    nets: Sequence[SageNet],
    data: GraphData,
    x: Callable[[str, Codes], Tensor],
    last: GraphData | None = None,
    device: str = "cpu",
) -> Tensor:
    """The logits of all nodes of `data.kind` from all their edges, (nets, n), a layer of all nodes at a time.

    `x` gives the inputs of nodes of a kind; `last` is the graph that the last layer reads, `data` if not
    given. The same as `forward` on blocks with every edge, in the memory of two layers of every network and
    a chunk a processor, whose inputs and edges are looked up once for all networks, alike but for their
    weights.
    """
    size = {kind: len(rows) for kind, rows in sorted(data.x.items())}
    entered = {kind: _in_chunks(size[kind], partial(_entered, nets, x, kind), device) for kind in size}
    of_each = [{kind: entered[kind][place] for kind in size} for place in range(len(nets))]
    del entered
    layers = len(nets[0].layers)
    for number in range(layers):
        final = number == layers - 1
        graph = last if final and last is not None else data
        hear = partial(_heard_by, [net.layers[number] for net in nets], of_each, graph, device)
        kinds = [data.kind] if final else list(size)
        after = {kind: _in_chunks(size[kind], partial(hear, kind), device) for kind in kinds}
        of_each = [{kind: after[kind][place] for kind in kinds} for place in range(len(nets))]
        del hear, after
    h = [one[data.kind] for one in of_each]
    return torch.stack(_in_chunks(data.size, partial(_told, nets, h, x, data.kind), device))


def _entered(
    nets: Sequence[SageNet], x: Callable[[str, Codes], Tensor], kind: str, first: int, last: int
) -> list[Tensor]:
    rows = x(kind, np.arange(first, last))
    return [net.entered(kind, rows) for net in nets]


def _heard_by(
    layers: Sequence[nn.Module],
    of_each: Sequence[Mapping[str, Tensor]],
    graph: GraphData,
    device: str,
    kind: str,
    first: int,
    last: int,
) -> list[Tensor]:
    block = whole_block(graph, kind, first, last, device)
    return [layer(h, block)[kind] for layer, h in zip(layers, of_each, strict=True)]


def _told(
    nets: Sequence[SageNet],
    of_each: Sequence[Tensor],
    x: Callable[[str, Codes], Tensor],
    kind: str,
    first: int,
    last: int,
) -> list[Tensor]:
    own = x(kind, np.arange(first, last))
    return [net.logit(h[first:last], own) for net, h in zip(nets, of_each, strict=True)]


def _in_chunks(size: int, work: Callable[[int, int], list[Tensor]], device: str) -> list[Tensor]:
    """What `work(first, last)` gives for chunks of so many nodes, put together, a tensor a network.

    A processor each, at the same time; an accelerator has one queue. No node is one chunk of none.
    """

    def some(begin: int, end: int) -> list[list[Tensor]]:
        with torch.no_grad():  # which a thread does not take over from who starts it
            return [work(number * CHUNK, min(number * CHUNK + CHUNK, size)) for number in range(begin, end)]

    parts = in_parts(max(-(-size // CHUNK), 1), some, least=1, cores=None if device == "cpu" else 1)
    return [torch.cat(chunks) for chunks in zip(*(one for part in parts for one in part), strict=True)]
