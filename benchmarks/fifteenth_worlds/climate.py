"""What is drawn once and holds for all of a world: its size, its time, its money, its manners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]

NOBODY: Final = -1
"""Stands for no device or no account."""
OPEN, PAID, REFUNDED, DISPUTED, DEFAULTED = range(5)

COUNTRIES: Final[dict[str, tuple[str, float, int, str]]] = {
    "SE": ("SEK", 11.0, 2, "AB"), "NO": ("NOK", 11.5, 2, "AS"), "DK": ("DKK", 7.5, 2, "ApS"),
    "FI": ("EUR", 1.0, 2, "Oy"), "DE": ("EUR", 1.0, 2, "GmbH"), "AT": ("EUR", 1.0, 2, "GmbH"),
    "NL": ("EUR", 1.0, 2, "B.V."), "FR": ("EUR", 1.0, 2, "SARL"), "ES": ("EUR", 0.9, 2, "S.L."),
    "IT": ("EUR", 0.9, 2, "Srl"), "PL": ("PLN", 4.0, 2, "Sp. z o.o."), "CZ": ("CZK", 23.0, 0, "s.r.o."),
    "HU": ("HUF", 350.0, 0, "Kft."), "GB": ("GBP", 0.9, 2, "Ltd"), "US": ("USD", 1.2, 2, "LLC"),
    "AU": ("AUD", 1.7, 2, "Pty Ltd"), "MX": ("MXN", 15.0, 2, "SA de CV"), "JP": ("JPY", 150.0, 0, "KK"),
}  # fmt: skip
"""Currency, price level (units for a euro's worth), decimals, and what a company is called."""

TRADES: Final = (
    ("5411", 30, 0.6, 0.4, "Food"), ("5651", 70, 0.6, 2.6, "Wear"), ("5732", 230, 0.9, 1.0, "Electro"),
    ("5712", 340, 0.8, 0.8, "Living"), ("5944", 180, 0.9, 1.1, "Gold"), ("5977", 38, 0.5, 0.7, "Beauty"),
    ("5812", 32, 0.5, 0.2, "Kitchen"), ("4722", 390, 0.8, 1.4, "Travel"), ("5941", 80, 0.7, 1.3, "Sport"),
    ("5045", 310, 0.9, 0.9, "Data"), ("5661", 85, 0.5, 2.8, "Shoes"), ("5945", 44, 0.6, 0.8, "Play"),
    ("5995", 42, 0.5, 0.4, "Pets"), ("5942", 25, 0.5, 0.5, "Books"), ("5912", 28, 0.5, 0.3, "Care"),
    ("7011", 170, 0.6, 1.2, "Stay"), ("5999", 55, 0.8, 1.0, "Things"), ("5816", 20, 0.7, 0.5, "Games"),
    ("5310", 35, 0.6, 1.0, "Bazaar"), ("5533", 115, 0.8, 0.9, "Motor"), ("5200", 105, 0.8, 0.7, "Build"),
    ("7997", 48, 0.4, 0.6, "Club"), ("8299", 150, 0.6, 0.8, "Learn"), ("4814", 58, 0.6, 0.5, "Mobile"),
    ("5947", 34, 0.5, 0.9, "Gifts"), ("5734", 65, 0.9, 0.8, "Soft"), ("5691", 95, 0.6, 2.2, "Mode"),
)  # fmt: skip
"""Category, usual ticket in euro, its spread (of logarithms), how often things go back, a word of names."""


@dataclass(frozen=True)
class Climate:
    """A world's settings. Moments and spans are days from the window's start, money is in euro."""

    partners: int
    orders: int
    days: float
    start: np.datetime64
    unit_us: int
    """Moments are whole multiples of so many microseconds."""
    countries: tuple[str, ...]
    districts: int
    """In each country."""
    tastes: int
    trades: Ints
    """Rows of `TRADES`."""
    money: float
    """All tickets are so many times the usual."""
    orders_each: float
    """Orders that a consumer places, on average."""
    fame: float
    """Spread of the logarithms of what shops sell."""
    online: float
    young: float
    """Share of shops that opened within the window."""
    ending: float
    """Share of shops that close within the window."""
    household: float
    """Share of consumers who live with others and lend each other what they pay with."""
    season: float
    week: Floats
    sales: Ints
    growth: float
    refunds: float
    disputes: float
    defaults: float
    undated: float
    """Share of outcomes without a date."""
    no_device: float
    no_account: float
    thin: float
    """Share of nulls in columns that may be null."""
    staff: float
    """Further machines of a shop, on average; people on its payroll are half as many again."""
    banks: float
    """Further accounts that a shop is paid on, on average."""
    services: float
    """Bookkeepers, agencies and the like that serve anybody, for each gang."""
    bad_luck: float
    """Share of shops that trouble comes to once, whoever they are."""
    logins: float
    """Logins of a shop in a day, on average."""
    onward: float
    """How much of shops' onward payments the transfers show."""
    counters: float
    """Share of shops where customers order at the shop's own machine, too."""
    accidents: float
    """Ties between strangers, for each shop."""
    gang_share: float
    """Of the shops."""
    people_gangs: float
    """Gangs without a shop, for each with shops."""
    alike: float
    """Honest groups, for each gang."""
    care: tuple[float, float]
    """Shape of the beta distribution of carefulness."""
    reviews: float
    """Share of shops reviewed whoever they are."""
    caught: float
    """Share of gangs that are caught in part."""
    mistakes: float
    """Share of verdicts that are wrong."""
    has: frozenset[str]
    """Tables and columns that there are."""


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def draw_climate(rng: np.random.Generator, partners: int | None, orders: int | None) -> Climate:
    """Settings drawn over wide ranges; ValueError where the sizes asked for hold no rings."""
    many = int(_log_uniform(rng, 400, 3000))
    partners = many if partners is None else partners
    sold = int(np.clip(partners * _log_uniform(rng, 55, 180), 40_000, 300_000))
    orders = sold if orders is None else orders
    if partners < 150 or orders < 5000:
        raise ValueError(
            f"A world of {partners} partners and {orders} orders holds no rings; 150 and 5000 do."
        )
    days = _log_uniform(rng, 150, 800)
    names = np.array(sorted(COUNTRIES), dtype=object)
    return Climate(
        partners=partners,
        orders=orders,
        days=float(round(days)),
        start=np.datetime64("2020-01-01") + int(rng.integers(0, 1900)),
        unit_us=int(rng.choice([1000, 1_000_000, 1_000_000, 60_000_000])),
        countries=tuple(rng.choice(names, int(rng.integers(1, 7)), replace=False)),
        districts=int(rng.integers(2, 8)),
        tastes=int(rng.integers(3, 8)),
        trades=rng.choice(len(TRADES), int(rng.integers(8, len(TRADES) + 1)), replace=False),
        money=_log_uniform(rng, 0.4, 3.0),
        orders_each=_log_uniform(rng, 4, 14),
        fame=rng.uniform(0.7, 1.5),
        online=rng.uniform(0.2, 0.9),
        young=rng.uniform(0.25, 0.7),
        ending=rng.uniform(0.06, 0.3),
        household=rng.uniform(0.1, 0.5),
        season=rng.uniform(0.0, 0.5),
        week=np.exp(rng.normal(0, 0.25, 7)),
        sales=rng.integers(0, int(days), int(rng.integers(0, 6))),
        growth=rng.uniform(-0.3, 1.5),
        refunds=_log_uniform(rng, 0.02, 0.10),
        disputes=_log_uniform(rng, 0.004, 0.02),
        defaults=_log_uniform(rng, 0.01, 0.06),
        undated=float(rng.choice([0.0, 0.03, 0.25])),
        no_device=rng.uniform(0.0, 0.35),
        no_account=rng.uniform(0.0, 0.6),
        thin=rng.uniform(0.0, 0.3),
        staff=_log_uniform(rng, 0.6, 3.0),
        banks=_log_uniform(rng, 0.12, 0.6),
        services=rng.uniform(0.8, 2.0),
        bad_luck=rng.uniform(0.1, 0.25),
        logins=_log_uniform(rng, 0.05, 0.5),
        onward=_log_uniform(rng, 0.15, 0.7),
        counters=rng.uniform(0.03, 0.12),
        accidents=rng.uniform(0.06, 0.22),
        gang_share=rng.uniform(0.025, 0.06),
        people_gangs=rng.uniform(0.1, 0.35),
        alike=rng.uniform(3.0, 6.0),
        care=(rng.uniform(1.0, 2.6), rng.uniform(0.8, 2.0)),
        reviews=rng.uniform(0.02, 0.15),
        caught=rng.uniform(0.1, 0.6),
        mistakes=rng.uniform(0.0, 0.06),
        has=_tables(rng),
    )


def _tables(rng: np.random.Generator) -> frozenset[str]:
    odds = {
        "partner_logins": 0.93, "consumers": 0.96, "devices": 0.9, "bank_accounts": 0.9, "labels": 0.95,
        "created_at": 0.93, "opened_at": 0.85, "closed_at": 0.85, "first_seen_at": 0.9,
    }  # fmt: skip
    held = {name for name, chance in odds.items() if rng.random() < chance}
    # what is hidden from both sides at once would leave no trace of some gangs
    if "partner_logins" not in held or rng.random() < 0.88:
        held.add("transfers")
    return frozenset(held | {"partners", "orders", "payouts"})
