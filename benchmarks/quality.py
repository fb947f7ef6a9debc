"""Ring recall, precision and partner average precision on made-up worlds, beside what others would do.

    python -m benchmarks.quality --worlds 20 --first-seed 20000
    python -m benchmarks.quality --folder worlds/a worlds/b

Each world is made, audited for leaks, and judged twice: with its labels, and read again without the table of
labels. Detection is the function that `ringwatch run` calls, in this process; on the first world (`--check`)
the command itself is run as well and has to give the same. Worlds that fail the leak audit are left out and
named. Seeds from 20000 on were not looked at while generator and detectors were made; take others once they
have been. `--folder` takes worlds of any maker, each with its truth beside it in FOLDER.truth.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.detection import CAN_PRUNE, detect, detect_by_command, judge_members, rings_of, same
from benchmarks.judging import (
    FIGURES,
    Found,
    Judgement,
    Truth,
    brier,
    interval,
    judge,
    read_truth,
    reliability,
    share_interval,
    summary,
    thirds,
)
from benchmarks.rivals import RIVALS
from benchmarks.worlds import World, add_arguments, chosen_worlds
from graph.projection import project
from graph.records import FLAG_SCORE

__all__ = ["Truth", "read_truth"]

LABELLED, BARE = "ringwatch", "ringwatch, no labels"
RIVAL_NAMES = tuple(rival.name for rival in RIVALS)


def ways(world: World, names: list[str]) -> Iterator[tuple[str, Found]]:
    """What each way finds in that world; the rivals read it with its labels."""
    yield LABELLED, detect(world.links)
    yield BARE, detect(world.bare)
    for rival in RIVALS:
        if rival.name in names:
            yield rival.name, rival.find(world.links)


def pruning(world: World) -> Iterator[tuple[str, Found]]:
    """The rings with and without pruned members, with labels and without."""
    for labels, links in (("labels", world.links), ("no labels", world.bare)):
        judged = judge_members(links, project(links))
        for prune in (True, False):
            yield f"{labels}, {'pruned' if prune else 'unpruned'}", rings_of(judged, prune=prune)


def command_agrees(world: World, found: dict[str, Found]) -> bool:
    """Whether `ringwatch run` on the world's folders gives what was found in this process."""
    with tempfile.TemporaryDirectory() as scratch:
        labelled = detect_by_command(world.folder, Path(scratch, "labelled"), world.links)
        bare = detect_by_command(world.bare_folder, Path(scratch, "bare"), world.links)
    return same(labelled, found[LABELLED]) and same(bare, found[BARE])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_arguments(parser, worlds=20, first_seed=20_000)
    parser.add_argument("--rivals", nargs="*", default=RIVAL_NAMES, choices=RIVAL_NAMES)
    parser.add_argument("--check", type=int, default=1, help="worlds on which the command itself is run too")
    parser.add_argument("--gds", action="store_true", help="run Neo4j Graph Data Science too (Java, Maven)")
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    report = Report()
    with tempfile.TemporaryDirectory() as scratch:
        for number, world in enumerate(chosen_worlds(given, Path(scratch), report.dropped)):
            found = dict(ways(world, given.rivals))
            for way, one in found.items():
                report.add(world.name, way, judge(one, world.truth, world.links))
            if number < given.check:
                report.checked.append((world.name, command_agrees(world, found)))
            for way, one in pruning(world) if CAN_PRUNE else ():
                report.add_pruning(world.name, way, judge(one, world.truth, world.links))
            if given.gds:
                report.compare_with_gds(world)
    text = report.text()
    sys.stdout.write(text)
    if given.markdown:
        given.markdown.write_text(text, encoding="utf-8")
    if not all(agrees for _, agrees in report.checked):
        raise SystemExit("The command line gave other rings than the same function in this process.")


