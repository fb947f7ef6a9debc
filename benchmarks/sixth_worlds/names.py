"""What partners call themselves."""

from __future__ import annotations

import numpy as np

from benchmarks.sixth_worlds.trades import SYLLABLES, TRADES
from benchmarks.sixth_worlds.world import Firms, World
from benchmarks.writing.units import Texts, where_known

FORMS = ("{0} {1}", "{1} {0}", "{0}", "{0} {1} {3}", "{0} & {2}")


def company_names(rng: np.random.Generator, firms: Firms) -> Texts:
    """(partners,) names of a brand with a word of the trade, a town or a second brand."""
    choice = rng.integers(0, 3, len(firms))
    return np.array(
        [
            FORMS[style].format(
                brand, TRADES[trade].words[word % len(TRADES[trade].words)], second,
                f"{SYLLABLES[town % len(SYLLABLES)].capitalize()}burg",
            )
            for style, brand, trade, word, second, town in zip(
                firms.style, firms.brand, firms.trade, choice, firms.second, firms.town, strict=True
            )
        ],
        object,
    )  # fmt: skip


def legal_names(rng: np.random.Generator, world: World) -> Texts:
    """(partners,) the registered name, missing for one in seven."""
    firms, forms = world.firms, world.settings.countries
    kinds = ("", " Trade", " Services", " Invest", " Group")
    kind = np.where(rng.random(len(firms)) < 0.6, 0, rng.integers(1, 5, len(firms)))
    whole = [
        f"{stem}{kinds[one]} {forms[country].suffix}"
        for stem, one, country in zip(firms.legal, kind, firms.country, strict=True)
    ]
    return where_known(np.array(whole, object), rng.random(len(firms)) > 0.15)


def websites(rng: np.random.Generator, world: World) -> Texts:
    """(partners,) an address, missing for three in ten."""
    firms, forms = world.firms, world.settings.countries
    ending = rng.integers(0, 3, len(firms))
    whole = [
        f"www.{brand.lower()}{second.lower()[:4]}.{(forms[country].code.lower(), 'com', 'shop')[end]}"
        for brand, second, country, end in zip(firms.brand, firms.second, firms.country, ending, strict=True)
    ]
    return where_known(np.array(whole, object), rng.random(len(firms)) > 0.3)
