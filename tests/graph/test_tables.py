from __future__ import annotations

import gzip
import json
import random
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.schema import EVENT_TABLES, MISSING_MS, TABLES, Kind
from graph.tables import InputError, Tables, read_tables, write_rejected
from tests.graph.folders import Rows, order, small_rows, write_csv, write_parquet

JUNE = datetime(2024, 6, 1, tzinfo=UTC)
ANY_SHARE = 1.0


def read(folder: Path, rows: Rows, **options: Any) -> Tables:
    return read_tables(write_csv(folder, rows), **{"as_of": JUNE, **options})


def ids(tables: Tables, kind: Kind) -> list[str]:
    found: list[str] = tables.ids(kind).to_pylist()
    return found


def sentences(tables: Tables, name: str) -> list[tuple[int, str]]:
    return [(row["row"], row["sentence"]) for row in tables.rejected[name].to_pylist()]


def same(one: Tables, other: Tables) -> bool:
    names = [table.name for table in TABLES]
    return one.digest == other.digest and all(
        getattr(one, name).equals(getattr(other, name)) for name in names
    )


def test_ids_that_only_events_name_are_created_and_counted(tmp_path: Path) -> None:
    tables = read(tmp_path, small_rows())
    assert ids(tables, Kind.BANK_ACCOUNT) == ["a1", "a9"]
    assert ids(tables, Kind.DEVICE) == ["d1", "d7"]
    assert tables.created == {Kind.PARTNER: 0, Kind.CONSUMER: 0, Kind.DEVICE: 2, Kind.BANK_ACCOUNT: 2}


def test_codes_are_places_in_the_bytewise_order_of_ids(tmp_path: Path) -> None:
    names = ["é", "z", "Z", "a", "007", "7", "😀", "ﬀ"]
    rows = small_rows() | {"orders": [order(n, consumer_id=name) for n, name in enumerate(names)]}
    tables = read(tmp_path, rows)
    found = ids(tables, Kind.CONSUMER)
    assert found == sorted([*names, "c1"], key=str.encode)
    codes = dict(
        zip(tables.orders["order_id"].to_pylist(), tables.orders["consumer"].to_pylist(), strict=True)
    )
    assert [found[codes[f"o{number}"]] for number in range(len(names))] == names


def test_the_default_moment_is_the_newest_event(tmp_path: Path) -> None:
    tables = read(tmp_path, small_rows(), as_of=None)
    assert tables.as_of == datetime(2024, 2, 1, tzinfo=UTC)


def test_a_moment_without_zone_is_utc_and_another_zone_is_converted(tmp_path: Path) -> None:
    write_csv(tmp_path, small_rows())
    berlin = timezone(timedelta(hours=2))
    assert read_tables(tmp_path, as_of=JUNE.replace(tzinfo=None)).as_of == JUNE
    assert read_tables(tmp_path, as_of=JUNE.astimezone(berlin)).as_of == JUNE


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-01", datetime(2024, 1, 1)),
        ("2024-01-01 10:00:00", datetime(2024, 1, 1, 10)),
        ("2024-01-01T10:00:00+02:00", datetime(2024, 1, 1, 8)),
        ("2024-01-01T10:00:00.123999Z", datetime(2024, 1, 1, 10, 0, 0, 123000)),
    ],
)
def test_iso_moments_are_read_to_the_millisecond(tmp_path: Path, text: str, moment: datetime) -> None:
    tables = read(tmp_path, small_rows() | {"orders": [order(1, placed_at=text)]})
    milliseconds = (moment - datetime(1970, 1, 1)) // timedelta(milliseconds=1)
    assert tables.orders["placed_at"].to_pylist() == [milliseconds]


