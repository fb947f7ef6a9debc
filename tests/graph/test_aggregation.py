from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.aggregation import SOURCE_TABLES, aggregate, source_rows
from graph.links import Links
from graph.schema import MISSING_MS, RELATIONSHIPS, TABLES, Kind, Relationship
from graph.tables import Tables, code_name, read_tables
from tests.graph.folders import Rows, order, small_rows, write_csv

DAY = timedelta(days=1)
START = datetime(2024, 1, 1)
JUNE = datetime(2024, 6, 1)


def links_of(folder: Path, rows: Rows, **options: Any) -> Links:
    return aggregate(read_tables(write_csv(folder, rows), **{"as_of": JUNE, **options}))


def only(frame: pd.DataFrame) -> dict[str, Any]:
    assert len(frame) == 1
    return dict(frame.iloc[0].to_dict())


def epoch_ms(text: str) -> int:
    return (datetime.fromisoformat(text) - datetime(1970, 1, 1)) // timedelta(milliseconds=1)


def test_links_sum_up_the_orders_between_two(tmp_path: Path) -> None:
    orders = [
        order(1, amount="0.10", outcome="paid"),
        order(2, amount="0.20", outcome="disputed", placed_at="2024-01-03"),
        order(3, amount="0.40", outcome="refunded", placed_at="2024-01-02"),
        order(4, amount="0.80", outcome="defaulted", outcome_at="2024-07-01"),
    ]
    links = links_of(tmp_path, small_rows() | {"orders": orders})
    assert only(links.ordered_at) == {
        "consumer": 0,
        "partner": 0,
        "orders": 4,
        "amount": 1.5,
        "bad_amount": 0.6,  # exact, where a sum of floats says 0.6000000000000001
        "first_at": epoch_ms("2024-01-01T10:00:00"),
        "last_at": epoch_ms("2024-01-03T00:00:00"),
        "refunded": 1,
        "disputed": 1,
        "defaulted": 0,
    }
    assert only(links.paid_from)["amount"] == 1.5
    assert only(links.used)["times"] == 4


def test_another_currency_counts_but_is_not_added(tmp_path: Path) -> None:
    orders = [order(1), order(2, currency="USD", amount="7", outcome="disputed"), order(3)]
    links = links_of(tmp_path, small_rows() | {"orders": orders})
    link = only(links.ordered_at)
    assert links.currency == "EUR"
    assert (link["orders"], link["disputed"], link["amount"], link["bad_amount"]) == (3, 1, 20.0, 0.0)


@pytest.mark.parametrize(
    ("currencies", "main"), [(["USD", "EUR", "USD"], "USD"), (["USD", "EUR"], "EUR"), ([], "CHF")]
)
def test_the_main_currency_has_the_most_orders(tmp_path: Path, currencies: list[str], main: str) -> None:
    rows = small_rows()
    rows["orders"] = [order(number, currency=currency) for number, currency in enumerate(currencies)]
    rows["payouts"][0]["currency"] = "CHF"
    if not currencies:
        del rows["orders"]
    assert links_of(tmp_path, rows).currency == main


def test_orders_without_device_or_account_make_no_link_to_one(tmp_path: Path) -> None:
    links = links_of(tmp_path, small_rows() | {"orders": [order(1, device_id="", account_id="")]})
    assert len(links.used) == len(links.paid_from) == 0
    assert only(links.ordered_at)["orders"] == 1


def test_frames_have_the_types_and_columns_of_the_schema(tmp_path: Path) -> None:
    for links in (
        links_of(tmp_path / "full", small_rows()),
        links_of(tmp_path / "bare", {name: small_rows()[name] for name in ("partners", "partner_logins")}),
    ):
        for relationship in RELATIONSHIPS:
            frame = getattr(links, relationship.name)
            assert tuple(frame.columns) == (
                relationship.source,
                relationship.target,
                *relationship.properties,
            )
            amounts, moments = {"amount", "bad_amount"}, {"first_at", "last_at"}
            for column in frame.columns:
                wanted = "float64" if column in amounts else "int64" if column in moments else "int32"
                assert frame[column].dtype == wanted, (relationship.name, column)
        for kind in Kind:
            table = next(table for table in TABLES if table.name == kind + "s")
            columns = [column.name for column in table.columns]
            assert list(links.nodes(kind).columns) == [*columns, "verdict", "verdict_at"]
            assert not links.nodes(kind).isna().to_numpy().any()


