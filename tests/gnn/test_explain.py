from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from gnn.attribution import AROUND, Attribution, Term
from gnn.calibration import Calibrator
from gnn.dataset import TIED
from gnn.event_features import EVENT_FEATURES
from gnn.explain import (
    _LINKED,
    LEAST_AGAINST,
    LEAST_FOR,
    MOST_TOLD,
    Contribution,
    Evidence,
    Explanation,
    _at_score,
    _Column,
    _contributions,
    _feature_words,
    _own_column,
    _Shown,
    _worded,
    explain,
    riskiest,
)
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
        untold = one.alike.log_odds + one.rest.log_odds
        assert one.start + told + untold == pytest.approx(one.log_odds, abs=1e-3)
        assert 1 <= len(one.raises) + len(one.lowers) <= MOST_TOLD
        assert all(reason.log_odds > 0 for reason in one.raises)
        assert all(reason.log_odds < 0 for reason in one.lowers)
        sizes = [abs(reason.log_odds) for reason in one.raises]
        assert sizes == sorted(sizes, reverse=True)


def test_a_sentence_has_value_baseline_and_effect() -> None:
    risk = evidence().prior.risk.partner
    term = Term("own", "partner", PRIOR_COLUMN)
    partner_id, reason = next(
        (one.partner_id, reason)
        for one in found()
        for reason in (*one.raises, *one.lowers)
        if reason.term == term
    )
    code = evidence().known.partners["partner_id"].tolist().index(partner_id)
    assert (reason.value, reason.baseline) == pytest.approx((risk[code], np.median(risk)))
    assert reason.sentence.startswith("Risk that ties and evidence alone give, before any verdict: ")
    verb = "Raises" if reason.log_odds > 0 else "Lowers"
    assert f"{verb} the log odds by {abs(reason.log_odds):.2f}." in reason.sentence
    for one in found():
        for told in (*one.raises, *one.lowers):
            assert "the middle partner: " in told.sentence and "nan" not in told.sentence
            own, _, others = told.sentence.partition("; ")
            value, baseline = own.rpartition(": ")[2], others.partition(": ")[2].partition(". ")[0]
            assert not value.startswith(baseline), told.sentence


def test_what_is_around_is_told_as_a_value_in_its_unit_beside_that_of_the_middle_partner() -> None:
    data = evidence().known.heard(seed=0)
    shown = _Shown(evidence(), data)
    term = Term(AROUND, "partner", "age")
    days = np.expm1(shown._read(Kind.PARTNER, "age"))
    score = data.x["partner"][:, evidence().known.features["partner"].index("age")]
    edges, told = data.edges[TIED], 0
    for partner in np.flatnonzero(edges.degree() > 0)[:20].tolist():
        said = shown.contribution(term, partner, 0.5)
        if said is None:  # as around the middle partner
            continue
        told += 1
        near = slice(edges.start[partner], edges.start[partner + 1])
        off = np.abs(score - np.average(score[edges.source[near]], weights=edges.weight[near]))
        assert off[np.argmin(np.abs(days - said.value))] <= off.min() + 1e-4
        assert said.unit == "days" and days.min() <= said.baseline <= days.max()
        assert f"Partners around it, by age: typically {_worded(said.value, 'days')}, " in said.sentence
        assert f"; around the middle partner: typically {_worded(said.baseline, 'days')}" in said.sentence
        assert said.sentence.count(" of all partners") == 1
    assert told


def test_the_value_at_a_score_is_that_of_the_node_that_has_it() -> None:
    values, read = np.array([5.0, np.nan, 1.0, 3.0]), np.array([0.8, 0.0, -0.8, 0.1])
    found = _at_score(np.array([-2.0, -0.8, 0.0, 0.5, 9.0, np.nan]), read, values)
    assert found.tolist()[:-1] == [1.0, 1.0, 3.0, 5.0, 5.0] and np.isnan(found[-1])
    assert np.isnan(_at_score(np.zeros(2), np.zeros(1), np.array([np.nan]))).all()


@pytest.mark.parametrize(
    ("rank", "words"),
    [
        (float("nan"), "none known"),
        (0.999, "typically 12 days, higher than 99 % of all devices"),
        (0.0001, "typically 12 days, higher than hardly any of all devices"),
        (0.97, "typically 12 days, higher than 97 % of all devices"),
    ],
)
def test_a_typical_value_has_its_rank_beside_it(rank: float, words: str) -> None:
    column = _Column(np.array([12.0]), "days", "Age", np.array([rank]), "devices")
    assert column.worded(0) == column.worded(None) == words


def said(term: Term, partner: int, added: float) -> Contribution | None:
    """Something of every term but those named "alike"."""
    return None if term.name.startswith("alike") else Contribution(term, "", 1.0, 0.0, added, term.name)


def told_of(**added: float) -> tuple[list[str], list[str], float, float]:
    terms = {Term("own", "partner", name): np.array([9.0, value]) for name, value in added.items()}
    found = Attribution(np.zeros(2), terms)
    raises, lowers, alike, rest = _contributions(found, 1, 0, said)
    assert sum(one.log_odds for one in (*raises, *lowers)) + alike.log_odds + rest.log_odds == pytest.approx(
        sum(added.values())
    )
    assert len(raises) + len(lowers) + alike.count + rest.count == len(terms)
    return [one.sentence for one in raises], [one.sentence for one in lowers], alike.log_odds, rest.log_odds


