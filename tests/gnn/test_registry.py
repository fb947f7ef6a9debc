from __future__ import annotations

import errno
import hashlib
import json
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from gnn.calibration import Calibrator
from gnn.card import card
from gnn.registry import (
    MODEL_FILES,
    Decision,
    Manifest,
    ModelError,
    Trained,
    champion,
    crown,
    files,
    model_folder,
    read_model,
    refuse,
    roll_back,
)
from tests.gnn.judged_world import Linear, portfolio

JUDGED = {
    "sentence": "linear is recommended.",
    "moment_ms": 0,
    "learnt_from": {"fraud": 1, "legit": 1},
    "later": {"open": 1, "frauds": 1, "rings": 1, "cleared": 1, "capacity": 1, "share": 0.1},
    "models": [
        {
            "model": "linear",
            "average_precision": {"value": 0.5, "error": 0.1, "low": 0.4, "high": 0.6},
            "gain": {"value": 0.1, "error": 0.1, "low": -0.1, "high": 0.3},
            "recall": {"value": None, "error": None, "low": None, "high": None},
            "brier": 0.1,
            "calibration_error": 0.1,
            "reliability": [],
            "parts": [],
        }
    ],
}


PROFILE = b'{"form": 1}'
AT = datetime(2026, 5, 31, 12, tzinfo=UTC)


def decided(rival: str | None, why: tuple[str, ...] = ()) -> Decision:
    return Decision(AT, rival, "d" * 64, AT - timedelta(days=1), 0.01, 0.05, 12, why)


@cache
def made(seed: int = 0) -> Trained:
    weights = np.random.default_rng(seed).normal(size=4)
    features = {"partner": ["a", "b", "c"]}
    labels = {"fraud": 1, "legit": 1}
    calibrator = Calibrator(1.0, 1.0, 0.0)
    manifest = Manifest("linear", features, 5, seed, "0" * 64, labels, calibrator, JUDGED, {"python": "3"})
    return Trained(manifest, Linear(weights=weights))


def id_of(seed: int) -> str:
    return files(made(seed), card, PROFILE)[0]


def put(models: Path, trained: Trained) -> Path:
    id_, contents = files(trained, card, PROFILE)
    (models / id_).mkdir(parents=True)
    for name, content in contents.items():
        (models / id_ / name).write_bytes(content)
    return models / id_


def test_a_model_is_read_back_as_it_was(tmp_path: Path) -> None:
    folder = put(tmp_path, made())
    assert {path.name for path in folder.iterdir()} == MODEL_FILES
    again = read_model(folder, portfolio)
    assert again.manifest == made().manifest and again.id == folder.name
    assert again.model.tensors()["weights"].tobytes() == made().model.tensors()["weights"].tobytes()


def test_models_that_differ_have_other_ids() -> None:
    assert id_of(0) != id_of(1)


@pytest.mark.parametrize("name", sorted(MODEL_FILES))
@pytest.mark.parametrize("kept", [0.0, 0.5, 0.99])
def test_a_model_cut_short_is_refused_in_a_sentence(tmp_path: Path, name: str, kept: float) -> None:
    path = put(tmp_path, made()) / name
    path.write_bytes(path.read_bytes()[: int(kept * path.stat().st_size)])
    with pytest.raises(ModelError, match=r"do not match its name|holds no model of ringwatch"):
        read_model(path.parent, portfolio)


