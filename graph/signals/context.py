"""What signals may look at: the links with look-ups, and baselines of the whole world, computed once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numba
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.channels.hand_over import Lives, lives
from graph.channels.self_dealing import StaffOrders, staff_orders
from graph.links import Links
from graph.parts import at_once
from graph.records import Risk
from graph.schema import DAY_MS, MISSING_MS, NODES, RELATIONSHIPS, Kind, Relationship, Verdict
from graph.signals.adjacency import Codes, Ties, ties
from graph.signals.changes import Changes, find_changes
from graph.signals.flows import Flows, Payers, find_payers, trace_flows
from graph.signals.ids import Ids, ids_of
from graph.signals.peers import (
    Peers,
    burst_custom,
    ending_share,
    new_custom,
    night_custom,
    order_amount,
    order_peers,
    peer_groups,
    shared_device_custom,
)
from graph.signals.stats import (
    ConsumerStats,
    IdentifierStats,
    PartnerStats,
    consumer_stats,
    earliest,
    identifier_stats,
    partner_stats,
    primary_target,
    text_column,
)
from graph.tally import by_code, counted, distinct, sort_few

HUB_PARTNERS = 8
"""Partners outside a ring that make an identifier a hub: more than an owner with a few shops has."""
HUB_CONSUMERS = 200
"""Consumers that make a device a hub: a campus machine, an internet cafe."""
LONG_DAYS = 365
LONG_ORDERS = 30
NEW_DAYS = 7
QUICK_HOURS = 48
RISKY = 0.5
"""Risk from which on a partner is rather fraudulent than not."""
HOUR_MS = 3_600_000

Floats = NDArray[np.float64]


SOURCES_OF_FRAUD = {
    "ordered_at": Kind.CONSUMER,
    "used": Kind.CONSUMER,
    "paid_from": Kind.CONSUMER,
    "logged_in_from": Kind.PARTNER,
    "paid_out_to": Kind.PARTNER,
}
"""Relationships by which a known fraudster may be one step away, and of what kind it is."""


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
    orders_placed: float
    """All orders of the world, 1 where there are none."""

    def complete(self) -> None:
        """Work out now what is worked out when it is first asked for: copies would each do so."""
        names = [name for name, value in vars(Context).items() if isinstance(value, cached_property)]
        # half of the time goes to the peers, which need none of the others
        at_once(lambda: self.peers, lambda: [getattr(self, name) for name in names if name != "peers"])

    def id(self, kind: Kind, code: int) -> str:
        """The id of the node as it stands in the input."""
        return self._ids[kind].at(code)

    def ids(self, kind: Kind, codes: Codes) -> tuple[tuple[Kind, str], ...]:
        """(kind, id) pairs that an investigator can click."""
        return tuple((kind, one) for one in self.listed(kind, codes))

    def listed(self, kind: Kind, codes: Codes) -> list[str]:
        """The ids of these nodes as they stand in the input."""
        return self._ids[kind].of(codes.tolist())

    def called(self, kind: Kind, code: int) -> str:
        """What pages call the node: a partner by its name, others by their ids."""
        return self.name(code) if kind is Kind.PARTNER else self.id(kind, code)

    def name(self, partner: int) -> str:
        """The partner's name, or its id where it has none; as it stands in the input."""
        return str(self._names[partner]) or self.id(Kind.PARTNER, partner)

    @cached_property
    def _ids(self) -> dict[Kind, Ids]:
        return {node.kind: ids_of(self.links.nodes(node.kind)[node.key].array) for node in NODES}

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

    @cached_property
    def verdict_at(self) -> dict[Kind, Codes]:
        """For every node the moment of its verdict, in milliseconds."""
        return {node.kind: self.links.nodes(node.kind)["verdict_at"].to_numpy() for node in NODES}

    def verdict_share(self, sign: int) -> tuple[float, int]:
        """Share of fraud (1) or legit (-1) among all verdicts, and how many verdicts there are."""
        same, decided = self._verdict_counts[sign], sum(self._verdict_counts.values())
        return same / max(decided, 1), decided

    @cached_property
    def _verdict_counts(self) -> dict[int, int]:
        return {
            sign: sum(int((column == sign).sum()) for column in self.verdicts.values()) for sign in (1, -1)
        }

    @cached_property
    def long_honest(self) -> NDArray[np.bool_]:
        """For every partner whether it sold enough for long, no more than usual of it bad."""
        stats = self.partner
        long = (stats.first_at != MISSING_MS) & (stats.last_at - stats.first_at >= LONG_DAYS * DAY_MS)
        honest: NDArray[np.bool_] = long & (stats.unpaid <= stats.unpaid_baseline * stats.orders)
        return honest & (stats.orders >= LONG_ORDERS)

    @cached_property
    def long_honest_rate(self) -> float:
        """Share of all partners of which `long_honest` holds."""
        return float(self.long_honest.mean()) if len(self.long_honest) else 0.0

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
        dealt = self.ordered_at.by_source
        consumer, partners = self.used.source[rows], len(self.partner.orders)
        order = by_code(consumer, len(self.consumer.orders))
        hit = _has_dealt(
            consumer[order], shop[order], dealt.start, dealt.row, self.ordered_at.target, partners
        )
        return len(distinct(shop[order][hit])) / max(partners, 1)

    @cached_property
    def customers_by_degree(self) -> tuple[Floats, Floats]:
        """(k, n): n consumers have dealt with k partners, for every k that occurs."""
        k, n = counted(self.consumer.partners)
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
        payers = int(np.count_nonzero(self.paid_from.by_source.degree()))
        shares = np.zeros(len(self.consumer.orders), dtype=np.bool_)
        shares[self.paid_from.source[users]] = True
        return int(np.count_nonzero(shares)) / max(payers, 1)

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
    def bad_at_risky(self) -> float:
        """Share of all orders disputed, defaulted or refunded that was at partners of `RISKY` and more."""
        bad = self.ordered_at.value["bad"]
        there = bad[self.risk.partner[self.ordered_at.target] >= RISKY]
        return float(there.sum()) / max(float(bad.sum()), 1.0)

    @cached_property
    def bad_customers(self) -> Codes:
        """For every partner the customers with an order there that was disputed, defaulted or refunded."""
        bad = self.ordered_at.target[self.ordered_at.value["bad"] > 0]
        return np.bincount(bad, minlength=len(self.partner.orders))

    @cached_property
    def flows(self) -> Flows:
        """Which accounts the payouts of every partner reach within a few transfers."""
        return trace_flows(
            self.paid_out_to, self.transferred_to, len(self.partner.orders), len(self.bank_account.partners)
        )

    @cached_property
    def payers(self) -> Payers:
        """Who pays the accounts of every partner."""
        return find_payers(
            self.paid_out_to,
            self.transferred_to,
            len(self.partner.orders),
            len(self.bank_account.partners),
            most=HUB_PARTNERS,
        )

    @cached_property
    def staff_orders(self) -> StaffOrders:
        """What those who use a login device of each partner have ordered at other partners."""
        return staff_orders(self.links)

    @cached_property
    def bad_staff(self) -> NDArray[np.bool_]:
        """For every partner whether its staff's orders elsewhere end badly beyond chance."""
        return self.staff_orders.found()

    @cached_property
    def bad_staff_rate(self) -> float:
        """Share of all partners of which `bad_staff` holds."""
        return float(self.bad_staff.mean()) if len(self.bad_staff) else 0.0

    @cached_property
    def forward_days(self) -> float:
        """Median days from an account's first payout to its first transfer out, where that comes later."""
        size = len(self.bank_account.partners)
        paid = earliest(self.paid_out_to.target, self.paid_out_to.first_at, size)
        sent = earliest(self.transferred_to.source, self.transferred_to.first_at, size)
        forwards = (paid != MISSING_MS) & (sent != MISSING_MS) & (sent >= paid)
        return float(np.median((sent - paid)[forwards])) / DAY_MS if forwards.any() else 0.0

    @cached_property
    def fraud_rates(self) -> dict[str, float]:
        """For every relationship the share of its links whose source is a known fraud.

        Of links to identifiers those to one with 2 to `HUB_PARTNERS` users count: what a user of a shared
        identifier, or a customer, is found to be.
        """
        rates = {}
        for name, kind in SOURCES_OF_FRAUD.items():
            links: Ties = getattr(self, name)
            fraud = (self.verdicts[kind] == 1)[links.source]
            users = links.by_target.degree()[links.target]
            counts = (
                np.ones(len(fraud), bool) if name == "ordered_at" else (users >= 2) & (users <= HUB_PARTNERS)
            )
            rates[name] = float(fraud[counts].mean()) if counts.any() else 0.0
        return rates

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
    def lives(self) -> Lives:
        """When every partner began and ended."""
        return lives(self.links)

    @cached_property
    def category_sizes(self) -> Codes:
        """For every category code the number of its partners."""
        return np.bincount(self.partner.category)

    @cached_property
    def peers(self) -> dict[str, Peers]:
        """Every partner beside its peers, by measure."""
        orders, partner, consumer = self.ordered_at, self.partner, self.consumer
        measures = {
            "new_customers": new_custom(orders, partner, consumer),
            "shared_devices": shared_device_custom(orders, partner, consumer, self.device),
            "night_orders": night_custom(orders, partner),
            "bursts": burst_custom(orders, partner),
            "amounts": order_amount(partner),
            "unpaid_orders": ending_share(partner.unpaid, partner.orders),
            "refunds": ending_share(partner.refunded, partner.orders),
        }
        groups = peer_groups(self.links.partners, partner.category)
        return {name: order_peers(measure, groups) for name, measure in measures.items()}

    @cached_property
    def sorted_onboarding(self) -> Codes:
        """The moments at which partners were onboarded, ascending."""
        moment = self.partner.onboarded_at
        return np.sort(moment[moment != MISSING_MS])

    @cached_property
    def quick_visit_rate(self) -> float:
        """Share of consumers' moves from one partner to the next new one within `QUICK_HOURS`."""
        orders = self.ordered_at
        look_up = orders.by_source
        moves = len(orders.source) - int(np.count_nonzero(look_up.degree()))
        if not moves:
            return 0.0
        return _quick_moves(look_up.start, look_up.row, orders.first_at, QUICK_HOURS * HOUR_MS) / moves


