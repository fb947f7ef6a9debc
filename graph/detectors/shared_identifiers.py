"""Shared identifiers: rings that reuse payout accounts and devices, of their own or as customers."""

from __future__ import annotations

from graph.candidates import Candidate, communities_of
from graph.channels.identifiers import own_accounts, own_devices
from graph.links import Links
from graph.projection import Projection
from graph.reasons import Inside, chance_words, with_reasons
from graph.records import Risk
from graph.signals.wording import count

CHANNELS = (
    "payout_account",
    "login_device",
    "side_account",
    "side_device",
    "customer_device",
    "funding_account",
)


def shared_identifiers(
    links: Links, projection: Projection, risk: Risk, *, seed: int
) -> tuple[Candidate, ...]:
    """Partners tied by rare identifiers that they use about the same time."""
    found = communities_of(projection, risk, channels=CHANNELS, seed=seed)
    return with_reasons(found, projection, CHANNELS, seen=lambda inside: _identifiers(links, inside))


def _identifiers(links: Links, inside: Inside) -> list[str]:
    """How many accounts and devices several partners of each candidate use, and how rare they are."""
    accounts, devices = own_accounts(links), own_devices(links)
    paid, used, both = inside.shared(accounts), inside.shared(devices), inside.shared(accounts, devices)
    return [
        f"{count(int(a), 'bank account')} and {count(int(d), 'device')} of two and more, none used by more "
        f"than {int(most)} partners in all (with users at random {chance_words(float(rare))})"
        if a + d
        else ""
        for a, d, most, rare in zip(paid.count, used.count, both.most, both.surprise, strict=True)
    ]
