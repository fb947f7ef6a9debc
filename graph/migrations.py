"""Migrations of the store: numbered changes from an older form to this one, each with a record in the graph.

A new constraint or index is a statement under `queries/load/`: the next load makes what is not there.
A change of what is stored is a migration at the end of `MIGRATIONS`, with a number and the form after it.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.progress import Reporter
from graph.schema import ENTITY_TABLES
from graph.store_errors import StoreError
from graph.stored_form import BATCH_ROWS, KEY_OF, Batch, Writer, property_names
from queries.library import schema, statements

if TYPE_CHECKING:
    from graph.store import Store

ODD_COLUMNS_FORM: Final = 2
"""From this form on an odd column's property is named by the column's name, before that by its place."""

_FIRST_PLAIN_WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True)
class Migration:
    """A change of the store, applied once: its number, its name, the form of the store after it."""

    version: int
    name: str
    form: int
    apply: Callable[[Store], None]


@dataclass(frozen=True)
class Index:
    """A range index, or the one of a uniqueness constraint."""

    label: str
    properties: tuple[str, ...]
    is_unique: bool


def migrate(store: Store) -> None:
    """Apply what the store lacks, in order, and make again what somebody has dropped of its schema.

    Killed in between it is taken up where it ended; applied again nothing changes. A store that lacks nothing
    is asked two questions and not written. StoreError for a store of a newer form.
    """
    held = store.held()
    for migration in MIGRATIONS:
        is_older = held["loaded"] is not None and held["loaded"] < migration.form
        if migration.version not in held["applied"] or is_older:
            migration.apply(store)
            store.write_records(
                statements("migrations")["record"],
                version=migration.version,
                name=migration.name,
                form=migration.form,
                ringwatch=version("ringwatch"),
            )
    _make_missing(store)


def missing_schema(store: Store) -> list[str]:
    """The statements of the schema whose constraint or index is not there."""
    present = {
        Index(record["labelsOrTypes"][0], tuple(record["properties"]), record["owningConstraint"] is not None)
        for record in store.read_records(statements("migrations")["indexes"])
        if record["type"] == "RANGE"
    }
    present |= {Index(index.label, index.properties, is_unique=False) for index in present}
    texts = (*schema("constraints"), *schema("indexes"))
    return [text for text in texts if index_of(text) not in present]


def index_of(text: str) -> Index:
    """What a statement of the schema makes."""
    [label] = re.findall(r"\(\w+:(\w+)\)", text)
    return Index(label, tuple(re.findall(r"\bn\.(\w+)", text)), is_unique="IS UNIQUE" in text)


def _make_missing(store: Store) -> None:
    texts = missing_schema(store)
    if not texts:
        return
    for text in texts:
        store.write_schema(text)
    # IF NOT EXISTS is content with another index of the same name
    for text in missing_schema(store):
        raise StoreError(
            f"The store at {store.address} has something else under the name {text.split()[2]}, the name of "
            "an index or a constraint of ringwatch; drop it or use another database."
        )


def _make_schema(name: str, store: Store) -> None:
    for text in schema(name):
        store.write_schema(text)


def _rename_odd_columns(store: Store) -> None:
    """Move the values of odd columns to the properties that the columns' names say.

    A node is moved whole or not at all, and one that has been moved has nothing left to move: so a second try
    goes on where the first one ended. What a load that was not finished has left the next load mends.
    """
    token = secrets.token_hex(8)
    texts = statements("migrations")
    writer = Writer("writer-0", token)
    taken = store.write_records(texts["take"], form=ODD_COLUMNS_FORM, load=token, writer=writer.name)
    if not taken:
        return  # nothing is stored, or nothing of that form
    state, columns = taken[0]["state"], json.loads(taken[0]["columns"] or "{}")
    if state == "migrating":
        state = "complete"
        frames, pages = json.loads(taken[0]["frames"]), json.loads(taken[0]["pages"])
        for kind, table in ENTITY_TABLES.items():
            moves = _moves([column for column, _ in frames[table][1]])
            if moves.keys() & set(moves.values()):
                state = "loading"  # a column is called as another is kept: only the data can tell them apart
            elif moves:
                stored = store.read_nodes(kind, list(moves), pages[table]).values
                batches = _rename_batches(table, stored.pop(KEY_OF[kind]), stored, moves)
                store.write_part(writer, batches, Reporter(f"migrate {table}", 0, None))
                columns[table] = [moves.get(name, name) for name in columns[table]]
    done = store.write_records(
        texts["renamed"], form=ODD_COLUMNS_FORM, load=token, state=state, columns=json.dumps(columns)
    )
    if not done:
        raise StoreError("Another load has taken over this store; this one has stopped.")


def _moves(columns: Sequence[str]) -> dict[str, str]:
    """Property of form 1 -> property of form 2, where they differ."""
    old, new = first_form_names(columns), property_names(columns)
    return {old[column]: new[column] for column in columns if old[column] != new[column]}


def first_form_names(columns: Sequence[str]) -> dict[str, str]:
    """The property that kept each column in form 1."""
    plain = {column for column in columns if _FIRST_PLAIN_WORD.fullmatch(column)}
    names: dict[str, str] = {}
    for number, column in enumerate(columns):
        name = column if column in plain else f"extra_{number}"
        while column not in plain and name in plain:
            name += "_"
        names[column] = name
    return names


def _rename_batches(
    table: str, keys: NDArray[np.object_], stored: Mapping[str, NDArray[np.object_]], moves: Mapping[str, str]
) -> Iterator[Batch]:
    held = np.flatnonzero(np.any([~pd.isna(values) for values in stored.values()], axis=0))
    for start in range(0, len(held), BATCH_ROWS):
        part = held[start : start + BATCH_ROWS]
        olds = [stored[name][part] for name in moves]
        rows: list[Any] = [
            [key, dict(zip(moves.values(), values, strict=True)) | dict.fromkeys(moves)]
            for key, *values in zip(keys[part], *olds, strict=True)
        ]
        yield Batch("migrations", f"rename_{table}", rows, len(rows))


MIGRATIONS: Final = (
    Migration(1, "constraints", 1, partial(_make_schema, "constraints")),
    Migration(2, "properties of odd columns", ODD_COLUMNS_FORM, _rename_odd_columns),
    Migration(3, "indexes", ODD_COLUMNS_FORM, partial(_make_schema, "indexes")),
)

STORE_VERSION: Final = max(migration.form for migration in MIGRATIONS)
"""The form of the stored graph; a store that says a higher one was written by a newer ringwatch."""
