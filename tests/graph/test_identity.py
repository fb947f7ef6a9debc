from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.identity import identify
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
