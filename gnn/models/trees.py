"""Boosted trees on flat rows: a node's own inputs, or its neighbourhood's as well."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

import numba
import numpy as np
import xgboost
from numpy.typing import NDArray
from scipy.special import logit

from gnn.models.base import Codes, Floats, GraphData, Labels, NotFittedError, Tensors
from gnn.models.loss import LEGIT_SHARE
from gnn.models.neighbours import (
    heard_table,
    nearby,
    neighbour_table,
    own_columns,
    shares_of,
    table_width,
    whole_columns,
)
from graph.forest import LEAF, ROWS_ABREAST, Forest, forest_of
from graph.parts import in_parts

LEAST_SURE: Final = 1e-3
"""A prior nearer than this to 0 or 1 is brought back to it, so that trees are able to correct it."""

CHUNK: Final = 1 << 11
"""Nodes whose rows are in memory at once: two hops on four kinds take up to 100,000 bytes a node, what it
hears included. 512 at once took a third longer, 4,096 a sixth less and twice the memory."""

ALIKE: Final = 1.5
"""Nodes of all folds, as a multiple of the widest fold's, up to which they are read once for all."""

AT_ONCE: Final = 2
"""Models that are grown together, in a thread each: of 10,500 nodes and 3,880 columns each holds 0.4 GB."""

ALL_FROM: Final = 4
"""Who asks about one node in so many, or more, asks about all: what they hear is much the same."""

COLUMNS: Final = 32
"""Columns of all nodes that a core works out at once: they take 128 bytes for each node that is heard."""


