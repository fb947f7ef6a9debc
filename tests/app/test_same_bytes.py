"""The same rings, byte for byte, whatever way the same rows come."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from graph.schema import EVENT_TABLES, TABLES
from tests.app.calls import ringwatch

FILES = (
    "rings.parquet",
    "ring_members.parquet",
    "evidence.parquet",
    "partner_scores.parquet",
    "lineage.parquet",
    "profile.json",
    "index.html",
)
COMMAND = Path(sys.executable).with_name("ringwatch")


def assert_same(run: Path, other: Path) -> None:
    pages = sorted(path.name for path in (run / "rings").iterdir())
    assert sorted(path.name for path in (other / "rings").iterdir()) == pages
    for name in (*FILES, *(f"rings/{page}" for page in pages)):
        assert (run / name).read_bytes() == (other / name).read_bytes(), name


def run_on(data: Path, out: Path, *options: str) -> Path:
    outcome = ringwatch("run", data, "--out", out, *(options or ("--store", "none")))
    assert outcome.code == 0, outcome.err
    return out


def tables(world: Path) -> dict[str, pa.Table]:
    return {path.stem: pq.read_table(path) for path in sorted(world.iterdir())}


def shuffled(table: pa.Table, seed: int) -> pa.Table:
    return table.take(np.random.default_rng(seed).permutation(table.num_rows))


def test_the_run_has_trained_and_found_rings(finished_run: Path) -> None:
    report = json.loads((finished_run / "run.json").read_text(encoding="utf-8"))
    assert report["risk"]["model"] == "stack"
    assert report["counts"]["rings"] >= 5
    assert report["counts"]["rings_left_out"] >= 0
    assert (pq.read_table(finished_run / "evidence.parquet").num_rows) >= 10


def test_shuffled_rows(world: Path, finished_run: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for seed, (name, table) in enumerate(tables(world).items()):
        pq.write_table(shuffled(table, seed), tmp_path / "data" / f"{name}.parquet")
    assert_same(finished_run, run_on(tmp_path / "data", tmp_path / "out"))


def test_csv(world: Path, finished_run: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for seed, (name, table) in enumerate(tables(world).items()):
        pa.csv.write_csv(shuffled(table, seed), tmp_path / "data" / f"{name}.csv")
    assert_same(finished_run, run_on(tmp_path / "data", tmp_path / "out"))


def test_through_the_store(world: Path, finished_run: Path, tmp_path: Path) -> None:
    store = f"embedded:{tmp_path / 'store'}"
    assert_same(finished_run, run_on(world, tmp_path / "out", "--store", store))
    # and then from the store alone: only the rows behind the evidence and the remarks on them are gone
    outcome = ringwatch("run", "--out", tmp_path / "alone", "--store", store)
    assert outcome.code == 0, outcome.err
    for name in ("rings.parquet", "ring_members.parquet", "partner_scores.parquet"):
        assert (tmp_path / "alone" / name).read_bytes() == (finished_run / name).read_bytes(), name
    columns = ["ring_id", "signal", "strength", "value", "baseline", "sentence", "ids"]
    ours, theirs = (
        pq.read_table(run / "evidence.parquet", columns=columns) for run in (tmp_path / "alone", finished_run)
    )
    assert ours.equals(theirs)


def test_rows_after_as_of(world: Path, finished_run: Path, tmp_path: Path) -> None:
    """Every event again a year later, with other outcomes, and verdicts on everybody."""
    as_of = json.loads((finished_run / "run.json").read_text(encoding="utf-8"))["as_of"]
    (tmp_path / "data").mkdir()
    for name, table in tables(world).items():
        frame = table.to_pandas()
        pq.write_table(
            pa.Table.from_pandas(pd.concat([frame, _later(name, frame, as_of)]), schema=table.schema),
            tmp_path / "data" / f"{name}.parquet",
        )
    run_on(tmp_path / "data", tmp_path / "out", "--store", "none", "--as-of", as_of)
    assert_same(finished_run, tmp_path / "out")


def _later(name: str, frame: pd.DataFrame, as_of: str) -> pd.DataFrame:
    spec = next(table for table in TABLES if table.name == name)
    if name not in (*EVENT_TABLES, "labels"):
        return frame.iloc[:0]
    after = datetime.fromisoformat(as_of).astimezone(UTC) + timedelta(seconds=1)
    later = frame.copy()
    shift = after - later[spec.moment].min()
    later[spec.moment] += shift
    if spec.key:
        later[spec.key] = "later-" + later[spec.key]
    if name == "orders":
        later["outcome"] = "defaulted"
        later["outcome_at"] = later["placed_at"]
    return later


@pytest.mark.parametrize("threads", ["1", "2"])
def test_one_or_two_threads_in_a_process_of_its_own(
    threads: str, world: Path, finished_run: Path, tmp_path: Path
) -> None:
    environ = os.environ | {
        "OMP_NUM_THREADS": threads,
        "NUMBA_NUM_THREADS": threads,
        "PYTHONHASHSEED": threads,
    }
    subprocess.run(
        [COMMAND, "run", world, "--out", tmp_path / "out", "--store", "none"],
        check=True,
        capture_output=True,
        env=environ,
    )
    assert_same(finished_run, tmp_path / "out")