class Report:
    """Collects judgements; `text` is the markdown report."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []
        self.planted: list[pd.DataFrame] = []
        self.predicted: list[pd.DataFrame] = []
        self.pruning: list[dict[str, object]] = []
        self.gds: list[dict[str, object]] = []
        self.dropped: list[str] = []
        self.checked: list[tuple[str, bool]] = []

    def add(self, world: str, way: str, judged: Judgement) -> None:
        """Take in how that way did on that world, and tell standard error."""
        row: dict[str, object] = {"world": world, "way": way, **judged.figures}
        self.rows.append(row)
        self.planted.append(judged.planted.assign(world=world, way=way))
        self.predicted.append(judged.predicted.assign(world=world, way=way))
        said = {name: round(value, 3) if isinstance(value, float) else value for name, value in row.items()}
        print(said, file=sys.stderr, flush=True)

    def add_pruning(self, world: str, way: str, judged: Judgement) -> None:
        """Take in a run with members pruned or not."""
        self.pruning.append({"world": world, "way": way, **judged.figures})

    def compare_with_gds(self, world: World) -> None:
        """Run the vendors' recipe in the vendor's own library."""
        from benchmarks.gds import compare

        self.gds.append(compare(world))

    def text(self) -> str:
        rows, planted, predicted = pd.DataFrame(self.rows), pd.concat(self.planted), pd.concat(self.predicted)
        planted = planted[planted.way != "flat tree"]
        planted["third"] = thirds_of(planted)
        planted["carefulness"] = pd.cut(
            planted.carefulness.astype(np.float64),
            [0, 1 / 3, 2 / 3, 1],
            include_lowest=True,
            labels=["0 to 1/3", "1/3 to 2/3", "2/3 to 1"],
        )
        scored = predicted[predicted.way.isin((LABELLED, BARE))]
        parts: dict[str, pd.DataFrame | str] = {
            "Over worlds: mean [95 % interval], least to most": spread_over(rows),
            "Rings found within the best 2K, by typology": found_by(planted, "typology"),
            "Rings found, by third of the rings: the least careful to the most": found_by(planted, "third"),
            "Rings found, by carefulness": found_by(planted, "carefulness"),
            "Rings found, by whether any member was reviewed": found_by(planted, "labelled"),
            "The score as a probability": calibration(scored),
            f"Flagged: score >= {FLAG_SCORE}": flagged(scored),
            "Among the best K rings": among(predicted[predicted.best]),
            "Honest look-alikes among the best K, rings by kind": kinds(predicted[predicted.best]),
            "Honest look-alikes among the flagged, rings by kind": kinds(scored[scored.flagged.astype(bool)]),
        }
        for way in (LABELLED, BARE):
            ours = scored[scored.way == way]
            parts[f"Reliability: {way}"] = reliability(ours.score.to_numpy(), ours.true.to_numpy())
        if self.pruning:
            parts["Members pruned or not"] = spread_over(pd.DataFrame(self.pruning))
            parts["Members pruned or not, by world"] = by_world(pd.DataFrame(self.pruning))
        if self.gds:
            parts["The vendors' recipe in Neo4j Graph Data Science"] = pd.DataFrame(self.gds)
        parts["By world"] = by_world(rows)
        return self.head(rows) + "".join(section(title, part) for title, part in parts.items())

    def head(self, rows: pd.DataFrame) -> str:
        """What was run, where, and whether the command line agrees."""
        names = list(dict.fromkeys(map(str, rows.world)))
        agree = ", ".join(f"{world} ({'yes' if same else 'NO'})" for world, same in self.checked) or "none"
        return (
            f"`python -m benchmarks.quality`, worlds {', '.join(names)}; left "
            f"out by the leak audit: {', '.join(self.dropped) or 'none'}. {os.cpu_count()} cores, Python "
            f"{platform.python_version()}.\n\n"
            "Recall is that of the best 2K rings, K the number planted; precision that of the best K; "
            "both matched one to one. Average precision (AP) is that of partner scores: among the partners "
            "nobody has reviewed in the labelled world, with labels and without, and among all. Intervals: "
            "95 %, bootstrap over worlds. A ring is true where two thirds of its members lie in one planted "
            "ring, and a look-alike where it is not and two thirds of them lie in one honest group. "
            "`benchmarks/rivals.py` states the recipe of every rival; a flat tree names no rings.\n\n"
            f"Same rings and scores from the command line: {agree}.\n\n"
        )


def section(title: str, part: pd.DataFrame | str) -> str:
    text = part if isinstance(part, str) else part.round(3).to_string(na_rep="-")
    return f"## {title}\n\n```\n{text}\n```\n\n"


def thirds_of(planted: pd.DataFrame) -> pd.Series:
    """Each row's third of the rings of all worlds, the same for every way."""
    rings = planted[planted.way == planted.way.iloc[0]]
    third = thirds(rings.carefulness.astype(np.float64))
    key = pd.MultiIndex.from_arrays([rings.world, rings.index])
    return pd.Series(third.array, index=key).reindex([planted.world, planted.index]).array


