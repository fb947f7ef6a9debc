from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import gnn.risk
from gnn.checkpoint import CheckpointError
from gnn.evaluation import average_precision
from gnn.features import node_features
from gnn.risk import RiskReport, member_risk
from graph.prior import Prior, prior_risk
from graph.projection import project
from graph.records import Risk
from graph.schema import Kind
from tests.gnn.tiny_world import empty_links, tiny_world, without_verdicts


@cache
def _trained() -> tuple[Risk, RiskReport, bytes]:
    """Risk, report and checkpoint of the tiny world."""
    world = tiny_world()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "risk.pt"
        risk, report = member_risk(world.links, world.projection, world.prior, seed=0, checkpoint=path)
        return risk, report, path.read_bytes()


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
        "prior",
        "flat baseline",
        "neighbour trees",
        "GraphSAGE",
        "belief propagation",
        "stack",
    ]
    assert all(score.lower_bound <= score.average_precision for score in report.scores)
    assert sum(score.weight for score in report.scores) == pytest.approx(1)
    assert report.labels["partner"] == {"fraud": 32, "legit": 30}
    assert report.base_rate == pytest.approx(32 / 62)
    assert "GraphSAGE wins" in report.sentence and "flat baseline" in report.sentence
    assert json.loads(json.dumps(asdict(report)))["model"] == "stack"


def test_the_same_seed_gives_the_same_risk_and_checkpoint(tmp_path: Path) -> None:
    world, path = tiny_world(), tmp_path / "models" / "risk.pt"
    again, report = member_risk(world.links, world.projection, world.prior, seed=0, checkpoint=path)
    assert [file.name for file in path.parent.iterdir()] == ["risk.pt"]
    assert path.read_bytes() == _trained()[2]
    for kind in Kind:
        assert again.of(kind).tobytes() == _trained()[0].of(kind).tobytes()
    assert report == _trained()[1]


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


def test_a_checkpoint_finds_rings_in_another_world_without_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = tmp_path / "risk.pt", tiny_world(seed=1)
    path.write_bytes(_trained()[2])
    monkeypatch.setattr(gnn.risk, "train_sage", None)  # applying must not train
    risk, report = member_risk(
        without_verdicts(other.links), other.projection, other.prior, seed=0, checkpoint=path
    )
    assert report.model == "checkpoint" and "checkpoint" in report.sentence
    assert average_precision(risk.partner, other.ring >= 0) > 0.8


def test_a_checkpoint_of_other_features_is_refused_by_name(tmp_path: Path) -> None:
    world, path = tiny_world(), tmp_path / "risk.pt"
    path.write_bytes(_trained()[2])
    features = world.prior.partner_features
    renamed = Prior(world.prior.risk, features.rename(columns={features.columns[0]: "moon_phase"}))
    with pytest.raises(
        CheckpointError, match=r"a partner it lacks prior\.moon_phase and has prior\.bad_surprise"
    ):
        member_risk(world.links, world.projection, renamed, seed=0, checkpoint=path)
    turned = Prior(world.prior.risk, features[features.columns[::-1]])
    with pytest.raises(CheckpointError, match="another order"):
        member_risk(world.links, world.projection, turned, seed=0, checkpoint=path)


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04 cut off"])
def test_a_broken_checkpoint_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    world, path = tiny_world(), tmp_path / "risk.pt"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"risk\.pt is not a checkpoint"):
        member_risk(world.links, world.projection, world.prior, seed=0, checkpoint=path)


def test_a_checkpoint_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    world = tiny_world()
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CheckpointError, match="cannot be written"):
        member_risk(
            world.links, world.projection, world.prior, seed=0, checkpoint=tmp_path / "file" / "risk.pt"
        )


def test_without_verdicts_every_feature_stays_what_it_was() -> None:
    world = tiny_world()
    blind = without_verdicts(world.links)
    projection = project(blind)
    again = prior_risk(blind, projection)
    assert again.partner_features.equals(world.prior.partner_features)
    ours, blinds = node_features(world.links), node_features(blind)
    assert all(ours[kind].equals(blinds[kind]) for kind in Kind)
