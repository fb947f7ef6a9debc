"""Trades, countries and words that a world draws from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Trade:
    """A merchant category: mean and sigma of the log price in euros, shares of bad ends, usual hour.

    `popularity` is relative; `local` the share of its partners that serve one city only.
    """

    mcc: str
    price: float
    sigma: float
    refunds: float
    disputes: float
    defaults: float
    popularity: float
    local: float
    hour: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class Country:
    """`rate` units of the currency for a euro."""

    code: str
    currency: str
    rate: float


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _trade(mcc: str, price: float, sigma: float, rates: tuple[float, float, float], popularity: float,
           local: float, hour: float, words: str) -> Trade:  # fmt: skip
    return Trade(mcc, price, sigma, *rates, popularity, local, hour, _words(words))


TRADES: Final = (
    _trade("5411", 3.4, 0.6, (0.012, 0.003, 0.012), 4, 0.9, 17, "Market Foods Grocer Deli Larder"),
    _trade("5812", 3.2, 0.5, (0.006, 0.004, 0.008), 2.5, 0.97, 19, "Kitchen Bistro Grill Cafe Tavern"),
    _trade("5651", 4.1, 0.6, (0.15, 0.007, 0.022), 2, 0.45, 20, "Fashion Wear Style Boutique Closet"),
    _trade("5732", 5.1, 0.8, (0.07, 0.014, 0.03), 1.6, 0.35, 20, "Electronics Tech Gadgets Digital Mobile"),
    _trade("5712", 5.4, 0.8, (0.08, 0.011, 0.024), 0.8, 0.5, 18, "Home Interiors Living Furniture Decor"),
    _trade("4722", 5.7, 0.7, (0.1, 0.02, 0.02), 0.8, 0.2, 21, "Travel Tours Holidays Trips Voyages"),
    _trade("5816", 2.8, 0.7, (0.03, 0.022, 0.02), 2, 0.0, 22, "Games Keys Play Media Studio"),
    _trade("5968", 2.7, 0.3, (0.02, 0.015, 0.03), 1.2, 0.0, 10, "Box Club Fit Stream Plus"),
    _trade("7922", 4.2, 0.6, (0.04, 0.012, 0.015), 1, 0.6, 20, "Events Tickets Stage Live Arena"),
    _trade("7230", 3.7, 0.4, (0.01, 0.005, 0.012), 1.2, 0.95, 15, "Beauty Salon Hair Nails Spa"),
    _trade("5941", 4.2, 0.6, (0.09, 0.008, 0.018), 1.1, 0.5, 18, "Sports Outdoor Bikes Run Active"),
    _trade("5912", 3.3, 0.5, (0.01, 0.003, 0.008), 1.5, 0.8, 14, "Pharmacy Health Care Apotheke Wellness"),
    _trade("4215", 2.9, 0.4, (0.01, 0.01, 0.01), 1.5, 0.8, 18, "Express Rides Couriers Move Go"),
    _trade("5399", 3.8, 1.0, (0.08, 0.012, 0.02), 7, 0.05, 20, "Bazaar Trade Outlet Depot Mart"),
)
SUBSCRIPTION: Final = 7
MARKETPLACE: Final = 13
"""Places in `TRADES` of those that are told apart."""

COUNTRIES: Final = (
    Country("DE", "EUR", 1), Country("FR", "EUR", 1), Country("NL", "EUR", 1), Country("PL", "PLN", 4.3),
    Country("SE", "SEK", 11), Country("GB", "GBP", 0.86), Country("ES", "EUR", 1), Country("RO", "RON", 5),
    Country("IT", "EUR", 1),
)  # fmt: skip

BRANDS: Final = _words(
    "Nova Blue Alder Prime Corner North Sun Casa Luna Royal Green Metro Urban Old Silver Golden River "
    "Harbour Stern Linden Vita Bella Omega Delta Alpha Zen Kiko Maro Teva Sola Brio Ondo Faro Piko Rhea Juno "
    "Atlas Orion"
)
OWNERS: Final = _words(
    "Mueller Rossi Nowak Jansen Martin Smith Garcia Popescu Larsson Silva Dubois Weber Kowalski Marin Berg "
    "Novak"
)
FORMS: Final = ("GmbH", "Ltd", "SARL", "BV", "SpA", "UG", "Sp. z o.o.")
"""Of companies."""
