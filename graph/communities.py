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
that another pass moves, and each pass costs as much as all ties."""

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
    ties = igraph.Graph(n=len(nodes), edges=np.c_[a[order], b[order]])
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311  igraph has no other way to be seeded
    found = _leiden(ties, weight[order], resolution)
    igraph.set_random_number_generator(random)
    membership = np.asarray(found)[place]
    return _sets(nodes, membership)


def _leiden(ties: igraph.Graph, weight: Floats, resolution: float) -> list[int]:
    """The community of each node, once a pass changes nothing or, of `MANY_TIES` and more, after `PASSES`."""
    few = ties.ecount() < MANY_TIES
    found: list[int] | None = None
    for _ in range(1 if few else PASSES):
        before = found
        found = ties.community_leiden(
            objective_function="CPM",
            weights=weight,
            resolution=resolution,
            initial_membership=before,
            n_iterations=-1 if few else 1,
        ).membership
        if found == before:
            break
    return found or []


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

    Weisfeiler-Lehman refinement of weighted degrees by hashing; nodes that are still equal keep the order
    of their numbers, which matters only between parts of the graph that look alike.
    """
    ties = sp.csr_array((np.r_[weight, weight], (np.r_[low, high], np.r_[high, low])), shape=(nodes, nodes))
    colour = np.round(np.asarray(ties.sum(axis=1)).ravel(), 3)
    for _ in range(_ROUNDS):
        mixed = np.modf(np.abs(np.sin(colour * 12.9898)) * 43758.5453)[0]
        colour = np.round(colour * 0.5 + ties @ np.round(mixed, 6), 3)
    places = np.empty(nodes, dtype=np.int64)
    places[np.argsort(colour, kind="stable")] = np.arange(nodes)
    return places
