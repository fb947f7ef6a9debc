"""Made-up names of shops, and names made from other names."""

from __future__ import annotations

from typing import Final

from benchmarks.other_worlds.draws import Dice
from benchmarks.other_worlds.trades import Trade


def _words(text: str) -> list[str]:
    return text.split()


NOUNS: Final = _words(
    "Fox Harbour Maple Sun River Stone Bell Lark Cedar Anchor Moon Star Crown Lion Ivy Rose Oak Swan "
    "Copper Amber Pearl Lotus Nova Vega Orbit Pixel Atlas Delta Omega Zenith Echo Aura Prima Luna "
    "Terra Corner Bridge Mill Castle Garden Velvet Indigo Saffron Olive Juniper"
)
ADJECTIVES: Final = _words(
    "Little Golden Blue Royal Happy Old New Green Silver Grand Smart Fresh Urban Nordic Red True "
    "Bright Fine Good City"
)
FIRST: Final = _words(
    "Ba Be Bo Da Do Fa Fe Ga Go Ha He Ja Ka Ko La Le Li Lo Ma Mi Mo Na Ne No Pa Pe Ra Ro Sa Se Si So "
    "Ta To Va Vi Wa Za"
)
MIDDLE: Final = _words("l n r s m v d nd lt rk st ss nn ll br")
LAST: Final = _words("son er man ic ov ini ez sen ski a o ak ard ier berg as eau ner")
LEGAL_FORMS: Final = [
    *_words("Ltd GmbH SARL AB BV SpA"),
    "Sp. z o.o.",
    *_words("e.K. UG Oy"),
    "& Co",
    "Inc",
    "Sole Trader",
]

ENDINGS: Final = ["24", "II", "Plus", "One", "Online", "Pro"]


def word(rng: Dice, *, long: bool = False) -> str:
    """A word of no language."""
    start = rng.choice(FIRST) + rng.choice(MIDDLE)
    return start + (rng.choice(FIRST).lower() if long else "") + rng.choice(LAST)


def shop_name(rng: Dice, trade: Trade, city: str) -> str:
    """A name for a shop of that trade."""
    kind = rng.choice(trade.words)
    match rng.integers(0, 7):
        case 0:
            return f"{word(rng)} {kind}"
        case 1:
            return f"{rng.choice(ADJECTIVES)} {rng.choice(NOUNS)} {kind}"
        case 2:
            return f"{city} {kind}"
        case 3:
            return f"{rng.choice(NOUNS)} & {rng.choice(NOUNS)}"
        case 4:
            return f"{rng.choice(NOUNS)} {kind}"
        case 5:
            return f"{word(rng)}'s {kind}"
    return f"{word(rng)} {rng.choice(NOUNS)}"


def legal_name(rng: Dice, name: str) -> str | None:
    """What the firm behind the shop is called, where anybody knows."""
    if rng.random() < 0.12:
        return None
    start = word(rng) if rng.random() < 0.7 else name
    return start + " " + rng.choice(LEGAL_FORMS)


def similar_name(rng: Dice, name: str, trade: Trade, city: str, *, strength: float) -> str:
    """A name near another; strength 1 is nearly the same, 0 hardly to be recognised."""
    words = name.split()
    kind = rng.choice(trade.words)
    if rng.random() < strength:
        return _varied(rng, name, words, kind)
    if rng.random() < 0.5:
        last = words[-1] if words[-1] != "&" else words[0]
        return last.strip("'s") + " " + rng.choice(NOUNS)
    return shop_name(rng, trade, city)


def _varied(rng: Dice, name: str, words: list[str], kind: str) -> str:
    match rng.integers(0, 6):
        case 0:
            return name
        case 1:
            return name + " " + rng.choice(ENDINGS)
        case 2:
            return "New " + name
        case 3:
            return name.replace("a", "e", 1) if "a" in name else name + "s"
        case 4:
            return " ".join(words[::-1]) if len(words) == 2 else name + " " + kind
    return words[0] + " " + kind
