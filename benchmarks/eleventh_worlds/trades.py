"""Trades, countries and words that a world draws from."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from benchmarks.writing.units import Floats


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


class Trade(NamedTuple):
    """A merchant category: median price in euros and its spread, shares of bad ends, and who buys when.

    `local`: the share of custom from the same town; `new`: customers an order; `week`: a row of `WEEK`;
    `peak`: the day of the year with most custom; `hour`: the usual one.
    """

    mcc: str
    words: str
    price: float
    spread: float
    default: float
    dispute: float
    refund: float
    local: float
    new: float
    week: int
    peak: float
    hour: float


TRADES: Final = (
    Trade("5651", "Mode Fashion Wear Outfit Style", 55, 0.55, 0.022, 0.006, 0.20, 0.25, 0.55, 0, 340, 20),
    Trade("5661", "Shoes Schuh Sneaker Sole", 75, 0.45, 0.020, 0.006, 0.24, 0.30, 0.65, 0, 300, 20),
    Trade("5732", "Electronics Tech Digital Hifi", 210, 0.85, 0.034, 0.012, 0.07, 0.20, 0.75, 0, 335, 19),
    Trade("5045", "Computer IT Systems Byte", 420, 0.8, 0.030, 0.011, 0.05, 0.15, 0.70, 1, 320, 14),
    Trade("5712", "Furniture Wohnen Home Interior", 260, 0.8, 0.018, 0.012, 0.08, 0.35, 0.80, 0, 280, 19),
    Trade("5941", "Sport Outdoor Bike Fit", 80, 0.7, 0.016, 0.006, 0.13, 0.35, 0.60, 0, 130, 18),
    Trade("5945", "Toys Spiel Games Kids", 40, 0.6, 0.013, 0.005, 0.08, 0.25, 0.60, 0, 345, 20),
    Trade("5977", "Cosmetics Beauty Care Skin", 38, 0.5, 0.017, 0.006, 0.06, 0.20, 0.40, 0, 340, 21),
    Trade("5912", "Pharmacy Apotheke Health Vita", 30, 0.5, 0.009, 0.004, 0.02, 0.50, 0.30, 1, 20, 12),
    Trade("5411", "Market Frische Grocery Food", 45, 0.5, 0.008, 0.003, 0.01, 0.85, 0.15, 2, 350, 17),
    Trade("5812", "Restaurant Kitchen Bistro Grill", 32, 0.4, 0.006, 0.003, 0.01, 0.92, 0.30, 2, 180, 19),
    Trade("5462", "Bakery Brot Cake Backstube", 12, 0.4, 0.004, 0.002, 0.01, 0.95, 0.15, 2, 345, 9),
    Trade("5999", "Shop Store Bazar Trading", 48, 0.8, 0.028, 0.011, 0.10, 0.20, 0.70, 0, 330, 19),
    Trade("5944", "Jewelry Gold Watches Schmuck", 180, 1.0, 0.029, 0.012, 0.12, 0.30, 0.85, 0, 345, 19),
    Trade("5942", "Books Buch Library Read", 24, 0.45, 0.009, 0.003, 0.05, 0.40, 0.45, 0, 345, 20),
    Trade("5992", "Flowers Blumen Garden Rosen", 36, 0.4, 0.010, 0.005, 0.01, 0.75, 0.55, 2, 130, 11),
    Trade("5533", "Autoteile Motor Parts Drive", 95, 0.8, 0.021, 0.008, 0.10, 0.25, 0.75, 1, 110, 17),
    Trade(
        "5722", "Appliance Household Kitchenware Clean", 150, 0.7, 0.024, 0.01, 0.08, 0.3, 0.85, 0, 330, 18
    ),
    Trade("4722", "Travel Reisen Tours Trip", 480, 0.7, 0.026, 0.018, 0.06, 0.15, 0.85, 0, 200, 21),
    Trade("7011", "Hotel Inn Lodge Stay", 190, 0.5, 0.012, 0.010, 0.07, 0.10, 0.85, 3, 200, 20),
    Trade("7922", "Tickets Events Stage Live", 70, 0.5, 0.017, 0.015, 0.03, 0.45, 0.75, 3, 160, 20),
    Trade("7997", "Fitness Club Gym Studio", 40, 0.3, 0.030, 0.009, 0.02, 0.90, 0.12, 1, 15, 18),
    Trade("8299", "Academy Kurse Learning School", 160, 0.7, 0.025, 0.012, 0.05, 0.25, 0.65, 1, 260, 20),
    Trade("7299", "Service Solutions Studio Wellness", 70, 0.6, 0.018, 0.009, 0.02, 0.80, 0.45, 1, 140, 15),
    Trade("1711", "Sanitaer Heating Klima Install", 380, 0.8, 0.022, 0.009, 0.01, 0.80, 0.80, 1, 310, 10),
    Trade("5047", "Medical Dental Praxis Supply", 240, 0.7, 0.011, 0.004, 0.03, 0.30, 0.40, 1, 100, 11),
    Trade("5122", "Nutrition Supplement Vital Shape", 52, 0.4, 0.040, 0.016, 0.06, 0.10, 0.55, 0, 15, 20),
    Trade("4816", "Hosting Cloud Web Net", 30, 0.6, 0.020, 0.010, 0.02, 0.05, 0.25, 1, 60, 14),
    Trade("5734", "Software Games Keys Apps", 35, 0.6, 0.045, 0.022, 0.06, 0.05, 0.60, 0, 340, 21),
    Trade("4121", "Taxi Ride Cab Shuttle", 22, 0.4, 0.009, 0.004, 0.01, 0.95, 0.20, 2, 345, 19),
    Trade("5995", "Pet Tier Zoo Paws", 42, 0.5, 0.012, 0.004, 0.04, 0.40, 0.30, 0, 60, 19),
    Trade("5311", "Kaufhaus Department Warenhaus Center", 65, 0.7, 0.019, 0.007, 0.14, 0.4, 0.5, 0, 340, 18),
)


def of_trades(name: str) -> Floats:
    """(trades,) that property of each."""
    return np.array([getattr(one, name) for one in TRADES], np.float64)


WEEK: Final = np.array(
    [
        [1.05, 1, 1, 1, 0.95, 0.95, 1.2],
        [1.2, 1.25, 1.2, 1.15, 1, 0.5, 0.35],
        [0.8, 0.8, 0.85, 0.95, 1.25, 1.5, 1.0],
        [0.8, 0.85, 0.9, 1.1, 1.3, 1.2, 0.9],
    ]
)
"""Custom from Monday to Sunday of shops, offices, places to eat, and places to go."""
WEEK_OF_TRADE: Final = WEEK[of_trades("week").astype(int)]
RETAIL: Final = of_trades("week") == 0


class Country(NamedTuple):
    """`rate` units of the currency for a euro."""

    code: str
    forms: str
    currency: str = "EUR"
    rate: float = 1.0


COUNTRIES: Final = (
    Country("DE", "GmbH|UG|e.K.|KG"), Country("AT", "GmbH|OG"), Country("CH", "AG|GmbH", "CHF"),
    Country("NL", "B.V.|VOF"), Country("BE", "BV|NV"), Country("FR", "SARL|SAS"), Country("ES", "S.L.|S.A."),
    Country("IT", "S.r.l.|S.p.A."), Country("SE", "AB", "SEK", 11), Country("NO", "AS", "NOK", 11),
    Country("DK", "ApS|A/S", "DKK", 7.5), Country("FI", "Oy"), Country("PL", "sp. z o.o.", "PLN", 4.3),
    Country("GB", "Ltd|LLP", "GBP", 0.86), Country("CZ", "s.r.o.", "CZK", 24),
    Country("US", "LLC|Inc", "USD", 1.1),
)  # fmt: skip

SYLLABLES: Final = _words(
    "ba be bo da de do fa fi ga go ha he hol in ka ke kel ko la le li lan ma me mi mar na ne no nor pa pe ra "
    "re ri ro sa se sen so ta te ti ton va ve vi wa we win za zel"
)
ADJECTIVES: Final = _words(
    "Blue Green Nord Sued Alpha Prime Royal Urban Smart Pure Happy Nova Euro Metro Best Top City Star Sun "
    "Fresh Classic Fine Direct Express"
)
