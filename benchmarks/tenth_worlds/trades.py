"""What shops sell, and the syllables of their brands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Trade:
    """A trade: its MCC, the median price, and words of it that stand in names."""

    mcc: str
    price: float
    words: tuple[str, ...]


TRADES: Final = (
    Trade("5411", 32, ("Grocer", "Pantry", "Deli")),
    Trade("5651", 58, ("Wear", "Apparel", "Wardrobe")),
    Trade("5661", 84, ("Shoes", "Soles", "Footwear")),
    Trade("5732", 190, ("Electronics", "Devices", "Audio")),
    Trade("5712", 240, ("Furniture", "Interiors", "Living")),
    Trade("5812", 27, ("Kitchen", "Bistro", "Eats")),
    Trade("5941", 66, ("Sports", "Outdoor", "Gear")),
    Trade("5945", 38, ("Toys", "Hobby", "Games")),
    Trade("5977", 41, ("Beauty", "Cosmetics", "Care")),
    Trade("5944", 150, ("Jewels", "Watches", "Gold")),
    Trade("5995", 35, ("Pets", "Paws", "Aquatics")),
    Trade("7299", 48, ("Services", "Studio", "Works")),
    Trade("4722", 310, ("Travel", "Tours", "Trips")),
    Trade("5533", 95, ("Parts", "Motors", "Tyres")),
)

ONSETS: Final = (
    "b",
    "br",
    "d",
    "f",
    "fl",
    "g",
    "h",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
    "z",
)
CORES: Final = ("a", "e", "i", "o", "u", "ai", "eo", "ia")
CODAS: Final = ("", "", "l", "n", "r", "s", "x", "nd", "m")
