"""Who was looked at, what was found, and when; reviewers err now and then."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.fourteenth_worlds.climate import DAY, Floats, Ints
from benchmarks.fourteenth_worlds.ledger import DEFAULTED, DISPUTED, World


def review(world: World) -> pd.DataFrame:
    """The labels: kind, row, verdict and when it was known."""
    parts = [_of_partners(world), *(_of_crew(world, crew.number) for crew in world.crews), _of_people(world)]
    table = pd.concat([part for part in parts if len(part)], ignore_index=True)
    table = table[table["at"] < world.climate.end - 60]
    table = table.drop_duplicates(["kind", "row"]).reset_index(drop=True)
    return table if world.climate.has_labels else table.iloc[:0]


def _rows(
    kind: str, row: Ints, fraud: np.ndarray[tuple[int], np.dtype[np.bool_]], at: Floats
) -> pd.DataFrame:
    verdict = np.where(fraud, "fraud", "legit")
    return pd.DataFrame({"kind": kind, "row": np.asarray(row, dtype=np.int64), "verdict": verdict, "at": at})


def _bad_share(world: World) -> Floats:
    orders = world.orders
    shop = orders["shop"].astype(np.int64)
    bad = np.isin(orders["fate"], (DISPUTED, DEFAULTED))
    n = np.bincount(shop, minlength=world.shops.size)
    return np.asarray((np.bincount(shop, bad, minlength=world.shops.size) + 0.3) / (n + 15))


def _of_partners(world: World) -> pd.DataFrame:
    """Rounds of reviews: some by lot, some because much went wrong."""
    climate, rng, shops = world.climate, world.rng, world.shops
    bad = _bad_share(world)
    weight = 0.4 + np.minimum(bad / np.mean(bad), 8.0)
    n = int(climate.review_share * shops.size)
    chosen = rng.choice(shops.size, n, replace=False, p=weight / weight.sum())
    guilty = np.zeros(shops.size, dtype=bool)
    for crew in world.crews:
        guilty[crew.shops] = True
    fraud = guilty[chosen] & (rng.random(n) < 0.6)
    fraud |= ~guilty[chosen] & (
        rng.random(n) < climate.review_error * np.minimum(bad[chosen] / np.mean(bad), 4)
    )
    low = np.maximum(shops["opened"][chosen], climate.start) + 20 * DAY
    at = low + rng.random(n) * np.maximum(climate.end + 20 * DAY - low, DAY)
    return _rows("partner", chosen, fraud, at)


def _of_crew(world: World, number: int) -> pd.DataFrame:
    """Some crews are caught in part, while or after they are at work."""
    climate, rng, crew = world.climate, world.rng, world.crews[number]
    if rng.random() > climate.ring_review * (1.25 - 0.5 * crew.care):
        return pd.DataFrame()
    at = climate.start + (climate.end - climate.start) * rng.uniform(0.45, 1.05)
    parts = []
    for kind, share in (("partner", 0.5), ("consumer", 0.12), ("device", 0.1), ("bank_account", 0.1)):
        rows = (
            crew.shops
            if kind == "partner"
            else np.array(sorted(set().union(*crew.roles.get(kind, {"": set()}).values())))
        )
        rows = rows[rng.random(len(rows)) < share * rng.uniform(0.3, 1.3)].astype(np.int64)
        fraud = rng.random(len(rows)) > climate.review_error
        parts.append(_rows(kind, rows, fraud, at + rng.exponential(20, len(rows)) * DAY))
    return pd.concat(parts, ignore_index=True)


def _of_people(world: World) -> pd.DataFrame:
    """A few people are asked why they did not pay."""
    rng, orders, climate = world.rng, world.orders, world.climate
    bad = np.flatnonzero(orders["fate"] == DEFAULTED)
    chosen = rng.choice(bad, int(len(bad) * 0.03), replace=False)
    who = orders["who"][chosen].astype(np.int64)
    guilty = np.zeros(world.people.size, dtype=bool)
    for crew in world.crews:
        guilty[crew.people()] = True
    fraud = np.where(guilty[who], rng.random(len(who)) < 0.5, rng.random(len(who)) < climate.review_error)
    at = orders["t"][chosen] + (35 + rng.exponential(45, len(who))) * DAY
    return _rows("consumer", who, fraud, at)
