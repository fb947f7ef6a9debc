"""Refund abuse: consumers who collude against honest partners."""

from __future__ import annotations

import numpy as np

from graph.candidates import Candidate
from graph.links import Links
from graph.projection import Projection
from graph.records import Risk
from graph.significance import false_discovery

MAX_Q = 0.01
"""False discovery rate at which a group's refunds are taken as more than its partners' usual ones."""


def refund_abuse(links: Links, projection: Projection, risk: Risk, *, seed: int) -> tuple[Candidate, ...]:
    """Customer groups whose orders are refunded far beyond what is usual where they shop.

    Refunds favour the shopper: so the group is the ring and the partners are its victims.
    """
    groups = projection.groups
    refund = np.bincount(
        groups.visit_group, weights=groups.visit_refund_surprise, minlength=len(groups.sizes())
    )
    bad = np.bincount(groups.visit_group, weights=groups.visit_bad_surprise, minlength=len(groups.sizes()))
    chosen = np.flatnonzero((false_discovery(refund) <= MAX_Q) & (refund > bad))
    return tuple(
        Candidate((), tuple(int(code) for code in np.flatnonzero(groups.group_of == group)))
        for group in chosen
    )
