"""Drift: what differs from an earlier day by more than chance and time bring, and enough to matter.

The null is a firm in which nothing happened but that time passed: of an age (days since a moment) and of a
span (days from a first event to the last so far) every row may be older by anything from 0 to the days
passed. So a firm with as many newcomers as leavers (ages stay), one that began a while ago (ages shift) and
one that grows steadily (ages stretch) are all calm, and younger rows than before are not. That nobody new
comes is no growing older: how many rows are of the last whole weeks is a check of its own (`_recent_check`).
What adds up since the data begin, the number of rows of which something is known among it, may have grown by
anything up to the factor by which these reach further back; windows that were not yet full are not compared,
nor what is a share or a mean over all of the data while a firm is young (`HALF_YEAR`).

An alarm needs both. *Chance*: Holm's adjusted p-value over all checks is below `CHANCE`, so a day without
drift raises any alarm at most this often, whatever the dependence between features (Holm 1979). Rows of tied
partners count for as many independent ones as the design effect says. That most entities are there on both
days makes the samples more alike than independent ones, which only errs to the safe side. *Size*: among many
thousands of partners every trifle is beyond chance. So a number that has moved by less than `NEAR` counts as
where it was (else every rate of a day would have moved with the mean that it is measured by, and every age
by a night), and of what has moved further there must be `LARGE_PSI` or `LARGE_KS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, NamedTuple, TypeVar

import numpy as np
from scipy.special import chdtrc, kolmogorov

from gnn.event_features import EVENT_FEATURES
from gnn.features import FEATURES, Feature
from gnn.known import EVENT
from gnn.profile import Categories, Floats, Numbers, Profile
from graph.schema import DAY_MS, ENTITY_TABLES, Kind
from graph.signals.wording import day
from graph.significance import hypergeometric_surprise

CHANCE: Final = 0.01
"""How often, at most, a day without drift raises any alarm."""

LARGE_PSI: Final = 0.1
"""The usual line between no change and some (Siddiqi 2006, Credit Risk Scorecards); 0.25 is a great one."""

LARGE_KS: Final = 0.1
"""A tenth of the rows has gone past some value: a normal variable by a quarter of its deviation."""

NEAR: Final = 0.1
"""Standard deviations of the earlier day; a smaller difference is usually called none (Austin 2009)."""

LARGE_MISSING: Final = 0.05
"""So large a part of the rows has lost its value, or got one."""

LARGE_NEW: Final = 0.01
"""So large a part of the rows is of one category that there was not."""

HALF_YEAR: Final = 183.0
"""Days of data; with fewer, shares and means over all of them move with time alone: outcomes are still out,
customers come back for the first time, whoever labels has looked at the first cases only."""

MUCH_MORE: Final = 1.1
"""By so large a factor the data of a young firm reach further back where such shares are not compared."""

BINS: Final = 10
"""Bins of the stability index: tenths of the earlier day."""

MOST_NAMED: Final = 8
"""Columns named in one remark at most."""

MOST_BARS: Final = 12
"""Bars of a picture at most."""

LEAST_EXPECTED: Final = 5.0
"""Categories of which fewer rows are expected are counted as one in the chi-squared test (Cochran 1954)."""

_OTHERS: Final = "all others"


class _Timed(NamedTuple):
    """What a column has to do with time: its clock, if as log(1 + value), and when its window is full."""

    clock: str
    in_log: bool
    full_after: float


class _Passed(NamedTuple):
    """The days between two days, and by which factor >= 1 the later one's data reach further back."""

    days: float
    growth: float


_OF_TEXTS: Final = ("characters", "words")
"""Units of what a name alone tells, at any time."""

_UNTIMED: Final = _Timed("", in_log=False, full_after=0.0)


