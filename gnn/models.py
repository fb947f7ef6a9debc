"""The models of member risk: GraphSAGE over four kinds of node, boosted trees, belief propagation."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from sklearn.ensemble import ExtraTreesClassifier
from torch import Tensor, nn
from torch_geometric.data import HeteroData
from torch_geometric.nn import HeteroConv, SAGEConv

from gnn.dataset import EDGE_TYPES, EdgeType

HIDDEN: Final = 24
DROPOUT: Final = 0.3
TREES: Final = 200
LEAF: Final = 3
SPREAD: Final = 0.5
"""How much of a neighbour's belief a partner takes over in a round; below 1, so that rounds converge."""
ROUNDS: Final = 8


class WeightedMean:
    """The weighted mean over a node's neighbours as a sparse product, rows are targets.

    scipy's CSR product runs in one thread and adds a row's terms in their order: the same bytes on any number
    of cores. torch's own scatter and CSR products take several times as long here, backward most of all.
    """

    def __init__(self, edge_index: Tensor, edge_weight: Tensor, *, sources: int, targets: int) -> None:
        source, target = edge_index.numpy()
        matrix = sparse.csr_array((edge_weight.numpy(), (target, source)), shape=(targets, sources))
        total = np.asarray(matrix.sum(axis=1), dtype=np.float32)
        scale = np.divide(1, total, out=np.zeros_like(total), where=total > 0)
        self.matrix = sparse.csr_array(sparse.diags_array(scale) @ matrix, dtype=np.float32)
        self.transposed = sparse.csr_array(self.matrix.T)

    def __call__(self, x: Tensor) -> Tensor:
        """Means of `x` (sources, width) by target, (targets, width); zeros where a target has no neighbour."""
        mean: Tensor = _Product.apply(x, self)  # type: ignore[no-untyped-call]
        return mean


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, x: Tensor, mean: WeightedMean) -> Tensor:
        context.mean = mean
        return torch.from_numpy(mean.matrix @ x.detach().numpy())

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return torch.from_numpy(context.mean.transposed @ gradients[0].numpy()), None


class MeanSAGE(SAGEConv):  # type: ignore[misc]
    """SAGEConv with weighted means; takes a `WeightedMean`, or the means themselves where they never change."""

    def forward(self, x: Tensor | tuple[Tensor, Tensor], mean: WeightedMean | Tensor) -> Tensor:
        """The messages of one edge type for its targets, (targets, out_channels)."""
        source = x if isinstance(x, Tensor) else x[0]
        messages: Tensor = self.lin_l(mean if isinstance(mean, Tensor) else mean(source))
        return messages


class SageGraph:
    """What GraphSAGE reads of the data: inputs, their means over every edge type, operators into `targets`.

    The first layer averages inputs, which training does not change: they are averaged once, for all epochs,
    folds and seeds. This is exactly GraphSAGE's first layer, at the price of a dense product.
    """

    def __init__(self, data: HeteroData, targets: tuple[str, ...]) -> None:
        self.targets = targets
        self.x: dict[str, Tensor] = data.x_dict
        self.input_mean: dict[EdgeType, Tensor] = {}
        self.mean: dict[EdgeType, WeightedMean] = {}
        for edge in EDGE_TYPES:
            source, _, target = edge
            mean = WeightedMean(
                data[edge].edge_index,
                data[edge].edge_weight,
                sources=len(self.x[source]),
                targets=len(self.x[target]),
            )
            self.input_mean[edge] = mean(self.x[source])
            if target in targets:
                self.mean[edge] = mean

    @property
    def widths(self) -> dict[str, int]:
        """The number of input features by kind."""
        return {kind: x.shape[1] for kind, x in self.x.items()}


class GraphSAGE(nn.Module):
    """Two layers of GraphSAGE (Hamilton et al. 2017), one SAGEConv an edge type, one logit a target node.

    Differs from the paper: full batch, means weighted by rarity and tie strength, layer norm in place of the
    unit sphere, and the head also reads the node's own inputs (few labels: a linear model must stay in reach).
    """

    def __init__(self, widths: dict[str, int], targets: tuple[str, ...], hidden: int = HIDDEN) -> None:
        super().__init__()
        self.targets = targets
        self.first = HeteroConv({e: MeanSAGE(widths[e[0]], hidden, root_weight=False) for e in EDGE_TYPES})
        self.second = HeteroConv(
            {e: MeanSAGE(hidden, hidden, root_weight=False) for e in EDGE_TYPES if e[2] in targets}
        )
        self.first_root = nn.ModuleDict({kind: nn.Linear(width, hidden) for kind, width in widths.items()})
        self.second_root = nn.ModuleDict({kind: nn.Linear(hidden, hidden) for kind in targets})
        self.norm = nn.ModuleDict({kind: nn.LayerNorm(hidden) for kind in widths})
        self.head = nn.ModuleDict({kind: nn.Linear(2 * hidden, 1) for kind in targets})
        self.wide = nn.ModuleDict({kind: nn.Linear(widths[kind], 1, bias=False) for kind in targets})
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, graph: SageGraph) -> dict[str, Tensor]:
        """The logit of risk of every node of the target kinds, (n,) a kind."""
        first = self.first(graph.x, graph.input_mean)
        hidden = {
            kind: self.dropout(torch.relu(self.norm[kind](self.first_root[kind](x) + first[kind])))
            for kind, x in graph.x.items()
        }
        second = self.second(hidden, graph.mean)
        result = {}
        for kind in self.targets:
            top = torch.relu(self.second_root[kind](hidden[kind]) + second[kind])
            both = torch.cat([hidden[kind], self.dropout(top)], dim=1)
            result[kind] = (self.head[kind](both) + self.wide[kind](graph.x[kind])).squeeze(1)
        return result


def grow_trees(
    x: NDArray[np.float32], positive: NDArray[np.bool_], weight: NDArray[np.float64], *, seed: int
) -> ExtraTreesClassifier:
    """Randomised trees on flat rows; with this few labels they beat boosted ones and depend less on the seed."""
    trees = ExtraTreesClassifier(
        n_estimators=TREES, min_samples_leaf=LEAF, max_features=0.3, random_state=seed, n_jobs=1
    )
    return trees.fit(x, positive, sample_weight=weight)


def neighbour_table(graph: SageGraph, kind: str) -> NDArray[np.float32]:
    """A node's inputs beside the means of its neighbours' inputs, for trees (XGBGraph, GADBench 2023)."""
    means = [graph.input_mean[edge].numpy() for edge in EDGE_TYPES if edge[2] == kind]
    return np.concatenate([graph.x[kind].numpy(), *means], axis=1)


def propagate_belief(ties: WeightedMean, belief: NDArray[np.float64]) -> NDArray[np.float64]:
    """Beliefs in log odds after linear belief propagation over ties (FaBP, Koutra et al. 2011), (n,).

    Differs from the paper: means over neighbours instead of sums, so a popular partner does not gain belief
    from its number of ties.
    """
    final = belief
    for _ in range(ROUNDS):
        final = belief + SPREAD * (ties.matrix @ final)
    return final
