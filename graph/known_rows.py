"""From the files of a folder to the rows known at a moment, and the rejected ones with their reasons."""

# ruff: noqa: S608 - SQL is made of the names in graph.schema; what the data says is never part of it

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.row_checks import extra_name, quoted, typed_fields
from graph.schema import DAY_MS, EVENT_TABLES, MISSING_MS, TABLES, Column, Type
from graph.table_files import InputError, TableFile, no_room, not_utf8, open_quote, record_lines, unreadable

_BROKEN: Final = {
    "MISSING COLUMNS": "The line has fewer columns than the header.",
    "TOO MANY COLUMNS": "The line has more columns than the header.",
    "UNQUOTED VALUE": "A quotation mark is not closed, or text follows a closed one.",
    "LINE SIZE OVER MAXIMUM": "The line is longer than two megabytes.",
}
_BROKEN_ELSE: Final = "The line cannot be split into columns."
_ENCODING: Final = "INVALID ENCODING"
_NO_BROKEN: Final = pa.table(
    {"line": pa.array([], pa.int64()), "text": pa.array([], pa.string()), "reason": pa.array([], pa.string())}
)

_NO_REJECTED: Final = pa.table(
    {
        "row": pa.array([], pa.int64()),
        "sentence": pa.array([], pa.string()),
        "original": pa.array([], pa.string()),
    }
)


@dataclass(frozen=True)
class AsOf:
    """The moment of a run, and how long after an order its outcome counts as known where it has no date.

    `since_ms` is the moment of the run before, where only what is new is wanted.
    """

    ms: int
    outcome_known_after_days: int
    since_ms: int | None = None


@dataclass(frozen=True)
class KnownRows:
    """What became of a file's rows: how many were read, are later than `as_of`, or were rejected.

    `rejected` holds `row`, `sentence` and `original` (a JSON object, or the line as it stood). `read` and
    `after_as_of` alone depend on what is later than `as_of`.
    """

    read: int
    after_as_of: int
    rejected: pa.Table


def check_rows(connection: duckdb.DuckDBPyConnection, file: TableFile, *, whole: bool = True) -> int:
    """Read a file into checked_<table>, typed, with a `problem` a row; returns how many rows it has.

    InputError where it cannot be read, or where a `whole` input has no partner.
    """
    name = file.table.name
    query = f"CREATE TEMP TABLE checked_{name} AS SELECT {typed_fields(file)} FROM {file.relation}"
    try:
        connection.execute(query, {"path": str(file.link)})
    except duckdb.OutOfMemoryException:
        raise no_room() from None
    except duckdb.Error as error:
        raise (no_room() if "No space left" in str(error) else unreadable(file.path)) from None
    broken = _take_broken_lines(connection, file)
    connection.register(f"broken_{name}", broken)
    rows = _count(connection, f"checked_{name}") + int(broken.num_rows)
    if whole and name == "partners" and rows == 0:
        raise InputError(f"The file {file.path.name!r} holds no partner; add at least one row.")
    return rows


def newest_event(connection: duckdb.DuckDBPyConnection, files: tuple[TableFile, ...]) -> int:
    """The newest moment among the events, epoch milliseconds; rows broken elsewhere count as well."""
    moments = " UNION ALL ".join(
        f"SELECT max({quoted(file.table.moment)}) AS moment FROM checked_{file.table.name}"
        for file in files
        if file.table.name in EVENT_TABLES
    )
    newest = connection.execute(f"SELECT max(moment) FROM ({moments})").fetchall()[0][0] if moments else None
    if newest is None:
        raise InputError("No event has a readable moment; name the moment of the run (as of) or add events.")
    return int(newest)


def know_rows(
    connection: duckdb.DuckDBPyConnection, file: TableFile, as_of: AsOf, max_rejected_share: float
) -> KnownRows:
    """Make known_<table> of checked_<table>: good rows known at `as_of`, one a key, later facts left out.

    Raises InputError where more than `max_rejected_share` of the rows known at `as_of` are rejected.
    """
    name, key = file.table.name, file.table.key
    connection.execute(
        f"CREATE TEMP TABLE known_{name} AS SELECT {_known_fields(file, as_of)} FROM checked_{name} "
        f"WHERE problem IS NULL AND {_is_known(file, as_of)}"
    )
    checked, good = _count(connection, f"checked_{name}"), _count(connection, f"known_{name}")
    problems = _count(connection, f"checked_{name} WHERE problem IS NOT NULL AND {_is_known(file, as_of)}")
    connection.execute(f"DROP TABLE checked_{name}")
    connection.execute("CREATE OR REPLACE TEMP TABLE repeated (key VARCHAR)")
    if key:
        _keep_one_a_key(connection, file, as_of)
    repeats = good - _count(connection, f"known_{name}")
    broken = connection.table(f"broken_{name}").to_arrow_table()
    count, rows = problems + repeats + broken.num_rows, good + problems + broken.num_rows
    if count > max_rejected_share * rows:
        # whole files can be broken: here only one row is fetched
        example = _rejected_rows(connection, file, as_of, broken.slice(0, 1), limit="LIMIT 1")
        raise _too_many(file, example, f"{count:,} of {rows:,} rows", max_rejected_share)
    rejected = _rejected_rows(connection, file, as_of, broken) if count else _NO_REJECTED
    return KnownRows(checked + broken.num_rows, checked - good - problems, rejected)