def _timed_links(feature: Feature) -> _Timed:
    """The same of a feature of links, all of which are of all of the data: a count adds up."""
    clock = feature.clock or ("sum" if feature.unit == "log count" else "")
    of_data = clock or feature.source not in ENTITY_TABLES.values()
    return _Timed(clock, in_log=feature.unit.startswith("log "), full_after=np.inf if of_data else 0.0)


_TIMED: Final[dict[tuple[str, str], _Timed]] = (
    {(kind.value, feature.name): _timed_links(feature) for kind in Kind for feature in FEATURES[kind]}
    | {
        (kind.value, f"{EVENT}{feature.name}"): _Timed(
            feature.clock, in_log=False, full_after=0.0 if feature.unit in _OF_TEXTS else feature.full_after
        )
        for kind in Kind
        for feature in EVENT_FEATURES[kind]
    }
    | {(kind.value, "verdict"): _Timed("", in_log=False, full_after=np.inf) for kind in Kind}
    | {
        (kind, name): _Timed("", in_log=False, full_after=np.inf)
        for kind, name in (
            (Kind.PARTNER.value, "verdict_delay"),
            (Kind.CONSUMER.value, "verdict_delay"),
            ("order", "bad_outcome_delay"),
        )
    }
)
"""Of every column of the catalogues; a verdict once known stays known. `full_after` is in days of data,
infinite of what is of all of them."""

One = TypeVar("One", Numbers, Categories)


@dataclass(frozen=True)
class Bar:
    """A bin or a category: its share of the rows then and now, in [0, 1]."""

    label: str
    then: float
    now: float


@dataclass(frozen=True)
class Check:
    """One comparison; `what` is "distribution", "recent", "missing" or "new category".

    `psi` >= 0 is the population stability index, `ks` in [0, 1] the Kolmogorov-Smirnov distance (of
    categories half the sum of the differences of their shares). `far_psi` and `effect` are what an alarm asks
    the size of: the same two of numbers that have moved further than `NEAR` and than time moves them, of the
    recent share what is outside of what was expected, the change of the missing share, the share of the new
    category. `rows_then` and `rows_now` were counted. `p` is its own,
    `adjusted_p` Holm's. The sentence names a category as the data does: show it as text only.
    """

    kind: str
    name: str
    what: str
    psi: float
    ks: float
    far_psi: float
    effect: float
    rows_then: int
    rows_now: int
    p: float
    adjusted_p: float
    alarm: bool
    sentence: str
    bars: tuple[Bar, ...]


class _Sizes(NamedTuple):
    """The four sizes of a check."""

    psi: float
    ks: float
    far_psi: float
    effect: float


@dataclass(frozen=True)
class Drift:
    """Every comparison between two days: alarms first, then by size; and remarks in sentences."""

    then_ms: int
    now_ms: int
    checks: tuple[Check, ...]
    remarks: tuple[str, ...]

    @property
    def alarms(self) -> tuple[Check, ...]:
        """The checks that raise an alarm."""
        return tuple(check for check in self.checks if check.alarm)


def compare(then: Profile, now: Profile) -> Drift:
    """What has changed from `then`, the baseline, to `now`; what only one of them has is a remark."""
    checks: list[Check] = []
    reach = [_reach(one) for one in (then, now)]
    passed = _Passed(max((now.as_of_ms - then.as_of_ms) / DAY_MS, 0.0), max(reach[1] / reach[0], 1.0))
    for old, new in _pairs(then.numbers, now.numbers):
        is_filling = _is_filling(old, then, passed)
        if not is_filling:
            checks += _numbers_check(old, new, passed)
            if _timed(old).clock == "age":
                checks += _recent_check(old, new, then, now)
        if not is_filling or _timed(old).full_after == np.inf:
            checks += _missing_check(old, new, passed)
    for before, after in _pairs(then.categories, now.categories):
        checks += [
            *_categories_check(before, after),
            *_missing_check(before, after, passed),
            *_new_check(before, after),
        ]
    adjusted = holm([check.p for check in checks])
    judged = [_judged(check, float(p), then) for check, p in zip(checks, adjusted, strict=True)]
    judged.sort(
        key=lambda check: (not check.alarm, -check.effect, -check.psi, check.kind, check.name, check.what)
    )
    return Drift(then.as_of_ms, now.as_of_ms, tuple(judged), _remarks(then, now))


