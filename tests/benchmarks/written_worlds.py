"""What a made-up world and its truth hold on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from benchmarks.eighth_worlds import write_eighth_world
from benchmarks.fifth_worlds import write_fifth_world
from benchmarks.fourth_worlds import write_fourth_world
from benchmarks.further_worlds import write_further_world
from benchmarks.ninth_worlds import write_ninth_world
from benchmarks.seventh_worlds import write_seventh_world
from benchmarks.sixth_worlds import write_sixth_world
from benchmarks.tenth_worlds import write_tenth_world

KEYS: Final = {
    "partner": ("partners", "partner_id"),
    "consumer": ("consumers", "consumer_id"),
    "device": ("devices", "device_id"),
    "bank_account": ("bank_accounts", "account_id"),
}


@dataclass(frozen=True)
class Maker:
    """A maker of worlds, and the seed and the size of those that are tested."""

    write: Callable[..., None]
    seed: int
    partners: int
    orders: int

    def make(self, folder: Path, *, seed: int | None = None) -> Path:
        self.write(
            folder,
            seed=self.seed if seed is None else seed,
            partners=self.partners,
            orders=self.orders,
        )
        return folder


FURTHER: Final = Maker(write_further_world, seed=9201, partners=400, orders=40_000)
FOURTH: Final = Maker(write_fourth_world, seed=9301, partners=400, orders=40_000)
FIFTH: Final = Maker(write_fifth_world, seed=77, partners=600, orders=50_000)
SIXTH: Final = Maker(write_sixth_world, seed=64, partners=500, orders=40_000)
SEVENTH: Final = Maker(write_seventh_world, seed=3, partners=600, orders=60_000)
EIGHTH: Final = Maker(write_eighth_world, seed=29, partners=600, orders=50_000)
NINTH: Final = Maker(write_ninth_world, seed=8, partners=700, orders=60_000)
TENTH: Final = Maker(write_tenth_world, seed=1, partners=900, orders=70_000)


def truth_table(world: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(world.with_name("world.truth") / f"{name}.parquet")


def files_of(world: Path) -> dict[str, bytes]:
    """The bytes of every file of the world and of its truth, by name."""
    truth = world.with_name(f"{world.name}.truth")
    return {path.name: path.read_bytes() for path in [*world.iterdir(), *truth.iterdir()]}
