"""Models that are kept: trained, judged, promoted and rolled back, from a folder of tables and a registry."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from app.findings import Findings, find
from app.loading import Reading, link, read_links
from app.memory import give_back, set_aside
from app.previous import read_profile
from app.progress import Steps
from app.run_folder import check_writable, whole_folder
from app.terminal import as_csv, as_json, as_table
from gnn.backtest import Figures, Later, compare, decided_later, figures
from gnn.calibration import with_verdicts
from gnn.card import card
from gnn.dataset import carriers
from gnn.day_profile import day_profile, entities_read, groups_of, with_risk, with_row_features
from gnn.evaluation import match_rings
from gnn.event_features import MEMORY_ALONE, event_features
from gnn.explain import Evidence, Explanation, explain, riskiest
from gnn.features import node_features
from gnn.gate import Rules, Ruling, rule
from gnn.known import Known, known, with_events
from gnn.learning import (
    NO_VERDICT,
    Judgement,
    check_enough,
    fit_recommended,
    judge,
    judging_moment,
    later_verdicts,
)
from gnn.models import accelerator
from gnn.portfolio import candidates
from gnn.profile import Profile
from gnn.registry import (
    MODEL_FILES,
    Decision,
    ModelError,
    Trained,
    champion,
    crown,
    files,
    model_folder,
    read_model,
    refuse,
    roll_back,
)
from graph.aggregation import decided_partners
from graph.earlier import earlier
from graph.links import Links
from graph.parts import at_once
from graph.prior import prior_risk
from graph.projection import project_partners
from graph.records import ScoredRing
from graph.schema import Kind, utc
from graph.signals.wording import count, quoted
from graph.tables import InputError, Tables, read_tables, without_row_ids

NAMED_PACKAGES: Final = (
    "duckdb",
    "igraph",
    "numba",
    "numpy",
    "pandas",
    "pyarrow",
    "ringwatch",
    "scikit-learn",
    "scipy",
    "torch",
    "torch-geometric",
    "xgboost-cpu",
)
"""Packages whose release can change what is learnt; a model's folder names them.

safetensors is not among them: it stores what is learnt.
"""

Asked = Mapping[Kind, NDArray[np.int64]]
"""Codes by kind."""

_EVER: Final = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Bar:
    """What a challenger has to pass, and whether only to rehearse it."""

    margin: float
    max_harm: float
    capacity: int | None
    shadow: bool


def utc_now() -> datetime:
    """The moment it is, in UTC: when a decision is taken, never what is known."""
    return datetime.now(UTC)


def train_model(data: Path, models: Path, reading: Reading, *, seed: int, steps: Steps) -> str:
    """Train on the tables, put the recommended model into the registry, and say how all models did."""
    check_writable(models)  # before the minutes that training takes
    tables, links = read_links(data, reading, steps)
    judged_at, digest = utc(judging_moment(links)), tables.digest
    decided = links.partners[["partner_id", "verdict", "verdict_at"]]
    # models are judged first: where verdicts are too few for that, nobody has to wait for the rest; rows and
    # links of now are asked for after that, rows never while links are tied, and their ids not at all
    with set_aside(without_row_ids(tables)) as recall_rows, set_aside(links) as recall_links:
        del tables, links
        give_back()
        judgement = _judgement(recall_rows, judged_at, decided, data, reading, seed=seed, steps=steps)
        give_back()
        links = recall_links()
        now, own, asked = _of_links(links, seed=seed, steps=steps, asked=entities_read)
        rows = [recall_rows()]
    with steps.step("profile the day"):
        groups = groups_of(links, now.group)
        day = day_profile(links, own, {}, groups=groups, tables=rows[0])
    del links, own  # links, rows and what is made of them, all at once, would be the most that training holds
    events = _of_rows(rows.pop, asked, steps)
    with steps.step("rank features"):
        day, now = at_once(partial(with_row_features, day, events, groups), partial(with_events, now, events))
    del events, groups
    give_back()
    versions = {"python": platform.python_version(), "device": accelerator()}
    versions |= {name: version(name) for name in NAMED_PACKAGES}
    with steps.step("train the recommended"):
        trained, probability = fit_recommended(judgement, now, seed=seed, digest=digest, versions=versions)
    told = with_verdicts(probability, now.verdicts)
    id_, contents = files(trained, card, with_risk(day, told, now.group).to_json())
    folder = models / id_
    keep(folder, contents)
    read_model(folder, candidates)  # what cannot be read again must not be called trained
    judged = trained.manifest.judged
    return (
        as_table(_COLUMNS, [_plain_row(one) for one in judged["models"]])
        + f"\n{judged['sentence']}\nIt is in {folder}; CARD.md there says more.\n"
    )


def _judgement(
    recall: Callable[[], Tables],
    judged_at: datetime,
    decided: pd.DataFrame,
    data: Path,
    reading: Reading,
    *,
    seed: int,
    steps: Steps,
) -> Judgement:
    """Every model judged on what was `decided` after a moment; `recall` gives all rows, `judge` says how."""
    with steps.step("look back"):
        before = earlier(recall(), judged_at)
    if before is None:
        tables, links = read_links(data, replace(reading, as_of=judged_at), steps)
    else:
        tables, links = before, link(before, steps)
    del before
    with set_aside(without_row_ids(tables)) as recall_rows:
        del tables
        then, own, asked = _of_links(links, seed=seed, steps=steps)
        del links, own
        check_enough(then, decided)
        give_back()
        events = _of_rows(recall_rows, asked, steps)
    with steps.step("rank features"):
        then = with_events(then, events)
    del events
    give_back()
    with steps.step("judge models"):
        return judge(then, decided, candidates(then.features), seed=seed)


def keep(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Put a model's files into its folder, whole or not at all, where they are not there as they should be.

    Raises OutputError where the folder holds anything else.
    """
    if not all(_holds(folder / name, content) for name, content in contents.items()):
        with whole_folder(folder, may_hold=MODEL_FILES, of_run=False) as draft:
            for name, content in contents.items():
                (draft / name).write_bytes(content)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.is_file() and path.read_bytes() == content
    except OSError:
        return False


