"""Detectors: each file finds candidate member sets in one way; `DETECTORS` lists them by name."""

from __future__ import annotations

from typing import Final, Protocol

from graph.candidates import Candidate
from graph.detectors.all_ties import all_ties
from graph.detectors.co_custom import co_custom
from graph.detectors.consumer_collusion import consumer_collusion
from graph.detectors.customer_groups import customer_groups
from graph.detectors.dense_block import dense_block
from graph.detectors.money_flow import money_flow
from graph.detectors.self_dealing import self_dealers
from graph.detectors.shared_identifiers import shared_identifiers
from graph.detectors.succession import succession
from graph.detectors.take_over import take_over
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
    ("co_custom", co_custom),
    ("consumer_collusion", consumer_collusion),
    ("customer_groups", customer_groups),
    ("dense_block", dense_block),
    ("money_flow", money_flow),
    ("self_dealing", self_dealers),
    ("shared_identifiers", shared_identifiers),
    ("succession", succession),
    ("take_over", take_over),
    ("transfer_shapes", transfer_shapes),
)
