from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.serving import Measured, table

STEP = ("train", 2.0, 1.5, 900.0)


def test_the_table_has_a_column_a_size_and_a_row_a_step() -> None:
    steps = {"features": (("read tables", 1.0, 0.5, 100.0),), "neighbour trees": (STEP,)}
    small = Measured(
        20_000,
        1_000,
        steps,
        {"p50": 0.5, "p50 cpu": 0.4, "p99": 1.25, "p99 cpu": 1.0, "customers": 9.0},
        ("a", "a"),
    )
    large = Measured(40_000, 2_000, {"neighbour trees": (STEP,)}, digests=("a",))
    text = table([small, large])
    assert "| train | 2.0 (1.5), 900 | 2.0 (1.5), 900 |" in text
    assert "| read tables | 1.0 (0.5), 100 |  |" in text
    assert "| one newcomer, 99th percentile | 1.25 ms (1.00) |  |" in text
    assert "20,000 orders, trained twice with one seed: the same bytes." in text
    assert "40,000 orders, trained" not in text
    other = table([Measured(20_000, 1_000, digests=("a", "b"))])
    assert "other bytes" in other


def test_a_step_done_twice_is_told_apart() -> None:
    text = table([Measured(20_000, 1_000, {"training": (STEP, STEP)})])
    assert "| train | 2.0 (1.5), 900 |" in text
    assert "| train, again | 2.0 (1.5), 900 |" in text


@pytest.mark.slow
def test_a_small_world_is_measured(tmp_path: Path) -> None:
    """The parts that need few verdicts; the others are what the tests of `train` and `onboard` run."""
    out = tmp_path / "serving.md"
    command = [
        sys.executable,
        "-m",
        "benchmarks.serving",
        "--orders",
        "6000",
        "--parts",
        "features",
        "models",
    ]
    # belief propagation trains at once
    subprocess.run([*command, "--models", "3", "--markdown", str(out)], check=True, capture_output=True)
    text = out.read_text(encoding="utf-8")
    for step in ("features of the rows, by SQL", "belief propagation", "all partners"):
        assert f"| {step} |" in text or f"| **{step}** |" in text
    assert "known fraud" in text
