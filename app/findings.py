"""Findings: from links to scored rings, partner scores and a report, step by step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.memory import give_back
from app.previous import Previous
from app.progress import Steps
from gnn.day_profile import day_profile, entities_read, groups_of, score_of, with_row_features
from gnn.event_features import event_features
from gnn.features import node_features
from gnn.folds import tied_groups
from gnn.profile import Profile
from gnn.registry import Trained
from gnn.risk import RiskReport, member_risk
from graph.anchors import anchor_rings
from graph.identity import Relation, rings_of
from graph.lineage import Today, first_relations, trace
from graph.links import Links
from graph.prior import prior_risk
from graph.projection import project
from graph.records import ScoredRing
from graph.rings import find_rings
from graph.schema import Kind
from graph.scoring import partner_scores, score_rings
from graph.signals.context import build_context
from graph.tables import Tables


@dataclass(frozen=True)
class Findings:
    """The scored rings in rank order, a score for every partner, which model their risk came from.

    `profile` says how this day's features and scores are distributed, `relations` what became of the
    previous run's rings. `left_out` rings were found but are not listed (`graph.scoring.score_rings`).
    """

    rings: tuple[ScoredRing, ...]
    partner_scores: pd.DataFrame
    risk: RiskReport
    profile: Profile
    relations: tuple[Relation, ...] = ()
    left_out: int = 0


def find(
    tables: Tables | None,
    links: Links,
    *,
    seed: int,
    model: Trained | None,
    previous: Previous | None,
    steps: Steps,
) -> Findings:
    """What the links show; the rings of `previous` are anchors, and give their ids on.

    `tables` names the rows behind the evidence, and may be missing unless `model` reads
    rows. Raises ModelError.
    """
    with steps.step("tie partners"):
        projection = project(links)
        give_back()
        steps.note(f"{len(projection.left):,} pairs of partners tied")
    with steps.step("judge members"):
        prior = prior_risk(links, projection)
    with steps.step("train models" if model is None else "apply the model"):
        events = None
        if tables is not None and model is not None and model.manifest.reads_rows:
            events = event_features(tables, rows=entities_read(links))
        risk, report = member_risk(links, projection, prior, seed=seed, model=model, events=events)
    with steps.step("find rings"):
        members = None if previous is None else previous.members
        stood = rings_of(members)
        anchors = anchor_rings(stood, links, projection)
        found = find_rings(links, projection, risk, seed=seed, anchors=anchors)
        give_back()
        steps.note(f"{len(found):,} rings")
    with steps.step("collect evidence"):
        context = build_context(links, risk)
        context.complete()
        give_back()  # what is free would be copied where it is written on
        rings = score_rings(found, context, projection, tables=tables, previous=members)
        left_out = len(found) - len(rings)
        steps.note(f"{len(rings):,} rings, {left_out:,} left out")
        scores = partner_scores(context, projection, rings)
        relations = first_relations(rings)
        if previous is not None:
            today = Today(links, projection, risk, previous.as_of_ms)
            rings, relations = trace(rings, stood, today)
    with steps.step("profile the day"):
        groups = groups_of(links, tied_groups(projection, seed=seed))
        profile = day_profile(
            links,
            node_features(links),
            {kind: risk.of(kind) for kind in Kind},
            groups=groups,
            tables=tables,
            partner_score=score_of(links.partners["partner_id"].to_numpy(), scores),
            ring_score=np.array([ring.score for ring in rings]),
        )
        if events is not None:
            profile = with_row_features(profile, events, groups)
    return Findings(rings, scores, report, profile, relations, left_out)
