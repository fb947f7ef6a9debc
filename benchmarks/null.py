"""Whether significance is honest where there is no ring, and what it keeps where there are some.

    python -m benchmarks.null

Worlds without rings hold every honest look-alike; dealt worlds are worlds with rings whose links are dealt
out anew, everybody's degree and every identifier's popularity kept. In neither may more than one run in
twenty have a ring at q <= 0.05. No model is trained: rings are found by the prior.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import beta

from benchmarks.judging import are_true, resembled
from benchmarks.quality import Truth, read_truth
from gnn.evaluation import match_rings
from graph.aggregation import aggregate
from graph.links import Links
from graph.prior import prior_risk
from graph.projection import project
from graph.records import Ring
from graph.ring_significance import Chance, ring_significance
from graph.rings import find_rings
from graph.synthetic import write_world
from graph.tables import read_tables

MAX_Q = 0.05
LEVELS = (0.001, 0.01, 0.05, 0.1, 0.5)
ORDERS = {1000: 100_000, 2000: 300_000}
"""Orders of worlds of so many partners."""

DEALT = (
    ("ordered_at", "consumer"),
    ("used", "device"),
    ("paid_from", "bank_account"),
    ("logged_in_from", "device"),
    ("paid_out_to", "bank_account"),
    ("transferred_to", "to_account"),
)
"""Which end of which links is dealt out."""


@dataclass
class Nulls:
    """Runs of one kind of world without rings: the least q-value of each, and all p-values."""

    least_q: list[float] = field(default_factory=list)
    p: list[float] = field(default_factory=list)

    def add(self, chances: tuple[Chance, ...]) -> None:
        self.least_q.append(min((one.q_value for one in chances), default=1.0))
        self.p += [one.p_value for one in chances]

    def row(self) -> dict[str, object]:
        """Runs, those with a significant ring, their share with its interval, and the shares of p."""
        runs, hits = len(self.least_q), int((np.array(self.least_q) <= MAX_Q).sum())
        low, high = clopper_pearson(hits, runs)
        below = {f"p <= {a:g}": round(float((np.array(self.p) <= a).mean()), 4) for a in LEVELS}
        share = f"{hits / runs:.3f} ({low:.3f} to {high:.3f})"
        return {"runs": runs, "with a ring": hits, "share": share, "rings": len(self.p), **below}


def clopper_pearson(hits: int, runs: int) -> tuple[float, float]:
    """The exact 95 % interval of a share."""
    low = float(beta.ppf(0.025, hits, runs - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, runs - hits)) if hits < runs else 1.0
    return low, high


def judge(links: Links) -> tuple[tuple[Ring, ...], tuple[Chance, ...]]:
    """The rings found by the prior, and their significance."""
    projection = project(links)
    rings = find_rings(links, projection, prior_risk(links, projection).risk, seed=0)
    return rings, ring_significance(rings, links, projection)


def dealt(links: Links, *, seed: int) -> Links:
    """The same links with one end of each kind dealt out anew; customers within their country.

    Who appears how often on either side stays; links that come to join the same two are merged.
    """
    rng = np.random.default_rng(seed)
    frames = {}
    for name, column in DEALT:
        frame = getattr(links, name).copy()
        other = frame[column].to_numpy().copy()
        country = links.consumers["country"].to_numpy()[other] if column == "consumer" else other * 0
        for one in np.unique(country):
            rows = np.flatnonzero(country == one)
            other[rows] = other[rng.permutation(rows)]
        frames[name] = _merged(frame.assign(**{column: other}))
    return replace(links, **frames)


def _merged(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a pair, sorted: first moments the earliest, last ones the latest, the rest summed."""
    ends = list(frame.columns[:2])
    how = {c: "min" if c == "first_at" else "max" if c == "last_at" else "sum" for c in frame.columns[2:]}
    merged = frame.groupby(ends, sort=True, as_index=False).agg(how)
    result: pd.DataFrame = merged[frame.columns].astype(frame.dtypes.to_dict())
    return result


def world(folder: Path, *, seed: int, partners: int, profile: str) -> Iterator[tuple[Links, Truth]]:
    """The links and truth of a made-up world, written for the time being."""
    path = folder / f"{profile}{seed}"
    write_world(path, seed=seed, partners=partners, orders=ORDERS[partners], profile=profile)
    yield aggregate(read_tables(path)), read_truth(path.with_name(path.name + ".truth"))
    shutil.rmtree(path)
    shutil.rmtree(path.with_name(path.name + ".truth"))


