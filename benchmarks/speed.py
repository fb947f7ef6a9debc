"""Seconds and peak memory of `ringwatch run`, by step, and of detection alone, for worlds of growing size.

    python -m benchmarks.speed --orders 1000000 10000000 50000000

Each run is a process of its own; its steps come from its `run.json`, the total is the wall clock around it,
imports included. Detection alone is a second process that is handed the links and does what a run does with
them, without reading tables, training and pages: tie partners, judge members (the prior), find rings,
collect evidence. Worlds are written first, outside the clock, one partner to 150 orders.
"""

from __future__ import annotations

import argparse
import io
import itertools
import json
import math
import os
import pickle
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ORDERS = (1_000_000, 10_000_000, 50_000_000)
ORDERS_A_PARTNER = 150
DETECTION = ("tie partners", "judge members", "find rings", "collect evidence")
"""The steps of a run that are detection; what is between them is training."""

Step = tuple[str, float, float]


@dataclass(frozen=True)
class Measured:
    """A size: the run's wall-clock seconds, and (name, seconds, peak MiB) of its steps; detection's alone.

    `held_mib` is what the process of detection holds before it begins: the links, and what it imports.
    """

    orders: int
    rings: int
    seconds: float
    steps: tuple[Step, ...]
    alone: tuple[Step, ...]
    held_mib: float

    def detection_seconds(self) -> float:
        """Seconds of detection alone."""
        return sum(seconds for _, seconds, _ in self.alone)

    def detection_mib(self) -> float:
        """The highest resident memory of detection alone, the links and imports included."""
        return max((peak for *_, peak in self.alone), default=0.0)


def measure(orders: int, *, seed: int, store: str, folder: Path, whole: bool = True) -> Measured:
    """Make a world of that size in `folder`, and run it; `whole` false leaves out the run itself."""
    world, out = folder / "world", folder / "run"
    partners = max(100, orders // ORDERS_A_PARTNER)
    command = [sys.executable, "-m", "app.cli"]
    synth = ["synth", world, "--seed", seed, "--partners", partners, "--orders", orders]
    _call([*command, *synth])
    measured = Measured(orders, 0, 0.0, (), (), 0.0)
    if whole:
        place = f"embedded:{folder / 'store'}" if store == "embedded" else store
        started = time.perf_counter()
        _call([*command, "run", world, "--out", out, "--store", place])
        seconds = time.perf_counter() - started
        report = json.loads((out / "run.json").read_text(encoding="utf-8"))
        steps = tuple((step["name"], step["seconds"], step["peak_mib"]) for step in report["steps"])
        measured = replace(measured, rings=report["counts"]["rings"], seconds=seconds, steps=steps)
        shutil.rmtree(out)
    links = folder / "links.pickle"
    _child("links", world, links)
    shutil.rmtree(world)  # room for what follows: at 50 million orders every copy counts
    found = json.loads(_child("detect", links))
    alone = tuple((name, seconds, peak) for name, seconds, peak in found["steps"])
    return replace(measured, alone=alone, held_mib=found["held_mib"], rings=measured.rings or found["rings"])


def _call(words: Sequence[object]) -> None:
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL)


