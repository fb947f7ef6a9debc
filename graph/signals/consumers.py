"""What ties a ring's customers to each other: the devices and accounts that are theirs first of all."""

from __future__ import annotations

import numpy as np

from graph.records import Evidence
from graph.schema import Kind
from graph.signals.adjacency import Codes
from graph.signals.chance import binomial_tail, surprise
from graph.signals.context import HUB_CONSUMERS, Context
from graph.signals.facts import RingFacts
from graph.signals.sources import SHOWN, sources
from graph.signals.wording import chance, count, listed, percent
from graph.tally import contains, counted, distinct

BEYOND = 1e-4
"""The p-value from which shared identity counts."""
HOUSEHOLD = 4
"""Consumers who share one identifier and nothing else with others are a household up to this many."""


def customers_share_devices(facts: RingFacts, context: Context) -> Evidence | None:
    """Many of the ring's customers have the same primary device as another of them.

    A device counts for a consumer only where the consumer uses it more than any other, so that a campus
    machine or a shop's counter ties nobody. Null: consumers share their primary device as often as all
    consumers of the world do (households); binomial. A single group of up to four is a household and
    stays silent. Strength is (share - world's share) / (1 - world's share), times how surprising it is
    (full at p <= 1e-10).
    """
    primary = context.consumer.primary_device[facts.consumers]
    return _evidence(
        "customers_share_devices",
        _tied(primary),
        Kind.DEVICE,
        _repeated(primary),
        context.shared_primary_rate,
        facts,
        context,
    )


def customers_share_accounts(facts: RingFacts, context: Context) -> Evidence | None:
    """Many of the ring's customers pay from the same bank account as another of them.

    Null: consumers share a funding account as often as all consumers of the world do; binomial.
    A single group of up to four is a household and stays silent. Strength is (share - world's share) /
    (1 - world's share), times how surprising it is (full at p <= 1e-10).
    """
    rows = context.paid_from.by_source.rows(facts.consumers)
    account = context.paid_from.target[rows]
    few = context.bank_account.consumers[account] <= HUB_CONSUMERS
    account, payer = account[few], context.paid_from.source[rows[few]]
    shared = _repeated(account)
    tied = contains(distinct(payer[contains(shared, account)]), facts.consumers)
    return _evidence(
        "customers_share_accounts",
        tied,
        Kind.BANK_ACCOUNT,
        shared,
        context.shared_funding_rate,
        facts,
        context,
    )


def _repeated(identifier: Codes) -> Codes:
    """The identifiers that occur twice or more, sorted; -1 is none."""
    code, times = counted(identifier[identifier >= 0])
    repeated: Codes = code[times >= 2]
    return repeated


def _tied(identifier: Codes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return contains(_repeated(identifier), identifier)


def _evidence(
    signal: str,
    tied: np.ndarray[tuple[int], np.dtype[np.bool_]],
    kind: Kind,
    shared: Codes,
    baseline: float,
    facts: RingFacts,
    context: Context,
) -> Evidence | None:
    n, k = len(facts.consumers), int(tied.sum())
    p_value = binomial_tail(k, n, baseline) if k else 1.0
    if p_value > BEYOND or (len(shared) == 1 and k <= HOUSEHOLD):
        return None
    share = k / n
    name = "used" if kind is Kind.DEVICE else "paid_from"
    links = context.used if kind is Kind.DEVICE else context.paid_from
    rows = links.by_source.rows(facts.consumers)
    rows = rows[contains(shared, links.target[rows])]
    code, users = counted(links.target[rows])
    best = code[np.lexsort((code, -users))][:SHOWN]
    ids = context.ids(kind, best)
    what = "their primary device" if kind is Kind.DEVICE else "a bank account they pay from"
    return Evidence(
        signal=signal,
        strength=(share - baseline) / max(1 - baseline, 1e-9) * surprise(p_value),
        value=share,
        unit="share of consumers",
        baseline=baseline,
        sentence=(
            f"{k} of its {count(n, 'customer')} ({percent(share)}) share {what} with another of them, "
            f"{int(users.max())} of them {listed([i for _, i in ids[:1]])}; of all consumers "
            f"{percent(baseline)} do ({chance(p_value)}, binomial)."
        ),
        ids=ids + context.ids(Kind.CONSUMER, facts.consumers[tied][:SHOWN]),
        source=sources(context, name, rows[contains(np.sort(best[:1]), links.target[rows])]),
    )
