"""What is planned over and above the ordinary: orders, money, logins, rings and honest groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.writing.units import Flags, Floats, Ints

OWN: Final = -1
"""In a planned order: the device or account that the consumer would use anyway."""
KINDS: Final = ("partner", "consumer", "device", "bank_account")


class Orders(NamedTuple):
    """Orders before amounts and outcomes, one row an order."""

    consumer: Ints
    partner: Ints
    moment: Floats
    amount_factor: Floats
    refund_factor: Floats
    fixed_amount: Floats  # NaN: none
    bad: Floats  # (n, 3) chances of refunded, disputed, defaulted; NaN: as anyway
    device: Ints
    account: Ints
    keeps_hour: Flags  # not moved to the partner's usual hours
    of_ring: Flags


class PayoutChange(NamedTuple):
    """Payouts of that while go, each with that chance, to another account."""

    partner: int
    since: float
    until: float
    account: int
    chance: float = 1.0


class Forwarding(NamedTuple):
    """Payouts of those partners are passed on along layers of accounts.

    `in_circle`: at last to the next partner's account. `share` of payouts, `kept` of each, after a mean
    `delay` a layer, in so many `parts`.
    """

    partners: Ints
    layers: list[Ints]
    share: float
    kept: float
    delay: float
    parts: int
    since: float
    until: float
    in_circle: bool = False


class Transfer(NamedTuple):
    """One transfer."""

    source: int
    target: int
    moment: float
    amount: float


class LoginHabit(NamedTuple):
    """Logins to a partner from a device; at least one, about `expected`."""

    partner: int
    device: int
    expected: float
    since: float = -np.inf
    until: float = np.inf


@dataclass
class Ring:
    """A planted ring and its members by kind; `care` is 0 careless to 1 careful."""

    typology: str
    care: float
    members: dict[str, set[int]] = field(default_factory=lambda: {kind: set() for kind in KINDS})

    def add(self, kind: str, numbers: ArrayLike) -> None:
        """Make them members."""
        self.members[kind].update(np.atleast_1d(np.asarray(numbers)).tolist())


@dataclass(frozen=True)
class Group:
    """An honest group that looks like a ring, and its members by kind."""

    look_alike: str
    members: dict[str, set[int]]
