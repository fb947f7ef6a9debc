from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnn.evaluation import ring_quality
from graph.attach import attach, with_their_custom
from graph.links import Links
from graph.prior import prior_risk
from graph.projection import Projection, project
from graph.records import Ring, Risk
from graph.rings import _completed, _joins, _merged, find_rings, ring_strength
from graph.shopper_ties import no_shopper_ties
from tests.graph.made_links import made_links
from tests.graph.small_worlds import honest, planted, renamed, with_refund_ring


def found(links: Links) -> tuple[tuple[Ring, ...], Projection, Risk]:
    projection = project(links)
    risk = prior_risk(links, projection).risk
    return find_rings(links, projection, risk, seed=0), projection, risk


def names(links: Links, rings: tuple[Ring, ...]) -> list[set[str]]:
    partner, consumer = links.partners["partner_id"].to_numpy(), links.consumers["consumer_id"].to_numpy()
    return [set(partner[list(r.partners)]) or set(consumer[list(r.consumers)]) for r in rings]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_circle_and_the_refund_ring_are_found_and_come_first(seed: int) -> None:
    rows, truth = planted(seed)
    links = with_refund_ring(rows).links()
    both = (truth[1], {f"r{i}" for i in range(8)})
    assert ring_quality(names(links, found(links)[0]), both).precision_at_k == 1.0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_honest_partner_stands_in_the_best_rings(seed: int) -> None:
    rows, truth = planted(seed)
    links = rows.links()
    rings, projection, _ = found(links)
    likely = ring_strength(rings, links, projection) >= 0.5
    assert likely.any()
    for ring, counts in zip(names(links, rings), likely, strict=True):
        assert not counts or ring <= truth[0] | truth[1]


def test_components_over_identifiers_miss_the_circle() -> None:
    rows, (_, circle) = planted(1)
    links = rows.links()
    ties = project(links).ties("login_device")
    tied = set(links.partners["partner_id"].to_numpy()[np.r_[ties.left, ties.right]])
    assert tied
    assert not tied & circle


@settings(max_examples=5)
@given(st.integers(0, 10_000))
def test_neither_order_nor_names_change_the_rings(seed: int) -> None:
    rows, _ = planted(1)
    plain, other = rows.links(), rows.links(shuffle=seed, rename=seed)
    expected = {frozenset(renamed(member, seed) for member in ring) for ring in names(plain, found(plain)[0])}
    assert {frozenset(ring) for ring in names(other, found(other)[0])} == expected


def test_rings_are_ranked_by_strength() -> None:
    links = planted(2)[0].links()
    rings, projection, _ = found(links)
    strength = ring_strength(rings, links, projection)
    assert (np.diff(strength) <= 0).all()
    assert ((strength >= 0) & (strength <= 1)).all()


def test_the_shills_of_a_circle_and_their_devices_are_attached() -> None:
    rows, (_, circle) = planted(1)
    links = rows.links()
    rings, _, _ = found(links)
    ring = rings[int(np.argmax([len(r & circle) / len(r | circle) for r in names(links, rings)]))]
    consumers = set(links.consumers["consumer_id"].to_numpy()[list(ring.consumers)])
    devices = set(links.devices["device_id"].to_numpy()[list(ring.devices)])
    assert consumers == {f"s60-{i}" for i in range(14)}
    assert {f"farm60-{i}" for i in range(4)} <= devices


def custom(*, at_the_shops: int, elsewhere: int) -> Links:
    """Two customers, who have so many bad orders at the shops `a` and `b`, and at another one."""
    places = {"a": at_the_shops, "b": 0, "z": elsewhere}
    return made_links(
        partners=[{"partner_id": shop, "onboarded_at": 0} for shop in places],
        orders=[
            {"consumer": who, "partner": shop, "orders": 9, "defaulted": bad, "day": 1}
            for who in ("c1", "c2")
            for shop, bad in places.items()
        ],
    )


def test_a_circle_whose_losses_are_at_one_stronger_ring_joins_it() -> None:
    shops, circle = Ring((0, 1), found_by=("b",)), Ring((), (0, 1), found_by=("a",), reasons=("They owe.",))
    whole = Ring((0, 1), (0, 1), found_by=("a", "b"), reasons=("They owe.",))
    at_home, elsewhere = custom(at_the_shops=3, elsewhere=2), custom(at_the_shops=2, elsewhere=2)
    assert with_their_custom([shops, circle], np.array([0.9, 0.8]), at_home) == [whole]
    assert with_their_custom([shops, circle], np.array([0.9, 0.8]), elsewhere) == [shops, circle]
    # who robs shops is worse than they are, and where nobody is a ring nothing is anybody's doing
    assert with_their_custom([circle, shops], np.array([0.9, 0.8]), at_home) == [circle, shops]
    assert with_their_custom([shops, circle], np.array([0.4, 0.3]), at_home) == [shops, circle]


def test_what_a_joined_circle_uses_counts_once() -> None:
    used = [{"consumer": "c1", "device": "till", "times": 2}, {"consumer": "x", "device": "till", "times": 5}]
    orders = [{"consumer": "c1", "partner": "a", "orders": 9, "day": 1}]
    links = made_links(partners=[{"partner_id": "a", "onboarded_at": 0}], orders=orders, used=used)
    (alone,), (joined,) = attach([Ring((0,))], links), attach([Ring((0,), (0,))], links)
    assert alone == joined == Ring((0,), (0,))


