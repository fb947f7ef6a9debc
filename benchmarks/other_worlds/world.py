"""A world while it is being made: its people, and the rules that its events will be drawn by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.other_worlds.draws import DAY_S, EVER_S, Columns, Dice
from benchmarks.other_worlds.habits import Habits
from benchmarks.other_worlds.places import Places
from benchmarks.other_worlds.trades import TRADES, Trade
from benchmarks.writing.units import Flags, Floats, Ints

KINDS: Final = ("mobile", "desktop", "tablet", "server", "unknown")
OUTCOMES: Final = ("open", "paid", "refunded", "disputed", "defaulted")
NATURAL, OPEN, PAID, REFUNDED, DISPUTED, DEFAULTED = -1, 0, 1, 2, 3, 4
"""What becomes of an order; NATURAL: what becomes of that partner's and that consumer's orders anyway."""
OWN: Final = -2
"""In a planned order: the device or account that the consumer would use anyway."""

PHONES: Final = (0.66, 0.2, 0.08, 0.01, 0.05)
OFFICE: Final = (0.35, 0.5, 0.1, 0.01, 0.04)
BACK_OFFICE: Final = (0.4, 0.5, 0.1, 0, 0)

Span = tuple[float, float]
"""From, until; seconds from the window's start."""


@dataclass
class Partners:
    """Columns of partners, (n,); moments are seconds from the window's start."""

    trade: Ints
    city: Ints
    country: Ints
    popularity: Floats
    onboarded_s: Floats
    closed_s: Floats  # inf: never
    median: Floats  # of amounts, in the partner's currency
    sigma: Floats
    price_style: Ints
    refunds: Floats
    disputes: Floats
    defaults: Floats
    hour_shift: Floats
    trend: Floats
    local: Floats
    no_device: Floats
    no_account: Floats
    till: Ints
    till_share: Floats
    season_share: Floats
    season_centre: Floats
    season_width_s: Floats
    exporter: Flags
    payout_every_s: Floats
    name: list[str] = field(default_factory=list)
    legal_name: list[str | None] = field(default_factory=list)
    account: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    staff_partner: Ints = field(default_factory=lambda: np.empty(0, np.int64))  # (staff,)
    staff_device: Ints = field(default_factory=lambda: np.empty(0, np.int64))  # (staff,)
    ring: Ints = field(default_factory=lambda: np.empty(0, np.int64))  # -1: none
    taken: Flags = field(
        default_factory=lambda: np.empty(0, np.bool_)
    )  # by a story that a second would spoil


@dataclass
class Ring:
    """A planted ring, active from `since_s` until `until_s`."""

    number: int
    typology: str
    care: float  # 0 careless to 1 careful
    labelled: bool
    size: int
    onset_s: float = 0.0
    bad_share: float = 0.0
    bad_mix: Floats = field(default_factory=lambda: np.empty(0))  # refunded, disputed, defaulted
    partners: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    volume: Floats = field(default_factory=lambda: np.empty(0))  # (partners,) orders to be faked
    city: int = 0
    since_s: float = 0.0
    until_s: float = 0.0
    customers: int = 0  # how many it wants
    hour: float | None = None  # when its operators are at work
    consumers: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    fakes: Ints = field(default_factory=lambda: np.empty(0, np.int64))  # those not recruited
    device_ties: list[tuple[int, int]] = field(default_factory=list)  # orders at b from a's office machine
    account_ties: list[tuple[int, int]] = field(default_factory=list)  # orders at b paid from a's account

    @property
    def span(self) -> Span:
        """When it is active."""
        return self.since_s, self.until_s

    @property
    def orders(self) -> int:
        """How many orders are to be faked."""
        return int(self.volume.sum())


class PartlyPaid(NamedTuple):
    """A share of a partner's payouts goes to another account for a while."""

    partner: int
    since_s: float
    until_s: float
    account: int
    share: float


