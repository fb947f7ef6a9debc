"""A node's neighbourhood as a flat row: means of what it hears, hop by hop."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from gnn.models.base import Edges, Floats, GraphData


def mean_of(found: Edges, sources: int) -> sparse.csr_array:
    """The edges as a matrix (targets, sources); rows sum to 1, or to 0 where a target hears nothing."""
    targets = found.targets()
    total = np.bincount(targets, found.weight, minlength=len(found.start) - 1)
    share = (found.weight / total[targets]).astype(np.float32)
    return sparse.csr_array((share, found.source, found.start), shape=(len(found.start) - 1, sources))


def neighbour_table(data: GraphData, kind: str, hops: int) -> Floats:
    """Inputs, log degrees, and for each type of edge the mean of its sources' table of one hop less.

    Also the mean, smallest and largest of every attribute of the edges that a node hears; 0 where it hears
    none. Means over 0 to 2 hops are what RFGraph and XGBGraph (Tang et al. 2023) read.
    """
    own = [data.x[kind]]
    if hops:
        own.append(data.log_degrees(kind))
        tables: dict[str, Floats] = {}
        for edge in data.incoming(kind):
            source, found = edge[0], data.edges[edge]
            if source not in tables:
                tables[source] = neighbour_table(data, source, hops - 1)
            own += [mean_of(found, len(data.x[source])) @ tables[source], *_of_attributes(found)]
    return np.concatenate(own, axis=1).astype(np.float32)


def _of_attributes(found: Edges) -> list[Floats]:
    if not found.attributes.shape[1]:
        return []
    mean = mean_of(_numbered(found), len(found.source)) @ found.attributes
    lowest, highest = np.zeros_like(mean), np.zeros_like(mean)
    there = np.flatnonzero(found.degree())
    if len(there):
        lowest[there] = np.minimum.reduceat(found.attributes, found.start[there], axis=0)
        highest[there] = np.maximum.reduceat(found.attributes, found.start[there], axis=0)
    return [mean, lowest, highest]


def _numbered(found: Edges) -> Edges:
    """The same edges, each from a source of its own."""
    return Edges(found.start, np.arange(len(found.source)), found.weight, found.attributes)


def heard_table(data: GraphData) -> Floats:
    """The shares of known frauds and of known legit nodes among those a node hears, (n, 2 a type of edge).

    A node's own verdict is not among them: edges from a node to itself are left out.
    """
    said = np.stack([data.said > 0, data.said < 0], axis=1).astype(np.float32)
    own: list[Floats] = [np.zeros((data.size, 0), dtype=np.float32)]
    for edge in data.incoming(data.kind):
        if edge[0] == data.kind:
            matrix = mean_of(data.edges[edge], data.size)
            own.append((matrix @ said - matrix.diagonal()[:, None] * said).astype(np.float32))
    return np.concatenate(own, axis=1)


def told(data: GraphData) -> GraphData:
    """The graph whose edges between nodes of `data.kind` also say what the verdict on their source is.

    Two more attributes, 0 or 1: known fraud, known legit. A node's edge to itself says nothing. Only the last
    layer of a network may read it: by two such layers a node's own verdict would come back to it.
    """
    edges = dict(data.edges)
    for edge, found in data.edges.items():
        if edge[0] == edge[2] == data.kind:
            said = np.where(found.source == found.targets(), 0, data.said[found.source])
            said_so = np.stack([said > 0, said < 0], axis=1).astype(np.float32)
            edges[edge] = replace(found, attributes=np.concatenate([found.attributes, said_so], axis=1))
    return replace(data, edges=edges)
