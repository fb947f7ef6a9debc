"""What people, towns and partners call themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from benchmarks.eleventh_worlds.draws import flip
from benchmarks.eleventh_worlds.trades import ADJECTIVES, COUNTRIES, SYLLABLES, TRADES
from benchmarks.writing.units import Ints, Texts

FORMS: Final = ("{s} {w}", "{a}{w}", "{w} {t}", "{s} & Co {w}", "{a} {w} {s}", "{w}{s}", "{s}")
"""Of names: surname, word of the trade, adjective, town."""
FORM_SHARES: Final = (0.3, 0.12, 0.15, 0.08, 0.2, 0.1, 0.05)
MORE: Final = ("24", "2", "Neu", "Plus", "Group", "Online")
HOLDERS: Final = ("Handel", "Holding", "Trade", "Vertrieb", "Invest")
ENDINGS: Final = ("com", "shop", "net", "store")


def _any(rng: np.random.Generator, texts: Sequence[str] | Texts) -> str:
    return str(texts[int(rng.integers(len(texts)))])


def surnames(rng: np.random.Generator) -> Texts:
    """Some hundreds, none twice."""
    drawn = {
        "".join(_any(rng, SYLLABLES) for _ in range(int(rng.integers(2, 4)))).capitalize() for _ in range(500)
    }
    return rng.permutation(np.array(sorted(drawn), object))


def firm_name(rng: np.random.Generator, trade: int, town: str, people: Texts) -> str:
    """What a partner of that trade and town may call itself."""
    form = FORMS[int(rng.choice(len(FORMS), p=FORM_SHARES))]
    return form.format(
        s=_any(rng, people), w=_any(rng, TRADES[trade].words.split()), a=_any(rng, ADJECTIVES), t=town
    )


def altered(rng: np.random.Generator, name: str) -> str:
    """A name like that one, as an heir or a second shop bears it."""
    how, parts = int(rng.integers(6)), name.split()
    if how == 0:
        return f"{name} {_any(rng, MORE)}"
    if how == 3 and len(name) > 6:
        place = int(rng.integers(2, len(name) - 2))
        return name[:place] + name[place + 1 :]
    if how == 5:
        return f"New {name}"
    if how in (1, 2, 4) and len(parts) > 1:
        return {1: " ".join(parts[::-1]), 2: "".join(parts), 4: f"{parts[0]} {_any(rng, ADJECTIVES)}"}[how]
    return f"{name} {_any(rng, _any(rng, [one.words for one in TRADES]).split())}"


def legal_names(rng: np.random.Generator, names: Texts, country: Ints, people: Texts) -> Texts:
    """(partners,) with a form of company of the country, of `COUNTRIES`; some say nothing of the shop."""
    of_shop = rng.random(len(names)) < 0.7
    return np.array(
        [
            (name if same else f"{_any(rng, people)} {_any(rng, HOLDERS)}")
            + f" {_any(rng, COUNTRIES[land].forms.split('|'))}"
            for name, land, same in zip(names, country.tolist(), of_shop.tolist(), strict=True)
        ],
        object,
    )


def sites(rng: np.random.Generator, names: Texts, country: Ints) -> Texts:
    """(partners,) web addresses that follow the names."""
    found = []
    for name, land in zip(names, country.tolist(), strict=True):
        stem = re.sub(r"[^a-z0-9]+", "-" if flip(rng, 0.3) else "", name.lower()).strip("-")
        end = COUNTRIES[land].code.lower() if flip(rng, 0.6) else _any(rng, ENDINGS)
        found.append(f"{stem}.{end}")
    return np.array(found, object)
