"""One row an entity: what is known of every partner, consumer and identifier without any ring."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numba
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.links import Links
from graph.schema import MISSING_MS, Kind
from graph.signals.adjacency import Codes, Ties
from graph.tally import lower_at, raise_at, tally

Floats = NDArray[np.float64]

PRIOR_ORDERS = 50.0
"""Orders at the world's rate that are added to every category, so that a tiny category is no baseline."""


@dataclass(frozen=True)
class PartnerStats:
    """One row a partner: what its orders look like and what its category leads one to expect."""

    orders: Floats
    customers: Codes
    amount: Floats
    unpaid: Floats
    """Orders disputed or defaulted: these favour the partner."""
    refunded: Floats
    """Orders refunded: these favour the shopper."""
    bad_amount: Floats
    first_at: Codes
    last_at: Codes
    onboarded_at: Codes
    closed_at: Codes
    category: Codes
    unpaid_baseline: Floats
    """Share of orders disputed or defaulted in the partner's category, shrunk to the world's."""
    refund_baseline: Floats

    @cached_property
    def bad_baseline(self) -> Floats:
        """Share of orders disputed, defaulted or refunded that the category leads one to expect."""
        return self.unpaid_baseline + self.refund_baseline


@dataclass(frozen=True)
class ConsumerStats:
    """One row a consumer."""

    orders: Floats
    partners: Codes
    created_at: Codes
    first_at: Codes
    primary_device: Codes
    """Code of the device the consumer used most (the earlier one where tied), -1 without any."""


@dataclass(frozen=True)
class IdentifierStats:
    """One row a device or account: how many use it, in each role. There are millions: int32."""

    partners: NDArray[np.int32]
    consumers: NDArray[np.int32]
    primary_consumers: NDArray[np.int32]
    """Consumers who use this one more than any other."""


def text_column(frame: pd.DataFrame, name: str) -> NDArray[np.object_]:
    """The column in lower case without outer spaces; all "" where the frame lacks it."""
    if name not in frame:
        return np.full(len(frame), "", dtype=object)
    return frame[name].fillna("").astype(str).str.strip().str.lower().to_numpy(dtype=object)


def moment_column(frame: pd.DataFrame, name: str) -> Codes:
    """The column of epoch milliseconds; all missing where the frame lacks it."""
    if name not in frame:
        return np.full(len(frame), MISSING_MS, dtype=np.int64)
    return frame[name].to_numpy(dtype=np.int64)


def partner_stats(links: Links, orders: Ties, unpaid_rate: float, refund_rate: float) -> PartnerStats:
    """The rows of all partners, in the order of their codes."""
    size = links.size(Kind.PARTNER)

    def total(values: NDArray[np.number]) -> Floats:
        return tally(orders.target, size, values)

    placed, bad, refunded = (
        total(orders.value["orders"]),
        total(orders.value["unpaid"]),
        total(orders.value["refunded"]),
    )
    category = pd.factorize(text_column(links.partners, "category"), sort=True)[0].astype(np.int64)
    return PartnerStats(
        orders=placed,
        customers=orders.by_target.degree(),
        amount=total(orders.value["amount"]),
        unpaid=bad,
        refunded=refunded,
        bad_amount=total(orders.value["bad_amount"]),
        first_at=earliest(orders.target, orders.first_at, size),
        last_at=latest(orders.target, orders.last_at, size),
        onboarded_at=moment_column(links.partners, "onboarded_at"),
        closed_at=moment_column(links.partners, "closed_at"),
        category=category,
        unpaid_baseline=_shrunk_rate(category, bad, placed, unpaid_rate),
        refund_baseline=_shrunk_rate(category, refunded, placed, refund_rate),
    )


def _shrunk_rate(group: Codes, hits: Floats, trials: Floats, rate: float) -> Floats:
    """For every row the rate of its group, with `PRIOR_ORDERS` orders at the world's rate added."""
    groups = int(group.max(initial=-1)) + 1
    hit_sum = np.bincount(group, weights=hits, minlength=groups) + PRIOR_ORDERS * rate
    trial_sum = np.bincount(group, weights=trials, minlength=groups) + PRIOR_ORDERS
    result: Floats = (hit_sum / trial_sum)[group]
    return result


def consumer_stats(links: Links, orders: Ties, used: Ties) -> ConsumerStats:
    """The rows of all consumers, in the order of their codes."""
    size = links.size(Kind.CONSUMER)
    return ConsumerStats(
        orders=tally(orders.source, size, orders.value["orders"]),
        partners=orders.by_source.degree().astype(np.int32),
        created_at=moment_column(links.consumers, "created_at"),
        first_at=earliest(orders.source, orders.first_at, size),
        primary_device=primary_target(used, size),
    )


def identifier_stats(by_partner: Ties, by_consumer: Ties) -> IdentifierStats:
    """The rows of all devices, or accounts, from the links of partners and consumers to them."""
    size = len(by_partner.by_target.start) - 1
    primary = primary_target(by_consumer, len(by_consumer.by_source.start) - 1)
    return IdentifierStats(
        partners=by_partner.by_target.degree().astype(np.int32),
        consumers=by_consumer.by_target.degree().astype(np.int32),
        primary_consumers=np.bincount(primary[primary >= 0], minlength=size).astype(np.int32),
    )


def primary_target(links: Ties, size: int) -> Codes:
    """For every source the target used most often, the earliest first use breaking ties; -1 without any."""
    row = _main_rows(size, links.source, links.target, links.value["times"], links.first_at)
    known = row >= 0
    result = np.full(size, -1, dtype=np.int32)
    result[known] = links.target[row[known]]
    return result


@numba.njit(cache=True, nogil=True)
def _main_rows(size: int, source: Codes, target: Codes, times: NDArray[np.number], first_at: Codes) -> Codes:
    """(size,) each source's row of the most times, then the earliest, then the lowest target; -1 for none."""
    result = np.full(size, -1)
    for row in range(len(source)):
        best = result[source[row]]
        if best < 0 or times[row] > times[best]:
            result[source[row]] = row
        elif times[row] == times[best]:
            sooner = first_at[row] < first_at[best]
            if sooner or (first_at[row] == first_at[best] and target[row] < target[best]):
                result[source[row]] = row
    return result


def earliest(group: Codes, moment: Codes, size: int) -> Codes:
    """For every group its earliest moment, `MISSING_MS` where it has none."""
    result = np.full(size, np.iinfo(np.int64).max)
    lower_at(result, group, moment)
    result[result == np.iinfo(np.int64).max] = MISSING_MS
    return result


def latest(group: Codes, moment: Codes, size: int) -> Codes:
    """For every group its latest moment, `MISSING_MS` where it has none."""
    result = np.full(size, MISSING_MS, dtype=np.int64)
    raise_at(result, group, moment)
    return result