def holm(p: Sequence[float]) -> Floats:
    """Holm's adjusted p-values: those below a level are false, any of them, at most that often."""
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    stepped = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1))
    adjusted = np.empty(len(values))
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def shares_upto(one: Numbers, at: Floats, *, itself: bool = True) -> Floats:
    """The share of rows <= each value (< it, unless `itself`): exact at points, linear between them.

    Off by less than 1 / 127 (`gnn.profile.POINTS`), a tenth of what is called large.
    """
    points = np.asarray(one.points)
    below, upto = np.asarray(one.below, dtype=np.float64), np.asarray(one.upto, dtype=np.float64)
    place = np.searchsorted(points, at, side="right")  # points <= value
    low_point, low = np.r_[-np.inf, points][place], np.r_[0.0, upto][place]
    high_point, high = np.r_[points, np.inf][place], np.r_[below, one.size][place]
    inside = np.isfinite(low_point) & np.isfinite(high_point)
    part = np.zeros(len(at))
    part[inside] = (at[inside] - low_point[inside]) / (high_point[inside] - low_point[inside])
    count = np.where(low_point == at, low, low + part * (high - low))
    if not itself and len(points):
        count = np.where(low_point == at, below[np.maximum(place - 1, 0)], count)
    return np.asarray(count / max(one.size, 1), dtype=np.float64)


def stability_index(then: Floats, now: Floats) -> float:
    """The population stability index of two rows of counts: sum of (q - p) ln(q / p), at least 0.

    Half a row is added to every bin, so that an empty one does not make it infinite.
    """
    p = (then + 0.5) / (then.sum() + 0.5 * len(then))
    q = (now + 0.5) / (now.sum() + 0.5 * len(now))
    return float(((q - p) * np.log(q / p)).sum())


def _timed(one: Numbers | Categories) -> _Timed:
    return _TIMED.get((one.kind, one.name), _UNTIMED)


def _reach(one: Profile) -> float:
    """How many days the data reach back, one at least."""
    return max((one.as_of_ms - one.since_ms) / DAY_MS, 1.0)


def _is_filling(one: Numbers, then: Profile, passed: _Passed) -> bool:
    """Whether its window was not yet full on the earlier day and is fuller by now.

    Of all of the data that is so where a sum's have doubled (by how much time alone then moves it, depends on
    when in the first days each row began), and where shares and means are of a young firm's.
    """
    clock, _, full_after = _timed(one)
    if full_after == np.inf and clock:
        return clock == "sum" and passed.growth > 2.0
    if full_after == np.inf:
        return passed.growth > MUCH_MORE and _reach(then) < HALF_YEAR
    return passed.growth > 1.0 and _reach(then) < full_after


def _in_days(one: Numbers, days: float) -> float:
    """So many days as the column counts them."""
    return float(np.log1p(days)) if _timed(one).in_log else days


def _later(one: Numbers, at: Floats, passed: _Passed) -> Floats:
    """The most that each value may have become while time passed and nothing else happened."""
    clock, in_log, full_after = _timed(one)
    if clock in ("age", "span") and passed.days:
        return np.asarray(np.logaddexp(at, np.log(passed.days)) if in_log else at + passed.days)
    if clock == "sum" and full_after == np.inf:
        grown = np.log1p(np.expm1(np.maximum(at, 0.0)) * passed.growth) if in_log else at * passed.growth
        return np.asarray(np.where(at > 0.0, grown, at))
    return at


