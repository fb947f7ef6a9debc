from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gnn.calibration import fit_probability, normal_score, with_verdicts
from gnn.dataset import Verdicts, verdicts
from gnn.folds import FOLDS, group_folds, tied_groups
from gnn.labels import UNLABELLED_SAMPLE, class_prior, labels_of
from gnn.models import Labels
from gnn.models.loss import positive_unlabelled_loss
from graph.schema import Kind
from tests.gnn.tiny_world import tiny_world


@cache
def _known() -> Verdicts:
    return verdicts(tiny_world().links, Kind.PARTNER)


@cache
def _labels() -> Labels:
    fold = group_folds(tied_groups(tiny_world().projection, seed=0), _known(), seed=0)
    return labels_of(_known(), fold, seed=0)


def test_labels_are_the_verdicts_and_a_sample_of_the_others() -> None:
    none = np.zeros(5 * UNLABELLED_SAMPLE, dtype=bool)
    fraud, legit = none.copy(), none.copy()
    fraud[[3, 7]], legit[5] = True, True
    known = Verdicts(fraud, legit)
    labels = labels_of(known, np.full(len(none), -1), seed=1)
    assert labels.fraud.tolist() == [3, 7] and labels.legit.tolist() == [5]
    assert len(set(labels.unlabelled.tolist())) == UNLABELLED_SAMPLE
    assert known.unlabelled[labels.unlabelled].all()
    again = labels_of(known, np.full(len(none), -1), seed=1)
    assert (again.unlabelled == labels.unlabelled).all()


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
    known = _known()
    reviewed = (known.fraud | known.legit).sum()
    assert known.fraud.mean() < class_prior(known) < known.fraud.sum() / reviewed
    everybody = Verdicts(known.fraud, ~known.fraud)
    assert class_prior(everybody) == pytest.approx(known.fraud.mean())


def test_a_ring_lies_in_one_fold_and_every_fold_has_frauds() -> None:
    fold, ring = _labels().fold, tiny_world().ring
    for number in range(8):
        assert len(set(fold[ring == number])) == 1
    assert all((_known().fraud & (fold == number)).sum() >= 4 for number in range(FOLDS))
    assert ((fold >= 0) == ~_known().unlabelled).all()


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
