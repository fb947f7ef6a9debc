"""Transfer shapes: partners who pay one another in rounds, or once each to or from one of them."""

from __future__ import annotations

from graph.candidates import Candidate
from graph.channels import transfers
from graph.links import Links
from graph.projection import Projection
from graph.records import Risk


def transfer_shapes(links: Links, projection: Projection, risk: Risk, *, seed: int) -> tuple[Candidate, ...]:
    """Each round and each star beyond chance, whole: cutting one apart would leave no shape."""
    return tuple(Candidate(part) for part in sorted(set(transfers.transfer_shapes(links).members())))
