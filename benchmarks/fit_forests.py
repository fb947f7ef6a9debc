"""Fits the forests of `graph/forests` on made-up worlds, and says how well they rank on worlds left out.

    python -m benchmarks.fit_forests --scratch FOLDER

Worlds of six makers (`graph.synthetic`, `benchmarks.other_worlds`, `further_worlds`, `fourth_worlds`,
`fifth_worlds` and `sixth_worlds`, each of another author) and many sizes, none of which any benchmark judges,
and two of three of them once more as a firm sees it that lacks some of the tables (`LACKS`). Fitted to one
maker's worlds alone the forests were no better than rules by hand on the second's, fitted to two they found
three in five rings of the third's, fitted to three seven in ten of the fourth's. Each forest is fitted on
what forests fitted on the other half of the worlds say (cross-fitting), so that a later one does not learn to
trust an earlier one's memory of its own training worlds. `pair` sees a pair alone, `pair_in_company` also
whom both are tied to; `partner` is about one partner, `ring` about a set of partners. `shopper_pair`,
`shopper_pair_in_company` and `circle` are the same about consumers; `--only-circles` fits these three alone.
"""

from __future__ import annotations

import argparse
import json
import pickle
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier

from benchmarks.fifth_worlds import write_fifth_world
from benchmarks.fourth_worlds import write_fourth_world
from benchmarks.further_worlds import write_further_world
from benchmarks.judging import read_truth
from benchmarks.other_worlds import write_other_world
from benchmarks.sixth_worlds import write_sixth_world
from gnn.evaluation import average_precision
from graph.affinity import closed_up, company_features, own_features, partner_columns
from graph.aggregation import aggregate
from graph.detectors.consumer_collusion import circle_sets
from graph.links import Links
from graph.partner_evidence import partner_features
from graph.prior import prior_risk
from graph.projection import Projection, tie_partners
from graph.ring_forest import circle_features, ring_features
from graph.rings import add_pruned, proposed
from graph.shopper_ties import company
from graph.synthetic import write_world
from graph.tables import read_tables

SIZES: Final = ((2000, 300_000), (1000, 120_000), (3000, 300_000), (500, 60_000))
FORESTS: Final = Path(__file__).parents[1] / "graph" / "forests"
DIGITS: Final = 9
"""Of thresholds and leaves; float32 features have seven."""

TREES: Final = {"pair": 250, "pair_in_company": 250, "partner": 150, "ring": 200} | {
    "shopper_pair": 120,
    "shopper_pair_in_company": 120,
    "circle": 100,
}
LEAVES: Final = {"pair": 24, "pair_in_company": 24, "partner": 12, "ring": 20} | {
    "shopper_pair": 12,
    "shopper_pair_in_company": 12,
    "circle": 12,
}
"""A first look with 31 ranks pairs of worlds left out 0.01 to 0.05 better than with 12, for every maker."""

DEEPEST: Final = 9
"""Questions on the way to a leaf at most: a row costs as many as the deepest asks."""

LEAST_TRUE: Final = 0.1
"""Share of what is learnt from that true rows count for at least."""

KEPT: Final = 0.25
"""Share of the pairs of no ring that are learnt from, each counting for four: there are a hundred to one."""

KEPT_OF_SHOPPERS: Final = 0.1
"""The same of pairs of shoppers, of which there are three hundred to one."""

ALL_BUT_MONEY: Final = "all but money"
LACKS: Final[dict[str, tuple[str, ...]]] = {
    "transfers": ("transferred_to",),
    "consumers' devices and accounts": ("used", "paid_from"),
    "logins and payouts": ("logged_in_from", "paid_out_to", "transferred_to"),
    "orders": ("ordered_at", "used", "paid_from"),
    "all but orders": ("used", "paid_from", "logged_in_from", "paid_out_to", "transferred_to"),
    ALL_BUT_MONEY: ("ordered_at", "used", "paid_from", "logged_in_from"),
}
"""What a firm may not have, and the frames of `Links` that are empty then."""

OUTCOMES: Final = ("refunded", "disputed", "defaulted", "bad_amount")
"""Columns of `Links.ordered_at` that are 0 for a firm that does not record what became of its orders."""

