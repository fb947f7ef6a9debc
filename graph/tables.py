"""Tables: the rows of an input folder that were known at a moment, checked, coded and in one order."""

# ruff: noqa: S608 - SQL is made of the names in graph.schema; what the data says is never part of it

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from graph.known_rows import AsOf, KnownRows, check_rows, keep_new_events, know_rows, newest_event
from graph.row_checks import extra_name, quoted
from graph.schema import (
    ENTITY_TABLES,
    EPOCH,
    EVENT_TABLES,
    MISSING_MS,
    NODES,
    OUTCOME_KNOWN_AFTER_DAYS,
    TABLES,
    Column,
    Kind,
    Table,
    Type,
    utc,
)
from graph.table_files import InputError, TableFile, find_files, no_room

__all__ = [
    "InputError",
    "NewRows",
    "Tables",
    "code_name",
    "read_new_rows",
    "read_tables",
    "scratch_database",
    "without_row_ids",
    "write_rejected",
]

MEMORY_LIMIT: Final = "3GB"
"""What DuckDB may hold before it writes to its temporary folder. With 2 GB, ten million orders, of which
2.3 GB are then written, took a tenth longer to read; with 4 GB next to nothing less."""

_CODE_NAMES: Final = {"account_id": "bank_account"}
MONEY_TABLES: Final = ("orders", "payouts", "transfers")

Progress = Callable[[str, int], None]
"""Called with a table's name and its number of rows when it has been read."""


@dataclass(frozen=True)
class Tables:
    """The input as known at `as_of`, as Arrow tables without nulls.

    Entity tables hold every entity that a row known at `as_of` names, sorted bytewise by id, so that a row's
    number is its code; extra columns that any of its rows
    fills stay behind those of the contract, as text. In event tables and labels
    an int32 code stands for each id (column `consumer` for `consumer_id`, see `code_name`), -1 where there is
    none; `label.code` is a code of that label's kind. Events are sorted by moment, then by their other
    columns. Missing text is "", moments are int64 epoch milliseconds (UTC), `MISSING_MS` where missing,
    amounts decimal128(18, 4). Outcomes, dates and labels that became known after `as_of` are not in here.

    `currency` is that of most orders (else payouts, else transfers; of equals the first by alphabet, "" if
    there is none), `currencies` counts the rows of each. `has_row` (n,) by kind says which entities a row of
    their own table describes, `created` counts those that an event names and no table. `unmatched_labels`
    counts labels of entities that do not exist. `rejected` has for each table with broken rows `row`,
    `sentence` and the values as they stood; a row is a line of the file in CSV (the header is line 1) and a
    row number from 1 in Parquet. `digest` is a SHA-256 of all checked rows.
    """

    as_of: datetime
    currency: str
    partners: pa.Table
    consumers: pa.Table
    devices: pa.Table
    bank_accounts: pa.Table
    orders: pa.Table
    payouts: pa.Table
    partner_logins: pa.Table
    transfers: pa.Table
    labels: pa.Table
    has_row: dict[Kind, NDArray[np.bool_]]
    rejected: dict[str, pa.Table]
    counts: dict[str, KnownRows]
    created: dict[Kind, int]
    currencies: dict[str, int]
    undated_outcomes: int
    unmatched_labels: int
    digest: str

    @property
    def as_of_ms(self) -> int:
        """`as_of` in epoch milliseconds."""
        return milliseconds(self.as_of)

    def nodes(self, kind: Kind) -> pa.Table:
        """The entity table of that kind."""
        return getattr(self, ENTITY_TABLES[kind])

    def ids(self, kind: Kind) -> pa.ChunkedArray:
        """The ids of that kind in the order of their codes."""
        return self.nodes(kind).column(_key(kind))