def test_a_changed_byte_anywhere_is_noticed(tmp_path: Path) -> None:
    folder = put(tmp_path, made())
    for name in MODEL_FILES:
        whole = (folder / name).read_bytes()
        for place in range(0, len(whole), max(len(whole) // 25, 1)):
            (folder / name).write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            with pytest.raises(ModelError):
                read_model(folder, portfolio)
        (folder / name).write_bytes(whole)
    assert read_model(folder, portfolio).id == folder.name


@pytest.mark.parametrize("name", sorted(MODEL_FILES))
def test_a_model_that_lacks_a_file_is_refused(tmp_path: Path, name: str) -> None:
    folder = put(tmp_path, made())
    (folder / name).unlink()
    with pytest.raises(ModelError, match=f"{name} is missing"):
        read_model(folder, portfolio)


def test_models_of_days_that_differ_have_other_ids() -> None:
    assert files(made(), card, b"{}")[0] != id_of(0)


def test_the_card_names_the_id(tmp_path: Path) -> None:
    folder = put(tmp_path, made())
    assert f"| id | {folder.name} |" in (folder / "CARD.md").read_text()


def test_a_model_under_another_name_is_refused(tmp_path: Path) -> None:
    folder = put(tmp_path, made()).rename(tmp_path / id_of(1))
    with pytest.raises(ModelError, match="changed, cut short or renamed"):
        read_model(folder, portfolio)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"files": 1, "format": 3}'])
def test_a_foreign_folder_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(ModelError, match=r"model\.json is missing"):
        read_model(tmp_path / "nowhere", portfolio)
    (tmp_path / "model.json").write_text(text)
    for name in MODEL_FILES - {"model.json"}:
        (tmp_path / name).write_bytes(b"\x80\x04 a pickle")
    with pytest.raises(ModelError, match=r"holds no model of ringwatch|do not match its name"):
        read_model(tmp_path, portfolio)


def forged(models: Path, content: dict[str, object]) -> Path:
    """The first model with another manifest, and every hash right."""
    text = json.dumps(content).encode()
    id_ = hashlib.sha256(text).hexdigest()[:16]
    folder = Path(shutil.copytree(models / id_of(0), models / id_))
    (folder / "model.json").write_bytes(text)
    (folder / "CARD.md").write_text((folder / "CARD.md").read_text().replace(id_of(0), id_))
    return folder


def test_a_whole_model_put_together_by_hand_must_still_make_sense(tmp_path: Path) -> None:
    content = json.loads((put(tmp_path, made()) / "model.json").read_bytes())
    assert read_model(forged(tmp_path, content | {"seed": 3}), portfolio).manifest.seed == 3
    for change in (
        {"model": "unheard of"},
        {"seed": "1"},
        {"seed": True},
        {"seed": -5},
        {"seed": 2**31},
        {"as_of_ms": 10**18},
        {"as_of_ms": -(10**18)},
        {"as_of_ms": -1},
        {"as_of_ms": 5.0},
        {"judged": {}},
        {"judged": []},
        {"features": []},
        {"features": {"partner": "abc"}},
        {"more": 1},
        {"calibrator": []},
        {"calibrator": {"a": 1}},
        {"calibrator": {"a": float("nan"), "b": 1, "c": 0}},
        {"calibrator": {"a": 1, "b": 1, "c": float("inf")}},
        {"calibrator": {"a": 1, "b": 1, "c": 10**400}},
        {"calibrator": {"a": -3, "b": -1, "c": 0}},
        {"calibrator": {"a": 9, "b": 1, "c": 0}},
    ):
        folder = forged(tmp_path, content | change)
        with pytest.raises(ModelError, match="another version of ringwatch"):
            read_model(folder, portfolio)
    other_format = json.dumps(content | {"format": 9}).encode()
    (tmp_path / id_of(0) / "model.json").write_bytes(other_format)
    with pytest.raises(ModelError, match="has format 9"):
        read_model(tmp_path / id_of(0), portfolio)


@pytest.mark.parametrize("word", ["..", "../../etc", "", "A" * 16, "0" * 15, "0" * 17, "0123456789abcde/"])
def test_a_word_that_is_no_id_names_no_folder(tmp_path: Path, word: str) -> None:
    with pytest.raises(ModelError, match="is no id of a model"):
        model_folder(tmp_path, word)


def test_promotion_and_rollback_are_kept_in_order(tmp_path: Path) -> None:
    first, second = (put(tmp_path, made(seed)).name for seed in (0, 1))
    assert champion(tmp_path) is None
    with pytest.raises(ModelError, match="nothing to go back to"):
        roll_back(tmp_path, portfolio, at=AT)
    crown(tmp_path, first, decided(None, why=("It is better.",)))
    with pytest.raises(ModelError, match="nothing to go back to"):
        roll_back(tmp_path, portfolio, at=AT)
    refuse(tmp_path, second, decided(first, why=("It is worse.",)))
    assert champion(tmp_path) == first
    crown(tmp_path, second, decided(first))
    assert read_model(tmp_path, portfolio).id == second
    assert roll_back(tmp_path, portfolio, at=AT) == first == champion(tmp_path)
    assert read_model(tmp_path, portfolio).id == first
    history = history_of(tmp_path)
    assert [(one["event"], one["id"], one["rival"]) for one in history] == [
        ("promote", first, None),
        ("refuse", second, first),
        ("promote", second, first),
        ("rollback", first, second),
    ]
    assert {one["at"] for one in history} == {"2026-05-31T12:00:00+00:00"}
    assert history[0] == {
        "event": "promote",
        "id": first,
        "rival": None,
        "at": "2026-05-31T12:00:00+00:00",
        "judged_at": "2026-05-30T12:00:00+00:00",
        "digest": "d" * 64,
        "margin": 0.01,
        "max_harm": 0.05,
        "capacity": 12,
        "why": ["It is better."],
    }
    assert {path.name for path in tmp_path.iterdir()} == {"champion", "history.jsonl", first, second}


def history_of(models: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (models / "history.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("damage", ["gone", "cut short"])
def test_a_rollback_to_a_model_that_cannot_be_read_changes_nothing(tmp_path: Path, damage: str) -> None:
    first, second = (put(tmp_path, made(seed)) for seed in (0, 1))
    crown(tmp_path, first.name, decided(None))
    crown(tmp_path, second.name, decided(first.name))
    kept = [(tmp_path / name).read_bytes() for name in ("champion", "history.jsonl")]
    if damage == "gone":
        shutil.rmtree(first)
    else:
        (first / "model.safetensors").write_bytes(b"x")
    with pytest.raises(ModelError, match=r"There is no model|do not match its name"):
        roll_back(tmp_path, portfolio, at=AT)
    assert [(tmp_path / name).read_bytes() for name in ("champion", "history.jsonl")] == kept


def test_a_model_that_beat_another_than_the_champion_of_now_is_not_promoted(tmp_path: Path) -> None:
    first, second, third = (put(tmp_path, made(seed)).name for seed in (0, 1, 2))
    crown(tmp_path, first, decided(None))
    crown(tmp_path, second, decided(first))
    for rival in (None, first):
        with pytest.raises(ModelError, match=f"changed from {rival or 'none'} to {second}; promote it again"):
            crown(tmp_path, third, decided(rival))
    assert champion(tmp_path) == second
    last = history_of(tmp_path)[-1]
    assert (last["event"], last["id"], last["rival"]) == ("refuse", third, first)


def test_of_two_promotions_at_once_one_is_refused(tmp_path: Path) -> None:
    names = [put(tmp_path, made(seed)).name for seed in (0, 1)]
    start = threading.Barrier(2)

    def promote(name: str) -> str:
        start.wait()
        try:
            crown(tmp_path, name, decided(None))
        except ModelError as error:
            return str(error)
        return "promoted"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(promote, names))
    winner = names[said.index("promoted")]
    (refusal,) = (one for one in said if one != "promoted")
    assert f"changed from none to {winner}; promote it again" in refusal
    assert champion(tmp_path) == winner
    assert [(one["event"], one["id"] == winner) for one in history_of(tmp_path)] == [
        ("promote", True),
        ("refuse", False),
    ]


def test_half_a_line_in_the_history_spoils_no_later_one(tmp_path: Path) -> None:
    first, second = (put(tmp_path, made(seed)).name for seed in (0, 1))
    crown(tmp_path, first, decided(None))
    history = tmp_path / "history.jsonl"
    history.write_bytes(history.read_bytes() + b'{"at": "2026-0')  # whoever wrote it was killed
    crown(tmp_path, second, decided(first))
    refuse(tmp_path, first, decided(second))
    lines = history.read_text().split("\n")
    assert [json.loads(lines[place])["id"] for place in (0, 2, 3)] == [first, second, first]
    assert lines[1] == '{"at": "2026-0' and lines[4] == ""


def test_a_registry_that_cannot_be_locked_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("gnn.registry.fcntl.flock", no_locks)
    with pytest.raises(ModelError, match=r"cannot be locked: No locks available"):
        crown(tmp_path, "0" * 16, decided(None))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", ["../../x\n", "zz\n", "\n", ""])
def test_a_champion_written_by_hand_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "champion").write_text(content)
    with pytest.raises(ModelError, match="was changed by hand"):
        champion(tmp_path)


def test_a_champion_whose_folder_is_gone_is_named(tmp_path: Path) -> None:
    crown(tmp_path, "0" * 16, decided(None))
    with pytest.raises(ModelError, match="There is no model 0000000000000000"):
        read_model(tmp_path, portfolio)


def test_no_registry_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="There is no registry"):
        roll_back(tmp_path / "nowhere", portfolio, at=AT)


def test_a_registry_without_a_champion_says_so(tmp_path: Path) -> None:
    (tmp_path / ("0" * 16)).mkdir()
    (tmp_path / ("0" * 16) / "model.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match=r"has no champion yet; name one of its models, such as .*/0{16}'"):
        read_model(tmp_path, portfolio)
