"""Where the payouts go on to: accounts that collect from several partners of a ring."""

from __future__ import annotations

import numpy as np

from graph.records import Evidence
from graph.schema import Kind
from graph.signals.adjacency import Codes, contains
from graph.signals.context import HUB_PARTNERS, Context
from graph.signals.facts import RingFacts
from graph.signals.flows import MAX_TRANSFERS
from graph.signals.identifiers import HUB_EVERYWHERE
from graph.signals.sources import SHOWN, sources
from graph.signals.wording import count, day, listed, money, percent, quoted


def common_collector(facts: RingFacts, context: Context) -> Evidence | None:
    """Payouts of several partners are forwarded, within three transfers, to the same account.

    Strength is the mean over the ring's partners of how exclusive their best collector is to the ring
    (partners of the ring whose money reaches it / all partners whose money does). Accounts that collect
    from many outsiders (a supplier, a factoring company) are left out. The baseline is the share of all
    partners whose money meets that of one to seven others on an account that is reached by transfer. What
    several partners reach only behind one shared payout account does not count.
    """
    if len(facts.partners) < 2:
        return None
    partner, account = context.flows.reached(facts.partners)
    code, place, inside = np.unique(account, return_inverse=True, return_counts=True)
    everywhere = context.flows.partners[code]
    outside = everywhere - inside
    hub = ((outside >= HUB_PARTNERS) & (outside >= 3 * inside)) | (everywhere >= HUB_EVERYWHERE)
    fed = contains(_fed_by(np.unique(account), code, context), code)
    collects = (_ways_in(partner, place, len(code), context) >= 2) & ~hub & fed
    if not collects.any():
        return None
    own = np.where(collects, inside / np.maximum(everywhere, 1), 0.0)
    exclusive = np.zeros(len(facts.partners))
    np.maximum.at(exclusive, np.searchsorted(facts.partners, partner), own[place])
    best = np.flatnonzero(collects)
    best = best[np.lexsort((code[best], -inside[best], -own[best]))]
    top = int(best[0])
    collector = int(code[top])
    rows = _transfers_into(collector, np.unique(account), context)
    ids = context.ids(Kind.BANK_ACCOUNT, code[best[:SHOWN]])
    tied = facts.partners[exclusive > 0]
    return Evidence(
        signal="common_collector",
        strength=float(exclusive.mean()),
        value=float(len(tied)),
        unit="partners",
        baseline=context.flows.meeting_rate,
        sentence=(
            f"The payouts of {len(tied)} of {count(len(facts.partners), 'partner')} meet within "
            f"{MAX_TRANSFERS} "
            f"transfers on {count(len(best), 'account')} ({listed([i for _, i in ids])}); "
            f"{_sum(rows, context)} "
            f"reached {quoted(ids[0][1])}, where {inside[top]} of the "
            f"{count(int(everywhere[top]), 'partner')} "
            f"whose money arrives are in the ring. Of all partners {percent(context.flows.meeting_rate)} "
            f"share a collector."
        ),
        ids=ids + context.ids(Kind.PARTNER, tied[:SHOWN]),
        source=sources(context, "transferred_to", rows),
    )


def _ways_in(partner: Codes, place: Codes, size: int, context: Context) -> Codes:
    """For every account from how many main payout accounts it is reached.

    What lies behind one shared payout account is reached by one way, however many partners share it.
    """
    main = context.main_payout_account[partner]
    pairs = np.unique(np.stack([place, main], axis=1), axis=0)
    return np.bincount(pairs[:, 0], minlength=size)


def _fed_by(sources: Codes, accounts: Codes, context: Context) -> Codes:
    """Those of the accounts, ascending, into which one of `sources` has transferred."""
    transfers = context.transferred_to
    rows = transfers.by_target.rows(accounts)
    fed: Codes = np.unique(transfers.target[rows[contains(sources, transfers.source[rows])]])
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