def test_the_latest_verdict_wins_and_fraud_among_equals(tmp_path: Path) -> None:
    def label(id_: str, verdict: str, known_at: str) -> dict[str, str]:
        return {"kind": "partner", "id": id_, "verdict": verdict, "known_at": known_at}

    rows = small_rows()
    rows["partners"].append({"partner_id": "p3", "name": "Three", "onboarded_at": "2023-01-01"})
    rows["labels"] = [
        label("p1", "fraud", "2024-01-01"),
        label("p1", "legit", "2024-01-02"),
        label("p1", "fraud", "2024-07-01"),
        label("p2", "fraud", "2024-01-03"),
        label("p2", "legit", "2024-01-03"),
    ]
    partners = links_of(tmp_path, rows).partners
    assert partners["verdict"].tolist() == ["legit", "fraud", ""]
    assert partners["verdict_at"].tolist() == [
        epoch_ms("2024-01-02T00:00:00"),
        epoch_ms("2024-01-03T00:00:00"),
        MISSING_MS,
    ]


_CENTS = st.integers(0, 10**9).map(lambda number: str(Decimal(number) / 10000))
_DAYS = st.integers(0, 200).map(lambda day: (START + day * DAY).isoformat())
_FEW = st.sampled_from(["a", "b", "c"])
_CURRENCIES = st.sampled_from(["EUR", "EUR", "USD"])
_OUTCOMES = st.sampled_from(["open", "paid", "refunded", "disputed", "defaulted"])


@st.composite
def _events(draw: st.DrawFn) -> Rows:
    def many(one: Callable[[int], dict[str, Any]]) -> list[dict[str, Any]]:
        return [one(number) for number in range(draw(st.integers(0, 12)))]

    money = lambda: {"amount": draw(_CENTS), "currency": draw(_CURRENCIES)}  # noqa: E731
    rows = small_rows()
    rows["orders"] += many(
        lambda number: order(
            f"x{number}",
            placed_at=draw(_DAYS),
            consumer_id=draw(_FEW),
            partner_id=draw(_FEW),
            device_id=draw(st.sampled_from(["", "a", "b"])),
            account_id=draw(st.sampled_from(["", "a", "b"])),
            outcome=draw(_OUTCOMES),
            outcome_at=draw(st.one_of(st.just(""), _DAYS)),
            **money(),
        )
    )
    rows["payouts"] += many(
        lambda number: {
            "payout_id": f"y{number}",
            "paid_at": draw(_DAYS),
            "partner_id": draw(_FEW),
            "account_id": draw(_FEW),
            **money(),
        }
    )
    rows["transfers"] += many(
        lambda number: {
            "transfer_id": f"z{number}",
            "at": draw(_DAYS),
            "from_account_id": draw(_FEW),
            "to_account_id": draw(_FEW),
            **money(),
        }
    )
    rows["partner_logins"] += many(
        lambda _: {"partner_id": draw(_FEW), "device_id": draw(_FEW), "at": draw(_DAYS)}
    )
    return rows


def _outcome(row: dict[str, Any], as_of: datetime) -> str:
    known = row["outcome_at"] or (datetime.fromisoformat(row["placed_at"][:19]) + 30 * DAY).isoformat()
    return str(row["outcome"]) if known[:19] <= as_of.isoformat() else "open"


def _columns(relationship: Relationship) -> tuple[str, str, str]:
    """The id columns and the moment behind a relationship."""
    table = next(table for table in TABLES if table.name == SOURCE_TABLES[relationship.name])
    named = {code_name(column.name): column.name for column in table.columns if column.names}
    return named[relationship.source], named[relationship.target], table.moment


