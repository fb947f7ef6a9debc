"""Yesterday's rings in today's extraction: they stay while they hold, and go when their ties do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from graph.anchors import MARGIN, Anchor, anchor_rings, favour, held_circles, held_parts, to_hold
from graph.candidates import Candidate
from graph.identity import Members
from graph.links import Links
from graph.prior import prior_risk
from graph.projection import Projection, project
from graph.records import Ring, Risk
from graph.rings import find_rings
from graph.schema import Kind
from tests.graph.small_worlds import Rows, honest, planted, with_refund_ring


def tied(size: int, ties: dict[tuple[int, int], float]) -> sp.csr_array:
    a, b = np.array(list(ties)).T
    upper = sp.csr_array((list(ties.values()), (a, b)), shape=(size, size))
    return (upper + upper.T).tocsr()


def held(ties: dict[tuple[int, int], float], *members: int) -> list[tuple[int, ...]]:
    return held_parts(tied(12, ties), np.array(members))


CHAIN = {(0, 1): 0.6, (1, 2): 0.6, (2, 3): 0.6, (0, 2): 0.3}


def test_a_ring_stays_whole_when_one_link_vanishes() -> None:
    fewer = {pair: weight for pair, weight in CHAIN.items() if pair != (0, 2)}
    assert held(CHAIN, 0, 1, 2, 3) == held(fewer, 0, 1, 2, 3) == [(0, 1, 2, 3)]


def test_who_is_no_longer_tied_leaves() -> None:
    assert held({(0, 1): 0.6, (1, 2): 0.6, (2, 3): 0.01}, 0, 1, 2, 3) == [(0, 1, 2)]


def test_a_ring_whose_ties_vanish_is_let_go() -> None:
    assert held({(5, 6): 0.9}, 0, 1, 2, 3) == []
    assert held({(0, 1): 0.039}, 0, 1) == []
    assert held({(0, 1): 0.041}, 0, 1) == [(0, 1)]


def test_a_ring_that_is_no_longer_connected_falls_apart() -> None:
    assert held({(0, 1): 0.9, (2, 3): 0.9}, 0, 1, 2, 3) == [(0, 1), (2, 3)]


weights = st.dictionaries(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1]),
    st.sampled_from([0.02, 0.1, 0.3, 0.9]),
    min_size=1,
)


@given(weights, st.permutations(range(8)))
def test_other_numbers_for_the_members_hold_the_same_parts(
    ties: dict[tuple[int, int], float], numbers: list[int]
) -> None:
    moved = {tuple(sorted((numbers[a], numbers[b]))): weight for (a, b), weight in ties.items()}
    parts = {frozenset(numbers[code] for code in part) for part in held(ties, *range(8))}
    assert {frozenset(part) for part in held(moved, *range(8))} == parts  # type: ignore[arg-type]


def anchor_of(held: Candidate, *gone: int) -> Anchor:
    """Of a ring that had these members besides."""
    return Anchor(held, frozenset((*(held.partners or held.consumers), *gone)))


def test_what_holds_an_anchor_whole_is_favoured_and_a_cut_through_it_is_not() -> None:
    same, grown, cut = Candidate((1, 2, 3)), Candidate((0, 1, 2, 3, 9)), Candidate((1, 2, 9))
    consumers, others = Candidate((), (1, 2, 3)), Candidate((), (4, 5))
    cohesion = np.array([1.0, 2.0, 1.0, 1.0, -1.0])
    anchors = [anchor_of(same), anchor_of(others)]
    raised = favour([same, grown, cut, consumers, others], cohesion, anchors, anchors)
    assert raised.tolist() == [1 + MARGIN, 2 + 2 * MARGIN, 1.0, 1.0, MARGIN - 1]


def test_what_merges_two_anchors_is_favoured_by_neither() -> None:
    one, other = Candidate((1, 2, 3)), Candidate((5, 6, 7, 8))
    both, most, some = Candidate((1, 2, 3, 5, 6, 7, 8)), Candidate((1, 2, 3, 5, 6)), Candidate((1, 2, 3, 5))
    anchors = [anchor_of(one), anchor_of(other)]
    raised = favour([both, most, some, other], np.ones(4), anchors, anchors)
    assert raised.tolist() == [1.0, 1.0, 1 + MARGIN, 1 + MARGIN]


def test_of_a_ring_that_stands_what_it_was_is_favoured_and_nothing_larger() -> None:
    stands, other = anchor_of(Candidate((1, 2, 3)), 4), anchor_of(Candidate((5, 6, 7, 8)))
    was, part, grown = Candidate((1, 2, 3, 4)), Candidate((1, 2, 3)), Candidate((1, 2, 3, 4, 9))
    merged = Candidate((1, 2, 3, 4, 5, 6, 7, 8))
    candidates = [was, part, grown, merged, other.held]
    raised = favour(candidates, np.ones(5), [stands, other], [other])
    assert raised.tolist() == [1 + MARGIN, 1.0, 1.0, 1.0, 1 + MARGIN]


def test_a_circle_that_colluded_yesterday_is_held_at_a_wider_rate() -> None:
    plain = project(honest(1).links()).circles
    of, surprise = np.array([0, 0, 0, 1, -1], dtype=np.int32), np.array([1.9, 0.2])
    circles = replace(plain, circle_of=of, refund_surprise=surprise)
    assert held_circles(circles).tolist() == [0, 0, 0, -1, -1]


@pytest.mark.parametrize(
    ("today", "competes"),
    [
        ([(8, 9)], True),  # lost
        ([(1, 8, 9)], True),  # lost, but for a member among others
        ([(1, 2, 3)], True),  # changed a little
        ([(1, 2, 3, 4, 5, 6)], True),
        ([(1, 2, 3, 4)], True),  # what holds of it, by itself
        ([(1, 2, 3, 4, 5)], False),  # as it was
        ([(1, 2, 3, 4, 5, 6, 7)], False),  # merged, or grown much
        ([(1, 2), (3, 4)], False),  # split
    ],
)
def test_only_what_today_has_lost_or_changed_a_little_competes(
    today: list[tuple[int, ...]], competes: bool
) -> None:
    held, rings = Candidate((1, 2, 3, 4)), [Ring(members) for members in today]
    anchor = anchor_of(held, 5)
    assert to_hold([anchor], rings) == (anchor,) * competes


def test_partners_and_consumers_of_one_number_are_not_the_same() -> None:
    held = Candidate((), (1, 2, 3, 4))
    anchor = anchor_of(held)
    assert to_hold([anchor], [Ring((1, 2, 3, 4), (8, 9)), Ring((3, 4))]) == (anchor,)


def seen(rows: Rows) -> tuple[Links, Projection, Risk]:
    links = rows.links()
    projection = project(links)
    return links, projection, prior_risk(links, projection).risk


def partners(*numbers: int) -> Members:
    return frozenset((Kind.PARTNER, f"p{n}") for n in numbers)


def found(rows: Rows, previous: dict[str, Members]) -> list[tuple[Ring, set[str]]]:
    links, projection, risk = seen(rows)
    anchors = anchor_rings(previous, links, projection)
    ids = links.partners["partner_id"].to_numpy()
    rings = find_rings(links, projection, risk, seed=0, anchors=anchors)
    return [(ring, set(ids[list(ring.partners)])) for ring in rings]


def test_the_rings_of_the_same_day_are_found_again_and_no_others() -> None:
    links, projection, risk = seen(with_refund_ring(planted(1)[0]))
    rings = find_rings(links, projection, risk, seed=0)
    held = [Candidate(ring.partners, () if ring.partners else ring.consumers) for ring in rings]
    for gone in ((), (10**6,)):  # all stand, or each has lost somebody and has to compete
        anchors = [anchor_of(one, *gone) for one in held]
        assert find_rings(links, projection, risk, seed=0, anchors=anchors) == rings


def test_strangers_of_yesterday_do_not_stand_today() -> None:
    rows = planted(1)[0]
    plain = [members for _, members in found(rows, {})]
    assert [members for _, members in found(rows, {"R-1": partners(90, 91, 92)})] == plain


def without(rows: Rows, *identifiers: str) -> Rows:
    """The rows without the uses of these devices and accounts; "device of partner" for one use alone."""
    rows.logins = [
        r for r in rows.logins if not {r["device"], f"{r['device']} of {r['partner']}"} & {*identifiers}
    ]
    rows.payouts = [r for r in rows.payouts if r["bank_account"] not in identifiers]
    return rows


YESTERDAY = {"R-1": partners(60, 61, 62, 63, 64)}
"""The circle of `planted(3)`."""


def test_yesterdays_ring_stays_whole_where_todays_cut_is_hardly_better(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    links, projection, risk = seen(planted(4)[0])
    ids = links.partners["partner_id"].to_numpy()
    last = int(np.flatnonzero(ids == "p64")[0])
    of_last = (projection.left == last) | (projection.right == last)
    # the last one is tied too weakly to join by itself
    affinity = np.where(of_last, projection.affinity * 0.5, projection.affinity).astype(np.float32)
    weaker = replace(projection, affinity=affinity)
    cut = frozenset({"p60", "p61", "p62", "p63"})
    whole = cut | {"p64"}

    def found(better: float, *, anchored: bool) -> list[set[str]]:
        strength = {whole: 0.8, cut: 0.8 * better}

        def rated(rings: Sequence[Ring], *_: object) -> NDArray[np.float64]:
            return np.array([strength.get(frozenset(ids[list(ring.partners)]), 0.1) for ring in rings])

        monkeypatch.setattr("graph.rings.ring_strength", rated)
        anchors = anchor_rings(YESTERDAY, links, weaker) if anchored else ()
        rings = find_rings(links, weaker, risk, seed=0, anchors=anchors)
        return [set(ids[list(ring.partners)]) for ring in rings]

    assert cut in found(1.05, anchored=False)
    assert whole in found(1.05, anchored=True)
    assert cut in found(1 + MARGIN + 0.05, anchored=True)


def test_yesterdays_ring_goes_with_its_ties() -> None:
    assert YESTERDAY["R-1"] not in [frozenset(members) for _, members in found(honest(3), YESTERDAY)]
    assert not any("p60" in members for _, members in found(honest(3), YESTERDAY))


def test_members_who_are_gone_and_kinds_without_a_node_are_left_out() -> None:
    links, projection, _ = seen(honest(1))
    lost = {"R-1": partners(900, 901), "R-2": frozenset({(Kind.CONSUMER, "nobody")}), "R-3": frozenset()}
    assert anchor_rings(lost, links, projection) == ()  # type: ignore[arg-type]


def test_consumers_who_still_collude_are_an_anchor() -> None:
    links, projection, _ = seen(with_refund_ring(honest(3)))
    members = frozenset((Kind.CONSUMER, f"r{n}") for n in range(8))
    (anchor,) = anchor_rings({"R-1": members}, links, projection)
    ids = links.consumers["consumer_id"].to_numpy()[list(anchor.held.consumers)]
    assert set(ids) == {f"r{n}" for n in range(8)}


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_anchors_do_not_depend_on_the_names_or_order_of_yesterdays_rings(names: tuple[str, str]) -> None:
    links, projection, _ = seen(planted(1)[0])
    rings = (partners(60, 61, 62, 63, 64), partners(40, 41, 42, 43, 44, 45))
    forward = anchor_rings(dict(zip(names, rings, strict=True)), links, projection)
    assert forward == anchor_rings(dict(zip(names, rings[::-1], strict=True)), links, projection)
    assert len(forward) >= 1
