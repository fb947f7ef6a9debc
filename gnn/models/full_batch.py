"""The models of member risk: GraphSAGE over four kinds of node, boosted trees, belief propagation."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse
from sklearn.ensemble import ExtraTreesClassifier
from torch import Tensor, nn
from torch_geometric.data import HeteroData
from torch_geometric.nn import HeteroConv, SAGEConv

from gnn.dataset import EDGE_TYPES, TIED, EdgeType
from graph.schema import Kind

PARTNER: Final = Kind.PARTNER.value
HIDDEN: Final = 24
DROPOUT: Final = 0.3
TREES: Final = 100
LEAF: Final = 3
SPREAD: Final = 0.5
"""How much of a neighbour's belief a partner takes over in a round; below 1, so that rounds converge."""
ROUNDS: Final = 8


class WeightedMean:
    """The weighted mean over a node's neighbours as a sparse product, rows are targets.

    scipy's CSR product runs in one thread and adds a row's terms in their order: the same bytes on any number
    of cores.
    """

    def __init__(self, matrix: sparse.csr_array) -> None:
        self.matrix = matrix
        self.transposed = sparse.csr_array(matrix.T)

    def __call__(self, x: Tensor) -> Tensor:
        """Means of `x` (sources, width) by target, (targets, width); zeros for a target without any."""
        mean: Tensor = _Product.apply(x, self)
        return mean


def mean_matrix(data: HeteroData, edge: EdgeType) -> sparse.csr_array:
    """The edges of that type as a matrix (targets, sources); rows sum to 1, or to 0 where empty."""
    source, target = data[edge].edge_index.numpy()
    shape = (data[edge[2]].num_nodes, data[edge[0]].num_nodes)
    matrix = sparse.csr_array((data[edge].edge_weight.numpy(), (target, source)), shape=shape)
    total = np.asarray(matrix.sum(axis=1), dtype=np.float32)
    scale = np.divide(1, total, out=np.zeros_like(total), where=total > 0)
    return sparse.csr_array(sparse.diags_array(scale) @ matrix, dtype=np.float32)


class _Product(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, x: Tensor, mean: WeightedMean) -> Tensor:
        context.mean = mean
        return torch.from_numpy(mean.matrix @ x.detach().numpy())

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return torch.from_numpy(context.mean.transposed @ gradients[0].numpy()), None


class MeanSAGE(SAGEConv):  # type: ignore[misc]
    """SAGEConv with weighted means; takes a `WeightedMean`, or the means where they never change."""

    def forward(self, x: Tensor | tuple[Tensor, Tensor], mean: WeightedMean | Tensor) -> Tensor:
        """The messages of one edge type for its targets, (targets, out_channels)."""
        source = x if isinstance(x, Tensor) else x[0]
        messages: Tensor = self.lin_l(mean if isinstance(mean, Tensor) else mean(source))
        return messages


@dataclass(frozen=True)
class SageGraph:
    """What GraphSAGE reads: inputs `x` a kind, their means over every edge type, the means into partners.

    The first layer averages inputs, which training does not change: they are averaged once, for all epochs,
    folds and seeds. This is exactly GraphSAGE's first layer, at the price of a dense product. `partners` are
    the rows of x["partner"] that get a logit; the second layer's means have one row for each.
    """

    x: dict[str, Tensor]
    input_mean: dict[EdgeType, Tensor]
    mean: dict[EdgeType, WeightedMean]
    partners: Tensor

    @property
    def widths(self) -> dict[str, int]:
        """The number of input features by kind."""
        return {kind: x.shape[1] for kind, x in self.x.items()}

    def around(self, partners: NDArray[np.int64]) -> SageGraph:
        """Only these partners' logits, in this order, and only the nodes that they depend on."""
        rows = {edge: mean.matrix[partners] for edge, mean in self.mean.items()}
        seen: dict[str, list[NDArray[np.int64]]] = {kind: [] for kind in self.x}
        seen[PARTNER].append(partners)
        for edge, matrix in rows.items():
            seen[edge[0]].append(matrix.indices)
        kept = {
            kind: np.unique(np.concatenate(codes)).astype(np.int64) for kind, codes in seen.items() if codes
        }
        return SageGraph(
            x={kind: self.x[kind][torch.from_numpy(codes)] for kind, codes in kept.items()},
            input_mean={
                edge: mean[torch.from_numpy(kept[edge[2]])]
                for edge, mean in self.input_mean.items()
                if edge[2] in kept
            },
            mean={edge: WeightedMean(matrix[:, kept[edge[0]]]) for edge, matrix in rows.items()},
            partners=torch.from_numpy(np.searchsorted(kept[PARTNER], partners)),
        )


