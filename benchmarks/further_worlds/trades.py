"""What shops may sell, and where they may be."""

from __future__ import annotations

from typing import Final, NamedTuple


class Trade(NamedTuple):
    """A merchant category: its word in names, a usual amount in EUR, shares that end badly, its busy hour."""

    code: str
    word: str
    amount: float
    refunded: float
    disputed: float
    defaulted: float
    hour: float


class Country(NamedTuple):
    """A country: its currency, how many of them one EUR is, its legal form and web domain."""

    code: str
    currency: str
    per_euro: float
    legal_form: str
    domain: str


COUNTRIES: Final = (
    Country("DE", "EUR", 1.0, "GmbH", "de"),
    Country("FR", "EUR", 1.0, "SARL", "fr"),
    Country("NL", "EUR", 1.0, "B.V.", "nl"),
    Country("ES", "EUR", 1.0, "S.L.", "es"),
    Country("SE", "SEK", 11.0, "AB", "se"),
    Country("PL", "PLN", 4.3, "Sp. z o.o.", "pl"),
    Country("GB", "GBP", 0.86, "Ltd", "co.uk"),
    Country("CZ", "CZK", 25.0, "s.r.o.", "cz"),
    Country("DK", "DKK", 7.5, "ApS", "dk"),
    Country("AT", "EUR", 1.0, "GmbH", "at"),
    Country("IT", "EUR", 1.0, "S.r.l.", "it"),
    Country("NO", "NOK", 11.5, "AS", "no"),
    Country("CH", "CHF", 0.96, "AG", "ch"),
    Country("PT", "EUR", 1.0, "Lda", "pt"),
    Country("IE", "EUR", 1.0, "Ltd", "ie"),
    Country("FI", "EUR", 1.0, "Oy", "fi"),
)

TRADES: Final = (
    Trade("5411", "Market", 38, 0.02, 0.004, 0.02, 14),
    Trade("5651", "Wear", 74, 0.19, 0.007, 0.03, 19),
    Trade("5732", "Electro", 210, 0.08, 0.013, 0.045, 17),
    Trade("5812", "Kitchen", 34, 0.015, 0.006, 0.018, 19),
    Trade("5814", "Bites", 19, 0.015, 0.006, 0.02, 21),
    Trade("5912", "Apotheke", 29, 0.03, 0.003, 0.015, 13),
    Trade("5941", "Sports", 88, 0.12, 0.006, 0.025, 18),
    Trade("5942", "Books", 27, 0.05, 0.003, 0.012, 19),
    Trade("5944", "Jewels", 260, 0.1, 0.014, 0.05, 18),
    Trade("5945", "Toys", 46, 0.07, 0.005, 0.02, 18),
    Trade("5712", "Living", 320, 0.09, 0.013, 0.04, 17),
    Trade("5722", "Appliance", 390, 0.06, 0.012, 0.045, 16),
    Trade("4722", "Travel", 420, 0.11, 0.022, 0.04, 20),
    Trade("7011", "Stay", 180, 0.13, 0.012, 0.03, 20),
    Trade("5815", "Media", 15, 0.04, 0.012, 0.03, 22),
    Trade("5816", "Games", 28, 0.05, 0.024, 0.055, 23),
    Trade("5977", "Beauty", 42, 0.06, 0.006, 0.025, 19),
    Trade("7230", "Salon", 48, 0.02, 0.004, 0.02, 14),
    Trade("7298", "Spa", 85, 0.04, 0.005, 0.02, 13),
    Trade("5533", "Parts", 95, 0.1, 0.008, 0.03, 16),
    Trade("5261", "Garden", 63, 0.06, 0.005, 0.02, 12),
    Trade("5995", "Pets", 36, 0.04, 0.004, 0.018, 17),
    Trade("8299", "Courses", 140, 0.08, 0.015, 0.035, 20),
    Trade("7941", "Fit", 45, 0.03, 0.01, 0.03, 18),
    Trade("5968", "Box", 33, 0.06, 0.015, 0.04, 20),
    Trade("7922", "Tickets", 78, 0.07, 0.02, 0.03, 20),
    Trade("4812", "Phones", 340, 0.07, 0.017, 0.065, 17),
    Trade("5921", "Drinks", 41, 0.03, 0.006, 0.025, 20),
    Trade("5697", "Tailor", 66, 0.05, 0.005, 0.02, 13),
    Trade("5699", "Outlet", 52, 0.17, 0.012, 0.04, 21),
)
