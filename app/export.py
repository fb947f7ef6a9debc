"""A finished run in other formats: CSV for spreadsheets, GraphML for graph tools."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from app.outputs import RING_MEMBERS
from app.run_folder import RUN_FILE, OutputError, whole_folder
from app.terminal import csv_cell, plain
from graph.aggregation import aggregate
from graph.links import Links
from graph.schema import MISSING_MS, NODES, RELATIONSHIPS, Kind, Relationship
from graph.tables import InputError, read_tables

TABLES: Final = ("rings", "ring_members", "evidence", "partner_scores", "lineage")

_FILE_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,80}")


def export_csv(run: Path, out: Path) -> list[Path]:
    """The run's tables as CSV in a new folder; lists are JSON, and no cell is a formula."""
    tables = {name: read_table(run, name) for name in TABLES}
    with whole_folder(out) as draft:
        for name, table in tables.items():
            with (draft / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\r\n")
                writer.writerow(table.column_names)
                writer.writerows([_csv_value(value) for value in row.values()] for row in table.to_pylist())
    return [out / f"{name}.csv" for name in TABLES]


def export_graphml(run: Path, out: Path, *, data: Path | None, ring_ids: Sequence[str]) -> list[Path]:
    """A GraphML file a ring in a new folder: its members and every link between them.

    The links come from the tables that the run read, `data` or the folder that the run names. InputError
    where these are not the same any more; OutputError where the run has no such ring.
    """
    table = read_table(run, "ring_members")
    if not table.schema.equals(RING_MEMBERS):
        raise OutputError(f"The run in {str(run)!r} was changed by hand: its members have other columns.")
    members = table.to_pandas()
    chosen = _choose(members, ring_ids)
    links = _links_of(run, data)
    with whole_folder(out) as draft:
        for ring_id in chosen:
            picture = ring_graph(members[members.ring_id == ring_id], links)
            nx.write_graphml_xml(picture, draft / f"{_file_name(ring_id)}.graphml")
    return [out / f"{_file_name(ring_id)}.graphml" for ring_id in chosen]


def ring_graph(members: pd.DataFrame, links: Links) -> nx.MultiDiGraph:
    """The members (`kind`, `id`, `role`, `risk`) and the links between them; nodes are n0, n1 …

    Text is free of control characters, which XML cannot hold; moments are ISO 8601.
    """
    picture = nx.MultiDiGraph()
    codes = {kind: _codes(members[members.kind == kind.value], links, kind) for kind in Kind}
    node_of: dict[tuple[Kind, int], str] = {}
    for kind, found in codes.items():
        for code, row in found.items():
            name = node_of[kind, code] = f"n{len(node_of)}"
            picture.add_node(
                name, kind=kind.value, id=plain(row["id"]), role=plain(row["role"]), risk=float(row["risk"])
            )
    for relationship in RELATIONSHIPS:
        for source, target, values in _links_between(links, relationship, codes):
            ends = node_of[relationship.source_kind, source], node_of[relationship.target_kind, target]
            picture.add_edge(*ends, type=relationship.type, **values)
    return picture


def read_table(run: Path, name: str) -> pa.Table:
    """A Parquet table of a run; OutputError where that folder is no run."""
    try:
        # given the path, it would read the parts of a folder of that name
        with (run / f"{name}.parquet").open("rb") as file:
            return pq.read_table(file)
    except (OSError, pa.ArrowException):
        raise OutputError(
            f"The folder {str(run)!r} is no run of ringwatch: it has no readable {name}.parquet."
        ) from None


def _csv_value(value: object) -> object:
    return csv_cell(value.isoformat() if isinstance(value, datetime) else value)


def _choose(members: pd.DataFrame, ring_ids: Sequence[str]) -> list[str]:
    known = list(dict.fromkeys(members.ring_id))
    for ring_id in ring_ids:
        if ring_id not in known:
            raise OutputError(f"The run has no ring {plain(ring_id)!r}; rings.parquet lists those it has.")
    return list(ring_ids) or known


def _links_of(run: Path, data: Path | None) -> Links:
    """The links that the run was made from, read again."""
    try:
        report = json.loads((run / RUN_FILE).read_bytes())
        digest, named = report["input"].get("digest"), report["input"]["folder"]
        folder = data or (None if digest is None else Path(named))
        as_of = datetime.fromisoformat(report["as_of"])
        # as a number and nothing else: what a run's folder says must never become SQL
        known_after = timedelta(days=report["settings"]["outcome_known_after_days"]).days
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        raise OutputError(f"The run in {str(run)!r} has no readable {RUN_FILE}; run again.") from None
    if digest is None or folder is None:
        raise OutputError(
            f"The run in {str(run)!r} was made from the store alone; GraphML is made from a run on tables."
        )
    tables = read_tables(folder, as_of=as_of, max_rejected_share=1.0, outcome_known_after_days=known_after)
    if tables.digest != digest:
        raise InputError(f"The tables in {str(folder)!r} are not those of the run; name its own with --data.")
    return aggregate(tables)


def _codes(members: pd.DataFrame, links: Links, kind: Kind) -> dict[int, Mapping[str, Any]]:
    """Code -> row of each member of that kind, by code."""
    key = next(node.key for node in NODES if node.kind is kind)
    place = pd.Index(links.nodes(kind)[key]).get_indexer(members["id"])
    rows = (
        {"id": id_, "role": role, "risk": risk}
        for id_, role, risk in zip(*(members[name] for name in ("id", "role", "risk")), strict=True)
    )
    found = zip(place.tolist(), rows, strict=True)
    return {code: row for code, row in sorted(found, key=lambda pair: pair[0]) if code >= 0}


def _links_between(
    links: Links, relationship: Relationship, codes: Mapping[Kind, Mapping[int, object]]
) -> Iterator[tuple[int, int, dict[str, Any]]]:
    frame: pd.DataFrame = getattr(links, relationship.name)
    inside = np.isin(frame[relationship.source], list(codes[relationship.source_kind])) & np.isin(
        frame[relationship.target], list(codes[relationship.target_kind])
    )
    for row in frame[inside].to_dict("records"):
        values = {name: _graphml_value(name, row[name]) for name in relationship.properties}
        yield int(row[relationship.source]), int(row[relationship.target]), values


def _graphml_value(name: str, value: float) -> str | float | int:
    if name.endswith("_at"):
        return "" if value == MISSING_MS else str(np.datetime64(int(value), "ms")) + "Z"
    return float(value) if "amount" in name else int(value)


def _file_name(ring_id: str) -> str:
    """The ring id as a file name; ids are ours, so another shape means a tampered run."""
    if not _FILE_NAME.fullmatch(ring_id):
        raise OutputError(
            f"The ring id {plain(ring_id)!r} cannot be a file name; the run was changed by hand."
        )
    return ring_id
