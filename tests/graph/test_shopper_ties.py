"""Ties between shoppers: who is tied, how much, and what names and order have to say in it (nothing)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from graph.circle_meetings import ended_at, meeting_features
from graph.detectors.consumer_collusion import _of_affinity, _pruned
from graph.links import Links, unpaid_orders
from graph.ring_forest import _halfway
from graph.schema import DAY_MS, MISSING_MS
from graph.shopper_ties import (
    LEAST,
    MOST_TIES,
    ShopperTies,
    meet_shoppers,
    no_shopper_ties,
    shopper_columns,
    with_shopper_affinity,
)
from graph.ties import HUB_SHARERS
from tests.graph.small_worlds import honest, with_refund_ring


def market() -> Links:
    """A market with a ring; when their accounts were opened is known of two in three."""
    links = with_refund_ring(honest(1)).links()
    number = np.arange(len(links.consumers))
    opened = np.where(number % 3 == 0, MISSING_MS, links.as_of_ms - (number % 50) * DAY_MS)
    return replace(links, consumers=links.consumers.assign(created_at=opened))


def ring_of(links: Links) -> np.ndarray:
    return links.consumers.consumer_id.str.fullmatch(r"r\d+").to_numpy()


def test_those_who_send_back_together_are_tied_closest_on_average() -> None:
    links = market()
    ties = with_shopper_affinity(meet_shoppers(links), links)
    ring = ring_of(links)
    together = ring[ties.left] & ring[ties.right]
    assert together.sum() == 8 * 7 / 2
    to_ring = np.zeros(len(ring))
    for one, other in ((ties.left, ties.right), (ties.right, ties.left)):
        np.add.at(to_ring, one, ties.affinity * ring[other])
    assert np.median(ties.affinity[together]) > ties.affinity[~together].max()
    # to seven others, and to all eight
    assert to_ring[ring].min() / 7 > 3 * to_ring[~ring].max() / 8
    assert ties.membership[ring].min() > 3 * ties.membership[~ring].max()


def test_who_is_tied_to_nobody_is_of_no_circle() -> None:
    links = market()
    ties = with_shopper_affinity(meet_shoppers(links), links)
    tied = np.zeros(len(links.consumers), dtype=np.bool_)
    rows = ties.affinity >= LEAST
    tied[ties.left[rows]] = tied[ties.right[rows]] = True
    assert ties.membership.shape == tied.shape
    assert 0 < tied.sum() < len(tied)
    assert not ties.membership[~tied].any()
    columns = shopper_columns(ties, links)
    assert columns.index.tolist() == np.flatnonzero(tied).tolist()
    assert not columns.isna().any().any()
    assert set(np.sign(columns["age"])) == {-1.0, 1.0}  # unknown of some


def test_circles_lose_their_weakest_and_their_least_probable_members() -> None:
    # eight tied alike to one another: only their membership tells them apart
    size = 8
    ties = sp.csr_array(np.full((size, size), 0.5) - 0.5 * np.eye(size))
    degree, place = ties.sum(axis=1), np.full(size, -1, dtype=np.int32)
    membership = np.linspace(0.8, 0.1, size).astype(np.float32)
    assert _pruned(tuple(range(size)), ties, degree, np.full(size, 0.5, np.float32), place) == set()
    found = _pruned(tuple(range(size)), ties, degree, membership, place)
    assert found == {tuple(range(left)) for left in (7, 6, 5, 4, 3)}
    assert (place == -1).all()

    # and ties where memberships are alike: the last is tied to nobody but the first
    ties = sp.csr_array(np.array(ties.todense()) * (np.arange(size) < 7) * (np.arange(size) < 7)[:, None])
    alike = np.full(size, 0.5, np.float32)
    assert tuple(range(7)) in _pruned(tuple(range(size)), ties, ties.sum(axis=1), alike, place)


def test_memberships_propose_circles_that_ties_alone_do_not() -> None:
    links = market()
    ties = with_shopper_affinity(meet_shoppers(links), links)
    flat = replace(ties, membership=np.full(ties.partners, 0.5, dtype=np.float32))
    by_ties = _of_affinity(flat, seed=0)
    assert by_ties < _of_affinity(ties, seed=0)


@pytest.mark.parametrize(
    ("sets", "middle"),
    [
        ([[0.2, 0.9]], [0.2]),
        ([[0.9, 0.1, 0.3]], [0.3]),
        ([[0.4, 0.1, 0.8, 0.2], [0.7, 0.6, 0.5]], [0.2, 0.6]),
    ],
)
def test_half_of_a_set_has_at_least_its_median(sets: list[list[float]], middle: list[float]) -> None:
    start = np.r_[0, np.cumsum([len(one) for one in sets])]
    assert _halfway(start, np.concatenate([np.array(one) for one in sets])).tolist() == middle


def test_every_pair_is_named_once_and_low_first() -> None:
    ties = meet_shoppers(market())
    assert (ties.left < ties.right).all()
    assert len(set(zip(ties.left.tolist(), ties.right.tolist(), strict=True))) == len(ties.left)


def nobody(links: Links) -> np.ndarray:
    """No partner is of a ring."""
    return np.zeros(len(links.partners), dtype=np.float32)


def ending(links: Links, **ends: object) -> Links:
    """The links with orders that end so, and in no other way."""
    nothing = dict.fromkeys(("refunded", "disputed", "defaulted"), 0)
    ordered = links.ordered_at.assign(**(nothing | ends))
    return replace(links, ordered_at=ordered.astype(links.ordered_at.dtypes.to_dict()))


def test_nobody_is_tied_where_all_is_paid_and_kept() -> None:
    assert not len(meet_shoppers(ending(market())).left)


@pytest.mark.parametrize("how", ["disputed", "defaulted"])
def test_those_who_never_pay_meet_as_those_who_send_back_do(how: str) -> None:
    links = market()
    back = ending(links, refunded=links.ordered_at.refunded)
    owed = ending(links, **{how: links.ordered_at.refunded})
    one, other = meet_shoppers(back), meet_shoppers(owed)
    assert len(one.left)
    assert np.array_equal(one.left, other.left) and np.array_equal(one.right, other.right)
    for refunds, debts in (("refunded_both", "owed_both"), ("refund_rare", "owed_rare")):
        assert np.array_equal(one.pairs[refunds], other.pairs[debts])
        assert one.pairs[refunds].any() and not other.pairs[refunds].any()
    assert np.array_equal(one.evidence.eager, other.evidence.owing)


def test_who_shares_a_device_meets_there_if_either_gains_anywhere() -> None:
    links = market()
    ordered, first = links.ordered_at, links.ordered_at.consumer.iat[0]
    visits = np.flatnonzero(ordered.consumer == first)
    # the other shops at one of the first's places, where neither owes, and has its device
    owes = np.zeros(len(ordered), dtype=np.int32)
    owes[visits[-1]] = 1
    place = ordered.partner.iat[visits[0]]
    other = int(ordered.consumer[(ordered.partner == place) & (ordered.consumer != first)].iat[0])
    used = links.used.iloc[:2].assign(consumer=np.int32([first, other]), device=np.int32(0))
    found = {
        shared: meet_shoppers(replace(ending(links, defaulted=owes), used=used if shared else used[:1]))
        for shared in (True, False)
    }
    pair = (min(first, other), max(first, other))
    met = {
        shared: pair in set(zip(ties.left.tolist(), ties.right.tolist(), strict=True))
        for shared, ties in found.items()
    }
    assert met == {True: True, False: False}


def test_who_has_little_in_common_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    links = market()
    few = meet_shoppers(links)
    monkeypatch.setattr("graph.shopper_ties.LEAST_WORTH", 0.0)
    every = meet_shoppers(links)
    assert len(few.left) < len(every.left)
    together = ring_of(links)[few.left] & ring_of(links)[few.right]
    assert together.sum() == 8 * 7 / 2


def test_ties_do_not_grow_with_the_square_of_the_shoppers() -> None:
    links = market()
    ties = meet_shoppers(links)
    assert len(ties.left) <= MOST_TIES * len(links.consumers)


def test_tied_are_those_who_meet_twice_and_share_a_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.shopper_ties.LEAST_WORTH", 0.0)
    links = market()
    assert not len(links.paid_from)
    ordered, size = links.ordered_at, len(links.consumers)
    met, gain, shared = np.zeros((3, size, max(len(links.partners), len(links.devices))), dtype=np.int64)
    met[ordered["consumer"], ordered["partner"]] = 1
    gain[ordered["consumer"], ordered["partner"]] = (ordered["refunded"] > 0) | (unpaid_orders(ordered) > 0)
    shared[links.used["consumer"], links.used["device"]] = 1
    assert shared.sum(axis=0).max() <= HUB_SHARERS
    common = met @ met.T + shared @ shared.T
    anywhere = gain.any(axis=1)
    gaining = gain @ met.T + met @ gain.T + shared @ shared.T * (anywhere[:, None] | anywhere)
    due = np.triu((common >= 2) & (gaining > 0), k=1)
    ties = meet_shoppers(links)
    found = np.zeros_like(due)
    found[ties.left, ties.right] = True
    assert found.any() and not (found & ~due).any()
    many = (due | due.T).sum(axis=0) > MOST_TIES
    assert not (due & ~found & ~(many[:, None] & many)).any()
    assert (due & ~many).any()


def test_no_orders_make_no_ties() -> None:
    links = market()
    nothing = replace(
        links,
        ordered_at=links.ordered_at.iloc[:0],
        used=links.used.iloc[:0],
        paid_from=links.paid_from.iloc[:0],
    )
    assert not len(with_shopper_affinity(meet_shoppers(nothing), nothing).left)
    assert not len(no_shopper_ties().rarity_of(0, np.zeros(0, dtype=np.int64)))


def renumbered(links: Links, code: np.ndarray) -> Links:
    """The same links with consumer c as number `code[c]`."""

    def moved(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.assign(consumer=code[frame["consumer"].to_numpy()].astype(np.int32))
        return frame.sort_values(list(frame.columns[:2]), ignore_index=True)

    consumers = links.consumers.iloc[np.argsort(code)].reset_index(drop=True)
    frames = {name: moved(getattr(links, name)) for name in ("ordered_at", "used", "paid_from")}
    return replace(links, consumers=consumers, **frames)


def named(ties: ShopperTies, code: np.ndarray) -> tuple[dict[tuple[int, int], float], list[float]]:
    left, right = code[ties.left], code[ties.right]
    low, high = np.minimum(left, right), np.maximum(left, right)
    pairs = zip(low.tolist(), high.tolist(), strict=True)
    return dict(zip(pairs, ties.affinity.tolist(), strict=True)), ties.membership[np.argsort(code)].tolist()


def test_affinity_ignores_how_consumers_are_numbered() -> None:
    links = market()
    code = np.random.default_rng(0).permutation(len(links.consumers))
    other = renumbered(links, code)
    plain = named(with_shopper_affinity(meet_shoppers(links), links), np.arange(len(code)))
    moved = named(with_shopper_affinity(meet_shoppers(other), other), np.argsort(code))
    assert plain == moved


def test_a_sets_orders_are_counted_once_and_held_against_others() -> None:
    links = market()
    members = np.flatnonzero(ring_of(links)).astype(np.int32)
    sums = ended_at(np.array([0, len(members)]), members, links)
    assert sums["orders"].item() == 8 * 10 * 3
    assert sums["refunded"].item() == 8 * 10 * 2 > 5 * sums["due_refunded"].item()


def test_every_shop_of_a_tight_circle_is_a_target() -> None:
    links = market()
    members = np.flatnonzero(ring_of(links)).astype(np.int32)
    found = meeting_features(np.array([0, len(members)]), members, links, nobody(links))
    assert found["target_share"].item() > 0.9
    assert found["target_refunded_share"].item() > 0.6


def test_what_is_sent_back_at_the_shops_of_a_ring_is_told_apart() -> None:
    links = market()
    members = np.flatnonzero(ring_of(links)).astype(np.int32)
    start = np.array([0, len(members)])
    orders = links.ordered_at[links.ordered_at.consumer.isin(members)]
    shops = orders.groupby("partner")[["orders", "refunded"]].sum()
    one = int(shops["refunded"].idxmax())
    crooked = nobody(links)
    crooked[one] = 0.5
    found = meeting_features(start, members, links, crooked)
    for name in ("orders", "refunded"):
        share = shops[name][one] / shops[name].sum()
        assert found[f"{name}_at_members"].item() == pytest.approx(0.5 * share)
    assert found["bad_at_members"].item() == 0.0
    assert meeting_features(start, members, links, nobody(links))["refunded_at_members"].item() == 0.0
