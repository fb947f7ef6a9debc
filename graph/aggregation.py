"""From rows to links: who dealt with whom, how often, how much, from when to when."""

from __future__ import annotations

from importlib import resources
from typing import Final

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.links import Links
from graph.schema import MISSING_MS, RELATIONSHIPS, Kind
from graph.tables import Tables

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


def _query(name: str) -> str:
    return resources.files("queries").joinpath("features", f"{name}.sql").read_text(encoding="utf-8")


def _link_frame(connection: duckdb.DuckDBPyConnection, name: str, currency: str) -> pd.DataFrame:
    query = _query(name)
    parameters = {"currency": currency} if "$currency" in query else {}
    return connection.execute(query, parameters).df()


def _node_frame(connection: duckdb.DuckDBPyConnection, tables: Tables, kind: Kind) -> pd.DataFrame:
    frame = tables.nodes(kind).to_pandas()
    verdicts = connection.execute(_query("verdicts"), {"kind": kind.value}).fetchnumpy()
    verdict = np.full(len(frame), "", dtype=object)
    verdict_at = np.full(len(frame), MISSING_MS, np.int64)
    verdict[verdicts["code"]] = verdicts["verdict"]
    verdict_at[verdicts["code"]] = verdicts["verdict_at"]
    return frame.assign(verdict=pd.Series(verdict, dtype="str"), verdict_at=verdict_at)
