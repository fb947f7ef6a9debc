"""The gate, on models that are fitted honestly to labels of which some are dealt out anew."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from gnn.backtest import Comparison, Harm, Later, compare, figures
from gnn.evaluation import Interval
from gnn.gate import Rules, Ruling, rule

RULES = Rules()
COUNTRIES = ("DE", "FR", "NL")
Floats = NDArray[np.float64]


@cache
def firm() -> tuple[Floats, NDArray[np.bool_], Later]:
    """1,500 partners in groups of five that are fraud as a whole; the first 900 to learn from."""
    rng = np.random.default_rng(8)
    group = np.repeat(np.arange(300), 5)
    country = np.repeat(rng.choice(COUNTRIES, 300), 5).astype(object)
    inputs = np.repeat(rng.normal(size=(300, 12)), 5, axis=0) + rng.normal(0, 0.5, (1500, 12))
    fraud = np.repeat(rng.random(300) < expit(inputs[::5] @ np.resize([1.0, -1.0], 12) - 1), 5)
    # every country has weights of its own, so that what is learnt of one does not help another
    x = np.concatenate([inputs * (country == one)[:, None] for one in COUNTRIES], axis=1)
    later = np.arange(1500) >= 900
    return x, fraud, Later(later, later & fraud, later & ~fraud, group, {"country": country}, 120, 0.3)


def model(*, shuffled: str = "", learnt_from: int = 900) -> Floats:
    """Probabilities of a model that learnt from labels dealt out anew within those countries."""
    x, fraud, later = firm()
    learnt = fraud[:900].copy()
    rng = np.random.default_rng(1)
    for country in shuffled.split():
        rows = np.flatnonzero(later.subgroups["country"][:900] == country)
        learnt[rows] = rng.permutation(learnt[rows])
    found = LogisticRegression(max_iter=500).fit(x[:learnt_from], learnt[:learnt_from])
    return np.asarray(found.predict_proba(x)[:, 1], dtype=np.float64)


def ruling(challenger: Floats, champion: Floats, rules: Rules = RULES) -> Ruling:
    later = firm()[2]
    return rule(compare(challenger, champion, later, seed=0), later, rules, rival="the champion")


def test_a_better_model_passes() -> None:
    passed = ruling(model(), model(learnt_from=80))
    assert passed.passes and passed.against == ()
    assert passed.said[0].startswith("Average precision less that of the champion: +0.")


def test_a_worse_model_is_refused_with_the_reason() -> None:
    refused = ruling(model(shuffled="DE FR NL"), model())
    assert not refused.passes
    assert refused.against[0].startswith("It does not beat the champion by 0.010 in average precision")


def test_the_same_model_is_no_gain() -> None:
    assert not ruling(model(), model()).passes
    found = compare(model(), model(), firm()[2], seed=0)
    assert (found.gain.value, found.gain.error) == (0.0, 0.0)
    assert all(one.worse.value == 0 for one in found.harms)


def test_a_gain_that_may_be_chance_is_refused() -> None:
    later = firm()[2]
    noise = np.random.default_rng(5).normal(0, 0.02, 1500)
    for sign in (1, -1):
        found = compare(model() + sign * noise, model(), later, seed=0)
        lucky = rule(found, later, Rules(margin=0.0), rival="the champion")
        assert not lucky.passes or found.gain.low > 0


@pytest.mark.parametrize("country", ["DE", "NL"])
def test_a_model_that_is_better_on_the_whole_but_harms_a_country_is_refused(country: str) -> None:
    others = " ".join(one for one in COUNTRIES if one != country)
    # the champion knows this country alone, the challenger the two others
    refused = ruling(model(shuffled=country), model(shuffled=others))
    assert any(f"Partners of country {country} are ranked worse" in one for one in refused.against)
    assert not any("does not beat" in one for one in refused.against)


def test_accusing_the_cleared_of_a_country_more_is_harm_though_their_order_stays() -> None:
    later = firm()[2]
    accused = model() + 0.4 * (later.subgroups["country"] == "NL")
    found = compare(accused, model(), later, seed=0)
    against = rule(found, later, Rules(margin=0.0), rival="the champion").against
    assert any("Partners of country NL are accused more: false alarms higher by" in one for one in against)
    assert not any("country NL are ranked worse" in one for one in against)


def test_what_may_be_chance_for_a_subgroup_is_said_and_not_held_against_it() -> None:
    later = firm()[2]
    gain = Interval(0.1, 0.02, 0.05, 0.15)
    harms = tuple(
        Harm(f"country {name}", "average precision", worse, 6, 5)
        for name, worse in (
            ("DE", Interval(0.2, 0.2, -0.1, 0.5)),
            ("FR", Interval(0.03, 0.01, 0.01, 0.05)),
            ("NL", Interval(-0.2, 0.1, -0.3, -0.1)),
        )
    )
    passed = rule(Comparison(gain, harms, ()), later, RULES, rival="the champion")
    assert passed.passes
    (named,) = [one for one in passed.said if "not held against it" in one]
    assert named.startswith(
        "Partners of country DE are ranked worse: average precision lower by 0.200 (-0.100"
    )
    assert passed.said[-1] == (
        "A subgroup may still fare worse: by up to 0.050, or by more where its verdicts are too few to tell "
        "that from chance."
    )


def test_too_few_later_verdicts_are_a_reason_of_their_own() -> None:
    whole = firm()[2]
    few = whole.fraud & (np.cumsum(whole.fraud) <= 3)
    later = Later(whole.open, few, whole.legit, whole.group, whole.subgroups, 120, 0.3)
    refused = rule(compare(model(), model(), later, seed=0), later, Rules(), rival="the champion")
    assert refused.against[0].startswith("Only 3 frauds and")


def test_figures_of_a_subgroup_say_how_many_of_its_frauds_and_cleared_would_be_looked_at() -> None:
    later, said = firm()[2], model()
    found = figures("linear", said, said, later, seed=0)
    assert [part.name for part in found.parts] == [f"country {one}" for one in COUNTRIES]
    assert all(part.recall > part.false_alarms for part in found.parts)
    seen = sum(part.recall * part.frauds + part.false_alarms * part.cleared for part in found.parts)
    assert seen == pytest.approx(120)
    assert found.recall.value <= 120 / later.fraud.sum()
