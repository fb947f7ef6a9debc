from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit, logit

from gnn.calibration import Calibrator, fit_calibrator
from gnn.evaluation import calibration_error, reliability

Floats = NDArray[np.float64]
Masks = NDArray[np.bool_]


def overconfident(seed: int, partners: int = 4000) -> tuple[Floats, Masks, Masks]:
    """Scores twice as sure as they should be, the truth, and who was reviewed: the suspicious first."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-4, 2, partners)
    fraud = rng.random(partners) < expit(odds)
    reviewed = rng.random(partners) < np.where(fraud, 0.5, 0.1)
    return expit(2 * odds + 3), fraud, reviewed


@pytest.mark.parametrize("seed", range(5))
def test_among_other_partners_what_was_said_is_what_came(seed: int) -> None:
    score, fraud, reviewed = overconfident(seed)
    fitted = fit_calibrator(score, fraud & reviewed, ~fraud & reviewed, share=float(fraud.mean()))
    fresh, truth, _ = overconfident(seed + 100)
    table = reliability(fitted.probability(fresh), truth)
    assert calibration_error(table) < 0.02 < calibration_error(reliability(fresh, truth))


def test_of_partners_said_to_be_at_four_in_five_four_in_five_are_fraud() -> None:
    score, fraud, reviewed = overconfident(1, partners=40_000)
    fitted = fit_calibrator(score, fraud & reviewed, ~fraud & reviewed, share=float(fraud.mean()))
    fresh, truth, _ = overconfident(2, partners=40_000)
    said = fitted.probability(fresh)
    near = np.abs(said - 0.8) < 0.05
    assert near.sum() > 100
    assert truth[near].mean() == pytest.approx(0.8, abs=0.07)


@given(
    st.lists(st.floats(0, 1), min_size=8, max_size=40),
    st.lists(st.sampled_from(["fraud", "legit", ""]), min_size=40, max_size=40),
    st.floats(0.01, 0.5),
)
def test_a_higher_score_is_never_a_lower_probability(
    scores: list[float], words: list[str], share: float
) -> None:
    verdict = np.array(words[: len(scores)])
    fitted = fit_calibrator(np.array(scores), verdict == "fraud", verdict == "legit", share=share)
    said = fitted.probability(np.linspace(0, 1, 101))
    assert (np.diff(said) >= 0).all() and ((said >= 0) & (said <= 1)).all()
    assert fitted.probability(np.array(scores)).mean() == pytest.approx(share, abs=1e-6)


def test_scores_that_differ_stay_apart() -> None:
    said = Calibrator(0.05, 0.05, 0.0).probability(np.linspace(0.001, 0.999, 1000))
    assert (np.diff(said) > 0).all()


def test_twenty_verdicts_make_no_cliff() -> None:
    score = np.r_[np.linspace(0.1, 0.4, 10), np.linspace(0.6, 0.9, 10)]
    fraud = np.arange(20) >= 10
    fitted = fit_calibrator(score, fraud, ~fraud, share=0.5)
    said = fitted.probability(np.array([0.45, 0.55]))
    assert 0.3 < said[0] < 0.5 < said[1] < 0.7
    assert logit(fitted.probability(score)).max() < 10
