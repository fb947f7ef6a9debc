"""FRAUDAR (Hooi et al., KDD 2016): blocks of consumers and partners that are dense in spite of camouflage.

An order of a consumer at a partner weighs 1 / log(c + 5), c the partner's customers, so that popular partners
count little however many honest-looking orders go there. Nodes are peeled greedily, the one with the least
weight left first; of all the sets passed on the way the one with the most weight a node is the block. Its
orders are then taken out, the weights worked out anew, and the next block is looked for, as the authors'
own code does (`detectMultiple`).
"""

from __future__ import annotations

import heapq

import numpy as np
from numba import njit
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]

POPULAR = 5.0
"""The constant of the authors' column weight 1 / log(c + 5)."""


def blocks(row: Codes, column: Codes, *, most: int) -> list[tuple[Codes, Codes]]:
    """Up to `most` blocks in the order found: the rows and columns of each, sorted.

    `row` and `column` are the ends of each link, no pair twice. Deterministic: of nodes with equal weight
    the one with the smaller code goes first. A block costs O(links log links); its links are in no later
    one, its nodes may be.
    """
    found: list[tuple[Codes, Codes]] = []
    rows, columns = int(row.max(initial=-1)) + 1, int(column.max(initial=-1)) + 1
    while len(row) and len(found) < most:
        customers = np.bincount(column, minlength=columns)
        weight = 1.0 / np.log(customers[column] + POPULAR)
        inside = _densest(rows + columns, row, rows + column, weight)
        found.append((np.flatnonzero(inside[:rows]), np.flatnonzero(inside[rows:])))
        kept = ~(inside[row] & inside[rows + column])
        row, column = row[kept], column[kept]
    return found


def _densest(nodes: int, left: Codes, right: Codes, weight: Floats) -> NDArray[np.bool_]:
    """(nodes,) the set of most weight a node that greedy peeling passes; nodes without a link are out."""
    ends = np.r_[left, right]
    order = np.argsort(ends, kind="stable")
    start = np.searchsorted(ends[order], np.arange(nodes + 1))
    other, weights = np.r_[right, left][order], np.r_[weight, weight][order]
    peeled, left_after = _peel(start, other, weights)
    linked = np.diff(start) > 0
    inside = linked.copy()
    inside[peeled[:left_after]] = False
    return inside


@njit(cache=False)
def _peel(start: Codes, other: Codes, weight: Floats) -> tuple[Codes, int]:  # pragma: no cover  compiled
    """The nodes in the order they are peeled, and how many go before the densest set is left."""
    nodes = len(start) - 1
    strength, total, alive_count = np.zeros(nodes), 0.0, 0
    alive = np.zeros(nodes, dtype=np.bool_)
    heap = [(0.0, 0)]
    heap.pop()
    for node in range(nodes):
        for place in range(start[node], start[node + 1]):
            strength[node] += weight[place]
        if start[node + 1] > start[node]:
            alive[node] = True
            alive_count += 1
            total += strength[node] / 2
            heap.append((strength[node], node))
    heapq.heapify(heap)
    peeled = np.empty(alive_count, dtype=np.int64)
    best, best_gone, gone = total / max(alive_count, 1), 0, 0
    while heap:
        value, node = heapq.heappop(heap)
        if not alive[node] or value != strength[node]:
            continue  # an older entry: the node is gone, or has lost weight since
        alive[node] = False
        peeled[gone] = node
        gone += 1
        total -= strength[node]
        for place in range(start[node], start[node + 1]):
            near = other[place]
            if alive[near]:
                strength[near] -= weight[place]
                heapq.heappush(heap, (strength[near], near))
        remaining = alive_count - gone
        if remaining and total / remaining > best + 1e-12:
            best, best_gone = total / remaining, gone
    return peeled, best_gone
