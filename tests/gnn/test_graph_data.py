from __future__ import annotations

from dataclasses import replace

import numpy as np

from gnn.evaluation import average_precision
from gnn.models import BeliefPropagation, Edges, GraphData, Labels, edges
from tests.gnn.small_graphs import TIED, half, planted


def same(left: Edges, right: Edges) -> bool:
    pairs = zip(vars(left).values(), vars(right).values(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def test_edges_are_the_same_bytes_in_any_row_order() -> None:
    rng = np.random.default_rng(0)
    source, target = rng.integers(0, 9, (2, 400))  # many twins, told apart by attributes alone
    attributes = rng.integers(0, 3, (400, 2)).astype(np.float32)
    order = rng.permutation(400)
    found = edges(source, target, 12, attributes=attributes)
    assert same(found, edges(source[order], target[order], 12, attributes=attributes[order]))
    assert found.degree().tolist() == np.bincount(target, minlength=12).tolist()
    assert sorted(zip(found.source, found.targets(), strict=True)) == sorted(zip(source, target, strict=True))


def test_labels_without_a_fold_keep_the_rest() -> None:
    fold = np.array([0, 1, -1, 0, 1, -1])
    labels = Labels(np.array([0, 1, 2]), np.array([3, 4]), np.array([5]), 0.5, fold)
    assert labels.folds == 2
    without = labels.without(0)
    assert (without.fraud.tolist(), without.legit.tolist(), without.unlabelled.tolist()) == ([1, 2], [4], [5])
    codes, fraud = labels.labelled()
    assert (codes.tolist(), fraud.tolist()) == ([0, 1, 2, 3, 4], [True, True, True, False, False])


def test_so_many_labels_of_a_group_are_drawn_by_the_seed() -> None:
    fold = np.arange(90) % 4
    labels = Labels(np.arange(30), np.arange(30, 40), np.arange(40, 90), 0.5, fold, seed=1)
    few = labels.at_most(20)
    assert [len(codes) for codes in (few.fraud, few.legit, few.unlabelled)] == [20, 10, 20]
    for some, everyone in ((few.fraud, labels.fraud), (few.unlabelled, labels.unlabelled)):
        assert np.isin(some, everyone).all()
        assert (np.diff(some) > 0).all()
    assert np.array_equal(labels.at_most(20).fraud, few.fraud)
    assert not np.array_equal(replace(labels, seed=2).at_most(20).fraud, few.fraud)
    assert np.array_equal(labels.at_most(None).unlabelled, labels.unlabelled)


def test_belief_spreads_over_ties() -> None:
    data, fraud = planted()
    labels, rest = half(fraud)
    risk = BeliefPropagation().fit(data, labels).risk(data.hearing(labels))
    assert average_precision(risk[rest], fraud[rest]) > 0.9  # chance has 0.25


def test_belief_without_verdicts_says_nothing() -> None:
    data, _ = planted()
    assert set(BeliefPropagation().risk(data)) == {0.5}


def test_belief_is_the_mean_of_what_neighbours_believe_round_by_round() -> None:
    data, fraud = planted()
    labels, _ = half(fraud)
    heard = data.hearing(labels)
    found, size = data.edges[TIED], data.size
    ties = np.zeros((size, size))
    np.add.at(ties, (found.targets(), found.source), found.weight)
    ties /= np.maximum(ties.sum(axis=1, keepdims=True), 1)
    belief = said = heard.said.astype(float)
    for _ in range(8):
        belief = said + 0.5 * ties @ belief
    expected = 1 / (1 + np.exp(said - belief))
    assert np.allclose(BeliefPropagation().risk(heard), expected, atol=1e-12)


def test_a_verdict_does_not_prove_itself() -> None:
    x = {"node": np.zeros((3, 1), dtype=np.float32)}
    data = GraphData(x, {TIED: edges(np.array([0]), np.array([1]), 3)}, "node")
    labels = Labels(np.array([0]), np.array([2]), np.zeros(0, dtype=np.int64), 0.5, np.full(3, -1))
    risk = BeliefPropagation().risk(data.hearing(labels))
    assert risk[0] == risk[2] == 0.5
    assert risk[1] > 0.5


def test_belief_is_the_same_whatever_was_said_first() -> None:
    data, fraud = planted()
    labels, _ = half(fraud)
    shuffled = replace(labels, fraud=labels.fraud[::-1].copy())
    assert np.array_equal(data.hearing(labels).said, data.hearing(shuffled).said)
