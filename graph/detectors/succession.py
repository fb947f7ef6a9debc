"""Succession: phoenixes that close and come back under a similar name or site."""

from __future__ import annotations

from graph.candidates import Candidate, communities_of
from graph.links import Links
from graph.projection import Projection
from graph.reasons import with_reasons
from graph.records import Risk

CHANNELS = (
    "succession",
    "hand_over",
    "payout_account",
    "login_device",
    "customer_groups",
    "co_custom",
    "moved_custom",
)


def succession(links: Links, projection: Projection, risk: Risk, *, seed: int) -> tuple[Candidate, ...]:
    """Closed partners and their successors, with what ties them beside the name."""
    found = communities_of(projection, risk, channels=CHANNELS, seed=seed)
    return with_reasons(found, projection, CHANNELS)
