"""Communities of many ties: the same as of few, at the cost of what still changes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

import graph.communities
from graph.communities import communities

Graph = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]
RESOLUTION = 0.3


def _blobs(sizes: NDArray[np.int64], rng: np.random.Generator) -> Graph:
    """Sets in which most are tied, in pairs that one strong tie and some weak ones join."""
    first = np.cumsum(sizes) - sizes
    ties: list[tuple[int, int, float]] = []
    for number, (begin, size) in enumerate(zip(first.tolist(), sizes.tolist(), strict=True)):
        for one in range(begin, begin + size):
            ties += [
                (one, other, rng.uniform(0.3, 1.0))
                for other in range(one + 1, begin + size)
                if rng.random() < 0.8 or other == one + 1
            ]
        if number % 2:
            before = first[number - 1]
            ties.append((int(before), begin, 0.6))
            ties += [(int(before) + 1, begin + at, 0.35) for at in range(1, min(3, size))]
    left, right, weight = (np.array(column) for column in zip(*ties, strict=True))
    return left.astype(np.int32), right.astype(np.int32), weight


def _quality(found: tuple[tuple[int, ...], ...], ties: Graph) -> float:
    """What the constant Potts model gives for these sets, all others alone."""
    of = {member: number for number, one in enumerate(found) for member in one}
    left, right, weight = ties
    inside = sum(
        w
        for a, b, w in zip(left.tolist(), right.tolist(), weight.tolist(), strict=True)
        if of.get(a, -1) == of.get(b, -2)
    )
    return float(inside - RESOLUTION * sum(len(one) * (len(one) - 1) / 2 for one in found))


@pytest.fixture
def ties() -> Graph:
    rng = np.random.default_rng(5)
    return _blobs(rng.integers(3, 14, 120), rng)


def _found(ties: Graph, seed: int = 0) -> tuple[tuple[int, ...], ...]:
    return communities(*ties, resolution=RESOLUTION, seed=seed, partners=int(ties[1].max()) + 1)


def test_of_many_ties_as_good_sets_are_found_as_of_few(ties: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    few = _found(ties)
    monkeypatch.setattr(graph.communities, "MANY_TIES", 10)
    many = _found(ties)
    assert many == _found(ties)
    assert _quality(many, ties) == pytest.approx(_quality(few, ties), rel=1e-3)
    assert len(set(many) & set(few)) > 0.9 * len(few) > 100


@pytest.mark.parametrize("most", [10, graph.communities.MANY_TIES])
def test_other_ids_give_the_same_sets(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph.communities, "MANY_TIES", most)
    for seed in range(5):
        rng = np.random.default_rng(seed)
        pair = np.unique(rng.choice(300 * 300, 900, replace=False))
        left, right = pair // 300, pair % 300
        left, right, weight = left[left < right], right[left < right], rng.uniform(0.05, 1, len(pair))
        weight = weight[: len(left)].round(4)
        place = rng.permutation(300)
        low, high = np.minimum(place[left], place[right]), np.maximum(place[left], place[right])
        order = np.lexsort((high, low))
        found, others = (
            communities(a.astype(np.int32), b.astype(np.int32), w, resolution=0.2, seed=0, partners=300)
            for a, b, w in ((left, right, weight), (low[order], high[order], weight[order]))
        )
        renamed = {tuple(sorted(place[list(one)].tolist())) for one in found}
        assert renamed == set(others) and len(others) > 50


def test_only_components_that_change_are_gone_over_again(
    ties: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph.communities, "MANY_TIES", 10)
    asked: list[int] = []
    gone_over: Callable[..., NDArray[np.int64]] = graph.communities._gone_over

    def counted(nodes: int, *given: object, **options: object) -> NDArray[np.int64]:
        asked.append(nodes)
        return gone_over(nodes, *given, **options)

    monkeypatch.setattr(graph.communities, "_gone_over", counted)
    _found(ties)
    assert asked[0] == asked[1] > 4 * max(asked[2:], default=0)
    assert len(asked) <= graph.communities.PASSES
