"""Lineage in sentences: what is different in each ring since the previous run, and why others dissolved."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.anchors import HELD, held_circles
from graph.candidates import RESOLUTION
from graph.identity import SAME_SHARE, Members, Relation, relate
from graph.links import Links
from graph.projection import Projection
from graph.records import Risk, ScoredRing
from graph.refunds import LEAST_MEMBERS
from graph.schema import MISSING_MS, NODES, Kind
from graph.shopper_ties import LEAST, ShopperTies
from graph.significance import Floats
from graph.tally import rows_among

_MOST_NAMED: Final = 3
"""Members or rings that a sentence names; it counts the rest."""


@dataclass(frozen=True)
class Today:
    """What today's data say of yesterday's members; `previous_ms` is the previous run's moment."""

    links: Links
    projection: Projection
    risk: Risk
    previous_ms: int

    @cached_property
    def weight(self) -> Floats:
        """(m,) every pair's tie, as communities weigh it."""
        return self.projection.tie_weight

    @cached_property
    def circle_of(self) -> NDArray[np.int32]:
        """(consumers,) the circle in which each colludes, -1 for none."""
        return held_circles(self.projection.circles)

    @cached_property
    def ids(self) -> Mapping[Kind, pd.Index]:
        """The ids by kind, in the order of the codes."""
        return {node.kind: pd.Index(self.links.nodes(node.kind)[node.key]) for node in NODES}

    def codes(self, members: Members) -> NDArray[np.int64]:
        """The codes of those members (of one kind) that are in the data, sorted."""
        if not members:
            return np.zeros(0, dtype=np.int64)
        kind = next(iter(members))[0]
        found = self.ids[kind].get_indexer(pd.Index([id_ for _, id_ in members], dtype=object))
        return np.sort(found[found >= 0]).astype(np.int64)


def trace(
    rings: Sequence[ScoredRing], previous: Mapping[str, Members], today: Today
) -> tuple[tuple[ScoredRing, ...], tuple[Relation, ...]]:
    """The rings with `changed` told, and every relation (see `relate`) with its sentence.

    A circle most of whose consumers are a ring of partners' today has merged into that ring.
    """
    members = {ring.ring_id: ring_core(ring) for ring in rings}
    found = relate(members, previous)
    heirs = Counter(one.previous_ring_id for one in found if one.ring_id is not None)
    everybody = {ring.ring_id: frozenset((one.kind, one.id) for one in ring.members) for ring in rings}
    stands = _places(everybody)
    relations, told = [], defaultdict(list)
    for one in found:
        words = ""
        if one.ring_id is None and one.previous_ring_id is not None:
            before = previous[one.previous_ring_id]
            at = _taken_in(before, stands)
            if at is not None:
                one = _merged(one, before, at, everybody[at])
            else:
                words = _why_dissolved(before, stands, today)
        relations.append(replace(one, sentence=words or _words(one, heirs)))
        told[one.ring_id].append(relations[-1].sentence)
    return tuple(replace(ring, changed=" ".join(told[ring.ring_id])) for ring in rings), tuple(relations)


def _taken_in(before: Members, stands: Mapping[tuple[Kind, str], Sequence[str]]) -> str | None:
    """The ring of partners that has taken in a circle, whose core it does not share; None for none."""
    if any(kind is Kind.PARTNER for kind, _ in before):
        return None
    counts = Counter(ring_id for member in before for ring_id in stands.get(member, ()))
    at = min(counts, key=lambda ring_id: (-counts[ring_id], ring_id), default=None)
    return at if at is not None and counts[at] >= SAME_SHARE * len(before) else None


def _merged(one: Relation, before: Members, at: str, whole: Members) -> Relation:
    """The circle as merged into that ring, by the consumers of both."""
    then, now = ({id_ for kind, id_ in members if kind is Kind.CONSUMER} for members in (before, whole))
    return replace(
        one,
        ring_id=at,
        event="merged",
        members_after=len(now),
        members_common=len(then & now),
        joined=tuple(sorted(now - then)),
        left=tuple(sorted(then - now)),
    )


def first_relations(rings: Sequence[ScoredRing]) -> tuple[Relation, ...]:
    """The relations of a run without a previous one: every ring is born, and there is nothing to say."""
    return relate({ring.ring_id: ring_core(ring) for ring in rings}, {})


def ring_core(ring: ScoredRing) -> Members:
    """The members that make a ring the same one: its partners, or its consumers where it has none."""
    core = ring.of(Kind.PARTNER) or ring.of(Kind.CONSUMER)
    return frozenset((member.kind, member.id) for member in core)


