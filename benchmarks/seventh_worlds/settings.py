"""What holds for everybody in one world; drawn by the seed before anybody is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.seventh_worlds.trades import COUNTRIES
from benchmarks.seventh_worlds.units import groups
from benchmarks.writing.units import Floats, Ints, Texts, check_room, log_uniform

LEAST_PARTNERS, MOST_PARTNERS = 700, 2500
MOST_ORDERS = 300_000
LEAST_A_PARTNER, MOST_A_PARTNER = 60, 250
"""Orders a partner, on average."""
FEWEST_A_PARTNER = 30
"""Of a world whose size is given."""
USUAL_PARTNERS, USUAL_ORDERS = 1750, 190_000
"""To which numbers of groups are told."""

RINGLESS: Final = 1 / 12
LACKING: Final = 0.5
"""Shares of worlds without a ring, and of worlds without one kind of data."""
LACKS: Final = ("payouts", "transfers", "logins", "devices", "outcomes")
"""Without "devices" no order tells one; without "outcomes" they are late and most have no date."""

TYPOLOGIES: Final = (
    "device_farm", "shell_network", "phoenix", "mule_chain", "collusive_circle", "bust_out", "take_over",
    "refund_abuse",
)  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """Sizes, dates and places of one world.

    `lacks` is of `LACKS` or "". `size` and `volume` are partners and orders to those of a usual world.
    `calendar` (days + 1,) is how much of all custom has come by the end of each day. `lands` are the
    countries in use; `city_land` and `city_share` (cities,) the country and the share of people of each city.
    """

    partners: int
    orders: int
    days: int
    start: pd.Timestamp
    lacks: str
    rings: int
    calendar: Floats
    lands: Ints
    city_land: Ints
    city_share: Floats

    @property
    def size(self) -> float:
        return self.partners / USUAL_PARTNERS

    @property
    def volume(self) -> float:
        return self.orders / USUAL_ORDERS

    @property
    def cities(self) -> int:
        return len(self.city_land)


CODES: Final[Texts] = np.array([one.code for one in COUNTRIES], object)
"""Of the countries."""


def draw_settings(rng: np.random.Generator, partners: int | None, orders: int | None) -> Settings:
    """A world's settings; `partners` and `orders` are drawn if None. ValueError: too few of them."""
    n = partners or round(log_uniform(rng, LEAST_PARTNERS, MOST_PARTNERS))
    total = orders or round(log_uniform(rng, n * LEAST_A_PARTNER, min(n * MOST_A_PARTNER, MOST_ORDERS)))
    check_room(n, total, FEWEST_A_PARTNER)
    days = int(rng.integers(170, 420))
    lands = rng.choice(len(COUNTRIES), int(rng.integers(1, 5)), replace=False)
    cities = int(rng.integers(8, 26))
    share = rng.pareto(1.3, cities) + 0.4
    return Settings(
        partners=n,
        orders=total,
        days=days,
        start=pd.Timestamp("2022-01-01") + pd.Timedelta(days=int(rng.integers(0, 900))),
        lacks=str(rng.choice(LACKS)) if rng.random() < LACKING else "",
        rings=0 if rng.random() < RINGLESS else max(3, groups(rng, 22, 46, n / USUAL_PARTNERS)),
        calendar=_calendar(rng, days),
        lands=lands,
        city_land=lands[rng.integers(0, len(lands), cities)],
        city_share=share / share.sum(),
    )


def _calendar(rng: np.random.Generator, days: int) -> Floats:
    """Days of the week, growth, seasons and a few great days, summed up."""
    day = np.arange(days)
    custom = rng.uniform(0.7, 1.5, 7)[day % 7] * (1 + rng.uniform(0, 0.6) * day / days)
    custom = custom * (1 + rng.uniform(0, 0.3) * np.sin(day / 365 * 2 * np.pi + rng.uniform(0, 6)))
    for _ in range(int(rng.integers(1, 4))):
        first = int(rng.integers(10, days - 10))
        custom[first : first + int(rng.integers(1, 5))] *= rng.uniform(1.4, 2.6)
    return np.concatenate([[0.0], np.cumsum(custom)])
