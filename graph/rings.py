"""Rings: candidates merged, pruned by member risk, ranked, and joined by those who live inside them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numba
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.anchors import ANCHORED, Anchor, favour, to_hold
from graph.attach import attach, joined, with_their_custom
from graph.candidates import Candidate
from graph.detectors import DETECTORS
from graph.detectors.consumer_collusion import MOST_CONSUMERS
from graph.links import Links
from graph.parts import at_once, in_copies
from graph.projection import Projection
from graph.records import Ring, Risk
from graph.ring_forest import (
    affinity_graph,
    circle_probability,
    laid_out,
    pairs_of,
    ring_probability,
    ties_within,
)
from graph.schema import Kind
from graph.shopper_ties import ShopperTies
from graph.significance import Floats
from graph.tally import placed, tally

MAX_OVERLAP = 0.3
"""Share of the smaller of two candidates that may lie in the stronger one; beyond it they are one ring."""

Proposals = dict[Candidate, dict[str, str]]
"""What the detectors propose: for each candidate the detectors and what each saw."""

LEAST_TIED: Final = {Kind.PARTNER: 0.7, Kind.CONSUMER: 0.3}
"""Mean affinity to all members from which on a partner, a consumer, of no ring joins one, and a weaker set
joins a stronger one: in worlds that no forest was fitted on 93 of 100 who joined so were of the ring. Of sets
11 did in 23 worlds of eight makers, 10 of them rightly, all in our own maker's."""

MOST_PARTNERS = 60
"""Larger candidates are markets, not rings."""


def find_rings(
    links: Links,
    projection: Projection,
    risk: Risk,
    *,
    seed: int,
    anchors: Sequence[Anchor] = (),
    prune: bool = True,
) -> tuple[Ring, ...]:
    """Rings, the most suspicious first; deterministic for the same input and seed.

    Detectors propose; every proposal of three and more also stands without its weakest member, without its
    two weakest and so on (`prune`); of what overlaps the set stays that is most probably a whole ring, and
    takes in weaker sets and others who are tied to all of it, and the circles of consumers that are its
    custom.
    `anchors` are an earlier run's rings as far as they still hold: those that today's candidates alone would
    lose or change a little compete too, with a head start where they overlap and none in the ranking; what
    is today what it was stays out of it.
    """
    found = proposed(links, projection, risk, seed=seed)
    if prune:
        add_pruned(found, projection)
    candidates = sorted(found, key=lambda candidate: (candidate.partners, candidate.consumers))
    rings = [_ring(candidate, found[candidate]) for candidate in candidates]
    strength = ring_strength(rings, links, projection)
    kept = _chosen(rings, strength, projection)
    rings, strength = _added(kept, rings, strength, links, projection)
    if competing := to_hold(anchors, kept):
        known = {_candidate(ring) for ring in rings}
        held = dict.fromkeys(anchor.held for anchor in competing)
        new = [_ring(candidate, {ANCHORED: candidate.reason}) for candidate in held if candidate not in known]
        rings, strength = _added(new, rings, strength, links, projection)
        favoured = favour([_candidate(ring) for ring in rings], strength, anchors, competing)
        kept = _chosen(rings, favoured, projection)
        rings, strength = _added(kept, rings, strength, links, projection)
    strength_of = dict(zip(rings, strength.tolist(), strict=True))
    strongest = sorted(kept, key=lambda ring: -strength_of[ring])
    sure = np.array([strength_of[ring] for ring in strongest])
    return attach(with_their_custom(strongest, sure, links), links)


def _added(
    more: Sequence[Ring], rings: Sequence[Ring], strength: Floats, links: Links, projection: Projection
) -> tuple[list[Ring], Floats]:
    """The rings and those of `more` that are not among them, and the strength of all; each is rated once."""
    known = set(rings)
    new = [ring for ring in more if ring not in known]
    return [*rings, *new], np.r_[strength, ring_strength(new, links, projection)]


def _chosen(rings: Sequence[Ring], strength: Floats, projection: Projection) -> list[Ring]:
    """The strongest of what overlaps, completed; what has been proposed as such keeps what was seen of it."""
    proposed_as = {_candidate(ring): ring for ring in rings}
    strongest = [rings[number] for number in _without_overlaps(rings, strength)]
    whole = _completed(_merged(strongest, projection), projection)
    return [proposed_as.get(_candidate(ring), ring) for ring in whole]


def _candidate(ring: Ring) -> Candidate:
    return Candidate(ring.partners, ring.consumers)


def _ring(candidate: Candidate, seen: Mapping[str, str]) -> Ring:
    reasons = tuple(seen[name] for name in sorted(seen) if seen[name])
    return Ring(candidate.partners, candidate.consumers, found_by=tuple(sorted(seen)), reasons=reasons)


def ring_strength(rings: Sequence[Ring], links: Links, projection: Projection) -> Floats:
    """(rings,) probability that each is a ring as a whole, from its ties and members (`ring_forest`)."""
    result = np.zeros(len(rings))
    with_partners = [number for number, ring in enumerate(rings) if len(ring.partners) > 1]
    sets = [rings[number].partners for number in with_partners]
    without = [number for number, ring in enumerate(rings) if not ring.partners and len(ring.consumers) > 1]
    circles = [rings[number].consumers for number in without]
    result[with_partners], result[without] = at_once(
        lambda: ring_probability(sets, projection, links),
        lambda: circle_probability(circles, projection, links),
    )
    return result


