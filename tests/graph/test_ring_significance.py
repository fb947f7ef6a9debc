"""Significance: chance rings have none, planted ones do, and neither order nor names matter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from graph.aggregation import aggregate
from graph.links import Links
from graph.prior import prior_risk
from graph.projection import project
from graph.records import Ring
from graph.ring_significance import Chance, _merged, _Neighbourhoods, _parts, ring_significance
from graph.rings import find_rings
from graph.synthetic import write_world
from graph.tables import read_tables
from tests.graph.made_links import made_links
from tests.graph.small_worlds import honest, planted, with_circle, with_refund_ring, with_shell_network

CIRCLE = range(60, 66)


def chances(links: Links, *members: range) -> tuple[Chance, ...]:
    codes = {name: code for code, name in enumerate(links.partners["partner_id"])}
    rings = [Ring(tuple(sorted(codes[f"p{shop}"] for shop in shops))) for shops in members]
    return ring_significance(rings, links, project(links))


def judged(links: Links) -> tuple[tuple[Ring, ...], tuple[Chance, ...]]:
    projection = project(links)
    rings = find_rings(links, projection, prior_risk(links, projection).risk, seed=0)
    return rings, ring_significance(rings, links, projection)


def test_partners_whose_shared_customers_do_not_pay_are_significant() -> None:
    (circle,) = chances(with_circle(honest(1), CIRCLE, seed=1, shills=40).links(), CIRCLE)
    assert circle.q_value < 0.01
    assert circle.ended > 1.3 * circle.due


def test_partners_whose_strangers_do_not_pay_are_not() -> None:
    # insolvent shops of one owner look like this
    (chain,) = chances(with_shell_network(honest(1), range(40, 46)).links(), range(40, 46))
    assert chain.q_value > 0.05


def test_shoppers_who_are_refunded_together_are_significant() -> None:
    rings, found = judged(with_refund_ring(honest(2, buyers=3000)).links())
    circle = next(chance for ring, chance in zip(rings, found, strict=True) if not ring.partners)
    assert circle.q_value < 0.05
    assert "were refunded" in circle.sentence()


def test_shoppers_who_pay_nobody_together_are_significant_whatever_circle_they_were_found_by() -> None:
    rows = with_refund_ring(honest(2, buyers=3000))
    rows.orders = [
        {**row, "refunded": 0, "defaulted": row.get("refunded", 0)}
        if str(row["consumer"]).startswith("r")
        else row
        for row in rows.orders
    ]
    links = rows.links()
    crew = [code for code, name in enumerate(links.consumers["consumer_id"]) if name.startswith("r")]
    projection = project(links)
    nobody = np.full_like(projection.circles.circle_of, -1)
    unseen = replace(projection, circles=replace(projection.circles, circle_of=nobody))
    (found,) = ring_significance([Ring((), tuple(crew))], links, unseen)
    assert found.q_value < 0.05
    assert "ended unpaid or disputed" in found.sentence()


def test_strangers_have_no_significance() -> None:
    (strangers,) = chances(honest(1).links(), range(100, 104))
    assert (strangers.p_value, strangers.q_value) == (1.0, 1.0)


def test_the_sentence_carries_its_numbers_and_its_baseline() -> None:
    sentence = Chance(0.01, 0.02, 0.004, 5, 12, 30, 7.25).sentence()
    assert sentence == (
        "Of the orders of 12 shoppers that 5 of its partners share, 30 ended unpaid or disputed; 7.2 would "
        "as the partners' orders do. Chance alone brings 0.004 rings with as much to a run."
    )


@pytest.mark.parametrize("seed", [3, 4])
def test_neither_order_nor_names_change_the_significance(seed: int) -> None:
    rows, _ = planted(1)
    plain, other = judged(rows.links())[1], judged(rows.links(shuffle=seed, rename=seed))[1]
    assert np.allclose(sorted(one.q_value for one in plain), sorted(one.q_value for one in other))


def test_q_values_follow_from_p_values_by_benjamini_and_hochberg() -> None:
    _, found = judged(with_refund_ring(planted(2)[0]).links())
    expected = np.array([one.expected for one in found])
    assert np.allclose([one.p_value for one in found], np.minimum(expected / len(found), 1.0))
    assert min(one.q_value for one in found) <= expected.min() * (1 + 1e-9)


def test_a_world_without_rings_or_orders_has_nothing_to_judge() -> None:
    links = made_links(partners=[{"partner_id": name, "onboarded_at": 0} for name in "ab"])
    assert ring_significance([], links, project(links)) == ()
    assert ring_significance([Ring((0, 1))], links, project(links))[0].p_value == 1.0


@pytest.mark.slow
def test_worlds_without_rings_hardly_ever_have_a_significant_one(tmp_path: Path) -> None:
    hits, runs = 0, 20
    for seed in range(9180, 9180 + runs):
        write_world(tmp_path / str(seed), seed=seed, partners=600, orders=50_000, profile="honest")
        _, found = judged(aggregate(read_tables(tmp_path / str(seed))))
        assert found
        hits += min(one.q_value for one in found) <= 0.05
    assert hits <= 3  # at a rate of 5 % more than three of twenty come up in one case of sixty


def test_every_neighbourhood_of_a_set_is_found_once_however_deep_the_tree() -> None:
    # a chain merges one partner at a time: the tree is as deep as there are partners
    rng = np.random.default_rng(0)
    chain = np.c_[np.arange(299), np.arange(1, 300)]
    pairs = np.concatenate((chain, rng.integers(300, 400, (80, 2)))).astype(np.int32)
    parent, size, head = _merged(pairs[:, 0], pairs[:, 1], 400)
    places = _Neighbourhoods(parent, size, head, 400)
    for _ in range(20):
        members = sorted(rng.choice(400, 12, replace=False).tolist())
        found = {node: part for part, node in _parts(members, places)}
        assert list(found) == sorted(found)
        assert found == climbed(members, parent.tolist())


def climbed(members: list[int], parent: list[int]) -> dict[int, list[int]]:
    """Two members and more under a node, by the first node that has all of them, one step at a time."""
    inside: dict[int, list[int]] = {}
    for member in members:
        node = member
        while node >= 0:
            inside.setdefault(node, []).append(member)
            node = parent[node]
    first: dict[tuple[int, ...], int] = {}
    for node in sorted(inside):
        first.setdefault(tuple(inside[node]), node)
    return {node: list(part) for part, node in first.items() if len(part) >= 2}