def evaluate_model(data: Path, model: Path, reading: Reading, *, capacity: int | None, steps: Steps) -> str:
    """Judge a model on the verdicts that became known after a moment, and say how it did."""
    trained = read_model(model, candidates)
    judged_at = _moment(reading, [trained])
    backtest = _look_back(data, replace(reading, as_of=judged_at), [trained], capacity, steps)
    (probability,) = backtest.scores
    found = figures(trained.manifest.model, probability, probability, backtest.later, seed=0)
    return _words(found, backtest.later, judged_at)


def promote_model(
    models: Path,
    id_: str,
    data: Path,
    reading: Reading,
    bar: Bar,
    *,
    steps: Steps,
    clock: Callable[[], datetime] = utc_now,
) -> str:
    """Promote a model that passes the gate; ModelError with every reason where it does not.

    Either is written down in the registry, with the moment that `clock` tells. A rehearsal (`bar.shadow`)
    also finds the rings with each model, says what the change would do, and changes nothing.
    """
    challenger = read_model(model_folder(models, id_), candidates)
    if not bar.shadow:
        check_writable(models)  # either decision is to be written down
    present = champion(models)
    if present == id_:
        raise ModelError(f"{id_} is the champion already.")
    rival = None if present is None else read_model(model_folder(models, present), candidates)
    judged = [challenger] if rival is None else [challenger, rival]
    judged_at = _moment(reading, judged)
    backtest = _look_back(data, replace(reading, as_of=judged_at), judged, bar.capacity, steps)
    other = backtest.known.prior if rival is None else backtest.scores[1]
    found = compare(backtest.scores[0], other, backtest.later, seed=0)
    ruling = rule(
        found,
        backtest.later,
        Rules(bar.margin, bar.max_harm),
        rival=NO_VERDICT if rival is None else "the champion",
    )
    if bar.shadow:
        return _verdict(ruling, id_) + _shadow(backtest, challenger, rival, steps=steps)
    decision = Decision(
        clock(),
        rival=present,
        digest=backtest.digest,
        judged_at=judged_at,
        margin=bar.margin,
        max_harm=bar.max_harm,
        capacity=backtest.later.capacity,
        why=(*ruling.against, *ruling.said),
    )
    if not ruling.passes:
        refuse(models, id_, decision)
        raise ModelError(f"{id_} is not promoted. " + " ".join(ruling.against))
    crown(models, id_, decision)
    return _verdict(ruling, id_) + f"{id_} is the champion of {models}.\n"


