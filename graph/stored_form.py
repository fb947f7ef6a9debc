"""Frames of `Links` in the form the store keeps, the batches that write them, and what has changed.

Node properties: text and moments (epoch milliseconds UTC, integers); a missing one ("" or `MISSING_MS` in
`Links`) is left out. Link properties are always there. A column whose name is no plain word is kept under
`extra_<hash of its name>`, so that no name of the data ever stands in Cypher or meets a name that a server
keeps for itself, and so that columns that come later leave it where it is.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.links import Links
from graph.schema import ENTITY_TABLES, MISSING_MS, NODES, RELATIONSHIPS, Kind, Relationship

BATCH_ROWS: Final = 10_000
"""Rows a transaction: larger ones were no faster on either server, smaller ones pay for round trips."""

PAGE_NODES: Final = 10_000
"""Nodes a page when reading back."""

FIRST_HIGH_CHARACTER: Final = "\ud800"
"""From here on the order of code points and that of UTF-16 differ; Neo4j uses now the one, now the other."""

KEY_OF: Final = {node.kind: node.key for node in NODES}

_PLAIN_WORD: Final = re.compile(r"(?!extra_[0-9a-f]{32}$)[a-z][a-z0-9_]{0,63}")
"""A column name that is its property's name, too; one that looks like our names for the others is not."""

Row = list[Any] | dict[str, Any] | str
Groups = list[list[Any]]


@dataclass(frozen=True)
class Batch:
    """One transaction: a statement of a load file and its rows; `count` is what progress counts."""

    file: str
    statement: str
    rows: Sequence[Any] | Mapping[str, Any]
    count: int


@dataclass(frozen=True)
class StoredNodes:
    """Nodes of a kind as they are stored: property -> values (n,), None where missing.

    `numbers` (n,) are the server's own for them: unique among the nodes that are there, kept nowhere.
    """

    numbers: NDArray[np.int64]
    values: dict[str, NDArray[np.object_]]


@dataclass
class Writer:
    """Who writes: a record of this name in the store keeps whose load it is and its last batch's number."""

    name: str
    load: str
    batch: int = 0


@dataclass(frozen=True)
class NodeChanges:
    """Rows of the new frame to create and to update, ids to remove."""

    create: NDArray[np.intp]
    update: NDArray[np.intp]
    remove: tuple[str, ...]


@dataclass(frozen=True)
class LinkChanges:
    """Rows of the new frame to create and to update, code pairs (m, 2) to remove."""

    create: NDArray[np.intp]
    update: NDArray[np.intp]
    remove: NDArray[np.int64]


def property_names(columns: Sequence[str]) -> dict[str, str]:
    """The property that keeps each column, in their order; it depends on the column's name alone."""
    return {column: column if _PLAIN_WORD.fullmatch(column) else _odd_name(column) for column in columns}


def encode_nodes(frame: pd.DataFrame) -> dict[str, NDArray[np.object_]]:
    """Property -> values (n,), None where missing."""
    names = property_names([str(column) for column in frame.columns])
    encoded = {}
    for column, name in names.items():
        values = np.array(frame[column].tolist(), dtype=object)
        missing = MISSING_MS if pd.api.types.is_integer_dtype(frame[column].dtype) else ""
        values[values == missing] = None
        encoded[name] = values
    return encoded


def decode_nodes(
    stored: dict[str, NDArray[np.object_]], kind: Kind, layout: Sequence[tuple[str, str]]
) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """The node frame, sorted by id, and the stored row (n,) of each of its rows.

    `layout` is (column, dtype) in the frame's order.
    """
    order = np.argsort(stored[KEY_OF[kind]], kind="stable")
    names = property_names([column for column, _ in layout])
    columns = {}
    for column, dtype in layout:
        values = stored[names[column]][order].copy()
        values[pd.isna(values)] = MISSING_MS if dtype.startswith("int") else ""
        columns[column] = pd.Series(values, dtype=dtype)
    return pd.DataFrame(columns), order


