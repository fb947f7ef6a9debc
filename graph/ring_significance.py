"""Significance of rings: how often chance draws a ring so tied whose joint custom ends so badly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from graph.candidates import NOT_ALONE, tie_strength
from graph.components import root
from graph.links import Links
from graph.projection import Projection
from graph.records import Ring
from graph.refunds import LEAST_SURPRISE
from graph.schema import Kind
from graph.significance import Floats, expected_discovery, skewed_log_p
from graph.tally import by_code, by_two_codes, distinct, rows_among, starts, tally
from graph.ties import Codes

BY_OUTCOME: Final = ("bad_custom", "bad_customers", "co_change")
"""Channels that read how orders end: they may not say among whom the endings are then compared."""

BAD: Final = ("disputed", "defaulted")
"""Endings by which partners gain; refunds favour the shopper."""

BUSY_STEPS: Final = (2, 3, 4, 6, 11)
"""Customers of so many partners and more are compared among themselves: the busy may end otherwise."""

_LN10 = float(np.log(10.0))
_Codes = NDArray[np.int64]

_Custom = tuple[_Codes, _Codes]
"""(partners + 1,) where the visits to each partner begin, and their rows one after the other."""


@dataclass(frozen=True)
class Chance:
    """How likely chance is to show as much as a ring does, and what was counted.

    `expected` is how many rings that show as much chance alone brings to a run; `p_value` is that over the
    rings reported (at most 1), `q_value` the share of chance among the rings of at least this significance
    (Benjamini-Hochberg). Customers of one device or account are one shopper. Of the orders that `customers`
    shoppers placed with `members` partners who share them (a ring
    of consumers: with anybody; `members` is 0), `ended` went unpaid or disputed, or were `refunded`, where
    `due` were to be expected.
    """

    p_value: float = 1.0
    q_value: float = 1.0
    expected: float = np.inf
    members: int = 0
    customers: int = 0
    ended: int = 0
    due: float = 0.0
    refunded: bool = False

    def sentence(self) -> str:
        """What was counted, the baseline and the chance, in words."""
        how = "were refunded" if self.refunded else "ended unpaid or disputed"
        who = f"{self.customers:,} shoppers that {self.members} of its partners share"
        if not self.members:
            who = f"{self.customers:,} shoppers"
        elif not self.customers:
            return "Its closest partners share no shopper: whether they gain together cannot be told."
        counted = (
            f"Of the orders of {who}, {self.ended:,} {how}; {self.due:,.1f} would as the partners' orders do."
        )
        return f"{counted} Chance alone brings {_times(self.expected)} with as much to a run."


def _times(expected: float) -> str:
    if expected >= 1.0:
        return "a ring or more"
    return f"{expected:.2g} rings" if expected >= 1e-6 else "fewer than one in a million rings"


@dataclass(frozen=True)
class _Placed:
    """A customer at a partner, (visits,) as in `ordered_at`: how many orders, of which of `BUSY_STEPS`."""

    partner: Codes
    consumer: Codes
    shopper: Codes
    orders: Codes
    step: NDArray[np.int8]


@dataclass(frozen=True)
class _Visits(_Placed):
    """How many of the orders of each visit ended in question.

    `due` is how many of them should have, `variance` that of independent orders. `alike` is how correlated
    the endings of one shopper's orders are.
    """

    ended: Codes
    due: Floats
    variance: Floats
    alike: float


@dataclass(frozen=True)
class _Neighbourhoods:
    """Single linkage of partners by ties that read no outcome, (n,) each: a binary tree above the partners.

    Leaves are the partners, inner nodes follow, each after what it joins; `parent` is -1 at the tops, `size`
    counts the partners. The tree is laid out in paths down the larger side, and `head` is the first node of
    each node's path: from anywhere there are no more paths to a top than a logarithm, however deep the tree.
    """

    parent: _Codes
    size: _Codes
    head: _Codes
    partners: int

    @property
    def tests(self) -> int:
        """How many neighbourhoods of two and more there are."""
        return len(self.parent) - self.partners

    def tops(self) -> _Codes:
        """(partners,) the largest neighbourhood of each partner, itself where nobody is tied to it."""
        tops: _Codes = _tops(self.parent)[: self.partners]
        return tops


@dataclass(frozen=True)
class _Found:
    """What was counted in a ring, and ln of how many such sets chance brings to a run."""

    log_expected: float = np.inf
    members: int = 0
    customers: int = 0
    ended: int = 0
    due: float = 0.0
    refunded: bool = False


def ring_significance(
    rings: Sequence[Ring], links: Links, projection: Projection, *, left_out: int = 0
) -> tuple[Chance, ...]:
    """Of every ring the chance that its members' joint custom ends so badly; deterministic, no order matters.

    Null: the ties stay as they are, every degree and the popularity of every identifier with them, and so do
    each partner's visits and how many of them end badly; which of its customers those are has nothing to do
    with who shares them. So honest owners, franchises and malls are cleared however well they are tied, and
    insolvent shops however badly all their orders end; shops that the same thieves rob are not: they owe
    their losses to them, not to chance. Visits of one shopper are as alike as those of
    shoppers elsewhere; customers are compared with others who visit as many partners.

    Rings are found by search, and the search is paid for: a ring is one of all subsets of its size in a
    neighbourhood of ties that read no outcome, the neighbourhoods (single linkage at every level) are
    counted, and a ring counts by its best part. Rings of consumers count by their refunds, or debts
    (`_circles`).
    `left_out` more were found than are asked about; a p-value is of all that were.
    """
    if not rings:
        return ()
    found: list[_Found] = [_Found()] * len(rings)
    with_partners = [number for number, ring in enumerate(rings) if ring.partners]
    sets = [rings[number].partners for number in with_partners]
    placed = _placed(links, projection)
    for number, one in zip(with_partners, _best_parts(sets, placed, links, projection), strict=True):
        found[number] = one
    circles = [number for number, ring in enumerate(rings) if not ring.partners and ring.consumers]
    circled = _circles([rings[n] for n in circles], placed, links, projection)
    for number, one in zip(circles, circled, strict=True):
        found[number] = one
    log_expected = np.array([one.log_expected for one in found])
    q = expected_discovery(log_expected)
    return tuple(_chance(one, float(q[n]), len(rings) + left_out) for n, one in enumerate(found))


def _chance(found: _Found, q_value: float, rings: int) -> Chance:
    expected = float(np.exp(min(found.log_expected, 700.0)))
    counted = (found.members, found.customers, found.ended, found.due, found.refunded)
    return Chance(min(expected / rings, 1.0), q_value, expected, *counted)


def _neighbourhoods(projection: Projection) -> _Neighbourhoods:
    """Partners merged by their ties, the strongest first; only ties that count (`tie_strength`) merge."""
    channels = tuple(name for name in projection.channels if name not in BY_OUTCOME + NOT_ALONE)
    strength = tie_strength(projection, channels)
    total = projection.joint_rarity(channels)
    rows = np.flatnonzero(strength > 0)
    rows = rows[np.lexsort((rows, -np.round(total[rows], 6)))]
    parent, size, head = _merged(projection.left[rows], projection.right[rows], projection.partners)
    return _Neighbourhoods(parent, size, head, projection.partners)


@numba.njit(cache=True, nogil=True)
def _merged(left: Codes, right: Codes, partners: int) -> tuple[_Codes, _Codes, _Codes]:
    """(nodes,) `parent`, `size` and `head` of the tree over the partners, merged pair by pair."""
    joined, size = np.arange(2 * partners), np.ones(2 * partners, dtype=np.int64)
    above, larger = np.full(2 * partners, -1), np.full(2 * partners, -1)
    node = partners
    for pair in range(len(left)):
        a, b = root(joined, left[pair]), root(joined, right[pair])
        if a != b:
            joined[a] = joined[b] = above[a] = above[b] = node
            size[node] = size[a] + size[b]
            larger[node] = a if size[a] >= size[b] else b
            node += 1
    head = np.arange(node)
    for one in range(node - 1, -1, -1):
        if larger[one] >= 0:
            head[larger[one]] = head[one]
    return above[:node], size[:node], head


@numba.njit(cache=True, nogil=True)
def _tops(parent: _Codes) -> _Codes:
    """(nodes,) the top above each node: parents stand after their children."""
    top = np.arange(len(parent))
    for node in range(len(parent) - 1, -1, -1):
        if parent[node] >= 0:
            top[node] = top[parent[node]]
    return top


def _placed(links: Links, projection: Projection) -> _Placed:
    """All visits, whatever became of their orders."""
    partner, consumer, orders = (
        links.ordered_at[name].to_numpy(dtype=np.int32) for name in ("partner", "consumer", "orders")
    )
    shopper = projection.groups.shoppers()[0].astype(np.int32)[consumer]
    busy = tally(consumer, links.size(Kind.CONSUMER))
    step = np.searchsorted(BUSY_STEPS, busy, side="right").astype(np.int8)[consumer]
    return _Placed(partner, consumer, shopper, orders, step)


def _visits(placed: _Placed, links: Links, outcomes: Sequence[str], top: _Codes | None) -> _Visits:
    """All visits with their orders that ended in one of these `outcomes`.

    How busy and how alike customers are, that is learned from those who share no neighbourhood of partners
    (`top`, (partners,)) where one is given: a ring's own customers must not say what is usual.
    """
    partner, orders, shopper = placed.partner, placed.orders, placed.shopper
    partners = links.size(Kind.PARTNER)
    ended = np.zeros(len(partner), dtype=np.int32)
    for outcome in outcomes:
        ended += links.ordered_at[outcome].to_numpy(dtype=np.int32)
    shared = np.zeros(len(partner), dtype=np.bool_)
    if top is not None:
        shared = _shared(shopper, top[partner], partners)
    due, variance = _due(partner, ended, orders, placed.step, shared, partners)
    alike = _alikeness(shopper, ended, due, orders, variance, shared)
    return _Visits(**vars(placed), ended=ended, due=due, variance=variance, alike=alike)


@numba.njit(cache=True, nogil=True)
def _due(
    partner: Codes,
    ended: Codes,
    orders: Codes,
    step: NDArray[np.int8],
    shared: NDArray[np.bool_],
    partners: int,
) -> tuple[Floats, Floats]:
    """(visits,) orders that should so end, by the partner's rate and how busy customers' end; the variance.

    How those of the busy end is learned from visits that are not `shared`. The sum over each partner is what
    has ended there.
    """
    bad, placed, owed = np.zeros(partners), np.zeros(partners), np.zeros(partners)
    busy, usual = np.zeros(len(BUSY_STEPS) + 1), np.zeros(len(BUSY_STEPS) + 1)
    due, variance = np.empty(len(partner)), np.empty(len(partner))
    for visit, at in enumerate(partner):
        bad[at] += ended[visit]
        placed[at] += orders[visit]
    for visit, at in enumerate(partner):
        due[visit] = bad[at] / max(placed[at], 1.0) * orders[visit]
        if not shared[visit]:
            busy[step[visit]] += ended[visit]
            usual[step[visit]] += due[visit]
    busy = (busy + 1.0) / (usual + 1.0)
    for visit, at in enumerate(partner):
        due[visit] *= busy[step[visit]]
        owed[at] += due[visit]
    for visit, at in enumerate(partner):
        due[visit] = min(due[visit] * (bad[at] / max(owed[at], 1e-12)), orders[visit])
        variance[visit] = (1.0 - due[visit] / max(orders[visit], 1.0)) * due[visit]
    return due, variance


def _shared(shopper: Codes, top: _Codes, partners: int) -> NDArray[np.bool_]:
    """(visits,) whether the shopper visits two or more partners of this neighbourhood."""
    result = np.zeros(len(shopper), dtype=np.bool_)
    # most partners are their own top, and share nobody
    rows = np.flatnonzero(top >= partners)
    who, where = shopper[rows], top[rows]
    order = by_two_codes(who, int(who.max(initial=-1)) + 1, where, int(where.max(initial=-1)) + 1)
    who, where = who[order], where[order]
    again = (who[1:] == who[:-1]) & (where[1:] == where[:-1])
    result[rows[order[1:][again]]] = result[rows[order[:-1][again]]] = True
    return result


def _alikeness(
    shopper: Codes,
    ended: Codes,
    due: Floats,
    orders: Codes,
    variance: Floats,
    shared: NDArray[np.bool_],
) -> float:
    """The mean correlation, at least 0, of how a shopper's orders end, every shopper by its orders.

    It is learned from visits that are not `shared`: the others are those of one more shopper.
    """
    size = int(shopper.max(initial=-1, where=~shared)) + 1
    alone, together, count, beyond = _by_shopper(shopper, size, ended, due, orders, variance, shared)
    weight = np.where(count >= 2, 1.0 / np.maximum(count - 1.0, 1.0), 0.0)
    seen = (weight * (beyond**2 - alone)).sum()
    return float(np.clip(seen / max((weight * (together**2 - alone)).sum(), 1e-12), 0.0, 1.0))


@numba.njit(cache=True, nogil=True)
def _by_shopper(
    shopper: Codes,
    shoppers: int,
    ended: Codes,
    due: Floats,
    orders: Codes,
    variance: Floats,
    shared: NDArray[np.bool_],
) -> tuple[Floats, Floats, Floats, Floats]:
    """(shoppers,) each one's variance, standard deviation if all are alike, orders, and endings beyond due.

    Over the visits that are not `shared`, in one pass: they are most of what there is to read.
    """
    alone, together = np.zeros(shoppers), np.zeros(shoppers)
    count, beyond = np.zeros(shoppers), np.zeros(shoppers)
    for visit, one in enumerate(shopper):
        if not shared[visit]:
            alone[one] += variance[visit]
            together[one] += np.sqrt(orders[visit] * variance[visit])
            count[one] += orders[visit]
            beyond[one] += ended[visit] - due[visit]
    return alone, together, count, beyond


def _spread(
    row: NDArray[np.integer], shoppers: int, orders: Codes, variance: Floats
) -> tuple[Floats, Floats]:
    """(shoppers,) variance of a shopper's endings if they are independent, and if they are all alike."""
    together = orders * variance
    np.sqrt(together, out=together)
    return tally(row, shoppers, variance), tally(row, shoppers, together) ** 2


