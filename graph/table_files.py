"""Where the tables of a folder stand, which columns they hold, and the DuckDB relation that reads each."""

from __future__ import annotations

import codecs
import csv
import gzip
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

import duckdb
import numpy as np
from numpy.typing import NDArray

from graph.schema import EVENT_TABLES, TABLES, Table, Type

CSV_ENDINGS: Final = (".csv", ".csv.gz")
ENDINGS: Final = (".parquet", *CSV_ENDINGS)
RESERVED: Final = ("verdict", "verdict_at")
"""Columns that node frames get from `labels`; an extra column of that name would pass for a label."""

_CHUNK_BYTES: Final = 1 << 24
_NESTED: Final = ("STRUCT", "MAP", "UNION")
_TIMES: Final = ("TIMESTAMP", "DATE", "VARCHAR")
_AMOUNTS: Final = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "UHUGEINT",
    "FLOAT",
    "DOUBLE",
    "DECIMAL",
    "VARCHAR",
)


class InputError(ValueError):
    """The input cannot be used; the message is one sentence that says what, where and what to do."""


@dataclass(frozen=True)
class TableFile:
    """One file of the input: `columns` as its header or schema names them, in order.

    `link` is a name of our own choosing for `path`, so that brackets, stars and `year=2024` in the user's
    path are never read as patterns. `line_end` is what ends the header of a CSV file: DuckDB takes the first
    line break it meets, also one inside a quoted name, and then finds no rows at all.
    """

    table: Table
    path: Path
    link: Path
    columns: tuple[str, ...]
    types: tuple[str, ...]
    line_end: str = "\n"

    @property
    def is_csv(self) -> bool:
        """Whether rows are counted as lines, from 2 on."""
        return not self.link.name.endswith(".parquet")

    @property
    def extra(self) -> tuple[str, ...]:
        """The named columns that the contract does not know, sorted."""
        known = {column.name for column in self.table.columns}
        return tuple(sorted(name for name in self.columns if name and name not in known))

    def field(self, name: str) -> str:
        """The SQL name of a column in `relation`, or NULL where the file lacks it."""
        if name not in self.columns:
            return "NULL"
        return f"c{self.columns.index(name)}"

    def type(self, name: str) -> str:
        """The DuckDB type of a column; VARCHAR where the file lacks it."""
        return self.types[self.columns.index(name)] if name in self.columns else "VARCHAR"

    @property
    def relation(self) -> str:
        """A SQL table expression with the columns c0, c1 … and the parameter $path."""
        if not self.is_csv:
            aliases = ", ".join(f"c{number}" for number in range(len(self.columns)))
            return f"read_parquet($path, binary_as_string=true, hive_partitioning=false) AS file({aliases})"
        fields = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(self.columns)))
        packed = "gzip" if self.link.name.endswith(".gz") else "none"
        line_end = self.line_end.replace("\r", "\\r").replace("\n", "\\n")
        return (
            f"read_csv($path, auto_detect=false, header=true, columns={{{fields}}}, delim=',', quote='\"', "
            f"escape='\"', nullstr='', new_line='{line_end}', compression='{packed}', "
            f"hive_partitioning=false, store_rejects=true, rejects_limit=0, "
            f"rejects_table='broken_lines', rejects_scan='broken_scans')"
        )


def find_files(folder: Path, links: Path, *, whole: bool = True) -> tuple[TableFile, ...]:
    """The tables of a folder in the order of the contract, each linked into the empty folder `links`.

    Raises InputError where the folder, a file or a column that must be there is not. An input that is not
    `whole` may lack any table, but not all.
    """
    if not folder.exists():
        raise InputError(f"There is no folder {str(folder)!r}; name the folder that holds the tables.")
    if not folder.is_dir():
        raise InputError(f"{str(folder)!r} is a file; name the folder that holds the tables.")
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise InputError(f"The folder {str(folder)!r} cannot be read: {error.strerror}.") from None
    paths = {table.name: _only_file(folder, names, table.name) for table in TABLES}
    if not whole and not any(paths.values()):
        raise InputError(f"There is no table in {str(folder)!r}; add one, such as orders.parquet.")
    if whole and paths["partners"] is None:
        raise InputError(
            f"There is no partners table in {str(folder)!r}; add partners.parquet, .csv or .csv.gz."
        )
    if whole and not any(paths[name] for name in EVENT_TABLES):
        raise InputError(
            f"There is no table of events in {str(folder)!r}; add at least one of {', '.join(EVENT_TABLES)}."
        )
    found = ((table, paths[table.name]) for table in TABLES)
    return tuple(_open(table, path, links) for table, path in found if path is not None)


