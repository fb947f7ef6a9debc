"""Who lives in a world before anything happens: partners, consumers, devices and accounts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.sixteenth_worlds.climate import LANDS, TRADE, TRADES, Climate

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NEVER = 1e9
"""The day of what does not happen."""


class Rows:
    """Columns that grow by broadcast rows."""

    def __init__(self, **types: str) -> None:
        self._types = types
        self._parts: list[list[NDArray[Any]]] = []

    def add(self, **values: Any) -> None:
        """Rows of these columns; single values are repeated."""
        wide = np.broadcast_arrays(
            *[np.atleast_1d(np.asarray(values[name], kind)) for name, kind in self._types.items()]
        )
        if wide[0].size:
            self._parts.append([column.copy() for column in wide])

    def columns(self) -> dict[str, NDArray[Any]]:
        """All rows so far, in the order in which they came."""
        if not self._parts:
            return {name: np.zeros(0, kind) for name, kind in self._types.items()}
        return {
            name: np.concatenate([part[place] for part in self._parts])
            for place, name in enumerate(self._types)
        }

    def rows(self) -> int:
        """How many rows there are."""
        return sum(part[0].size for part in self._parts)


@dataclass
class Partners:
    """One row a partner; days count from the start of the world and may be negative."""

    land: Ints
    area: Ints
    trade: Ints
    custom: Floats
    price: Floats
    spread: Floats
    ending: Ints
    on: Floats
    off: Floats
    refunds: Floats
    disputes: Floats
    credit: Floats
    period: Ints
    phase: Floats
    fee: Floats
    regulars: Ints
    account: Ints
    stem: Ints
    taken: Bools
    open_to_all: Bools


@dataclass
class Consumers:
    """One row a consumer: where, since when, how active, how lucky; up to two devices and two accounts."""

    land: Ints
    city: Ints
    created: Floats
    active: Floats
    luck: Floats
    device: Ints
    other_device: Ints
    account: Ints
    other_account: Ints
    taken: Bools

    def __len__(self) -> int:
        return self.land.size


@dataclass
class Town:
    """Everyone and everything; counts of devices and accounts grow as plans need more."""

    partners: Partners
    consumers: Consumers
    device_kind: list[Ints]
    device_age: list[Floats]
    account_land: list[Ints]
    account_age: list[Floats]
    devices: int
    accounts: int
    base_people: int
    stems: int
    owners: Ints
    visits: Rows = field(default_factory=lambda: Rows(partner="i8", device="i8", rate="f8", lo="f8", hi="f8"))


def cities_of(climate: Climate) -> tuple[Ints, Floats]:
    """The land of each city, and how many of all people live there."""
    lands = np.repeat(np.arange(climate.lands.size), climate.cities)
    size = 1.0 / (1 + np.tile(np.arange(climate.cities), climate.lands.size)) ** 0.8
    size = size * np.repeat(1.0 / (1 + np.arange(climate.lands.size)) ** 0.7, climate.cities)
    return lands, size / size.sum()


def found_town(climate: Climate, rng: np.random.Generator) -> Town:
    """A town without plots: every attribute drawn from the world's own habits."""
    city_land, city_size = cities_of(climate)
    n, m, days = climate.partners, climate.people, climate.days
    city = rng.choice(city_land.size, n, p=city_size)
    land = city_land[city]
    trade = rng.choice(len(TRADES), n, p=climate.trade_shares)
    table = {
        name: np.array([getattr(one, name) for one in TRADES])
        for name in ("price", "spread", "custom", "refunds", "disputes", "credit", "local")
    }
    new = rng.random(n) < climate.newcomers
    on = np.where(new, days * rng.beta(1.0, 1.5, n) * 0.92, -rng.gamma(1.4, 320, n))
    closes = rng.random(n) < climate.churn
    off = np.where(closes, np.maximum(on, 0) + 12 + rng.gamma(1.5, days * 0.25, n), NEVER)
    off[off > days] = NEVER
    rate = np.array([LANDS[code][2] for code in climate.lands])[land]
    partners = Partners(
        land=land,
        area=np.where(table["local"][trade], city, city_land.size + land),
        trade=trade,
        custom=table["custom"][trade] * rng.lognormal(0, 0.9, n),
        price=table["price"][trade] * rng.lognormal(0, 0.35, n) * rate,
        spread=table["spread"][trade] * rng.uniform(0.7, 1.3, n),
        ending=rng.choice(4, n, p=(0.45, 0.25, 0.15, 0.15)),
        on=on,
        off=off,
        refunds=np.minimum(climate.refunds * table["refunds"][trade] * rng.lognormal(-0.15, 0.6, n), 0.4),
        disputes=np.minimum(climate.disputes * table["disputes"][trade] * rng.lognormal(-0.3, 0.8, n), 0.2),
        credit=np.minimum(table["credit"][trade] * rng.lognormal(0, 0.3, n), 0.9),
        period=np.array([rng.choice(TRADES[code].payout_days) for code in trade]),
        phase=rng.uniform(0, 30, n),
        fee=rng.uniform(0.02, 0.18, n),
        regulars=np.maximum(4, rng.lognormal(3.6, 0.8, n)).astype(np.int64),
        account=np.arange(n),
        stem=np.arange(n),
        taken=np.zeros(n, bool),
        open_to_all=np.ones(n, bool),
    )
    home = rng.choice(city_land.size, m, p=city_size)
    two = rng.random(m) < 0.35
    second = rng.random(m) < 0.3
    consumers = Consumers(
        land=city_land[home],
        city=home,
        created=np.where(rng.random(m) < 0.55, -rng.gamma(1.3, 300, m), days * rng.random(m)),
        active=rng.gamma(0.9, 1.0, m) + 0.05,
        luck=rng.gamma(0.8, 1.25, m),
        device=np.arange(m),
        other_device=np.where(two, m + np.cumsum(two) - 1, -1),
        account=n + np.arange(m),
        other_account=np.where(second, n + m + np.cumsum(second) - 1, -1),
        taken=np.zeros(m, bool),
    )
    # households: a device or an account of another in the same city, and desktops for anyone
    order = np.lexsort((rng.random(m), home))
    mate = order[np.minimum(np.argsort(order) + 1, m - 1)]
    borrows = rng.random(m) < rng.uniform(0.08, 0.35)
    consumers.other_device[borrows] = mate[borrows]
    joint = rng.random(m) < rng.uniform(0.08, 0.25)
    consumers.other_account[joint] = n + mate[joint]
    public = rng.random(m) < rng.uniform(0.0, 0.05)
    consumers.other_device[public] = rng.integers(0, max(2, m // 400), m)[public]
    vouchers = rng.random(m) < rng.uniform(0.01, 0.07)  # meal vouchers and cards of employers
    firm = np.floor((3 + m // int(rng.integers(60, 500))) * rng.random(m) ** 1.5).astype(np.int64)
    consumers.other_account[vouchers] = n + rng.permutation(m)[firm[vouchers]]
    # lone crooks and careless traders, who belong to nothing
    partners.disputes[rng.random(n) < rng.uniform(0.01, 0.04)] += rng.uniform(0.04, 0.2)
    partners.refunds[rng.random(n) < rng.uniform(0.01, 0.04)] += rng.uniform(0.08, 0.25)
    consumers.luck[rng.random(m) < rng.uniform(0.003, 0.015)] *= rng.uniform(6, 25)
    devices, accounts = m + int(two.sum()), n + m + int(second.sum())
    town = Town(
        partners=partners,
        consumers=consumers,
        device_kind=[rng.choice(4, devices, p=(0.68, 0.22, 0.09, 0.01))],
        device_age=[rng.gamma(1.0, 150, devices)],
        account_land=[np.concatenate([land, consumers.land, consumers.land[second]])],
        account_age=[rng.gamma(1.2, 700, accounts)],
        devices=devices,
        accounts=accounts,
        base_people=m,
        stems=n,
        owners=np.full(n, -1, np.int64),
    )
    _equip(town, climate, rng)
    return town


def _equip(town: Town, climate: Climate, rng: np.random.Generator) -> None:
    """The tills, desks and phones from which partners log in, some of them their owners' or a helper's."""
    n = climate.partners
    each = 1 + rng.poisson(0.7, n)
    of = np.repeat(np.arange(n), each)
    tools = town.devices + np.arange(of.size)
    town.device_kind.append(rng.choice(4, of.size, p=(0.35, 0.42, 0.2, 0.03)))
    town.device_age.append(rng.gamma(1.0, 150, of.size))
    town.devices += of.size
    lo = np.where(rng.random(of.size) < 0.7, -NEVER, rng.uniform(0, climate.days, of.size))
    first = np.concatenate([[True], of[1:] != of[:-1]])
    lo[first] = -NEVER
    hi = np.where(rng.random(of.size) < 0.85, NEVER, rng.uniform(0.3, 1, of.size) * climate.days)
    rate = rng.lognormal(-0.6, 0.8, of.size) * climate.logins
    town.visits.add(partner=of, device=tools, rate=rate, lo=lo, hi=hi)
    # an owner who also shops with the same phone
    buys = np.flatnonzero(rng.random(n) < climate.owners_who_buy)
    owner = rng.choice(town.base_people, buys.size, replace=False)
    town.consumers.other_device[owner] = tools[np.flatnonzero(first)[buys]]
    town.owners[buys] = owner
    paid_there = rng.random(buys.size) < 0.4
    town.consumers.other_account[owner[paid_there]] = town.partners.account[buys[paid_there]]
    # helpers: a friend, a technician, the platform's own field staff
    helped = rng.choice(n, int(n * rng.uniform(0.03, 0.12)))
    staff = tools[rng.integers(0, max(3, n // 25), helped.size)]
    lo = rng.uniform(-20, climate.days, helped.size)
    town.visits.add(
        partner=helped,
        device=staff,
        rate=rng.uniform(0.1, 0.9, helped.size),
        lo=lo,
        hi=lo + rng.uniform(7, 90),
    )


def trade_codes(*names: str) -> Ints:
    """The codes of these trades."""
    return np.array([TRADE[name] for name in names], np.int64)
