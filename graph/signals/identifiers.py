"""Bank accounts and devices that several partners of a ring use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from graph.records import Evidence
from graph.schema import Kind
from graph.signals.adjacency import Codes, Ties
from graph.signals.context import HUB_PARTNERS, Context
from graph.signals.facts import RingFacts
from graph.signals.sources import SHOWN, sources
from graph.signals.stats import Floats, IdentifierStats
from graph.signals.wording import count, day, listed, percent, quoted
from graph.tally import contains, distinct, placed

HUB_RATIO = 3.0
"""… and so many times as many outside the ring as inside it."""
HUB_EVERYWHERE = 20
"""Partners in all that make an identifier a hub whoever they are: a facilitator has its whole clientele."""


@dataclass(frozen=True)
class Shared:
    """Identifiers that at least two partners of the ring use, the most exclusive first."""

    code: Codes
    inside: Codes
    """Partners of the ring that use it."""
    everywhere: Codes
    """Partners of the world that use it."""
    exclusive: Floats
    """For every partner of the ring the largest `inside / everywhere` of its shared ones, hubs left out."""
    through_hub: NDArray[np.bool_]
    """For every partner of the ring whether it shares a hub."""
    is_hub: NDArray[np.bool_]


def shared_payout_account(facts: RingFacts, context: Context) -> Evidence | None:
    """Several partners are paid out to the same bank account.

    Strength is the mean over the ring's partners of how exclusive their best shared account is to the ring
    (partners of the ring that use it / all partners that use it); accounts that serve many outsiders (a
    facilitator, a factoring company) are left out and stand against the ring. The baseline is as many
    partners as if they shared an account with up to seven others as often as all partners do.
    """
    shared = _shared(facts, context, Kind.BANK_ACCOUNT)
    return _evidence("shared_payout_account", Kind.BANK_ACCOUNT, shared, facts, context)


def shared_login_device(facts: RingFacts, context: Context) -> Evidence | None:
    """Several partners log in from the same device.

    Strength is the mean over the ring's partners of how exclusive their best shared device is to the ring
    (partners of the ring that use it / all partners that use it); devices that serve many outsiders (a
    book-keeper's) are left out and stand against the ring. The baseline is as many partners as if they
    shared a device with up to seven others as often as all partners do.
    """
    shared = _shared(facts, context, Kind.DEVICE)
    return _evidence("shared_login_device", Kind.DEVICE, shared, facts, context)


def hub_identifier(facts: RingFacts, context: Context) -> Evidence | None:
    """Against: what the partners share is a hub that serves many others too.

    A facilitator's account or a book-keeper's device ties nobody. Strength is the share of the ring's
    partners who share a hub and no identifier that is the ring's own.
    """
    accounts = _shared(facts, context, Kind.BANK_ACCOUNT)
    devices = _shared(facts, context, Kind.DEVICE)
    through = accounts.through_hub | devices.through_hub
    only = through & (accounts.exclusive == 0) & (devices.exclusive == 0)
    if not only.any():
        return None
    share = float(only.mean())
    kind, hub = (Kind.BANK_ACCOUNT, accounts) if accounts.is_hub.any() else (Kind.DEVICE, devices)
    first = int(np.flatnonzero(hub.is_hub)[0])
    code = int(hub.code[first])
    ids = ((kind, context.id(kind, code)),)
    word = "bank account" if kind is Kind.BANK_ACCOUNT else "device"
    return Evidence(
        signal="hub_identifier",
        strength=share,
        value=share,
        unit="share of partners",
        baseline=0.0,
        sentence=(
            f"{count(int(only.sum()), 'partner')} of {len(only)} share only what many use: the {word} "
            f"{quoted(ids[0][1])} serves {int(hub.everywhere[first])} partners, {int(hub.inside[first])} "
            f"of them here, like a facilitator's or a book-keeper's."
        ),
        ids=ids,
        source=sources(context, PARTNER_LINKS[kind], _users(facts, context, kind, code)),
        against=True,
    )


def partner_on_customer_device(facts: RingFacts, context: Context) -> Evidence | None:
    """Partners log in from devices that order at the ring's partners.

    A shopkeeper who is his own best customer. Strength is the share of the ring's partners of which this
    holds; the baseline is the share of all partners who log in from a device that orders at themselves.
    """
    logins = context.logged_in_from.by_source.rows(facts.partners)
    devices = context.logged_in_from.target[logins]
    shoppers = distinct(context.ordered_at.source[facts.partner_rows])
    used = context.used.by_target.rows(distinct(devices))
    ordering = distinct(context.used.target[used[contains(shoppers, context.used.source[used])]])
    hit = contains(ordering, devices)
    if not hit.any():
        return None
    partners = distinct(context.logged_in_from.source[logins[hit]])
    share, baseline = len(partners) / len(facts.partners), context.self_custom_rate
    users = distinct(context.used.source[used[contains(ordering, context.used.target[used])]])
    ids = context.ids(Kind.DEVICE, ordering[:SHOWN])
    return Evidence(
        signal="partner_on_customer_device",
        strength=share,
        value=share,
        unit="share of partners",
        baseline=baseline,
        sentence=(
            f"{count(len(partners), 'partner')} of {len(facts.partners)} logged in from "
            f"{count(len(ordering), 'device')} that customers order from "
            f"({listed([i for _, i in ids], of=len(ordering))}; {count(len(users), 'customer')}); "
            f"of all partners {percent(baseline)} do so at their own "
            f"shop."
        ),
        ids=ids + context.ids(Kind.PARTNER, partners[:SHOWN]),
        source=sources(context, "logged_in_from", logins[hit]),
    )


def shared_by_partners(facts: RingFacts, context: Context, kind: Kind) -> list[tuple[int, int, int]]:
    """(code, users in the ring, users in all) of what two or more partners use: no hubs, the rarest first."""
    shared = _shared(facts, context, kind)
    own = np.flatnonzero(~shared.is_hub)
    columns = (shared.code[own], shared.inside[own], shared.everywhere[own])
    return [(int(a), int(b), int(c)) for a, b, c in zip(*columns, strict=True)]


PARTNER_LINKS = {Kind.BANK_ACCOUNT: "paid_out_to", Kind.DEVICE: "logged_in_from"}


def is_hub(inside: Codes, everywhere: Codes) -> NDArray[np.bool_]:
    """Which of these serve so many outsiders, of all partners `everywhere`, that they tie no ring."""
    outside = everywhere - inside
    beyond_ring: NDArray[np.bool_] = (outside >= HUB_PARTNERS) & (outside >= HUB_RATIO * inside)
    return beyond_ring | (everywhere >= HUB_EVERYWHERE)


def most_exclusive(partners: Codes, partner: Codes, own: Floats) -> Floats:
    """For each of `partners`, ascending, the highest `own` of the rows of `partner`; 0 without any."""
    result = np.zeros(len(partners))
    np.maximum.at(result, np.searchsorted(partners, partner), own)
    return result


def _shared(facts: RingFacts, context: Context, kind: Kind) -> Shared:
    name = PARTNER_LINKS[kind]
    if name not in facts.kept:
        stats = context.bank_account if kind is Kind.BANK_ACCOUNT else context.device
        facts.kept[name] = _share(facts, getattr(context, name), stats)
    return cast(Shared, facts.kept[name])


def _share(facts: RingFacts, links: Ties, stats: IdentifierStats) -> Shared:
    rows = links.by_source.rows(facts.partners)
    target, partner = links.target[rows], links.source[rows]
    code, place, inside = placed(target)
    everywhere = stats.partners[code]
    shared = inside >= 2
    hub = shared & is_hub(inside, everywhere)
    own = np.where(shared & ~hub, inside / np.maximum(everywhere, 1), 0.0)
    position = np.searchsorted(facts.partners, partner)
    exclusive = most_exclusive(facts.partners, partner, own[place])
    through = np.zeros(len(facts.partners), dtype=np.bool_)
    through[position[hub[place]]] = True
    keep = np.flatnonzero(shared)
    keep = keep[np.lexsort((code[keep], -inside[keep], -own[keep]))]
    return Shared(code[keep], inside[keep], everywhere[keep], exclusive, through, hub[keep])


def _evidence(signal: str, kind: Kind, shared: Shared, facts: RingFacts, context: Context) -> Evidence | None:
    own = np.flatnonzero(~shared.is_hub)
    if not len(own):
        return None
    name = PARTNER_LINKS[kind]
    links: Ties = getattr(context, name)
    tied = int((shared.exclusive > 0).sum())
    ids = context.ids(kind, shared.code[own[:SHOWN]])
    baseline = context.sharing_rate(kind)
    rows = links.by_source.rows(facts.partners)
    rows = rows[contains(np.sort(shared.code[own[:SHOWN]]), links.target[rows])]
    what = "bank account" if kind is Kind.BANK_ACCOUNT else "device"
    verb = "are paid out to" if kind is Kind.BANK_ACCOUNT else "log in from"
    best = int(own[0])
    return Evidence(
        signal=signal,
        strength=float(shared.exclusive.mean()),
        value=float(tied),
        unit="partners",
        baseline=baseline * len(facts.partners),
        sentence=(
            f"{tied} of {len(facts.partners)} partners {verb} {count(len(own), f'shared {what}')} "
            f"({listed([i for _, i in ids], of=len(own))}); {shared.inside[best]} of the "
            f"{count(int(shared.everywhere[best]), 'partner')} that use {quoted(ids[0][1])} are in the "
            f"ring, "
            f"{_since(links, rows)}. Of all partners {percent(baseline)} share any {what}."
        ),
        ids=ids + context.ids(Kind.PARTNER, facts.partners[shared.exclusive > 0][:SHOWN]),
        source=sources(context, name, rows),
    )


def _since(links: Ties, rows: Codes) -> str:
    return f"from {day(int(links.first_at[rows].min()))} to {day(int(links.last_at[rows].max()))}"


def _users(facts: RingFacts, context: Context, kind: Kind, code: int) -> Codes:
    """The links of the ring's partners to that identifier."""
    links: Ties = getattr(context, PARTNER_LINKS[kind])
    rows = links.by_source.rows(facts.partners)
    users: Codes = rows[links.target[rows] == code]
    return users
