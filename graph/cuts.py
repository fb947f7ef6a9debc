"""Cuts: few ties of a network whose removal leaves no piece with more than half of its anchors."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Final

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from graph.components import components, root

_MOST_FLOWS: Final = 48
"""Minimum cuts tried a step: every partner of a usual ring; a large ring is cut at its best-tied."""

Pair = tuple[int, int]

_Ints = NDArray[np.int64]
_Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Cut:
    """Pairs of vertices, the smaller first, sorted, whose ties hold the anchors together.

    `ties` counts the pairs that are tied at all; `before` and `after` are the anchors in each piece, largest
    first, without and with the removal.
    """

    pairs: tuple[Pair, ...]
    ties: int
    before: tuple[int, ...]
    after: tuple[int, ...]


def fewest_ties(size: int, pairs: ArrayLike, anchors: Set[int]) -> Cut:
    """The fewest ties found whose removal leaves no piece with more than half of the anchors.

    `pairs` are (ties, 2) vertices below `size`, free of repeats and loops. Parting a graph into balanced
    pieces at the least cost is NP-hard, so this goes by exact minimum cuts: in the largest piece the cut that
    parts most anchors a tie is taken, until no piece is too large, and what turns out needless is put back.
    Every answer dissolves the network, and no tie of it is needless; another of the same size may exist.
    """
    ties = np.sort(np.asarray(pairs, dtype=np.int64).reshape(-1, 2), axis=1)
    ties = ties[np.lexsort((ties[:, 1], ties[:, 0]))]
    held = np.zeros(size, dtype=np.bool_)
    held[list(anchors)] = True
    left = ties[_leads_on(ties, held)]
    allowed = max(1, len(anchors) // 2)
    cut = _needed(left, _cut_down(left, held, allowed), held, allowed)
    return Cut(
        tuple((a, b) for a, b in left[cut].tolist()),
        len(ties),
        _anchor_pieces(left, np.zeros(len(left), dtype=np.bool_), held),
        _anchor_pieces(left, cut, held),
    )


def _anchor_pieces(ties: _Ints, gone: _Bools, held: _Bools) -> tuple[int, ...]:
    """How many anchors each connected piece holds, largest first, pieces without any left out."""
    sizes = np.bincount(_pieces(ties, gone, len(held))[held])
    return tuple(sorted(sizes[sizes > 0].tolist(), reverse=True))


@numba.njit(cache=True, nogil=True)
def _leads_on(ties: _Ints, held: _Bools) -> _Bools:
    """(ties,) those that are no dead end: a vertex of one tie that is no anchor parts nothing."""
    stays = np.ones(len(ties), dtype=np.bool_)
    degree = np.zeros(len(held), dtype=np.int64)
    for tie in range(len(ties)):
        degree[ties[tie, 0]] += 1
        degree[ties[tie, 1]] += 1
    changed = True
    while changed:
        changed = False
        for tie in range(len(ties)):
            a, b = ties[tie]
            if stays[tie] and ((degree[a] == 1 and not held[a]) or (degree[b] == 1 and not held[b])):
                stays[tie] = False
                degree[a] -= 1
                degree[b] -= 1
                changed = True
    return stays


@numba.njit(cache=True, nogil=True)
def _pieces(ties: _Ints, gone: _Bools, size: int) -> NDArray[np.int32]:
    """(size,) the lowest vertex of each one's piece, once the ties that are `gone` are."""
    left = ties[~gone]
    return components(left[:, 0], left[:, 1], size)


@numba.njit(cache=True, nogil=True)
def _cut_down(ties: _Ints, held: _Bools, allowed: int) -> _Bools:
    """(ties,) those cut until no piece holds more than `allowed` anchors."""
    gone = np.zeros(len(ties), dtype=np.bool_)
    while len(held):
        piece_of = _pieces(ties, gone, len(held))
        anchors = np.bincount(piece_of[held], minlength=len(held))
        # of equals the first, the one with the lowest vertex, is taken
        largest = np.argmax(anchors)
        if anchors[largest] <= allowed:
            break
        inside = piece_of == largest
        gone[_sparsest_cut(ties, gone, inside, held & inside)] = True
    return gone