def keep_new_events(connection: duckdb.DuckDBPyConnection, since_ms: int) -> None:
    """Keep the events after that moment in known_<table>.

    Orders up to it whose outcome is another now go to known_later_outcomes.
    """
    connection.execute(
        "CREATE TEMP TABLE known_later_outcomes AS SELECT consumer_id, partner_id, placed_at, amount, "
        "currency, outcome, outcome_before FROM known_orders "
        f"WHERE placed_at <= {since_ms} AND outcome <> outcome_before"
    )
    for table in TABLES:
        if table.name in EVENT_TABLES:
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE known_{table.name} AS SELECT * FROM known_{table.name} "
                f"WHERE {quoted(table.moment)} > {since_ms}"
            )


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    (count,) = connection.execute(f"SELECT count(*) FROM {relation}").fetchall()[0]
    return int(count)


def _take_broken_lines(connection: duckdb.DuckDBPyConnection, file: TableFile) -> pa.Table:
    """What the CSV reader could not split: `line` (of records, the header is 1), `text`, `reason`."""
    if not file.is_csv:
        return _NO_BROKEN
    rows: pa.Table = connection.sql(
        "SELECT CAST(line AS BIGINT) AS line, min(trim(csv_line, chr(10) || chr(13))) AS text, "
        "min(error_type::VARCHAR) AS reason FROM broken_lines GROUP BY line ORDER BY line"
    ).to_arrow_table()
    connection.execute("DROP TABLE broken_lines; DROP TABLE broken_scans")
    stops = rows.filter(pc.or_(pc.equal(rows["reason"], _ENCODING), _swallows(rows)))
    if stops.num_rows:
        line = int(record_lines(file.path)[0][stops["line"][0].as_py() - 1])
        raise (
            not_utf8(file.path, line)
            if stops["reason"][0].as_py() == _ENCODING
            else open_quote(file.path, line)
        )
    return rows


def _swallows(rows: pa.Table) -> pa.ChunkedArray:
    """Whether a broken line holds others: a quotation mark that is never closed hides rows that are good."""
    open_ended = pc.is_in(rows["reason"], pa.array(["UNQUOTED VALUE", "LINE SIZE OVER MAXIMUM"]))
    return pc.and_(open_ended, pc.match_substring(rows["text"], "\n"))


def _is_known(file: TableFile, as_of: AsOf) -> str:
    moment = quoted(file.table.moment)
    return f"({moment} IS NULL OR {moment} <= {as_of.ms})"


def _known_fields(file: TableFile, as_of: AsOf) -> str:
    fields = [f"{_known(column, as_of)} AS {quoted(column.name)}" for column in file.table.columns]
    if file.table.name == "orders" and as_of.since_ms is not None:
        fields.append(f"{_outcome_known(as_of, as_of.since_ms)} AS outcome_before")
    return ", ".join(fields + [extra_name(number) for number in range(len(file.extra))])


def _outcome_known(as_of: AsOf, ms: int) -> str:
    assumed = f"placed_at + {as_of.outcome_known_after_days * DAY_MS}"
    return f"CASE WHEN coalesce(outcome_at, {assumed}) <= {ms} THEN outcome ELSE 'open' END"


def _known(column: Column, as_of: AsOf) -> str:
    """What is known of a column at `as_of`; an outcome or a closure that has yet to come is not."""
    if column.name == "outcome":
        return _outcome_known(as_of, as_of.ms)
    if column.name == "outcome_at":
        passed = f"outcome <> 'open' AND outcome_at <= {as_of.ms}"
        return f"CASE WHEN {passed} THEN outcome_at ELSE {MISSING_MS} END"
    if column.name == "closed_at":
        return f"CASE WHEN closed_at <= {as_of.ms} THEN closed_at ELSE {MISSING_MS} END"
    if column.type is Type.TIME:
        return f"coalesce({quoted(column.name)}, {MISSING_MS})"
    return quoted(column.name)