def planted(links: Links, truth: Truth) -> tuple[pd.DataFrame, int, list[str]]:
    """The planted rings that were found, with their q; how many rings are significant; what those are that
    match none: part of a ring, a kind of look-alike, or neither.
    """
    rings, chances = judge(links)
    partner, consumer = (links.partners["partner_id"].to_numpy(), links.consumers["consumer_id"].to_numpy())
    members = [set(partner[list(r.partners)]) or set(consumer[list(r.consumers)]) for r in rings]
    match = match_rings(members, truth.members)
    found = truth.rings.assign(q=[chances[n].q_value if n >= 0 else np.nan for n in match])
    significant = [n for n, one in enumerate(chances) if one.q_value <= MAX_Q]
    others = [members[n] for n in significant if n not in match]
    what = [
        "part of a planted ring" if true else kind or "neither"
        for true, kind in zip(are_true(others, truth.members), resembled(others, truth), strict=True)
    ]
    return found[match >= 0], len(significant), what


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first-seed", type=int, default=9100)
    parser.add_argument("--worlds", type=int, default=40, help="ring-free worlds of 1,000 partners")
    parser.add_argument("--large", type=int, default=10, help="ring-free worlds of 2,000 partners")
    parser.add_argument("--planted", type=int, default=8, help="worlds with rings, and dealt ones")
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    report = measure(given)
    sys.stdout.write(report)
    if given.markdown:
        given.markdown.write_text(report, encoding="utf-8")


def measure(given: argparse.Namespace) -> str:
    nulls = {name: Nulls() for name in ("no ring, 1,000 partners", "no ring, 2,000 partners", "dealt out")}
    found, significant, other = [], 0, Counter[str]()
    seed = given.first_seed
    with tempfile.TemporaryDirectory() as scratch:
        for name, partners, worlds in zip(nulls, (1000, 2000), (given.worlds, given.large), strict=False):
            for number in range(worlds):
                for links, _ in world(Path(scratch), seed=seed + number, partners=partners, profile="honest"):
                    nulls[name].add(judge(links)[1])
                _say(name, number, nulls[name].least_q[-1])
            seed += worlds
        for number in range(given.planted):
            for links, truth in world(Path(scratch), seed=seed + number, partners=2000, profile="real"):
                rings, many, unmatched = planted(links, truth)
                nulls["dealt out"].add(judge(dealt(links, seed=seed + number))[1])
                found.append(rings)
                significant += many
                other.update(unmatched)
            _say("planted", number, float(significant))
    return _text(given, nulls, pd.concat(found), significant, other)


def _say(what: str, number: int, value: float) -> None:
    print(what, number, round(value, 4), file=sys.stderr, flush=True)


def _text(
    given: argparse.Namespace,
    nulls: dict[str, Nulls],
    found: pd.DataFrame,
    significant: int,
    other: Counter[str],
) -> str:
    table = pd.DataFrame({name: one.row() for name, one in nulls.items() if one.least_q}).T
    care = pd.cut(
        found.carefulness,
        [0, 1 / 3, 2 / 3, 1],
        include_lowest=True,
        labels=["careless", "middling", "careful"],
    )
    power = found.assign(carefulness=care, significant=found.q <= MAX_Q)
    parts = [power.groupby(key, observed=True).significant.agg(["mean", "size"]) for key in KEYS]
    head = f"`python -m benchmarks.null`, seeds from {given.first_seed} on, rings found by the prior.\n\n"
    body = f"## Where nothing may be significant (q <= {MAX_Q})\n\n```\n{table.to_string()}\n```\n\n"
    body += "## Planted rings that were found: how many are significant\n\n"
    body += "".join(f"```\n{part.round(2).to_string()}\n```\n\n" for part in parts)
    what = ", ".join(f"{count} {kind}" for kind, count in other.most_common())
    matching = (
        f"{significant} rings are significant in these worlds; {other.total()} of them match no planted "
        f"ring: {what or 'none'}.\n"
    )
    return head + body + matching


KEYS = ("carefulness", "typology")

if __name__ == "__main__":
    main()
