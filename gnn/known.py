"""What was known at a moment, as models read it: a graph, its features by name, verdicts and groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch_geometric.data import HeteroData

from gnn.dataset import EDGE_TYPES, Verdicts, feature_names, hetero_data, verdicts
from gnn.features import scaled
from gnn.folds import group_folds, tied_groups
from gnn.labels import labels_of
from gnn.models import Edges, GraphData, Labels, edges
from graph.links import Links
from graph.prior import Prior
from graph.projection import Projection
from graph.schema import Kind

Events = Mapping[Kind, pd.DataFrame]
"""Features of the rows behind the links, a frame a kind by codes; NaN where unknown.

A row for every entity, or at least for those that models read (`gnn.day_profile.entities_read`)."""

EVENT: Final = "event."
"""What the names of those features begin with, beside those of links."""


@dataclass(frozen=True)
class Known:
    """A moment: `data` without any verdict in it, `features` by kind in the order of the columns of `data.x`.

    `group` (n,) is the group of tied partners of each.
    """

    links: Links
    data: GraphData
    features: dict[str, list[str]]
    verdicts: Verdicts
    group: NDArray[np.int64]

    @property
    def prior(self) -> NDArray[np.float64]:
        """The risk that needs no verdict, (n,)."""
        return self.data.prior

    def labels(self, *, seed: int) -> Labels:
        """What there is to learn from, in folds that keep groups whole."""
        return labels_of(self.verdicts, group_folds(self.group, self.verdicts, seed=seed), seed=seed)

    def heard(self, *, seed: int) -> GraphData:
        """The graph with every verdict known at the moment in it."""
        return self.data.hearing(self.labels(seed=seed))


def known(links: Links, projection: Projection, prior: Prior, *, events: Events | None, seed: int) -> Known:
    """What models read of these links, with the features of `events` beside those of links where given."""
    graph = hetero_data(links, projection, prior)
    names = feature_names(prior)
    x = {kind.value: graph[kind.value].x.numpy() for kind in Kind}
    if events is not None:
        for kind in Kind:
            names[kind.value] = names[kind.value] + [EVENT + name for name in events[kind].columns]
            rows = events[kind].loc[graph[kind.value].code.numpy()]
            x[kind.value] = np.concatenate([x[kind.value], _ranked(rows)], axis=1)
    return Known(
        links,
        GraphData(
            x,
            {edge: _edges(graph, edge) for edge in EDGE_TYPES},
            Kind.PARTNER.value,
            prior=np.asarray(prior.risk.partner, dtype=np.float64),
        ),
        names,
        verdicts(links, Kind.PARTNER),
        tied_groups(projection, seed=seed),
    )


def _ranked(values: pd.DataFrame) -> NDArray[np.float32]:
    """Normal scores among those of which it is known; 0, the middle, where unknown."""
    result = np.zeros(values.shape, dtype=np.float32)
    for column, name in enumerate(values.columns):
        there = values[name].notna().to_numpy()
        result[there, column] = scaled(values.loc[there, [name]])[:, 0]
    return result


def _edges(graph: HeteroData, edge: tuple[str, str, str]) -> Edges:
    source, target = graph[edge].edge_index.numpy()
    attributes = graph[edge].edge_attr.numpy() if "edge_attr" in graph[edge] else None
    return edges(
        source,
        target,
        graph[edge[2]].num_nodes,
        weight=graph[edge].edge_weight.numpy(),
        attributes=attributes,
    )
