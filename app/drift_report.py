"""Drift for people and for alerts: a page with plots, JSON, and metrics that Prometheus reads."""

from __future__ import annotations

from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Final

from app.outputs import write_json
from gnn.drift import CHANCE, LARGE_KS, LARGE_MISSING, LARGE_NEW, LARGE_PSI, NEAR, Bar, Check, Drift
from gnn.profile import Profile
from graph.schema import utc
from graph.signals.wording import day
from graph.visuals.page import still_document
from graph.visuals.text import LABEL_CHARACTERS, SENTENCE_CHARACTERS, clean, count_of

DRIFT_NAMES: Final = ("drift.html", "drift.json", "metrics.prom")
"""What a run with a baseline writes beside its profile."""

_WIDE, _HIGH, _FOOT = 840, 130, 18
_MINI_WIDE, _MINI_HIGH = 120, 28


def write_drift(folder: Path, drift: Drift, now: Profile, *, baseline: str, version: str) -> None:
    """Write `DRIFT_NAMES`; `baseline` says in words what the day was compared with."""
    page = drift_page(drift, baseline=baseline, version=version)
    (folder / "drift.html").write_text(page, encoding="utf-8", newline="\n")
    content = {
        "baseline": {"what": baseline, "as_of": utc(drift.then_ms).isoformat()},
        "as_of": utc(drift.now_ms).isoformat(),
        "alarms": len(drift.alarms),
        "chance": CHANCE,
        "remarks": drift.remarks,
        "checks": [asdict(check) for check in drift.checks],
    }
    write_json(folder / "drift.json", content)
    (folder / "metrics.prom").write_text(metrics(drift, now), encoding="utf-8", newline="\n")


def drift_sentence(drift: Drift, *, baseline: str) -> str:
    """What the terminal and the index say of it: how many alarms, against what."""
    alarms, checks = len(drift.alarms), len(drift.checks)
    raised = (
        f"{count_of(alarms, 'check')} of {checks:,} for drift {'raises' if alarms == 1 else 'raise'} an alarm"
    )
    none = f"None of {count_of(checks, 'check')} for drift raises an alarm"
    return f"{raised if alarms else none} against {baseline} of {day(drift.then_ms)}; drift.html shows them."


def metrics(drift: Drift, now: Profile) -> str:
    """The text format of Prometheus, as its node exporter collects from files; no word of the data."""
    lines = [
        *_metric("alarms", "Checks that raise an alarm.", [("", len(drift.alarms))]),
        *_metric("checks", "Comparisons made.", [("", len(drift.checks))]),
        *_metric("now_timestamp_seconds", "The moment of the run.", [("", drift.now_ms / 1000)]),
        *_metric("baseline_timestamp_seconds", "The moment compared with.", [("", drift.then_ms / 1000)]),
        *_metric("entities", "Entities and rings of the run.", [_sized(one) for one in now.sizes.items()]),
    ]
    columns = (
        ("alarm", "1 where the check raises an alarm.", lambda check: int(check.alarm)),
        ("psi", "Population stability index.", lambda check: check.psi),
        ("ks", "Kolmogorov-Smirnov distance; of categories the share moved.", lambda check: check.ks),
        (
            "effect",
            "Share of rows moved beyond what is near and what time does, missing or new.",
            lambda check: check.effect,
        ),
        ("adjusted_p", "p-value after Holm over all checks.", lambda check: check.adjusted_p),
        ("rows", "Rows counted on the day of the run.", lambda check: check.rows_now),
    )
    ordered = sorted(drift.checks, key=lambda check: (check.kind, check.name, check.what))
    for name, help_, value in columns:
        lines += _metric(name, help_, [(_labels(check), value(check)) for check in ordered])
    return "\n".join(lines) + "\n"


def _metric(name: str, help_: str, samples: list[tuple[str, float]]) -> list[str]:
    full = f"ringwatch_drift_{name}"
    shown = [f"{full}{labels} {value!r}" for labels, value in samples]
    return [f"# HELP {full} {help_}", f"# TYPE {full} gauge", *shown]


def _sized(entry: tuple[str, int]) -> tuple[str, float]:
    return f'{{kind="{_label(entry[0])}"}}', entry[1]


def _labels(check: Check) -> str:
    what = check.what.replace(" ", "_")
    return f'{{kind="{_label(check.kind)}",feature="{_label(check.name)}",what="{what}"}}'


