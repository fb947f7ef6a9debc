"""Features of every partner, consumer, device and bank account as of a moment, from the rows, in SQL.

Each is named, with unit, window and meaning, in the header of its file `queries/features/*.sql`, and in
`docs/features.md`, which this module makes: `python -m gnn.event_features > docs/features.md`.
`gnn.features` tells links as a model in a run sees them; these go further, into moments and amounts of single
rows. None reads a label: a verdict is what a model learns, not what it learns from.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import Final

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from graph.schema import ENTITY_TABLES, OUTCOME_KNOWN_AFTER_DAYS, TABLES, Kind
from graph.tables import Tables, scratch_database

THREADS: Final = 2
MEMORY: Final = "1GB"
"""What DuckDB holds, beside the rows and what is made of them. On 3 million orders, with as little for each,
it took a third more seconds of the processor than where all fits, and 650 MB less."""
MEMORY_ALONE: Final = "2GB"
"""As much where nobody else holds the rows: they are gone before most of what is made of them is there."""
_KNOWN: Final = ("arithmetic", "currency", "entities", "orders", "pairs", "standing")
"""The files under `queries/features/known` that make what the features read, in this order."""
_CHUNK_VECTORS: Final = 200
"""Rows are fetched by so many vectors of 2,048, so that wide results of millions stay small."""
_DEALINGS: Final[Mapping[Kind, tuple[str, tuple[str, ...]]]] = {
    Kind.CONSUMER: ("consumer", ("known_orders", "customers", "device_shoppers", "account_payers")),
    Kind.DEVICE: ("device", ("known_orders", "device_shoppers", "device_partners", "logins", "tills")),
    Kind.BANK_ACCOUNT: (
        "account",
        ("known_orders", "account_payers", "account_partners", "known_payouts", "payees"),
    ),
}
"""A kind's column in these tables, of which its features read nothing but what names the entity itself."""
_NO_SUMS: Final = (
    *("share", "ratio", "nats", "robust z", "flag", "days", "ln seconds", "ln money", "characters", "words"),
)
"""Units of what does not add up with every event; the others count things or money, or are means of such."""
_EVENTS: Final = ("orders", "payouts", "partner_logins", "transfers")


@dataclass(frozen=True)
class EventFeature:
    """A column, as the header of `file` describes it.

    `window` is "1 d", "7 d", "30 d" or "90 d" before the moment, or "all" for everything before it.
    `without` is the value of an entity that has no such row: 0, or NaN for unknown.
    """

    name: str
    unit: str
    window: str
    without: float
    meaning: str
    file: str

    @property
    def clock(self) -> str:
        """As of `gnn.features.Feature`; an age or span says so in its meaning, a sum in its unit."""
        if self.unit == "days" and "days since" in self.meaning.lower():
            return "age"
        last_so_far = (" to the last.", " to the newest consumer's.")
        if self.unit == "days" and self.meaning.endswith(last_so_far):
            return "span"
        return "" if self.unit in _NO_SUMS else "sum"

    @property
    def full_after(self) -> float:
        """Days of data that fill its window, infinity where it has none.

        What is new in a window is new beside what was before it: that takes as many days again.
        """
        if self.window == "all":
            return np.inf
        days = float(self.window.removesuffix(" d"))
        return 2.0 * days if re.search(r"\b(new|never)\b", self.meaning) else days


def event_features(
    tables: Tables,
    *,
    as_of_ms: int | None = None,
    outcome_known_after_days: int = OUTCOME_KNOWN_AFTER_DAYS,
    kinds: tuple[Kind, ...] = tuple(Kind),
    rows: Mapping[Kind, NDArray[np.int64]] | None = None,
    memory: str = MEMORY,
) -> dict[Kind, pd.DataFrame]:
    """What was known at `as_of_ms` (epoch milliseconds; default: the tables' own moment), a frame a kind.

    Float32, NaN where unknown, a row an entity in the order of its codes, columns as in `EVENT_FEATURES`.
    `rows` names by their codes the entities that get a row, and these are then the frame's index: columns of
    millions of devices would take gigabytes, and few are read. Nothing after the moment is read; an entity
    that comes later has a row all the same, of which nothing is known. `outcome_known_after_days` as in
    `read_tables`. Amounts are in the main currency, as known then. The same rows give the same bytes in any
    order and on any number of threads: every sum is one of whole numbers. DuckDB holds so much `memory` and
    writes the rest to a temporary folder; InputError where that has no room. The tables are let go of once
    DuckDB has what it needs of them.
    """
    known = {
        "as_of": tables.as_of_ms if as_of_ms is None else as_of_ms,
        "known_after_days": outcome_known_after_days,
    }
    sizes = {kind: tables.nodes(kind).num_rows for kind in Kind}
    with scratch_database(threads=THREADS, memory=memory) as (connection, _):
        for name in _EVENTS:
            connection.register(name, getattr(tables, name))
        for kind in Kind:
            connection.register(ENTITY_TABLES[kind], _with_codes(tables, kind))
        del tables
        for name in _KNOWN:
            for statement in connection.extract_statements(_text(f"known/{name}.sql")):
                _execute(connection, statement, known)
        for name in (*_EVENTS, *ENTITY_TABLES.values()):
            connection.unregister(name)
        codes = {kind: np.arange(sizes[kind]) if rows is None else rows[kind] for kind in kinds}
        return {kind: _frame(connection, kind, codes[kind], sizes[kind], known) for kind in kinds}


