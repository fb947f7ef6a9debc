"""Cuts: few ties of a network whose removal leaves no piece with more than half of its anchors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Final

import igraph
import numpy as np

_MOST_FLOWS: Final = 48
"""Minimum cuts tried a step: every partner of a usual ring; a large ring is cut at its best-tied."""

Pair = tuple[int, int]


@dataclass(frozen=True)
class Cut:
    """Pairs of vertices, the smaller first, sorted, whose ties hold the anchors together.

    `ties` counts the pairs that are tied at all; `before` and `after` are the anchors in each piece, largest
    first, without and with the removal.
    """

    pairs: tuple[Pair, ...]
    ties: int
    before: tuple[int, ...]
    after: tuple[int, ...]


def fewest_ties(size: int, pairs: Sequence[Pair], anchors: Set[int]) -> Cut:
    """The fewest ties found whose removal leaves no piece with more than half of the anchors.

    `pairs` are ties between vertices below `size`, free of repeats and loops. Parting a graph into balanced
    pieces at the least cost is NP-hard, so this goes by exact minimum cuts: in the largest piece the cut that
    parts most anchors a tie is taken, until no piece is too large, and what turns out needless is put back.
    Every answer dissolves the network, and no tie of it is needless; another of the same size may exist.
    """
    network = igraph.Graph(n=size, edges=_leaves_left_out(size, pairs, anchors))
    network.vs["place"] = range(size)
    allowed = max(1, len(anchors) // 2)
    removed = _cut_down(network, anchors, allowed)
    kept = _needed(network, removed, anchors, allowed)
    return Cut(
        tuple(sorted(kept)),
        len(pairs),
        anchor_pieces(network, anchors),
        anchor_pieces(_without(network, kept), anchors),
    )


def _leaves_left_out(size: int, pairs: Sequence[Pair], anchors: Set[int]) -> list[Pair]:
    """The pairs, sorted, without dead ends: a vertex of one tie that is no anchor parts nothing."""
    left = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    held = np.zeros(size, dtype=np.bool_)
    held[list(anchors)] = True
    while True:
        stays = held | (np.bincount(left.ravel(), minlength=size) > 1)
        kept = left[stays[left].all(axis=1)]
        if len(kept) == len(left):
            return [(a, b) for a, b in kept.tolist()]
        left = kept


def anchor_pieces(network: igraph.Graph, anchors: Set[int]) -> tuple[int, ...]:
    """How many anchors each connected piece holds, largest first, pieces without any left out."""
    piece_of = network.connected_components().membership
    sizes = Counter(piece_of[vertex] for vertex in anchors)
    return tuple(sorted(sizes.values(), reverse=True))


def _without(network: igraph.Graph, pairs: Set[Pair]) -> igraph.Graph:
    if not pairs:
        return network
    rest = network.copy()
    rest.delete_edges(sorted(pairs))
    return rest


def _cut_down(network: igraph.Graph, anchors: Set[int], allowed: int) -> set[Pair]:
    removed: set[Pair] = set()
    places = sorted(anchors)
    while True:
        rest = _without(network, removed)
        piece_of = np.array(rest.connected_components().membership, dtype=np.int64)
        held = np.bincount(piece_of[places], minlength=1)
        # pieces are numbered by their lowest vertex: of equals the first is taken
        largest = int(held.argmax())
        if held[largest] <= allowed:
            return removed
        piece = rest.induced_subgraph(np.flatnonzero(piece_of == largest).tolist())
        removed |= _sparsest_cut(piece, anchors)


def _sparsest_cut(piece: igraph.Graph, anchors: Set[int]) -> set[Pair]:
    """Of the minimum cuts between anchors (Gusfield 1990), the one with the fewest links an anchor parted."""
    places: list[int] = piece.vs["place"]
    held = np.array([place in anchors for place in places])
    total, degree = int(held.sum()), piece.degree()
    terminals = sorted(np.flatnonzero(held).tolist(), key=lambda v: -degree[v])
    terminals = sorted(terminals[:_MOST_FLOWS])
    parent = dict.fromkeys(terminals, terminals[0])
    best: tuple[float, int, list[Pair]] | None = None
    for number, terminal in enumerate(terminals[1:], start=1):
        # as they come from the library's core: objects made of each cut cost more than the cut
        _, links, one_side, _ = igraph.GraphBase.mincut(piece, terminal, parent[terminal])
        side = np.zeros(len(places), dtype=np.bool_)
        side[one_side] = True
        if not side[terminal]:
            side = ~side
        for later in terminals[number + 1 :]:
            if side[later] and parent[later] == parent[terminal]:
                parent[later] = terminal
        near = int(held[side].sum())
        share = len(links) / min(near, total - near)
        if best is None or (share, len(links)) <= best[:2]:
            offer = (share, len(links), sorted(_pair(piece.es[edge].tuple, places) for edge in links))
            best = offer if best is None else min(best, offer)
    return set(best[2]) if best else set()


def _pair(ends: Pair, places: Sequence[int]) -> Pair:
    """Both ends of a piece's tie as they are numbered in the whole network, the smaller first."""
    source, target = (places[end] for end in ends)
    return (min(source, target), max(source, target))


def _needed(network: igraph.Graph, removed: set[Pair], anchors: Set[int], allowed: int) -> set[Pair]:
    """The removed pairs less those that may come back, one after the other, without a piece too large."""
    piece_of: list[int] = _without(network, removed).connected_components().membership
    held = Counter(piece_of[vertex] for vertex in anchors)
    joined = list(range(max(piece_of, default=-1) + 1))

    def root(piece: int) -> int:
        while joined[piece] != piece:
            piece = joined[piece]
        return piece

    kept = set(removed)
    for pair in sorted(removed):
        one, other = (root(piece_of[vertex]) for vertex in pair)
        if one == other:
            kept.discard(pair)
        elif held[one] + held[other] <= allowed:
            kept.discard(pair)
            joined[other] = one
            held[one] += held[other]
    return kept