def visit_gaps(consumer: Codes, first_at: Codes) -> Codes:
    """The milliseconds between each consumer's first contacts with one partner and with the next."""
    if not len(consumer):
        return first_at[:0]
    begin = int(first_at.min())
    bits = (int(first_at.max()) - begin).bit_length()
    # one sort of whole numbers, consumer above moment, takes a third of a lexsort
    key = consumer.astype(np.int64)
    key <<= bits
    key |= first_at - begin
    key.sort()
    gaps = np.diff(key)
    key >>= bits
    same: Codes = gaps[key[1:] == key[:-1]]
    return same


@numba.njit(cache=True, nogil=True)
def _has_dealt(
    consumer: Codes,
    partner: Codes,
    start: Codes,
    row: NDArray[np.int32] | None,
    target: Codes,
    partners: int,
) -> NDArray[np.bool_]:
    """(asked,) whether the consumer has dealt with the partner, the `target` of one of its rows.

    `consumer` is sorted: the rows of one who is asked about at many partners are read once.
    """
    result = np.zeros(len(consumer), dtype=np.bool_)
    last_seen = np.full(partners, -1)
    for asked, code in enumerate(consumer):
        if asked == 0 or code != consumer[asked - 1]:
            for place in range(start[code], start[code + 1]):
                last_seen[target[place if row is None else row[place]]] = code
        result[asked] = last_seen[partner[asked]] == code
    return result


