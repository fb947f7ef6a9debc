from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from benchmarks.speed import DETECTION, Measured, detect_alone, growth, table
from tests.graph.small_worlds import planted


def measured(orders: int, seconds: float) -> Measured:
    steps = (("tie partners", seconds / 2, 900.0), ("find rings", seconds / 2, 1000.0))
    run = (("read tables", 1.0, 500.0), *steps)
    return Measured(orders, 7, seconds + 1, run, steps, 400.0)


def test_growth_is_the_slope_between_two_sizes_on_logarithms() -> None:
    sizes = [measured(1_000, 2.0), measured(10_000, 20.0), measured(40_000, 320.0)]
    assert growth(sizes) == [(1_000, 10_000, pytest.approx(1)), (10_000, 40_000, pytest.approx(2))]


def test_the_table_sums_detection_and_takes_its_highest_memory() -> None:
    text = table([measured(1_000, 2.0), measured(10_000, 20.0)], "none")
    assert "| **detection alone** | 2.0, 1,000 | 20.0, 1,000 |" in text
    assert "1,000 to 10,000 orders: orders^1.00" in text
    assert "| of it detection | 2.0 | 20.0 |" in text


def test_detection_alone_runs_every_step_on_kept_links(tmp_path: Path) -> None:
    rows, _ = planted(1)
    file = tmp_path / "links.pickle"
    file.write_bytes(pickle.dumps(rows.links()))
    found = detect_alone(file)
    assert [name for name, *_ in found["steps"]] == list(DETECTION)
    assert found["rings"] >= 1
