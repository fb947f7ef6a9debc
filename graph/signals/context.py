"""What signals may look at: the links with look-ups, and baselines of the whole world, computed once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.links import Links
from graph.records import Risk
from graph.schema import MISSING_MS, NODES, RELATIONSHIPS, Kind, Verdict
from graph.signals.adjacency import Codes, Ties, contains, ties
from graph.signals.changes import Changes, find_changes
from graph.signals.flows import Flows, trace_flows

DAY_MS = 86_400_000
PRIOR_ORDERS = 50.0
"""Orders at the world's rate that are added to every category, so that a tiny category is no baseline."""

HUB_PARTNERS = 8
"""Partners outside a ring that make an identifier a hub: more than an owner with a few shops has."""
HUB_CONSUMERS = 200
"""Consumers that make a device a hub: a campus machine, an internet cafe."""
NEW_DAYS = 7
QUICK_HOURS = 48
HOUR_MS = 3_600_000

Floats = NDArray[np.float64]


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
    """One row a device or account: how many use it, in each role."""

    partners: Codes
    consumers: Codes
    primary_consumers: Codes
    """Consumers who use this one more than any other."""


@dataclass(frozen=True)
class Context:
    """Links with look-ups from both ends, risk, and the baselines of the world; shared by all rings."""

    links: Links
    risk: Risk
    ordered_at: Ties
    used: Ties
    paid_from: Ties
    logged_in_from: Ties
    paid_out_to: Ties
    transferred_to: Ties
    partner: PartnerStats
    consumer: ConsumerStats
    device: IdentifierStats
    bank_account: IdentifierStats
    unpaid_rate: float
    """Share of all orders of the world that were disputed or defaulted by `as_of`."""
    refund_rate: float

    def id(self, kind: Kind, code: int) -> str:
        """The id of the node as it stands in the input."""
        return str(self._ids[kind][code])

    def ids(self, kind: Kind, codes: Codes) -> tuple[tuple[Kind, str], ...]:
        """(kind, id) pairs that an investigator can click."""
        return tuple((kind, self.id(kind, int(code))) for code in codes)

    def name(self, partner: int) -> str:
        """The partner's name, or its id where it has none; as it stands in the input."""
        return str(self._names[partner]) or self.id(Kind.PARTNER, partner)

    @cached_property
    def _ids(self) -> dict[Kind, NDArray[np.object_]]:
        return {node.kind: self.links.nodes(node.kind)[node.key].to_numpy(dtype=object) for node in NODES}

    @cached_property
    def _names(self) -> NDArray[np.object_]:
        return self.links.partners["name"].to_numpy(dtype=object)

    @cached_property
    def legal_name(self) -> NDArray[np.object_]:
        """Every partner's legal name in lower case, "" where unknown."""
        return text_column(self.links.partners, "legal_name")

    @cached_property
    def verdicts(self) -> dict[Kind, NDArray[np.int8]]:
        """For every node 1 (fraud), -1 (legit) or 0 (nobody has decided by `as_of`)."""
        return {node.kind: _verdicts(self.links.nodes(node.kind)) for node in NODES}

    def sharing_rate(self, kind: Kind) -> float:
        """Share of all partners who share an account (or a login device) with one to seven others."""
        return self._sharing_rates[kind]

    @cached_property
    def _sharing_rates(self) -> dict[Kind, float]:
        return {
            Kind.BANK_ACCOUNT: _sharing_rate(self.paid_out_to, self.bank_account),
            Kind.DEVICE: _sharing_rate(self.logged_in_from, self.device),
        }

    @cached_property
    def self_custom_rate(self) -> float:
        """Share of all partners who log in from a device of one of their own customers.

        Devices of more than `HUB_CONSUMERS` consumers are left out: they say nothing and cost the most.
        """
        logins = np.flatnonzero(self.device.consumers[self.logged_in_from.target] <= HUB_CONSUMERS)
        device, partner = self.logged_in_from.target[logins], self.logged_in_from.source[logins]
        rows = self.used.by_target.rows(device)
        shop = np.repeat(partner, self.device.consumers[device])
        size = len(self.partner.orders)
        dealt = self.ordered_at.source * size + self.ordered_at.target
        hit = contains(dealt, self.used.source[rows] * size + shop)
        return len(np.unique(shop[hit])) / max(size, 1)

    @cached_property
    def customers_by_degree(self) -> tuple[Floats, Floats]:
        """(k, n): n consumers have dealt with k partners, for every k that occurs."""
        k, n = np.unique(self.consumer.partners, return_counts=True)
        return k.astype(np.float64), n.astype(np.float64)

    @cached_property
    def shared_primary_rate(self) -> float:
        """Share of consumers with a device whose primary device is another consumer's primary one too."""
        own = self.consumer.primary_device
        known = own >= 0
        shared = self.device.primary_consumers[own[known]] >= 2
        return float(shared.mean()) if known.any() else 0.0

    @cached_property
    def shared_funding_rate(self) -> float:
        """Share of consumers with a funding account who pay from one that another consumer uses too."""
        users = self.bank_account.consumers[self.paid_from.target] >= 2
        payers = np.unique(self.paid_from.source)
        return len(np.unique(self.paid_from.source[users])) / max(len(payers), 1)

    @cached_property
    def new_account_rate(self) -> float:
        """Share of consumers with a known opening whose first order came within `NEW_DAYS` of it."""
        stats = self.consumer
        known = (stats.created_at != MISSING_MS) & (stats.first_at != MISSING_MS)
        young = stats.first_at[known] - stats.created_at[known] <= NEW_DAYS * DAY_MS
        return float(young.mean()) if known.any() else 0.0

    @cached_property
    def sorted_first_contacts(self) -> Codes:
        """The moments at which consumers first dealt with partners, ascending."""
        return np.sort(self.ordered_at.first_at)

    @cached_property
    def flows(self) -> Flows:
        """Which accounts the payouts of every partner reach within a few transfers."""
        return trace_flows(
            self.paid_out_to, self.transferred_to, len(self.partner.orders), len(self.bank_account.partners)
        )

    @cached_property
    def main_payout_account(self) -> Codes:
        """For every partner the account that it is paid out to most often, -1 without any."""
        return primary_target(self.paid_out_to, len(self.partner.orders))

    @cached_property
    def changes(self) -> Changes:
        """What followed when a partner with a history got a new payout account or login device."""
        return find_changes(
            self.ordered_at,
            self.paid_out_to,
            self.logged_in_from,
            onboarded_at=self.partner.onboarded_at,
            baseline=self.partner.unpaid_baseline,
            as_of_ms=self.links.as_of_ms,
        )

    @cached_property
    def category_sizes(self) -> Codes:
        """For every category code the number of its partners."""
        return np.bincount(self.partner.category)

    @cached_property
    def sorted_onboarding(self) -> Codes:
        """The moments at which partners were onboarded, ascending."""
        moment = self.partner.onboarded_at
        return np.sort(moment[moment != MISSING_MS])

    @cached_property
    def quick_visit_rate(self) -> float:
        """Share of consumers' moves from one partner to the next new one that took `QUICK_HOURS` or "
        "less."""
        orders = self.ordered_at
        gap = visit_gaps(orders.source, orders.first_at)
        return float((gap <= QUICK_HOURS * HOUR_MS).mean()) if len(gap) else 0.0


