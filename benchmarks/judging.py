"""The arithmetic of judging: rings and scores against the truth of a world, and intervals over worlds.

Nothing in here runs a detector. A ring *matches* a planted one as `gnn.evaluation.match_rings` says; it is
*true* where two thirds of its members lie in one planted ring, whatever else of that ring it missed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gnn.evaluation import PURITY_FLOOR, average_precision, ring_quality
from graph.links import Links

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DRAWS = 10_000
"""Bootstrap resamples: the ends of a 95 % interval then move by less than a hundredth of its width."""

BINS = (0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)
"""Edges of the reliability table."""

FIGURES = ("recall", "precision@K", "AP unlabelled", "AP all")


@dataclass(frozen=True)
class Found:
    """What one way says of a world: rings in rank order by their members' ids, and a score a partner.

    `score` (partners,) follows `Links.partners`, NaN throughout where the way scores no partners. Ways that
    give rings a probability fill `ring_score`, `q_value` and `flagged`, one a ring; `names_rings` is false
    for ways that only score partners, whose ring figures are then NaN rather than 0.
    """

    rings: list[set[str]]
    score: Floats
    ring_score: Floats | None = None
    q_value: Floats | None = None
    flagged: Flags | None = None
    names_rings: bool = True


@dataclass(frozen=True)
class Truth:
    """The planted rings of a world; `members` holds their partners, or consumers where there are none.

    `rings` has `ring_id`, `typology`, `carefulness` (NaN where the truth does not say) and `labelled`;
    `look_alikes` has `group_id`, `look_alike`, `kind`, `id`.
    """

    rings: pd.DataFrame
    members: list[set[str]]
    partners: set[str]
    look_alikes: pd.DataFrame


@dataclass(frozen=True)
class Judgement:
    """One way on one world: `FIGURES` and counts, and a row a planted ring and a predicted ring.

    `planted` has typology, carefulness, labelled, found (within the best 2K). `predicted` has `true`,
    `look_alike` (its kind, "" for none), `best` (among the best K), and for ways that score rings `score`,
    `q_value` and `flagged`.
    """

    figures: dict[str, float]
    planted: pd.DataFrame
    predicted: pd.DataFrame


def read_truth(folder: Path) -> Truth:
    """The truth in that folder; what worlds of other makers do not state is filled with "unknown" or NaN."""
    rings = _table(folder, "rings").sort_values("ring_id").reset_index(drop=True)
    for column, missing in (("typology", "unknown"), ("carefulness", np.nan), ("labelled", False)):
        if column not in rings:
            rings[column] = missing
    members = _table(folder, "ring_members")
    sets = member_sets(members)
    partners = set(members.id[members.kind == "partner"])
    alike = _table(folder, "look_alikes")
    if "group_id" not in alike:
        alike = alike.assign(group_id=alike.look_alike)
    return Truth(rings, [sets[ring] for ring in rings.ring_id], partners, alike)


def _table(folder: Path, name: str) -> pd.DataFrame:
    for suffix, read in ((".parquet", pd.read_parquet), (".csv", pd.read_csv)):
        path = folder / f"{name}{suffix}"
        if path.is_file():
            frame: pd.DataFrame = read(path)
            return frame
    if name == "look_alikes":
        return pd.DataFrame(columns=["group_id", "look_alike", "kind", "id"])
    raise SystemExit(f"There is no {name}.parquet in {str(folder)!r}; name a world with its truth beside it.")


def member_sets(members: pd.DataFrame) -> dict[str, set[str]]:
    """The partners of each ring, or its consumers where it holds no partner."""
    chosen: dict[str, set[str]] = {}
    for ring, part in members.groupby("ring_id"):
        partners = set(part.id[part.kind == "partner"])
        chosen[str(ring)] = partners or set(part.id[part.kind == "consumer"])
    return chosen


def judge(found: Found, truth: Truth, links: Links) -> Judgement:
    """How well one way did on one world; `links` says which partners nobody has reviewed."""
    quality = ring_quality(found.rings, truth.members)
    ids = links.partners.partner_id.to_numpy()
    positive = np.isin(ids, list(truth.partners))
    open_cases = (links.partners.verdict == "").to_numpy()
    scored = bool(np.isfinite(found.score).all())
    figures = {
        "recall": quality.recall if found.names_rings else np.nan,
        "precision@K": quality.precision_at_k if found.names_rings else np.nan,
        "AP unlabelled": average_precision(found.score[open_cases], positive[open_cases])
        if scored
        else np.nan,
        "AP all": average_precision(found.score, positive) if scored else np.nan,
        "rings": float(len(found.rings)),
        "K": float(quality.k),
    }
    planted = truth.rings[["typology", "carefulness", "labelled"]].assign(
        found=[place >= 0 for place in quality.matched]
    )
    return Judgement(figures, planted, _predicted(found, truth, quality.k))


def _predicted(found: Found, truth: Truth, k: int) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "true": are_true(found.rings, truth.members),
            "look_alike": resembled(found.rings, truth),
            "best": np.arange(len(found.rings)) < k,
        }
    )
    if found.ring_score is not None:
        frame["score"], frame["q_value"], frame["flagged"] = found.ring_score, found.q_value, found.flagged
    return frame


def are_true(rings: Sequence[set[str]], planted: Sequence[set[str]]) -> Flags:
    """(rings,) whether two thirds of a ring's members lie in one planted ring."""
    pure = (
        max((len(ring & one) for one in planted), default=0) >= PURITY_FLOOR * len(ring) for ring in rings
    )
    return np.fromiter(pure, dtype=np.bool_, count=len(rings))


