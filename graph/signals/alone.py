"""Rings that nothing but customers ties: as honest shops are that the same fraudsters buy from."""

from __future__ import annotations

import numpy as np

from graph.records import Evidence
from graph.schema import Kind
from graph.signals.context import Context
from graph.signals.facts import RingFacts
from graph.signals.identifiers import shared_by_partners
from graph.signals.money import common_collector
from graph.signals.payers import common_payer
from graph.signals.sources import SHOWN, sources
from graph.signals.succession import successor
from graph.signals.wording import count, percent
from graph.tally import contains, counted


def customers_alone(facts: RingFacts, context: Context) -> Evidence | None:
    """Against: nothing of the partners' own ties them, only customers in common.

    Honest shops that one ring of consumers, or of stolen cards, buys from have bad customers in common just
    as the partners of a ring do. Raised where no two partners share an account or a device, hubs left out,
    or a collector or payer of their money, and none follows another. The baseline is the share of all
    partners who share such an account or such a device with up to seven others, whichever is larger. Strength
    is the chance that of as many partners at least one would, each by itself: where sharing is rare, its
    absence says little, and where nobody shares nothing is said.
    """
    partners = facts.partners
    shoppers, visits = counted(context.ordered_at.source[facts.partner_rows])
    common = np.flatnonzero(visits >= 2)
    if len(partners) < 2 or not len(common):
        return None
    if any(shared_by_partners(facts, context, kind) for kind in (Kind.BANK_ACCOUNT, Kind.DEVICE)):
        return None
    if any(signal(facts, context) for signal in (common_collector, common_payer, successor)):
        return None
    account, device = (context.sharing_rate(kind) for kind in (Kind.BANK_ACCOUNT, Kind.DEVICE))
    baseline = max(account, device)
    if not baseline:
        return None
    most = shoppers[common[np.argsort(-visits[common], kind="stable")]]
    rank = np.argsort(most)
    rows = facts.partner_rows[contains(most[rank], context.ordered_at.source[facts.partner_rows])]
    place = rank[np.searchsorted(most[rank], context.ordered_at.source[rows])]
    return Evidence(
        signal="customers_alone",
        strength=1 - (1 - baseline) ** len(partners),
        value=0.0,
        unit="partners",
        baseline=baseline,
        sentence=(
            f"Nothing but {count(len(common), 'customer')} in common ties its {len(partners)} partners: no "
            f"two share a payout account, a login device, a payer or a collector of their money, and none "
            f"follows another; of all partners {percent(account)} share an account and {percent(device)} a "
            f"device. Shops that the same consumers defraud have customers in common in just this way."
        ),
        ids=context.ids(Kind.PARTNER, partners[:SHOWN]) + context.ids(Kind.CONSUMER, most[:SHOWN]),
        source=sources(context, "ordered_at", rows[np.argsort(place, kind="stable")]),
        against=True,
    )