@pytest.mark.parametrize("text", ["1970-01-01", " 1970-01-01T00:00:00Z", "1969-12-31T23:00:00-01:00"])
def test_the_first_moment_of_all_is_a_moment(tmp_path: Path, text: str) -> None:
    tables = read(tmp_path, small_rows() | {"orders": [order(1, outcome_at=text)]})
    assert tables.orders["outcome_at"].to_pylist() == [0]
    assert not tables.rejected


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
def test_parquet_moments_of_every_unit_and_zone_are_read_alike(
    tmp_path: Path, unit: str, zone: str | None
) -> None:
    write_parquet(tmp_path, small_rows())
    orders = pq.read_table(tmp_path / "orders.parquet")
    at = pa.array([1_700_000_000] * 2, pa.int64()).cast(pa.timestamp("s")).cast(pa.timestamp(unit, tz=zone))
    pq.write_table(orders.set_column(1, "placed_at", at), tmp_path / "orders.parquet")
    assert read_tables(tmp_path).orders["placed_at"].to_pylist() == [1_700_000_000_000] * 2


# What becomes known later ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome_at", "as_of", "known"),
    [
        ("2024-01-02T10:00:00Z", datetime(2024, 1, 2, 10), "disputed"),
        ("2024-01-02T10:00:00.001Z", datetime(2024, 1, 2, 10), "open"),
        ("", datetime(2024, 1, 31, 10), "disputed"),  # 30 days after it was placed
        ("", datetime(2024, 1, 31, 9, 59), "open"),
    ],
)
def test_an_outcome_counts_from_the_moment_it_was_known(
    tmp_path: Path, outcome_at: str, as_of: datetime, known: str
) -> None:
    rows = small_rows() | {"orders": [order(1, outcome="disputed", outcome_at=outcome_at)]}
    tables = read(tmp_path, rows, as_of=as_of)
    assert tables.orders["outcome"].to_pylist() == [known]
    assert tables.undated_outcomes == (known == "disputed" and not outcome_at)


def test_the_days_until_an_undated_outcome_is_known_can_be_set(tmp_path: Path) -> None:
    rows = small_rows() | {"orders": [order(1, outcome="disputed", outcome_at="")]}
    tables = read(tmp_path, rows, as_of=datetime(2024, 1, 9), outcome_known_after_days=7)
    assert tables.orders["outcome"].to_pylist() == ["disputed"]


def test_a_partner_onboarded_later_exists_only_as_the_id_an_event_names(tmp_path: Path) -> None:
    rows = small_rows()
    late = {"name": "Late", "onboarded_at": "2024-07-01T00:00:00Z", "country": "IT"}
    rows["partners"] += [late | {"partner_id": "p3"}, late | {"partner_id": "p4"}]
    rows["orders"].append(order(3, partner_id="p3"))
    tables = read(tmp_path, rows)
    assert ids(tables, Kind.PARTNER) == ["p1", "p2", "p3"]
    assert tables.partners["name"].to_pylist() == ["One", "Two", ""]
    assert tables.partners["onboarded_at"].to_pylist()[2] == MISSING_MS
    assert tables.created[Kind.PARTNER] == 1
    assert tables.counts["partners"].after_as_of == 2


def test_a_closure_is_unknown_until_it_has_passed(tmp_path: Path) -> None:
    rows = small_rows()
    rows["partners"][0]["closed_at"] = "2024-05-31T00:00:00Z"
    rows["partners"][1]["closed_at"] = "2024-06-02T00:00:00Z"
    assert [at > 0 for at in read(tmp_path, rows).partners["closed_at"].to_pylist()] == [True, False]


def test_labels_count_once_known_and_only_for_what_exists(tmp_path: Path) -> None:
    rows = small_rows()
    rows["labels"] += [
        {"kind": "partner", "id": "p2", "verdict": "fraud", "known_at": "2024-06-01T00:00:01Z"},
        {"kind": "device", "id": "nobody's", "verdict": "legit", "known_at": "2024-01-01T00:00:00Z"},
        {"kind": "device", "id": "p1", "verdict": "legit", "known_at": "2024-01-01T00:00:00Z"},
    ]
    tables = read(tmp_path, rows)
    assert tables.labels.select(["kind", "code"]).to_pylist() == [{"kind": "partner", "code": 0}]
    assert tables.unmatched_labels == 2


