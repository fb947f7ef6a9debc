from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import graph.rings
from benchmarks.ablation import NOTHING, costs, without_channel, without_detector
from graph.detectors import DETECTORS
from graph.projection import Projection, project
from tests.graph.small_worlds import planted


@pytest.fixture(scope="module")
def projection() -> Projection:
    return project(planted(1)[0].links())


def test_exactly_one_channel_is_taken_out(projection: Projection) -> None:
    tied = {channel: len(projection.ties(channel)) for channel in projection.channels}
    assert max(tied.values()) > 0
    for channel in projection.channels:
        left = without_channel(projection, channel)
        assert {name: len(left.ties(name)) for name in left.channels} == {**tied, channel: 0}
        assert not left.surprise[:, left.column(channel)].any()


def test_other_channels_keep_their_ties_to_the_bit(projection: Projection) -> None:
    busiest = max(projection.channels, key=lambda channel: len(projection.ties(channel)))
    left = without_channel(projection, busiest)
    for channel in set(projection.channels) - {busiest}:
        for name in ("left", "right", "weight", "surprise"):
            assert np.array_equal(
                getattr(left.ties(channel), name), getattr(projection.ties(channel), name)
            ), channel


def test_pairs_that_nothing_else_ties_are_dropped(projection: Projection) -> None:
    for channel in projection.channels:
        left = without_channel(projection, channel)
        assert (left.weight.any(axis=1) | left.surprise.any(axis=1)).all()


def test_one_detector_is_left_out_and_comes_back() -> None:
    name = DETECTORS[0][0]
    with without_detector(name):
        assert [one for one, _ in graph.rings.DETECTORS] == [one for one, _ in DETECTORS if one != name]
    assert graph.rings.DETECTORS is DETECTORS


def test_a_cost_is_what_is_lost_world_by_world() -> None:
    rows = pd.DataFrame(
        [
            ("1", NOTHING, 0.9),
            ("2", NOTHING, 0.5),
            ("1", "money", 0.8),
            ("2", "money", 0.4),
        ],
        columns=["world", "out", "recall"],
    ).assign(labels="labels", part="channel")
    rows["precision@K"] = rows["AP unlabelled"] = rows.recall
    cost = costs(rows).loc[("labels", "channel", "money"), "recall"]
    assert cost.tolist() == pytest.approx([0.1, 0.1, 0.1])
