"""The demo: a made-up world with planted rings, and how many of them a run finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from app.loading import Reading
from app.pipeline import Options, RunSummary, run
from app.progress import Steps
from app.settings import StoreChoice
from gnn.evaluation import RingQuality, average_precision, match_rings, ring_quality
from graph.records import ScoredRing
from graph.schema import Kind
from graph.synthetic import write_world


@dataclass(frozen=True)
class World:
    """A made-up world to write: the same numbers give the same bytes."""

    seed: int
    partners: int
    orders: int

    @property
    def name(self) -> str:
        """A folder name of its own, so that a world is written once and never over another."""
        return f"world-{self.seed}-{self.partners}-{self.orders}"


@dataclass(frozen=True)
class Truth:
    """The planted rings: their typologies, and each one's partners, or consumers where it has none."""

    typologies: tuple[str, ...]
    members: tuple[frozenset[str], ...]
    partners: frozenset[str]


@dataclass(frozen=True)
class Verdict:
    """How good a run was: `planted_as` is the typology of the planted ring that each found one is, or ""."""

    quality: RingQuality
    planted_as: tuple[str, ...]
    partner_precision: float


def play(
    folder: Path, world: World, *, store: StoreChoice, steps: Steps, environ: Mapping[str, str]
) -> tuple[RunSummary, Verdict]:
    """Write the world under `folder` where it is not there yet, run on it, and judge the run."""
    data = folder / world.name
    truth_folder = data.with_name(f"{data.name}.truth")
    if not (data.is_dir() and truth_folder.is_dir()):
        with steps.step("make up a world"):
            write_world(
                data,
                seed=world.seed,
                partners=world.partners,
                orders=world.orders,
                progress=lambda done, total: steps.count(done, total, "orders"),
            )
            steps.note(f"{world.partners:,} partners, {world.orders:,} orders")
    summary = run(
        data, folder / "run", Options(store, Reading(), seed=world.seed), steps=steps, environ=environ
    )
    return summary, judge(summary, read_truth(truth_folder))


def read_truth(folder: Path) -> Truth:
    """What was planted, from the folder beside the data."""
    rings = pd.read_parquet(folder / "rings.parquet")
    members = pd.read_parquet(folder / "ring_members.parquet")
    partners = members[members.kind == Kind.PARTNER.value]
    consumers = members[members.kind == Kind.CONSUMER.value]
    sets = consumers.groupby("ring_id").id.agg(frozenset).to_dict()
    sets |= partners.groupby("ring_id").id.agg(frozenset).to_dict()
    return Truth(
        tuple(rings.typology), tuple(sets[ring_id] for ring_id in rings.ring_id), frozenset(partners.id)
    )


def judge(summary: RunSummary, truth: Truth) -> Verdict:
    """The run against what was planted."""
    found = [core(ring) for ring in summary.rings]
    matched = match_rings(found, truth.members)
    planted_as = [""] * len(found)
    for typology, place in zip(truth.typologies, matched.tolist(), strict=True):
        if place >= 0:
            planted_as[place] = typology
    scores = summary.partner_scores
    positive = scores.partner_id.isin(truth.partners).to_numpy(dtype=np.bool_)
    return Verdict(
        ring_quality(found, truth.members),
        tuple(planted_as),
        average_precision(scores.score.to_numpy(dtype=np.float64), positive),
    )


def core(ring: ScoredRing) -> frozenset[str]:
    """What makes a ring the same one: its partners, or its consumers where it has none."""
    return frozenset(member.id for member in ring.of(Kind.PARTNER) or ring.of(Kind.CONSUMER))