def _later_rows() -> Rows:
    late = "2024-06-01T00:00:00.001Z"
    late_partner = {"partner_id": "p1x", "name": "Later", "onboarded_at": late}
    return {
        "partners": [late_partner],
        "consumers": [{"consumer_id": "c0", "created_at": late}],
        "orders": [order(9, placed_at=late, consumer_id="c9"), order(1, placed_at=late, amount="oops")],
        "payouts": [small_rows()["payouts"][0] | {"payout_id": "x0", "paid_at": late, "currency": "USD"}],
        "partner_logins": [{"partner_id": "p0", "device_id": "d0", "at": late}],
        "transfers": [small_rows()["transfers"][0] | {"transfer_id": "t0", "at": late, "amount": "9"}],
        "labels": [{"kind": "partner", "id": "p2", "verdict": "fraud", "known_at": late}],
    }


def test_rows_later_than_the_moment_change_nothing(tmp_path: Path) -> None:
    rows = small_rows()
    before = read(tmp_path / "before", rows)
    for name, later in _later_rows().items():
        rows[name] = later + rows[name]
    after = read(tmp_path / "after", rows)
    assert same(before, after)
    assert before.created == after.created and before.currencies == after.currencies
    assert not after.rejected
    assert after.counts["orders"].after_as_of == 2


def test_what_is_written_into_a_row_later_changes_nothing(tmp_path: Path) -> None:
    early, late = small_rows(), small_rows()
    early["orders"] = [order(1, outcome="open", outcome_at="")]
    late["orders"] = [order(1, outcome="defaulted", outcome_at="2024-06-01T00:00:01Z")]
    late["partners"][0]["closed_at"] = "2024-06-01T00:00:01Z"
    assert same(read(tmp_path / "early", early), read(tmp_path / "late", late))


# Any order, any format -----------------------------------------------------------------------------------

_MOMENTS = st.integers(0, 300).map(lambda day: (datetime(2024, 1, 1) + timedelta(days=day)).isoformat() + "Z")
_IDS = st.sampled_from(["a", "b", "c", "007", "é, \"x\"\n'y'", "=1+1"])


@st.composite
def _worlds(draw: st.DrawFn) -> Rows:
    rows = small_rows()
    rows["orders"] += [
        order(
            draw(st.integers(0, 6)),  # keys repeat, with the same content or another
            placed_at=draw(_MOMENTS),
            consumer_id=draw(_IDS),
            partner_id=draw(_IDS),
            device_id=draw(st.one_of(st.just(""), _IDS)),
            amount=draw(st.sampled_from(["1.10", "0", "99999.9999", "7"])),
            currency=draw(st.sampled_from(["EUR", "USD"])),
            outcome=draw(st.sampled_from(["open", "paid", "disputed"])),
            outcome_at=draw(st.one_of(st.just(""), _MOMENTS)),
        )
        for _ in range(draw(st.integers(0, 8)))
    ]
    rows["partners"] += [
        {"partner_id": key, "name": draw(_IDS), "onboarded_at": draw(_MOMENTS), "team": draw(_IDS)}
        for key in draw(st.lists(_IDS, max_size=3))
    ]
    rows["partner_logins"] += [
        {"partner_id": draw(_IDS), "device_id": draw(_IDS), "at": draw(_MOMENTS)}
        for _ in range(draw(st.integers(0, 4)))
    ]
    return rows


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=_worlds(), seed=st.integers(0, 1000), day=st.integers(0, 300))
def test_the_order_of_rows_and_the_format_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, rows: Rows, seed: int, day: int
) -> None:
    folder = tmp_path_factory.mktemp("world")
    options: dict[str, Any] = {
        "as_of": datetime(2024, 1, 1) + timedelta(days=day),
        "max_rejected_share": ANY_SHARE,
    }
    shuffled = {
        name: random.Random(seed).sample(entries, len(entries))  # noqa: S311
        for name, entries in rows.items()
    }
    plain = read_tables(write_csv(folder / "csv", rows), **options)
    assert same(plain, read_tables(write_csv(folder / "shuffled", shuffled, packed=True), **options))
    assert same(plain, read_tables(write_parquet(folder / "parquet", rows), **options))
    assert plain.currency in plain.currencies or not plain.currencies


