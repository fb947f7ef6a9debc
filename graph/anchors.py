"""Anchors: yesterday's rings as candidates of today, so that small changes in the data do not re-cut them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.candidates import RESOLUTION, Candidate
from graph.identity import SAME_SHARE, Members
from graph.links import Links
from graph.projection import Projection
from graph.records import Ring
from graph.refunds import LEAST_MEMBERS, RefundCircles
from graph.schema import NODES, Kind
from graph.significance import Floats, false_discovery

ANCHORED: Final = "previous_run"
"""What `found_by` says of a ring that no detector of today proposes."""

_REASON: Final = "They stood in one ring of the previous run, and what tied them still holds."

MARGIN: Final = 0.1
"""Share of its cohesion by which a cut through yesterday's ring must be better to replace it."""

NEARLY_SAME: Final = 2 / 3
"""Jaccard index from which a ring of today is a small change of yesterday's, and not another ring."""

HELD: Final = 0.8
"""Share of `RESOLUTION` that still holds who stood together yesterday, so that a ring does not flicker."""

HELD_Q: Final = 0.05
"""False discovery rate up to which yesterday's circle still colludes; a new one needs `CIRCLE_Q`."""


@dataclass(frozen=True)
class Anchor:
    """What still holds of an earlier ring, and `before`, all of its members that are in the data."""

    held: Candidate
    before: frozenset[int]


def anchor_rings(previous: Mapping[str, Members], links: Links, projection: Projection) -> tuple[Anchor, ...]:
    """The earlier rings as far as they still hold today, sorted, without repeats.

    Of a ring's partners those stay who are in the data and whose affinities to the others outweigh `HELD` of
    `RESOLUTION` a pair; what is no longer connected falls apart.
    Of a ring's consumers those stay who still are in one circle that colludes at `HELD_Q`. All ties are
    today's: an earlier run says who stood together, and nothing else.
    """
    weight = np.round(projection.tie_weight, 4)
    size = projection.partners
    upper = sp.csr_array((weight, (projection.left, projection.right)), shape=(size, size))
    ties = (upper + upper.T).tocsr()
    circle_of = held_circles(projection.circles)
    found: set[Anchor] = set()
    for codes in _codes(previous, links, Kind.PARTNER):
        parts = [Candidate(part, reason=_REASON) for part in held_parts(ties, codes)]
        found.update(Anchor(part, frozenset(codes.tolist())) for part in parts)
    for codes in _codes(previous, links, Kind.CONSUMER):
        parts = [Candidate((), part, reason=_REASON) for part in _circles(circle_of, codes)]
        found.update(Anchor(part, frozenset(codes.tolist())) for part in parts)
    return tuple(sorted(found, key=lambda one: (one.held.partners, one.held.consumers, sorted(one.before))))


def to_hold(anchors: Sequence[Anchor], rings: Sequence[Ring]) -> tuple[Anchor, ...]:
    """The anchors that today's own extraction has lost or changed a little: those that have to compete.

    A ring that is today what it was has no need to.
    Where a ring of today follows from yesterday's (see `identify`) and is much different, the ring itself has
    changed: it has merged, split or grown, and yesterday's cut would keep it in pieces.
    """
    at: dict[tuple[bool, int], list[frozenset[int]]] = {}
    for ring in rings:
        of_partners, members = _set(ring)
        for code in members:
            at.setdefault((of_partners, code), []).append(members)
    return tuple(anchor for anchor in anchors if _has_to_compete(anchor, at))


def _has_to_compete(anchor: Anchor, at: Mapping[tuple[bool, int], Sequence[frozenset[int]]]) -> bool:
    of_partners, members = _set(anchor.held)
    met = {ring for code in members for ring in at.get((of_partners, code), ())}
    if anchor.before in met:
        return False
    heirs = [ring for ring in met if len(ring & members) >= SAME_SHARE * min(len(ring), len(members))]
    return not heirs or any(len(ring & members) >= NEARLY_SAME * len(ring | members) for ring in heirs)


