"""The rooms have common names: these tests hold that they are ours."""

from __future__ import annotations

import importlib
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("app", "gnn", "graph", "queries")


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_is_the_one_of_this_checkout(room: str) -> None:
    assert Path(importlib.import_module(room).__file__ or "").parent == ROOT / room


@pytest.mark.parametrize("room", ROOMS)
def test_no_other_distribution_claims_a_room(room: str) -> None:
    assert set(packages_distributions().get(room, ["ringwatch"])) == {"ringwatch"}


def test_the_wheel_holds_every_file_of_the_rooms_and_nothing_else(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == files
    suffixes = {(name.split("/")[0], name.rpartition(".")[2]) for name in packed}
    assert suffixes >= {
        ("queries", "cypher"),
        ("queries", "sql"),
        ("graph", "js"),
        ("graph", "css"),
        ("graph", "html"),
    }


def test_tests_are_no_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-uv.lock"])
def test_lock_files_pin_every_package_by_hash_and_name_no_index(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    blocks = [block for block in text.split("\n") if block and not block.startswith((" ", "#"))]
    assert blocks
    assert all("==" in block and block.endswith("\\") for block in blocks)


def test_the_lock_file_holds_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {text.split(">")[0].split("=")[0].strip().lower() for text in wanted}
    locked = {
        line.split("==")[0] for line in (ROOT / "requirements.lock").read_text().splitlines() if "==" in line
    }
    assert names <= locked


def test_the_versions_said_to_be_tested_are_those_that_are() -> None:
    texts = {
        name: (ROOT / name).read_text(encoding="utf-8")
        for name in ("README.md", "docker-compose.yml", "requirements.lock", "tests/neo4j/pom.xml")
    }
    neo4j = texts["tests/neo4j/pom.xml"].partition("<neo4j.version>")[2].partition("<")[0]
    arcadedb = texts["requirements.lock"].partition("arcadedb-embedded==")[2].split()[0]
    assert f"image: neo4j:{neo4j}-community\n" in texts["docker-compose.yml"]
    assert f"| Neo4j Community {neo4j}, " in texts["README.md"]
    assert f"| ArcadeDB {arcadedb}, " in texts["README.md"]


def test_make_lists_its_targets() -> None:
    done = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"demo", "test", "check"} <= {line.split()[0] for line in done.stdout.splitlines()}


def test_an_old_python_is_refused_in_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        ["make", "-s", f"VENV={tmp_path / 'venv'}", "PYTHON=/bin/false", "demo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "ringwatch needs Python 3.11 or newer" in done.stderr
    assert not (tmp_path / "venv").exists()
