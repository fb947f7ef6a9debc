"""Prior: member risk without labels, from evidence that is calibrated by its null models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.stats import rankdata

from graph.candidates import NOT_ALONE, tie_strength
from graph.channels.changes import changed_at, turn_surprise
from graph.channels.identifiers import most_used, own_accounts, own_devices
from graph.links import Links
from graph.projection import Projection
from graph.records import Risk
from graph.schema import Kind
from graph.significance import Floats, binomial_surprise
from graph.tally import tally

TIE_CHANNELS: Final = (
    "payout_account",
    "login_device",
    "customer_device",
    "funding_account",
    "co_custom",
    "lockstep",
    "bad_custom",
    "bad_customers",
    "customer_groups",
    "money",
    "succession",
    "co_change",
    "transfers",
)

PARTNER_FEATURES: Final = (
    "bad_surprise",
    "refund_surprise",
    "group_bad",
    "group_refund",
    "group_share",
    "own_device_orders",
    "own_account_orders",
    "turned",
    *(f"tie_{channel}" for channel in TIE_CHANNELS),
    *(f"bad_behind_{channel}" for channel in TIE_CHANNELS),
)
"""Columns of `Prior.partner_features`; surprises enter as log(1 + surprise)."""

EVIDENCE: Final = tuple(
    name
    for name in PARTNER_FEATURES
    # refunds make a victim, and common custom alone makes a mall: both only count through the others
    # (and a device of the partner's that customers use makes a till in the shop);
    # what is bad behind a tie counts once, as the company kept
    if name not in ("refund_surprise", "group_refund", "own_device_orders")
    and not name.startswith("bad_behind_")
    and name.removeprefix("tie_") not in NOT_ALONE
)
"""The features that speak against a partner the more, the higher they are."""

HALF_RISK: Final = 18.0
"""Powers of ten of evidence, summed over features, that make a risk of one half."""

HALF_GAIN: Final = 10.0
"""Powers of ten of surprise at what a group gains (one test, not a sum) that make a risk of one half."""

NO_COMPANY: Final = 0.5
"""Strength of ties at which the company kept counts for half."""


@dataclass(frozen=True)
class Prior:
    """Unsupervised member risk, and what it is made of for partners: one row a partner, float32, finite."""

    risk: Risk
    partner_features: pd.DataFrame


def prior_risk(links: Links, projection: Projection) -> Prior:
    """Risk of every member from who is tied to whom, and who gains from how orders end; no label is read."""
    features = partner_features(links, projection)
    partner = _partner_risk(features, projection)
    consumer = _consumer_risk(links, projection)
    device = _through(links.logged_in_from, "device", partner, links.size(Kind.DEVICE))
    device = np.maximum(device, _through_consumers(links.used, "device", consumer, links.size(Kind.DEVICE)))
    account = _through(links.paid_out_to, "bank_account", partner, links.size(Kind.BANK_ACCOUNT))
    account = np.maximum(
        account, _through_consumers(links.paid_from, "bank_account", consumer, links.size(Kind.BANK_ACCOUNT))
    )
    risk = Risk(*(np.asarray(x, dtype=np.float32) for x in (partner, consumer, device, account)))
    return Prior(risk, features)


def partner_features(links: Links, projection: Projection) -> pd.DataFrame:
    """The evidence about every partner, columns `PARTNER_FEATURES`."""
    partners = links.size(Kind.PARTNER)
    bad = outcome_surprise(links, "bad")
    columns: dict[str, Floats] = {
        "bad_surprise": bad,
        "refund_surprise": outcome_surprise(links, "refunded"),
        **_group_features(projection, links),
        "own_device_orders": _own_orders(links, own_devices(links), most_used(links.used), "device"),
        "own_account_orders": _own_orders(
            links, own_accounts(links), most_used(links.paid_from), "bank_account"
        ),
        "turned": turn_surprise(links, changed_at(links)),
    }
    for column, channel in enumerate(projection.channels):
        columns[f"tie_{channel}"] = _strongest(projection, projection.surprise[:, column], partners)
        columns[f"bad_behind_{channel}"] = _behind(projection, column, bad)
    return pd.DataFrame({name: np.log1p(columns[name]).astype(np.float32) for name in PARTNER_FEATURES})


def outcome_surprise(links: Links, outcome: str) -> Floats:
    """(partners,) -log10 p of so many refunded, or else unpaid and disputed, orders at the general rate."""
    ordered = links.ordered_at
    at = ordered["partner"].to_numpy()
    ended = ordered["refunded"] if outcome == "refunded" else ordered["disputed"] + ordered["defaulted"]
    partners = links.size(Kind.PARTNER)
    orders = np.bincount(at, weights=ordered["orders"].to_numpy(), minlength=partners)
    ends = np.bincount(at, weights=ended.to_numpy(), minlength=partners)
    return binomial_surprise(ends, orders, ends.sum() / max(orders.sum(), 1.0))


def population_surprise(value: NDArray[np.floating]) -> Floats:
    """-log10 of the share of the population that shows at least as much; 0 where nothing is shown.

    The population is its own null: nearly all of it is honest, so what many honest ones show too (a mall's
    common custom) surprises little, whatever a model of chance says of it.
    """
    ranks = rankdata(-np.asarray(value, dtype=np.float64), method="average")
    return np.where(value > 0, -np.log10(ranks / (len(value) + 1)), 0.0)


def _partner_risk(features: pd.DataFrame, projection: Projection) -> Floats:
    """The sum of the population surprises of `EVIDENCE`, own and of the company kept, as a risk."""
    own = np.zeros(len(features))
    for name in EVIDENCE:
        own += population_surprise(features[name].to_numpy())
    total = own + _of_company(own, projection)
    return as_risk(total**2, half=HALF_RISK**2)


def _of_company(evidence: Floats, projection: Projection) -> Floats:
    """(partners,) mean evidence of those a partner is tied to, by the ties' strength; few ties shrink it.

    This is what makes a quiet member visible: it has done nothing, its company has.
    """
    weight = tie_strength(projection, projection.channels)
    left, right, partners = projection.left, projection.right, projection.partners
    total = tally(left, partners, weight) + tally(right, partners, weight)
    gained = tally(left, partners, weight * evidence[right]) + tally(right, partners, weight * evidence[left])
    return gained / (total + NO_COMPANY)


def _group_features(projection: Projection, links: Links) -> dict[str, Floats]:
    groups, partners = projection.groups, projection.partners
    bad, refund = np.zeros(partners), np.zeros(partners)
    np.maximum.at(bad, groups.visit_partner, groups.visit_bad_surprise)
    np.maximum.at(refund, groups.visit_partner, groups.visit_refund_surprise)
    customers = np.bincount(links.ordered_at["partner"].to_numpy(), minlength=partners)
    shoppers = np.bincount(groups.visit_partner, weights=groups.visit_shoppers, minlength=partners)
    return {"group_bad": bad, "group_refund": refund, "group_share": shoppers / np.maximum(customers, 1)}


def _own_orders(links: Links, own: sp.csr_array, use: pd.DataFrame, column: str) -> Floats:
    """(partners,) customers who use the partner's own device, or pay from its own payout account."""
    users = sp.csr_array(
        (np.ones(len(use)), (use["consumer"].to_numpy(), use[column].to_numpy())),
        shape=(links.size(Kind.CONSUMER), own.shape[1]),
    )
    ordered = links.ordered_at
    owned = own.copy()
    owned.data = np.ones_like(owned.data)
    through = (owned @ users.T).tocsr()
    at, of = ordered["partner"].to_numpy(), ordered["consumer"].to_numpy()
    custom = sp.csr_array((np.ones(len(at)), (at, of)), shape=through.shape)
    return np.asarray(custom.multiply(through.minimum(1.0)).sum(axis=1)).ravel()


