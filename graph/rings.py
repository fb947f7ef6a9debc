"""Rings: candidates merged, pruned by member risk, ranked, and joined by those who live inside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

from graph.anchors import ANCHORED, favour, to_hold
from graph.attach import attach
from graph.candidates import Candidate, joint_risk, tie_strength
from graph.detectors import DETECTORS
from graph.links import Links
from graph.prior import as_risk
from graph.projection import Projection
from graph.records import Ring, Risk
from graph.schema import Kind
from graph.significance import Floats

MAX_OVERLAP = 0.3
"""Share of the smaller of two candidates that may lie in the stronger one; beyond it they are one ring."""

PAIR_COST = 0.1
"""Weight of a tie that a pair of members must have on average to be better together than apart. A chain of
n has n - 1 ties for n (n - 1) / 2 pairs: this much lets one of ten hold at ties of one half."""

MOST_PARTNERS = 60
"""Larger candidates are markets, not rings."""


def find_rings(
    links: Links, projection: Projection, risk: Risk, *, seed: int, anchors: Sequence[Candidate] = ()
) -> tuple[Ring, ...]:
    """Rings, the most suspicious first; deterministic for the same input and seed.

    `anchors` are an earlier run's rings as far as they still hold: those that today's candidates alone would
    lose or change a little compete too, with a head start where they overlap and none in the ranking.
    """
    found = _proposed(links, projection, risk, seed=seed)
    rings = _cut(found, (), projection, risk)
    if held := to_hold(anchors, rings):
        for anchor in held:
            found.setdefault(anchor, {ANCHORED})
        rings = _cut(found, held, projection, risk)
    strength = ring_strength(rings, links, projection, risk)
    return attach([rings[place] for place in np.argsort(-strength, kind="stable")], links)


def _cut(
    found: Mapping[Candidate, AbstractSet[str]],
    anchors: Sequence[Candidate],
    projection: Projection,
    risk: Risk,
) -> list[Ring]:
    """The candidates that stand, the most cohesive first where they overlap."""
    candidates = sorted(found, key=lambda candidate: (candidate.partners, candidate.consumers))
    rings = [Ring(c.partners, c.consumers, found_by=tuple(sorted(found[c]))) for c in candidates]
    cohesion = favour(candidates, ring_cohesion(rings, projection, risk), anchors)
    return [rings[number] for number in _without_overlaps(rings, cohesion)]


def ring_cohesion(rings: Sequence[Ring], projection: Projection, risk: Risk) -> Floats:
    """(rings,) what decides between overlapping candidates: the constant Potts quality of their ties.

    Every tie counts by its strength over all channels and the risk of the two it joins, every pair of members
    costs `PAIR_COST`. So a whole ring beats its closest pair, and a ring with an honest neighbour loses to
    the ring without. Rings of consumers count their members by risk.
    """
    weight = tie_strength(projection, projection.channels) * joint_risk(projection, risk)
    result = np.zeros(len(rings))
    for number, ring in enumerate(rings):
        size = len(ring.partners)
        if size:
            result[number] = (
                float(weight[_inside(projection, ring.partners)].sum()) - PAIR_COST * size * (size - 1) / 2
            )
        else:
            result[number] = float(risk.consumer[list(ring.consumers)].sum())
    return result


def ring_strength(rings: Sequence[Ring], links: Links, projection: Projection, risk: Risk) -> Floats:
    """(rings,) what rings are ranked by, in [0, 1]: the members' mean risk times how well they are tied.

    Well tied is a ring with as much tie strength as a chain of full ties has. A ring of consumers counts by
    how surprising its refunds are.
    """
    strength = tie_strength(projection, projection.channels)
    result = np.zeros(len(rings))
    for number, ring in enumerate(rings):
        if not ring.partners:
            result[number] = float(as_risk(_circle_surprise(ring, projection)))
            continue
        inside = _inside(projection, ring.partners)
        tied = min(1.0, float(strength[inside].sum()) / (len(ring.partners) - 1 + 1e-9))
        result[number] = float(risk.partner[list(ring.partners)].mean()) * tied
    return result


def _circle(ring: Ring, projection: Projection) -> int:
    """The refund circle that most of a ring's consumers belong to, -1 for none."""
    inside = projection.circles.circle_of[list(ring.consumers)]
    return int(np.bincount(inside[inside >= 0]).argmax()) if (inside >= 0).any() else -1


def _circle_surprise(ring: Ring, projection: Projection) -> Floats:
    circle = _circle(ring, projection)
    return projection.circles.refund_surprise[circle] if circle >= 0 else np.zeros(())


def _proposed(links: Links, projection: Projection, risk: Risk, *, seed: int) -> dict[Candidate, set[str]]:
    found: dict[Candidate, set[str]] = {}
    for name, detector in DETECTORS:
        for candidate in detector(links, projection, risk, seed=seed):
            if len(candidate.partners) <= MOST_PARTNERS:
                found.setdefault(candidate, set()).add(name)
    return found


def _inside(projection: Projection, partners: Sequence[int]) -> NDArray[np.int64]:
    """Rows of the projection's pairs with both ends among `partners`."""
    members = np.asarray(sorted(partners), dtype=np.int32)
    start = np.searchsorted(projection.left, members)
    stop = np.searchsorted(projection.left, members, side="right")
    rows = np.concatenate([np.arange(a, b) for a, b in zip(start, stop, strict=True)])
    return rows[np.isin(projection.right[rows], members)]


def _without_overlaps(rings: Sequence[Ring], strength: Floats) -> list[int]:
    """The strongest first; those that mostly lie in a stronger one are left out."""
    kept: list[int] = []
    taken: dict[tuple[Kind, int], list[int]] = {}
    for number in sorted(range(len(rings)), key=lambda n: (-strength[n], n)):
        ring = rings[number]
        kind = Kind.PARTNER if ring.partners else Kind.CONSUMER
        codes = ring.codes(kind)
        common: dict[int, int] = {}
        for code in codes:
            for other in taken.get((kind, code), ()):
                common[other] = common.get(other, 0) + 1
        if any(c > MAX_OVERLAP * min(len(codes), len(rings[o].codes(kind))) for o, c in common.items()):
            continue
        kept.append(number)
        for code in codes:
            taken.setdefault((kind, code), []).append(number)
    return kept
