"""Review: what a small team of reviewers said of some partners and others, late, and not always rightly."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.eighteenth_worlds.world import World


def review(world: World, orders: pd.DataFrame) -> pd.DataFrame | None:
    """Labels `kind` `number` `fraud` `known_at` (days), or None where nothing was kept.

    Shops with many complaints are looked at first, then a few at random; a careful ring's shops often pass.
    """
    rng, climate = world.rng, world.climate
    if climate.reviewed <= 0:
        return None
    crooked, care = _crooked(world)
    bad = orders["outcome"].isin(["disputed", "defaulted"]) * 1.0 + (orders["outcome"] == "refunded") * 0.4
    many = np.bincount(orders["shop"], minlength=climate.partners)
    rate = np.bincount(orders["shop"], weights=bad, minlength=climate.partners) / (many + 12)
    notice = np.log(0.01 + rate) * rng.uniform(0.5, 1.2) + rng.gumbel(0, 1, climate.partners)
    wanted = max(6, int(climate.reviewed * climate.partners))
    seen = np.sort(np.argsort(-notice)[:wanted])
    caught = crooked & (rng.random(climate.partners) < 0.95 - 0.45 * care)
    wrong = ~crooked & (rng.random(climate.partners) < climate.review_error * (1 + 8 * np.minimum(rate, 0.5)))
    opened = np.maximum(world.onboarded[seen], 0)
    known = opened + rng.uniform(0.15, 1.0, len(seen)) * (climate.days - opened) + rng.gamma(2, 15, len(seen))
    labels = [
        pd.DataFrame({"kind": "partner", "number": seen, "fraud": (caught | wrong)[seen], "known_at": known})
    ]
    labels.append(_of_people(world, orders))
    every = pd.concat(labels, ignore_index=True)
    return every[every["known_at"] < climate.days].reset_index(drop=True)


def _crooked(world: World) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    crooked, care = np.zeros(world.climate.partners, bool), np.zeros(world.climate.partners)
    for plot in world.plots:
        story = plot.story
        if story.shops[1] and (story.fraud or story.by_crooks) and not story.victims:
            crooked[plot.shops], care[plot.shops] = True, plot.care
    return crooked, care


def _of_people(world: World, orders: pd.DataFrame) -> pd.DataFrame:
    """A few people whose debts or disputes were looked into."""
    rng, climate = world.rng, world.climate
    crooks = np.zeros(climate.consumers, bool)
    for plot in world.plots:
        if plot.story.fraud or plot.story.by_crooks:
            crooks[plot.people] = True
    lost = orders[orders["outcome"].isin(["disputed", "defaulted"])]
    last = lost.groupby("person")["outcome_at"].max()
    seen = last[rng.random(len(last)) < climate.reviewed * 0.5]
    person = seen.index.to_numpy(dtype=np.int64)
    fraud = np.where(crooks[person], rng.random(len(person)) < 0.7, rng.random(len(person)) < 0.06)
    known = seen.to_numpy() + rng.gamma(2, 12, len(person))
    return pd.DataFrame({"kind": "consumer", "number": person, "fraud": fraud, "known_at": known})
