"""Partner evidence: what is known of every partner from its orders, its customers' groups and its ties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import scipy.sparse as sp

from graph.affinity import merged_visits, shopper_of_visits
from graph.channels.changes import turn_surprise
from graph.channels.identifiers import most_used, own_accounts, own_devices
from graph.channels.self_dealing import on_own, staff_orders
from graph.links import Links, unpaid_orders
from graph.schema import DAY_MS, Kind
from graph.significance import Floats, binomial_surprise
from graph.tally import highest, highest_of_both, tally

if TYPE_CHECKING:
    from graph.projection import Projection

TIE_CHANNELS: Final = (
    "payout_account",
    "login_device",
    "side_account",
    "side_device",
    "customer_device",
    "funding_account",
    "co_custom",
    "lockstep",
    "bad_custom",
    "bad_customers",
    "customer_groups",
    "money",
    "pass_through",
    "counterparty",
    "succession",
    "hand_over",
    "moved_custom",
    "co_change",
    "transfers",
)

OWING_ELSEWHERE: Final = (
    "owing_elsewhere_orders",
    "owing_elsewhere_unpaid",
    "owing_elsewhere_people",
    "owing_elsewhere_loyal",
    "debtors_elsewhere",
)
"""What `_owing_elsewhere` says of a partner's custom."""

PARTNER_FEATURES: Final = (
    "bad_surprise",
    "refund_surprise",
    "group_bad",
    "group_refund",
    "group_share",
    "own_device_orders",
    "own_account_orders",
    "staff_bad",
    "staff_hit",
    "turned",
    "debtors_orders",
    "debtors_unpaid",
    "debtors_days",
    *OWING_ELSEWHERE,
    *(f"tie_{channel}" for channel in TIE_CHANNELS),
    *(f"bad_behind_{channel}" for channel in TIE_CHANNELS),
)
"""Columns of `Prior.partner_features`; all enter as log(1 + value)."""


def partner_features(links: Links, projection: Projection) -> pd.DataFrame:
    """The evidence about every partner, columns `PARTNER_FEATURES`."""
    partners = links.size(Kind.PARTNER)
    sold = tally(links.ordered_at["partner"].to_numpy(), partners, links.ordered_at["orders"].to_numpy())
    bad, staff = _outcome_surprise(links, "bad", sold), staff_orders(links)
    columns: dict[str, Floats] = {
        "bad_surprise": bad,
        "refund_surprise": _outcome_surprise(links, "refunded", sold),
        **_group_features(projection, links),
        "own_device_orders": _own_orders(links, own_devices(links), most_used(links.used), "device"),
        "own_account_orders": _own_orders(
            links, own_accounts(links), most_used(links.paid_from), "bank_account"
        ),
        "staff_bad": staff.surprise,
        "staff_hit": staff.hit,
        "turned": turn_surprise(links),
        **_debtors(links, sold),
        **_owing_elsewhere(links, projection, sold),
    }
    for column, channel in enumerate(projection.channels):
        columns[f"tie_{channel}"] = highest_of_both(
            projection.left, projection.right, partners, projection.surprise[:, column]
        )
        columns[f"bad_behind_{channel}"] = _behind(projection, column, bad)
    return pd.DataFrame({name: np.log1p(columns[name]).astype(np.float32) for name in PARTNER_FEATURES})


def _outcome_surprise(links: Links, outcome: str, sold: Floats) -> Floats:
    """(partners,) -log10 p of so many refunded, or else unpaid and disputed, of `sold` at the usual rate."""
    ordered = links.ordered_at
    at = ordered["partner"].to_numpy()
    ended = ordered["refunded"].to_numpy() if outcome == "refunded" else unpaid_orders(ordered)
    partners = links.size(Kind.PARTNER)
    ends = np.bincount(at, weights=ended, minlength=partners)
    return binomial_surprise(ends, sold, ends.sum() / max(sold.sum(), 1.0))


