"""A hard world stays hard: no plain column, no components, no short script finds the planted rings."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.leak_audit import (
    COMPONENT_LIMIT,
    FLAT_LIMIT,
    SCRIPT_LIMIT,
    Audit,
    audit,
    flat_leaks,
)
from graph.synthetic import write_world


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    folder: Path = tmp_path_factory.mktemp("worlds") / "real"
    write_world(folder, seed=77)
    return audit(folder)


def test_no_flat_column_ranks_ring_partners(found: Audit) -> None:
    assert len(found.flat) > 90
    assert found.flat.iloc[0] <= FLAT_LIMIT, found.flat.head()


def test_components_find_at_most_a_third_of_the_rings(found: Audit) -> None:
    assert found.components.iloc[0] <= COMPONENT_LIMIT, found.components.head()


def test_the_obvious_script_finds_at_most_half_of_the_rings(found: Audit) -> None:
    assert found.script.iloc[0] <= SCRIPT_LIMIT, found.script.head()


def test_a_leak_is_seen_in_either_direction() -> None:
    ids = [f"p{i}" for i in range(100)]
    ring = {f"p{i}" for i in range(10)}
    member = np.array([one in ring for one in ids], dtype=float)
    columns = pd.DataFrame({"high": member, "low": -member, "flat": 1.0}, index=ids)
    assert flat_leaks(columns, ring).to_dict() == {"high": 1.0, "low": 1.0, "flat": 0.1}
