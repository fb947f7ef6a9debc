"""Refund abuse: consumers who collude against honest partners."""

from __future__ import annotations

import numpy as np

from graph.candidates import Candidate
from graph.links import Links
from graph.projection import Projection
from graph.records import Risk
from graph.refunds import colluding


def refund_abuse(links: Links, projection: Projection, risk: Risk, *, seed: int) -> tuple[Candidate, ...]:
    """Circles of consumers whose orders are refunded far beyond what is usual where they shop.

    Refunds favour the shopper: so the circle is the ring and the partners are its victims.
    """
    circles = projection.circles
    members = np.flatnonzero(colluding(circles))
    order = members[np.argsort(circles.circle_of[members], kind="stable")]
    starts = np.flatnonzero(np.diff(circles.circle_of[order], prepend=-1))
    return tuple(Candidate((), tuple(part.tolist())) for part in np.split(order, starts[1:]) if len(part))
