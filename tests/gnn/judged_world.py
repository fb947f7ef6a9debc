"""The tiny world, whose rings became known one after another, as of a day; and a linear model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from gnn.known import Known, known
from gnn.learning import fit_recommended, judge
from gnn.models import GraphData, Labels, Model, Tensors
from gnn.registry import Trained
from graph.links import Links
from graph.prior import prior_risk
from graph.projection import project
from graph.schema import MISSING_MS
from tests.gnn.tiny_world import DAY_MS, NOW_MS, tiny_world


@dataclass(frozen=True)
class Linear:
    """Logistic regression on a partner's own inputs; honest, and quick."""

    name: str = "linear"
    weights: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0), compare=False)

    def fit(self, data: GraphData, labels: Labels) -> Self:
        codes, fraud = labels.labelled()
        found = LogisticRegression(C=0.1, max_iter=500).fit(data.x["partner"][codes], fraud)
        return replace(self, weights=np.r_[found.coef_[0], found.intercept_])

    def risk(self, data: GraphData, rows: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        risk = np.asarray(expit(data.x["partner"] @ self.weights[:-1] + self.weights[-1]), dtype=np.float64)
        return risk if rows is None else risk[rows]

    def tensors(self) -> Tensors:
        return {"weights": self.weights}

    def restore(self, tensors: Tensors) -> Self:
        if set(tensors) != {"weights"}:
            raise ValueError("not a linear model")
        return replace(self, weights=np.asarray(tensors["weights"], dtype=np.float64))


@dataclass(frozen=True)
class Coin(Linear):
    """Says what its seed says, whatever it reads."""

    name: str = "coin"

    def risk(self, data: GraphData, rows: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        risk = np.random.default_rng(3).random(data.size)
        return risk if rows is None else risk[rows]


def portfolio(features: dict[str, list[str]]) -> tuple[Linear, ...]:
    return (Coin(), Linear())


@cache
def links_at(day: int) -> Links:
    """Ring r is known on day 10 r, one of 90 honest partners is cleared a day; day 200 is the end."""
    world = tiny_world(labelled_rings=0)
    partners = world.links.partners.copy()
    rng = np.random.default_rng(0)
    honest = rng.permutation(np.flatnonzero(world.ring < 0))[:90]
    at = np.full(len(partners), np.inf)
    at[world.ring >= 0] = 10 * world.ring[world.ring >= 0]
    at[honest] = np.arange(len(honest))
    seen = at <= day
    word = np.where(world.ring >= 0, "fraud", "legit")
    partners["verdict"] = np.where(seen, word, "")
    partners["verdict_at"] = np.where(seen, NOW_MS + at * DAY_MS, MISSING_MS).astype(np.int64)
    partners["country"] = np.where(np.arange(len(partners)) % 2, "DE", "FR")
    return replace(world.links, partners=partners, as_of_ms=NOW_MS + day * DAY_MS)


@cache
def known_at(day: int) -> Known:
    links = links_at(day)
    projection = project(links)
    return known(links, projection, prior_risk(links, projection), events=None, seed=0)


def learnt_and_said(
    now: Known, then: Known, models: Sequence[Model], *, digest: str = ""
) -> tuple[Trained, NDArray[np.float64]]:
    """The model that is recommended by what came after `then`, fitted to `now`, and what it says of now."""
    judgement = judge(then, now.partners, models, seed=0)
    return fit_recommended(judgement, now, seed=0, digest=digest, versions={"python": "3"})
