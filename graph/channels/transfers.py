"""Transfers: partners who pay one another in a shape that chance does not draw, a round or a star."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from scipy.special import factorial

from graph.channels.identifiers import own_accounts
from graph.links import Links, remembered
from graph.schema import DAY_MS, Kind
from graph.significance import Floats, false_discovery, hypergeometric_surprise
from graph.tally import distinct
from graph.ties import HUB_SHARERS, Ties, no_ties, ties_of

ROUND_MS = 28 * DAY_MS
"""How long a round may take from its first transfer to its last: a month, the period of honest accounts."""

LEAST_MEMBERS = 3
"""Two who pay each other trade."""

MAX_Q = 0.05
"""False discovery rate of stars, and the number of rounds expected by chance, up to which one counts."""

MOST_ROUNDS = 0.5
"""Mean number of onward transfers by chance up to which accounts are looked at for rounds: near one, rounds
are everywhere (the graph has a giant strongly connected component), and hubs bring it there."""

OWN_SHARE = 0.25
"""A star's once-only payers make at least this share of its centre's counterparties: a large payer has some
of them by its trade. Seen on one set only (`benchmarks/public.md`), where a half loses most stars."""

FULL_WEIGHT = 10.0
"""Surprise (in powers of ten) at which a tie weighs one."""

_Ints = NDArray[np.int64]
_Marked = tuple[_Ints, _Ints, _Ints, Floats]
"""Transfers that make shapes: source, target, the shape's label, and its surprise."""


@dataclass(frozen=True)
class Shapes:
    """Rounds and stars of partners: `partner` and `shape` are (m,) codes, one entry a membership.

    `surprise` is (shapes,), -log10 of how many such rounds chance would draw, or of a star's p; `is_round`
    says which they are.
    """

    partner: _Ints
    shape: _Ints
    surprise: Floats
    is_round: NDArray[np.bool_]

    def members(self) -> tuple[tuple[int, ...], ...]:
        """The partners of each shape, sorted."""
        order = np.lexsort((self.partner, self.shape))
        parts = np.split(self.partner[order], np.flatnonzero(np.diff(self.shape[order])) + 1)
        return tuple(tuple(part.tolist()) for part in parts if len(part))


@dataclass(frozen=True)
class _Paid:
    """Who paid whom among `partners`: one entry a pair, with how often, first and last."""

    partners: int
    source: _Ints
    target: _Ints
    times: _Ints
    first: _Ints
    last: _Ints


def transfer_ties(links: Links) -> Ties:
    """Partners whose payout accounts pay one another in a round or a star beyond chance.

    A shape ties all its members alike, as an identifier does that they share: cut apart, it is no shape.
    """
    shapes = transfer_shapes(links)
    return _ties_of(shapes, shapes.surprise, links.size(Kind.PARTNER))


def round_ties(links: Links) -> Ties:
    """Those of `transfer_ties` that are of rounds: nobody is in one who pays none of the others.

    A star takes in who is only paid, or pays one account once: a fraudster could draw honest shops into it.
    """
    shapes = transfer_shapes(links)
    return _ties_of(shapes, np.where(shapes.is_round, shapes.surprise, 0.0), links.size(Kind.PARTNER))


def _ties_of(shapes: Shapes, surprise: Floats, partners: int) -> Ties:
    if not surprise.any():
        return no_ties()
    inside = sp.csr_array(
        (np.ones(len(shapes.shape)), (shapes.partner, shapes.shape)), shape=(partners, len(surprise))
    )
    pairs = sp.triu(inside @ sp.diags_array(surprise) @ inside.T, k=1).tocoo()
    pairs.eliminate_zeros()
    return ties_of(pairs.row, pairs.col, np.minimum(pairs.data / FULL_WEIGHT, 1.0), pairs.data)


@remembered
def transfer_shapes(links: Links) -> Shapes:
    """Rounds within a month, and stars of partners that pay, or are paid, just once in their life.

    Both are measured against a null that keeps how many counterparties everyone has. Transfers to or from
    accounts that are no partner's own, or several partners', count elsewhere. Shapes of more partners than
    `HUB_SHARERS` are markets. Near-linear in the transfers.
    """
    paid = _paid(links)
    source, target, shape, surprise = (
        np.concatenate(column) for column in zip(_rounds(paid), *_stars(paid), strict=True)
    )
    partner, label = _memberships(np.r_[source, target], np.r_[shape, shape], paid.partners)
    _, first, code, size = np.unique(label, return_index=True, return_inverse=True, return_counts=True)
    best = np.zeros(len(size))
    np.maximum.at(best, np.searchsorted(label[first], shape), surprise)
    small = size <= HUB_SHARERS
    keep = small[code]
    # the labels of stars are below 0
    is_round = label[first][small] >= 0
    return Shapes(partner[keep], (np.cumsum(small) - 1)[code[keep]], best[small], is_round)


