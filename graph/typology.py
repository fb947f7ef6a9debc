"""What kind of fraud a ring's evidence looks like, and what part each member plays in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from graph.records import Evidence, Member
from graph.schema import Kind
from graph.signals.adjacency import Codes
from graph.signals.context import Context
from graph.signals.facts import RingFacts
from graph.tally import contains, counted, distinct

UNKNOWN = "unknown"
WEAKEST = 0.1
"""Strength of its best signal below which a typology is not named."""

CREDIT_ABUSE = "credit abuse"
"""Consumers who pay nobody, at shops that do not gain by it."""

TYPOLOGIES: tuple[tuple[str, Mapping[str, float]], ...] = (
    ("phoenix", {"successor": 3.0}),
    ("bust-out", {"takeover": 3.0, "joint_change": 3.0}),
    ("mule payout chain", {"common_collector": 1.2}),
    (
        "shell network",
        {"shared_payout_account": 1.0, "shared_login_device": 1.0, "partner_on_customer_device": 0.5},
    ),
    ("refund abuse", {"refunded_inside": 0.8}),
    ("device farm", {"customers_share_devices": 1.0, "customers_share_accounts": 0.5}),
    (
        "collusive circle",
        {"shared_customers_go_bad": 0.7, "quick_rounds": 0.5, "lockstep_burst": 0.5, "unpaid_inside": 0.3},
    ),
)
"""Typology -> the signals that speak for it, with weights: rarer and more specific signals weigh more."""


def typology(evidence: Sequence[Evidence], *, has_partners: bool) -> str:
    """The typology whose best weighted signal is the strongest, the first of equals; else "unknown".

    A ring without partners is refund abuse or credit abuse, by whichever of its refunds and its debts is more
    conspicuous, else a device farm: the other typologies need a partner that gains.
    """
    strength = {item.signal: item.strength for item in evidence if not item.against}
    if not has_partners:
        refunded, unpaid = (strength.get(name, 0.0) for name in ("refunded_inside", "unpaid_inside"))
        if max(refunded, unpaid) >= WEAKEST:
            return "refund abuse" if refunded >= unpaid else CREDIT_ABUSE
    fits = {
        name: max(weight * strength.get(signal, 0.0) for signal, weight in signals.items())
        for name, signals in TYPOLOGIES
        if has_partners or name == "device farm"
    }
    best = max(fits, key=lambda name: fits[name])
    return best if fits[best] >= WEAKEST else UNKNOWN


def members(
    facts: RingFacts, context: Context, *, typology: str, evidence: Sequence[Evidence]
) -> tuple[Member, ...]:
    """All members with their roles and risk, by kind, the riskiest first."""
    roles = {
        Kind.PARTNER: _partner_roles(facts, context, typology, evidence),
        Kind.CONSUMER: _consumer_roles(facts, context, typology),
        Kind.DEVICE: _device_roles(facts, context),
        Kind.BANK_ACCOUNT: _account_roles(facts, context),
    }
    found = []
    for kind in Kind:
        codes = facts.ring.codes(kind)
        places = np.array(codes, dtype=np.int64)
        ids, risks = context.listed(kind, places), context.risk.of(kind)[places].tolist()
        listed = [
            Member(kind, code, id_, role, risk)
            for code, id_, role, risk in zip(codes, ids, roles[kind], risks, strict=True)
        ]
        found += sorted(listed, key=lambda member: (-member.risk, member.id))
    return tuple(found)


def _partner_roles(
    facts: RingFacts, context: Context, typology: str, evidence: Sequence[Evidence]
) -> list[str]:
    stats = context.partner
    if typology == "refund abuse":
        return ["victim"] * len(facts.partners)
    succession = {id_ for item in evidence if item.signal == "successor" for _, id_ in item.ids}
    gains = (
        stats.unpaid[facts.partners]
        > 2 * stats.unpaid_baseline[facts.partners] * stats.orders[facts.partners]
    )
    roles = []
    for code, gaining in zip(facts.partners.tolist(), gains.tolist(), strict=True):
        if context.id(Kind.PARTNER, code) in succession:
            closed = stats.closed_at[code] >= 0
            roles.append("predecessor" if closed else "successor")
        elif context.changes.went_bad[code]:
            roles.append("taken over")
        else:
            roles.append("operator" if gaining else "front")
    return roles


def _consumer_roles(facts: RingFacts, context: Context, typology: str) -> list[str]:
    orders = context.ordered_at
    if typology == "refund abuse":
        ended = orders.value["refunded"]
        guilty = "refund abuser"
    else:
        ended = orders.value["unpaid"]
        guilty = "debtor" if typology == CREDIT_ABUSE else "shill"
    bad = distinct(orders.source[facts.consumer_rows[ended[facts.consumer_rows] > 0]])
    primary = context.consumer.primary_device[facts.consumers]
    code, users = counted(primary[primary >= 0])
    shares = contains(code[users >= 2], primary)
    active = contains(bad, facts.consumers) | shares
    return [guilty if is_active else "recruit" for is_active in active.tolist()]


def _device_roles(facts: RingFacts, context: Context) -> list[str]:
    by_partner = _users(facts.partners, facts.devices, context, "logged_in_from")
    by_consumer = _users(facts.consumers, facts.devices, context, "used")
    return [
        "operator's device" if partners else "till" if consumers > 1 else "device"
        for partners, consumers in zip(by_partner.tolist(), by_consumer.tolist(), strict=True)
    ]


def _account_roles(facts: RingFacts, context: Context) -> list[str]:
    paid = _users(facts.partners, facts.bank_accounts, context, "paid_out_to")
    funds = _users(facts.consumers, facts.bank_accounts, context, "paid_from")
    incoming = context.transferred_to.by_target.degree_of(facts.bank_accounts)
    outgoing = context.transferred_to.by_source.degree_of(facts.bank_accounts)
    return [
        _account_role(*(int(n) for n in counts))
        for counts in zip(paid, funds, incoming, outgoing, strict=True)
    ]


def _account_role(paid: int, funds: int, incoming: int, outgoing: int) -> str:
    if paid and outgoing:
        return "mule account"
    if paid:
        return "payout account"
    if incoming > 1:
        return "collector"
    if incoming and outgoing:
        return "mule account"
    return "funding account" if funds else "account"


def _users(owners: Codes, identifiers: Codes, context: Context, relationship: str) -> Codes:
    """For every identifier of the ring how many of these owners use it."""
    links = getattr(context, relationship)
    target = links.target[links.by_source.rows(owners)]
    target = target[contains(identifiers, target)]
    return np.bincount(np.searchsorted(identifiers, target), minlength=len(identifiers))