def _best_parts(
    sets: Sequence[Sequence[int]], placed: _Placed, links: Links, projection: Projection
) -> list[_Found]:
    """The part of each set of partners that chance explains least."""
    if not sets:
        return []
    places = _neighbourhoods(projection)
    visits = _visits(placed, links, BAD, places.tops())
    everybody = np.zeros(places.partners, dtype=np.bool_)
    everybody[np.concatenate(sets)] = True
    rows = np.flatnonzero(everybody[visits.partner])
    at = visits.partner[rows]
    custom = starts(at, places.partners), rows[by_code(at, places.partners)]
    return [_best_part(members, places, visits, custom) for members in sets]


def _best_part(members: Sequence[int], places: _Neighbourhoods, visits: _Visits, custom: _Custom) -> _Found:
    """The part of the ring that chance explains least: its members in one neighbourhood, at any level."""
    best = _Found()
    for part, node in _parts(members, places):
        size, chosen = float(places.size[node]), float(len(part))
        # all subsets of this size might have been chosen, and all sizes from two on
        choices = gammaln(size + 1) - gammaln(chosen + 1) - gammaln(size - chosen + 1) + np.log(size - 1)
        found = _joint_custom(part, visits, custom)
        log_expected = found.log_expected + choices + np.log(places.tests)
        if log_expected < best.log_expected:
            best = replace(found, log_expected=float(log_expected))
    return best