def _numbers_check(then: Numbers, now: Numbers, passed: _Passed) -> list[Check]:
    if not then.size or not now.size:
        return []
    edges = _edges(then)
    counts = [_counts(shares_upto(one, edges), one.size) for one in (then, now)]
    near = _nearest(then, now, edges, passed, itself=True)
    sizes = _Sizes(
        stability_index(*counts),
        _distance(then, now, None),
        stability_index(counts[0], _counts(near, now.size)),
        _distance(then, now, passed),
    )
    root = np.sqrt(_harmonic(then.size / then.design, now.size / now.design))
    # the limit law with the correction for small samples of Stephens (1970); what is near moves no p down
    p = float(kolmogorov(sizes.effect * (root + 0.12 + 0.11 / root)))
    labels = _bin_labels(edges)
    middle = [_quantile(one, 0.5) for one in (then, now)]
    words = (
        f"{_subject(then)} ({then.unit or 'number'}): the median is {middle[1]:.3g} and was {middle[0]:.3g}; "
        f"{sizes.effect:.0%} have moved{_beyond(then, passed)}, KS {sizes.ks:.2f}, PSI {sizes.psi:.2f}"
    )
    return [_check(then, now, "distribution", sizes, p, words, _bars(labels, *counts))]


def _beyond(one: Numbers, passed: _Passed) -> str:
    """What is left out of the moved, in words."""
    clock, _, full_after = _timed(one)
    if clock in ("age", "span") and passed.days:
        return f" by more than the {_days(passed.days)} that passed can do"
    if clock == "sum" and full_after == np.inf and passed.growth > 1.0:
        return f" by more than the {passed.growth:.2f}-fold that data of so many more days can do"
    return ""


def _days(days: float) -> str:
    return "day" if days == 1 else f"{days:.3g} days"


def _recent_check(then: Numbers, now: Numbers, then_day: Profile, now_day: Profile) -> list[Check]:
    """The share of rows whose age began within the days passed, rounded to whole weeks: a surge, or a stop.

    Expected is anything from the share of then (a firm in which all grows alike) down to as many rows as then
    among more (one that grows by as many each week); down to none where the share had already fallen by
    `LARGE_KS` from the weeks before to these (a beginning that dies down). Whole weeks, for a Sunday is no
    stop. Nothing is checked where the earlier day's data do not reach twice as far back. The test is Fisher's
    against the nearer end of that range, so under any null between its ends p is too large rather than small.
    """
    passed = (now_day.as_of_ms - then_day.as_of_ms) / DAY_MS
    weeks = max(round(passed / 7), 1)
    if passed <= 0 or _reach(then_day) < 14 * weeks or not then.size or not now.size:
        return []
    until = np.array([_in_days(then, 7.0 * weeks), _in_days(then, 14.0 * weeks)])
    share, twice = shares_upto(then, until).tolist()
    found = float(shares_upto(now, until)[0])
    steady = share * min(1.0, _entities(then_day, then) / _entities(now_day, now))
    least = 0.0 if twice - 2 * share >= LARGE_KS else steady
    expected = min(max(found, least), share)
    counts = [np.array([part, 1.0 - part]) * one.size for part, one in ((expected, then), (found, now))]
    psi = stability_index(*counts)
    design = max(then.design, now.design)
    p = _two_shares(counts[0][0], then.size, counts[1][0], now.size, design) if found != expected else 1.0
    words = (
        f"{_subject(then)}: {found:.1%} are of the last {_days(7.0 * weeks)}, and {least:.1%} to {share:.1%} "
        f"were expected; PSI {psi:.2f}"
    )
    sizes = _Sizes(psi, abs(found - share), psi, abs(found - expected))
    bars = _bars([f"last {_days(7.0 * weeks)}", "before"], *counts)
    return [_check(then, now, "recent", sizes, p, words, bars)]


def _entities(day: Profile, one: Numbers) -> float:
    """How many of the kind have the value on that day, where of many entities a sample was read."""
    rows = one.size + one.missing
    return max(day.sizes.get(one.kind, rows), rows) * one.size / rows


