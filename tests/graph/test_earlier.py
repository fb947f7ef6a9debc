"""An earlier moment out of a later one: the same, in all that there is, as another reading tells."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.earlier import earlier
from graph.known_rows import KnownRows
from graph.schema import TABLES
from graph.tables import InputError, Tables, read_tables, without_row_ids
from tests.graph.folders import Rows, order, small_rows, write_csv

LATE = datetime(2025, 1, 1, tzinfo=UTC)
START = datetime(2024, 1, 1, tzinfo=UTC)
_DAYS = st.integers(0, 300)
_MOMENTS = _DAYS.map(lambda day: (START + timedelta(days=day)).isoformat())
_ANY_MOMENT = st.one_of(st.just(""), _MOMENTS)
_IDS = st.sampled_from(["a", "b", "c", "007", "é", "p1", "z"])
_CURRENCY = st.sampled_from(["EUR", "USD"])


def plain(value: Any) -> Any:
    """A field of tables as something that compares, types and names of columns with it."""
    if isinstance(value, pa.Table):
        return str(value.schema), value.to_pylist()
    if isinstance(value, KnownRows):
        return value.read, value.after_as_of, plain(value.rejected)
    if isinstance(value, np.ndarray):
        return value.tolist()
    return {key: plain(one) for key, one in value.items()} if isinstance(value, dict) else value


def differing(one: Tables, other: Tables) -> list[str]:
    """The fields in which tables differ."""
    names = [field.name for field in fields(Tables)]
    return [name for name in names if plain(getattr(one, name)) != plain(getattr(other, name))]


def _distinct(rows: Rows) -> Rows:
    """One row a key: of those that share one, only a reading can tell which was the first."""
    keys = {table.name: table.key for table in TABLES}
    return {
        name: list({row[keys[name]]: row for row in entries}.values()) if keys[name] else entries
        for name, entries in rows.items()
    }


@st.composite
def _worlds(draw: st.DrawFn) -> Rows:
    rows = small_rows()
    rows["orders"] += [
        order(
            number,
            placed_at=draw(_MOMENTS),
            consumer_id=draw(_IDS),
            partner_id=draw(_IDS),
            device_id=draw(st.one_of(st.just(""), _IDS)),
            account_id=draw(st.one_of(st.just(""), _IDS)),
            currency=draw(_CURRENCY),
            outcome=draw(st.sampled_from(["open", "paid", "disputed"])),
            outcome_at=draw(_ANY_MOMENT),
        )
        for number in range(10, 10 + draw(st.integers(0, 8)))
    ]
    rows["partners"] += [
        {
            "partner_id": draw(_IDS),
            "name": draw(_IDS),
            "onboarded_at": draw(_MOMENTS),
            "closed_at": draw(_ANY_MOMENT),
            "team": draw(_IDS),
        }
        for _ in range(draw(st.integers(0, 4)))
    ]
    rows["consumers"] += [
        {"consumer_id": draw(_IDS), "country": "FR", "created_at": draw(_ANY_MOMENT)}
        for _ in range(draw(st.integers(0, 3)))
    ]
    rows["partner_logins"] += [
        {"partner_id": draw(_IDS), "device_id": draw(_IDS), "at": draw(_MOMENTS)}
        for _ in range(draw(st.integers(0, 4)))
    ]
    rows["transfers"] += [
        rows["transfers"][0]
        | {"transfer_id": f"t{number}", "at": draw(_MOMENTS), "to_account_id": draw(_IDS)}
        for number in range(10, 10 + draw(st.integers(0, 3)))
    ]
    rows["labels"] += [
        {"kind": "partner", "id": "p1", "verdict": "fraud", "known_at": draw(_MOMENTS)}
        for _ in range(draw(st.integers(0, 3)))
    ]
    return _distinct(rows)


@settings(max_examples=25, deadline=None)
@given(rows=_worlds(), day=_DAYS)
def test_it_is_what_another_reading_tells(
    tmp_path_factory: pytest.TempPathFactory, rows: Rows, day: int
) -> None:
    folder, moment = write_csv(tmp_path_factory.mktemp("world"), rows), START + timedelta(days=day)
    tables = read_tables(folder, as_of=LATE, max_rejected_share=1.0)
    found = earlier(tables, moment)
    if found is None:
        assert tables.rejected or tables.unmatched_labels
    else:
        assert not differing(found, read_tables(folder, as_of=moment))
        shorter = earlier(without_row_ids(tables), moment)
        assert shorter is not None and set(differing(shorter, without_row_ids(found))) <= {"digest"}


def test_where_rows_were_rejected_or_labels_name_nobody_only_a_reading_can_tell(tmp_path: Path) -> None:
    rows = small_rows()
    rows["orders"].append(order(1, placed_at="2024-01-03T00:00:00Z"))
    assert earlier(read_tables(write_csv(tmp_path / "a", rows), max_rejected_share=1.0), START) is None
    rows = small_rows()
    rows["labels"].append(
        {"kind": "device", "id": "nobody's", "verdict": "legit", "known_at": "2024-01-01T00:00:00Z"}
    )
    assert earlier(read_tables(write_csv(tmp_path / "b", rows)), START) is None


def test_before_the_first_partner_there_is_nothing_to_tell(tmp_path: Path) -> None:
    folder, before = write_csv(tmp_path, small_rows()), datetime(2022, 1, 1, tzinfo=UTC)
    assert earlier(read_tables(folder, as_of=LATE), before) is None
    with pytest.raises(InputError, match="No partner is known"):
        read_tables(folder, as_of=before)
