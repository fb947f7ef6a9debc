"""What would break a ring: few links whose removal leaves no piece with more than half of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.cuts import fewest_ties
from graph.schema import Kind
from graph.visuals.slicing import KINDS, RingLinks


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

    See `graph.cuts`; members are numbered by kind and code there, as the ring's evidence (`counterfactual`)
    numbers them, so that the page and the evidence name the same links.
    """
    order = sorted(range(len(links.members)), key=lambda n: _by_code(links, n))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    ends = np.sort(np.column_stack((rank[links.source], rank[links.target])), axis=1)
    tied = np.unique(ends[ends[:, 0] < ends[:, 1]], axis=0)
    anchors, name = _anchors(links)
    cut = fewest_ties(len(order), tied, frozenset(int(rank[a]) for a in anchors))
    pairs = [(min(order[a], order[b]), max(order[a], order[b])) for a, b in cut.pairs]
    return Break(tuple(sorted(pairs)), cut.ties, name, cut.before, cut.after)


def _by_code(links: RingLinks, place: int) -> tuple[int, int]:
    member = links.members[place]
    return KINDS.index(member.kind), member.code


def _anchors(links: RingLinks) -> tuple[frozenset[int], str]:
    partners = [place for place, member in enumerate(links.members) if member.kind is Kind.PARTNER]
    if len(partners) > 1:
        return frozenset(partners), "partner"
    return frozenset(range(len(links.members))), "member"


def cut_links(broken: Break, links: RingLinks) -> NDArray[np.int64]:
    """The rows of `links` that run between the pairs to cut: parallel links count as one tie."""
    size = len(links.members)
    keys = np.minimum(links.source, links.target) * size + np.maximum(links.source, links.target)
    cut = np.array([low * size + high for low, high in broken.pairs], dtype=np.int64)
    return np.flatnonzero(np.isin(keys, cut))
