"""What followed when a partner with a history got a new payout account or login device."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graph.schema import DAY_MS, MISSING_MS
from graph.signals.adjacency import Codes, Ties
from graph.signals.chance import binomial_tails
from graph.signals.stats import earliest, latest
from graph.tally import raise_at, tally

HISTORY_DAYS = 120
"""Days from its onboarding that make a new account of a partner a change and not its set-up."""
HANDOVER_DAYS = 14
"""Days for which the old account may still be paid after the new one; longer, and it is one more account."""
NEEDED_ORDERS = 10
"""Orders needed after a change, to say how they end."""
PRIOR_ORDERS = 20.0
"""Orders at the category's rate that are added to those before a change, which may be few."""
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

    @cached_property
    def bad_rate(self) -> float:
        """Share of all partners that went bad after a change."""
        return float(self.went_bad.mean()) if len(self.went_bad) else 0.0

    def share_between(self, begin_ms: int, end_ms: int) -> float:
        """Share of all partners whose change falls into that time, both ends included."""
        first, last = np.searchsorted(self._sorted, begin_ms), np.searchsorted(self._sorted, end_ms, "right")
        return float(last - first) / max(len(self.change_at), 1)

    @cached_property
    def _sorted(self) -> Codes:
        return np.sort(self.change_at)


def find_changes(
    orders: Ties, payouts: Ties, logins: Ties, *, onboarded_at: Codes, baseline: Floats, as_of_ms: int
) -> Changes:
    """The changes of all partners; `baseline` is the share of bad orders of each partner's category."""
    size = len(baseline)
    account_at = _handed_over(payouts, onboarded_at, size)
    device_at = _handed_over(logins, onboarded_at, size)
    change_at = np.where(account_at != MISSING_MS, account_at, device_at)
    partner, changed = orders.target, (change_at != MISSING_MS)[orders.target]
    after = changed & (orders.first_at >= change_at[partner])
    before = changed & ~after
    placed, unpaid = orders.value["orders"], orders.value["unpaid"]

    def total(mask: NDArray[np.bool_], values: NDArray[np.number]) -> Floats:
        return tally(partner, size, values * mask)

    orders_after, bad_after = total(after, placed), total(after, unpaid)
    orders_before, bad_before = total(before, placed), total(before, unpaid)
    usual = (bad_before + PRIOR_ORDERS * baseline) / (orders_before + PRIOR_ORDERS)
    p_value = binomial_tails(bad_after, orders_after, np.maximum(usual, baseline))
    first, last = _span(orders, size)
    rate_before = tally(partner, size, before) / np.maximum((change_at - first) / DAY_MS, 1.0)
    rate_after = tally(partner, size, after) / np.maximum(
        (np.minimum(last, as_of_ms) - change_at) / DAY_MS, 1.0
    )
    enough = orders_after >= NEEDED_ORDERS
    return Changes(
        change_at=change_at,
        new_account=account_at != MISSING_MS,
        unpaid_before=bad_before / np.maximum(orders_before, 1),
        unpaid_after=bad_after / np.maximum(orders_after, 1),
        orders_after=orders_after,
        rate_before=rate_before,
        rate_after=rate_after,
        went_bad=enough & (bad_after >= 2) & (p_value < BEYOND),
        jumped=enough & (rate_before > 0) & (rate_after >= JUMP_RATIO * rate_before),
    )


def _handed_over(links: Ties, onboarded_at: Codes, size: int) -> Codes:
    """For every partner when it last went over from one identifier to another, `MISSING_MS` if never.

    A handover is an identifier first used when the partner had been there for `HISTORY_DAYS`, after which
    an earlier one was used for `HANDOVER_DAYS` at most.
    """
    order = np.lexsort((links.target, links.first_at, links.source))
    partner, first, last = links.source[order], links.first_at[order], links.last_at[order]
    follows = np.r_[False, np.diff(partner) == 0][: len(partner)]
    before = np.roll(last, 1)
    settled = first >= onboarded_at[partner] + HISTORY_DAYS * DAY_MS
    over = follows & settled & (before <= first + HANDOVER_DAYS * DAY_MS) & (last > before)
    result = np.full(size, MISSING_MS, dtype=np.int64)
    raise_at(result, partner[over], first[over])
    return result


def _span(orders: Ties, size: int) -> tuple[Codes, Codes]:
    return earliest(orders.target, orders.first_at, size), latest(orders.target, orders.last_at, size)
