"""Names and ids: from the same sounds and numbers for everybody."""

from __future__ import annotations

import numpy as np

from benchmarks.fifteenth_worlds.climate import COUNTRIES, TRADES, Ints, Texts
from benchmarks.fifteenth_worlds.world import World

ONSETS = [
    "b",
    "br",
    "d",
    "f",
    "g",
    "gr",
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
    "v",
    "w",
    "z",
    "",
]
VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "io"]
CODAS = ["", "", "l", "n", "r", "s", "x", "nd", "th"]
FORMS = ["{0} {1}", "{0}", "{1} {0}", "{0}{1}", "The {0} {1}", "{0} & {2}", "{0} {1} {2}"]
DIGITS = np.array(list("0123456789abcdefghjkmnpqrstvwxyz"))


def words(rng: np.random.Generator, n: int) -> list[str]:
    """So many words of two or three syllables."""
    sounds = [rng.choice(one, (n, 3)) for one in (ONSETS, VOWELS, CODAS)]
    long = rng.random(n) < 0.4
    found = []
    for row in range(n):
        parts = ["".join(str(sound[row, at]) for sound in sounds) for at in range(2 + long[row])]
        found.append("".join(parts).capitalize())
    return found


def names(world: World) -> tuple[Texts, Texts, Texts]:
    """Shops' names, legal names and sites, None where there is none."""
    rng, climate = world.rng, world.climate
    n = climate.partners
    first, second, legal = words(rng, n), words(rng, n), words(rng, n)
    form = rng.integers(0, len(FORMS), n)
    own_legal, bare = rng.random(n) < 0.5, rng.random(n)
    number = rng.integers(1, 60, n)
    shown, formal, sites = [], [], []
    for row in range(n):
        brand = world.brands.get(row, row)
        of = TRADES[world.shop["trade"][brand]][4]
        name = FORMS[form[brand]].format(first[brand], of, second[brand])
        name += f" {number[row]}" if brand != row else ""
        suffix = COUNTRIES[climate.countries[world.shop["country"][row]]][3]
        shown.append(name)
        company = f"{first[row]} {suffix}" if own_legal[row] else f"{legal[row]} {second[row]} {suffix}"
        formal.append(None if bare[row] < climate.thin else company)
        slug = "".join(one for one in name.lower() if one.isalnum())
        sites.append(None if bare[row] > 1 - climate.thin * 0.7 else f"https://{slug}.example")
    return np.array(shown, dtype=object), np.array(formal, dtype=object), np.array(sites, dtype=object)


class Ids:
    """Ids of one world, in no order and with no meaning."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng, self.way = rng, int(rng.integers(0, 3))

    def draw(self, letter: str, n: int) -> Texts:
        """n ids of a kind, whose letter it is."""
        if self.way == 0:
            return np.array([f"{letter.upper()}{one:08d}" for one in self._numbers(n, 10**8)], dtype=object)
        if self.way == 1:
            return np.array([f"{letter}_{one:012x}" for one in self._numbers(n, 2**48)], dtype=object)
        values = np.array(self._numbers(n, 32**8), dtype=np.int64)
        places = [DIGITS[(values >> (5 * place)) & 31] for place in range(8)]
        return np.array([letter + "-" + "".join(one) for one in zip(*places, strict=True)], dtype=object)

    def _numbers(self, n: int, top: int) -> list[int]:
        found: Ints = np.unique(self.rng.integers(0, top, int(n * 1.1) + 50))
        chosen: list[int] = self.rng.permutation(found)[:n].tolist()
        return chosen
