"""What a finished run says in the terminal: the ranked rings, how good they are, what to do next."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from app.pipeline import RunSummary
from app.progress import Steps
from app.settings import StoreChoice
from app.terminal import as_table, plain
from graph.records import ScoredRing
from graph.schema import Kind

if TYPE_CHECKING:
    from app.demo import Verdict
    from gnn.risk import RiskReport

SHOWN_RINGS: Final = 15
COLUMNS: Final = ("rank", "ring", "score", "typology", "partners", "consumers")
EXAMPLE_QUERY: Final = "find/shared-bank-accounts --param min_partners=3"


def run_text(summary: RunSummary) -> str:
    """The best rings of a run, remarks on its input, and where to look."""
    return (
        _rings_text(summary, ())
        + _risk_text(summary.risk)
        + _remarks_text(summary)
        + f"\nLook at {summary.folder / 'index.html'}\n"
    )


def demo_text(summary: RunSummary, verdict: Verdict, *, store: StoreChoice, steps: Steps) -> str:
    """The same for the demo, with what was planted beside what was found."""
    quality = verdict.quality
    right = round(quality.precision_at_k * quality.k)
    seconds = sum(step.seconds for step in steps.done)
    return (
        _rings_text(summary, verdict.planted_as)
        + f"\n{quality.k} rings were planted. Of the best {quality.k} found, {right} are among them: "
        f"precision {quality.precision_at_k:.0%}; the best {2 * quality.k} hold {quality.recall:.0%} of the "
        "planted ones.\n"
        + _risk_text(summary.risk)
        + f"Partners by score: average precision {verdict.partner_precision:.2f} against what was planted.\n"
        + f"All of it took {seconds:.0f} s.\n"
        + f"\nLook at   {summary.folder / 'index.html'}\n"
        + f"Ask       {_command()} query {EXAMPLE_QUERY} --store {store}\n"
    )


def _command() -> str:
    """How to call ringwatch from here: by its name where that is on the path, else as it was called."""
    return "ringwatch" if shutil.which("ringwatch") else plain(sys.argv[0])


def _rings_text(summary: RunSummary, planted_as: Sequence[str]) -> str:
    if not summary.rings:
        return "No rings were found.\n"
    rows = [_row(ring) for ring in summary.rings[:SHOWN_RINGS]]
    columns = [*COLUMNS, f"bad {summary.currency}"]
    if planted_as:
        columns.append("planted as")
        rows = [(*row, planted or "-") for row, planted in zip(rows, planted_as, strict=False)]
    more = len(summary.rings) - len(rows)
    rest = f"… and {more:,} more\n" if more > 0 else ""
    flagged = sum(ring.flagged for ring in summary.rings)
    head = f"{len(summary.rings):,} rings, {flagged:,} flagged, the most suspicious first:\n\n"
    return head + as_table(columns, rows) + rest


def _row(ring: ScoredRing) -> tuple[object, ...]:
    return (
        ring.rank,
        ring.ring_id,
        round(ring.score, 3),
        ring.typology,
        len(ring.of(Kind.PARTNER)),
        len(ring.of(Kind.CONSUMER)),
        round(ring.bad_amount),
    )


def _risk_text(report: RiskReport) -> str:
    """Each model of member risk by its held-out figure, the flat baseline among them."""
    rows = [
        (one.name, round(one.average_precision, 3), round(one.error, 3), round(one.weight, 2))
        for one in report.scores
    ]
    columns = ("member risk by", "average precision", "±", "weight")
    return f"\n{report.sentence}\n" + (as_table(columns, rows) + "\n" if rows else "")


def _remarks_text(summary: RunSummary) -> str:
    return "".join(f"Note: {plain(remark)}\n" for remark in summary.remarks)
