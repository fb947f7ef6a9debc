"""Tables as known at an earlier moment, out of those of a later one: nothing is read a second time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.known_rows import KnownRows
from graph.schema import (
    DAY_MS,
    ENTITY_TABLES,
    EVENT_TABLES,
    MISSING_MS,
    OUTCOME_KNOWN_AFTER_DAYS,
    TABLES,
    Kind,
    Outcome,
    Table,
    Type,
)
from graph.tables import MONEY_TABLES, Tables, code_name, digest_of, main_currency, milliseconds, total

Mask = NDArray[np.bool_]


def earlier(
    tables: Tables, as_of: datetime, *, outcome_known_after_days: int = OUTCOME_KNOWN_AFTER_DAYS
) -> Tables | None:
    """What `read_tables` reads as of an earlier moment, to the last byte, out of `tables` and their memory.

    But for ids of rows where `tables` lack them, which the digest is of, too.

    None where only another reading can tell: where rows were rejected (of those that share a key another may
    have been the first then), where a label named nobody (who was known earlier), or where there is no
    partner yet. `outcome_known_after_days` as in the reading of `tables`.
    """
    if tables.rejected or tables.unmatched_labels:
        return None
    ms = milliseconds(as_of)
    rows = {name: _until(getattr(tables, name), _table(name), ms) for name in EVENT_TABLES}
    own = {kind: _own_row(tables, kind, ms) for kind in Kind}
    there = {kind: own[kind] | _named(rows, kind, len(own[kind])) for kind in Kind}
    if not there[Kind.PARTNER].any():
        return None
    code = {kind: np.where(known, np.cumsum(known) - 1, -1).astype(np.int32) for kind, known in there.items()}
    rows["orders"] = _with_outcomes(rows["orders"], ms, outcome_known_after_days)
    rows |= {name: _recoded(table, _table(name), code) for name, table in rows.items()}
    rows |= {name: _nodes(tables, kind, own[kind], there[kind], ms) for kind, name in ENTITY_TABLES.items()}
    said = tables.labels.filter(pc.less_equal(tables.labels["known_at"], ms))
    rows["labels"] = _labels(said, code)
    currencies = {name: _currencies(rows[name]) for name in MONEY_TABLES}
    orders = rows["orders"]
    undated = pc.and_(
        pc.not_equal(orders["outcome"], Outcome.OPEN.value), pc.equal(orders["outcome_at"], MISSING_MS)
    )
    known = {name: rows[name].num_rows for name in EVENT_TABLES} | {"labels": said.num_rows}
    known |= {name: int(own[kind].sum()) for kind, name in ENTITY_TABLES.items()}
    return replace(
        tables,
        as_of=as_of,
        currency=main_currency(currencies),
        **rows,
        has_row={kind: own[kind][there[kind]] for kind in Kind},
        counts={
            name: KnownRows(count.read, count.read - known[name], count.rejected)
            for name, count in tables.counts.items()
        },
        created={kind: int((there[kind] & ~own[kind]).sum()) for kind in Kind},
        currencies=total(currencies),
        undated_outcomes=int(pc.sum(undated).as_py() or 0),
        unmatched_labels=said.num_rows - rows["labels"].num_rows,
        digest=digest_of(rows),
    )


def _table(name: str) -> Table:
    return next(table for table in TABLES if table.name == name)


def _until(rows: pa.Table, table: Table, ms: int) -> pa.Table:
    """The events up to a moment: they stand in the order of their moments."""
    return rows.slice(0, int(np.searchsorted(rows[table.moment].to_numpy(), ms, side="right")))


def _own_row(tables: Tables, kind: Kind, ms: int) -> Mask:
    """Whose own row was known, (n,): one without a moment always was."""
    moment = tables.nodes(kind)[_table(ENTITY_TABLES[kind]).moment].to_numpy()
    known: Mask = tables.has_row[kind] & (moment <= ms)
    return known


def _named(rows: Mapping[str, pa.Table], kind: Kind, size: int) -> Mask:
    """Whom any of these events names, (n,)."""
    named = np.zeros(size, dtype=bool)
    for name, events in rows.items():
        for column in _table(name).columns:
            if column.names is kind:
                codes = events[code_name(column.name)].to_numpy()
                named[codes[codes >= 0]] = True
    return named


def _with_outcomes(orders: pa.Table, ms: int, known_after_days: int) -> pa.Table:
    """The orders with the outcomes known by then."""
    at, placed = orders["outcome_at"].to_numpy(), orders["placed_at"].to_numpy()
    dated = at != MISSING_MS
    known = np.where(dated, at, placed + known_after_days * DAY_MS) <= ms
    outcome = orders["outcome"]
    then = pc.if_else(pa.array(known), outcome, pa.scalar(Outcome.OPEN.value, outcome.type))
    orders = _with(orders, "outcome", then)
    return _with(orders, "outcome_at", pa.array(np.where(known & dated, at, MISSING_MS)))


def _recoded(events: pa.Table, table: Table, code: Mapping[Kind, NDArray[np.int32]]) -> pa.Table:
    """The events with the codes of then: in the same order, so that theirs stays."""
    for column in table.columns:
        if column.names is not None:
            name = code_name(column.name)
            codes = events[name].to_numpy()
            missing = codes < 0
            then = (
                np.where(missing, -1, code[column.names][np.where(missing, 0, codes)])
                if len(codes)
                else codes
            )
            events = _with(events, name, pa.array(then.astype(np.int32, copy=False)))
    return events


def _nodes(tables: Tables, kind: Kind, own: Mask, there: Mask, ms: int) -> pa.Table:
    """The entity table of then: of one that an event alone names, nothing but the id is known."""
    table = _table(ENTITY_TABLES[kind])
    rows = tables.nodes(kind).filter(pa.array(there))
    described = pa.array(own[there])
    times = {column.name for column in table.columns if column.type is Type.TIME}
    for name in rows.column_names:
        if name == table.key:
            continue
        missing = pa.scalar(MISSING_MS if name in times else "", rows[name].type)
        known = described
        if name == "closed_at":
            known = pc.and_(described, pc.less_equal(rows[name], ms))
        rows = _with(rows, name, pc.if_else(known, rows[name], missing))
    extra = [name for name in rows.column_names if name not in {column.name for column in table.columns}]
    return rows.drop_columns([name for name in extra if not pc.any(pc.not_equal(rows[name], "")).as_py()])


def _labels(said: pa.Table, code: Mapping[Kind, NDArray[np.int32]]) -> pa.Table:
    """The labels of those who were there, with their codes of then."""
    kinds, codes = said["kind"].to_numpy(zero_copy_only=False), said["code"].to_numpy()
    then = np.full(len(codes), -1, dtype=np.int32)
    for kind in Kind:
        mine = kinds == kind.value
        then[mine] = code[kind][codes[mine]]
    return _with(said, "code", pa.array(then)).filter(pa.array(then >= 0))


def _currencies(rows: pa.Table) -> dict[str, int]:
    counted: list[dict[str, Any]] = pc.value_counts(rows["currency"]).to_pylist()
    return {one["values"]: int(one["counts"]) for one in counted}


def _with(rows: pa.Table, name: str, column: pa.Array | pa.ChunkedArray) -> pa.Table:
    return rows.set_column(rows.column_names.index(name), name, column)
