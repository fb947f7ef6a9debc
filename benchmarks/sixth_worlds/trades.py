"""Trades and countries that a world draws from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Trade:
    """A merchant category: median price in euros and its log sigma, share refunded, hour, weekend weight."""

    mcc: str
    price: float
    sigma: float
    refunds: float
    hour: float
    weekend: float
    taste: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Country:
    """`rate` units of the currency for a euro; `suffix` of a company's name."""

    code: str
    currency: str
    rate: float
    suffix: str


def _trade(
    mcc: str, price: float, sigma: float, refunds: float, hour: float, weekend: float, taste: int, words: str
) -> Trade:
    return Trade(mcc, price, sigma, refunds, hour, weekend, taste, tuple(words.split()))


TASTES: Final = 6

TRADES: Final = (
    _trade("5411", 32, 0.6, 0.010, 17, 1.2, 0, "Market Grocer Foods"),
    _trade("5812", 27, 0.5, 0.008, 20, 1.5, 0, "Kitchen Grill Table"),
    _trade("5814", 13, 0.4, 0.006, 13, 1.1, 0, "Snacks Burger Corner"),
    _trade("5651", 58, 0.6, 0.14, 19, 1.2, 1, "Fashion Wear Outfit"),
    _trade("5661", 74, 0.4, 0.16, 19, 1.2, 1, "Shoes Sneaker Sole"),
    _trade("5732", 190, 0.9, 0.05, 20, 1.1, 2, "Electronics Digital Tech"),
    _trade("5045", 310, 0.9, 0.05, 15, 0.7, 2, "Computers Systems Hardware"),
    _trade("5945", 36, 0.6, 0.05, 18, 1.3, 3, "Toys Games Hobby"),
    _trade("5942", 24, 0.5, 0.03, 19, 1.1, 3, "Books Pages Reading"),
    _trade("5712", 260, 0.9, 0.06, 17, 1.4, 4, "Furniture Living Home"),
    _trade("5200", 66, 0.8, 0.04, 14, 1.4, 4, "Build Tools Garden"),
    _trade("5977", 39, 0.5, 0.04, 19, 1.1, 1, "Beauty Cosmetics Skin"),
    _trade("5941", 82, 0.7, 0.07, 18, 1.3, 3, "Sports Outdoor Active"),
    _trade("7298", 64, 0.5, 0.02, 14, 1.0, 1, "Wellness Spa Care"),
    _trade("4722", 340, 0.8, 0.05, 20, 1.0, 5, "Travel Tours Holidays"),
    _trade("7011", 150, 0.6, 0.06, 20, 1.0, 5, "Hotel Rooms Stay"),
    _trade("5816", 17, 0.6, 0.03, 21, 1.2, 2, "Play Credits Gaming"),
    _trade("5734", 48, 0.7, 0.03, 15, 0.8, 2, "Software Apps Cloud"),
    _trade("8299", 120, 0.7, 0.03, 18, 0.7, 5, "Academy Courses Learning"),
    _trade("5533", 95, 0.8, 0.06, 13, 0.8, 4, "Autoparts Motor Garage"),
    _trade("5944", 165, 0.9, 0.05, 16, 1.2, 1, "Jewels Gold Watches"),
    _trade("5995", 41, 0.5, 0.02, 18, 1.1, 3, "Pets Paws Animal"),
    _trade("5912", 26, 0.5, 0.01, 15, 0.9, 0, "Pharmacy Health Drug"),
    _trade("7997", 35, 0.3, 0.01, 9, 0.9, 5, "Fitness Club Gym"),
)

COUNTRIES: Final = (
    Country("DE", "EUR", 1, "GmbH"), Country("FR", "EUR", 1, "SARL"), Country("NL", "EUR", 1, "BV"),
    Country("ES", "EUR", 1, "SL"), Country("IT", "EUR", 1, "Srl"), Country("PL", "PLN", 4.3, "Sp. z o.o."),
    Country("SE", "SEK", 11, "AB"), Country("DK", "DKK", 7.5, "ApS"), Country("CZ", "CZK", 25, "s.r.o."),
    Country("GB", "GBP", 0.85, "Ltd"), Country("PT", "EUR", 1, "Lda"), Country("FI", "EUR", 1, "Oy"),
    Country("RO", "RON", 5, "SRL"), Country("CH", "CHF", 0.95, "AG"), Country("BE", "EUR", 1, "SRL"),
    Country("NO", "NOK", 11.5, "AS"), Country("IE", "EUR", 1, "Ltd"), Country("AT", "EUR", 1, "GmbH"),
    Country("HU", "HUF", 390, "Kft"), Country("BG", "BGN", 1.96, "EOOD"), Country("US", "USD", 1.1, "Inc"),
    Country("CA", "CAD", 1.5, "Inc"), Country("JP", "JPY", 160, "KK"), Country("MX", "MXN", 19, "SA"),
    Country("BR", "BRL", 5.5, "Ltda"), Country("AU", "AUD", 1.65, "Pty"), Country("TR", "TRY", 35, "AS"),
)  # fmt: skip

SYLLABLES: Final = (
    "ba", "be", "bo", "ca", "da", "de", "do", "fa", "fe", "go", "ha", "ka", "ke", "ko", "la", "le",
    "lo", "lu", "ma", "me", "mi", "mo", "na", "ne", "no", "pa", "pe", "ra", "re", "ri", "ro", "sa",
    "se", "so", "ta", "te", "ti", "to", "va", "ve", "vi", "za", "zo", "lin", "mar", "ven", "tor", "sol",
    "nor", "bel", "gar", "hol", "win",
)  # fmt: skip

COMMON_WORDS: Final = (
    "Nova", "Prime", "Alpha", "City", "Royal", "Euro", "Smart", "Blue", "Green", "Golden", "Star",
    "Sun", "North", "Urban", "Happy", "Direct", "Plus", "Best", "First", "Express",
)  # fmt: skip
