"""What holds a ring together, where it stands among its peers, and who is near: counted again, directly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import igraph
import numpy as np
import pytest

from graph.cuts import fewest_ties
from graph.records import Evidence, Source
from graph.schema import Kind
from graph.signals import collect
from graph.signals.beside_peers import fisher
from graph.signals.context import Context, build_context
from graph.signals.facts import RingFacts, slice_ring
from graph.signals.peers import LEAST_PEERS, Measure, order_peers, peer_standing
from graph.signals.structure import counterfactual, least_evidence
from graph.signals.wording import percent
from tests.graph.look_alikes import (
    Case,
    bust_out,
    circle,
    context_of,
    facilitator,
    franchise,
    household,
    mall,
    mules,
    names,
    phoenix,
    refunders,
    ring_of,
    shells,
)
from tests.graph.small_worlds import honest

TIED = pytest.mark.parametrize(
    "make", [circle, shells, refunders, mules, franchise], ids=lambda make: make.__name__
)


def evidence(case: Case, signal: str) -> Evidence | None:
    return next((item for item in collect(*case) if item.signal == signal), None)


def pieces(sources: tuple[Source, ...] | list[Source], anchors: list[str]) -> list[int]:
    """How many of the anchors each piece holds, by these links alone."""
    vertices = sorted({*anchors, *(name for source in sources for name in source.ids)})
    place = {name: number for number, name in enumerate(vertices)}
    network = igraph.Graph(len(vertices), [(place[s.ids[0]], place[s.ids[1]]) for s in sources])
    parts = network.connected_components()
    sizes = [sum(vertices[v] in anchors for v in part) for part in parts]
    return sorted((size for size in sizes if size), reverse=True)


def anchors_of(facts: RingFacts, context: Context) -> list[str]:
    kind = Kind.PARTNER if len(facts.partners) > 1 else Kind.CONSUMER
    return [name for _, name in context.ids(kind, np.array(facts.ring.codes(kind)))]


@TIED
def test_the_least_evidence_alone_connects_all_and_no_link_of_it_is_needless(
    make: Callable[[], Case],
) -> None:
    facts, context = make()
    item, anchors = least_evidence(facts, context), anchors_of(facts, context)
    assert item is not None
    assert item.value == len(item.source)
    assert pieces(item.source, anchors) == [len(anchors)]
    for number in range(len(item.source)):
        rest = [source for place, source in enumerate(item.source) if place != number]
        assert len(pieces(rest, anchors)) == 2


def member_links(facts: RingFacts, context: Context) -> list[Source]:
    """Every link among the ring's members, straight from the link frames."""
    found = []
    for name, source, target in (
        ("ordered_at", Kind.CONSUMER, Kind.PARTNER),
        ("used", Kind.CONSUMER, Kind.DEVICE),
        ("paid_from", Kind.CONSUMER, Kind.BANK_ACCOUNT),
        ("logged_in_from", Kind.PARTNER, Kind.DEVICE),
        ("paid_out_to", Kind.PARTNER, Kind.BANK_ACCOUNT),
    ):
        for left, right in getattr(context.links, name).iloc[:, :2].to_numpy().tolist():
            if left in facts.ring.codes(source) and right in facts.ring.codes(target):
                found.append(Source(name, (context.id(source, left), context.id(target, right))))
    return found


def test_without_the_named_links_no_piece_has_more_than_half_of_the_partners() -> None:
    facts, context = circle()
    item, anchors = counterfactual(facts, context), anchors_of(facts, context)
    assert item is not None
    every = member_links(facts, context)
    cut = {source.ids for source in item.source}
    assert item.baseline == len(every)
    assert item.value == len(cut)
    assert pieces(every, anchors)[0] > len(anchors) // 2
    assert pieces([one for one in every if one.ids not in cut], anchors)[0] <= len(anchors) // 2
    for needed in cut:
        kept = [one for one in every if one.ids not in cut - {needed}]
        assert pieces(kept, anchors)[0] > len(anchors) // 2


