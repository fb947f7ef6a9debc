"""Names of partners, made of syllables that each world draws anew."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graph.synthetic.firm import Firm

LEGAL_FORMS = {
    "DE": "GmbH", "AT": "GmbH", "FR": "SARL", "BE": "BV", "NL": "BV", "ES": "SL", "IT": "Srl", "PT": "Lda",
    "SE": "AB", "NO": "AS", "DK": "ApS", "FI": "Oy", "PL": "Sp. z o.o.", "CZ": "s.r.o.", "GB": "Ltd",
    "IE": "Ltd", "US": "LLC", "CA": "Inc", "BR": "Ltda", "AU": "Pty Ltd",
}  # fmt: skip
ONSETS = (
    "b",
    "br",
    "d",
    "f",
    "g",
    "gr",
    "h",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
    "t",
    "v",
    "w",
    "z",
)
VOWELS = ("a", "e", "i", "o", "u", "ei", "au", "ia")
CODAS = ("", "", "l", "n", "r", "s", "nd", "rt", "m", "x")


class Names:
    """Draws names for one world."""

    def __init__(self, firm: Firm, rng: np.random.Generator) -> None:
        self.firm, self.rng = firm, rng
        self.two_words = rng.uniform(0.4, 0.9)
        onsets, vowels, codas = (
            rng.permutation(pool)[: max(4, int(len(pool) * rng.uniform(0.5, 1)))]
            for pool in (ONSETS, VOWELS, CODAS)
        )
        self.syllables = [f"{a}{b}{c}" for a in onsets for b in vowels for c in codas]
        self.places = [self.stem() for _ in range(60)]

    def stem(self) -> str:
        """A word that means nothing."""
        count = int(self.rng.integers(2, 4))
        picked = self.rng.integers(0, len(self.syllables), count)
        return "".join(self.syllables[i] for i in picked).capitalize()

    def of_trade(self, category: int) -> str:
        """A word for what is sold there."""
        words = self.firm.categories[category].words
        return words[int(self.rng.integers(len(words)))]

    def partner(self, category: int) -> str:
        """The name of a partner of that trade."""
        stem = self.stem()
        return f"{stem} {self.of_trade(category)}" if self.rng.random() < self.two_words else stem

    def again(self, name: str, category: int) -> str:
        """What somebody calls the same business the second time: close, never equal."""
        first, *rest = name.split(" ")
        how = int(self.rng.integers(5))
        if how == 0:
            return (
                f"{first} {self.of_trade(category)} {('24', 'Plus', 'Neu', 'Direct')[self.rng.integers(4)]}"
            )
        if how == 1:
            return " ".join(["New" if self.rng.random() < 0.5 else "My", name])
        if how == 2:
            return " ".join([f"{first}{('o', 'a', 'ix', 'ly')[self.rng.integers(4)]}", *rest])
        if how == 3:
            return f"{first} {('Shop', 'Store', 'Group', 'Trading')[self.rng.integers(4)]}"
        return f"{first} & Co {' '.join(rest)}".strip()

    def branch(self, brand: str) -> str:
        """The name of a brand's shop in some place."""
        return f"{brand} {self.places[int(self.rng.integers(len(self.places)))]}"

    def all_partners(self, category: NDArray[np.int64]) -> list[str]:
        """A name for each partner."""
        return [self.partner(int(one)) for one in category]


def legal_names(
    names: list[str], country: NDArray[np.int64], firm: Firm, rng: np.random.Generator
) -> list[str | None]:
    """What stands in the register; missing for some."""
    missing = rng.random(len(names)) < 0.12
    return [
        None if gone else f"{name} {LEGAL_FORMS[firm.countries[place]]}"
        for name, place, gone in zip(names, country, missing, strict=True)
    ]


def websites(
    names: list[str], country: NDArray[np.int64], firm: Firm, rng: np.random.Generator
) -> list[str | None]:
    """A site under a reserved domain; missing for many."""
    missing = rng.random(len(names)) < 0.3
    return [
        None
        if gone
        else f"https://{''.join(filter(str.isalnum, name.lower()))}.{firm.countries[place].lower()}.example"
        for name, place, gone in zip(names, country, missing, strict=True)
    ]
