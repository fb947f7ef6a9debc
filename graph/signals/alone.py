"""Rings that nothing but bad customers ties: as honest shops are that the same fraudsters buy from."""

from __future__ import annotations

from typing import Final

from graph.records import Evidence
from graph.schema import Kind
from graph.signals.adjacency import Ties
from graph.signals.context import Context
from graph.signals.customers import shared_custom
from graph.signals.facts import RingFacts
from graph.signals.identifiers import PARTNER_LINKS, shared_by_partners
from graph.signals.sources import SHOWN, sources
from graph.signals.wording import count, percent
from graph.tally import contains, distinct

SAID_OF_PARTNERS: Final = frozenset(
    {
        "shared_payout_account",
        "shared_login_device",
        "rare_identifiers",
        "hub_identifier",
        "partner_on_customer_device",
        "staff_orders_elsewhere",
        "common_collector",
        "common_payer",
        "successor",
        "customers_went_over",
        "takeover",
        "joint_change",
        "joint_onboarding",
        "common_owner",
    }
)
"""Signals that say something of the partners themselves: where any is raised, customers are not all."""

_WORDS: Final = {Kind.BANK_ACCOUNT: "payout account", Kind.DEVICE: "login device"}


def customers_alone(facts: RingFacts, context: Context) -> Evidence | None:
    """Against: bad customers in common are all that ties the partners.

    Honest shops that one ring of consumers, or of stolen cards, buys from have bad customers in common just
    as the partners of a ring do. Raised where `shared_customers_go_bad` is, every partner has such customers,
    and no signal says anything of the partners themselves (`SAID_OF_PARTNERS`). What of accounts and devices
    two partners or more are known by counts; the baseline is as many partners as if they shared one with up
    to seven others as often as all partners do, the larger of both. Strength is the chance that of as many
    partners at least one would, each by itself: where sharing is rare, its absence says little, and where
    nobody shares nothing is said.
    """
    shared, partners = shared_custom(facts, context), facts.partners
    if shared is None:
        return None
    orders = context.ordered_at
    theirs = facts.partner_rows[contains(shared.customers, orders.source[facts.partner_rows])]
    if len(distinct(orders.target[theirs])) < len(partners):
        return None
    rates: dict[Kind, float] = {}
    strength = 0.0
    for kind, name in PARTNER_LINKS.items():
        links: Ties = getattr(context, name)
        known = len(distinct(links.source[links.by_source.rows(partners)]))
        if known >= 2 and not shared_by_partners(facts, context, kind):
            rates[kind] = context.sharing_rate(kind)
            strength = max(strength, 1 - (1 - rates[kind]) ** known)
    if not strength:
        return None
    usual = " and ".join(f"{percent(rate)} share a {_WORDS[kind]}" for kind, rate in rates.items())
    return Evidence(
        signal="customers_alone",
        strength=strength,
        value=0.0,
        unit="partners",
        baseline=max(rates.values()) * len(partners),
        sentence=(
            f"{count(len(shared.customers), 'customer')} in common, whose orders end badly, are all that "
            f"was found to tie its {len(partners)} partners: no two share a "
            f"{' or a '.join(_WORDS[kind] for kind in rates)}, while of all partners {usual} with up to "
            f"seven others. Shops that the same consumers defraud have customers in common in just this way."
        ),
        ids=context.ids(Kind.PARTNER, partners[:SHOWN])
        + context.ids(Kind.CONSUMER, shared.customers[:SHOWN]),
        source=sources(context, "ordered_at", shared.rows),
        against=True,
    )