@dataclass(frozen=True)
class Trees:
    """Boosted trees (xgboost) on `neighbour_table` of `hops` hops; `hops` 0 is the flat baseline.

    `columns` chooses among a node's own inputs where `hops` is 0, all where empty. `hears` adds the verdicts
    around a node. They learn from `most` of each group of labels at most, drawn. `forest` trees are grown a
    round, each on `rows` of the nodes and `share` of the columns, of a `depth` of 5 at most: 32 leaves.
    Weights are those of the loss of positives and unlabelled: unlabelled nodes count as legit, for half.

    Where they are `on_prior`, trees start from the log odds of `GraphData.prior` and learn what to add: what
    the reviewed are known to be, and for each unlabelled node its prior, weighing the same (soft targets, as
    in distillation, Hinton et al. 2015). Unlabelled nodes are then what they were until verdicts say
    otherwise, also where nobody looks: with few verdicts, or wrong ones, little is added. On twelve worlds of
    three makers, of which a sixth of the fraud verdicts were wrong, weighing the reviewed by the inverse of
    their propensity (clipped to 0.2 and 5) or by how far the prior bears their verdict out moved the average
    precision by 0.002 on average.
    """

    hops: int = 2
    columns: tuple[int, ...] = ()
    hears: bool = False
    on_prior: bool = False
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
        return self.fits([data], [labels])[0]

    def fits(self, heard: Sequence[GraphData], labels: Sequence[Labels]) -> list[Self]:
        """The model grown on each of these labels, which its own graph says; graphs differ in nothing else.

        What is around a node is worked out once where most learn from the same nodes, as folds of few labels
        do. Of many each draws its own (`most`), and all of theirs at once would be most of the memory:
        `AT_ONCE` models are grown together.
        """
        if any(not len(one.fraud) or not len(one.legit) + len(one.unlabelled) for one in labels):
            raise ValueError("Trees need known frauds, and others to tell them from.")
        learnt = [one.at_most(self.most) for one in labels]
        asked = [np.sort(np.concatenate([one.fraud, one.legit, one.unlabelled])) for one in learnt]
        all_asked = np.unique(np.concatenate(asked))
        alike = len(all_asked) <= ALIKE * max(map(len, asked))
        around = self._around_all(heard[0], all_asked) if alike else None

        def read(codes: Codes) -> Floats:
            if around is None:
                return self._around_all(heard[0], codes)
            return around[np.searchsorted(all_asked, codes)]

        with ThreadPoolExecutor(AT_ONCE) as pool:
            # tables are handed on, not held on to
            grown = pool.map(
                lambda data, one, codes: self._grow(data, one, read(codes)), heard, learnt, asked
            )
            return list(grown)

    def _around_all(self, data: GraphData, rows: Codes) -> Floats:
        """(rows, width) what trees read of these nodes, a chunk at a time, but for verdicts, the last."""
        columns = np.arange(self._around(data))
        table = np.empty((len(rows), len(columns) + self._heard(data)), dtype=np.float32)
        for first in range(0, len(rows), CHUNK):
            table[first : first + CHUNK, : len(columns)] = self._table(
                data, rows[first : first + CHUNK], columns
            )
        return table

    def _grow(self, data: GraphData, labels: Labels, read: Floats) -> Self:
        """The model grown on these labels; `read` is `_around_all` of their nodes, sorted, and is filled."""
        codes = np.concatenate([labels.fraud, labels.legit, labels.unlabelled])
        order = np.argsort(codes, kind="stable")
        rows = codes[order]
        fraud = np.repeat([1.0, 0.0], [len(labels.fraud), len(codes) - len(labels.fraud)])
        weight = _weights(labels) * len(codes)
        if self.on_prior:
            weight = np.ones(len(codes))
            fraud[len(codes) - len(labels.unlabelled) :] = data.prior[labels.unlabelled]
        if self._heard(data):
            read[:, self._around(data) :] = heard_table(data, rows)
        table = xgboost.DMatrix(read, base_margin=self.start(data, rows), nthread=1)
        del read  # of which xgboost has a copy, twice as large
        table.set_info(label=fraud[order], weight=weight[order])
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

    def matrix(self, data: GraphData, rows: Codes) -> xgboost.DMatrix:
        """What the trees read of these nodes, and where they start."""
        return xgboost.DMatrix(self._table(data, rows), base_margin=self.start(data, rows), nthread=1)

    def _table(self, data: GraphData, rows: Codes, columns: Codes | None = None) -> Floats:
        """What the trees read of these nodes, (rows, width or columns); what they hear stands last."""
        around = self._around(data)
        read = np.arange(around + self._heard(data)) if columns is None else columns
        inner, last = read[read < around], read[read >= around] - around
        if self.hops:
            table = neighbour_table(data, data.kind, self.hops, rows, inner)
        else:
            own = np.asarray(self.columns, dtype=np.int64)[inner] if self.columns else inner
            table = data.x[data.kind][np.ix_(rows, own)]
        if len(last):
            table = np.concatenate([table, heard_table(data, rows)[:, last]], axis=1)
        return table

    def _around(self, data: GraphData) -> int:
        """How many columns trees read but for verdicts."""
        chosen = 0 if self.hops else len(self.columns)
        return chosen or table_width(data, data.kind, self.hops)

    def _heard(self, data: GraphData) -> int:
        """How many columns verdicts have."""
        among = [edge for edge in data.incoming(data.kind) if edge[0] == data.kind]
        return 2 * len(among) if self.hears else 0

    def start(self, data: GraphData, rows: Codes) -> NDArray[np.float64] | None:
        """The log odds that the trees add to, (rows,); None where they start from one number for all."""
        if not self.on_prior:
            return None
        odds: NDArray[np.float64] = logit(np.clip(data.prior[rows], LEAST_SURE, 1 - LEAST_SURE))
        return odds

    def risk(self, data: GraphData, rows: Codes | None = None) -> NDArray[np.float64]:
        """The probability of fraud, (n,) or (rows,)."""
        return self.risks([self], [data], rows).reshape(-1)

    def risks(
        self, fits: Sequence[Trees], heard: Sequence[GraphData], rows: Codes | None = None
    ) -> NDArray[np.float64]:
        """The risk by every one of these fits of a model, (fits, n) or (fits, rows).

        Each hears what its own graph says; graphs differ in nothing else, so that tables are made once.
        Raises ValueError for a graph of other columns than the trees were fitted on.
        """
        forests = [one.grown() for one in fits]
        asked = np.arange(heard[0].size) if rows is None else rows
        width = self._around(heard[0]) + self._heard(heard[0])
        if any(forest.width != width for forest in forests):
            raise ValueError(f"The trees are of a graph of other features or edges: it has {width} columns.")
        if len(asked) * ALL_FROM >= heard[0].size:
            risk = self._of_all(forests, heard)
            return risk if rows is None else risk[:, rows]
        return self._of_some(forests, heard, asked)

    def _of_some(
        self, forests: Sequence[_Grown], heard: Sequence[GraphData], asked: Codes
    ) -> NDArray[np.float64]:
        """The risk of these nodes, (fits, rows), from what they hear alone."""
        around = self._around(heard[0])
        read, of_each = _read(forests)
        inner = int(np.searchsorted(read, around))
        risk = np.empty((len(forests), len(asked)))
        order = nearby(heard[0], asked) if self.hops and len(asked) > CHUNK else np.arange(len(asked))

        def ask(begin: int, end: int) -> None:
            for first in range(begin, end, CHUNK):
                place = order[first : min(first + CHUNK, end)]
                before, nodes = heard[0], asked[place]
                table = self._table(before, nodes, read)
                for number, (forest, columns, data) in enumerate(zip(forests, of_each, heard, strict=True)):
                    if data is not before and inner < len(read):
                        table[:, inner:] = heard_table(data, nodes)[:, read[inner:] - around]
                    before = data
                    risk[number, place] = forest.risk(table[:, columns].T, self.start(data, nodes))

        in_parts(len(asked), ask)
        return risk

    def _of_all(self, forests: Sequence[_Grown], heard: Sequence[GraphData]) -> NDArray[np.float64]:
        """The risk of all nodes, (fits, n), some columns of all of them at a time.

        Of a value trees ask only which of their thresholds it is above: how many of them takes a byte, and
        what a customer hears is worked out once, not by every partner that hears the customer.
        """
        data = heard[0]
        around = self._around(data)
        read, of_each = _read(forests)
        inner = int(np.searchsorted(read, around))
        limits = _limits(forests, of_each, len(read))
        most = max((len(one) for one in limits), default=0)
        ranks = np.empty((len(read), data.size), dtype=np.min_scalar_type(most))
        shares = shares_of(data) if self.hops else {}

        def rank(begin: int, end: int) -> None:
            for first in range(begin, end, COLUMNS):
                some = read[first : min(first + COLUMNS, end)]
                if self.hops:
                    table = whole_columns(data, data.kind, self.hops, some, shares)
                else:
                    own = np.asarray(self.columns, dtype=np.int64)[some] if self.columns else some
                    table = own_columns(data.x[data.kind], own)
                ranked(table, limits[first : first + len(some)], ranks[first:])

        in_parts(inner, rank, least=COLUMNS)
        risk = np.empty((len(forests), data.size))
        for number, (grown, columns, said) in enumerate(zip(forests, of_each, heard, strict=True)):
            if inner < len(read) and (not number or said is not heard[number - 1]):
                table = np.ascontiguousarray(heard_table(said)[:, read[inner:] - around])
                ranked(table, limits[inner:], ranks[inner:])
            asking = grown.of_ranks([limits[column] for column in columns])

            def ask(
                begin: int,
                end: int,
                number: int = number,
                columns: Codes = columns,
                said: GraphData = said,
                asking: _Grown = asking,
            ) -> None:
                for first in range(begin, end, CHUNK):
                    last = min(first + CHUNK, end)
                    start = self.start(said, np.arange(first, last))
                    risk[number, first:last] = asking.risk(ranks[columns, first:last], start)

            in_parts(data.size, ask)
        return risk

    def grown(self) -> _Grown:
        """The trees as they are asked."""
        return _grown(self.booster())

    def booster(self) -> xgboost.Booster:
        """The trees as xgboost holds them."""
        if not self.fitted:
            raise NotFittedError("The trees are not fitted.")
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


