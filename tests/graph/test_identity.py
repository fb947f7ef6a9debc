from __future__ import annotations

import random
import re
import time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.identity import identify, relate, rings_of
from graph.schema import Kind


def ring(*ids: object) -> frozenset[tuple[Kind, str]]:
    return frozenset((Kind.PARTNER, str(i)) for i in ids)


def test_ring_id_has_the_documented_form() -> None:
    (one,) = identify([ring("a", "b")], {})
    assert re.fullmatch(r"R-[0-9a-f]{10}", one.ring_id)
    assert one.lineage == "born"


@given(st.sets(st.text(min_size=1), min_size=2, max_size=8))
def test_ring_id_ignores_member_order(ids: set[str]) -> None:
    forward, backward = sorted(ids), sorted(ids, reverse=True)
    assert identify([ring(*forward)], {}) == identify([ring(*backward)], {})


def test_ids_of_disjoint_rings_differ() -> None:
    found = identify([ring(n, n + 1) for n in range(0, 600, 2)], {})
    assert len({one.ring_id for one in found}) == 300


def test_rings_that_share_their_anchor_get_different_ids() -> None:
    found = identify([ring(*range(10)), ring(*range(9)), ring(*range(8))], {})
    assert len({one.ring_id for one in found}) == 3


def test_most_rings_keep_their_id_when_a_member_joins_even_without_yesterday() -> None:
    kept = 0
    for n in range(200):
        before, after = ring(*(f"{n}-{i}" for i in range(6))), ring(*(f"{n}-{i}" for i in range(7)))
        kept += identify([before], {})[0].ring_id == identify([after], {})[0].ring_id
    assert kept > 150  # six of seven on average


def test_a_partner_and_a_consumer_of_one_id_are_two_members() -> None:
    partner, consumer = ring("x"), frozenset({(Kind.CONSUMER, "x")})
    assert identify([partner], {})[0] != identify([consumer], {})[0]


@pytest.mark.parametrize(
    ("today", "lineage"),
    [
        ([ring(1, 2, 3, 4)], "continued"),
        ([ring(1, 2, 3, 4, 5)], "grew"),
        ([ring(1, 2, 3)], "shrank"),
        ([ring(7, 8, 9)], "born"),
    ],
)
def test_lineage_of_one_ring(today: list[frozenset[tuple[Kind, str]]], lineage: str) -> None:
    (one,) = identify(today, {"R-1": ring(1, 2, 3, 4)})
    assert one.lineage == lineage
    assert (one.ring_id == "R-1") is (lineage != "born")


def test_the_larger_part_of_a_split_ring_keeps_the_id() -> None:
    small, large = identify([ring(1, 2), ring(3, 4, 5)], {"R-1": ring(1, 2, 3, 4, 5)})
    assert (small.lineage, large.lineage) == ("split", "split")
    assert large.ring_id == "R-1"
    assert small.ring_id != "R-1"


def test_a_merged_ring_keeps_the_id_of_its_larger_part() -> None:
    (one,) = identify([ring(1, 2, 3, 4, 5)], {"R-1": ring(1, 2), "R-2": ring(3, 4, 5)})
    assert one == type(one)("R-2", "merged")


def test_a_new_ring_never_takes_the_id_of_an_earlier_one() -> None:
    members = ring(1, 2, 3)
    own = identify([members], {})[0].ring_id
    (one,) = identify([members], {own: ring(7, 8, 9)})
    assert one.ring_id != own
    assert one.lineage == "born"


def test_ids_are_given_on_at_the_greatest_gain_in_all() -> None:
    """Greedy would give R-1 to the first ring (5 in common, 4 elsewhere), and R-2 to nobody."""
    previous = {"R-1": ring(*range(1, 10)), "R-2": ring(21, 22, 23, 24)}
    today = [ring(1, 2, 3, 4, 5, 21, 22, 23, 24), ring(6, 7, 8, 9)]
    assert [one.ring_id for one in identify(today, previous)] == ["R-2", "R-1"]


def test_of_two_equal_heirs_the_nearer_one_inherits() -> None:
    wide, near = ring(1, 2, 3, 4), ring(5, 6)
    far = ring(1, 2, 31, 32)
    found = identify([far, ring(3, 4)], {"R-1": wide, "R-2": near})
    assert [one.ring_id == "R-1" for one in found] == [False, True]


rings_strategy = st.lists(
    st.frozensets(st.integers(0, 14), min_size=2, max_size=6), min_size=0, max_size=6, unique=True
)


