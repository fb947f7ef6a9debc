"""Who is of a ring after all: whom something ties to it in the tables that are there.

A tie is a planted one (log-in, payout account, collector) in a table that is written, or three common buyers,
buyers with bad orders, devices or funding accounts, where chance (hypergeometric, over all) gives so many in
less than one pair in ten thousand. Orders of a ring at partners whom nothing ties never happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csc_matrix
from scipy.sparse.csgraph import connected_components
from scipy.stats import hypergeom

from benchmarks.seventh_worlds.outcomes import Book
from benchmarks.seventh_worlds.world import Ring, World
from benchmarks.writing.units import Flags, Ints

UNSEEN: Final[dict[str, tuple[str, ...]]] = {
    "logins": ("login",),
    "payouts": ("account", "collector"),
    "transfers": ("collector",),
}
"""Ties that nobody sees where a kind of data is lacking."""
LEAST_COMMON: Final = 3
CHANCE: Final = 1e-4
MOST_OF_A_DEVICE: Final = 12
"""Partners; more of them say nothing."""
FEWEST_BAD: Final = 4
"""Bad orders of a ring; it has one for each member at least, too."""


@dataclass(frozen=True)
class _Used:
    """Who is used where: (identifiers, partners) ones."""

    matrix: csc_matrix

    def ties(self, members: Ints) -> Flags:
        """(members, members) the pairs with more in common than chance gives."""
        mine = self.matrix[:, members]
        common = (mine.T @ mine).toarray()
        each = common.diagonal()
        rare = hypergeom.sf(common - 1, self.matrix.shape[0], each[:, None], each[None, :]) < CHANCE
        result: Flags = (common >= LEAST_COMMON) & rare
        return result


def _used(identifier: Ints, firm: Ints, partners: int, most: int) -> _Used:
    """Of identifiers that at most so many partners have."""
    known = identifier >= 0
    pair = np.unique(identifier[known] * partners + firm[known])
    _, code, count = np.unique(pair // partners, return_inverse=True, return_counts=True)
    kept = count[code] <= most
    _, code = np.unique(code[kept], return_inverse=True)
    shape = (int(code.max(initial=-1)) + 1, partners)
    return _Used(csc_matrix((np.ones(len(code)), (code, pair[kept] % partners)), shape=shape))


def keep_the_tied(world: World, book: Book) -> Book:
    """Rings of those that are tied, and as many orders as asked for."""
    real = book.only(~book.spare)
    bad, n = real.bad, len(world.firms)
    by_custom = [
        _used(real.consumer, real.firm, n, n),
        _used(real.consumer[bad], real.firm[bad], n, n),
        _used(real.account[bad], real.firm[bad], n, n),
        _used(real.device[bad], real.firm[bad], n, MOST_OF_A_DEVICE),
    ]
    lost = np.zeros(len(book.t), np.bool_)
    rings = []
    for ring in world.rings:
        mine = ~book.spare & (book.ring == ring.number)
        enough = int((mine & book.bad).sum()) >= max(FEWEST_BAD, len(ring.firms))
        tied = _largest(_planted(world, ring) | np.any([one.ties(ring.firms) for one in by_custom], axis=0))
        members = ring.firms[tied] if enough and tied.sum() > 1 else ring.firms[:0]
        lost |= mine & np.isin(book.firm, np.setdiff1d(ring.firms, members))
        if len(members) or (enough and not len(ring.firms)):
            ring.firms = members
            rings.append(ring)
    world.rings = rings
    instead = world.rng.choice(np.flatnonzero(book.spare), int(lost.sum()), replace=False)
    kept = ~book.spare & ~lost
    kept[instead] = True
    return book.only(kept)


def _planted(world: World, ring: Ring) -> Flags:
    """(members, members) who have a number of a planted tie in common."""
    unseen = UNSEEN.get(world.settings.lacks, ())
    tied = np.zeros((len(ring.firms), len(ring.firms)), np.bool_)
    users: dict[tuple[str, int], list[int]] = {}
    for tie, firms, numbers in ring.traces:
        if tie not in unseen:
            for firm, number in zip(firms, numbers, strict=True):
                users.setdefault((tie, int(number)), []).extend(np.flatnonzero(ring.firms == firm))
    for places in users.values():
        tied[np.ix_(places, places)] = True
    return tied


def _largest(tied: Flags) -> Flags:
    """(members,) who is in the largest component, the first of them if there are several."""
    if not len(tied):
        return np.zeros(0, np.bool_)
    component = connected_components(tied, directed=False)[1]
    result: Flags = component == np.bincount(component).argmax()
    return result
