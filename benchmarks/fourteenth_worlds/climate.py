"""What a seed decides of its world before anybody lives in it: sizes, rates, places, seasons and gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DAY = 86_400.0
LEAST_PARTNERS, LEAST_ORDERS = 200, 10_000

COUNTRIES = {
    "NL": ("EUR", 1.0, 1), "BE": ("EUR", 1.0, 1), "DE": ("EUR", 1.05, 1), "FR": ("EUR", 1.0, 1),
    "ES": ("EUR", 0.8, 1), "PT": ("EUR", 0.75, 0), "PL": ("PLN", 3.0, 1), "SE": ("SEK", 11.0, 1),
    "DK": ("DKK", 7.6, 1), "GB": ("GBP", 0.9, 0), "IE": ("EUR", 1.1, 0), "CZ": ("CZK", 19.0, 1),
}  # fmt: skip
"""Currency, price level and hours from UTC."""

TRADES: tuple[tuple[str, str, float, float, float, float, float, float, float], ...] = (
    # MCC, noun, median amount, refunds, disputes, defaults, share online, spread of amounts, visits
    ("5411", "Market", 24, 0.006, 0.001, 0.003, 0.15, 0.65, 9.0),
    ("5812", "Kitchen", 31, 0.004, 0.002, 0.003, 0.10, 0.45, 6.0),
    ("5814", "Bites", 14, 0.004, 0.002, 0.002, 0.15, 0.40, 8.0),
    ("5462", "Bakery", 9, 0.002, 0.001, 0.002, 0.02, 0.45, 6.0),
    ("5651", "Clothing", 62, 0.085, 0.006, 0.014, 0.60, 0.60, 3.5),
    ("5661", "Shoes", 78, 0.095, 0.006, 0.014, 0.60, 0.45, 2.0),
    ("5732", "Electronics", 190, 0.045, 0.014, 0.026, 0.70, 0.95, 1.6),
    ("5734", "Computers", 260, 0.040, 0.015, 0.028, 0.80, 0.90, 1.0),
    ("4816", "Hosting", 18, 0.015, 0.009, 0.012, 1.00, 0.50, 1.2),
    ("5945", "Games", 41, 0.035, 0.008, 0.016, 0.65, 0.70, 1.8),
    ("5977", "Beauty", 36, 0.030, 0.005, 0.009, 0.50, 0.50, 2.2),
    ("5912", "Pharmacy", 22, 0.008, 0.002, 0.004, 0.20, 0.60, 3.0),
    ("5712", "Furniture", 340, 0.050, 0.012, 0.020, 0.45, 0.85, 0.7),
    ("5200", "Tools", 58, 0.030, 0.004, 0.009, 0.30, 0.90, 1.5),
    ("5944", "Jewels", 210, 0.045, 0.015, 0.027, 0.55, 1.00, 0.6),
    ("4722", "Travel", 420, 0.060, 0.022, 0.030, 0.90, 0.80, 0.6),
    ("7922", "Tickets", 74, 0.030, 0.016, 0.014, 0.90, 0.55, 1.1),
    ("7997", "Fitness", 35, 0.015, 0.008, 0.018, 0.15, 0.35, 1.3),
    ("5942", "Books", 23, 0.025, 0.003, 0.005, 0.60, 0.55, 1.8),
    ("5941", "Sports", 66, 0.060, 0.006, 0.013, 0.50, 0.75, 1.5),
    ("7230", "Salon", 42, 0.004, 0.003, 0.004, 0.02, 0.40, 2.0),
    ("5995", "Pets", 33, 0.015, 0.003, 0.006, 0.35, 0.55, 1.6),
    ("7538", "Garage", 180, 0.008, 0.006, 0.015, 0.03, 0.90, 0.7),
    ("8299", "Courses", 120, 0.040, 0.013, 0.022, 0.85, 0.75, 0.7),
)

GOODS = ("5732", "5734", "5651", "5661", "5944", "5945", "5941", "5712", "7922")
"""What crews steal to sell again."""


@dataclass(frozen=True)
class Climate:
    """The parameters of one world; times are seconds since 1970, UTC."""

    partners: int
    orders: int
    people: int
    start: float
    end: float
    countries: tuple[str, ...]
    weights: Floats
    towns: Ints  # (towns,) the country of each
    trades: Floats  # (trades, 7) jittered numbers of TRADES
    day_weight: Floats
    hours: Floats  # (3, 24) daily rhythms: shops, evenings, nights
    tail: float  # Pareto-like spread of the shops' sizes
    habit: float  # share of trips that go to favourites
    online_pull: float
    trip_more: float  # chance of one more shop on a trip
    bad_level: float
    honest_bad_spread: float  # spread of quality between honest shops
    device_known: float
    account_known: float
    borrowing: float
    natted: float
    device_life: float  # days between new identities of a device
    care: float
    bite: float  # how much of what a crew might do badly it does
    ring_rate: float  # rings a partner
    alike_rate: float
    review_share: float
    ring_review: float
    review_error: float
    delay: float  # factor on reporting delays
    undated: float
    has_labels: bool
    has_transfers: bool
    has_devices: bool
    has_accounts: bool
    has_closed: bool
    has_created: bool
    has_opened: bool
    thin: float  # share of absent optional text
    fee: float
    p2p: float  # person-to-person transfers a person and month
    unit: float  # granularity of times in seconds

    @property
    def bustle(self) -> float:
        """How many orders a shop has, beside those of a usual world; what groups do is scaled by it."""
        return float(np.clip(self.orders / self.partners / 130, 0.35, 1.2))

    @property
    def days(self) -> int:
        """Whole days of the world."""
        return len(self.day_weight)

    def moments(self, rng: np.random.Generator, n: int, first: float, last: float, rhythm: int = 0) -> Floats:
        """n moments between the two, as busy as the season's days and the hours of that rhythm are."""
        first, last = max(first, self.start), min(last, self.end - 60)
        low = int(np.clip((first - self.start) // DAY, 0, self.days - 1))
        high = int(np.clip((last - self.start) // DAY, low, self.days - 1))
        weight = np.cumsum(self.day_weight[low : high + 1])
        day = low + np.searchsorted(weight, rng.random(n) * weight[-1], side="right").astype(np.int64)
        hour = np.searchsorted(np.cumsum(self.hours[rhythm]), rng.random(n), side="right")
        t = self.start + day * DAY + np.minimum(hour, 23) * 3600.0 + rng.random(n) * 3600.0
        outside = (t < first) | (t > last)
        t[outside] = first + rng.random(int(outside.sum())) * max(last - first, 1.0)
        return np.asarray(t, dtype=np.float64)

    def daytime(self, rng: np.random.Generator, t: Floats, rhythm: int = 0) -> Floats:
        """The same days, at hours of that rhythm."""
        hour = np.searchsorted(np.cumsum(self.hours[rhythm]), rng.random(len(t)), side="right")
        of_day = np.minimum(hour, 23) * 3600.0 + rng.random(len(t)) * 3600.0
        return np.asarray(np.floor(t / DAY) * DAY + of_day)


def _rhythms(rng: np.random.Generator) -> Floats:
    hour = np.arange(24)
    shops = np.exp(-0.5 * ((hour - rng.uniform(11, 13)) / 2.6) ** 2) + np.exp(
        -0.5 * ((hour - rng.uniform(16.5, 18)) / 1.9) ** 2
    )
    evenings = np.exp(-0.5 * ((hour - rng.uniform(19, 20.5)) / 2.4) ** 2) + 0.35 * shops
    nights = np.exp(-0.5 * (((hour - 1) % 24 - 0) / 2.5) ** 2) + 0.6 * evenings
    rows = np.stack([shops, evenings, nights]) + 0.015
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def _season(rng: np.random.Generator, start: float, days: int) -> Floats:
    """The weight of each day: week, year, pay-days, growth, weather."""
    day = np.arange(days)
    week = rng.dirichlet(np.full(7, 40.0)) * 7
    week[(np.array([4, 5])) % 7] *= rng.uniform(1.05, 1.5)
    of_year = (start / DAY + day) % 365.25
    year = 1 + rng.uniform(0.05, 0.35) * np.cos(2 * np.pi * (of_year - rng.uniform(300, 350)) / 365.25)
    peak = 1 + rng.uniform(0.3, 1.4) * np.exp(-0.5 * ((of_year - rng.uniform(328, 352)) / 8) ** 2)
    pay = 1 + rng.uniform(0, 0.3) * np.exp(-((day - rng.integers(0, 30)) % 30) / 4)
    growth = np.exp(rng.normal(0.25, 0.35) * day / 365)
    weather = np.exp(rng.normal(0, 0.08, days))
    return np.asarray(week[day % 7] * year * peak * pay * growth * weather)


def draw_climate(rng: np.random.Generator, partners: int | None, orders: int | None) -> Climate:
    """The climate of a seed; ValueError where there is no room for rings."""
    drawn_partners = int(np.exp(rng.uniform(np.log(1400), np.log(2900))))
    drawn_orders = int(np.exp(rng.uniform(np.log(150_000), np.log(380_000))))
    partners = drawn_partners if partners is None else partners
    orders = drawn_orders if orders is None else orders
    if partners < LEAST_PARTNERS or orders < LEAST_ORDERS:
        raise ValueError(f"A world needs {LEAST_PARTNERS} partners and {LEAST_ORDERS:,} orders at least.")
    days = int(rng.integers(280, 540))
    start = 1_640_995_200.0 + float(rng.integers(0, 900)) * DAY
    several = int(rng.integers(2, 6))
    countries = tuple(rng.choice(list(COUNTRIES), several, replace=False).tolist())
    weights = np.sort(rng.dirichlet(np.full(several, 1.2)))[::-1] * 0.9 + 0.1 / several
    towns = np.repeat(np.arange(several), 1 + rng.multinomial(int(rng.integers(6, 22)), weights))
    trades = np.array([row[2:] for row in TRADES]) * np.exp(rng.normal(0, 0.25, (len(TRADES), 7)))
    trades[:, 4] = np.clip(trades[:, 4], 0.01, 1.0)
    return Climate(
        partners=partners,
        orders=orders,
        people=max(int(orders / rng.uniform(7, 15)), 600),
        start=start,
        end=start + days * DAY,
        countries=countries,
        weights=np.asarray(weights / weights.sum()),
        towns=np.asarray(towns, dtype=np.int64),
        trades=trades,
        day_weight=_season(rng, start, days),
        hours=_rhythms(rng),
        tail=float(rng.uniform(0.9, 1.35)),
        habit=float(rng.uniform(0.55, 0.8)),
        online_pull=float(rng.uniform(0.5, 1.6)),
        trip_more=float(rng.uniform(0.12, 0.38)),
        bad_level=float(np.exp(rng.normal(0.5, 0.3))),
        honest_bad_spread=float(rng.uniform(0.7, 1.1)),
        device_known=float(rng.uniform(0.72, 1.0)),
        account_known=float(rng.uniform(0.55, 1.0)),
        borrowing=float(rng.uniform(0.1, 0.3)),
        natted=float(rng.choice([0.0, rng.uniform(0.01, 0.06)])),
        device_life=float(rng.uniform(250, 900)),
        bite=float(rng.uniform(0.4, 0.7)),
        care=float(rng.uniform(0.42, 0.65)),
        ring_rate=float(rng.uniform(0.009, 0.013)),
        alike_rate=float(rng.uniform(0.8, 1.3)),
        review_share=float(rng.uniform(0.02, 0.12)),
        ring_review=float(rng.uniform(0.1, 0.55)),
        review_error=float(rng.uniform(0.01, 0.06)),
        delay=float(np.exp(rng.normal(0, 0.25))),
        undated=float(rng.choice([0.0, rng.uniform(0.02, 0.3)])),
        has_labels=bool(rng.random() < 0.94),
        has_transfers=bool(rng.random() < 0.8),
        has_devices=bool(rng.random() < 0.85),
        has_accounts=bool(rng.random() < 0.85),
        has_closed=bool(rng.random() < 0.85),
        has_created=bool(rng.random() < 0.85),
        has_opened=bool(rng.random() < 0.75),
        thin=float(rng.uniform(0.02, 0.3)),
        fee=float(rng.uniform(0.01, 0.035)),
        p2p=float(rng.uniform(0.03, 0.15)),
        unit=float(rng.choice([1.0, 0.001])),
    )
