"""Honest partners that changed hands and were burnt."""

from __future__ import annotations

import numpy as np

from graph.records import Evidence, Source
from graph.schema import DAY_MS, MISSING_MS, Kind
from graph.signals.adjacency import Codes
from graph.signals.chance import binomial_tail, surprise
from graph.signals.changes import HISTORY_DAYS
from graph.signals.context import Context
from graph.signals.facts import RingFacts
from graph.signals.sources import SHOWN, sources
from graph.signals.wording import chance, count, day, number, percent, quoted

WINDOW_MS = 14 * DAY_MS
"""Changes within two weeks of each other are one deal."""
JOINT_BEYOND = 0.01


def takeover(facts: RingFacts, context: Context) -> Evidence | None:
    """Partners with a history got a new payout account or login device, and then their orders went bad.

    Compares the custom before and after the latest change of account (of device where the account stayed)
    of partners onboarded at least 120 days before.
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
    usual = changes.bad_rate
    what = "payout account" if changes.new_account[worst] else "login device"
    return Evidence(
        signal="takeover",
        strength=strength,
        value=float(len(burnt)),
        unit="partners",
        baseline=usual * len(facts.partners),
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


def joint_change(facts: RingFacts, context: Context) -> Evidence | None:
    """Partners with a history went over to new payout accounts or login devices within the same two weeks.

    As when somebody buys several firms at once. Null: given one of them, the others changed hands whenever
    the world's partners did; binomial, p multiplied by the number of windows tried. Strength is the share of
    the ring's partners in the window, times how surprising it is (full at p <= 1e-6).
    """
    moment = context.changes.change_at[facts.partners]
    moment = np.sort(moment[moment != MISSING_MS])
    if len(moment) < 2:
        return None
    size = np.searchsorted(moment, moment + WINDOW_MS, side="right") - np.arange(len(moment))
    start = int(np.argmax(size))
    begin, hits = int(moment[start]), int(size[start])
    usual = context.changes.share_between(begin, begin + WINDOW_MS)
    p_value = min(1.0, binomial_tail(hits - 1, len(facts.partners) - 1, usual) * len(moment))
    if p_value > JOINT_BEYOND:
        return None
    own = context.changes.change_at[facts.partners]
    joined = facts.partners[(own >= begin) & (own <= begin + WINDOW_MS)]
    return Evidence(
        signal="joint_change",
        strength=hits / len(facts.partners) * surprise(p_value, full_at=1e-6),
        value=float(hits),
        unit="partners",
        baseline=usual * len(facts.partners),
        sentence=(
            f"{hits} of {count(len(facts.partners), 'partner')}, all onboarded {HISTORY_DAYS} days before "
            f"or more, went "
            f"over to a new payout account or login device between {day(begin)} and "
            f"{day(begin + WINDOW_MS)}; of all "
            f"partners {percent(usual)} did then ({chance(p_value)}, binomial, corrected for the windows "
            f"tried)."
        ),
        ids=context.ids(Kind.PARTNER, joined[:SHOWN]),
        source=_new_links(joined, context),
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
