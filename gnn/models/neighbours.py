"""A node's neighbourhood as a flat row: means of what it hears, hop by hop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import reverse_cuthill_mckee

from gnn.models.base import Codes, Edges, EdgeType, Floats, GraphData


def means(found: Edges, table: NDArray[Any]) -> NDArray[Any]:
    """(targets, width) the mean row of the sources that each target hears, by weight; 0 without any."""
    result = np.zeros((len(found.start) - 1, table.shape[1]), dtype=table.dtype)
    _add_up(found.start, found.source, _shares(found), table, result)
    return result


def _shares(found: Edges) -> Floats:
    """(edges,) what each weighs of all that its target hears."""
    targets = found.targets()
    total = np.bincount(targets, found.weight, minlength=len(found.start) - 1)
    share: Floats = (found.weight / total[targets]).astype(np.float32)
    return share


@numba.njit(cache=True, nogil=True)
def _add_up(start: Codes, source: Codes, share: Floats, table: NDArray[Any], result: NDArray[Any]) -> None:
    # other threads go on meanwhile, which they do not while scipy multiplies
    for target in range(len(start) - 1):
        for edge in range(start[target], start[target + 1]):
            for column in range(table.shape[1]):
                result[target, column] += share[edge] * table[source[edge], column]


def nearby(data: GraphData, rows: Codes) -> Codes:
    """The places of these nodes of `data.kind` in an order in which those tied to one another are close.

    Reverse Cuthill-McKee (1969) over the edges among them. What is asked in this order hears the same nodes
    again and again.
    """
    size = data.size
    among = [found for edge, found in data.edges.items() if edge[0] == edge[2] == data.kind]
    if not among:
        return np.arange(len(rows))
    ties = sum(
        sparse.csr_array((np.ones(len(one.source), np.int8), one.source, one.start), shape=(size, size))
        for one in among
    )
    order = reverse_cuthill_mckee(sparse.csr_matrix(ties))
    rank = np.empty(size, dtype=np.int64)
    rank[order] = np.arange(size)
    place: Codes = np.argsort(rank[rows], kind="stable")
    return place


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
        own += [means(found, table), *_of_attributes(found)]
    return np.concatenate(own, axis=1, dtype=np.float32)


def _heard_of(heard: Mapping[EdgeType, Edges], kind: str) -> Codes:
    """The nodes of that kind that are heard, ascending."""
    return np.unique(np.concatenate([found.source for edge, found in heard.items() if edge[0] == kind]))


def _of_attributes(found: Edges) -> list[Floats]:
    if not found.attributes.shape[1]:
        return []
    mean = means(_numbered(found), found.attributes)
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
            itself = np.where(found.source == asked[found.targets()], _shares(found), 0)
            to_itself = np.bincount(found.targets(), itself, minlength=len(asked)).astype(np.float32)
            heard = means(_numbered(found), _said(data.said[found.source]))
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
