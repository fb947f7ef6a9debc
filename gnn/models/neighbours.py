"""A node's neighbourhood as a flat row: means of what it hears, hop by hop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gnn.models.base import Codes, Edges, EdgeType, Floats, GraphData


def mean_of(found: Edges, sources: int) -> sparse.csr_array:
    """The edges as a matrix (targets, sources); rows sum to 1, or to 0 where a target hears nothing."""
    targets = found.targets()
    total = np.bincount(targets, found.weight, minlength=len(found.start) - 1)
    share = (found.weight / total[targets]).astype(np.float32)
    return sparse.csr_array((share, found.source, found.start), shape=(len(found.start) - 1, sources))


def neighbour_table(data: GraphData, kind: str, hops: int, rows: Codes | None = None) -> Floats:
    """Inputs, log degrees, and for each type of edge the mean of its sources' table of one hop less.

    Also the mean, smallest and largest of every attribute of the edges that a node hears; 0 where it hears
    none. Means over 0 to 2 hops are what RFGraph and XGBGraph (Tang et al. 2023) read. `rows` (m,) asks for
    these nodes alone: the same bytes as their rows in the whole table, at the price of what they hear.
    """
    own = [data.x[kind] if rows is None else data.x[kind][rows]]
    if not hops:
        return own[0]
    own.append(data.log_degrees(kind, rows))
    heard = {
        edge: data.edges[edge] if rows is None else data.edges[edge].into(rows)
        for edge in data.incoming(kind)
    }
    sources = {edge[0] for edge in heard}
    # of what is next to a node's neighbours, inputs alone are read, and these stand where they are
    near = {source: _heard_of(heard, source) for source in sources} if rows is not None and hops > 1 else {}
    tables = {source: neighbour_table(data, source, hops - 1, near.get(source)) for source in sources}
    for edge, found in heard.items():
        if edge[0] in near:
            found = replace(found, source=np.searchsorted(near[edge[0]], found.source))
        table = tables[edge[0]]
        own += [mean_of(found, len(table)) @ table, *_of_attributes(found)]
    return np.concatenate(own, axis=1, dtype=np.float32)


def _heard_of(heard: Mapping[EdgeType, Edges], kind: str) -> Codes:
    """The nodes of that kind that are heard, ascending."""
    return np.unique(np.concatenate([found.source for edge, found in heard.items() if edge[0] == kind]))


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


def heard_table(data: GraphData, rows: Codes | None = None) -> Floats:
    """The shares of known frauds and of known legit nodes among those a node hears, (n, 2 a type of edge).

    A node's own verdict is not among them: edges from a node to itself are left out. `rows` (m,) asks for
    these nodes alone.
    """
    asked = np.arange(data.size) if rows is None else rows
    own: list[Floats] = [np.zeros((len(asked), 0), dtype=np.float32)]
    for edge in data.incoming(data.kind):
        if edge[0] == data.kind:
            found = data.edges[edge] if rows is None else data.edges[edge].into(rows)
            matrix = mean_of(_numbered(found), len(found.source))
            itself = np.where(found.source == asked[found.targets()], matrix.data, 0)
            to_itself = np.bincount(found.targets(), itself, minlength=len(asked)).astype(np.float32)
            heard = matrix @ _said(data.said[found.source])
            own.append((heard - to_itself[:, None] * _said(data.said[asked])).astype(np.float32))
    return np.concatenate(own, axis=1)


def _said(verdict: NDArray[np.integer]) -> Floats:
    """Of 1 for known fraud, -1 for known legit and 0: whether either, (n, 2)."""
    return np.stack([verdict > 0, verdict < 0], axis=1).astype(np.float32)


def told(data: GraphData) -> GraphData:
    """The graph whose edges between nodes of `data.kind` also say what the verdict on their source is.

    Two more attributes, 0 or 1: known fraud, known legit. A node's edge to itself says nothing. Only the last
    layer of a network may read it: by two such layers a node's own verdict would come back to it.
    """
    edges = dict(data.edges)
    for edge, found in data.edges.items():
        if edge[0] == edge[2] == data.kind:
            said = np.where(found.source == found.targets(), 0, data.said[found.source])
            edges[edge] = replace(found, attributes=np.concatenate([found.attributes, _said(said)], axis=1))
    return replace(data, edges=edges)
