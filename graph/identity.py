"""Which ring is which: ids that outlive a change of members, and what became of yesterday's rings."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from scipy.optimize import linear_sum_assignment

from graph.schema import Kind

Members = AbstractSet[tuple[Kind, str]]
"""A ring by its (kind, id) members: its partners, or its consumers where it has none."""

SAME_SHARE = 0.5
"""Share of the smaller ring's members that must be common for one ring to follow from another."""


@dataclass(frozen=True)
class Identity:
    """A ring's id and its lineage: born, continued, grew, shrank, split or merged."""

    ring_id: str
    lineage: str


@dataclass(frozen=True)
class Relation:
    """What became of an earlier ring, or where a ring of today comes from.

    `previous_ring_id` is None for a ring that was born, `ring_id` for one that dissolved. `joined` and `left`
    are member ids, sorted: who is in today's ring and was not in the earlier one, and the other way round.
    """

    previous_ring_id: str | None
    ring_id: str | None
    event: str
    members_before: int
    members_after: int
    members_common: int
    joined: tuple[str, ...]
    left: tuple[str, ...]
    sentence: str = ""


def identify(rings: Sequence[Members], previous: Mapping[str, Members]) -> tuple[Identity, ...]:
    """The identity of every ring, given the rings of an earlier run by their ids (none: all are born).

    A ring follows from an earlier one where they have at least half of the smaller one's members in common.
    Ids are given on one to one, with the greatest gain in all: every member who is found again under the old
    id counts one, and a pair of rings its Jaccard index (so of two equal heirs the nearer one inherits). New
    ids come from the member whose hash is smallest, so that most rings keep theirs when a member joins or
    leaves; a ring whose id is taken has two such members, and so on. Neither the order of the rings nor that
    of their members matters. Rings without common members are matched apart: near-linear in the rings.
    """
    order = sorted(range(len(rings)), key=lambda number: sorted(rings[number]))
    followed = _follow(rings, previous)
    inherited = _inherit(rings, previous, followed, order)
    heirs = Counter(old for olds in followed for old in olds)
    ids = dict(inherited)
    taken = set(previous)
    for number in order:
        if number not in ids:
            ids[number] = new_id(rings[number], taken)
            taken.add(ids[number])
    return tuple(
        Identity(ids[number], _lineage(members, followed[number], heirs, previous))
        for number, members in enumerate(rings)
    )


def relate(rings: Mapping[str, Members], previous: Mapping[str, Members]) -> tuple[Relation, ...]:
    """Every relation between an earlier ring and one of today, then the born, then the dissolved; by ids.

    An earlier ring stands either in relations or among the dissolved; a ring of today either in relations or
    among the born. The event of a relation is the lineage of today's ring.
    """
    ids = sorted(rings)
    followed = _follow([rings[ring_id] for ring_id in ids], previous)
    heirs = Counter(old for olds in followed for old in olds)
    related, born = [], []
    for ring_id, olds in zip(ids, followed, strict=True):
        now = rings[ring_id]
        event = _lineage(now, olds, heirs, previous)
        related += [_relation(old, previous[old], ring_id, now, event) for old in olds]
        born += [] if olds else [_relation(None, frozenset(), ring_id, now, event)]
    lost = [old for old in sorted(previous) if old not in heirs]
    dissolved = [_relation(old, previous[old], None, frozenset(), "dissolved") for old in lost]
    return (*related, *born, *dissolved)


def continued(rings: Sequence[Members], previous: Mapping[str, Members]) -> list[bool]:
    """Whether each ring follows from an earlier one, by the rule of `identify`."""
    return [bool(olds) for olds in _follow(rings, previous)]


def new_id(members: Members, taken: AbstractSet[str]) -> str:
    """`R-` and ten hexadecimal digits from the members with the smallest hashes, not among `taken`."""
    digests = sorted(hashlib.sha256(f"{kind.value}\0{id_}".encode()).hexdigest() for kind, id_ in members)
    for size in range(1, len(digests) + 1):
        ring_id = "R-" + hashlib.sha256("".join(digests[:size]).encode()).hexdigest()[:10]
        if ring_id not in taken:
            return ring_id
    # an earlier ring with just these members that another one has followed: count on
    return new_id(members | {(Kind.PARTNER, f"\0{len(taken)}")}, taken)


