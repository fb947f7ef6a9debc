"""What shops call themselves."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.tenth_worlds.market import COUNTRIES
from benchmarks.tenth_worlds.trades import CODAS, CORES, ONSETS, TRADES
from benchmarks.tenth_worlds.world import World
from benchmarks.writing.units import Texts

FORMS: Final = ("{0} {1}", "{0}", "{1} {0}", "{0} {1} {2}", "{0} & Co", "{0} {2}")


def brands(rng: np.random.Generator, n: int) -> Texts:
    """(n,) made-up words of two or three syllables."""
    made = np.array([""] * n, object)
    long = rng.random(n) < 0.3
    for syllable in range(3):
        part = [
            ONSETS[a] + CORES[b] + CODAS[c]
            for a, b, c in zip(
                rng.integers(0, len(ONSETS), n),
                rng.integers(0, len(CORES), n),
                rng.integers(0, len(CODAS), n),
                strict=True,
            )
        ]
        made = made + np.where(long | (syllable < 2), np.array(part, object), "")
    return np.array([one.capitalize() for one in made], object)


def alike(rng: np.random.Generator, brand: str) -> str:
    """A brand that reminds of another: a letter less, an ending, or a word beside it."""
    way = int(rng.integers(0, 4))
    if way == 0 and len(brand) > 4:
        place = int(rng.integers(1, len(brand) - 1))
        return brand[:place] + brand[place + 1 :]
    return (f"{brand}a", f"New {brand}", f"{brand} Plus", f"{brand}o")[way]


def texts(world: World) -> tuple[Texts, Texts, Texts]:
    """(partners,) name, registered name and website; the last two are missing for some."""
    rng, shops, n = world.rng, world.shops, world.market.partners
    places = brands(rng, len(world.towns.size))
    form, word, style = rng.integers(0, len(FORMS), n), rng.integers(0, 3, n), rng.integers(0, 3, n)
    name, legal, site = [], [], []
    for shop in range(n):
        words = TRADES[shops.trade[shop]].words
        brand, (code, _, suffix) = shops.brand[shop], COUNTRIES[world.country(shop)]
        name.append(FORMS[form[shop]].format(brand, words[word[shop]], places[shops.town[shop]]))
        legal.append(f"{shops.legal[shop]} {('', 'Trading ', 'Holding ')[style[shop]]}{suffix}")
        stem = "".join(brand.lower().split())
        site.append(
            f"www.{stem}{'' if style[shop] else words[0].lower()}.{(code.lower(), 'com')[word[shop] % 2]}"
        )
    missing = rng.random((2, n)) < np.array([[0.12], [0.25]])
    both = np.array([legal, site], object)
    both[missing] = None
    return np.array(name, object), both[0], both[1]
