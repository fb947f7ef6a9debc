"""All ties: rings that are held together by a little of everything."""

from __future__ import annotations

from typing import Final

import numpy as np

from graph.candidates import Candidate
from graph.communities import communities
from graph.links import Links
from graph.projection import Projection
from graph.reasons import with_reasons
from graph.records import Risk

RESOLUTIONS: Final = (0.02, 0.04, 0.08, 0.15, 0.3, 0.5)
"""CPM resolutions, each about twice the one before: at 0.02 a chain of a hundred holds together, at 0.5 only
who are more probably of one ring than not. None of them is right for all rings, so every one proposes, and of
overlapping proposals the one stands that is most probably a whole ring (`ring_forest.ring_probability`)."""


def all_ties(links: Links, projection: Projection, risk: Risk, *, seed: int) -> tuple[Candidate, ...]:
    """Communities of partners by how probable it is that two are of one ring, at every resolution."""
    rows = np.flatnonzero(projection.tie_weight)
    left, right, weight = projection.left[rows], projection.right[rows], projection.tie_weight[rows]
    found = {
        partners
        for resolution in RESOLUTIONS
        for partners in communities(
            left,
            right,
            weight,
            resolution=resolution,
            seed=seed,
            partners=projection.partners,
        )
    }
    candidates = tuple(Candidate(partners) for partners in sorted(found))
    return with_reasons(candidates, projection, projection.channels)
