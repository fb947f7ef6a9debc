"""Changes: partners whose account or device changed hands together, and whose orders then went bad."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.links import Links, remembered, unpaid_orders
from graph.schema import DAY_MS, MISSING_MS, Kind
from graph.significance import Floats, binomial_surprise
from graph.tally import highest, lowest, tally
from graph.ties import Ties, no_ties, strongest, ties_of

SETTLED_DAYS = 30
"""A partner must have been in business this long before a new account is a change and not its set-up."""

WINDOW_DAYS = 14
"""Partners bought by the same hand change within this of each other."""

BURN_DAYS = 30
"""A partner bought to be burnt takes new custom in the month after: later, buyers do not get their money."""

MIN_TURN = 2.0
"""Surprise of what went bad after the change from which on a partner counts as turned."""

TIES_A_PARTNER = 1
"""Pairs kept a partner, the closest in time: by chance close are more the more partners there are (0.2 a
partner in 7,000 partners, 2.4 in 67,000)."""


@remembered
def changed_at(links: Links) -> Floats:
    """(partners,) moment of the last change of payout account, of device where the account stayed; or nan.

    A change is an account or device first seen `SETTLED_DAYS` after the partner came on board that takes the
    place of those before it, within `WINDOW_DAYS`: additional ones are no change of hands. A new owner must
    redirect the money, so the account decides; where a device changed within `WINDOW_DAYS` of it too, the
    earlier of the two does.
    """
    account = _last_change(links, links.paid_out_to)
    device = _last_change(links, links.logged_in_from)
    near = np.abs(account - device) <= WINDOW_DAYS * DAY_MS
    moment = np.where(np.isnan(account), device, account)
    return np.where(near, np.fmin(account, device), moment)


@remembered
def turn_surprise(links: Links) -> Floats:
    """(partners,) -log10 p that the custom turned at the change: so much new goes bad, and comes at once.

    Null of the first: orders of customers new since then end as those of the earlier ones do, shrunk to the
    general rate by 20 orders. Null of the second: as many of the partner's customers first come within
    `BURN_DAYS` of it as of all partners' do; it counts no more than the first, since a sale draws crowds too.
    0 where there is no change (`changed_at`).
    """
    ordered, moment = links.ordered_at, changed_at(links)
    at, first = ordered["partner"].to_numpy(), ordered["first_at"].to_numpy().astype(np.float64)
    orders = ordered["orders"].to_numpy(dtype=np.float64)
    bad = unpaid_orders(ordered).astype(np.float64)
    after = first >= np.where(np.isnan(moment), np.inf, moment)[at]
    partners = links.size(Kind.PARTNER)
    late_orders, late_bad = tally(at, partners, orders * after), tally(at, partners, bad * after)
    early_orders = tally(at, partners, orders) - late_orders
    early_bad = tally(at, partners, bad) - late_bad
    general = bad.sum() / max(orders.sum(), 1.0)
    rate = (early_bad + 20.0 * general) / (early_orders + 20.0)
    burnt = binomial_surprise(late_bad, late_orders, rate)
    return burnt + np.minimum(_crowd_surprise(at, first, moment), burnt)


def _crowd_surprise(at: NDArray[np.integer], first: Floats, moment: Floats) -> Floats:
    """(partners,) -log10 p of so many first visits within `BURN_DAYS` of `moment`, among all first visits."""
    known = ~np.isnan(moment)
    begin = np.where(known, moment, 0.0)
    end = begin + BURN_DAYS * DAY_MS
    came = tally(at, len(moment), (first >= begin[at]) & (first < end[at]) & known[at])
    when = np.sort(first)
    usual = (np.searchsorted(when, end) - np.searchsorted(when, begin)) / max(len(when), 1)
    surprise: Floats = np.where(known, binomial_surprise(came, tally(at, len(moment)), usual), 0.0)
    return surprise


def co_change(links: Links) -> Ties:
    """Partners that turned bad after a change within `WINDOW_DAYS` of each other.

    Null: they fall anywhere between the first change of any partner and the last; the surprise is that of
    so small a gap. Near-linear: only turned partners are compared, with their neighbours in time.
    """
    moment = changed_at(links)
    turned = np.flatnonzero(turn_surprise(links) >= MIN_TURN)
    if len(turned) < 2:
        return no_ties()
    turned = turned[np.argsort(moment[turned], kind="stable")]
    when = moment[turned]
    last = np.searchsorted(when, when + WINDOW_DAYS * DAY_MS, side="right")
    count = last - np.arange(len(turned)) - 1
    left = np.repeat(np.arange(len(turned)), count)
    right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(count) - count, count)
    gap = when[right] - when[left]
    span = max(float(np.nanmax(moment) - np.nanmin(moment)), 2.0 * WINDOW_DAYS * DAY_MS)
    chance = np.clip(2.0 * np.maximum(gap, DAY_MS) / span, 1e-12, 1.0)
    ties = ties_of(turned[left], turned[right], 1.0 - gap / (WINDOW_DAYS * DAY_MS) + 1e-3, -np.log10(chance))
    return strongest(ties, TIES_A_PARTNER * len(moment))


def _last_change(links: Links, frame: pd.DataFrame) -> Floats:
    """(partners,) moment at which the partner last went over to another account or device; nan for none."""
    partners = links.size(Kind.PARTNER)
    order = np.lexsort((frame["last_at"], frame["first_at"], frame["partner"]))
    owner = frame["partner"].to_numpy()[order].astype(np.int64)
    first = frame["first_at"].to_numpy()[order].astype(np.float64)
    last = frame["last_at"].to_numpy()[order].astype(np.float64)
    replaced = _last_before(owner, last) <= first + WINDOW_DAYS * DAY_MS
    stays = last >= highest(owner, partners, last, floor=-np.inf)[owner] - SETTLED_DAYS * DAY_MS
    settled = first - _begin(links, owner, first)[owner] >= SETTLED_DAYS * DAY_MS
    keep = replaced & stays & settled & (first != MISSING_MS)
    moment = highest(owner[keep], partners, first[keep], floor=-np.inf)
    return np.where(np.isfinite(moment), moment, np.nan)


def _last_before(owner: NDArray[np.int64], last: Floats) -> Floats:
    """The last use of all that the same owner began to use earlier; infinity for its first. Rows by owner."""
    before = pd.Series(last).groupby(owner).cummax().to_numpy()
    first_of_owner = np.diff(owner, prepend=-1) != 0
    return np.where(first_of_owner, np.inf, np.r_[np.inf, before[:-1]][: len(before)])


def _begin(links: Links, owner: NDArray[np.int64], first: Floats) -> Floats:
    """(partners,) when the partner came on board, at the latest with its first use."""
    onboarded = links.partners["onboarded_at"].to_numpy().astype(np.float64)
    used = lowest(owner, len(onboarded), first)
    return np.where(onboarded == MISSING_MS, used, np.minimum(onboarded, used))