def _strongest(projection: Projection, value: NDArray[np.float32], partners: int) -> Floats:
    most = np.zeros(partners)
    np.maximum.at(most, projection.left, value)
    np.maximum.at(most, projection.right, value)
    return most


def _behind(projection: Projection, column: int, bad: Floats) -> Floats:
    """(partners,) the strongest tie's weight in [0, 1] times the other side's surprise of bad orders."""
    weight = np.minimum(projection.weight[:, column], 1.0).astype(np.float64)
    most = np.zeros(projection.partners)
    np.maximum.at(most, projection.left, weight * bad[projection.right])
    np.maximum.at(most, projection.right, weight * bad[projection.left])
    return most


def _consumer_risk(links: Links, projection: Projection) -> Floats:
    """(consumers,) risk by what the consumer's group or circle gains: refunds kept, or goods not paid for."""
    groups, circles = projection.groups, projection.circles
    unpaid = tally(groups.visit_group, len(groups.sizes()), groups.visit_bad_surprise)
    result = np.zeros(links.size(Kind.CONSUMER))
    for member_of, surprise in ((groups.group_of, unpaid), (circles.circle_of, circles.refund_surprise)):
        inside = member_of >= 0
        result[inside] = np.maximum(result[inside], as_risk(surprise)[member_of[inside]])
    return result


def as_risk(surprise: Floats, *, half: float = HALF_GAIN) -> Floats:
    """Risk in [0, 1) of so much evidence in powers of ten: one half at `half`."""
    return surprise / (surprise + half)


def _through(frame: pd.DataFrame, column: str, partner: Floats, size: int) -> Floats:
    """(size,) mean risk of the partners that use each device or account, by their times of use."""
    return _mean(
        frame[column].to_numpy(), partner[frame["partner"].to_numpy()], frame["times"].to_numpy(), size
    )


def _through_consumers(frame: pd.DataFrame, column: str, consumer: Floats, size: int) -> Floats:
    return _mean(
        frame[column].to_numpy(), consumer[frame["consumer"].to_numpy()], frame["times"].to_numpy(), size
    )


def _mean(row: NDArray[np.int32], value: Floats, times: NDArray[np.int32], size: int) -> Floats:
    total = np.bincount(row, weights=times, minlength=size)
    return np.bincount(row, weights=value * times, minlength=size) / np.maximum(total, 1.0)