def test_of_two_rings_that_share_a_shop_the_stronger_one_takes_the_circle() -> None:
    links = custom(at_the_shops=3, elsewhere=0)
    rings = [Ring((0, 1)), Ring((0, 2)), Ring((), (0, 1))]
    found = with_their_custom(rings, np.array([0.9, 0.8, 0.7]), links)
    assert found == [Ring((0, 1), (0, 1)), Ring((0, 2))]


def test_members_are_sorted_and_partner_sets_are_unique() -> None:
    rings, _, _ = found(planted(2)[0].links())
    for ring in rings:
        for codes in (ring.partners, ring.consumers, ring.devices, ring.bank_accounts, ring.found_by):
            assert list(codes) == sorted(set(codes))
    held = [ring.partners for ring in rings if ring.partners]
    assert len(held) == len(set(held))


def test_an_honest_market_shows_no_strong_ring() -> None:
    links = honest(5).links()
    rings, projection, _ = found(links)
    assert max(ring_strength(rings, links, projection), default=0.0) < 0.5


def test_a_world_without_links_has_no_rings() -> None:
    links = made_links(partners=[{"partner_id": "a", "onboarded_at": 0}])
    assert found(links)[0] == ()


def test_who_is_tied_to_all_of_a_ring_joins_it_and_no_other() -> None:
    links = planted(1)[0].links()
    projection = project(links)
    ids = links.partners["partner_id"].to_numpy()
    circle = np.flatnonzero(np.isin(ids, [f"p{n}" for n in range(60, 65)]))
    inside = np.isin(projection.left, circle) & np.isin(projection.right, circle)
    tied = replace(projection, affinity=np.where(inside, 0.9, 0.1).astype(np.float32))
    part, rest = Ring(tuple(circle[:3].tolist())), Ring(tuple(circle[3:].tolist()))
    assert _completed([part], tied) == [Ring(tuple(circle.tolist()))]
    assert _completed([part, rest], tied) == [part, rest]  # members of another ring stay there
    assert _completed([part], replace(tied, affinity=np.zeros_like(tied.affinity))) == [part]


def test_consumers_of_no_circle_join_the_one_they_are_tied_to() -> None:
    links = with_refund_ring(honest(1)).links()
    projection = project(links)
    shoppers = projection.shoppers
    circle = np.flatnonzero(links.consumers.consumer_id.str.fullmatch(r"r\d+"))
    inside = np.isin(shoppers.left, circle) & np.isin(shoppers.right, circle)

    def completed(affinity: float) -> list[Ring]:
        tied = np.where(inside, affinity, 0.1).astype(np.float32)
        part = Ring((), tuple(circle[:5].tolist()))
        return _completed([part], replace(projection, shoppers=replace(shoppers, affinity=tied)))

    assert inside.sum() == 8 * 7 / 2
    assert completed(0.5) == [Ring((), tuple(circle.tolist()))]
    assert completed(0.2) == [Ring((), tuple(circle[:5].tolist()))]


def test_a_set_that_is_tied_to_a_stronger_one_joins_it() -> None:
    def joins(sets: list[tuple[int, ...]], tied: float, *, most: int = 60) -> list[tuple[int, int]]:
        """Of twelve, of whom the first eight are tied so, and nobody else."""
        one, other = np.triu_indices(12, k=1)
        affinity = np.where(other < 8, tied, 0.1).astype(np.float32)
        ties = replace(no_shopper_ties(), left=one.astype(np.int32), right=other.astype(np.int32))
        ties = replace(ties, affinity=affinity, evidence=pd.DataFrame(index=range(12)))
        return _joins(sets, ties, 0.7, most)

    whole, rest, others = (0, 1, 2, 3, 4), (5, 6, 7), (8, 9, 10, 11)
    assert joins([whole, others, rest], 0.8) == [(0, 2)]
    assert joins([rest, whole], 0.8) == [(0, 1)]  # the stronger one stays, not the larger
    assert joins([whole, others, rest], 0.6) == []
    assert joins([whole, rest], 0.8, most=7) == []
    # three parts of one: both weaker ones join the strongest, none another that joins
    assert joins([(0, 1), (2, 3, 4), (5, 6, 7)], 0.8) == [(0, 1), (0, 2)]
    # one member that is tied does not bring the others
    assert joins([whole, (7, 8, 9)], 1.0) == []
    assert joins([], 0.8) == []


def test_who_joins_brings_what_was_seen_of_it() -> None:
    links = planted(1)[0].links()
    projection = project(links)
    ids = links.partners["partner_id"].to_numpy()
    circle = np.flatnonzero(np.isin(ids, [f"p{n}" for n in range(60, 65)])).tolist()
    inside = np.isin(projection.left, circle) & np.isin(projection.right, circle)
    tied = replace(projection, affinity=np.where(inside, 0.9, 0.1).astype(np.float32))
    strong = Ring(tuple(circle[:3]), found_by=("all_ties",), reasons=("one",))
    weak = Ring(tuple(circle[3:]), found_by=("all_ties", "co_custom"), reasons=("one", "two"))
    alone = Ring((), (0, 1, 2), found_by=("consumer_collusion",))
    whole = Ring(tuple(circle), found_by=("all_ties", "co_custom"), reasons=("one", "two"))
    assert _merged([strong, alone, weak], tied) == [whole, alone]
    assert _merged([strong, alone, weak], replace(tied, affinity=tied.affinity * 0.5)) == [
        strong,
        alone,
        weak,
    ]
