"""Training for the registry: every model of the portfolio judged on what came later, the best kept.

The last third of the known frauds is kept from all models at first. Each is fitted to what was known before
the first of these verdicts, scores the partners as they stood then, and is judged on what was decided later.
The model that most surely gains on the risk that needs no verdict is recommended, calibrated on those later
verdicts, and fitted again to all that is known.

"Most surely" is the highest lower bound of the difference in average precision, both resampled alike.
Verdicts are few: where resamples move a figure by 0.2, they move all models' figures together, and what tells
one model from another is in the differences alone. The risk that needs no verdict is what a model has to beat
in the gate. On eighteen made-up worlds of three makers, of 2,000 partners and 5 to 20 later frauds each, the
models recommended this way had an average precision of 0.886 among the partners that nobody has reviewed;
those with the highest lower bound of their own figure 0.831, with the highest figure 0.792; the best on each
0.909, and the risk that needs no verdict 0.902: with so few it is hard to beat, and the gate decides. (Each
model was one fit to all labels there, not yet a mean over folds.)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gnn.backtest import Figures, Later, decided_later, figures, gain_over, open_share
from gnn.calibration import Calibrator, fit_calibrator
from gnn.dataset import Verdicts
from gnn.evaluation import Interval
from gnn.folds import FOLDS, MIN_FRAUD_GROUPS, MIN_FRAUDS, group_folds
from gnn.known import Known
from gnn.models import Model, fit_all
from gnn.registry import Manifest, ModelError, Trained
from graph.links import Links

Array = NDArray[np.float64]

LEARN_SHARE: Final = 2 / 3
"""The share of the known frauds that models learn from before they are judged on the rest."""
MIN_LATER: Final = 5
"""Later frauds, and cleared partners, below which no model can be told from another, nor calibrated."""
GRAPH_MODEL: Final = "GraphSAGE"
NO_VERDICT: Final = "the risk that needs no verdict"
"""The unsupervised prior, which every model has to beat to be worth its verdicts."""


def judging_moment(links: Links) -> int:
    """The moment, in epoch ms, by which two thirds of the known fraud partners were there and known.

    Raises ModelError where there are too few verdicts to learn from one part and to judge on the other. A
    verdict on a partner that was not there at that moment counts for neither. Groups of tied partners, and
    verdicts that were other ones then, are not known here: `check_enough` may still refuse.
    """
    verdicts = Verdicts.of(links.partners["verdict"])
    there, said = _there_from(links), links.partners["verdict_at"].to_numpy()
    at = np.sort(np.maximum(said, there)[verdicts.fraud])
    if len(at) < MIN_FRAUDS + MIN_LATER:
        raise ModelError(
            f"Nothing can be trained: {len(at)} partners are known fraud, and {MIN_FRAUDS + MIN_LATER} are "
            f"needed, {MIN_FRAUDS} to learn from and {MIN_LATER} later ones to judge on."
        )
    moment = int(at[math.ceil(LEARN_SHARE * len(at)) - 1])
    came = (there <= moment) & (said > moment)
    _check_later(came & verdicts.fraud, came & verdicts.legit)
    return moment


def _there_from(links: Links) -> NDArray[np.int64]:
    """Since when each partner was there, (n,) epoch ms: since its own row or the first event naming it.

    `MISSING_MS` where its own row says no moment.
    """
    since = links.partners["onboarded_at"].to_numpy().copy()
    for events in (links.ordered_at, links.logged_in_from, links.paid_out_to):
        np.minimum.at(since, events["partner"].to_numpy(), events["first_at"].to_numpy())
    return since


def later_verdicts(partners: pd.DataFrame, decided: pd.DataFrame) -> Verdicts:
    """What was decided of these partners, as masks in their order; `decided` as `decided_partners`."""
    verdict = decided.set_index("partner_id")["verdict"]
    return Verdicts.of(verdict.reindex(partners["partner_id"], fill_value=""))


@dataclass(frozen=True)
class Judgement:
    """What came of judging models: the recommended one, not yet fitted to all that is known.

    `shape` is its calibrator at the moment of judging, `told` the figures of all models, for the manifest.
    """

    recommended: Model
    shape: Calibrator
    told: dict[str, Any]


def judge(then: Known, decided: pd.DataFrame, portfolio: Sequence[Model], *, seed: int) -> Judgement:
    """Every model fitted to what was known then, judged on what was decided later (see the module).

    `decided` has `partner_id`, `verdict` and `verdict_at` of later. Deterministic for a seed. Raises
    ModelError where there are too few verdicts then or later.
    """
    later = _later(then, decided)
    _check_enough(then, later)
    labels = then.labels(seed=seed)
    heard = then.data.hearing(labels)
    scores = {model.name: score for model, score in fit_all(portfolio, heard, labels)}
    judged = [
        figures(name, score, _out_of_fold(score, later, seed=seed), later, seed=seed)
        for name, score in scores.items()
    ]
    gains = {name: gain_over(then.prior, score, later, seed=seed) for name, score in scores.items()}
    best = max(judged, key=lambda one: gains[one.model].low)
    blind = figures(NO_VERDICT, then.prior, _out_of_fold(then.prior, later, seed=seed), later, seed=seed)
    shape = fit_calibrator(
        scores[best.model][later.open], later.fraud[later.open], later.legit[later.open], share=later.share
    )
    sentence = recommendation(judged, best, blind, gains[best.model])
    return Judgement(
        next(model for model in portfolio if model.name == best.model),
        shape,
        _plain(_judged(then, later, [*judged, blind], gains, sentence)),
    )


def check_enough(then: Known, decided: pd.DataFrame) -> None:
    """Raises ModelError where `judge` would refuse; features of rows need not be known for that."""
    _check_enough(then, _later(then, decided))


def fit_recommended(
    judgement: Judgement, now: Known, *, seed: int, digest: str, versions: Mapping[str, str]
) -> tuple[Trained, Array]:
    """The recommended model, fitted to all that is known now.

    Also what it says of all partners now, (n,), which is `Trained.probability` of `now`. Deterministic for a
    seed.
    """
    labels = now.labels(seed=seed)
    heard = now.data.hearing(labels)
    ((fitted, risk),) = fit_all([judgement.recommended], heard, labels)
    still_open = now.verdicts.unlabelled
    nobody = np.zeros(len(still_open), dtype=bool)
    level = open_share(now.verdicts, nobody, nobody)
    manifest = Manifest(
        model=judgement.recommended.name,
        features=now.features,
        as_of_ms=now.as_of_ms,
        seed=seed,
        digest=digest,
        labels={"fraud": len(labels.fraud), "legit": len(labels.legit)},
        calibrator=judgement.shape.levelled(risk[still_open], share=level),
        judged=judgement.told,
        versions=dict(versions),
    )
    return Trained(manifest, fitted), manifest.calibrator.probability(risk)


def _later(then: Known, decided: pd.DataFrame) -> Later:
    return decided_later(
        then.partners, then.as_of_ms, then.group, later_verdicts(then.partners, decided), capacity=None
    )


def _check_enough(then: Known, later: Later) -> None:
    frauds = int(then.verdicts.fraud.sum())
    groups = len(np.unique(then.group[then.verdicts.fraud]))
    if frauds < MIN_FRAUDS or groups < MIN_FRAUD_GROUPS:
        raise ModelError(
            f"Nothing can be trained: when models are to learn, {frauds} partners in {groups} groups are "
            f"known fraud; {MIN_FRAUDS} in {MIN_FRAUD_GROUPS} are needed."
        )
    _check_later(later.fraud, later.legit)


def _check_later(fraud: NDArray[np.bool_], legit: NDArray[np.bool_]) -> None:
    came, cleared = int(fraud.sum()), int(legit.sum())
    if min(came, cleared) < MIN_LATER:
        raise ModelError(
            f"Nothing can be trained: {came} frauds and {cleared} cleared partners became known afterwards, "
            f"and models are judged on at least {MIN_LATER} of each; add verdicts, or train on a later day."
        )


def _out_of_fold(score: Array, later: Later, *, seed: int) -> Array:
    """(n,) probabilities by a calibrator that did not see a partner's ring; 0 where nothing came later."""
    fold = group_folds(later.group, Verdicts(later.fraud, later.legit), seed=seed)
    result = np.zeros(len(score))
    for number in range(FOLDS):
        seen, inside = later.open & (fold != number), fold == number
        fitted = fit_calibrator(score[seen], later.fraud[seen], later.legit[seen], share=later.share)
        result[inside] = fitted.probability(score[inside])
    return result


