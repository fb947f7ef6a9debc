"""Names of shops and firms."""

from __future__ import annotations

from typing import Final

from benchmarks.fourth_worlds.dice import Dice
from benchmarks.fourth_worlds.trades import Country, Trade

ADJECTIVES: Final = (
    "nova", "urban", "blue", "silver", "north", "prime", "happy", "little", "grand", "alpine", "baltic",
    "sunny", "clever", "bright", "velvet", "royal", "copper", "lucky", "modern", "classic", "rapid",
    "pure", "golden", "amber", "coastal", "river", "forest", "star", "metro",
)  # fmt: skip
SURNAMES: Final = (
    "keller", "brandt", "novak", "lindqvist", "hansen", "moreau", "rossi", "garcia", "kowalski", "smith",
    "weber", "maier", "huber", "peeters", "jansen", "silva", "dubois", "costa", "virtanen", "olsen",
    "larsen", "byrne", "walker", "schmid", "vogel", "fischer", "lang", "berg", "holm", "svensson",
    "bauer", "roth", "marino", "leroy", "ruiz", "wojcik", "clarke", "novotny", "ferreira", "murphy",
)  # fmt: skip
SYLLABLES: Final = (
    "ka", "lo", "mi", "ra", "ve", "to", "zu", "na", "pe", "li", "so", "da", "ri", "fo", "be", "ja", "mo",
    "ne", "ti", "xa",
)  # fmt: skip
BUSINESSES: Final = ("Handel", "Trading", "Retail", "Online", "Group", "Services", "Ventures")
ADDITIONS: Final = ("Plus", "Store", "24", "Shop", "Direct", "II", "Online", "Outlet")
SECOND_WORDS: Final = ("Shop", "Store", "Market", "World", "Studio", "House", "Company")
TOWN_ENDINGS: Final = ("burg", "stad", "ville", "ton", "by", "")


def shop_name(dice: Dice, trade: Trade) -> str:
    """A name as shops of that trade have."""
    word = dice.one_of(trade.words)
    style = dice.uniform(0, 1)
    if style < 0.3:
        return f"{_big(dice, ADJECTIVES)} {word.capitalize()}"
    if style < 0.5:
        return f"{_big(dice, SURNAMES)} {word.capitalize()}"
    if style < 0.65:
        return f"{_made_up(dice, 3)} {word.capitalize()}"
    if style < 0.8:
        number = "" if dice.happens(0.6) else str(dice.whole(1, 99))
        return f"{_big(dice, ADJECTIVES)}{word}{number}"
    if style < 0.9:
        return f"{_big(dice, SURNAMES)} & {_big(dice, SURNAMES)}"
    return _made_up(dice, 2) + _made_up(dice, 2)


def legal_name(dice: Dice, name: str, country: Country) -> str:
    """The firm behind a shop: named as the shop, or after somebody."""
    stem = name if dice.happens(0.5) else f"{_big(dice, SURNAMES)} {dice.one_of(BUSINESSES)}"
    return f"{stem} {dice.one_of(country.legal_forms)}"


def varied(dice: Dice, name: str) -> str:
    """A name that reminds of `name`."""
    words, style = name.split(), dice.uniform(0, 1)
    if style < 0.3:
        return f"{name} {dice.one_of(ADDITIONS)}"
    if style < 0.6 and len(words) > 1:
        return f"{words[0]} {dice.one_of(SECOND_WORDS)}"
    if style < 0.8:
        return f"The {name}" if dice.happens(0.5) else f"New {name}"
    return name.replace("e", "é", 1) if dice.happens(0.3) else name.replace(" ", "")


def branch_name(dice: Dice, brand: str) -> str:
    """The brand in some town."""
    return f"{brand} {_made_up(dice, 2)}{dice.one_of(TOWN_ENDINGS)}"


def website(dice: Dice, name: str, country: Country) -> str:
    """A domain after the name."""
    letters = "".join(one for one in name.lower() if one.isascii() and one.isalnum())
    own = country.code.lower()
    return f"{letters}.{dice.one_of(('com', 'shop', 'net', own, own))}"


def _big(dice: Dice, words: tuple[str, ...]) -> str:
    return dice.one_of(words).capitalize()


def _made_up(dice: Dice, syllables: int) -> str:
    return "".join(dice.one_of(SYLLABLES) for _ in range(syllables)).capitalize()