def _words(one: Relation, heirs: Mapping[str | None, int]) -> str:
    """What became of a ring, with its numbers."""
    before, after = _members(one.members_before), _members(one.members_after)
    if one.previous_ring_id is None:
        return f"New since the previous run, with {after}."
    if not one.joined and not one.left and one.event != "merged":
        return f"The same {after} as in the previous run."
    moves = "; ".join(filter(None, (_named("joined", one.joined), _named("left", one.left))))
    common = f"{one.members_common:,} of the {before} of {one.previous_ring_id}"
    if one.event == "merged":
        return f"Merged: it holds {common}; {moves}." if moves else f"Merged: it holds {common}."
    if one.event == "split":
        return f"Split: it holds {common}, one of {heirs[one.previous_ring_id]} rings that do; {moves}."
    return f"Since the previous run, {before} then and {one.members_after:,} now: {moves}."


def _why_dissolved(members: Members, stands: Mapping[tuple[Kind, str], Sequence[str]], today: Today) -> str:
    """Where its members stand today, how many have gone or closed, and what is left of their ties."""
    of_partners = any(kind is Kind.PARTNER for kind, _ in members)
    codes = today.codes(members)
    reasons = [
        _elsewhere(members, stands),
        _gone(len(members) - len(codes), len(members)),
        _closed(codes, len(members), today) if of_partners else "",
        _ties_left(codes, today) if of_partners else _circle_left(codes, today),
    ]
    return f"Dissolved, {_members(len(members))}: {'; '.join(filter(None, reasons))}."


def _ties_left(codes: NDArray[np.int64], today: Today) -> str:
    """How many of these partners' pairs are tied, and whether that would hold them together."""
    pairs = len(codes) * (len(codes) - 1) // 2
    if not pairs:
        return "no pair of them is left to be tied"
    rows = _among(codes, today.projection)
    rows = rows[today.weight[rows] > 0]
    if not len(rows):
        return f"of their {_count(pairs, 'pair')} none is tied any more"
    weight, needed = float(today.weight[rows].sum()), HELD * RESOLUTION * pairs
    rest = ", but another set was found in its place" if weight >= needed else ""
    return (
        f"of their {_count(pairs, 'pair')} {len(rows):,} {'is' if len(rows) == 1 else 'are'} tied, with a "
        f"weight of {weight:.3f} where {needed:.3f} holds together{rest}"
    )


def _among(codes: NDArray[np.int64], ties: Projection | ShopperTies) -> NDArray[np.int64]:
    """The rows of the pairs of which both are among these, one or more; pairs are in the order of `left`."""
    rows = rows_among(ties.left, codes)
    within: NDArray[np.int64] = rows[np.isin(ties.right[rows], codes)]
    return within


def _places(rings: Mapping[str, Iterable[tuple[Kind, str]]]) -> dict[tuple[Kind, str], list[str]]:
    stands: dict[tuple[Kind, str], list[str]] = {}
    for ring_id, members in rings.items():
        for member in members:
            stands.setdefault(member, []).append(ring_id)
    return stands


def _elsewhere(members: Members, stands: Mapping[tuple[Kind, str], Sequence[str]]) -> str:
    counts = Counter(ring_id for member in members for ring_id in stands.get(member, ()))
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    named = [f"{number:,} in {ring_id}" for ring_id, number in ranked[:_MOST_NAMED]]
    more = len(ranked) - len(named)
    listed = ", ".join(named) + (f" and some in {more:,} more" if more else "")
    return f"of them, {listed} stand today" if named else ""


def _gone(number: int, among: int) -> str:
    return f"{number:,} of {among:,} are no longer in the data" if number else ""


def _closed(codes: NDArray[np.int64], among: int, today: Today) -> str:
    closed_at = today.links.partners["closed_at"].to_numpy()[codes]
    since = int(((closed_at != MISSING_MS) & (closed_at > today.previous_ms)).sum())
    return f"{since:,} of {among:,} have closed since" if since else ""


def _circle_left(codes: NDArray[np.int64], today: Today) -> str:
    """How many of these consumers' pairs are tied, and how many of them gain together, which holds."""
    pairs = len(codes) * (len(codes) - 1) // 2
    if not pairs:
        return "no pair of them is left to be tied"
    shoppers = today.projection.shoppers
    tied = int((shoppers.affinity[_among(codes, shoppers)] >= LEAST).sum())
    circles = today.circle_of[codes]
    most = int(np.bincount(circles[circles >= 0]).max()) if (circles >= 0).any() else 0
    left = f"{tied:,} {'is' if tied == 1 else 'are'} tied" if tied else "none is tied"
    gain = f"{most:,} gain" if most > 1 else "no two gain"
    return (
        f"of their {_count(pairs, 'pair')} {left}, and {gain} together beyond chance in one circle, where "
        f"{LEAST_MEMBERS} are needed"
    )


def _named(verb: str, ids: Sequence[str]) -> str:
    """Who joined or left: "2 joined (P1, P2)"; "" for nobody."""
    if not ids:
        return ""
    more = len(ids) - _MOST_NAMED
    listed = ", ".join(ids[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
    return f"{len(ids):,} {verb} ({listed})"


def _members(number: int) -> str:
    return _count(number, "member")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