def resembled(rings: Sequence[set[str]], truth: Truth) -> list[str]:
    """(rings,) the kind of honest group that two thirds of a ring's members (two at least) lie in, else "".

    A true ring resembles none. Where several groups hold as many of its members, the smallest tells most: a
    franchise of four inside a payment facilitator's four hundred is a franchise.
    """
    kinds, groups = _groups(truth.look_alikes)
    of_member: dict[str, list[int]] = {}
    for number, group in enumerate(groups):
        for member in group:
            of_member.setdefault(member, []).append(number)
    result = []
    for ring, is_true in zip(rings, are_true(rings, truth.members), strict=True):
        common: dict[int, int] = {}
        for member in ring:
            for number in of_member.get(member, ()):
                common[number] = common.get(number, 0) + 1
        enough = [n for n, held in common.items() if held >= max(2.0, PURITY_FLOOR * len(ring))]
        best = min(enough, key=lambda n: (-common[n], len(groups[n]), kinds[n]), default=None)
        result.append("" if is_true or best is None else kinds[best])
    return result


def _groups(alike: pd.DataFrame) -> tuple[list[str], list[set[str]]]:
    kinds, groups = [], []
    members = alike[alike.kind.isin(("partner", "consumer"))]
    for (_, kind, _), part in members.groupby(["group_id", "look_alike", "kind"]):
        kinds.append(str(kind))
        groups.append(set(part.id))
    return kinds, groups


def interval(values: Sequence[float] | Floats, *, draws: int = DRAWS, seed: int = 0) -> tuple[float, float]:
    """A 95 % bootstrap interval of the mean over worlds: the percentiles of the means of resampled worlds.

    Worlds whose value is NaN (nothing to judge) are left out; NaN, NaN where fewer than two are left.
    """
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    return share_interval(known, np.ones(len(known)), draws=draws, seed=seed)


def share_interval(
    part: Sequence[float] | Floats, whole: Sequence[float] | Floats, *, draws: int = DRAWS, seed: int = 0
) -> tuple[float, float]:
    """A 95 % bootstrap interval of sum(part) / sum(whole), whole worlds being resampled.

    NaN, NaN for fewer than two worlds: one says nothing of how worlds differ.
    """
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    if len(part) < 2:
        return np.nan, np.nan
    drawn = np.random.default_rng(seed).integers(0, len(part), (draws, len(part)))
    total = whole[drawn].sum(axis=1)
    shares = part[drawn].sum(axis=1)[total > 0] / total[total > 0]
    low, high = np.percentile(shares, (2.5, 97.5)) if len(shares) else (np.nan, np.nan)
    return float(low), float(high)


def brier(score: Floats, true: Flags) -> float:
    """Mean squared error of a probability; the base rate alone has `base * (1 - base)`."""
    return float(np.mean((score - true) ** 2)) if len(score) else np.nan


def reliability(score: Floats, true: Flags) -> pd.DataFrame:
    """By bins of the score: rings, the score they have on average, and the share of them that is true."""
    place = np.digitize(score, BINS[1:-1])
    rows = []
    for number in range(len(BINS) - 1):
        here = place == number
        rows.append(
            {
                "score": f"{BINS[number]:.2f} to {BINS[number + 1]:.2f}",
                "rings": int(here.sum()),
                "said": float(score[here].mean()) if here.any() else np.nan,
                "are true": float(true[here].mean()) if here.any() else np.nan,
            }
        )
    return pd.DataFrame(rows).set_index("score")


def thirds(carefulness: pd.Series) -> pd.Series:
    """Which third of the rings each ring lies in by its carefulness; ties share their mean rank's third."""
    rank = carefulness.rank(pct=True, method="average")
    return pd.cut(rank, [0, 1 / 3, 2 / 3, 1], labels=["careless", "middling", "careful"])


def summary(rows: pd.DataFrame, by: str, figures: Sequence[str] = FIGURES) -> pd.DataFrame:
    """Mean, 95 % interval, min and max over worlds of each figure, a row a way; `rows` has worlds x ways."""
    parts: dict[tuple[str, str], dict[str, float]] = {}
    of: tuple[tuple[str, Callable[[pd.Series], float]], ...] = (
        ("mean", lambda values: float(values.mean())),
        ("low", lambda values: interval(values)[0]),
        ("high", lambda values: interval(values)[1]),
        ("min", lambda values: float(values.min())),
        ("max", lambda values: float(values.max())),
    )
    for figure in figures:
        for name, function in of:
            parts[figure, name] = {way: function(part[figure]) for way, part in rows.groupby(by, sort=False)}
    return pd.DataFrame(parts)
