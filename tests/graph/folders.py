"""Folders of tables for tests: a few honest rows, and a way to change one of them."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from graph.schema import TABLES, Type

Rows = dict[str, list[dict[str, Any]]]


def order(number: int | str, **changes: Any) -> dict[str, Any]:
    """An order of 10 EUR at p1 on the first of January, paid the day after."""
    return {
        "order_id": f"o{number}",
        "placed_at": "2024-01-01T10:00:00Z",
        "consumer_id": "c1",
        "partner_id": "p1",
        "device_id": "d1",
        "account_id": "a1",
        "amount": "10.00",
        "currency": "EUR",
        "outcome": "paid",
        "outcome_at": "2024-01-02T10:00:00Z",
    } | changes


def small_rows() -> Rows:
    return {
        "partners": [
            {"partner_id": "p1", "name": "One", "onboarded_at": "2023-01-01T00:00:00Z", "country": "DE"},
            {"partner_id": "p2", "name": "Two", "onboarded_at": "2023-02-01T00:00:00Z", "country": "FR"},
        ],
        "consumers": [{"consumer_id": "c1", "country": "DE", "created_at": "2023-05-01T00:00:00Z"}],
        "orders": [order(1), order(2, partner_id="p2", placed_at="2024-02-01T00:00:00Z", outcome_at="")],
        "payouts": [
            {
                "payout_id": "x1",
                "paid_at": "2024-01-05T00:00:00Z",
                "partner_id": "p1",
                "account_id": "a9",
                "amount": "20.5",
                "currency": "EUR",
            }
        ],
        "partner_logins": [{"partner_id": "p1", "device_id": "d7", "at": "2024-01-03T01:02:03.456Z"}],
        "transfers": [
            {
                "transfer_id": "t1",
                "at": "2024-01-06T00:00:00Z",
                "from_account_id": "a9",
                "to_account_id": "a1",
                "amount": "5",
                "currency": "EUR",
            }
        ],
        "labels": [
            {"kind": "partner", "id": "p1", "verdict": "fraud", "known_at": "2024-01-10T00:00:00Z"},
        ],
    }


def write_csv(folder: Path, rows: Rows, *, packed: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, entries in rows.items():
        columns = list(dict.fromkeys(column for entry in entries for column in entry))
        opener = gzip.open if packed else open
        with opener(folder / f"{name}.csv{'.gz' * packed}", "wt", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, restval="")
            writer.writeheader()
            writer.writerows(entries)
    return folder


def write_parquet(folder: Path, rows: Rows) -> Path:
    """The same rows with types of their own: timestamps in microseconds, amounts as doubles."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, entries in rows.items():
        types = {column.name: column.type for column in next(t for t in TABLES if t.name == name).columns}
        frame = pd.DataFrame(entries).replace({"": None})
        arrays = {column: _array(frame[column], types.get(column, Type.TEXT)) for column in frame.columns}
        pq.write_table(pa.table(arrays), folder / f"{name}.parquet")
    return folder


def _array(values: pd.Series, type_: Type) -> pa.Array:
    if type_ is Type.TIME:
        return pa.array(pd.to_datetime(values, utc=True, format="ISO8601").astype("datetime64[us, UTC]"))
    if type_ is Type.AMOUNT:
        return pa.array(values.astype(float))
    return pa.array(
        [None if value is None or value != value else str(value) for value in values], pa.string()
    )
