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
    counts half, two three quarters. The baseline is their verdicts times the share of fraud among all.
    """
    return _evidence("known_fraud", Verdict.FRAUD, facts, context)


def known_legit(facts: RingFacts, context: Context) -> Evidence | None:
    """Against: members that were found legitimate by the moment of the run.

    Strength is the share of legit among the members' verdicts, times 1 - 0.5^n for n legit verdicts: one
    counts half, two three quarters. The baseline is their verdicts times the share of legit among all.
    """
    return _evidence("known_legit", Verdict.LEGIT, facts, context)


def known_fraud_near(facts: RingFacts, context: Context) -> Evidence | None:
    """Known fraudsters one step away: customers of the ring's partners, or users of what its members use.

    Identifiers of more than eight partners, or consumers, are left out. Null: whoever is one step away is a
    known fraud as often as the customers, or the users of a shared identifier, of the whole world; Poisson,
    at p < 0.01. Strength is half of (1 - expected / seen) times 1 - 0.5^n for n found: half, since an
    acquaintance is no guilt.
    """
    devices = _had(("used", "logged_in_from"), facts, context)
    accounts = _had(("paid_from", "paid_out_to"), facts, context)
    near = {
        "ordered_at": facts.other_rows,  # of everybody else as it is
        "used": _others(context.used, devices, facts.consumers),
        "paid_from": _others(context.paid_from, accounts, facts.consumers),
        "logged_in_from": _others(context.logged_in_from, devices, facts.partners),
        "paid_out_to": _others(context.paid_out_to, accounts, facts.partners),
    }
    source = {name: getattr(context, name).source[rows] for name, rows in near.items()}
    fraud = {name: context.verdicts[kind][source[name]] == 1 for name, kind in SOURCES_OF_FRAUD.items()}
    known = {name: source[name][fraud[name]].tolist() for name in fraud}
    found = sorted({(SOURCES_OF_FRAUD[name], code) for name, codes in known.items() for code in codes})
    if not found:
        return None
    expected = 0.0
    for name, rate in context.fraud_rates.items():
        expected += len(distinct(source[name])) * rate
    p_value = poisson_tail(len(found), expected)
    if p_value > NEAR_BEYOND or expected >= len(found):
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
            f"({listed([context.called(*one) for one in found])}); {number(expected)} were to be "
            f"expected among so many customers and users of the same devices and accounts "
            f"({chance(p_value)}, Poisson)."
        ),
        ids=ids,
        source=tuple(s for name in near for s in sources(context, name, near[name][fraud[name]]))[:SHOWN],
    )


def _had(names: tuple[str, str], facts: RingFacts, context: Context) -> Codes:
    """The identifiers that the ring's consumers and its partners use, by these two relationships."""
    used = [
        getattr(context, name).target[getattr(context, name).by_source.rows(members)]
        for name, members in zip(names, (facts.consumers, facts.partners), strict=True)
    ]
    return distinct(np.concatenate(used))


def _others(links: Ties, targets: Codes, own: Codes) -> Codes:
    """The links to these identifiers, hubs left out, of those who are not the ring's `own`."""
    rows = links.by_target.rows(targets[links.by_target.degree_of(targets) <= HUB_PARTNERS])
    return rows[~contains(own, links.source[rows])]


def _evidence(signal: str, verdict: Verdict, facts: RingFacts, context: Context) -> Evidence | None:
    sign = 1 if verdict is Verdict.FRAUD else -1
    verdicts = {kind: context.verdicts[kind][list(facts.ring.codes(kind))] for kind in Kind}
    found = [
        (kind, facts.ring.codes(kind)[place])
        for kind, theirs in verdicts.items()
        for place in np.flatnonzero(theirs == sign).tolist()
    ]
    if not found:
        return None
    decided = sum(int(np.count_nonzero(theirs)) for theirs in verdicts.values())
    usual, all_decided = context.verdict_share(sign)
    ids = tuple((kind, context.id(kind, code)) for kind, code in found[:SHOWN])
    named = listed([context.called(*one) for one in found[:SHOWN]], of=len(found))
    latest = max(_decided_at(kind, code, context) for kind, code in found)
    return Evidence(
        signal=signal,
        strength=len(found) / decided * (1 - 0.5 ** len(found)),
        value=float(len(found)),
        unit="members",
        baseline=usual * decided,
        sentence=(
            f"{count(len(found), 'member')} of {decided} that people have decided on were found "
            f"{verdict.value} by {day(latest)} ({named}); "
            f"of all {all_decided:,} verdicts {percent(usual)} are {verdict.value}."
        ),
        ids=ids,
        source=tuple(Source("labels", (i,)) for _, i in ids),
        against=verdict is Verdict.LEGIT,
    )


def _decided_at(kind: Kind, code: int, context: Context) -> int:
    return int(context.verdict_at[kind][code])