def _parts(members: Sequence[int], places: _Neighbourhoods) -> Iterator[tuple[list[int], int]]:
    """Two and more members with the smallest neighbourhood that holds them."""
    met = _joined(np.asarray(members, dtype=np.int64), places.parent, places.head)
    for node in distinct(met[met >= places.partners]).tolist():
        # what joins a member of the neighbourhood to another of it lies in it or is it
        row = met[np.flatnonzero((met == node).any(axis=1))[0]]
        yield [members[at] for at in np.flatnonzero((row >= 0) & (row <= node)).tolist()], node


@numba.njit(cache=True, nogil=True)
def _joined(members: _Codes, parent: _Codes, head: _Codes) -> _Codes:
    """(members, members) the smallest neighbourhood with both of them, -1 for none, the member with itself.

    Nodes stand after what they join, so of two paths the one with the lower head leads to no common node.
    """
    met = np.full((len(members), len(members)), -1)
    for one in range(len(members)):
        met[one, one] = members[one]
        for other in range(one):
            a, b = members[one], members[other]
            while a >= 0 and b >= 0 and head[a] != head[b]:
                if head[a] < head[b]:
                    a = parent[head[a]]
                else:
                    b = parent[head[b]]
            met[one, other] = met[other, one] = max(a, b) if a >= 0 and b >= 0 else -1
    return met


