"""Peeling: dense blocks of a weighted bipartite graph, many at once, in an order that ids do not decide."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from graph.significance import Floats

CAMOUFLAGE: float = 5.0
"""FRAUDAR's constant: a column that c rows use weighs 1 / log(c + 5), so that what many use adds little."""

_STEP = 1.1
"""Nodes up to this times the least degree go in one pass: 1 is the exact greedy order, one node a pass."""

_GRAIN = 2.0**-20
"""Weights are multiples of this, so that sums are exact in any order."""

_Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Edges:
    """Edges between `row` and `column` codes with `weight` >= 0; `rows` and `columns` count the nodes."""

    row: _Ints
    column: _Ints
    weight: Floats
    rows: int
    columns: int


def camouflage_weight(users: NDArray[np.integer] | Floats) -> Floats:
    """1 / log(c + 5) of a column with c users (Hooi et al., FRAUDAR, KDD 2016)."""
    weight: Floats = 1.0 / np.log(np.asarray(users, dtype=np.float64) + CAMOUFLAGE)
    return weight


def dense_blocks(edges: Edges, node_weight: Floats, *, rounds: int) -> NDArray[np.int32]:
    """(rows + columns,) number of the dense block that each node is in, -1 for none; blocks are disjoint.

    A block is the set that greedy peeling finds densest in its connected component: the sum of node and edge
    weights over the nodes. It is taken out, and what is left is peeled again, `rounds` times. Nodes below the
    density go together (which only raises it), then those of the least degree: half the optimum at least, up
    to `_STEP`, as for one node at a time; equals go together, so of equal blocks both may. `node_weight` is
    (rows + columns,). Near-linear in the edges.
    """
    left, right = edges.row, edges.column + edges.rows
    weight = np.round(edges.weight / _GRAIN) * _GRAIN
    prior = np.round(node_weight / _GRAIN) * _GRAIN
    nodes = edges.rows + edges.columns
    block = np.full(nodes, -1, dtype=np.int32)
    count = 0
    for _ in range(rounds):
        free = (block[left] < 0) & (block[right] < 0)
        left, right, weight = left[free], right[free], weight[free]
        if not len(left):
            break
        part = _parts(left, right, nodes)
        inside = _densest(left, right, weight, prior, part)
        chosen, number = np.unique(part[inside], return_inverse=True)
        block[inside] = count + number
        count += len(chosen)
    return block


def _parts(left: _Ints, right: _Ints, nodes: int) -> _Ints:
    """(nodes,) number of the connected component, -1 for nodes without an edge."""
    ones = np.ones(len(left), dtype=np.int8)
    part = connected_components(sp.csr_array((ones, (left, right)), shape=(nodes, nodes)), directed=False)[1]
    joined = np.zeros(nodes, dtype=np.bool_)
    joined[left] = joined[right] = True
    result: _Ints = np.where(joined, part, -1).astype(np.int64)
    return result


def _densest(left: _Ints, right: _Ints, weight: Floats, prior: Floats, part: _Ints) -> NDArray[np.bool_]:
    """(nodes,) marks the densest set of every component on the way of its peeling."""
    inside = part >= 0
    chosen, number = np.unique(part[inside], return_inverse=True)
    part = np.full(len(part), -1)
    part[inside] = number
    gone_at, best_at = _peel(left.copy(), right.copy(), weight.copy(), prior, part, len(chosen), _STEP)
    inside[inside] = gone_at[inside] >= best_at[number]
    return inside


@numba.njit(cache=True, nogil=True)
def _peel(
    left: _Ints, right: _Ints, weight: Floats, prior: Floats, part: _Ints, parts: int, step_up: float
) -> tuple[_Ints, _Ints]:
    """(nodes,) the pass in which each node goes, and (parts,) before which pass its part is the densest.

    Sums are exact (`_GRAIN`), so they are kept up to date; a pass costs what is left. The edges' arrays are
    used up.
    """
    here, open_parts = np.flatnonzero(part >= 0), np.arange(parts)
    gone_at = np.full(len(part), np.iinfo(np.int32).max)
    best, best_at = np.full(parts, -1.0), np.zeros(parts, dtype=np.int64)
    degree, size, total = np.where(part >= 0, prior, 0.0), np.zeros(parts), np.zeros(parts)
    density, least = np.zeros(parts), np.zeros(parts)
    for node in here:
        size[part[node]] += 1.0
        total[part[node]] += prior[node]
    for edge in range(len(left)):
        degree[left[edge]] += weight[edge]
        degree[right[edge]] += weight[edge]
        total[part[left[edge]]] += weight[edge]
    step = 0
    while len(left):
        open_parts = open_parts[size[open_parts] > 0]
        for one in open_parts:
            density[one], least[one] = total[one] / size[one], np.inf
            if density[one] > best[one]:
                best[one], best_at[one] = density[one], step
        going = _going(here, degree, density, least, part, step_up)
        for node in here[going]:
            gone_at[node] = step
            size[part[node]] -= 1.0
            total[part[node]] -= prior[node]
        here = here[~going]
        left, right, weight = _without(left, right, weight, gone_at, step, degree, total, part)
        step += 1
    return gone_at, best_at


@numba.njit(cache=True, nogil=True)
def _going(
    here: _Ints, degree: Floats, density: Floats, least: Floats, part: _Ints, step_up: float
) -> NDArray[np.bool_]:
    """(here,) the nodes below their part's density, and those of about the least degree in it.

    `least` is (parts,) room to work, infinity for those that are left.
    """
    for node in here:
        least[part[node]] = min(least[part[node]], degree[node])
    going = np.zeros(len(here), dtype=np.bool_)
    for place, node in enumerate(here):
        low = degree[node] < density[part[node]]
        going[place] = low or degree[node] <= step_up * least[part[node]]
    return going


@numba.njit(cache=True, nogil=True)
def _without(
    left: _Ints,
    right: _Ints,
    weight: Floats,
    gone_at: _Ints,
    step: int,
    degree: Floats,
    total: Floats,
    part: _Ints,
) -> tuple[_Ints, _Ints, Floats]:
    """The edges that no node going in this pass takes with it; the others are taken off all sums."""
    kept = 0
    for edge in range(len(left)):
        if gone_at[left[edge]] == step or gone_at[right[edge]] == step:
            degree[left[edge]] -= weight[edge]
            degree[right[edge]] -= weight[edge]
            total[part[left[edge]]] -= weight[edge]
        else:
            left[kept], right[kept], weight[kept] = left[edge], right[edge], weight[edge]
            kept += 1
    return left[:kept], right[:kept], weight[:kept]
