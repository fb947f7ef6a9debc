"""The command line: help, version, queries, quiet ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from app.cli import _moment_text
from app.cli import ringwatch as group
from graph.store import Store, open_store
from queries.library import list_queries
from tests.app.calls import ringwatch
from tests.conftest import neo4j_environ
from tests.graph.test_store import assert_same

COMMAND = Path(sys.executable).with_name("ringwatch")


@pytest.mark.parametrize("name", sorted(group.commands))
def test_each_help_shows_an_example(name: str) -> None:
    outcome = ringwatch(name, "--help")
    assert outcome.code == 0
    assert f"Example:\n    ringwatch {name}" in outcome.out


def test_the_commands_are_those_promised() -> None:
    assert sorted(group.commands) == [
        "demo",
        "evaluate",
        "expire",
        "explain",
        "export",
        "load",
        "onboard",
        "promote",
        "query",
        "rollback",
        "run",
        "synth",
        "train",
    ]


def test_version() -> None:
    assert ringwatch("--version").out.startswith("ringwatch 0.")


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom app.cli import ringwatch\n"
        "ringwatch.main(['--help'], standalone_mode=False)\n"
        "heavy = {'torch', 'pandas', 'numpy', 'duckdb', 'igraph', 'numba', 'neo4j'} & set(sys.modules)\n"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_help_is_quick() -> None:
    """Seconds of processor time, which are the wall's too on an idle machine and bear a busy one."""

    def seconds() -> float:
        before = os.times()
        subprocess.run([COMMAND, "--help"], check=True, capture_output=True)
        after = os.times()
        return sum(after[2:4]) - sum(before[2:4])  # those of children, user and system

    assert min(seconds() for _ in range(5)) < 0.3