def _by_hand(rows: Rows, relationship: Relationship, currency: str, as_of: datetime) -> dict[Any, Any]:
    source, target, moment = _columns(relationship)
    pairs: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows[SOURCE_TABLES[relationship.name]]:
        if row[moment][:19] <= as_of.isoformat() and row[target]:
            pairs[row[source], row[target]].append(row)
    expected = {}
    for pair, events in pairs.items():
        amount = bad_amount = Decimal(0)
        outcomes = [_outcome(row, as_of) if "outcome" in row else "" for row in events]
        for row, outcome in zip(events, outcomes, strict=True):
            if row.get("currency") == currency:
                amount += Decimal(row["amount"])
                bad_amount += Decimal(row["amount"]) * (outcome in ("refunded", "disputed", "defaulted"))
        moments = [epoch_ms(row[moment].removesuffix("Z")) for row in events]
        facts = {
            "orders": len(events),
            "times": len(events),
            "amount": float(amount),
            "bad_amount": float(bad_amount),
            "first_at": min(moments),
            "last_at": max(moments),
        } | {name: outcomes.count(name) for name in ("refunded", "disputed", "defaulted")}
        expected[pair] = tuple(facts[name] for name in relationship.properties)
    return expected


def _as_found(links: Links, relationship: Relationship) -> dict[Any, Any]:
    frame = getattr(links, relationship.name)
    assert frame.equals(frame.sort_values([relationship.source, relationship.target], ignore_index=True))
    sources = links.nodes(relationship.source_kind).iloc[frame[relationship.source], 0]
    targets = links.nodes(relationship.target_kind).iloc[frame[relationship.target], 0]
    values = frame[list(relationship.properties)].itertuples(index=False, name=None)
    return dict(zip(zip(sources, targets, strict=True), values, strict=True))


@settings(max_examples=15)
@given(rows=_events(), day=st.integers(0, 200))
def test_links_equal_what_is_counted_by_hand(
    tmp_path_factory: pytest.TempPathFactory, rows: Rows, day: int
) -> None:
    as_of = START + day * DAY
    links = links_of(tmp_path_factory.mktemp("world"), rows, as_of=as_of)
    for relationship in RELATIONSHIPS:
        by_hand = _by_hand(rows, relationship, links.currency, as_of)
        assert _as_found(links, relationship) == by_hand, relationship.name


# Rows behind a link -----------------------------------------------------------------------------------


def _read(folder: Path, rows: Rows) -> Tables:
    return read_tables(write_csv(folder, rows), as_of=JUNE)


def test_source_rows_are_the_oldest_of_each_pair(tmp_path: Path) -> None:
    orders = [
        order(number, placed_at=f"2024-01-{20 - number:02}", partner_id=f"p{number % 2}")
        for number in range(10)
    ]
    tables = _read(tmp_path, small_rows() | {"orders": orders})
    pairs = np.array([[0, 1], [0, 0], [0, 2], [0, 1]])  # p0, p1, p2: the pairs' second codes
    assert source_rows(tables, "ordered_at", pairs, limit=3) == (
        ("o9", "o7", "o5"),
        ("o8", "o6", "o4"),
        (),
        ("o9", "o7", "o5"),
    )


def test_a_login_is_told_by_its_moment(tmp_path: Path) -> None:
    tables = _read(tmp_path, small_rows())
    links = aggregate(tables)
    pairs = links.logged_in_from[["partner", "device"]].to_numpy()
    assert source_rows(tables, "logged_in_from", pairs) == (("2024-01-03T01:02:03.456Z",),)


def test_no_pairs_and_no_rows_give_nothing(tmp_path: Path) -> None:
    tables = _read(tmp_path, {name: small_rows()[name] for name in ("partners", "orders")})
    assert source_rows(tables, "used", np.empty((0, 2), int)) == ()
    assert source_rows(tables, "paid_out_to", np.array([[0, 0]])) == ((),)


@pytest.mark.parametrize("relationship", RELATIONSHIPS, ids=lambda relationship: relationship.name)
def test_source_rows_find_every_row_of_every_link(tmp_path: Path, relationship: Relationship) -> None:
    rows = small_rows() | {"orders": [order(n, device_id=["", "d1", "d2"][n % 3]) for n in range(9)]}
    tables = _read(tmp_path, rows)
    frame = getattr(aggregate(tables), relationship.name)
    found = source_rows(tables, relationship.name, frame.iloc[:, :2].to_numpy(), limit=99)
    assert [len(ids) for ids in found] == frame[relationship.properties[0]].tolist()
