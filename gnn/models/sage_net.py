"""The network of GraphSAGE: typed messages and residual layers."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch_geometric.nn import HeteroConv

from gnn.models.base import EdgeType
from gnn.models.sampling import Block, Heard


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
