"""How rare each identifier is that a ring's partners share, and how many customers they share by chance."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.stats import hypergeom

from graph.records import Evidence
from graph.schema import Kind
from graph.signals.adjacency import Codes, Ties
from graph.signals.chance import surprise
from graph.signals.context import Context
from graph.signals.customers import shared_custom, shared_customers_end_well, shared_customers_go_bad
from graph.signals.facts import RingFacts
from graph.signals.identifiers import shared_by_partners
from graph.signals.sources import SHOWN, sources
from graph.signals.wording import chance, count, day, number, quoted
from graph.tally import distinct

SAID = 3
"""Identifiers that are described one by one."""
BEYOND = 1e-3
LEAST_COMMON = 3
"""Customers in common from which their number is worth a test, or customers expected where there are none."""


def rare_identifiers(facts: RingFacts, context: Context) -> Evidence | None:
    """How rare the accounts and devices are that several of the ring's partners use, and when each was used.

    Null: an identifier has as many users as it has, drawn at random from all partners; hypergeometric, p
    multiplied by the number of identifiers of the ring's partners. Hubs are left out. Strength is half the
    share of the partners that use one of them, times how surprising the rarest is (full at p <= 1e-10):
    half, since `shared_payout_account` and `shared_login_device` say that they are shared.
    """
    if len(facts.partners) < 2:
        return None
    rows, p_value, words, ids = [], 1.0, [], []
    tried = 0
    for name, kind, noun in (
        ("paid_out_to", Kind.BANK_ACCOUNT, "bank account"),
        ("logged_in_from", Kind.DEVICE, "device"),
    ):
        links: Ties = getattr(context, name)
        mine = links.by_source.rows(facts.partners)
        tried += len(distinct(links.target[mine]))
        for code, inside, everywhere in shared_by_partners(facts, context, kind):
            users = mine[links.target[mine] == code]
            by_chance = _by_chance(inside, len(facts.partners), everywhere, len(context.partner.orders))
            rows.append((name, users))
            p_value = min(p_value, by_chance)
            ids.append((kind, context.id(kind, code)))
            words.append(
                f"{noun} {quoted(ids[-1][1])}, used by {count(everywhere, 'partner')} of "
                f"{len(context.partner.orders):,}, {inside} of them here, {_when(links, users)}"
            )
    if not words:
        return None
    p_value = min(1.0, p_value * tried)
    holders = distinct(np.concatenate([getattr(context, name).source[users] for name, users in rows]))
    more = "" if len(words) <= SAID else f"; and {len(words) - SAID} more"
    return Evidence(
        signal="rare_identifiers",
        strength=max(0.5 * len(holders) / len(facts.partners) * surprise(p_value), 1e-6),
        value=float(len(holders)),
        unit="partners",
        baseline=context.sharing_rate(ids[0][0]) * len(facts.partners),
        sentence=(
            f"{count(len(holders), 'partner')} of {len(facts.partners)} share: "
            f"{'; '.join(words[:SAID])}{more}. Were its users drawn from all partners at random, "
            f"the rarest would be shared so with {chance(p_value)} (hypergeometric, "
            f"corrected for the {tried} identifiers they use)."
        ),
        ids=tuple(ids[:SHOWN]) + context.ids(Kind.PARTNER, holders[:SHOWN]),
        source=tuple(s for name, users in rows[:SHOWN] for s in sources(context, name, users)),
    )


def customers_in_common(facts: RingFacts, context: Context) -> Evidence | None:
    """The partners have more customers in common than chance explains, whatever became of their orders.

    Null: every consumer keeps the number of partners it deals with and chooses them by their popularity;
    Poisson, at p < 0.001. Silent where the endings tell (`shared_customers_go_bad`) and where they are like
    all others (`shared_customers_end_well`: a mall). Strength is half of 1 - expected / seen, times how
    surprising the number is (full at p <= 1e-10).
    """
    shared = shared_custom(facts, context)
    if shared is None or len(shared.customers) < LEAST_COMMON or shared.p_value > BEYOND:
        return None
    if shared_customers_go_bad(facts, context) or shared_customers_end_well(facts, context):
        return None
    seen = len(shared.customers)
    return Evidence(
        signal="customers_in_common",
        strength=0.5 * (1 - shared.expected / seen) * surprise(shared.p_value),
        value=float(seen),
        unit="customers",
        baseline=shared.expected,
        sentence=(
            f"{count(seen, 'customer')} deal with two or more of the {len(facts.partners)} partners; "
            f"{number(shared.expected)} would, did every consumer choose as many partners as it has by "
            f"their popularity ({chance(shared.p_value)}, Poisson). Their {shared.orders:,.0f} orders "
            f"there are too few, or end too unlike the rest, to call it a mall."
        ),
        ids=context.ids(Kind.CONSUMER, shared.customers[:SHOWN]),
        source=sources(context, "ordered_at", shared.rows),
    )


def no_more_in_common(facts: RingFacts, context: Context) -> Evidence | None:
    """Against: the partners have no more customers in common than partners of their size.

    Null as in `customers_in_common`; raised where at least three were to be expected and the number seen is
    not surprising at p < 0.05. Strength is half of the number expected / the number seen, at most half:
    careful rings share little custom.
    """
    shared = shared_custom(facts, context)
    if shared is None or shared.expected < LEAST_COMMON or shared.p_value <= 0.05:
        return None
    seen = len(shared.customers)
    return Evidence(
        signal="no_more_in_common",
        strength=0.5 * min(1.0, shared.expected / seen),
        value=float(seen),
        unit="customers",
        baseline=shared.expected,
        sentence=(
            f"{count(seen, 'customer')} deal with two or more of the {len(facts.partners)} partners, and "
            f"{number(shared.expected)} would by the partners' popularity alone ({chance(shared.p_value)}, "
            f"Poisson)."
        ),
        ids=context.ids(Kind.CONSUMER, shared.customers[:SHOWN]),
        source=sources(context, "ordered_at", shared.rows),
        against=True,
    )


@lru_cache(maxsize=4_096)
def _by_chance(inside: int, ring: int, everywhere: int, partners: int) -> float:
    """The chance that so many of an identifier's users are of the ring; kept: most rings ask the same."""
    return float(hypergeom.sf(inside - 1, partners, everywhere, ring))


def _when(links: Ties, rows: Codes) -> str:
    """When the first of these users began and the last ended, and whether all used it at one time."""
    begin, end = links.first_at[rows], links.last_at[rows]
    together = (
        f"all of these at one time from {day(int(begin.max()))} to {day(int(end.min()))}"
        if begin.max() <= end.min()
        else "not all at one time"
    )
    return f"from {day(int(begin.min()))} to {day(int(end.max()))}, {together}"