@settings(max_examples=8)
@given(rows=_worlds(), day=st.integers(0, 300))
def test_only_rows_up_to_the_moment_matter(
    tmp_path_factory: pytest.TempPathFactory, rows: Rows, day: int
) -> None:
    folder = tmp_path_factory.mktemp("world")
    as_of = datetime(2024, 1, 1) + timedelta(days=day)
    moments = {table.name: table.moment for table in TABLES}
    past = {
        name: [row for row in entries if row[moments[name]] <= as_of.isoformat() + "Z"]
        for name, entries in rows.items()
    }
    options: dict[str, Any] = {"as_of": as_of, "max_rejected_share": ANY_SHARE}
    past = {name: entries for name, entries in past.items() if entries}
    if any(name in past for name in EVENT_TABLES):
        whole = read_tables(write_csv(folder / "whole", rows), **options)
        assert same(whole, read_tables(write_csv(folder / "past", past), **options))


def test_one_thread_and_two_give_the_same_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = small_rows() | {"orders": [order(n, consumer_id=f"c{n % 77}") for n in range(5000)]}
    two = read(tmp_path, rows)
    connect = duckdb.connect
    monkeypatch.setattr(
        "graph.tables.duckdb.connect", lambda config: connect(config={**config, "threads": 1})
    )
    assert same(two, read_tables(tmp_path, as_of=JUNE))


def test_leading_zeros_of_ids_stay(tmp_path: Path) -> None:
    tables = read(
        tmp_path, small_rows() | {"orders": [order(1, consumer_id="007"), order(2, consumer_id="7")]}
    )
    assert ids(tables, Kind.CONSUMER) == ["007", "7", "c1"]


def test_whole_numbers_in_parquet_are_ids_as_well(tmp_path: Path) -> None:
    write_parquet(tmp_path, small_rows())
    partners = pa.table({"partner_id": [1, 2], "name": ["One", "Two"], "onboarded_at": [JUNE, JUNE]})
    pq.write_table(partners, tmp_path / "partners.parquet")
    assert ids(read_tables(tmp_path, as_of=JUNE), Kind.PARTNER) == ["1", "2", "p1", "p2"]


def test_extra_columns_of_entities_are_kept_as_text(tmp_path: Path) -> None:
    rows = small_rows()
    rows["partners"][0] |= {'risk "team"': "blue; DROP TABLE x", "a b": "1.50", "never filled": ""}
    tables = read(tmp_path, rows)
    assert tables.partners.column_names[-2:] == ["a b", 'risk "team"']
    assert tables.partners['risk "team"'].to_pylist() == ["blue; DROP TABLE x", ""]


def test_a_digest_tells_any_two_contents_apart(tmp_path: Path) -> None:
    digests = [read(tmp_path / "0", small_rows()).digest]
    for number, change in enumerate(({"amount": "10.01"}, {"currency": "USD"}, {"device_id": ""}), start=1):
        digests.append(read(tmp_path / str(number), small_rows() | {"orders": [order(1, **change)]}).digest)
    assert len(set(digests)) == len(digests)


# Broken rows -----------------------------------------------------------------------------------------------


NO_NUMBER = "not a number below 100,000,000,000,000."
NO_MOMENT = "not a moment between 1970 and 2200 in ISO 8601."
NO_OUTCOME = "not one of open, paid, refunded, disputed, defaulted."
BROKEN_ORDERS = (
    ({"order_id": " "}, "order_id is empty."),
    ({"consumer_id": ""}, "consumer_id is empty."),
    ({"amount": "ten"}, f'amount is "ten", {NO_NUMBER}'),
    ({"amount": "nan"}, f'amount is "nan", {NO_NUMBER}'),
    ({"amount": "inf"}, f'amount is "inf", {NO_NUMBER}'),
    ({"amount": "1e30"}, f'amount is "1e30", {NO_NUMBER}'),
    ({"amount": ""}, "amount is empty."),
    ({"amount": "-0.01"}, 'amount is "-0.01", not zero or more.'),
    ({"currency": "eur"}, 'currency is "eur", not three upper-case letters.'),
    ({"outcome": "won"}, f'outcome is "won", {NO_OUTCOME}'),
    ({"placed_at": "1.2.2024"}, f'placed_at is "1.2.2024", {NO_MOMENT}'),
    ({"placed_at": "NaT"}, f'placed_at is "NaT", {NO_MOMENT}'),
    ({"placed_at": "Epoch"}, f'placed_at is "Epoch", {NO_MOMENT}'),
    ({"placed_at": "infinity"}, f'placed_at is "infinity", {NO_MOMENT}'),
    ({"placed_at": "1969-12-31"}, f'placed_at is "1969-12-31", {NO_MOMENT}'),
    ({"placed_at": "9999-12-31"}, f'placed_at is "9999-12-31", {NO_MOMENT}'),
    ({"placed_at": "290000-01-01"}, f'placed_at is "290000-01-01", {NO_MOMENT}'),
    ({"outcome_at": "soon"}, f'outcome_at is "soon", {NO_MOMENT}'),
    ({"partner_id": "a\0b"}, "partner_id holds a NUL character."),
    ({"outcome": "a\x1b[31m\u202eb\u2028c"}, f'outcome is "a?[31m?b?c", {NO_OUTCOME}'),
)