def add_pruned(found: Proposals, projection: Projection) -> None:
    """Every set of partners less its weakest members, one after the other, as further candidates.

    The weakest is who has the least of: ties to the others, as a share of all its ties too, times its risk.
    """
    wholes = [candidate for candidate in found if len(candidate.partners) > 2]
    for candidate, weakest in zip(wholes, _weakest_first(wholes, projection), strict=True):
        members = list(candidate.partners)
        for member in weakest[:-2]:
            members.remove(member)
            # what a detector saw, it saw of the larger set
            seen = found.setdefault(Candidate(tuple(members)), {})
            for name in found[candidate]:
                seen.setdefault(name, "")


def _weakest_first(candidates: Sequence[Candidate], projection: Projection) -> list[list[int]]:
    """The partners of each candidate, in the order in which they are the weakest of those left."""
    degree = tally(projection.left, projection.partners, projection.affinity)
    degree += tally(projection.right, projection.partners, projection.affinity)
    start, member = laid_out([candidate.partners for candidate in candidates])
    rows = pairs_of(projection, member)
    pairs = affinity_graph(projection, rows)
    order = _peel(
        start,
        member,
        pairs.indptr.astype(np.int64),
        pairs.indices.astype(np.int64),
        projection.affinity[rows][pairs.data - 1].astype(np.float64),
        degree,
        projection.membership,
    )
    return [order[begin:end].tolist() for begin, end in itertools.pairwise(start)]


@numba.njit(cache=True, nogil=True)
def _peel(
    start: NDArray[np.int64],
    member: NDArray[np.int32],
    indptr: NDArray[np.int64],
    other: NDArray[np.int64],
    affinity: Floats,
    degree: Floats,
    membership: NDArray[np.float32],
) -> NDArray[np.int32]:
    """(all members,) those of each set (`start`), sorted, the weakest first."""
    result = np.empty_like(member)
    place = np.full(len(indptr) - 1, -1)
    for number in range(len(start) - 1):
        codes = member[start[number] : start[number + 1]]
        inner = ties_within(codes, indptr, other, affinity, place)
        order = _order(inner, degree[codes], membership[codes])
        result[start[number] : start[number + 1]] = codes[order]
    return result


@numba.njit(cache=True, nogil=True)
def _order(inner: Floats, degree: Floats, membership: NDArray[np.float32]) -> NDArray[np.int64]:
    """(members,) the places of the members, always the weakest of those left."""
    left = np.ones(len(inner), dtype=np.bool_)
    order = np.zeros(len(inner), dtype=np.int64)
    for step in range(len(inner)):
        weakest, least = -1, np.inf
        for at in range(len(inner)):
            if left[at]:
                worth = _attachment(inner[at], at, left) ** 2 / (degree[at] + 1e-3)
                worth *= membership[at] + np.float32(1e-3)
                # rounded, so that sums in another order leave the same weakest
                if np.rint(worth * 1e6) < least:
                    weakest, least = at, np.rint(worth * 1e6)
        left[weakest] = False
        order[step] = weakest
    return order


@numba.njit(cache=True, nogil=True)
def _attachment(affinity: Floats, at: int, left: NDArray[np.bool_]) -> float:
    """The sum of one member's affinities to the others that are left."""
    before, after = 0.0, 0.0
    for one in range(at):
        if left[one]:
            before += affinity[one]
    for one in range(at + 1, len(left)):
        if left[one]:
            after += affinity[one]
    return after + before


def proposed(links: Links, projection: Projection, risk: Risk, *, seed: int) -> Proposals:
    """What all detectors propose, sets of more than `MOST_PARTNERS` left out."""
    if len(projection.left):
        _ = projection.rarity  # most ask for it: each copy would work it out

    def seen(number: int) -> tuple[Candidate, ...]:
        return DETECTORS[number][1](links, projection, risk, seed=seed)

    found: Proposals = {}
    candidates_of = in_copies(len(DETECTORS), seen, least=1)
    for (name, _), candidates in zip(DETECTORS, candidates_of, strict=True):
        for candidate in candidates:
            if len(candidate.partners) <= MOST_PARTNERS:
                found.setdefault(candidate, {})[name] = candidate.reason
    return found


def _merged(rings: Sequence[Ring], projection: Projection) -> list[Ring]:
    """The rings, the strongest first, less those that are tied to a stronger one by `LEAST_TIED` on average.

    These join it: half of a ring may be as probable a ring as all of it, and the rest is left as one beside.
    """
    result: dict[int, Ring] = dict(enumerate(rings))
    for kind, ties, most, numbers in _by_kind(rings, projection):
        sets = [rings[number].codes(kind) for number in numbers]
        for one, other in _joins(sets, ties, LEAST_TIED[kind], most):
            result[numbers[one]] = joined(result[numbers[one]], result.pop(numbers[other]))
    return list(result.values())


