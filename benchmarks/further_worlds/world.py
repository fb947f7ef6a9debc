"""A world while it is being made: its people, and what is planned to happen to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.further_worlds.habits import Habits
from benchmarks.further_worlds.people import Consumers, Partners
from benchmarks.further_worlds.plans import OWN, Flow, Group, Level, PassOn, Planned, Ring
from benchmarks.further_worlds.trades import Country, Trade
from benchmarks.further_worlds.units import DAY_S, Span
from benchmarks.writing.units import Flags, Floats, Ints

ANY: Final = (0.0, 1e9)


@dataclass
class World:
    """People and plans; all is drawn from `rng`. `scale`: its partners over those of a usual world."""

    rng: np.random.Generator
    window_s: float
    start_s: int
    n_partners: int
    n_orders: int
    n_rings: int
    scale: float
    habits: Habits
    countries: list[Country] = field(init=False)
    trades: list[Trade] = field(init=False)
    city_country: Ints = field(init=False)
    stems: list[str] = field(init=False)
    city_names: list[str] = field(init=False)
    shops: Partners = field(init=False)
    people: Consumers = field(init=False)
    n_ordinary: int = 0
    spare: list[int] = field(default_factory=list)
    n_devices: int = 0
    n_accounts: int = 0
    device_kinds: list[np.ndarray[tuple[int], np.dtype[np.str_]]] = field(default_factory=list)
    account_countries: list[Ints] = field(default_factory=list)
    account_new: list[Flags] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)
    passed_on: list[PassOn] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    logins: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)  # partner, device, moment
    rings: list[Ring] = field(default_factory=list)
    look_alikes: list[Group] = field(default_factory=list)

    # whatever comes into being

    def new_devices(self, n: int, kind: ArrayLike = "mobile") -> Ints:
        """Numbers of new devices, (n,)."""
        first, self.n_devices = self.n_devices, self.n_devices + n
        self.device_kinds.append(np.broadcast_to(np.asarray(kind, np.str_), n).copy())
        return np.arange(first, self.n_devices)

    def new_accounts(self, n: int, country: ArrayLike, *, new: bool = False) -> Ints:
        """Numbers of new bank accounts, (n,); `new`: opened shortly before their first use."""
        first, self.n_accounts = self.n_accounts, self.n_accounts + n
        self.account_countries.append(np.broadcast_to(np.asarray(country), n).copy())
        self.account_new.append(np.full(n, new))
        return np.arange(first, self.n_accounts)

    def new_account(self, country: ArrayLike, *, new: bool = False) -> int:
        """The number of one new bank account."""
        return int(self.new_accounts(1, country, new=new)[0])

    # who

    def orders_of(self) -> Floats:
        """(partners,) about how many ordinary orders each will have."""
        shops = self.shops
        size = shops.weight * np.clip(shops.sells_until - np.maximum(shops.opens, 0), 0, None)
        share: Floats = size / size.sum()
        return share * self.n_orders * 0.8

    def pick(
        self,
        n: int,
        *,
        open_in: Span | None = None,
        country: int | None = None,
        city: int | None = None,
        trade: int | None = None,
        orders: Span = ANY,
    ) -> Ints | None:
        """`n` partners without a group, alike in the given things, who now have one; None where too few."""
        chosen = self._choose(n, self.shops.free, open_in, country, city, trade, orders)
        if chosen is not None:
            self.shops.free[chosen] = False
        return chosen

    def pick_any(
        self,
        n: int,
        *,
        country: int | None = None,
        city: int | None = None,
        orders: Span = ANY,
    ) -> Ints | None:
        """`n` partners, of a group or not, alike in the given things; None where too few."""
        return self._choose(n, np.ones(self.n_partners, np.bool_), None, country, city, None, orders)

    def pick_free(self, n: int, *, open_in: Span, country: int | None, orders: Span) -> Ints | None:
        """`n` partners as `pick` does, who stay without a group."""
        return self._choose(n, self.shops.free, open_in, country, None, None, orders)

    def _choose(
        self,
        n: int,
        fit: Flags,
        open_in: Span | None,
        country: int | None,
        city: int | None,
        trade: int | None,
        orders: Span,
    ) -> Ints | None:
        shops = self.shops
        fit = fit.copy()
        if open_in is not None:
            since, until = open_in
            fit &= (shops.opens < since) & (shops.sells_until > until) & (shops.closes > until)
        for column, value in ((shops.country, country), (shops.city, city), (shops.trade, trade)):
            if value is not None:
                fit &= column == value
        many = self.orders_of()
        fit &= (many >= orders[0]) & (many <= orders[1])
        pool = np.flatnonzero(fit)
        return self.rng.choice(pool, n, replace=False) if len(pool) >= n else None

    def a_country(self) -> int:
        """A country, the likelier the more partners it has."""
        share = np.bincount(self.shops.country, minlength=len(self.countries)) / self.n_partners
        return int(self.rng.choice(len(self.countries), p=share))

    def ordinary_people(self, n: int, countries: ArrayLike, city: int | None = None) -> Ints:
        """Up to `n` ordinary consumers of those countries or that city who are in no ring."""
        people = self.people
        fit = ~people.in_ring
        fit[self.n_ordinary :] = False
        fit &= np.isin(people.country, countries)
        if city is not None:
            fit &= people.city == city
        pool = np.flatnonzero(fit)
        return self.rng.choice(pool, min(n, len(pool)), replace=False) if len(pool) else pool

    def newcomers(self, n: int, cities: ArrayLike, since_s: float, activity: float) -> Ints:
        """Up to `n` spare consumers, who now live in those cities and shop of their own accord, too."""
        people = self.people
        taken = np.array([self.spare.pop() for _ in range(min(n, len(self.spare)))], np.int64)
        if not len(taken):
            return taken
        people.city[taken] = self.rng.choice(np.asarray(cities), len(taken))
        people.country[taken] = self.city_country[people.city[taken]]
        people.since_s[taken] = np.clip(since_s - self.rng.exponential(25 * DAY_S, len(taken)), 0, None)
        people.activity[taken] = activity * np.exp(self.rng.normal(0, 0.6, len(taken)))
        return taken

    # when

    def hours_s(self, partners: Ints) -> Floats:
        """Seconds into a day, each at that partner's hours."""
        rng = self.rng
        usual = np.array([trade.hour for trade in self.trades])[self.shops.trade[partners]]
        usual = usual + self.shops.hour_shift[partners]
        hour: Floats = usual + rng.normal(0, self.habits.hour_sd, len(partners))
        odd = rng.random(len(partners)) < 0.12
        hour[odd] = rng.uniform(0, 24, odd.sum())
        return (hour % 24) * 3600 + rng.random(len(partners)) * 60

    def at_hours(self, moment_s: Floats, partners: Ints) -> Floats:
        """The same calendar days, at the partners' hours."""
        day: Floats = np.floor(moment_s / DAY_S) * DAY_S
        return day + self.hours_s(partners)

    def any_time(self, partners: Ints) -> Floats:
        """A moment for each while that partner sells."""
        since = np.maximum(self.shops.opens[partners], 0)
        until = np.minimum(self.shops.sells_until[partners], self.window_s)
        drawn: Floats = since + self.rng.random(len(partners)) * np.maximum(until - since, 1)
        return drawn

    # whatever will go on

    def plan(
        self,
        consumers: Ints,
        partners: ArrayLike,
        moment_s: Floats,
        scale: ArrayLike = 1.0,
        *,
        spread: float = 1.0,
        bad: ArrayLike | None = None,
        device: ArrayLike = OWN,
        account: ArrayLike = OWN,
        of_ring: bool = False,
    ) -> None:
        """Orders over and above the ordinary; `bad` as in `Planned`, `scale` multiplies amounts."""
        n = len(consumers)
        chances = np.full((n, 3), np.nan)
        if bad is not None:
            chances[:] = bad

        def whole(value: ArrayLike) -> Ints:
            return np.broadcast_to(np.asarray(value, np.int64), n)

        def real(value: ArrayLike) -> Floats:
            return np.broadcast_to(np.asarray(value, np.float64), n)

        people = whole(consumers), whole(partners)
        amounts = real(scale), real(spread)
        self.planned.append(
            Planned(*people, real(moment_s), *amounts, chances, whole(device), whole(account), whole(of_ring))
        )

    def pass_on(
        self,
        partners: Ints,
        span: Span,
        share: Span,
        chance: float,
        levels: Sequence[Level],
        delay_days: Span,
        parts: int = 1,
    ) -> None:
        """Plan that payouts of `span` are passed on."""
        self.passed_on.append(PassOn(partners, *span, share, chance, levels, delay_days, parts))

    def flow(self, source: int, target: int, span: Span, n: int) -> None:
        """Plan `n` transfers between two accounts within `span`."""
        self.flows.append(Flow(source, target, *span, n))

    def log_in(self, partner: int, device: int, n: int, span: Span) -> None:
        """Log in to a partner `n` times from that device within `span`."""
        since = max(span[0], 0)
        until = min(max(span[1], since + DAY_S), self.window_s - 1)
        self.logins.append((np.full(n, partner), np.full(n, device), self.rng.uniform(since, until, n)))

    def go_under(self, partner: int, moment_s: float, chance: float | None = None) -> None:
        """That partner's last weeks go badly, and then it is insolvent."""
        shops, rng = self.shops, self.rng
        moment_s = min(moment_s, self.window_s)
        shops.sells_until[partner] = min(shops.sells_until[partner], moment_s)
        if rng.random() < 0.75 and moment_s + DAY_S < self.window_s:
            closes = moment_s + rng.uniform(1, 25) * DAY_S
            shops.closes[partner] = min(closes, self.window_s - 0.2 * DAY_S)
        shops.bad_since_s[partner] = moment_s - rng.uniform(15, 70) * DAY_S
        shops.bad_until_s[partner] = moment_s + DAY_S
        chance = rng.uniform(0.7, 1.0) if chance is None else chance
        shops.bad_mix[partner] = np.array([0.08, 0.87, 0.05]) * chance
