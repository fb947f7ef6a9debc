"""What changed in a ring, and why others dissolved, in sentences with numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from graph.identity import Members, Relation
from graph.lineage import Today, first_relations, ring_core, trace
from graph.prior import prior_risk
from graph.projection import project
from graph.records import ScoredRing
from graph.rings import find_rings
from graph.schema import Kind
from graph.scoring import score_rings
from graph.signals.context import build_context
from tests.graph.small_worlds import honest, planted, with_refund_ring


def partners(*numbers: int) -> Members:
    return frozenset((Kind.PARTNER, f"p{n}") for n in numbers)


@cache
def world() -> tuple[tuple[ScoredRing, ...], Today]:
    links = with_refund_ring(planted(1)[0]).links()
    projection = project(links)
    risk = prior_risk(links, projection).risk
    rings = find_rings(links, projection, risk, seed=0)
    return score_rings(rings, build_context(links, risk), projection), Today(links, projection, risk, 0)


def traced(previous: Mapping[str, Members]) -> tuple[tuple[ScoredRing, ...], tuple[Relation, ...]]:
    rings, today = world()
    return trace(rings, previous, today)


def lost(previous: Members) -> str:
    """Why that ring has dissolved."""
    (one,) = (relation for relation in traced({"R-old": previous})[1] if relation.event == "dissolved")
    return one.sentence


CIRCLE = partners(60, 61, 62, 63, 64)


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        (CIRCLE, "The same 5 members as in the previous run."),
        (partners(60, 61, 62), "Since the previous run, 3 members then and 5 now: 2 joined (p63, p64)."),
        (CIRCLE | partners(5), "Since the previous run, 6 members then and 5 now: 1 left (p5)."),
        (partners(60, 61, 90), "3 joined (p62, p63, p64); 1 left (p90)."),
        (partners(80, 81), "New since the previous run, with 5 members."),
    ],
)
def test_a_ring_says_what_changed(before: Members, sentence: str) -> None:
    rings, _ = traced({"R-old": before})
    (circle,) = (ring for ring in rings if ring_core(ring) == CIRCLE)
    assert circle.changed.endswith(sentence)


def test_merged_rings_are_each_named() -> None:
    rings, _ = traced({"R-a": partners(60, 61), "R-b": partners(62, 63, 64)})
    (circle,) = (ring for ring in rings if ring_core(ring) == CIRCLE)
    assert "2 of the 2 members of R-a" in circle.changed
    assert "3 of the 3 members of R-b" in circle.changed


def test_a_split_says_into_how_many() -> None:
    rings, today = world()
    (circle,) = (ring for ring in rings if ring_core(ring) == CIRCLE)
    parts = [
        replace(circle, ring_id=f"R-{n}", members=tuple(m for m in circle.members if (m.kind, m.id) in part))
        for n, part in enumerate((partners(60, 61), partners(62, 63, 64)))
    ]
    rings, relations = trace(parts, {"R-a": CIRCLE | partners(41, 42)}, today)
    assert sorted(one.event for one in relations if one.previous_ring_id) == ["split", "split"]
    assert sum("of the 7 members of R-a, one of 2 rings that do" in ring.changed for ring in rings) == 2


def test_what_is_no_longer_tied_says_so() -> None:
    assert lost(partners(100, 119)) == "Dissolved, 2 members: of their 1 pair none is tied any more."


def test_what_left_the_data_is_counted() -> None:
    assert "2 of 3 are no longer in the data; no pair of them is left" in lost(partners(100, 900, 901))


def test_what_other_rings_have_absorbed_is_named() -> None:
    rings, _ = world()
    circle = next(ring.ring_id for ring in rings if ring_core(ring) == CIRCLE)
    assert f"of them, 1 in {circle} stand today" in lost(partners(60, 100, 101, 102))


def test_a_circle_that_joined_a_ring_of_partners_is_named_there() -> None:
    rings, _ = world()
    ring = next(ring for ring in rings if ring_core(ring) == CIRCLE)
    shills = frozenset((member.kind, member.id) for member in ring.of(Kind.CONSUMER))
    assert len(shills) > 2
    whole, relations = traced({"R-old": shills | consumers("c0")})
    (one,) = (relation for relation in relations if relation.previous_ring_id == "R-old")
    assert (one.ring_id, one.event, one.members_common) == (ring.ring_id, "merged", len(shills))
    assert (one.joined, one.left) == ((), ("c0",))
    words = f"Merged: it holds {len(shills)} of the {len(shills) + 1} members of R-old; 1 left (c0)."
    assert words == one.sentence
    assert words in next(other.changed for other in whole if other.ring_id == ring.ring_id)
    few = frozenset(sorted(shills)[:2]) | consumers("c0", "c1", "c2")
    assert lost(few).startswith(f"Dissolved, 5 members: of them, 2 in {ring.ring_id} stand today")


def test_closed_partners_are_counted_since_the_previous_run() -> None:
    rings, today = world()
    closed_at = today.links.partners["closed_at"].to_numpy().copy()
    closed_at[today.links.partners["partner_id"].isin(["p100", "p101"])] = (1_000, 3_000)
    links = replace(today.links, partners=today.links.partners.assign(closed_at=closed_at))
    _, relations = trace(rings, {"R-old": partners(100, 101)}, replace(today, links=links, previous_ms=2_000))
    assert "1 of 2 have closed since" in relations[-1].sentence


def test_consumers_who_no_longer_collude_say_so() -> None:
    assert lost(consumers("c0", "c1", "c2", "c3")) == (
        "Dissolved, 4 members: of their 6 pairs none is tied, and no two gain together beyond chance in one "
        "circle, where 3 are needed."
    )


def test_ties_are_told_of_consumers_whom_they_no_longer_hold() -> None:
    # many a circle is found by its ties and never was one that gains beyond chance by itself
    rings, today = world()
    codes = np.arange(4, dtype=np.int32)
    affinity = np.array([0.5, 0.4, 0.001], dtype=np.float32)
    ties = replace(
        today.projection.shoppers, left=codes[[0, 0, 1]], right=codes[[1, 2, 2]], affinity=affinity
    )
    today = replace(today, projection=replace(today.projection, shoppers=ties))
    ids = [str(id_) for id_ in today.ids[Kind.CONSUMER][codes]]
    _, relations = trace(rings, {"R-old": consumers(*ids)}, today)
    assert "of their 6 pairs 2 are tied, and no two gain together" in relations[-1].sentence


def test_consumers_who_are_gone_leave_no_pair() -> None:
    assert lost(consumers("x", "y")).endswith("no pair of them is left to be tied.")


def consumers(*ids: str) -> Members:
    return frozenset((Kind.CONSUMER, id_) for id_ in ids)


def test_without_a_previous_run_every_ring_is_born_and_nothing_is_said() -> None:
    rings, _ = world()
    relations = first_relations(rings)
    assert {(one.event, one.sentence) for one in relations} == {("born", "")}
    assert {one.ring_id for one in relations} == {ring.ring_id for ring in rings}
    assert not any(ring.changed for ring in rings)


def test_an_honest_market_dissolves_every_previous_ring() -> None:
    links = honest(5).links()
    projection = project(links)
    risk = prior_risk(links, projection).risk
    _, relations = trace((), {"R-1": CIRCLE, "R-2": partners(1, 2)}, Today(links, projection, risk, 0))
    assert [(one.previous_ring_id, one.event) for one in relations] == [
        ("R-1", "dissolved"),
        ("R-2", "dissolved"),
    ]