def explain_partners(
    data: Path, model: Path, reading: Reading, *, ids: Sequence[str], top: int, format_: str, steps: Steps
) -> str:
    """Why the model gives these partners, or the `top` riskiest that are undecided, their risk.

    `format_` is "text", or "json" or "csv" with a row a reason. Raises InputError for an id that is unknown.
    """
    trained = read_trained(model)  # before any row is read: what is no model is refused at once
    tables, links = read_links(data, reading, steps)
    refuse_unfit(trained, model, tables, as_of_ms=links.as_of_ms)
    codes = _codes(links, ids)
    evidence = _evidence(tables, links, seed=trained.manifest.seed, steps=steps)
    with steps.step("explain"):
        partners = codes if ids else riskiest(trained, evidence.known, top)
        found = explain(trained, evidence, partners)
    if format_ == "text":
        return "\n".join(_explained(one) for one in found)
    return {"json": as_json, "csv": as_csv}[format_](_REASON, [row for one in found for row in _reasons(one)])


def roll_back_model(models: Path, *, clock: Callable[[], datetime] = utc_now) -> str:
    """Make the champion before the present one champion again."""
    return f"{roll_back(models, candidates, at=clock())} is the champion of {models} again.\n"


def training_day(model: Path, trained: Trained) -> Profile | None:
    """How the day looked that the model was trained on; `model` is its folder, or the registry it is of."""
    # not of the champion: another may have been promoted since the model was read
    return read_profile(model if champion(model) is None else model_folder(model, trained.id))


def read_trained(model: Path) -> Trained:
    """The model in that folder, or the champion of that registry; ModelError where there is none."""
    return read_model(model, candidates)


def refuse_unfit(trained: Trained, model: Path, tables: Tables | None, *, as_of_ms: int) -> None:
    """ModelError for a model that is later than the run, or lacks the rows it reads."""
    if trained.manifest.as_of_ms > as_of_ms:
        raise ModelError(
            f"The model in {str(model)!r} was trained on what was known by "
            f"{utc(trained.manifest.as_of_ms).isoformat()}, and nothing later may influence a run "
            f"as of {utc(as_of_ms).isoformat()}; name an earlier model, or a later moment."
        )
    if trained.manifest.reads_rows and tables is None:
        raise ModelError(
            f"The model in {str(model)!r} reads the rows behind the links, which a store does not hold; "
            "name the folder of tables, or leave --model out."
        )


@dataclass(frozen=True)
class _BackTest:
    """A moment, what came later, and every model's probabilities (n,) as of the moment.

    `digest` is of all rows, those that came later among them.
    """

    digest: str
    tables: Tables
    links: Links
    known: Known
    later: Later
    scores: list[NDArray[np.float64]]


def _look_back(
    data: Path, reading: Reading, models: Sequence[Trained], capacity: int | None, steps: Steps
) -> _BackTest:
    tables, links = read_links(data, reading, steps)
    with steps.step("read what was decided later"):
        after = read_tables(data, as_of=_EVER, max_rejected_share=reading.max_rejected_share)
        decided = decided_partners(after)
    then = _evidence(tables, links, seed=models[0].manifest.seed, steps=steps).known
    then_decided = later_verdicts(links.partners, decided)
    later = decided_later(links.partners, links.as_of_ms, then.group, then_decided, capacity=capacity)
    if not len(later.judged):
        raise ModelError(
            f"Nothing was decided after {utc(links.as_of_ms):%Y-%m-%d %H:%M} UTC about partners that "
            "were open then; name an earlier moment (as of), or wait."
        )
    with steps.step("ask the models"):
        return _BackTest(
            after.digest, tables, links, then, later, [model.probability(then) for model in models]
        )


def _evidence(
    tables: Tables,
    links: Links,
    *,
    seed: int,
    steps: Steps,
) -> Evidence:
    """What is known of a moment, for any model, and what that was made of."""
    with steps.step("tie partners"):
        projection = project_partners(links)
        prior = prior_risk(links, projection)
    with steps.step("features"):
        events = event_features(tables, rows=carriers(links))
        found = known(links, projection, prior, events=events, seed=seed)
        return Evidence(links, found, projection, prior, events)


def _of_links(
    links: Links, *, seed: int, steps: Steps, asked: Callable[[Links], Asked] = carriers
) -> tuple[Known, dict[Kind, pd.DataFrame], Asked]:
    """What links alone tell of a moment, their features by kind, and of whom the rows are `asked`."""
    give_back()
    with steps.step("tie partners"):
        # features are one thread's work, and ties keep two threads busy for half of their time
        projection, own = at_once(lambda: project_partners(links), lambda: node_features(links))
        prior = prior_risk(links, projection)
    give_back()
    with steps.step("features of links"):
        return known(links, projection, prior, events=None, seed=seed, own=own), own, asked(links)