def _with_codes(tables: Tables, kind: Kind) -> pa.Table:
    """The contract's columns of an entity table and its codes: an extra column may be named as it likes."""
    table = next(table for table in TABLES if table.name == ENTITY_TABLES[kind])
    rows = tables.nodes(kind).select([column.name for column in table.columns])
    return rows.append_column("code", pa.array(np.arange(rows.num_rows, dtype=np.int32)))


def _frame(
    connection: duckdb.DuckDBPyConnection,
    kind: Kind,
    codes: NDArray[np.int64],
    size: int,
    known: dict[str, int],
) -> pd.DataFrame:
    features = EVENT_FEATURES[kind]
    values = np.empty((len(features), len(codes)), dtype=np.float32)
    place = np.full(size, -1)
    place[codes] = np.arange(len(codes))
    with _of_these(connection, kind, codes):
        for file in dict.fromkeys(feature.file for feature in features):
            (query,) = connection.extract_statements(_text(file))
            found = _execute(connection, query, {**known, "kind": kind.value})
            for row, feature in enumerate(features):
                if feature.file == file:
                    values[row] = feature.without
            while len(rows := found.fetch_df_chunk(_CHUNK_VECTORS)):
                column = place[rows["code"].to_numpy()]
                asked = column >= 0
                for row, feature in enumerate(features):
                    if feature.file == file:
                        known_values = rows[feature.name].to_numpy(np.float32, na_value=np.nan)
                        values[row, column[asked]] = known_values[asked]
    # one row a feature in memory: columns stand together, and the frame is a view, not a copy
    index = pd.RangeIndex(size) if len(codes) == size else pd.Index(codes)
    return pd.DataFrame(values.T, index, [feature.name for feature in features], copy=False)


@contextmanager
def _of_these(connection: duckdb.DuckDBPyConnection, kind: Kind, codes: NDArray[np.int64]) -> Iterator[None]:
    """Let nothing be read of dealings but those of these entities; of partners all is read."""
    column, names = _DEALINGS.get(kind, ("", ()))
    connection.register("asked", pa.table({"code": codes.astype(np.int32)}))
    for name in names:  # a temporary table stands before that of the same name
        asked = f"FROM main.{name} WHERE {column} IN (SELECT code FROM asked)"  # noqa: S608  names of this module
        connection.execute(f"CREATE TEMP TABLE {name} AS {asked}")
    yield
    for name in names:
        connection.execute(f"DROP TABLE temp.{name}")


def _execute(
    connection: duckdb.DuckDBPyConnection, statement: duckdb.Statement, values: Mapping[str, int | str]
) -> duckdb.DuckDBPyConnection:
    return connection.execute(statement, {name: values[name] for name in statement.named_parameters})


def _text(file: str) -> str:
    return resources.files("queries").joinpath("features", file).read_text(encoding="utf-8")


def _header(file: str) -> tuple[tuple[Kind, ...], tuple[EventFeature, ...]]:
    """The kinds and the features that the header of a file names; none where it is no file of features."""
    kinds: tuple[Kind, ...] = ()
    features = []
    for line in _text(file).splitlines():
        mark, _, rest = line.partition(": ")
        if mark == "-- Kinds":
            kinds = tuple(Kind(name) for name in rest.split(", "))
        elif mark == "-- Feature":
            name, unit, window, without, meaning = rest.split(" | ")
            features.append(
                EventFeature(name, unit, window, 0.0 if without == "0" else np.nan, meaning, file)
            )
    return kinds, tuple(features)


def _read_headers() -> dict[Kind, tuple[EventFeature, ...]]:
    folder = resources.files("queries").joinpath("features")
    headers = [_header(name) for name in sorted(file.name for file in folder.iterdir() if file.is_file())]
    return {
        kind: tuple(feature for kinds, features in headers if kind in kinds for feature in features)
        for kind in Kind
    }


EVENT_FEATURES: Final = _read_headers()
"""The columns of every kind's frame, in their order."""

_INTRODUCTION: Final = """# Features from the rows

What is known of a partner, consumer, device and bank account at a moment, computed by the files
`queries/features/*.sql` in DuckDB, for models trained on your own verdicts (`gnn/event_features.py`). Nothing
after the moment counts: no row, no outcome that became known later, no entity created later; verdicts are
never read. Windows end at the moment; "all" is everything before it. "Without rows" is the value of an entity
that has no such row, "unknown" is NaN. Amounts are in the main currency; rows in another count wherever no
amount is asked for. Logarithms are natural, hours and days are UTC.

This page is made from the files' headers by `python -m gnn.event_features > docs/features.md`.
"""


def page() -> str:
    """The page in Markdown: a section a kind, a line a feature."""
    parts = [_INTRODUCTION]
    for kind in Kind:
        features = EVENT_FEATURES[kind]
        lines = [
            (
                f"`{feature.name}`",
                feature.unit,
                feature.window,
                "0" if feature.without == 0 else "unknown",
                feature.meaning,
                f"`{feature.file}`",
            )
            for feature in features
        ]
        title = kind.value.replace("_", " ").capitalize()
        head = ("feature", "unit", "window", "without rows", "meaning", "file")
        parts.append(f"## {title}: {len(features)} features\n\n{_table(head, lines)}")
    return "\n".join(parts)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(page())
