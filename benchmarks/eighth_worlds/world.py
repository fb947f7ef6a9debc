"""A world while it is made."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks.eighth_worlds.basics import USUAL
from benchmarks.eighth_worlds.settings import Settings
from benchmarks.writing.truth import Alike
from benchmarks.writing.units import NONE, Counted, Flags, Floats, Ints, Texts, ints, take_free


@dataclass
class People:
    """Consumers, (n,) each. From `swap` on a second device is the usual one; `made` NaN: by chance.

    `bad`: share of the orders that end badly whatever the partner.
    """

    area: Ints
    device: Ints
    second: Ints
    swap: Floats
    account: Ints
    no_device: Flags
    made: Floats
    bad: Floats

    def __len__(self) -> int:
        return len(self.area)


@dataclass
class Firms:
    """Partners, (n,) each: they trade from `on` to `off` and may be `closed` thereafter.

    `reach` (n, 2): share of new customers from the own area and from the own country. `near` (n, K) are the
    neighbours from whom the share `cross` of the orders comes. Between `storm_from` and `storm_to` the share
    `storm` of orders ends badly.
    """

    area: Ints
    country: Ints
    trade: Ints
    reach: Floats
    weight: Floats
    on: Floats
    off: Floats
    onboarded: Floats
    closed: Flags
    growth: Floats
    loyal: Floats
    near: Ints
    cross: Floats
    price: Floats
    sigma: Floats
    hour: Floats
    hour_sd: Floats
    refund: Floats
    dispute: Floats
    default: Floats
    storm: Floats
    storm_from: Floats
    storm_to: Floats
    device_known: Floats
    till: Ints
    till_share: Floats
    account: Ints
    later_account: Ints
    moved: Floats
    period: Floats
    log_ins: Floats
    brand: Texts
    legal: Texts
    busy: Flags
    of_ring: Flags

    def __len__(self) -> int:
        return len(self.area)


@dataclass
class Ring:
    """A planted ring, at work from `start` to `end`; `firms` is empty where only consumers are in it.

    `channels`: the ways in which it shows. `burn`: share of its own orders that end badly, by member.
    """

    typology: str
    care: float
    firms: Ints
    start: float
    end: float
    channels: tuple[str, ...]
    burn: Floats
    people: list[int] = field(default_factory=list)
    devices: list[int] = field(default_factory=list)
    accounts: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Batch:
    """Orders, (n,) each; `USUAL` where device, account or outcome are as for any order."""

    firm: Ints
    t: Floats
    consumer: Ints
    device: Ints
    account: Ints
    factor: Floats
    outcome: Ints


@dataclass(frozen=True)
class Rule:
    """A share of a partner's payouts to `path[0]`, or of its money onward along `path`, in that time."""

    firm: int
    path: tuple[int, ...]
    start: float
    end: float
    share: float


@dataclass(frozen=True)
class Visit:
    """A partner logs in from a device, `times` times between two moments."""

    firm: int
    device: int
    start: float
    end: float
    times: int


@dataclass
class World(Counted):
    """Everything; filled in by `making.draw_world`."""

    rng: np.random.Generator
    settings: Settings
    area_country: Ints
    area_share: Floats
    people: People = field(init=False)
    firms: Firms = field(init=False)
    first_of_area: Ints = field(default_factory=lambda: ints([]))
    ordinary: int = 0
    rings: list[Ring] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    paid_to: list[Rule] = field(default_factory=list)
    flows: list[Rule] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    helpers: list[int] = field(default_factory=list)
    """Accounts of collectors that already work for a ring."""

    @property
    def days(self) -> float:
        return self.settings.days

    def expected(self, firm: Ints) -> Floats:
        """Orders that each of those partners will have about."""
        weight = self.firms.weight
        many: Floats = self.settings.orders * weight[firm] / weight.sum()
        return many

    def relive(self, own: Ints, on: Floats, off: Floats) -> None:
        """Gives those partners other lives; who trades for longer has more custom."""
        firms = self.firms
        before = firms.off[own] - firms.on[own]
        firms.on[own], firms.off[own] = on, off
        firms.onboarded[own] = np.minimum(firms.onboarded[own], on - 0.1)
        firms.weight[own] *= (off - on + 0.05 * self.days) / (before + 0.05 * self.days)

    def free(self, n: int, allowed: Flags | None = None) -> Ints:
        """`n` partners, or as many as there are, that are in no story yet; they are now."""
        return take_free(self.rng, self.firms.busy, n, allowed)

    def add(
        self,
        firm: Ints,
        t: Floats,
        consumer: Ints,
        *,
        device: Ints | int = USUAL,
        account: Ints | int = USUAL,
        factor: Floats | float = 1.0,
        outcome: Ints | int = USUAL,
        exact: bool = False,
    ) -> None:
        """Plan orders; moments outside the window are moved into it.

        Unless they are `exact`, most stories keep to the partners' usual hours.
        """
        n = len(firm)
        if not exact and self.rng.random() < 0.75:
            usual = np.floor(t) + self.hours(firm)
            t = np.where(usual < self.days, usual, t)
        whole = [np.broadcast_to(np.asarray(one, np.int64), n).copy() for one in (device, account, outcome)]
        late = (t >= self.days) | (t < 0)
        t = np.where(late, self.days * (1 - 0.04 * self.rng.random(n)), t)
        scale = np.broadcast_to(np.asarray(factor, np.float64), n).copy()
        self.batches.append(Batch(ints(firm), t, ints(consumer), whole[0], whole[1], scale, whole[2]))

    def hours(self, firm: Ints) -> Floats:
        """A time of day, as a share of it, of an order at each of those partners."""
        firms = self.firms
        drawn: Floats = (firms.hour[firm] + self.rng.normal(0, 1, len(firm)) * firms.hour_sd[firm]) % 24 / 24
        return drawn

    def anyone(self, area: Ints) -> Ints:
        """An ordinary consumer of each area, the active ones more often."""
        low, high = self.first_of_area[area], self.first_of_area[area + 1]
        return low + ((high - low) * self.rng.random(len(area)) ** 1.7).astype(np.int64)

    def new_people(self, n: int, area: Ints, made: Floats) -> Ints:
        """Consumers that a story brings along, each with a device and an account of its own."""
        rng, people = self.rng, self.people
        new = People(
            area=ints(area), device=self.new_devices(n), second=np.full(n, NONE), swap=np.full(n, np.inf),
            account=self.new_accounts(n), no_device=rng.random(n) < self.settings.no_device, made=made,
            bad=np.zeros(n),
        )  # fmt: skip
        first = len(people)
        for name in vars(people):
            setattr(people, name, np.concatenate([getattr(people, name), getattr(new, name)]))
        return np.arange(first, first + n)
