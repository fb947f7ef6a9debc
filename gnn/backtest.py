"""As-of back-tests: what models said on a day, beside what people decided afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gnn.dataset import Verdicts
from gnn.evaluation import (
    Bin,
    Interval,
    among_first,
    average_precision,
    calibration_error,
    interval,
    reliability,
)
from gnn.labels import class_prior
from graph.schema import DAY_MS, MISSING_MS

Array = NDArray[np.float64]

AGES: Final = ((90, "under 90 days"), (365, "90 days to a year"), (None, "over a year"))
"""Ages of partners in days, up to each bound, and what a card calls them."""

MIN_SUBGROUP: Final = 5
"""Later frauds, and as many cleared, below which a subgroup's figures would be noise."""


@dataclass(frozen=True)
class Later:
    """Partners of a moment, and what was decided of those that were open then; arrays (n,).

    `open` had no verdict at the moment; `fraud` and `legit` are those of them that got one afterwards.
    `group` is the ring (group of tied partners) of each. `subgroups` says for country, category and age which
    part of it a partner belongs to. `capacity` is how many partners investigators look at, `share` the
    estimated share of fraud among the open.
    """

    open: NDArray[np.bool_]
    fraud: NDArray[np.bool_]
    legit: NDArray[np.bool_]
    group: NDArray[np.int64]
    subgroups: dict[str, NDArray[np.object_]]
    capacity: int
    share: float

    @property
    def judged(self) -> NDArray[np.int64]:
        """The codes of those decided afterwards."""
        return np.flatnonzero(self.fraud | self.legit)

    @property
    def weight(self) -> NDArray[np.float64]:
        """How many open partners each of the judged stands for, so that `share` of all are fraud.

        Reviewers look at the suspicious first: unweighted, fraud among the judged is several times as common
        as among those the probabilities are for.
        """
        fraud, size = self.fraud[self.judged], self.open.sum()
        frauds, cleared = max(int(fraud.sum()), 1), max(int((~fraud).sum()), 1)
        stands_for: NDArray[np.float64] = np.where(
            fraud, self.share * size / frauds, (1 - self.share) * size / cleared
        )
        return stands_for

    @property
    def rings(self) -> int:
        """In how many groups the later frauds are."""
        return len(np.unique(self.group[self.fraud]))

    def parts(self) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Every subgroup by name, such as "country DE", with its partners (n,), in the order of names."""
        for by, part in self.subgroups.items():
            for value in sorted(set(part[self.judged].tolist())):
                yield f"{by} {value}", np.asarray(part == value, dtype=bool)


@dataclass(frozen=True)
class Part:
    """A subgroup's figures: later `frauds` and `cleared`; NaN where either are fewer than five.

    `recall` is the share of its frauds, `false_alarms` that of its cleared, that investigators would have
    looked at.
    """

    name: str
    frauds: int
    cleared: int
    average_precision: float
    recall: float
    false_alarms: float


@dataclass(frozen=True)
class Figures:
    """How one model did: 90 % intervals come from resampled rings.

    `brier` and the calibration are of the judged, weighed to stand for all open partners (`Later.weight`).
    """

    model: str
    average_precision: Interval
    recall: Interval
    brier: float
    calibration_error: float
    reliability: tuple[Bin, ...]
    parts: tuple[Part, ...]


def decided_later(
    partners: pd.DataFrame,
    as_of_ms: int,
    group: NDArray[np.int64],
    now: Verdicts,
    *,
    capacity: int | None,
) -> Later:
    """Who was open at a moment, and what is known of them `now` (masks over the same partners).

    `partners` is the node frame of the moment `as_of_ms`, with the verdicts of then. `capacity` defaults to
    how many verdicts there were afterwards: so many partners were looked at.
    """
    is_open = np.asarray(partners["verdict"] == "", dtype=bool)
    fraud, legit = now.fraud & is_open, now.legit & is_open
    looked_at = int((fraud | legit).sum()) if capacity is None else capacity
    share = open_share(Verdicts.of(partners["verdict"]), fraud, legit)
    return Later(is_open, fraud, legit, group, _subgroups(partners, as_of_ms), looked_at, share)


def open_share(known: Verdicts, fraud: NDArray[np.bool_], legit: NDArray[np.bool_]) -> float:
    """The estimated share of fraud among partners without a verdict, given what came later of some (n,).

    All fraud by `class_prior`, less what was known already; at least what came.
    """
    still_open = max(int(known.unlabelled.sum()), 1)
    everyone = class_prior(Verdicts(known.fraud | fraud, known.legit | legit)) * len(fraud)
    return float(
        np.clip((everyone - known.fraud.sum()) / still_open, max(fraud.sum(), 0.5) / still_open, 0.5)
    )


def _subgroups(partners: pd.DataFrame, as_of_ms: int) -> dict[str, NDArray[np.object_]]:
    days = (as_of_ms - partners["onboarded_at"].to_numpy()) / DAY_MS
    age = np.full(len(partners), "unknown", dtype=object)
    dated = partners["onboarded_at"].to_numpy() != MISSING_MS
    for bound, name in reversed(AGES):
        age[dated & (days < (np.inf if bound is None else bound))] = name
    texts = {by: partners[by].to_numpy(dtype=object) for by in ("country", "category")}
    return {by: np.where(text == "", "unknown", text) for by, text in texts.items()} | {"age": age}


def figures(model: str, ranks: Array, probability: Array, later: Later, *, seed: int) -> Figures:
    """What a model's `ranks` (n,), higher is worse, and probabilities (n,) were worth.

    Partners nobody decided about prove nothing either way.
    """
    rows, weight = later.judged, later.weight
    score, fraud, group = ranks[rows], later.fraud[rows], later.group[rows]
    seen = looked_at(ranks, later)[rows]
    table = reliability(probability[rows], fraud, weight=weight)
    return Figures(
        model,
        interval(lambda at: average_precision(score[at], fraud[at]), group, seed=seed),
        interval(lambda at: _mean(seen[at], fraud[at]), group, seed=seed),
        float(np.average((probability[rows] - fraud) ** 2, weights=weight)) if len(rows) else float("nan"),
        calibration_error(table),
        table,
        tuple(_part(name, inside[rows], score, fraud, seen) for name, inside in later.parts()),
    )


def looked_at(score: Array, later: Later) -> Array:
    """(n,) how likely each open partner is among the `capacity` that are looked at, 0 for the others."""
    result = np.zeros(len(score))
    result[later.open] = among_first(score[later.open], later.capacity)
    return result


def _part(name: str, inside: NDArray[np.bool_], score: Array, fraud: NDArray[np.bool_], seen: Array) -> Part:
    frauds, cleared = int((inside & fraud).sum()), int((inside & ~fraud).sum())
    if min(frauds, cleared) < MIN_SUBGROUP:
        return Part(name, frauds, cleared, float("nan"), float("nan"), float("nan"))
    precision = average_precision(score[inside], fraud[inside])
    return Part(name, frauds, cleared, precision, _mean(seen, inside & fraud), _mean(seen, inside & ~fraud))


def _mean(value: Array, where: NDArray[np.bool_]) -> float:
    return float(value[where].mean()) if where.any() else float("nan")


@dataclass(frozen=True)
class Harm:
    """What a change of models does to one subgroup: how much worse, in which figure, on how many."""

    part: str
    figure: str
    worse: Interval
    frauds: int
    cleared: int


@dataclass(frozen=True)
class Comparison:
    """Challenger less champion in average precision, on the same resamples; what it does to subgroups."""

    gain: Interval
    harms: tuple[Harm, ...]
    too_few: tuple[str, ...]
    """Subgroups with fewer than five later frauds or cleared partners: nothing can be said of them."""


def compare(challenger: Array, champion: Array, later: Later, *, seed: int) -> Comparison:
    """The two models' scores (n,) against what was decided later.

    A subgroup is harmed where its own frauds are ranked worse among its own partners, or where more of its
    cleared partners would have been looked at.
    """
    rows = later.judged
    seen = [looked_at(score, later)[rows] for score in (challenger, champion)]
    fraud, group = later.fraud[rows], later.group[rows]

    gain = _gain(challenger, champion, later)
    harms, too_few = [], []
    for name, members in later.parts():
        inside = members[rows]
        frauds, cleared = int((inside & fraud).sum()), int((inside & ~fraud).sum())
        if min(frauds, cleared) < MIN_SUBGROUP:
            too_few.append(name)
            continue
        own = np.flatnonzero(inside)

        def worse_ranked(at: NDArray[np.int64], own: NDArray[np.int64] = own) -> float:
            return -gain(own[at])

        def falsely_seen(at: NDArray[np.int64], own: NDArray[np.int64] = own) -> float:
            first, second = (_mean(one[own[at]], ~fraud[own[at]]) for one in seen)
            return first - second

        for figure, worse in (("average precision", worse_ranked), ("false alarms", falsely_seen)):
            harms.append(Harm(name, figure, interval(worse, group[own], seed=seed), frauds, cleared))
    return Comparison(interval(gain, group, seed=seed), tuple(harms), tuple(too_few))


def gain_over(rival: Array, score: Array, later: Later, *, seed: int) -> Interval:
    """How much more average precision a score (n,) has than a rival's (n,), both on the same resamples."""
    return interval(_gain(score, rival, later), later.group[later.judged], seed=seed)


def _gain(first: Array, second: Array, later: Later) -> Callable[[NDArray[np.int64]], float]:
    """The difference in average precision among these of the judged."""
    one, other, fraud = first[later.judged], second[later.judged], later.fraud[later.judged]
    return lambda at: average_precision(one[at], fraud[at]) - average_precision(other[at], fraud[at])
