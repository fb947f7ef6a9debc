"""The profile of a day: how features, scores, categories and the delay of labels are distributed.

It is of a fixed size whatever the number of rows, holds no id and no name, and is the same for any order of
the rows. Two profiles are enough to say what has changed between their days (`gnn.drift`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FORM: Final = 1
"""The form of the JSON; a profile of another form is refused."""

POINTS: Final = 128
"""Points of a distribution at most: between two neighbours lie at most 1 / 127 of the rows."""

MOST_CATEGORIES: Final = 1000
"""Categories kept by name; rarer ones are counted together."""

MOST_ROWS: Final = 2**18
"""Rows of a kind that are read; of more, a drawn sample. It moves a share by 0.002 at two standard errors."""

Floats = NDArray[np.float64]
Groups = NDArray[np.int64]


class ProfileError(ValueError):
    """What should be a profile is none; the message is one sentence for the user."""


@dataclass(frozen=True)
class Numbers:
    """A distribution of numbers: `below` and `upto` count the rows < and <= each of the ascending `points`.

    `size` counts the rows with a number, `missing` those without. Rows of one group (tied partners) are not
    independent: `design` is the design effect, by which the variance of the mean rank is larger than among
    independent rows (Kish 1965), `missing_design` that of the share without a number; both are >= 1.
    `spread` is the standard deviation.
    """

    kind: str
    name: str
    unit: str
    size: int
    missing: int
    design: float
    missing_design: float
    spread: float
    points: tuple[float, ...]
    below: tuple[int, ...]
    upto: tuple[int, ...]


@dataclass(frozen=True)
class Categories:
    """Counts of categories, the most frequent first; `rest` counts the rows of those that are not named.

    `size`, `missing` and the design effects are as in `Numbers`; `design` is the mean over the categories.
    """

    kind: str
    name: str
    size: int
    missing: int
    design: float
    missing_design: float
    counts: tuple[tuple[str, int], ...]
    rest: int


@dataclass(frozen=True)
class Profile:
    """What a day looked like. Moments are epoch milliseconds; `since_ms` is the first event's, or `as_of_ms`.

    `sizes` counts the entities of every kind.
    """

    as_of_ms: int
    since_ms: int
    sizes: Mapping[str, int]
    numbers: tuple[Numbers, ...]
    categories: tuple[Categories, ...]

    def to_json(self) -> bytes:
        """One canonical text: the same profile gives the same bytes."""
        content = {"form": FORM, **asdict(self)}
        return json.dumps(content, sort_keys=True, allow_nan=False, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def from_json(cls, content: bytes) -> Profile:
        """The profile of `to_json`; ProfileError for anything else."""
        try:
            read = json.loads(content)
            if read["form"] != FORM:
                raise ProfileError(f"the profile is of form {read['form']!r}, and form {FORM} is read")
            return cls(
                _count(read["as_of_ms"]),
                _count(read["since_ms"]),
                {str(kind): _count(size) for kind, size in read["sizes"].items()},
                tuple(_numbers_of(one) for one in read["numbers"]),
                tuple(_categories_of(one) for one in read["categories"]),
            )
        except ProfileError:
            raise
        except (KeyError, TypeError, AttributeError, OverflowError, RecursionError, ValueError):
            raise ProfileError("the profile was changed by hand or is of another program") from None


def numbers(
    kind: str, name: str, values: NDArray[np.floating], group: Groups | None = None, *, unit: str = ""
) -> Numbers:
    """The distribution of the values (n,), NaN where missing, to the precision of float32.

    `group` (n,) >= 0 names the group of tied rows that each belongs to; without it rows are independent.
    """
    read = values.astype(np.float32)
    known = np.isfinite(read)
    ordered = np.sort(read[known])
    ordered += np.float32(0.0)  # -0 becomes 0, so that both are one point
    points = _points(ordered)
    below = np.searchsorted(ordered, points, side="left")
    upto = np.searchsorted(ordered, points, side="right")
    middle = (upto + np.r_[0, upto[:-1]]) / 2 if len(points) else np.zeros(0)
    rank = middle[np.searchsorted(points, read[known], side="left")]
    return Numbers(
        kind,
        name,
        unit,
        size=len(ordered),
        missing=len(read) - len(ordered),
        design=_design(rank, None if group is None else group[known]),
        missing_design=_design(known.astype(np.float64), group),
        spread=float(ordered.std(dtype=np.float64)) if len(ordered) else 0.0,
        points=tuple(float(str(point)) for point in points),  # the shortest text that is this float32
        below=tuple(below.tolist()),
        upto=tuple(upto.tolist()),
    )


def categories(
    kind: str, name: str, texts: Sequence[str] | pd.Series, group: Groups | None = None
) -> Categories:
    """The counts of the texts (n,), "" where missing."""
    code, names = pd.factorize(np.asarray(texts, dtype=object), sort=True)
    known = np.asarray(names, dtype=object)[code] != "" if len(code) else np.zeros(0, dtype=bool)
    count = np.bincount(code[known], minlength=len(names))
    order = [row for row in np.lexsort((np.arange(len(names)), -count)) if count[row]]
    kept = order[:MOST_CATEGORIES]
    return Categories(
        kind,
        name,
        size=int(known.sum()),
        missing=int((~known).sum()),
        design=_category_design(code[known], None if group is None else group[known], count),
        missing_design=_design(known.astype(np.float64), group),
        counts=tuple((str(names[row]), int(count[row])) for row in kept),
        rest=int(count[order[MOST_CATEGORIES:]].sum()),
    )


def sample(rows: int) -> NDArray[np.int64] | None:
    """The rows to read where there are more than `MOST_ROWS`, ascending; None for all.

    Drawn from the numbers of the rows alone, and these are in the order of the ids.
    """
    if rows <= MOST_ROWS:
        return None
    return np.sort(np.random.default_rng(0).choice(rows, MOST_ROWS, replace=False)).astype(np.int64)


def _points(ordered: NDArray[np.float32]) -> NDArray[np.float32]:
    """All values where they are few, else those at evenly spaced ranks."""
    if not len(ordered):
        return ordered
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    if len(first) <= POINTS:
        return ordered[first]
    ranks = np.linspace(0, len(ordered) - 1, POINTS).round().astype(np.int64)
    return np.unique(ordered[ranks])


def _design(values: Floats, group: Groups | None) -> float:
    """The variance of the mean with whole groups as draws, over that of independent rows; at least 1."""
    apart = values - values.mean() if len(values) else values
    alone = float(np.square(apart).sum())
    if group is None or alone <= 0.0:
        return 1.0
    return max(1.0, float(np.square(np.bincount(group, weights=apart)).sum()) / alone)


def _category_design(code: NDArray[np.intp], group: Groups | None, count: NDArray[np.int64]) -> float:
    """The design effects of the shares of all categories, each weighed by its variance; at least 1."""
    size = len(code)
    alone = float((count * (1.0 - count / max(size, 1))).sum())
    if group is None or alone <= 0.0:
        return 1.0
    _, place = np.unique(group, return_inverse=True)
    in_group = np.bincount(place).astype(np.float64)
    _, pair_count = np.unique(place.astype(np.int64) * len(count) + code, return_counts=True)
    # sum over groups g and categories c of (n_gc - n_g p_c)^2, with the cross terms summed by category
    share = count / size
    mixed = np.bincount(code, weights=in_group[place], minlength=len(count))
    among = np.square(pair_count.astype(np.float64)).sum() - 2.0 * (mixed * share).sum()
    among += np.square(in_group).sum() * np.square(share).sum()
    return max(1.0, float(among) / alone)


def _numbers_of(read: Mapping[str, Any]) -> Numbers:
    points = tuple(_number(point) for point in read["points"])
    below, upto = (tuple(_count(one) for one in read[side]) for side in ("below", "upto"))
    size = _count(read["size"])
    steps = [count for pair in zip(below, upto, strict=False) for count in pair]
    sound = len(points) == len(below) == len(upto) and list(points) == sorted(set(points))
    if (
        not sound
        or steps != sorted(steps)
        or (steps and steps[0] != 0)
        or (steps[-1] if steps else 0) != size
    ):
        raise ProfileError("the profile was changed by hand: a distribution's counts do not add up")
    return Numbers(
        str(read["kind"]),
        str(read["name"]),
        str(read["unit"]),
        size,
        _count(read["missing"]),
        max(1.0, _number(read["design"])),
        max(1.0, _number(read["missing_design"])),
        max(0.0, _number(read["spread"])),
        points,
        below,
        upto,
    )


def _categories_of(read: Mapping[str, Any]) -> Categories:
    counts = tuple((str(name), _count(count)) for name, count in read["counts"])
    size, rest = _count(read["size"]), _count(read["rest"])
    if sum(count for _, count in counts) + rest != size or len({name for name, _ in counts}) != len(counts):
        raise ProfileError("the profile was changed by hand: the counts of categories do not add up")
    return Categories(
        str(read["kind"]),
        str(read["name"]),
        size,
        _count(read["missing"]),
        max(1.0, _number(read["design"])),
        max(1.0, _number(read["missing_design"])),
        counts,
        rest,
    )


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError
    return float(value)
