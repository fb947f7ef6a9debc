"""Seconds and peak memory of what production asks of models of risk, for worlds of growing size.

    python -m benchmarks.serving --orders 1000000 3000000 11500000 --markdown benchmarks/serving.md

A world has one partner to 20 orders unless told otherwise: 575,000 partners at 11.5 million. Each part is a
process of its own: reading and features; every member of the stack, fitted to the verdicts known and asked
about all partners; the command `ringwatch train` as a whole and by its steps, which fits as of two
moments; the command once more, at the first size, whose files have to be the same bytes; newcomers scored one
at a time. Seconds are those of the clock and, behind them, of the processor, all threads together: where they
are far apart the machine had other work.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import pickle
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.progress import Steps

ORDERS = (1_000_000, 3_000_000, 11_500_000)
ORDERS_A_PARTNER = 20
NEWCOMERS = 2_000
"""Partners scored one at a time: twenty of them are slower than the 99th percentile."""

PARTS = ("newcomers", "features", "models", "train", "again")
"""What is measured; "again" trains once more, at the first size, and compares the bytes of all files."""

Row = tuple[str, float, float, float]
"""A step: its name, seconds, seconds of the processor, and its highest resident memory in MiB."""


@dataclass(frozen=True)
class Measured:
    """A size: steps of every process by its name; percentiles of a newcomer in ms; a digest a training."""

    orders: int
    partners: int
    steps: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    newcomer_ms: dict[str, float] = field(default_factory=dict)
    digests: tuple[str, ...] = ()
    labels: dict[str, int] = field(default_factory=dict)


class Clock(Steps):
    """Keeps the steps of this process, and the seconds of the processor that each took."""

    def __init__(self) -> None:
        super().__init__(io.StringIO())
        self.cpu: list[float] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time the block as a step of that name."""
        spent = time.process_time()
        with super().step(name):
            yield
        self.cpu.append(time.process_time() - spent)

    def rows(self) -> list[Row]:
        """The steps so far."""
        return [
            (step.name, step.seconds, cpu, step.peak_mib)
            for step, cpu in zip(self.done, self.cpu, strict=True)
        ]


def features(world: Path, out: Path) -> dict[str, object]:
    """Read the world, work out all features, and keep what is known in `out`."""
    import gnn.models  # noqa: F401  imported first, so that no step pays for it
    from gnn.day_profile import entities_read
    from gnn.event_features import event_features
    from gnn.known import known
    from graph.aggregation import aggregate
    from graph.prior import prior_risk
    from graph.projection import project
    from graph.tables import read_tables

    clock = Clock()
    with clock.step("read tables"):
        tables = read_tables(world)
    with clock.step("link who dealt with whom"):
        links = aggregate(tables)
    with clock.step("tie partners, the risk that needs no verdict"):
        projection = project(links)
        prior = prior_risk(links, projection)
    with clock.step("features of the rows, by SQL"):
        events = event_features(tables, rows=entities_read(links))
    del tables
    with clock.step("features of links, the graph"):
        found = known(links, projection, prior, events=events, seed=0)
    with out.open("wb") as file:
        pickle.dump(found, file, protocol=pickle.HIGHEST_PROTOCOL)
    return {"steps": clock.rows()}


def one_model(known_file: Path, place: int) -> dict[str, object]:
    """Train the model at that place of the portfolio on what is known, and ask it about all partners."""
    from gnn.portfolio import candidates

    clock = Clock()
    with clock.step("held before"):
        with known_file.open("rb") as file:
            known = pickle.load(file)  # noqa: S301  written by `features` a moment ago
        labels = known.labels(seed=0)
        data = known.data.hearing(labels)
    model = candidates(known.features)[place]
    with clock.step("train"):
        model = model.fit(data, labels)
    with clock.step("all partners"):
        model.risk(data)
    counts = {"fraud": len(labels.fraud), "legit": len(labels.legit)}
    return {"steps": clock.rows(), "name": model.name, "labels": counts}


def whole(world: Path, models: Path) -> dict[str, object]:
    """The command `ringwatch train`, and a digest of all files of the model that it kept."""
    from app.loading import Reading
    from app.models import train_model

    clock, started, digest = Clock(), time.perf_counter(), hashlib.sha256()
    train_model(world, models, Reading(), seed=0, steps=clock)
    steps = clock.rows()
    everything = (
        "all",
        time.perf_counter() - started,
        time.process_time(),
        max(peak for _, _, _, peak in steps),
    )
    for file in sorted(path for path in models.rglob("*") if path.is_file()):
        digest.update(f"{file.relative_to(models)}\0{file.stat().st_size}\0".encode() + file.read_bytes())
    return {"steps": [*steps, everything], "digest": digest.hexdigest()}


