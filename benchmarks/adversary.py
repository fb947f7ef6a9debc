"""What is still found of rings while their makers turn one knob at a time, without labels.

    python -m benchmarks.adversary --worlds 3 --first-seed 9230

The same seeds are made again for every setting: a ring keeps its typology, its carefulness and its partners,
and only the knob moves. The first setting of every knob is at rest: today's mix of careless and careful
rings. Recall is that of the best 2K rings, K the number planted; precision that of the best K, both matched
one to one; average precision (AP) that of partner scores. The careful third are the rings of all worlds with
the highest carefulness; theirs is recall too. Cells: mean over worlds, least to most.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.detection import detect
from benchmarks.judging import judge, read_truth, thirds
from benchmarks.worlds import leave_out_labels
from graph.aggregation import aggregate
from graph.synthetic import Adversary, write_world
from graph.tables import read_tables

REST = "at rest"
KNOBS: Mapping[str, Mapping[str, Adversary]] = {
    "fragment: partners a cell": {str(n): Adversary(cell=n) for n in (4, 3, 2, 1)},
    "rotate identifiers: days each": {
        **{str(n): Adversary(rotate_days=n) for n in (30, 10, 3)},
        "one order": Adversary(rotate_days=0),
    },
    "camouflage: share of orders": {str(s): Adversary(camouflage=s) for s in (0.25, 0.5, 0.7, 0.85)},
    "slow down: 1 is a quarter of the orders, all the time": {
        str(s): Adversary(slow=s) for s in (0.25, 0.5, 0.75, 1.0)
    },
    "clone honest partners: share": {str(s): Adversary(clone=s) for s in (0.25, 0.5, 0.75, 1.0)},
    "pay up: share of fake orders that end as others do": {
        str(s): Adversary(pay_up=s) for s in (0.25, 0.5, 0.75, 1.0)
    },
}
"""What is turned, from the least to the most; every knob starts at rest."""
FIGURES = {"recall": "recall", "precision@K": "precision@K", "AP all": "partner AP"}


def settings() -> list[tuple[str, str, Adversary]]:
    """(knob, setting, adversary): at rest, and then every setting of every knob."""
    turned = [(knob, name, one) for knob, row in KNOBS.items() for name, one in row.items()]
    return [(REST, REST, Adversary()), *turned]


def judge_world(
    scratch: Path, *, seed: int, partners: int, orders: int, adversary: Adversary
) -> tuple[dict[str, float], pd.DataFrame]:
    """The figures of one world without its labels, and its rings: carefulness and whether found."""
    folder, bare = scratch / str(seed), scratch / f"{seed}.bare"
    write_world(folder, seed=seed, partners=partners, orders=orders, adversary=adversary)
    leave_out_labels(folder, bare)
    truth_folder = folder.with_name(f"{folder.name}.truth")
    links = aggregate(read_tables(bare))
    judged = judge(detect(links), read_truth(truth_folder), links)
    for one in (folder, bare, truth_folder):
        shutil.rmtree(one)
    return judged.figures, judged.planted


def measure(
    seeds: Iterable[int], *, partners: int, orders: int, only: str = ""
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(a row a world and setting, a row a ring of those); `only` keeps the knobs that begin so."""
    rows, rings = [], []
    with tempfile.TemporaryDirectory() as scratch:
        for knob, setting, adversary in settings():
            if knob != REST and not knob.startswith(only):
                continue
            for seed in seeds:
                figures, planted = judge_world(
                    Path(scratch), seed=seed, partners=partners, orders=orders, adversary=adversary
                )
                key = {"knob": knob, "setting": setting, "world": seed}
                rows.append({**key, **figures})
                rings.append(planted.assign(**key))
                print({**key, **{n: round(figures[n], 3) for n in FIGURES}}, file=sys.stderr, flush=True)
    return pd.DataFrame(rows), pd.concat(rings)


def careful_recall(rings: pd.DataFrame) -> pd.Series:
    """By knob, setting and world: the share found of the careful third of all worlds' rings at rest."""
    rest = rings[rings.knob == REST]
    third = thirds(rest.carefulness.astype(np.float64))
    careful = set(rest.carefulness[(third == "careful").to_numpy()])
    chosen = rings[rings.carefulness.isin(careful)]
    return chosen.groupby(["knob", "setting", "world"], sort=False).found.mean().rename("careful third")


def table_of(rows: pd.DataFrame, knob: str) -> pd.DataFrame:
    """A row a setting of that knob, the first at rest; each cell the mean over worlds, least to most."""
    shown = rows[rows.knob.isin((REST, knob))]
    columns = [*FIGURES, "careful third"]
    cells = {
        setting: {FIGURES.get(name, name): spread(part[name]) for name in columns}
        for setting, part in shown.groupby("setting", sort=False)
    }
    return pd.DataFrame(cells).T


def spread(values: pd.Series) -> str:
    """Mean, least and most."""
    return f"{values.mean():.2f} ({values.min():.2f} to {values.max():.2f})"


def report(rows: pd.DataFrame, rings: pd.DataFrame, given: argparse.Namespace) -> str:
    """The markdown report."""
    rows = rows.merge(careful_recall(rings).reset_index(), on=["knob", "setting", "world"], how="left")
    many = int((rings.knob == REST).sum())
    text = f"`python -m benchmarks.adversary`, worlds {', '.join(map(str, dict.fromkeys(rows.world)))} of "
    text += f"{given.partners:,} partners and {given.orders:,} orders, {many} rings in all; no labels. "
    text += f"{os.cpu_count()} cores, Python {platform.python_version()}.\n\n"
    text += "The same worlds are made for each setting, one knob turned at a time (`graph/synthetic/"
    text += (
        "adversary.py`). Recall within the best 2K rings, precision within the best K, K planted; partner "
    )
    text += (
        "AP over all partners; the careful third of the rings' recall. Mean over worlds (least to most).\n\n"
    )
    for knob in (knob for knob in KNOBS if (rows.knob == knob).any()):
        text += f"## {knob}\n\n```\n{table_of(rows, knob).to_string()}\n```\n\n"
    return text


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=9230)
    parser.add_argument("--partners", type=int, default=1000)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--only", default="", help="knobs that begin so")
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    seeds = range(given.first_seed, given.first_seed + given.worlds)
    rows, rings = measure(seeds, partners=given.partners, orders=given.orders, only=given.only)
    text = report(rows, rings, given)
    sys.stdout.write(text)
    if given.markdown:
        given.markdown.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