@numba.njit(cache=True, nogil=True)
def _sparsest_cut(ties: _Ints, gone: _Bools, inside: _Bools, held: _Bools) -> _Ints:
    """Of the minimum cuts between anchors (Gusfield 1990), the one with the fewest ties an anchor parted.

    `inside` marks the vertices of the piece, `held` its anchors; of equal cuts the one of the lowest ties.
    """
    start, tie_of = _incident(ties, gone, len(held))
    degree = np.diff(start)
    anchors = np.flatnonzero(held)
    terminals = np.sort(anchors[np.argsort(-degree[anchors], kind="mergesort")][:_MOST_FLOWS])
    parent = np.full(len(terminals), terminals[0])
    best, fewest = np.empty(0, dtype=np.int64), np.inf
    for number in range(1, len(terminals)):
        far = _side_of(parent[number], terminals[number], ties, start, tie_of)
        for later in range(number + 1, len(terminals)):
            if not far[terminals[later]] and parent[later] == parent[number]:
                parent[later] = terminals[number]
        cut = np.flatnonzero(inside[ties[:, 0]] & ~gone & (far[ties[:, 0]] != far[ties[:, 1]]))
        beyond = np.count_nonzero(far & held)
        share = len(cut) / min(beyond, len(anchors) - beyond)
        if share < fewest or (share == fewest and _comes_before(cut, best)):
            best, fewest = cut, share
    return best


@numba.njit(cache=True, nogil=True)
def _comes_before(one: _Ints, other: _Ints) -> bool:
    """Whether the cut has fewer ties than the other, or as many and the lower ones."""
    if len(one) != len(other):
        return len(one) < len(other)
    for place in range(len(one)):
        if one[place] != other[place]:
            return bool(one[place] < other[place])
    return False


@numba.njit(cache=True, nogil=True)
def _incident(ties: _Ints, gone: _Bools, size: int) -> tuple[_Ints, _Ints]:
    """(size + 1,) where the ties of each vertex begin, and they one after the other, without those `gone`."""
    start = np.zeros(size + 1, dtype=np.int64)
    for tie in range(len(ties)):
        if not gone[tie]:
            start[ties[tie, 0] + 1] += 1
            start[ties[tie, 1] + 1] += 1
    start = np.cumsum(start)
    place, tie_of = start[:-1].copy(), np.empty(start[-1], dtype=np.int64)
    for tie in range(len(ties)):
        if not gone[tie]:
            for end in ties[tie]:
                tie_of[place[end]] = tie
                place[end] += 1
    return start, tie_of


@numba.njit(cache=True, nogil=True)
def _side_of(target: int, source: int, ties: _Ints, start: _Ints, tie_of: _Ints) -> _Bools:
    """(size,) the smallest side of `target` among the minimum cuts that part it from `source`.

    Shortest augmenting paths (Edmonds & Karp 1972), a tie carrying one unit either way: those who still reach
    the target once nothing more flows, whichever paths were taken.
    """
    flow = np.zeros(len(ties), dtype=np.int64)  # 1 from the tie's lower end to its higher, -1 back
    by, queue = np.empty(len(start) - 1, dtype=np.int64), np.empty(len(start) - 1, dtype=np.int64)
    while True:
        by[:] = -2
        by[target], queue[0], count, at = -1, target, 1, 0
        while at < count and by[source] == -2:
            near = queue[at]
            at += 1
            for place in range(start[near], start[near + 1]):
                tie = tie_of[place]
                up = ties[tie, 1] == near
                other = ties[tie, 0] if up else ties[tie, 1]
                if by[other] == -2 and flow[tie] != (1 if up else -1):
                    by[other], queue[count] = tie, other
                    count += 1
        if by[source] == -2:
            side: _Bools = by != -2
            return side
        near = source
        while near != target:
            tie = by[near]
            up = ties[tie, 0] == near
            flow[tie] += 1 if up else -1
            near = ties[tie, 1] if up else ties[tie, 0]


@numba.njit(cache=True, nogil=True)
def _needed(ties: _Ints, removed: _Bools, held: _Bools, allowed: int) -> _Bools:
    """The removed ties less those that may come back, one after the other, without a piece too large."""
    joined = _pieces(ties, removed, len(held))
    anchors = np.bincount(joined[held], minlength=len(held))
    kept = removed.copy()
    for tie in np.flatnonzero(removed):
        one, other = root(joined, ties[tie, 0]), root(joined, ties[tie, 1])
        if one == other:
            kept[tie] = False
        elif anchors[one] + anchors[other] <= allowed:
            kept[tie] = False
            joined[other] = one
            anchors[one] += anchors[other]
    return kept
