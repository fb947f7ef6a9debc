"""The model card in Markdown: what a model is for, how it was judged, for whom it does worse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from gnn.registry import Manifest
from graph.schema import utc

_UNSAFE: Final = re.compile(r"[^\w .+-]")

_INTENDED: Final = """## Intended use

To rank a firm's own partners for people who look into fraud, and to weigh members where rings are put
together. A probability is a reason to look, never a decision: nobody is to be closed, held or refused on it
alone.

## Limits

- It knows what the firm's own verdicts say. Whom nobody looked at, nobody cleared: figures are of partners
  that were decided about, and reviewers look at the suspicious first.
- Probabilities are weighed to an estimated share of fraud among all partners. Where it is off, so are they.
- A way of cheating that no verdict shows yet is not in it. Rings that share nothing are not seen.
- The gate that promotes it refuses what surely harms a country, category or age of partner. A subgroup may
  still fare worse than before: by a little, or by more where its verdicts are too few to tell that from
  chance, or too few to be compared at all.
- It was trained on one firm's data; on another's, judge it first (`ringwatch evaluate`).
"""


def card(id_: str, manifest: Manifest) -> str:
    """The card in Markdown. What the data names is shown with harmless characters alone."""
    judged = manifest.judged
    later = judged["later"]
    chosen = next(one for one in judged["models"] if one["model"] == manifest.model)
    parts = [
        f"# {manifest.model}\n",
        f"{judged['sentence']}\n",
        "## What it is\n",
        _table(("what", "value"), _facts(id_, manifest)),
        _INTENDED,
        "## How it was judged\n",
        _how_judged(manifest),
        _table(
            ("model", "average precision", "over no verdict", "recall", "Brier score", "calibration error"),
            _models(judged["models"]),
        ),
        f"## Calibration of {manifest.model}\n",
        "Partners by the probability that a calibrator gave them which had not seen their group, and the\n"
        f"share that was fraud, weighed to {later['share']:.1%} of fraud among all open partners.\n",
        _table(("partners", "said", "was"), _bins(chosen["reliability"])),
        "## Subgroups\n",
        "False alarms are cleared partners among the first that are looked at. A dash: fewer than five\n"
        "frauds or five cleared, too few to tell.\n",
        _table(
            ("subgroup", "frauds", "cleared", "average precision", "recall", "false alarms"),
            _parts(chosen["parts"]),
        ),
    ]
    return "\n".join(parts)


def _how_judged(manifest: Manifest) -> str:
    learnt, later = manifest.judged["learnt_from"], manifest.judged["later"]
    return (
        f"All models learnt from the {learnt['fraud']} frauds and {learnt['legit']} cleared partners known\n"
        f"by {_moment(manifest.judged['moment_ms'])}, scored the {later['open']} partners that were open "
        f"then, and were judged on\nwhat became known up to {_moment(manifest.as_of_ms)}: "
        f"{later['frauds']} frauds in "
        f"{later['rings']} groups of tied partners, {later['cleared']} cleared.\n"
        f"Recall counts the frauds among the first {later['capacity']} of all open partners, as many as\n"
        "were decided about. Intervals hold nine in ten resamples of whole groups. Over no verdict is\n"
        "the difference in average precision to the risk that needs none, on the same resamples. The\n"
        "recommended model was then fitted again to all that is known.\n"
    )


def _facts(id_: str, manifest: Manifest) -> Iterable[tuple[str, ...]]:
    yield "id", id_
    yield "trained on what was known by", _moment(manifest.as_of_ms)
    yield "known frauds, cleared", f"{manifest.labels['fraud']}, {manifest.labels['legit']}"
    yield "input (SHA-256)", manifest.digest
    yield "seed", str(manifest.seed)
    yield (
        "features",
        ", ".join(f"{len(names)} of a {kind}" for kind, names in sorted(manifest.features.items())),
    )
    yield "made with", ", ".join(f"{name} {version}" for name, version in sorted(manifest.versions.items()))


def _models(models: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, ...]]:
    for one in sorted(models, key=lambda one: -(one["average_precision"]["value"] or 0)):
        gain = one["gain"]
        yield (
            one["model"],
            _interval(one["average_precision"]),
            "–" if gain is None else f"{gain['value']:+.2f} ({gain['low']:+.2f} to {gain['high']:+.2f})",
            _interval(one["recall"]),
            _number(one["brier"], 3),
            _number(one["calibration_error"], 3),
        )


def _bins(table: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, ...]]:
    for one in table:
        yield str(one["partners"]), _number(one["said"]), _number(one["was"])


def _parts(parts: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, ...]]:
    for one in parts:
        figures = (_number(one[name]) for name in ("average_precision", "recall", "false_alarms"))
        yield harmless(one["name"]), str(one["frauds"]), str(one["cleared"]), *figures


def harmless(text: str, most: int = 60) -> str:
    """The text with letters, digits, spaces and `.+-` alone, so that it is neither Markdown nor HTML."""
    return _UNSAFE.sub("?", text)[:most].replace("_", "?")


def _interval(figure: Mapping[str, float | None]) -> str:
    return f"{_number(figure['value'])} ({_number(figure['low'])}–{_number(figure['high'])})"


def _number(value: float | None, places: int = 2) -> str:
    return "–" if value is None else f"{value:.{places}f}"


def _moment(ms: int) -> str:
    return f"{utc(ms):%Y-%m-%d %H:%M} UTC"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)
