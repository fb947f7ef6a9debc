"""Layout and cuts: everyone has a place of their own, and a cut does what it says."""

from __future__ import annotations

from itertools import pairwise

import igraph
import numpy as np
import pytest

from graph.records import Member
from graph.schema import Kind
from graph.visuals.breaking import cut_links, weakest_links
from graph.visuals.layout import pack_discs, positions, simple_network
from graph.visuals.slicing import MEASURES, RingLinks, index_links, ring_links
from graph.visuals.words import break_words


def drawing(partners: int, pairs: list[tuple[int, int]], others: int = 0) -> RingLinks:
    """Partners first, then accounts, linked as `pairs` says."""
    members = tuple(
        Member(Kind.PARTNER if n < partners else Kind.BANK_ACCOUNT, n, str(n), "", 0.5)
        for n in range(partners + others)
    )
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    ones = np.ones(len(ends))
    return RingLinks(
        members, np.full(len(ends), 4), ends[:, 0], ends[:, 1], ones, dict.fromkeys(MEASURES, ones)
    )


@pytest.mark.parametrize("cells", [1, 2, 3, 4, 15])
def test_no_two_members_stand_on_one_spot(world, cells):
    made = world(cells)
    places = positions(ring_links(made.ring, index_links(made.links)))
    gaps = np.hypot(*(places[:, None, :] - places[None, :, :]).transpose(2, 0, 1)) + np.eye(len(places)) * 1e9
    assert gaps.min() >= 12
    assert np.quantile(gaps.min(axis=1), 0.1) >= 30


def test_sixty_members_stand_in_layers_by_kind(world):
    made = world(3)
    links = ring_links(made.ring, index_links(made.links))
    heights = positions(links)[:, 1]
    bands = [
        heights[[m.kind is kind for m in links.members]]
        for kind in (Kind.BANK_ACCOUNT, Kind.PARTNER, Kind.CONSUMER, Kind.DEVICE)
    ]
    assert all(upper.max() < lower.min() for upper, lower in pairwise(bands))


def test_layout_depends_on_nothing_but_the_ring(wide):
    links = ring_links(wide.ring, index_links(wide.links))
    assert np.array_equal(positions(links, seed=3), positions(links, seed=3))


def test_members_without_links_have_places_of_their_own():
    places = positions(drawing(80, []))
    assert len({tuple(place) for place in places.tolist()}) == 80


def test_packed_discs_do_not_overlap():
    rng = np.random.default_rng(0)
    radii = rng.uniform(20, 200, 40)
    ties = np.triu(rng.integers(0, 3, (40, 40)), 1).astype(float)
    centres = pack_discs(radii, ties + ties.T)
    gaps = (
        np.hypot(*(centres[:, None, :] - centres[None, :, :]).transpose(2, 0, 1))
        - radii[:, None]
        - radii[None, :]
    )
    assert gaps[np.triu_indices(40, 1)].min() > -1e-3


def test_two_groups_break_at_their_one_bridge():
    left = [(a, b) for a in range(4) for b in range(a + 1, 4)]
    right = [(a + 4, b + 4) for a, b in left]
    broken = weakest_links(drawing(8, [*left, *right, (0, 4)]))
    assert broken.pairs == ((0, 4),)
    assert (broken.before, broken.after) == ((8,), (4, 4))
    assert break_words(broken).startswith(
        "Removing this tie leaves no piece with more than half of its 8 partners"
    )


def test_parallel_links_are_one_tie_and_are_all_listed():
    links = drawing(2, [(0, 2), (0, 2), (1, 2)], others=1)
    broken = weakest_links(links)
    assert len(broken.pairs) == 1
    assert len(cut_links(broken, links)) in (1, 2)


def test_every_cut_dissolves_and_none_is_needless(wide):
    links = ring_links(wide.ring, index_links(wide.links))
    broken = weakest_links(links)
    partners = sum(member.kind is Kind.PARTNER for member in links.members)

    def largest(pairs) -> int:
        rest = simple_network(links)
        rest.delete_edges(list(pairs))
        return max(
            sum(links.members[v].kind is Kind.PARTNER for v in part) for part in rest.connected_components()
        )

    assert largest(broken.pairs) <= partners // 2
    for pair in broken.pairs:
        assert largest(set(broken.pairs) - {pair}) > partners // 2


def test_a_cut_between_two_partners_is_a_minimum_cut():
    rng = np.random.default_rng(3)
    for _ in range(20):
        pairs = [
            (a, b) for a in range(9) for b in range(a + 1, 9) if rng.random() < 0.45 and (a, b) != (0, 1)
        ]
        links = drawing(2, [(min(p), max(p)) for p in pairs], others=7)
        network = igraph.Graph(9, pairs)
        if len(network.connected_components()) == 1:
            assert len(weakest_links(links).pairs) == network.mincut(0, 1).value


def test_a_ring_apart_needs_no_cut():
    broken = weakest_links(drawing(4, []))
    assert broken.pairs == ()
    assert break_words(broken).startswith("No link need be removed")


def test_one_member_is_nothing_to_part():
    assert break_words(weakest_links(drawing(1, []))) == "There is only 1 member here: nothing to part."
