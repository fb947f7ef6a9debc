"""What is agreed and done in a world."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from benchmarks.writing.units import NO_INTS, NONE, Flags, Floats, Ints, joined


@dataclass(frozen=True)
class Batch:
    """(orders,) each: who buys where on which day, and how that differs from ordinary orders.

    `boost` above 1 is a dearer basket. `end` is an outcome that comes by `chance`, or NONE. `device` and
    `account` are NONE where they are the consumer's. `dear` is the place in the shop's list of prices, NaN
    where any. `plain` ones are ordinary custom, of which as many are made as are asked for.
    """

    firm: Ints
    consumer: Ints
    day: Floats
    boost: Floats
    end: Ints
    chance: Floats
    device: Ints
    account: Ints
    dear: Floats
    plain: Flags


@dataclass
class Orders:
    """Orders as they come about."""

    parts: list[Batch] = field(default_factory=list)

    def buy(
        self,
        firm: Ints,
        consumer: Ints,
        day: Floats,
        *,
        boost: Floats | float = 1.0,
        end: Ints | int = NONE,
        chance: float = 0.0,
        device: Ints | int = NONE,
        account: Ints | int = NONE,
        dear: Floats | float = np.nan,
        plain: bool = False,
    ) -> None:
        """One order an entry of `firm`."""
        n = len(firm)

        def floats(values: Floats | float) -> Floats:
            return np.broadcast_to(np.asarray(values, np.float64), n)

        def ints(values: Ints | int) -> Ints:
            return np.broadcast_to(np.asarray(values, np.int64), n)

        self.parts.append(
            Batch(
                ints(firm), ints(consumer), floats(day), floats(boost), ints(end), floats(chance),
                ints(device), ints(account), floats(dear), np.full(n, plain),
            )
        )  # fmt: skip

    def all(self) -> Batch:
        return joined(self.parts)


class Visit(NamedTuple):
    """A partner logs in from a device that is not its own, so many times in a while."""

    firm: int
    device: int
    times: int
    on: float
    off: float


class Forward(NamedTuple):
    """Of a partner's payouts in a while a part goes on, by chance, along up to three accounts (or NONE)."""

    firm: int
    first: int
    second: int
    third: int
    chance: float
    low: float
    high: float
    lag: float
    on: float
    off: float
    rounding: int


class Standing(NamedTuple):
    """A sum sent every so many days, from a partner's account or one by number to another.

    Of `giver` and `source`, and of `taker` and `target`, one is NONE. Where `jitter` (days) is less than two
    the sum is always about the same.
    """

    giver: int
    source: int
    taker: int
    target: int
    amount: float
    on: float
    off: float
    every: float
    jitter: float


@dataclass
class Ring:
    """A ring: its plan and everybody and everything in it.

    `stage` (partners, 2) is when each of them acts, `since` to `until` when any does. `ties`: what ties the
    partners, of `CHANNELS`; `main` is the one that ties all of them. `lines`: of heirs, if it is of such.
    `operator`: devices that log in. `volume`: the share of its partners' orders that are the ring's.
    """

    typology: str
    care: float
    town: int
    firms: Ints = field(default_factory=NO_INTS.copy)
    since: float = 0.0
    until: float = 0.0
    stage: Floats = field(default_factory=lambda: np.zeros((0, 2)))
    main: str = ""
    ties: set[str] = field(default_factory=set)
    lines: list[Ints] = field(default_factory=list)
    operator: Ints = field(default_factory=NO_INTS.copy)
    volume: float = 0.0
    people: list[int] = field(default_factory=list)
    recruits: list[int] = field(default_factory=list)
    devices: list[int] = field(default_factory=list)
    accounts: list[int] = field(default_factory=list)

    def act_throughout(self) -> None:
        """Every partner acts as long as the ring does."""
        self.stage = np.tile([self.since, self.until], (len(self.firms), 1))