def _joint_custom(members: Sequence[int], visits: _Visits, custom: _Custom) -> _Found:
    """The visits of shoppers whom two or more of the members share, and ln p of so many bad orders there.

    Given a partner's bad orders, theirs are drawn from it without replacement: the less is left beside them,
    the less they may vary.
    """
    start, row = custom
    parts = [row[start[one] : start[one + 1]] for one in members]
    rows, at = np.concatenate(parts), np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    joint = _several(visits.shopper[rows], at)
    inside = tally(at[joint], len(parts), visits.variance[rows[joint]])
    left = 1.0 - inside / np.maximum(tally(at, len(parts), visits.variance[rows]), 1e-12)
    return _surprise_of(rows[joint], visits, left[at[joint]], len(members))


def _surprise_of(rows: _Codes, visits: _Visits, left: Floats | float, members: int) -> _Found:
    """ln p of so many endings in these visits, a shopper's alike; `left` of the variance is left."""
    if not len(rows):
        return _Found(0.0, members)
    _, row = np.unique(visits.shopper[rows], return_inverse=True)
    customers = int(row.max()) + 1
    alone, together = _spread(row, customers, visits.orders[rows], visits.variance[rows] * left)
    variance = float(alone.sum())
    clustered = variance + visits.alike * float((together - alone).sum())
    number, mean = float(visits.ended[rows].sum()), float(visits.due[rows].sum())
    return _Found(skewed_log_p(number, mean, variance, clustered), members, customers, int(number), mean)