def sage_graph(data: HeteroData) -> SageGraph:
    """The whole graph as GraphSAGE reads it, a logit for every partner."""
    x: dict[str, Tensor] = data.x_dict
    input_mean, mean = {}, {}
    for edge in EDGE_TYPES:
        matrix = mean_matrix(data, edge)
        input_mean[edge] = torch.from_numpy(matrix @ x[edge[0]].numpy())
        if edge[2] == PARTNER:
            mean[edge] = WeightedMean(matrix)
    return SageGraph(x, input_mean, mean, torch.arange(len(x[PARTNER])))


class GraphSAGE(nn.Module):
    """Two layers of GraphSAGE (Hamilton et al. 2017) over all edge types; one logit of risk a partner.

    Differs from the paper: no sampling (means are sparse products), means weighted by rarity and tie
    strength, layer norm in place of the unit sphere, and the head also reads the node's own inputs (few
    labels: a linear model must stay in reach).
    """

    def __init__(self, widths: dict[str, int], hidden: int = HIDDEN) -> None:
        super().__init__()
        sources = {edge[0] for edge in EDGE_TYPES if edge[2] == PARTNER}
        width = widths[PARTNER]
        self.first = HeteroConv(
            {e: MeanSAGE(widths[e[0]], hidden, root_weight=False) for e in EDGE_TYPES if e[2] in sources}
        )
        with warnings.catch_warnings():
            # PyG warns that only partners are updated: only they need the second layer
            warnings.simplefilter("ignore", UserWarning)
            self.second = HeteroConv(
                {e: MeanSAGE(hidden, hidden, root_weight=False) for e in EDGE_TYPES if e[2] == PARTNER}
            )
        self.root = nn.ModuleDict({kind: nn.Linear(widths[kind], hidden) for kind in sorted(sources)})
        self.norm = nn.ModuleDict({kind: nn.LayerNorm(hidden) for kind in sorted(sources)})
        self.second_root = nn.Linear(hidden, hidden)
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Linear(2 * hidden, 1)
        self.wide = nn.Linear(width, 1, bias=False)

    def forward(self, view: SageGraph) -> Tensor:
        """The logit of risk of `view.partners`, (p,)."""
        first = self.first(view.x, view.input_mean)
        hidden = {
            kind: torch.relu(self.norm[kind](root(view.x[kind]) + first[kind]))
            for kind, root in self.root.items()
        }
        own = hidden[PARTNER][view.partners]
        top = torch.relu(self.second_root(own) + self.second(hidden, view.mean)[PARTNER])
        both = self.dropout(torch.cat([own, top], dim=1))
        logit: Tensor = (self.head(both) + self.wide(view.x[PARTNER][view.partners])).squeeze(1)
        return logit


def grow_trees(
    x: NDArray[np.float32], positive: NDArray[np.bool_], weight: NDArray[np.float64], *, seed: int
) -> ExtraTreesClassifier:
    """Extremely randomised trees (Geurts et al. 2006) on flat rows, in one thread."""
    trees = ExtraTreesClassifier(
        n_estimators=TREES, min_samples_leaf=LEAF, max_features=0.3, random_state=seed, n_jobs=1
    )
    return trees.fit(x, positive, sample_weight=weight)


def neighbour_table(view: SageGraph) -> NDArray[np.float32]:
    """A partner's inputs beside the means of its neighbours' inputs, for trees (XGBGraph, GADBench 2023)."""
    means = [view.input_mean[edge].numpy() for edge in EDGE_TYPES if edge[2] == PARTNER]
    return np.concatenate([view.x[PARTNER].numpy(), *means], axis=1)


def tied_matrix(data: HeteroData) -> sparse.csr_array:
    """The ties of partners as a matrix (n, n); rows sum to 1 at most, to less where all ties are weak."""
    source, target = data[TIED].edge_index.numpy()
    size = data[PARTNER].num_nodes
    matrix = sparse.csr_array((data[TIED].edge_weight.numpy(), (target, source)), shape=(size, size))
    total = np.asarray(matrix.sum(axis=1), dtype=np.float32)
    return sparse.csr_array(sparse.diags_array(1 / np.maximum(total, 1)) @ matrix, dtype=np.float32)


def propagate_belief(ties: sparse.csr_array, belief: NDArray[np.float64]) -> NDArray[np.float64]:
    """Beliefs in log odds after linear belief propagation over ties (FaBP, Koutra et al. 2011), (n,).

    Differs from the paper: means over neighbours instead of sums, so a popular partner does not gain belief
    from its number of ties.
    """
    final = belief
    for _ in range(ROUNDS):
        final = belief + SPREAD * (ties @ final)
    return final