def test_an_installation_that_can_write_nowhere_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    # root may write everywhere: of the places where numba looks this leaves one, and it cannot be written
    nowhere = {
        "NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator",
        "NUMBA_CACHE_DIR": str(tmp_path / "file" / "in"),
    }
    done = subprocess.run(
        [COMMAND, "train", tmp_path, "--out", tmp_path / "models"],
        env=os.environ | nowhere,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "set NUMBA_CACHE_DIR to a folder that can be written." in done.stderr


def test_the_list_of_queries_is_the_library() -> None:
    listed = json.loads(ringwatch("query", "--list", "--format", "json").out)
    assert [row["name"] for row in listed] == [query.name for query in list_queries()]


def test_a_reader_that_leaves_early_is_no_failure() -> None:
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{COMMAND} query --list | true"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_load_then_query_in_every_format(small_world: Path, tmp_path: Path) -> None:
    store = f"embedded:{tmp_path / 'store'}"
    assert ringwatch("load", small_world, "--store", store).code == 0
    ask = ("query", "find/shared-bank-accounts", "--param", "min_partners=2", "--store", store)
    rows = json.loads(ringwatch(*ask, "--format", "json").out)
    assert rows
    assert all(row["partners"] >= 2 for row in rows)
    assert len(ringwatch(*ask, "--format", "csv").out.splitlines()) == len(rows) + 1
    assert len(ringwatch(*ask).out.splitlines()) == len(rows) + 2
    partner = next(id_ for row in rows for id_ in row["partner_ids"])
    look = ("query", "inspect/partner", "--param", f"partner_id={partner}", "--store", store)
    (row,) = json.loads(ringwatch(*look, "--format", "json").out)  # programs get numbers, people a day
    assert isinstance(row["onboarded_at"], int)
    told = datetime.fromtimestamp(row["onboarded_at"] // 1000, UTC)
    assert f"{told:%Y-%m-%dT%H:%M:%SZ}" in ringwatch(*look).out
    again = ringwatch("load", small_world, "--store", store)
    assert "0 created, 0 updated, 0 removed" in again.err


@pytest.mark.parametrize(
    ("moment_ms", "words"),
    [(1_700_000_000_123, "2023-11-14T22:13:20Z"), (-1, ""), (10**18, str(10**18)), (-(10**30), f"-{10**30}")],
)
def test_a_moment_that_no_calendar_has_is_no_day(moment_ms: int, words: str) -> None:
    assert _moment_text(moment_ms) == words


def test_day_by_day_then_expire(small_world: Path, tmp_path: Path) -> None:
    store, once = f"embedded:{tmp_path / 'store'}", f"embedded:{tmp_path / 'once'}"
    days = ["2024-08-01", "2024-08-02", "2024-09-15T12:00:00Z"]
    assert ringwatch("load", small_world, "--as-of", days[0], "--store", store).code == 0
    for since, as_of in pairwise(days):
        outcome = ringwatch("load", small_world, "--since", since, "--as-of", as_of, "--store", store)
        assert outcome.code == 0, outcome.err
    again = ringwatch("load", small_world, "--since", days[1], "--as-of", days[2], "--store", store)
    assert "it was in the store already" in again.err
    assert ringwatch("load", small_world, "--as-of", days[2], "--store", once).code == 0
    held = []
    for folder in ("store", "once"):
        with open_store("embedded", folder=tmp_path / folder) as opened:
            held.append(opened.read_links())
    assert_same(*held)
    wrong = ringwatch("load", small_world, "--since", days[0], "--store", store)
    assert wrong.code == 2
    assert "2024-08-01" in wrong.err
    outcome = ringwatch("expire", "--before", "2024-06-01", "--store", store)
    assert outcome.code == 0, outcome.err
    assert "links began before and go on" in outcome.out
    with open_store("embedded", folder=tmp_path / "store") as opened:
        left = opened.read_links()
    cut = int(datetime(2024, 6, 1, tzinfo=UTC).timestamp() * 1000)
    assert left.ordered_at["last_at"].min() >= cut
    assert len(left.ordered_at) == (held[0].ordered_at["last_at"] >= cut).sum()


def test_since_needs_a_store_that_is_there(small_world: Path, tmp_path: Path) -> None:
    outcome = ringwatch("load", small_world, "--since", "2024-08-01", "--store", f"embedded:{tmp_path / 's'}")
    assert (outcome.code, "There is no embedded store" in outcome.err) == (2, True)


def test_bulk_writes_files_and_says_how_to_import_them(small_world: Path, tmp_path: Path) -> None:
    outcome = ringwatch("load", small_world, "--bulk", tmp_path / "two words")
    assert outcome.code == 0, outcome.err
    command = outcome.out.splitlines()[-1]
    assert command.startswith(f"cd '{tmp_path}/two words' && neo4j-admin database import full neo4j ")
    named = {word.rpartition("=")[2] for word in command.split() if word.endswith(".csv")}
    assert named == {path.name for path in (tmp_path / "two words").iterdir()}
    again = ringwatch("load", small_world, "--bulk", tmp_path / "two words")
    assert (again.code, "is not empty; choose an empty or a new one" in again.err) == (2, True)


def test_explain_needs_no_store() -> None:
    outcome = ringwatch("query", "inspect/partner", "--explain", "--store", "embedded:nowhere")
    assert outcome.code == 0
    assert "MATCH (partner:Partner {partner_id: $partner_id})" in outcome.out
    assert "shows no plans" in outcome.out


@pytest.mark.neo4j
def test_explain_shows_the_plan_of_a_server(
    neo4j_store: Store, monkeypatch: pytest.MonkeyPatch, small_world: Path
) -> None:
    for name, value in neo4j_environ().items():
        monkeypatch.setenv(name, value)
    assert ringwatch("load", small_world).code == 0
    outcome = ringwatch("query", "inspect/partner", "--explain")
    assert outcome.code == 0, outcome.err
    assert "NodeUniqueIndexSeek" in outcome.out


def test_synth_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        outcome = ringwatch("synth", tmp_path / name, "--partners", "120", "--orders", "6000", "--seed", "4")
        assert outcome.code == 0
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_synth_never_writes_over_anything(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "mine").touch()
    assert ringwatch("synth", tmp_path / "w", "--partners", "120", "--orders", "6000").code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["w"]
