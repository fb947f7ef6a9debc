"""The worlds that benchmarks run on: made from seeds and audited for leaks, or folders of any maker."""

from __future__ import annotations

import argparse
import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.eighteenth_worlds import write_eighteenth_world
from benchmarks.judging import Truth, read_truth
from benchmarks.leak_audit import audit
from graph.aggregation import aggregate
from graph.links import Links
from graph.synthetic import write_world
from graph.tables import read_tables

MAKERS: Final[dict[str, Callable[..., None]]] = {
    "own": partial(write_world, profile="real"),
    "eighteenth": write_eighteenth_world,
}
"""Whose worlds are judged: our own maker's, on others of which forests were fitted, and those of a maker that
nothing was fitted to."""


@dataclass(frozen=True)
class World:
    """A world in a folder: `links` as labelled, `bare` read without the table of labels; its truth."""

    name: str
    folder: Path
    bare_folder: Path
    links: Links
    bare: Links
    truth: Truth


def add_arguments(parser: argparse.ArgumentParser, *, worlds: int, first_seed: int) -> None:
    """The arguments that choose worlds."""
    parser.add_argument("--worlds", type=int, default=worlds)
    parser.add_argument("--first-seed", type=int, default=first_seed)
    parser.add_argument("--maker", choices=MAKERS, default="own", help="another draws sizes of its own")
    parser.add_argument("--partners", type=int, default=2000)
    parser.add_argument("--orders", type=int, default=300_000)
    parser.add_argument("--folder", type=Path, nargs="*", default=[], help="worlds that are there already")


def chosen_worlds(given: argparse.Namespace, scratch: Path, dropped: list[str]) -> Iterator[World]:
    """The worlds asked for, each removed from `scratch` when the next one is; `dropped` names what leaked.

    Worlds that fail the leak audit are left out and the next seed is taken. Folders that are there already
    are taken as they are: their makers are others, and so is what they audit.
    """
    for folder, name in _folders(given, scratch, dropped):
        bare = scratch / f"{name}.bare"
        leave_out_labels(folder, bare)
        truth = read_truth(folder.with_name(f"{folder.name}.truth"))
        links, without = aggregate(read_tables(folder)), aggregate(read_tables(bare))
        yield World(name, folder, bare, links, without, truth)
        shutil.rmtree(bare)


def leave_out_labels(folder: Path, bare: Path) -> None:
    """Make `bare` a folder of links to every table in `folder` but the labels."""
    bare.mkdir()
    for path in sorted(folder.resolve().iterdir()):
        if path.name.partition(".")[0] != "labels":
            (bare / path.name).symlink_to(path)


def _folders(given: argparse.Namespace, scratch: Path, dropped: list[str]) -> Iterator[tuple[Path, str]]:
    if given.folder:
        yield from ((folder, folder.name) for folder in given.folder)
        return
    size = {"partners": given.partners, "orders": given.orders} if given.maker == "own" else {}
    make = partial(MAKERS[given.maker], **size)
    for folder in made_worlds(make, given.first_seed, given.worlds, scratch, dropped):
        yield folder, folder.name.removeprefix("world")


def made_worlds(
    make: Callable[..., None], first_seed: int, number: int, scratch: Path, dropped: list[str]
) -> Iterator[Path]:
    """So many worlds from that seed on, each removed with its truth when the next one is asked for.

    Worlds that fail the leak audit are left out, their seeds put in `dropped`, and the next seed is taken.
    """
    passed = 0
    for seed in itertools.count(first_seed):
        if passed == number:
            return
        folder = scratch / f"world{seed}"
        make(folder, seed=seed)
        if audit(folder).passes():
            passed += 1
            yield folder
        else:
            dropped.append(str(seed))
        shutil.rmtree(folder)
        shutil.rmtree(folder.with_name(f"{folder.name}.truth"))
