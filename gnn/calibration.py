"""Scores to probabilities, and from a score on a person's word to a final risk."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtri
from scipy.stats import rankdata

from gnn.dataset import Verdicts

RIDGE: Final = 1e-3
SLOPES: Final = (0.1, 8.0)
"""Bounds of the log odds per normal score: a few dozen labels, however well they separate, prove no more."""
ROUNDS: Final = 50
DOUBT: Final = 0.1
"""How much of what the model thinks is left once a person has decided: verdicts are wrong now and then."""


def normal_score(score: NDArray[np.floating]) -> NDArray[np.float64]:
    """Scores of any scale as normal scores of their ranks, (n,); ties share the mean rank."""
    return np.asarray(ndtri(rankdata(score) / (len(score) + 1)), dtype=np.float64)


def fit_probability(
    score: NDArray[np.float64], fraud: NDArray[np.bool_], class_prior: float
) -> tuple[float, float]:
    """Slope and intercept of the log odds of fraud by score, from known frauds and the unlabelled rest.

    Minimises the positive-unlabelled logistic risk (du Plessis et al. 2015), convex for a line: at its
    minimum the mean probability of all is the class prior. Newton's method; the slope stays
    positive, so the order of scores is kept.
    """
    slope, intercept = 1.0, float(np.log(class_prior / (1 - class_prior)))
    mean_fraud = float(score[fraud].mean())
    for _ in range(ROUNDS):
        p = expit(slope * score + intercept)
        w = p * (1 - p)
        gradient = np.array(
            [
                (p * score).mean() - class_prior * mean_fraud + RIDGE * slope,
                p.mean() - class_prior + RIDGE * class_prior * intercept,
            ]
        )
        cross = (w * score).mean()
        hessian = np.array([[(w * score**2).mean() + RIDGE, cross], [cross, w.mean() + RIDGE * class_prior]])
        step = np.clip(np.linalg.solve(hessian, gradient), -1.0, 1.0)
        slope, intercept = float(np.clip(slope - step[0], *SLOPES)), intercept - float(step[1])
    for _ in range(ROUNDS):  # again for the intercept alone, where the slope met its bound
        p = expit(slope * score + intercept)
        intercept -= float(np.clip((p.mean() - class_prior) / max((p * (1 - p)).mean(), 1e-12), -1.0, 1.0))
    return slope, intercept


def with_verdicts(risk: NDArray[np.floating], known: Verdicts) -> NDArray[np.float32]:
    """Risk of known frauds raised, of known legit members lowered, (n,) float32; their order stays."""
    decided = np.where(known.fraud, 1 - DOUBT * (1 - risk), np.where(known.legit, DOUBT * risk, risk))
    return np.clip(decided, 0.0, 1.0).astype(np.float32)
