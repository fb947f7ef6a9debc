"""Boosted trees on flat rows: a node's own inputs, or its neighbourhood's as well."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Self

import numpy as np
import xgboost
from numpy.typing import NDArray

from gnn.models.base import Codes, Floats, GraphData, Labels, NotFittedError, Tensors
from gnn.models.loss import LEGIT_SHARE
from gnn.models.neighbours import heard_table, neighbour_table

CHUNK: Final = 1 << 15
"""Nodes whose rows are in memory at once: a row of two hops is some ten thousand bytes."""


@dataclass(frozen=True)
class Trees:
    """Boosted trees (xgboost) on `neighbour_table` of `hops` hops; `hops` 0 is the flat baseline.

    `columns` chooses among a node's own inputs where `hops` is 0, all where empty. `hears` adds the verdicts
    around a node. They learn from `most` of each group of labels
    at most, drawn. `forest` trees are grown a round, each on `rows` of the nodes and `share` of the columns.
    Weights are those of the loss of positives and unlabelled: unlabelled nodes count as legit, for half.
    """

    hops: int = 2
    columns: tuple[int, ...] = ()
    hears: bool = False
    most: int | None = None
    rounds: int = 200
    forest: int = 1
    depth: int = 5
    rate: float = 0.05
    rows: float = 0.8
    share: float = 0.3
    lightest: float = 3.0
    penalty: float = 1.0
    name: str = "neighbour trees"
    fitted: bytes = field(default=b"", repr=False, compare=False)

    def fit(self, data: GraphData, labels: Labels) -> Self:
        """The model grown on these labels; raises `ValueError` where there is no fraud or nothing else."""
        if not len(labels.fraud) or not len(labels.legit) + len(labels.unlabelled):
            raise ValueError("Trees need known frauds, and others to tell them from.")
        labels = labels.at_most(self.most)
        codes = np.concatenate([labels.fraud, labels.legit, labels.unlabelled])
        order = np.argsort(codes, kind="stable")
        fraud = np.repeat([1.0, 0.0], [len(labels.fraud), len(codes) - len(labels.fraud)])
        weight = _weights(labels) * len(codes)
        table = xgboost.DMatrix(
            self.table(data, codes[order]), label=fraud[order], weight=weight[order], nthread=1
        )
        settings = {
            "objective": "binary:logistic",
            "base_score": labels.class_prior,
            "tree_method": "hist",
            "num_parallel_tree": self.forest,
            "max_depth": self.depth,
            "eta": self.rate,
            "subsample": self.rows,
            "colsample_bynode": self.share,
            "min_child_weight": self.lightest,
            "lambda": self.penalty,
            "seed": labels.seed,
            "nthread": 1,
            "verbosity": 0,
        }
        grown = xgboost.train(settings, table, num_boost_round=self.rounds)
        return replace(self, fitted=bytes(grown.save_raw("ubj")))

    def table(self, data: GraphData, rows: Codes | None = None) -> Floats:
        """What the trees read, (n, width), or that of these nodes alone."""
        table = neighbour_table(data, data.kind, self.hops, rows)
        if not self.hops and self.columns:
            table = table[:, list(self.columns)]
        return np.concatenate([table, heard_table(data, rows)], axis=1) if self.hears else table

    def risk(self, data: GraphData) -> NDArray[np.float64]:
        """The probability of fraud, (n,)."""
        if not self.fitted:
            raise NotFittedError("The trees are not fitted.")
        booster, risk = self.booster(), np.empty(data.size)
        for first in range(0, data.size, CHUNK):
            rows = np.arange(first, min(first + CHUNK, data.size))
            risk[rows] = booster.predict(xgboost.DMatrix(self.table(data, rows), nthread=1))
        return risk

    def booster(self) -> xgboost.Booster:
        """The trees as xgboost holds them."""
        booster = xgboost.Booster({"nthread": 1})
        booster.load_model(bytearray(self.fitted))
        return booster

    def tensors(self) -> Tensors:
        """The trees as xgboost writes them in UBJSON, as bytes."""
        if not self.fitted:
            raise NotFittedError("The trees are not fitted.")
        return {"booster": np.frombuffer(self.fitted, dtype=np.uint8)}

    def restore(self, tensors: Tensors) -> Self:
        """The fitted model; raises `ValueError` where the bytes are no trees."""
        if "booster" not in tensors:
            raise ValueError("These tensors hold no trees.")
        model = replace(self, fitted=tensors["booster"].tobytes())
        try:
            model.booster()
        except xgboost.core.XGBoostError as error:
            raise ValueError("These tensors hold no trees.") from error
        return model


def _weights(labels: Labels) -> NDArray[np.float64]:
    """What each node of the three groups weighs; all together 1, frauds together the prior."""
    groups = [
        (labels.class_prior, len(labels.fraud)),
        ((1 - labels.class_prior) * LEGIT_SHARE, len(labels.legit)),
        ((1 - labels.class_prior) * (1 - LEGIT_SHARE), len(labels.unlabelled)),
    ]
    weight = np.concatenate([np.full(size, share / max(size, 1)) for share, size in groups])
    total: NDArray[np.float64] = weight / weight.sum()
    return total
