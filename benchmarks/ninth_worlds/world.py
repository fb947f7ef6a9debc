"""A world while it is made: who there is, who shares what, and what has been bought."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks.ninth_worlds.settings import Settings
from benchmarks.writing.events import Transfers
from benchmarks.writing.truth import Alike
from benchmarks.writing.units import NO_INTS, NONE, Counted, Flags, Floats, Ints, Texts, ints, joined

STAFF_DEVICES = 3
"""Login devices that a partner has of its own at most."""


@dataclass
class People:
    """Consumers, (n,) each; the first `World.ordinary` lie by country and town, crews' identities after.

    `default`, `refund` and `dispute` multiply the partner's rates; `made` is the day of creation, NaN where
    it follows the first order; `device` is used until `swap`, `later` then.
    """

    town: Ints
    default: Floats
    refund: Floats
    dispute: Floats
    device: Ints
    later: Ints
    swap: Floats
    second_device: Ints
    account: Ints
    second_account: Ints
    made: Floats

    def __len__(self) -> int:
        return len(self.town)


@dataclass
class Firms:
    """Partners, (n,) each. `opening` and `ending` bound their trade; `closed` is infinite where they go on.

    `reach` is 0 local, 1 national, 2 worldwide; `devices` (n, `STAFF_DEVICES`). From `bad_from` to `bad_to`
    `bad_share` of all orders end badly. `follows` names the partner whose regulars came over.
    """

    town: Ints
    country: Ints
    trade: Ints
    reach: Ints
    weight: Floats
    opened: Floats
    closed: Floats
    price: Floats
    sigma: Floats
    price_way: Ints
    refund: Floats
    default: Floats
    dispute: Floats
    hour: Floats
    loyalty: Floats
    period: Ints
    account: Ints
    devices: Ints
    log_ins: Floats
    see_device: Floats
    see_account: Floats
    brand: Texts
    second: Texts
    site: Texts
    legal: Texts
    bad_from: Floats
    bad_to: Floats
    bad_share: Floats
    spike: Floats
    spike_height: Floats
    follows: Ints
    ring: Flags

    def __len__(self) -> int:
        return len(self.town)


@dataclass(frozen=True)
class Way:
    """How a resource is shared: a design, and how much of the members' use it takes, 0 to 1."""

    design: str
    strength: float


@dataclass
class Org:
    """An organisation; `begin` and `end` (members,) bound what each takes part in.

    `people` are its buyers and `buys` their orders for one of a member's own; of these `bad` end badly after
    the first `warm` of the time, `disputed` of them by dispute, and `refunds` are refunded. `work_days` is
    how many days they are crowded on, 0 for all. Each buyer is sent money some `feed` times, from collectors
    of the highest of `layers`, `accounts[top]`.
    """

    kind: str
    members: Ints
    begin: Floats
    end: Floats
    ways: dict[str, Way]
    people: Ints = field(default_factory=lambda: NO_INTS)
    buys: float = 0.0
    bad: float = 0.0
    disputed: float = 0.5
    refunds: float = 0.0
    warm: float = 0.0
    work_days: int = 0
    feed: float = 0.0
    layers: int = 1
    top: int = 0
    ring: bool = False
    care: float = 0.5
    devices: list[Ints] = field(default_factory=list)
    accounts: list[Ints] = field(default_factory=list)


@dataclass(frozen=True)
class Batch:
    """Orders, (n,) each; device, account and outcome are `NONE` where they are as usual."""

    consumer: Ints
    firm: Ints
    t: Floats
    device: Ints
    account: Ints
    outcome: Ints


@dataclass(frozen=True)
class Lease:
    """Use of a unit by partners: (n,) partner, device or account, first and last day, strength."""

    firm: Ints
    unit: Ints
    begin: Floats
    end: Floats
    strength: Floats


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
    joined: Floats = field(default_factory=lambda: np.zeros(1))
    activity: Floats = field(default_factory=lambda: np.zeros(1))
    town_first: Ints = field(default_factory=lambda: NO_INTS)
    number: Ints = field(default_factory=lambda: NO_INTS)
    orgs: list[Org] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)
    machines: list[Lease] = field(default_factory=list)
    payees: list[Lease] = field(default_factory=list)
    collectors: list[Lease] = field(default_factory=list)
    pipes: list[tuple[Ints, Ints]] = field(default_factory=list)
    """(from account, to account): what comes in goes on."""
    moves: list[Transfers] = field(default_factory=list)
    """In euros."""
    honest: list[Batch] = field(default_factory=list)
    planned: list[Batch] = field(default_factory=list)

    @property
    def days(self) -> float:
        return float(self.settings.days)

    def opening(self) -> Floats:
        return np.maximum(self.firms.opened, 0.0)

    def ending(self) -> Floats:
        return np.minimum(self.firms.closed, self.days)

    def grow(self, more: People) -> Ints:
        """More consumers; their numbers."""
        before = len(self.people)
        self.people = joined([self.people, more])
        return np.arange(before, len(self.people))

    def of_towns(self, first: Ints, last: Ints) -> Ints:
        """An active ordinary consumer of the towns from `first` to before `last`, for each pair."""
        low, high = self.town_first[first], self.town_first[last]
        least, most = self.activity[low], self.activity[high]
        at = least + (most - least) * self.rng.random(len(low))
        return np.clip(np.searchsorted(self.activity, at, "right") - 1, 0, self.ordinary - 1)

    def shoppers(self, firm: Ints) -> Ints:
        """A consumer within reach of the partner for each, of its taste a little more often than not."""
        rng, firms = self.rng, self.firms
        reach = np.where(rng.random(len(firm)) < 0.8, firms.reach[firm], rng.integers(0, 3, len(firm)))
        country = firms.country[firm]
        first = np.select(
            [reach == 0, reach == 1], [firms.town[firm], np.searchsorted(self.town_country, country)], 0
        )
        last = np.select(
            [reach == 0, reach == 1],
            [firms.town[firm] + 1, np.searchsorted(self.town_country, country, "right")],
            len(self.town_country),
        )
        who = self.of_towns(first, last)
        fits = who - who % 4 + firms.trade[firm] % 4
        return np.where((rng.random(len(firm)) < 0.5) & (fits < self.ordinary), fits, who)

    def hours(self, firm: Ints) -> Floats:
        """A time of the day, in days, as usual at each partner."""
        rng, n = self.rng, len(firm)
        hour = np.where(rng.random(n) < 0.8, rng.normal(self.firms.hour[firm], 3.2), rng.uniform(6, 24, n))
        return np.asarray(hour % 24 / 24)

    def batch(
        self, consumer: Ints, firm: Ints, t: Floats,
        *, device: Ints | int = NONE, account: Ints | int = NONE, outcome: Ints | int = NONE,
    ) -> Batch:  # fmt: skip
        """Orders, moved into the partners' lives."""
        low, high = self.opening()[firm], self.ending()[firm]
        room = self.rng.random(len(t)) * (high - low)
        t = np.where((t < low + 0.01) | (t > high - 0.01), low + room, t)
        fixed = [np.broadcast_to(ints(one), len(t)).copy() for one in (device, account, outcome)]
        return Batch(ints(consumer), ints(firm), t, *fixed)
