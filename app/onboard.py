"""Newcomers scored as they come: a line of JSON each in, an answer each out."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from app.loading import Reading, read_links
from app.previous import read_previous, refuse_later
from app.progress import Steps
from app.run_folder import OutputError
from app.terminal import emit, plain
from gnn.onboarding import MOST_IDS, Answer, Newcomer, scorer
from graph.schema import Kind
from graph.tables import InputError

MOST_BYTES: Final = 100_000
"""A longer line is no newcomer."""

_LISTS: Final = ("accounts", "devices", "consumers")
_STDIN: Final = Path("-")
_TWICE: Final = object()
"""In the place of a field's values where it has two."""


class NewcomerError(InputError):
    """A line that is no newcomer; `partner_id` is "" unless the line says for certain whom it is about."""

    def __init__(self, sentence: str, partner_id: str = "") -> None:
        super().__init__(sentence)
        self.partner_id = partner_id


def onboard(
    data: Path, newcomers: Path, reading: Reading, *, run: Path | None, format_: str, steps: Steps
) -> None:
    """Load the graph of `data`, then answer every line of `newcomers` ("-": standard input) as it comes.

    Members of the rings that `run` flagged are suspects. `format_` is "text" or "json". A line that is no
    newcomer is answered with the reason, and the next are answered all the same; InputError at the end, so
    that none is lost unnoticed.
    """
    if newcomers != _STDIN and (newcomers.is_dir() or not newcomers.exists()):
        raise InputError(f"There is no file {str(newcomers)!r}; name a file of newcomers, a line each, or -.")
    previous = read_previous(run)
    _, links = read_links(data, reading, steps)
    refuse_later(previous, links.as_of_ms)
    with steps.step("learn from newcomers"):
        suspects = set() if previous is None else flagged_partners(previous.folder, previous.members)
        asked = scorer(links, suspected=suspects)
        frauds, cleared = asked.learnt_from
        steps.note(f"{frauds:,} frauds and {cleared:,} cleared, {len(suspects):,} suspects")
    answer, refusal = {"text": (_as_text, _refused_text), "json": (_as_json, _refused_json)}[format_]
    lines = refused = 0
    for line, where in _lines(newcomers):
        lines += 1
        try:
            newcomer = read_newcomer(line, where)
        except NewcomerError as error:
            refused += 1
            emit(refusal(error))
        else:
            emit(answer(newcomer, asked.score(newcomer)))
    if refused:
        raise InputError(f"Of {lines:,} newcomers {refused:,} could not be scored; their answers say why.")


def _lines(newcomers: Path) -> Iterator[tuple[bytes, str]]:
    """Every line that is not blank, as it comes, and where it stands; of a longer one the first `MOST_BYTES`
    and one more."""
    name, number = "standard input" if newcomers == _STDIN else str(newcomers), 0
    try:
        with sys.stdin.buffer if newcomers == _STDIN else newcomers.open("rb") as file:
            while line := file.readline(MOST_BYTES + 1):
                number += 1
                where = f"Line {number} of {name}"
                rest = line
                while len(rest) > MOST_BYTES and not rest.endswith(b"\n"):
                    rest = file.readline(MOST_BYTES + 1)
                if line.strip() or len(line) > MOST_BYTES:
                    yield line, where
    except OSError as error:
        raise InputError(f"{name} cannot be read ({error.strerror}).") from None


def read_newcomer(line: bytes, where: str) -> Newcomer:
    """The newcomer of a line; NewcomerError, a sentence that begins with `where`, for one that is none."""
    content = _object(line, where)
    partner_id = content.get("partner_id", "")
    try:
        return _newcomer(content, where)
    except InputError as error:
        raise NewcomerError(str(error), partner_id if _is_id(partner_id) else "") from None


def _object(line: bytes, where: str) -> dict[str, Any]:
    """The JSON object of a line, `_TWICE` in the place of what is there twice."""
    if len(line) > MOST_BYTES:
        raise NewcomerError(f"{where} is longer than {MOST_BYTES:,} bytes; no newcomer is.")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise NewcomerError(f"{where} is not text in UTF-8; write a JSON object a line.") from None
    try:
        content = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise NewcomerError(f'{where} is no JSON object such as {{"accounts": ["A-1"], "devices": ["D-1"]}}.')
    return content


def _newcomer(content: dict[str, Any], where: str) -> Newcomer:
    for key in content:
        if content[key] is _TWICE:
            raise InputError(f"{where} has the field {plain(key)[:40]!r} twice; write it once.")
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


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object's fields: of a field that is there twice JSON would keep the last, and say nothing."""
    counts = Counter(key for key, _ in pairs)
    return {key: value if counts[key] == 1 else _TWICE for key, value in pairs}


def _ids(value: object, what: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(_is_id(one) for one in value):
        raise InputError(f"{what} must be a list of ids, which are texts.")
    if len(value) > MOST_IDS:
        raise InputError(f"{what} holds {len(value):,} ids; the first {MOST_IDS} are enough to tell.")
    return tuple(value)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def flagged_partners(folder: Path, members: pd.DataFrame) -> set[str]:
    """The partners in rings that the run flagged."""
    try:
        table = pq.read_table(folder / "rings.parquet", columns=["ring_id", "flagged"])
    except (OSError, ValueError):
        raise OutputError(
            f"The folder {str(folder)!r} is no run of ringwatch: it has no readable rings.parquet."
        ) from None
    if table.schema.types != [pa.string(), pa.bool_()]:
        raise OutputError(f"The run in {str(folder)!r} was changed by hand: its rings have other columns.")
    rings = table.to_pandas()
    flagged = set(rings.loc[rings["flagged"].eq(True), "ring_id"])  # a null is no flag
    inside = members["ring_id"].isin(flagged) & (members["kind"] == Kind.PARTNER.value)
    return set(members.loc[inside, "id"])


def _as_json(newcomer: Newcomer, answer: Answer) -> str:
    content = {"partner_id": newcomer.partner_id or None} | asdict(answer)
    return json.dumps(content) + "\n"


def _as_text(newcomer: Newcomer, answer: Answer) -> str:
    lines = [
        f"{_who(newcomer.partner_id)}: probability of fraud {answer.probability:.3f}, "
        f"{answer.base:.3f} for one that shares nothing."
    ]
    lines += [f"  {ground.log_odds:+.2f}  {ground.sentence}" for ground in answer.grounds]
    return "".join(f"{line}\n" for line in lines)


def _refused_json(error: NewcomerError) -> str:
    return json.dumps({"partner_id": error.partner_id or None, "error": str(error)}) + "\n"


def _refused_text(error: NewcomerError) -> str:
    return f"{_who(error.partner_id)}: not scored. {plain(error)}\n"


def _who(partner_id: str) -> str:
    return f"Partner {plain(partner_id)}" if partner_id else "Newcomer"
