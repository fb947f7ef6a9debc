"""What is planned over and above the ordinary: orders, money passed on, rings and honest groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.further_worlds.units import Span
from benchmarks.writing.units import Floats, Ints

OWN: Final = -1
"""In a planned order: the device or account that the consumer would use anyway."""

Group = tuple[str, list[tuple[str, int]]]
"""Which look-alike, and its members: kind and number."""
Level = Callable[[int], int]
"""The account that money of a partner's payouts reaches next."""


class Planned(NamedTuple):
    """Orders over and above the ordinary, one row an order."""

    consumer: Ints
    partner: Ints
    moment_s: Floats
    scale: Floats
    spread: Floats
    bad: Floats  # (n, 3) chances of refunded, disputed, defaulted; NaN: as anyway
    device: Ints
    account: Ints
    of_ring: Ints


class PassOn(NamedTuple):
    """A share of those partners' payouts is passed on from account to account."""

    partners: Ints
    since_s: float
    until_s: float
    share: Span
    chance: float
    levels: Sequence[Level]
    delay_days: Span
    parts: int


class Flow(NamedTuple):
    """So many transfers between two accounts at any moment of a while."""

    source: int
    target: int
    since_s: float
    until_s: float
    n: int


@dataclass
class Ring:
    """A planted ring; `care` is 0 careless, 1 middling, 2 careful."""

    typology: str
    care: int
    members: dict[str, list[int]] = field(
        default_factory=lambda: {"partner": [], "consumer": [], "device": [], "bank_account": []}
    )

    def add(self, kind: str, ids: ArrayLike) -> None:
        """Make them members, each once."""
        known = self.members[kind]
        for one in np.atleast_1d(np.asarray(ids)).tolist():
            if one not in known:
                known.append(int(one))


def to(account: int) -> Level:
    """Everything goes to one account."""
    return lambda _: account


def to_any(rng: np.random.Generator, accounts: Ints) -> Level:
    """Each time to any of those accounts."""
    return lambda _: int(rng.choice(accounts))


def to_own(accounts: dict[int, int]) -> Level:
    """To an account for each partner."""
    return lambda partner: accounts[partner]