def _joins(
    sets: Sequence[tuple[int, ...]], ties: Projection | ShopperTies, least: float, most: int
) -> list[tuple[int, int]]:
    """Which set a later one joins, both by number: the one to which it is tied most, by `least` on average.

    Nobody joins a set that joins another, and no set of more than `most` members comes of it.
    """
    start, member = laid_out(sets)
    size = np.diff(start)
    # few of all nodes are of any set
    codes, place = np.unique(member, return_inverse=True)
    number = np.repeat(np.arange(len(sets)), size)
    members = sp.csr_array((np.ones(len(place)), (place, number)), shape=(len(codes), len(sets)))
    taken = np.zeros(ties.partners, dtype=np.bool_)
    taken[codes] = True
    rows = np.flatnonzero(taken[ties.left] & taken[ties.right])
    ends = tuple(np.searchsorted(codes, end[rows]) for end in (ties.left, ties.right))
    affinity = sp.csr_array((ties.affinity[rows].astype(np.float64), ends), shape=(len(codes),) * 2)
    between = (members.T @ affinity @ members).tocoo()
    one, other = np.minimum(between.row, between.col), np.maximum(between.row, between.col)
    # a pair of sets is met from both sides
    pair, place = np.unique(one.astype(np.int64) * len(sets) + other, return_inverse=True)
    one, other = np.divmod(pair, max(len(sets), 1))
    # rounded, so that sums in another order leave the same nearest
    mean = np.round(np.bincount(place, between.data, minlength=len(pair)) / (size[one] * size[other]), 6)
    near = np.flatnonzero((one < other) & (mean >= least))
    joins: dict[int, int] = {}
    for at in near[np.lexsort((one[near], -mean[near], other[near]))].tolist():
        first, later = int(one[at]), int(other[at])
        if later not in joins and first not in joins and size[first] + size[later] <= most:
            joins[later] = first
            size[first] += size[later]
    return [(first, later) for later, first in joins.items()]


def _by_kind(
    rings: Sequence[Ring], projection: Projection
) -> tuple[tuple[Kind, Projection | ShopperTies, int, list[int]], ...]:
    """Of both kinds of members their ties, how many a ring may have, and the numbers of the rings of them.

    The consumers of a ring of partners are found by what they buy there (`attach`).
    """
    with_partners = [number for number, ring in enumerate(rings) if ring.partners]
    without = [number for number, ring in enumerate(rings) if not ring.partners]
    return (
        (Kind.PARTNER, projection, MOST_PARTNERS, with_partners),
        (Kind.CONSUMER, projection.shoppers, MOST_CONSUMERS, without),
    )


def _completed(rings: Sequence[Ring], projection: Projection) -> list[Ring]:
    """The rings, each with those of none that are tied to its members by `LEAST_TIED` on average.

    A set without one of its members may be as probable a ring as all of it; the nearest join first.
    """
    result = list(rings)
    for kind, ties, most, numbers in _by_kind(rings, projection):
        sets = [rings[number].codes(kind) for number in numbers]
        for number, members in zip(numbers, _joined(sets, ties, LEAST_TIED[kind], most), strict=True):
            if kind is Kind.PARTNER:
                result[number] = replace(result[number], partners=members)
            else:
                result[number] = replace(result[number], consumers=members)
    return result


def _joined(
    sets: Sequence[tuple[int, ...]], ties: Projection | ShopperTies, least: float, most: int
) -> list[tuple[int, ...]]:
    """Each set with those of none who are tied to it by `least` on average, while it has less than `most`."""
    taken = np.zeros(ties.partners, dtype=np.bool_)
    for whole in sets:
        taken[list(whole)] = True
    # nobody joins who is not tied so to any one member (the mean is rounded): to all others most pairs are
    near = taken.copy()
    strong = ties.affinity >= least - 1e-6
    near[ties.left[strong]] = near[ties.right[strong]] = True
    rows = np.flatnonzero(near[ties.left] & near[ties.right])
    pairs = affinity_graph(ties, rows)
    affinity = ties.affinity[rows][pairs.data - 1].astype(np.float64)
    result = []
    for whole in sets:
        members = list(whole)
        while 1 < len(members) < most:
            entries = np.concatenate([np.arange(pairs.indptr[one], pairs.indptr[one + 1]) for one in members])
            codes, place, _ = placed(pairs.indices[entries])
            # rounded, so that sums in another order leave the same nearest; equals join together
            mean = np.round(tally(place, len(codes), affinity[entries]) / len(members), 6)
            mean[taken[codes]] = 0.0
            if mean.max(initial=0.0) < least:
                break
            joining = codes[mean == mean.max()].tolist()
            taken[joining] = True
            members += joining
        result.append(tuple(sorted(members)))
    return result


def _without_overlaps(rings: Sequence[Ring], strength: Floats) -> list[int]:
    """The strongest first; those that mostly lie in a stronger one are left out."""
    kept: list[int] = []
    taken: dict[tuple[Kind, int], list[int]] = {}
    for number in np.argsort(-strength, kind="stable").tolist():
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
