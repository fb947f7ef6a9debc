"""What partners call themselves."""

from __future__ import annotations

import numpy as np

from benchmarks.eighth_worlds.basics import COUNTRIES, TRADES
from benchmarks.eighth_worlds.world import Firms, World
from benchmarks.writing.units import Texts, where_known

FORMS = ("{0} {1}", "{0}", "{1} {0}", "{0}{1}", "{0} {1} {2}", "The {0} {1}")
EXTRAS = ("Online", "24", "Plus", "Direct", "Express", "Store", "Group", "One")


def company_names(rng: np.random.Generator, firms: Firms) -> Texts:
    """(partners,) a brand with a word of the trade."""
    form, extra = rng.integers(0, len(FORMS), len(firms)), rng.integers(0, len(EXTRAS), len(firms))
    return np.array(
        [
            FORMS[one].format(brand, TRADES[trade][4], EXTRAS[more])
            for one, brand, trade, more in zip(form, firms.brand, firms.trade, extra, strict=True)
        ],
        object,
    )


def legal_names(rng: np.random.Generator, world: World) -> Texts:
    """(partners,) the registered name, missing for one in five."""
    firms, lands = world.firms, world.settings.countries
    names = [
        f"{stem} {COUNTRIES[lands[country]][3]}"
        for stem, country in zip(firms.legal, firms.country, strict=True)
    ]
    return where_known(np.array(names, object), rng.random(len(firms)) >= 0.2)


def websites(rng: np.random.Generator, firms: Firms) -> Texts:
    """(partners,) an address, missing for a quarter."""
    ending = rng.integers(0, 3, len(firms))
    names = [
        f"https://{brand.lower()}-{legal.lower()}.{('com', 'shop', 'eu')[end]}"
        for brand, legal, end in zip(firms.brand, firms.legal, ending, strict=True)
    ]
    return where_known(np.array(names, object), rng.random(len(firms)) >= 0.25)