def _keep_one_a_key(connection: duckdb.DuckDBPyConnection, file: TableFile, as_of: AsOf) -> None:
    """Of the rows that share a key keep the first by content; `repeated` then holds such keys.

    At the run before another of them may have been the first: its outcome is the one before.
    """
    known, key = f"known_{file.table.name}", file.table.key
    # hashes first: a set of 64-bit numbers is far smaller than one of ids
    hashes = f"SELECT hash({key}) FROM {known} GROUP BY 1 HAVING count(*) > 1"
    connection.execute(
        f"INSERT INTO repeated SELECT {key} FROM {known} WHERE hash({key}) IN ({hashes}) "
        f"GROUP BY {key} HAVING count(*) > 1"
    )
    if _count(connection, "repeated") == 0:
        return
    kept = "*"
    if file.table.name == "orders" and as_of.since_ms is not None:
        before = _content(file).partition('"outcome"')[0] + "outcome_before"
        kept += (
            f" REPLACE (first_value(outcome_before) OVER (PARTITION BY {key} ORDER BY {before}) "
            "AS outcome_before)"
        )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE kept AS SELECT {kept} FROM {known} WHERE {key} IN (FROM repeated) "
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {_content(file)}) = 1"
    )
    connection.execute(f"DELETE FROM {known} WHERE {key} IN (FROM repeated)")
    connection.execute(f"INSERT INTO {known} FROM kept")


def _content(file: TableFile) -> str:
    columns = [quoted(column.name) for column in file.table.columns]
    extra = [extra_name(number) for number in range(len(file.extra))]
    return ", ".join([quoted(file.table.moment), *columns, *extra])


def _rejected_rows(
    connection: duckdb.DuckDBPyConnection, file: TableFile, as_of: AsOf, broken: pa.Table, *, limit: str = ""
) -> pa.Table:
    """Read the file again, this time in its order and with row numbers, for the rows that were rejected."""
    originals = ", ".join(f"CAST(c{number} AS VARCHAR) AS v{number}" for number in range(len(file.columns)))
    key = file.table.key
    repeated = f"OR {key} IN (FROM repeated)" if key else ""
    connection.execute("SET preserve_insertion_order = true")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE suspects AS "
        f"SELECT number, {originals}, {typed_fields(file)} "
        f"FROM (SELECT row_number() OVER () AS number, * FROM {file.relation}) "
        f"WHERE (problem IS NOT NULL {repeated}) AND {_is_known(file, as_of)}",
        {"path": str(file.link)},
    )
    connection.execute("SET preserve_insertion_order = false")
    torn = _take_broken_lines(connection, file)
    values = ", ".join(f"v{number}" for number in range(len(file.columns)))
    rows = connection.execute(
        f"SELECT number, problem, {values} FROM suspects WHERE problem IS NOT NULL ORDER BY number {limit}"
    ).fetchall()
    if key:
        rows += _repeats(connection, file, as_of, values, limit)
    return _rejected_table(file, rows, broken, torn)


def _repeats(
    connection: duckdb.DuckDBPyConnection, file: TableFile, as_of: AsOf, values: str, limit: str
) -> list[tuple[Any, ...]]:
    """The rows whose key another row has, but for the one that is kept."""
    key = file.table.key
    places = f"row_number() OVER (PARTITION BY {key} ORDER BY {_content(file)}, number)"
    sentence = f"'{key} stands in more than one row; the first by content, not by place, is kept.'"
    return connection.execute(
        f"SELECT number, {sentence}, {values} FROM ("
        f"SELECT number, {values}, {_known_fields(file, as_of)} FROM suspects WHERE problem IS NULL) "
        f"QUALIFY {places} > 1 ORDER BY number {limit}"
    ).fetchall()


def _rejected_table(
    file: TableFile, rows: list[tuple[Any, ...]], broken: pa.Table, torn: pa.Table
) -> pa.Table:
    """The rejected rows by place; `broken` are the lines to tell of, `torn` all that were not split."""
    entries = [
        (number, sentence, json.dumps(dict(zip(file.columns, values, strict=True)), ensure_ascii=False))
        for number, sentence, *values in rows
    ]
    if file.is_csv:
        starts, whole = _lines(file, torn)
        entries = [(int(whole[number - 1]), sentence, original) for number, sentence, original in entries]
        for line in broken.to_pylist():
            place = int(starts[line["line"] - 1])
            entries.append((place, _BROKEN.get(line["reason"], _BROKEN_ELSE), line["text"]))
    entries.sort()
    return pa.table(dict(zip(_NO_REJECTED.column_names, zip(*entries, strict=True), strict=True)))


def _lines(file: TableFile, torn: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The lines of the file on which its records start, and those of the records that could be split."""
    starts, blank = record_lines(file.path)
    whole = ~blank
    whole[torn["line"].to_numpy() - 1] = False
    whole[0] = False
    return starts, starts[whole]


def _too_many(file: TableFile, example: pa.Table, count: str, share: float) -> InputError:
    row = example.slice(0, 1).to_pylist()[0]
    place = "line" if file.is_csv else "row"
    return InputError(
        f"{count} of {file.path.name!r} are broken, more than {share:.2%}; "
        f"{place} {row['row']} for example: {row['sentence']} Mend them or allow a larger share."
    )