def test_a_ring_tied_from_outside_is_dissolved_at_what_it_shares() -> None:
    item = counterfactual(*shells())
    assert item is not None
    assert "in the ring or outside it" in item.sentence
    assert item.sentence.startswith("Without these 2 ties of 54")
    assert {source.table for source in item.source} == {"payouts", "partner_logins"}


@pytest.mark.parametrize("make", [mall, facilitator, household], ids=lambda make: make.__name__)
def test_malls_hubs_and_households_tie_nobody(make: Callable[[], Case]) -> None:
    assert least_evidence(*make()) is None
    assert counterfactual(*make()) is None


def test_an_account_of_two_beats_an_account_of_many() -> None:
    rows = honest(3)
    for shop in range(40, 52):
        rows.payouts.append({"partner": f"p{shop}", "bank_account": "many", "times": 3, "amount": 9.0})
    for shop in (40, 41):
        rows.payouts.append({"partner": f"p{shop}", "bank_account": "two", "times": 3, "amount": 9.0})
    item = least_evidence(*ring_of(context_of(rows), partners=names(range(40, 45))))
    assert item is not None
    assert "bank account “two” ties “p40” and “p41” (2 users in all)" in unnamed(item, rows.partners)


def test_what_only_passes_money_on_is_used_and_ties_nobody() -> None:
    rows = honest(3)
    for shop in (40, 41):
        rows.payouts.append({"partner": f"p{shop}", "bank_account": f"own{shop}", "times": 3, "amount": 9.0})
        rows.transfers.append(
            {"from_account": f"own{shop}", "to_account": "purse", "times": 3, "amount": 9.0}
        )
    # an outsider uses it too: still the two accounts are no users of it
    rows.payouts.append({"partner": "p30", "bank_account": "purse", "times": 3, "amount": 9.0})
    item = least_evidence(*ring_of(context_of(rows), partners=["p40", "p41"]))
    assert item is not None
    sentence = unnamed(item, rows.partners)
    assert "bank account “own40” is used by “p40” (1 user in all)" in sentence
    assert "bank account “purse” received transfers from “own40” and “own41” (2 payers in all)" in sentence


def test_one_more_tie_is_not_told_as_several() -> None:
    rows = honest(3)
    shops = range(40, 48)
    for shop in shops[:-1]:
        for one in (shop, shop + 1):
            payout = {"partner": f"p{one}", "bank_account": f"of{shop}", "times": 3, "amount": 9.0}
            rows.payouts.append(payout)
    item = least_evidence(*ring_of(context_of(rows), partners=names(shops)))
    assert item is not None
    assert "; and 1 more such tie. Each" in item.sentence


def unnamed(item: Evidence, partners: list[dict[str, object]]) -> str:
    """The sentence with partner ids in the place of their names."""
    text = item.sentence
    for row in partners:
        text = text.replace(f"“{row['name']}”", f"“{row['partner_id']}”")
    return text


def test_leaves_do_not_change_a_cut() -> None:
    bridge = [(0, 1), (0, 2), (1, 2), (3, 4), (3, 5), (4, 5), (2, 3)]
    cut = fewest_ties(9, [*bridge, (0, 6), (6, 7), (5, 8)], set(range(6)))
    assert cut.pairs == ((2, 3),)
    assert cut.ties == 10
    assert (cut.before, cut.after) == ((6,), (3, 3))


def judged(case: Case, frauds: tuple[str, ...]) -> Case:
    """The same ring where people have found these consumers fraudulent."""
    facts, context = case
    links = context.links
    fraud = links.consumers["consumer_id"].isin(frauds)
    consumers = links.consumers.assign(
        verdict=np.where(fraud, "fraud", ""), verdict_at=np.where(fraud, links.as_of_ms, -1)
    )
    known = build_context(replace(links, consumers=consumers), context.risk)
    return slice_ring(facts.ring, known), known


def test_known_fraud_one_step_away_is_counted_against_all_customers() -> None:
    facts, context = judged(ring_of(circle()[1], partners=names(range(60, 65))), ("s60-1", "s60-2", "s60-3"))
    item = evidence((facts, context), "known_fraud_near")
    assert item is not None
    assert item.value == 3
    orders = context.links.ordered_at
    verdict = context.links.consumers["verdict"].to_numpy()
    near = orders[orders.partner.isin(facts.ring.partners)]["consumer"].nunique()
    rate = (verdict[orders["consumer"]] == "fraud").mean()
    assert item.baseline == pytest.approx(near * rate)
    assert "3 neighbours one step away" in item.sentence


