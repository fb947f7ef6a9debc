"""The product's detection, called in this process or on the command line, as `Found`."""

from __future__ import annotations

import inspect
import io
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from app.findings import find
from app.progress import Steps
from benchmarks.judging import Found, member_sets
from gnn.risk import member_risk
from graph.links import Links
from graph.prior import Prior, prior_risk
from graph.projection import Projection
from graph.records import Risk, ScoredRing
from graph.rings import find_rings
from graph.schema import Kind
from graph.scoring import partner_scores, score_rings
from graph.signals.context import build_context

CAN_PRUNE = "prune" in inspect.signature(find_rings).parameters
"""Whether rings can be had with all their candidates' members, as well as pruned."""


def detect(links: Links, *, seed: int = 0) -> Found:
    """What `ringwatch run` finds in these links, by the same function, in this process."""
    found = find(None, links, seed=seed, model=None, previous=None, steps=Steps(io.StringIO()))
    return _found(found.rings, found.partner_scores, links)


def detect_by_command(folder: Path, out: Path, links: Links) -> Found:
    """What `ringwatch run` finds in that folder, in a process of its own; the run is left in `out`."""
    command = [sys.executable, "-m", "app.cli", "run", str(folder), "--out", str(out), "--store", "none"]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return read_run(out, links)


def read_run(folder: Path, links: Links) -> Found:
    """The rings of a run in rank order, and the score of each partner of `links` (0 where it has none)."""
    rings = pd.read_parquet(folder / "rings.parquet").sort_values("rank")
    sets = member_sets(pd.read_parquet(folder / "ring_members.parquet"))
    scores = pd.read_parquet(folder / "partner_scores.parquet").set_index("partner_id").score
    score, q_value = rings.score.to_numpy(np.float64), rings.q_value.to_numpy(np.float64)
    return Found(
        [sets[ring] for ring in rings.ring_id],
        scores.reindex(links.partners.partner_id).fillna(0).to_numpy(np.float64),
        score,
        q_value,
        rings.flagged.to_numpy(np.bool_),
    )


def same(one: Found, other: Found) -> bool:
    """Whether two ways found the same rings in the same order, with the same scores to nine decimals."""
    if one.rings != other.rings or one.ring_score is None or other.ring_score is None:
        return False
    return bool(
        np.allclose(one.ring_score, other.ring_score, rtol=0, atol=1e-9)
        and np.allclose(one.score, other.score, rtol=0, atol=1e-9)
    )


@dataclass(frozen=True)
class Judged:
    """Links, ties and the risk of every member: what is looked for rings in."""

    links: Links
    projection: Projection
    risk: Risk


def judge_members(links: Links, projection: Projection, *, seed: int = 0) -> Judged:
    """The members' risk as a run judges it: trained where there are labels enough, else the prior."""
    prior: Prior = prior_risk(links, projection)
    risk, _ = member_risk(links, projection, prior, seed=seed)
    return Judged(links, projection, risk)


def rings_of(judged: Judged, *, seed: int = 0, prune: bool | None = None) -> Found:
    """The rings and scores that follow; `prune` overrides the product's choice where it offers one."""
    options = {} if prune is None else {"prune": prune}
    rings = find_rings(judged.links, judged.projection, judged.risk, seed=seed, **options)
    context = build_context(judged.links, judged.risk)
    scored = score_rings(rings, context, judged.projection)
    return _found(scored, partner_scores(context, judged.projection, scored), judged.links)


def _found(rings: Sequence[ScoredRing], scores: pd.DataFrame, links: Links) -> Found:
    score = np.array([ring.score for ring in rings], dtype=np.float64)
    q_value = np.array([ring.q_value for ring in rings], dtype=np.float64)
    return Found(
        [_ids(ring) for ring in rings],
        scores.set_index("partner_id").score.reindex(links.partners.partner_id).to_numpy(np.float64),
        score,
        q_value,
        np.array([ring.flagged for ring in rings], dtype=np.bool_),
    )


def _ids(ring: ScoredRing) -> set[str]:
    def of(kind: Kind) -> Iterable[str]:
        return (member.id for member in ring.of(kind))

    return set(of(Kind.PARTNER)) or set(of(Kind.CONSUMER))
