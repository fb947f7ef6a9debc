"""Lifetimes: when partners came on board, first and last did anything, and how near to one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graph.links import Links, remembered
from graph.schema import DAY_MS, MISSING_MS, Kind
from graph.significance import Floats
from graph.tally import lower_at, raise_at, tally

TOGETHER_DAYS: Final = 15.0
"""Days within which two things happen together; forests know what that is worth."""
MOST_JOINED: Final = 0.05
"""Share of the partners above which a day that they are said to have come on is that of a migration, or a
default, and tells nothing. In made-up worlds of thirteen makers at most 0.016 came on one day."""
LEAST_MIGRATED: Final = 20
"""Partners up to whom it tells all the same: a ring of a small firm may come on one day."""


@dataclass(frozen=True)
class Lifetimes:
    """(partners,) each, days since 1970, NaN where unknown: when it came, first and last did anything.

    What a partner does is to sell, to be paid out and to log in. A day of coming that many have in common is
    unknown (`MOST_JOINED`). `age` is the days from coming on board, or from the first thing that it did where
    that is unknown, to the moment of the run.
    """

    joined: Floats
    first: Floats
    last: Floats
    age: Floats


@remembered
def lifetimes(links: Links) -> Lifetimes:
    """When each partner joined and did anything; linear in the links."""
    partners = links.size(Kind.PARTNER)
    first, last = np.full(partners, np.inf), np.full(partners, -np.inf)
    for events in (links.ordered_at, links.logged_in_from, links.paid_out_to):
        for column, moved, result in (("first_at", lower_at, first), ("last_at", raise_at, last)):
            moment = events[column].to_numpy()
            known = moment != MISSING_MS
            moved(result, events["partner"].to_numpy()[known], moment[known].astype(np.float64))
    joined = links.partners["onboarded_at"].to_numpy().astype(np.float64)
    joined[joined == MISSING_MS] = np.nan
    for moment in (first, last):
        moment[~np.isfinite(moment)] = np.nan
    joined = _believed(joined / DAY_MS)
    first, last = first / DAY_MS, last / DAY_MS
    age = np.maximum(links.as_of_ms / DAY_MS - np.where(np.isnan(joined), first, joined), 0.0)
    return Lifetimes(joined, first, last, age)


def _believed(joined: Floats) -> Floats:
    """The days on which partners came, NaN for those that too many have in common."""
    known = ~np.isnan(joined)
    _, at, count = np.unique(np.floor(joined[known]), return_inverse=True, return_counts=True)
    crowded = count > max(MOST_JOINED * known.sum(), LEAST_MIGRATED)
    result = joined.copy()
    result[known] = np.where(crowded[at], np.nan, joined[known])
    return result


def apart(one: Floats, other: Floats) -> Floats:
    """(m,) log(1 + days) between the day of either and that of the other, -1 where one is unknown."""
    return log_days(np.abs(one - other))


def log_days(days: Floats) -> Floats:
    """log(1 + days), -1 where unknown."""
    result: Floats = np.log1p(days)
    return np.where(np.isnan(result), -1.0, result)


def together(start: NDArray[np.int64], day: Floats) -> Floats:
    """(sets,) share of each set's pairs to whom it happened within `TOGETHER_DAYS`; `day` of all members.

    A pair of which either is unknown counts as apart.
    """
    sets, size = len(start) - 1, np.diff(start)
    known = np.flatnonzero(~np.isnan(day))
    if not len(known):
        return np.zeros(sets)
    number = np.repeat(np.arange(sets), size)[known]
    order = np.lexsort((day[known], number))
    number = number[order]
    along = day[known][order] - np.min(day[known])
    along += number * (np.max(along) + 2 * TOGETHER_DAYS + 1.0)
    near = np.searchsorted(along, along + TOGETHER_DAYS, side="right")
    near -= np.searchsorted(along, along - TOGETHER_DAYS, side="left")
    share: Floats = tally(number, sets, near - 1) / np.maximum(size * (size - 1), 1)
    return share
