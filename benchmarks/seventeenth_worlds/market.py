"""What a world is like, drawn from its seed before anything happens in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

DAY_MS: Final = 86_400_000
LEAST_PARTNERS: Final = 150
LEAST_ORDERS: Final = 5_000

COUNTRIES: Final = ("DE", "AT", "NL", "FR", "BE", "FI", "SE", "DK", "NO", "PL", "GB", "CH")
CURRENCY: Final = {"SE": "SEK", "DK": "DKK", "NO": "NOK", "PL": "PLN", "GB": "GBP", "CH": "CHF"}
PER_EURO: Final = {"EUR": 1.0, "SEK": 11.2, "DKK": 7.46, "NOK": 11.6, "PLN": 4.3, "GBP": 0.86, "CHF": 0.95}


@dataclass(frozen=True)
class Trade:
    """A line of business: its code, words for names, prices, and how its orders usually end."""

    code: str
    words: tuple[str, ...]
    price: float
    spread: float
    refund: float
    dispute: float
    default: float
    weight: float


TRADES: Final = (
    Trade("5651", ("Mode", "Wear", "Kleid", "Loom"), 62, 0.6, 0.21, 0.005, 0.022, 9),
    Trade("5661", ("Shoes", "Sole", "Schritt"), 78, 0.5, 0.19, 0.005, 0.021, 5),
    Trade("5732", ("Tech", "Elektro", "Volt", "Pixel"), 210, 0.9, 0.07, 0.008, 0.030, 6),
    Trade("4812", ("Mobile", "Phone", "Handy"), 330, 0.7, 0.06, 0.009, 0.036, 3),
    Trade("5977", ("Beauty", "Glow", "Duft"), 38, 0.5, 0.05, 0.004, 0.018, 5),
    Trade("5945", ("Toys", "Spiel", "Hobby"), 44, 0.6, 0.06, 0.004, 0.014, 4),
    Trade("5712", ("Möbel", "Home", "Living"), 260, 0.8, 0.08, 0.010, 0.020, 4),
    Trade("5941", ("Sport", "Bike", "Outdoor"), 95, 0.8, 0.11, 0.006, 0.019, 5),
    Trade("5311", ("Markt", "Store", "Bazaar"), 55, 0.9, 0.09, 0.006, 0.022, 4),
    Trade("5944", ("Gold", "Juwel", "Watch"), 190, 1.0, 0.09, 0.008, 0.029, 2),
    Trade("5999", ("Shop", "Kram", "Depot"), 48, 0.9, 0.08, 0.007, 0.024, 6),
    Trade("4722", ("Travel", "Reise", "Tours"), 340, 0.7, 0.07, 0.013, 0.018, 2),
    Trade("5947", ("Gift", "Card", "Karte"), 58, 0.5, 0.02, 0.009, 0.034, 2),
    Trade("5995", ("Pets", "Tier", "Pfote"), 41, 0.5, 0.04, 0.003, 0.012, 4),
    Trade("5533", ("Auto", "Parts", "Teile"), 88, 0.8, 0.10, 0.006, 0.020, 3),
    Trade("7922", ("Ticket", "Event", "Live"), 84, 0.6, 0.04, 0.010, 0.017, 2),
    Trade("8299", ("Kurs", "Academy", "Learn"), 150, 0.8, 0.09, 0.009, 0.027, 2),
)


@dataclass(frozen=True)
class Market:
    """The settings of one world. Shares are of 1, times are days since its first day."""

    seed: int
    partners: int
    orders: int
    consumers: int
    rings: int
    groups: int
    days: float
    first_ms: int
    countries: tuple[str, ...]
    country_shares: tuple[float, ...]
    refunds: float
    disputes: float
    defaults: float
    """Factors on the base rates of the trades."""
    bad_shops: float
    bad_people: float
    bad_luck: float
    """Share of ordinary shops, of people and of honest groups that have bad outcomes for no ring."""
    care_low: float
    care_high: float
    vigilance: float
    adapts: float
    """How soon a ring is reviewed, and how probably it then changes its papers."""
    coverage: float
    wrong_fraud: float
    missed: float
    checks: float
    """Labels: share of alarms looked at, of honest called fraud, of crooks called legit; random checks."""
    transfers: float
    no_device: float
    no_account: float
    no_field: float
    no_date: float
    no_row: float
    second_hand: float
    favourites: float
    term: float
    season: float
    growth: float
    ring_size: float
    fresh: float


def draw_market(seed: int, partners: int | None, orders: int | None, rng: np.random.Generator) -> Market:
    """Draws the settings; ValueError where the sizes leave no room for rings."""
    shops = int(rng.integers(600, 2_201)) if partners is None else partners
    sales = int(rng.integers(60_000, 250_001)) if orders is None else orders
    if partners is not None and partners < LEAST_PARTNERS:
        raise ValueError(f"A world needs at least {LEAST_PARTNERS} partners, not {partners}.")
    if orders is not None and orders < LEAST_ORDERS:
        raise ValueError(f"A world needs at least {LEAST_ORDERS} orders (and partners for them).")
    rings = min(int(rng.integers(5, 21)), max(5, shops // 40), max(5, sales // 1_700))
    groups = int(rings * rng.uniform(3, 6))
    many = int(rng.integers(1, 6))
    countries = tuple(str(one) for one in rng.permutation(COUNTRIES)[:many])
    shares = np.sort(rng.dirichlet(np.full(many, 0.8)))[::-1]
    low = rng.uniform(0.0, 0.5)
    start = np.datetime64("2022-01-01T00:00:00", "ms") + np.timedelta64(int(rng.integers(0, 900)), "D")
    return Market(
        seed=seed,
        partners=shops,
        orders=sales,
        consumers=int(sales / rng.uniform(2.6, 6.5)),
        rings=rings,
        groups=groups,
        days=float(rng.integers(150, 400)),
        first_ms=int(start.astype(np.int64)),
        countries=countries,
        country_shares=tuple(float(one) for one in shares),
        refunds=rng.uniform(0.6, 1.5),
        disputes=rng.uniform(0.4, 2.0),
        defaults=rng.uniform(0.5, 1.9),
        bad_shops=rng.uniform(0.04, 0.12),
        bad_people=rng.uniform(0.004, 0.02),
        bad_luck=rng.uniform(0.25, 0.5),
        care_low=low,
        care_high=rng.uniform(low + 0.3, 1.0),
        vigilance=rng.uniform(0.003, 0.02),
        adapts=rng.uniform(0.3, 0.95),
        coverage=rng.uniform(0.06, 0.4),
        wrong_fraud=rng.uniform(0.02, 0.09),
        missed=rng.uniform(0.08, 0.35),
        checks=rng.uniform(0.01, 0.06),
        transfers=rng.uniform(0.45, 1.0),
        no_device=rng.beta(1.2, 8) if rng.random() < 0.8 else 0.0,
        no_account=rng.beta(1.3, 6) if rng.random() < 0.8 else 0.0,
        no_field=rng.uniform(0.0, 0.25),
        no_date=rng.uniform(0.0, 0.02),
        no_row=rng.uniform(0.0, 0.03),
        second_hand=rng.uniform(0.005, 0.04),
        favourites=rng.uniform(0.25, 0.6),
        term=float(rng.choice([14.0, 21.0, 30.0, 45.0])),
        season=rng.uniform(0.05, 0.45),
        growth=rng.uniform(-0.3, 0.8),
        ring_size=rng.uniform(0.6, 1.5),
        fresh=rng.uniform(0.1, 0.3),
    )


def pace_of_days(market: Market, rng: np.random.Generator) -> Floats:
    """How much is bought on each day of the world, cumulated; (days + 1,), from 0 to 1."""
    day = np.arange(int(market.days))
    first = np.datetime64(market.first_ms, "ms").astype("datetime64[D]")
    of_year = (first + day - (first + day).astype("datetime64[Y]").astype("datetime64[D]")).astype(float)
    weekday = (day + int(rng.integers(7))) % 7
    rate = 1.0 + market.growth * day / market.days
    rate = rate * (1.0 + market.season * np.cos(2 * np.pi * (of_year - 340) / 365))
    rate = rate * np.array([1.0, 0.97, 0.96, 1.02, 1.05, 0.9, 1.2])[weekday]
    rate = rate * (1.0 + 2.2 * market.season * np.exp(-0.5 * ((of_year - 330) / 2.5) ** 2))
    rate = rate * rng.lognormal(0.0, 0.07, len(day))
    whole = np.concatenate([[0.0], np.cumsum(np.maximum(rate, 0.05))])
    return np.asarray(whole / whole[-1], dtype=np.float64)
