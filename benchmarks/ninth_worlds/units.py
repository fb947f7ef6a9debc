"""Countries and trades to draw from, and runs."""

from __future__ import annotations

from typing import Final

COUNTRIES: Final = (
    ("DE", "EUR", 1.0), ("FR", "EUR", 1.0), ("NL", "EUR", 1.0), ("ES", "EUR", 1.0), ("IT", "EUR", 1.0),
    ("PT", "EUR", 1.0), ("IE", "EUR", 1.0), ("AT", "EUR", 1.0), ("SE", "SEK", 11.3), ("PL", "PLN", 4.3),
    ("GB", "GBP", 0.86), ("CZ", "CZK", 25.0), ("DK", "DKK", 7.45), ("US", "USD", 1.09), ("CA", "CAD", 1.5),
)  # fmt: skip
"""Code, currency, units of the currency for a euro."""

TRADES: Final = (
    ("5411", 30, 0.6, 0.01, 17, "Grocery Foods Deli"), ("5812", 29, 0.5, 0.01, 20, "Bistro Kitchen Diner"),
    ("5651", 61, 0.6, 0.13, 19, "Clothing Fashion Style"), ("5661", 80, 0.5, 0.15, 19, "Shoes Boots Steps"),
    ("5732", 210, 0.9, 0.05, 20, "Electronics Audio Gadgets"), ("5944", 170, 0.9, 0.06, 18, "Jewels Gold"),
    ("5945", 34, 0.6, 0.04, 18, "Toys Play Hobby"), ("5942", 23, 0.5, 0.03, 19, "Books Paper Press"),
    ("5712", 280, 0.9, 0.06, 17, "Living Home Sofa"), ("5977", 37, 0.5, 0.04, 19, "Beauty Skin Scent"),
    ("5941", 85, 0.7, 0.07, 18, "Sports Bikes Outdoor"), ("4722", 360, 0.8, 0.05, 20, "Travel Trips Tours"),
    ("5816", 18, 0.6, 0.02, 21, "Games Credits Keys"), ("7230", 45, 0.4, 0.01, 14, "Salon Hair Nails"),
    ("5533", 95, 0.8, 0.05, 15, "Parts Motors Tyres"), ("5999", 48, 0.8, 0.06, 19, "Trading Store Goods"),
)  # fmt: skip
"""Merchant category, median price in euros, its log sigma, share refunded, hour of the day, words."""