@numba.njit(cache=True, nogil=True)
def _several(shopper: Codes, place: _Codes) -> NDArray[np.bool_]:
    """(rows,) whether the row's shopper visits more than one of the places."""
    order = np.argsort(shopper)
    result = np.zeros(len(shopper), dtype=np.bool_)
    begin = 0
    for end in range(1, len(order) + 1):
        if end == len(order) or shopper[order[end]] != shopper[order[begin]]:
            his = order[begin:end]
            result[his] = (place[his] != place[his[0]]).any()
            begin = end
    return result


def _circles(rings: Sequence[Ring], placed: _Placed, links: Links, projection: Projection) -> list[_Found]:
    """Rings of consumers by their refunds, or by what they leave unpaid: whichever is more beyond chance.

    Null: orders end so as the partner's other orders do, those of a shopper as alike as anywhere. All circles
    are tests, or all these rings where they are more, in both ways; a shopper enters a circle only when its
    own orders end so often as one in twenty by chance does, so that much of the surprise of each is taken
    off.
    """
    found = [_Found()] * len(rings)
    for outcomes in (("refunded",), BAD) if rings else ():
        visits = _visits(placed, links, outcomes, None)
        for number, rows in enumerate(_rows_of(rings, visits)):
            one = _surprise_of(rows, visits, 1.0, 0)
            if one.log_expected < found[number].log_expected:
                found[number] = replace(one, refunded=outcomes != BAD)
        del visits  # before those of the other way are laid out
    tests = float(np.log(2.0 * max(len(projection.circles.unpaid), len(rings), 1)))
    paid = (min(one.log_expected + _LN10 * LEAST_SURPRISE * one.customers, 0.0) + tests for one in found)
    return [replace(one, log_expected=expected) for one, expected in zip(found, paid, strict=True)]


def _rows_of(rings: Sequence[Ring], visits: _Visits) -> list[_Codes]:
    """The visits of each ring's consumers, by whom they stand sorted."""
    return [rows_among(visits.consumer, np.array(ring.consumers, dtype=np.int64)) for ring in rings]
