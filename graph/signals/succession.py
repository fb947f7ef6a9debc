"""Partners that close and come back: under a similar name, or with the same customers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from graph.channels.hand_over import LEAST_MOVED
from graph.channels.succession import GAP_DAYS
from graph.records import Evidence, Source
from graph.schema import DAY_MS, MISSING_MS, Kind
from graph.signals.adjacency import Codes
from graph.signals.chance import poisson_tail, surprise, wilson
from graph.signals.context import Context
from graph.signals.facts import RingFacts
from graph.signals.sources import SHOWN, sources
from graph.signals.wording import chance, count, day, number, percent, quoted

SUCCESSION_DAYS = 120
"""Days after (and a tenth of them before) a closing within which a newcomer may be its successor."""
SIMILAR = 0.4
"""Jaccard of letter trigrams from which two names are alike."""
NAME_CHARACTERS = 200
"""Characters of a name that are compared."""

BEYOND = 1e-3
"""The p-value from which customers who went over count."""

_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Succession:
    """One partner that closed and one that opened."""

    closed: int
    opened: int
    days: float
    likeness: float
    expected: float
    """Newcomers of that category in those days, were they to come at their usual pace."""


@dataclass(frozen=True)
class Move:
    """One partner that ended, one that began, and those of its customers who went over from it.

    `rows` are theirs of `ordered_at`, a customer's at the one before its at the other; `p_value` is that of
    this pair alone.
    """

    ended: int
    began: int
    days: float
    rows: Codes
    expected: float
    p_value: float

    @property
    def moved(self) -> int:
        """How many customers went over."""
        return len(self.rows) // 2


def successor(facts: RingFacts, context: Context) -> Evidence | None:
    """A partner closes, and days later one with a similar name opens.

    Compares the letters of the names (Jaccard of trigrams, at least 0.4) of partners of which one was
    onboarded from 12 days before to 120 days after the other closed. Baseline: the newcomers expected in
    the same category in that many days. Strength is the likeness of the most alike pair, half of it counted
    only as far as the closed partner's share of bad orders, at the low end of its 95 % interval, exceeds its
    category's: honest relaunches leave no debts.
    """
    found = _successions(facts, context)
    if not found:
        return None
    best = max(found, key=lambda pair: (_strength(pair, context), -pair.closed, -pair.opened))
    bad = float(context.partner.unpaid[best.closed] / max(context.partner.orders[best.closed], 1))
    usual = float(context.partner.unpaid_baseline[best.closed])
    codes = np.array([best.closed, best.opened])
    ids = context.ids(Kind.PARTNER, codes)
    return Evidence(
        signal="successor",
        strength=_strength(best, context),
        value=1.0,
        unit="newcomers",
        baseline=best.expected,
        sentence=(
            f"{quoted(context.name(best.closed))} closed on "
            f"{day(int(context.partner.closed_at[best.closed]))}; "
            f"{quoted(context.name(best.opened))} (names {percent(best.likeness)} alike) was onboarded "
            f"{_gap(best.days)}, when {number(best.expected)} newcomers of the category were to be "
            f"expected. "
            f"{percent(bad)} of the closed partner's orders were disputed or defaulted, {percent(usual)} "
            f"are usual"
            f"{_others(len(found))}."
        ),
        ids=ids,
        source=tuple(Source("partners", (i,)) for _, i in ids),
    )


def customers_went_over(facts: RingFacts, context: Context) -> Evidence | None:
    """Customers of a partner that ended go over to one that began about then, whatever their names.

    A customer went over whose last order at the one comes before its first at the other, which began from 30
    days before to 120 days after the end: the closing, or, where none is known of any partner, the last order
    before a silence that its rhythm does not explain. Null: the other visits of all customers of the one fall
    on partners by their popularity; Poisson, p multiplied by the number of such pairs in the ring, below
    0.001. Strength is half of 1 - expected / seen, times how surprising the number is (full at p <= 1e-10):
    half, since honest firms that are sold or move hand their customers on as well.
    """
    tried, found = _moves(facts, context)
    found = [pair for pair in found if min(1.0, pair.p_value * tried) <= BEYOND]
    if not found:
        return None
    best = min(found, key=lambda pair: (pair.p_value, pair.ended, pair.began))
    p_value, orders = min(1.0, best.p_value * tried), context.ordered_at
    ended = "closed" if context.partner.closed_at[best.ended] != MISSING_MS else "had its last order"
    customers = int(orders.by_target.degree_of(np.array([best.ended]))[0])
    return Evidence(
        signal="customers_went_over",
        strength=0.5 * max(1 - best.expected / best.moved, 0.0) * surprise(p_value),
        value=float(best.moved),
        unit="customers",
        baseline=best.expected,
        sentence=(
            f"{quoted(context.name(best.ended))} {ended} on {day(int(context.lives.end[best.ended]))}, and "
            f"{quoted(context.name(best.began))} began {_gap(best.days)}: of the "
            f"{count(customers, 'customer')} of the first, {best.moved:,} came to the second only after "
            f"their last order at the first; {number(best.expected)} would, did they choose by popularity "
            f"({chance(p_value)}, Poisson){_others(len(found))}."
        ),
        ids=context.ids(Kind.PARTNER, np.array([best.ended, best.began]))
        + context.ids(Kind.CONSUMER, orders.source[best.rows[: 2 * SHOWN : 2]]),
        source=sources(context, "ordered_at", best.rows),
    )


def likeness(left: str, right: str) -> float:
    """Jaccard of the two names' letter trigrams, in [0, 1]; case, accents and signs do not count."""
    a, b = _trigrams(left), _trigrams(right)
    return len(a & b) / len(a | b) if a and b else 0.0


