"""What kind of market a seed makes: its size, length, countries, habits and how much of it is crooked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.writing.units import Floats, Ints, check_room, log_uniform

COUNTRIES: Final = {
    "DE": ("EUR", 1.0), "NL": ("EUR", 1.0), "FR": ("EUR", 1.0), "ES": ("EUR", 1.0), "FI": ("EUR", 1.0),
    "AT": ("EUR", 1.0), "SE": ("SEK", 11.2), "PL": ("PLN", 4.3), "GB": ("GBP", 0.86), "DK": ("DKK", 7.5),
    "NO": ("NOK", 11.6), "CZ": ("CZK", 25.0),
}  # fmt: skip
"""Currency, and how much of it a euro is; amounts are euros until they are written."""
LIFESTYLES: Final = 5
"""Kinds of taste."""
FEWEST_ORDERS_EACH: Final = 20
FEWEST_RINGS: Final = 3


@dataclass(frozen=True)
class Setting:
    """A market; rates are shares of orders, times days."""

    partners: int
    orders: int
    consumers: int
    days: int
    start: np.datetime64
    countries: tuple[str, ...]
    cities: int
    rings: int
    care: tuple[float, float]
    """Of the beta distribution of carefulness."""
    schemes: Floats
    """(typologies,) how common each is."""
    default: float
    dispute: float
    refund: float
    no_device: float
    no_account: float
    undated: float
    loyalty: float
    gossip: float
    online: float
    skew: float
    """Spread of the logarithm of firms' popularity."""
    churn: float
    reviewed: float
    wrong: float
    lacks: str

    @property
    def scale(self) -> Floats:
        """(countries,) a euro in each country's money."""
        return np.array([COUNTRIES[one][1] for one in self.countries])


def draw_setting(rng: np.random.Generator, schemes: int, partners: int | None, orders: int | None) -> Setting:
    """A setting of that size, or of any from 600 to 3,000 partners and 60,000 to 300,000 orders."""
    if partners is None:
        partners = int(log_uniform(rng, 600, 3_000))
    if orders is None:
        orders = int(np.clip(partners * log_uniform(rng, 60, 180), 61_000, 295_000))
    check_room(partners, orders, FEWEST_ORDERS_EACH)
    rings = round(partners / 1_500 * rng.uniform(8, 25))
    names = rng.choice(list(COUNTRIES), int(rng.integers(1, 6)), replace=False)
    return Setting(
        partners=partners,
        orders=orders,
        consumers=max(int(orders / log_uniform(rng, 5, 16)), 600),
        days=int(rng.integers(210, 560)),
        start=np.datetime64("2022-01-01") + np.timedelta64(int(rng.integers(0, 1_000)), "D"),
        countries=tuple(str(one) for one in names),
        cities=int(rng.integers(6, 22)),
        rings=max(rings, FEWEST_RINGS),
        care=(float(rng.uniform(0.9, 2.2)), float(rng.uniform(0.9, 2.2))),
        schemes=rng.dirichlet(np.full(schemes, 2.5)),
        default=log_uniform(rng, 0.004, 0.03),
        dispute=log_uniform(rng, 0.002, 0.012),
        refund=log_uniform(rng, 0.02, 0.1),
        no_device=float(rng.choice([0, 0.02, 0.1, 0.25])),
        no_account=float(rng.choice([0, 0.05, 0.2, 0.4])),
        undated=float(rng.choice([0, 0.01, 0.03])),
        loyalty=float(rng.uniform(0.35, 0.85)),
        gossip=float(rng.uniform(0.1, 0.5)),
        online=float(rng.uniform(0.2, 0.65)),
        skew=float(rng.uniform(0.8, 1.5)),
        churn=float(rng.uniform(0.06, 0.22)),
        reviewed=log_uniform(rng, 0.03, 0.3),
        wrong=float(rng.uniform(0.01, 0.1)),
        lacks=str(rng.choice(["", "partner_logins"], p=[0.93, 0.07])),
    )


class Calendar:
    """When things are done: days of a week, season and growth, hours of a day."""

    def __init__(self, rng: np.random.Generator, days: int) -> None:
        day = np.arange(days)
        week = rng.dirichlet(np.full(7, 25)) * 7
        season = 1 + rng.uniform(0.05, 0.3) * np.sin(2 * np.pi * (day / 365 + rng.random()))
        growth = np.exp(rng.uniform(-0.1, 0.8) * day / days)
        weight = week[day % 7] * season * growth * np.exp(rng.normal(0, 0.08, days))
        for peak in rng.integers(0, days, 3):
            weight[peak : peak + 4] *= rng.uniform(1.3, 2.2)
        self.cdf = np.concatenate([[0], np.cumsum(weight) / weight.sum()])
        self.day, self.days = np.arange(days + 1), days
        self.evening = rng.uniform(0.4, 0.65)

    def draw(self, rng: np.random.Generator, since: Floats, until: Floats, *, desk: bool = False) -> Floats:
        """Moments between those, one each: at a shopper's hours, or at a `desk`'s."""
        since, until = np.clip(since, 0, self.days - 0.01), np.clip(until, 0.01, self.days - 1e-4)
        least, most = (np.interp(one, self.day, self.cdf) for one in (since, np.maximum(until, since)))
        at = np.interp(rng.uniform(least, np.maximum(most, least)), self.cdf, self.day)
        moved = np.floor(at) + self._hour(rng, len(at), desk) / 24
        moment: Floats = np.where((moved >= since) & (moved < until), moved, at)
        return moment

    def awake(self, rng: np.random.Generator, t: Floats) -> Floats:
        """The same moments, but that of those in the small hours most are put off to a shopper's hours."""
        asleep = (t % 1 < 0.27) & (rng.random(len(t)) < 0.85)
        return np.where(asleep, np.floor(t) + self._hour(rng, len(t), False) / 24, t)

    def _hour(self, rng: np.random.Generator, n: int, desk: bool) -> Floats:
        hour: Floats
        if desk:
            late = rng.random(n) < 0.2
            hour = np.clip(np.where(late, rng.normal(20.5, 1.5, n), rng.normal(13, 3, n)), 0, 23.99)
            return hour
        kind, any_time = rng.random(n), rng.uniform(0, 24, n)
        hour = np.where(kind < self.evening, rng.normal(19.8, 2.2, n), rng.normal(12.6, 2.2, n))
        hour = np.where((kind > 0.93) | (hour < 0) | (hour >= 24), any_time, hour)
        return hour


def sizes(rng: np.random.Generator, least: float, most: float, n: int) -> Ints:
    """(n,) whole numbers from `least` to `most`, all scales as likely."""
    return np.exp(rng.uniform(np.log(least), np.log(most + 0.99), n)).astype(np.int64)
