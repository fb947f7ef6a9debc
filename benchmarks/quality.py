"""Ring recall, precision and partner average precision on made-up worlds, beside the plain ways.

    python -m benchmarks.quality --worlds 10 --first-seed 6000

Each world is written, read and judged in a folder of its own; `ringwatch run` is called as users call it.
Worlds that fail the leak audit are left out and named. Seeds from 6000 on were not looked at while the
generator and the detectors were made; take others once they have been.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import reference
from benchmarks.leak_audit import audit
from gnn.evaluation import average_precision, ring_quality
from graph.aggregation import aggregate
from graph.links import Links
from graph.tables import read_tables

WAYS = ("ringwatch", "reference", "components")


@dataclass(frozen=True)
class Truth:
    """The planted rings of a world; `members` holds their partners, or consumers where there are none."""

    rings: pd.DataFrame
    members: list[set[str]]
    partners: set[str]
    look_alikes: pd.DataFrame


def read_truth(folder: Path) -> Truth:
    rings = pd.read_parquet(folder / "rings.parquet").sort_values("ring_id").reset_index(drop=True)
    members = pd.read_parquet(folder / "ring_members.parquet")
    sets = _member_sets(members)
    partners = set(members.id[members.kind == "partner"])
    return Truth(
        rings,
        [sets[ring] for ring in rings.ring_id],
        partners,
        pd.read_parquet(folder / "look_alikes.parquet"),
    )


def _member_sets(members: pd.DataFrame) -> dict[str, set[str]]:
    """The partners of each ring, or its consumers where it holds no partner."""
    chosen: dict[str, set[str]] = {}
    for ring, part in members.groupby("ring_id"):
        partners = set(part.id[part.kind == "partner"])
        chosen[str(ring)] = partners or set(part.id[part.kind == "consumer"])
    return chosen


def read_run(folder: Path, links: Links) -> reference.Found:
    """The rings of a run in rank order, and the score of each partner of `links`."""
    rings = pd.read_parquet(folder / "rings.parquet").sort_values("rank")
    sets = _member_sets(pd.read_parquet(folder / "ring_members.parquet"))
    scores = pd.read_parquet(folder / "partner_scores.parquet").set_index("partner_id").score
    return [sets[ring] for ring in rings.ring_id], scores.reindex(links.partners.partner_id).fillna(
        0
    ).to_numpy()


def judge(
    found: reference.Found, truth: Truth, links: Links
) -> tuple[dict[str, float], list[bool], pd.Series]:
    """The figures of one way on one world, which rings it found, and whom it accused."""
    rings, score = found
    quality = ring_quality(rings, truth.members)
    ids = links.partners.partner_id.to_numpy()
    positive = np.isin(ids, list(truth.partners))
    open_cases = (links.partners.verdict == "").to_numpy()
    best = set[str]().union(*rings[: quality.k]) if rings else set()
    alike = truth.look_alikes[truth.look_alikes.kind == "partner"]
    accused = alike[alike.id.isin(best - truth.partners)].groupby("look_alike").id.nunique()
    figures = {
        "recall": quality.recall,
        "precision@K": quality.precision_at_k,
        "AP unlabelled": average_precision(score[open_cases], positive[open_cases]),
        "AP all": average_precision(score, positive),
        "rings": float(len(rings)),
        "K": float(quality.k),
    }
    return figures, [place >= 0 for place in quality.matched], accused


def evaluate(
    world: Path, work: Path, *, ways: Sequence[str] = WAYS
) -> Iterator[tuple[str, dict[str, float], list[bool], pd.Series, Truth]]:
    """The judgement of each way on the world in that folder."""
    truth = read_truth(world.with_name(world.name + ".truth"))
    links = aggregate(read_tables(world))
    for way in ways:
        if way == "ringwatch":
            out = work / "run"
            subprocess.run(
                [sys.executable, "-m", "app.cli", "run", str(world), "--out", str(out), "--store", "none"],
                check=True,
                stderr=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
            found = read_run(out, links)
        else:
            found = getattr(reference, way)(links)
        yield (way, *judge(found, truth, links), truth)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=6000)
    parser.add_argument("--partners", type=int, default=2000)
    parser.add_argument("--orders", type=int, default=300_000)
    parser.add_argument("--folder", type=Path, nargs="*", default=[], help="worlds that are there already")
    parser.add_argument("--ways", nargs="*", default=WAYS, choices=WAYS)
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as scratch:
        for world, name in _worlds(given, Path(scratch), report):
            with tempfile.TemporaryDirectory() as work:
                for judgement in evaluate(world, Path(work), ways=given.ways):
                    report.add(name, *judgement)
    text = report.text()
    sys.stdout.write(text)
    if given.markdown:
        given.markdown.write_text(text, encoding="utf-8")


def _worlds(given: argparse.Namespace, scratch: Path, report: Report) -> Iterator[tuple[Path, str]]:
    if given.folder:
        yield from ((folder, folder.name) for folder in given.folder)
        return
    from graph.synthetic import write_world

    passed = 0
    for seed in itertools.count(given.first_seed):
        if passed == given.worlds:
            return
        world = scratch / f"world{seed}"
        write_world(world, seed=seed, partners=given.partners, orders=given.orders, profile="real")
        if audit(world).passes():
            passed += 1
            yield world, str(seed)
        else:
            report.dropped.append(str(seed))
        shutil.rmtree(world)


class Report:
    """Collects judgements; `text` is the markdown report."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []
        self.rings: list[pd.DataFrame] = []
        self.accused: list[pd.DataFrame] = []
        self.dropped: list[str] = []

    def add(
        self,
        world: str,
        way: str,
        figures: dict[str, float],
        found: list[bool],
        accused: pd.Series,
        truth: Truth,
    ) -> None:
        self.rows.append({"world": world, "way": way, **figures})
        self.rings.append(truth.rings[["typology", "carefulness", "labelled"]].assign(way=way, found=found))
        self.accused.append(accused.rename("partners").reset_index().assign(way=way))
        print(
            {"world": world, "way": way, **{k: round(v, 3) for k, v in figures.items()}},
            file=sys.stderr,
            flush=True,
        )

    def text(self) -> str:
        rows = pd.DataFrame(self.rows)
        rings = pd.concat(self.rings)
        rings["carefulness"] = pd.cut(
            rings.carefulness,
            [0, 1 / 3, 2 / 3, 1],
            include_lowest=True,
            labels=["careless", "middling", "careful"],
        )
        accused = pd.concat(self.accused)
        parts = {
            "By world": rows.set_index(["world", "way"]),
            "Mean and range": rows.groupby("way")[["recall", "precision@K", "AP unlabelled", "AP all"]].agg(
                ["mean", "min", "max"]
            ),
            "Rings found, by typology": _found_by(rings, "typology"),
            "Rings found, by carefulness": _found_by(rings, "carefulness"),
            "Rings found, by label": _found_by(rings, "labelled"),
            "Honest look-alikes among the best K rings (partners, all worlds)": accused.pivot_table(
                index="look_alike", columns="way", values="partners", aggfunc="sum", fill_value=0
            )
            if len(accused)
            else accused,
        }
        head = (
            f"`python -m benchmarks.quality`, worlds {', '.join(rows.world.unique())}; "
            f"left out by the leak audit: {', '.join(self.dropped) or 'none'}.\n\n"
        )
        return head + "".join(
            f"## {title}\n\n```\n{part.round(3).to_string()}\n```\n\n" for title, part in parts.items()
        )


def _found_by(rings: pd.DataFrame, key: str) -> pd.DataFrame:
    return rings.pivot_table(
        index=key, columns="way", values="found", aggfunc=["mean", "size"], observed=True
    )


if __name__ == "__main__":
    main()
