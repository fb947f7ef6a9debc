"""Customers that a ring's partners have in common, beyond what chance and neighbourhood explain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from graph.records import Evidence
from graph.schema import Kind
from graph.signals.adjacency import Codes
from graph.signals.chance import binomial_tail, poisson_tail, wilson
from graph.signals.context import Context
from graph.signals.facts import RingFacts
from graph.signals.sources import SHOWN, sources
from graph.signals.wording import chance, count, number, percent
from graph.tally import contains, counted

RARE = 1e-3
"""The p-value from which a share of bad orders, or of orders that stay inside, counts as beyond chance."""
ENOUGH_ORDERS = 30
"""Orders of shared customers from which their normal ending says something for the partners."""


@dataclass(frozen=True)
class SharedCustom:
    """The customers of two or more of the ring's partners, against a degree-preserving null."""

    customers: Codes
    rows: Codes
    """Their rows of `ordered_at` at the ring's partners, those with the most bad orders first."""
    expected: float
    p_value: float
    orders: float
    bad: float
    bad_share: float
    other_share: float
    """Share of bad orders among the same partners' other customers, the categories' where these are few."""
    bad_p_value: float


def shared_customers_go_bad(facts: RingFacts, context: Context) -> Evidence | None:
    """The partners have more customers in common than expected, and just their orders end badly.

    Null for the number in common: every consumer keeps the number of partners it deals with and chooses
    them by their popularity. Null for the endings: the shared customers' orders are refunded, disputed or
    defaulted as often as the same partners' other orders. The number must exceed the
    expected one, and the endings, which tell more, fail at p < 0.001; orders count as independent. Strength
    is the part of the bad orders that the other custom's rate does not explain, at the low end of the 95 %
    interval. A mall shares customers too, but theirs end like all others.
    """
    shared = shared_custom(facts, context)
    if shared is None or len(shared.customers) <= shared.expected or shared.bad_p_value > RARE:
        return None
    low = float(wilson(shared.bad, shared.orders)[0])
    sentence = (
        f"{count(len(shared.customers), 'customer')} deal with two or more of the {len(facts.partners)} "
        f"partners, "
        f"{number(shared.expected)} were to be expected ({chance(shared.p_value)}); "
        f"{percent(shared.bad_share)} of "
        f"their {shared.orders:,.0f} orders there ended badly, against {percent(shared.other_share)} of the "
        f"same "
        f"partners' other orders ({chance(shared.bad_p_value)})."
    )
    return _shared_evidence(
        "shared_customers_go_bad",
        shared,
        max(0.0, 1 - shared.other_share / max(low, 1e-9)),
        sentence,
        context,
    )


def shared_customers_end_well(facts: RingFacts, context: Context) -> Evidence | None:
    """Against: the partners' customers in common are explained by their size, or end like all others.

    Raised where no more customers are shared than popularity explains, or where their orders end no worse
    than the same partners' other orders, as in a mall. Strength is 1 - (upper end of the 95 % interval of
    the shared customers' bad share / 3 times the other customers' share), none below 30 orders.
    """
    shared = shared_custom(facts, context)
    if shared is None or shared.bad_p_value <= 0.05 or shared.orders < ENOUGH_ORDERS:
        return None
    high = float(wilson(shared.bad, shared.orders)[1])
    strength = float(np.clip(1 - high / max(3 * shared.other_share, 1e-9), 0, 1))
    if strength == 0:
        return None
    sentence = (
        f"{count(len(shared.customers), 'customer')} deal with two or more of the partners "
        f"({number(shared.expected)} expected), but {percent(shared.bad_share)} of their "
        f"{shared.orders:,.0f} "
        f"orders there ended badly, no more than of the other orders ({percent(shared.other_share)}): as in "
        f"a mall."
    )
    return _shared_evidence("shared_customers_end_well", shared, strength, sentence, context, against=True)


def captive_customers(facts: RingFacts, context: Context) -> Evidence | None:
    """The ring's customers hardly shop anywhere else.

    Strength is half of (share of their orders that stay inside the ring - share expected from the partners'
    popularity) / (1 - expected): half, since members were chosen for living mainly inside the ring;
    none where less than half of their orders stay. Only consumers with two or more orders count; null: every
    order goes to a partner by its popularity; binomial.
    """
    several = facts.consumers[context.consumer.orders[facts.consumers] >= 2]
    if len(several) < 3 or not len(facts.partners):
        return None
    rows = context.ordered_at.by_source.rows(several)
    placed = context.ordered_at.value["orders"][rows]
    inside = contains(facts.partners, context.ordered_at.target[rows])
    orders, kept = float(placed.sum()), float(placed[inside].sum())
    expected = float(context.partner.orders[facts.partners].sum()) / context.orders_placed
    share = kept / orders
    p_value = binomial_tail(int(kept), int(orders), expected)
    if p_value > RARE or share < 0.5:
        return None
    ids = context.ids(Kind.CONSUMER, several[:SHOWN])
    return Evidence(
        signal="captive_customers",
        strength=0.5 * (share - expected) / max(1 - expected, 1e-9),
        value=share,
        unit="share of orders",
        baseline=expected,
        sentence=(
            f"{percent(share)} of the {orders:,.0f} orders of its {count(len(several), 'customer')} with "
            f"two or more "
            f"orders stay inside the ring; by the partners' popularity {percent(expected)} would "
            f"({chance(p_value)}; "
            f"members were chosen for it, so it counts half)."
        ),
        ids=ids,
        source=sources(context, "ordered_at", rows[inside]),
    )


