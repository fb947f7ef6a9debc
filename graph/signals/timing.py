"""Things that happen together: first contacts, quick rounds, young accounts, joint onboarding."""

from __future__ import annotations

import numpy as np

from graph.records import Evidence
from graph.schema import DAY_MS, MISSING_MS, Kind
from graph.signals.adjacency import Codes
from graph.signals.chance import binomial_tail, surprise
from graph.signals.context import HOUR_MS, NEW_DAYS, QUICK_HOURS, Context, visit_gaps
from graph.signals.facts import RingFacts
from graph.signals.sources import SHOWN, sources
from graph.signals.wording import chance, count, day, percent
from graph.tally import counted, distinct

BURST_DAYS = 7
LEAST_BURST = 0.2
"""Share of the first contacts that makes a burst; a smaller peak is surprising only where contacts abound."""
ONBOARDING_DAYS = 14
BEYOND = 1e-3
PSEUDO_CONTACTS = 20.0
"""First contacts at the world's pace that are added to the partners' own, so that few are no baseline."""


def lockstep_burst(facts: RingFacts, context: Context) -> Evidence | None:
    """The ring's customers came to its partners within the same few days.

    Takes the seven days with the most first contacts of the ring's customers. Null: they come at the pace of
    the same partners' other customers (with 20 contacts at the world's pace added); binomial, p multiplied by
    the number of windows tried. A launch or a flash sale brings everybody at once and stays silent, and
    so does a peak of less than a fifth. Strength is the share in the burst times how surprising it is (full
    at p <= 1e-10).
    """
    rows = facts.inside_rows
    if len(rows) < 8:
        return None
    moment = np.sort(context.ordered_at.first_at[rows])
    last = np.searchsorted(moment, moment + BURST_DAYS * DAY_MS, side="right")
    size = last - np.arange(len(moment))
    start = int(np.argmax(size))
    hits = int(size[start])
    begin, end = int(moment[start]), int(moment[start]) + BURST_DAYS * DAY_MS
    usual = _share_within(begin, end, facts, context)
    p_value = min(1.0, binomial_tail(hits, len(rows), usual) * len(rows))
    share = hits / len(rows)
    if p_value > BEYOND or share < max(LEAST_BURST, 2 * usual):
        return None
    burst = rows[(context.ordered_at.first_at[rows] >= begin) & (context.ordered_at.first_at[rows] <= end)]
    return Evidence(
        signal="lockstep_burst",
        strength=share * surprise(p_value),
        value=share,
        unit="share of first contacts",
        baseline=usual,
        sentence=(
            f"{hits} of {len(rows)} first contacts between its customers and partners ({percent(share)}) "
            f"fall "
            f"between {day(begin)} and {day(end)}; of these partners' other custom {percent(usual)} does "
            f"({chance(p_value)}, binomial, corrected for the windows tried)."
        ),
        ids=context.ids(Kind.CONSUMER, distinct(context.ordered_at.source[burst])[:SHOWN]),
        source=sources(context, "ordered_at", burst),
    )


def quick_rounds(facts: RingFacts, context: Context) -> Evidence | None:
    """The ring's customers go from one of its partners to the next within two days.

    Looks at the time between a customer's first contacts with one partner of the ring and with the next.
    Null: as often within 48 hours as between any two partners in the world; binomial. Strength is the share
    beyond the world's, times how surprising it is (full at p <= 1e-10).
    """
    rows = facts.inside_rows
    orders = context.ordered_at
    gaps = visit_gaps(orders.source[rows], orders.first_at[rows])
    if len(gaps) < 5:
        return None
    quick, usual = int((gaps <= QUICK_HOURS * HOUR_MS).sum()), context.quick_visit_rate
    share = quick / len(gaps)
    p_value = binomial_tail(quick, len(gaps), usual)
    if p_value > BEYOND or share < 2 * usual:
        return None
    code, times = counted(orders.source[rows])
    busy = code[np.lexsort((code, -times))][:SHOWN]
    return Evidence(
        signal="quick_rounds",
        strength=(share - usual) / max(1 - usual, 1e-9) * surprise(p_value),
        value=share,
        unit="share of moves",
        baseline=usual,
        sentence=(
            f"{quick} of {len(gaps)} moves of a customer from one of its partners to the next "
            f"({percent(share)}) took "
            f"{QUICK_HOURS} hours or less; between any partners {percent(usual)} do ({chance(p_value)}, "
            f"binomial)."
        ),
        ids=context.ids(Kind.CONSUMER, busy),
        source=sources(context, "ordered_at", rows[np.isin(orders.source[rows], busy)]),
    )


