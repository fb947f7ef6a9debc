from __future__ import annotations

import numpy as np
import pytest

from benchmarks.fraudar import blocks
from benchmarks.rivals import RIVALS, Pairs, Rival, flat_tree, louvain, similar_pairs
from graph.links import Links
from tests.graph.made_links import made_links
from tests.graph.small_worlds import planted


def market(*, camouflage: int) -> tuple[np.ndarray, np.ndarray]:
    """2,000 shoppers of 100 very unequal shops, and 20 frauds who all shop at shops 100 to 104."""
    rng = np.random.default_rng(3)
    popular = np.minimum(rng.zipf(1.6, 8_000), 100) - 1
    honest = np.c_[rng.integers(0, 2_000, 8_000), popular]
    planted = np.array([(2_000 + fraud, 100 + shop) for fraud in range(20) for shop in range(5)])
    cover = np.c_[2_000 + np.repeat(np.arange(20), camouflage), rng.choice(popular, 20 * camouflage)]
    pairs = np.unique(np.concatenate([honest, planted, cover]), axis=0)
    return pairs[:, 0], pairs[:, 1]


@pytest.mark.parametrize("camouflage", [0, 5])
def test_fraudar_finds_the_planted_block_among_popular_shops(camouflage: int) -> None:
    consumers, shops = blocks(*market(camouflage=camouflage), most=1)[0]
    assert set(range(100, 105)) <= set(shops.tolist())
    assert set(range(2_000, 2_020)) <= set(consumers.tolist())
    assert len(consumers) < 60


def test_blocks_never_share_a_link_and_end_with_the_links() -> None:
    row, column = market(camouflage=2)
    seen: set[tuple[int, int]] = set()
    for consumers, shops in blocks(row, column, most=1_000):
        inside = np.isin(row, consumers) & np.isin(column, shops)
        here = set(zip(row[inside].tolist(), column[inside].tolist(), strict=True)) - seen
        assert here
        seen |= here
    assert len(seen) == len(row)


def test_the_block_is_the_densest_of_all_peeled_sets() -> None:
    # a triangle of equal shops: by hand, the 2 x 2 block has 4 links of weight 1 / log(7) over 4 nodes
    row, column = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 2])
    assert [part.tolist() for part in blocks(row, column, most=1)[0]] == [[0, 1], [0, 1]]
    assert blocks(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), most=3) == []


def sharing() -> Links:
    payouts = [("a", "x"), ("b", "x"), ("b", "y"), ("c", "z")]
    logins = [("a", "d"), ("b", "d"), ("c", "e")]
    return made_links(
        payouts=[{"partner": p, "bank_account": b} for p, b in payouts],
        logins=[{"partner": p, "device": d} for p, d in logins],
    )


def test_similarity_is_that_of_the_identifiers_in_common() -> None:
    pairs = similar_pairs(sharing())
    assert (pairs.left.tolist(), pairs.right.tolist()) == ([0], [1])
    assert pairs.weight.tolist() == pytest.approx([2 / 3])


def test_louvain_parts_two_cliques_joined_by_a_thread() -> None:
    ends = [(a + base, b + base) for base in (0, 4) for a in range(4) for b in range(a + 1, 4)] + [(3, 4)]
    left, right = np.array(ends).T
    found = louvain(9, Pairs(left, right, np.ones(len(left))), seed=0)
    assert len(set(found[:4])) == len(set(found[4:8])) == 1
    assert len(set(found.tolist())) == 3


@pytest.mark.parametrize("rival", RIVALS, ids=lambda rival: rival.name)
def test_every_rival_scores_every_partner_or_none_and_names_sets_of_two(rival: Rival) -> None:
    links = planted(1)[0].links()
    found = rival.find(links)
    assert found.score.shape == (len(links.partners),)
    assert np.isfinite(found.score).all() or np.isnan(found.score).all()
    assert all(len(ring) > 1 for ring in found.rings)


def test_a_flat_tree_without_verdicts_says_nothing() -> None:
    found = flat_tree(planted(1)[0].links())
    assert np.isnan(found.score).all() and not found.names_rings
