"""Common customers: collusive circles whose shills share no identifier."""

from __future__ import annotations

from graph.candidates import Candidate, communities_of
from graph.links import Links
from graph.projection import Projection
from graph.reasons import with_reasons
from graph.records import Risk

CHANNELS = ("co_custom", "lockstep", "bad_custom", "bad_customers")


def co_custom(links: Links, projection: Projection, risk: Risk, *, seed: int) -> tuple[Candidate, ...]:
    """Partners whose customers coincide beyond chance, come together and end badly."""
    found = communities_of(projection, risk, channels=CHANNELS, seed=seed)
    return with_reasons(found, projection, CHANNELS)