def independent_custom(facts: RingFacts, context: Context) -> Evidence | None:
    """Against: most of the partners' custom comes from outside the ring and ends well.

    Strength is the share of the partners' orders placed by consumers outside the ring, scaled down as far
    as these are disputed, defaulted or refunded more often than in the partners' categories.
    """
    if not len(facts.partners) or not len(facts.consumers):
        return None
    rows = facts.other_rows
    orders = context.ordered_at
    total = float(orders.value["orders"][facts.partner_rows].sum())
    other = float(orders.value["orders"][rows].sum())
    if other < ENOUGH_ORDERS:
        return None
    bad = float(orders.value["bad"][rows].sum()) / other
    baseline = expected_bad_share(facts, context)
    share = other / total
    strength = share * min(1.0, baseline / max(bad, 1e-9))
    if strength < 0.5:
        return None
    ids = context.ids(Kind.PARTNER, facts.partners[:SHOWN])
    return Evidence(
        signal="independent_custom",
        strength=strength,
        value=share,
        unit="share of orders",
        baseline=0.0,
        sentence=(
            f"{percent(share)} of the partners' {total:,.0f} orders come from customers outside the ring; "
            f"{percent(bad)} of these ended badly, against {percent(baseline)} in the partners' categories."
        ),
        ids=ids,
        source=sources(
            context, "ordered_at", rows[np.argsort(-orders.value["orders"][rows], kind="stable")[:SHOWN]]
        ),
        against=True,
    )


def expected_bad_share(facts: RingFacts, context: Context) -> float:
    """The share of orders refunded, disputed or defaulted in the partners' categories, by their orders."""
    stats = context.partner
    weight = stats.orders[facts.partners] + 1e-9
    return float((stats.bad_baseline[facts.partners] * weight).sum() / weight.sum())


def shared_custom(facts: RingFacts, context: Context) -> SharedCustom | None:
    """The customers in common of two or more partners; None where the ring has none."""
    if "shared_custom" not in facts.kept:
        facts.kept["shared_custom"] = _shared_custom(facts, context)
    return cast(SharedCustom | None, facts.kept["shared_custom"])


def _shared_custom(facts: RingFacts, context: Context) -> SharedCustom | None:
    if len(facts.partners) < 2:
        return None
    orders = context.ordered_at
    consumer = orders.source[facts.partner_rows]
    code, partners = counted(consumer)
    customers = code[partners >= 2]
    if not len(customers):
        return None
    rows = facts.partner_rows
    mine = contains(customers, consumer)
    placed, ended = orders.value["orders"][rows], orders.value["bad"][rows]
    shared_orders, shared_bad = float(placed[mine].sum()), float(ended[mine].sum())
    weight = expected_bad_share(facts, context)
    other = (float(ended[~mine].sum()) + 50 * weight) / (float(placed[~mine].sum()) + 50)
    expected = _expected_in_common(facts, context)
    worst = np.argsort(-ended[mine], kind="stable")
    return SharedCustom(
        customers=customers,
        rows=rows[mine][worst[:SHOWN]],
        expected=expected,
        p_value=poisson_tail(len(customers), expected),
        orders=shared_orders,
        bad=shared_bad,
        bad_share=shared_bad / shared_orders,
        other_share=other,
        bad_p_value=binomial_tail(int(shared_bad), int(shared_orders), other),
    )


def _expected_in_common(facts: RingFacts, context: Context) -> float:
    """Consumers expected at two or more of the partners, were each to choose its k by popularity."""
    k, n = context.customers_by_degree
    share = float(context.partner.customers[facts.partners].sum()) / max(len(context.ordered_at.source), 1)
    none, one = (1 - share) ** k, k * share * (1 - share) ** np.maximum(k - 1, 0)
    return float((n * np.clip(1 - none - one, 0, 1)).sum())


def _shared_evidence(
    signal: str,
    shared: SharedCustom,
    strength: float,
    sentence: str,
    context: Context,
    *,
    against: bool = False,
) -> Evidence:
    ids = context.ids(Kind.CONSUMER, shared.customers[:SHOWN])
    return Evidence(
        signal=signal,
        strength=float(np.clip(strength, 0, 1)),
        value=shared.bad_share,
        unit="share of orders",
        baseline=shared.other_share,
        sentence=sentence,
        ids=ids,
        source=sources(context, "ordered_at", shared.rows),
        against=against,
    )
