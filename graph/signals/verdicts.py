"""What people have already decided about a ring's members."""

from __future__ import annotations

import numpy as np

from graph.records import Evidence, Source
from graph.schema import Kind, Verdict
from graph.signals.adjacency import Codes, Ties
from graph.signals.chance import poisson_tail
from graph.signals.context import HUB_PARTNERS, SOURCES_OF_FRAUD, Context
from graph.signals.facts import RingFacts
from graph.signals.sources import SHOWN, sources
from graph.signals.wording import chance, count, day, listed, number, percent
from graph.tally import contains, distinct

NEAR_BEYOND = 0.01


def known_fraud(facts: RingFacts, context: Context) -> Evidence | None:
    """Members that were found fraudulent by the moment of the run.

    Strength is the share of fraud among the members' verdicts, times 1 - 0.5^n for n fraud verdicts: one
    counts half, two three quarters. The baseline is the share of fraud among all verdicts.
    """
    return _evidence("known_fraud", Verdict.FRAUD, facts, context)


def known_legit(facts: RingFacts, context: Context) -> Evidence | None:
    """Against: members that were found legitimate by the moment of the run.

    Strength is the share of legit among the members' verdicts, times 1 - 0.5^n for n legit verdicts: one
    counts half, two three quarters. The baseline is the share of legit among all verdicts.
    """
    return _evidence("known_legit", Verdict.LEGIT, facts, context)


def known_fraud_near(facts: RingFacts, context: Context) -> Evidence | None:
    """Known fraudsters one step away: customers of the ring's partners, or users of what its members use.

    Identifiers of more than eight partners, or consumers, are left out. Null: whoever is one step away is a
    known fraud as often as the customers, or the users of a shared identifier, of the whole world; Poisson,
    at p < 0.01. Strength is half of (1 - expected / seen) times 1 - 0.5^n for n found: half, since an
    acquaintance is no guilt.
    """
    expected, rows = 0.0, []
    for name in SOURCES_OF_FRAUD:
        near = _near(name, facts, context)
        links: Ties = getattr(context, name)
        holders = distinct(links.source[near])
        expected += len(holders) * context.fraud_rates[name]
        verdict = context.verdicts[SOURCES_OF_FRAUD[name]]
        rows.append((name, near[verdict[links.source[near]] == 1]))
    found = sorted(
        {
            (SOURCES_OF_FRAUD[name], int(code))
            for name, frauds in rows
            for code in getattr(context, name).source[frauds]
        }
    )
    p_value = poisson_tail(len(found), expected)
    if not found or p_value > NEAR_BEYOND or expected >= len(found):
        return None
    ids = tuple((kind, context.id(kind, code)) for kind, code in found[:SHOWN])
    return Evidence(
        signal="known_fraud_near",
        strength=0.5 * (1 - expected / len(found)) * (1 - 0.5 ** len(found)),
        value=float(len(found)),
        unit="neighbours",
        baseline=expected,
        sentence=(
            f"{count(len(found), 'neighbour')} one step away, not of the ring, were found fraud by "
            f"{day(max(_decided_at(kind, code, context) for kind, code in found))} "
            f"({listed([context.id(kind, code) for kind, code in found])}); {number(expected)} were to be "
            f"expected among so many customers and users of the same devices and accounts "
            f"({chance(p_value)}, Poisson)."
        ),
        ids=ids,
        source=tuple(s for name, frauds in rows for s in sources(context, name, frauds))[:SHOWN],
    )


def _near(name: str, facts: RingFacts, context: Context) -> Codes:
    """The links of outsiders to what the ring has: its partners, or the identifiers its members use."""
    links: Ties = getattr(context, name)
    own = facts.partners if SOURCES_OF_FRAUD[name] is Kind.PARTNER else facts.consumers
    if name == "ordered_at":
        rows = facts.other_rows
    else:
        kind = Kind.DEVICE if name in ("used", "logged_in_from") else Kind.BANK_ACCOUNT
        owned = {Kind.DEVICE: ("used", "logged_in_from"), Kind.BANK_ACCOUNT: ("paid_from", "paid_out_to")}[
            kind
        ]
        used = [
            getattr(context, one).target[getattr(context, one).by_source.rows(members)]
            for one, members in zip(owned, (facts.consumers, facts.partners), strict=True)
        ]
        targets = distinct(np.concatenate(used))
        rows = links.by_target.rows(targets[links.by_target.degree_of(targets) <= HUB_PARTNERS])
    return rows[~contains(own, links.source[rows])]


def _evidence(signal: str, verdict: Verdict, facts: RingFacts, context: Context) -> Evidence | None:
    sign = 1 if verdict is Verdict.FRAUD else -1
    found = [
        (kind, int(code))
        for kind in Kind
        for code in facts.ring.codes(kind)
        if context.verdicts[kind][code] == sign
    ]
    if not found:
        return None
    decided = sum(
        int(np.count_nonzero(context.verdicts[kind][list(facts.ring.codes(kind))])) for kind in Kind
    )
    usual, all_decided = context.verdict_share(sign)
    ids = tuple((kind, context.id(kind, code)) for kind, code in found[:SHOWN])
    latest = max(_decided_at(kind, code, context) for kind, code in found)
    return Evidence(
        signal=signal,
        strength=len(found) / decided * (1 - 0.5 ** len(found)),
        value=float(len(found)),
        unit="members",
        baseline=usual,
        sentence=(
            f"{count(len(found), 'member')} of {decided} that people have decided on were found "
            f"{verdict.value} by {day(latest)} ({listed([i for _, i in ids], of=len(found))}); "
            f"of all {all_decided:,} verdicts {percent(usual)} are {verdict.value}."
        ),
        ids=ids,
        source=tuple(Source("labels", (i,)) for _, i in ids),
        against=verdict is Verdict.LEGIT,
    )


def _decided_at(kind: Kind, code: int, context: Context) -> int:
    return int(context.links.nodes(kind)["verdict_at"].to_numpy()[code])