def _distance(then: Numbers, now: Numbers, passed: _Passed | None) -> float:
    """The Kolmogorov-Smirnov distance; with the days passed of what has moved further than `_nearest`."""
    at = np.union1d(then.points, now.points)
    if passed is not None:
        at = np.union1d(at, np.r_[at - NEAR * then.spread, at + NEAR * then.spread])
        at = np.union1d(at, _later(then, at, passed))
    largest = 0.0
    for itself in (True, False):
        before = shares_upto(then, at, itself=itself)
        if passed is None:
            after = shares_upto(now, at, itself=itself)
        else:
            after = _nearest(then, now, at, passed, itself=itself)
        largest = max(largest, float(np.abs(before - after).max()))
    return largest


def _nearest(then: Numbers, now: Numbers, at: Floats, passed: _Passed, *, itself: bool) -> Floats:
    """The shares of now up to each value, had every row moved by up to `NEAR` to be more as it was then.

    And, where time alone adds to it, to be less by up to what was added.
    """
    reach = NEAR * then.spread
    least = shares_upto(now, at - reach, itself=itself)
    most = shares_upto(now, _later(then, at + reach, passed), itself=itself)
    shares: Floats = np.clip(shares_upto(then, at, itself=itself), least, most)
    return shares


def _counts(shares: Floats, size: int) -> Floats:
    """The rows of every bin, of the shares up to its inner edges."""
    counts: Floats = np.diff(np.r_[0.0, shares, 1.0]) * size
    return counts


def _categories_check(then: Categories, now: Categories) -> list[Check]:
    if not then.size or not now.size:
        return []
    names = [name for name, _ in then.counts] + sorted(
        {n for n, _ in now.counts} - {n for n, _ in then.counts}
    )
    counts = [
        np.array([*(dict(one.counts).get(name, 0) for name in names), one.rest], float) for one in (then, now)
    ]
    moved = float(np.abs(counts[0] / then.size - counts[1] / now.size).sum() / 2)
    few = (counts[0] + counts[1]) * min(then.size, now.size) / (then.size + now.size) < LEAST_EXPECTED
    tested = [np.r_[one[~few], one[few].sum()] for one in counts]
    psi = stability_index(*tested)
    p = _chi_squared(tested[0], tested[1], max(then.design, now.design))
    words = f"{_subject(then)}: {moved:.0%} have gone to another category; PSI {psi:.2f}"
    return [
        _check(
            then,
            now,
            "distribution",
            _Sizes(psi, moved, psi, moved),
            p,
            words,
            _bars([*names, _OTHERS], *counts),
        )
    ]


def _missing_check(then: One, now: One, passed: _Passed) -> list[Check]:
    """The share without a value; what is known of ever more rows may be so of as many more as of before."""
    rows = [one.size + one.missing for one in (then, now)]
    if not all(rows) or not (then.missing or now.missing):
        return []
    share = [then.missing / rows[0], now.missing / rows[1]]
    growth = passed.growth if _timed(then).full_after == np.inf else 1.0
    least = max(1.0 - (1.0 - share[0]) * growth, 0.0)
    expected = min(max(share[1], least), share[0])
    counts = [np.array([one.size, one.missing], float) for one in (then, now)]
    if expected != share[0]:  # what stays as it is stays to the last digit
        counts[0] = np.array([1.0 - expected, expected]) * rows[0]
    psi = stability_index(*counts)
    design = max(then.missing_design, now.missing_design)
    p = _two_shares(counts[0][1], rows[0], now.missing, rows[1], design)
    moved = abs(share[1] - expected)
    words = f"{_subject(then)}: {share[1]:.1%} are without a value, {share[0]:.1%} were; PSI {psi:.2f}"
    bars = _bars(["given", "missing"], *counts)
    return [_check(then, now, "missing", _Sizes(psi, moved, psi, moved), p, words, bars)]


