"""Hand-over: one partner ends, another begins, and accounts, devices, money or customers pass to it."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.channels.custom import chance_overlap, consumer_country, ordinary_visits
from graph.channels.succession import FRESH_DAYS, GAP_DAYS
from graph.links import Links
from graph.schema import DAY_MS, MISSING_MS, Kind
from graph.significance import Floats, poisson_surprise
from graph.tally import by_code, highest, lowest, starts, tally
from graph.ties import Codes, Ties, merge_ties, no_ties, shared, strongest, ties_of

SILENT = 1e-3
"""Where no closing is known, a partner has ended whom chance leaves without an order so long this rarely."""

LEAST_MOVED = 2
"""Customers who went over: a single one is everywhere among partners of one place."""

TIES_A_PARTNER = 2
"""Pairs whose customers went over that are kept a partner, as many as `graph.channels.succession` keeps."""

_Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Lives:
    """(partners,) when each began and ended, in milliseconds; `end` is infinite for those in business."""

    begin: Floats
    end: Floats

    def gap(self, old: _Ints | Codes, new: _Ints | Codes) -> Floats:
        """Days from the end of `old` to the beginning of `new`; minus infinity while `old` is in business.

        NaN where `old` is in business and nothing is known of the beginning of `new`.
        """
        with np.errstate(invalid="ignore"):
            result: Floats = (self.begin[new] - self.end[old]) / DAY_MS
        return result

    def chance(self, old: _Ints | Codes, gap: Floats) -> Floats:
        """How often of two partners the first has ended and the second began within |gap| days of it.

        Null: both are drawn from all partners; a day at least, since closings and openings are dates.
        """
        order = np.sort(self.begin)
        within: Floats = np.maximum(np.abs(gap), 1.0) * DAY_MS
        begun = np.searchsorted(order, self.end[old] + within, side="right")
        begun = begun - np.searchsorted(order, self.end[old] - within)
        ended = np.isfinite(self.end).sum()
        chance: Floats = np.clip(np.maximum(begun, 1) * float(ended) / max(len(order), 1) ** 2, 0.0, 1.0)
        return chance


def lives(links: Links) -> Lives:
    """When every partner came on board, or had its first order where that is unknown, and when it ended.

    Its end is its closing. Where no closing is known of any partner, it is the last order, if none followed
    for longer than its rhythm explains: null, orders come at random at their mean pace so far (Poisson),
    `SILENT`. Beside known closings silence adds pairs and no rings.
    """
    partners = links.size(Kind.PARTNER)
    at = links.ordered_at["partner"].to_numpy()

    def first_order() -> Floats:
        return lowest(at, partners, links.ordered_at["first_at"].to_numpy(dtype=np.float64))

    begin = links.partners["onboarded_at"].to_numpy().astype(np.float64)
    unknown = begin == MISSING_MS
    if unknown.any():
        begin = np.where(unknown, first_order(), begin)
    if "closed_at" in links.partners:
        closed = links.partners["closed_at"].to_numpy().astype(np.float64)
        if (closed != MISSING_MS).any():
            return Lives(begin, np.where(closed != MISSING_MS, closed, np.inf))
    first = first_order()
    last = highest(at, partners, links.ordered_at["last_at"].to_numpy(dtype=np.float64), floor=-np.inf)
    orders = tally(at, partners, links.ordered_at["orders"].to_numpy(dtype=np.float64))
    traded = orders >= 2
    span = (last[traded] - first[traded]) / DAY_MS
    silence = (links.as_of_ms - last[traded]) / DAY_MS
    silent = (orders[traded] - 1.0) * silence >= -np.log(SILENT) * np.maximum(span, 1.0)
    end = np.full(partners, np.inf)
    end[traded] = np.where(silent, last[traded], np.inf)
    return Lives(begin, end)


def hand_over(links: Links) -> Ties:
    """Partners of which one begins about when, or after, the other ends, and something of the one passes on.

    What passes on is an account or a device that both used, if only on the side, or money sent from the one's
    own account to the other's about the change. Surprise: of an identifier's few users meeting by chance, of
    such a transfer by everybody's number of counterparties, and of beginning so near the other's end
    (`Lives.chance`); what the channels of identifiers count is in it. Weight: what is left of 1 at half for
    every `FRESH_DAYS` between end and beginning. Near-linear: identifiers of many
    (`graph.ties.HUB_SHARERS`) tie nobody.
    """
    life = lives(links)
    accounts = _shared(links.paid_out_to, "bank_account", links, Kind.BANK_ACCOUNT)
    devices = _shared(links.logged_in_from, "device", links, Kind.DEVICE)
    passed = merge_ties((accounts, devices, _sent_on(links, life)))
    if not len(passed):
        return no_ties()
    there, back = life.gap(passed.left, passed.right), life.gap(passed.right, passed.left)
    forth = _nearness(there) <= _nearness(back)
    old, gap = np.where(forth, passed.left, passed.right), np.where(forth, there, back)
    keep = np.isfinite(_nearness(gap))
    old, gap, passed = old[keep], gap[keep], passed.where(keep)
    surprise = passed.surprise - np.log10(life.chance(old, gap))
    return Ties(passed.left, passed.right, _freshness(gap), surprise)


def moved_custom(links: Links) -> Ties:
    """Partners of which one begins about when the other ends, and whose customers went over beyond chance.

    A customer went over whose last order at the one comes before its first at the other; `LEAST_MOVED` of
    them. Null: that of `graph.channels.custom.common_custom`, within each country a visit falls on a partner
    by its share, so that partners of much custom draw no more than their due. Work grows with the visits and
    with those at partners that ended, times the visits of the same customers.
    """
    life = lives(links)
    rows = ordinary_visits(links)
    partners, consumers = links.size(Kind.PARTNER), links.size(Kind.CONSUMER)
    at, of, first, last = (
        links.ordered_at[name].to_numpy()[rows] for name in ("partner", "consumer", "first_at", "last_at")
    )
    del rows
    earliest, latest = (days * DAY_MS for days in GAP_DAYS)
    ended = np.flatnonzero(np.isfinite(life.end)[at])
    left = at[ended]
    old, new, count = _went_over(
        starts(left, partners),
        ended[by_code(left, partners)],
        starts(of, consumers),
        at,
        of,
        first,
        last,
        life.begin,
        life.end,
        earliest,
        latest,
    )
    if not len(old):
        return no_ties()
    moved = count.astype(np.float64)
    expected = chance_overlap(at, of, consumer_country(links), partners, old, new)
    surprise = poisson_surprise(moved, expected)
    beyond = surprise > 0
    weight = np.log1p(moved) * np.maximum(1.0 - expected / moved, 0.0) * _freshness(life.gap(old, new))
    ties = ties_of(old[beyond], new[beyond], weight[beyond], surprise[beyond])
    return strongest(ties, TIES_A_PARTNER * partners)


def _nearness(gap: Floats) -> Floats:
    """|gap| in days, infinite for what is no succession: the other begins too long before the one ends."""
    return np.where(np.isfinite(gap) & (gap >= GAP_DAYS[0]), np.abs(gap), np.inf)


def _freshness(gap: Floats) -> Floats:
    """How much is left in [0, 1] of what passes on after so many days."""
    return np.exp2(-np.abs(gap) / FRESH_DAYS)


def _shared(frame: pd.DataFrame, column: str, links: Links, kind: Kind) -> Ties:
    """Partners that ever used the same: what is handed over may be used on the side."""
    place = (frame["partner"].to_numpy(), frame[column].to_numpy())
    partners = links.size(Kind.PARTNER)
    return shared(sp.csr_array((np.ones(len(frame)), place), shape=(partners, links.size(kind))), partners)


def _sent_on(links: Links, life: Lives) -> Ties:
    """Partners whose own account paid the other's for the first time about its end (`GAP_DAYS`).

    An account is a partner's own where no other is paid out to it. Surprise: a transfer joins two accounts
    in proportion to how many each pays and is paid by (Poisson, configuration model).
    """
    paid, moved = links.paid_out_to, links.transferred_to
    accounts = links.size(Kind.BANK_ACCOUNT)
    account = paid["bank_account"].to_numpy()
    owner = np.full(accounts, -1, dtype=np.int64)
    alone = tally(account, accounts)[account] == 1
    owner[account[alone]] = paid["partner"].to_numpy()[alone]
    source, target = moved["from_account"].to_numpy(), moved["to_account"].to_numpy()
    pays, gets = tally(source, accounts), tally(target, accounts)
    sent = np.flatnonzero((owner[source] >= 0) & (owner[target] >= 0) & (owner[source] != owner[target]))
    source, target = source[sent], target[sent]
    since = (moved["first_at"].to_numpy(dtype=np.float64)[sent] - life.end[owner[source]]) / DAY_MS
    near = (since >= GAP_DAYS[0]) & (since <= GAP_DAYS[1])
    source, target = source[near], target[near]
    surprise = poisson_surprise(1.0, pays[source] * gets[target] / max(len(moved), 1))
    return ties_of(owner[source], owner[target], np.ones(len(source)), surprise)


@numba.njit(cache=True, nogil=True)
def _went_over(
    start: _Ints,
    by_partner: _Ints,
    begin_of: _Ints,
    at: Codes,
    of: Codes,
    first: _Ints,
    last: _Ints,
    begin: Floats,
    end: Floats,
    earliest: float,
    latest: float,
) -> tuple[Codes, Codes, Codes]:
    """Old partner, new partner, both sorted, and how many customers went over, `LEAST_MOVED` and more.

    Visits are by consumer, who has those from its `begin_of` on; a partner's, if it ended, stand in
    `by_partner` from its `start` on. One partner that ended at a time: what is held grows with the pairs
    found alone, however many partners a customer of all has.
    """
    moved = np.zeros(len(end), dtype=np.int32)
    met = np.empty_like(moved)
    found = np.empty((1024, 3), dtype=np.int32)
    count = 0
    for old in range(len(end)):
        if end[old] == np.inf:
            continue
        others = 0
        for here in by_partner[start[old] : start[old + 1]]:
            for there in range(begin_of[of[here]], begin_of[of[here] + 1]):
                new = at[there]
                gap = begin[new] - end[old]
                if new == old or gap < earliest or gap > latest or first[there] <= last[here]:
                    continue
                if moved[new] == 0:
                    met[others] = new
                    others += 1
                moved[new] += 1
        several = np.sort(met[:others][moved[met[:others]] >= LEAST_MOVED])
        while count + len(several) > len(found):
            found = np.concatenate((found, np.empty_like(found)))
        for new in several:
            found[count, 0] = old
            found[count, 1] = new
            found[count, 2] = moved[new]
            count += 1
        moved[met[:others]] = 0
    return found[:count, 0].copy(), found[:count, 1].copy(), found[:count, 2].copy()
