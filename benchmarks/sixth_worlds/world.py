"""A world while it is made: who there is, what is planned and what has been bought."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks.sixth_worlds.settings import Settings
from benchmarks.sixth_worlds.trades import TASTES
from benchmarks.writing.truth import Alike
from benchmarks.writing.units import NO_INTS, NONE, Counted, Flags, Floats, Ints, Texts, ints, take_free

STAFF_DEVICES = 4
"""Login devices of a partner at most."""


@dataclass
class People:
    """Consumers, (n,) each; the first `ordinary` are sorted by town and taste, shills come after them.

    A consumer uses `device` until `swap` and `later_device` then, now and then `second_device`. `made` is a
    day of its creation that a ring chose, NaN else; `fresh` ones are created as they first buy.
    """

    town: Ints
    taste: Ints
    default: Floats
    refund: Floats
    dispute: Floats
    device: Ints
    later_device: Ints
    second_device: Ints
    swap: Floats
    account: Ints
    second_account: Ints
    fresh: Flags
    made: Floats

    def __len__(self) -> int:
        return len(self.town)


@dataclass
class Firms:
    """Partners, (n,) each. `opening` and `ending` bound their trade within the window.

    `kind` is local, national or worldwide; `reach` (n, 2) the local and national share of custom. `devices`
    is (n, `STAFF_DEVICES`), filled up with `NONE`. From `tail_from` on `tail_share` of the orders end badly,
    between `storm_from` and `storm_to` `storm_share` do. `heir_of` names the partner whose regulars came
    over, `heir_share` of the own ones.
    """

    town: Ints
    country: Ints
    trade: Ints
    kind: Ints
    reach: Floats
    popularity: Floats
    on: Floats
    off: Floats
    growth: Floats
    loyalty: Floats
    price: Floats
    sigma: Floats
    price_way: Ints
    refund: Floats
    default: Floats
    dispute: Floats
    no_device: Floats
    no_account: Floats
    hour: Floats
    period: Ints
    account: Ints
    later_account: Ints
    account_since: Floats
    devices: Ints
    log_ins: Floats
    brand: Texts
    second: Texts
    style: Ints
    legal: Texts
    tail_from: Floats
    tail_share: Floats
    storm_from: Floats
    storm_to: Floats
    storm_share: Floats
    blow_off: Floats
    subscription: Flags
    fresh_custom: Flags
    factor_account: Ints
    heir_of: Ints
    heir_share: Floats
    busy: Flags
    of_ring: Flags
    opening: Floats
    ending: Floats

    def __len__(self) -> int:
        return len(self.town)


@dataclass
class Ring:
    """A planted ring; `firms` is empty for one of consumers.

    `no_common`, `no_bad` and `tied` (firms,): a member without shoppers in common with the others, one whose
    ring orders have not ended badly, one that has to be tied by identifiers, money or succession.
    """

    typology: str
    care: float
    firms: Ints
    no_common: Flags
    no_bad: Flags
    ends: Floats | None = None
    succession: list[tuple[int, int]] = field(default_factory=list)
    shills: Ints = field(default_factory=lambda: NO_INTS)
    accounts: list[int] = field(default_factory=list)
    devices: list[int] = field(default_factory=list)
    onward: list[tuple[int, int, int]] = field(default_factory=list)
    """(partner, account, how many of its payouts go on there)"""
    mules: bool = False
    purse: Ints = field(default_factory=lambda: NO_INTS)

    @property
    def tied(self) -> Flags:
        return self.no_common | self.no_bad


@dataclass(frozen=True)
class Batch:
    """Orders, (n,) each; device, account and outcome are `NONE` where they are as usual."""

    consumer: Ints
    firm: Ints
    t: Floats
    device: Ints
    account: Ints
    factor: Floats
    outcome: Ints


@dataclass
class World(Counted):
    """Everything; parts are filled in one after another by `making.draw_world`."""

    rng: np.random.Generator
    settings: Settings
    town_country: Ints
    town_share: Floats
    people: People = field(init=False)
    firms: Firms = field(init=False)
    ordinary: int = 0
    activity: Floats = field(default_factory=lambda: np.zeros(1))
    cells: Ints = field(default_factory=lambda: NO_INTS)
    rings: list[Ring] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)
    paid_to: list[tuple[int, int, int]] = field(default_factory=list)
    """(partner, account, how many of its payouts go there)"""
    logged_in: list[tuple[int, int, int]] = field(default_factory=list)
    """(partner, device, how often)"""
    spikes: list[tuple[int, float, float, float]] = field(default_factory=list)
    """(partner, day, days, height)"""
    malls: list[tuple[int, Ints]] = field(default_factory=list)
    owner: Ints = field(default_factory=lambda: NO_INTS)
    honest: list[Batch] = field(default_factory=list)
    planned: list[Batch] = field(default_factory=list)
    moments: Floats = field(default_factory=lambda: np.empty(0))
    """(base orders,) their moments, by partner: those of p from `first[p]` to `first[p + 1]`."""
    first: Ints = field(default_factory=lambda: NO_INTS)

    @property
    def days(self) -> float:
        return float(self.settings.days)

    def free(self, n: int, allowed: Flags | None = None) -> Ints:
        """`n` partners, or as many as there are, that no story has taken yet; they are taken now."""
        return take_free(self.rng, self.firms.busy, n, allowed)

    def look_alike(self, name: str, kind: str, numbers: Ints) -> None:
        """Note one honest group."""
        self.alike.append(Alike(name, kind, ints(numbers), np.zeros(len(numbers), np.int64)))

    def of_town(self, town: Ints) -> tuple[Ints, Ints]:
        """First and past-the-last ordinary consumer of each town."""
        return self.cells[town * TASTES], self.cells[town * TASTES + TASTES]

    def active(self, low: Ints, high: Ints) -> Ints:
        """An ordinary consumer from each range, the active ones more often; ranges must not be empty."""
        least, most = self.activity[low], self.activity[high]
        drawn = (
            np.searchsorted(self.activity, least + (most - least) * self.rng.random(len(low)), "right") - 1
        )
        return np.clip(drawn, 0, self.ordinary - 1)

    def moment(self, firm: Ints) -> Floats:
        """A moment of each partner's own trade."""
        count = self.first[firm + 1] - self.first[firm]
        drawn: Floats = self.moments[self.first[firm] + (count * self.rng.random(len(firm))).astype(np.int64)]
        return drawn

    def custom(self) -> Ints:
        """(partners,) base orders."""
        return np.diff(self.first)

    def within(self, t: Floats, firm: Ints) -> Floats:
        """Those moments, moved into the partners' lives where they lie outside."""
        low, high = self.firms.opening[firm], self.firms.ending[firm]
        room = self.rng.random(len(t)) * np.minimum(3, 0.5 * (high - low))
        return np.where(t < low + 0.01, low + 0.01 + room, np.where(t > high - 0.002, high - 0.002 - room, t))

    def batch(
        self,
        consumer: Ints,
        firm: Ints,
        t: Floats,
        *,
        device: Ints | int = NONE,
        account: Ints | int = NONE,
        factor: Floats | float = 1.0,
        outcome: Ints | int = NONE,
    ) -> Batch:
        """Orders, moved into the partners' lives."""
        n = len(consumer)
        fixed = [np.broadcast_to(np.asarray(one, np.int64), n).copy() for one in (device, account, outcome)]
        return Batch(
            ints(consumer), ints(firm), self.within(t, firm), fixed[0], fixed[1],
            np.broadcast_to(np.asarray(factor, np.float64), n).copy(), fixed[2],
        )  # fmt: skip
