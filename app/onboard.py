"""Newcomers scored as they come: a line of JSON each in, an answer each out."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow.parquet as pq

from app.loading import Reading, read_links
from app.previous import read_previous, refuse_later
from app.progress import Steps
from app.run_folder import OutputError
from app.terminal import emit, plain
from gnn.onboarding import MOST_IDS, Answer, Newcomer, scorer
from graph.schema import Kind
from graph.tables import InputError

MOST_LETTERS: Final = 100_000
"""A longer line is no newcomer."""

_LISTS: Final = ("accounts", "devices", "consumers")
_STDIN: Final = Path("-")


def onboard(
    data: Path, newcomers: Path, reading: Reading, *, run: Path | None, format_: str, steps: Steps
) -> None:
    """Load the graph of `data`, then answer every line of `newcomers` ("-": standard input) as it comes.

    Members of the rings that `run` flagged are suspects. `format_` is "text" or "json". Raises InputError for
    a line that is no newcomer, after the answers to those before it.
    """
    if newcomers != _STDIN and not newcomers.is_file():
        raise InputError(f"There is no file {str(newcomers)!r}; name a file of newcomers, a line each, or -.")
    previous = read_previous(run)
    _, links = read_links(data, reading, steps)
    refuse_later(previous, links.as_of_ms)
    with steps.step("learn from newcomers"):
        suspects = set() if previous is None else _flagged(previous.folder, previous.members)
        asked = scorer(links, suspected=suspects)
        frauds, cleared = asked.learnt_from
        steps.note(f"{frauds:,} frauds and {cleared:,} cleared, {len(suspects):,} suspects")
    answer = {"text": _as_text, "json": _as_json}[format_]
    if newcomers == _STDIN:
        _answer(sys.stdin, "standard input", lambda one: answer(one, asked.score(one)))
        return
    try:
        with newcomers.open(encoding="utf-8", errors="strict") as lines:
            _answer(lines, str(newcomers), lambda one: answer(one, asked.score(one)))
    except OSError as error:
        raise InputError(f"The file {str(newcomers)!r} cannot be read ({error.strerror}).") from None


def _answer(lines: Iterable[str], name: str, answer: Callable[[Newcomer], str]) -> None:
    try:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                emit(answer(read_newcomer(line, f"Line {number} of {name}")))
    except UnicodeDecodeError:
        raise InputError(f"{name} is not text in UTF-8; write a JSON object a line.") from None


def read_newcomer(line: str, where: str) -> Newcomer:
    """The newcomer of a line; InputError, which begins with `where`, in a sentence for one that is none."""
    if len(line) > MOST_LETTERS:
        raise InputError(f"{where} is longer than {MOST_LETTERS:,} letters; no newcomer is.")
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise InputError(f'{where} is no JSON object such as {{"accounts": ["A-1"], "devices": ["D-1"]}}.')
    for key in content:
        if key not in (*_LISTS, "partner_id"):
            raise InputError(
                f"{where} has a field {plain(key)[:40]!r}; a newcomer has partner_id, {', '.join(_LISTS)}."
            )
    partner_id = content.get("partner_id", "")
    if not _is_id(partner_id) and partner_id != "":
        raise InputError(f"{where} has a partner_id that is no text.")
    accounts, devices, consumers = (_ids(content.get(name, []), f"{where}: {name}") for name in _LISTS)
    if not (accounts or devices or consumers):
        raise InputError(f"{where} names no account, device or consumer; there is nothing to tell it by.")
    return Newcomer(accounts, devices, consumers, partner_id)


def _ids(value: object, what: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(_is_id(one) for one in value):
        raise InputError(f"{what} must be a list of ids, which are texts.")
    if len(value) > MOST_IDS:
        raise InputError(f"{what} holds {len(value):,} ids; the first {MOST_IDS} are enough to tell.")
    return tuple(value)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _flagged(folder: Path, members: pd.DataFrame) -> set[str]:
    """The partners in rings that the run flagged."""
    try:
        rings = pq.read_table(folder / "rings.parquet", columns=["ring_id", "flagged"]).to_pandas()
    except (OSError, ValueError):
        raise OutputError(
            f"The folder {str(folder)!r} is no run of ringwatch: it has no readable rings.parquet."
        ) from None
    flagged = set(rings.loc[rings["flagged"] == True, "ring_id"])  # noqa: E712  a null is no flag
    inside = members["ring_id"].isin(flagged) & (members["kind"] == Kind.PARTNER.value)
    return set(members.loc[inside, "id"])


def _as_json(newcomer: Newcomer, answer: Answer) -> str:
    content = {"partner_id": newcomer.partner_id or None} | asdict(answer)
    return json.dumps(content) + "\n"


def _as_text(newcomer: Newcomer, answer: Answer) -> str:
    who = f"Partner {plain(newcomer.partner_id)}" if newcomer.partner_id else "Newcomer"
    lines = [
        f"{who}: probability of fraud {answer.probability:.3f}, "
        f"{answer.base:.3f} for one that shares nothing."
    ]
    lines += [f"  {ground.log_odds:+.2f}  {ground.sentence}" for ground in answer.grounds]
    return "".join(f"{line}\n" for line in lines)
