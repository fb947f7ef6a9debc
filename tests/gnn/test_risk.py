from __future__ import annotations

import json
from dataclasses import asdict, replace
from functools import cache

import numpy as np
import pytest

from gnn.evaluation import average_precision
from gnn.features import node_features
from gnn.risk import RiskReport, member_risk
from graph.prior import prior_risk
from graph.projection import project
from graph.records import Risk
from graph.schema import Kind
from tests.gnn.judged_world import known_at, learnt_and_said, links_at, portfolio
from tests.gnn.tiny_world import empty_links, tiny_world, without_verdicts


@cache
def _trained() -> tuple[Risk, RiskReport]:
    """Risk and report of the tiny world."""
    world = tiny_world()
    return member_risk(world.links, world.projection, world.prior, seed=0)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_member_has_a_risk(kind: Kind) -> None:
    risk = _trained()[0].of(kind)
    assert risk.dtype == np.float32 and risk.shape == (tiny_world().links.size(kind),)
    assert ((risk >= 0) & (risk <= 1)).all()


def test_partners_of_unlabelled_rings_are_the_riskiest_unlabelled() -> None:
    world, (risk, *_) = tiny_world(), _trained()
    unlabelled = (world.links.partners["verdict"] == "").to_numpy()
    assert average_precision(risk.partner[unlabelled], world.ring[unlabelled] >= 0) > 0.9


def test_shills_and_their_device_are_riskier_than_households() -> None:
    world, (risk, *_) = tiny_world(), _trained()
    shills = np.arange(len(world.links.consumers)) >= 6 * len(world.links.partners)
    assert average_precision(risk.consumer, shills) > 0.75 > 10 * shills.mean()
    assert risk.device[-12:].min() > np.median(risk.device)


def test_known_frauds_are_high_in_the_order_of_their_evidence_and_known_legit_are_low() -> None:
    world, (risk, *_) = tiny_world(), _trained()
    verdict = world.links.partners["verdict"].to_numpy()
    assert risk.partner[verdict == "fraud"].min() >= 0.9
    assert len(np.unique(risk.partner[verdict == "fraud"])) > 10
    assert risk.partner[verdict == "legit"].max() <= 0.1


def test_the_report_compares_every_model_with_its_error() -> None:
    report = _trained()[1]
    assert report.model == "stack"
    assert [score.name for score in report.scores] == [
        "flat baseline",
        "neighbour trees",
        "GraphSAGE",
        "belief propagation",
        "trees on the prior",
        "prior",
        "stack",
    ]
    assert all(score.lower_bound <= score.average_precision for score in report.scores)
    assert all(score.weight >= 0 for score in report.scores) and report.scores[-1].weight == 0
    assert report.labels["partner"] == {"fraud": 32, "legit": 30}
    assert report.base_rate == pytest.approx(32 / 62)
    for words in ("for GraphSAGE", "for the flat baseline", "the risk is the stack", "without any verdict"):
        assert words in report.sentence
    assert json.loads(json.dumps(asdict(report)))["model"] == "stack"


def test_the_same_seed_gives_the_same_risk() -> None:
    world = tiny_world()
    again, report = member_risk(world.links, world.projection, world.prior, seed=0)
    for kind in Kind:
        assert again.of(kind).tobytes() == _trained()[0].of(kind).tobytes()
    assert report == _trained()[1]


def test_a_model_of_the_registry_is_applied_and_the_verdicts_there_are_are_heard() -> None:
    links = links_at(70)
    projection = project(links)
    prior = prior_risk(links, projection)
    now = known_at(200)
    model, _ = learnt_and_said(now, known_at(70), portfolio(now.features))
    model = replace(model, id="0" * 16)
    risk, report = member_risk(links, projection, prior, seed=0, model=model)
    assert (report.model, report.trained) == ("registry", model.id)
    assert model.id in report.sentence and "linear is recommended" in report.sentence
    ring = tiny_world(labelled_rings=0).ring
    unlabelled = (links.partners["verdict"] == "").to_numpy()
    assert average_precision(risk.partner[unlabelled], ring[unlabelled] >= 0) > 0.8
    assert risk.partner[(links.partners["verdict"] == "fraud").to_numpy()].min() >= 0.9


@pytest.mark.parametrize("labelled_rings", [0, 2])
def test_with_few_labels_the_prior_is_the_risk_and_the_report_says_so(labelled_rings: int) -> None:
    world = tiny_world(labelled_rings=labelled_rings)
    risk, report = member_risk(world.links, world.projection, world.prior, seed=0)
    unlabelled = (world.links.partners["verdict"] == "").to_numpy()
    assert (risk.partner[unlabelled] == world.prior.risk.partner[unlabelled]).all()
    assert report.model == "prior" and f"{4 * labelled_rings} known fraud partners" in report.sentence


def test_where_every_partner_is_known_fraud_nothing_is_trained() -> None:
    world = tiny_world()
    links = replace(world.links, partners=world.links.partners.assign(verdict="fraud"))
    risk, report = member_risk(links, world.projection, world.prior, seed=0)
    assert report.model == "prior" and "every partner is known fraud" in report.sentence
    assert risk.partner.min() >= 0.9


def test_a_world_without_events_has_a_risk() -> None:
    links = empty_links()
    projection = project(links)
    risk, report = member_risk(links, projection, prior_risk(links, projection), seed=0)
    assert report.model == "prior"
    assert risk.partner.shape == (3,) and risk.device.shape == (0,)


def test_without_verdicts_every_feature_stays_what_it_was() -> None:
    world = tiny_world()
    blind = without_verdicts(world.links)
    projection = project(blind)
    again = prior_risk(blind, projection)
    assert again.partner_features.equals(world.prior.partner_features)
    ours, blinds = node_features(world.links), node_features(blind)
    assert all(ours[kind].equals(blinds[kind]) for kind in Kind)
