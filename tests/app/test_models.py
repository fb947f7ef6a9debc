from __future__ import annotations

import ast
import io
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import packages_distributions
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import app.models
import gnn.learning
import graph
import queries
from app.loading import Reading, read_links
from app.previous import read_profile
from app.progress import Steps
from app.run_folder import OutputError
from gnn.evaluation import calibration_error, reliability
from gnn.event_features import event_features
from gnn.known import known
from gnn.models import Model, Trees
from gnn.portfolio import Prior
from gnn.registry import MODEL_FILES, Decision, champion, crown, read_model
from graph.prior import prior_risk
from graph.projection import project
from tests.app.calls import Outcome, ringwatch
from tests.app.reviewed_world import moment_when, write_reviewed_world
from tests.gnn.judged_world import Coin, Linear


def two_models(features: dict[str, list[str]]) -> tuple[Model, ...]:
    return (Linear(), Coin())


def a_coin(features: dict[str, list[str]]) -> tuple[Model, ...]:
    return (Coin(),)


@pytest.fixture(autouse=True)
def quick_models(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(app.models, "candidates", two_models)
    yield


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reviewed") / "world"
    write_reviewed_world(folder)
    return folder


def train(data: Path, models: Path, *, share: float = 0.7) -> Outcome:
    world = data if (data.with_name(f"{data.name}.truth")).is_dir() else data.parent / "world"
    return ringwatch("train", data, "--out", models, "--as-of", moment_when(world, share=share).isoformat())


def only_model(models: Path) -> str:
    (id_,) = (path.name for path in models.iterdir() if path.is_dir())
    return id_


@pytest.fixture(scope="module")
def models(reviewed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry") / "models"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.models, "candidates", two_models)
        outcome = train(reviewed, folder)
    assert outcome.code == 0, outcome.err
    return folder


def test_training_says_how_every_model_did_and_which_is_recommended(reviewed: Path, models: Path) -> None:
    manifest = json.loads((models / only_model(models) / "model.json").read_text())
    assert manifest["model"] == "linear" and manifest["labels"]["fraud"] >= 17
    assert {one["model"] for one in manifest["judged"]["models"]} == {
        "linear",
        "coin",
        "the risk that needs no verdict",
    }
    assert any(name.startswith("event.") for name in manifest["features"]["partner"])
    assert "/" not in json.dumps(manifest["judged"])


def test_evaluation_is_on_what_became_known_after_the_training(reviewed: Path, models: Path) -> None:
    outcome = ringwatch("evaluate", reviewed, models / only_model(models))
    assert outcome.code == 0, outcome.err
    assert "became known fraud" in outcome.out and "Average precision among them" in outcome.out
    labels = pd.read_parquet(reviewed / "labels.parquet")
    later = labels[labels["known_at"] > moment_when(reviewed, share=0.7)]
    assert f" {(later['verdict'] == 'fraud').sum()} in " in outcome.out


def test_a_model_is_not_judged_before_its_training(reviewed: Path, models: Path) -> None:
    early = (moment_when(reviewed, share=0.7) - timedelta(days=1)).isoformat()
    outcome = ringwatch("evaluate", reviewed, models / only_model(models), "--as-of", early)
    assert outcome.code == 2 and "it would be judged on what it has seen" in outcome.err


def test_a_run_before_the_training_is_refused(reviewed: Path, models: Path, tmp_path: Path) -> None:
    early = (moment_when(reviewed, share=0.7) - timedelta(days=1)).isoformat()
    store = f"embedded:{tmp_path / 'store'}"
    words = ("--store", store, "--model", models / only_model(models), "--as-of", early)
    outcome = ringwatch("run", reviewed, "--out", tmp_path / "run", *words)
    assert outcome.code == 2 and "nothing later may influence a run" in outcome.err
    assert list(tmp_path.iterdir()) == []  # no run, and no store that was filled for nothing


@pytest.mark.slow
def test_promote_run_and_roll_back(reviewed: Path, models: Path, tmp_path: Path) -> None:
    # a registry of its own: the others' tests know of one model
    models = Path(shutil.copytree(models, tmp_path / "models"))
    good = only_model(models)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.models, "candidates", a_coin)
        assert train(reviewed, models).code == 0
    (bad,) = (path.name for path in models.iterdir() if path.is_dir() and path.name != good)

    # of an easy world the risk without verdicts says all there is to say: nothing can be better
    refused = ringwatch("promote", models, good, "--data", reviewed)
    assert refused.code == 2 and "does not beat the risk that needs no verdict" in refused.err
    now = datetime.now(UTC)
    crown(models, bad, Decision(now, None, "", now, 0.0, 0.0, 1, ("By hand.",)))
    rehearsal = ringwatch("promote", models, good, "--data", reviewed, "--shadow")
    assert rehearsal.code == 0, rehearsal.err
    assert f"{good} passes." in rehearsal.out and " with the champion, " in rehearsal.out
    assert champion(models) == bad
    promoted = ringwatch("promote", models, good, "--data", reviewed)
    assert promoted.code == 0, promoted.err
    assert champion(models) == good
    assert "champion already" in ringwatch("promote", models, good, "--data", reviewed).err
    refused = ringwatch("promote", models, bad, "--data", reviewed)
    assert refused.code == 2 and "does not beat the champion by 0.010" in refused.err
    assert champion(models) == good

    outcome = ringwatch("run", reviewed, "--out", tmp_path / "run", "--store", "none", "--model", models)
    assert outcome.code == 0, outcome.err
    report = json.loads((tmp_path / "run" / "run.json").read_text())["risk"]
    assert (report["model"], report["trained"]) == ("registry", good)
    assert ringwatch("rollback", models).code == 0
    assert champion(models) == bad
    history = [json.loads(line) for line in (models / "history.jsonl").read_text().splitlines()]
    assert [(one["event"], one["id"]) for one in history] == [
        ("refuse", good),
        ("promote", bad),
        ("promote", good),
        ("refuse", bad),
        ("rollback", bad),
    ]
    judged = history[3]
    assert (judged["rival"], judged["margin"], judged["max_harm"]) == (good, 0.01, 0.05)
    assert judged["judged_at"] == moment_when(reviewed, share=0.7).isoformat()
    assert len(judged["digest"]) == 64 and judged["capacity"] > 0
    assert any("does not beat the champion" in one for one in judged["why"])
    assert all(datetime.fromisoformat(one["at"]).utcoffset() == timedelta(0) for one in history)


@pytest.mark.slow
def test_the_same_model_from_rows_in_any_order_and_whatever_comes_later(
    reviewed: Path, models: Path, tmp_path: Path
) -> None:
    moment = moment_when(reviewed, share=0.7)
    (tmp_path / "world").mkdir()
    for seed, path in enumerate(sorted(reviewed.iterdir())):
        table = pq.read_table(path)
        rows = table.take(np.random.default_rng(seed).permutation(table.num_rows))
        known_at = {"orders": "placed_at", "payouts": "paid_at", "labels": "known_at"}.get(path.stem)
        if known_at is not None:  # what is later is not there at all
            rows = rows.filter(pa.compute.less_equal(rows[known_at], pa.scalar(moment, rows[known_at].type)))
        pq.write_table(rows, tmp_path / "world" / path.name)
    words = ("--as-of", moment.isoformat())
    # somebody damaged it: the training puts it right
    shutil.copytree(models, tmp_path / "models")
    (tmp_path / "models" / only_model(models) / "model.safetensors").write_bytes(b"x")
    outcome = ringwatch("train", tmp_path / "world", "--out", tmp_path / "models", *words)
    assert outcome.code == 0, outcome.err
    id_ = only_model(tmp_path / "models")
    for name in MODEL_FILES:
        assert (tmp_path / "models" / id_ / name).read_bytes() == (models / id_ / name).read_bytes()


def test_the_day_of_a_model_is_its_own_whoever_is_champion_by_then(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = models / only_model(models)
    trained, day = app.models.read_trained(folder), read_profile(folder)
    assert day is not None and app.models.training_day(folder, trained) == day
    monkeypatch.setattr(app.models, "champion", {models: "0" * 16}.get)
    assert app.models.training_day(models, trained) == day


def test_a_store_alone_has_no_rows_for_a_model_that_reads_them(models: Path) -> None:
    with pytest.raises(app.models.ModelError, match="reads the rows behind the links"):
        folder = models / only_model(models)
        app.models.refuse_unfit(app.models.read_trained(folder), folder, None, as_of_ms=2**60)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("evaluate", "data", "nowhere"), "holds no model of ringwatch"),
        (("promote", "nowhere", "0" * 16, "--data", "data"), "There is no model 0000000000000000"),
        (("promote", "nowhere", "../x", "--data", "data"), "is no id of a model"),
        (("rollback", "nowhere"), "There is no registry"),
        # before any row is read: the tables are not there either
        (("run", "data", "--out", "run", "--model", "nowhere"), "holds no model of ringwatch"),
        (("explain", "data", "nowhere"), "holds no model of ringwatch"),
    ],
)
def test_what_cannot_be_is_a_sentence(
    words: tuple[str, ...], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = ringwatch(*words)
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert sentence in outcome.err


STORES_OR_SHOWS = {"neo4j", "pyvis", "safetensors"}
"""Nothing that a model learns passes through these."""


def test_a_model_names_every_package_that_it_is_learnt_with() -> None:
    found = set()
    for room in (gnn, graph, queries):
        for path in Path(str(room.__file__)).parent.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    found.add(str(node.module))
    packages = packages_distributions()
    used = {name for module in found for name in packages.get(module.split(".")[0], [])}
    assert {"torch", "numpy"} <= used
    assert used - STORES_OR_SHOWS <= set(app.models.NAMED_PACKAGES)


def test_a_model_of_the_same_id_is_written_anew_where_it_is_damaged(models: Path, tmp_path: Path) -> None:
    id_ = only_model(models)
    contents = {path.name: path.read_bytes() for path in (models / id_).iterdir()}
    folder = tmp_path / id_
    for damage in (
        lambda: (folder / "model.safetensors").write_bytes(b"x"),
        lambda: (folder / "profile.json").unlink(),
        lambda: ((folder / "CARD.md").unlink(), (folder / "CARD.md").mkdir()),
        lambda: shutil.rmtree(folder),
        lambda: None,
    ):
        shutil.copytree(models / id_, folder, dirs_exist_ok=True)
        damage()
        app.models.keep(folder, contents)
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == contents
        assert [path.name for path in tmp_path.iterdir()] == [id_]
    (folder / "CARD.md").write_bytes(b"x")
    (folder / "notes").touch()
    with pytest.raises(OutputError, match=r"The model in .* holds 'notes', which ringwatch did not write"):
        app.models.keep(folder, contents)
    assert (folder / "notes").exists() and (folder / "CARD.md").read_bytes() == b"x"


def test_a_registry_that_cannot_be_written_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for out, sentence in (
        (tmp_path / "file", "is a file; name a folder"),
        (tmp_path / "file" / "models", "a part of its path is a file"),
        (Path("/proc/nope/models"), "cannot be written"),
    ):
        outcome = ringwatch("train", tmp_path / "no world", "--out", out)
        assert outcome.code == 2 and sentence in outcome.err and outcome.err.count("\n") == 1
    outcome = ringwatch("train", tmp_path / "no world", "--out", tmp_path / "deep" / "models")
    assert outcome.code == 2 and "no world" in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_promotion_that_cannot_be_written_down_is_refused_before_anything_is_read(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(folder: Path) -> None:
        raise OutputError(f"{folder.name} is read-only.")

    # the superuser, who may run these tests, can write anywhere
    monkeypatch.setattr(app.models, "check_writable", read_only)
    words = ("promote", models, only_model(models), "--data", tmp_path / "no world")
    outcome = ringwatch(*words)
    assert outcome.code == 2 and outcome.err == "ringwatch: models is read-only.\n"
    assert "no world" in ringwatch(*words, "--shadow").err


def test_too_few_verdicts_are_refused(small_world: Path, tmp_path: Path) -> None:
    outcome = ringwatch("train", small_world, "--out", tmp_path / "models")
    assert outcome.code == 2 and "Nothing can be trained" in outcome.err
    assert not (tmp_path / "models").exists()


def test_too_few_groups_of_frauds_are_told_before_models_wait_for_rows(
    reviewed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gnn.learning, "MIN_FRAUD_GROUPS", 1000)
    steps = Steps(io.StringIO())
    reading = Reading(moment_when(reviewed, share=0.7))
    with pytest.raises(app.models.ModelError, match=r"in \d+ groups are known fraud; 12 in 1000 are needed"):
        app.models.train_model(reviewed, tmp_path / "models", reading, seed=0, steps=steps)
    names = [step.name for step in steps.done]
    assert names.count("tie partners") == 1
    assert not {"features of rows", "judge models", "profile the day"} & set(names)


def trees_and_prior(features: dict[str, list[str]]) -> tuple[Model, ...]:
    return (Trees(hops=1, rounds=60), Prior())


@pytest.mark.slow
def test_on_worlds_that_it_never_saw_what_a_model_says_is_what_is_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.models, "candidates", trees_and_prior)
    # where thieves rob honest shops it is not: docs/models.md says by how much
    monkeypatch.setattr("graph.synthetic.writing.thieves", lambda world, rng: None)
    for seed in (4, 5, 6):
        write_reviewed_world(
            tmp_path / f"world{seed}", seed=seed, partners=900, orders=50_000, profile="real"
        )
    assert train(tmp_path / "world4", tmp_path / "models").code == 0
    model = read_model(tmp_path / "models" / only_model(tmp_path / "models"), trees_and_prior)
    for data in (tmp_path / "world5", tmp_path / "world6"):
        reading, steps = Reading(moment_when(data, share=0.7)), Steps(io.StringIO())
        tables, links = read_links(data, reading, steps)
        projection = project(links)
        prior = prior_risk(links, projection)
        then = known(links, projection, prior, events=event_features(tables), seed=0)
        members = pd.read_parquet(data.with_name(f"{data.name}.truth") / "ring_members.parquet")
        is_open = then.verdicts.unlabelled
        truth = links.partners["partner_id"].isin(members["id"]).to_numpy()[is_open]
        said = model.probability(then)[is_open]
        # of some 600 partners who are not yet decided about, 3 to 4 % are fraud
        assert calibration_error(reliability(said, truth)) < 0.05
        assert truth.mean() / 2 < said.mean() < 2 * truth.mean()
        assert (said > 0.5).sum() >= 3
        # as many are fraud as was said, within three standard deviations of so many draws, and a third of
        # what was said: its level is the share of fraud in the world that it learnt from, and worlds differ
        for part in (said > 0.5, said < 0.1):
            spread = np.sqrt((said[part] * (1 - said[part])).sum())
            assert abs(truth[part].sum() - said[part].sum()) <= 3 * spread + said[part].sum() / 3