JACCARD: Final = 0.5
PURITY: Final = 2 / 3


def _of_its_own_size(write: Callable[..., None]) -> Callable[..., None]:
    """The same for a maker who draws a world's size too."""
    return lambda folder, *, seed, **_: write(folder, seed=seed, partners=None, orders=None)


MAKERS: Final[dict[str, Callable[..., None]]] = {
    "own": partial(write_world, profile="real"),
    "ring-free": partial(write_world, profile="honest"),
    "other": write_other_world,
    "further": _of_its_own_size(write_further_world),
    "fourth": _of_its_own_size(write_fourth_world),
    "fifth": _of_its_own_size(write_fifth_world),
    "sixth": _of_its_own_size(write_sixth_world),
}

WORLDS: Final = {
    "own": 36,
    "ring-free": 12,
    "other": 28,
    "further": 24,
    "fourth": 24,
    "fifth": 24,
    "sixth": 24,
}
"""How many of each: about 20 GB of memory."""

Array = NDArray[np.float64]


@dataclass
class Lesson:
    """A world with its ties, and which planted ring every partner and consumer is of (-1: none)."""

    links: Links
    projection: Projection
    ring_of: NDArray[np.int64]
    consumer_ring_of: NDArray[np.int64]
    half: int
    tables: dict[str, tuple[pd.DataFrame, NDArray[np.bool_]]] = field(default_factory=dict)

    @property
    def together(self) -> NDArray[np.bool_]:
        """(m,) the pairs of one ring."""
        left, right = self.ring_of[self.projection.left], self.ring_of[self.projection.right]
        return (left >= 0) & (left == right)


def lesson(folder: Path, *, half: int, lacks: str = "") -> Lesson:
    """The world in that folder, as far as no forest is needed; `lacks` is of `LACKS`, or "outcomes"."""
    links = aggregate(read_tables(folder))
    if lacks:
        links = without(links, lacks)
    truth = read_truth(folder.with_name(f"{folder.name}.truth"))
    projection = tie_partners(links)
    projection = replace(projection, evidence=partner_features(links, projection))
    partner, consumer = (
        _ring_of(ids, truth.members) for ids in (links.partners.partner_id, links.consumers.consumer_id)
    )
    made = Lesson(links, projection, partner, consumer, half)
    made.tables["pair"] = own_features(projection, projection.evidence, links), made.together
    return made


def without(links: Links, lacks: str) -> Links:
    """The links as a firm has them that lacks this; its partners and consumers are all there still."""
    if lacks == "outcomes":
        unknown = dict.fromkeys(OUTCOMES, 0)
        known = links.ordered_at.assign(**unknown).astype(links.ordered_at.dtypes.to_dict())
        return replace(links, ordered_at=known)
    return replace(links, **{name: getattr(links, name).iloc[:0] for name in LACKS[lacks]})


def _ring_of(ids: pd.Series, rings: Sequence[set[str]]) -> NDArray[np.int64]:
    at = {member: number for number, ring in enumerate(rings) for member in ring}
    return np.array([at.get(one, -1) for one in ids], dtype=np.int64)