def test_a_broken_order_is_rejected_with_its_line_and_a_sentence(tmp_path: Path) -> None:
    broken = [order(number, **change) for number, (change, _) in enumerate(BROKEN_ORDERS)]
    rows = small_rows() | {"orders": [order("good"), *broken]}
    tables = read(tmp_path, rows, max_rejected_share=ANY_SHARE)
    assert sentences(tables, "orders") == [
        (line, sentence) for line, (_, sentence) in enumerate(BROKEN_ORDERS, start=3)
    ]
    assert tables.orders["order_id"].to_pylist() == ["ogood"]
    assert json.loads(tables.rejected["orders"]["original"].to_pylist()[2])["amount"] == "ten"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("partners", {"category": "54"}),
        ("partners", {"country": "DEU"}),
        ("partners", {"name": ""}),
        ("consumers", {"created_at": "yesterday"}),
        ("labels", {"kind": "ring"}),
        ("labels", {"verdict": "maybe"}),
        ("transfers", {"to_account_id": ""}),
        ("partner_logins", {"at": ""}),
    ],
)
def test_a_broken_row_of_any_table_is_rejected(tmp_path: Path, name: str, change: dict[str, str]) -> None:
    rows = small_rows()
    rows[name][0] = rows[name][0] | change
    tables = read(tmp_path, rows, max_rejected_share=ANY_SHARE)
    assert [row for row, _ in sentences(tables, name)] == [2]
    assert tables.counts[name].rejected.num_rows == 1


def test_a_parquet_row_is_told_by_its_number_from_one(tmp_path: Path) -> None:
    write_parquet(tmp_path, small_rows() | {"orders": [order(1), order(2), order(3)]})
    orders = pq.read_table(tmp_path / "orders.parquet")
    amounts = pa.array([1.0, float("nan"), float("inf")])
    pq.write_table(
        orders.set_column(orders.column_names.index("amount"), "amount", amounts), tmp_path / "orders.parquet"
    )
    tables = read_tables(tmp_path, max_rejected_share=ANY_SHARE)
    assert [row for row, _ in sentences(tables, "orders")] == [2, 3]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    header = "order_id,placed_at,consumer_id,partner_id,amount,currency,outcome\r\n"
    good = '"o{}",2024-01-01,"c\r\n1",p1,1,EUR,paid\r\n'  # two lines each
    text = header + good.format(1) + "\r\n" + "o2,short\r\n" + good.format(3)
    text += "o4,2024-01-01,c1,p1,x,EUR,paid\r\n" + "o5,2024-01-01,c1,p1,1,EUR,paid,more,and more\r\n"
    text += 'o6,2024-01-01,"c"1,p1,1,EUR,paid\r\n' + "o7,2024-01-01,c1,p1,-1,EUR,paid"
    write_csv(tmp_path, small_rows())
    for name, content in (("orders.csv", text.encode()), ("orders.csv", b"\xef\xbb\xbf" + text.encode())):
        (tmp_path / name).write_bytes(content)
        tables = read_tables(tmp_path, as_of=JUNE, max_rejected_share=ANY_SHARE)
        assert tables.orders["order_id"].to_pylist() == ["o1", "o3"]
        assert sentences(tables, "orders") == [
            (5, "The line has fewer columns than the header."),
            (8, 'amount is "x", not a number below 100,000,000,000,000.'),
            (9, "The line has more columns than the header."),
            (10, "A quotation mark is not closed, or text follows a closed one."),
            (11, 'amount is "-1", not zero or more.'),
        ]
        assert tables.counts["orders"].read == 7


