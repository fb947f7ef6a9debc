"""Made-up worlds and a run on one, made once a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.synthetic import write_world
from tests.app.calls import ringwatch


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 partners and 40,000 orders, with enough known frauds to train on."""
    folder = tmp_path_factory.mktemp("made") / "world"
    write_world(folder, seed=1, partners=400, orders=40_000, profile="easy")
    return folder


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """120 partners and 6,000 orders, where what is found is not the point."""
    folder = tmp_path_factory.mktemp("small") / "world"
    write_world(folder, seed=1, partners=120, orders=6_000, profile="easy")
    return folder


@pytest.fixture(scope="session")
def finished_run(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "run"
    assert ringwatch("run", world, "--out", out, "--store", "none").code == 0
    return out