def _label(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def drift_page(drift: Drift, *, baseline: str, version: str) -> str:
    """One self-contained page without any script: the alarms with plots, then every check."""
    title = f"Drift since {day(drift.then_ms)}"
    alarms = "".join(_article(check) for check in drift.alarms)
    remarks = "".join(f"<li>{_text(remark)}</li>" for remark in drift.remarks)
    rows = "".join(_row(check) for check in drift.checks)
    body = f"""<header class="top">
<h1>{escape(title)}</h1>
<p>{_text(drift_sentence(drift, baseline=baseline).removesuffix("; drift.html shows them."))}.
This run is as of {day(drift.now_ms)}.</p>
<p class="muted">{_explained()}</p>
<ul class="remarks">{remarks}</ul>
</header>
<main>
<h2>Alarms</h2>
<p class="muted">Shares of the rows by bin: <span class="key then"></span>{day(drift.then_ms)}
<span class="key now"></span>{day(drift.now_ms)}</p>
{alarms or "<p>None.</p>"}
<h2>Every check</h2>
<div class="table-box"><table>
<thead><tr><th>What</th><th>Then, now</th><th class="n">PSI</th><th class="n">KS</th><th class="n">Size</th>
<th class="n">Adjusted p</th><th></th><th>In words</th></tr></thead>
<tbody>{rows}</tbody>
</table></div>
</main>
<footer class="foot muted">{_text(version)}</footer>"""
    return still_document("drift", title, body)


def _explained() -> str:
    return escape(
        f"An alarm needs two things. Chance brings it, over all checks of a day, at most once in "
        f"{1 / CHANCE:.0f} days: Holm's adjusted p is below {CHANCE}, and tied partners count for fewer. And "
        f"it is large; moves below {NEAR} standard deviations, and what the time that passed adds to ages "
        f"and sums, do not count: a population stability index (PSI) of {LARGE_PSI}, or {LARGE_KS:.0%} of "
        f"the rows moved, or that many more or fewer of the last weeks than expected (size); a change of "
        f"{LARGE_MISSING:.0%} in the share of rows without a value; {LARGE_NEW:.0%} of the rows in one new "
        f"category."
    )


def _article(check: Check) -> str:
    return f"<article><h3>{_title(check)}</h3><p>{_text(check.sentence)}</p>{_plot(check)}</article>\n"


def _row(check: Check) -> str:
    verdict = '<td class="alarm">alarm</td>' if check.alarm else "<td></td>"
    figures = (f"{check.psi:.2f}", f"{check.ks:.2f}", f"{check.effect:.2f}", f"{check.adjusted_p:.2g}")
    cells = "".join(f'<td class="n">{figure}</td>' for figure in figures)
    return (
        f"<tr><td>{_title(check)}</td><td>{_mini(check)}</td>{cells}{verdict}"
        f'<td class="why">{_text(check.sentence)}</td></tr>\n'
    )


def _title(check: Check) -> str:
    what = "" if check.what == "distribution" else f" ({check.what})"
    return _text(f"{check.kind}: {check.name}{what}".replace("_", " "))


def _plot(check: Check) -> str:
    """Two bars a bin, with its label and its shares where there is room and as a tooltip."""
    step, top = _WIDE / len(check.bars), _top(check.bars)
    drawn = []
    for place, bar in enumerate(check.bars):
        left = place * step
        letters = max(int(step / 6.5), 4)
        drawn.append(
            f"<g><title>{_text(_told(bar))}</title>"
            + _bar(left + step * 0.14, step * 0.34, bar.then / top, _HIGH, "then")
            + _bar(left + step * 0.52, step * 0.34, bar.now / top, _HIGH, "now")
            + f'<text x="{left + step / 2:.1f}" y="{_HIGH + _FOOT - 4}" text-anchor="middle">'
            + f"{_text(bar.label, min(letters, LABEL_CHARACTERS))}</text></g>"
        )
    axis = f'<line class="axis" x1="0" y1="{_HIGH}" x2="{_WIDE}" y2="{_HIGH}"/>'
    most = f'<text x="2" y="10">{top:.0%}</text>'
    name = f"Shares by bin, {_title(check)}"
    return (
        f'<svg role="img" aria-label="{name}" viewBox="0 0 {_WIDE} {_HIGH + _FOOT}" width="{_WIDE}" '
        f'height="{_HIGH + _FOOT}">{axis}{"".join(drawn)}{most}</svg>'
    )


def _mini(check: Check) -> str:
    step, top = _MINI_WIDE / len(check.bars), _top(check.bars)
    drawn = "".join(
        _bar(place * step, step * 0.45, bar.then / top, _MINI_HIGH, "then")
        + _bar(place * step + step * 0.45, step * 0.45, bar.now / top, _MINI_HIGH, "now")
        for place, bar in enumerate(check.bars)
    )
    size = f'viewBox="0 0 {_MINI_WIDE} {_MINI_HIGH}" width="{_MINI_WIDE}" height="{_MINI_HIGH}"'
    return f'<svg aria-hidden="true" {size}>{drawn}</svg>'


def _bar(left: float, width: float, share: float, high: int, name: str) -> str:
    tall = share * high * 0.9
    return (
        f'<rect class="{name}" x="{left:.1f}" y="{high - tall:.1f}" width="{width:.1f}" height="{tall:.1f}"/>'
    )


def _top(bars: tuple[Bar, ...]) -> float:
    return max([max(bar.then, bar.now) for bar in bars] + [1e-9])


def _told(bar: Bar) -> str:
    return f"{bar.label}: {bar.then:.1%} then, {bar.now:.1%} now"


def _text(text: str, limit: int = SENTENCE_CHARACTERS) -> str:
    return escape(clean(text, limit))