@given(rings_strategy, rings_strategy, st.randoms(use_true_random=False))
def test_neither_the_order_of_rings_nor_of_the_previous_ones_matters(
    today: list[frozenset[int]], before: list[frozenset[int]], chance: random.Random
) -> None:
    rings = [ring(*members) for members in today]
    previous = {f"R-{n}": ring(*members) for n, members in enumerate(before)}
    expected = dict(zip(rings, identify(rings, previous), strict=True))
    turned, turned_previous = list(rings), list(previous.items())
    chance.shuffle(turned)
    chance.shuffle(turned_previous)
    assert dict(zip(turned, identify(turned, dict(turned_previous)), strict=True)) == expected


@given(rings_strategy, rings_strategy)
def test_every_previous_ring_is_related_or_dissolved_and_ids_are_unique(
    today: list[frozenset[int]], before: list[frozenset[int]]
) -> None:
    rings = [ring(*members) for members in today]
    previous = {f"R-{n}": ring(*members) for n, members in enumerate(before)}
    identities = identify(rings, previous)
    ids = [one.ring_id for one in identities]
    assert len(set(ids)) == len(ids)
    relations = relate(dict(zip(ids, rings, strict=True)), previous)
    lost = [one.previous_ring_id for one in relations if one.event == "dissolved"]
    kept = {one.previous_ring_id for one in relations if one.ring_id and one.previous_ring_id}
    assert len(set(lost)) == len(lost)
    assert set(lost) | kept == set(previous)
    assert not set(lost) & kept
    assert {one.ring_id: one.event for one in relations if one.ring_id} == {
        one.ring_id: one.lineage for one in identities
    }
    assert set(ids) & set(previous) <= kept


@given(rings_strategy, rings_strategy)
def test_members_of_a_relation_add_up(today: list[frozenset[int]], before: list[frozenset[int]]) -> None:
    rings = {f"T-{n}": ring(*members) for n, members in enumerate(today)}
    for one in relate(rings, {f"R-{n}": ring(*members) for n, members in enumerate(before)}):
        assert one.members_common + len(one.joined) == one.members_after
        assert one.members_common + len(one.left) == one.members_before


def test_relations_say_who_joined_and_left() -> None:
    (one,) = relate({"R-1": ring("a", "b", "d")}, {"R-1": ring("a", "b", "c")})
    assert (one.event, one.members_common, one.joined, one.left) == ("continued", 2, ("d",), ("c",))


def test_born_and_dissolved_rings_have_a_row_each() -> None:
    born, lost = relate({"R-2": ring(7, 8)}, {"R-1": ring(1, 2)})
    assert (born.previous_ring_id, born.ring_id, born.event) == (None, "R-2", "born")
    assert (lost.previous_ring_id, lost.ring_id, lost.event) == ("R-1", None, "dissolved")


def test_a_merger_has_a_row_for_each_ring_that_merged() -> None:
    found = relate({"R-1": ring(1, 2, 3, 4)}, {"R-1": ring(1, 2), "R-2": ring(3, 4)})
    assert [(one.previous_ring_id, one.event) for one in found] == [("R-1", "merged"), ("R-2", "merged")]


def test_other_names_for_members_change_no_identity() -> None:
    """Renamed throughout, the same rings follow from the same ones."""
    previous = {"R-1": (1, 2, 3, 4, 5), "R-2": (6, 7)}
    today = [(1, 2, 3), (6, 7, 8)]

    def ids(name: str) -> list[str]:
        found = identify(
            [ring(*(f"{name}{m}" for m in one)) for one in today],
            {old: ring(*(f"{name}{m}" for m in one)) for old, one in previous.items()},
        )
        return [one.ring_id for one in found]

    assert ids("a") == ids("z") == ["R-1", "R-2"]


def test_a_ring_is_known_by_its_partners_or_else_by_its_consumers() -> None:
    rows = [
        ("R-1", "partner", "p"),
        ("R-1", "consumer", "c"),
        ("R-2", "consumer", "c"),
        ("R-2", "device", "d"),
    ]
    members = pd.DataFrame(rows, columns=["ring_id", "kind", "id"])
    assert rings_of(members) == {"R-1": ring("p"), "R-2": frozenset({(Kind.CONSUMER, "c")})}


def test_many_rings_are_matched_at_once() -> None:
    """20,000 rings: one dense assignment would take 3 GB and hours."""
    previous = {f"R-{n}": ring(3 * n, 3 * n + 1, 3 * n + 2) for n in range(20_000)}
    started = time.perf_counter()
    found = identify([ring(3 * n, 3 * n + 1) for n in range(20_000)], previous)
    assert [one.ring_id for one in found] == list(previous)
    assert time.perf_counter() - started < 20
