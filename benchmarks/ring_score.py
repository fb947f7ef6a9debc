"""Measures the weights of the ring score on made-up worlds, and how far the score can be believed.

    python -m benchmarks.ring_score --first-seed 7000 --worlds 8
    python -m benchmarks.ring_score --folder worlds/a worlds/b

Every world is read, projected, judged by member risk and searched as `ringwatch run` does it, once with its
labels and once without any.
A ring counts as fraudulent where two thirds of its members belong to one planted ring. The weights are those
of a logistic regression with an L2 penalty of 1 and the signs of `graph.scoring.SIGNS`; reliability is
measured on the world that was left out. How much the weights in `graph.scoring` count beside each other is
from such a fit; the scale of all of them is the printed one, of worlds whose makers are more.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from benchmarks.quality import read_truth
from gnn.evaluation import PURITY_FLOOR, average_precision, ring_quality
from gnn.risk import member_risk
from graph.aggregation import aggregate
from graph.links import Links
from graph.prior import prior_risk
from graph.projection import project
from graph.records import Ring
from graph.rings import find_rings
from graph.schema import ENTITY_TABLES, MISSING_MS
from graph.scoring import SIGNS, TERMS, VERDICT_SHIFT, probability, rate_rings
from graph.signals.context import build_context
from graph.tables import read_tables

Floats = NDArray[np.float64]
BINS = (0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)


@dataclass(frozen=True)
class Rated:
    """The rings of one world with their terms, verdict strengths and whether they are fraudulent."""

    world: str
    terms: Floats
    verdict: Floats
    fraud: NDArray[np.bool_]
    members: list[set[str]]
    truth: list[set[str]]


def rate(world: Path, *, seed: int = 0) -> Iterator[Rated]:
    """The rings that the product finds in the world of that folder, with labels and without."""
    links = aggregate(read_tables(world))
    truth = read_truth(world.with_name(world.name + ".truth")).members
    projection = project(links)
    for name, known in ((world.name, links), (f"{world.name}, no labels", _without_verdicts(links))):
        risk, _ = member_risk(known, projection, prior_risk(known, projection), seed=seed)
        rings = find_rings(known, projection, risk, seed=seed)
        terms, verdict = rate_rings(rings, build_context(known, risk), projection)
        partner = known.partners["partner_id"].to_numpy()
        members = [_ids(ring, partner, known.consumers["consumer_id"].to_numpy()) for ring in rings]
        pure = [
            max((len(ids & one) for one in truth), default=0) >= PURITY_FLOOR * len(ids) for ids in members
        ]
        yield Rated(name, terms, verdict, np.array(pure, dtype=np.bool_), members, truth)


def _without_verdicts(links: Links) -> Links:
    """The links as they would be had nobody decided anything; ties read no verdict, so they stay."""
    nodes = {
        table: getattr(links, table).assign(verdict="", verdict_at=MISSING_MS)
        for table in ENTITY_TABLES.values()
    }
    return replace(links, **nodes)


def _ids(ring: Ring, partner: NDArray[np.object_], consumer: NDArray[np.object_]) -> set[str]:
    return set(partner[list(ring.partners)]) if ring.partners else set(consumer[list(ring.consumers)])


def fit(worlds: list[Rated], *, penalty: float = 1.0) -> tuple[float, Floats]:
    """Intercept and (terms,) weights of the penalised logistic regression with the signs of `SIGNS`."""
    terms = np.vstack([world.terms for world in worlds])
    shift = VERDICT_SHIFT * np.concatenate([world.verdict for world in worlds])
    fraud = np.concatenate([world.fraud for world in worlds]).astype(np.float64)

    def loss(x: Floats) -> tuple[float, Floats]:
        odds = x[0] + terms @ x[1:] + shift
        error = expit(odds) - fraud
        value = float(np.logaddexp(0, odds).sum() - (fraud * odds).sum() + penalty / 2 * (x[1:] ** 2).sum())
        return value, np.r_[error.sum(), terms.T @ error + penalty * x[1:]]

    bounds = [(None, None)] + [(0, None) if sign > 0 else (None, 0) for sign in SIGNS]
    found = minimize(loss, np.zeros(len(TERMS) + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    return float(found[0]), found[1:]


def report(worlds: list[Rated]) -> str:
    """Weights from all worlds, and quality and reliability on worlds left out."""
    intercept, weights = fit(worlds)
    lines = [f"INTERCEPT = {intercept:.1f}"]
    lines += [f'    "{name}": {weight:.1f},' for name, weight in zip(TERMS, weights, strict=True)]
    scores, now = [], []
    for left_out in worlds:
        others = [world for world in worlds if world.truth != left_out.truth]
        fitted = fit(others or worlds)
        scores.append(expit(fitted[0] + left_out.terms @ fitted[1] + VERDICT_SHIFT * left_out.verdict))
        now.append(probability(left_out.terms, left_out.verdict))
    for title, found in (("left out", scores), ("graph.scoring as it stands", now)):
        lines += ["", title, *_quality(worlds, found), *_reliability(worlds, found)]
    return "\n".join(lines) + "\n"


def _quality(worlds: list[Rated], scores: list[Floats]) -> Iterator[str]:
    for world, score in zip(worlds, scores, strict=True):
        for name, by in (("score", score), ("member risk", world.terms[:, TERMS.index("member_risk")])):
            order = np.argsort(-by, kind="stable")
            quality = ring_quality([world.members[number] for number in order], world.truth)
            yield (
                f"{world.world:>12} by {name:11} recall {quality.recall:.3f} precision@K "
                f"{quality.precision_at_k:.3f} AP {average_precision(by, world.fraud):.3f}"
            )


def _reliability(worlds: list[Rated], scores: list[Floats]) -> Iterator[str]:
    score, fraud = np.concatenate(scores), np.concatenate([world.fraud for world in worlds])
    base = fraud.mean() * (1 - fraud.mean())
    yield f"Brier {np.mean((score - fraud) ** 2):.4f}; always the base rate {base:.4f}"
    place = np.digitize(score, BINS[1:-1])
    for number in range(len(BINS) - 1):
        here = place == number
        if here.any():
            yield (
                f"{BINS[number]:.2f} to {BINS[number + 1]:.2f}: {here.sum():5} rings, said "
                f"{score[here].mean():.2f}, are {fraud[here].mean():.2f}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=8)
    parser.add_argument("--first-seed", type=int, default=7000)
    parser.add_argument("--partners", type=int, default=2000)
    parser.add_argument("--orders", type=int, default=300_000)
    parser.add_argument("--folder", type=Path, nargs="*", default=[], help="worlds that are there already")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        worlds = [one for world in _worlds(given, Path(scratch)) for one in rate(world)]
        print(report(worlds), end="")


def _worlds(given: argparse.Namespace, scratch: Path) -> Iterator[Path]:
    if given.folder:
        yield from given.folder
        return
    from graph.synthetic import write_world

    for seed in range(given.first_seed, given.first_seed + given.worlds):
        world = scratch / f"world{seed}"
        write_world(world, seed=seed, partners=given.partners, orders=given.orders, profile="real")
        yield world


if __name__ == "__main__":
    main()
