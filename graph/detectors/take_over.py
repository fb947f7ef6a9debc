"""Take-over: honest partners bought, then burnt together."""

from __future__ import annotations

import numpy as np

from graph.candidates import Candidate, communities_of
from graph.channels.changes import MIN_TURN, turn_surprise
from graph.links import Links
from graph.projection import Projection
from graph.reasons import Inside, with_reasons
from graph.records import Risk
from graph.tally import tally

CHANNELS = ("co_change", "money", "payout_account", "login_device", "customer_groups", "bad_custom")


def take_over(links: Links, projection: Projection, risk: Risk, *, seed: int) -> tuple[Candidate, ...]:
    """Partners that turned bad after a change at the same time, with what else ties them."""
    found = communities_of(projection, risk, channels=CHANNELS, seed=seed)
    return with_reasons(found, projection, CHANNELS, seen=lambda inside: _turned(links, inside))


def _turned(links: Links, inside: Inside) -> list[str]:
    """How many partners of each candidate turned bad after a change of account or device."""
    turn = turn_surprise(links)
    turned = np.flatnonzero((turn >= MIN_TURN) & (inside.group_of >= 0))
    count = tally(inside.group_of[turned], inside.groups)
    most = np.zeros(inside.groups)
    np.maximum.at(most, inside.group_of[turned], turn[turned])
    return [
        f"{int(n)} turned bad after a change of account or device (the worst 1 in 10^{worst:.0f} at the rate "
        "of its custom before)"
        if n
        else ""
        for n, worst in zip(count, most, strict=True)
    ]
