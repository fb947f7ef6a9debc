"""Transfer shapes: partners who pay one another in rounds, or once each to or from one of them."""

from __future__ import annotations

from graph.candidates import Candidate
from graph.channels import transfers
from graph.links import Links
from graph.projection import Projection
from graph.records import Risk


def transfer_shapes(links: Links, projection: Projection, risk: Risk, *, seed: int) -> tuple[Candidate, ...]:
    """Each round and each star beyond chance, whole: cutting one apart would leave no shape."""
    shapes = transfers.transfer_shapes(links)
    best: dict[tuple[int, ...], float] = {}
    for members, surprise in zip(shapes.members(), shapes.surprise, strict=True):
        best[members] = max(best.get(members, 0.0), float(surprise))
    return tuple(Candidate(part, reason=_reason(len(part), best[part])) for part in sorted(best))


def _reason(size: int, surprise: float) -> str:
    return (
        f"{size} partners pay one another in a round within a month or in a star of payers who pay only "
        f"once; with transfers dealt out at random, everybody keeping how many, expected 10^-{surprise:.1f} "
        "times."
    )
