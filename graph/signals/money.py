"""Where the payouts go on to: accounts that collect from several partners of a ring."""

from __future__ import annotations

from typing import cast

import numpy as np

from graph.records import Evidence
from graph.schema import DAY_MS, Kind
from graph.signals.adjacency import Codes
from graph.signals.context import Context
from graph.signals.facts import RingFacts
from graph.signals.flows import MAX_TRANSFERS
from graph.signals.identifiers import is_hub, most_exclusive
from graph.signals.sources import SHOWN, sources
from graph.signals.wording import count, day, listed, money, percent, quoted
from graph.tally import contains, distinct, placed

WAYS = 3
"""Ways of the money that are told step by step."""


def common_collector(facts: RingFacts, context: Context) -> Evidence | None:
    """Payouts of several partners are forwarded, within three transfers, to the same account.

    Strength is the mean over the ring's partners of how exclusive their best collector is to the ring
    (partners of the ring whose money reaches it / all partners whose money does). Accounts that collect
    from many outsiders (a supplier, a factoring company) are left out. The baseline is as many
    partners as if theirs met that of one to seven others, on an account that is reached by transfer, as often
    as all partners' money does. What several reach only behind one shared payout account does not count.
    """
    collected = _collected(facts, context)
    return collected[0] if collected else None


def _collected(facts: RingFacts, context: Context) -> tuple[Evidence, int] | None:
    """What `common_collector` says, and the code of the best collector."""
    if "collected" not in facts.kept:
        facts.kept["collected"] = _collect(facts, context)
    return cast(tuple[Evidence, int] | None, facts.kept["collected"])


def _collect(facts: RingFacts, context: Context) -> tuple[Evidence, int] | None:
    if len(facts.partners) < 2:
        return None
    partner, account = context.flows.reached(facts.partners)
    code, place, inside = placed(account)
    everywhere = context.flows.partners[code]
    fed = contains(_fed_by(distinct(account), code, context), code)
    # what lies behind one shared payout account is reached by one way, however many partners share it
    ways = different(place, context.main_payout_account[partner], len(code))
    collects = (ways >= 2) & ~is_hub(inside, everywhere) & fed
    if not collects.any():
        return None
    own = np.where(collects, inside / np.maximum(everywhere, 1), 0.0)
    exclusive = most_exclusive(facts.partners, partner, own[place])
    best = np.flatnonzero(collects)
    best = best[np.lexsort((code[best], -inside[best], -own[best]))]
    top = int(best[0])
    collector = int(code[top])
    rows = _transfers_into(collector, distinct(account), context)
    ids = context.ids(Kind.BANK_ACCOUNT, code[best[:SHOWN]])
    tied = facts.partners[exclusive > 0]
    evidence = Evidence(
        signal="common_collector",
        strength=float(exclusive.mean()),
        value=float(len(tied)),
        unit="partners",
        baseline=context.flows.meeting_rate * len(facts.partners),
        sentence=(
            f"The payouts of {len(tied)} of {count(len(facts.partners), 'partner')} meet within "
            f"{MAX_TRANSFERS} "
            f"transfers on {count(len(best), 'account')} ({listed([i for _, i in ids], of=len(best))}); "
            f"{_sum(rows, context)} "
            f"reached {quoted(ids[0][1])}, where {inside[top]} of the "
            f"{count(int(everywhere[top]), 'partner')} "
            f"whose money arrives are in the ring. Of all partners {percent(context.flows.meeting_rate)} "
            f"share a collector."
        ),
        ids=ids + context.ids(Kind.PARTNER, tied[:SHOWN]),
        source=sources(context, "transferred_to", rows),
    )
    return evidence, collector


def money_path(facts: RingFacts, context: Context) -> Evidence | None:
    """Who pays whom: the way of the partners' payouts, account by account, to where they meet.

    Raised where `common_collector` is; follows the shortest way from each partner's main payout account. Days
    run from the first payout to the first transfer that enters the collector; the baseline is the median
    over all accounts with payouts, from their first payout to their first transfer out. Strength is half the
    share of the ring's partners whose way is known: half, since `common_collector` says that they meet.
    """
    collected = _collected(facts, context)
    if collected is None:
        return None
    evidence, collector = collected
    ways = [
        way for partner in facts.partners.tolist() if (way := _way(partner, collector, context)) is not None
    ]
    if not ways:
        return None
    days = [_days(way, context) for way in ways]
    shown = [_way_words(way, gone, context) for way, gone in zip(ways, days, strict=True)]
    more = "" if len(shown) <= WAYS else f"; and {len(shown) - WAYS} more ways"
    usual = context.forward_days
    return Evidence(
        signal="money_path",
        strength=0.5 * len(ways) / len(facts.partners),
        value=float(np.median(days)),
        unit="days",
        baseline=usual,
        sentence=(
            f"The payouts of {len(ways)} of {count(len(facts.partners), 'partner')} go on to "
            f"{quoted(evidence.ids[0][1])}: {'; '.join(shown[:WAYS])}{more}. Half of them arrive within "
            f"{count(round(float(np.median(days))), 'day')} of the first payout; of all accounts that "
            f"forward payouts the median first does so after {count(round(usual), 'day')}."
        ),
        ids=(evidence.ids[0], *context.ids(Kind.PARTNER, np.array([way[0] for way in ways[:SHOWN]]))),
        source=tuple(
            source
            for _, payout, steps in ways[:SHOWN]
            for source in (
                *sources(context, "paid_out_to", np.array([payout])),
                *sources(context, "transferred_to", np.array(steps)),
            )
        ),
    )