def _paid(links: Links) -> _Paid:
    """Transfers between accounts that are one partner's own each, by pair of partners."""
    own = own_accounts(links).tocsc()
    owner = np.full(own.shape[1], -1, dtype=np.int64)
    alone = np.diff(own.indptr) == 1
    owner[alone] = own.indices[own.indptr[:-1][alone]]
    moved = links.transferred_to
    source, target = owner[moved["from_account"].to_numpy()], owner[moved["to_account"].to_numpy()]
    keep = (source >= 0) & (target >= 0) & (source != target)
    moved = moved[keep]
    partners = links.size(Kind.PARTNER)
    pair, place = np.unique(source[keep] * partners + target[keep], return_inverse=True)
    times = np.bincount(place, weights=moved["times"].to_numpy(), minlength=len(pair)).astype(np.int64)
    first = np.full(len(pair), np.iinfo(np.int64).max)
    last = np.full(len(pair), np.iinfo(np.int64).min)
    np.minimum.at(first, place, moved["first_at"].to_numpy())
    np.maximum.at(last, place, moved["last_at"].to_numpy())
    return _Paid(partners, pair // max(partners, 1), pair % max(partners, 1), times, first, last)


def _stars(paid: _Paid) -> tuple[_Marked, _Marked]:
    """Partners paid by many who never pay anybody again, and partners who pay many such.

    Null: the pairs are dealt out among the centres at random, each keeping its number (hypergeometric); so a
    star that is all there is surprises nobody. False discovery is controlled over both directions.
    """
    ways = ((paid.target, paid.source), (paid.source, paid.target))
    tested = [_star_surprise(paid, centre, leaf) for centre, leaf in ways]
    q = false_discovery(np.concatenate([surprise for surprise, _ in tested])).reshape(2, -1)
    found = []
    for number, ((centre, _), (surprise, once)) in enumerate(zip(ways, tested, strict=True)):
        rows = np.flatnonzero(once & (q[number] <= MAX_Q)[centre])
        # labels of rounds are >= 0, those of stars below
        label = -1 - 2 * centre[rows] - number
        found.append((paid.source[rows], paid.target[rows], label, surprise[centre[rows]]))
    return found[0], found[1]


def _star_surprise(paid: _Paid, centre: _Ints, leaf: _Ints) -> tuple[Floats, NDArray[np.bool_]]:
    """(partners,) surprise of each partner as a centre, and (m,) which pairs are a leaf's only dealing."""
    dealings = np.bincount(leaf, weights=paid.times, minlength=paid.partners)
    once: NDArray[np.bool_] = dealings[leaf] == 1
    around = np.bincount(centre, minlength=paid.partners)
    leaves = np.bincount(centre[once], minlength=paid.partners)
    shaped = (leaves >= LEAST_MEMBERS - 1) & (leaves >= OWN_SHARE * around)
    at = np.flatnonzero(shaped)
    surprise = np.zeros(paid.partners)
    surprise[at] = hypergeometric_surprise(leaves[at], around[at], once.sum(), len(centre))
    return surprise, once


def _memberships(partner: _Ints, label: _Ints, partners: int) -> tuple[_Ints, _Ints]:
    """Partner and label of each membership once, by label."""
    low = int(label.min(initial=0))
    key = distinct((label - low) * max(partners, 1) + partner)
    return key % max(partners, 1), key // max(partners, 1) + low


def _rounds(paid: _Paid) -> _Marked:
    """Strongly connected sets of partners whose only dealings lie within a month.

    Windows of two months overlap by one, so that each round lies whole in one. Null: transfers of a window
    are drawn at random, everybody keeping how many they make and get: the mean number of onward transfers
    is k = sum(in * out) / transfers, and rounds of n accounts number k^n / n; one in (n-1)! of them is paid
    on in the order of time. Accounts count from the least active on, up to the most active of the round, so
    a hub in it makes it less surprising.
    """
    parts = [_window_rounds(paid, shift) for shift in (0, ROUND_MS)]
    source, target, label, expected = (np.concatenate(column) for column in zip(*parts, strict=True))
    windows = 1 + (np.ptp(paid.first) // ROUND_MS if len(paid.first) else 0)
    expected = expected * windows
    keep = expected <= MAX_Q
    return source[keep], target[keep], label[keep], -np.log10(np.maximum(expected[keep], 1e-300))


def _window_rounds(paid: _Paid, shift: int) -> tuple[_Ints, _Ints, _Ints, Floats]:
    """Source, target, label and chance number of the transfers in rounds, windows starting at `shift`."""
    start = int(paid.first.min(initial=np.iinfo(np.int64).max)) - shift if len(paid.first) else 0
    window = (paid.first - start) // (2 * ROUND_MS)
    inside = np.flatnonzero(
        (window == (paid.last - start) // (2 * ROUND_MS)) & (paid.last - paid.first <= ROUND_MS)
    )
    node, place = np.unique(
        np.r_[
            window[inside] * paid.partners + paid.source[inside],
            window[inside] * paid.partners + paid.target[inside],
        ],
        return_inverse=True,
    )
    left, right = np.split(place, 2)
    through = np.bincount(left, minlength=len(node)) * np.bincount(right, minlength=len(node))
    onward = _onward(node // max(paid.partners, 1), through, window[inside])
    usable = onward <= MOST_ROUNDS
    keep = usable[left] & usable[right]
    inside, left, right = inside[keep], left[keep], right[keep]
    ties = sp.csr_array((np.ones(len(left)), (left, right)), shape=(len(node), len(node)))
    _, part = connected_components(ties, connection="strong")
    size = np.bincount(part)
    worst = np.zeros(len(size))
    np.maximum.at(worst, part, onward)
    row = (part[left] == part[right]) & (size[part[left]] >= LEAST_MEMBERS)
    at = part[left][row]
    ordered = _ordered(paid, inside[row], left[row], right[row], at, size)
    # two questions are asked of each round, whether it is one and whether it is ordered
    expected = 2 * worst**size / np.where(ordered, factorial(size), size)
    # a round in two windows gets the same label from both: its first and last pair
    low, high = _extremes(at, inside[row], len(size))
    return (
        paid.source[inside[row]],
        paid.target[inside[row]],
        low[at] * len(paid.source) + high[at],
        expected[at],
    )


def _ordered(
    paid: _Paid, pair: _Ints, left: _Ints, right: _Ints, part: _Ints, size: _Ints
) -> NDArray[np.bool_]:
    """(parts,) which are one simple round that the money went through in the order of time, from some start.

    `pair`, `left`, `right` and `part` are (m,) the transfers inside parts, `size` (parts,) their accounts.
    """
    onward = np.full(int(left.max(initial=-1)) + 1, -1)
    onward[left] = np.arange(len(left))
    turns_back = paid.first[pair[onward[right]]] < paid.last[pair]
    result: NDArray[np.bool_] = np.bincount(part, minlength=len(size)) == size
    return result & (np.bincount(part[turns_back], minlength=len(size)) <= 1)


def _onward(window: _Ints, through: _Ints, window_of_pair: _Ints) -> Floats:
    """(nodes,) mean number of onward transfers by chance among accounts no more active than the node."""
    pairs = np.bincount(window_of_pair, minlength=int(window.max(initial=-1)) + 1)
    order = np.lexsort((through, window))
    total = np.cumsum(through[order])
    begin = np.searchsorted(window[order], np.arange(len(pairs)))
    before = np.r_[0, total][begin]
    # equally active accounts stand together: the last of them has the sum
    level = np.r_[np.flatnonzero(np.diff(window[order]) | np.diff(through[order])), len(order) - 1]
    last = level[np.searchsorted(level, np.arange(len(order)))] if len(order) else order
    onward = np.empty(len(order))
    onward[order] = (total[last] - before[window[order]]) / np.maximum(pairs[window[order]], 1)
    return onward


def _extremes(group: _Ints, value: _Ints, groups: int) -> tuple[_Ints, _Ints]:
    low, high = np.full(groups, np.iinfo(np.int32).max, dtype=np.int64), np.zeros(groups, dtype=np.int64)
    np.minimum.at(low, group, value)
    np.maximum.at(high, group, value)
    return low, high