def _of_rows(recall: Callable[[], Tables], asked: Asked, steps: Steps) -> dict[Kind, pd.DataFrame]:
    """The features of the rows of those that are `asked` for, by kind; `recall` gives all rows."""
    give_back()
    with steps.step("features of rows"):
        # handed on, not held on to: most features are worked out without the rows
        events = event_features(recall(), rows=asked, memory=MEMORY_ALONE)
    give_back()
    return events


def _moment(reading: Reading, models: Sequence[Trained]) -> datetime:
    """The moment to judge at: none of the models may have been trained later."""
    trained = max(utc(model.manifest.as_of_ms) for model in models)
    if reading.as_of is None:
        return trained
    if reading.as_of < trained:
        raise ModelError(
            f"The model was trained on what was known by {trained.isoformat()}, later than "
            f"{reading.as_of.isoformat()}: it would be judged on what it has seen; name a later moment."
        )
    return reading.as_of


_REASON: Final = (
    "partner_id",
    "risk",
    "log_odds",
    "what",
    "name",
    "unit",
    "value",
    "baseline",
    "contribution",
    "sentence",
)


def _codes(links: Links, ids: Sequence[str]) -> NDArray[np.int64]:
    known_ids = links.partners["partner_id"].to_numpy().tolist()
    code = dict(zip(known_ids, range(len(known_ids)), strict=True))
    for id_ in ids:
        if id_ not in code:
            raise InputError(
                f"There is no partner {quoted(id_)} in the data as of "
                f"{utc(links.as_of_ms):%Y-%m-%d %H:%M} UTC."
            )
    return np.array([code[id_] for id_ in dict.fromkeys(ids)], dtype=np.int64)


def _explained(one: Explanation) -> str:
    """An explanation for a terminal."""
    lines = [
        f"Partner {quoted(one.partner_id)}: risk {one.risk:.2f}. The model starts at log odds of "
        f"{one.start:.2f} and comes to {one.log_odds:.2f}, a raw score of {expit(one.log_odds):.2f}; "
        f"calibration on later verdicts, which keeps the order, makes that a risk of {one.risk:.2f}."
    ]
    for title, sentences in (
        ("Speaks for fraud:", [reason.sentence for reason in one.raises]),
        ("Speaks against it:", [reason.sentence for reason in one.lowers]),
        ("Neighbours:", [near.sentence for near in one.neighbours]),
    ):
        lines += [f"  {title}", *(f"    {sentence}" for sentence in sentences)] if sentences else []
    return "".join(f"{line}\n" for line in (*lines, *_untold(one)))


def _untold(one: Explanation) -> Iterator[str]:
    """What is said of the features that are not told."""
    if one.alike.count:
        yield (
            f"  Left out: {count(one.alike.count, 'strong feature')} with a value close to the middle "
            f"partner's, where the mix with others counts: {one.alike.log_odds:+.2f} together."
        )
    if one.rest.count:
        yield (
            f"  {count(one.rest.count, 'other feature')}, none of which moves the log odds by more than "
            f"{one.rest.largest:.2f}: {one.rest.log_odds:+.2f} together."
        )
    if one.outweighed:
        way, which = (
            ("raises", "for") if one.alike.log_odds + one.rest.log_odds > 0 else ("lowers", "against")
        )
        yield (
            f"  What is not told {way} the log odds by more than the reasons {which} it that are told: these "
            "are the strongest of many small ones."
        )


def _reasons(one: Explanation) -> Iterator[tuple[object, ...]]:
    whose = (one.partner_id, one.risk, one.log_odds)
    yield *whose, "start", None, None, None, None, one.start, None
    for reason in (*one.raises, *one.lowers):
        numbers = (None if value != value else value for value in (reason.value, reason.baseline))
        name = ".".join(part for part in (reason.term.place, reason.term.kind, reason.term.name) if part)
        yield *whose, "feature", name, reason.unit, *numbers, reason.log_odds, reason.sentence
    yield *whose, "features as of the middle partner", None, None, None, None, one.alike.log_odds, None
    yield *whose, "other features", None, None, None, None, one.rest.log_odds, None
    for near in one.neighbours:
        yield *whose, f"neighbour {near.kind}", near.id, near.tie, None, None, near.log_odds, near.sentence