def _judged(
    then: Known, later: Later, judged: Sequence[Figures], gains: Mapping[str, Interval], sentence: str
) -> dict[str, Any]:
    return {
        "moment_ms": then.as_of_ms,
        "learnt_from": {
            "fraud": int(then.verdicts.fraud.sum()),
            "legit": int(then.verdicts.legit.sum()),
        },
        "later": summary(later),
        "models": [
            asdict(one) | {"gain": asdict(gains[one.model]) if one.model in gains else None} for one in judged
        ],
        "sentence": sentence,
    }


def summary(later: Later) -> dict[str, Any]:
    """What came later, in numbers."""
    return {
        "open": int(later.open.sum()),
        "frauds": int(later.fraud.sum()),
        "rings": later.rings,
        "cleared": int(later.legit.sum()),
        "capacity": later.capacity,
        "share": later.share,
    }


def recommendation(judged: Sequence[Figures], best: Figures, blind: Figures, gain: Interval) -> str:
    """In words: which model, on what grounds, how the graph model does and what needs no verdict.

    `gain` is what the recommended model has over that.
    """
    text = (
        f"{best.model} is recommended: on verdicts that came later it most surely gains on {NO_VERDICT}, "
        f"{gain.value:+.2f} ({gain.low:+.2f} to {gain.high:+.2f}) in average precision, "
        f"{best.average_precision} against {blind.average_precision}."
    )
    last = "" if gain.low > 0 else " That may be chance: zero lies within."
    graph = next((one for one in judged if one.model == GRAPH_MODEL), None)
    others = [one for one in judged if one.model != GRAPH_MODEL]
    if graph is None or not others:
        return text + last
    if graph.model == best.model:
        rival = max(others, key=lambda one: one.average_precision.value)
        return text + last + f" The next best on average is {rival.model}: {rival.average_precision}."
    ours, theirs = graph.average_precision, best.average_precision
    word = "loses" if ours.value < theirs.value else "is ahead on average but less certain"
    return text + last + f" {GRAPH_MODEL} {word}: {ours} against {theirs}."


def _plain(value: Any) -> Any:
    """For JSON: None where a figure is not defined, lists for tuples."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
