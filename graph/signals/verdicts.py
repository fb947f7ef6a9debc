"""What people have already decided about a ring's members."""

from __future__ import annotations

import numpy as np

from graph.records import Evidence, Source
from graph.schema import Kind, Verdict
from graph.signals.context import Context
from graph.signals.facts import RingFacts
from graph.signals.sources import SHOWN
from graph.signals.wording import count, day, listed, percent


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
            f"{verdict.value} "
            f"by {day(latest)} ({listed([i for _, i in ids])}); of all {all_decided:,} verdicts "
            f"{percent(usual)} are {verdict.value}."
        ),
        ids=ids,
        source=tuple(Source("labels", (i,)) for _, i in ids),
        against=verdict is Verdict.LEGIT,
    )


def _decided_at(kind: Kind, code: int, context: Context) -> int:
    return int(context.links.nodes(kind)["verdict_at"].to_numpy()[code])