def test_identical_rows_collapse_and_the_later_ones_are_rejected(tmp_path: Path) -> None:
    rows = small_rows() | {"orders": [order(1), order(2), order(1), order(1)]}
    tables = read(tmp_path, rows, max_rejected_share=ANY_SHARE)
    assert tables.orders["order_id"].to_pylist() == ["o1", "o2"]
    assert [row for row, _ in sentences(tables, "orders")] == [4, 5]


def test_of_rows_that_disagree_about_a_key_content_decides(tmp_path: Path) -> None:
    one, two = order(1, placed_at="2024-01-02", amount="1"), order(1, placed_at="2024-01-01", amount="2")
    first = read(tmp_path / "1", small_rows() | {"orders": [one, two]}, max_rejected_share=ANY_SHARE)
    second = read(tmp_path / "2", small_rows() | {"orders": [two, one]}, max_rejected_share=ANY_SHARE)
    assert same(first, second)
    assert [str(amount) for amount in first.orders["amount"].to_pylist()] == ["2.0000"]
    assert sentences(first, "orders")[0][0] == 2 and sentences(second, "orders")[0][0] == 3


def test_one_broken_row_in_a_hundred_passes_and_one_more_stops(tmp_path: Path) -> None:
    rows = small_rows() | {"orders": [order(n, amount="1" if n else "x") for n in range(100)]}
    assert read(tmp_path / "a", rows).counts["orders"].rejected.num_rows == 1
    rows["orders"][50]["amount"] = "-5"
    with pytest.raises(
        InputError, match=r"^2 of 100 rows of 'orders\.csv' are broken.*line 2 for example: amount is \"x\""
    ):
        read(tmp_path / "b", rows)


def test_a_broken_row_that_is_the_newest_is_not_lost(tmp_path: Path) -> None:
    rows = small_rows()
    rows["orders"].append(order(9, placed_at="2024-09-09", amount="x"))
    tables = read(tmp_path, rows, as_of=None, max_rejected_share=ANY_SHARE)
    assert [row for row, _ in sentences(tables, "orders")] == [4]


def test_rejected_rows_are_written_a_file_a_table(tmp_path: Path) -> None:
    rows = small_rows() | {"orders": [order(1), order(2, amount="x")]}
    tables = read(tmp_path / "in", rows, max_rejected_share=ANY_SHARE)
    write_rejected(tables, tmp_path / "out")
    files = sorted(path.name for path in (tmp_path / "out" / "rejected").iterdir())
    assert files == ["orders.parquet"]
    assert pq.read_table(tmp_path / "out" / "rejected" / "orders.parquet").equals(tables.rejected["orders"])


# Input that cannot be used -------------------------------------------------------------------------


def fails(folder: Path, sentence: str, **options: Any) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        read_tables(folder, **options)
    text = str(caught.value)
    assert "\n" not in text and text.endswith(".") and "Error" not in text and "duckdb" not in text.lower()
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_no_folder_and_a_file_instead_of_one(tmp_path: Path) -> None:
    fails(tmp_path / "nowhere", "^There is no folder '.*nowhere'")
    (tmp_path / "file").write_text("x")
    fails(tmp_path / "file", "is a file; name the folder")


def test_no_partners_and_no_events(tmp_path: Path) -> None:
    rows = small_rows()
    fails(write_csv(tmp_path / "a", {"orders": rows["orders"]}), "^There is no partners table")
    fails(write_csv(tmp_path / "b", {"partners": rows["partners"]}), "^There is no table of events")


def test_a_table_that_stands_twice(tmp_path: Path) -> None:
    write_parquet(write_csv(tmp_path, small_rows()), {"orders": small_rows()["orders"]})
    fails(tmp_path, r"^The table orders stands twice .* orders\.csv and orders\.parquet")


def test_a_kind_of_file_that_is_not_read(tmp_path: Path) -> None:
    write_csv(tmp_path, small_rows())
    (tmp_path / "devices.xlsx").write_bytes(b"PK")
    fails(tmp_path, r"^The file 'devices\.xlsx' .* of a kind that is not read; save it as devices\.parquet")


