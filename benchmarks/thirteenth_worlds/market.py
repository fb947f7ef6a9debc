"""Everything that anybody does in a world, as it comes about; crews and honest groups act through it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks.thirteenth_worlds.setting import Calendar, Setting
from benchmarks.thirteenth_worlds.town import People, Shops, settle_people, settle_shops
from benchmarks.writing.events import Moves
from benchmarks.writing.truth import Alike, Planted
from benchmarks.writing.units import (
    DEFAULTED,
    DISPUTED,
    NO_INTS,
    NONE,
    PAID,
    REFUNDED,
    Counted,
    Floats,
    Ints,
    joined,
    only,
    take_free,
)


@dataclass(frozen=True)
class Sales:
    """Orders, (n,) each; outcome NONE for what the shop's and the buyer's habits make of it."""

    consumer: Ints
    firm: Ints
    t: Floats
    device: Ints
    account: Ints
    amount: Floats
    outcome: Ints


@dataclass(frozen=True)
class Visits:
    """How often shops log in from a device, (n,) each."""

    firm: Ints
    device: Ints
    since: Floats
    until: Floats
    times: Floats  # expected; one at least


@dataclass(frozen=True)
class Banks:
    """From when a shop is paid out to an account, for a share of its payouts, (n,) each."""

    firm: Ints
    account: Ints
    since: Floats
    until: Floats
    share: Floats


@dataclass(frozen=True)
class Sweep:
    """A share of what comes in on `source` goes on to `target` about `lag` days later."""

    source: Ints
    target: Ints
    share: float
    lag: float
    since: float
    until: float


@dataclass
class Crew:
    """A ring as it acts, and what it owns."""

    typology: str
    care: float
    shops: Ints
    since: float
    until: float
    people: list[Ints] = field(default_factory=list)
    devices: list[Ints] = field(default_factory=list)
    accounts: list[Ints] = field(default_factory=list)


class Market:
    """A world in the making: its people, its shops, what they have done and what the truth says of them."""

    def __init__(self, rng: np.random.Generator, setting: Setting) -> None:
        self.rng, self.setting = rng, setting
        self.counted = Counted()
        self.calendar = Calendar.of(rng, setting.days)
        self.people: People = settle_people(rng, setting, self.counted)
        self.shops: Shops = settle_shops(rng, setting, self.people, self.counted)
        self.people.busy[self.shops.owner] = True
        self.sales: list[Sales] = []
        self.visits: list[Visits] = []
        self.banks: list[Banks] = []
        self.sweeps: list[Sweep] = []
        self.moves = Moves()
        self.crews: list[Crew] = []
        self.alike: list[Alike] = []
        self.wronged: list[Ints] = []  # shops that crews of consumers rob

    def draw(self, n: int, least: float, most: float) -> Floats:
        """(n,) numbers between."""
        return self.rng.uniform(least, most, n)

    def one(self, least: float, most: float) -> float:
        """A number between."""
        return float(self.rng.uniform(least, most))

    def whole(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        return int(self.rng.integers(least, most + 1))

    def pick(self, among: Ints, n: int) -> Ints:
        """(n,) of those, again and again; some of them far more often than others."""
        liked = self.rng.dirichlet(np.full(len(among), 1.5))
        return among[self.rng.choice(len(among), n, p=liked)]

    def take_shops(self, n: int, *, alive_by: float = 0.75, near: bool = False) -> Ints:
        """(n,) shops nobody has taken yet, open in the window's first part; `near`: of one district."""
        shops, days = self.shops, self.setting.days
        allowed = (shops.since < alive_by * days) & (shops.until > 0.35 * days + np.maximum(shops.since, 0))
        country = self.rng.integers(len(self.setting.countries))
        home = allowed & (shops.country == country)
        if near:
            home &= shops.district == shops.district[self.rng.integers(len(shops.district))]
        wide = self.rng.random() < 0.25 or (home & ~shops.busy).sum() < n
        return np.sort(take_free(self.rng, shops.busy, n, allowed if wide and not near else home))

    def any_shops(self, n: int) -> Ints:
        """(n,) shops of one country, whoever has taken them: clients of those who do not ask."""
        there = np.flatnonzero(self.shops.country == self.rng.integers(len(self.setting.countries)))
        return np.sort(self.rng.choice(there, min(n, len(there)), replace=False))

    def recruit(
        self,
        n: int,
        *,
        bought: float,
        since: float,
        district: int | None = None,
        country: int | None = None,
    ) -> Ints:
        """(n,) people nobody has taken, most of that country; `bought` of them are new and idle."""
        people = self.people
        allowed = np.ones(len(people.busy), np.bool_) if district is None else people.district == district
        if country is not None:
            allowed &= (people.country == country) | (self.rng.random(len(allowed)) < self.setting.abroad)
        got = take_free(self.rng, people.busy, n, allowed)
        mask = got[self.rng.random(len(got)) < bought]
        people.made[mask] = since - self.rng.exponential(self.one(15, 120), len(mask))
        people.active[mask] *= self.one(0.02, 0.4)
        return got

    def when(
        self, n: int, since: float | Floats, until: float | Floats, hour: Floats | float = 16.0
    ) -> Floats:
        """(n,) moments of trade in the span."""
        first = np.broadcast_to(np.clip(since, 0, self.setting.days - 0.1), n)
        last = np.broadcast_to(np.clip(until, 0.1, self.setting.days), n)
        day = np.floor(self.calendar.draw(self.rng, first, np.maximum(last, first + 0.05)))
        return day + (self.rng.normal(hour, 3.2, n) % 24) / 24

    def phone_of(self, who: Ints, t: Floats) -> Ints:
        """The device that they order from then: the phone of the day, or another of theirs."""
        people, u = self.people, self.rng.random(len(who))
        phone = np.where(t > people.swap[who], people.next_phone[who], people.phone[who])
        return np.where((u < 0.2) & (people.second[who] != NONE), people.second[who], phone)

    def purse_of(self, who: Ints) -> Ints:
        """The account that they pay from."""
        other = (self.rng.random(len(who)) < 0.25) & (self.people.spare[who] != NONE)
        return np.where(other, self.people.spare[who], self.people.purse[who])

    def prices(self, shop: Ints) -> Floats:
        """What baskets cost there; some prices are round."""
        price = self.shops.price[shop] * self.rng.lognormal(0, self.shops.uneven[shop])
        ends = self.rng.choice([0.0, 0.01, 0.05], len(shop))
        price = np.where(self.rng.random(len(shop)) < 0.45, np.ceil(price) - ends, price)
        step = self.shops.step[shop]
        return np.where(step > 0, np.maximum(np.round(price / np.maximum(step, 0.1)), 1) * step, price)

    def sell(
        self,
        who: Ints,
        shop: Ints,
        t: Floats,
        *,
        device: Ints | None = None,
        account: Ints | None = None,
        amount: Floats | None = None,
        outcome: Ints | None = None,
    ) -> Sales:
        """Orders while the shop is open; what is not said is the buyer's own and the shop's usual."""
        sold = Sales(
            who,
            shop,
            t,
            self.phone_of(who, t) if device is None else device,
            self.purse_of(who) if account is None else account,
            self.prices(shop) if amount is None else amount,
            np.full(len(t), NONE) if outcome is None else outcome,
        )
        shops = self.shops
        is_open = (t > np.maximum(shops.since[shop], 0)) & (
            t < np.minimum(shops.until[shop], self.setting.days)
        )
        kept = only(sold, is_open)
        self.sales.append(kept)
        return kept

    def outcomes(self, n: int, *, refund: float = 0, dispute: float = 0, default: float = 0) -> Ints:
        """(n,) outcomes by those shares, paid for the rest."""
        shares = np.array([refund, dispute, default])
        shares /= max(1.0, shares.sum())
        codes = np.array([PAID, REFUNDED, DISPUTED, DEFAULTED])
        return codes[self.rng.choice(4, n, p=[max(0.0, 1 - shares.sum()), *shares])]

    def log_in(self, shop: Ints, device: Ints, since: Floats, until: Floats, times: Floats) -> None:
        """Shops log in from devices so many times, one at least."""
        self.visits.append(Visits(shop, device, since, until, times))

    def pay_to(
        self, shop: Ints, account: Ints, since: float | Floats, until: float | Floats, share: float = 1.0
    ) -> None:
        """Shops are paid out to accounts in that span; later calls have the last word."""
        n = len(shop)
        spans = [np.broadcast_to(np.float64(one), n).copy() for one in (since, until, share)]
        self.banks.append(Banks(shop, account, *spans))

    def sweep(
        self, source: Ints, target: Ints, share: float, lag: float, since: float = -1, until: float = 1e6
    ) -> None:
        """What comes in on accounts is passed on, for a share."""
        self.sweeps.append(Sweep(source, target, share, lag, since, until))

    def devices(self, n: int) -> Ints:
        """(n,) new devices."""
        return self.counted.new_devices(n)

    def accounts(self, n: int) -> Ints:
        """(n,) new accounts."""
        return self.counted.new_accounts(n)

    def resembles(self, name: str, shops: Ints, people: Ints = NO_INTS) -> None:
        """An honest group that looks like a ring."""
        for kind, number in (("partner", shops), ("consumer", people)):
            if len(number):
                self.alike.append(Alike(name, kind, np.unique(number)))

    def planted(self) -> list[Planted]:
        """The rings as the truth has them."""
        return [
            Planted(
                one.typology,
                round(one.care, 3),
                one.shops,
                *(np.concatenate([NO_INTS, *part]) for part in (one.people, one.devices, one.accounts)),
            )
            for one in self.crews
        ]

    def all_sales(self) -> Sales:
        """Every order so far."""
        return joined(self.sales)
