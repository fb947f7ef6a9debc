"""Money flow: partners who share nothing but where their money ends."""

from __future__ import annotations

from graph.candidates import Candidate, communities_of
from graph.links import Links
from graph.projection import Projection
from graph.records import Risk


def money_flow(links: Links, projection: Projection, risk: Risk, *, seed: int) -> tuple[Candidate, ...]:
    """Partners whose payouts are forwarded to the same rare collectors."""
    return communities_of(projection, risk, channels=("money", "payout_account"), seed=seed)
