"""Changes: partners whose account or device changed hands together, and whose orders then went bad."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graph.links import Links
from graph.schema import MISSING_MS, Kind
from graph.significance import Floats, binomial_surprise
from graph.ties import Ties, no_ties, strongest, ties_of

_DAY_MS = 86_400_000
SETTLED_DAYS = 30
"""A partner must have been in business this long before a new account is a change and not its set-up."""

WINDOW_DAYS = 14
"""Partners bought by the same hand change within this of each other."""

MIN_TURN = 2.0
"""Surprise of what went bad after the change from which on a partner counts as turned."""

TIES_A_PARTNER = 1
"""Pairs kept a partner, the closest in time: by chance close are more the more partners there are (0.2 a
partner in 7,000 partners, 2.4 in 67,000)."""


def changed_at(links: Links) -> Floats:
    """(partners,) moment of the last change of payout account or device after a settled start; nan for none.

    A change is an account or device first seen `SETTLED_DAYS` after the partner's first, whose share from
    then on is the larger one.
    """
    partners = links.size(Kind.PARTNER)
    moments = np.full(partners, -np.inf)
    for frame, column in ((links.paid_out_to, "bank_account"), (links.logged_in_from, "device")):
        np.maximum.at(moments, *_changes(frame, column, partners))
    return np.where(np.isfinite(moments), moments, np.nan)


def turn_surprise(links: Links, moment: Floats) -> Floats:
    """(partners,) -log10 p that so many orders of customers new since `moment` end unpaid or disputed.

    Null: they end as those of the partner's earlier customers did, shrunk to the general rate by 20 orders.
    0 where there is no such moment.
    """
    ordered = links.ordered_at
    at = ordered["partner"].to_numpy()
    orders = ordered["orders"].to_numpy(dtype=np.float64)
    bad = (ordered["disputed"] + ordered["defaulted"]).to_numpy(dtype=np.float64)
    after = ordered["last_at"].to_numpy() >= np.where(np.isnan(moment), np.inf, moment)[at]
    partners = links.size(Kind.PARTNER)
    late_orders = np.bincount(at, weights=orders * after, minlength=partners)
    late_bad = np.bincount(at, weights=bad * after, minlength=partners)
    early_orders = np.bincount(at, weights=orders, minlength=partners) - late_orders
    early_bad = np.bincount(at, weights=bad, minlength=partners) - late_bad
    general = bad.sum() / max(orders.sum(), 1.0)
    rate = (early_bad + 20.0 * general) / (early_orders + 20.0)
    return binomial_surprise(late_bad, late_orders, rate)


def co_change(links: Links) -> Ties:
    """Partners that turned bad after a change within `WINDOW_DAYS` of each other.

    Null: turned partners' changes fall anywhere between the first and the last; the surprise is that of so
    small a gap. Near-linear: only turned partners are compared, with their neighbours in time.
    """
    moment = changed_at(links)
    turned = np.flatnonzero(turn_surprise(links, moment) >= MIN_TURN)
    if len(turned) < 2:
        return no_ties()
    turned = turned[np.argsort(moment[turned], kind="stable")]
    when = moment[turned]
    last = np.searchsorted(when, when + WINDOW_DAYS * _DAY_MS, side="right")
    count = last - np.arange(len(turned)) - 1
    left = np.repeat(np.arange(len(turned)), count)
    right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(count) - count, count)
    gap = when[right] - when[left]
    span = max(float(when[-1] - when[0]), 2.0 * WINDOW_DAYS * _DAY_MS)
    chance = np.clip(2.0 * np.maximum(gap, _DAY_MS) / span, 1e-12, 1.0)
    ties = ties_of(turned[left], turned[right], 1.0 - gap / (WINDOW_DAYS * _DAY_MS) + 1e-3, -np.log10(chance))
    return strongest(ties, TIES_A_PARTNER * len(moment))


def _changes(
    frame: pd.DataFrame, column: str, partners: int
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Floats]:
    """Partner and moment of every change to another account or device."""
    owner = frame["partner"].to_numpy().astype(np.int64)
    first = frame["first_at"].to_numpy().astype(np.float64)
    start = np.full(partners, np.inf)
    np.minimum.at(start, owner, first)
    end = np.full(partners, -np.inf)
    np.maximum.at(end, owner, frame["last_at"].to_numpy().astype(np.float64))
    took_over = frame["last_at"].to_numpy() >= end[owner] - SETTLED_DAYS * _DAY_MS
    keep = (first - start[owner] >= SETTLED_DAYS * _DAY_MS) & took_over & (first != MISSING_MS)
    return owner[keep], first[keep]
