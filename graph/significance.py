"""Null models in the form of tails and false-discovery control: how surprising a count is.

Everything is in decimal logarithms, since the surprises of real rings lie far below the smallest float:
a *surprise* is -log10 p, never negative, 0 where nothing is surprising.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, gammaincc, gammaln, log_ndtr, xlog1py, xlogy

Floats = NDArray[np.float64]

TAIL_TERMS = 400
"""Terms summed of a tail at most; what is left is bounded by a geometric series and added."""

_LN10 = float(np.log(10.0))


def hypergeometric_surprise(
    overlap: ArrayLike, left: ArrayLike, right: ArrayLike, total: ArrayLike
) -> Floats:
    """-log10 P(X >= overlap), X the overlap of two random sets of `left` and `right` out of `total`.

    Null: one set is drawn uniformly without replacement (Tumminello et al. 2011). The tail is summed until
    its remainder is below 1e-9 of it. Arrays broadcast; sizes are clipped to `total`.
    """
    k, a, b, n = _broadcast(overlap, left, right, total)
    a, b = np.minimum(a, n), np.minimum(b, n)

    def log_chance(k: Floats, a: Floats, b: Floats, n: Floats) -> Floats:
        return _log_choose(b, k) + _log_choose(n - b, a - k) - _log_choose(n, a)

    def ratio(j: Floats, a: Floats, b: Floats, n: Floats) -> Floats:
        return (a - j) * (b - j) / np.maximum((j + 1) * (n - a - b + j + 1), 1e-300)

    surprise = _upper_tail(k, a * b / np.maximum(n, 1), (a, b, n), log_chance, ratio)
    return np.where(k > np.minimum(a, b), np.inf, surprise)


def binomial_surprise(successes: ArrayLike, trials: ArrayLike, chance: ArrayLike) -> Floats:
    """-log10 P(X >= successes), X binomial with so many `trials` at `chance`.

    Null: independent trials. `chance` is clipped to [1e-12, 1 - 1e-12].
    """
    k, n, p = _broadcast(successes, trials, chance)
    p = np.clip(p, 1e-12, 1 - 1e-12)

    def log_chance(k: Floats, n: Floats, p: Floats) -> Floats:
        log_p: Floats = _log_choose(n, k) + xlogy(k, p) + xlog1py(n - k, -p)
        return log_p

    def ratio(j: Floats, n: Floats, p: Floats) -> Floats:
        return np.maximum(n - j, 0.0) / (j + 1) * (p / (1 - p))

    surprise = _upper_tail(k, n * p, (n, p), log_chance, ratio)
    return np.where(k > n, np.inf, surprise)


def poisson_surprise(count: ArrayLike, expected: ArrayLike) -> Floats:
    """-log10 P(X >= count), X Poisson with that mean.

    Null: many rare independent chances; by Le Cam's inequality it is off from the Poisson-binomial with
    chances p_i by at most the sum of p_i squared, and for `count` above the mean it errs to the safe side.
    """
    k, mean = _broadcast(count, expected)
    mean = np.maximum(mean, 1e-12)

    def log_chance(k: Floats, mean: Floats) -> Floats:
        log_p: Floats = xlogy(k, mean) - mean - gammaln(k + 1)
        return log_p

    return _upper_tail(k, mean, (mean,), log_chance, lambda j, mean: mean / (j + 1))


def normal_surprise(z: ArrayLike) -> Floats:
    """-log10 P(Z >= z), Z standard normal."""
    log_p: Floats = log_ndtr(-np.asarray(z, dtype=np.float64))
    return np.maximum(-log_p / _LN10, 0.0)


def at_least(value: ArrayLike, population: ArrayLike) -> NDArray[np.int64]:
    """(values,) how many of a population are as high as each value, or higher."""
    ordered = np.sort(np.asarray(population))
    return len(ordered) - np.searchsorted(ordered, np.asarray(value))


def rarity_among(surprise: NDArray[np.floating], tests: float) -> Floats:
    """(n,) each surprise, but at most -log10 of the share of all `tests` that show at least as much."""
    rare: Floats = np.minimum(surprise, -np.log10(at_least(surprise, surprise) / tests))
    return rare


def false_discovery(surprise: ArrayLike, tests: int | None = None) -> Floats:
    """Benjamini-Hochberg q-values in [0, 1] of p-values given as surprises.

    `tests` counts all tests that were made, where only the surprising ones are listed (default: these).
    Holds for independent or positively dependent tests (Benjamini & Yekutieli 2001).
    """
    log_p = -np.asarray(surprise, dtype=np.float64)
    if log_p.size == 0:
        return np.zeros(0)
    made = max(tests or 0, log_p.size)
    order = np.argsort(log_p, kind="stable")
    log_q = log_p[order] + np.log10(made) - np.log10(np.arange(1, log_p.size + 1))
    log_q = np.minimum.accumulate(log_q[::-1])[::-1]
    q = np.empty(log_p.size)
    q[order] = 10.0 ** np.minimum(log_q, 0.0)
    return q


def _broadcast(*arrays: ArrayLike) -> list[Floats]:
    return [np.asarray(x, dtype=np.float64) for x in np.broadcast_arrays(*arrays)]


def _log_choose(n: Floats, k: Floats) -> Floats:
    inside = (k >= 0) & (k <= n)
    n, k = np.where(inside, n, 0.0), np.where(inside, k, 0.0)
    return np.where(inside, -np.log1p(n) - betaln(n - k + 1, k + 1), -np.inf)


def _upper_tail(
    count: Floats,
    mean: Floats,
    parameters: tuple[Floats, ...],
    log_chance: Callable[..., Floats],
    ratio: Callable[..., Floats],
) -> Floats:
    """Surprise of the tail from `count` on; a count has `log_chance`, terms follow one another by `ratio`.

    At or below the mean nothing is surprising and 0 comes back: half of all counts lie there, and no work
    is spent on them.
    """
    surprise = np.zeros(count.size)
    rows = np.flatnonzero((count.ravel() > mean.ravel()) & (count.ravel() > 0))
    first = count.ravel()[rows]
    chosen = tuple(x.ravel()[rows] for x in parameters)
    log_tail = log_chance(first, *chosen) + np.log(_tail_sum(first, chosen, ratio))
    surprise[rows] = np.maximum(-log_tail / _LN10, 0.0)
    return surprise.reshape(count.shape)


def _tail_sum(first: Floats, parameters: tuple[Floats, ...], ratio: Callable[..., Floats]) -> Floats:
    """The tail from `first` on over its first term; what has converged drops out of the sum."""
    result = np.ones_like(first)
    rows, index = np.arange(first.size), first
    term, total = np.ones_like(first), np.ones_like(first)
    for _ in range(TAIL_TERMS):
        term = term * np.clip(ratio(index, *parameters), 0.0, 1.0)
        total = total + term
        index = index + 1
        open_ = term > 1e-9 * total
        # dropping costs a copy: not for a few
        if np.count_nonzero(open_) > 0.7 * open_.size:
            continue
        result[rows] = total + _rest(term, index, parameters, ratio)
        rows, index, term, total = rows[open_], index[open_], term[open_], total[open_]
        parameters = tuple(x[open_] for x in parameters)
        if not rows.size:
            return result
    result[rows] = total + _rest(term, index, parameters, ratio)
    return result


def _rest(
    term: Floats, index: Floats, parameters: tuple[Floats, ...], ratio: Callable[..., Floats]
) -> Floats:
    """Bound of what follows `term`: a geometric series of the next ratio, which only falls."""
    step = np.clip(ratio(index, *parameters), 0.0, 1 - 1e-6)
    return term * step / (1 - step)


def skewed_log_p(number: float, mean: float, variance: float, clustered: float) -> float:
    """ln P(X >= number) of a count with that `mean`, the skew of counts of that `variance`, and more spread.

    `variance` is that of independent chances, `clustered` (at least as much) that of chances which come in
    clusters. A gamma with the three moments (Pearson's type III) with half a count off; 0 up to the mean.
    """
    if number <= mean or clustered <= 0:
        return 0.0
    spread = np.sqrt(clustered)
    # of clusters of c that all end alike (compound Poisson): c over the root of the variance
    skew = clustered / max(variance, 1e-12) / spread
    shape = 4.0 / skew**2
    z = (number - 0.5 - mean) / spread
    point = shape + z * np.sqrt(shape)
    return min(_log_gamma_tail(shape, max(float(point), 0.0)), 0.0)


def _log_gamma_tail(shape: float, point: float) -> float:
    """ln P(G >= point) of a gamma of that shape, beyond what a float holds too (Legendre's fraction)."""
    tail = float(gammaincc(shape, point))
    if tail > 1e-200:
        return float(np.log(tail))
    return float((shape - 1.0) * np.log(point) - point - gammaln(shape) - np.log1p((1.0 - shape) / point))


def expected_discovery(log_expected: ArrayLike) -> Floats:
    """Benjamini-Hochberg q-values of findings that chance alone would bring this often (ln) to a run."""
    log_number = np.asarray(log_expected, dtype=np.float64)
    order = np.argsort(log_number, kind="stable")
    log_q = log_number[order] - np.log(np.arange(1, log_number.size + 1))
    log_q = np.minimum.accumulate(log_q[::-1])[::-1]
    q = np.empty(log_number.size)
    q[order] = np.exp(np.minimum(log_q, 0.0))
    return q