def favour(
    candidates: Sequence[Candidate],
    cohesion: Floats,
    anchors: Sequence[Anchor],
    competing: Sequence[Anchor],
) -> Floats:
    """(candidates,) the cohesion, raised by `MARGIN` where a candidate holds one of those competing whole.

    So a ring of yesterday may grow as today's ties have it, and a cut through it has to be clearly better.
    Of a ring that need not compete only what it was is raised: it would grow for nothing.
    What holds most of two anchors merges them: it goes on from neither, and has no head start.
    """
    at: dict[tuple[bool, int], list[Anchor]] = {}
    for anchor in anchors:
        of_partners, members = _set(anchor.held)
        for code in members:
            at.setdefault((of_partners, code), []).append(anchor)
    compete = set(competing)
    result = cohesion.copy()
    for number, candidate in enumerate(candidates):
        of_partners, members = _set(candidate)
        met = {anchor for code in members for anchor in at.get((of_partners, code), ())}
        mostly: dict[frozenset[int], list[Anchor]] = {}
        for anchor in met:
            _, held = _set(anchor.held)
            if len(held & members) >= SAME_SHARE * len(held):
                mostly.setdefault(held, []).append(anchor)
        if len(mostly) == 1:
            ((held, ours),) = mostly.items()
            if any(held <= members if anchor in compete else members == anchor.before for anchor in ours):
                result[number] += MARGIN * abs(result[number])
    return result


def _set(one: Candidate | Ring) -> tuple[bool, frozenset[int]]:
    """Whether it is of partners, and its members."""
    return bool(one.partners), frozenset(one.partners or one.consumers)


def held_parts(ties: sp.csr_array, codes: NDArray[np.int64]) -> list[tuple[int, ...]]:
    """The connected parts, of two and more, of the members whose ties still hold them; each part sorted.

    Whose ties inside fall shortest of `HELD` of `RESOLUTION` a pair goes first (equals together), until all
    hold.
    """
    inside = codes
    while len(inside) > 1:
        within = ties[inside][:, inside]
        held = np.round(np.asarray(within.sum(axis=1)).ravel() - HELD * RESOLUTION * (len(inside) - 1), 6)
        if held.min() >= 0:
            count, part = sp.csgraph.connected_components(within > 0, directed=False)
            groups = [inside[part == number] for number in range(count)]
            return [tuple(group.tolist()) for group in groups if len(group) > 1]
        inside = inside[held > held.min()]
    return []


def held_circles(circles: RefundCircles) -> NDArray[np.int32]:
    """(consumers,) the circle of each who still colludes, -1 for all others."""
    held = np.append(false_discovery(circles.refund_surprise) <= HELD_Q, False)
    return np.where(held[circles.circle_of], circles.circle_of, -1)


def _codes(previous: Mapping[str, Members], links: Links, kind: Kind) -> list[NDArray[np.int64]]:
    """For each earlier ring the codes of its members of that kind that are in the data, sorted."""
    key = next(node.key for node in NODES if node.kind is kind)
    index = pd.Index(links.nodes(kind)[key])
    listed = ([id_ for of, id_ in members if of is kind] for members in previous.values())
    places = (np.sort(index.get_indexer(pd.Index(ids, dtype=object))) for ids in listed if ids)
    return [codes[codes >= 0].astype(np.int64) for codes in places]


def _circles(circle_of: NDArray[np.int32], codes: NDArray[np.int64]) -> list[tuple[int, ...]]:
    """The members by the circle in which they still collude, `LEAST_MEMBERS` and more."""
    groups = [codes[circle_of[codes] == circle] for circle in np.unique(circle_of[codes]) if circle >= 0]
    return [tuple(group.tolist()) for group in groups if len(group) >= LEAST_MEMBERS]