def spread_over(rows: pd.DataFrame) -> pd.DataFrame:
    """Each figure in one cell: mean, interval, least and most over worlds."""
    numbers = summary(rows, "way")
    cells = {}
    for figure in FIGURES:
        part = numbers[figure]
        cells[figure] = [
            "-"
            if np.isnan(r.mean_)
            else f"{r.mean_:.3f} [{r.low:.3f}, {r.high:.3f}] {r.min_:.2f}-{r.max_:.2f}"
            for r in part.rename(columns={"mean": "mean_", "min": "min_", "max": "max_"}).itertuples()
        ]
    return pd.DataFrame(cells, index=numbers.index)


def found_by(planted: pd.DataFrame, key: str) -> pd.DataFrame:
    """Share of planted rings found, by `key` and way, over all worlds; intervals resample worlds."""
    cells: dict[str, dict[object, str]] = {}
    sizes: dict[object, int] = {}
    for (way, value), part in planted.groupby(["way", key], sort=False, observed=True):
        by_world = part.groupby("world").found.agg(["sum", "size"])
        low, high = share_interval(by_world["sum"].to_numpy(), by_world["size"].to_numpy())
        share = f"{part.found.mean():.3f}"
        ours = way in (LABELLED, BARE)
        cells.setdefault(str(way), {})[value] = f"{share} [{low:.2f}, {high:.2f}]" if ours else share
        sizes[value] = len(part)
    kinds = planted[key].astype("category").cat.categories
    frame = pd.DataFrame({"rings": sizes}).reindex([value for value in kinds if value in sizes])
    return frame.join(pd.DataFrame(cells))


def calibration(scored: pd.DataFrame) -> pd.DataFrame:
    """Brier score of the ring score beside that of the base rate, mean over worlds with its interval."""
    rows = {}
    for way, ours in scored.groupby("way", sort=False):
        of_world = [brier(w.score.to_numpy(), w.true.to_numpy()) for _, w in ours.groupby("world")]
        low, high = interval(of_world)
        base = float(ours.true.mean())
        rows[way] = {
            "rings": len(ours),
            "are true": base,
            "Brier": float(np.nanmean(of_world)),
            "low": low,
            "high": high,
            "Brier, all worlds as one": brier(ours.score.to_numpy(), ours.true.to_numpy()),
            "Brier of the base rate": base * (1 - base),
        }
    return pd.DataFrame(rows).T


def among(predicted: pd.DataFrame) -> pd.DataFrame:
    """Rings of all worlds by way: true, honest look-alikes, and neither; and the look-alikes' share."""
    rows = {}
    for way, part in predicted.groupby("way", sort=False):
        alike = int((part.look_alike != "").sum())
        true = int(part.true.sum())
        rows[way] = {
            "rings": len(part),
            "true": true,
            "look-alikes": alike,
            "neither": len(part) - true - alike,
            "share of look-alikes": alike / max(len(part), 1),
        }
    return pd.DataFrame(rows).T


def flagged(scored: pd.DataFrame) -> pd.DataFrame:
    """What is flagged, by way."""
    return among(scored[scored.flagged.astype(bool)])


def kinds(predicted: pd.DataFrame) -> pd.DataFrame | str:
    """Look-alike rings by kind and way."""
    alike = predicted[predicted.look_alike != ""]
    if alike.empty:
        return "none"
    table = alike.pivot_table(index="look_alike", columns="way", values="true", aggfunc="size", fill_value=0)
    return table[[way for way in dict.fromkeys(predicted.way) if way in table]]


def by_world(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.set_index(["world", "way"])


if __name__ == "__main__":
    main()
