"""Every partner beside its peers: partners of its category and country, measured the same way."""

from __future__ import annotations

from dataclasses import dataclass, field

import numba
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.schema import DAY_MS, MISSING_MS
from graph.signals.adjacency import Codes, Ties
from graph.signals.stats import ConsumerStats, IdentifierStats, PartnerStats, text_column
from graph.tally import contains, tally

Floats = NDArray[np.float64]

HOUR_MS = 3_600_000
LEAST_PEERS = 20
"""Peers that a comparison needs: with fewer no rank can be called rare."""
LEAST_CUSTOM = 10
"""Customers (orders, for what is counted by order) a partner needs to be measured at all."""
PRIOR_CUSTOM = 20.0
"""Customers (orders) at the world's share that are added to every partner's own: few are not extreme."""
NEW_DAYS = 7
NIGHT_HOURS = 6
"""Hours of the UTC day, from midnight, that count as its night."""
BURST_DAYS = 7
LEAST_WEEKS = 4.0
"""Weeks over which a partner's pace is taken at least: custom of one week alone is a burst, not a pace."""
PEER_GROUPS = ("category and country", "category", "all partners")
"""What peers have in common, the closest first."""


@dataclass(frozen=True)
class Measure:
    """One quantity of every partner, NaN where it cannot be told; `ranked` is what is compared.

    Of a share `ranked` holds the share with `PRIOR_CUSTOM` trials at the world's share added; of an amount
    the amount itself.
    """

    value: Floats
    ranked: Floats
    hits: Floats
    trials: Floats


@dataclass(frozen=True)
class Level:
    """Partners by peer group: `rows` are those measured, by group, `start` where each group begins in them.

    `less` and `at_most` count for every partner those of its group that show less, or no more, than it does;
    it counts itself among the latter.
    """

    group: Codes
    rows: Codes
    start: Codes
    less: Codes
    at_most: Codes


