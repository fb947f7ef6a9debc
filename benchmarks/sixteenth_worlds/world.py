"""A world in the making: the town, the plans laid on it, and the truth about who is in what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.sixteenth_worlds.climate import LANDS, Climate
from benchmarks.sixteenth_worlds.town import NEVER, Floats, Ints, Rows, Town, found_town

OPEN, PAID, REFUNDED, DISPUTED, DEFAULTED = range(5)
Fates = Mapping[int, float]
"""The chance of an order to end so; what is left over ends as orders usually do."""


@dataclass
class Party:
    """A ring or an honest group, and who and what belongs to it."""

    typology: str
    crooked: bool
    care: float
    lo: float
    hi: float
    shops: Ints
    people: Ints
    members: list[tuple[str, int, str]] = field(default_factory=list)

    @property
    def length(self) -> float:
        """Days from its beginning to its end."""
        return self.hi - self.lo

    def add(self, kind: str, ids: Any, role: str) -> None:
        """These belong to it, in that role."""
        self.members += [(kind, int(one), role) for one in np.atleast_1d(ids)]


@dataclass(frozen=True)
class Tools:
    """Devices and accounts that several people use, and for what share of their orders."""

    devices: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    on_device: float = 1.0
    accounts: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    on_account: float = 1.0


class World:
    """The town, and what is planned: plans name what is out of the ordinary, all else is filled in."""

    def __init__(self, climate: Climate, rng: np.random.Generator) -> None:
        self.climate = climate
        self.rng = rng
        self.town: Town = found_town(climate, rng)
        self.parties: list[Party] = []
        self.orders = Rows(
            consumer="i8", partner="i8", day="f8", device="i8", account="i8", scale="f8", fate="i8"
        )
        self.payees = Rows(partner="i8", day="f8", account="i8", share="f8")
        self.flows = Rows(source="i8", target="i8", day="f8", amount="f8")
        self.troubles = Rows(partner="i8", lo="f8", hi="f8", refunds="f8", disputes="f8", defaults="f8")

    # who there is

    def new_devices(self, n: int, kind: int | None = None) -> Ints:
        """Devices that no one has used yet (0 mobile, 1 desktop, 2 tablet, 3 server)."""
        kinds = self.rng.choice(4, n, p=(0.6, 0.27, 0.11, 0.02)) if kind is None else np.full(n, kind)
        self.town.device_kind.append(kinds)
        self.town.device_age.append(self.rng.gamma(1.0, 120, n))
        self.town.devices += n
        return np.arange(self.town.devices - n, self.town.devices)

    def new_accounts(self, n: int, land: int, age: float = 500.0) -> Ints:
        """Accounts that no one has used yet; most in that land."""
        lands = np.where(
            self.rng.random(n) < 0.9, land, self.rng.integers(0, self.climate.lands.size, n)
        ).astype(np.int64)
        self.town.account_land.append(lands)
        self.town.account_age.append(self.rng.gamma(1.1, age, n))
        self.town.accounts += n
        return np.arange(self.town.accounts - n, self.town.accounts)

    def new_people(self, n: int, land: int, created: Floats) -> Ints:
        """Consumers who appear on these days, each with a device and an account."""
        people, rng = self.town.consumers, self.rng
        alike = np.flatnonzero(people.land == land)  # they live where people live
        cities = people.city[rng.choice(alike, n)] if n else np.zeros(0, np.int64)
        more = {
            "land": np.full(n, land),
            "city": cities,
            "created": created,
            "active": rng.gamma(0.9, 0.6, n) + 0.05,
            "luck": rng.gamma(0.8, 1.25, n),
            "device": self.new_devices(n),
            "other_device": np.full(n, -1),
            "account": self.new_accounts(n, land, 200.0),
            "other_account": np.full(n, -1),
            "taken": np.ones(n, bool),
        }
        for name, column in more.items():
            setattr(people, name, np.concatenate([getattr(people, name), column]))
        return np.arange(len(people) - n, len(people))

    def free_shops(
        self, n: int, lo: float, hi: float, trades: Ints | None = None, local: bool = False
    ) -> Ints:
        """Up to n partners of one land that are in no party yet and open for all that time."""
        shops, rng = self.town.partners, self.rng
        able = ~shops.taken & (shops.on <= lo) & (shops.off >= hi)
        if trades is not None:
            able &= np.isin(shops.trade, trades)
        if not able.any():
            return np.zeros(0, np.int64)
        first = rng.choice(np.flatnonzero(able))
        near = able & (shops.land == shops.land[first])
        if local:
            alike = near & (shops.area == shops.area[first])
            near = alike if alike.sum() >= n else near
        found = rng.permutation(np.flatnonzero(near))[:n]
        shops.taken[found] = True
        return np.asarray(found, np.int64)

    def free_people(self, n: int, land: int, city: int | None = None, before: float = NEVER) -> Ints:
        """Up to n consumers of a land, or one of its cities, who are in no party yet."""
        people = self.town.consumers
        able = ~people.taken & (people.land == land) & (people.created < before)
        if city is not None and (able & (people.city == city)).sum() > 3 * n:
            able &= people.city == city
        found = self.rng.permutation(np.flatnonzero(able))[:n]
        people.taken[found] = True
        return np.asarray(found, np.int64)

    def crowd(self, n: int, shop: int) -> Ints:
        """Any consumers of the land of a shop: passers-by, who belong to nothing."""
        people, land = self.town.consumers, self.town.partners.land[shop]
        able = np.flatnonzero((people.land == land) & ~people.taken)
        return np.asarray(self.rng.choice(able, min(n, able.size), replace=False), np.int64)

    # what is out of the ordinary

    def some(self, ids: Ints, share: float, least: int = 2) -> Ints:
        """A part of them, by chance, but not fewer than so many."""
        many = max(least, int(self.rng.binomial(ids.size, np.clip(share, 0, 1))))
        return np.asarray(self.rng.permutation(ids)[:many], np.int64)

    def draw_fates(self, fates: Fates, n: int) -> Ints:
        """An end for each of n orders, or -1 where it ends as orders usually do."""
        drawn = self.rng.choice([*fates, -1], n, p=[*fates.values(), max(0.0, 1 - sum(fates.values()))])
        return np.asarray(drawn, np.int64)

    def custom(
        self,
        people: Ints,
        shops: Ints,
        each: float,
        lo: float | Floats,
        hi: float | Floats,
        fates: Fates | None = None,
        tools: Tools | None = None,
        *,
        scale: float = 1.0,
        late: float = 1.0,
    ) -> None:
        """People buy at these shops: `each` orders a head, spread from `lo` to `hi` (later if `late` > 1).

        Each person keeps to one or two of the devices and of the accounts among the tools.
        """
        rng, tools = self.rng, tools or Tools()
        if not people.size or not shops.size:
            return
        often = rng.poisson(np.maximum(each * self.climate.pace - 1, 0.2), people.size) + 1
        who = np.repeat(np.arange(people.size), often)
        likes = rng.dirichlet(np.full(shops.size, 1.5))
        at = rng.choice(shops.size, who.size, p=likes)
        lows, highs = np.broadcast_to(lo, shops.shape)[at], np.broadcast_to(hi, shops.shape)[at]
        day = lows + (highs - lows) * rng.random(who.size) ** (1 / late)
        self.orders.add(
            consumer=people[who],
            partner=shops[at],
            day=day,
            device=self._kept(who, people.size, tools.devices, tools.on_device),
            account=self._kept(who, people.size, tools.accounts, tools.on_account),
            scale=scale * rng.lognormal(0, 0.15, who.size),
            fate=self.draw_fates(fates or {}, who.size),
        )

    def _kept(self, who: Ints, people: int, things: Ints, share: float) -> Ints:
        if not things.size:
            return np.full(who.size, -1, np.int64)
        rng = self.rng
        mine = rng.integers(0, things.size, (people, 2))
        chosen = things[mine[who, (rng.random(who.size) < 0.3).astype(int)]]
        return np.where(rng.random(who.size) < share, chosen, -1)

    def visit(self, shops: Ints, device: int, rate: float, lo: float, hi: float) -> None:
        """A device logs in at these shops, `rate` times a week."""
        spread = rate * self.rng.lognormal(0, 0.3, shops.size)
        self.town.visits.add(partner=shops, device=device, rate=spread, lo=lo, hi=hi)

    def pay_to(self, shops: Ints, account: Any, day: Any, share: float = 1.0) -> None:
        """From that day on payouts go to this account, the rest of them to the account before."""
        self.payees.add(partner=shops, day=day, account=account, share=share)

    def move(
        self, sources: Ints, target: Any, times: float, amount: float | Floats, lo: float, hi: float
    ) -> None:
        """Each source pays the target `times` times or so; amounts in euro."""
        many = 1 + self.rng.poisson(max(times - 1, 0.1), sources.size)
        source = np.repeat(sources, many)
        goal = np.repeat(np.broadcast_to(np.asarray(target, np.int64), sources.shape), many)
        level = np.repeat(amount * self.rng.lognormal(0, 0.5, sources.size), many)
        self.flows.add(
            source=source,
            target=goal,
            day=self.rng.uniform(lo, max(hi, lo + 1), source.size),
            amount=level * self.rng.lognormal(0, 0.35, source.size),
        )

    def trouble(
        self, shops: Ints, lo: Any, hi: Any, refunds: float = 0, disputes: float = 0, defaults: float = 0
    ) -> None:
        """For a while so much larger a share of a shop's custom ends badly."""
        self.troubles.add(partner=shops, lo=lo, hi=hi, refunds=refunds, disputes=disputes, defaults=defaults)

    def live(self, shops: Ints, on: Any = None, off: Any = None) -> None:
        """These shops open, close, or both, on these days."""
        if on is not None:
            self.town.partners.on[shops] = on
        if off is not None:
            self.town.partners.off[shops] = np.where(np.asarray(off) >= self.climate.days, NEVER, off)

    def serve(
        self, party: Party, shops: Ints, many: int, kind: int, rate: float, lo: float, hi: float, role: str
    ) -> Ints:
        """So many devices of one helper each log in at most of these shops."""
        devices = self.new_devices(many, kind)
        for device in devices:
            self.visit(self.some(shops, 0.85), int(device), rate, lo, hi)
        party.add("device", devices, role)
        return devices

    def same_name(self, shops: Ints) -> None:
        """From now on these carry one name, told apart by what follows it."""
        self.town.partners.stem[shops] = self.town.partners.stem[shops[0]]

    def weekly(self, shops: Ints) -> Floats:
        """About what each of these takes in a week, in euro."""
        partners, mean = self.town.partners, self.climate.orders / self.climate.partners
        rates = np.array([LANDS[code][2] for code in self.climate.lands])[partners.land[shops]]
        worth = np.minimum(partners.custom[shops], 8) * partners.price[shops] / rates
        return np.asarray(worth * mean / (self.climate.days / 7) + 20.0, np.float64)

    def takings(self, shops: Ints) -> float:
        """The same for the one in their middle."""
        return float(np.median(self.weekly(shops))) if shops.size else 20.0

    def share_device(self, people: Ints, devices: Ints, share: float = 1.0) -> None:
        """People also use one of these devices, for their ordinary custom too."""
        mine = devices[self.rng.integers(0, devices.size, people.size)]
        picked = self.rng.random(people.size) < share
        self.town.consumers.other_device[people[picked]] = mine[picked]

    def share_account(self, people: Ints, accounts: Ints, share: float = 1.0) -> None:
        """People also pay from one of these accounts, for their ordinary custom too."""
        mine = accounts[self.rng.integers(0, accounts.size, people.size)]
        picked = self.rng.random(people.size) < share
        self.town.consumers.other_account[people[picked]] = mine[picked]
