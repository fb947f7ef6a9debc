"""The state of a world while it comes about."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from benchmarks.eleventh_worlds.draws import flip, some_of
from benchmarks.eleventh_worlds.records import Forward, Orders, Ring, Standing, Visit
from benchmarks.eleventh_worlds.settings import Settings
from benchmarks.eleventh_worlds.trades import COUNTRIES
from benchmarks.writing.truth import Alike
from benchmarks.writing.units import NO_INTS, NONE, Counted, Flags, Floats, Ints, Texts, ints


@dataclass(frozen=True)
class Towns:
    """Places: (lands,) of `COUNTRIES` and (towns,) each; shares are of people, `default` multiplies risks.

    Ordinary people of a town are those from `first` to the next one's `first` (towns + 1).
    """

    lands: Ints
    land_share: Floats
    land_default: Floats
    land: Ints
    share: Floats
    default: Floats
    name: Texts
    first: Ints

    def people_of_land(self, land: int) -> tuple[int, int]:
        """The first of a land's people and the one after the last: towns of a land are neighbours."""
        towns = np.flatnonzero(self.land == land)
        return int(self.first[towns[0]]), int(self.first[towns[-1] + 1])


@dataclass(frozen=True)
class Ends:
    """(trades,) shares of orders that end badly in this world."""

    default: Floats
    dispute: Floats
    refund: Floats


@dataclass
class Firms:
    """(partners,) each; accounts, devices and others may be NONE, moments infinite.

    Risks (`default`, `dispute`, `refund`) multiply the trade's. In a `slump` paid orders end as `slump_end`
    by the chance `slump_share`; in a `rush` there is so many times the custom, from `fade_at` on `fade` of
    it. `source_share` of the first customers are those of the partner `source`, `mall_share` those of a
    `mall`. Payouts go to `account`, after `switch` to `later_account`, and by `other_share` in a while to
    `other_account`. On the device `kiosk` a share of the customers order. `arranged` and `troubled`: of a
    look-alike by where money goes, by how they fare.
    """

    town: Ints
    trade: Ints
    name: Texts
    size: Floats
    on: Floats
    off: Floats
    price: Floats
    default: Floats
    dispute: Floats
    refund: Floats
    fresh: Floats
    growth: Floats
    period: Ints
    fee: Floats
    no_device: Floats
    no_account: Floats
    slump_on: Floats
    slump_off: Floats
    slump_end: Ints
    slump_share: Floats
    rush_on: Floats
    rush_days: Floats
    rush: Floats
    fade_at: Floats
    fade: Floats
    source: Ints
    source_share: Floats
    mall: Ints
    mall_share: Floats
    owner: Ints
    account: Ints
    later_account: Ints
    switch: Floats
    other_account: Ints
    other_share: Floats
    other_on: Floats
    other_off: Floats
    device: Ints
    n_devices: Ints
    log_ins: Floats
    kiosk: Ints
    kiosk_share: Floats
    arranged: Flags
    troubled: Flags
    ring: Ints

    def slump(self, firm: int, on: float, off: float, end: int, share: float) -> None:
        """For a while paid orders of a partner end so, by that chance."""
        self.slump_on[firm], self.slump_off[firm] = on, off
        self.slump_end[firm], self.slump_share[firm] = end, share

    def hurry(self, firm: int, on: float, days: float, times: float) -> None:
        """For some days a partner has so many times the custom."""
        self.rush_on[firm], self.rush_days[firm], self.rush[firm] = on, days, times


@dataclass
class People:
    """(people,) each, three devices and two accounts (NONE where fewer); risks multiply the usual ones.

    `hour` is apart from the shop's, `lag` days from sign-up to the first order, `own` the first device and
    `renewed` the one that takes its place at `renewed_at`.
    """

    town: Ints
    default: Floats
    refund: Floats
    hour: Floats
    lag: Floats
    device: Ints
    account: Ints
    own: Ints
    renewed: Ints
    renewed_at: Floats

    def add(self, others: People) -> None:
        for name, values in vars(self).items():
            setattr(self, name, np.concatenate([values, getattr(others, name)]))


