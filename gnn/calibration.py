"""Scores to probabilities, and from a score on a person's word to a final risk."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
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


EDGE: Final = 1e-6
"""Scores nearer than this to 0 or 1 count as this near: no model has the data to mean more."""
STEEPNESS: Final = (0.05, 8.0)
"""Bounds of a calibrator's two slopes; positive, so that the order of scores is kept."""


@dataclass(frozen=True)
class Calibrator:
    """Beta calibration (Kull et al. 2017): log odds of fraud a log s - b log(1 - s) + c of a score s.

    Raises ValueError where `a` or `b` is outside `STEEPNESS`, which would not rise, or `c` is no number.
    """

    a: float
    b: float
    c: float

    def __post_init__(self) -> None:
        """Refuse what no score of a model may be read with."""
        low, high = STEEPNESS
        if not (low <= self.a <= high and low <= self.b <= high and math.isfinite(self.c)):
            raise ValueError(f"no rising calibrator: {self.a}, {self.b}, {self.c}")

    def probability(self, score: NDArray[np.floating]) -> NDArray[np.float64]:
        """The probability of fraud of scores in [0, 1], rising with them, (n,)."""
        result: NDArray[np.float64] = expit(_logs(score) @ np.array([self.a, self.b]) + self.c)
        return result

    def levelled(self, score: NDArray[np.floating], *, share: float) -> Calibrator:
        """The same shape, at the level where the mean probability of these scores is `share`."""
        return replace(self, c=_level(_logs(score) @ np.array([self.a, self.b]), share))


def fit_calibrator(
    score: NDArray[np.floating], fraud: NDArray[np.bool_], legit: NDArray[np.bool_], *, share: float
) -> Calibrator:
    """The calibrator of scores in [0, 1] whose later verdicts are known for some.

    Its shape comes from the reviewed alone, where slopes of 1 are as good as one verdict says otherwise (a
    normal prior): some twenty verdicts must not make a cliff. Its level makes the mean over all (n,) the
    `share` of fraud among them: reviewers look at the suspicious first, and fraud would be overstated
    several times. On four made-up worlds the mean distance from the truth was 0.005 to 0.029 with both, 0.15
    to 0.32 by the reviewed alone and up to 0.046 by the positive-unlabelled risk of `fit_probability`.
    """
    logs, reviewed = _logs(score), fraud | legit
    x, y = logs[reviewed], fraud[reviewed]

    def loss(slopes: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        line, pull = x @ slopes[:2] + slopes[2], slopes[:2] - 1
        wrong = expit(line) - y
        value = float((np.logaddexp(0, line) - y * line).sum() + 0.5 * (pull**2).sum())
        return value, np.r_[x.T @ wrong + pull, wrong.sum()]

    start = np.array([1.0, 1.0, 0.0])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[STEEPNESS, STEEPNESS, (-30.0, 30.0)])
    return Calibrator(float(found.x[0]), float(found.x[1]), 0.0).levelled(score, share=share)


def _logs(score: NDArray[np.floating]) -> NDArray[np.float64]:
    s = np.clip(np.asarray(score, dtype=np.float64), EDGE, 1 - EDGE)
    return np.stack([np.log(s), -np.log1p(-s)], axis=1)


def _level(line: NDArray[np.float64], share: float) -> float:
    """What to add to log odds so that their mean probability is `share`, by bisection."""
    low, high = -float(line.max()) - 40.0, -float(line.min()) + 40.0
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (low, middle) if expit(line + middle).mean() > share else (middle, high)
    return (low + high) / 2
