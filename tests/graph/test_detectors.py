from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from graph.candidates import Candidate
from graph.detectors import DETECTORS, Detector
from graph.links import Links
from graph.prior import prior_risk
from graph.projection import Projection, project
from graph.records import Risk
from graph.rings import MOST_PARTNERS
from tests.graph.made_links import made_links
from tests.graph.small_worlds import Rows, planted, renamed, with_refund_ring

EVERY = pytest.mark.parametrize(
    "detector", [one for _, one in DETECTORS], ids=[name for name, _ in DETECTORS]
)


def proposed(detector: Detector, links: Links, *, seed: int = 0) -> tuple[Candidate, ...]:
    projection = project(links)
    return detector(links, projection, prior_risk(links, projection).risk, seed=seed)


@cache
def seen(*, shuffle: int | None = None, rename: int | None = None) -> tuple[Links, Projection, Risk]:
    """The crowd in that order and under those names, with its projection and risk: made once for all."""
    links = crowd().links(shuffle=shuffle, rename=rename)
    projection = project(links)
    return links, projection, prior_risk(links, projection).risk


def named(candidates: tuple[Candidate, ...], links: Links) -> set[tuple[frozenset[str], frozenset[str]]]:
    partner, consumer = links.partners["partner_id"].to_numpy(), links.consumers["consumer_id"].to_numpy()
    return {
        (frozenset(partner[list(c.partners)]), frozenset(consumer[list(c.consumers)])) for c in candidates
    }


def crowd() -> Rows:
    return with_refund_ring(planted(1)[0])


@EVERY
def test_order_of_rows_does_not_matter(detector: Detector) -> None:
    plain, shuffled = detector(*seen(), seed=0), detector(*seen(shuffle=3), seed=0)
    assert plain == shuffled
    assert [one.reason for one in plain] == [one.reason for one in shuffled]


@EVERY
def test_other_names_give_the_same_sets(detector: Detector) -> None:
    plain, other = seen(), seen(rename=11)
    expected = {
        tuple(frozenset(renamed(member, 11) for member in part) for part in parts)
        for parts in named(detector(*plain, seed=0), plain[0])
    }
    assert named(detector(*other, seed=0), other[0]) == expected


@EVERY
def test_a_seed_gives_the_same_sets_again(detector: Detector) -> None:
    assert detector(*seen(), seed=4) == detector(*seen(), seed=4)


@EVERY
def test_candidates_are_sorted_small_sets_with_a_reason(detector: Detector) -> None:
    for candidate in detector(*seen(), seed=0):
        members = candidate.partners or candidate.consumers
        assert 2 <= len(members) <= MOST_PARTNERS
        assert candidate.reason[0].isupper() or candidate.reason[0].isdigit()
        assert candidate.reason.endswith(".")
        assert list(members) == sorted(set(members))
        assert not (candidate.partners and candidate.consumers)


@EVERY
@pytest.mark.parametrize("shape", ["empty", "clique", "star", "disconnected"])
def test_degenerate_graphs_are_answered(detector: Detector, shape: str) -> None:
    shops = [f"p{i}" for i in range(6)]
    pairs = {
        "empty": [],
        "clique": [(shop, "one") for shop in shops],
        "star": [(shop, f"{i}") for i, shop in enumerate(shops)] + [("p0", f"{i}") for i in range(1, 6)],
        "disconnected": [(shop, f"{i // 2}") for i, shop in enumerate(shops)],
    }[shape]
    links = made_links(
        partners=[{"partner_id": shop, "onboarded_at": 0} for shop in shops],
        payouts=[{"partner": shop, "bank_account": account} for shop, account in pairs],
    )
    for candidate in proposed(detector, links):
        assert set(candidate.partners) <= set(range(6))


def test_each_detector_has_its_own_name() -> None:
    names = [name for name, _ in DETECTORS]
    assert names == sorted(set(names))


def test_refund_ring_is_proposed_without_its_victims() -> None:
    rows = crowd()
    links = rows.links()
    detector = dict(DETECTORS)["consumer_collusion"]
    assert (frozenset(), frozenset(f"r{i}" for i in range(8))) in named(proposed(detector, links), links)


def test_circle_is_proposed_from_its_customers() -> None:
    rows, (_, circle) = planted(1)
    links = rows.links()
    detector = dict(DETECTORS)["customer_groups"]
    overlap = [len(part & circle) / len(part | circle) for part, _ in named(proposed(detector, links), links)]
    assert max(overlap, default=0.0) >= 0.8


def test_risk_decides_who_is_proposed() -> None:
    links = crowd().links()
    projection = project(links)
    risk = prior_risk(links, projection).risk
    quiet = type(risk)(
        *(np.zeros_like(part) for part in (risk.partner, risk.consumer, risk.device, risk.bank_account))
    )
    detector = dict(DETECTORS)["shared_identifiers"]
    assert detector(links, projection, quiet, seed=0) == ()