@lru_cache(maxsize=4_096)
def _trigrams(name: str) -> frozenset[str]:
    """Kept for a while: every partner of a ring is compared with all others."""
    decomposed = unicodedata.normalize("NFKD", name[:NAME_CHARACTERS]).lower()
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    text = f" {re.sub(_SIGNS, ' ', letters).strip()} "
    return frozenset(text[i : i + 3] for i in range(len(text) - 2))


def _successions(facts: RingFacts, context: Context) -> list[Succession]:
    stats = context.partner
    closed = facts.partners[stats.closed_at[facts.partners] != MISSING_MS]
    if not len(closed) or len(facts.partners) < 2:
        return []
    gap = (stats.onboarded_at[facts.partners][None, :] - stats.closed_at[closed][:, None]) / DAY_MS
    near = (gap >= -SUCCESSION_DAYS / 10) & (gap <= SUCCESSION_DAYS)
    near &= closed[:, None] != facts.partners[None, :]
    result = []
    for row, column in np.argwhere(near).tolist():
        old, new = int(closed[row]), int(facts.partners[column])
        alike = likeness(context.name(old), context.name(new))
        if alike >= SIMILAR:
            days = float(gap[row, column])
            result.append(Succession(old, new, days, alike, _newcomers(old, days, context)))
    return result


def _moves(facts: RingFacts, context: Context) -> tuple[int, list[Move]]:
    """How many of the ring's partners could have followed one another, and those that customers followed."""
    life, orders, tried, found = context.lives, context.ordered_at, 0, []
    visits = context.consumer.partners
    for old in facts.partners[np.isfinite(life.end[facts.partners])].tolist():
        mine = orders.by_target.rows(np.array([old]))
        elsewhere = float((visits[orders.source[mine]] - 1).sum())
        for new in facts.partners[facts.partners != old].tolist():
            days = float(life.begin[new] - life.end[old]) / DAY_MS
            if not GAP_DAYS[0] <= days <= GAP_DAYS[1]:
                continue
            tried += 1
            theirs = orders.by_target.rows(np.array([new]))
            _, here, there = np.intersect1d(
                orders.source[mine], orders.source[theirs], assume_unique=True, return_indices=True
            )
            went = orders.first_at[theirs[there]] > orders.last_at[mine[here]]
            rows = np.stack([mine[here[went]], theirs[there[went]]], axis=1).ravel()
            if len(rows) < 2 * LEAST_MOVED:
                continue
            expected = elsewhere * len(theirs) / len(orders.source)
            found.append(Move(old, new, days, rows, expected, poisson_tail(len(rows) // 2, expected)))
    return tried, found


def _newcomers(partner: int, days: float, context: Context) -> float:
    """Partners of the same category expected to be onboarded in that many days."""
    onboarding: Codes = context.sorted_onboarding
    span = max(float(onboarding[-1] - onboarding[0]) / DAY_MS, 1.0) if len(onboarding) else 1.0
    return float(context.category_sizes[context.partner.category[partner]]) * max(abs(days), 1.0) / span


def _strength(pair: Succession, context: Context) -> float:
    stats = context.partner
    low = float(wilson(stats.unpaid[pair.closed], stats.orders[pair.closed])[0])
    excess = 1 - float(stats.unpaid_baseline[pair.closed]) / low if low > 0 else 0.0
    return pair.likeness * (0.5 + 0.5 * max(excess, 0.0))


def _gap(days: float) -> str:
    whole = count(round(abs(days)), "day")
    return f"{whole} later" if days >= 0 else f"{whole} before"


def _others(found: int) -> str:
    return f"; {count(found - 1, 'pair')} more in the ring" if found > 1 else ""
