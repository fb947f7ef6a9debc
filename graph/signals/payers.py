"""Who pays the partners' own accounts: accounts that fund several partners of a ring."""

from __future__ import annotations

import numpy as np

from graph.records import Evidence
from graph.schema import Kind
from graph.signals.context import Context
from graph.signals.facts import RingFacts
from graph.signals.identifiers import is_hub, most_exclusive
from graph.signals.money import different
from graph.signals.sources import SHOWN, sources
from graph.signals.wording import count, day, listed, money, percent, quoted
from graph.tally import distinct, placed


def common_payer(facts: RingFacts, context: Context) -> Evidence | None:
    """Accounts of several partners are paid by one and the same account, which pays few other partners.

    The mirror of `common_collector`, one transfer away: who funds shells, or pays those who run them.
    Strength is half the mean over the ring's partners of how exclusive their best payer is to the ring
    (partners of the ring that it pays / all partners that it pays): half, since wholesale customers pay
    neighbours too. Payers of many outsiders are left out, and what partners get through one shared account.
    The baseline is as many partners as if they had a payer in common with one to seven others as often as
    all partners do.
    """
    payers = context.payers
    rows = payers.by_partner.rows(facts.partners)
    code, place, _ = placed(payers.payer[rows])
    inside = different(place, payers.partner[rows], len(code))
    ways = different(place, payers.account[rows], len(code))
    everywhere = payers.partners[code]
    pays = (inside >= 2) & (ways >= 2) & ~is_hub(inside, everywhere)
    if not pays.any():
        return None
    own = np.where(pays, inside / np.maximum(everywhere, 1), 0.0)
    exclusive = most_exclusive(facts.partners, payers.partner[rows], own[place])
    best = np.flatnonzero(pays)
    best = best[np.lexsort((code[best], -inside[best], -own[best]))]
    top = int(best[0])
    paid = distinct(payers.transfer[rows[place == top]])
    moved = context.transferred_to
    paid = paid[np.argsort(-moved.value["amount"][paid], kind="stable")]
    ids = context.ids(Kind.BANK_ACCOUNT, code[best[:SHOWN]])
    tied = facts.partners[exclusive > 0]
    amount, times = float(moved.value["amount"][paid].sum()), int(moved.value["times"][paid].sum())
    return Evidence(
        signal="common_payer",
        strength=float(exclusive.mean()) / 2,
        value=float(len(tied)),
        unit="partners",
        baseline=payers.meeting_rate * len(facts.partners),
        sentence=(
            f"The accounts of {len(tied)} of {count(len(facts.partners), 'partner')} are paid by "
            f"{count(len(best), 'account')} that {'pays' if len(best) == 1 else 'pay'} several of them "
            f"({listed([one for _, one in ids], of=len(best))}); {money(amount, context.links.currency)} in "
            f"{count(times, 'transfer')} came from {quoted(ids[0][1])} from "
            f"{day(int(moved.first_at[paid].min()))} to {day(int(moved.last_at[paid].max()))}, and "
            f"{inside[top]} of the {count(int(everywhere[top]), 'partner')} that it pays are in the ring. "
            f"Of all partners {percent(payers.meeting_rate)} share a payer."
        ),
        ids=ids + context.ids(Kind.PARTNER, tied[:SHOWN]),
        source=sources(context, "transferred_to", paid),
    )