def test_known_fraud_elsewhere_or_of_a_member_is_not_near() -> None:
    assert evidence(judged(circle(), ("s60-1", "s60-2")), "known_fraud_near") is None
    assert evidence(judged(franchise(), ("c1",)), "known_fraud_near") is None


def unlike(column: str, value: float) -> Case:
    """Four partners of which every order differs from all others' in one column."""
    rows = honest(4)
    for row in rows.orders:
        if row["partner"] in names(range(3, 7)):
            row[column] = value
    return ring_of(context_of(rows), partners=names(range(3, 7)))


@pytest.mark.parametrize(
    ("column", "value", "signal"),
    [
        ("amount", 400.0, "unlike_peers_in_amounts"),
        ("amount", 0.5, "unlike_peers_in_amounts"),
        ("disputed", 1, "unlike_peers_in_endings"),
        ("refunded", 1, "unlike_peers_in_refunds"),
        ("day", 100.1, "unlike_peers_in_order_times"),
        ("day", 100.5, "unlike_peers_in_bursts"),
    ],
)
def test_what_differs_from_the_peers_is_told(column: str, value: float, signal: str) -> None:
    case = unlike(column, value)
    item = evidence(case, signal)
    assert item is not None
    assert "4 partners" in item.sentence and "116 others of its category and country" in item.sentence
    assert evidence(case, "like_their_peers") is None


def test_the_peers_baseline_is_their_median_counted_directly() -> None:
    facts, context = unlike("disputed", 1)
    item = evidence((facts, context), "unlike_peers_in_endings")
    orders = context.links.ordered_at
    by_partner = orders.groupby("partner")[["orders", "disputed", "defaulted"]].sum()
    share = (by_partner["disputed"] + by_partner["defaulted"]) / by_partner["orders"]
    share = share[by_partner["orders"] >= 10].drop(list(facts.ring.partners))
    assert item is not None
    assert item.baseline == pytest.approx(share.median())
    assert f"median of {len(share)} others" in item.sentence


def test_customers_that_are_new_or_share_devices_are_told_beside_the_peers() -> None:
    rows, ring = honest(4), names(range(3, 7))
    mine = sorted({str(row["consumer"]) for row in rows.orders if row["partner"] in ring})
    first = {}
    for row in rows.orders:
        if row["partner"] in ring:
            first[row["consumer"]] = min(float(str(row["day"])), first.get(row["consumer"], 1e9))
    rows.consumers += [{"consumer_id": f"c{n}", "created_at": first.get(f"c{n}", -300.0)} for n in range(900)]
    rows.used = [
        {**row, "device": f"farm{mine.index(str(row['consumer'])) // 9}"} if row["consumer"] in mine else row
        for row in rows.used
    ]
    found = {item.signal for item in collect(*ring_of(context_of(rows), partners=ring))}
    assert {"unlike_peers_in_new_customers", "unlike_peers_in_shared_devices"} <= found


def test_ordinary_partners_are_like_their_peers() -> None:
    item = evidence(ring_of(context_of(honest(4)), partners=names(range(50, 54))), "like_their_peers")
    assert item is not None
    assert item.against
    assert "In none of 6 measures" in item.sentence
    assert (item.value, item.baseline) == (0, pytest.approx(6 * 0.05))


def test_every_measure_is_told_beside_the_peers_whether_it_stands_out_or_not() -> None:
    facts, context = unlike("disputed", 1)
    item = evidence((facts, context), "beside_their_peers")
    stands_out = evidence((facts, context), "unlike_peers_in_endings")
    assert item is not None and stands_out is not None
    usual = f"{percent(stands_out.value)} against {percent(stands_out.baseline)}"
    assert f"orders disputed or defaulted {usual} (p = " in item.sentence
    for words in ("share a device", "at night", "busiest week", "mean order", "orders refunded"):
        assert words in item.sentence
    assert (item.value, item.baseline, item.strength) == (1, pytest.approx(6 * 0.05), 0)
    assert item.source[0].ids and not item.against
    ordinary = evidence(ring_of(context_of(honest(4)), partners=names(range(50, 54))), "beside_their_peers")
    assert ordinary is not None and ordinary.value == 0
    alone = ring_of(context_of(honest(4)), partners=names(range(50, 51)))
    assert evidence(alone, "beside_their_peers") is None


