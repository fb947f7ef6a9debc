"""What firms are called: families, coined brands, places and trades, in no telling way."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.writing.units import Ints, Texts

STARTS: Final = (
    *("Al", "Be", "Bor", "Ca", "Da", "El", "Fen", "Go", "Hal", "In", "Ja", "Kel", "Lo"),
    *("Mar", "Ni", "Or", "Pa", "Qui", "Ro", "Sol", "Ta", "Ul", "Ve", "Wes", "Yo", "Zan"),
)
MIDDLES: Final = (
    *("ba", "den", "fi", "la", "lo", "mi", "nor", "pe", "ra"),
    *("ri", "sa", "ta", "to", "va", "ve", "xi", "zo"),
)
ENDS: Final = (
    *("berg", "co", "dal", "ette", "field", "ia", "is", "ka", "ler", "lin", "man", "mer"),
    *("na", "nova", "ro", "sen", "ski", "son", "ston", "ti", "tta", "us", "vo"),
)
FORMS: Final = {
    "DE": "GmbH", "NL": "B.V.", "FR": "SARL", "ES": "S.L.", "FI": "Oy", "AT": "GmbH", "SE": "AB",
    "PL": "Sp. z o.o.", "GB": "Ltd", "DK": "ApS", "NO": "AS", "CZ": "s.r.o.",
}  # fmt: skip
TAILS: Final = ("Trading", "Group", "Services", "Retail", "Commerce", "Holding", "& Partner", "")


def coin(rng: np.random.Generator, n: int) -> list[str]:
    """`n` words that sound like names, of two or three syllables."""
    start, middle, end = (rng.choice(one, n) for one in (STARTS, MIDDLES, ENDS))
    short = rng.random(n) < 0.45
    return [f"{a}{'' if s else b}{c}" for a, b, c, s in zip(start, middle, end, short, strict=True)]


def name_firms(
    rng: np.random.Generator, trades: list[str], cities: list[str], countries: list[str]
) -> tuple[Texts, Texts]:
    """Names and legal names of firms, from each one's trade, city and country."""
    n = len(trades)
    family, brand, tail = coin(rng, n), coin(rng, n), rng.choice(TAILS, n)
    names: list[str] = []
    for kind, a, b, trade, city in zip(rng.integers(0, 5, n), family, brand, trades, cities, strict=True):
        forms = (f"{a} {trade}", b, f"{b} {city}", f"{trade} {city}", f"{b}{trade.lower()}")
        names.append(forms[int(kind)])
    legal = [
        f"{name if same else a} {t} {FORMS[country]}".replace("  ", " ")
        for name, a, t, country, same in zip(
            names, family, tail, countries, rng.random(n) < 0.55, strict=True
        )
    ]
    return np.array(names, object), np.array(legal, object)


def akin(rng: np.random.Generator, name: str) -> str:
    """A name like that one: a word is added, left out or changed."""
    words = name.split()
    kind = int(rng.integers(0, 4))
    if kind == 0 and len(words) > 1:
        return " ".join(words[:-1])
    if kind == 1:
        return f"{name} {rng.choice(['24', 'Plus', 'Store', 'Online', 'Direct', 'New'])}"
    if kind == 2:
        return f"{words[0]} {rng.choice(['Shop', 'House', 'Market', 'Outlet', 'Corner'])}"
    return f"{rng.choice(['The', 'My', 'Neo', 'Pro'])} {name}"


def websites(rng: np.random.Generator, names: Texts, countries: list[str], known: float) -> Texts:
    """(n,) an address for a share of firms, None for the others."""
    ends = rng.random(len(names)) < 0.4
    has = rng.random(len(names)) < known
    sites = [
        f"www.{''.join(c for c in name.lower() if c.isalnum())}.{'com' if end else country.lower()}"
        for name, country, end in zip(names, countries, ends, strict=True)
    ]
    return np.array([site if one else None for site, one in zip(sites, has, strict=True)], object)


def rename_groups(rng: np.random.Generator, names: Texts, cities: list[str], group: Ints) -> None:
    """Name the firms of each numbered group after one coined brand and their cities."""
    for one in np.unique(group[group >= 0]):
        members, brand = np.flatnonzero(group == one), coin(rng, 1)[0]
        for place, firm in enumerate(members):
            names[firm] = f"{brand} {cities[firm]}" if rng.random() < 0.8 else f"{brand} {place + 1}"