def newcomers_one_by_one(world: Path) -> dict[str, object]:
    """Load the scorer, then ask it about the last partners that came, as if they were new, one by one."""
    import numpy as np

    from gnn.onboarding import MOST_IDS, Newcomer, newcomers, scorer
    from graph.aggregation import aggregate
    from graph.schema import Kind
    from graph.tables import read_tables

    clock = Clock()
    with clock.step("read tables, link"):
        links = aggregate(read_tables(world))
    with clock.step("load the scorer"):
        asked = scorer(links)
    codes = newcomers(links)[0][-NEWCOMERS:]
    place = np.full(links.size(Kind.PARTNER), -1)
    place[codes] = np.arange(len(codes))
    brought: list[list[tuple[str, ...]]] = []
    for name, key, kind in (
        ("paid_out_to", "bank_account", Kind.BANK_ACCOUNT),
        ("logged_in_from", "device", Kind.DEVICE),
        ("ordered_at", "consumer", Kind.CONSUMER),
    ):
        frame, ids = getattr(links, name), links.nodes(kind).iloc[:, 0].to_numpy()
        found: list[list[str]] = [[] for _ in codes]
        kept = np.flatnonzero(place[frame["partner"].to_numpy()] >= 0)
        for row, code in zip(
            place[frame["partner"].to_numpy()[kept]], frame[key].to_numpy()[kept], strict=True
        ):
            found[row].append(str(ids[code]))
        brought.append([tuple(one[:MOST_IDS]) for one in found])
    ids = links.partners["partner_id"].to_numpy()
    all_new = [
        Newcomer(accounts, devices, consumers, str(ids[code]))
        for accounts, devices, consumers, code in zip(*brought, codes.tolist(), strict=True)
    ]
    del links
    spent = np.empty((len(all_new), 2))
    with clock.step(f"{len(all_new):,} newcomers, one by one"):
        for number, newcomer in enumerate(all_new):
            started, used = time.perf_counter(), time.thread_time()
            asked.score(newcomer)
            spent[number] = time.perf_counter() - started, time.thread_time() - used
    percentiles = {
        f"p{at}{of}": float(np.percentile(spent[:, column], at)) * 1000
        for at in (50, 99)
        for column, of in enumerate(("", " cpu"))
    }
    customers = float(np.mean([len(one.consumers) for one in all_new]))
    return {"steps": clock.rows(), "ms": percentiles | {"customers": customers}}


