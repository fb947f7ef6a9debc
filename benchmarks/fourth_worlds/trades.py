"""Countries and trades to draw from, as the world outside has them."""

from __future__ import annotations

from typing import Final, NamedTuple


class Country(NamedTuple):
    """A country; `rate` is units of its currency for a euro."""

    code: str
    legal_forms: tuple[str, ...]
    currency: str = "EUR"
    rate: float = 1.0


class Trade(NamedTuple):
    """A trade by its MCC; `price` is the median in euros, the rest is relative to other trades."""

    code: str
    words: tuple[str, ...]
    price: float
    refunded: float
    disputed: float
    defaulted: float
    popularity: float


COUNTRIES: Final = (
    Country("DE", ("GmbH", "UG", "e.K.")),
    Country("AT", ("GmbH", "OG")),
    Country("CH", ("AG", "Sàrl"), "CHF", 1.0),
    Country("SE", ("AB", "HB"), "SEK", 11.0),
    Country("NO", ("AS",), "NOK", 11.5),
    Country("FI", ("Oy",)),
    Country("DK", ("ApS", "A/S"), "DKK", 7.4),
    Country("NL", ("B.V.", "V.O.F.")),
    Country("BE", ("BV", "NV")),
    Country("FR", ("SARL", "SAS")),
    Country("ES", ("S.L.",)),
    Country("IT", ("S.r.l.",)),
    Country("PL", ("Sp. z o.o.",), "PLN", 4.3),
    Country("GB", ("Ltd", "LLP"), "GBP", 0.86),
    Country("US", ("LLC", "Inc."), "USD", 1.1),
    Country("CZ", ("s.r.o.",), "CZK", 25.0),
    Country("PT", ("Lda",)),
    Country("IE", ("Ltd",)),
)

TRADES: Final = (
    Trade("5651", ("wear", "fashion", "outfit", "style"), 70, 3.0, 0.8, 1.1, 2.2),
    Trade("5661", ("shoes", "steps", "sole", "boot"), 85, 2.6, 0.8, 1.0, 1.2),
    Trade("5732", ("electro", "tech", "digital", "volt"), 210, 1.2, 1.5, 1.7, 1.6),
    Trade("5411", ("market", "fresh", "foods", "grocer"), 38, 0.25, 0.3, 0.5, 1.5),
    Trade("5812", ("kitchen", "table", "bistro", "grill"), 28, 0.1, 0.3, 0.3, 1.3),
    Trade("5945", ("toys", "play", "games", "hobby"), 42, 0.9, 0.7, 0.8, 1.0),
    Trade("5712", ("home", "living", "sofa", "wood"), 260, 1.1, 1.1, 1.3, 0.9),
    Trade("5977", ("beauty", "glow", "skin", "care"), 36, 0.7, 0.7, 0.8, 1.1),
    Trade("5942", ("books", "paper", "press", "pages"), 24, 0.5, 0.3, 0.4, 0.8),
    Trade("4722", ("travel", "tours", "trips", "voyage"), 420, 1.3, 2.2, 1.4, 0.6),
    Trade("7011", ("hotel", "inn", "rooms", "lodge"), 190, 1.5, 1.2, 0.8, 0.5),
    Trade("5941", ("sport", "outdoor", "trail", "fit"), 75, 1.4, 0.7, 0.9, 1.1),
    Trade("5995", ("pets", "paws", "tail", "zoo"), 40, 0.4, 0.4, 0.6, 0.8),
    Trade("5533", ("auto", "parts", "motor", "garage"), 95, 0.9, 1.0, 1.3, 0.6),
    Trade("5944", ("jewel", "gold", "watch", "gem"), 230, 1.1, 1.8, 1.6, 0.4),
    Trade("5816", ("pixel", "gaming", "credits", "keys"), 22, 0.5, 2.0, 1.2, 0.7),
    Trade("5912", ("pharma", "health", "apo", "vital"), 33, 0.3, 0.3, 0.4, 0.8),
    Trade("5722", ("appliance", "cook", "wash", "cool"), 310, 0.9, 1.2, 1.5, 0.5),
    Trade("7922", ("tickets", "stage", "live", "events"), 88, 0.8, 1.9, 0.9, 0.5),
    Trade("5499", ("bio", "vitamins", "nutri", "pure"), 45, 0.5, 1.2, 0.9, 0.6),
    Trade("5261", ("garden", "green", "plant", "bloom"), 55, 0.6, 0.5, 0.6, 0.6),
    Trade("7298", ("spa", "wellness", "relax", "salon"), 60, 0.3, 0.5, 0.4, 0.5),
    Trade("8299", ("academy", "course", "learn", "skills"), 150, 0.8, 1.6, 1.5, 0.4),
    Trade("5521", ("bike", "cycle", "wheel", "ride"), 340, 0.7, 1.1, 1.5, 0.3),
)
