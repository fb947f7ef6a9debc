"""The whole story as one function: tables in, flagged rings out."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.drift_report import drift_sentence, write_drift
from app.loading import Reading, load_links, open_chosen, read_links, shown_by
from app.outputs import RUN_NAMES, write_json, write_tables
from app.previous import Previous, read_previous, refuse_later, strangers
from app.progress import Steps
from app.run_folder import PROFILE_FILE, RUN_FILE, whole_folder
from app.settings import SettingsError, StoreChoice
from gnn.drift import compare
from graph.identity import Relation
from graph.links import Links
from graph.records import ScoredRing
from graph.schema import ENTITY_TABLES, OUTCOME_KNOWN_AFTER_DAYS, Kind, utc
from graph.signals.wording import count
from graph.tables import Tables, write_rejected

if TYPE_CHECKING:
    import pandas as pd

    from app.findings import Findings
    from gnn.profile import Profile
    from gnn.registry import Trained
    from gnn.risk import RiskReport

NAMED_PACKAGES: Final = (
    "arcadedb-embedded",
    "duckdb",
    "igraph",
    "neo4j",
    "numba",
    "numpy",
    "pandas",
    "pyarrow",
    "pyvis",
    "scikit-learn",
    "scipy",
    "torch",
    "torch-geometric",
    "xgboost-cpu",
)
"""Packages whose release can change a run's result; `run.json` names them."""

STORE_ALONE: Final = (
    "Detected from the store alone: evidence names the two ends of each link, not the rows behind it."
)


@dataclass(frozen=True)
class Options:
    """How to run. `model` names a trained model or a registry, `previous` an earlier run's folder, if any."""

    store: StoreChoice
    reading: Reading
    seed: int = 0
    model: Path | None = None
    previous: Path | None = None


@dataclass(frozen=True)
class RunSummary:
    """What a finished run found, and where it is."""

    folder: Path
    as_of_ms: int
    currency: str
    rings: tuple[ScoredRing, ...]
    partner_scores: pd.DataFrame
    risk: RiskReport
    remarks: tuple[str, ...]


def run(
    data: Path | None, out: Path, options: Options, *, steps: Steps, environ: Mapping[str, str]
) -> RunSummary:
    """Find the rings in the tables of `data` and write the run to `out`, whole or not at all.

    With a store, the links are loaded into it, read back and detected from there, and the rings saved in it.
    Without `data` the store is the only source: what is in it, as of its last load; evidence then names the
    two ends of each link, and no rows. Raises InputError, ModelError, OutputError and StoreError before
    anything is written.
    """
    previous = read_previous(options.previous)
    model = _read_model(options.model, steps)
    with whole_folder(out, may_hold=RUN_NAMES) as draft, ExitStack() as stack:
        tables, links = read_links(data, options.reading, steps) if data is not None else (None, None)
        if links is not None:
            refuse_later(previous, links.as_of_ms)
            _refuse_unfit(model, options.model, tables, links)
        # only now: input that cannot be used must not leave a store behind
        store = stack.enter_context(open_chosen(options.store, environ)) if options.store.is_used else None
        if store is not None:
            if links is not None:
                load_links(store, links, steps)
            with steps.step("read the store back"):
                links = store.read_links(progress=shown_by(steps))
        if links is None:
            raise SettingsError("Without a folder of tables there has to be a store; name one with --store.")
        refuse_later(previous, links.as_of_ms)
        _refuse_unfit(model, options.model, tables, links)
        with steps.step("load torch"):
            # without a model only now: it takes seconds, and input that cannot be used is refused in one
            from app.findings import find
            from app.models import training_day
            from gnn.models import accelerator
            from graph.visuals import RunPageSummary, write_index, write_ring_pages
        trained_on = None if model is None or options.model is None else training_day(options.model, model)
        found = find(tables, links, seed=options.seed, model=model, previous=previous, steps=steps)
        with steps.step("write tables and pages"):
            remarks = (STORE_ALONE,) if tables is None else remarks_on(tables)
            remarks += strangers(previous, links)
            write_tables(draft, found.rings, found.partner_scores, found.relations)
            (draft / PROFILE_FILE).write_bytes(found.profile.to_json())
            drift, said = write_drift_since(trained_on, previous, found.profile, draft)
            remarks += said
            if tables is not None:
                write_rejected(tables, draft)
            summary = RunPageSummary.of(
                links,
                remarks=remarks,
                version=f"ringwatch {version('ringwatch')}",
                dissolved=dissolved(found.relations),
            )
            write_ring_pages(found.rings, links, draft, seed=options.seed)
            write_index(found.rings, summary, draft)
        if store is not None:
            with steps.step("save rings in the store"):
                store.save_rings(found.rings, run=run_id(links))
        source = {"folder": None} if data is None or tables is None else _input(data, tables)
        content = _report(source, links, found, options, device=accelerator())
        content |= {"previous": _previous(previous), "drift": drift}
        content |= {"steps": [asdict(step) for step in steps.done]}
        write_json(draft / RUN_FILE, content)
    return RunSummary(
        out, links.as_of_ms, links.currency, found.rings, found.partner_scores, found.risk, remarks
    )