def measure(
    orders: int, partners: int, *, seed: int, folder: Path, parts: Sequence[str], models: Sequence[int]
) -> Measured:
    """Make a world of that size in `folder`, and measure these `parts` of it, and these models."""
    world, kept = folder / "world", folder / "known.pickle"
    command = [sys.executable, "-m", "app.cli", "synth", world, "--seed", seed]
    subprocess.run(
        [str(word) for word in (*command, "--partners", partners, "--orders", orders)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    steps: dict[str, tuple[Row, ...]] = {}
    digests: tuple[str, ...] = ()
    newcomer_ms, labels = dict[str, float](), dict[str, int]()
    if "newcomers" in parts:
        found = _child("newcomers", world)
        steps["newcomers"], newcomer_ms = _rows(found), found["ms"]
    if "features" in parts:
        steps["features"] = _rows(_child("features", world, kept))
        for place in models if "models" in parts else ():
            found = _child("model", kept, place)
            steps[found["name"]], labels = _rows(found), found["labels"]
        kept.unlink()
    if "train" in parts:
        found = _child("train", world, folder / "models")
        steps["training"], digests = _rows(found), (found["digest"],)
        if "again" in parts:
            digests = (*digests, _child("train", world, folder / "again")["digest"])
    return Measured(orders, partners, steps, newcomer_ms, digests, labels)


def _rows(found: dict[str, Any]) -> tuple[Row, ...]:
    return tuple((name, seconds, cpu, peak) for name, seconds, cpu, peak in found["steps"])


def _child(*words: object) -> dict[str, Any]:
    """What this module's child process answers."""
    command = [sys.executable, "-m", "benchmarks.serving", "--child", *map(str, words)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    print(words[0], answer, file=sys.stderr, flush=True)  # a size takes long, and must not be lost whole
    found: dict[str, Any] = json.loads(answer)
    return found


def table(measured: Sequence[Measured]) -> str:
    """Markdown: seconds (of the processor) and peak MiB of every step, a column a size."""
    sizes = " | ".join(f"{one.orders:,} orders, {one.partners:,} partners" for one in measured)
    lines = [f"| s by the clock (of the processor), peak MiB | {sizes} |", "|---|" + "---:|" * len(measured)]
    processes = dict.fromkeys(process for one in measured for process in one.steps)
    for process in processes:
        lines.append(f"| **{process}** |" + " |" * len(measured))
        found = [{row[0]: row for row in _numbered(one.steps.get(process, ()))} for one in measured]
        for name in dict.fromkeys(name for rows in found for name in rows):
            lines.append(f"| {name} | " + " | ".join(_cell(rows.get(name)) for rows in found) + " |")
    for name, title in (("p50", "median"), ("p99", "99th percentile")):
        cells = (
            f"{one.newcomer_ms[name]:.2f} ms ({one.newcomer_ms[f'{name} cpu']:.2f})"
            if one.newcomer_ms
            else ""
            for one in measured
        )
        lines.append(f"| one newcomer, {title} | " + " | ".join(cells) + " |")
    where = f"{os.cpu_count()} cores (load {os.getloadavg()[2]:.1f}), Python {platform.python_version()}"
    head = (
        f'`make bench-serving`, {where}. A model\'s row "train" is one fit to all known verdicts, "all '
        'partners" asks it about every partner. **training** is the command `ringwatch train`: it works out '
        "what was known at two moments, fits every model at the earlier one, once a fold, and the best at "
        "the later."
    )
    notes = [
        f"{one.orders:,} orders: {one.labels['fraud']:,} partners are known fraud, "
        f"{one.labels['legit']:,} are cleared."
        for one in measured
        if one.labels
    ]
    notes += [
        f"{one.orders:,} orders, trained twice with one seed: "
        f"{'the same bytes' if len(set(one.digests)) == 1 else 'other bytes'}."
        for one in measured
        if len(one.digests) > 1
    ]
    notes += [
        f"{one.orders:,} orders: a newcomer brings {one.newcomer_ms['customers']:.0f} customers on average."
        for one in measured
        if one.newcomer_ms
    ]
    return "\n\n".join([head, "\n".join(lines), *notes]) + "\n"


def _numbered(rows: Sequence[Row]) -> Iterator[Row]:
    """A step that is done twice is told apart: the command learns from two moments."""
    seen: dict[str, int] = {}
    for name, seconds, cpu, peak in rows:
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}, again", seconds, cpu, peak


def _cell(row: Row | None) -> str:
    if row is None:
        return ""
    _, seconds, cpu, peak = row
    return f"{seconds:.1f}{f' ({cpu:.1f})' if cpu else ''}, {peak:,.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--orders", type=int, nargs="+", default=ORDERS)
    parser.add_argument("--orders-a-partner", type=int, default=ORDERS_A_PARTNER)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument(
        "--models", type=int, nargs="+", default=(0, 1, 2, 3, 4), help="places in the portfolio; 5: stack"
    )
    parser.add_argument("--folder", type=Path, help="where the worlds are made, one at a time")
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        task, *words = given.child
        json.dump(_TASKS[task](*words), sys.stdout)
        return
    measured: list[Measured] = []
    text = ""
    for number, orders in enumerate(given.orders):
        parts = [part for part in given.parts if part != "again" or not number]
        with tempfile.TemporaryDirectory(dir=given.folder) as folder:
            found = measure(
                orders,
                orders // given.orders_a_partner,
                seed=given.seed,
                folder=Path(folder),
                parts=parts,
                models=given.models,
            )
        measured.append(found)
        # after each size: an hour's work must not be lost to the last one
        text = table(measured)
        if given.markdown:
            given.markdown.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


_TASKS: dict[str, Callable[..., dict[str, object]]] = {
    "features": lambda world, out: features(Path(world), Path(out)),
    "model": lambda kept, place: one_model(Path(kept), int(place)),
    "train": lambda world, models: whole(Path(world), Path(models)),
    "newcomers": lambda world: newcomers_one_by_one(Path(world)),
}

if __name__ == "__main__":
    main()