def visit_gaps(consumer: Codes, first_at: Codes) -> Codes:
    """The milliseconds between each consumer's first contacts with one partner and with the next."""
    order = np.lexsort((first_at, consumer))
    same = np.diff(consumer[order]) == 0
    gaps: Codes = np.diff(first_at[order])[same]
    return gaps


def _sharing_rate(links: Ties, stats: IdentifierStats) -> float:
    users = stats.partners[links.target]
    sharing = np.unique(links.source[(users >= 2) & (users <= HUB_PARTNERS)])
    return len(sharing) / max(len(links.by_source.start) - 1, 1)


def build_context(links: Links, risk: Risk) -> Context:
    """The context of these links; a few passes over the link frames, none a ring."""
    frames = {
        relationship.name: ties(
            getattr(links, relationship.name),
            (relationship.source, relationship.target),
            (links.size(relationship.source_kind), links.size(relationship.target_kind)),
        )
        for relationship in RELATIONSHIPS
    }
    orders = frames["ordered_at"] = _with_endings(frames["ordered_at"])
    total = max(float(orders.value["orders"].sum()), 1.0)
    unpaid_rate = float(orders.value["unpaid"].sum()) / total
    refund_rate = float(orders.value["refunded"].sum()) / total
    return Context(
        links=links,
        risk=risk,
        **frames,
        partner=_partner_stats(links, orders, unpaid_rate, refund_rate),
        consumer=_consumer_stats(links, orders, frames["used"]),
        device=_identifier_stats(frames["logged_in_from"], frames["used"]),
        bank_account=_identifier_stats(frames["paid_out_to"], frames["paid_from"]),
        unpaid_rate=unpaid_rate,
        refund_rate=refund_rate,
    )