def test_files_that_are_no_tables_are_left_alone(tmp_path: Path) -> None:
    write_csv(tmp_path, small_rows())
    (tmp_path / "README.md").write_text("hello")
    (tmp_path / "orders.d").mkdir()
    assert read_tables(tmp_path).orders.num_rows == 2


def test_a_folder_of_parts_is_refused_not_passed_over(tmp_path: Path) -> None:
    rows = small_rows()
    del rows["orders"]
    write_csv(tmp_path, rows)
    (tmp_path / "orders.parquet").mkdir()
    fails(tmp_path, r"^'orders\.parquet' in '.*' is a folder of parts; save the table as one file")


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_a_line_break_in_a_column_name_hides_no_rows(
    tmp_path: Path, line_break: str, line_end: bytes
) -> None:
    write_csv(tmp_path, small_rows())
    header = f'partner_id,name,onboarded_at,"a{line_break}b"'.encode()
    lines = [header, b"p1,One,2023-01-01,x", b"p2,Two,2023-01-01,y", b""]
    (tmp_path / "partners.csv").write_bytes(line_end.join(lines))
    assert read_tables(tmp_path).partners[f"a{line_break}b"].to_pylist() == ["x", "y"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "'partners.csv' is empty"),
        (b"\n\n", "has no header line"),
        (b"partner_id,name,onboarded_at\n", "holds no partner"),
        (b"partner_id,name\np1,One\n", "lacks the column onboarded_at; it has 'partner_id', 'name'"),
        (
            b"partner_id;name;onboarded_at\np1;One;2024-01-01\n",
            "'partners.csv' are not separated by commas",
        ),
        (b"partner_id,name,onboarded_at\rp1,One,2024-01-01\r", "end in bare carriage returns"),
        (
            b'partner_id,name,onboarded_at\np1,"One,2024-01-01\np2,Two,2024-01-01\n',
            "^Line 2 of 'partners.csv' op",
        ),
        (b"name,more\np1,One\n", "lacks the columns partner_id, onboarded_at; it has 'name', 'more'"),
        (b"partner_id,name,onboarded_at,NAME\n", "has two columns called 'NAME'"),
        (b"partner_id,name,onboarded_at,verdict\n", "a column 'verdict', a name kept"),
        (b"partner_id,name,onboarded_at\np1,Caf\xe9,2024-01-01\n", r"is not UTF-8 \(line 2\); convert it"),
        (b"partner_id,name,onboarded_at,caf\xe9\n", r"is not UTF-8 \(line 1\); convert it"),
        ("partner_id,name,onboarded_at\n".encode("utf-16"), r"is not UTF-8 \(line 1\); .* -f UTF-16 -t"),
        (b"PAR1 and then nothing", "lacks the columns"),
        (b"partner_id,name,onboarded_at\np1,A,2024-01-01\r\np2,B,2024-01-01\n", "lines do not all end alike"),
    ],
)
def test_a_partners_file_that_cannot_be_used(tmp_path: Path, content: bytes, sentence: str) -> None:
    write_csv(tmp_path, small_rows())
    (tmp_path / "partners.csv").write_bytes(content)
    fails(tmp_path, sentence)


def test_latin_1_far_down_is_told_by_its_line(tmp_path: Path) -> None:
    write_csv(tmp_path, small_rows() | {"orders": [order(n, device_id="d\n") for n in range(3000)]})
    with (tmp_path / "orders.csv").open("ab") as stream:
        stream.write("o9,2024-01-01,é,p1,d,a,1,EUR,paid,\r\n".encode("latin-1"))
    fails(tmp_path, r"'orders\.csv' is not UTF-8 \(line 6002\)")


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.99])
def test_a_truncated_parquet_file(tmp_path: Path, keep: float) -> None:
    write_parquet(tmp_path, small_rows())
    whole = (tmp_path / "orders.parquet").read_bytes()
    (tmp_path / "orders.parquet").write_bytes(whole[: int(len(whole) * keep)])
    fails(tmp_path, r"'orders\.parquet' (is empty|cannot be read as Parquet: it is damaged)")


