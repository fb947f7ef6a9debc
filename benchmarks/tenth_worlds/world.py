"""The state of a world while its agents are placed and act."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks.tenth_worlds.market import Market
from benchmarks.writing.truth import Alike
from benchmarks.writing.units import Counted, Flags, Floats, Ints, Texts, ints


@dataclass
class Towns:
    """Places: (towns,) country, size, and how much each town's people are drawn to each other town."""

    country: Ints
    size: Floats
    pull: Floats


@dataclass
class Shops:
    """(partners,) what each shop is; `off` is infinite where it stays open, `heir` may be NONE.

    `sticky` is the chance that who bought there last buys there again; `credit` multiplies the odds that a
    consumer does not pay.
    """

    town: Ints
    trade: Ints
    rank: Ints
    fame: Floats
    sticky: Floats
    online: Flags
    price: Floats
    spread: Floats
    on: Floats
    off: Floats
    heir: Ints
    refund: Floats
    dispute: Floats
    credit: Floats
    device: Ints
    account: Ints
    rhythm: Floats
    hour: Floats
    brand: Texts
    legal: Texts


@dataclass
class People:
    """(people,) who each consumer is; `made` is the day the consumer signed up, `walk` how often it buys."""

    town: Ints
    rank: Ints
    made: Floats
    walk: Floats
    device: Ints
    second: Ints
    account: Ints
    default: Floats
    hour: Floats


@dataclass(frozen=True)
class Block:
    """Orders: who, where, when, by what; `ends` (orders, 3) odds of refund, dispute, default, or NaN."""

    consumer: Ints
    shop: Ints
    t: Floats
    device: Ints
    account: Ints
    amount: Floats
    ends: Floats


@dataclass(frozen=True)
class Use:
    """A shop uses a device (to log in) or an account (to be paid) for a share of its events in a while."""

    shop: int
    what: int
    on: float
    off: float
    share: float


@dataclass(frozen=True)
class Route:
    """After a payout into an account a part of it goes on along a path, now and then."""

    source: int
    path: tuple[int, ...]
    on: float
    off: float
    chance: float
    part: float
    lag: float


@dataclass(frozen=True)
class Slump:
    """For a while ordinary orders of a shop end worse: odds of refund, dispute, default."""

    shop: int
    on: float
    off: float
    ends: tuple[float, float, float]


@dataclass
class Pact:
    """A ring: its plan and everybody and everything in it."""

    payers: str
    money: str
    hands: str
    life: str
    goods: str
    care: float
    shops: Ints
    since: float
    until: float
    people: list[int] = field(default_factory=list)
    devices: list[int] = field(default_factory=list)
    accounts: list[int] = field(default_factory=list)

    @property
    def typology(self) -> str:
        """The plan in a word: a line of lives, or who pays, or that one hand and purse is behind it."""
        return "heirs" if self.life == "heirs" else self.payers


@dataclass
class World(Counted):
    """Everybody, and what was agreed and done."""

    rng: np.random.Generator
    market: Market
    towns: Towns
    shops: Shops
    people: People
    account_country: list[Ints]
    ordinary: int
    busy: Flags
    of_ring: Flags
    keys: list[Use] = field(default_factory=list)
    purses: list[Use] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    slumps: list[Slump] = field(default_factory=list)
    pushes: list[tuple[int, float, float, float]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)
    pacts: list[Pact] = field(default_factory=list)
    staff: dict[int, Ints] = field(default_factory=dict)

    @property
    def days(self) -> int:
        return self.market.days

    def country(self, shop: int) -> int:
        return int(self.towns.country[self.shops.town[shop]])

    def ordinary_fame(self) -> Flags:
        """(partners,) which shops are neither hardly known nor known to everybody."""
        low, high = np.quantile(self.shops.fame, [0.25, 0.92])
        fits: Flags = (self.shops.fame > low) & (self.shops.fame < high)
        return fits

    def open_accounts(self, country: Ints | int, n: int) -> Ints:
        """(n,) numbers of new accounts in those countries."""
        self.account_country.append(ints(np.broadcast_to(country, n)))
        return self.new_accounts(n)

    def new_people(self, town: Ints, made: Floats, walk: float) -> Ints:
        """(n,) new consumers with a device and an account of their own; `walk` times the usual custom."""
        rng, n, people = self.rng, len(town), self.people
        first = len(people.town)
        device = self.new_devices(n)
        add = {
            "town": town,
            "rank": rng.integers(0, 3, n),
            "made": made,
            "walk": walk * rng.gamma(0.8, 1 / 0.8, n),
            "device": device,
            "second": device,
            "account": self.open_accounts(self.towns.country[town], n),
            "default": np.full(n, self.market.default),
            "hour": rng.normal(15, 3.5, n),
        }
        for name, values in add.items():
            setattr(people, name, np.concatenate([getattr(people, name), values]))
        return np.arange(first, first + n)

    def life(self, shops: Ints) -> tuple[Floats, Floats]:
        """First and last moment in the window at which each shop is open."""
        on, off = self.shops.on[shops], self.shops.off[shops]
        return np.maximum(on, 0), np.minimum(off, self.days)

    def buy(
        self,
        consumer: Ints,
        shop: Ints,
        t: Floats,
        *,
        device: Ints | None = None,
        account: Ints | None = None,
        dear: float = 1,
        ends: tuple[float, float, float] | None = None,
    ) -> None:
        """Orders; those outside a shop's life or before the consumer's sign-up are not made."""
        on, off = self.life(shop)
        made = (t >= on) & (t < off) & (t > self.people.made[consumer])
        n = int(made.sum())
        consumer, shop, t = consumer[made], shop[made], t[made]
        own, funds = self.gear(consumer)
        odds = np.full((n, 3), np.nan) if ends is None else np.broadcast_to(np.array(ends), (n, 3))
        self.blocks.append(
            Block(
                consumer,
                shop,
                t,
                own if device is None else device[made],
                funds if account is None else account[made],
                self.prices(consumer, shop) * dear,
                odds,
            )
        )

    def gear(self, consumer: Ints) -> tuple[Ints, Ints]:
        """Device and account of each order by that consumer."""
        people = self.people
        other = self.rng.random(len(consumer)) < 0.25
        return np.where(other, people.second[consumer], people.device[consumer]), people.account[consumer]

    def prices(self, consumer: Ints, shop: Ints) -> Floats:
        """What each order costs."""
        noise = np.exp(self.rng.normal(0, 1, len(shop)) * self.shops.spread[shop])
        return np.asarray(self.shops.price[shop] * noise * 1.2 ** (self.people.rank[consumer] - 1.0))

    def hours(self, consumer: Ints) -> Floats:
        """Time of day, in days, at which each consumer buys."""
        return np.asarray((self.people.hour[consumer] + self.rng.normal(0, 3, len(consumer))) % 24 / 24)