def _with_endings(orders: Ties) -> Ties:
    """`ordered_at` with two more values: orders `unpaid` (disputed or defaulted) and `bad` (or refunded)."""
    unpaid = orders.value["disputed"] + orders.value["defaulted"]
    bad = unpaid + orders.value["refunded"]
    return replace(orders, value={**orders.value, "unpaid": unpaid, "bad": bad})


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


def _partner_stats(links: Links, orders: Ties, unpaid_rate: float, refund_rate: float) -> PartnerStats:
    size = links.size(Kind.PARTNER)

    def total(values: Floats) -> Floats:
        return np.bincount(orders.target, weights=values, minlength=size).astype(np.float64)

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


def _consumer_stats(links: Links, orders: Ties, used: Ties) -> ConsumerStats:
    size = links.size(Kind.CONSUMER)
    return ConsumerStats(
        orders=np.bincount(orders.source, weights=orders.value["orders"], minlength=size).astype(np.float64),
        partners=orders.by_source.degree(),
        created_at=moment_column(links.consumers, "created_at"),
        first_at=earliest(orders.source, orders.first_at, size),
        primary_device=primary_target(used, size),
    )


def _identifier_stats(by_partner: Ties, by_consumer: Ties) -> IdentifierStats:
    size = len(by_partner.by_target.start) - 1
    primary = primary_target(by_consumer, len(by_consumer.by_source.start) - 1)
    return IdentifierStats(
        partners=by_partner.by_target.degree(),
        consumers=by_consumer.by_target.degree(),
        primary_consumers=np.bincount(primary[primary >= 0], minlength=size),
    )


def primary_target(links: Ties, size: int) -> Codes:
    """For every source the target used most often, the earliest first use breaking ties; -1 without any."""
    order = np.lexsort((links.target, links.first_at, -links.value["times"], links.source))
    source = links.source[order]
    first = np.r_[True, source[1:] != source[:-1]][: len(source)]
    result = np.full(size, -1, dtype=np.int64)
    result[source[first]] = links.target[order][first]
    return result


def earliest(group: Codes, moment: Codes, size: int) -> Codes:
    """For every group its earliest moment, `MISSING_MS` where it has none."""
    result = np.full(size, np.iinfo(np.int64).max)
    np.minimum.at(result, group, moment)
    result[result == np.iinfo(np.int64).max] = MISSING_MS
    return result


def latest(group: Codes, moment: Codes, size: int) -> Codes:
    """For every group its latest moment, `MISSING_MS` where it has none."""
    result = np.full(size, MISSING_MS, dtype=np.int64)
    np.maximum.at(result, group, moment)
    return result


def _verdicts(nodes: pd.DataFrame) -> NDArray[np.int8]:
    verdict = nodes["verdict"].to_numpy(dtype=object)
    fraud, legit = verdict == Verdict.FRAUD, verdict == Verdict.LEGIT
    result: NDArray[np.int8] = fraud.astype(np.int8) - legit.astype(np.int8)
    return result