def _child(task: str, *paths: Path) -> str:
    """What this module's child process prints."""
    command = [sys.executable, "-m", "benchmarks.speed", "--child", task, *map(str, paths)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def keep_links(world: Path, out: Path) -> None:
    """Read the tables and keep the links that detection is handed."""
    from graph.aggregation import aggregate
    from graph.tables import read_tables

    with out.open("wb") as file:
        pickle.dump(aggregate(read_tables(world)), file, protocol=pickle.HIGHEST_PROTOCOL)


def detect_alone(links_file: Path) -> dict[str, object]:
    """Detection on kept links, without torch: the steps as (name, seconds, peak MiB), and what was held."""
    # imported first, so that no step pays for it
    from app.memory import give_back, keep_freed
    from app.progress import Steps, peak_mib
    from graph.prior import prior_risk
    from graph.projection import project
    from graph.rings import find_rings
    from graph.scoring import partner_scores, score_rings
    from graph.signals.context import build_context

    keep_freed()
    with links_file.open("rb") as file:
        links = pickle.load(file)  # noqa: S301  written by `keep_links` a moment ago
    steps = Steps(io.StringIO())
    with steps.step("held before"):
        pass
    held = peak_mib()
    with steps.step("tie partners"):
        projection = project(links)
        give_back()
    with steps.step("judge members"):
        risk = prior_risk(links, projection).risk
    with steps.step("find rings"):
        rings = find_rings(links, projection, risk, seed=0)
        give_back()
    with steps.step("collect evidence"):
        context = build_context(links, risk)
        context.complete()
        give_back()  # what is free would be copied where it is written on
        scored = score_rings(rings, context, projection)
        partner_scores(context, projection, scored)
    done = [(step.name, step.seconds, step.peak_mib) for step in steps.done[1:]]
    return {"steps": done, "held_mib": held, "rings": len(scored)}


def growth(measured: Sequence[Measured]) -> list[tuple[int, int, float]]:
    """(smaller, larger, exponent) of each two sizes that follow: seconds grow as orders to the exponent."""
    pairs = itertools.pairwise(measured)
    return [
        (
            one.orders,
            other.orders,
            math.log(other.detection_seconds() / one.detection_seconds())
            / math.log(other.orders / one.orders),
        )
        for one, other in pairs
    ]


def table(measured: list[Measured], store: str) -> str:
    """Markdown: detection alone, its growth, and the whole run; a column a size."""
    sizes = " | ".join(f"{run.orders:,} orders" for run in measured)
    ruler = "|---|" + "---:|" * len(measured)
    alone = [f"| detection alone: seconds, peak MiB | {sizes} |", ruler]
    alone += _rows([{step: (s, m) for step, s, m in run.alone} for run in measured])
    held = (f"{run.held_mib:,.0f}" for run in measured)
    alone.append("| held before: links and imports, MiB | " + " | ".join(held) + " |")
    totals = (f"{run.detection_seconds():.1f}, {run.detection_mib():,.0f}" for run in measured)
    alone.append("| **detection alone** | " + " | ".join(totals) + " |")
    alone.append("| rings | " + " | ".join(str(run.rings) for run in measured) + " |")
    exponents = "; ".join(f"{a:,} to {b:,} orders: orders^{grown:.2f}" for a, b, grown in growth(measured))
    parts = ["\n".join(alone), f"Growth of detection alone: {exponents or 'one size only'}."]
    if any(run.steps for run in measured):
        parts.append(_whole([run for run in measured if run.steps]))
    where = f"{os.cpu_count()} cores (load {os.getloadavg()[2]:.1f}), Python {platform.python_version()}"
    head = (
        f"`make bench-speed`, `--store {store}`, {where}; memory is that of the process itself. Detection "
        "alone is handed the links and the prior's risk; it reads no tables, trains nothing, writes no pages."
    )
    return "\n\n".join([head, *parts]) + "\n"


def _whole(measured: list[Measured]) -> str:
    sizes = " | ".join(f"{run.orders:,} orders" for run in measured)
    lines = [f"| a whole run: seconds, peak MiB | {sizes} |", "|---|" + "---:|" * len(measured)]
    lines += _rows([{step: (s, m) for step, s, m in run.steps} for run in measured])
    steps = [[s for name, s, _ in run.steps if name in DETECTION] for run in measured]
    lines.append("| of it detection | " + " | ".join(f"{sum(part):.1f}" for part in steps) + " |")
    totals = (f"{run.seconds:.1f}, {max(m for *_, m in run.steps):,.0f}" for run in measured)
    return "\n".join([*lines, "| **all, imports included** | " + " | ".join(totals) + " |"])


def _rows(by_size: list[dict[str, tuple[float, float]]]) -> list[str]:
    """A row a step: seconds and peak MiB of each size."""
    names = dict.fromkeys(name for steps in by_size for name in steps)
    rows = []
    for name in names:
        cells = (steps.get(name) for steps in by_size)
        rows.append(
            f"| {name} | " + " | ".join(f"{c[0]:.1f}, {c[1]:,.0f}" if c else "" for c in cells) + " |"
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--orders", type=int, nargs="+", default=ORDERS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", default="none")
    parser.add_argument(
        "--whole-up-to", type=int, default=10_000_000, help="orders; larger worlds see detection alone"
    )
    parser.add_argument("--folder", type=Path, help="where the worlds are made, one at a time")
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        _be_child(*given.child)
        return
    measured: list[Measured] = []
    for orders in given.orders:
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            whole = orders <= given.whole_up_to
            measured.append(
                measure(orders, seed=given.seed, store=given.store, folder=Path(folder), whole=whole)
            )
        # after each size: an hour's work must not be lost to the last one
        text = table(measured, given.store)
        if given.markdown:
            given.markdown.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def _be_child(task: str, *paths: str) -> None:
    if task == "links":
        keep_links(Path(paths[0]), Path(paths[1]))
    else:
        json.dump(detect_alone(Path(paths[0])), sys.stdout)


if __name__ == "__main__":
    main()
