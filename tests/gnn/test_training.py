from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from torch_geometric.data import HeteroData

from gnn.calibration import fit_probability, normal_score, with_verdicts
from gnn.dataset import EDGE_TYPES, Verdicts, hetero_data, verdicts
from gnn.evaluation import average_precision
from gnn.features import FEATURES
from gnn.folds import FOLDS, group_folds, tied_groups
from gnn.models import GraphSAGE, SageGraph, WeightedMean, propagate_belief, sage_graph
from gnn.portfolio import held_out, judge, stack_weights
from gnn.train import (
    Split,
    class_prior,
    positive_unlabelled_loss,
    sage_scores,
    split,
    train_sage,
    tree_scores,
)
from graph.schema import Kind
from tests.gnn.tiny_world import tiny_world


@cache
def _view() -> SageGraph:
    world = tiny_world()
    return sage_graph(hetero_data(world.links, world.projection, world.prior))


@cache
def _split() -> Split:
    world = tiny_world()
    known = verdicts(world.links, Kind.PARTNER)
    return split(known, group_folds(tied_groups(world.projection, seed=0), known, seed=0), seed=0)


@cache
def _sage() -> np.ndarray:
    return sage_scores(train_sage(_view(), _split()), _view())


def test_graphsage_beats_the_flat_baseline_on_held_out_rings() -> None:
    own = [column for column, feature in enumerate(FEATURES[Kind.PARTNER]) if feature.own]
    flat = tree_scores(_view().x["partner"].numpy()[:, own], _split())
    group = tied_groups(tiny_world().projection, seed=0)
    figures = {
        name: judge(name, held_out(scores, _split()), group, _split())
        for name, scores in (("flat", flat), ("sage", _sage()))
    }
    assert figures["sage"].average_precision > 0.9
    assert figures["sage"].lower_bound > figures["flat"].average_precision


def test_graphsage_finds_rings_nobody_has_reviewed() -> None:
    unlabelled = _split().known.unlabelled
    ring = tiny_world().ring[unlabelled] >= 0
    assert average_precision(held_out(_sage(), _split())[unlabelled], ring) > 0.9 > 4 * ring.mean()


def test_training_gives_the_same_bytes_on_one_thread_or_two() -> None:
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        again = sage_scores(train_sage(_view(), _split()), _view())
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)
    assert again.tobytes() == _sage().tobytes()


def test_training_leaves_the_global_random_state_alone() -> None:
    before = torch.random.get_rng_state()
    train_sage(_view(), _split())
    assert torch.equal(torch.random.get_rng_state(), before)


def test_renamed_nodes_give_the_same_logits() -> None:
    world = tiny_world()
    data = hetero_data(world.links, world.projection, world.prior)
    torch.manual_seed(0)
    view = sage_graph(data)
    model = GraphSAGE(view.widths).eval()
    new = {kind: torch.randperm(data[kind].num_nodes) for kind in data.node_types}
    with torch.no_grad():
        logits = model(view)
        moved = model(sage_graph(_renumbered(data, new)))
    assert torch.allclose(moved[new["partner"]], logits, atol=1e-5)
    assert logits.std() > 0.01


def _renumbered(data: HeteroData, new: dict[str, torch.Tensor]) -> HeteroData:
    result = HeteroData()
    for kind, place in new.items():
        x = torch.empty_like(data[kind].x)
        x[place] = data[kind].x
        result[kind].x = x
    for edge in EDGE_TYPES:
        source, target = data[edge].edge_index
        result[edge].edge_index = torch.stack([new[edge[0]][source], new[edge[2]][target]])
        result[edge].edge_weight = data[edge].edge_weight
    return result


def test_a_partners_surroundings_are_all_its_logit_needs() -> None:
    torch.manual_seed(0)
    model = GraphSAGE(_view().widths).eval()
    some = np.array([7, 3, 150])
    with torch.no_grad():
        assert torch.allclose(model(_view().around(some)), model(_view())[some], atol=1e-6)


