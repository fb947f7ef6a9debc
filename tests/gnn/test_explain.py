from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from gnn.attribution import Term
from gnn.calibration import Calibrator
from gnn.event_features import EVENT_FEATURES
from gnn.explain import (
    _LINKED,
    MOST_AGAINST,
    MOST_FOR,
    Evidence,
    Explanation,
    _own_column,
    _worded,
    explain,
    riskiest,
)
from gnn.features import FEATURES
from gnn.known import EVENT
from gnn.models import BeliefPropagation, Folded, Stack, Trees
from gnn.portfolio import PRIOR_COLUMN, Prior
from gnn.registry import Manifest, ModelError, Trained
from graph.prior import prior_risk
from graph.projection import project
from graph.schema import Kind
from tests.gnn.judged_world import known_at, links_at


@cache
def evidence() -> Evidence:
    links = links_at(60)
    projection = project(links)
    return Evidence(links, known_at(60), projection, prior_risk(links, projection), None)


@cache
def trained() -> Trained:
    known = evidence().known
    labels = known.labels(seed=0)
    on_prior = Trees(hops=0, on_prior=True, rounds=20, name="trees on the prior")
    members = (Trees(rounds=20, hears=True), BeliefPropagation(), on_prior, Prior())
    stack = Stack(tuple(Folded(one) for one in members))
    model = stack.fit(known.data.hearing(labels), labels)
    manifest = Manifest("stack", known.features, 0, 0, "", {}, Calibrator(1, 1, 0), {"sentence": ""}, {})
    return Trained(manifest, model)


@cache
def found() -> list[Explanation]:
    return explain(trained(), evidence(), riskiest(trained(), evidence().known, 3))


def test_the_riskiest_are_undecided_and_in_order() -> None:
    known, risk = evidence().known, trained().probability(evidence().known)
    codes = riskiest(trained(), known, 3)
    assert known.verdicts.unlabelled[codes].all()
    assert risk[codes].tolist() == sorted(risk[known.verdicts.unlabelled].tolist(), reverse=True)[:3]
    assert [one.partner_id for one in found()] == known.partners["partner_id"][codes].tolist()


def test_what_is_told_and_the_rest_are_the_score() -> None:
    for one in found():
        told = sum(reason.log_odds for reason in (*one.raises, *one.lowers))
        assert one.start + told + one.rest == pytest.approx(one.log_odds, abs=1e-3)
        assert 1 <= len(one.raises) <= MOST_FOR and len(one.lowers) <= MOST_AGAINST
        assert all(reason.log_odds > 0 for reason in one.raises)
        assert all(reason.log_odds < 0 for reason in one.lowers)
        sizes = [abs(reason.log_odds) for reason in one.raises]
        assert sizes == sorted(sizes, reverse=True)


def test_a_sentence_has_value_baseline_and_effect() -> None:
    risk = evidence().prior.risk.partner
    term = Term("own", "partner", PRIOR_COLUMN)
    partner_id, reason = next(
        (one.partner_id, reason) for one in found() for reason in one.raises if reason.term == term
    )
    code = evidence().known.partners["partner_id"].tolist().index(partner_id)
    assert (reason.value, reason.baseline) == pytest.approx((risk[code], np.median(risk)))
    assert reason.sentence.startswith("Risk that needs no verdict: ")
    assert f"Raises the log odds by {reason.log_odds:.2f}." in reason.sentence
    for one in found():
        for told in (*one.raises, *one.lowers):
            assert "the middle partner" in told.sentence and "nan" not in told.sentence


def test_the_same_model_says_the_same_twice() -> None:
    codes = riskiest(trained(), evidence().known, 3)
    assert explain(trained(), evidence(), codes) == found()
    # and of each whoever else is asked about
    assert explain(trained(), evidence(), codes[1:2])[0].raises == found()[1].raises


def test_neighbours_are_named_with_their_tie() -> None:
    near = [one for explanation in found() for one in explanation.neighbours]
    assert near
    for one in near:
        assert one.sentence.endswith(("lower.", "higher."))
        assert f"“{one.id}”" in one.sentence
    links = evidence().links
    ids = {*links.consumers["consumer_id"], *links.partners["partner_id"]}
    assert {one.id for one in near} <= ids


def test_a_hostile_id_ends_neither_its_line_nor_its_quotation() -> None:
    known = evidence().known
    hostile = 'x"\n\x1b[2J\u202e<script>”'
    links = replace(
        evidence().links,
        partners=known.partners.assign(partner_id=hostile),
        consumers=evidence().links.consumers.assign(consumer_id=hostile),
    )
    of = replace(evidence(), links=links, known=replace(known, partners=links.partners))
    for one in explain(trained(), of, riskiest(trained(), known, 3)):
        assert one.partner_id == hostile
        for near in one.neighbours:
            assert near.id == hostile and near.sentence.isprintable()
            assert near.sentence.count("“") == near.sentence.count("”") == 1


def test_other_features_are_refused() -> None:
    fewer = {**evidence().known.features, "partner": evidence().known.features["partner"][1:]}
    of = replace(evidence(), known=replace(evidence().known, features=fewer))
    with pytest.raises(ModelError, match="trained on other features"):
        explain(trained(), of, np.array([0]))


def test_every_feature_and_link_can_be_put_into_words() -> None:
    values = np.array([0.5, np.nan, 0.0, -1.0])
    own = [feature.name for feature in FEATURES[Kind.PARTNER]]
    own += [EVENT + feature.name for feature in EVENT_FEATURES[Kind.PARTNER]]
    own += [name for name in evidence().known.features["partner"] if name.startswith("prior.")]
    for name in own:
        column = _own_column(name, values)
        assert column.head[0].isupper() and not column.head.endswith(".") and "_" not in column.head, name
        assert _worded(float(column.values[0]), column.unit) and "log " not in column.unit, name
    assert {edge[1] for edge in evidence().known.data.edges} == set(_LINKED)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.21, "share", "21 %"),
        (float("nan"), "orders", "nothing known"),
        (3.0, "count", "3"),
        (12.0, "orders", "12 orders"),
        (1.0, "flag", "yes"),
        (0.97, "rank", "on average above 97 % of all"),
        (2.1, "times the rate of the category", "2.1 times the rate of the category"),
        (1.5, "share", "1.5"),
    ],
)
def test_values_are_worded_by_their_unit(value: float, unit: str, words: str) -> None:
    assert _worded(value, unit) == words