def _only_file(folder: Path, names: list[str], table: str) -> Path | None:
    mine = [name for name in names if name.lower().split(".")[0] == table and not _is_aside(folder / name)]
    known = [name for name in mine if name.lower() in {table + ending for ending in ENDINGS}]
    if len(known) > 1:
        raise InputError(
            f"The table {table} stands twice in {str(folder)!r}, as {' and '.join(known)}; keep one of them."
        )
    if mine and not known:
        raise InputError(
            f"The file {mine[0]!r} in {str(folder)!r} is of a kind that is not read; "
            f"save it as {table}.parquet, {table}.csv or {table}.csv.gz."
        )
    if known and (folder / known[0]).is_dir():
        raise InputError(f"{known[0]!r} in {str(folder)!r} is a folder of parts; save the table as one file.")
    return folder / known[0] if known else None


def _is_aside(path: Path) -> bool:
    """Whether this is a folder that does not pass for a table by its name, as `orders.parquet` does."""
    return path.is_dir() and not path.name.lower().endswith(ENDINGS)


def _open(table: Table, path: Path, links: Path) -> TableFile:
    link = links / path.name.lower()
    link.symlink_to(path.resolve())
    try:
        if path.stat().st_size == 0:
            raise InputError(f"The file {path.name!r} is empty; write a header line or leave the file out.")
        if link.name.endswith(".parquet"):
            file = TableFile(table, path, link, *_parquet_columns(path, link))
        else:
            columns, line_end = _csv_header(path)
            file = TableFile(table, path, link, columns, ("VARCHAR",) * len(columns), line_end)
    except OSError as error:
        raise InputError(f"The file {path.name!r} cannot be read: {error.strerror or error}.") from None
    _check_columns(file)
    return file