@dataclass(frozen=True)
class NewRows:
    """What became known after `since`, up to `tables.as_of`.

    `tables` hold the new events alone, but every row of an entity and every label known by now; the ids are
    those that all these name. `later_outcomes` are the orders placed by `since` whose outcome became known
    after it: codes `consumer` and `partner`, `placed_at`, `amount`, `currency`, `outcome` and
    `outcome_before`. `has_row` says which entities a row of their own table describes, `has_event` which a
    new event names (n,). `digest` is a SHA-256 of it all. An empty `tables.currency` says that no row known
    by now has an amount, whether or not it is new.
    """

    since: datetime
    tables: Tables
    later_outcomes: pa.Table
    has_row: dict[Kind, NDArray[np.bool_]]
    has_event: dict[Kind, NDArray[np.bool_]]
    digest: str

    @property
    def since_ms(self) -> int:
        """`since` in epoch milliseconds."""
        return milliseconds(self.since)


def read_tables(
    folder: Path,
    *,
    as_of: datetime | None = None,
    max_rejected_share: float = 0.01,
    outcome_known_after_days: int = OUTCOME_KNOWN_AFTER_DAYS,
    progress: Progress | None = None,
) -> Tables:
    """The tables of a folder as known at `as_of`, by default the newest moment among the events.

    A moment without a zone is UTC. Of rows that share a key one is kept, chosen by content and never by
    place: the first by moment, then by its other columns. Raises InputError, a sentence, where the input
    cannot be used or more than `max_rejected_share` of a table's rows known at `as_of` are broken.
    """
    options = (as_of, None, max_rejected_share, outcome_known_after_days, progress)
    with _known_rows(folder, *options) as (connection, files, known, moment):
        return _coded(connection, files, known, moment)


def read_new_rows(
    folder: Path,
    *,
    since: datetime,
    as_of: datetime | None = None,
    max_rejected_share: float = 0.01,
    outcome_known_after_days: int = OUTCOME_KNOWN_AFTER_DAYS,
    progress: Progress | None = None,
) -> NewRows:
    """What became known after `since` and by `as_of`, read from all of the rows or from the new ones alone.

    In all else as `read_tables`, but that no table has to be there. Where the folder holds new rows alone,
    an order placed by `since` whose outcome has become known has to be among them, as has an entity whose
    row is another than before. InputError also where `as_of` is before `since`.
    """
    options = (as_of, since, max_rejected_share, outcome_known_after_days, progress)
    with _known_rows(folder, *options) as (connection, files, known, moment):
        tables = _coded(connection, files, known, moment)
        later = _fetch_later_outcomes(connection)
        has_event = {kind: _flags(connection, kind, "has_event") for kind in Kind}
    has_row = tables.has_row
    whole = hashlib.sha256(f"{milliseconds(since)}\0{tables.as_of_ms}\0{tables.digest}".encode())
    for part in (*has_row.values(), *has_event.values()):
        whole.update(part.tobytes())
    for column in later.columns:
        for content in _contents(column):
            whole.update(content)
    return NewRows(since, tables, later, has_row, has_event, whole.hexdigest())


@contextmanager
def _known_rows(
    folder: Path,
    as_of: datetime | None,
    since: datetime | None,
    max_rejected_share: float,
    outcome_known_after_days: int,
    progress: Progress | None,
) -> Iterator[tuple[duckdb.DuckDBPyConnection, tuple[TableFile, ...], dict[str, KnownRows], AsOf]]:
    """A database with the rows known at `as_of`, its files, what became of their rows, and the moment."""
    with scratch_database(threads=2) as (connection, scratch):
        links = scratch / "links"
        links.mkdir()
        files = find_files(folder, links, whole=since is None)
        for file in files:
            rows = check_rows(connection, file, whole=since is None)
            if progress is not None:
                progress(file.table.name, rows)
        moment = _moment(connection, files, as_of, since, outcome_known_after_days)
        known = {file.table.name: know_rows(connection, file, moment, max_rejected_share) for file in files}
        yield connection, files, known, moment


