from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.judging import (
    Found,
    Judgement,
    Truth,
    are_true,
    brier,
    interval,
    judge,
    read_truth,
    reliability,
    resembled,
    share_interval,
    thirds,
)
from tests.graph.made_links import made_links

PARTNERS = sorted(f"p{n}" for n in range(12))
PLANTED = [{"p0", "p1", "p2", "p3"}, {"p4", "p5", "p6", "p7"}]


def truth(look_alikes: dict[str, set[str]] | None = None) -> Truth:
    rings = pd.DataFrame(
        {"ring_id": ["a", "b"], "typology": "t", "carefulness": [0.1, 0.9], "labelled": True}
    )
    rows = [(name, name, "partner", one) for name, group in (look_alikes or {}).items() for one in group]
    alike = pd.DataFrame(rows, columns=["group_id", "look_alike", "kind", "id"])
    return Truth(rings, PLANTED, set().union(*PLANTED), alike)


def judged(rings: list[set[str]], *, reviewed: dict[str, str] | None = None, names: bool = True) -> Judgement:
    partners = [{"partner_id": p, "verdict": (reviewed or {}).get(p, "")} for p in PARTNERS]
    inside = set().union(*rings) if rings else set()
    score = np.array([float(p in inside) for p in PARTNERS])
    return judge(Found(rings, score, names_rings=names), truth(), made_links(partners=partners))


def test_a_perfect_prediction_scores_one_everywhere() -> None:
    found = judged([set(ring) for ring in PLANTED])
    assert [found.figures[name] for name in ("recall", "precision@K", "AP all")] == [1, 1, 1]
    assert found.planted.found.all() and found.predicted.true.all()


def test_an_empty_prediction_finds_nothing_and_ranks_like_chance() -> None:
    found = judged([])
    assert [found.figures[name] for name in ("recall", "precision@K")] == [0, 0]
    assert found.figures["AP all"] == pytest.approx(8 / 12)
    assert found.predicted.empty


def test_a_ring_split_in_two_matches_once() -> None:
    found = judged([{"p0", "p1"}, {"p2", "p3"}, {"p4", "p5", "p6"}])
    assert found.figures["recall"] == 1.0  # within the best 4
    assert found.figures["precision@K"] == 0.5  # both halves are true rings, but of the same one
    assert found.predicted.true.all()


def test_two_rings_merged_match_neither_and_are_not_true() -> None:
    found = judged([set().union(*PLANTED)])
    assert (found.figures["recall"], found.figures["precision@K"]) == (0.0, 0.0)
    assert found.predicted.true.tolist() == [False]


def test_reviewed_partners_stay_out_of_the_unlabelled_figure() -> None:
    found = judged([PLANTED[0]], reviewed={"p4": "fraud", "p5": "fraud", "p6": "fraud", "p7": "legit"})
    assert found.figures["AP unlabelled"] == 1.0
    assert found.figures["AP all"] < 1.0


def test_a_way_that_names_no_rings_has_no_ring_figures() -> None:
    assert np.isnan(judged([], names=False).figures["recall"])


def test_a_ring_is_true_from_two_thirds_in_one_planted_ring_on() -> None:
    assert are_true([{"p0", "p1", "x"}, {"p0", "x"}, {"p0", "p4", "x"}], PLANTED).tolist() == [
        True,
        False,
        False,
    ]


def test_the_smallest_group_that_holds_a_ring_names_its_look_alike() -> None:
    groups = {"facilitator": {"p8", "p9", "p10", "p11"}, "owner": {"p8", "p9"}, "mall": {"p0", "p1"}}
    rings = [{"p8", "p9"}, {"p10", "p11", "p9"}, {"p0", "p1"}, {"p8", "p3"}]
    assert resembled(rings, truth(groups)) == ["owner", "facilitator", "", ""]


def test_an_interval_of_equal_worlds_is_a_point_and_missing_worlds_are_left_out() -> None:
    assert interval([0.7, 0.7, np.nan]) == (pytest.approx(0.7), pytest.approx(0.7))
    assert np.isnan(interval([0.7, np.nan])).all()


def test_an_interval_has_the_width_of_the_standard_error() -> None:
    values = np.random.default_rng(5).normal(0.8, 0.1, 200)
    low, high = interval(values)
    half = 1.96 * values.std() / np.sqrt(200)
    assert low == pytest.approx(values.mean() - half, abs=0.002)
    assert high == pytest.approx(values.mean() + half, abs=0.002)


def test_a_share_weighs_worlds_by_what_they_hold() -> None:
    low, high = share_interval([9, 0], [9, 1])
    assert (low, high) == (0.0, 1.0)
    assert share_interval([1, 2, 3], [2, 4, 6]) == (0.5, 0.5)


def test_brier_and_reliability_of_a_known_score() -> None:
    score, true = np.array([0.5, 0.5, 1.0, 0.0]), np.array([True, False, True, False])
    assert brier(score, true) == 0.125
    table = reliability(score, true)
    assert table["rings"].tolist() == [1, 0, 0, 2, 0, 0, 1]
    assert table["are true"].dropna().tolist() == [0.0, 0.5, 1.0]


def test_thirds_hold_equal_numbers_of_rings() -> None:
    third = thirds(pd.Series([0.9, 0.91, 0.92, 0.1, 0.2, 0.93]))
    assert third.tolist() == ["middling", "middling", "careful", "careless", "careless", "careful"]


def test_truth_of_another_maker_may_say_less(tmp_path: Path) -> None:
    pd.DataFrame({"ring_id": ["r"]}).to_csv(tmp_path / "rings.csv", index=False)
    members = pd.DataFrame({"ring_id": "r", "kind": ["partner", "consumer"], "id": ["p1", "c1"]})
    members.to_parquet(tmp_path / "ring_members.parquet")
    read = read_truth(tmp_path)
    assert (read.members, read.partners) == ([{"p1"}], {"p1"})
    assert read.rings.typology.tolist() == ["unknown"] and read.look_alikes.empty
