"""Honest partners that changed hands and were burnt."""

from __future__ import annotations

import numpy as np

from graph.records import Evidence, Source
from graph.schema import Kind
from graph.signals.adjacency import Codes
from graph.signals.context import Context
from graph.signals.facts import RingFacts
from graph.signals.sources import SHOWN, sources
from graph.signals.wording import count, day, number, percent, quoted


def takeover(facts: RingFacts, context: Context) -> Evidence | None:
    """Partners with a history got a new payout account or login device, and then their orders went bad.

    Compares the custom before and after the latest change of account (of device where the account stayed).
    Null: customers who came after it leave as many orders disputed or unpaid as those before, or as the
    category; binomial at p < 0.001. Strength is the share of the ring's partners of which this holds, each
    counted half where only the pace of new customers tripled, as a flash sale does too.
    """
    changes = context.changes
    bad, jumped = changes.went_bad[facts.partners], changes.jumped[facts.partners]
    if not bad.any():
        return None
    strength = float(np.where(bad, 1.0, 0.5 * jumped).mean())
    burnt = facts.partners[bad]
    worst = int(burnt[np.argmax(changes.unpaid_after[burnt])])
    usual = float(changes.went_bad.mean())
    what = "payout account" if changes.new_account[worst] else "login device"
    return Evidence(
        signal="takeover",
        strength=strength,
        value=float(len(burnt)),
        unit="partners",
        baseline=usual,
        sentence=(
            f"{len(burnt)} of {count(len(facts.partners), 'partner')} went bad after a change of hands: "
            f"{quoted(context.name(worst))} got a new {what} on {day(int(changes.change_at[worst]))}; of "
            f"the orders "
            f"of customers who came later {percent(float(changes.unpaid_after[worst]))} were disputed or "
            f"defaulted, "
            f"{percent(float(changes.unpaid_before[worst]))} before, and new customers came at "
            f"{number(float(changes.rate_after[worst]))} a day after "
            f"{number(float(changes.rate_before[worst]))}. Of all partners {percent(usual)} show this."
        ),
        ids=context.ids(Kind.PARTNER, burnt[:SHOWN]),
        source=_new_links(burnt, context),
    )


def _new_links(partners: Codes, context: Context) -> tuple[Source, ...]:
    payouts = context.paid_out_to
    rows = payouts.by_source.rows(partners)
    fresh = payouts.first_at[rows] == context.changes.change_at[payouts.source[rows]]
    if fresh.any():
        return sources(context, "paid_out_to", rows[fresh])
    logins = context.logged_in_from
    rows = logins.by_source.rows(partners)
    fresh = logins.first_at[rows] == context.changes.change_at[logins.source[rows]]
    return sources(context, "logged_in_from", rows[fresh])
