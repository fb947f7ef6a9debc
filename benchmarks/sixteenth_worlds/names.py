"""Names of partners: the same words for all."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.sixteenth_worlds.town import Ints

_FIRST = [
    "Alba", "Amber", "Anker", "Arbor", "Aster", "Atlas", "Aurora", "Basil", "Bella", "Birke", "Bravo",
    "Brisa", "Cargo", "Cedar", "Ceres", "Ciel", "Clara", "Corso", "Crema", "Dalia", "Delta", "Diva",
    "Dorado", "Echo", "Eiche", "Elba", "Ember", "Fado", "Falke", "Fiora", "Flora", "Fuego", "Gala",
    "Garda", "Ginko", "Grano", "Hafen", "Halo", "Iris", "Isar", "Jasmin", "Juno", "Kasba", "Kiosk",
    "Koral", "Lago", "Laurel", "Lenka", "Lima", "Linde", "Lotus", "Luna", "Lux", "Mango", "Maple",
    "Marea", "Mila", "Mira", "Mosaik", "Nero", "Nida", "Nord", "Nova", "Oliva", "Onyx", "Opal", "Orion",
    "Pampa", "Perla", "Pico", "Pino", "Polar", "Porto", "Prisma", "Quinta", "Radix", "Rialto", "Rio",
    "Rosa", "Rubin", "Saffron", "Salvia", "Sandor", "Selva", "Sento", "Sierra", "Sol", "Sonne", "Stella",
    "Sur", "Tango", "Terra", "Tilia", "Toro", "Turm", "Uno", "Valen", "Vela", "Verde", "Vesta", "Via",
    "Vida", "Vito", "Wald", "Wiesel", "Yara", "Zefir", "Zenit", "Zora",
]  # fmt: skip
_SECOND = [
    "Point", "Haus", "House", "Corner", "Hof", "Atelier", "Works", "Line", "Lab", "Depot", "Market",
    "Studio", "Port", "Express", "Direct", "Plus", "Garden", "Place", "Room", "Club", "Union", "Factory",
    "Collective", "Partner", "Trade", "Service", "Team", "Base", "Center", "Loft", "Nest", "Stop",
]  # fmt: skip
_OF_CODE = {
    "4215": ("Courier", "Riders", "Delivery", "Kurier"),
    "5812": ("Kitchen", "Trattoria", "Bistro", "Grill"),
    "5814": ("Burger", "Pizza", "Bowl", "Noodles"),
    "5411": ("Market", "Grocer", "Bio", "Superette"),
    "5499": ("Deli", "Fine Foods", "Spice", "Tea"),
    "5651": ("Fashion", "Wear", "Mode", "Clothing"),
    "5691": ("Boutique", "Outfit", "Denim", "Studio"),
    "5732": ("Electronics", "Audio", "Tech", "Digital"),
    "4812": ("Mobile", "Phones", "Handy", "Cell"),
    "5931": ("Second Hand", "Vintage", "Resale", "Retro"),
    "5945": ("Toys", "Games", "Hobby", "Play"),
    "5947": ("Gifts", "Cards", "Deco", "Party"),
    "7922": ("Tickets", "Events", "Stage", "Live"),
    "4722": ("Travel", "Reisen", "Tours", "Voyages"),
    "7011": ("Rooms", "Stay", "Flats", "Lodge"),
    "7299": ("Services", "Helper", "Care", "Assist"),
    "7349": ("Cleaning", "Shine", "Clean", "Facility"),
    "8999": ("Design", "Studio", "Freelance", "Media"),
}
_FORMS = {
    "DE": "GmbH", "AT": "GmbH", "CH": "GmbH", "NL": "B.V.", "FR": "SARL", "ES": "S.L.", "IT": "S.r.l.",
    "PT": "Lda", "PL": "Sp. z o.o.", "SE": "AB", "CZ": "s.r.o.", "GB": "Ltd", "RO": "SRL", "DK": "ApS",
}  # fmt: skip
_SURNAMES = [
    "Adler", "Almeida", "Bakker", "Becker", "Bianchi", "Blanc", "Costa", "Dupont", "Dvorak", "Eriksson",
    "Ferrari", "Fischer", "Garcia", "Hansen", "Horvat", "Ionescu", "Jansen", "Jensen", "Keller",
    "Kowalski", "Lopez", "Martin", "Meyer", "Moreau", "Nielsen", "Novak", "Nowak", "Olsen", "Pereira",
    "Popescu", "Ricci", "Rossi", "Santos", "Schmidt", "Silva", "Smith", "Svensson", "Taylor", "Vogel",
    "Weber", "Wilson", "Zielinski",
]  # fmt: skip


def names_of(
    rng: np.random.Generator, stem: Ints, land: np.ndarray, code: np.ndarray
) -> tuple[Any, Any, Any]:
    """Name, legal name and website of each partner; those of one stem share the first words."""
    top = int(stem.max()) + 1
    first = rng.integers(0, len(_FIRST), top)
    second = rng.integers(0, len(_SECOND) * 2, top)
    surname = rng.integers(0, len(_SURNAMES), (stem.size, 2))
    personal = rng.random(stem.size) < 0.35
    times = np.bincount(stem, minlength=top)
    tail = rng.integers(1, 100, stem.size)
    names, legal, sites = [], [], []
    for row, own in enumerate(stem):
        word = _FIRST[first[own]]
        more = f" {_SECOND[second[own]]}" if second[own] < len(_SECOND) else ""
        kinds = _OF_CODE[str(code[row])]
        name = f"{word}{more} {kinds[tail[row] % len(kinds)]}"
        if times[own] > 1 or tail[row] < 12:
            name = f"{name} {tail[row]}"
        names.append(name)
        form = _FORMS[str(land[row])]
        family = f"{_SURNAMES[surname[row, 0]]} {_SURNAMES[surname[row, 1]]}"
        legal.append(family if personal[row] else f"{word}{more} {form}")
        sites.append(f"{name.lower().replace(' ', '-')}.{'com' if tail[row] % 3 else str(land[row]).lower()}")
    return np.array(names, dtype=object), np.array(legal, dtype=object), np.array(sites, dtype=object)
