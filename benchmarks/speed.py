"""Seconds and peak memory of `ringwatch run`, by step, for worlds of growing size.

    python -m benchmarks.speed --orders 300000 1000000 3000000 10000000

Each run is a process of its own; its steps come from its `run.json`, the total is the wall clock around it,
imports included. Worlds are written first, outside the clock, one partner to 150 orders.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ORDERS = (300_000, 1_000_000, 3_000_000, 10_000_000)
ORDERS_A_PARTNER = 150


@dataclass(frozen=True)
class Measured:
    """A run: its wall-clock seconds, and (name, seconds, peak MiB) of each step."""

    orders: int
    rings: int
    seconds: float
    steps: tuple[tuple[str, float, float], ...]


def measure(orders: int, *, seed: int, store: str, folder: Path) -> Measured:
    world, out = folder / "world", folder / "run"
    partners = max(100, orders // ORDERS_A_PARTNER)
    command = [sys.executable, "-m", "app.cli"]
    synth = ["synth", world, "--seed", seed, "--partners", partners, "--orders", orders]
    _call([*command, *synth])
    place = f"embedded:{folder / 'store'}" if store == "embedded" else store
    started = time.perf_counter()
    _call([*command, "run", world, "--out", out, "--store", place])
    seconds = time.perf_counter() - started
    report = json.loads((out / "run.json").read_text(encoding="utf-8"))
    steps = tuple((step["name"], step["seconds"], step["peak_mib"]) for step in report["steps"])
    return Measured(orders, report["counts"]["rings"], seconds, steps)


def _call(words: list[object]) -> None:
    subprocess.run([str(word) for word in words], check=True, stdout=subprocess.DEVNULL)


def table(measured: list[Measured], store: str) -> str:
    """A markdown table: a row a step, a column a size, seconds and peak MiB in each cell."""
    names = list(dict.fromkeys(name for run in measured for name, _, _ in run.steps))
    head = "| step: seconds, peak MiB | " + " | ".join(f"{run.orders:,} orders" for run in measured) + " |"
    lines = [head, "|---|" + "---:|" * len(measured)]
    for name in names:
        cells = ({step: (s, m) for step, s, m in run.steps}.get(name) for run in measured)
        lines.append(
            f"| {name} | " + " | ".join(f"{c[0]:.1f}, {c[1]:,.0f}" if c else "" for c in cells) + " |"
        )
    totals = (f"{run.seconds:.1f}, {max(m for *_, m in run.steps):,.0f}" for run in measured)
    lines.append("| **all, imports included** | " + " | ".join(totals) + " |")
    lines.append("| rings | " + " | ".join(str(run.rings) for run in measured) + " |")
    where = f"`--store {store}`, {os.cpu_count()} cores, Python {platform.python_version()}"
    return f"`ringwatch run`, {where}; memory is that of the process itself.\n\n" + "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, nargs="+", default=ORDERS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", default="none")
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    measured = []
    for orders in given.orders:
        with tempfile.TemporaryDirectory() as folder:
            measured.append(measure(orders, seed=given.seed, store=given.store, folder=Path(folder)))
        # after each size: an hour's work must not be lost to the last one
        text = table(measured, given.store)
        if given.markdown:
            given.markdown.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
