from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from graph.detectors import DETECTORS
from graph.projection import project
from graph.records import Ring
from graph.rings import ring_strength
from tests.graph.detector_worlds import KINDS, Planted
from tests.graph.look_alikes import flat_risk

DETECTOR = dict(DETECTORS)
NAMES = [f"{name}-{planted.__name__}" for name, planted, _ in KINDS]


HARDLY = 0.2
"""Probability below which a proposal of `all_ties` counts as none: it proposes whoever is tied by a hint, and
how likely the set is to be a ring the forest says."""


@cache
def found(name: str, make: Callable[[], Planted]) -> tuple[tuple[frozenset[str], str], ...]:
    """What that detector proposes in that world, where everybody is of the same risk, and why."""
    links = make().rows.links()
    partner, consumer = links.partners["partner_id"].to_numpy(), links.consumers["consumer_id"].to_numpy()
    projection = project(links)
    candidates = DETECTOR[name](links, projection, flat_risk(links, 1.0), seed=0)
    if name == "all_ties":
        sure = ring_strength([Ring(c.partners, c.consumers) for c in candidates], links, projection) >= HARDLY
        candidates = [c for c, one in zip(candidates, sure, strict=True) if one]
    return tuple(
        (frozenset(partner[list(c.partners)]) | frozenset(consumer[list(c.consumers)]), c.reason)
        for c in candidates
    )


@pytest.mark.parametrize(("name", "planted"), [(a, b) for a, b, _ in KINDS], ids=NAMES)
def test_each_detector_finds_a_group_of_its_kind(name: str, planted: Callable[[], Planted]) -> None:
    group = planted().group
    overlap = [len(part & group) / len(part | group) for part, _ in found(name, planted)]
    assert max(overlap, default=0.0) >= 0.6


@pytest.mark.parametrize(("name", "alike"), [(a, c) for a, _, c in KINDS], ids=NAMES)
def test_each_detector_is_silent_on_what_looks_like_it(name: str, alike: Callable[[], Planted]) -> None:
    group = alike().group
    assert not [part for part, _ in found(name, alike) if len(part & group) >= max(2, len(group) // 2)]


def test_every_detector_has_a_planted_group() -> None:
    assert {name for name, _, _ in KINDS} == set(DETECTOR)


@pytest.mark.parametrize(("name", "planted"), [(a, b) for a, b, _ in KINDS], ids=NAMES)
def test_reasons_hold_numbers_and_a_chance(name: str, planted: Callable[[], Planted]) -> None:
    for _, reason in found(name, planted):
        assert any(character.isdigit() for character in reason)
        assert "chance" in reason or "at random" in reason
