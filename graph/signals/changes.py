"""What followed when a partner with a history got a new payout account or login device."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.schema import MISSING_MS
from graph.signals.adjacency import Codes, Ties
from graph.signals.chance import binomial_tails

DAY_MS = 86_400_000
HISTORY_DAYS = 90
"""Days a partner must have traded before a change for there to be a "before"."""
NEEDED_ORDERS = 10
"""Orders needed on both sides of a change."""
JUMP_RATIO = 3.0
"""New customers a day after the change, in multiples of before, that make a jump."""
BEYOND = 1e-3

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Changes:
    """One row a partner: its latest change of payout account (of login device where it has none).

    `change_at` is `MISSING_MS` and the rest 0 for partners without one. Orders count as after the change
    where their customer first came then; rates are new customers a day.
    """

    change_at: Codes
    new_account: NDArray[np.bool_]
    unpaid_before: Floats
    unpaid_after: Floats
    orders_after: Floats
    rate_before: Floats
    rate_after: Floats
    went_bad: NDArray[np.bool_]
    """Disputed or defaulted after the change beyond before and beyond the category, at p < 0.001."""
    jumped: NDArray[np.bool_]
    """Three times as many new customers a day as before."""


def find_changes(
    orders: Ties, unpaid: Floats, payouts: Ties, logins: Ties, baseline: Floats, *, as_of_ms: int
) -> Changes:
    """The changes of all partners; `unpaid` by row of `orders`, `baseline` its share by partner."""
    size = len(baseline)
    account_at = _latest_new(payouts, orders, size)
    device_at = _latest_new(logins, orders, size)
    change_at = np.where(account_at != MISSING_MS, account_at, device_at)
    partner, moment = orders.target, orders.first_at
    after = (moment >= change_at[partner]) & (change_at[partner] != MISSING_MS)
    before = (moment < change_at[partner]) & (change_at[partner] != MISSING_MS)

    def total(mask: NDArray[np.bool_], values: Floats | None = None) -> Floats:
        weights = None if values is None else values[mask]
        return np.bincount(partner[mask], weights=weights, minlength=size).astype(np.float64)

    placed = orders.value["orders"]
    orders_before, orders_after = total(before, placed), total(after, placed)
    bad_before, bad_after = total(before, unpaid), total(after, unpaid)
    first, last = _span(orders, size)
    days_before = np.maximum((change_at - first) / DAY_MS, 1.0)
    days_after = np.maximum((np.minimum(last, as_of_ms) - change_at) / DAY_MS, 1.0)
    rate_before, rate_after = total(before) / days_before, total(after) / days_after
    unpaid_before = bad_before / np.maximum(orders_before, 1)
    unpaid_after = bad_after / np.maximum(orders_after, 1)
    enough = (orders_before >= NEEDED_ORDERS) & (orders_after >= NEEDED_ORDERS)
    usual = np.maximum(unpaid_before, baseline)
    p_value = binomial_tails(bad_after, orders_after, usual)
    return Changes(
        change_at=change_at,
        new_account=account_at != MISSING_MS,
        unpaid_before=unpaid_before,
        unpaid_after=unpaid_after,
        orders_after=orders_after,
        rate_before=rate_before,
        rate_after=rate_after,
        went_bad=enough & (bad_after >= 2) & (p_value < BEYOND),
        jumped=enough & (total(after) >= NEEDED_ORDERS) & (rate_after >= JUMP_RATIO * rate_before),
    )


def _latest_new(links: Ties, orders: Ties, size: int) -> Codes:
    """For every partner the first use of its newest identifier, where it had traded long enough before."""
    first, _ = _span(orders, size)
    partner = links.source
    known = first[partner] != MISSING_MS
    several = np.bincount(partner, minlength=size)[partner] >= 2
    later = known & several & (links.first_at >= first[partner] + HISTORY_DAYS * DAY_MS)
    result = np.full(size, MISSING_MS, dtype=np.int64)
    np.maximum.at(result, partner[later], links.first_at[later])
    return result


def _span(orders: Ties, size: int) -> tuple[Codes, Codes]:
    first = np.full(size, np.iinfo(np.int64).max)
    np.minimum.at(first, orders.target, orders.first_at)
    first[first == np.iinfo(np.int64).max] = MISSING_MS
    last = np.full(size, MISSING_MS, dtype=np.int64)
    np.maximum.at(last, orders.target, orders.last_at)
    return first, last
