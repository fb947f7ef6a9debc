"""All ties: rings that are held together by a little of everything."""

from __future__ import annotations

from graph.candidates import Candidate, communities_of
from graph.links import Links
from graph.projection import Projection
from graph.reasons import with_reasons
from graph.records import Risk


def all_ties(links: Links, projection: Projection, risk: Risk, *, seed: int) -> tuple[Candidate, ...]:
    """Communities over every channel together."""
    found = communities_of(projection, risk, channels=projection.channels, seed=seed)
    return with_reasons(found, projection, projection.channels)
