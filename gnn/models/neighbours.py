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
    _add_up(found.start, found.source, edge_shares(found.start, found.weight), table, result, 0)
    return result


@numba.njit(cache=True, nogil=True, error_model="numpy")
def edge_shares(start: Codes, weight: Floats) -> Floats:
    """(edges,) what each weighs of all that its target, the row from `start` on, hears."""
    share = np.empty_like(weight)
    for target in range(len(start) - 1):
        total = 0.0
        for edge in range(start[target], start[target + 1]):
            total += weight[edge]
        for edge in range(start[target], start[target + 1]):
            share[edge] = weight[edge] / total
    return share


@numba.njit(cache=True, nogil=True)
def _add_up(
    start: Codes, source: Codes, share: Floats, table: NDArray[Any], result: NDArray[Any], first: int
) -> None:
    """Adds to each target's columns of `result`, from `first` on, the rows of the table that it hears."""
    # other threads go on meanwhile, which they do not while scipy multiplies
    for target in range(len(start) - 1):
        total = result[target][first : first + table.shape[1]]
        for edge in range(start[target], start[target + 1]):
            # looked up before the columns, of which a processor then takes many at once
            heard, part = table[source[edge]], share[edge]
            for column in range(len(total)):
                total[column] += part * heard[column]


@numba.njit(cache=True, nogil=True)
def _copy(x: Floats, rows: Codes, columns: Codes, result: Floats) -> None:
    """Writes these columns of these rows into the first columns of `result`."""
    for row in range(len(rows)):
        found, into = x[rows[row]], result[row]
        for number in range(len(columns)):
            into[number] = found[columns[number]]


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


@numba.njit(cache=True, nogil=True)
def _met(codes: Codes, size: int) -> tuple[Codes, Codes]:
    """Distinct codes below `size` in the order that they come in, and the place of every one among them."""
    seen, place, met = np.full(size, -1, dtype=np.int32), np.empty_like(codes), np.empty_like(codes)
    known = 0
    for number in range(len(codes)):
        code = codes[number]
        if seen[code] < 0:
            seen[code], met[known] = known, code
            known += 1
        place[number] = seen[code]
    return met[:known], place


def neighbour_table(
    data: GraphData, kind: str, hops: int, rows: Codes | None = None, columns: Codes | None = None
) -> Floats:
    """Inputs, log degrees, and for each type of edge the mean of its sources' table of one hop less.

    Also the mean, smallest and largest of every attribute of the edges that a node hears; 0 where it hears
    none. Means over 0 to 2 hops are what RFGraph and XGBGraph (Tang et al. 2023) read. `rows` (m,) asks for
    these nodes alone: the same bytes as their rows in the whole table, at the price of what they hear.
    `columns` (k,), ascending, asks for these alone of `table_width`, at their price.
    """
    asked = np.arange(len(data.x[kind])) if rows is None else rows
    wanted = np.arange(table_width(data, kind, hops)) if columns is None else columns
    table = np.zeros((len(asked), len(wanted)), dtype=np.float32)
    parts = _Parts(wanted)
    _copy(data.x[kind], asked, parts.next(data.x[kind].shape[1])[1], table)
    if not hops:
        return table
    degrees = data.log_degrees(kind, asked)
    first, some = parts.next(degrees.shape[1])
    table[:, first : first + len(some)] = degrees[:, some]
    into: dict[EdgeType, tuple[Edges, int, Codes]] = {}
    for edge in data.incoming(kind):
        found = data.edges[edge].into(asked)
        into[edge] = (found, *parts.next(table_width(data, edge[0], hops - 1)))
        first, some = parts.next(3 * found.attributes.shape[1])
        if len(some):
            table[:, first : first + len(some)] = _of_attributes(found)[:, some]
    for source in {edge[0] for edge in into}:
        of = [one for edge, one in into.items() if edge[0] == source]
        read = np.unique(np.concatenate([some for _, _, some in of]))
        if not len(read):
            continue
        near, place = _met(np.concatenate([found.source for found, _, _ in of]), len(data.x[source]))
        theirs = neighbour_table(data, source, hops - 1, near, read)
        ends = np.cumsum([len(found.source) for found, _, _ in of])
        for (found, first, some), here in zip(of, np.split(place, ends[:-1]), strict=True):
            heard = theirs if len(some) == len(read) else theirs[:, np.searchsorted(read, some)]
            _add_up(found.start, here, edge_shares(found.start, found.weight), heard, table, first)
    return table


def whole_columns(
    data: GraphData, kind: str, hops: int, columns: Codes, shares: Mapping[EdgeType, Floats]
) -> Floats:
    """(n, columns) these columns, ascending, of the `neighbour_table` of all nodes of a kind: the same bytes.

    What each kind hears is worked out once for all who hear it. `shares` are those of `shares_of`.
    """
    x = data.x[kind]
    table, parts = np.zeros((len(x), len(columns)), dtype=np.float32), _Parts(columns)
    _copy(x, np.arange(len(x)), parts.next(x.shape[1])[1], table)
    if not hops:
        return table
    first, some = parts.next(len(data.incoming(kind)))
    if len(some):
        table[:, first : first + len(some)] = data.log_degrees(kind)[:, some]
    for edge in data.incoming(kind):
        found = data.edges[edge]
        first, some = parts.next(table_width(data, edge[0], hops - 1))
        if len(some):
            theirs = whole_columns(data, edge[0], hops - 1, some, shares)
            _add_up(found.start, found.source, shares[edge], theirs, table, first)
        first, some = parts.next(3 * found.attributes.shape[1])
        if len(some):
            table[:, first : first + len(some)] = _of_attributes(found)[:, some]
    return table


def own_columns(x: Floats, columns: Codes) -> Floats:
    """(n, columns) these columns of x, in any order, a row after the other."""
    table = np.empty((len(x), len(columns)), dtype=np.float32)
    _copy(x, np.arange(len(x)), columns, table)
    return table


def shares_of(data: GraphData) -> dict[EdgeType, Floats]:
    """What each edge weighs of all that its target hears, (edges,), by type."""
    return {edge: edge_shares(found.start, found.weight) for edge, found in data.edges.items()}


def table_width(data: GraphData, kind: str, hops: int) -> int:
    """How many columns `neighbour_table` has."""
    width: int = data.x[kind].shape[1]
    for edge in data.incoming(kind) if hops else ():
        width += 1 + table_width(data, edge[0], hops - 1) + 3 * data.edges[edge].attributes.shape[1]
    return width


class _Parts:
    """Which columns are wanted of a table, part by part of it."""

    def __init__(self, wanted: Codes) -> None:
        self._wanted, self._begin = wanted, 0

    def next(self, width: int) -> tuple[int, Codes]:
        """The place among the wanted of the next part's first, and which columns of the part are wanted."""
        first, last = np.searchsorted(self._wanted, [self._begin, self._begin + width]).tolist()
        some = self._wanted[first:last] - self._begin
        self._begin += width
        return first, some


def _of_attributes(found: Edges) -> Floats:
    """The mean, lowest and highest of every attribute that a target hears, (targets, 3 attributes)."""
    mean = means(_numbered(found), found.attributes)
    lowest, highest = np.zeros_like(mean), np.zeros_like(mean)
    there = np.flatnonzero(found.degree())
    if len(there):
        lowest[there] = np.minimum.reduceat(found.attributes, found.start[there], axis=0)
        highest[there] = np.maximum.reduceat(found.attributes, found.start[there], axis=0)
    return np.concatenate([mean, lowest, highest], axis=1)


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
            itself = np.where(
                found.source == asked[found.targets()], edge_shares(found.start, found.weight), 0
            )
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