@numba.njit(cache=True, nogil=True)
def _quick_moves(start: Codes, row: NDArray[np.int32] | None, first_at: Codes, most: int) -> int:
    """How many of everybody's `visit_gaps` are at most so long; one sort of all would take far longer."""
    quick = 0
    moments = np.empty(np.max(np.diff(start)), dtype=np.int64)
    for code in range(len(start) - 1):
        moment = moments[: start[code + 1] - start[code]]
        for place in range(len(moment)):
            at = start[code] + place
            moment[place] = first_at[at if row is None else row[at]]
        sort_few(moment)
        for place in range(1, len(moment)):
            quick += moment[place] - moment[place - 1] <= most
    return quick


def _sharing_rate(links: Ties, stats: IdentifierStats) -> float:
    users = stats.partners[links.target]
    sharing = distinct(links.source[(users >= 2) & (users <= HUB_PARTNERS)])
    return len(sharing) / max(len(links.by_source.start) - 1, 1)


def build_context(links: Links, risk: Risk) -> Context:
    """The context of these links; a few passes over the link frames, none a ring."""

    def laid(relationship: Relationship) -> Ties:
        ends = links.size(relationship.source_kind), links.size(relationship.target_kind)
        frame: pd.DataFrame = getattr(links, relationship.name)
        return ties(frame, (relationship.source, relationship.target), ends)

    # who ordered where stands first, and is as much as the others together
    ordered_at, *others = RELATIONSHIPS
    orders, frames = at_once(
        lambda: _with_endings(laid(ordered_at)), lambda: {one.name: laid(one) for one in others}
    )
    total = max(float(orders.value["orders"].sum()), 1.0)
    unpaid_rate = float(orders.value["unpaid"].sum()) / total
    refund_rate = float(orders.value["refunded"].sum()) / total
    (partner, consumer), (device, bank_account) = at_once(
        lambda: (
            partner_stats(links, orders, unpaid_rate, refund_rate),
            consumer_stats(links, orders, frames["used"]),
        ),
        lambda: (
            identifier_stats(frames["logged_in_from"], frames["used"]),
            identifier_stats(frames["paid_out_to"], frames["paid_from"]),
        ),
    )
    return Context(
        links=links,
        risk=risk,
        ordered_at=orders,
        **frames,
        partner=partner,
        consumer=consumer,
        device=device,
        bank_account=bank_account,
        unpaid_rate=unpaid_rate,
        refund_rate=refund_rate,
        orders_placed=total,
    )


def _with_endings(orders: Ties) -> Ties:
    """`ordered_at` with orders `unpaid` in place of those disputed and defaulted, and `bad` (or refunded)."""
    unpaid = orders.value["disputed"] + orders.value["defaulted"]
    bad = unpaid + orders.value["refunded"]
    value = {name: one for name, one in orders.value.items() if name not in ("disputed", "defaulted")}
    return replace(orders, value={**value, "unpaid": unpaid, "bad": bad})


def _verdicts(nodes: pd.DataFrame) -> NDArray[np.int8]:
    verdict = nodes["verdict"]
    fraud, legit = ((verdict == one.value).to_numpy(dtype=np.int8) for one in (Verdict.FRAUD, Verdict.LEGIT))
    result: NDArray[np.int8] = fraud - legit
    return result
