"""Which ring is which: ids that outlive a change of members, and what became of yesterday's rings."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from graph.schema import Kind

Members = AbstractSet[tuple[Kind, str]]
"""A ring by its (kind, id) members."""

SAME_SHARE = 0.5
"""Share of the smaller ring's members that must be common for one ring to follow from another."""


@dataclass(frozen=True)
class Identity:
    """A ring's id and its lineage: born, continued, grew, shrank, split or merged."""

    ring_id: str
    lineage: str


def identify(rings: Sequence[Members], previous: Mapping[str, Members]) -> tuple[Identity, ...]:
    """The identity of every ring, given the rings of an earlier run by their ids (none: all are born).

    A ring follows from an earlier one where they have at least half of the smaller one's members in common;
    the id goes to the ring with most members in common, each id once. New ids come from the member whose
    hash is smallest, so that most rings keep theirs when a member joins or leaves; where two rings would
    get the same id, the later one in the sequence takes two such members, and so on. The order of members
    does not matter.
    """
    followed = _follow(rings, previous)
    inherited = _inherit(followed)
    heirs = Counter(old for olds in followed for old in olds)
    taken = set(previous)
    result = []
    for number, members in enumerate(rings):
        ring_id = inherited.get(number) or new_id(members, taken)
        taken.add(ring_id)
        result.append(Identity(ring_id, _lineage(members, followed[number], heirs, previous)))
    return tuple(result)


def new_id(members: Members, taken: AbstractSet[str]) -> str:
    """`R-` and ten hexadecimal digits from the members with the smallest hashes, not among `taken`."""
    digests = sorted(hashlib.sha256(f"{kind.value}\0{id_}".encode()).hexdigest() for kind, id_ in members)
    for size in range(1, len(digests) + 1):
        ring_id = "R-" + hashlib.sha256("".join(digests[:size]).encode()).hexdigest()[:10]
        if ring_id not in taken:
            return ring_id
    # an earlier ring with just these members that another one has followed: count on
    return new_id(members | {(Kind.PARTNER, f"\0{len(taken)}")}, taken)


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


def _inherit(followed: Sequence[Mapping[str, int]]) -> dict[int, str]:
    """Ring number -> the earlier id it keeps: most common members first, each id and each ring once."""
    pairs = sorted((-n, number, old) for number, olds in enumerate(followed) for old, n in olds.items())
    kept: dict[int, str] = {}
    given: set[str] = set()
    for _, number, old in pairs:
        if number not in kept and old not in given:
            kept[number] = old
            given.add(old)
    return kept


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
