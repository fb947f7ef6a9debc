"""What shops sell and in which countries."""

from __future__ import annotations

from typing import Final, NamedTuple


class Trade(NamedTuple):
    """A line of business: its amounts, how often things go wrong, and when its customers come.

    `hours` are (hour, standard deviation, weight); `local` the share of custom from the own city; `weekend`
    how busy a day of the weekend is against a weekday; `share` of all partners.
    The numbers are chosen, not measured.
    """

    code: str
    median: float  # in euro
    sigma: float
    refund: float
    dispute: float
    default: float
    local: float
    hours: tuple[tuple[float, float, float], ...]
    weekend: float
    share: float

    @property
    def words(self) -> list[str]:
        """Of which names of its shops are made."""
        return TRADE_WORDS[self.code].split()


class Country(NamedTuple):
    """A country: its currency, what a euro is worth in it, and its hours ahead of UTC."""

    code: str
    currency: str
    rate: float
    hours_ahead: int


TRADES: Final = (
    Trade("5411", 28, 0.7, 0.012, 0.006, 0.022, 0.95, ((11, 2, 0.4), (17.5, 2, 0.6)), 1.1, 0.1),
    Trade("5812", 34, 0.6, 0.008, 0.008, 0.022, 0.97, ((12.7, 1, 0.35), (19.5, 1.6, 0.65)), 1.5, 0.11),
    Trade(
        "5814",
        15,
        0.5,
        0.01,
        0.008,
        0.025,
        0.95,
        ((12.5, 1.2, 0.4), (19, 2.5, 0.4), (23.5, 1.5, 0.2)),
        1.3,
        0.07,
    ),
    Trade("5651", 62, 0.6, 0.11, 0.012, 0.03, 0.5, ((13, 3, 0.5), (20.5, 2, 0.5)), 1.25, 0.11),
    Trade("5732", 170, 0.8, 0.06, 0.022, 0.045, 0.35, ((14, 3.5, 0.6), (21, 2, 0.4)), 1.1, 0.06),
    Trade("5712", 230, 0.7, 0.05, 0.02, 0.035, 0.45, ((13, 3, 0.6), (20, 2, 0.4)), 1.3, 0.05),
    Trade("5912", 24, 0.6, 0.015, 0.005, 0.018, 0.9, ((10.5, 2, 0.5), (16.5, 2, 0.5)), 0.8, 0.05),
    Trade("5941", 78, 0.6, 0.07, 0.012, 0.03, 0.55, ((12, 3, 0.5), (19.5, 2, 0.5)), 1.2, 0.05),
    Trade("7230", 42, 0.4, 0.01, 0.008, 0.024, 0.98, ((11, 2, 0.5), (16, 2, 0.5)), 1.0, 0.07),
    Trade("4722", 390, 0.8, 0.08, 0.03, 0.04, 0.15, ((11, 3, 0.4), (21, 2, 0.6)), 0.9, 0.03),
    Trade("5816", 14, 0.7, 0.03, 0.028, 0.055, 0.03, ((17, 4, 0.5), (22.5, 2.5, 0.5)), 1.2, 0.05),
    Trade("5999", 46, 0.8, 0.05, 0.016, 0.034, 0.5, ((13, 4, 0.6), (20, 2.5, 0.4)), 1.0, 0.1),
    Trade("7997", 36, 0.3, 0.015, 0.014, 0.045, 0.9, ((9, 2, 0.4), (18.5, 2, 0.6)), 0.7, 0.04),
    Trade("5945", 31, 0.6, 0.05, 0.01, 0.026, 0.5, ((12, 3, 0.5), (20, 2, 0.5)), 1.2, 0.03),
    Trade("5533", 88, 0.7, 0.055, 0.014, 0.04, 0.65, ((10, 2, 0.5), (16, 2.5, 0.5)), 0.7, 0.03),
    Trade("7011", 150, 0.6, 0.06, 0.018, 0.02, 0.3, ((12, 4, 0.5), (21, 2, 0.5)), 1.2, 0.02),
    Trade("5944", 200, 0.8, 0.075, 0.024, 0.04, 0.45, ((14, 3, 0.6), (20, 2, 0.4)), 1.1, 0.02),
    Trade("5977", 39, 0.5, 0.055, 0.01, 0.032, 0.45, ((13, 3, 0.4), (21, 2, 0.6)), 1.1, 0.05),
)

TRADE_WORDS: Final = {
    "5411": "Market Foods Grocers Deli",
    "5812": "Kitchen Bistro Trattoria Table",
    "5814": "Grill Kebab Snacks Wok",
    "5651": "Fashion Wear Outfitters Style",
    "5732": "Electro Tech Mobile Digital",
    "5712": "Living Home Interiors Wood",
    "5912": "Pharmacy Apothecary Health",
    "5941": "Sports Outdoor Bikes",
    "7230": "Hair Barbers Beauty Nails",
    "4722": "Travel Tours Holidays",
    "5816": "Games Play Media",
    "5999": "Store Goods Bazaar Shop Trading",
    "7997": "Fitness Gym Club",
    "5945": "Toys Hobby",
    "5533": "Auto Parts Garage",
    "7011": "Hotel Rooms Lodge",
    "5944": "Jewels Gold Watches",
    "5977": "Cosmetics Scent Skin",
}

COUNTRIES: Final = (
    Country("DE", "EUR", 1, 1),
    Country("FR", "EUR", 1, 1),
    Country("GB", "GBP", 0.86, 0),
    Country("SE", "SEK", 11, 1),
    Country("PL", "PLN", 4.3, 1),
    Country("IT", "EUR", 1, 1),
    Country("ES", "EUR", 1, 1),
    Country("NL", "EUR", 1, 1),
    Country("CH", "CHF", 0.97, 1),
    Country("DK", "DKK", 7.45, 1),
    Country("CZ", "CZK", 24, 1),
    Country("IE", "EUR", 1, 0),
    Country("US", "USD", 1.08, -6),
    Country("FI", "EUR", 1, 2),
    Country("PT", "EUR", 1, 0),
)
