"""The honest population: partners, consumers, their devices and accounts, before any ring is planted."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from graph.synthetic.firm import DAY_S, FAR_S, Firm

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
SLOTS = 3
"""Payout accounts that a partner can use, each with its days and weight."""


@dataclass
class Registry:
    """Devices or bank accounts: a code each, with when it was first seen and a small attribute."""

    since: list[Ints] = field(default_factory=list)
    attribute: list[NDArray[np.int8]] = field(default_factory=list)
    moved: list[tuple[Ints, Ints]] = field(default_factory=list)
    size: int = 0

    def new(self, since_s: Ints | Floats, attribute: NDArray[np.integer] | int) -> NDArray[np.int32]:
        """Codes of as many new ones as `since_s` is long."""
        since = np.asarray(since_s).astype(np.int64)
        self.since.append(since)
        self.attribute.append(np.broadcast_to(np.asarray(attribute, dtype=np.int8), since.shape).copy())
        codes = np.arange(self.size, self.size + len(since), dtype=np.int32)
        self.size += len(since)
        return codes

    def move(self, codes: Ints, by_s: Ints) -> None:
        """Let these be first seen that much later, (n,) s each."""
        self.moved.append((codes, by_s))

    def columns(self) -> tuple[Ints, NDArray[np.int8]]:
        """All `since` and all attributes, a row a code."""
        since = np.concatenate(self.since)
        for codes, by_s in self.moved:
            np.add.at(since, codes, by_s)
        return since, np.concatenate(self.attribute)


@dataclass
class Partners:
    """Columns of partners, a row a partner, sorted by area. Rates are shares of orders."""

    country: Ints
    area: Ints
    category: Ints
    weight: Floats  # once customers are drawn, `Reach.weigh` alone may change it
    onboard_s: Ints
    close_s: Ints
    mu: Floats
    sigma: Floats
    rounding: Ints
    refund: Floats
    dispute: Floats
    default: Floats
    trouble_from_s: Ints
    trouble_to_s: Ints
    trouble_bad: Floats
    trouble_unpaid: Floats  # of what goes bad in a spell, the share that is not paid; the rest is disputed
    period: Ints
    phase: Ints
    login_rate: Floats
    account: NDArray[np.int32]
    account_from: Floats
    account_to: Floats
    account_weight: Floats
    sale_from: Ints
    sale_to: Ints
    sale_factor: Floats
    noise: Floats  # sigma of the logarithm of a day's custom
    till: NDArray[np.int32]  # a machine in the shop that customers order on, -1 for none
    till_share: Floats
    purse: NDArray[np.int32]  # an account behind the shop's vouchers, -1 for none
    purse_share: Floats

    def __len__(self) -> int:
        return len(self.country)


CONSUMER_COLUMNS = {
    "country": np.int8, "area": np.int32, "created_s": np.int64, "weight": np.float32, "loyal": np.float32,
    "d0": np.int32, "d1": np.int32, "d2": np.int32, "p1": np.float32, "switch_s": np.int64,
    "a0": np.int32, "a1": np.int32, "risk": np.float32,
}  # fmt: skip


@dataclass
class Consumers:
    """Columns of consumers; `d0` gives way to `d2` at `switch_s`, `d1` is used for a share `p1` of orders."""

    country: NDArray[np.int8]
    area: NDArray[np.int32]
    created_s: Ints
    weight: NDArray[np.float32]
    loyal: NDArray[np.float32]
    d0: NDArray[np.int32]
    d1: NDArray[np.int32]
    d2: NDArray[np.int32]
    p1: NDArray[np.float32]
    switch_s: Ints
    a0: NDArray[np.int32]
    a1: NDArray[np.int32]
    risk: NDArray[np.float32]
    favourite: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.country)


def office_hours(rng: np.random.Generator, n: int) -> Ints:
    """Seconds of a day when people at work do things, with a tail into the evening."""
    hour = np.clip(rng.normal(12.5, 3.2, n), 0, 23.99)
    return (hour * 3600).astype(np.int64)


def draw_partners(firm: Firm, accounts: Registry, rng: np.random.Generator) -> Partners:
    """Honest partners with years of history, some new, some closing, of very unequal size."""
    n = firm.partners
    area_country = np.repeat(np.arange(len(firm.areas)), firm.areas)
    country = rng.choice(len(firm.areas), n, p=firm.country_share)
    first_area = np.r_[0, np.cumsum(firm.areas)[:-1]]
    area = np.sort(first_area[country] + (rng.beta(0.8, 1.6, n) * firm.areas[country]).astype(np.int64))
    country = area_country[area]
    category = rng.choice(len(firm.categories), n, p=firm.category_share)
    trades = firm.categories
    onboard, close = _lives(firm, rng, n)
    bad = np.exp(rng.normal(0, firm.bad_sigma, n)) * firm.bad_factor
    spell = rng.uniform(0, 1, n) < firm.troubled
    spell_from = firm.start_s + rng.uniform(-0.2, 0.95, n) * firm.days * DAY_S
    account = np.full((n, SLOTS), -1, dtype=np.int32)
    account[:, 0] = accounts.new(onboard - rng.exponential(300, n) * DAY_S, country)
    partners = Partners(
        country=country,
        area=area,
        category=category,
        weight=np.exp(rng.normal(0, firm.popularity_sigma, n)),
        onboard_s=onboard,
        close_s=close,
        mu=np.log(np.array([t.amount for t in trades])[category] * firm.currency_rate)
        + rng.normal(0, 0.45, n),
        sigma=np.array([t.spread for t in trades])[category] * rng.uniform(0.6, 1.4, n),
        rounding=rng.choice(4, n, p=[0.4, 0.3, 0.2, 0.1]),
        refund=np.clip(
            np.array([t.refund for t in trades])[category] * np.exp(rng.normal(0, 0.8, n)), 0, 0.5
        ),
        dispute=np.clip(np.array([t.dispute for t in trades])[category] * bad, 0, 0.4),
        default=np.clip(
            np.array([t.default for t in trades])[category]
            * firm.bad_factor
            * np.exp(rng.normal(0, firm.bad_sigma, n)),
            0,
            0.4,
        ),
        trouble_from_s=np.where(spell, spell_from, FAR_S).astype(np.int64),
        trouble_to_s=np.where(spell, spell_from + rng.uniform(10, 120, n) * DAY_S, FAR_S).astype(np.int64),
        trouble_bad=rng.beta(1.2, 2.0, n) * 0.95,
        trouble_unpaid=rng.beta(0.7, 0.8, n),
        period=rng.choice([1, 2, 7, 7, 14, 30], n),
        phase=rng.integers(0, 420, n),
        login_rate=firm.logins_a_day * np.exp(rng.normal(0, 0.8, n)),
        account=account,
        account_from=np.full((n, SLOTS), -1e9),
        account_to=np.full((n, SLOTS), 1e9),
        account_weight=np.tile(np.array([1.0, 0, 0]), (n, 1)),
        sale_from=np.full(n, 10**6),
        sale_to=np.full(n, 10**6),
        sale_factor=np.ones(n),
        noise=rng.gamma(1.5, 0.3, n),
        till=np.full(n, -1, dtype=np.int32),
        till_share=np.zeros(n),
        purse=np.full(n, -1, dtype=np.int32),
        purse_share=np.zeros(n),
    )
    _second_accounts(partners, firm, accounts, rng)
    return partners


def _lives(firm: Firm, rng: np.random.Generator, n: int) -> tuple[Ints, Ints]:
    new = rng.uniform(0, 1, n) < firm.new_partners
    ago = rng.exponential(rng.uniform(400, 1100), n) + 0.5
    day = np.where(new, rng.uniform(0, firm.days - 8, n), -ago).astype(np.int64)
    onboard = firm.start_s + day * DAY_S + office_hours(rng, n)
    closing = rng.uniform(0, 1, n) < firm.closing
    # most close inside the window, a few before it: those stay in the books without orders
    at = rng.uniform(-0.15, 1, n) * firm.days * DAY_S + firm.start_s
    life = rng.uniform(15, 90, n) * DAY_S
    closed = np.maximum(at, onboard + life).astype(np.int64) // DAY_S * DAY_S + office_hours(rng, n)
    return onboard, np.where(closing & (closed < firm.end_s), closed, FAR_S)


def _second_accounts(partners: Partners, firm: Firm, accounts: Registry, rng: np.random.Generator) -> None:
    """Some partners change their bank, some split payouts over two accounts."""
    n = len(partners)
    draw = rng.uniform(0, 1, n)
    moved = np.flatnonzero(draw < 0.18)
    day = rng.uniform(0, firm.days, len(moved))
    partners.account[moved, 1] = accounts.new(
        firm.start_s + (day - rng.exponential(60, len(moved))) * DAY_S, partners.country[moved]
    )
    partners.account_to[moved, 0] = day
    partners.account_from[moved, 1] = day
    partners.account_weight[moved, 1] = 1.0
    split = np.flatnonzero(draw > 0.88)
    partners.account[split, 1] = accounts.new(
        partners.onboard_s[split] - rng.exponential(200, len(split)) * DAY_S, partners.country[split]
    )
    partners.account_weight[split, 1] = rng.uniform(0.1, 1.0, len(split))


def draw_consumers(
    firm: Firm,
    partners: Partners,
    reach: Reach,
    devices: Registry,
    accounts: Registry,
    rng: np.random.Generator,
) -> Consumers:
    """Honest consumers with one to three devices and one or two funding accounts of their own."""
    n = firm.consumers
    areas = int(firm.areas.sum())
    # people live where shops are, roughly
    pull = np.bincount(partners.area, weights=partners.weight, minlength=areas) + 0.5
    area = rng.choice(areas, n, p=pull / pull.sum()).astype(np.int32)
    country = np.repeat(np.arange(len(firm.areas)), firm.areas)[area].astype(np.int8)
    return make_consumers(
        firm, reach, devices, accounts, rng, area=area, country=country, created_s=_created(firm, rng, n)
    )


def _created(firm: Firm, rng: np.random.Generator, n: int) -> Ints:
    new = rng.uniform(0, 1, n) < firm.new_consumers
    day = np.where(new, rng.uniform(0, firm.days, n), -rng.exponential(500, n) - 0.1)
    return (firm.start_s + day * DAY_S).astype(np.int64)


def make_consumers(
    firm: Firm,
    reach: Reach,
    devices: Registry,
    accounts: Registry,
    rng: np.random.Generator,
    *,
    area: NDArray[np.int32],
    country: NDArray[np.int8],
    created_s: Ints,
) -> Consumers:
    """Consumers of those areas and moments; everything else is drawn as for anybody."""
    n = len(area)
    kinds = rng.choice(3, n, p=[0.68, 0.24, 0.08])
    d0 = devices.new(created_s - rng.exponential(90, n) * DAY_S * (rng.uniform(0, 1, n) < 0.7), kinds)
    d1, d2, a1 = (np.full(n, -1, dtype=np.int32) for _ in range(3))
    second = np.flatnonzero(rng.uniform(0, 1, n) < 0.33)
    d1[second] = devices.new(created_s[second] + rng.uniform(0, 5, len(second)) * DAY_S, 1)
    switch = np.full(n, FAR_S, dtype=np.int64)
    swap = np.flatnonzero(rng.uniform(0, 1, n) < 0.22)
    begin = np.maximum(created_s[swap], firm.start_s)
    switch[swap] = (begin + rng.uniform(0, 1, len(swap)) * (firm.end_s - begin)).astype(np.int64)
    d2[swap] = devices.new(switch[swap], kinds[swap])
    a0 = accounts.new(created_s - rng.exponential(900, n) * DAY_S, country)
    other = np.flatnonzero(rng.uniform(0, 1, n) < 0.22)
    a1[other] = accounts.new(created_s[other] - rng.exponential(300, len(other)) * DAY_S, country[other])
    return Consumers(
        country=country,
        area=area,
        created_s=created_s,
        weight=np.exp(rng.normal(0, firm.activity_sigma, n)).astype(np.float32),
        loyal=np.clip(rng.normal(firm.loyal, 0.15, n), 0, 0.9).astype(np.float32),
        d0=d0,
        d1=d1,
        d2=d2,
        p1=rng.uniform(0.05, 0.5, n).astype(np.float32),
        switch_s=switch,
        a0=a0,
        a1=a1,
        risk=np.exp(rng.normal(-0.4, 0.9, n)).astype(np.float32),
        favourite=reach.favourites(area, country, rng),
    )


class Reach:
    """Draws partners near a consumer: in the area, in the country, anywhere."""

    def __init__(self, firm: Firm, partners: Partners) -> None:
        self.partners = partners
        self.local, self.domestic = firm.local, firm.domestic
        areas = np.arange(int(firm.areas.sum()))
        self.area_from = np.searchsorted(partners.area, areas, "left")
        self.area_to = np.searchsorted(partners.area, areas, "right")
        countries = np.arange(len(firm.areas))
        self.country_from = np.searchsorted(partners.country, countries, "left")
        self.country_to = np.searchsorted(partners.country, countries, "right")
        self.weigh(np.zeros(0, dtype=np.int64), 1.0)

    def weigh(self, partner: Ints, by: float) -> None:
        """Let these have so many times the custom. Thousands of groups draw, and few change a weight."""
        self.partners.weight[partner] *= by
        self._cumulative = np.r_[0.0, np.cumsum(self.partners.weight)]

    def favourites(
        self, area: NDArray[np.int32], country: NDArray[np.int8], rng: np.random.Generator
    ) -> NDArray[np.int32]:
        """Three partners that each consumer likes, nearer ones rather, (n, 3)."""
        columns = [self.draw(self._cumulative, area, country, rng).astype(np.int32) for _ in range(3)]
        return np.stack(columns, axis=1)

    def draw(
        self,
        cumulative: Floats,
        area: NDArray[np.integer],
        country: NDArray[np.integer],
        rng: np.random.Generator,
    ) -> Ints:
        """A partner for each consumer by `cumulative` weight, (partners + 1,), of which zero means closed."""
        n = len(area)
        how = rng.random(n)
        low = np.zeros(n)
        high = np.full(n, cumulative[-1])
        for mask, begin, end, place in (
            (
                how < self.local + (1 - self.local) * self.domestic,
                self.country_from,
                self.country_to,
                country,
            ),
            (how < self.local, self.area_from, self.area_to, area),
        ):
            a, b = cumulative[begin[place]], cumulative[end[place]]
            mask = mask & (b > a)
            low[mask], high[mask] = a[mask], b[mask]
        picked = np.searchsorted(cumulative, low + rng.random(n) * (high - low), "right") - 1
        return np.clip(picked, 0, len(cumulative) - 2)


def join(parts: list[Consumers]) -> Consumers:
    """One set of columns out of several, in that order."""
    names = [*CONSUMER_COLUMNS, "favourite"]
    return Consumers(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
