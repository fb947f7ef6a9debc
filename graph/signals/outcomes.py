"""How the orders of a ring end, against the partners' categories and their other custom."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graph.records import Evidence
from graph.schema import Kind
from graph.signals.adjacency import Codes
from graph.signals.chance import binomial_tail, wilson
from graph.signals.context import RISKY, Context
from graph.signals.facts import RingFacts
from graph.signals.sources import SHOWN, sources
from graph.signals.stats import Floats
from graph.signals.wording import chance, count, day, money, number, percent
from graph.tally import distinct, tally

ENOUGH_ORDERS = 20
"""Orders below which a share of bad ones says nothing."""
BEYOND = 1e-3
SPOTLESS = 0.05
"""The p-value from which consumers without a bad order are more than chance leaves."""


def unpaid_inside(facts: RingFacts, context: Context) -> Evidence | None:
    """The ring's own customers leave their orders at the ring's partners disputed or unpaid.

    Such endings favour the partner, who has been paid. Null: the share of the partners' categories, or that
    of the same partners' other customers where it is higher; binomial, orders taken as independent. Strength
    is the part of the share, at the low end of its 95 % interval, that the baseline does not explain.
    """
    rows = scope(facts)
    return _bad_share(
        "unpaid_inside", "disputed or defaulted", context.ordered_at.value["unpaid"], rows, facts, context
    )


def refunded_inside(facts: RingFacts, context: Context) -> Evidence | None:
    """The ring's customers have their orders refunded far more often than others.

    Refunds favour the shopper: the partner is the victim, unless it refunds to launder. Null: the share of
    refunds in the partners' categories, or among the same partners' other customers where it is higher;
    binomial. Strength is the part of the share, at the low end of its 95 % interval, that the baseline does
    not explain.
    """
    rows = scope(facts)
    refunded = context.ordered_at.value["refunded"]
    return _bad_share("refunded_inside", "refunded", refunded, rows, facts, context)


def unpaid_at_partners(facts: RingFacts, context: Context) -> Evidence | None:
    """All custom of the ring's partners, not only the ring's own, ends disputed or unpaid too often.

    As in a bust-out, where honest customers are the victims. Null: the share of the partners' categories;
    binomial. Strength is the part of the share, at the low end of its 95 % interval, that the baseline does
    not explain. An insolvency looks the same and shares nothing with others.
    """
    if not len(facts.partners) or not len(facts.consumers):
        return None
    values = context.ordered_at.value["unpaid"]
    name = "unpaid_at_partners"
    baseline = _category_baseline(context.partner.unpaid_baseline, facts.partner_rows, context)
    return _evidence(name, "disputed or defaulted", values, facts.partner_rows, baseline, context)


def low_bad_rate(facts: RingFacts, context: Context) -> Evidence | None:
    """Against: the ring's orders end no worse than others of the same categories.

    Strength is 1 - (upper end of the 95 % interval of the share disputed, defaulted or refunded / the
    categories' share); none where the interval reaches the baseline. Careful rings let little go bad.
    """
    orders, rows = context.ordered_at, scope(facts)
    placed = float(orders.value["orders"][rows].sum())
    bad = float(orders.value["bad"][rows].sum())
    if placed < ENOUGH_ORDERS:
        return None
    baseline = _category_baseline(context.partner.bad_baseline, rows, context)
    high = float(wilson(bad, placed)[1])
    if high >= baseline:
        return None
    kind, codes = _subjects(facts)
    return Evidence(
        signal="low_bad_rate",
        strength=1 - high / baseline,
        value=bad / placed,
        unit="share of orders",
        baseline=baseline,
        sentence=(
            f"Only {bad:,.0f} of {placed:,.0f} orders ({percent(bad / placed)}, at most {percent(high)} at "
            f"95 %) "
            f"were disputed, defaulted or refunded by {day(context.links.as_of_ms)}; in these categories "
            f"{percent(baseline)} are."
        ),
        ids=context.ids(kind, codes[:SHOWN]),
        source=sources(context, "ordered_at", rows),
        against=True,
    )


def losses_at_risky_partners(facts: RingFacts, context: Context) -> Evidence | None:
    """Against: consumers' bad orders are at partners who are probably fraudulent themselves.

    Whom a bust-out robs, or shells use, has its shops and bad orders in common with the others: that makes
    them its customers, and no ring beside it. Of rings without partners, and of partners whose risk is
    `RISKY` and more. Null: the share of all orders disputed, defaulted or refunded that was at such partners;
    binomial, orders taken as independent. Strength is the part of the ring's share, at the low end of its
    95 % interval, that the baseline does not explain.
    """
    if len(facts.partners):
        return None
    orders, bad = context.ordered_at, context.ordered_at.value["bad"]
    rows = facts.consumer_rows[bad[facts.consumer_rows] > 0]
    at_risky = rows[context.risk.partner[orders.target[rows]] >= RISKY]
    lost, there = (float(bad[one].sum()) for one in (rows, at_risky))
    baseline = context.bad_at_risky
    beyond = _beyond(there, lost, baseline)
    if beyond is None:
        return None
    low, high, p_value = beyond
    worst = at_risky[np.argsort(-bad[at_risky], kind="stable")[:SHOWN]]
    shops = distinct(orders.target[at_risky])
    return Evidence(
        signal="losses_at_risky_partners",
        strength=1 - baseline / low,
        value=there / lost,
        unit="share of bad orders",
        baseline=baseline,
        sentence=(
            f"{there:,.0f} of its {lost:,.0f} orders disputed, defaulted or refunded "
            f"({percent(there / lost)}; 95 % interval {percent(low)} to {percent(high)}) were at "
            f"{count(len(shops), 'partner')} whose own risk is {RISKY} or more, against {percent(baseline)} "
            f"of all such orders ({chance(p_value)}): these may be the customers of another ring."
        ),
        ids=context.ids(Kind.PARTNER, shops[:SHOWN])
        + context.ids(Kind.CONSUMER, distinct(orders.source[worst])),
        source=sources(context, "ordered_at", worst),
        against=True,
    )


def consumers_without_losses(facts: RingFacts, context: Context) -> Evidence | None:
    """Against: of some of a circle's consumers no order ended badly.

    Of rings without partners. Null: the orders of all its consumers end badly as often as one another, so
    that of a consumer with n orders none does with a chance of (1 - share)^n; the baseline is how many are
    expected then, p the tail of the binomial with that mean, which has the wider tail. Told from p < 0.05 on.
    Strength is what they are beyond the baseline, of all its consumers. An account that a crew has not used
    yet, or that is still to fail, looks the same.
    """
    rows, size = facts.consumer_rows, len(facts.consumers)
    if len(facts.partners) or not len(rows):
        return None
    orders = context.ordered_at
    who = np.searchsorted(facts.consumers, orders.source[rows])
    placed, bad = (tally(who, size, orders.value[name][rows]) for name in ("orders", "bad"))
    spotless = np.flatnonzero((bad == 0) & (placed > 0))
    share, active = float(bad.sum() / placed.sum()), int(np.count_nonzero(placed))
    expected = float(((1 - share) ** placed[placed > 0]).sum())
    p_value = binomial_tail(len(spotless), active, expected / active) if len(spotless) > expected else 1.0
    if p_value >= SPOTLESS:
        return None
    theirs = rows[np.isin(who, spotless)]
    return Evidence(
        signal="consumers_without_losses",
        strength=(len(spotless) - expected) / size,
        value=float(len(spotless)),
        unit="consumers",
        baseline=expected,
        sentence=(
            f"Of {len(spotless):,} of its {count(size, 'consumer')} no order was disputed, defaulted or "
            f"refunded by {day(context.links.as_of_ms)}, of {placed[spotless].sum():,.0f} that they placed; "
            f"did the orders of all end so alike ({percent(share)}), {number(expected)} of them would have "
            f"none ({chance(p_value)}, binomial)."
        ),
        ids=context.ids(Kind.CONSUMER, facts.consumers[spotless][:SHOWN]),
        source=sources(context, "ordered_at", theirs),
        against=True,
    )


def scope(facts: RingFacts) -> Codes:
    """The rows of `ordered_at` that are the ring's own business.

    Those of its consumers at its partners where it has both; otherwise all of the kind it has.
    """
    if not len(facts.partners):
        return facts.consumer_rows
    return facts.inside_rows if len(facts.consumers) else facts.partner_rows


def _subjects(facts: RingFacts) -> tuple[Kind, Codes]:
    return (Kind.PARTNER, facts.partners) if len(facts.partners) else (Kind.CONSUMER, facts.consumers)


def _category_baseline(rate: Floats, rows: Codes, context: Context) -> float:
    """The mean of the partners' category rates over these orders."""
    if not len(rows):
        return 0.0
    weight = context.ordered_at.value["orders"][rows]
    return float((rate[context.ordered_at.target[rows]] * weight).sum() / weight.sum())


def _bad_share(
    signal: str, ending: str, values: NDArray[np.number], rows: Codes, facts: RingFacts, context: Context
) -> Evidence | None:
    stats = context.partner
    rate = stats.refund_baseline if signal == "refunded_inside" else stats.unpaid_baseline
    baseline = _category_baseline(rate, rows, context)
    placed = context.ordered_at.value["orders"]
    other = facts.other_rows if len(facts.consumers) else facts.other_rows[:0]
    if len(other):
        elsewhere = float(placed[other].sum())
        if elsewhere >= ENOUGH_ORDERS:
            baseline = max(baseline, float(values[other].sum()) / elsewhere)
    return _evidence(signal, ending, values, rows, baseline, context)


def _evidence(
    signal: str, ending: str, values: NDArray[np.number], rows: Codes, baseline: float, context: Context
) -> Evidence | None:
    orders = context.ordered_at
    placed, bad = float(orders.value["orders"][rows].sum()), float(values[rows].sum())
    if placed < ENOUGH_ORDERS:
        return None
    beyond = _beyond(bad, placed, baseline)
    if beyond is None:
        return None
    low, high, p_value = beyond
    worst = rows[np.argsort(-values[rows], kind="stable")[:SHOWN]]
    amount = float(orders.value["bad_amount"][rows].sum())
    return Evidence(
        signal=signal,
        strength=1 - baseline / low,
        value=bad / placed,
        unit="share of orders",
        baseline=baseline,
        sentence=(
            f"{bad:,.0f} of {placed:,.0f} orders ({percent(bad / placed)}; 95 % interval {percent(low)} to "
            f"{percent(high)}) were {ending} by {day(context.links.as_of_ms)}, bad orders worth "
            f"{money(amount, context.links.currency)}; {percent(baseline)} would be usual "
            f"({chance(p_value)})."
        ),
        ids=context.ids(Kind.PARTNER, distinct(orders.target[worst]))
        + context.ids(Kind.CONSUMER, distinct(orders.source[worst])),
        source=sources(context, "ordered_at", worst),
    )


def _beyond(hits: float, trials: float, baseline: float) -> tuple[float, float, float] | None:
    """The 95 % interval of a share and its p-value (binomial); None where it is not beyond the baseline."""
    if not trials:
        return None
    p_value = binomial_tail(int(hits), int(trials), baseline)
    low, high = (float(end) for end in wilson(hits, trials))
    return None if p_value > BEYOND or low <= baseline else (low, high, p_value)
