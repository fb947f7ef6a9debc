"""A checkpoint: the weights of GraphSAGE, and in words what they were trained on."""

from __future__ import annotations

import json
import os
import pickle
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import torch

from gnn.models import HIDDEN, GraphSAGE

FORMAT: Final = 1


class CheckpointError(Exception):
    """A checkpoint that cannot be used; the message says which, why and what to do."""


@dataclass(frozen=True)
class Card:
    """What a checkpoint was trained on: features in order, by kind; seed; moment; calibration."""

    features: dict[str, list[str]]
    seed: int
    as_of_ms: int
    slope: float
    intercept: float
    class_prior: float
    labels: dict[str, dict[str, int]]
    average_precision: float
    hidden: int = HIDDEN
    format: int = FORMAT


@dataclass(frozen=True)
class Checkpoint:
    """One model a fold, whose scores are averaged, and their card."""

    models: list[GraphSAGE]
    card: Card


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write the checkpoint whole or not at all: tensors and one JSON text, nothing that runs when loaded."""
    content = {
        "card": json.dumps(asdict(checkpoint.card), sort_keys=True),
        "models": [model.state_dict() for model in checkpoint.models],
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
            torch.save(content, part)
        os.replace(part.name, path)  # noqa: PTH105  one atomic step
    except OSError as error:
        raise CheckpointError(f"The checkpoint {path} cannot be written: {error.strerror}.") from error


def load_checkpoint(path: Path, features: dict[str, list[str]]) -> Checkpoint:
    """The checkpoint at `path`, which must have been trained on exactly these features.

    Raises `CheckpointError` where it is no checkpoint of ours, or names other features.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        card = Card(**json.loads(content["card"]))
    except OSError as error:
        raise CheckpointError(f"The checkpoint {path} cannot be read: {error.strerror}.") from error
    except (pickle.UnpicklingError, RuntimeError, EOFError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(
            f"{path} is not a checkpoint of this program; train a new one by leaving it out."
        ) from error
    if card.format != FORMAT:
        raise CheckpointError(
            f"The checkpoint {path} has format {card.format}, not {FORMAT}. Train a new one."
        )
    _check_features(path, card.features, features)
    widths = {kind: len(names) for kind, names in card.features.items()}
    models = []
    for state in content["models"]:
        model = GraphSAGE(widths, hidden=card.hidden)
        model.load_state_dict(state)
        models.append(model.eval())
    return Checkpoint(models, card)


def _check_features(path: Path, theirs: dict[str, list[str]], ours: dict[str, list[str]]) -> None:
    if theirs == ours:
        return
    for kind, names in ours.items():
        known = theirs.get(kind, [])
        missing = [name for name in names if name not in known]
        gone = [name for name in known if name not in names]
        if missing or gone:
            parts = [f"lacks {', '.join(missing)}"] * bool(missing) + [f"has {', '.join(gone)}"] * bool(gone)
            raise CheckpointError(
                f"The checkpoint {path} was trained on other features: for a {kind} "
                f"it {' and '.join(parts)}. Train a new one."
            )
    raise CheckpointError(
        f"The checkpoint {path} was trained on the same features in another order. Train a new one."
    )
