"""Money flow: partners who share nothing but where their money ends."""

from __future__ import annotations

from graph.candidates import Candidate, communities_of
from graph.channels.money import HOPS, collector_reach
from graph.links import Links
from graph.projection import Projection
from graph.reasons import Inside, with_reasons
from graph.records import Risk
from graph.signals.wording import count

CHANNELS = ("money", "pass_through", "counterparty", "payout_account", "side_account")


def money_flow(links: Links, projection: Projection, risk: Risk, *, seed: int) -> tuple[Candidate, ...]:
    """Partners whose payouts are forwarded to the same rare collectors, hop by hop forward in time."""
    found = communities_of(projection, risk, channels=CHANNELS, seed=seed)
    return with_reasons(found, projection, CHANNELS, seen=lambda inside: _collectors(links, inside))


def _collectors(links: Links, inside: Inside) -> list[str]:
    """How many accounts the money of several partners of each candidate reaches."""
    shared = inside.shared(collector_reach(links))
    # no chance of their own: accounts that follow one another in a chain are reached together
    return [
        f"money of several meets at {count(int(n), 'bank account')} within {HOPS} transfers, none reached "
        f"by more than {count(int(users), 'partner')}"
        if n
        else ""
        for n, users in zip(shared.count, shared.most, strict=True)
    ]
