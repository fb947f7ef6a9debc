"""The registry: a folder a model, which one is the champion, and what was decided when.

A model's folder holds `model.json` (what it is and how it was judged), `model.safetensors` (plain arrays,
nothing that runs when loaded), `profile.json` (how its day looked) and `CARD.md` (for people). Its id is the
hash of the first, which holds the hashes of the others, so a folder that was changed, cut short or renamed is
noticed. The registry's own two files are `champion`, ids one a line, the present one first and those before
it after, and `history.jsonl`, a line a decision: to promote, to refuse, to go back.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gnn.calibration import Calibrator
from gnn.known import EVENT, Known
from gnn.models import Model, Tensors
from graph.schema import EPOCH, utc

FORMAT: Final = 3
MAX_SEED: Final = 2**31 - 1
"""The highest seed that a model may be trained with."""
MANIFEST: Final = "model.json"
WEIGHTS: Final = "model.safetensors"
PROFILE: Final = "profile.json"
CARD: Final = "CARD.md"
MODEL_FILES: Final = frozenset((MANIFEST, WEIGHTS, PROFILE, CARD))
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


@dataclass(frozen=True)
class Decision:
    """What a gate said of a model: `at` a moment, on what, by which rules, and why in sentences.

    `digest` is a SHA-256 of all rows it read, `judged_at` the moment it looked back to. It compared with the
    champion `rival`, or with the risk that needs no verdict where that is None.
    """

    at: datetime
    rival: str | None
    digest: str
    judged_at: datetime
    margin: float
    max_harm: float
    capacity: int
    why: tuple[str, ...]


def files(
    trained: Trained, card: Callable[[str, Manifest], str], profile: bytes
) -> tuple[str, dict[str, bytes]]:
    """The model's id, and the files of its folder by name; the same bytes for the same model and profile.

    `card` writes the card of an id, which may be "", and a manifest, and names the id once at most.
    """
    weights = save(_plain(trained.model.tensors()))
    others = {WEIGHTS: weights, PROFILE: profile, CARD: card("", trained.manifest).encode()}
    content = asdict(trained.manifest) | {"format": FORMAT, "files": _digests("", others)}
    manifest = (json.dumps(content, indent=2, sort_keys=True, allow_nan=False) + "\n").encode()
    id_ = _id_of(manifest)
    return id_, others | {MANIFEST: manifest, CARD: card(id_, trained.manifest).encode()}


def read_model(folder: Path, portfolio: Portfolio) -> Trained:
    """The model in that folder, or the champion of a registry there; ModelError where it cannot be trusted.

    A model's folder must be called by its id, so that one that was changed is noticed.
    """
    crowned = champion(folder)
    if crowned is not None:
        folder = model_folder(folder, crowned)
    elif kept := sorted(
        one.parent.name for one in folder.glob(f"*/{MANIFEST}") if _ID.fullmatch(one.parent.name)
    ):
        # as it is right after a training
        raise ModelError(
            f"The registry {str(folder)!r} has no champion yet; name one of its models, such as "
            f"{str(folder / kept[0])!r}, or make one the champion with `ringwatch promote`."
        )
    text = _read(folder, MANIFEST)
    content = _parsed(text)
    if "format" not in content:
        raise ModelError(
            f"The folder {str(folder)!r} holds no model of ringwatch; `ringwatch train` makes one."
        )
    if (format_ := content.pop("format")) != FORMAT:
        raise ModelError(
            f"The model in {str(folder)!r} has format {format_!r}, not {FORMAT}; train a new one."
        )
    others = {name: _read(folder, name) for name in sorted(MODEL_FILES - {MANIFEST})}
    id_ = folder.resolve().name
    if id_ != _id_of(text) or content.pop("files", None) != _digests(id_, others):
        raise ModelError(
            f"The model in {str(folder)!r} is not the one that was trained: its files do not match its name. "
            "It was changed, cut short or renamed; take it from where it was trained, or train a new one."
        )
    try:
        manifest = _manifest(content)
        (unfitted,) = (model for model in portfolio(manifest.features) if model.name == manifest.model)
        return Trained(manifest, unfitted.restore(load(others[WEIGHTS])), id_)
    except (SafetensorError, ValueError, TypeError, KeyError, OverflowError):
        raise ModelError(
            f"The model in {str(folder)!r} was put together by hand or is of another version of ringwatch; "
            "train a new one."
        ) from None


def champion(models: Path) -> str | None:
    """The id of the registry's champion, None where nothing was promoted yet."""
    return next(iter(_line_of_champions(models)), None)


