"""The world: its shops, people, phones and accounts, and what plots have changed of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.eighteenth_worlds.climate import Climate
from benchmarks.eighteenth_worlds.market import TRADES
from benchmarks.eighteenth_worlds.story import Story

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
OPEN_END = 1e9
"""The day on which a shop closes that does not close."""
CHANGES_BANK = 0.12


@dataclass
class Plot:
    """A group of a story as it was cast: numbers of shops, people, phones and accounts."""

    number: int
    story: Story
    care: float
    listed: bool
    shops: Ints
    people: Ints
    hosts: Ints
    """The shops whose phones and accounts may serve the group."""
    begins: float
    ends: float
    operators: list[int] = field(default_factory=list)
    payees: list[int] = field(default_factory=list)
    phones: list[int] = field(default_factory=list)
    purses: list[int] = field(default_factory=list)
    hubs: list[int] = field(default_factory=list)

    def level(self, pair: tuple[float, float]) -> float:
        """Where between careless and careful the group is."""
        return pair[0] + (pair[1] - pair[0]) * self.care


class World:
    """Shops and people by number, sorted by country and city, so that each place is a run of numbers."""

    def __init__(self, climate: Climate, rng: np.random.Generator) -> None:
        self.climate, self.rng = climate, rng
        self.device_kind: list[str] = []
        self.device_seen: list[float] = []
        self.account_country: list[int] = []
        self.account_opened: list[float] = []
        self.plots: list[Plot] = []
        self.visits: list[pd.DataFrame] = []
        self.entries: list[pd.DataFrame] = []
        self.redirects: list[tuple[int, int, float, float]] = []
        """A shop, the account that it is paid out to instead of its own, from and until when."""
        self.spoilt: list[tuple[int, float, float, float, float]] = []
        """A shop, from and until when, and how much more is refunded and disputed there."""
        self._draw_places()
        self._draw_shops()
        self._draw_people()
        self._draw_owners()

    def _draw_places(self) -> None:
        countries, cities = self.climate.countries, self.climate.cities
        self.city_country = np.repeat(np.arange(len(countries)), cities)
        weight = np.repeat(self.rng.dirichlet(np.full(len(countries), 2.0)), cities)
        rank = np.concatenate([np.arange(many) for many in cities])
        weight = weight / (1 + rank) ** self.rng.uniform(0.4, 1.0)
        self.city_weight = weight / weight.sum()

    def _draw_shops(self) -> None:
        rng, many, days = self.rng, self.climate.partners, self.climate.days
        self.shop_city = np.sort(rng.choice(len(self.city_weight), many, p=self.city_weight))
        self.shop_country = self.city_country[self.shop_city]
        share = np.array([trade.share for trade in TRADES]) * rng.lognormal(0, 0.4, len(TRADES))
        self.trade = rng.choice(len(TRADES), many, p=share / share.sum())
        self.size = rng.lognormal(0, rng.uniform(0.7, 1.2), many)
        before = rng.random(many) < rng.uniform(0.4, 0.75)
        self.onboarded = np.where(before, -rng.exponential(400, many), rng.uniform(0, days * 0.92, many))
        lives = rng.exponential(rng.uniform(600, 2500), many) + 15
        self.closed = np.maximum(self.onboarded, 0) + lives
        self.closed[self.closed > days] = OPEN_END
        self.dearness = rng.lognormal(0, 0.3, many)
        self.shop_refunds = rng.lognormal(-0.4, rng.uniform(0.8, 1.2), many)
        self.shop_disputes = rng.lognormal(-0.6, rng.uniform(1.0, 1.4), many)
        self.shop_defaults = rng.lognormal(-0.3, rng.uniform(0.6, 1.1), many)
        self.rests = np.where(rng.random(many) < 0.5, rng.choice(7, many, p=[0.03] * 6 + [0.82]), -1)
        self.round_to = rng.choice([1, 1, 2, 5, 10], many)
        self.hours_shift = rng.normal(0, 0.8, many)
        self.name_twin = np.full(many, -1)
        self.payout_every = rng.choice([1, 2, 7, 14], many, p=rng.dirichlet([3, 2, 4, 1]))
        self.login_rate = rng.lognormal(-0.4, 0.9, many)
        self.tills = np.array([self.new_account(int(where), at) for where, at in self._shop_births()])
        changes = np.flatnonzero(rng.random(many) < CHANGES_BANK)
        self.till_until, self.next_till = np.full(many, np.inf), self.tills.copy()
        self.till_until[changes] = rng.uniform(0, days, len(changes))
        self.next_till[changes] = [
            self.new_account(int(self.shop_country[one]), float(self.till_until[one])) for one in changes
        ]
        self.shop_phones = np.stack(
            [self.new_devices(many, self.onboarded, ("mobile", "tablet", "unknown")) for _ in range(2)], 1
        )

    def _shop_births(self) -> list[tuple[int, float]]:
        return list(zip(self.shop_country.tolist(), self.onboarded.tolist(), strict=True))

    def _draw_people(self) -> None:
        rng, many, days = self.rng, self.climate.consumers, self.climate.days
        weight = self.city_weight * rng.lognormal(0, 0.2, len(self.city_weight))
        weight *= np.bincount(self.shop_city, minlength=len(weight)) > 0
        self.person_city = np.sort(rng.choice(len(weight), many, p=weight / weight.sum()))
        self.person_country = self.city_country[self.person_city]
        before = rng.random(many) < rng.uniform(0.4, 0.8)
        self.created = np.where(before, -rng.exponential(300, many), rng.uniform(0, days * 0.95, many))
        self.activity = rng.lognormal(0, rng.uniform(0.6, 1.1), many)
        self.risk = rng.lognormal(-0.6, 1.1, many)
        self.quarrel = rng.lognormal(-0.5, 1.0, many)
        self.phones = self.new_devices(many, self.created, ("mobile",) * 9 + ("tablet", "desktop", "unknown"))
        self.wallets = np.array(
            [
                self.new_account(int(where), at)
                for where, at in zip(self.person_country.tolist(), self.created.tolist(), strict=True)
            ]
        )
        self.phone_known = rng.beta(4, 1, many) * self.climate.phone_known
        self.account_known = rng.beta(5, 1, many) * self.climate.account_known

    def _draw_owners(self) -> None:
        """Owners are among the people of the city; some have one wallet for the shop and for themselves."""
        rng = self.rng
        first = np.searchsorted(self.person_city, self.shop_city, "left")
        last = np.searchsorted(self.person_city, self.shop_city, "right")
        local = first + (rng.random(len(first)) * np.maximum(last - first, 1)).astype(np.int64)
        self.owners = np.minimum(local, self.climate.consumers - 1)
        same = rng.random(len(first)) < self.climate.wallet_is_till
        stays = same & np.isinf(self.till_until)
        self.tills[same] = self.wallets[self.owners[same]]
        self.next_till[stays] = self.tills[stays]
        on_phone = rng.random(len(first)) < self.climate.wallet_is_till
        self.shop_phones[on_phone, 0] = self.phones[self.owners[on_phone]]

    def new_device(self, kind: str, seen: float) -> int:
        """A device that nobody has yet."""
        self.device_kind.append(kind)
        self.device_seen.append(seen)
        return len(self.device_kind) - 1

    def new_devices(self, many: int, seen: Floats, kinds: tuple[str, ...]) -> Ints:
        """Devices that nobody has yet, each of a kind drawn from `kinds`."""
        first = len(self.device_kind)
        self.device_kind += [kinds[one] for one in self.rng.integers(len(kinds), size=many)]
        self.device_seen += (seen - self.rng.exponential(60, many)).tolist()
        return np.arange(first, first + many)

    def new_account(self, country: int, opened: float) -> int:
        """An account or wallet that nobody has yet."""
        self.account_country.append(country)
        self.account_opened.append(opened - float(self.rng.exponential(150)))
        return len(self.account_country) - 1

    def tills_at(self, shop: Ints, at: Floats) -> Ints:
        """The shops' own accounts at the time; a few change their bank."""
        return np.where(at > self.till_until[shop], self.next_till[shop], self.tills[shop])

    def in_rings(self) -> Ints:
        """The shops that are in a ring."""
        taken = [plot.shops for plot in self.plots if plot.story.fraud]
        return np.concatenate(taken) if taken else np.empty(0, np.int64)