def _new_check(then: Categories, now: Categories) -> list[Check]:
    """The largest category that there was not, where all categories of then are known by name."""
    if not then.size or not now.size or then.rest:
        return []
    before = {name for name, _ in then.counts}
    new = [(name, count) for name, count in now.counts if name not in before]
    if not new:
        return []
    name, count = new[0]
    share = count / now.size
    design = max(then.design, now.design)
    rows = (count / design, now.size / design, (then.size + now.size) / design)
    # any category may be the one that all of its rows chance to fall on one day: as many tries
    tries = len(before) + len(new)
    p = min(1.0, tries * 10.0 ** -float(hypergeometric_surprise(rows[0], rows[0], rows[1], rows[2])))
    more = f" and {len(new) - 1:,} more categories" if len(new) > 1 else ""
    words = f'{_subject(then)}: "{name}" is new, {share:.1%} of them{more}'
    counts = np.array([0.0, float(then.size)]), np.array([float(count), float(now.size - count)])
    psi = stability_index(*counts)
    return [
        _check(
            then,
            now,
            "new category",
            _Sizes(psi, share, psi, share),
            p,
            words,
            _bars([name, _OTHERS], *counts),
        )
    ]


def _check(
    then: One, now: One, what: str, sizes: _Sizes, p: float, words: str, bars: tuple[Bar, ...]
) -> Check:
    rows = _rows(then, what), _rows(now, what)
    return Check(then.kind, then.name, what, *sizes, *rows, p, 1.0, False, words, bars)


def _rows(one: Numbers | Categories, what: str) -> int:
    return one.size + one.missing if what == "missing" else one.size


def _judged(check: Check, adjusted: float, then: Profile) -> Check:
    """The check with its verdict, and a sentence with its numbers and its baseline."""
    large = {
        "distribution": check.far_psi >= LARGE_PSI or check.effect >= LARGE_KS,
        "recent": check.far_psi >= LARGE_PSI or check.effect >= LARGE_KS,
        "missing": check.effect >= LARGE_MISSING,
        "new category": check.effect >= LARGE_NEW,
    }[check.what]
    alarm = bool(large and adjusted < CHANCE)
    sentence = (
        f"{check.sentence}; {check.rows_now:,} rows against {check.rows_then:,} of {day(then.as_of_ms)}, "
        f"adjusted p {adjusted:.2g}: {_verdict(large, adjusted)}."
    )
    return replace(check, adjusted_p=adjusted, alarm=alarm, sentence=sentence)


def _verdict(large: bool, adjusted: float) -> str:
    if adjusted >= CHANCE:
        return "chance can do this" if large else "no drift"
    return "drift" if large else "beyond chance, but small"


def _remarks(then: Profile, now: Profile) -> tuple[str, ...]:
    remarks = []
    known = [_known(then), _known(now)]
    if alone := sorted(known[0] ^ known[1]):
        named = ", ".join(f"{_plural(kind)} {name.replace('_', ' ')}" for kind, name in alone[:MOST_NAMED])
        more = f" and {len(alone) - MOST_NAMED:,} more" if len(alone) > MOST_NAMED else ""
        remarks.append(f"Known of one day only and not compared: {named}{more}.")
    spans = [_reach(one) for one in (then, now)]
    passed = _Passed(0.0, spans[1] / spans[0])
    if filling := [one for one, _ in _pairs(then.numbers, now.numbers) if _is_filling(one, then, passed)]:
        remarks.append(
            f"Not compared are {len(filling):,} features that {spans[0]:.0f} days of data were too few for: "
            "of windows not yet full on the earlier day (what is new in one takes as long before it), sums "
            "where the data reach back more than twice as far by now, and shares and means over all of less "
            "than half a year where they reach back a tenth further."
        )
    if not 0.9 <= spans[1] / spans[0] <= 1.1:
        remarks.append(
            f"The data reach {spans[1]:.0f} days back, and {spans[0]:.0f} on the earlier day: ages and what "
            "adds up over time alarm only beyond what that brings; shares over all of the data, and risks "
            "and scores, may differ for that reason alone."
        )
    return tuple(remarks)