def test_the_gradient_of_a_mean_is_its_transpose() -> None:
    matrix = sparse.csr_array(np.array([[0.25, 0.75, 0.0], [0.0, 0.0, 1.0]], dtype=np.float32))
    x = torch.arange(6, dtype=torch.float32).reshape(3, 2).requires_grad_()
    out = WeightedMean(matrix)(x)
    assert torch.equal(out, torch.tensor(matrix.toarray()) @ x)
    out.backward(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    assert x.grad is not None
    assert torch.equal(x.grad, torch.tensor(matrix.toarray()).T @ torch.tensor([[1.0, 2.0], [3.0, 4.0]]))


def test_unlabelled_frauds_cost_less_than_legit_ones() -> None:
    low, high, none = torch.full((100,), -3.0), torch.full((10,), 3.0), torch.zeros(0)
    prior = 10 / 110
    hidden_fraud = positive_unlabelled_loss(high, none, torch.cat([low, high]), prior)
    no_fraud_seen = positive_unlabelled_loss(high, none, torch.cat([low, -high]), prior)
    told_legit = positive_unlabelled_loss(high, torch.cat([low, high]), none, prior)
    assert hidden_fraud < told_legit
    assert hidden_fraud <= no_fraud_seen + 0.05


@pytest.mark.parametrize("legit, unlabelled", [(0, 5), (5, 0), (5, 5)])
def test_the_loss_never_sinks_below_zero(legit: int, unlabelled: int) -> None:
    loss = positive_unlabelled_loss(
        torch.full((3,), 9.0), torch.full((legit,), -9.0), torch.full((unlabelled,), -9.0), 0.5
    )
    assert torch.isfinite(loss) and loss >= 0


def test_class_prior_lies_between_its_bounds() -> None:
    known = _split().known
    reviewed = (known.fraud | known.legit).sum()
    assert known.fraud.mean() < class_prior(known) < known.fraud.sum() / reviewed
    everybody = Verdicts(known.fraud, ~known.fraud)
    assert class_prior(everybody) == pytest.approx(known.fraud.mean())


def test_a_ring_lies_in_one_fold_and_every_fold_has_frauds() -> None:
    fold, ring = _split().fold, tiny_world().ring
    for number in range(8):
        assert len(set(fold[ring == number])) == 1
    assert all((_split().known.fraud & (fold == number)).sum() >= 4 for number in range(FOLDS))
    assert ((fold >= 0) == ~_split().known.unlabelled).all()


def test_reviewed_partners_are_scored_by_a_model_that_did_not_see_them() -> None:
    n = len(_split().fold)
    scores = np.stack([np.where(_split().fold == fold, np.arange(n), 0.0) for fold in range(FOLDS)])
    result = held_out(scores, _split())
    seen = np.flatnonzero(_split().fold == 1)
    assert (result[seen] == normal_score(scores[1])[seen]).all()


def test_a_better_model_gets_more_weight_and_none_gets_none() -> None:
    group = np.arange(len(_split().fold))
    truth = _split().known.fraud.astype(float)
    noise = np.random.default_rng(0).random(len(truth))
    weights = stack_weights(
        [judge("good", truth + 0.8 * noise, group, _split()), judge("poor", noise, group, _split())]
    )
    assert weights[0] > 0.9 and weights[1] > 0 and weights.sum() == pytest.approx(1)


def test_belief_spreads_to_tied_partners_and_no_further_than_it_fades() -> None:
    chain = sparse.csr_array(np.array([[0, 1, 0, 0], [0.5, 0, 0.5, 0], [0, 1, 0, 0], [0, 0, 0, 0]]))
    belief = propagate_belief(chain, np.array([1.0, 0.0, 0.0, 0.0]))
    assert belief[0] > belief[1] > belief[2] > belief[3] == 0


def test_mean_probability_is_the_class_prior() -> None:
    rng = np.random.default_rng(0)
    fraud = rng.random(2000) < 0.05
    score = normal_score(rng.normal(size=2000) + 2.5 * fraud)
    known = fraud & (rng.random(2000) < 0.5)
    slope, intercept = fit_probability(score, known, 0.05)
    p = 1 / (1 + np.exp(-(slope * score + intercept)))
    assert slope > 1
    assert p.mean() == pytest.approx(0.05, abs=0.005)
    assert p[fraud].mean() > 8 * p[~fraud].mean()


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_a_verdict_moves_risk_its_way(risk: list[float]) -> None:
    known = Verdicts(np.array([True, False, False]), np.array([False, True, False]))
    fraud, legit, unknown = with_verdicts(np.array(risk), known)
    assert fraud >= 0.9 and legit <= 0.1 + 1e-6 and unknown == pytest.approx(risk[2])
