"""Anchors: yesterday's rings as candidates of today, so that small changes in the data do not re-cut them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.candidates import RESOLUTION, Candidate, joint_risk, tie_strength
from graph.identity import Members
from graph.links import Links
from graph.projection import Projection
from graph.records import Risk
from graph.refunds import LEAST_MEMBERS, colluding
from graph.schema import NODES, Kind
from graph.significance import Floats

ANCHORED: Final = "previous_run"
"""What `found_by` says of a ring that no detector of today proposes."""

MARGIN: Final = 0.2
"""Cohesion by which another cut must be better to replace yesterday's: what two pairs of members cost, less
than one more tie of half strength. It is a sum, not a share: a newcomer to a large ring is not kept out."""


def anchor_rings(
    previous: Mapping[str, Members], links: Links, projection: Projection, risk: Risk
) -> tuple[Candidate, ...]:
    """The earlier rings as far as they still hold today, as candidates; sorted, without repeats.

    Of a ring's partners those stay who are in the data and whose ties to the others, by strength and risk as
    communities weigh them, outweigh `RESOLUTION` a pair; what is no longer connected falls apart. Of a ring's
    consumers those stay who still collude in one circle. All ties and risks are today's: an earlier run says
    who stood together, and nothing else.
    """
    weight = np.round(tie_strength(projection, projection.channels) * joint_risk(projection, risk), 4)
    size = projection.partners
    upper = sp.csr_array((weight, (projection.left, projection.right)), shape=(size, size))
    ties = (upper + upper.T).tocsr()
    found: set[Candidate] = set()
    for codes in _codes(previous, links, Kind.PARTNER):
        found.update(Candidate(part) for part in held_parts(ties, codes))
    circle_of = np.where(colluding(projection.circles), projection.circles.circle_of, -1)
    for codes in _codes(previous, links, Kind.CONSUMER):
        found.update(Candidate((), part) for part in _circles(circle_of, codes))
    return tuple(sorted(found, key=lambda one: (one.partners, one.consumers)))


def favour(candidates: Sequence[Candidate], anchors: Sequence[Candidate]) -> Floats:
    """(candidates,) cohesion on top for those that stood yesterday: `MARGIN` each, 0 for all others."""
    stood = set(anchors)
    return np.array([MARGIN if one in stood else 0.0 for one in candidates], dtype=np.float64)


def held_parts(ties: sp.csr_array, codes: NDArray[np.int64]) -> list[tuple[int, ...]]:
    """The connected parts, of two and more, of the members whose ties still hold them; each part sorted.

    Whose ties inside weigh least below `RESOLUTION` a pair goes first (equals go together), until all hold.
    """
    inside = codes
    while len(inside) > 1:
        within = ties[inside][:, inside]
        held = np.round(np.asarray(within.sum(axis=1)).ravel() - RESOLUTION * (len(inside) - 1), 6)
        if held.min() >= 0:
            count, part = sp.csgraph.connected_components(within > 0, directed=False)
            groups = [inside[part == number] for number in range(count)]
            return [tuple(group.tolist()) for group in groups if len(group) > 1]
        inside = inside[held > held.min()]
    return []


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
