"""Tables, drawn at random, whose graph has very nearly 1.0 M nodes and 4.0 M relationships."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.random import Generator
from numpy.typing import NDArray

NODES: Final = {"par": 10_000, "con": 620_000, "dev": 250_000, "acc": 120_000}
ROWS: Final = {"orders": 2_200_000, "payouts": 30_000, "partner_logins": 42_000, "transfers": 182_000}
START_MS: Final = 1_700_000_000_000
YEAR_MS: Final = 365 * 86_400_000

Codes = NDArray[np.int64]


def write_tables(folder: Path, *, scale: float = 1.0, seed: int = 1) -> None:
    """Write the input tables; `scale` 1.0 is the size the figures are for."""
    rng = np.random.default_rng(seed)
    size = {kind: max(20, int(count * scale)) for kind, count in NODES.items()}
    rows = {table: max(40, int(count * scale)) for table, count in ROWS.items()}
    names = {kind: pa.array([f"{kind}_{n:09d}" for n in range(count)]) for kind, count in size.items()}
    _write(
        folder,
        "partners",
        partner_id=names["par"],
        name=names["par"],
        onboarded_at=_moments(np.full(size["par"], START_MS - YEAR_MS)),
    )
    for table, key, kind in (
        ("consumers", "consumer_id", "con"),
        ("devices", "device_id", "dev"),
        ("bank_accounts", "account_id", "acc"),
    ):
        _write(folder, table, **{key: names[kind]})
    _write_orders(folder, rng, names, rows["orders"])
    _write_rest(folder, rng, names, rows)


def _write_orders(folder: Path, rng: Generator, names: dict[str, pa.Array], count: int) -> None:
    consumer = rng.integers(0, len(names["con"]), count)
    # Zipf's popularity: the first partner has about a hundredth of all orders
    weight = np.cumsum(1 / (np.arange(len(names["par"])) + 10.0))
    partner = np.searchsorted(weight / weight[-1], rng.random(count)).clip(max=len(weight) - 1)
    # two devices and two accounts a consumer; each device serves some five, each account some ten
    own = [rng.integers(0, len(names[kind]), (len(names["con"]), 2)) for kind in ("dev", "acc")]
    placed = START_MS + rng.integers(0, YEAR_MS, count)
    _write(
        folder,
        "orders",
        order_id=pa.array(np.arange(count)).cast(pa.string()),
        placed_at=_moments(placed),
        consumer_id=names["con"].take(pa.array(consumer)),
        partner_id=names["par"].take(pa.array(partner)),
        device_id=names["dev"].take(pa.array(own[0][consumer, rng.integers(0, 2, count)])),
        account_id=names["acc"].take(pa.array(own[1][consumer, rng.integers(0, 2, count)])),
        amount=pa.array(np.round(rng.lognormal(3.5, 1.0, count), 2)),
        currency=_same("EUR", count),
        outcome=_same("paid", count),
        outcome_at=_moments(placed + 86_400_000),
    )


def _write_rest(folder: Path, rng: Generator, names: dict[str, pa.Array], rows: dict[str, int]) -> None:
    def some(kind: str, count: int) -> pa.Array:
        return names[kind].take(pa.array(rng.integers(0, len(names[kind]), count)))

    def events(table: str, key: str, moment: str) -> dict[str, Any]:
        count = rows[table]
        ids = {key: pa.array(np.arange(count)).cast(pa.string())} if key else {}
        return {**ids, moment: _moments(START_MS + rng.integers(0, YEAR_MS, count))}

    def money(table: str) -> dict[str, Any]:
        count = rows[table]
        amount = pa.array(np.round(rng.lognormal(6, 1, count), 2))
        return {"amount": amount, "currency": _same("EUR", count)}

    payouts, logins, transfers = rows["payouts"], rows["partner_logins"], rows["transfers"]
    _write(
        folder,
        "payouts",
        **events("payouts", "payout_id", "paid_at"),
        partner_id=some("par", payouts),
        account_id=some("acc", payouts),
        **money("payouts"),
    )
    _write(
        folder,
        "partner_logins",
        **events("partner_logins", "", "at"),
        partner_id=some("par", logins),
        device_id=some("dev", logins),
    )
    _write(
        folder,
        "transfers",
        **events("transfers", "transfer_id", "at"),
        from_account_id=some("acc", transfers),
        to_account_id=some("acc", transfers),
        **money("transfers"),
    )


def _moments(milliseconds: Codes) -> pa.Array:
    return pa.array(milliseconds).cast(pa.timestamp("ms", tz="UTC"))


def _same(text: str, count: int) -> pa.Array:
    return pa.repeat(text, count)


def _write(folder: Path, table: str, **columns: Any) -> None:
    pq.write_table(pa.table(columns), folder / f"{table}.parquet")