def _parquet_columns(path: Path, link: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    with path.open("rb") as stream:
        stream.read(1)
    try:
        with duckdb.connect() as connection:
            rows = connection.execute(
                "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM "
                "read_parquet($path, binary_as_string=true, hive_partitioning=false))",
                {"path": str(link)},
            ).fetchall()
    except duckdb.Error:
        raise unreadable(path) from None
    return tuple(row[0] for row in rows), tuple(row[1] for row in rows)


def unreadable(path: Path) -> InputError:
    """The error for a file that its format's reader gives up on."""
    is_parquet = path.name.lower().endswith(".parquet")
    kind, faults = "Parquet" if is_parquet else "CSV", "damaged, cut short or of another format"
    mixed = "" if is_parquet else ", or its lines do not all end alike"
    return InputError(
        f"The file {path.name!r} cannot be read as {kind}: it is {faults}{mixed}; write it again."
    )


def _csv_header(path: Path) -> tuple[tuple[str, ...], str]:
    """The columns that the first record names, and what ends it."""
    try:
        with _stream(path) as stream:
            start = stream.read(_CHUNK_BYTES // 16)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise unreadable(path) from None
    if b"\r" in start and b"\n" not in start:
        raise InputError(f"The lines of {path.name!r} end in bare carriage returns; save it with line feeds.")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise not_utf8(path, 1, held="UTF-16")
    lines = start.splitlines(keepends=True)
    try:
        text = "".join(line.decode("utf-8-sig" if number == 0 else "utf-8") for number, line in _head(lines))
        header = next(csv.reader(text.splitlines(keepends=True), strict=True), [])
    except UnicodeDecodeError:
        raise not_utf8(path, 1) from None
    except csv.Error:
        raise unreadable(path) from None
    if not any(header):
        raise InputError(f"The file {path.name!r} has no header line; name its columns in the first line.")
    return tuple(header), "\r\n" if text.endswith("\r\n") else "\n"


def _head(lines: list[bytes]) -> list[tuple[int, bytes]]:
    """The physical lines of the first record: a quoted name may hold a line break."""
    quotes = 0
    for number, line in enumerate(lines):
        quotes += line.count(b'"')
        if quotes % 2 == 0:
            return list(enumerate(lines[: number + 1]))
    return list(enumerate(lines))


def not_utf8(path: Path, line: int, *, held: str = "LATIN1") -> InputError:
    """The error for a CSV file in Latin-1, UTF-16 or another encoding; `held` is what it seems to be."""
    return InputError(
        f"The file {path.name!r} is not UTF-8 (line {line}); convert it, for example with "
        f"`iconv -f {held} -t UTF-8`, or save it as Parquet."
    )


def open_quote(path: Path, line: int) -> InputError:
    """The error for a quotation mark that hides the rows after it."""
    return InputError(
        f"Line {line} of {path.name!r} opens a quotation mark that is not closed, or closes one too early; "
        f"close it, or write it twice where it is part of the text."
    )


def no_room() -> InputError:
    """The error for a table that fits neither memory nor the temporary folder."""
    return InputError(
        f"The tables do not fit: memory or the temporary folder {tempfile.gettempdir()!r} is full; "
        f"free some, or name a larger folder in TMPDIR."
    )


def _stream(path: Path) -> IO[bytes]:
    packed = path.name.lower().endswith(".gz")
    return cast(IO[bytes], gzip.open(path, "rb")) if packed else path.open("rb")


def _check_columns(file: TableFile) -> None:
    name, seen = file.path.name, set[str]()
    for column in file.columns:
        if column.lower() in seen and column:
            raise InputError(f"The file {name!r} has two columns called {column!r}; rename one of them.")
        seen.add(column.lower())
    if len(file.columns) == 1 and file.is_csv and any(mark in file.columns[0] for mark in ";\t|"):
        raise InputError(
            f"The columns of {name!r} are not separated by commas: it starts with {file.columns[0][:60]!r}; "
            f"save it with commas."
        )
    lacking = [c.name for c in file.table.columns if c.required and c.name not in file.columns]
    if lacking:
        raise InputError(
            f"The file {name!r} lacks the column{'s' * (len(lacking) > 1)} {', '.join(lacking)}; "
            f"it has {', '.join(repr(column[:60]) for column in file.columns[:20])}."
        )
    for column in file.extra:
        if column.lower() in RESERVED:
            raise InputError(
                f"The file {name!r} has a column {column!r}, a name kept for what `labels` says; rename it."
            )
    for known in file.table.columns:
        _check_type(file, known.name, known.type)


def _check_type(file: TableFile, name: str, wanted: Type) -> None:
    held = file.type(name)
    fits = {
        Type.TEXT: not held.startswith(_NESTED) and not held.endswith("]"),
        Type.TIME: held.startswith(_TIMES) and not held.endswith("]"),
        Type.AMOUNT: held.startswith(_AMOUNTS) and not held.endswith("]"),
    }
    if not fits[wanted] and held != '"NULL"':
        words = {Type.TEXT: "text", Type.TIME: "a timestamp", Type.AMOUNT: "a number"}
        raise InputError(
            f"The column {name!r} of {file.path.name!r} holds {held[:60]} where {words[wanted]} is needed; "
            f"write it as such."
        )


def record_lines(path: Path) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The line on which each record of a CSV file starts, and whether it is blank; the header is record 0.

    A line break inside quotes starts no record: there the count of quotes so far is odd.
    """
    starts, blanks = [], []
    line, quotes, start, length, tail = 1, 0, 1, 0, b""
    with _stream(path) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            data = np.frombuffer(chunk, np.uint8)
            parity = (np.cumsum(data == ord('"')) + quotes) % 2
            breaks = np.flatnonzero(data == ord("\n"))
            ends = breaks[parity[breaks] == 0]
            after = line + 1 + np.flatnonzero(parity[breaks] == 0)
            first = np.r_[start, after]
            bare = np.diff(np.r_[-1 - length, ends]) - 1 - (data[ends - 1] == ord("\r")) * (ends > 0)
            starts.append(first[:-1])
            blanks.append(bare <= 0)
            start, line = int(first[-1]), line + len(breaks)
            length = len(data) - 1 - int(ends[-1]) if len(ends) else length + len(data)
            quotes, tail = int(parity[-1]), chunk
    if length and tail:
        starts.append(np.array([start]))
        blanks.append(np.array([False]))
    return np.concatenate(starts or [np.empty(0, np.int64)]), np.concatenate(blanks or [np.empty(0, bool)])