def crown(models: Path, id_: str, decision: Decision) -> None:
    """Make a model of the registry its champion; ModelError where it was compared with another than now."""
    with _alone(models):
        line = _line_of_champions(models)
        present = next(iter(line), None)
        if present != decision.rival:
            changed = (
                f"{id_} is not promoted: while it was judged the champion changed from "
                f"{decision.rival or 'none'} to {present or 'none'}; promote it again."
            )
            _note_decision(models, "refuse", id_, replace(decision, why=(changed,)))
            raise ModelError(changed)
        _note_decision(models, "promote", id_, decision)
        _replace(models / CHAMPION, "".join(f"{one}\n" for one in [id_, *line]))


def refuse(models: Path, id_: str, decision: Decision) -> None:
    """Write down that a model was not promoted."""
    with _alone(models):
        _note_decision(models, "refuse", id_, decision)


def roll_back(models: Path, portfolio: Portfolio, *, at: datetime) -> str:
    """Make the champion before the present one champion again, and say its id.

    Raises ModelError, and changes nothing, where there is none or where it cannot be read.
    """
    with _alone(models):
        line = _line_of_champions(models)
        if len(line) < 2:
            raise ModelError(
                f"The registry {str(models)!r} has had no champion before; there is nothing to go back to."
            )
        read_model(model_folder(models, line[1]), portfolio)
        _note(models, {"event": "rollback", "id": line[1], "rival": line[0], "at": at.isoformat(), "why": []})
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
    """ValueError, TypeError, KeyError or OverflowError for what no training writes and a use trips over."""
    calibrator = Calibrator(**{name: float(content["calibrator"][name]) for name in content["calibrator"]})
    manifest = Manifest(**content | {"calibrator": calibrator})
    if type(manifest.seed) is not int or not 0 <= manifest.seed <= MAX_SEED:
        raise ValueError("no seed")
    if type(manifest.as_of_ms) is not int or utc(manifest.as_of_ms) < EPOCH:
        raise ValueError("no moment")
    if not isinstance(manifest.judged["sentence"], str):
        raise TypeError("what is recommended is a sentence")
    if not isinstance(manifest.features, dict) or not all(
        isinstance(names, list) and all(isinstance(name, str) for name in names)
        for names in manifest.features.values()
    ):
        raise TypeError("features are lists of names by kind")
    return manifest


def _digests(id_: str, contents: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 by file, of the card without the id, which is not known before."""
    return {
        name: hashlib.sha256(text.replace(id_.encode(), b"", 1) if name == CARD else text).hexdigest()
        for name, text in contents.items()
    }


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
        # one that is there has a champion: nobody else may take the place of one that was lost
        line = path.read_text(encoding="utf-8").splitlines() or [""] if path.exists() else []
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
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
        except OSError as error:
            raise ModelError(f"The registry {str(models)!r} cannot be locked: {error.strerror}.") from None
        yield
    finally:
        os.close(folder)


def _note_decision(models: Path, event: str, id_: str, decision: Decision) -> None:
    moments = {"at": decision.at.isoformat(), "judged_at": decision.judged_at.isoformat()}
    _note(models, {"event": event, "id": id_} | asdict(decision) | moments)


def _note(models: Path, entry: dict[str, Any]) -> None:
    """A line in the history, written before the decision takes effect: none takes effect unnoted.

    What was left of a line by a process that was killed, or a disk that was full, stays one of its own.
    """
    line = json.dumps(entry, sort_keys=True).encode() + b"\n"
    try:
        with (models / HISTORY).open("ab+") as history:
            if history.tell():
                history.seek(-1, os.SEEK_END)
                line = line if history.read(1) == b"\n" else b"\n" + line
            history.write(line)
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