def _way(partner: int, collector: int, context: Context) -> tuple[int, int, list[int]] | None:
    """The partner, the row of its main payout account and the rows of the transfers to the collector.

    None where it takes more than `MAX_TRANSFERS`; of ways equally short the one through the lowest codes.
    """
    account = int(context.main_payout_account[partner])
    if account < 0 or account == collector:
        return None
    payouts = context.paid_out_to.by_source.rows(np.array([partner]))
    payout = int(payouts[context.paid_out_to.target[payouts] == account][0])
    transfers = context.transferred_to
    came_by: dict[int, int] = {account: -1}
    front = [account]
    for _ in range(MAX_TRANSFERS):
        rows = transfers.by_source.rows(np.array(front, dtype=np.int64))
        front = []
        for row in rows.tolist():
            target = int(transfers.target[row])
            if target not in came_by:
                came_by[target] = row
                front.append(target)
        if collector in came_by or not front:
            break
    if collector not in came_by:
        return None
    steps, node = [], collector
    while (row := came_by[node]) >= 0:
        steps.append(row)
        node = int(transfers.source[row])
    return partner, payout, steps[::-1]


def _days(way: tuple[int, int, list[int]], context: Context) -> float:
    arrived = int(context.transferred_to.first_at[way[2][-1]])
    return max(0.0, (arrived - int(context.paid_out_to.first_at[way[1]])) / DAY_MS)


def _way_words(way: tuple[int, int, list[int]], days: float, context: Context) -> str:
    partner, payout, steps = way
    payouts, transfers, currency = context.paid_out_to, context.transferred_to, context.links.currency
    paid = int(payouts.value["times"][payout])
    account = quoted(context.id(Kind.BANK_ACCOUNT, int(payouts.target[payout])))
    words = [
        f"{quoted(context.name(partner))} → {account} "
        f"({count(paid, 'payout')}, {money(float(payouts.value['amount'][payout]), currency)})"
    ]
    for row in steps:
        sent = int(transfers.value["times"][row])
        words.append(
            f"{quoted(context.id(Kind.BANK_ACCOUNT, int(transfers.target[row])))} "
            f"({count(sent, 'transfer')}, {money(float(transfers.value['amount'][row]), currency)})"
        )
    return f"{' → '.join(words)} after {count(round(days), 'day')}"


def different(place: Codes, what: Codes, size: int) -> Codes:
    """(size,) how many different ones there are at each place."""
    base = np.int64(what.min(initial=0))
    width = what.max(initial=0) - base + 1
    return np.bincount(distinct(place * width + (what - base)) // width, minlength=size)


def _fed_by(sources: Codes, accounts: Codes, context: Context) -> Codes:
    """Those of the accounts, ascending, into which one of `sources` has transferred."""
    transfers = context.transferred_to
    rows = transfers.by_target.rows(accounts)
    fed: Codes = distinct(transfers.target[rows[contains(sources, transfers.source[rows])]])
    return fed


def _transfers_into(collector: int, accounts: Codes, context: Context) -> Codes:
    """The transfers to the collector from accounts that hold the ring's money, the largest first."""
    transfers = context.transferred_to
    rows = transfers.by_target.rows(np.array([collector]))
    rows = rows[contains(accounts, transfers.source[rows])]
    return rows[np.argsort(-transfers.value["amount"][rows], kind="stable")]


def _sum(rows: Codes, context: Context) -> str:
    transfers = context.transferred_to
    amount = float(transfers.value["amount"][rows].sum())
    times = int(transfers.value["times"][rows].sum())
    return (
        f"{money(amount, context.links.currency)} in {count(times, 'transfer')} from "
        f"{day(int(transfers.first_at[rows].min()))} to {day(int(transfers.last_at[rows].max()))}"
    )
