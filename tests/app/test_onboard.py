from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import app.onboard
from app.onboard import flagged_partners, read_newcomer
from app.run_folder import OutputError
from graph.tables import InputError
from tests.app.calls import ringwatch
from tests.app.reviewed_world import write_reviewed_world
from tests.app.test_bad_input import assert_refused


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reviewed") / "world"
    write_reviewed_world(folder, seed=3, partners=1200)
    return folder


def of_a_fraud(world: Path) -> tuple[str, str]:
    """A known fraud, and an account that it is paid to, of all of them one that few use."""
    labels = pq.read_table(world / "labels.parquet").to_pandas()
    payouts = pq.read_table(world / "payouts.parquet").to_pandas()
    frauds = labels[(labels["kind"] == "partner") & (labels["verdict"] == "fraud")]["id"]
    payouts["users"] = payouts.groupby("account_id")["partner_id"].transform("nunique")
    row = payouts[payouts["partner_id"].isin(frauds)].sort_values(["users", "payout_id"]).iloc[0]
    return row["partner_id"], row["account_id"]


def test_each_line_is_answered(reviewed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fraud, account = of_a_fraud(reviewed)
    lines = [{"accounts": ["new\u202e<b>"]}, {"accounts": [account], "devices": ["new"]}]
    file = tmp_path / "newcomers.jsonl"
    file.write_text("\n\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    told = ringwatch("onboard", reviewed, file)
    assert told.code == 0, told.err
    assert told.out.count("Newcomer: probability of fraud") == 2
    assert f"“{fraud}”" in told.out
    assert "\u202e" not in told.out
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes()), encoding="latin-1"))
    rows = ringwatch("onboard", reviewed, "-", "--format", "json")
    first, second = (json.loads(line) for line in rows.out.splitlines())
    assert first["probability"] == first["base"] < second["probability"]
    assert second["grounds"][0]["log_odds"] > 0


def test_members_of_flagged_rings_are_suspects(reviewed: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert ringwatch("run", reviewed, "--out", run, "--store", "none").code == 0
    rings = pq.read_table(run / "rings.parquet").to_pandas()
    members = pq.read_table(run / "ring_members.parquet").to_pandas()
    flagged = members[
        members["ring_id"].isin(rings[rings["flagged"]]["ring_id"]) & (members["kind"] == "partner")
    ]
    decided = set(pq.read_table(reviewed / "labels.parquet")["id"].to_pylist())
    suspects = set(flagged["id"]) - decided
    assert suspects
    payouts = pq.read_table(reviewed / "payouts.parquet").to_pandas()
    account = payouts[payouts["partner_id"].isin(suspects)]["account_id"].iloc[0]
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps({"accounts": [account]}), encoding="utf-8")
    assert "suspected" not in ringwatch("onboard", reviewed, file).out
    assert "suspected" in ringwatch("onboard", reviewed, file, "--run", run).out


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "no JSON object"),
        ("[" * 50_000, "no JSON object"),
        ('["A-1"]', "no JSON object"),
        ('{"accounts": "A-1"}', "must be a list"),
        ('{"accounts": [1]}', "must be a list"),
        ('{"accounts": [""]}', "must be a list"),
        ('{"partner_id": 7, "accounts": ["A-1"]}', "partner_id"),
        ('{"partner_id": "P"}', "nothing to tell it by"),
        ('{"\\u001b[31m": 1}', "has a field"),
        ('{"devices": ' + json.dumps([str(number) for number in range(201)]) + "}", "201 ids"),
        ('{"accounts": ["\\ud800"], "x": 1}', "has a field"),
        ('{"accounts": ["A-1"], "accounts": ["A-2"]}', "'accounts' twice"),
        ('{"accounts": NaN}', "must be a list"),
        ('{"accounts": null, "devices": ["D"]}', "must be a list"),
        ('{"accounts": [["A-1"]]}', "must be a list"),
        ('{"accounts": {"A-1": 1, "A-1": 2}}', "must be a list"),
        ('{"accounts": [true]}', "must be a list"),
        ('{"partner_id": ' + "9" * 5000 + "}", "no JSON object"),
        ('{"a":' * 15_000 + "1" + "}" * 15_000, "no JSON object"),
        ("\ufeff{}", "no JSON object"),
        ("NaN", "no JSON object"),
        ("\x00", "no JSON object"),
    ],
)
def test_a_line_that_is_no_newcomer_is_none(line: str, words: str) -> None:
    with pytest.raises(InputError, match=r"^Line 1") as refusal:
        read_newcomer(line.encode("utf-8"), "Line 1")
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value) and "\x1b" not in str(refusal.value)


BAD_LINES = [
    (b'{"accounts": ["\xff"]}', "UTF-8"),
    (b'{"accounts": ["' + b"a" * 3_000_000, "longer than 100,000 bytes"),
    (b" " * 100_001 + b"{}", "longer than 100,000 bytes"),
    (b'{"\\u001b[31m": 1}', "has a field"),
    (b'{"devices": []}', "nothing to tell it by"),
    (json.dumps({"consumers": [str(number) for number in range(201)]}).encode(), "201 ids"),
]


