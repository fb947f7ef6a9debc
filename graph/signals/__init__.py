"""Signals: functions that say, in one sentence each, why a ring is suspicious or why it is not."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from graph.records import Evidence
from graph.signals.alone import SAID_OF_PARTNERS, customers_alone
from graph.signals.beside_peers import (
    beside_their_peers,
    like_their_peers,
    unlike_peers_in_amounts,
    unlike_peers_in_bursts,
    unlike_peers_in_endings,
    unlike_peers_in_new_customers,
    unlike_peers_in_order_times,
    unlike_peers_in_refunds,
    unlike_peers_in_shared_devices,
)
from graph.signals.consumers import customers_share_accounts, customers_share_devices
from graph.signals.context import Context
from graph.signals.customers import (
    captive_customers,
    independent_custom,
    shared_customers_end_well,
    shared_customers_go_bad,
)
from graph.signals.facts import RingFacts
from graph.signals.identifiers import (
    hub_identifier,
    partner_on_customer_device,
    shared_login_device,
    shared_payout_account,
)
from graph.signals.money import common_collector, money_path
from graph.signals.outcomes import (
    consumers_without_losses,
    losses_at_risky_partners,
    low_bad_rate,
    refunded_inside,
    unpaid_at_partners,
    unpaid_inside,
)
from graph.signals.payers import common_payer
from graph.signals.rarity import customers_in_common, no_more_in_common, rare_identifiers
from graph.signals.staff import staff_orders_elsewhere
from graph.signals.standing import common_owner, long_honest_history
from graph.signals.structure import counterfactual, least_evidence
from graph.signals.succession import customers_went_over, successor
from graph.signals.takeover import joint_change, takeover
from graph.signals.timing import joint_onboarding, lockstep_burst, new_accounts, quick_rounds
from graph.signals.verdicts import known_fraud, known_fraud_near, known_legit

Signal = Callable[[RingFacts, Context], Evidence | None]
"""A signal gives one piece of evidence or None; its evidence bears its name, its docstring is what
investigators read."""


def collect(facts: RingFacts, context: Context) -> tuple[Evidence, ...]:
    """All evidence on the ring: what speaks for it first, then against it, the strongest first in each."""
    found = [evidence for signal in SIGNALS if (evidence := signal(facts, context)) is not None]
    raised = {evidence.signal for evidence in found}
    if "shared_customers_go_bad" not in raised or raised & SAID_OF_PARTNERS:
        found = [evidence for evidence in found if evidence.signal != customers_alone.__name__]
    return tuple(sorted(found, key=lambda e: (e.against, -e.strength, e.signal)))


def describe(signal: str) -> str:
    """What investigators read about the signal of that name; KeyError where there is none."""
    return _DESCRIPTIONS[signal]


SIGNALS: tuple[Signal, ...] = (
    shared_payout_account,
    shared_login_device,
    partner_on_customer_device,
    shared_customers_go_bad,
    captive_customers,
    customers_share_devices,
    customers_share_accounts,
    unpaid_inside,
    refunded_inside,
    unpaid_at_partners,
    lockstep_burst,
    quick_rounds,
    new_accounts,
    joint_onboarding,
    common_collector,
    successor,
    takeover,
    joint_change,
    known_fraud,
    known_fraud_near,
    rare_identifiers,
    customers_in_common,
    customers_went_over,
    money_path,
    common_payer,
    staff_orders_elsewhere,
    unlike_peers_in_new_customers,
    unlike_peers_in_shared_devices,
    unlike_peers_in_order_times,
    unlike_peers_in_bursts,
    unlike_peers_in_amounts,
    unlike_peers_in_endings,
    unlike_peers_in_refunds,
    beside_their_peers,
    least_evidence,
    counterfactual,
    # against
    hub_identifier,
    customers_alone,
    shared_customers_end_well,
    independent_custom,
    low_bad_rate,
    losses_at_risky_partners,
    consumers_without_losses,
    long_honest_history,
    common_owner,
    known_legit,
    like_their_peers,
    no_more_in_common,
)

_DESCRIPTIONS = {signal.__name__: inspect.getdoc(signal) or "" for signal in SIGNALS}