def _read_model(folder: Path | None, steps: Steps) -> Trained | None:
    """The model to run with; before any row is read and any store is filled, since it may be none."""
    if folder is None:
        return None
    with steps.step("read the model"):
        from app.models import read_trained

        return read_trained(folder)


def _refuse_unfit(model: Trained | None, folder: Path | None, tables: Tables | None, links: Links) -> None:
    if model is not None and folder is not None:
        from app.models import refuse_unfit

        refuse_unfit(model, folder, tables, as_of_ms=links.as_of_ms)


def run_id(links: Links) -> str:
    """The name of a run in the store: the moment, and what was known then."""
    return f"{utc(links.as_of_ms):%Y-%m-%dT%H:%M:%SZ}-{links.digest()[:12]}"


def remarks_on(tables: Tables) -> tuple[str, ...]:
    """What a reader of the run must know of its input, in sentences."""
    remarks = [
        f"{_are(rows.num_rows, 'row')} rejected of {name}; rejected/{name}.parquet says why."
        for name, rows in tables.rejected.items()
        if rows.num_rows
    ]
    remarks += [
        f"{_are(number, 'node')} known from events alone, not from {ENTITY_TABLES[kind]}."
        for kind, number in tables.created.items()
        if number
    ]
    if tables.undated_outcomes:
        remarks.append(
            f"{_are(tables.undated_outcomes, 'outcome')} without a date, and taken as known "
            f"{OUTCOME_KNOWN_AFTER_DAYS} days after the order."
        )
    if other := sum(tables.currencies.values()) - tables.currencies.get(tables.currency, 0):
        remarks.append(
            f"{_are(other, 'row')} in another currency than {tables.currency}, and left out of sums of money."
        )
    if tables.unmatched_labels:
        remarks.append(f"{_are(tables.unmatched_labels, 'label')} of an entity that is not in the data.")
    return tuple(remarks)


def _are(number: int, noun: str) -> str:
    """`1 row is`, `3 rows are`."""
    return f"{count(number, noun)} {'is' if number == 1 else 'are'}"


def dissolved(relations: Sequence[Relation]) -> tuple[tuple[str, str], ...]:
    """The rings of the previous run that are no more: id, and why, in a sentence."""
    return tuple(
        (one.previous_ring_id, one.sentence)
        for one in relations
        if one.ring_id is None and one.previous_ring_id is not None
    )


def write_drift_since(
    trained_on: Profile | None, previous: Previous | None, now: Profile, draft: Path
) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """Write how this day differs from the model's training day, else from that of the previous run.

    What `run.json` and what the remarks say of it; None and no remark where there is no baseline.
    """
    if trained_on is not None:
        baseline, then = "the model's training day", trained_on
    elif previous is None:
        return None, ()
    elif previous.profile is None:
        return None, (f"The previous run has no {PROFILE_FILE}, so nothing is said of drift.",)
    else:
        baseline, then = "the previous run", previous.profile
    drift = compare(then, now)
    write_drift(draft, drift, now, baseline=baseline, version=f"ringwatch {version('ringwatch')}")
    said = drift_sentence(drift, baseline=baseline)
    return {"baseline": baseline, "checks": len(drift.checks), "alarms": len(drift.alarms)}, (said,)


def _previous(previous: Previous | None) -> dict[str, Any] | None:
    """What `run.json` says of the previous run."""
    if previous is None:
        return None
    return {
        "folder": str(previous.folder.resolve()),
        "as_of": utc(previous.as_of_ms).isoformat(),
        "rings": int(previous.members["ring_id"].nunique()),
    }


def _input(data: Path, tables: Tables) -> dict[str, Any]:
    """What `run.json` says of the tables."""
    return {
        "folder": str(data.resolve()),
        "digest": tables.digest,
        "rows": {
            name: {"read": rows.read, "after_as_of": rows.after_as_of, "rejected": rows.rejected.num_rows}
            for name, rows in tables.counts.items()
        },
        "created": {kind.value: number for kind, number in tables.created.items()},
        "currencies": tables.currencies,
        "undated_outcomes": tables.undated_outcomes,
        "unmatched_labels": tables.unmatched_labels,
    }


def _report(
    source: dict[str, Any], links: Links, found: Findings, options: Options, *, device: str
) -> dict[str, Any]:
    """What `run.json` says, but for the steps; `device` is what networks were asked on, "cpu" or "cuda"."""
    return {
        "ringwatch": version("ringwatch"),
        "input": source,
        "as_of": utc(links.as_of_ms).isoformat(),
        "settings": {
            "store": str(options.store),
            "max_rejected_share": options.reading.max_rejected_share,
            "outcome_known_after_days": OUTCOME_KNOWN_AFTER_DAYS,
            "currency": links.currency,
        },
        "seeds": {"detection": options.seed, "graphsage": options.seed, "layout": options.seed},
        "versions": {"python": platform.python_version(), "device": device}
        | {name: version(name) for name in NAMED_PACKAGES},
        "counts": {ENTITY_TABLES[kind]: links.size(kind) for kind in Kind}
        | {"rings": len(found.rings), "rings_left_out": found.left_out},
        "risk": asdict(found.risk),
    }