_COLUMNS: Final = (
    "model",
    "average precision",
    "9 in 10",
    "over no verdict",
    "9 in 10",
    "recall",
    "9 in 10",
    "calibration error",
)


def _plain_row(one: dict[str, Any]) -> tuple[object, ...]:
    precision, recall = one["average_precision"], one["recall"]
    gain = one["gain"] or dict.fromkeys(("value", "low", "high"))
    return (
        one["model"],
        _number(precision["value"]),
        f"{_number(precision['low'])}–{_number(precision['high'])}",
        _number(gain["value"], sign="+"),
        f"{_number(gain['low'], sign='+')} to {_number(gain['high'], sign='+')}" if one["gain"] else "-",
        _number(recall["value"]),
        f"{_number(recall['low'])}–{_number(recall['high'])}",
        _number(one["calibration_error"], 3),
    )


def _number(value: float | None, places: int = 2, *, sign: str = "") -> str:
    return "-" if value is None or value != value else f"{value:{sign}.{places}f}"


def _words(found: Figures, later: Later, judged_at: datetime) -> str:
    """What came of a model, for a terminal."""
    frauds, cleared = int(later.fraud.sum()), int(later.legit.sum())
    base = frauds / (frauds + cleared)
    lines = [
        f"Of {later.open.sum():,} partners open at {judged_at:%Y-%m-%d %H:%M} UTC, {frauds} in {later.rings} "
        f"groups became known fraud and {cleared} were cleared.",
        f"Average precision among them: {found.average_precision}; by chance {base:.2f}.",
        f"Among the first {later.capacity:,} of all open partners are {found.recall} of the frauds.",
        f"Weighed to {later.share:.1%} of fraud, what was said is off by "
        f"{_number(found.calibration_error, 3)} on average; Brier score {_number(found.brier, 3)}.",
    ]
    bins = [(one.partners, _number(one.said), _number(one.was)) for one in found.reliability]
    parts = [
        (
            one.name,
            one.frauds,
            one.cleared,
            _number(one.average_precision),
            _number(one.recall),
            _number(one.false_alarms),
        )
        for one in found.parts
        if one.recall == one.recall
    ]
    few = f"In {len(found.parts) - len(parts)} more too few were decided about to tell.\n"
    head = ("subgroup", "frauds", "cleared", "average precision", "recall", "false alarms")
    text = "\n".join(lines) + "\n\n" + as_table(("partners", "said", "was"), bins)
    return text + "\n" + as_table(head, parts) + few


def _verdict(ruling: Ruling, id_: str) -> str:
    word = "passes" if ruling.passes else "does not pass"
    return f"{id_} {word}. " + " ".join((*ruling.against, *ruling.said)) + "\n"


def _shadow(backtest: _BackTest, challenger: Trained, rival: Trained | None, *, steps: Steps) -> str:
    """What becomes of the rings: found by both, by the challenger alone, by the champion alone."""
    both = [_find(backtest, model, steps) for model in (rival, challenger)]
    before, after = ([_members(ring) for ring in found.rings] for found in both)
    match = match_rings(after, before)
    kept = int((match >= 0).sum())
    new = [both[1].rings[place] for place in range(len(after)) if place not in set(match.tolist())]
    gone = [ring for ring, place in zip(both[0].rings, match.tolist(), strict=True) if place < 0]
    who = "the champion" if rival is not None else "training in the run"
    return (
        f"Rings: {len(before):,} with {who}, {len(after):,} with the challenger; {kept:,} kept, "
        f"{len(new):,} new, {len(gone):,} gone.\n"
        f"Flagged: {_flagged(both[0].rings)} before, {_flagged(both[1].rings)} after; {_flagged(new)} of the "
        f"new, {_flagged(gone)} of those gone.\n"
    )


def _find(backtest: _BackTest, model: Trained | None, steps: Steps) -> Findings:
    return find(backtest.tables, backtest.links, seed=0, model=model, previous=None, steps=steps)


def _flagged(rings: Sequence[ScoredRing]) -> int:
    return sum(ring.flagged for ring in rings)


def _members(ring: ScoredRing) -> frozenset[str]:
    return frozenset(member.id for member in ring.of(Kind.PARTNER) or ring.of(Kind.CONSUMER))