@contextmanager
def scratch_database(
    *, threads: int, memory: str = MEMORY_LIMIT
) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A database that holds so much memory and writes the rest to a temporary folder, and that folder.

    Raises InputError where neither has room; both are gone afterwards.
    """
    try:
        with (
            tempfile.TemporaryDirectory(prefix="ringwatch-", ignore_cleanup_errors=True) as scratch,
            _connect(Path(scratch), threads, memory) as connection,
        ):
            yield connection, Path(scratch)
    except duckdb.OutOfMemoryException:
        raise no_room() from None
    except (duckdb.IOException, OSError) as error:
        if "No space left" in str(error):
            raise no_room() from None
        raise


def _moment(
    connection: duckdb.DuckDBPyConnection,
    files: tuple[TableFile, ...],
    as_of: datetime | None,
    since: datetime | None,
    outcome_known_after_days: int,
) -> AsOf:
    ms = newest_event(connection, files) if as_of is None else milliseconds(as_of)
    if since is None:
        return AsOf(ms, outcome_known_after_days)
    since_ms = milliseconds(since)
    if ms < since_ms:
        what = "The newest event" if as_of is None else "The moment (as of)"
        raise InputError(
            f"{what}, {utc(ms).isoformat()}, is before {utc(since_ms).isoformat()}, from which "
            "on new rows are wanted; name a later moment (as of)."
        )
    return AsOf(ms, outcome_known_after_days, since_ms)


def without_row_ids(tables: Tables) -> Tables:
    """The tables without the ids of orders, payouts and transfers, which name a row and say nothing of it.

    They are a seventh of what the tables hold. `digest` stays that of all that was read.
    """
    without = {}
    for table in TABLES:
        if table.name in EVENT_TABLES:
            rows = getattr(tables, table.name)
            without[table.name] = rows.select([name for name in rows.column_names if name != table.key])
    return replace(tables, **without)


def write_rejected(tables: Tables, folder: Path) -> None:
    """Write `rejected/<table>.parquet` under `folder` for each table with rejected rows."""
    for name, rows in tables.rejected.items():
        (folder / "rejected").mkdir(parents=True, exist_ok=True)
        pq.write_table(rows, folder / "rejected" / f"{name}.parquet")


def code_name(column: str) -> str:
    """The name of the code column that stands for an id column: `partner` for `partner_id`."""
    return _CODE_NAMES.get(column, column.removesuffix("_id"))


def _connect(scratch: Path, threads: int, memory: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        config={
            "threads": threads,
            "memory_limit": memory,
            "temp_directory": str(scratch / "spill"),
            "preserve_insertion_order": False,
            "python_enable_replacements": False,
            "autoinstall_known_extensions": False,
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")  # notebooks have one, beside our own
    return connection


def milliseconds(moment: datetime) -> int:
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return (aware - EPOCH) // timedelta(milliseconds=1)


def _key(kind: Kind) -> str:
    return next(node.key for node in NODES if node.kind is kind)


def _coded(
    connection: duckdb.DuckDBPyConnection,
    files: tuple[TableFile, ...],
    known: dict[str, KnownRows],
    moment: AsOf,
) -> Tables:
    """Give every id its code and fetch the tables in their canonical order."""
    for table in TABLES:
        if table.name not in known:
            _create_empty(connection, table)
    extras = {file.table.name: file.extra for file in files}
    # the main currency is that of all rows known by now, also where only the new ones are linked
    currencies = {name: _currencies(connection, name) for name in MONEY_TABLES}
    if moment.since_ms is not None:
        keep_new_events(connection, moment.since_ms)
    for kind in Kind:
        _create_codes(connection, kind, moment)
    nodes = {
        name: _fetch_nodes(connection, kind, extras.get(name, ())) for kind, name in ENTITY_TABLES.items()
    }
    as_of = utc(moment.ms)
    if moment.since_ms is None and not nodes["partners"].num_rows:
        raise InputError(f"No partner is known by {as_of:%Y-%m-%d %H:%M} UTC; name a later moment (as of).")
    has_row = {kind: _flags(connection, kind, "NOT created") for kind in Kind}
    created = {kind: _count(connection, f"ids_{kind} WHERE created AND has_event") for kind in Kind}
    undated = _count(connection, f"known_orders WHERE outcome <> 'open' AND outcome_at = {MISSING_MS}")
    named = _count(connection, "known_labels")
    labels = _fetch_labels(connection)
    events = {name: _fetch_events(connection, name) for name in EVENT_TABLES}
    rows = {**nodes, **events, "labels": labels}
    return Tables(
        as_of=as_of,
        currency=main_currency(currencies),
        **rows,
        has_row=has_row,
        rejected={name: rows.rejected for name, rows in known.items() if rows.rejected.num_rows},
        counts=known,
        created=created,
        currencies=total(currencies),
        undated_outcomes=undated,
        unmatched_labels=named - labels.num_rows,
        digest=digest_of(rows),
    )


def _create_empty(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    types = {Type.TEXT: "VARCHAR", Type.TIME: "BIGINT", Type.AMOUNT: "DECIMAL(18, 4)"}
    fields = ", ".join(f"{quoted(column.name)} {types[column.type]}" for column in table.columns)
    fields += ", outcome_before VARCHAR" if table.name == "orders" else ""
    connection.execute(f"CREATE TEMP TABLE known_{table.name} ({fields})")


def _references(kind: Kind) -> Iterator[tuple[str, str]]:
    """The (event table, column) pairs that name an entity of that kind."""
    for table in TABLES:
        if table.name in EVENT_TABLES:
            yield from ((table.name, column.name) for column in table.columns if column.names is kind)


def _create_codes(connection: duckdb.DuckDBPyConnection, kind: Kind, moment: AsOf) -> None:
    """ids_<kind>: id, code, whether an event names it, and whether no row of its own table does.

    Where only new rows are wanted, later outcomes and labels name ids too. DuckDB compares text bytewise.
    """
    named = " UNION ".join(
        f"SELECT DISTINCT {column} AS id FROM known_{table} WHERE {column} <> ''"
        for table, column in _references(kind)
    )
    own, key = ENTITY_TABLES[kind], _key(kind)
    others = ""
    if moment.since_ms is not None:
        others = f"UNION SELECT id FROM known_labels WHERE kind = '{kind}'"
        if kind in (Kind.CONSUMER, Kind.PARTNER):
            others += f" UNION SELECT {key} FROM known_later_outcomes"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE named AS {named}")
    # a sort kept in its order goes to the disk where it must; row_number() over all rows does not
    connection.execute("SET preserve_insertion_order = true")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE sorted AS "
        f"SELECT id FROM (SELECT {key} AS id FROM known_{own} UNION FROM named {others}) ORDER BY id"
    )
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(
        f"CREATE TEMP TABLE ids_{kind} AS SELECT id, CAST(sorted.rowid AS INTEGER) AS code, "
        f"own.{key} IS NULL AS created, named.id IS NOT NULL AS has_event "
        f"FROM sorted LEFT JOIN known_{own} AS own ON own.{key} = id LEFT JOIN named USING (id)"
    )
    connection.execute("DROP TABLE named; DROP TABLE sorted")


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    (count,) = connection.execute(f"SELECT count(*) FROM {relation}").fetchall()[0]
    return int(count)


def _flags(connection: duckdb.DuckDBPyConnection, kind: Kind, flag: str) -> NDArray[np.bool_]:
    """A flag of every entity, (n,), in the order of codes."""
    rows = connection.execute(f"SELECT {flag} AS flag FROM ids_{kind} ORDER BY code").fetchnumpy()
    return np.asarray(rows["flag"], dtype=bool)


def _fetch_nodes(connection: duckdb.DuckDBPyConnection, kind: Kind, extra: tuple[str, ...]) -> pa.Table:
    name = ENTITY_TABLES[kind]
    table = next(table for table in TABLES if table.name == name)
    own = [column for column in table.columns if column.name != table.key]
    fields = [f"ids.id AS {table.key}"]
    fields += [
        f"coalesce(own.{quoted(column.name)}, {_missing(column)}) AS {quoted(column.name)}" for column in own
    ]
    fields += [f"coalesce(own.{extra_name(number)}, '')" for number in range(len(extra))]
    rows: pa.Table = connection.sql(
        f"SELECT {', '.join(fields)} FROM ids_{kind} AS ids "
        f"LEFT JOIN known_{name} AS own ON own.{table.key} = ids.id ORDER BY ids.code"
    ).to_arrow_table()
    connection.execute(f"DROP TABLE known_{name}")
    rows = rows.rename_columns([column.name for column in table.columns] + list(extra))
    # a column that no row known by now fills may have come with a later row
    return rows.drop_columns([name for name in extra if not pc.any(pc.not_equal(rows[name], "")).as_py()])


def _missing(column: Column) -> str:
    return str(MISSING_MS) if column.type is Type.TIME else "''"


def _fetch_labels(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    codes = " UNION ALL ".join(f"SELECT '{kind}' AS kind, id, code FROM ids_{kind}" for kind in Kind)
    rows: pa.Table = connection.sql(
        f"SELECT kind, code, verdict, known_at FROM known_labels JOIN ({codes}) USING (kind, id) "
        f"ORDER BY kind, code, known_at, verdict"
    ).to_arrow_table()
    return rows


def _fetch_events(connection: duckdb.DuckDBPyConnection, name: str) -> pa.Table:
    table = next(table for table in TABLES if table.name == name)
    fields, joins = [], []
    for column in table.columns:
        if column.names is None:
            fields.append(quoted(column.name))
            continue
        alias = code_name(column.name)
        fields.append(f"coalesce({alias}.code, -1) AS {alias}")
        joins.append(f"LEFT JOIN ids_{column.names} AS {alias} ON {alias}.id = {column.name}")
    order = ", ".join([quoted(table.moment), *(f"{number}" for number in range(1, len(fields) + 1))])
    rows: pa.Table = connection.sql(
        f"SELECT {', '.join(fields)} FROM known_{name} AS known {' '.join(joins)} ORDER BY {order}"
    ).to_arrow_table()
    connection.execute(f"DROP TABLE known_{name}")
    return rows


def _fetch_later_outcomes(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    rows: pa.Table = connection.sql(
        "SELECT consumer.code AS consumer, partner.code AS partner, placed_at, amount, currency, outcome, "
        "outcome_before FROM known_later_outcomes AS known "
        "JOIN ids_consumer AS consumer ON consumer.id = consumer_id "
        "JOIN ids_partner AS partner ON partner.id = partner_id ORDER BY ALL"
    ).to_arrow_table()
    return rows


def _currencies(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, int]:
    return dict(
        connection.execute(f"SELECT currency, count(*) FROM known_{name} GROUP BY 1 ORDER BY 1").fetchall()
    )


def main_currency(currencies: dict[str, dict[str, int]]) -> str:
    for name in MONEY_TABLES:
        if currencies[name]:
            return min(currencies[name], key=lambda currency: (-currencies[name][currency], currency))
    return ""


def total(currencies: dict[str, dict[str, int]]) -> dict[str, int]:
    every = sorted({currency for counts in currencies.values() for currency in counts})
    return {name: sum(counts.get(name, 0) for counts in currencies.values()) for name in every}


def digest_of(rows: dict[str, pa.Table]) -> str:
    """SHA-256 over every column of every table: its name, then its values, in the order of the schema."""
    whole = hashlib.sha256()
    for table in TABLES:
        for name, column in zip(rows[table.name].column_names, rows[table.name].columns, strict=True):
            whole.update(f"{table.name}\0{name}\0{len(column)}\0".encode())
            for part in _contents(column):
                whole.update(part)
    return whole.hexdigest()


def _contents(column: pa.ChunkedArray) -> Iterator[Any]:
    """The bytes of a column, the same however it is cut into chunks; text as lengths, then letters."""
    if pa.types.is_string(column.type):
        lengths, letters = hashlib.sha256(), hashlib.sha256()
        for chunk in column.chunks:
            offsets = np.frombuffer(chunk.buffers()[1], np.int32)[
                chunk.offset : chunk.offset + len(chunk) + 1
            ]
            lengths.update(np.diff(offsets).tobytes())
            if len(chunk):
                letters.update(memoryview(chunk.buffers()[2])[offsets[0] : offsets[-1]])
        yield lengths.digest()
        yield letters.digest()
        return
    width = column.type.bit_width // 8
    for chunk in column.chunks:
        if len(chunk):
            yield memoryview(chunk.buffers()[1])[chunk.offset * width : (chunk.offset + len(chunk)) * width]
