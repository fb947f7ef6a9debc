"""What a ring's partners are known for: long honest trade, one owner."""

from __future__ import annotations

import itertools

import numpy as np

from graph.records import Evidence, Source
from graph.schema import MISSING_MS, Kind
from graph.signals.adjacency import Codes
from graph.signals.context import LONG_DAYS, Context
from graph.signals.facts import RingFacts
from graph.signals.sources import SHOWN
from graph.signals.succession import likeness
from graph.signals.wording import count, percent, quoted

BRAND_LIKENESS = 0.5
"""Trigram Jaccard from which two names are one brand (“Pizza Roma Bonn”, “Pizza Roma Ulm”: 0.6)."""
BRAND_LETTERS = 5
"""Letters of a first word that make it a brand where two names share it; shorter ones are articles."""


def long_honest_history(facts: RingFacts, context: Context) -> Evidence | None:
    """Against: most partners have traded for over a year, and their orders end well.

    Strength is the share of the ring's partners with 30 orders or more over at least 365 days, of which no
    larger share than usual in the category was disputed or defaulted; raised from one half on and where it
    exceeds the share of such partners in the world. A takeover of an old partner shows in `takeover`.
    """
    if not len(facts.partners):
        return None
    mine, usual = context.long_honest[facts.partners], context.long_honest_rate
    share = float(mine.mean())
    if share < 0.5 or share <= usual:
        return None
    old = facts.partners[mine]
    ids = context.ids(Kind.PARTNER, old[:SHOWN])
    return Evidence(
        signal="long_honest_history",
        strength=share,
        value=share,
        unit="share of partners",
        baseline=usual,
        sentence=(
            f"{len(old)} of {count(len(facts.partners), 'partner')} have traded for {LONG_DAYS} days or "
            f"more with no "
            f"more orders disputed or defaulted than usual in their categories; of all partners "
            f"{percent(usual)} have."
        ),
        ids=ids,
        source=tuple(Source("partners", (i,)) for _, i in ids),
        against=True,
    )


def common_owner(facts: RingFacts, context: Context) -> Evidence | None:
    """Against: the partners say openly that they belong together, as a franchise or one owner's shops do.

    Partners that trade at the same time under one legal name or one brand share accounts and devices for a
    reason. Strength is the share of the ring's partners in the largest such group, scaled down as far as
    their orders are disputed or defaulted more often than usual in their categories.
    """
    if len(facts.partners) < 2:
        return None
    group = _owner_group(facts.partners, context)
    if len(group) < 2:
        return None
    stats = context.partner
    placed = max(float(stats.orders[group].sum()), 1.0)
    bad = float(stats.unpaid[group].sum()) / placed
    usual = float((stats.unpaid_baseline[group] * stats.orders[group]).sum()) / placed
    strength = len(group) / len(facts.partners) * (min(1.0, usual / bad) if bad > 0 else 1.0)
    if strength < 0.25:
        return None
    ids = context.ids(Kind.PARTNER, group[:SHOWN])
    return Evidence(
        signal="common_owner",
        strength=strength,
        value=bad,
        unit="share of orders",
        baseline=usual,
        sentence=(
            f"{len(group)} of {len(facts.partners)} partners trade openly under one name, like "
            f"{quoted(context.name(int(group[0])))} and {quoted(context.name(int(group[1])))}; "
            f"{percent(bad)} of their "
            f"orders were disputed or defaulted, {percent(usual)} are usual in their categories."
        ),
        ids=ids,
        source=tuple(Source("partners", (i,)) for _, i in ids),
        against=True,
    )


def _owner_group(partners: Codes, context: Context) -> Codes:
    """The largest group of partners that trade at the same time under one partner's legal name or brand."""
    same = np.eye(len(partners), dtype=np.bool_)
    for one, other in itertools.combinations(range(len(partners)), 2):
        same[one, other] = same[other, one] = _same_owner(int(partners[one]), int(partners[other]), context)
    best: Codes = partners[same[np.argmax(same.sum(axis=1))]]
    return best


def _same_owner(left: int, right: int, context: Context) -> bool:
    stats = context.partner
    end_left, end_right = (
        context.links.as_of_ms if stats.closed_at[code] == MISSING_MS else int(stats.closed_at[code])
        for code in (left, right)
    )
    together = stats.onboarded_at[left] < end_right and stats.onboarded_at[right] < end_left
    if not together:
        return False
    legal = context.legal_name[left]
    if legal and legal == context.legal_name[right]:
        return True
    names = context.name(left).casefold(), context.name(right).casefold()
    words = [(name.split() or [""])[0] for name in names]
    return (words[0] == words[1] and len(words[0]) >= BRAND_LETTERS) or likeness(*names) >= BRAND_LIKENESS
