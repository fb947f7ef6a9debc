"""Consumer collusion: consumers who gain together at the cost of honest partners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.candidates import Candidate
from graph.circle_meetings import ended_at
from graph.communities import communities
from graph.links import Links
from graph.projection import Projection
from graph.reasons import chance_words
from graph.records import Risk
from graph.refunds import LEAST_MEMBERS, colluding
from graph.ring_forest import affinity_graph, ties_within
from graph.shopper_ties import LEAST, ShopperTies
from graph.significance import Floats, binomial_surprise
from graph.ties import Codes

RESOLUTIONS: Final = (0.03, 0.06, 0.12, 0.25, 0.45)
"""CPM resolutions, each about twice the one before, as for partners (`all_ties`)."""

MOST_CONSUMERS: Final = 120
"""Larger candidates are a town, not a circle."""

KEPT: Final = 0.88
"""Share of a set that stays when its weakest leave, and at most `STEPS` times over."""

STEPS: Final = 6

LEAST_RISK: Final = 1e-3
"""Added to everybody's membership, so that ties decide among those who have next to none."""

_Sets = set[tuple[int, ...]]


def consumer_collusion(
    links: Links, projection: Projection, risk: Risk, *, seed: int
) -> tuple[Candidate, ...]:
    """Circles of consumers whose orders are refunded, or left unpaid, far beyond what is usual there.

    Refunds favour the shopper, and so does what is not paid for at many unrelated partners: the circle is the
    ring and the partners are its victims. Proposed are communities of consumers by how probable it is that
    two are of one circle, at every resolution and less their weakest members (by their ties, and by how
    probably each is of any circle), and the circles whose refunds or debts alone are beyond chance; which of
    what overlaps stands, `ring_forest.circle_probability` says.
    """
    sets = sorted(circle_sets(projection, seed=seed))
    return tuple(
        Candidate((), members, reason=reason)
        for members, reason in zip(sets, _reasons(sets, links), strict=True)
    )


def circle_sets(projection: Projection, *, seed: int) -> _Sets:
    """All sets of consumers that are proposed, each sorted."""
    return _of_affinity(projection.shoppers, seed=seed) | _of_endings(projection)


def _of_endings(projection: Projection) -> _Sets:
    """The circles that are refunded, or pay nobody, beyond chance."""
    circles = projection.circles
    return _sets(np.where(colluding(circles), circles.circle_of, -1)) | _sets(circles.debtors_of)


def _sets(circle_of: Codes) -> _Sets:
    """The members of each circle, in order; -1 is none."""
    members = np.flatnonzero(circle_of >= 0)
    order = members[np.argsort(circle_of[members], kind="stable")]
    first = np.flatnonzero(np.diff(circle_of[order], prepend=-1))
    return {tuple(part.tolist()) for part in np.split(order, first[1:]) if len(part)}


def _of_affinity(shoppers: ShopperTies, *, seed: int) -> _Sets:
    rows = np.flatnonzero(shoppers.affinity >= LEAST)
    if not len(rows):
        return set()
    left, right = shoppers.left[rows], shoppers.right[rows]
    weight = shoppers.affinity[rows].astype(np.float64)
    found: _Sets = set()
    for resolution in RESOLUTIONS:
        found |= {
            members
            for members in communities(
                left,
                right,
                weight,
                resolution=resolution,
                seed=seed,
                partners=shoppers.partners,
            )
            if LEAST_MEMBERS <= len(members) <= MOST_CONSUMERS
        }
    pairs = affinity_graph(shoppers, rows)
    ties = sp.csr_array((weight[pairs.data - 1], pairs.indices, pairs.indptr), shape=pairs.shape)
    degree = np.asarray(ties.sum(axis=1)).ravel()
    place = np.full(ties.shape[0], -1, dtype=np.int32)
    return found.union(*(_pruned(members, ties, degree, shoppers.membership, place) for members in found))


def _pruned(
    members: tuple[int, ...],
    ties: sp.csr_array,
    degree: Floats,
    membership: NDArray[np.float32],
    place: Codes,
) -> _Sets:
    """The set less its weakest members, again and again; `place` is -1 for every consumer, and left so.

    Weakest is who has least of: ties to the others, times the share of all its ties that they are; and once
    more times its membership. (By ties alone, too: an account that a crew has not used yet is of it.)
    """
    everybody = np.asarray(members)
    tied = ties_within(everybody, ties.indptr, ties.indices, ties.data, place)
    result: _Sets = set()
    for own in (np.ones(len(everybody)), membership[everybody].astype(np.float64) + LEAST_RISK):
        left = np.arange(len(everybody))
        for _ in range(STEPS):
            less = min(int(np.ceil(KEPT * len(left))), len(left) - 1)
            if less < LEAST_MEMBERS:
                break
            held = tied[np.ix_(left, left)].sum(axis=1)
            worth = np.round(own[left] * held**2 / (degree[everybody[left]] + 1e-3), 6)
            # equals leave together: their order is that of their names
            left = left[worth > np.sort(worth)[::-1][less]]
            if len(left) < LEAST_MEMBERS:
                break
            result.add(tuple(everybody[left].tolist()))
    return result


def _reasons(sets: Sequence[tuple[int, ...]], links: Links) -> list[str]:
    if not sets:
        return []
    start = np.r_[0, np.cumsum([len(members) for members in sets])]
    sums = ended_at(start, np.concatenate([np.asarray(one, dtype=np.int32) for one in sets]), links)
    orders = sums["orders"].to_numpy()
    surprise = {
        name: binomial_surprise(sums[name], orders, sums[f"due_{name}"] / np.maximum(orders, 1.0))
        for name in ("refunded", "bad")
    }
    unpaid = surprise["bad"] > surprise["refunded"]
    of = {name: sums[name].to_numpy() for name in sums}  # a frame's column takes as long as a sentence
    result = []
    for number, members in enumerate(sets):
        name, how = ("bad", "unpaid or disputed") if unpaid[number] else ("refunded", "refunded")
        result.append(
            f"{len(members)} consumers had {int(of[name][number])} of {int(orders[number])} orders {how} "
            f"at the same partners, {of[f'due_{name}'][number]:.1f} would be at the rate of their other "
            "custom; "
            f"{chance_words(float(surprise[name][number]))}."
        )
    return result
