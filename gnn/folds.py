"""Folds that keep a ring whole: what is learned of one member must not be tested on another."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gnn.dataset import Verdicts
from graph.candidates import NOT_ALONE, RESOLUTION
from graph.communities import communities
from graph.projection import Projection

FOLDS: Final = 4

MIN_FRAUDS: Final = 12
"""Known fraud partners below which nothing is trained: three a fold."""

MIN_FRAUD_GROUPS: Final = FOLDS
"""Groups of tied partners with a known fraud below which nothing is trained: a held-out fold needs one."""


def tied_groups(projection: Projection, *, seed: int) -> NDArray[np.int64]:
    """The group of every partner, (n,): its community of ties, named by the lowest code in it.

    Communities rather than components, which melt most partners into one. On
    three made-up worlds two labelled rings fell into two folds.
    """
    found = communities(
        projection.left,
        projection.right,
        _any_tie(projection),
        resolution=RESOLUTION,
        seed=seed,
        partners=projection.partners,
    )
    group = np.arange(projection.partners, dtype=np.int64)
    for members in found:
        group[list(members)] = members[0]
    return group


def _any_tie(projection: Projection) -> NDArray[np.float64]:
    """(m,) surprise of every pair beyond what a random partner shows, full at 10 powers of ten.

    Also where many pairs show as much, which is no sign of a ring: to keep together what is apart costs
    little, to cut a ring would flatter every figure.
    """
    columns = [projection.column(channel) for channel in projection.channels if channel not in NOT_ALONE]
    total = np.minimum(projection.surprise[:, columns], 20.0, order="C").sum(axis=1, dtype=np.float64)
    beyond: NDArray[np.float64] = np.clip((total - np.log10(max(projection.partners, 2))) / 10.0, 0.0, 1.0)
    return beyond


def group_folds(group: NDArray[np.int64], known: Verdicts, *, seed: int) -> NDArray[np.int64]:
    """The fold of every partner with a verdict, (n,), -1 elsewhere.

    Whole groups, the largest number of frauds first, each to the fold that has the fewest; ties by the seed.
    """
    labelled = np.unique(group[known.fraud | known.legit])
    frauds = np.bincount(group, weights=known.fraud, minlength=len(group))[labelled]
    legits = np.bincount(group, weights=known.legit, minlength=len(group))[labelled]
    draw = np.random.default_rng(seed).random(len(labelled))
    fold_of_group = np.full(len(group), -1, dtype=np.int64)
    load = np.zeros((FOLDS, 2))
    for row in np.lexsort((draw, -legits, -frauds)):
        first, second = (0, 1) if frauds[row] else (1, 0)
        fold = np.lexsort((np.arange(FOLDS), load[:, second], load[:, first]))[0]
        load[fold] += frauds[row], legits[row]
        fold_of_group[labelled[row]] = fold
    return np.where(known.unlabelled, -1, fold_of_group[group])
