from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from graph.significance import (
    binomial_surprise,
    expected_discovery,
    false_discovery,
    hypergeometric_surprise,
    normal_surprise,
    poisson_surprise,
    skewed_log_p,
)


def test_hypergeometric_tail_agrees_with_the_exact_one() -> None:
    ours = hypergeometric_surprise([3, 8, 15], 20, 30, 400)
    exact = -np.log10(stats.hypergeom.sf(np.array([2, 7, 14]), 400, 20, 30))
    assert np.allclose(ours, exact, rtol=1e-6)


def test_binomial_tail_agrees_with_the_exact_one() -> None:
    ours = binomial_surprise([4, 9, 40], [20, 20, 300], 0.05)
    exact = -np.log10(stats.binom.sf(np.array([3, 8, 39]), np.array([20, 20, 300]), 0.05))
    assert np.allclose(ours, exact, rtol=1e-6)


def test_poisson_tail_agrees_with_the_exact_one() -> None:
    ours = poisson_surprise([2, 9, 60], [0.1, 3.0, 40.0])
    assert np.allclose(ours, -np.log10(stats.poisson.sf([1, 8, 59], [0.1, 3.0, 40.0])), rtol=1e-6)


def test_surprise_stays_finite_where_the_chance_underflows() -> None:
    surprise = poisson_surprise(5000, 1e-6)
    assert np.isfinite(surprise)
    assert surprise > 10_000


@given(st.integers(0, 40), st.integers(1, 60), st.floats(0.01, 0.99))
def test_more_successes_never_surprise_less(successes: int, trials: int, chance: float) -> None:
    fewer, more = binomial_surprise([successes, successes + 1], trials + 41, chance)
    assert more >= fewer >= 0


def test_counts_up_to_the_mean_surprise_nobody() -> None:
    assert not binomial_surprise([0, 1, 5], 10, 0.5).any()


def test_more_common_customers_than_either_has_cannot_be() -> None:
    assert np.isinf(hypergeometric_surprise(6, 5, 30, 100))


def test_normal_surprise_of_three_sigma() -> None:
    assert normal_surprise(3.0) == pytest.approx(-np.log10(stats.norm.sf(3.0)))


def test_false_discovery_agrees_with_benjamini_hochberg() -> None:
    p = np.array([0.001, 0.5, 0.02, 0.9, 0.04])
    assert np.allclose(false_discovery(-np.log10(p)), stats.false_discovery_control(p))


def test_false_discovery_counts_the_tests_that_are_not_listed() -> None:
    few, many = false_discovery([4.0], tests=10)[0], false_discovery([4.0], tests=1000)[0]
    assert (few, many) == pytest.approx((1e-3, 0.1))


def test_noise_is_hardly_ever_discovered() -> None:
    p = np.random.default_rng(7).random(20_000)
    assert (false_discovery(-np.log10(p)) <= 0.05).mean() < 0.001


def test_findings_that_chance_brings_are_discounted_by_their_rank() -> None:
    assert np.allclose(expected_discovery(np.log([0.01, 3.0, 0.04])), [0.01, 1.0, 0.02])


@pytest.mark.parametrize(("number", "mean"), [(12, 4.0), (40, 20.0), (3, 0.4)])
def test_the_skewed_tail_is_close_to_that_of_independent_chances(number: int, mean: float) -> None:
    exact = np.log(stats.poisson.sf(number - 1, mean))
    assert skewed_log_p(number, mean, mean, mean) == pytest.approx(exact, rel=0.15)


def test_chances_that_come_in_clusters_surprise_less() -> None:
    assert skewed_log_p(30, 10.0, 10.0, 25.0) > skewed_log_p(30, 10.0, 10.0, 10.0)


def test_a_skewed_tail_beyond_what_a_float_holds_stays_finite() -> None:
    assert -1e5 < skewed_log_p(3000, 3.0, 3.0, 3.0) < -2000