def test_a_bad_line_is_answered_with_the_reason_and_the_next_are_scored(
    reviewed: Path, tmp_path: Path
) -> None:
    good = b'{"accounts": ["A-1"]}\n\r\n'
    file = tmp_path / "newcomers\x1b[31m.jsonl"
    file.write_bytes(good + b"".join(line + b"\n" + good for line, _ in BAD_LINES))
    told = ringwatch("onboard", reviewed, file)
    assert_refused(replace(told, out=""), f"Of {2 * len(BAD_LINES) + 1} newcomers {len(BAD_LINES)} could not")
    heads = [line for line in told.out.splitlines() if line.startswith("Newcomer: ")]
    assert len(heads) == 2 * len(BAD_LINES) + 1
    assert all("probability of fraud" in line for line in heads[::2])
    for place, (line, (_, words)) in enumerate(zip(heads[1::2], BAD_LINES, strict=True)):
        assert line.startswith("Newcomer: not scored. Line ") and words in line
        assert f"Line {3 * place + 3} of " in line
    assert "\x1b" not in told.out + told.err
    rows = ringwatch("onboard", reviewed, file, "--format", "json")
    assert rows.code == 2
    answers = [json.loads(line) for line in rows.out.splitlines()]
    assert ["error" in answer for answer in answers] == [False, True] * len(BAD_LINES) + [False]
    for answer, (_, words) in zip(answers[1::2], BAD_LINES, strict=True):
        assert words in answer["error"] and answer["partner_id"] is None


@pytest.mark.parametrize(
    ("line", "whose"),
    [
        ('{"partner_id": "P"}', "P"),
        ('{"partner_id": "P\\u202e\\u001b", "accounts": "A-1"}', "P\u202e\x1b"),
        ('{"partner_id": "P", "accounts": ["A-1"], "x": 1}', "P"),
        ('{"partner_id": " ", "accounts": ["A-1"]}', None),
        ('{"partner_id": "P", "partner_id": "Q", "accounts": ["A-1"]}', None),
        ('{"partner_id": 7, "accounts": ["A-1"]}', None),
        ('{"partner_id": "P", ', None),
    ],
)
def test_a_refusal_names_the_partner_where_the_line_says_whom_it_is_about(
    line: str, whose: str | None, reviewed: Path, tmp_path: Path
) -> None:
    file = tmp_path / "newcomers.jsonl"
    file.write_text(line, encoding="utf-8")
    rows = ringwatch("onboard", reviewed, file, "--format", "json")
    assert rows.code == 2
    answer = json.loads(rows.out)
    assert answer["partner_id"] == whose and "Line 1" in answer["error"]
    told = ringwatch("onboard", reviewed, file)
    assert told.out.startswith("Newcomer: not scored." if whose is None else "Partner P")
    assert "\x1b" not in told.out and "\u202e" not in told.out


def test_each_answer_stands_before_the_next_line_is_read(
    reviewed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.StringIO()

    def lines() -> Iterator[tuple[bytes, str]]:
        yield b"{}", "Line 1"
        assert out.getvalue().startswith("Newcomer: not scored. Line 1 names no account")
        yield b'{"accounts": ["A-1"]}', "Line 2"
        assert "Newcomer: probability" in out.getvalue()

    monkeypatch.setattr(app.onboard, "_lines", lambda newcomers: lines())
    monkeypatch.setattr(app.onboard, "emit", out.write)
    assert ringwatch("onboard", reviewed, "-").code == 2
    assert out.getvalue().count("Newcomer: ") == 2


def test_a_file_that_cannot_be_used_is_refused(
    reviewed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_refused(ringwatch("onboard", reviewed, tmp_path / "none"), "There is no file")
    assert_refused(ringwatch("onboard", reviewed, tmp_path), "There is no file")
    file = tmp_path / "newcomers.jsonl"
    file.write_text('{"accounts": ["A-1"]}', encoding="utf-8")
    assert_refused(ringwatch("onboard", reviewed, file, "--run", tmp_path), "no run of ringwatch")
    # before anything is read; the superuser, who may run these tests, could read it
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.R_OK)
    refused = ringwatch("onboard", tmp_path / "no world", file)
    assert_refused(refused, "not readable")


@pytest.mark.parametrize(
    "rings",
    [
        {"ring_id": [["R-1"], ["R-2"]], "flagged": [True, False]},
        {"ring_id": ["R-1", "R-2"], "flagged": [[True], [False, True]]},
        {"ring_id": [{"a": 1}], "flagged": [True]},
        {"ring_id": ["R-1"], "flagged": ["yes"]},
    ],
)
def test_a_run_whose_rings_were_changed_by_hand_is_refused(
    rings: dict[str, list[Any]], tmp_path: Path
) -> None:
    pq.write_table(pa.table(rings), tmp_path / "rings.parquet")
    with pytest.raises(OutputError, match="changed by hand"):
        flagged_partners(tmp_path, pd.DataFrame({"ring_id": ["R-1"], "kind": ["partner"], "id": ["P"]}))


def test_a_lone_surrogate_is_an_unknown_id(reviewed: Path, tmp_path: Path) -> None:
    file = tmp_path / "newcomers.jsonl"
    file.write_text('{"accounts": ["\\ud800"]}', encoding="utf-8")
    answered = ringwatch("onboard", reviewed, file)
    assert answered.code == 0, answered.err


def test_too_few_verdicts_are_refused(small_world: Path, tmp_path: Path) -> None:
    file = tmp_path / "newcomers.jsonl"
    file.write_text('{"accounts": ["A-1"]}', encoding="utf-8")
    assert_refused(ringwatch("onboard", small_world, file), "cannot be scored", "12 of each")
