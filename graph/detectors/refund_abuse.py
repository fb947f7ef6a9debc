"""Refund abuse: consumers who collude against honest partners."""

from __future__ import annotations

import numpy as np

from graph.candidates import Candidate
from graph.links import Links
from graph.projection import Projection
from graph.records import Risk
from graph.significance import false_discovery

MAX_Q = 0.01
"""False discovery rate at which a circle's refunds are taken as more than its partners' usual ones."""

LEAST_MEMBERS = 3
"""Two who live together send the same things back."""


def refund_abuse(links: Links, projection: Projection, risk: Risk, *, seed: int) -> tuple[Candidate, ...]:
    """Circles of consumers whose orders are refunded far beyond what is usual where they shop.

    Refunds favour the shopper: so the circle is the ring and the partners are its victims.
    """
    circles = projection.circles
    size = np.bincount(circles.circle_of[circles.circle_of >= 0], minlength=len(circles.refund_surprise))
    chosen = (false_discovery(circles.refund_surprise) <= MAX_Q) & (size >= LEAST_MEMBERS)
    members = np.flatnonzero(circles.circle_of >= 0)
    members = members[chosen[circles.circle_of[members]]]
    order = members[np.argsort(circles.circle_of[members], kind="stable")]
    starts = np.flatnonzero(np.diff(circles.circle_of[order], prepend=-1))
    return tuple(Candidate((), tuple(part.tolist())) for part in np.split(order, starts[1:]) if len(part))
