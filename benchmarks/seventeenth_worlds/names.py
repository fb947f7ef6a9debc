"""Names of shops and of the firms behind them, and the words of their addresses."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import numpy as np

from benchmarks.seventeenth_worlds.market import COUNTRIES, TRADES
from benchmarks.seventeenth_worlds.things import Shops

_WORDS: Final = re.compile(r"\w+")
FIRST: Final = tuple(
    _WORDS.findall(
        "Alpen Amber Anker Arktis Aurora Baltic Birke Blau Brise Cedar Cirrus Delta Distel Echo Edel "
        "Elba Falke Fjord Flora Frisch Garten Glück Granit Hafen Hansa Heide Helio Igel Iris Jade Kiesel "
        "Kolibri Komet Kranich Lagune Linde Lotus Lumen Luna Marlin Merkur Mistral Mohn Nebel Nord Nova "
        "Oase Olive Onyx Orbit Otter Panda Perle Polar Prisma Quelle Rabe Raster Rubin Safran Salto "
        "Sirius Solar Spatz Stern Süd Tango Tulpe Ulme Urban Vega Viola Wald Welle West Wolke Yuna Zebra "
        "Zenit Zimt "
    )
)
SECOND: Final = (
    "Haus",
    "Werk",
    "24",
    "Online",
    "Direkt",
    "& Co",
    "Welt",
    "Point",
    "Lab",
    "Land",
    "Box",
    "Line",
)
FAMILY: Final = tuple(
    _WORDS.findall(
        "Aydin Bakker Becker Berg Bianchi Braun Dahl Dubois Eriksen Fischer Garcia Gruber Haas Hansen "
        "Horvat Huber Jansen Kaya Keller Kowalski Krause Kruse Lambert Larsen Lehmann Lindqvist Maier "
        "Martin Meyer Moreau Mori Müller Nguyen Novak Olsen Peters Petrov Richter Rossi Roux Sauer "
        "Schmid Schulz Singh Smit Sommer Steiner Vogel Wagner Weber Wolf Yilmaz Zimmer "
    )
)
FORMS: Final = {
    "DE": ("GmbH", "UG", "e.K."),
    "AT": ("GmbH", "e.U."),
    "CH": ("AG", "GmbH"),
    "NL": ("B.V.",),
    "BE": ("BV", "SRL"),
    "FR": ("SARL", "SAS"),
    "FI": ("Oy",),
    "SE": ("AB",),
    "DK": ("ApS",),
    "NO": ("AS",),
    "PL": ("Sp. z o.o.",),
    "GB": ("Ltd",),
}
ENDINGS: Final = ("com", "shop", "store", "eu", "net")


def names_of(shops: Shops, rng: np.random.Generator) -> tuple[list[str], list[str], list[str]]:
    """Names, legal names and websites of all shops."""
    n = len(shops.trade)
    first = [str(one) for one in rng.choice(FIRST, n)]
    names, legal, sites = [], [], []
    for shop in range(n):
        country = COUNTRIES[shops.country[shop]]
        stem = first[shops.stem[shop]] if shops.stem[shop] >= 0 else first[shop]
        word = str(rng.choice(TRADES[shops.trade[shop]].words))
        second = str(rng.choice(SECOND)) if rng.random() < 0.6 else ""
        owner = str(rng.choice(FAMILY))
        name = f"{owner} {word}" if rng.random() < 0.2 and shops.stem[shop] < 0 else f"{stem} {word} {second}"
        names.append(name.strip())
        form = str(rng.choice(FORMS[country]))
        other = str(rng.choice(FAMILY))
        kinds = (
            f"{owner} {form}",
            f"{owner} & {other} {form}",
            f"{name.strip()} {form}",
            f"{stem} Handel {form}",
        )
        legal.append(kinds[int(rng.integers(4))])
        plain = unicodedata.normalize("NFKD", names[-1]).encode("ascii", "ignore").decode().lower()
        ending = str(rng.choice(ENDINGS)) if rng.random() < 0.5 else country.lower()
        suffix = str(rng.integers(2, 99)) if rng.random() < 0.12 else ""
        sites.append(f"{re.sub('[^a-z0-9]+', '-', plain).strip('-')}{suffix}.{ending}")
    for shop in np.flatnonzero(shops.firm >= 0).tolist():
        legal[shop] = legal[shops.firm[shop]]
    return names, legal, sites
