"""How far explanations depend on the seed: `python -m benchmarks.explanations DATA` on a folder of tables.

Each model is fitted twice to the same verdicts, with everything that is drawn drawn anew (folds, unlabelled
partners, rows, weights), and asked why the riskiest undecided partners are risky. Two figures a model, for
features and for neighbours: Spearman's rank correlation of what they add, over those that add something in
either, and how many of the five strongest are the same; means over the partners.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from gnn.attribution import Names, attribute, neighbours
from gnn.explain import ASKED_NEIGHBOURS, LEAST, Evidence
from gnn.known import Known
from gnn.models import Model

STRONGEST: Final = 5


@dataclass(frozen=True)
class Agreement:
    """How alike two explanations are: rank correlation in [-1, 1], share of the strongest in both."""

    correlation: float
    shared: float


@dataclass(frozen=True)
class Stability:
    """A model's agreement with itself under another seed."""

    model: str
    features: Agreement
    neighbours: Agreement


def stability(
    model: Model, known: Known, names: Names, *, top: int, seeds: tuple[int, int] = (0, 1)
) -> Stability:
    """How alike the model explains its `top` riskiest undecided partners from either seed.

    Partners are chosen by the mean risk of both. Those without a feature or neighbour that adds anything
    prove nothing and are left out of that mean.
    """
    fitted = []
    for seed in seeds:
        labels = known.labels(seed=seed)
        heard = known.data.hearing(labels)
        fitted.append((model.fit(heard, labels), heard))
    risk = np.mean([made.risk(heard) for made, heard in fitted], axis=0)
    undecided = np.flatnonzero(known.verdicts.unlabelled)
    rows = undecided[np.argsort(-risk[undecided], kind="stable")[:top]].astype(np.int64)
    terms = [attribute(made, heard, rows, names).terms for made, heard in fitted]
    every = sorted(set(terms[0]) | set(terms[1]))
    none = np.zeros(len(rows))
    features = [np.stack([part.get(term, none) for term in every], axis=1) for part in terms]
    near = [neighbours(made, heard, rows, most=ASKED_NEIGHBOURS) for made, heard in fitted]
    return Stability(
        model.name,
        agreement(list(features[0]), list(features[1])),
        agreement([one.worth for one in near[0]], [one.worth for one in near[1]]),
    )


def agreement(first: Sequence[NDArray[np.float64]], second: Sequence[NDArray[np.float64]]) -> Agreement:
    """The mean agreement of pairs of vectors: what the same things add by one model and by another."""
    found = [_agreement(one, other) for one, other in zip(first, second, strict=True)]
    there = np.array([pair for pair in found if pair is not None]).reshape(-1, 2)
    if not len(there):
        return Agreement(float("nan"), float("nan"))
    correlation, shared = there.mean(axis=0)
    return Agreement(float(correlation), float(shared))


def _agreement(first: NDArray[np.float64], second: NDArray[np.float64]) -> tuple[float, float] | None:
    counts = (np.abs(first) >= LEAST) | (np.abs(second) >= LEAST)
    if counts.sum() < STRONGEST or not (np.ptp(first[counts]) and np.ptp(second[counts])):
        return None
    correlation = float(spearmanr(first[counts], second[counts]).statistic)
    strongest = [set(np.argsort(-np.abs(one), kind="stable")[:STRONGEST].tolist()) for one in (first, second)]
    return correlation, len(strongest[0] & strongest[1]) / STRONGEST


def evidence_of(data: Path) -> Evidence:
    """What is known by the newest event of a folder of tables."""
    from gnn.event_features import event_features
    from gnn.known import known
    from graph.aggregation import aggregate
    from graph.prior import prior_risk
    from graph.projection import project
    from graph.tables import read_tables

    tables = read_tables(data)
    links = aggregate(tables)
    projection = project(links)
    prior, events = prior_risk(links, projection), event_features(tables)
    return Evidence(links, known(links, projection, prior, events=events, seed=0), projection, prior, events)


def main() -> None:
    """Print the table."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from gnn.portfolio import candidates

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--top", type=int, default=10)
    options = parser.parse_args()
    evidence = evidence_of(options.data)
    print("| model | features: rank correlation | 5 strongest | neighbours: rank correlation | 5 strongest |")
    print("|---|---|---|---|---|")
    for model in candidates(evidence.known.features):
        found = stability(model, evidence.known, evidence.names, top=options.top)
        figures = (
            found.features.correlation,
            found.features.shared,
            found.neighbours.correlation,
            found.neighbours.shared,
        )
        cells = ["-" if figure != figure else f"{figure:.2f}" for figure in figures]
        print(f"| {found.model} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
