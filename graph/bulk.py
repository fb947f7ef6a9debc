"""The graph as CSV files for `neo4j-admin database import full`, the fastest way into an empty Neo4j."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from graph.links import Links
from graph.migrations import STORE_VERSION
from graph.schema import ENTITY_TABLES, NODES, RELATIONSHIPS, Kind, Node, Relationship
from graph.stored_form import KEY_OF, encode_nodes, load_record

DATABASE: Final = "neo4j"

_TYPES: Final = {pa.int32(): "long", pa.int64(): "long", pa.float64(): "double", pa.string(): "string"}
"""Names that the importer knows; counts become long too, as they do over Bolt."""


def write_bulk(links: Links, folder: Path) -> tuple[str, ...]:
    """Write the files into `folder`, which must be there; the importer's arguments, to run inside it.

    The imported graph is the one that `Store.load` makes; constraints and indexes come with the first load,
    which then writes nothing else. OSError where the folder cannot be written.
    """
    arguments = ["database", "import", "full", DATABASE, "--overwrite-destination", "--multiline-fields=true"]
    encoded = {kind: encode_nodes(links.nodes(kind)) for kind in Kind}
    for node in NODES:
        name = f"{ENTITY_TABLES[node.kind]}.csv"
        _write(folder / name, _node_table(encoded[node.kind], node))
        arguments.append(f"--nodes={node.label}={name}")
    _write(folder / "load.csv", _record_table({"name": "links", **load_record(links, encoded)}))
    arguments.append("--nodes=Load=load.csv")
    for relationship in RELATIONSHIPS:
        name = f"{relationship.name}.csv"
        _write(folder / name, _link_table(links, relationship))
        arguments.append(f"--relationships={relationship.type}={name}")
    return tuple(arguments)


def _node_table(encoded: dict[str, NDArray[np.object_]], node: Node) -> pa.Table:
    columns = {name: _column(values) for name, values in encoded.items()}
    names = [
        f"{node.key}:ID({node.label})" if name == node.key else _typed(name, column)
        for name, column in columns.items()
    ]
    return pa.table(list(columns.values()), names=names)


def _column(values: NDArray[np.object_]) -> pa.Array:
    """Text, or moments; a column without any value is text that is missing throughout."""
    column = pa.array(values.tolist())
    return column.cast(pa.string()) if pa.types.is_null(column.type) else column


def _link_table(links: Links, relationship: Relationship) -> pa.Table:
    frame = getattr(links, relationship.name)
    labels = {node.kind: node.label for node in NODES}
    columns, names = [], []
    for role, column, kind in (
        ("START_ID", relationship.source, relationship.source_kind),
        ("END_ID", relationship.target, relationship.target_kind),
    ):
        ids = pa.array(links.nodes(kind)[KEY_OF[kind]].astype(object), type=pa.string())
        columns.append(ids.take(pa.array(frame[column].to_numpy())))
        names.append(f":{role}({labels[kind]})")
    for name in relationship.properties:
        columns.append(pa.array(frame[name].to_numpy()))
        names.append(_typed(name, columns[-1]))
    return pa.table(columns, names=names)


def _record_table(record: dict[str, Any]) -> pa.Table:
    whole = {**record, "version": STORE_VERSION, "state": "complete", "load": "bulk"}
    columns = [pa.array([value]) for value in whole.values()]
    names = [
        "name:ID(Load)" if name == "name" else _typed(name, column)
        for name, column in zip(whole, columns, strict=True)
    ]
    return pa.table(columns, names=names)


def _typed(name: str, column: pa.Array) -> str:
    return f"{name}:{_TYPES[column.type]}"


def _write(path: Path, table: pa.Table) -> None:
    """A header line, then the rows: texts in quotes, a missing value as nothing."""
    with path.open("wb") as file:
        file.write((",".join(table.column_names) + "\n").encode())
        pa_csv.write_csv(table, file, pa_csv.WriteOptions(include_header=False))
