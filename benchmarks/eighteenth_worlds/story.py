"""The form of a story: what a group of shops or people does, crooked or not, in terms of the same tools."""

from __future__ import annotations

from dataclasses import dataclass

Pair = tuple[float, float]
"""A level for a careless or close group, and for a careful or loose one."""
NEVER: Pair = (0.0, 0.0)


@dataclass(frozen=True)
class Story:
    """What groups of a kind do. Everything a story leaves at its default is left as the world drew it."""

    name: str
    motive: str
    fraud: bool = False
    shops: tuple[int, int] = (0, 0)
    people: tuple[int, int] = (0, 0)
    trades: tuple[str, ...] = ()
    """Trades that shops, or where people buy, are likelier of; none: any."""
    nationwide: float = 0.2
    window: Pair = (30, 90)
    opened_within: Pair | None = None
    """Days within which the shops join, shortly before it begins."""
    in_turn: bool = False
    """Shops follow one another, each closing as the next opens."""
    closes: Pair = NEVER
    own_trade: Pair = (1.0, 1.0)
    """Factor on the shops' ordinary custom."""
    fresh: Pair = NEVER
    """Share of the people who join shortly before it begins."""
    per_operator: Pair = NEVER
    """Shops a common login device, if there is one."""
    operated: Pair = NEVER
    """Share of shops that log in from it."""
    logins: Pair = (1.0, 0.4)
    """Logins from it a week; below 0.1 it is used at the beginning alone."""
    operator_kind: tuple[str, ...] = ("mobile", "mobile", "tablet", "desktop", "unknown")
    per_payee: Pair = NEVER
    paid_together: Pair = NEVER
    """Share of shops paid out to a common account."""
    visits: Pair = NEVER
    """Orders a person."""
    reach: Pair = (0.8, 0.5)
    """Share of the shops that a person visits."""
    owners: bool = False
    """Whether the shops' owners are among the people."""
    targets: tuple[int, int] = (0, 0)
    """Shops that are no members, where people buy."""
    ticket: Pair = (1.0, 1.0)
    rush: Pair = NEVER
    """Share of visits in the last sixth of the window."""
    bursts: Pair = NEVER
    """Share of visits that follow another of the same person within minutes."""
    per_phone: Pair = (3.0, 2.0)
    on_phones: Pair = NEVER
    """Share of people who pay from common phones."""
    per_purse: Pair = (3.0, 2.0)
    on_purses: Pair = NEVER
    """Share of people who pay from common accounts."""
    bad: tuple[Pair, Pair, Pair] = (NEVER, NEVER, NEVER)
    """How much more of the visits is refunded, disputed and defaulted."""
    spoilt: tuple[Pair, Pair] = (NEVER, NEVER)
    """How much more of the shops' ordinary custom is refunded and disputed towards the end."""
    collect: Pair = NEVER
    """Share of the takings that shops send on to a hub."""
    onward: Pair = NEVER
    """Share of what the hub got or has that it sends on through others to another hub."""
    fund: Pair = NEVER
    """Share of what people spend that the hub sent them before."""
    give_back: Pair = NEVER
    """Share of what people spend that the hub sends them after."""
    circle: Pair = NEVER
    """Share of the takings that goes from each shop to the next, round and round."""
    twin_names: float = 0.0
    """Share of shops that are called like the first."""
    by_crooks: bool = False
    """The people in it are crooks, though no ring that is listed; they are in no table of truth."""
    victims: bool = False
    """The shops know nothing of what is done in them."""
    weight: float = 1.0
    """How common the story is among its like."""