def whole(sets: Sequence[Sequence[int]], ring_of: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(sets,) which of them match a planted ring, as `ring_quality` has it."""
    size = np.bincount(ring_of[ring_of >= 0], minlength=1)
    result = np.zeros(len(sets), dtype=np.bool_)
    for number, members in enumerate(sets):
        inside = ring_of[list(members)]
        count = np.bincount(inside[inside >= 0], minlength=1)
        best = int(count.argmax())
        union = len(members) + size[best] - count[best]
        result[number] = count[best] >= PURITY * len(members) and count[best] >= JACCARD * union
    return result


@dataclass(frozen=True)
class Grown:
    """Trees, and what is added to their log odds for the false rows that counted for less than one."""

    trees: HistGradientBoostingClassifier
    added: float

    def probability(self, x: pd.DataFrame) -> Array:
        result: Array = expit(self.trees.decision_function(x) + self.added)
        return result


def grow(name: str, lessons: Sequence[Lesson]) -> Grown:
    """Trees over all lessons' tables of that name.

    True rows are made to count for `LEAST_TRUE` of all at least: a first step from the odds of one in four
    hundred overshoots by a hundred, and all further trees are spent on the way back.
    """
    random = np.random.default_rng(0)
    parts = [_sampled(*one.tables[name], random, share=_share(name)) for one in lessons]
    x, y, weight = (pd.concat(column) for column in zip(*parts, strict=True))
    true, false = weight[y].sum(), weight[~y].sum()
    less = min(1.0, true * (1.0 - LEAST_TRUE) / (LEAST_TRUE * false))
    trees = HistGradientBoostingClassifier(
        max_iter=TREES[name],
        max_leaf_nodes=LEAVES[name],
        max_depth=DEEPEST,
        learning_rate=0.08,
        l2_regularization=5.0,
        min_samples_leaf=30,
        early_stopping=False,
        random_state=0,
    ).fit(x, y, weight.where(y, weight * less))
    return Grown(trees, float(np.log(less)))


def _share(name: str) -> float:
    if name.startswith("shopper_pair"):
        return KEPT_OF_SHOPPERS
    return KEPT if name.startswith("pair") else 1.0


def _sampled(
    x: pd.DataFrame, y: NDArray[np.bool_], random: np.random.Generator, *, share: float
) -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """All true rows and that share of the others, with what each counts for."""
    kept = y | (random.random(len(y)) < share)
    weight = np.where(y, 1.0, 1.0 / share)
    return x[kept], pd.Series(y[kept]), pd.Series(weight[kept])


def cross_fit(name: str, lessons: Sequence[Lesson]) -> list[Array]:
    """What each lesson is told by the forest of the other half; the forest of all is written."""
    halves = [[one for one in lessons if one.half == half] for half in (0, 1)]
    told: dict[int, Array] = {}
    for number, half in enumerate(halves):
        other = grow(name, halves[1 - number])
        for one in half:
            x = one.tables[name][0]
            told[id(one)] = other.probability(x) if len(x) else np.zeros(0)
    figures = [
        average_precision(told[id(one)], one.tables[name][1]) for one in lessons if one.tables[name][1].any()
    ]
    sys.stdout.write(f"{name}: average precision on worlds left out {np.mean(figures):.3f} ")
    sys.stdout.write(f"({np.min(figures):.3f} to {np.max(figures):.3f})\n")
    sys.stdout.flush()
    text = json.dumps(stored(grow(name, lessons)), separators=(",", ":"))
    (FORESTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return [told[id(one)] for one in lessons]


def fit(lessons: list[Lesson]) -> None:
    """The forests about partners, one after the other; a table goes when its forest is there."""
    first = cross_fit("pair", lessons)
    for one, told in zip(lessons, first, strict=True):
        own, _ = one.tables.pop("pair")
        one.projection, own, told = closed_up(one.projection, own, told, one.links)
        kept = company_features(one.projection, told, one.links)
        one.tables["pair_in_company"] = (own.join(kept), one.together)
    second = cross_fit("pair_in_company", lessons)
    for one, told in zip(lessons, second, strict=True):
        del one.tables["pair_in_company"]
        one.projection = replace(one.projection, affinity=told.astype(np.float32))
        one.tables["partner"] = (partner_columns(one.projection, one.links), one.ring_of >= 0)
    third = cross_fit("partner", lessons)
    for one, told in zip(lessons, third, strict=True):
        one.projection = replace(one.projection, membership=told.astype(np.float32))
        sets = proposals(one)
        features = ring_features(sets, one.projection, one.links)
        one.tables["ring"] = (features, whole(sets, one.ring_of))
    cross_fit("ring", lessons)


def fit_circles(lessons: Sequence[Lesson]) -> None:
    """The forests about consumers, which need none of the others."""
    for one in lessons:
        shoppers, ring = one.projection.shoppers, one.consumer_ring_of
        left, right = ring[shoppers.left], ring[shoppers.right]
        one.tables["shopper_pair"] = (shoppers.pairs, (left >= 0) & (left == right))
    first = cross_fit("shopper_pair", lessons)
    for one, told in zip(lessons, first, strict=True):
        pairs, together = one.tables["shopper_pair"]
        table = pairs.join(company(one.projection.shoppers, told))
        one.tables["shopper_pair_in_company"] = (table, together)
    second = cross_fit("shopper_pair_in_company", lessons)
    for one, told in zip(lessons, second, strict=True):
        shoppers = replace(one.projection.shoppers, affinity=told.astype(np.float32))
        one.projection = replace(one.projection, shoppers=shoppers)
        circles = sorted(circle_sets(one.projection, seed=0))
        features = circle_features(circles, shoppers, one.links)
        one.tables["circle"] = (features, whole(circles, one.consumer_ring_of))
    cross_fit("circle", lessons)


def proposals(one: Lesson) -> list[tuple[int, ...]]:
    """What the detectors propose of partners, with their prunings."""
    risk = prior_risk(one.links, one.projection).risk
    found = proposed(one.links, one.projection, risk, seed=0)
    add_pruned(found, one.projection)
    return sorted(candidate.partners for candidate in found if len(candidate.partners) > 1)


def stored(grown: Grown) -> dict[str, object]:
    """The trees as plain lists; a leaf has column -1."""
    trees = []
    for (predictor,) in grown.trees._predictors:
        nodes = predictor.nodes
        leaf = nodes["is_leaf"].astype(bool)
        trees.append(
            {
                "column": np.where(leaf, -1, nodes["feature_idx"]).tolist(),
                "threshold": [float(f"{v:.{DIGITS}g}") for v in np.where(leaf, 0.0, nodes["num_threshold"])],
                "left": np.where(leaf, 0, nodes["left"]).tolist(),
                "right": np.where(leaf, 0, nodes["right"]).tolist(),
                "value": [float(f"{v:.{DIGITS}g}") for v in np.where(leaf, nodes["value"], 0.0)],
            }
        )
    baseline = float(grown.trees._baseline_prediction.ravel()[0]) + grown.added
    return {"columns": list(grown.trees.feature_names_in_), "baseline": baseline, "trees": trees}


def lessons_of(maker: str, first_seed: int, worlds: int, scratch: Path) -> list[Lesson]:
    """The worlds of these seeds, most of them twice, taken from `scratch` where they are there already.

    Of three worlds one lacks something in turn the second time, one has money alone: banks see no more, and
    what payments say by themselves is learnt from few rows otherwise.
    """
    lacks = ("outcomes", *LACKS)
    result = []
    for number in range(worlds):
        folder = scratch / f"{maker}-{first_seed + number}"
        # every size of world in both halves, and a world in one of them
        half = number // len(SIZES) % 2
        second = (lacks[number // 3 % len(lacks)], ALL_BUT_MONEY, "")[number % 3]
        for lacking in dict.fromkeys(("", second)):
            kept = folder.with_suffix(f".{lacking.replace(' ', '-')}.pickle" if lacking else ".pickle")
            if not kept.exists():
                if not folder.exists():
                    partners, orders = SIZES[number % len(SIZES)]
                    MAKERS[maker](folder, seed=first_seed + number, partners=partners, orders=orders)
                kept.write_bytes(pickle.dumps(lesson(folder, half=half, lacks=lacking)))
            result.append(pickle.loads(kept.read_bytes()))  # noqa: S301  written above
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, help="so many of every maker")
    parser.add_argument("--first-seed", type=int, default=30_000)
    parser.add_argument("--scratch", type=Path, required=True, help="an empty folder for the worlds")
    parser.add_argument("--only-circles", action="store_true", help="fit the forests about consumers alone")
    given = parser.parse_args()
    given.scratch.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    lessons: list[Lesson] = []
    for maker, worlds in WORLDS.items():
        lessons += lessons_of(maker, given.first_seed, given.worlds or worlds, given.scratch)
    if not given.only_circles:
        fit(lessons)
    fit_circles(lessons)
    sys.stdout.write(f"{time.perf_counter() - started:.0f} s\n")


if __name__ == "__main__":
    main()