class Sweep(NamedTuple):
    """After a payout a part of it goes on to an account, `least` to `most` of it."""

    partner: int
    since_s: float
    until_s: float
    account: int
    least: float
    most: float
    delay_days: float
    chance: float


class Forward(NamedTuple):
    """What an account gets from a sweep goes on, `least` to `most` of it."""

    source: int
    target: int
    least: float
    most: float
    delay_days: float
    chance: float


class Spell(NamedTuple):
    """A while in which a partner's orders go bad `factor` times as often, or at least -`factor` of them."""

    partner: int
    since_s: float
    until_s: float
    factor: float
    kind: int  # 0: of every kind; 1: disputes above all; 2: defaults


class LookAlike(NamedTuple):
    """An honest group that looks like a ring: its members by kind."""

    name: str
    members: dict[str, Ints]


@dataclass
class World:
    """People and rules; whatever is drawn is drawn from `rng`."""

    rng: Dice
    habits: Habits
    places: Places
    n_partners: int
    n_orders: int
    devices: Columns = field(default_factory=lambda: Columns(kind=np.int8, seen_s=float))
    accounts: Columns = field(default_factory=lambda: Columns(country=np.int16, opened_s=float))
    partners: Partners = field(init=False)
    consumers: Columns = field(init=False)
    planned: list[tuple] = field(default_factory=list)  # consumer, partner, moment, outcome, device, ...
    bank_changes: list[tuple[Ints, Floats, Ints]] = field(default_factory=list)  # partner, from, account
    partly_paid: list[PartlyPaid] = field(default_factory=list)
    logins: list[tuple] = field(default_factory=list)  # partner, device, from, until, logins a day
    sweeps: list[Sweep] = field(default_factory=list)
    forwards: list[Forward] = field(default_factory=list)
    transfers: list[tuple] = field(default_factory=list)  # moment, from, to, amount
    spells: list[Spell] = field(default_factory=list)
    favourites: list[tuple[Ints, Ints, float]] = field(default_factory=list)  # consumers, partners, share
    rings: list[Ring] = field(default_factory=list)
    ring_members: list[tuple[int, str, int]] = field(default_factory=list)
    ring_consumers: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    look_alikes: list[LookAlike] = field(default_factory=list)

    @property
    def window_s(self) -> float:
        """How long the events go on."""
        return self.habits.days * DAY_S

    @property
    def honest_consumers(self) -> int:
        """How many consumers there are before any ring; they are numbered first."""
        return int(self.n_orders / self.habits.orders_per_consumer)

    @property
    def orders_each(self) -> float:
        """Orders of a mean partner."""
        return self.n_orders / self.n_partners

    @property
    def honest(self) -> Flags:
        """(partners,) those in no ring."""
        return self.partners.ring < 0

    @property
    def everybody(self) -> Flags:
        """(partners,) all of them."""
        return np.ones(self.n_partners, np.bool_)

    def trade_of(self, partner: int) -> Trade:
        """What that partner sells."""
        return TRADES[self.partners.trade[partner]]

    def city_name(self, partner: int) -> str:
        """Where that partner is."""
        return self.places.city_names[self.partners.city[partner]]

    def honest_of(self, partners: ArrayLike) -> Ints:
        """Those in no ring."""
        return np.asarray(partners)[self.honest[np.asarray(partners)]]

    def open_span(self, partners: ArrayLike) -> tuple[Floats, Floats]:
        """From and until when they trade within the window."""
        opened, closed = self.partners.onboarded_s[partners], self.partners.closed_s[partners]
        return np.maximum(opened, 0), np.minimum(closed, self.window_s)

    # whatever comes into being

    def new_devices(self, n: int, seen_s: ArrayLike, kinds: tuple[float, ...] = PHONES) -> Ints:
        """New devices, of kinds as often as `kinds` says."""
        return self.devices.add(n, kind=self.rng.pick(np.array(kinds), n), seen_s=seen_s)

    def new_accounts(self, n: int, country: ArrayLike, opened_s: ArrayLike) -> Ints:
        """New bank accounts."""
        return self.accounts.add(n, country=country, opened_s=opened_s)

    # whatever will go on

    def pay_into(self, partners: ArrayLike, since_s: float, account: ArrayLike) -> None:
        """From then on payouts go to that account."""
        partners = np.atleast_1d(partners)
        since = np.broadcast_to(float(since_s), len(partners)).copy()
        self.bank_changes.append((partners, since, np.broadcast_to(account, len(partners)).copy()))

    def log_in(
        self,
        partners: ArrayLike,
        devices: ArrayLike,
        rate: ArrayLike,
        since_s: ArrayLike = -EVER_S,
        until_s: ArrayLike = EVER_S,
    ) -> None:
        """Those partners' staff log in from those devices, `rate` times a day."""
        partners = np.atleast_1d(partners)
        columns = (
            np.broadcast_to(one, len(partners)).copy()
            for one in (np.squeeze(devices), since_s, until_s, rate)
        )
        self.logins.append((partners, *columns))

    def plan(
        self,
        consumers: ArrayLike,
        partners: ArrayLike,
        moment_s: ArrayLike,
        outcome: ArrayLike = NATURAL,
        *,
        device: ArrayLike = OWN,
        account: ArrayLike = OWN,
        scale: ArrayLike = 1.0,
        keep_hour: ArrayLike = False,
    ) -> None:
        """Orders over and above the ordinary; the hour is the shop's unless it is to be kept."""
        n = len(np.asarray(consumers))
        if n == 0:
            return
        columns = (
            (moment_s, float),
            (outcome, np.int8),
            (device, np.int64),
            (account, np.int64),
            (scale, float),
            (keep_hour, bool),
        )
        people = np.asarray(consumers, np.int64), np.asarray(partners, np.int64)
        filled = (np.broadcast_to(np.asarray(value, dtype), n).copy() for value, dtype in columns)
        self.planned.append((*people, *filled))

    def add_look_alike(self, name: str, **members: ArrayLike) -> None:
        """Note an honest group."""
        kinds = {kind: np.unique(np.asarray(ids, np.int64)) for kind, ids in members.items()}
        self.look_alikes.append(LookAlike(name, kinds))

    # how many and who

    def how_many(self, factor: float = 1.0) -> int:
        """How many look-alikes of a kind: as many as rings, or more."""
        rings = len(self.rings)
        many = rings * self.habits.look_alike_factor * self.rng.uniform(0.8, 1.2) * factor
        return max(rings, int(np.ceil(many)))

    def any_partner(self) -> int:
        """One of all partners."""
        return self.rng.integers(0, self.n_partners)

    def honest_partner(self) -> int:
        """One of those in no ring."""
        return self.rng.choice(np.flatnonzero(self.honest))

    def near_partners(
        self, first: int, n: int, fit: Flags, *, pull: float = 4.0, same_country: bool = True
    ) -> Ints:
        """That partner and others by gravity, the nearer the likelier; first those of its country."""
        country, city = self.partners.country, self.partners.city
        pool = np.flatnonzero(fit & (country == country[first]) if same_country else fit)
        pool = pool[pool != first]
        if len(pool) < n - 1:
            pool = np.flatnonzero(fit)
            pool = pool[pool != first]
        xy = self.places.city_xy
        distance = ((xy[city[pool]] - xy[city[first]]) ** 2).sum(1)
        weight = 1 / (0.02 + distance) ** (pull / 4)
        return np.concatenate([[first], self.rng.choose(pool, n - 1, weight)])

    def local_consumers(self, city: int, n: int, *, of_all: bool = False) -> Ints:
        """Up to `n` consumers of a city, or of its country where they are too few."""
        known = len(self.consumers) if of_all else self.honest_consumers
        pool = np.flatnonzero(self.consumers["city"][:known] == city)
        if len(pool) < n:
            pool = np.flatnonzero(self.consumers["country"][:known] == self.places.city_country[city])
        return self.rng.choose(pool, n, self.consumers["activity"][pool] ** 0.7)
