"""Member risk: labels, links and ties in, one number in [0, 1] a member out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from gnn.calibration import with_verdicts
from gnn.dataset import Verdicts, verdicts
from gnn.folds import MIN_FRAUD_GROUPS, MIN_FRAUDS, tied_groups
from gnn.known import Events, known
from gnn.members import other_risk
from gnn.portfolio import ModelScore, judge, stack_of
from gnn.registry import Trained
from graph.links import Links
from graph.prior import Prior
from graph.projection import Projection
from graph.records import Risk
from graph.schema import Kind

SELECTION_NOTE: Final = (
    "Average precision is measured among reviewed partners of groups held out whole; reviewers look at the "
    "suspicious first, so it says less about partners nobody has looked at. The stack starts from the risk "
    "that needs no verdict, and moves only as far as verdicts say."
)


@dataclass(frozen=True)
class RiskReport:
    """Which model gave the risk, on how many labels, and how well each model of the portfolio ranks.

    `model` is "stack" (trained now), "registry" (trained before; `trained` is its id) or "prior"
    (unsupervised); `labels` counts verdicts by kind; `base_rate` is the share of fraud among the reviewed
    partners, a coin's average precision; `class_prior` the estimated share of fraud among all partners.
    """

    model: str
    sentence: str
    labels: dict[str, dict[str, int]]
    base_rate: float
    class_prior: float
    scores: tuple[ModelScore, ...] = ()
    note: str = ""
    trained: str = ""


def member_risk(
    links: Links,
    projection: Projection,
    prior: Prior,
    *,
    seed: int,
    model: Trained | None = None,
    events: Events | None = None,
) -> tuple[Risk, RiskReport]:
    """Risk of every partner, consumer, device and bank account, and how it came about.

    A `model` of the registry is applied, with the features of `events` if it reads rows, and nothing is
    trained. With too few labels the risk is the unsupervised prior's, corrected by the verdicts there are.
    Deterministic for a seed, on any number of cores. Raises `ModelError`.
    """
    if model is not None:
        partner, report = _applied(links, projection, prior, model, events)
    else:
        partner, report = _trained(links, projection, prior, seed=seed)
    return other_risk(links, prior, partner, seed=seed, trained=report.model == "stack"), report


def _trained(
    links: Links, projection: Projection, prior: Prior, *, seed: int
) -> tuple[NDArray[np.float32], RiskReport]:
    reviewed = verdicts(links, Kind.PARTNER)
    frauds = int(reviewed.fraud.sum())
    if frauds and reviewed.fraud.all():  # nothing to tell them from
        sentence = "Nothing was trained: every partner is known fraud; risk is the unsupervised prior."
        return with_verdicts(prior.risk.partner, reviewed), _report(links, "prior", sentence)
    now = known(links, projection, prior, events=None, seed=seed) if frauds >= MIN_FRAUDS else None
    group = tied_groups(projection, seed=seed) if now is None else now.group
    groups = len(np.unique(group[reviewed.fraud]))
    if now is None or groups < MIN_FRAUD_GROUPS:
        sentence = (
            f"Nothing was trained: {frauds} known fraud partners in {groups} groups, at least "
            f"{MIN_FRAUDS} in {MIN_FRAUD_GROUPS} are needed; risk is the unsupervised prior."
        )
        return with_verdicts(prior.risk.partner, reviewed), _report(links, "prior", sentence)
    labels = now.labels(seed=seed)
    stack, odds = stack_of(now.features).fit_held_out(now.data, labels)
    weight = stack.weights()
    judged = [
        replace(judge(name, one, now.group, reviewed, seed=seed), weight=weight.get(name, 0.0))
        for name, one in odds.items()
    ]
    report = replace(
        _report(links, "stack", _comparison(judged)),
        class_prior=labels.class_prior,
        scores=tuple(judged),
        note=SELECTION_NOTE,
    )
    return with_verdicts(expit(odds[stack.name]), reviewed), report


def _applied(
    links: Links, projection: Projection, prior: Prior, model: Trained, events: Events | None
) -> tuple[NDArray[np.float32], RiskReport]:
    now = known(links, projection, prior, events=events, seed=model.manifest.seed)
    risk = with_verdicts(model.probability(now), now.verdicts)
    id_ = model.id
    sentence = f"Model {id_} was applied. {model.manifest.judged['sentence']}"
    return risk, replace(_report(links, "registry", sentence), trained=id_)


def _report(links: Links, model: str, sentence: str) -> RiskReport:
    counts = {kind: verdicts(links, kind) for kind in Kind}
    return RiskReport(
        model=model,
        sentence=sentence,
        labels={
            kind.value: {"fraud": int(known.fraud.sum()), "legit": int(known.legit.sum())}
            for kind, known in counts.items()
        },
        base_rate=_base_rate(counts[Kind.PARTNER]),
        class_prior=0.0,
    )


def _base_rate(known: Verdicts) -> float:
    reviewed = int((known.fraud | known.legit).sum())
    return float(known.fraud.sum() / reviewed) if reviewed else 0.0


def _comparison(judged: list[ModelScore]) -> str:
    """One sentence that says how the graph model does against the flat one, also when it loses."""
    by_name = {model.name: model for model in judged}
    sage, flat = by_name["GraphSAGE"], by_name["flat baseline"]
    gap = sage.average_precision - flat.average_precision
    noise = float(np.hypot(sage.error, flat.error))
    verdict = (
        "no clear difference" if abs(gap) < noise else "GraphSAGE wins" if gap > 0 else "GraphSAGE loses"
    )
    stack, prior = by_name["stack"], by_name["prior"]
    return (
        f"Held-out average precision {sage.average_precision:.2f} ± {sage.error:.2f} for GraphSAGE, "
        f"{flat.average_precision:.2f} ± {flat.error:.2f} for the flat baseline ({verdict}); the risk is the "
        f"stack, {stack.average_precision:.2f} ± {stack.error:.2f}, beside {prior.average_precision:.2f} ± "
        f"{prior.error:.2f} without any verdict."
    )
