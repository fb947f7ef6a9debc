"""Bad input: each its own sentence and exit code 2, and nothing is written."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from tests.app.calls import Outcome, ringwatch
from tests.graph.folders import Rows, order, small_rows, write_csv, write_parquet

COMMAND = Path(sys.executable).with_name("ringwatch")


def entries(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def refused(folder: Path, *words: str, store: str = "none") -> str:
    """The one sentence of a run on that data, which wrote nothing."""
    before = entries(folder.parent)
    outcome = ringwatch("run", folder, "--out", folder.parent / "new" / "out", "--store", store)
    assert_refused(outcome, *words)
    assert entries(folder.parent) == before
    return outcome.err


def assert_refused(outcome: Outcome, *words: str) -> None:
    assert outcome.code == 2
    assert outcome.out == ""
    last = outcome.err.rstrip("\n").rpartition("\n")[2]
    assert last.startswith("ringwatch: ")
    assert last.endswith((".", "?"))
    assert "Traceback" not in outcome.err
    for word in words:
        assert word in last


def with_order(**changes: Any) -> Rows:
    rows = small_rows()
    rows["orders"] = [order(number, **(changes if number == 7 else {})) for number in range(20)]
    return rows


def test_no_such_folder(tmp_path: Path) -> None:
    refused(tmp_path / "missing", "missing")


def test_no_partners_file(tmp_path: Path) -> None:
    rows = small_rows()
    del rows["partners"]
    refused(write_csv(tmp_path / "data", rows), "partners")


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    refused(tmp_path / "data", "partners")


def test_no_events_at_all(tmp_path: Path) -> None:
    rows = small_rows()
    refused(write_csv(tmp_path / "data", {"partners": rows["partners"]}), "orders", "payouts")


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_a_missing_column(tmp_path: Path, write: Callable[[Path, Rows], Path]) -> None:
    rows = small_rows()
    for row in rows["orders"]:
        del row["amount"]
    refused(write(tmp_path / "data", rows), "amount", "orders")


def test_a_text_in_amount(tmp_path: Path) -> None:
    refused(write_csv(tmp_path / "data", with_order(amount="ten")), "amount", "ten", "orders.csv", "line 9")


def test_a_negative_amount(tmp_path: Path) -> None:
    refused(write_csv(tmp_path / "data", with_order(amount="-3")), "amount", "-3", "line 9")


def test_an_unknown_outcome(tmp_path: Path) -> None:
    refused(write_csv(tmp_path / "data", with_order(outcome="stolen")), "outcome", "stolen", "line 9")


def test_a_duplicate_id(tmp_path: Path) -> None:
    refused(write_csv(tmp_path / "data", with_order(order_id="o3")), "order_id")


def test_a_moment_that_is_none(tmp_path: Path) -> None:
    refused(write_csv(tmp_path / "data", with_order(placed_at="31.12.2024")), "placed_at", "31.12.2024")


def test_a_csv_in_latin_1(tmp_path: Path) -> None:
    folder = write_csv(tmp_path / "data", small_rows())
    text = (folder / "partners.csv").read_text(encoding="utf-8").replace("One", "Müller")
    (folder / "partners.csv").write_text(text, encoding="latin-1")
    refused(folder, "partners.csv", "UTF-8")


def test_a_truncated_parquet_file(tmp_path: Path) -> None:
    folder = write_parquet(tmp_path / "data", small_rows())
    whole = (folder / "orders.parquet").read_bytes()
    (folder / "orders.parquet").write_bytes(whole[: len(whole) // 2])
    refused(folder, "orders.parquet")


def test_a_torn_gzip_file(tmp_path: Path) -> None:
    folder = write_csv(tmp_path / "data", small_rows(), packed=True)
    packed = gzip.compress(b"x" * 10_000)
    (folder / "orders.csv.gz").write_bytes(packed[: len(packed) // 2])
    refused(folder, "orders.csv.gz")


def test_an_empty_partners_file(tmp_path: Path) -> None:
    folder = write_csv(tmp_path / "data", small_rows())
    header = (folder / "partners.csv").read_text(encoding="utf-8").splitlines()[0]
    (folder / "partners.csv").write_text(header + "\n", encoding="utf-8")
    refused(folder, "partners.csv")


@pytest.mark.parametrize("store", ["bolt://127.0.0.1:9", "neo4j://no.such.host.invalid:7687"])
def test_a_store_that_is_not_there(tmp_path: Path, store: str) -> None:
    refused(write_csv(tmp_path / "data", small_rows()), store.partition("//")[2], store=store)


def test_broken_rows_are_found_before_a_store_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("app.cli._settings", lambda: Settings.read({}))
    refused(write_csv(tmp_path / "data", with_order(amount="ten")), "amount", store="embedded")


@pytest.mark.parametrize("below", ["file", "data/orders.csv"])
def test_a_folder_that_cannot_be_written(tmp_path: Path, below: str) -> None:
    data = write_csv(tmp_path / "data", small_rows())
    (tmp_path / "file").touch()
    before = entries(tmp_path)
    outcome = ringwatch("run", data, "--out", tmp_path / below / "out", "--store", "none")
    assert_refused(outcome, "cannot be written", below)
    assert "read tables" not in outcome.err
    assert entries(tmp_path) == before


def test_the_data_itself_is_never_replaced(tmp_path: Path) -> None:
    data = write_csv(tmp_path / "data", small_rows())
    before = entries(data)
    assert_refused(ringwatch("run", data, "--out", data, "--store", "none"), "holds files")
    assert entries(data) == before


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["run"], "--out"),
        (["run", "--out", "o", "--store", "none"], "needs a store"),
        (["run", "--out", "o", "--store", "embedded:nowhere"], "nowhere"),
        (["run", "--out", "o", "--as-of", "2024-01-01"], "DATA"),
        (["load", "data", "--since", "soon"], "soon"),
        (["load", "data", "--bulk", "files", "--since", "2024-01-01"], "--since"),
        (["load", "data", "--bulk", "files", "--store", "embedded"], "--store"),
        (["expire"], "--before"),
        (["expire", "--before", "2024-01-01", "--store", "embedded:nowhere"], "nowhere"),
        (["run", "data"], "--out"),
        (["run", "data", "--out", "o", "--seed", "x"], "--seed"),
        (["run", "data", "--out", "o", "--seed", "-1"], "--seed"),
        (["run", "data", "--out", "o", "--as-of", "soon"], "soon"),
        (["run", "data", "--out", "o", "--as-of", "99999-01-01"], "99999"),
        (["run", "data", "--out", "o", "--max-rejected", "2"], "--max-rejected"),
        (["run", "data", "--out", "o", "--max-rejected", "nan"], "--max-rejected"),
        (["run", "data", "--out", "o", "--store", "here"], "'here'"),
        (["run", "data", "--out", "o", "--store", "neo4j://me:secret@x"], "NEO4J_PASSWORD"),
        (["run", "data", "--out", "o", "--previous", "none"], "none"),
        (["load", "data", "--store", "none"], "store"),
        (["query"], "--list"),
        (["query", "find/nothing-like-it"], "nothing-like-it"),
        (["query", "../../etc/passwd"], "passwd"),
        (["query", "find/shared-bank-accounts", "--param", "no=1"], "no"),
        (["query", "find/shared-bank-accounts", "--param", "min_partners=x"], "min_partners"),
        (["query", "find/shared-bank-accounts", "--store", "embedded:nowhere"], "nowhere"),
        (["synth", "w", "--profile", "odd"], "odd"),
        (["synth", "w", "--partners", "5"], "5"),
        (["synth", "w", "--orders", "5"], "orders"),
        (["export", "nowhere", "--format", "csv"], "nowhere"),
        (["export", "nowhere", "--format", "graphml"], "nowhere"),
        (["export", "nowhere", "--format", "csv", "--ring", "R-1"], "--ring"),
        (["export", "nowhere", "--format", "xml"], "xml"),
        (["dance"], "dance"),
        (["run", "--dance"], "--dance"),
    ],
)
def test_bad_usage(arguments: list[str], word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "data", small_rows())
    before = entries(tmp_path)
    outcome = ringwatch(*arguments)
    assert_refused(outcome, word)
    assert "secret" not in outcome.err
    assert entries(tmp_path) == before


def test_hostile_names_do_not_reach_the_terminal(tmp_path: Path) -> None:
    rows = with_order(outcome="\x1b]0;owned\x07\x1b[2J")
    assert "\x1b" not in refused(write_csv(tmp_path / "data", rows), "outcome")


def test_the_installed_command_says_the_same(tmp_path: Path) -> None:
    done = subprocess.run(
        [COMMAND, "run", tmp_path / "missing", "--out", tmp_path / "out", "--store", "none"],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if name != "RINGWATCH_DEBUG"},
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert entries(tmp_path) == []


def test_an_unexpected_failure_is_1_and_says_how_to_see_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by\x1bnothing")

    monkeypatch.setattr("app.loading.read_tables", fail)
    outcome = ringwatch("run", tmp_path, "--out", tmp_path / "out", "--store", "none")
    assert outcome.code == 1
    assert "RINGWATCH_DEBUG=1" in outcome.err
    assert "Traceback" not in outcome.err
    assert "\x1b" not in outcome.err
    assert entries(tmp_path) == []
