"""What would break a ring: few links whose removal leaves no piece with more than half of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import igraph
import numpy as np
from numpy.typing import NDArray

from graph.schema import Kind
from graph.visuals.layout import simple_network
from graph.visuals.slicing import RingLinks

_MOST_FLOWS: Final = 48
"""Minimum cuts tried a step: every partner of a usual ring; a large ring is cut at its best-tied."""


@dataclass(frozen=True)
class Break:
    """Pairs of member positions whose links hold the ring together.

    `ties` counts the pairs of members that are linked at all, `anchors` is what was to be parted ("partner",
    or "member" where a ring has fewer than two partners), `before` and `after` the anchors in each piece,
    largest first, without and with the removal.
    """

    pairs: tuple[tuple[int, int], ...]
    ties: int
    anchors: str
    before: tuple[int, ...]
    after: tuple[int, ...]


def weakest_links(links: RingLinks) -> Break:
    """The fewest links found whose removal leaves no piece with more than half of the ring's partners.

    Parting a graph into balanced pieces at the least cost is NP-hard, so this goes by exact minimum cuts: in
    the largest piece the cut that parts most partners a link is taken, until no piece is too large, and what
    turns out needless is put back. Every answer dissolves the ring; another of the same size may exist.
    """
    network = simple_network(links)
    network.vs["place"] = range(network.vcount())
    anchors, name = _anchors(links)
    before = _pieces(network, anchors)
    removed = _cut_down(network, anchors, allowed=max(1, len(anchors) // 2))
    kept = _needed(network, removed, anchors, allowed=max(1, len(anchors) // 2))
    return Break(
        tuple(sorted(kept)), network.ecount(), name, before, _pieces(_without(network, kept), anchors)
    )


def _anchors(links: RingLinks) -> tuple[frozenset[int], str]:
    partners = [place for place, member in enumerate(links.members) if member.kind is Kind.PARTNER]
    if len(partners) > 1:
        return frozenset(partners), "partner"
    return frozenset(range(len(links.members))), "member"


def _pieces(network: igraph.Graph, anchors: frozenset[int]) -> tuple[int, ...]:
    """How many anchors each connected piece holds, largest first, pieces without any left out."""
    piece_of = network.connected_components().membership
    sizes = Counter(piece_of[vertex] for vertex in anchors)
    return tuple(sorted(sizes.values(), reverse=True))


def _without(network: igraph.Graph, pairs: set[tuple[int, int]]) -> igraph.Graph:
    rest = network.copy()
    rest.delete_edges(sorted(pairs))
    return rest


def _cut_down(network: igraph.Graph, anchors: frozenset[int], allowed: int) -> set[tuple[int, int]]:
    removed: set[tuple[int, int]] = set()
    while True:
        rest = _without(network, removed)
        pieces = [list(piece) for piece in rest.connected_components()]
        largest = max(pieces, key=lambda piece: (sum(v in anchors for v in piece), -piece[0]), default=[])
        if sum(v in anchors for v in largest) <= allowed:
            return removed
        removed |= _sparsest_cut(rest.induced_subgraph(largest), anchors)


def _sparsest_cut(piece: igraph.Graph, anchors: frozenset[int]) -> set[tuple[int, int]]:
    """Of the minimum cuts between anchors (Gusfield 1990), the one with the fewest links an anchor parted."""
    places: list[int] = piece.vs["place"]
    terminals = sorted(
        (v for v in range(len(places)) if places[v] in anchors), key=lambda v: -piece.degree(v)
    )
    terminals = sorted(terminals[:_MOST_FLOWS])
    parent = dict.fromkeys(terminals, terminals[0])
    best: tuple[float, int, list[tuple[int, int]]] | None = None
    for number, terminal in enumerate(terminals[1:], start=1):
        cut = piece.mincut(terminal, parent[terminal])
        side = set(next(part for part in cut.partition if terminal in part))
        for later in terminals[number + 1 :]:
            if later in side and parent[later] == parent[terminal]:
                parent[later] = terminal
        near = sum(places[v] in anchors for v in side)
        total = sum(place in anchors for place in places)
        pairs = sorted(_pair(piece, edge) for edge in cut.cut)
        offer = (len(pairs) / min(near, total - near), len(pairs), pairs)
        best = offer if best is None else min(best, offer)
    return set(best[2]) if best else set()


def _pair(piece: igraph.Graph, edge: int) -> tuple[int, int]:
    source, target = (piece.vs[end]["place"] for end in piece.es[edge].tuple)
    return (min(source, target), max(source, target))


def _needed(
    network: igraph.Graph, removed: set[tuple[int, int]], anchors: frozenset[int], allowed: int
) -> set[tuple[int, int]]:
    kept = set(removed)
    for pair in sorted(removed):
        if max(_pieces(_without(network, kept - {pair}), anchors), default=0) <= allowed:
            kept.discard(pair)
    return kept


def cut_links(broken: Break, links: RingLinks) -> NDArray[np.int64]:
    """The rows of `links` that run between the pairs to cut: parallel links count as one tie."""
    size = len(links.members)
    keys = np.minimum(links.source, links.target) * size + np.maximum(links.source, links.target)
    cut = np.array([low * size + high for low, high in broken.pairs], dtype=np.int64)
    return np.flatnonzero(np.isin(keys, cut))
