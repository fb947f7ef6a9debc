"""Detectors: each file finds candidate member sets in one way; `DETECTORS` lists them by name."""

from __future__ import annotations

from typing import Final, Protocol

from graph.candidates import Candidate
from graph.detectors.all_ties import all_ties
from graph.detectors.bust_out import bust_out
from graph.detectors.co_custom import co_custom
from graph.detectors.customer_groups import customer_groups
from graph.detectors.money_flow import money_flow
from graph.detectors.refund_abuse import refund_abuse
from graph.detectors.shared_identifiers import shared_identifiers
from graph.detectors.succession import succession
from graph.detectors.transfer_shapes import transfer_shapes
from graph.links import Links
from graph.projection import Projection
from graph.records import Risk


class Detector(Protocol):
    """Finds candidates; the same sets for any order of rows and any names."""

    def __call__(
        self, links: Links, projection: Projection, risk: Risk, *, seed: int
    ) -> tuple[Candidate, ...]:
        """Candidates in any order, without repeats."""
        ...


DETECTORS: Final[tuple[tuple[str, Detector], ...]] = (
    ("all_ties", all_ties),
    ("bust_out", bust_out),
    ("co_custom", co_custom),
    ("customer_groups", customer_groups),
    ("money_flow", money_flow),
    ("refund_abuse", refund_abuse),
    ("shared_identifiers", shared_identifiers),
    ("succession", succession),
    ("transfer_shapes", transfer_shapes),
)