@dataclass
class World(Counted):
    """Everybody, and what was agreed and done.

    `channels`: where a ring of partners may show. `malls`: the customers of each. `staff`: a partner, who
    works there, the mean number of own purchases, and if on the shop's device. `crews`: who pays with stolen
    cards or never. `hubs`: devices that stand where many people use them.
    """

    rng: np.random.Generator
    settings: Settings
    towns: Towns
    ends: Ends
    firms: Firms = field(init=False)
    people: People = field(init=False)
    surnames: Texts
    account_town: list[Ints] = field(default_factory=list)
    account_young: list[Flags] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    forwards: list[Forward] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)
    malls: list[Ints] = field(default_factory=list)
    staff: list[tuple[int, Ints, int, bool]] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)
    rings: list[Ring] = field(default_factory=list)
    crews: list[Ints] = field(default_factory=list)
    hubs: list[int] = field(default_factory=list)
    orders: Orders = field(default_factory=Orders)

    @property
    def days(self) -> int:
        return self.settings.days

    @property
    def ordinary(self) -> int:
        """How many consumers are nobody's invention; they are the first."""
        return int(self.towns.first[-1])

    @property
    def channels(self) -> list[str]:
        """Of `CHANNELS` but custom: whose account it is shows in the payouts alone."""
        lacks = self.settings.lacks
        if "payouts" in lacks:
            return ["login"]
        tables = {"login": "partner_logins", "payout": "payouts", "flow": "transfers"}
        return [channel for channel, table in tables.items() if table not in lacks]

    @property
    def land(self) -> Ints:
        """(partners,) where each is."""
        return self.towns.land[self.firms.town]

    @property
    def rates(self) -> Floats:
        """(partners,) units of its currency for a euro."""
        return np.array([one.rate for one in COUNTRIES], np.float64)[self.towns.lands[self.land]]

    @property
    def honest(self) -> Flags:
        """(partners,) who is in no ring."""
        free: Flags = self.firms.ring == NONE
        return free

    def uniform(self, low: float, high: float) -> float:
        return float(self.rng.uniform(low, high))

    def a_town(self) -> int:
        return int(self.rng.choice(len(self.towns.land), p=self.towns.share))

    def a_land(self) -> int:
        share = self.towns.land_share
        return int(self.rng.choice(len(share), p=share / share.sum()))

    def in_town(self, town: int) -> Ints:
        """The ordinary people of a town."""
        return np.arange(self.towns.first[town], self.towns.first[town + 1])

    def groups(self, low: float, high: float) -> int:
        """How many look-alikes of a kind there are; both ends are of a world of two thousand partners."""
        scale = self.settings.look_alikes * self.settings.partners / 2000
        return int(self.rng.poisson(self.uniform(low, high) * scale))

    def pick(self, n: int, allowed: Flags | None = None) -> Ints:
        """At most `n` honest partners of those allowed."""
        fits = self.honest if allowed is None else self.honest & allowed
        return some_of(self.rng, np.flatnonzero(fits), n)

    def new_device(self) -> int:
        return int(self.new_devices(1)[0])

    def open_accounts(self, town: Ints | int, n: int, young: float | None = None) -> Ints:
        """(n,) new accounts of those towns; a share `young`, or the world's, are new when first used."""
        share = self.settings.young_accounts if young is None else young
        self.account_town.append(ints(np.broadcast_to(town, n)))
        self.account_young.append(self.rng.random(n) < share)
        return self.new_accounts(n)

    def open_account(self, town: int, young: float | None = None) -> int:
        return int(self.open_accounts(town, 1, young)[0])

    def look_alike(self, name: str, /, **members: Ints | list[int] | int) -> None:
        """Note one honest group, by kind; who is in a ring after all is left out as it is written."""
        for kind, numbers in members.items():
            self.alike.append(Alike(name, kind, np.unique(ints(numbers))))

    def log_in_from(self, firms: Ints, device: int, times: int, on: float, off: float) -> None:
        """Those partners log in from a device too, so many times each."""
        self.visits += [Visit(int(one), device, times, on, off) for one in firms]

    def pay_people(self, firm: int, person: int, amount: float, on: float, off: float, every: float,
                   jitter: float) -> None:  # fmt: skip
        """A partner pays a consumer, again and again."""
        account = int(self.people.account[person, 0])
        self.standing.append(Standing(firm, NONE, NONE, account, amount, on, off, every, jitter))

    def draw_people(self, town: Ints) -> People:
        """As many new consumers, each with devices and accounts of their own."""
        rng, given, n = self.rng, self.settings, len(town)
        device = np.full((n, 3), NONE)
        device[:, 0] = own = self.new_devices(n)
        several = np.flatnonzero(rng.random(n) < given.second_device)
        device[several, 1] = self.new_devices(len(several))
        many = several[rng.random(len(several)) < 0.35]
        device[many, 2] = self.new_devices(len(many))
        account = np.full((n, 2), NONE)
        account[:, 0] = self.open_accounts(town, n)
        two = np.flatnonzero(rng.random(n) < given.second_account)
        account[two, 1] = self.open_accounts(town[two], len(two))
        renewed_at = np.where(rng.random(n) < given.renewed, rng.uniform(0, self.days, n), np.inf)
        at_once = rng.random(n) < given.signs_up_to_buy
        return People(
            town=town,
            default=0.7 * np.exp(rng.normal(0, 1, n)),
            refund=0.8 * np.exp(rng.normal(0, 0.7, n)),
            hour=rng.normal(0, 2.5, n),
            lag=np.where(at_once, rng.exponential(0.02, n), rng.exponential(given.sign_up_lag, n)),
            device=device,
            account=account,
            own=own,
            renewed=self.new_devices(n),
            renewed_at=renewed_at,
        )

    def invent(self, n: int, town: int, care: float) -> Ints:
        """(n,) new consumers from about a town; the less careful, the later they and accounts are made."""
        rng, towns = self.rng, self.towns
        near = np.flatnonzero(towns.land == towns.land[town])
        made = self.draw_people(np.where(rng.random(n) < 0.4, town, rng.choice(near, n)))
        made.lag = np.where(rng.random(n) < (1 - care) * 0.7, rng.exponential(0.3, n), made.lag)
        for young in self.account_young[-2:]:
            young |= rng.random(len(young)) < (1 - care) * 0.5
        first = len(self.people.town)
        self.people.add(made)
        return np.arange(first, first + n)

    def flip(self, chance: float) -> bool:
        return flip(self.rng, chance)

    def recruit(self, n: int, town: int) -> Ints:
        """(n,) ordinary people of the town's land."""
        low, high = self.towns.people_of_land(int(self.towns.land[town]))
        return ints(self.rng.integers(low, max(high, low + 1), n)) if n else NO_INTS
