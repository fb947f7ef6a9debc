"""What things are called: ids that say nothing, and names in the tongue of the country."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.eighteenth_worlds.market import COUNTRIES, FIRST_WORDS, FORMS, SECOND_WORDS
from benchmarks.eighteenth_worlds.world import World

Texts = np.ndarray[tuple[int], np.dtype[np.object_]]


def draw_ids(rng: np.random.Generator, prefix: str, many: int) -> Texts:
    """So many different ids in no order."""
    room = max(10 * many, 1_000_000)
    step = int(rng.integers(room // 3, room // 2)) | 1
    while np.gcd(step, room) != 1:
        step += 2
    numbers = rng.permutation((np.arange(many, dtype=np.int64) * step + int(rng.integers(room))) % room)
    return np.array([f"{prefix}{number:08d}" for number in numbers.tolist()], dtype=object)


def shop_names(world: World) -> pd.DataFrame:
    """`name`, `legal_name` and `website` of the shops."""
    rng = world.rng
    rows = []
    for country in world.shop_country.tolist():
        tongue = COUNTRIES[world.climate.countries[country]].tongue
        first = FIRST_WORDS[tongue].split()
        second = SECOND_WORDS[tongue].split()
        word = first[int(rng.integers(len(first)))]
        if rng.random() < 0.6:
            word += f" {first[int(rng.integers(len(first)))]}"
        thing = second[int(rng.integers(len(second)))]
        name = f"{thing} {word}" if tongue != "english" else f"{word} {thing}"
        if rng.random() < 0.15:
            name += f" {int(rng.integers(2, 99))}"
        form = FORMS[tongue][int(rng.integers(len(FORMS[tongue])))]
        rows.append((name, word, form))
    frame = pd.DataFrame(rows, columns=["name", "word", "form"])
    twins = np.flatnonzero(world.name_twin >= 0)
    frame.loc[twins, "word"] = frame["word"].to_numpy()[world.name_twin[twins]]
    place = [
        f"{word} {int(number)}"
        for word, number in zip(frame["word"], rng.integers(2, 30, len(frame)), strict=True)
    ]
    frame.loc[twins, "name"] = np.array(place, dtype=object)[twins]
    frame["legal_name"] = frame["word"] + " " + frame["form"]
    plain = frame["name"].str.normalize("NFKD").str.encode("ascii", "ignore").str.decode("ascii")
    frame["website"] = "https://" + plain.str.lower().str.replace(r"[^a-z0-9]+", "", regex=True) + ".example"
    return frame[["name", "legal_name", "website"]]