def test_what_reads_as_the_middle_partner_is_left_out_for_the_next_strongest() -> None:
    for_it = {f"for{place}": 0.5 - place / 100 for place in range(LEAST_FOR)}
    raises, lowers, alike, rest = told_of(alike1=0.9, alike2=-0.1, against=-0.05, **for_it, small=0.01)
    assert raises == list(for_it) and lowers == ["against"]
    assert (alike, rest) == (pytest.approx(0.8), pytest.approx(0.01))


def test_reasons_are_told_until_they_outweigh_what_is_not() -> None:
    strong = {f"for{place}": 0.1 for place in range(LEAST_FOR)}  # 0.7, and 0.9 more
    raises, lowers, _, rest = told_of(**strong, **{f"more{place:02}": 0.09 for place in range(10)})
    assert len(raises) == LEAST_FOR + 2 and lowers == []  # 0.88 against 0.72
    assert rest == pytest.approx(0.72)
    # what is untold and pulls down is answered by what lowers, whatever raises
    against = {f"against{place}": -0.04 for place in range(9)}
    raises, lowers, _, rest = told_of(**strong, **against)
    assert len(raises) == LEAST_FOR and lowers == list(against)[:5]
    assert rest == pytest.approx(-0.16)
    raises, lowers, _, rest = told_of(**strong, **{f"against{place:02}": -0.04 for place in range(60)})
    assert len(raises) + len(lowers) == MOST_TOLD and rest == pytest.approx(-0.04 * 47)
    lowering = told_of(**strong, against0=-0.3, against1=-0.2, against2=-0.1, against3=-0.05)[1]
    assert len(lowering) == LEAST_AGAINST


def test_nothing_is_told_of_what_would_show_as_nothing() -> None:
    raises, lowers, _, rest = told_of(**{f"tiny{place:03}": 0.004 for place in range(300)})
    assert (raises, lowers, rest) == ([], [], pytest.approx(1.2))


def test_ids_and_a_currency_from_the_data_stay_on_their_line() -> None:
    column = _own_column("partner", EVENT + "amount", np.array([3.0]), "\n\x1b[2J")
    assert _worded(3.0, column.unit).isprintable()


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
    for kind, known in evidence().known.features.items():
        for name in [*known, *(EVENT + feature.name for feature in EVENT_FEATURES[Kind(kind)])]:
            column = _own_column(kind, name, values, "EUR")
            assert column.head[0].isupper() and not column.head.endswith(".") and "_" not in column.head, name
            assert _worded(float(column.values[0]), column.unit) and "log " not in column.unit, name
    assert {edge[1] for edge in evidence().known.data.edges} == set(_LINKED)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.21, "share", "21 %"),
        (float("nan"), "orders", "nothing known"),
        (3.0, "count", "3"),
        (12.0, "orders", "12"),
        (1.0, "days", "1 day"),
        (1200.0, "EUR", "1,200 EUR"),
        (0.0, "share", "0 %"),
        (0.01, "surprise", "no more than by chance"),
        (3.0, "surprise", "by chance once in 1,000"),
        (14.2, "surprise", "by chance once in 10^14"),
        (0.5, "1 / log2 sharers", "3"),
        (0.0, "1 / log2 sharers", "not shared"),
        (2.5, "equals", "as over 2.5 alike"),
        (1.0, "flag", "yes"),
        (2.1, "times the rate of the category", "2.1 times the rate of the category"),
        (1.5, "share", "1.5"),
    ],
)
def test_values_are_worded_by_their_unit(value: float, unit: str, words: str) -> None:
    assert _worded(value, unit) == words


JARGON = ("_", ";", "Of them", "evidence that", " ln ", "Ln ", "robust", "nats", "1 days", "1 if", "Gini")


@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
def test_names_of_features_are_plain_words_that_stand_alone(kind: str) -> None:
    names = evidence().known.features[kind] + [EVENT + feature.name for feature in EVENT_FEATURES[Kind(kind)]]
    for name in names:
        words = _feature_words(kind, name)
        assert not [one for one in JARGON if one in words], (name, words)
        assert not words.startswith(("That ", "Those ")) and words[0].isupper(), (name, words)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("prior.group_bad", "Unpaid and disputed orders of a group that shops together"),
        (
            "prior.bad_behind_money",
            "Unpaid and disputed orders of those tied by payouts that meet on one account",
        ),
        ("orders_per_customer", "Orders of a customer, on average"),
        (EVENT + "orders_1d", "Orders placed (last day)"),
        (
            EVENT + "bad_share_30d",
            "Share of disputes and defaults among the outcomes that became known (last 30 days)",
        ),
        (
            EVENT + "customer_gini",
            "Concentration of the orders over customers (0 all alike, near 1 one has all)",
        ),
        (EVENT + "closed", "Whether it has closed"),
    ],
)
def test_a_feature_is_told_by_its_meaning(name: str, words: str) -> None:
    assert _feature_words("partner", name) == words