@dataclass(frozen=True)
class _Grown:
    """The trees of xgboost as a forest that is asked without it: the same bytes, for a fraction of the time.

    `read` (k,) are the columns of the table of `width` that trees ask about, ascending; `margin` the log odds
    that they add to.
    """

    forest: Forest
    width: int
    read: Codes
    margin: np.float32

    def risk(self, table: NDArray[Any], start: NDArray[np.float64] | None) -> Floats:
        """The probability of fraud, (rows,), where the columns of `read` are (columns, rows), all finite."""
        odds = np.full(table.shape[1], self.margin) if start is None else start.astype(np.float32)
        self.forest.add(table, odds)
        return _probability(odds)

    def of_ranks(self, limits: Sequence[Floats]) -> _Grown:
        """The same trees, asked how many of the limits of each column of `read` its values are above."""
        forest = self.forest
        threshold = np.empty_like(forest.threshold)
        for column, limit in enumerate(limits):
            asks = forest.column == column
            # above the limit of place p is above p + 1 limits or more
            threshold[asks] = np.searchsorted(limit, forest.threshold[asks])
        return replace(self, forest=replace(forest, threshold=threshold))


def _read(forests: Sequence[_Grown]) -> tuple[Codes, list[Codes]]:
    """The columns that any of these trees asks about, ascending, and the places of each one's among them."""
    read = np.unique(np.concatenate([forest.read for forest in forests]))
    return read, [np.searchsorted(read, forest.read) for forest in forests]


