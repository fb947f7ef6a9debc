"""What reviewers have said: by lot, because much went wrong, because a gang was caught; some wrongly."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.fifteenth_worlds.climate import DEFAULTED, DISPUTED, Flags, Floats, Ints
from benchmarks.fifteenth_worlds.world import World


def verdicts(world: World, orders: pd.DataFrame) -> pd.DataFrame:
    """The labels: `kind`, `row`, `fraud` and `t`, when it was known; one for each of those reviewed."""
    parts = [_gangs(world), _shops(world, orders), _honest(world), _people(world, orders)]
    table = pd.concat(parts, ignore_index=True)
    wrong = world.rng.random(len(table)) < world.climate.mistakes
    table["fraud"] = table["fraud"].to_numpy(dtype=bool) ^ wrong
    table = table[(table["t"] > 1) & (table["t"] < world.climate.days - 0.01)]
    return table.drop_duplicates(["kind", "row"]).reset_index(drop=True)


def _part(kind: str, row: Ints, fraud: Flags, t: Floats) -> pd.DataFrame:
    return pd.DataFrame({"kind": kind, "row": row.astype(np.int64), "fraud": fraud, "t": t})


def _gangs(world: World) -> pd.DataFrame:
    """Some gangs are caught in part, the loose sooner."""
    rng, climate = world.rng, world.climate
    parts = [_part("partner", np.zeros(0, np.int64), np.zeros(0, bool), np.zeros(0))]
    for gang in world.gangs:
        if rng.random() > climate.caught * (1.3 - 0.6 * gang.care):
            continue
        at = gang.begin + (gang.end - gang.begin) * rng.uniform(0.4, 1.1) + rng.exponential(30)
        for kind, share in (("partner", 0.5), ("consumer", 0.15), ("device", 0.15), ("bank_account", 0.15)):
            rows = gang.rows(kind)
            rows = rows[rng.random(len(rows)) < share * rng.uniform(0.4, 1.6)]
            parts.append(_part(kind, rows, np.ones(len(rows), bool), at + rng.exponential(15, len(rows))))
    return pd.concat(parts, ignore_index=True)


def _shops(world: World, orders: pd.DataFrame) -> pd.DataFrame:
    """Reviews of shops, of those with trouble rather than of others; half of the guilty are seen through."""
    rng, climate = world.rng, world.climate
    n = climate.partners
    bad = orders["fate"].isin((DISPUTED, DEFAULTED)).to_numpy(dtype=float)
    share = np.bincount(orders["shop"], bad, n) + 0.5
    share /= np.bincount(orders["shop"], minlength=n) + 12
    weight = 0.5 + np.minimum(share / share.mean(), 6)
    rows = rng.choice(n, int(climate.reviews * n), replace=False, p=weight / weight.sum())
    guilty = np.zeros(n, bool)
    for gang in world.gangs:
        guilty[gang.shops] = True
    fraud = guilty[rows] & (rng.random(len(rows)) < 0.5)
    low = world.open_from(rows) + 15
    return _part("partner", rows, fraud, low + rng.random(len(rows)) * (climate.days - low).clip(1))


def _honest(world: World) -> pd.DataFrame:
    """Honest groups are looked into as well, and some of them are cleared."""
    rng, climate = world.rng, world.climate
    parts = [_part("partner", np.zeros(0, np.int64), np.zeros(0, bool), np.zeros(0))]
    for group in world.alike:
        if rng.random() > climate.caught * 0.4:
            continue
        kind = "partner" if group.rows("partner").size else "consumer"
        rows = group.rows(kind)
        if kind == "partner":
            rows = rows[~np.isin(rows, np.concatenate([gang.shops for gang in world.gangs]))]
        rows = rows[rng.random(len(rows)) < 0.4]
        at = group.begin + rng.uniform(0.3, 1.1) * (climate.days - group.begin)
        parts.append(_part(kind, rows, np.zeros(len(rows), bool), at + rng.exponential(10, len(rows))))
    return pd.concat(parts, ignore_index=True)


def _people(world: World, orders: pd.DataFrame) -> pd.DataFrame:
    """A few of those who owe are asked why."""
    rng = world.rng
    owing = orders[orders["fate"] == DEFAULTED]
    rows = rng.choice(len(owing), int(len(owing) * 0.03), replace=False)
    who = owing["who"].to_numpy()[rows]
    guilty = np.zeros(len(world.person["rate"]), bool)
    for gang in world.gangs:
        guilty[gang.rows("consumer")] = True
    fraud = guilty[who] & (rng.random(len(who)) < 0.5)
    return _part("consumer", who, fraud, owing["known"].to_numpy()[rows] + rng.exponential(30, len(who)))
