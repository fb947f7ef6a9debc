"""Bust-out: honest partners bought, then burnt together."""

from __future__ import annotations

from graph.candidates import Candidate, communities_of
from graph.links import Links
from graph.projection import Projection
from graph.records import Risk

CHANNELS = ("co_change", "money", "payout_account", "login_device", "customer_groups", "bad_custom")


def bust_out(links: Links, projection: Projection, risk: Risk, *, seed: int) -> tuple[Candidate, ...]:
    """Partners that turned bad after a change at the same time, with what else ties them."""
    return communities_of(projection, risk, channels=CHANNELS, seed=seed)
