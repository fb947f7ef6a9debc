"""The registry: a folder a model, which one is the champion, and what was decided when.

A model's folder holds `model.json` (what it is and how it was judged), `model.safetensors` (plain arrays,
nothing that runs when loaded) and `CARD.md` (for people). Its id is the hash of the first two, so a folder
that was changed, cut short or put together by hand is noticed. The registry's own two files are `champion`,
ids one a line, the present one first and those before it after, and `history.jsonl`, a line a decision.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gnn.calibration import Calibrator
from gnn.known import EVENT, Known
from gnn.models import Model, Tensors

FORMAT: Final = 2
MANIFEST: Final = "model.json"
WEIGHTS: Final = "model.safetensors"
CARD: Final = "CARD.md"
MODEL_FILES: Final = frozenset((MANIFEST, WEIGHTS, CARD))
CHAMPION: Final = "champion"
HISTORY: Final = "history.jsonl"

Portfolio = Callable[[dict[str, list[str]]], Sequence[Model]]
"""The models there are, not fitted, for features in order by kind."""

_ID: Final = re.compile(r"[0-9a-f]{16}")


class ModelError(Exception):
    """A model that cannot be trained, read or used; the message is a sentence that says what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a model is: its name in the portfolio, what it reads, what it was trained on.

    `features` in order, by kind; `as_of_ms` the moment of training; `digest` a SHA-256 of the input; `labels`
    how many frauds and legit partners were known; `judged` every figure of the back-test, as plain values.
    """

    model: str
    features: dict[str, list[str]]
    as_of_ms: int
    seed: int
    digest: str
    labels: dict[str, int]
    calibrator: Calibrator
    judged: dict[str, Any]
    versions: dict[str, str]

    @property
    def reads_rows(self) -> bool:
        """Whether it needs the rows behind the links, which a store does not have."""
        return any(name.startswith(EVENT) for names in self.features.values() for name in names)


@dataclass(frozen=True)
class Trained:
    """A fitted model and what it is; `id` is the hash of its files, "" before it has any."""

    manifest: Manifest
    model: Model
    id: str = ""

    def probability(self, known: Known) -> NDArray[np.float64]:
        """The calibrated probability of fraud of every partner, (n,), with every verdict of `known` heard.

        Raises ModelError where `known` has other features than those it was trained on.
        """
        _check_features(self.manifest, known.features)
        heard = known.heard(seed=self.manifest.seed)
        return self.manifest.calibrator.probability(self.model.risk(heard))


def files(trained: Trained, card: Callable[[str, Manifest], str]) -> tuple[str, dict[str, bytes]]:
    """The model's id, and the files of its folder by name; the same bytes for the same model."""
    weights = save(_plain(trained.model.tensors()))
    content = asdict(trained.manifest) | {"format": FORMAT, "weights": hashlib.sha256(weights).hexdigest()}
    manifest = (json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n").encode()
    id_ = _id_of(manifest)
    return id_, {MANIFEST: manifest, WEIGHTS: weights, CARD: card(id_, trained.manifest).encode()}


def read_model(folder: Path, portfolio: Portfolio) -> Trained:
    """The model in that folder, or the champion of a registry there; ModelError where it cannot be trusted.

    A model's folder must be called by its id, so that one that was changed is noticed.
    """
    crowned = champion(folder)
    if crowned is not None:
        folder = model_folder(folder, crowned)
    texts = {name: _read(folder, name) for name in (MANIFEST, WEIGHTS)}
    content = _parsed(texts[MANIFEST])
    if not content.keys() >= {"weights", "format"}:
        raise ModelError(
            f"The folder {str(folder)!r} holds no model of ringwatch; `ringwatch train` makes one."
        )
    weights_hash, format_ = content.pop("weights"), content.pop("format")
    if format_ != FORMAT:
        raise ModelError(
            f"The model in {str(folder)!r} has format {format_!r}, not {FORMAT}; train a new one."
        )
    if (
        folder.resolve().name != _id_of(texts[MANIFEST])
        or weights_hash != hashlib.sha256(texts[WEIGHTS]).hexdigest()
    ):
        raise ModelError(
            f"The model in {str(folder)!r} is not the one that was trained: its files do not match its name. "
            "It was changed, cut short or renamed; take it from where it was trained, or train a new one."
        )
    try:
        manifest = _manifest(content)
        (unfitted,) = (model for model in portfolio(manifest.features) if model.name == manifest.model)
        return Trained(manifest, unfitted.restore(load(texts[WEIGHTS])), folder.resolve().name)
    except (SafetensorError, ValueError, TypeError, KeyError):
        raise ModelError(
            f"The model in {str(folder)!r} is of another version of ringwatch; train a new one."
        ) from None


def champion(models: Path) -> str | None:
    """The id of the registry's champion, None where nothing was promoted yet."""
    return next(iter(_line_of_champions(models)), None)


def crown(models: Path, id_: str, *, why: Sequence[str]) -> None:
    """Make a model of the registry its champion."""
    with _alone(models):
        line = _line_of_champions(models)
        if line[:1] == [id_]:
            return
        _note(models, {"event": "promote", "id": id_, "before": next(iter(line), None), "why": list(why)})
        _replace(models / CHAMPION, "".join(f"{one}\n" for one in [id_, *line]))


def roll_back(models: Path) -> str:
    """Make the champion before the present one champion again, and say its id; ModelError without one."""
    with _alone(models):
        line = _line_of_champions(models)
        if len(line) < 2:
            raise ModelError(
                f"The registry {str(models)!r} has had no champion before; there is nothing to go back to."
            )
        _note(models, {"event": "rollback", "id": line[1], "before": line[0], "why": []})
        _replace(models / CHAMPION, "".join(f"{one}\n" for one in line[1:]))
        return line[1]


def model_folder(models: Path, id_: str) -> Path:
    """The folder of that model in the registry; ModelError for a word that is no id or names none."""
    if not _ID.fullmatch(id_):
        raise ModelError(f"{id_!r} is no id of a model: sixteen digits and letters from a to f.")
    if not (models / id_).is_dir():
        raise ModelError(f"There is no model {id_} in {str(models)!r}; `ringwatch train` puts models there.")
    return models / id_


def _check_features(manifest: Manifest, ours: dict[str, list[str]]) -> None:
    theirs = manifest.features
    if theirs == ours:
        return
    for kind, names in ours.items():
        known = theirs.get(kind, [])
        missing = [name for name in names if name not in known]
        gone = [name for name in known if name not in names]
        if missing or gone:
            parts = [f"lacks {_some(missing)}"] * bool(missing) + [f"has {_some(gone)}"] * bool(gone)
            raise ModelError(
                f"The model was trained on other features: for a {kind} it {' and '.join(parts)}. "
                "Train a new one."
            )
    raise ModelError("The model was trained on the same features in another order. Train a new one.")


def _some(names: Sequence[str], most: int = 3) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _manifest(content: dict[str, Any]) -> Manifest:
    calibrator = Calibrator(**{name: float(value) for name, value in content.pop("calibrator").items()})
    manifest = Manifest(**content, calibrator=calibrator)
    if not isinstance(manifest.seed, int) or not isinstance(manifest.as_of_ms, int):
        raise TypeError("seed and moment are whole numbers")
    if not isinstance(manifest.judged["sentence"], str):
        raise TypeError("what is recommended is a sentence")
    return manifest


def _plain(tensors: Tensors) -> dict[str, NDArray[Any]]:
    return {name: np.ascontiguousarray(values) for name, values in sorted(tensors.items())}


def _id_of(manifest: bytes) -> str:
    return hashlib.sha256(manifest).hexdigest()[:16]


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError:
        raise ModelError(
            f"The folder {str(folder)!r} holds no model of ringwatch and no registry with a champion: {name} "
            "is missing or cannot be read."
        ) from None


def _line_of_champions(models: Path) -> list[str]:
    path = models / CHAMPION
    try:
        line = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    except (OSError, ValueError):
        line = [""]
    if not all(_ID.fullmatch(one) for one in line):
        raise ModelError(f"{str(path)!r} was changed by hand: it must hold ids of models, one a line.")
    return line


@contextmanager
def _alone(models: Path) -> Iterator[None]:
    """Two decisions at once would lose one of them."""
    try:
        folder = os.open(models, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        raise ModelError(f"There is no registry in {str(models)!r}; `ringwatch train` makes one.") from None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _note(models: Path, entry: dict[str, Any]) -> None:
    """A line in the history, written before the decision takes effect: none takes effect unnoted."""
    try:
        with (models / HISTORY).open("a", encoding="utf-8") as history:
            history.write(json.dumps(entry, sort_keys=True) + "\n")
            history.flush()
            os.fsync(history.fileno())
    except OSError as error:
        raise ModelError(f"The registry {str(models)!r} cannot be written: {error.strerror}.") from None


def _replace(path: Path, text: str) -> None:
    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, prefix=".champion-", encoding="utf-8", delete=False
        ) as part:
            part.write(text)
            part.flush()
            os.fsync(part.fileno())
        Path(part.name).replace(path)  # one atomic step
    except OSError as error:
        raise ModelError(f"The registry {str(path.parent)!r} cannot be written: {error.strerror}.") from None