def layout_of(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """The frame's columns and dtypes, enough to make it again."""
    return [(str(column), str(dtype)) for column, dtype in frame.dtypes.items()]


def pages_of(encoded: Mapping[Kind, dict[str, NDArray[np.object_]]]) -> dict[str, list[str]]:
    """The page bounds of each node table."""
    return {table: page_bounds(encoded[kind][KEY_OF[kind]].tolist()) for kind, table in ENTITY_TABLES.items()}


def load_record(links: Links, encoded: Mapping[Kind, dict[str, NDArray[np.object_]]]) -> dict[str, Any]:
    """What the store's record of a load says, so that the very same frames can be read back."""
    frames = {table: links.nodes(kind) for kind, table in ENTITY_TABLES.items()}
    frames |= {relationship.name: getattr(links, relationship.name) for relationship in RELATIONSHIPS}
    return {
        "as_of": links.as_of_ms,
        "currency": links.currency,
        "frames": json.dumps({name: (len(frame), layout_of(frame)) for name, frame in frames.items()}),
        "pages": json.dumps(pages_of(encoded)),
        "columns": json.dumps({table: list(encoded[kind]) for kind, table in ENTITY_TABLES.items()}),
    }


def compare_nodes(
    new: dict[str, NDArray[np.object_]], stored: dict[str, NDArray[np.object_]], key: str
) -> NodeChanges:
    """What has to be written so that the stored nodes are exactly the new ones."""
    where = pd.Index(stored[key], dtype=object).get_indexer(pd.Index(new[key], dtype=object))
    found = np.flatnonzero(where >= 0)
    changed = np.zeros(len(found), dtype=bool)
    nothing = np.full(len(found), None, dtype=object)
    for name in new.keys() | stored.keys():
        ours = new[name][found] if name in new else nothing
        theirs = stored[name][where[found]] if name in stored else nothing
        changed |= np.asarray(ours != theirs, dtype=bool)
    gone = np.ones(len(stored[key]), dtype=bool)
    gone[where[found]] = False
    return NodeChanges(
        create=np.flatnonzero(where < 0), update=found[changed], remove=tuple(stored[key][gone])
    )


def compare_links(
    new: pd.DataFrame, stored: pd.DataFrame, relationship: Relationship, target_size: int
) -> LinkChanges:
    """What has to be written so that the stored links are exactly the new ones.

    Both frames hold codes of the new node frames. A pair that is stored twice is removed and made again.
    """
    ours, theirs = (_pair_keys(frame, relationship, target_size) for frame in (new, stored))
    unique, first, times = np.unique(theirs, return_index=True, return_counts=True)
    sound = times == 1
    where = pd.Index(unique[sound]).get_indexer(pd.Index(ours))
    found = np.flatnonzero(where >= 0)
    rows = first[sound][where[found]]
    changed = np.zeros(len(found), dtype=bool)
    for name in relationship.properties:
        changed |= new[name].to_numpy()[found] != stored[name].to_numpy()[rows]
    gone = np.setdiff1d(unique, ours[found], assume_unique=False)
    pairs = np.stack([gone // max(target_size, 1), gone % max(target_size, 1)], axis=1)
    return LinkChanges(create=np.flatnonzero(where < 0), update=found[changed], remove=pairs)


def node_batches(
    file: str, statement: str, encoded: dict[str, NDArray[np.object_]], rows: NDArray[np.intp]
) -> Iterator[Batch]:
    """Batches of maps, a map a node, without its missing properties."""
    names = list(encoded)
    for start in range(0, len(rows), BATCH_ROWS):
        part = rows[start : start + BATCH_ROWS]
        columns = [encoded[name][part] for name in names]
        maps = [
            {name: value for name, value in zip(names, values, strict=True) if value is not None}
            for values in zip(*columns, strict=True)
        ]
        yield Batch(file, statement, maps, len(maps))


def remove_batches(file: str, ids: Sequence[str]) -> Iterator[Batch]:
    """Batches of ids of nodes to remove with all their links."""
    for start in range(0, len(ids), BATCH_ROWS):
        part = list(ids[start : start + BATCH_ROWS])
        yield Batch(file, "remove", part, len(part))


def link_batches(
    relationship: Relationship,
    statement: str,
    ends: tuple[NDArray[np.object_], NDArray[np.object_]],
    properties: Sequence[NDArray[Any]],
) -> Iterator[Batch]:
    """Batches of groups [source id, [[target id, properties …], …]].

    `ends` are the ids of sources and targets (m,), in the order of a link frame: sorted by source. One MATCH
    of the source serves its whole group, and in this order new links cost both servers least.
    """
    source, target = ends
    for start in range(0, len(source), BATCH_ROWS):
        part = slice(start, start + BATCH_ROWS)
        rows = list(zip(target[part], *(values[part].tolist() for values in properties), strict=True))
        yield Batch(relationship.name, statement, _groups(source[part], rows), len(rows))


def new_link_batches(
    relationship: Relationship,
    keys: tuple[NDArray[np.object_], NDArray[np.object_]],
    codes: NDArray[np.integer[Any]],
    properties: Sequence[NDArray[Any]],
) -> Iterator[Batch]:
    """Batches of {sources, targets, links}: ids that occur, and rows [source place, target place, …].

    `keys` are the ids of all sources and targets, `codes` (m, 2) the links' ends in them. Looking each node
    up once a batch is what makes this faster than a look-up a row.
    """
    for start in range(0, len(codes), BATCH_ROWS):
        part = slice(start, start + BATCH_ROWS)
        sources, source_places = np.unique(codes[part, 0], return_inverse=True)
        targets, target_places = np.unique(codes[part, 1], return_inverse=True)
        columns = (source_places, target_places, *(values[part] for values in properties))
        rows = {
            "sources": keys[0][sources].tolist(),
            "targets": keys[1][targets].tolist(),
            "links": list(zip(*(column.tolist() for column in columns), strict=True)),
        }
        yield Batch(relationship.name, "create", rows, len(rows["links"]))


def page_bounds(keys: Sequence[str]) -> list[str]:
    """First keys of pages of `PAGE_NODES` sorted keys, the first page's left out: it has no lower bound.

    A key with a high character is no bound, so that a page may be larger: against all others any key
    compares alike in the order of code points and in that of UTF-16.
    """
    bounds = (str(key) for key in keys[PAGE_NODES::PAGE_NODES])
    return [key for key in bounds if all(character < FIRST_HIGH_CHARACTER for character in key)]


def _odd_name(column: str) -> str:
    # 128 bits: fewer would let somebody who names columns find two that share a property
    digest = hashlib.sha256(column.encode("utf-8", "surrogatepass")).hexdigest()
    return f"extra_{digest[:32]}"


def _pair_keys(frame: pd.DataFrame, relationship: Relationship, target_size: int) -> NDArray[np.int64]:
    source = frame[relationship.source].to_numpy(dtype=np.int64)
    keys: NDArray[np.int64] = source * max(target_size, 1) + frame[relationship.target].to_numpy(np.int64)
    return keys


def _groups(anchors: NDArray[np.object_], rows: list[tuple[Any, ...]]) -> Groups:
    starts = np.flatnonzero(np.append(True, anchors[1:] != anchors[:-1])).tolist()
    ends = [*starts[1:], len(rows)]
    return [[anchors[start], rows[start:end]] for start, end in zip(starts, ends, strict=True)]