@dataclass(frozen=True)
class Peers:
    """A measure with its partners by peer group, in the order of `PEER_GROUPS`."""

    measure: Measure
    levels: tuple[Level, ...]
    sorted_values: dict[tuple[int, int], Floats] = field(default_factory=dict, compare=False, repr=False)
    """Of every level and group that has been asked about: thousands of rings ask about few groups."""

    def median(self, partner: int, level: int, ring: Codes) -> float:
        """The median of the partner's peers at that level: those of its group that are not of the ring."""
        values = self._values(partner, level)
        group = self.levels[level].group
        own = np.sort(self.measure.value[ring[group[ring] == group[partner]]])
        own = own[~np.isnan(own)]
        left = len(values) - len(own)
        middle = np.array([(left - 1) // 2, left // 2])
        # places of the ring's own, equals one after the other: who is left moves up by those before it
        for gone in np.searchsorted(values, own) + np.arange(len(own)) - np.searchsorted(own, own):
            middle += middle >= gone
        return float(values[middle].mean())

    def spread(self, partner: int, level: int, ring: Codes, median: float) -> float:
        """The median absolute deviation of those peers from their median."""
        rows = self._rows(partner, level)
        return float(np.median(np.abs(self.measure.value[rows[~contains(ring, rows)]] - median)))

    def _values(self, partner: int, level: int) -> Floats:
        key = level, int(self.levels[level].group[partner])
        if key not in self.sorted_values:
            self.sorted_values[key] = np.sort(self.measure.value[self._rows(partner, level)])
        return self.sorted_values[key]

    def _rows(self, partner: int, level: int) -> Codes:
        """The measured partners of its group, its ring's too."""
        at = self.levels[level]
        group = at.group[partner]
        return at.rows[at.start[group] : at.start[group + 1]]


@dataclass(frozen=True)
class Standing:
    """Where a ring's partners stand among their peers; one row a partner that could be measured.

    `above` and `below` are the shares of peers that show at least, or at most, as much; the partner is added
    to both sides, so they are never 0. Peers never include partners of the ring itself. `level` is the index
    in `PEER_GROUPS` of the group that they are from.
    """

    partners: Codes
    peers: Codes
    level: Codes
    above: Floats
    below: Floats


def peer_standing(peers: Peers, partners: Codes) -> Standing:
    """The standing of these partners (ascending codes): the closest group with `LEAST_PEERS` peers counts."""
    measured = partners[~np.isnan(peers.measure.ranked[partners])]
    levels = [(at.group, at.start, at.less, at.at_most) for at in peers.levels]
    count, level, less, at_most = _places(measured, peers.measure.ranked, *levels)
    kept = count >= LEAST_PEERS
    above, below = (count - less + 1) / (count + 1), (at_most + 1) / (count + 1)
    return Standing(measured[kept], count[kept], level[kept], above[kept], below[kept])


_Level = tuple[Codes, Codes, Codes, Codes]


@numba.njit(cache=True, nogil=True)
def _places(
    measured: Codes, ranked: Floats, closest: _Level, wider: _Level, widest: _Level
) -> NDArray[np.int64]:
    """(4, partners) how many peers each has, at which level, and how many show less, and no more.

    A level is `group`, `start`, `less` and `at_most` of a `Level`; those measured are no peers themselves.
    """
    result = np.zeros((4, len(measured)), dtype=np.int64)
    for place, one in enumerate(measured):
        for level, (group, start, less, at_most) in enumerate((closest, wider, widest)):
            same, lower, no_more = 0, 0, 0
            for other in measured:
                if group[other] == group[one]:
                    same += 1
                    lower += ranked[other] < ranked[one]
                    no_more += ranked[other] <= ranked[one]
            others = start[group[one] + 1] - start[group[one]] - same
            if others >= LEAST_PEERS:
                result[0, place], result[1, place] = others, level
                result[2, place], result[3, place] = less[one] - lower, at_most[one] - no_more
                break
    return result


def peer_groups(partners: pd.DataFrame, category: Codes) -> tuple[Codes, Codes, Codes]:
    """For every partner its group at each level of `PEER_GROUPS`; an unknown country is one of its own."""
    country = pd.factorize(text_column(partners, "country"), sort=True)[0].astype(np.int64)
    both = np.unique(category * (int(country.max(initial=0)) + 1) + country, return_inverse=True)[1]
    return both.astype(np.int64), category, np.zeros(len(category), dtype=np.int64)


def order_peers(measure: Measure, groups: tuple[Codes, Codes, Codes]) -> Peers:
    """The measure by peer group, partners that could not be measured left out."""
    return Peers(measure, tuple(_level(measure.ranked, group) for group in groups))


def _level(ranked: Floats, group: Codes) -> Level:
    known = np.flatnonzero(~np.isnan(ranked))
    rows = known[np.lexsort((ranked[known], group[known]))]
    start = np.r_[0, np.cumsum(np.bincount(group[rows], minlength=int(group.max(initial=0)) + 1))]
    place = np.arange(len(rows)) - start[group[rows]]
    first = np.flatnonzero(
        np.r_[True, (np.diff(group[rows]) != 0) | (np.diff(ranked[rows]) != 0)][: len(rows)]
    )
    run = np.diff(np.r_[first, len(rows)])
    less, at_most = np.zeros((2, len(group)), dtype=np.int64)
    less[rows] = np.repeat(place[first], run)
    at_most[rows] = np.repeat(place[first] + run, run)
    return Level(group, rows.astype(np.int64), start.astype(np.int64), less, at_most)


def new_custom(orders: Ties, partner: PartnerStats, consumer: ConsumerStats) -> Measure:
    """Customers who first came within `NEW_DAYS` of opening their account, of those with a known opening."""
    opened = consumer.created_at[orders.source]
    known = opened != MISSING_MS
    fresh = known & (orders.first_at - opened <= NEW_DAYS * DAY_MS)
    return _share(orders.target, fresh, known, len(partner.orders))


def shared_device_custom(
    orders: Ties, partner: PartnerStats, consumer: ConsumerStats, device: IdentifierStats
) -> Measure:
    """Customers whose primary device is another consumer's primary one too, of those with a device."""
    own = consumer.primary_device
    users = np.append(device.primary_consumers, 0)  # no device of one's own, -1, is the last
    shared = users[own] >= 2
    return _share(orders.target, shared[orders.source], (own >= 0)[orders.source], len(partner.orders))


def night_custom(orders: Ties, partner: PartnerStats) -> Measure:
    """First and last orders of customers that fall into the night, of all their first and last orders.

    The links hold no other moments: a customer with one order counts once.
    """
    return _measure(*_nights(orders.target, orders.first_at, orders.last_at, len(partner.orders)))


@numba.njit(cache=True, nogil=True)
def _nights(target: Codes, first_at: Codes, last_at: Codes, size: int) -> tuple[Floats, Floats]:
    """(size,) of each partner's first and last orders those at night, and all; one pass, no copies."""
    hits, trials = np.zeros(size), np.zeros(size)
    for row, at in enumerate(target):
        hits[at] += first_at[row] % DAY_MS < NIGHT_HOURS * HOUR_MS
        trials[at] += 1.0
        if last_at[row] != first_at[row]:
            hits[at] += last_at[row] % DAY_MS < NIGHT_HOURS * HOUR_MS
            trials[at] += 1.0
    return hits, trials


def burst_custom(orders: Ties, partner: PartnerStats) -> Measure:
    """First contacts in the partner's busiest week beyond what an even pace explains, of all first contacts.

    Weeks are the calendar's. Explained are the partner's mean a week, over its life of `LEAST_WEEKS` or
    more, and three standard deviations (Poisson) above it, so that a small partner's one lively week is none.
    """
    contacts = partner.customers.astype(np.float64)
    look_up = orders.by_target
    peak = _busiest(look_up.start, look_up.row, orders.first_at, BURST_DAYS * DAY_MS)
    span = np.maximum((partner.last_at - partner.first_at) / (BURST_DAYS * DAY_MS), LEAST_WEEKS)
    mean = contacts / span
    beyond = np.maximum(peak - mean - 3 * np.sqrt(mean), 0.0)
    return _measure(np.minimum(beyond, contacts), contacts)


@numba.njit(cache=True, nogil=True)
def _busiest(start: Codes, row: NDArray[np.int32] | None, moment: Codes, span: int) -> Floats:
    """(partners,) the most rows of each in one span of the calendar; to sort them all would take longer."""
    result = np.zeros(len(start) - 1)
    if not len(moment):
        return result
    first = np.min(moment) // span
    within = np.zeros(np.max(moment) // span - first + 1, dtype=np.int64)
    seen = np.empty(np.max(np.diff(start)), dtype=np.int64)
    for code in range(len(start) - 1):
        spans = seen[: start[code + 1] - start[code]]
        for number in range(len(spans)):
            place = start[code] + number
            spans[number] = at = moment[place if row is None else row[place]] // span - first
            within[at] += 1
            result[code] = max(result[code], within[at])
        within[spans] = 0
    return result


def ending_share(bad: Floats, placed: Floats) -> Measure:
    """Orders that ended so, of all orders."""
    return _measure(bad, placed)


def order_amount(partner: PartnerStats) -> Measure:
    """The mean amount of an order, in major units."""
    known = partner.orders >= LEAST_CUSTOM
    value = np.where(known, partner.amount / np.maximum(partner.orders, 1), np.nan)
    return Measure(value, value, partner.amount, partner.orders)


def _share(group: Codes, hit: NDArray[np.bool_], known: NDArray[np.bool_], size: int) -> Measure:
    return _measure(tally(group, size, hit & known), tally(group, size, known))


def _measure(hits: Floats, trials: Floats) -> Measure:
    usual = float(hits.sum()) / max(float(trials.sum()), 1.0)
    enough = trials >= LEAST_CUSTOM
    value = np.where(enough, hits / np.maximum(trials, 1), np.nan)
    ranked = np.where(enough, (hits + PRIOR_CUSTOM * usual) / (trials + PRIOR_CUSTOM), np.nan)
    return Measure(value, ranked, hits, trials)