def _known(day: Profile) -> set[tuple[str, str]]:
    columns: tuple[Numbers | Categories, ...] = (*day.numbers, *day.categories)
    return {(one.kind, one.name) for one in columns if one.size}


def _pairs(then: tuple[One, ...], now: tuple[One, ...]) -> list[tuple[One, One]]:
    by_name = {(one.kind, one.name): one for one in now}
    return [(one, by_name[one.kind, one.name]) for one in then if (one.kind, one.name) in by_name]


def _edges(one: Numbers) -> Floats:
    """The inner edges of the bins: the tenths of the rows, fewer where many rows are alike."""
    return np.unique(
        [_quantile(one, k / BINS) for k in range(1, BINS) if _quantile(one, k / BINS) < one.points[-1]]
    )


def _quantile(one: Numbers, share: float) -> float:
    """The least point that at least this share of the rows does not exceed."""
    return one.points[int(np.searchsorted(one.upto, share * one.size, side="left"))]


def _bin_labels(edges: Floats) -> list[str]:
    if not len(edges):
        return ["all"]
    inner = [f"{low:.3g} – {high:.3g}" for low, high in pairwise(edges)]
    return [f"up to {edges[0]:.3g}", *inner, f"over {edges[-1]:.3g}"]


def _bars(labels: Sequence[str], then: Floats, now: Floats) -> tuple[Bar, ...]:
    """A bar a bin; of categories the largest, and what is left as one."""
    p, q = then / max(then.sum(), 1.0), now / max(now.sum(), 1.0)
    bars = [Bar(*row) for row in zip(labels, p.tolist(), q.tolist(), strict=True)]
    if len(bars) <= MOST_BARS:
        return tuple(bar for bar in bars if bar.label != _OTHERS or bar.then + bar.now > 0)
    largest = np.sort(np.argsort(-np.maximum(p, q)[:-1], kind="stable")[: MOST_BARS - 1])
    shown = [bars[row] for row in largest]
    rest = (float(share.sum() - share[largest].sum()) for share in (p, q))
    return (*shown, Bar(_OTHERS, *rest))


def _harmonic(then: float, now: float) -> float:
    """How many rows of each count as much as both together."""
    return then * now / (then + now)


def _chi_squared(then: Floats, now: Floats, design: float) -> float:
    """Pearson's test that both rows of counts are of one law, its statistic over the design effect.

    (The first-order correction of Rao and Scott 1981.)
    """
    both = then + now
    kept = both > 0
    degrees = int(kept.sum()) - 1
    if degrees < 1:
        return 1.0
    total = both.sum()
    statistic = 0.0
    for one in (then, now):
        expected = both[kept] * one.sum() / total
        statistic += float((np.square(one[kept] - expected) / expected).sum())
    return float(chdtrc(degrees, statistic / design))


def _two_shares(then: float, rows_then: int, now: float, rows_now: int, design: float) -> float:
    """Fisher's exact test that both shares are one, of the effective counts; two-sided by doubling."""
    found, rows = (then + now) / design, (rows_then + rows_now) / design
    surprises = (
        hypergeometric_surprise(now / design, found, rows_now / design, rows),
        hypergeometric_surprise(then / design, found, rows_then / design, rows),
    )
    return float(min(1.0, 2.0 * 10.0 ** -max(float(surprise) for surprise in surprises)))


def _subject(one: Numbers | Categories) -> str:
    return f"{_plural(one.kind)} {one.name.replace('_', ' ')}"


def _plural(kind: str) -> str:
    return f"{kind.replace('_', ' ').capitalize()}s'"
