"""What each channel and each detector is worth: out in turn, and what that costs.

    python -m benchmarks.ablation --worlds 6 --first-seed 20000

A channel is taken out of the projection, before anything looks at it: its weights and surprises become 0,
and pairs that nothing else ties are dropped. The prior is worked out again, and where there are labels the
members' risk is trained again. A detector is taken out of the list that candidates come from; ties and risk
stay, since detectors do not enter them. Each is judged on the same worlds with everything in, so the cost
is a paired difference, with a bootstrap interval over worlds.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd

from benchmarks.detection import judge_members, rings_of
from benchmarks.judging import FIGURES, Found, interval, judge
from benchmarks.worlds import World, add_arguments, chosen_worlds
from graph.detectors import DETECTORS
from graph.links import Links
from graph.projection import Projection, project, with_affinity

SHOWN = FIGURES[:3]
NOTHING = "nothing"


def without_channel(projection: Projection, channel: str) -> Projection:
    """The projection as if that channel had tied nobody; the columns stay where they are."""
    column = projection.column(channel)
    weight, surprise = projection.weight.copy(), projection.surprise.copy()
    weight[:, column], surprise[:, column] = 0, 0
    tied = (weight > 0).any(axis=1) | (surprise > 0).any(axis=1)
    return replace(
        projection,
        left=projection.left[tied],
        right=projection.right[tied],
        weight=weight[tied],
        surprise=surprise[tied],
    )


@contextmanager
def without_detector(name: str) -> Iterator[None]:
    """Candidates come from every detector but that one."""
    rest = tuple(pair for pair in DETECTORS if pair[0] != name)
    with mock.patch("graph.rings.DETECTORS", rest):
        yield


def ablated(links: Links) -> Iterator[tuple[str, str, Found]]:
    """What is out (a part and its name), and what is then found."""
    projection = project(links)
    whole = judge_members(links, projection)
    yield NOTHING, NOTHING, rings_of(whole)
    for name, _ in DETECTORS:
        with without_detector(name):
            yield "detector", name, rings_of(whole)
    for channel in projection.channels:
        left = with_affinity(without_channel(projection, channel), links)
        yield "channel", channel, rings_of(judge_members(links, left))


def judged(world: World, labels: str) -> Iterator[dict[str, object]]:
    """A row of figures for everything taken out in turn, with labels or with none."""
    links = world.links if labels == "labels" else world.bare
    for part, name, found in ablated(links):
        figures = judge(found, world.truth, world.links).figures
        yield {"world": world.name, "labels": labels, "part": part, "out": name, **figures}


def costs(rows: pd.DataFrame) -> pd.DataFrame:
    """The mean over worlds of (everything in - this out) by figure, with its paired interval.

    Positive: it is missed. Index: labels, part, out; columns: figure, then mean, low, high.
    """
    keys = ["labels", "world"]
    whole = rows[rows.out == NOTHING].set_index(keys)
    result: dict[tuple[object, ...], dict[tuple[str, str], float]] = {}
    for key, part in rows[rows.out != NOTHING].groupby(["labels", "part", "out"], sort=False):
        here = part.set_index(keys)
        cell = {}
        for figure in SHOWN:
            difference = (whole[figure].reindex(here.index) - here[figure]).to_numpy(np.float64)
            low, high = interval(difference)
            cell |= {
                (figure, "mean"): float(difference.mean()),
                (figure, "low"): low,
                (figure, "high"): high,
            }
        result[key] = cell
    return pd.DataFrame(result).T


def shown(cost: pd.DataFrame) -> pd.DataFrame:
    """The costs as text, with a star where the interval leaves 0 out."""

    def cell(row: pd.Series) -> str:
        star = "*" if row["low"] > 0 or row["high"] < 0 else " "
        return f"{row['mean']:+.3f} [{row['low']:+.3f}, {row['high']:+.3f}]{star}"

    return pd.DataFrame({figure: cost[figure].apply(cell, axis=1) for figure in SHOWN})


def text_of(rows: pd.DataFrame, dropped: list[str]) -> str:
    """The markdown report."""
    cost, whole = costs(rows), rows[rows.out == NOTHING]
    names = list(dict.fromkeys(map(str, rows.world)))
    parts = [
        f"`make bench-ablation`, worlds {', '.join(names)}; left out by the leak audit: "
        f"{', '.join(dropped) or 'none'}. {os.cpu_count()} cores, Python {platform.python_version()}.",
        "What each part is worth: the figure with everything in less the figure without the part, mean over "
        "worlds with a 95 % paired bootstrap interval, `*` where it leaves 0 out. Positive: the part is "
        "missed. Without a channel the prior is worked out again and, with labels, risk is trained again; "
        "without a detector ties and risk stay as they are. A channel's ties also feed other channels' "
        "detectors, and the groups of customers and refund circles that members' risk reads stay in.",
    ]
    for labels in dict.fromkeys(rows.labels):
        mean = whole[whole.labels == labels][list(SHOWN)].mean()
        all_in = ", ".join(f"{name} {value:.3f}" for name, value in mean.items())
        table = shown(cost.loc[labels]).to_string()
        parts.append(f"## {str(labels).capitalize()}\n\nEverything in: {all_in}.\n\n```\n{table}\n```")
    return "\n\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser, worlds=6, first_seed=20_000)
    parser.add_argument("--labels", nargs="*", default=["labels", "no labels"])
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    rows: list[dict[str, object]] = []
    dropped: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        for world in chosen_worlds(given, Path(scratch), dropped):
            for labels in given.labels:
                rows += judged(world, labels)
            print(f"{world.name} is done.", file=sys.stderr, flush=True)
    text = text_of(pd.DataFrame(rows), dropped)
    sys.stdout.write(text)
    if given.markdown:
        given.markdown.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
