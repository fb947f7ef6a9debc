from __future__ import annotations

import re
import weakref
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gnn import event_features as module
from gnn import profile
from gnn.day_profile import entities_read
from gnn.event_features import EVENT_FEATURES, event_features, page
from gnn.known import known as known_of
from graph.aggregation import aggregate
from graph.prior import prior_risk
from graph.projection import project
from graph.schema import Kind
from graph.synthetic import write_world
from graph.tables import read_tables
from tests.graph.folders import Rows, write_csv

KINDS = list(Kind)
START = datetime(2024, 1, 1, tzinfo=UTC)
MOMENT = START + timedelta(days=120)
PAGE = Path(__file__).parents[2] / "docs" / "features.md"
SQL = Path(__file__).parents[2] / "queries" / "features"


def at(days: float) -> str:
    return (START + timedelta(days=days)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def world(seed: int = 3, *, orders: int = 1500, days: int = 200) -> Rows:
    """A world of 200 days, so that much comes after `MOMENT`, in which every column is in use."""
    rng = np.random.default_rng(seed)
    partners, consumers, devices, accounts = 16, 60, 50, 50
    names = ["Blue Door", "Blue Doors", "xq7 9zz", "Café Öl", "BLUE DOOR", "Nord Wind", "Süd Wind", "!!"]

    def pick(n: int) -> int:
        return int(rng.integers(n) * rng.random())

    def when() -> str:
        return at(120 - rng.random() if rng.random() < 0.1 else rng.random() * days)

    def money() -> dict[str, str]:
        return {
            "amount": f"{rng.lognormal(3, 1) * (1000 ** (rng.random() < 0.05)):.2f}"
            if rng.random() < 0.8
            else "50.00",
            "currency": "EUR" if rng.random() < 0.9 else "USD",
        }

    rows: Rows = {
        "partners": [
            {
                "partner_id": f"p{p}",
                "name": names[p % 8] + "z" * (p // 9),
                "legal_name": f"{names[p % 8]} GmbH" if p % 2 else "",
                "website": f"https://{'7' * (p // 4)}x.example" if p < 13 else "",
                "category": ("5411", "5651", "")[p % 3],
                "country": ("DE", "FR", "")[p % 3],
                "onboarded_at": at(-p * 9.5),
                "closed_at": at(60 + 9 * p) if p > 4 else "",
            }
            for p in range(partners)
        ],
        "consumers": [
            {
                "consumer_id": f"c{c}",
                "country": ("DE", "FR", "")[c % 3],
                "created_at": at(-c) if c % 4 else "",
            }
            for c in range(consumers)
        ],
        "devices": [
            {
                "device_id": f"d{d}",
                "kind": ("mobile", "desktop", "tablet", "server", "")[d % 5],
                "first_seen_at": at(-d) if d % 4 else "",
            }
            for d in range(devices)
        ],
        "bank_accounts": [
            {
                "account_id": f"a{a}",
                "country": ("DE", "FR", "")[a % 3],
                "opened_at": at(-a) if a % 4 else "",
            }
            for a in range(accounts)
        ],
        "orders": [],
        "payouts": [],
        "partner_logins": [],
        "transfers": [],
        "labels": [{"kind": "partner", "id": "p1", "verdict": "fraud", "known_at": at(3)}],
    }
    for number in range(orders):
        placed = float(rng.random()) * days
        outcome = str(rng.choice(["open", "paid", "paid", "refunded", "disputed", "defaulted"]))
        rows["orders"].append(
            {
                "order_id": f"o{number}",
                "placed_at": at(placed),
                "consumer_id": f"c{pick(consumers)}",
                "partner_id": f"p{pick(partners)}",
                "device_id": f"d{pick(devices)}" if rng.random() < 0.9 else "",
                "account_id": f"a{pick(accounts)}" if rng.random() < 0.9 else "",
                "outcome": outcome,
                "outcome_at": at(placed + float(rng.random()) * 60)
                if rng.random() < 0.6 and outcome != "open"
                else "",
                **money(),
            }
        )
    for number, day in enumerate([30, 60, 75, 95, 100, 112, 114, 116, 118.2, 119.3, 119.4, 119.6, 130, 150]):
        fresh = {"consumer_id": f"f{number}", "device_id": f"e{number}", "account_id": f"b{number}"}
        rows["consumers"].append(
            {"consumer_id": f"f{number}", "country": "FR", "created_at": at(day - (0.3, 4, 20)[number % 3])}
        )
        rows["orders"] += [
            rows["orders"][number]
            | {"order_id": f"f{number}-{again}", "placed_at": at(day + again / 9000), "outcome_at": ""}
            | fresh
            | {"partner_id": f"p{number % 3}"}
            for again in range(1 + number % 3)
        ]
        rows["partner_logins"].append(
            {"partner_id": f"p{number % 3}", "device_id": f"l{number}", "at": at(day)}
        )
    for number in range(orders // 5):
        rows["payouts"].append(
            {
                "payout_id": f"y{number}",
                "paid_at": when(),
                "partner_id": f"p{pick(partners)}",
                "account_id": f"a{pick(accounts)}",
                **money(),
            }
        )
        rows["partner_logins"].append(
            {"partner_id": f"p{pick(partners)}", "device_id": f"d{pick(devices)}", "at": when()}
        )
        rows["transfers"].append(
            {
                "transfer_id": f"t{number}",
                "at": when(),
                "from_account_id": f"a{pick(accounts)}",
                "to_account_id": f"a{pick(accounts)}",
                **money(),
            }
        )
    return rows


def _moment_of(name: str) -> str:
    return {"orders": "placed_at", "payouts": "paid_at"}.get(name, "at")


def _read(folder: Path, rows: Rows, **options: Any) -> Any:
    return read_tables(write_csv(folder, rows), **options)


def _known(rows: Rows, moment: datetime) -> Rows:
    """The rows as a night at `moment` would find them: nothing that comes later stands in them."""
    iso = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    known = {
        name: [row for row in table if row[_moment_of(name)] <= iso]
        if name in ("orders", "payouts", "partner_logins", "transfers")
        else table
        for name, table in rows.items()
    }
    known["orders"] = [
        row
        | (
            {"outcome": "open", "outcome_at": ""}
            if (row["outcome_at"] or _later(row["placed_at"], 30)) > iso
            else {}
        )
        for row in known["orders"]
    ]
    return known


def _later(moment: str, days: int) -> str:
    later = datetime.fromisoformat(moment) + timedelta(days=days)
    return later.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _changed_after(rows: Rows, moment: datetime, seed: int) -> Rows:
    """Other rows, outcomes, labels and entities after `moment`: nothing of it is known yet."""
    rng = np.random.default_rng(seed)

    def late() -> str:
        return at((moment - START) / timedelta(days=1) + 0.001 + float(rng.random()) * 60)

    changed = _known(rows, moment)
    for number in range(300):
        money = {"amount": f"{rng.lognormal(6, 2):.2f}", "currency": "USD"}
        who = {
            "consumer_id": f"c{rng.integers(90)}",
            "partner_id": f"p{rng.integers(20)}",
            "device_id": f"d{rng.integers(60)}",
            "account_id": f"a{rng.integers(70)}",
        }
        changed["orders"].append(
            {"order_id": f"late{number}", "placed_at": late(), "outcome": "disputed", "outcome_at": ""}
            | who
            | money
        )
        changed["payouts"].append(
            {
                "payout_id": f"late{number}",
                "paid_at": late(),
                "partner_id": who["partner_id"],
                "account_id": who["account_id"],
            }
            | money
        )
        changed["partner_logins"].append(
            {"partner_id": who["partner_id"], "device_id": who["device_id"], "at": late()}
        )
        changed["transfers"].append(
            {
                "transfer_id": f"late{number}",
                "at": late(),
                "from_account_id": who["account_id"],
                "to_account_id": f"a{rng.integers(70)}",
            }
            | money
        )
        changed["labels"].append(
            {
                "kind": "partner",
                "id": who["partner_id"],
                "verdict": str(rng.choice(["fraud", "legit"])),
                "known_at": late(),
            }
        )
    for row in changed["orders"]:
        if row["outcome"] == "open":
            outcome = str(rng.choice(["refunded", "disputed", "defaulted", "paid"]))
            row |= {"outcome": outcome, "outcome_at": late()}
    for row in changed["partners"]:
        if not row["closed_at"]:
            row |= {"closed_at": late()}
    changed["partners"] = changed["partners"] + [
        {"partner_id": f"p{p}", "name": "Blue Door", "category": "5411", "onboarded_at": late()}
        for p in range(16, 20)
    ]
    changed["consumers"] = changed["consumers"] + [
        {"consumer_id": f"c{c}", "country": "FR", "created_at": late()} for c in range(60, 80)
    ]
    return changed


def _by_id(tables: Any, features: dict[Kind, pd.DataFrame], kind: Kind) -> pd.DataFrame:
    return features[kind].set_axis(tables.ids(kind).to_pylist(), axis=0)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, dict[Kind, pd.DataFrame]]:
    tables = _read(tmp_path_factory.mktemp("known"), _known(world(), MOMENT), as_of=MOMENT)
    return tables, event_features(tables)


def test_columns_are_those_of_the_headers_and_rows_those_of_the_nodes(
    known: tuple[Any, dict[Kind, pd.DataFrame]],
) -> None:
    tables, features = known
    for kind in KINDS:
        frame = features[kind]
        assert list(frame.columns) == [feature.name for feature in EVENT_FEATURES[kind]]
        assert len(set(frame.columns)) == frame.shape[1] > 20
        assert len(frame) == tables.nodes(kind).num_rows
        assert (frame.dtypes == np.float32).all()
        assert not np.isinf(frame.to_numpy()).any()


def test_every_feature_tells_something(known: tuple[Any, dict[Kind, pd.DataFrame]]) -> None:
    """A feature that is the same of everyone in a world of every column would pass whatever follows."""
    for kind, frame in known[1].items():
        alike = " ".join(name for name in frame if frame[name].nunique() < 2)
        assert alike == "", kind


@pytest.mark.parametrize("own_moment", [True, False], ids=["read as of it", "read later"])
def test_nothing_after_the_moment_changes_any_feature(
    tmp_path: Path, known: tuple[Any, dict[Kind, pd.DataFrame]], own_moment: bool
) -> None:
    rows = _changed_after(world(), MOMENT, seed=5)
    moment_ms = round(MOMENT.timestamp() * 1000)
    if own_moment:
        tables = _read(tmp_path, rows, as_of=MOMENT)
        features = event_features(tables)
    else:
        tables = _read(tmp_path, rows)
        features = event_features(tables, as_of_ms=moment_ms)
        assert tables.as_of_ms > moment_ms
        now = event_features(tables)
        assert all(not now[kind].equals(features[kind]) for kind in KINDS)
    for kind in KINDS:
        expected = _by_id(*known, kind)
        found = _by_id(tables, features, kind)
        for name in expected:
            same = expected[name].to_numpy().tobytes() == found[name].loc[expected.index].to_numpy().tobytes()
            assert same, (kind, name)


def test_known_at_the_moment_alone_is_what_the_whole_history_gives(
    tmp_path: Path, known: tuple[Any, dict[Kind, pd.DataFrame]]
) -> None:
    """The world goes on after the moment as it does; read at its end, asked of the moment."""
    tables = _read(tmp_path, world())
    features = event_features(tables, as_of_ms=round(MOMENT.timestamp() * 1000))
    for kind in KINDS:
        expected = _by_id(*known, kind)
        found = _by_id(tables, features, kind).loc[expected.index]
        pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_other_order_of_rows_and_other_threads_give_the_same_bytes(
    tmp_path: Path, known: tuple[Any, dict[Kind, pd.DataFrame]], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(1)
    rows = {
        name: [table[row] for row in rng.permutation(len(table))]
        for name, table in _known(world(), MOMENT).items()
    }
    tables = _read(tmp_path, rows, as_of=MOMENT)
    for threads in (1, 2):
        monkeypatch.setattr(module, "THREADS", threads)
        for kind, frame in event_features(tables).items():
            assert frame.to_numpy().tobytes() == known[1][kind].to_numpy().tobytes(), (threads, kind)


@pytest.mark.slow
def test_threads_that_share_the_work_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB shares a table out in pieces of 122,880 rows: here there are four."""
    write_world(tmp_path / "world", seed=8, orders=400_000)
    tables = read_tables(tmp_path / "world")
    bytes_of = []
    for threads in (1, 2, 5):
        monkeypatch.setattr(module, "THREADS", threads)
        bytes_of.append([frame.to_numpy().tobytes() for frame in event_features(tables).values()])
    assert bytes_of[0] == bytes_of[1] == bytes_of[2]


def test_partners_alone_have_features(tmp_path: Path) -> None:
    rows = {name: world()[name] for name in ("partners",)}
    rows["partner_logins"] = [{"partner_id": "p1", "device_id": "d1", "at": at(1)}]
    frames = event_features(_read(tmp_path, rows, as_of=MOMENT))
    assert frames[Kind.PARTNER]["orders"].tolist() == [0.0] * 16
    assert frames[Kind.PARTNER]["refund_share"].isna().all()
    assert frames[Kind.CONSUMER].shape == (0, len(EVENT_FEATURES[Kind.CONSUMER]))


def test_amounts_at_both_ends_overflow_nothing(tmp_path: Path) -> None:
    rows = _known(world(orders=200), MOMENT)
    ends = ("99999999999999.9999", "0", "0.0001")
    for name in ("orders", "payouts", "transfers"):
        for number, row in enumerate(rows[name]):
            row |= {"amount": ends[number % 3], "currency": "EUR"}
    for frame in event_features(_read(tmp_path, rows, as_of=MOMENT)).values():
        assert not np.isinf(frame.to_numpy()).any()


def test_a_kind_alone_is_what_it_is_among_all(known: tuple[Any, dict[Kind, pd.DataFrame]]) -> None:
    (alone,) = event_features(known[0], kinds=(Kind.DEVICE,)).items()
    assert alone[0] is Kind.DEVICE
    assert alone[1].equals(known[1][Kind.DEVICE])


def test_entities_asked_for_have_the_rows_that_they_have_among_all(
    known: tuple[Any, dict[Kind, pd.DataFrame]],
) -> None:
    tables, everyone = known
    asked = {kind: np.arange(1, len(frame), 3) for kind, frame in everyone.items()}
    for kind, few in event_features(tables, rows=asked).items():
        assert few.index.tolist() == asked[kind].tolist()
        pd.testing.assert_frame_equal(few, everyone[kind].loc[asked[kind]], check_index_type=False)


def test_rows_that_nobody_else_holds_are_gone_before_features_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = [_read(tmp_path, _known(world(), MOMENT), as_of=MOMENT)]
    orders = weakref.ref(held[0].orders)
    frame, gone = module._frame, list[bool]()

    def asked(*words: Any) -> pd.DataFrame:
        gone.append(orders() is None)
        return frame(*words)

    monkeypatch.setattr(module, "_frame", asked)
    event_features(held.pop())
    assert all(gone) and len(gone) == len(Kind)


def test_models_read_the_same_where_the_others_have_no_row(
    known: tuple[Any, dict[Kind, pd.DataFrame]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile, "MOST_ROWS", 5)
    tables, everyone = known
    links = aggregate(tables)
    projection = project(links)
    prior = prior_risk(links, projection)
    few = event_features(tables, rows=entities_read(links))
    assert any(len(few[kind]) < len(everyone[kind]) for kind in Kind)
    read, all_read = (known_of(links, projection, prior, events=events, seed=0) for events in (few, everyone))
    for kind, x in all_read.data.x.items():
        assert read.data.x[kind].tobytes() == x.tobytes()


def test_an_extra_column_named_code_is_none_of_ours(tmp_path: Path) -> None:
    rows = _known(world(orders=60), MOMENT)
    plain = event_features(_read(tmp_path / "plain", rows, as_of=MOMENT))
    rows["partners"] = [row | {"code": "0'; DROP TABLE orders; --"} for row in rows["partners"]]
    extra = event_features(_read(tmp_path / "extra", rows, as_of=MOMENT))
    for kind in KINDS:
        assert extra[kind].equals(plain[kind])


# By hand ------------------------------------------------------------------------------------------------


def test_numbers_of_a_partner_by_hand(tmp_path: Path) -> None:
    def order(number: int, day: float, consumer: str, amount: str, **more: str) -> dict[str, str]:
        return {
            "order_id": f"o{number}",
            "placed_at": at(day),
            "consumer_id": consumer,
            "partner_id": "p1",
            "device_id": "d1",
            "account_id": "",
            "amount": amount,
            "currency": "EUR",
            "outcome": "open",
            "outcome_at": "",
        } | more

    rows: Rows = {
        "partners": [{"partner_id": "p1", "name": "Ada", "category": "5411", "onboarded_at": at(0)}],
        "orders": [
            order(1, 10.0, "c1", "10.00", outcome="disputed", outcome_at=at(20)),
            order(2, 95.0, "c1", "20.00", outcome="paid", outcome_at=at(99.5)),
            order(3, 99.25, "c1", "30.00", outcome="refunded", outcome_at=at(200)),
            order(4, 99.25, "c2", "40.00"),
        ],
    }
    tables = _read(tmp_path, rows, as_of=START + timedelta(days=100))
    found = event_features(tables)[Kind.PARTNER].iloc[0]
    expected = {
        "orders_1d": 2,
        "orders_7d": 3,
        "orders_90d": 4,  # exactly 90 days before is no longer in: see below
        "orders": 4,
        "amount_7d": 90,
        "amount": 100,
        "age_days": 100,
        "start_days": 10,
        "customers": 2,
        "customers_1d": 2,
        "new_customer_share_1d": 0.5,
        "one_time_share": 0.5,
        "settled_1d": 1,
        "bad_1d": 0,
        "dispute_share": 0.5,
        "refund_share": 0.0,
        "bad_amount": 10,
        "bad_amount_share": 1 / 3,
        "bad_delay": 10,
        "last_bad_days": 80,
        "customer_top_share": 0.75,
        "customer_entropy": -(0.75 * np.log(0.75) + 0.25 * np.log(0.25)),
        "customer_gini": 0.25,
        "busiest_day": 2,
        "shortest_gap": 0,
        "minute_share": 1 / 3,
        "device_top_share": 1,
        "most_shoppers_on_device": 2,
        "shared_device_share": 1,
        "name_length": 3,
        "name_entropy": -(2 / 3 * np.log(2 / 3) + 1 / 3 * np.log(1 / 3)),
        "top_clock_share": 0.5,
        "round_share": 1,
    } | {"orders_90d": 3}
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-5), name
    assert np.isnan(found["payout_over_sales"])


def test_amounts_stand_against_their_category(tmp_path: Path) -> None:
    amounts = {"p1": [10, 20, 40], "p2": [10, 20, 4000], "p3": [7, 7, 7]}
    rows: Rows = {
        "partners": [
            {"partner_id": p, "name": p, "category": "5411" if p < "p3" else "5651", "onboarded_at": at(0)}
            for p in amounts
        ],
        "orders": [
            {
                "order_id": f"{p}-{n}",
                "placed_at": at(1 + n),
                "consumer_id": "c1",
                "partner_id": p,
                "amount": str(amount),
                "currency": "EUR",
                "outcome": "open",
            }
            for p, many in amounts.items()
            for n, amount in enumerate(many)
        ],
    }
    found = event_features(_read(tmp_path, rows, as_of=MOMENT))[Kind.PARTNER]
    logs = np.log([10, 20, 40, 10, 20, 4000])
    median = np.sort(logs)[2]
    mad = np.sort(np.abs(logs - median))[2]
    z = (logs - median) / (1.4826 * mad)
    assert found["category_z_max"][:2].tolist() == pytest.approx([z[2], z[5]], abs=0.01)
    assert found["category_z_mean"][:2].tolist() == pytest.approx([z[:3].mean(), z[3:].mean()], abs=0.01)
    assert found["dear_share"][:2].tolist() == pytest.approx([0, 1 / 3])
    assert np.isnan(found["category_z_max"][2])  # every order alike: no deviation to measure by


def test_numbers_of_a_consumer_a_device_and_an_account_by_hand(tmp_path: Path) -> None:
    money = {"amount": "100", "currency": "EUR"}
    order = {"outcome": "open", "device_id": "d1", "account_id": "a3", "consumer_id": "c1"} | money
    rows: Rows = {
        "partners": [
            {"partner_id": f"p{p}", "name": "Ada", "country": "DE", "onboarded_at": at(0)} for p in (1, 2)
        ],
        "consumers": [
            {"consumer_id": "c1", "country": "FR", "created_at": at(9)},
            {"consumer_id": "c2", "country": "DE", "created_at": at(98)},
        ],
        "orders": [
            order | {"order_id": "o1", "partner_id": "p1", "placed_at": at(10)},
            order | {"order_id": "o2", "partner_id": "p1", "placed_at": at(50), "device_id": "d2"},
            order | {"order_id": "o3", "partner_id": "p2", "placed_at": at(99.5), "device_id": ""},
            order | {"order_id": "o4", "partner_id": "p2", "placed_at": at(99.8), "consumer_id": "c2"},
        ],
        "payouts": [
            {"payout_id": f"y{p}", "partner_id": f"p{p}", "account_id": "a1", "paid_at": at(day)} | money
            for p, day in ((1, 20), (2, 90))
        ],
        "transfers": [
            {"transfer_id": "t1", "from_account_id": "a1", "to_account_id": "a2", "at": at(20.5)} | money,
            {"transfer_id": "t2", "from_account_id": "a1", "to_account_id": "a3", "at": at(93)}
            | money
            | {"amount": "50"},
        ],
        "partner_logins": [{"partner_id": "p2", "device_id": "d1", "at": at(60)}],
    }
    tables = _read(tmp_path, rows, as_of=START + timedelta(days=100))
    features = event_features(tables)
    expected: dict[tuple[Kind, str], dict[str, float]] = {
        (Kind.CONSUMER, "c1"): {
            "age_days": 91,
            "start_days": 1,
            "orders": 3,
            "partners": 2,
            "new_partner_share_1d": 1,
            "new_partner_share_90d": 0.5,
            "partner_top_share": 2 / 3,
            "foreign_share": 1,
            "devices": 2,
            "device_top_share": 0.5,
            "most_sharers_of_device": 2,
            "shared_device_share": 0.5,
            "till_order_share": 0.5,
            "partner_age": (10 + 99.5) / 2,
        },
        (Kind.DEVICE, "d1"): {
            "age_days": 90,
            "orders": 2,
            "shoppers": 2,
            "new_shopper_share_1d": 1,
            "first_time_shopper_share": 1,
            "shopper_age": (1 + 1.8) / 2,
            "young_shopper_share": 1,
            "shopper_arrival_days": 89.8,
            "operators": 1,
            "operator_age": 60,
            "orders_and_logins": 1,
            "accounts": 1,
            "most_payers": 2,
            "last_login_days": 40,
        },
        (Kind.BANK_ACCOUNT, "a1"): {
            "payouts": 2,
            "payees": 2,
            "new_payees_90d": 2,
            "payee_top_share": 0.5,
            "payee_entropy": np.log(2),
            "sent_amount_7d": 0,
            "sent_amount_30d": 50,
            "sent_accounts": 2,
            "sent_payer_share": 0.5,
            "passed_on_share": 0.75,
            "passed_on_share_30d": 0.5,
            "shortest_hold": 0.5,
            "mean_hold": 1.75,
            "sent_within_day_share": 0.5,
            "seen_days": 80,
            "pays_and_is_paid": 0,
        },
        (Kind.BANK_ACCOUNT, "a3"): {"payers": 2, "partners": 2, "received_payee_share": 1, "devices": 2},
    }
    for (kind, name), values in expected.items():
        found = _by_id(tables, features, kind).loc[name]
        for feature, value in values.items():
            assert found[feature] == pytest.approx(value, rel=1e-5), (name, feature)


# Headers and page ---------------------------------------------------------------------------------------


def test_page_is_made_from_the_headers() -> None:
    renew = "renew it: python -m gnn.event_features > docs/features.md"
    assert PAGE.read_text(encoding="utf-8") == page(), renew


def test_headers_are_whole() -> None:
    for kind in KINDS:
        for feature in EVENT_FEATURES[kind]:
            assert re.fullmatch(r"[a-z][a-z0-9_]*", feature.name), feature
            assert feature.window in ("1 d", "7 d", "30 d", "90 d", "all"), feature
            assert feature.unit, feature
            assert feature.meaning.endswith(".") and "|" not in feature.meaning, feature
            ending = re.search(r"_(\d+)d$", feature.name)
            assert ending is None or feature.window == f"{ending[1]} d", feature


def test_every_file_of_features_is_used_and_selects_what_its_header_says() -> None:
    used = {feature.file for features in EVENT_FEATURES.values() for feature in features}
    for path in SQL.glob("*.sql"):
        text = path.read_text(encoding="utf-8")
        assert ("-- Feature: " in text) == ("-- Kinds: " in text) == (path.name in used), path.name
        if path.name in used:
            told = re.findall(r"^-- Feature: (\w+)", text, re.MULTILINE)
            selected = re.findall(r" AS (\w+),?$", text.rpartition("\nSELECT\n")[2], re.MULTILINE)
            assert [name for name in selected if name in told] == told, path.name


def test_ages_are_the_features_that_rise_by_the_days_that_pass(
    known: tuple[Any, dict[Kind, pd.DataFrame]],
) -> None:
    tables, features = known
    later = event_features(tables, as_of_ms=tables.as_of_ms + 50 * 86_400_000)
    for kind in KINDS:
        rises = {name: (later[kind][name] - features[kind][name]).dropna() for name in features[kind]}
        ages = {name for name, rise in rises.items() if len(rise) and np.abs(rise - 50).max() < 0.01}
        assert ages == {feature.name for feature in EVENT_FEATURES[kind] if feature.clock == "age"}
        assert ages


def test_spans_to_the_last_are_told_by_their_meaning_and_sums_by_their_unit() -> None:
    assert {feature.unit for kind in KINDS for feature in EVENT_FEATURES[kind] if feature.clock == "sum"} == {
        *("orders", "partners", "consumers", "devices", "accounts", "countries", "logins"),
        *("payouts", "transfers", "money"),
    }
    spans = {feature.name for kind in KINDS for feature in EVENT_FEATURES[kind] if feature.clock == "span"}
    assert spans == {"shopping_days", "payer_arrival_days", "shopper_arrival_days"}


def test_windows_are_full_after_their_days_and_what_is_new_in_them_after_twice_as_many() -> None:
    full_after = {feature.name: feature.full_after for feature in EVENT_FEATURES[Kind.CONSUMER]}
    assert (full_after["partners_90d"], full_after["new_partner_share_90d"]) == (90, 180)
    assert full_after["partners"] == np.inf
    for feature in (feature for kind in KINDS for feature in EVENT_FEATURES[kind] if feature.window != "all"):
        days = float(feature.window.split()[0])
        assert feature.full_after == (2 * days if feature.name.startswith("new_") else days), feature
