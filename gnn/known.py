"""What was known at a moment, as models read it: a graph, its features by name, verdicts and groups."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch_geometric.data import HeteroData

from gnn.dataset import EDGE_TYPES, Verdicts, feature_names, hetero_data, verdicts
from gnn.features import normal_scores
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

THREADS: Final = 2
EVENT: Final = "event."
"""What the names of those features begin with, beside those of links."""


@dataclass(frozen=True)
class Known:
    """A moment: `data` without any verdict in it, `features` by kind in the order of the columns of `data.x`.

    `partners` is the node frame of partners, `codes` by kind the code of every row of `data.x`; `group` (n,)
    is the group of tied partners of each. No link is kept: of millions they would be most of the memory.
    """

    as_of_ms: int
    partners: pd.DataFrame
    data: GraphData
    codes: dict[str, NDArray[np.int64]]
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


def known(
    links: Links,
    projection: Projection,
    prior: Prior,
    *,
    events: Events | None,
    seed: int,
    own: Mapping[Kind, pd.DataFrame] | None = None,
) -> Known:
    """What models read of these links, with the features of `events` beside those of links where given.

    `own` are the `node_features` of these links, where they are at hand.
    """
    graph = hetero_data(links, projection, prior, own)
    found = Known(
        links.as_of_ms,
        links.partners,
        GraphData(
            {kind.value: graph[kind.value].x.numpy() for kind in Kind},
            {edge: _edges(graph, edge) for edge in EDGE_TYPES},
            Kind.PARTNER.value,
            prior=np.asarray(prior.risk.partner, dtype=np.float64),
        ),
        {kind.value: graph[kind.value].code.numpy() for kind in Kind},
        feature_names(prior),
        verdicts(links, Kind.PARTNER),
        tied_groups(projection, seed=seed),
    )
    return found if events is None else with_events(found, events)


def with_events(known: Known, events: Events) -> Known:
    """The same moment, with the features of `events` beside those of links."""
    x, names = dict(known.data.x), dict(known.features)
    for kind in Kind:
        names[kind.value] = names[kind.value] + [EVENT + name for name in events[kind].columns]
        own = x.pop(kind.value)
        wide = np.empty((len(own), own.shape[1] + events[kind].shape[1]), dtype=np.float32)
        wide[:, : own.shape[1]] = own
        _rank(events[kind], known.codes[kind.value], wide[:, own.shape[1] :])
        x[kind.value] = wide
    return replace(known, data=replace(known.data, x=x), features=names)


def _rank(values: pd.DataFrame, codes: NDArray[np.int64], into: NDArray[np.float32]) -> None:
    """Normal scores among those of these codes of which it is known; 0, the middle, where unknown."""
    rows = values.index.get_indexer(pd.Index(codes))

    def one(column: int) -> None:
        value = values.iloc[:, column].to_numpy()[rows]
        there = ~np.isnan(value)
        into[:, column] = 0.0
        into[there, column] = normal_scores(value[there])

    # each column is ranked by one thread, and sorting frees the other
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, range(values.shape[1])))


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
