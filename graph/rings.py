"""Rings: candidates merged, pruned by member risk, ranked, and joined by those who live inside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from graph.anchors import ANCHORED, favour, to_hold
from graph.attach import attach
from graph.candidates import Candidate
from graph.detectors import DETECTORS
from graph.links import Links
from graph.projection import Projection
from graph.records import Ring, Risk
from graph.ring_forest import circle_probability, ring_probability
from graph.schema import Kind
from graph.significance import Floats
from graph.tally import tally

MAX_OVERLAP = 0.3
"""Share of the smaller of two candidates that may lie in the stronger one; beyond it they are one ring."""

Proposals = dict[Candidate, dict[str, str]]
"""What the detectors propose: for each candidate the detectors and what each saw."""

MOST_PARTNERS = 60
"""Larger candidates are markets, not rings."""


def find_rings(
    links: Links,
    projection: Projection,
    risk: Risk,
    *,
    seed: int,
    anchors: Sequence[Candidate] = (),
    prune: bool = True,
) -> tuple[Ring, ...]:
    """Rings, the most suspicious first; deterministic for the same input and seed.

    Detectors propose; every proposal of three and more also stands without its weakest member, without its
    two weakest and so on (`prune`); of what overlaps the set stays that is most probably a whole ring.
    `anchors` are an earlier run's rings as far as they still hold: those that today's candidates alone would
    lose or change a little compete too, with a head start where they overlap and none in the ranking.
    """
    found = _proposed(links, projection, risk, seed=seed)
    if prune:
        _add_pruned(found, projection)
    candidates = sorted(found, key=lambda candidate: (candidate.partners, candidate.consumers))
    rings = [_ring(candidate, found[candidate]) for candidate in candidates]
    strength = ring_strength(rings, links, projection)
    kept = _without_overlaps(rings, strength)
    if held := to_hold(anchors, [rings[number] for number in kept]):
        new = [anchor for anchor in held if anchor not in found]
        candidates += new
        rings += [_ring(anchor, {ANCHORED: anchor.reason}) for anchor in new]
        strength = np.r_[strength, ring_strength(rings[len(strength) :], links, projection)]
        kept = _without_overlaps(rings, favour(candidates, strength, held))
    ranked = [kept[place] for place in np.argsort(-strength[kept], kind="stable")]
    return attach([rings[number] for number in ranked], links)


def _ring(candidate: Candidate, seen: Mapping[str, str]) -> Ring:
    reasons = tuple(seen[name] for name in sorted(seen) if seen[name])
    return Ring(candidate.partners, candidate.consumers, found_by=tuple(sorted(seen)), reasons=reasons)


def ring_strength(rings: Sequence[Ring], links: Links, projection: Projection) -> Floats:
    """(rings,) probability that each is a ring as a whole, from its ties and members (`ring_forest`)."""
    result = np.zeros(len(rings))
    with_partners = [number for number, ring in enumerate(rings) if len(ring.partners) > 1]
    sets = [rings[number].partners for number in with_partners]
    result[with_partners] = ring_probability(sets, projection, links)
    without = [number for number, ring in enumerate(rings) if not ring.partners and len(ring.consumers) > 1]
    result[without] = circle_probability([rings[number].consumers for number in without], projection, links)
    return result


def _add_pruned(found: Proposals, projection: Projection) -> None:
    """Every set of partners less its weakest members, one after the other, as further candidates.

    The weakest is who has the least of: ties to the others, as a share of all its ties too, times its risk.
    """
    degree = tally(projection.left, projection.partners, projection.affinity)
    degree += tally(projection.right, projection.partners, projection.affinity)
    for candidate in list(found):
        members = list(candidate.partners)
        while len(members) > 2:
            inside = _attachment(members, projection)
            worth = inside**2 / (degree[members] + 1e-3) * (projection.membership[members] + 1e-3)
            members.pop(int(np.argmin(np.round(worth, 6))))
            # what a detector saw, it saw of the larger set
            seen = found.setdefault(Candidate(tuple(members)), {})
            for name in found[candidate]:
                seen.setdefault(name, "")


def _attachment(members: Sequence[int], projection: Projection) -> Floats:
    """(members,) the sum of each member's affinities to the others; members are sorted."""
    rows = _inside(projection, members)
    value = projection.affinity[rows]
    size = len(members)
    left = np.searchsorted(members, projection.left[rows])
    right = np.searchsorted(members, projection.right[rows])
    return tally(left, size, value) + tally(right, size, value)


def _proposed(links: Links, projection: Projection, risk: Risk, *, seed: int) -> Proposals:
    found: Proposals = {}
    for name, detector in DETECTORS:
        for candidate in detector(links, projection, risk, seed=seed):
            if len(candidate.partners) <= MOST_PARTNERS:
                found.setdefault(candidate, {})[name] = candidate.reason
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