def new_accounts(facts: RingFacts, context: Context) -> Evidence | None:
    """The ring's customers began to order within days of opening their accounts.

    Null: as often within seven days as all consumers of the world; binomial. Strength is half of the share
    beyond the world's, times how surprising it is (full at p <= 1e-10): half, since launches draw new
    customers too.
    """
    stats = context.consumer
    known = facts.consumers[
        (stats.created_at[facts.consumers] != MISSING_MS) & (stats.first_at[facts.consumers] != MISSING_MS)
    ]
    if len(known) < 5:
        return None
    age = stats.first_at[known] - stats.created_at[known]
    young = known[age <= NEW_DAYS * DAY_MS]
    usual, share = context.new_account_rate, len(young) / len(known)
    p_value = binomial_tail(len(young), len(known), usual)
    if p_value > BEYOND:
        return None
    ids = context.ids(Kind.CONSUMER, young[:SHOWN])
    return Evidence(
        signal="new_accounts",
        strength=0.5 * (share - usual) / max(1 - usual, 1e-9) * surprise(p_value),
        value=share,
        unit="share of consumers",
        baseline=usual,
        sentence=(
            f"{len(young)} of {count(len(known), 'customer')} ({percent(share)}) ordered within {NEW_DAYS} "
            f"days of "
            f"opening the account; of all consumers {percent(usual)} do ({chance(p_value)}, binomial)."
        ),
        ids=ids,
        source=sources(context, "ordered_at", context.ordered_at.by_source.rows(young[:SHOWN])),
    )


def joint_onboarding(facts: RingFacts, context: Context) -> Evidence | None:
    """Several of the ring's partners were onboarded within the same two weeks.

    Null: given one of them, the others were onboarded whenever the world's partners were; binomial, p
    multiplied by the number of windows tried. Strength is half the share in the window, times how surprising
    it is (full at p <= 1e-10): half, since a chain opens its shops together too.
    """
    moment = np.sort(context.partner.onboarded_at[facts.partners])
    moment = moment[moment != MISSING_MS]
    if len(moment) < 3:
        return None
    span = ONBOARDING_DAYS * DAY_MS
    size = np.searchsorted(moment, moment + span, side="right") - np.arange(len(moment))
    start = int(np.argmax(size))
    begin, hits = int(moment[start]), int(size[start])
    usual = _onboarded_share(begin, begin + span, context)
    p_value = min(1.0, binomial_tail(hits - 1, len(moment) - 1, usual) * len(moment))
    if p_value > BEYOND:
        return None
    share = hits / len(moment)
    within = context.partner.onboarded_at[facts.partners]
    joined = facts.partners[(within >= begin) & (within <= begin + span)]
    return Evidence(
        signal="joint_onboarding",
        strength=0.5 * share * surprise(p_value),
        value=float(hits),
        unit="partners",
        baseline=usual * len(moment),
        sentence=(
            f"{hits} of {len(moment)} partners were onboarded between {day(begin)} and {day(begin + span)}, "
            f"when "
            f"{percent(usual)} of all partners were ({chance(p_value)}, binomial, corrected for the windows "
            f"tried)."
        ),
        ids=context.ids(Kind.PARTNER, joined[:SHOWN]),
    )


def _share_within(begin: int, end: int, facts: RingFacts, context: Context) -> float:
    """The share of first contacts expected in the window: the partners' other custom and the world's "
    "pace."""
    other = context.ordered_at.first_at[facts.other_rows]
    mine = float(((other >= begin) & (other <= end)).sum())
    world = context.sorted_first_contacts
    inside = np.searchsorted(world, end, side="right") - np.searchsorted(world, begin, side="left")
    pace = float(inside) / max(len(world), 1)
    return (mine + PSEUDO_CONTACTS * pace) / (len(other) + PSEUDO_CONTACTS)


def _onboarded_share(begin: int, end: int, context: Context) -> float:
    moment: Codes = context.sorted_onboarding
    inside = np.searchsorted(moment, end, side="right") - np.searchsorted(moment, begin, side="left")
    return float(inside) / max(len(moment), 1)