def _debtors(links: Links, sold: Floats) -> dict[str, Floats]:
    """(partners,) of customers who left anything unpaid there: how much they order, owe and stay.

    Shares of all orders (`sold`) and of theirs, and mean days from the first order to the last. Thieves come
    once or twice and pay nothing; who orders for a ring pays for long.
    """
    ordered, partners = links.ordered_at, links.size(Kind.PARTNER)
    unpaid = unpaid_orders(ordered)
    rows = np.flatnonzero(unpaid > 0)
    at, orders = ordered["partner"].to_numpy(), ordered["orders"].to_numpy()
    made = tally(at[rows], partners, orders[rows])
    days = (ordered["last_at"].to_numpy()[rows] - ordered["first_at"].to_numpy()[rows]) / DAY_MS
    return {
        "debtors_orders": made / np.maximum(sold, 1.0),
        "debtors_unpaid": tally(at[rows], partners, unpaid[rows]) / np.maximum(made, 1.0),
        "debtors_days": tally(at[rows], partners, days) / np.maximum(tally(at[rows], partners), 1.0),
    }


def _owing_elsewhere(links: Links, projection: Projection, sold: Floats) -> dict[str, Floats]:
    """(partners,) columns `OWING_ELSEWHERE`: of shoppers who left anything unpaid at other partners.

    Their share of the orders (`sold`), what share of theirs is unpaid here, how many people a shopper (a
    customer group is one) is, on average, their share of the orders again, each weighed by what share of all
    its orders the shopper makes here, and of those who owe here what share of their orders elsewhere is
    unpaid. Thieves owe at the shops that they rob and pay at those that they run; who orders for a ring does
    so at few shops, and from devices that others order from, too.
    """
    ordered, partners = links.ordered_at, links.size(Kind.PARTNER)
    of, size = shopper_of_visits(projection, links)
    owed, made = tally(of, size, unpaid_orders(ordered)), tally(of, size, ordered["orders"].to_numpy())
    rows = np.flatnonzero(owed[of] > 0)
    at, of, people, orders, unpaid, _ = merged_visits(ordered, partners, of, size, rows)
    owed_elsewhere, made_elsewhere = owed[of] - unpaid, made[of] - orders
    other, here = owed_elsewhere > 0, unpaid > 0
    visits = np.maximum(tally(at[other], partners), 1.0)
    theirs = tally(at[other], partners, orders[other])
    columns = (
        theirs / np.maximum(sold, 1.0),
        tally(at[other], partners, unpaid[other]) / np.maximum(theirs, 1.0),
        tally(at[other], partners, people[other]) / visits,
        tally(at[other], partners, (orders * (orders / made[of]))[other]) / np.maximum(sold, 1.0),
        tally(at[here], partners, owed_elsewhere[here])
        / np.maximum(tally(at[here], partners, made_elsewhere[here]), 1.0),
    )
    return dict(zip(OWING_ELSEWHERE, columns, strict=True))


def _group_features(projection: Projection, links: Links) -> dict[str, Floats]:
    groups, partners = projection.groups, projection.partners
    bad = highest(groups.visit_partner, partners, groups.visit_bad_surprise)
    refund = highest(groups.visit_partner, partners, groups.visit_refund_surprise)
    customers = np.bincount(links.ordered_at["partner"].to_numpy(), minlength=partners)
    shoppers = np.bincount(groups.visit_partner, weights=groups.visit_shoppers, minlength=partners)
    return {"group_bad": bad, "group_refund": refund, "group_share": shoppers / np.maximum(customers, 1)}


def _own_orders(links: Links, own: sp.csr_array, use: pd.DataFrame, column: str) -> Floats:
    """(partners,) customers who use the partner's own device, or pay from its own payout account."""
    at = links.ordered_at["partner"].to_numpy()
    return tally(at[on_own(links, own, use, column)], links.size(Kind.PARTNER))


def _behind(projection: Projection, column: int, bad: Floats) -> Floats:
    """(partners,) the strongest tie's weight in [0, 1] times the other side's surprise of bad orders."""
    # most channels tie few of the pairs
    tied = np.flatnonzero(projection.weight[:, column])
    weight = np.minimum(projection.weight[tied, column], 1.0).astype(np.float64)
    left, right = projection.left[tied], projection.right[tied]
    return np.maximum(
        highest(left, projection.partners, weight * bad[right]),
        highest(right, projection.partners, weight * bad[left]),
    )