def test_a_parquet_file_with_a_damaged_page(tmp_path: Path) -> None:
    write_parquet(tmp_path, small_rows() | {"orders": [order(n) for n in range(2000)]})
    whole = bytearray((tmp_path / "orders.parquet").read_bytes())
    whole[4:400] = bytes(396)
    (tmp_path / "orders.parquet").write_bytes(bytes(whole))
    fails(tmp_path, r"'orders\.parquet' cannot be read as Parquet")


def test_a_truncated_gzip_file(tmp_path: Path) -> None:
    write_csv(tmp_path, small_rows())
    (tmp_path / "orders.csv").unlink()
    whole = gzip.compress(b"order_id,placed_at\n" * 500_000)
    (tmp_path / "orders.csv.gz").write_bytes(whole[: len(whole) // 2])
    fails(tmp_path, r"'orders\.csv\.gz' (cannot be read as CSV|lacks the columns)")


@pytest.mark.parametrize(
    ("column", "values", "sentence"),
    [
        ("placed_at", pa.array([1, 2]), "'placed_at' of 'orders.parquet' holds BIGINT where a timestamp"),
        ("amount", pa.array([True, False]), "'amount' of 'orders.parquet' holds BOOLEAN where a number"),
        ("consumer_id", pa.array([["c1"], ["c2"]]), "'consumer_id' of 'orders.parquet' holds .* where text"),
    ],
)
def test_a_parquet_column_of_another_type(
    tmp_path: Path, column: str, values: pa.Array, sentence: str
) -> None:
    write_parquet(tmp_path, small_rows())
    orders = pq.read_table(tmp_path / "orders.parquet")
    number = orders.column_names.index(column)
    pq.write_table(orders.set_column(number, column, values), tmp_path / "orders.parquet")
    fails(tmp_path, sentence)


def test_a_parquet_column_of_nulls_alone_is_a_missing_one(tmp_path: Path) -> None:
    write_parquet(tmp_path, small_rows())
    orders = pq.read_table(tmp_path / "orders.parquet")
    number = orders.column_names.index("outcome_at")
    pq.write_table(orders.set_column(number, "outcome_at", pa.nulls(2)), tmp_path / "orders.parquet")
    assert read_tables(tmp_path, as_of=JUNE).undated_outcomes == 2


@pytest.mark.parametrize("name", ['it\'s "odd"', "we[i]rd*?", "year=2024", "a;b--", "ünïcode {x}", "%s\\n"])
def test_a_folder_is_read_literally_whatever_its_name(tmp_path: Path, name: str) -> None:
    decoy = small_rows() | {"orders": [order(1, consumer_id="decoy")]}
    write_parquet(tmp_path / "weird", decoy)
    for folder, write in ((tmp_path / "csv" / name, write_csv), (tmp_path / "parquet" / name, write_parquet)):
        assert ids(read_tables(write(folder, small_rows())), Kind.CONSUMER) == ["c1"]


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    write_csv(tmp_path, small_rows())
    (tmp_path / "orders.csv").unlink()
    (tmp_path / "orders.csv").symlink_to(tmp_path / "gone.csv")
    fails(tmp_path, r"The file 'orders\.csv' cannot be read: No such file")


def test_events_without_any_moment_ask_for_one(tmp_path: Path) -> None:
    rows = {"partners": small_rows()["partners"], "orders": [order(1, placed_at="never")]}
    fails(write_csv(tmp_path, rows), "^No event has a readable moment")


def test_a_moment_before_any_partner_asks_for_a_later_one(tmp_path: Path) -> None:
    write_csv(tmp_path, small_rows())
    early = datetime(2001, 2, 3, tzinfo=UTC)
    fails(tmp_path, "^No partner is known by 2001-02-03 00:00 UTC; name a later moment", as_of=early)


def test_progress_names_each_table_and_its_rows(tmp_path: Path) -> None:
    seen: list[tuple[str, int]] = []
    write_csv(tmp_path, {name: small_rows()[name] for name in ("partners", "orders")})
    read_tables(tmp_path, progress=lambda name, rows: seen.append((name, rows)))
    assert seen == [("partners", 2), ("orders", 2)]
