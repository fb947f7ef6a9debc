"""A world while it is being made: its people, and what is planned to happen to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from benchmarks.fourth_worlds.dice import Dice, Rates
from benchmarks.fourth_worlds.people import Consumers, Partners
from benchmarks.fourth_worlds.plans import (
    KINDS,
    OWN,
    Forwarding,
    Group,
    LoginHabit,
    Orders,
    PayoutChange,
    Ring,
    Transfer,
)
from benchmarks.fourth_worlds.settings import Settings
from benchmarks.fourth_worlds.trades import Country, Trade
from benchmarks.writing.units import Flags, Floats, Ints

DEVICE_KINDS: Final = ("mobile", "desktop", "tablet", "server", "unknown")
BUYERS: Final = (0.62, 0.25, 0.08, 0.005, 0.045)
"""How often a buyer's device is of each kind; below, that of a shop, a ring's office, a public place, …"""
SHOP: Final = (0.4, 0.45, 0.1, 0.01, 0.04)
OFFICE: Final = (0.45, 0.4, 0.1, 0.01, 0.04)
PUBLIC: Final = (0.3, 0.5, 0.2, 0.0, 0.0)
DESK: Final = (0.0, 0.9, 0.1, 0.0, 0.0)


@dataclass
class World:
    """People and plans; `window` in days, `scale`: its partners over those of a usual world."""

    dice: Dice
    rates: Rates
    settings: Settings
    window: float
    start: pd.Timestamp
    n_partners: int
    n_orders: int
    n_consumers: int
    n_rings: int
    scale: float
    countries: list[Country]
    country_share: Floats
    n_cities: Ints
    trades: list[Trade]
    shops: Partners = field(init=False)
    people: Consumers = field(init=False)
    n_devices: int = 0
    n_accounts: int = 0
    device_kind: list[Ints] = field(default_factory=list)
    account_country: list[Ints] = field(default_factory=list)
    planned: list[Orders] = field(default_factory=list)
    payout_changes: list[PayoutChange] = field(default_factory=list)
    forwardings: list[Forwarding] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    logins: list[LoginHabit] = field(default_factory=list)
    sweeps: list[Forwarding] = field(default_factory=list)
    """Payouts of franchises that their head offices collect."""
    haunts: dict[int, Ints] = field(default_factory=dict)
    """The partners near the common device of a consumer, where he becomes a regular."""
    successors: list[tuple[int, int]] = field(default_factory=list)
    """Honest shops that inherit the regulars of the shop before."""
    habit_source: dict[int, int] = field(default_factory=dict)
    """Who in the household has chosen the favourite shops of a consumer."""
    rings: list[Ring] = field(default_factory=list)
    look_alikes: list[Group] = field(default_factory=list)

    @property
    def rng(self) -> np.random.Generator:
        """The source of all draws but `rates`."""
        return self.dice.rng

    def several(self, least: int, most: int) -> int:
        """How many groups: as many as in a usual world, in proportion to the partners, and at least one."""
        return max(1, round(self.dice.whole(least, most) * self.scale))

    # whatever comes into being

    def new_devices(self, n: int, kinds: Sequence[float] = BUYERS) -> Ints:
        """Numbers of new devices, (n,)."""
        first, self.n_devices = self.n_devices, self.n_devices + n
        share = np.array(kinds)
        self.device_kind.append(self.rng.choice(len(DEVICE_KINDS), n, p=share / share.sum()))
        return np.arange(first, self.n_devices)

    def new_accounts(self, countries: Ints) -> Ints:
        """Numbers of new bank accounts in those countries, (n,)."""
        first, self.n_accounts = self.n_accounts, self.n_accounts + len(countries)
        self.account_country.append(np.asarray(countries))
        return np.arange(first, self.n_accounts)

    def new_account(self, country: int) -> int:
        """The number of one new bank account."""
        return int(self.new_accounts(np.array([country]))[0])

    def group(self, look_alike: str, **members: ArrayLike) -> None:
        """Note an honest group, by kinds of members."""
        found = {
            kind: set(np.atleast_1d(np.asarray(members.get(kind, []), np.int64)).tolist()) for kind in KINDS
        }
        self.look_alikes.append(Group(look_alike, found))

    # who and where

    def a_country(self) -> int:
        """A country, the likelier the larger."""
        return int(self.rng.choice(len(self.countries), p=self.country_share))

    def a_city(self, country: int) -> int:
        """Any city of that country."""
        return self.dice.whole(0, int(self.n_cities[country]) - 1)

    def currency_rate(self) -> Floats:
        """Units of each country's currency for a euro, (countries,)."""
        return np.array([country.rate for country in self.countries])

    def revenue(self, partners: Ints) -> Floats:
        """About how much each of those turns over in the window."""
        amount: Floats = self.shops.usual_orders[partners] * self.shops.price[partners]
        return amount

    def free_partners(
        self,
        n: int,
        *,
        country: int | None = None,
        city: int | None = None,
        trade: int | None = None,
        fit: Flags | None = None,
        keep: bool = True,
    ) -> Ints:
        """Up to `n` partners of no group, alike in the given things; with `keep` they now have one."""
        shops = self.shops
        free = ~shops.grouped
        for column, value in ((shops.country, country), (shops.city, city), (shops.trade, trade)):
            if value is not None:
                free &= column == value
        if fit is not None:
            free &= fit
        chosen = self.dice.some(np.flatnonzero(free), n)
        if keep:
            shops.grouped[chosen] = True
        return chosen

    def honest_people(self, n: int, country: int, city: int | None = None) -> Ints:
        """Up to `n` consumers of that country or city who are in no ring."""
        people = self.people
        fit = (people.country == country) & ~people.in_ring
        if city is not None:
            fit &= people.city == city
        return self.dice.some(np.flatnonzero(fit), n)

    def buyers(self, countries: Ints) -> Ints:
        """A consumer for each order at a shop of these countries, the likelier the more active."""
        rng, people = self.rng, self.people
        abroad = rng.random(len(countries)) < self.settings.foreign
        anywhere = rng.choice(len(self.countries), len(countries), p=self.country_share)
        home = np.where(abroad, anywhere, countries)
        found = np.empty(len(home), np.int64)
        for country in np.unique(home):
            of_country = home == country
            there = np.flatnonzero(people.country == country)
            pool = there if len(there) else np.arange(self.n_consumers)
            weight = np.cumsum(people.activity[pool])
            place = np.searchsorted(weight, rng.random(of_country.sum()) * weight[-1])
            found[of_country] = pool[np.minimum(place, len(pool) - 1)]
        return found

    # what will go on

    def plan(
        self,
        consumers: Ints,
        partners: ArrayLike,
        moments: ArrayLike,
        *,
        amount: ArrayLike = 1.0,
        refunds: ArrayLike = 1.0,
        fixed: float = np.nan,
        bad: Floats | None = None,
        device: ArrayLike = OWN,
        account: ArrayLike = OWN,
        keeps_hour: bool = False,
    ) -> None:
        """Orders over and above the ordinary, (n,) each; `bad` as in `Orders`, and then they are a ring's.

        An honest order at a partner that is closed then does not happen; a ring's happens while it is open.
        """
        n, shops = len(consumers), self.shops
        whose = np.broadcast_to(np.asarray(partners, np.int64), n)
        when = np.broadcast_to(np.asarray(moments, np.float64), n).copy()
        since, until = np.maximum(shops.opens[whose], 0), np.minimum(shops.closes[whose], self.window)
        kept = np.ones(n, np.bool_)
        if bad is None:
            kept = (when > since) & (when < until)
        else:
            since, until = since + 0.02, until - 0.02
            amiss = (when < since) | (when > until)
            length = np.maximum(until[amiss] - since[amiss], 0.01)
            when[amiss] = since[amiss] + self.rng.random(amiss.sum()) * length

        def real(value: ArrayLike) -> Floats:
            return np.broadcast_to(np.asarray(value, np.float64), n)[kept]

        def whole(value: ArrayLike) -> Ints:
            return np.broadcast_to(np.asarray(value, np.int64), n)[kept]

        self.planned.append(
            Orders(
                consumer=consumers[kept],
                partner=whose[kept],
                moment=when[kept],
                amount_factor=real(amount),
                refund_factor=real(refunds),
                fixed_amount=real(fixed),
                bad=np.tile(np.full(3, np.nan) if bad is None else bad, (int(kept.sum()), 1)),
                device=whole(device),
                account=whole(account),
                keeps_hour=np.full(int(kept.sum()), keeps_hour),
                of_ring=np.full(int(kept.sum()), bad is not None),
            )
        )

    def pay_out_to(
        self, partner: int, account: int, since: float = 0, until: float = np.inf, chance: float = 1
    ) -> None:
        """That partner's payouts of a while go to another account."""
        self.payout_changes.append(PayoutChange(partner, since, until, account, chance))

    def log_in(
        self, partner: int, device: int, expected: float, since: float = -np.inf, until: float = np.inf
    ) -> None:
        """Somebody logs in to that partner from a device."""
        self.logins.append(LoginHabit(partner, device, expected, since, until))

    def transfer(self, source: int, target: int, moment: float, amount: float) -> None:
        """One transfer."""
        self.transfers.append(Transfer(source, target, moment, amount))
