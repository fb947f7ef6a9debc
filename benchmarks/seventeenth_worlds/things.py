"""What a world is made of: shops, people, groups, and rules of theirs; whole numbers and days."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks.seventeenth_worlds.market import Flags, Floats, Ints

ALWAYS = (-1e9, 1e9)
Rows = dict[str, Floats | Ints | Flags]


@dataclass(frozen=True)
class Window:
    """A device or an account that a shop uses from a day to a day, the oftener the heavier."""

    item: int
    since: float = ALWAYS[0]
    until: float = ALWAYS[1]
    weight: float = 1.0


@dataclass(frozen=True)
class Trouble:
    """A bad time of a shop: what is added to the shares of orders that end badly."""

    shop: int
    since: float
    until: float
    refund: float
    dispute: float
    default: float


@dataclass(frozen=True)
class Sweep:
    """A rule: of what a shop is paid out, a share is passed on, from `path[0]` to the last of the path."""

    shop: int
    path: tuple[int, ...]
    share: float
    chance: float
    delay: float
    since: float = ALWAYS[0]
    until: float = ALWAYS[1]


@dataclass
class Shops:
    """Arrays by shop, and what each uses."""

    trade: Ints
    country: Ints
    opened: Floats
    closed: Floats
    weight: Floats
    price: Floats
    spread: Floats
    refund: Floats
    dispute: Floats
    default: Floats
    payout_days: Floats
    login_rate: Floats
    stem: Ints
    """Shops with the same stem (not -1) share the first word of their names."""
    firm: Ints
    """Shops with the same firm (not -1) share their legal name."""
    taken: Flags
    devices: list[list[Window]]
    tills: list[list[Window]]


@dataclass
class People:
    """Arrays by consumer. A device changes at `switch`; `home` is a device shared with others."""

    country: Ints
    created: Floats
    weight: Floats
    risk: Floats
    returns: Floats
    device: Ints
    next_device: Ints
    switch: Floats
    home: Ints
    at_home: Floats
    account: Ints
    other: Ints
    with_other: Floats
    taken: Flags


@dataclass
class Group:
    """A ring, or an honest group that looks like one."""

    name: str
    honest: bool
    careful: float
    members: dict[tuple[str, int], str] = field(default_factory=dict)
    reviews: list[float] = field(default_factory=list)

    def add(self, kind: str, ids: Ints | list[int] | int, role: str) -> None:
        for one in np.atleast_1d(np.asarray(ids, dtype=np.int64)):
            self.members.setdefault((kind, int(one)), role)
