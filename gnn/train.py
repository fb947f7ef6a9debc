"""Training: labels known at `as_of`, unlabelled is not negative, folds that keep rings whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from gnn.dataset import Verdicts
from gnn.folds import FOLDS
from gnn.models import GraphSAGE, SageGraph, grow_trees
from gnn.models.loss import LEGIT_SHARE, positive_unlabelled_loss, reproducible

EPOCHS: Final = 30
LEARNING_RATE: Final = 0.02
WEIGHT_DECAY: Final = 0.01
"""25 to 40 epochs, rates 0.01 to 0.02, decays 0.001 to 0.03 and widths 16 to 48 gave the same average
precision within 0.04 on two made-up worlds. So epochs are fixed: stopping early on a fold of nine frauds
would only add noise."""

UNLABELLED_SAMPLE: Final = 2_000
"""Unlabelled partners a model trains on at most, so that training costs the same however many there are."""


@dataclass(frozen=True)
class Split:
    """What there is to learn from: `fold` (n,), -1 where unlabelled; `sample` codes of the unlabelled."""

    known: Verdicts
    fold: NDArray[np.int64]
    sample: NDArray[np.int64]
    class_prior: float
    seed: int

    def fraud(self, fold: int) -> NDArray[np.int64]:
        """Codes of known frauds outside the fold."""
        return np.flatnonzero(self.known.fraud & (self.fold != fold))

    def legit(self, fold: int) -> NDArray[np.int64]:
        """Codes of known legit partners outside the fold."""
        return np.flatnonzero(self.known.legit & (self.fold != fold))


def split(known: Verdicts, fold: NDArray[np.int64], *, seed: int) -> Split:
    """The split of these folds; draws the sample of unlabelled partners."""
    unlabelled = np.flatnonzero(known.unlabelled)
    if len(unlabelled) > UNLABELLED_SAMPLE:
        draw = np.random.default_rng(seed).choice(unlabelled, UNLABELLED_SAMPLE, replace=False)
        unlabelled = np.sort(draw)
    return Split(known, fold, unlabelled, class_prior(known), seed)


def class_prior(known: Verdicts) -> float:
    """The share of fraud among all: the geometric mean of its two bounds.

    At least the known frauds are fraud; at most the share among the reviewed, since the suspicious are
    reviewed first. Both agree where everybody is reviewed. 0.02 to 0.1 gave the same average precision within
    0.03 on two made-up worlds whose share is 0.05 to 0.065.
    """
    frauds, reviewed = int(known.fraud.sum()), int((known.fraud | known.legit).sum())
    if not frauds:
        return 0.0
    return float(np.clip(frauds / np.sqrt(len(known.fraud) * reviewed), 1e-4, 0.5))


def train_sage(graph: SageGraph, data: Split) -> list[GraphSAGE]:
    """One GraphSAGE a fold, trained without it; the same bytes for the same seed on any number of cores."""
    return [_train_fold(graph, data, fold) for fold in range(FOLDS)]


def _train_fold(graph: SageGraph, data: Split, fold: int) -> GraphSAGE:
    fraud, legit = data.fraud(fold), data.legit(fold)
    # the part of the graph that these partners can see: bounded, where the whole is not
    near = graph.around(np.concatenate([fraud, legit, data.sample]))
    with reproducible(data.seed * FOLDS + fold):
        model = GraphSAGE(graph.widths)
        optimiser = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        model.train()
        for _ in range(EPOCHS):
            optimiser.zero_grad()
            of_fraud, of_legit, of_others = model(near).split([len(fraud), len(legit), len(data.sample)])
            loss = positive_unlabelled_loss(of_fraud, of_legit, of_others, data.class_prior)
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
    return model.eval()


def sage_scores(models: list[GraphSAGE], graph: SageGraph) -> NDArray[np.float64]:
    """The logits of all partners by every model, (models, n)."""
    with reproducible(0), torch.no_grad():
        return np.stack([model(graph).numpy() for model in models]).astype(np.float64)


def tree_scores(x: NDArray[np.float32], data: Split) -> NDArray[np.float64]:
    """The score of all partners by trees grown without each fold, (folds, n)."""
    scores = []
    for fold in range(FOLDS):
        fraud, legit = data.fraud(fold), data.legit(fold)
        rows = np.concatenate([fraud, legit, data.sample])
        weight = np.repeat(
            [
                1 / max(len(fraud), 1),
                LEGIT_SHARE / max(len(legit), 1),
                LEGIT_SHARE / max(len(data.sample), 1),
            ],
            [len(fraud), len(legit), len(data.sample)],
        )
        trees = grow_trees(x[rows], data.known.fraud[rows], weight, seed=data.seed * FOLDS + fold)
        scores.append(trees.predict_proba(x)[:, 1])
    return np.stack(scores)
