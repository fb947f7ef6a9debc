"""A world while it is made: who there is, what is planned and what has been bought."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks.seventh_worlds.settings import Settings
from benchmarks.seventh_worlds.units import Things
from benchmarks.writing.truth import Alike
from benchmarks.writing.units import NO_INTS, Flags, Floats, Ints, Texts, ints


@dataclass
class People:
    """The honest consumers, (n,) each; strangers whom rings bring have higher numbers.

    `luck` (n, 3) multiplies the shares refunded, disputed and defaulted. `device` gives way to `later_device`
    at `swap`; `place` is where others' machines are at hand, `NONE` for nowhere.
    """

    city: Ints
    district: Ints
    luck: Floats
    device: Ints
    later_device: Ints
    swap: Floats
    other_device: Ints
    account: Ints
    second_account: Ints
    place: Ints
    activity: Floats
    """(n,) summed up."""

    def __len__(self) -> int:
        return len(self.city)


@dataclass
class Firms:
    """Partners, (n,) each; `opening` and `ending` bound their trade within the window.

    `city` and `district` are `NONE` and past the last for those that sell everywhere. `risk` (n, 3) are the
    shares refunded, disputed and defaulted, more by `trouble` (n, 3) within `troubled` (n, 2); from `doom` on
    most orders end badly. Payouts go to `account`, to `later_account` from `moved` on, to the `pool` of a
    facilitator, to `factor` within `factored` (n, 2). Money goes on to `payees` (n, 4) and `owner_account`,
    wages to `staff` (n, 2), and all of it to `holding` where there is one. Buyers use the device `till`.
    `steady` ones keep clear of facilitators, `busy` ones are of a ring or of one honest owner.
    """

    trade: Ints
    land: Ints
    city: Ints
    district: Ints
    price: Floats
    sigma: Floats
    risk: Floats
    hour: Floats
    popularity: Floats
    on: Floats
    off: Floats
    trouble: Floats
    troubled: Floats
    brand: Texts
    owner: Texts
    word: Texts
    name: Texts
    legal: Texts
    device: Ints
    second_device: Ints
    account: Ints
    later_account: Ints
    moved: Floats
    owner_account: Ints
    till: Ints
    no_device: Floats
    no_account: Floats
    doom: Floats
    pool: Ints
    factor: Ints
    factored: Floats
    payees: Ints
    staff: Ints
    holding: Ints
    steady: Flags
    busy: Flags
    opening: Floats
    ending: Floats

    def __len__(self) -> int:
        return len(self.trade)


@dataclass
class Ring:
    """A planted ring; `firms` is empty for one of consumers.

    `ties` are those of log-in, account and collector that it has; `traces` tell by which numbers which of its
    firms are tied: (kind of tie, firms, numbers). `tools` are consumers, devices and accounts of its own.
    """

    number: int
    typology: str
    care: float
    firms: Ints
    ties: list[str]
    traces: list[tuple[str, Ints, Ints]] = field(default_factory=list)
    tools: list[tuple[str, Ints]] = field(default_factory=list)
    recruits: Ints = field(default_factory=lambda: NO_INTS)

    @property
    def loose(self) -> bool:
        """Its custom ties it, whatever else does."""
        return self.typology not in ("shell_network", "phoenix", "mule_chain")


@dataclass(frozen=True)
class Batch:
    """Orders, (n,) each; `risk` (n, 3); `ring` is `NONE` for honest ones, `usual` ones are of no story."""

    t: Floats
    consumer: Ints
    firm: Ints
    device: Ints
    account: Ints
    amount: Floats
    risk: Floats
    ring: Ints
    usual: Flags


@dataclass(frozen=True)
class Lottery:
    """Draws firms by popularity: (firms,) sorted by group, sums of popularity, (groups,) their bounds."""

    order: Ints
    total: Floats
    low: Floats
    high: Floats

    def draw(self, rng: np.random.Generator, group: Ints) -> Ints:
        """A firm of each of those groups, of all firms where it is empty or `NONE`."""
        low, high = self.low[group], self.high[group]
        here = (group >= 0) & (high > low)
        low, high = np.where(here, low, 0.0), np.where(here, high, self.total[-1])
        at = np.searchsorted(self.total, low + rng.random(len(group)) * (high - low))
        drawn: Ints = self.order[np.minimum(at, len(self.order) - 1)]
        return drawn


def lottery(group: Ints, n_groups: int, popularity: Floats) -> Lottery:
    """`group` (firms,) is from 0 to `n_groups`."""
    order = np.argsort(group, kind="stable")
    total = np.cumsum(popularity[order])
    before = np.concatenate([[0.0], total])
    ends = np.searchsorted(group[order], np.arange(n_groups + 1))
    return Lottery(order, total, before[ends[:-1]], before[ends[1:]])


@dataclass
class World:
    """Everything; parts are filled in one after another by `making.draw_world`."""

    rng: np.random.Generator
    settings: Settings
    consumers: Things = field(default_factory=Things)
    devices: Things = field(default_factory=Things)
    accounts: Things = field(default_factory=Things)
    people: People = field(init=False)
    firms: Firms = field(init=False)
    rings: list[Ring] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)
    machines: Ints = field(init=False)
    company: Ints = field(init=False)
    """(places, 7) devices and (places,) account, if any, that people of a place use."""
    log_ins: list[tuple[int, Ints, float, float, float]] = field(default_factory=list)
    """(device, partners, times each, from, to)"""
    relaunched: list[Ints] = field(default_factory=list)
    holdings: list[tuple[int, int]] = field(default_factory=list)
    circles: list[Ints] = field(default_factory=list)
    couriers: list[tuple[int, float, float, Flags]] = field(default_factory=list)
    """(city, from, to, partners that the courier fails)"""
    scale: Floats = field(default_factory=lambda: np.ones(3))
    """(3,) times which everybody's orders are refunded, disputed, defaulted."""
    in_district: Lottery = field(init=False)
    in_city: Lottery = field(init=False)
    """Group 0 sells everywhere, the others are cities."""
    favourites: Ints = field(init=False)
    """(people, 6) partners."""
    batches: list[Batch] = field(default_factory=list)
    custom: Ints = field(init=False)
    """(partners,) honest orders before rings act."""

    @property
    def days(self) -> float:
        return float(self.settings.days)

    def pick(self, n: float | np.integer, allowed: Flags) -> Ints:
        """`n` of those allowed, or as many as there are."""
        numbers = np.flatnonzero(allowed)
        picked: Ints = self.rng.choice(numbers, min(int(n), len(numbers)), replace=False)
        return picked

    def a_city(self) -> int:
        return int(self.rng.choice(self.settings.cities, p=self.settings.city_share))

    def some_people(self, n: int) -> Ints:
        """(n,) people, the active ones more often."""
        total = self.people.activity
        drawn = np.searchsorted(total, self.rng.random(n) * total[-1])
        people: Ints = np.minimum(drawn, len(total) - 1)
        return people

    def look_alike(self, name: str, kind: str, members: Ints) -> None:
        """Note one honest group."""
        self.alike.append(Alike(name, kind, ints(members)))

    def moments(self, low: Floats, high: Floats, hour: Floats) -> Floats:
        """A moment from each `low` to `high`, by the calendar and about that hour of the day."""
        rng, days, total = self.rng, np.arange(self.settings.days + 1), self.settings.calendar
        least, most = np.interp(low, days, total), np.interp(high, days, total)
        drawn = np.interp(least + rng.random(len(low)) * (most - least), total, days)
        at = np.where(rng.random(len(low)) < 0.12, rng.uniform(0, 24, len(low)), rng.normal(hour, 3.2)) % 24
        t = np.floor(drawn) + at / 24
        return np.where((t < low) | (t > high), drawn, t)
