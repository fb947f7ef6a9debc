"""From rows to links: who dealt with whom, how often, how much, from when to when."""

from __future__ import annotations

from importlib import resources
from itertools import pairwise
from typing import Final

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from graph.increments import Increment
from graph.links import Links
from graph.schema import MISSING_MS, RELATIONSHIPS, TABLES, Kind, Relationship, utc
from graph.tables import NewRows, Tables

SOURCE_TABLES: Final = {
    "ordered_at": "orders",
    "used": "orders",
    "paid_from": "orders",
    "logged_in_from": "partner_logins",
    "paid_out_to": "payouts",
    "transferred_to": "transfers",
}
"""The input table behind each link frame."""

_EVENTS: Final = ("orders", "payouts", "partner_logins", "transfers", "labels")


def aggregate(tables: Tables) -> Links:
    """The links that the rows of `tables` amount to.

    Sums are exact (decimal, four places) before they become float64. Amounts in another currency than
    `tables.currency` are left out of sums; their rows count in every other column.
    """
    with duckdb.connect(config={"threads": 2}) as connection:
        for name in _EVENTS:
            connection.register(name, getattr(tables, name))
        frames = {kind: _node_frame(connection, tables, kind) for kind in Kind}
        links = {
            relationship.name: _link_frame(connection, relationship.name, tables.currency)
            for relationship in RELATIONSHIPS
        }
    return Links(
        as_of_ms=tables.as_of_ms,
        currency=tables.currency,
        partners=frames[Kind.PARTNER],
        consumers=frames[Kind.CONSUMER],
        devices=frames[Kind.DEVICE],
        bank_accounts=frames[Kind.BANK_ACCOUNT],
        **links,
    )


def decided_partners(tables: Tables) -> pd.DataFrame:
    """`partner_id`, `verdict` and `verdict_at` of every partner as in `Links`, without linking anything."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.register("labels", tables.labels)
        return _node_frame(connection, tables, Kind.PARTNER)[["partner_id", "verdict", "verdict_at"]]


def aggregate_new(rows: NewRows) -> Increment:
    """What new rows add to the links of the rows before them, by the same definitions."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.register("later_outcomes", rows.later_outcomes)
        later = _link_frame(connection, "later_outcomes", rows.tables.currency)
    return Increment(
        since_ms=rows.since_ms,
        links=aggregate(rows.tables),
        later_outcomes=later,
        has_row=rows.has_row,
        has_event=rows.has_event,
        digest=rows.digest,
    )


def _query(name: str) -> str:
    return resources.files("queries").joinpath("features", f"{name}.sql").read_text(encoding="utf-8")


def _link_frame(connection: duckdb.DuckDBPyConnection, name: str, currency: str) -> pd.DataFrame:
    query = _query(name)
    parameters = {"currency": currency} if "$currency" in query else {}
    frame: pd.DataFrame = connection.execute(query, parameters).df()
    return frame


def _node_frame(connection: duckdb.DuckDBPyConnection, tables: Tables, kind: Kind) -> pd.DataFrame:
    frame: pd.DataFrame = tables.nodes(kind).to_pandas()
    verdicts = connection.execute(_query("verdicts"), {"kind": kind.value}).fetchnumpy()
    verdict = np.full(len(frame), "", dtype=object)
    verdict_at = np.full(len(frame), MISSING_MS, np.int64)
    verdict[verdicts["code"]] = verdicts["verdict"]
    verdict_at[verdicts["code"]] = verdicts["verdict_at"]
    return frame.assign(verdict=pd.Series(verdict, dtype="str"), verdict_at=verdict_at)


def source_rows(
    tables: Tables, name: str, pairs: NDArray[np.integer], *, limit: int = 5
) -> tuple[tuple[str, ...], ...]:
    """The ids of the rows behind links of the frame `name`: for each pair the `limit` oldest, oldest first.

    `pairs` is (n, 2), codes of source and target as in that frame. A row's id is its order, payout or
    transfer id, and for a login, which has none, its moment in ISO 8601. One pass over the table whatever n
    is, so ask for all pairs at once: 100 pairs of 500,000 orders take 0.1 s (measured on two busy cores).
    """
    relationship = next(relationship for relationship in RELATIONSHIPS if relationship.name == name)
    table = next(table for table in TABLES if table.name == SOURCE_TABLES[name])
    events = getattr(tables, table.name)
    asked, pair_of = np.unique(_pair_keys(tables, relationship, *pairs.reshape(-1, 2).T), return_inverse=True)
    keys = _pair_keys(
        tables,
        relationship,
        events[relationship.source].to_numpy(),
        events[relationship.target].to_numpy(),
    )
    place = np.minimum(np.searchsorted(asked, keys), max(len(asked) - 1, 0))
    rows = np.flatnonzero(asked[place] == keys) if len(asked) else np.empty(0, np.intp)
    rows = rows[np.argsort(place[rows], kind="stable")]  # events stand in the order of their moments
    found = place[rows]
    first = np.searchsorted(found, np.arange(len(asked) + 1))
    kept = np.arange(len(rows)) - first[found] < limit
    ids = _row_ids(events.take(rows[kept]), table.key)
    starts = np.r_[0, np.cumsum(np.minimum(np.diff(first), limit))]
    of_asked = [tuple(ids[start:end]) for start, end in pairwise(starts)]
    return tuple(of_asked[number] for number in pair_of.ravel())


def _pair_keys(
    tables: Tables, relationship: Relationship, source: NDArray[np.integer], target: NDArray[np.integer]
) -> NDArray[np.int64]:
    width = tables.nodes(relationship.target_kind).num_rows
    keys: NDArray[np.int64] = np.where(target < 0, -1, source.astype(np.int64) * width + target)
    return keys


def _row_ids(rows: pa.Table, key: str) -> list[str]:
    if key:
        ids: list[str] = rows[key].to_pylist()
        return ids
    moments = [utc(ms).isoformat(timespec="milliseconds") for ms in rows["at"].to_pylist()]
    return [moment.replace("+00:00", "Z") for moment in moments]
