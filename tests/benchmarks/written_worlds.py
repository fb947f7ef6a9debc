"""What a made-up world and its truth hold on disk."""

from __future__ import annotations

from pathlib import Path

import pandas as pd


def truth_table(world: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(world.with_name("world.truth") / f"{name}.parquet")


def files_of(world: Path) -> dict[str, bytes]:
    """The bytes of every file of the world and of its truth, by name."""
    truth = world.with_name(f"{world.name}.truth")
    return {path.name: path.read_bytes() for path in [*world.iterdir(), *truth.iterdir()]}