def _limits(forests: Sequence[_Grown], of_each: Sequence[Codes], columns: int) -> list[Floats]:
    """Every threshold of each column, ascending."""
    column = np.concatenate([places[one.forest.column] for one, places in zip(forests, of_each, strict=True)])
    threshold = np.concatenate([one.forest.threshold for one in forests])
    order = np.argsort(column, kind="stable")
    ends = np.cumsum(np.bincount(column, minlength=columns))[:-1]
    return [np.unique(one) for one in np.split(threshold[order], ends)]


def ranked(table: Floats, limits: Sequence[Floats], ranks: NDArray[Any]) -> None:
    """Writes how many of its column's limits each value is above into the first rows of `ranks`.

    `table` is (n, columns), `ranks` (columns or more, n).
    """
    start = np.cumsum([0, *(len(one) for one in limits)])
    _rank(table, start, np.concatenate([*limits, np.zeros(0, np.float32)]), ranks)


@numba.njit(cache=True, nogil=True)
def _rank(table: Floats, start: Codes, limits: Floats, ranks: NDArray[Any]) -> None:
    cell = np.empty(ROWS_ABREAST, dtype=np.float32)
    above = np.empty(ROWS_ABREAST, dtype=np.int32)
    for begin in range(0, len(table), ROWS_ABREAST):
        rows = min(ROWS_ABREAST, len(table) - begin)
        for column in range(table.shape[1]):
            for row in range(rows):
                cell[row] = table[begin + row, column]
            above[:] = 0
            for number in range(start[column], start[column + 1]):
                limit = limits[number]
                for row in range(ROWS_ABREAST):
                    above[row] += np.int32(cell[row] > limit)
            for row in range(rows):
                ranks[column, begin + row] = above[row]


def _grown(booster: xgboost.Booster) -> _Grown:
    learner = json.loads(booster.save_raw("json"))["learner"]
    trees = []
    for tree in learner["gradient_booster"]["model"]["trees"]:
        left, said = np.array(tree["left_children"]), np.array(tree["split_conditions"], dtype=np.float32)
        trees.append(
            {
                "column": np.where(left < 0, LEAF, tree["split_indices"]).tolist(),
                # xgboost goes left below a threshold, a forest at it as well
                "threshold": np.nextafter(said, np.float32(-np.inf)).tolist(),
                "left": left.tolist(),
                "right": tree["right_children"],
                "value": said.tolist(),
            }
        )
    width = int(learner["learner_model_param"]["num_feature"])
    forest = forest_of([str(column) for column in range(width)], 0.0, trees)
    base = np.float32(learner["learner_model_param"]["base_score"].strip("[]"))
    read = np.array([int(name) for name in forest.columns], dtype=np.int64)
    return _Grown(forest, width, read, np.float32(_margin(base)))


@numba.njit(cache=True)
def _margin(probability: np.float32) -> np.float32:
    return -np.float32(math.log(np.float32(1) / probability - np.float32(1)))


@numba.njit(cache=True, nogil=True)
def _probability(margin: Floats) -> Floats:
    """In float32 as xgboost works it out, so that not a bit is another."""
    result = np.empty_like(margin)
    for row in range(len(margin)):
        odds = min(-margin[row], np.float32(88.7))
        result[row] = np.float32(1) / (math.exp(odds) + np.float32(1))
    return result