def test_where_the_category_is_small_all_partners_are_the_peers() -> None:
    rows = honest(4)
    for row in rows.partners[3:7]:
        row.update({"category": "7995", "country": "MT"})
    facts, context = ring_of(context_of(rows), partners=names(range(3, 7)))
    standing = peer_standing(context.peers["amounts"], facts.partners)
    assert standing.level.tolist() == [2, 2, 2, 2]
    assert (standing.peers == 116).all()
    assert (standing.peers >= LEAST_PEERS).all()


def test_ranks_leave_the_ring_out_of_its_own_peers() -> None:
    facts, context = unlike("amount", 400.0)
    standing = peer_standing(context.peers["amounts"], facts.partners)
    assert standing.above == pytest.approx(1 / 117)
    assert standing.below == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(12))
def test_the_median_of_the_peers_leaves_out_the_ring_among_equals_too(seed: int) -> None:
    rng = np.random.default_rng(seed)
    value = rng.integers(0, 6, 40 + seed) / 4.0  # many are equal
    value[rng.random(len(value)) < 0.1] = np.nan
    group = rng.integers(0, 2, len(value))
    measured = Measure(value, value, value, value)
    peers = order_peers(measured, (group, np.zeros_like(group), np.zeros_like(group)))
    ring = np.sort(rng.choice(len(value), 7, replace=False))
    partner = int(ring[0])
    for level, same in enumerate((group == group[partner], np.ones(len(value), dtype=np.bool_))):
        others = value[same & ~np.isin(np.arange(len(value)), ring) & ~np.isnan(value)]
        median = peers.median(partner, level, ring)
        assert median == np.median(others)
        assert peers.spread(partner, level, ring, median) == np.median(np.abs(others - np.median(others)))


def test_fishers_combination_is_the_known_one() -> None:
    assert fisher(np.array([0.3])) == pytest.approx(0.3)
    assert fisher(np.array([0.1, 0.1])) == pytest.approx(0.01 * (1 + np.log(100)))
    assert fisher(np.zeros(0)) == 1


def test_the_way_of_the_money_is_told_account_by_account() -> None:
    item = evidence(mules(), "money_path")
    assert item is not None
    assert (
        "→ “acc80” (12 payouts, 900 EUR) → “mule80” (9 transfers, 5,000 EUR) → “collector”" in item.sentence
    )
    assert [source.ids for source in item.source[1:3]] == [("acc80", "mule80"), ("mule80", "collector")]


def test_rarity_names_users_population_and_time() -> None:
    facts, context = shells()
    item = evidence((facts, context), "rare_identifiers")
    assert item is not None
    assert "used by 2 partners of 120, 2 of them here, from 2023-11-14 to 2023-11-14" in item.sentence
    assert (item.value, item.unit) == (len(facts.partners), "partners")
    assert item.baseline < item.value


def test_customers_in_common_of_good_payers_are_told_where_no_mall_explains_them() -> None:
    rows = honest(11)
    for visitor in range(12):
        for shop in (70, 71):
            rows.orders.append({"consumer": f"v{visitor}", "partner": f"p{shop}", "orders": 1, "day": 9.0})
    item = evidence(ring_of(context_of(rows), partners=("p70", "p71")), "customers_in_common")
    assert item is not None
    assert item.value >= 12
    assert evidence(mall(), "customers_in_common") is None


@pytest.mark.parametrize("make", [circle, bust_out, phoenix, mules], ids=lambda make: make.__name__)
def test_tables_named_are_those_of_the_links(make: Callable[[], Case]) -> None:
    for item in collect(*make()):
        assert len(item.source) == len({(s.table, s.ids) for s in item.source})
