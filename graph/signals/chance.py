"""What chance alone would do: intervals for shares, tails of counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammainc

Floats = NDArray[np.float64]

Z_95 = 1.959964
"""Two-sided 95 % point of the normal distribution."""


def wilson(hits: Floats | float, trials: Floats | float) -> tuple[Floats, Floats]:
    """The 95 % interval of a share (Wilson 1927), elementwise; (0, 1) where there were no trials."""
    n = np.maximum(np.asarray(trials, dtype=np.float64), 1e-9)
    share = np.asarray(hits, dtype=np.float64) / n
    spread = Z_95 * np.sqrt(share * (1 - share) / n + Z_95**2 / (4 * n**2))
    centre = share + Z_95**2 / (2 * n)
    scale = 1 + Z_95**2 / n
    low = np.clip((centre - spread) / scale, 0, 1)
    high = np.clip((centre + spread) / scale, 0, 1)
    empty = np.asarray(trials) <= 0
    return np.where(empty, 0.0, low), np.where(empty, 1.0, high)


def poisson_tail(seen: float, expected: float) -> float:
    """The probability of `seen` or more events where `expected` are (Poisson)."""
    return float(gammainc(seen, max(expected, 1e-12))) if seen > 0 else 1.0


def binomial_tails(hits: Floats, trials: Floats, share: Floats) -> Floats:
    """The probability of `hits` or more among `trials` at that share each (binomial), elementwise.

    By the regularised incomplete beta function, which also takes the real counts that sums of floats give.
    """
    p = np.clip(share, 1e-12, 1 - 1e-12)
    tail: Floats = betainc(np.maximum(hits, 1), np.maximum(trials - hits + 1, 1e-9), p)
    return np.where(hits > 0, tail, 1.0)


def binomial_tail(hits: float, trials: float, share: float) -> float:
    """The probability of `hits` or more among `trials` at that share each (binomial)."""
    return float(binomial_tails(np.array(hits), np.array(trials), np.array(share)))


def surprise(p_value: float, *, full_at: float = 1e-10) -> float:
    """How surprising a p-value is, in [0, 1]: 0 at p = 1, 1 at `full_at` and below, linear in log p."""
    if p_value <= full_at:
        return 1.0
    return float(np.clip(np.log10(p_value) / np.log10(full_at), 0.0, 1.0))
