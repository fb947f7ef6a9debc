"""Labels: what people who look at alarms have decided by the end of the world, late and partly wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.seventeenth_worlds.market import Flags, Floats, Ints
from benchmarks.seventeenth_worlds.world import World

Verdicts = list[tuple[str, int, bool, float]]
"""Kind, number, whether it was called fraud, and when that was known."""


def crooks(world: World, kind: str, n: int) -> Flags:
    """Which entities of a kind belong to rings."""
    flags = np.zeros(n, dtype=bool)
    flags[[item for ring in world.rings for (one, item) in ring.members if one == kind]] = True
    return flags


def _alarms(orders: pd.DataFrame, column: str, n: int, after: Ints) -> Floats:
    """When each entity's alarm rings: at its k-th bad end, k given for each; inf where it never does."""
    bad = orders[orders["outcome"].isin(["disputed", "defaulted"]) & orders["known"].notna()]
    bad = bad.sort_values(["known", column], kind="stable")
    rank = bad.groupby(column).cumcount().to_numpy() + 1
    whose = bad[column].to_numpy()
    at = np.full(n, np.inf)
    hit = rank == after[whose]
    at[whose[hit]] = bad["known"].to_numpy()[hit]
    return at


def review(world: World, orders: pd.DataFrame) -> pd.DataFrame:
    """The labels, by numbers of entities: columns kind, item, verdict and t."""
    rng, market = world.rng, world.market
    said: Verdicts = []
    many = {"partner": market.partners, "consumer": market.consumers}
    for kind, column in (("partner", "shop"), ("consumer", "who")):
        n = many[kind]
        guilty = crooks(world, kind, n)
        counts = np.bincount(orders[column], minlength=n)
        usual = rng.integers(2, 7, n) + (0.04 * counts).astype(np.int64) if kind == "partner" else None
        at = _alarms(orders, column, n, rng.integers(1, 4, n) if usual is None else usual)
        share = market.coverage if kind == "partner" else market.coverage * rng.uniform(0.2, 0.7)
        looked = np.flatnonzero(np.isfinite(at) & (rng.random(n) < share))
        said += _decide(world, kind, looked, guilty, at[looked] + rng.gamma(2, 7, len(looked)), sure=1.0)
        checked = rng.permutation(np.flatnonzero(counts > 0))
        part = market.checks if kind == "partner" else market.checks * 0.15
        checked = checked[: int(len(checked) * part)]
        t = rng.uniform(market.days * 0.1, market.days, len(checked))
        said += _decide(world, kind, checked, guilty, t, sure=0.35)
    said += _reviews_of_rings(world)
    said += _blacklists(world, said)
    rows = pd.DataFrame(said, columns=["kind", "item", "fraud", "t"])
    appeal = rows[rng.random(len(rows)) < 0.03].copy()
    appeal["fraud"], appeal["t"] = ~appeal["fraud"].astype(bool), appeal["t"] + rng.gamma(2, 15, len(appeal))
    rows = pd.concat([rows, appeal])
    rows = rows[rows["t"] < market.days - 0.01]
    rows["verdict"] = np.where(rows["fraud"].astype(bool), "fraud", "legit")
    rows = rows.sort_values(["t", "kind", "item"], kind="stable")
    return rows.drop_duplicates(["kind", "item", "verdict"]).reset_index(drop=True)


def _decide(world: World, kind: str, items: Ints, guilty: Flags, t: Floats, *, sure: float) -> Verdicts:
    """`sure` is how well one looks: a crook is seen with that chance, less the share of missed ones."""
    rng, market = world.rng, world.market
    luck = rng.random(len(items))
    fraud = np.where(guilty[items], luck < sure * (1 - market.missed), luck < market.wrong_fraud * sure)
    return [(kind, int(a), bool(b), float(c)) for a, b, c in zip(items, fraud, t, strict=True)]


def _reviews_of_rings(world: World) -> Verdicts:
    """What comes of the reviews that rings lived through: some members called what they are."""
    rng, market = world.rng, world.market
    said: Verdicts = []
    for ring in world.rings:
        seen = market.coverage * rng.uniform(0.2, 1.6) * (1 - 0.5 * ring.careful)
        for day in ring.reviews:
            late = float(rng.gamma(2, 8))
            for kind, item in ring.members:
                factor = {"partner": 1.0, "consumer": 0.7}.get(kind, 0.15)
                if rng.random() < seen * factor:
                    said.append((kind, item, bool(rng.random() > market.missed), day + late))
    return said


def _blacklists(world: World, said: Verdicts) -> Verdicts:
    """Devices and accounts of people called crooks, rightly or not, and some that were found in order."""
    rng, people = world.rng, world.people
    more: Verdicts = []
    for kind, item, fraud, t in said:
        if kind != "consumer" or rng.random() > (0.2 if fraud else 0.04):
            continue
        device = people.home[item] if people.home[item] >= 0 and rng.random() < 0.4 else people.device[item]
        chosen = (
            ("device", int(device)) if rng.random() < 0.6 else ("bank_account", int(people.account[item]))
        )
        more.append((*chosen, fraud, t + float(rng.gamma(1, 2))))
    return more
