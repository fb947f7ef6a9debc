"""Customer groups: device farms and circles whose shills share devices or accounts."""

from __future__ import annotations

from graph.candidates import Candidate, communities_of
from graph.links import Links
from graph.projection import Projection
from graph.records import Risk

CHANNELS = ("customer_groups", "bad_custom")


def customer_groups(links: Links, projection: Projection, risk: Risk, *, seed: int) -> tuple[Candidate, ...]:
    """Partners where the same groups of consumers shop beyond chance."""
    return communities_of(projection, risk, channels=CHANNELS, seed=seed)
