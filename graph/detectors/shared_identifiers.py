"""Shared identifiers: rings that reuse payout accounts and devices, of their own or as customers."""

from __future__ import annotations

from graph.candidates import Candidate, communities_of
from graph.links import Links
from graph.projection import Projection
from graph.records import Risk

CHANNELS = ("payout_account", "login_device", "customer_device", "funding_account")


def shared_identifiers(
    links: Links, projection: Projection, risk: Risk, *, seed: int
) -> tuple[Candidate, ...]:
    """Partners tied by rare identifiers."""
    return communities_of(projection, risk, channels=CHANNELS, seed=seed)