def rings_of(members: pd.DataFrame | None) -> dict[str, Members]:
    """The rings of a run by id, from its `ring_members`; none where there is no such run."""
    found: dict[str, set[tuple[Kind, str]]] = {}
    if members is not None:
        for ring_id, kind, id_ in zip(members["ring_id"], members["kind"], members["id"], strict=True):
            found.setdefault(str(ring_id), set()).add((Kind(kind), str(id_)))
    return {ring_id: _core(everybody) for ring_id, everybody in found.items()}


def _core(everybody: Members) -> Members:
    """The partners among all members, or the consumers where there is none."""
    partners = frozenset(member for member in everybody if member[0] is Kind.PARTNER)
    return partners or frozenset(member for member in everybody if member[0] is Kind.CONSUMER)


def _follow(rings: Sequence[Members], previous: Mapping[str, Members]) -> list[dict[str, int]]:
    """For every ring the earlier rings that it follows from, with the number of common members."""
    at: dict[tuple[Kind, str], list[str]] = {}
    for ring_id in sorted(previous):
        for member in previous[ring_id]:
            at.setdefault(member, []).append(ring_id)
    followed = []
    for members in rings:
        common = Counter(ring_id for member in members for ring_id in at.get(member, ()))
        followed.append(
            {
                ring_id: n
                for ring_id, n in sorted(common.items())
                if n >= SAME_SHARE * min(len(members), len(previous[ring_id]))
            }
        )
    return followed


def _inherit(
    rings: Sequence[Members],
    previous: Mapping[str, Members],
    followed: Sequence[Mapping[str, int]],
    order: Sequence[int],
) -> dict[int, str]:
    """Ring number -> the earlier id it keeps, each id and each ring once, at the greatest gain in all."""
    olds = sorted({old for one in followed for old in one})
    column = {old: place for place, old in enumerate(olds)}
    pairs = [(row, column[old]) for row, number in enumerate(order) for old in followed[number]]
    kept: dict[int, str] = {}
    for block in _blocks(pairs, len(order), len(olds)):
        rows, columns = (sorted(set(side)) for side in zip(*block, strict=True))
        gain = np.zeros((len(rows), len(columns)))
        for row, place in block:
            gain[rows.index(row), columns.index(place)] = _gain(rings[order[row]], previous[olds[place]])
        for a, b in zip(*linear_sum_assignment(gain, maximize=True), strict=True):
            if gain[a, b] > 0:
                kept[order[rows[a]]] = olds[columns[b]]
    return kept


def _blocks(pairs: Sequence[tuple[int, int]], rows: int, columns: int) -> list[list[tuple[int, int]]]:
    """The (row, column) pairs by connected part, in the order of their first pair."""
    if not pairs:
        return []
    row, column = np.array(pairs).T
    size = rows + columns
    ties = sp.coo_array((np.ones(len(row)), (row, rows + column)), shape=(size, size))
    _, part = sp.csgraph.connected_components(ties, directed=False)
    blocks: dict[int, list[tuple[int, int]]] = {}
    for pair in pairs:
        blocks.setdefault(int(part[pair[0]]), []).append(pair)
    return list(blocks.values())


def _gain(now: Members, then: Members) -> float:
    common = len(now & then)
    return common + common / len(now | then)


def _lineage(
    members: Members, olds: Mapping[str, int], heirs: Mapping[str, int], previous: Mapping[str, Members]
) -> str:
    if not olds:
        return "born"
    if len(olds) > 1:
        return "merged"
    (old,) = olds
    if heirs[old] > 1:
        return "split"
    change = len(members) - len(previous[old])
    return "continued" if change == 0 else "grew" if change > 0 else "shrank"


def _relation(old: str | None, then: Members, ring_id: str | None, now: Members, event: str) -> Relation:
    return Relation(
        previous_ring_id=old,
        ring_id=ring_id,
        event=event,
        members_before=len(then),
        members_after=len(now),
        members_common=len(now & then),
        joined=tuple(sorted(id_ for _, id_ in now - then)),
        left=tuple(sorted(id_ for _, id_ in then - now)),
    )
