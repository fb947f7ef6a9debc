"""Communities: Leiden with CPM on a weighted graph of partners, in an order that ids do not decide."""

from __future__ import annotations

import random

import igraph
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.components import components
from graph.significance import Floats
from graph.tally import by_two_codes
from graph.ties import Codes

MANY_TIES = 100_000
"""So many ties are gone over `PASSES` times at most: somewhere in a large graph there is always a node left
that another pass moves. Fewer are gone over to the end."""

PASSES = 10
"""With 56,000 ties the last pass to move a node was the eighth; the third left one set in 8,000 to change."""

_ROUNDS = 4
"""Rounds of colour refinement: members further apart than this many ties do not change each other's place."""


def communities(
    left: Codes, right: Codes, weight: Floats, *, resolution: float, seed: int, partners: int
) -> tuple[tuple[int, ...], ...]:
    """Member sets of two and more, each sorted, by Leiden maximising the constant Potts model (Traag 2019).

    A set stays together where its ties outweigh `resolution` for every pair of its members. Nodes are fed in
    an order of their ties alone, so that other ids or rows give the same sets; weights count to 4 decimals.
    """
    weight = np.round(weight, 4)
    keep = _may_count(left, right, weight, resolution, partners)
    left, right, weight = left[keep], right[keep], weight[keep]
    if not len(left):
        return ()
    used = np.zeros(partners, dtype=np.bool_)
    used[left] = used[right] = True
    nodes, number = np.flatnonzero(used), np.cumsum(used) - 1
    low, high = number[left], number[right]
    place = canonical_places(low, high, weight, len(nodes))
    a, b = np.minimum(place[low], place[high]), np.maximum(place[low], place[high])
    order = by_two_codes(a, len(nodes), b, len(nodes))
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311  igraph has no other way to be seeded
    found = _leiden(len(nodes), np.c_[a[order], b[order]], weight[order], resolution)
    igraph.set_random_number_generator(random)
    return _sets(nodes, found[place])


def _leiden(nodes: int, ties: NDArray[np.int64], weight: Floats, resolution: float) -> NDArray[np.int64]:
    """(nodes,) the community of each, once a pass changes nothing or, of `MANY_TIES`, after `PASSES`.

    Of many ties, components that a pass left as they were are not gone over again: none changes another.
    """
    if len(ties) < MANY_TIES:
        return _gone_over(nodes, ties, weight, resolution, passes=-1)
    part = components(ties[:, 0], ties[:, 1], nodes)
    found = _gone_over(nodes, ties, weight, resolution, passes=1)
    left = np.ones(nodes, dtype=np.bool_)
    for _ in range(PASSES - 1):
        again, inside = np.flatnonzero(left), left[ties[:, 0]]
        number = np.cumsum(left) - 1
        before = np.unique(found[again], return_inverse=True)[1]
        after = _gone_over(
            len(again), number[ties[inside]], weight[inside], resolution, passes=1, start=before
        )
        found[again] = found.max() + 1 + after
        changing = np.zeros(nodes, dtype=np.bool_)
        changing[part[again[_changed(before, after)]]] = True
        left = changing[part]
        if not left.any():
            break
    return found


def _gone_over(
    nodes: int,
    ties: NDArray[np.int64],
    weight: Floats,
    resolution: float,
    *,
    passes: int,
    start: NDArray[np.int64] | None = None,
) -> NDArray[np.int64]:
    """(nodes,) the community of each after so many passes, -1 for as many as change something."""
    found = igraph.Graph(n=nodes, edges=ties).community_leiden(
        objective_function="CPM",
        weights=weight,
        resolution=resolution,
        initial_membership=None if start is None else start.tolist(),
        n_iterations=passes,
    )
    return np.asarray(found.membership, dtype=np.int64)


def _changed(before: NDArray[np.int64], after: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(nodes,) whose community has other members now; both number communities from 0."""
    size = int(after.max(initial=0)) + 1
    pair = np.unique(before * size + after)
    split, mixed = np.bincount(pair // size) > 1, np.bincount(pair % size) > 1
    changed: NDArray[np.bool_] = split[before] | mixed[after]
    return changed


def _may_count(
    left: Codes, right: Codes, weight: Floats, resolution: float, partners: int
) -> NDArray[np.bool_]:
    """(m,) the ties inside components that hang together by ties of `resolution` and more.

    Two parts of a set that are joined by weaker ties alone are worth more apart (each pair of theirs costs
    `resolution`), so no best set reaches beyond such a component, and what lies between them is left out:
    most ties of a resolution above a few hundredths.
    """
    strong = weight >= resolution
    part = components(left[strong], right[strong], partners)
    inside: NDArray[np.bool_] = (weight > 0) & (part[left] == part[right])
    return inside


def _sets(nodes: NDArray[np.int64], membership: NDArray[np.int64]) -> tuple[tuple[int, ...], ...]:
    """The sets of two and more of equal membership, sorted."""
    order = np.lexsort((nodes, membership))
    starts = np.flatnonzero(np.diff(membership[order], prepend=-1))
    parts = np.split(nodes[order], starts[1:])
    return tuple(sorted(tuple(part.tolist()) for part in parts if len(part) > 1))


def canonical_places(
    low: NDArray[np.int64], high: NDArray[np.int64], weight: Floats, nodes: int
) -> NDArray[np.int64]:
    """(nodes,) a place for every node that depends on its ties, not on its number.

    Weisfeiler-Lehman refinement of weighted degrees by hashing, in integers, which add up alike in any order;
    nodes that are still equal keep the order of their numbers, which matters only between parts of the graph
    that look alike.
    """
    whole = np.rint(weight * 10_000).astype(np.uint64)
    ties = sp.csr_array((np.r_[whole, whole], (np.r_[low, high], np.r_[high, low])), shape=(nodes, nodes))
    colour = ties @ np.ones(nodes, dtype=np.uint64)
    for _ in range(_ROUNDS):
        colour = _mixed(colour * np.uint64(3) + ties @ _mixed(colour))
    places = np.empty(nodes, dtype=np.int64)
    places[np.argsort(colour, kind="stable")] = np.arange(nodes)
    return places


def _mixed(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Each value's bits spread over all others (splitmix64): integers, so that sums know no order."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
