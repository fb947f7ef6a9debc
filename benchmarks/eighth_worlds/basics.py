"""Trades, countries and syllables to draw from."""

from __future__ import annotations

from typing import Final

USUAL: Final = -2
"""A device, an account or an outcome that is drawn as for any other order."""

TRADES: Final = (
    ("5411", 38, 0.5, 16, "Grocery"), ("5812", 29, 0.5, 19, "Bistro"), ("5999", 47, 0.8, 18, "Bazaar"),
    ("5651", 62, 0.6, 19, "Style"), ("5732", 210, 0.9, 20, "Electro"), ("5945", 33, 0.6, 18, "Games"),
    ("5712", 280, 0.8, 17, "Interior"), ("5977", 36, 0.5, 20, "Beauty"), ("4722", 390, 0.8, 20, "Travel"),
    ("7011", 140, 0.6, 18, "Rooms"), ("5816", 14, 0.6, 21, "Credits"), ("7372", 75, 0.8, 14, "Cloud"),
    ("8299", 110, 0.7, 17, "School"), ("5533", 88, 0.8, 13, "Motors"), ("5944", 170, 0.9, 16, "Gold"),
    ("5995", 44, 0.5, 18, "Pets"), ("5122", 27, 0.5, 15, "Pharma"), ("7941", 41, 0.4, 10, "Sport"),
    ("5691", 55, 0.6, 19, "Outlet"), ("4814", 23, 0.3, 15, "Mobile"), ("5947", 31, 0.7, 17, "Gifts"),
)  # fmt: skip
"""Merchant category, median price in euros and its log sigma, usual hour, a word for names."""

COUNTRIES: Final = (
    ("DE", "EUR", 1.0, "GmbH"), ("FR", "EUR", 1.0, "SAS"), ("NL", "EUR", 1.0, "BV"),
    ("IT", "EUR", 1.0, "Srl"), ("ES", "EUR", 1.0, "SL"), ("AT", "EUR", 1.0, "GmbH"),
    ("PL", "PLN", 4.3, "SA"), ("SE", "SEK", 11.2, "AB"), ("NO", "NOK", 11.6, "AS"),
    ("DK", "DKK", 7.5, "ApS"), ("GB", "GBP", 0.86, "Ltd"), ("CZ", "CZK", 25.0, "as"),
    ("CH", "CHF", 0.96, "AG"), ("US", "USD", 1.09, "LLC"), ("BR", "BRL", 5.6, "Ltda"),
    ("IN", "INR", 91.0, "Pvt"), ("ZA", "ZAR", 20.0, "Pty"), ("SG", "SGD", 1.45, "Pte"),
    ("AU", "AUD", 1.66, "Pty"), ("EE", "EUR", 1.0, "OU"),
)  # fmt: skip
"""Country, currency, its units for a euro, ending of a company's name."""

SYLLABLES: Final = (
    "al", "bri", "cor", "dan", "el", "fin", "gra", "hel", "is", "jo", "kra", "lum", "mi", "nor", "os", "pel",
    "qui", "ru", "sil", "tam", "ur", "vel", "wen", "xa", "yo", "zen", "tri", "mo", "ker", "ba", "li", "do",
)  # fmt: skip
