"""What the stories of all rings are told with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.fourth_worlds.places import Places
from benchmarks.fourth_worlds.plans import Ring
from benchmarks.fourth_worlds.units import Span
from benchmarks.fourth_worlds.world import World
from benchmarks.writing.units import Flags, Floats, Ints


@dataclass(frozen=True)
class Straws:
    """How straw buyers shop at the shops of a ring.

    Each places about `orders` and goes to every shop with chance `hopping`; with `wave_days` they come in
    waves of that width. Of their orders `devices_share` come from the ring's `devices`, `accounts_share` are
    paid from its `accounts`. `quiet` multiplies what they buy elsewhere.
    """

    orders: float
    bad: Floats
    hopping: float
    wave_days: float | None = None
    devices: Ints | None = None
    devices_share: float = 0.0
    accounts: Ints | None = None
    accounts_share: float = 0.0
    amounts: Span = (1.0, 1.5)
    quiet: float | None = None


@dataclass(frozen=True)
class Story:
    """The making of one ring of about `n_partners`; `places`: where its people would shop honestly.

    Every chance and number is named, and drawn once a world, for all rings of the typology, around the usual
    one. What depends on care goes from its careless value to its careful one.
    """

    world: World
    places: Places
    ring: Ring
    n_partners: int

    def chance(self, name: str, usual: float) -> float:
        """A chance, of this world."""
        return self.world.rates.chance(f"{self.ring.typology}: {name}", usual)

    def number(self, name: str, usual: float) -> float:
        """A number, of this world."""
        return self.world.rates.number(f"{self.ring.typology}: {name}", usual)

    def within(self, name: str, least: float, most: float) -> float:
        """A number of this ring, from a range of this world."""
        return self.number(name, self.world.dice.uniform(least, most))

    def number_by_care(self, name: str, careless: float, careful: float) -> float:
        """A number that depends on care."""
        low = self.number(f"{name}, careless", careless)
        return low + (self.number(f"{name}, careful", careful) - low) * self._care()

    def chance_by_care(self, name: str, careless: float, careful: float) -> float:
        """A chance that depends on care."""
        low = self.chance(f"{name}, careless", careless)
        return low + (self.chance(f"{name}, careful", careful) - low) * self._care()

    def happens(self, name: str, usual: float) -> bool:
        """Whether something of that chance happens."""
        return self.world.dice.happens(self.chance(name, usual))

    def happens_by_care(self, name: str, careless: float, careful: float, factor: float = 1.0) -> bool:
        """Whether something happens whose chance depends on care."""
        return self.world.dice.happens(self.chance_by_care(name, careless, careful) * factor)

    def _care(self) -> float:
        return float(np.clip(self.ring.care + self.world.rng.normal(0, 0.1), 0, 1))

    def span(self, least: float, most: float) -> Span:
        """A while of so many days within the window."""
        window, dice = self.world.window, self.world.dice
        length = min(self.within("length in days", least, most), window * 0.75)
        since = dice.uniform(5, window - length - 3)
        return since, since + length

    def bad_chances(self, total: float, disputed: float) -> Floats:
        """(3,) chances of refunded, disputed and defaulted, in all `total`."""
        refunded = self.number("share refunded", 0.06)
        mix = self.world.rng.dirichlet([8 * disputed + 0.3, 8 * (1 - disputed) + 0.3])
        return total * np.array([refunded, *((1 - refunded) * mix)])

    # who

    def open_within(self, since: float, until: float) -> Flags:
        """Partners that sell for about half of that while."""
        shops, length = self.world.shops, until - since
        opens_early = np.maximum(shops.opens, 0) < since + 0.55 * length
        return opens_early & (shops.sells_until > since + 0.45 * length)

    def take_partners(self, n: int, same_country: float, same_trade: float, fit: Flags | None = None) -> Ints:
        """`n` partners who join the ring, alike as likely as said; never the largest."""
        world, shops = self.world, self.world.shops
        free = ~shops.in_ring & (shops.size <= np.quantile(shops.size, 0.93))
        if fit is not None:
            free &= fit
        if free.sum() < 2:
            raise ValueError(f"Too few of {world.n_partners} partners are left for a ring.")
        first = world.dice.number(np.flatnonzero(free))
        weight = np.where(shops.country == shops.country[first], 1, 1 - same_country)
        weight = weight * np.where(shops.trade == shops.trade[first], 1, 1 - same_trade) * free
        weight[first] = 0
        others = min(n, int(free.sum())) - 1
        rest = world.rng.choice(world.n_partners, others, replace=False, p=weight / weight.sum())
        chosen = np.concatenate([[first], rest])
        shops.in_ring[chosen] = shops.grouped[chosen] = True
        self.ring.add("partner", chosen)
        return chosen

    def take_consumers(
        self, n: int, countries: ArrayLike, *, quiet: float | None = None, abroad: float | None = None
    ) -> Ints:
        """`n` consumers who join the ring, mostly of those countries."""
        world, people = self.world, self.world.people
        abroad = self.chance("people from abroad", world.settings.foreign) if abroad is None else abroad
        weight = (
            np.where(np.isin(people.country, countries), 1, abroad) * np.minimum(people.activity, 3) ** 0.3
        )
        weight = weight * ~people.in_ring
        chosen = world.rng.choice(world.n_consumers, n, replace=False, p=weight / weight.sum())
        people.in_ring[chosen] = True
        if quiet is not None:
            people.activity[chosen] = np.maximum(0.02, people.activity[chosen] * quiet)
        self.ring.add("consumer", chosen)
        return chosen

    def country_of(self, partners: Ints) -> int:
        """Where most of them are."""
        return int(np.bincount(self.world.shops.country[partners]).argmax())

    def join_together(self, consumers: Ints, since: float, days: float) -> None:
        """Careless rings often sign their people up shortly before it starts."""
        if self.world.dice.happens(self.chance("sign up together", 0.5) * (1 - self.ring.care)):
            before = self.world.rng.exponential(self.number("days of signing up", days), len(consumers))
            self.world.people.joins[consumers] = np.maximum(since - before, -50)

    # what they do

    def fraud_orders(self, partners: Ints, care: float | None = None) -> Ints:
        """How many frauds each of these partners sees, by its custom: the fewer the more careful."""
        rng, world = self.world.rng, self.world
        careless = 1 - (self.ring.care if care is None else care)
        most = self.within("share of fraud", 0.06, 0.42) * careless**0.8 * world.settings.fraud_size
        share = np.clip(self.number("least share of fraud", 0.06) + most, 0.05, 0.5)
        shares = np.clip(share * np.exp(rng.normal(0, 0.35, len(partners))), 0.04, 0.65)
        frauds = world.shops.usual_orders[partners] * shares / (1 - shares)
        counts: Ints = np.clip(frauds, 5 + 6 * careless, 220).astype(np.int64)
        return counts

    def send_straws(self, shops: Ints, n: int, span: Span, how: Straws) -> Ints:
        """`n` straw buyers shop at these shops within `span`; at least two tie every shop to another."""
        world, rng = self.world, self.world.rng
        people = self.take_consumers(n, world.shops.country[shops], quiet=how.quiet)
        visits = self._visits(n, len(shops), how.hopping)
        orders = np.clip(rng.poisson(how.orders, n), 2, 40)
        buyer = np.repeat(np.arange(n), np.maximum(orders, np.minimum(visits.sum(1), 12)))
        shop = (visits[buyer] * rng.random((len(buyer), len(shops)))).argmax(1)
        if how.wave_days is None:
            moments = rng.uniform(*span, len(buyer))
        else:
            moments = self._in_waves(buyer, n, span, how.wave_days)
        world.plan(
            people[buyer],
            shops[shop],
            moments,
            amount=world.dice.uniform(*how.amounts),
            bad=how.bad,
            device=self.shared(buyer, how.devices, how.devices_share, spread=7),
            account=self.shared(buyer, how.accounts, how.accounts_share),
        )
        self.join_together(people, span[0], 15)
        return people

    def _visits(self, n: int, n_shops: int, hopping: float) -> Flags:
        """(people, shops) who goes where."""
        rng = self.world.rng
        visits = rng.random((n, n_shops)) < hopping
        visits[np.arange(n), rng.integers(0, n_shops, n)] = True
        for shop in range(n_shops):
            tying = rng.integers(0, n, 2)
            visits[tying, shop] = visits[tying, (shop + 1) % n_shops] = True
        return visits

    def _in_waves(self, buyer: Ints, n: int, span: Span, width: float) -> Floats:
        """Moments in a few waves, of which each person takes part in some."""
        rng = self.world.rng
        waves = np.sort(rng.uniform(*span, self.world.dice.whole(2, 7)))
        takes_part = rng.random((n, len(waves))) < self.chance("takes part in a wave", 0.6)
        wave = rng.integers(0, len(waves), len(buyer))
        absent = ~takes_part[buyer, wave]
        wave[absent] = rng.integers(0, len(waves), absent.sum())
        moments: Floats = waves[wave] + rng.normal(0, width, len(buyer))
        return moments

    def shared(self, buyer: Ints, pool: Ints | None, share: float, spread: int = 1) -> Ints:
        """For each order the device or account of the pool that is its buyer's, or his own (-1)."""
        rng = self.world.rng
        found = np.full(len(buyer), -1)
        if pool is not None:
            used = np.flatnonzero(rng.random(len(buyer)) < share)
            slip = rng.integers(0, 2, len(used)) if spread > 1 else 0
            found[used] = pool[(buyer[used] * spread + slip) % len(pool)]
        return found
