from __future__ import annotations

from pathlib import Path

import pandas as pd

from benchmarks.card_protocol import TRAIN_FROM, card_precision, week_ahead
from benchmarks.public import AS_OF, Run, amlsim, card_terminals, identity_graph


def folder(path: Path, **frames: pd.DataFrame) -> Path:
    path.mkdir()
    for name, frame in frames.items():
        frame.to_parquet(path / f"{name}.parquet")
    return path


def finished(
    tmp_path: Path, rings: dict[str, list[str]], partners: list[str], *, kind: str = "partner"
) -> Run:
    """A run that named these rings and scored their members 1, everybody else 0."""
    members = [(ring, kind, one) for ring, inside in rings.items() for one in inside]
    named = {one for _, _, one in members}
    out = folder(
        tmp_path / "run",
        rings=pd.DataFrame({"ring_id": list(rings), "rank": range(1, len(rings) + 1)}),
        ring_members=pd.DataFrame(members, columns=["ring_id", "kind", "id"]),
        partner_scores=pd.DataFrame({"partner_id": partners, "score": [float(p in named) for p in partners]}),
    )
    return Run(out, 1.0, 1.0)


def row(report: str, way: str) -> list[str]:
    line = next(line for line in report.splitlines() if line.startswith(f"| {way} |"))
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_rings_of_accounts_are_judged_beside_cycles(tmp_path: Path) -> None:
    partners = [f"partner-{i}" for i in range(8)]
    day = pd.Timestamp("2017-01-02", tz="UTC")
    round_trip = [(i, (i + 1) % 3, day + pd.Timedelta(days=i)) for i in range(3)]
    slow = [(3 + i, 3 + (i + 1) % 3, day + pd.Timedelta(days=100 * i)) for i in range(3)]
    data = folder(
        tmp_path / "data",
        partners=pd.DataFrame({"partner_id": partners}),
        transfers=pd.DataFrame(
            [(f"account-{a}", f"account-{b}", at) for a, b, at in round_trip + slow],
            columns=["from_account_id", "to_account_id", "at"],
        ),
    )
    folder(
        tmp_path / "data.truth",
        rings=pd.DataFrame({"ring_id": ["x"], "typology": ["cycle"]}),
        ring_members=pd.DataFrame({"ring_id": "x", "kind": "partner", "id": partners[:3]}),
    )
    judged = amlsim(data, finished(tmp_path, {"R": partners[:3]}, partners))
    report = judged.text
    assert row(report, "ringwatch") == ["1", "1.000", "1.000", "1.000", "2.667", "1/1", "1.000"]
    assert (judged.line["recall"], judged.line["precision"]) == (1.0, 1.0)
    assert row(report, "strongly connected, all transfers")[0] == "2"
    assert row(report, "strongly connected, within a month")[0] == "1"


def test_terminals_are_judged_by_what_is_known_on_the_day(tmp_path: Path) -> None:
    partners = [f"terminal-{i}" for i in range(4)]
    week = pd.Timedelta(days=7)
    orders = [
        ("terminal-0", AS_OF - 2 * week, "disputed"),
        ("terminal-1", AS_OF - week / 7, "disputed"),  # known a week later: not yet
        ("terminal-2", AS_OF - 2 * week, "paid"),
        ("terminal-0", AS_OF + week / 2, "disputed"),
        ("terminal-2", AS_OF + week / 2, "paid"),
    ]
    frame = pd.DataFrame(orders, columns=["partner_id", "placed_at", "outcome"])
    frame["consumer_id"] = [f"card-{number}" for number in range(len(frame))]
    data = folder(
        tmp_path / "data",
        partners=pd.DataFrame({"partner_id": partners}),
        orders=frame.assign(outcome_at=frame.placed_at + week),
    )
    cases = [("terminal-0", AS_OF - 2 * week), ("terminal-3", AS_OF + week)]
    truth = pd.DataFrame(cases, columns=["id", "first_at"]).assign(kind="partner")
    folder(tmp_path / "data.truth", fraud_entities=truth.assign(last_at=truth.first_at))
    report = card_terminals(data, finished(tmp_path, {"R": ["terminal-2"]}, partners)).text
    ways, payments = report.split("The rings named")
    assert row(ways, "disputed share") == ["1.000", "1.000", "1.000", "4.000"]
    assert row(ways, "ringwatch") == ["0.250", "0.250", "0.000", "0.000"]
    assert row(payments, "disputed share") == ["1.000", "1.000", "0.010", "2.000"]
    assert row(payments, "ringwatch")[:2] == ["0.000", "0.500"]
    assert row(payments, "XGBoost, published")[:3] == ["0.862", "0.639", "0.273"]
    assert "1 and 1 of 4 terminals" in report


def test_a_ring_of_one_birth_date_without_a_common_device_is_counted(tmp_path: Path) -> None:
    consumers = [f"c{i}" for i in range(4)]
    data = folder(
        tmp_path / "data",
        consumers=pd.DataFrame({"consumer_id": consumers, "birth_date": ["1981-10-29"] * 4}),
        orders=pd.DataFrame({"consumer_id": consumers, "device_id": ["d0", "d1", "d2", "d2"]}),
    )
    rings = {"born": ["c0", "c1"], "tied": ["c2", "c3"]}
    report = identity_graph(data, finished(tmp_path, rings, [], kind="consumer")).text
    assert row(report, "ringwatch") == ["2", "1"]
    assert row(report, "consumers by shared device") == ["1", "0"]


def test_a_card_known_to_be_misused_leaves_the_test_week() -> None:
    day = pd.Timedelta(days=1)
    cases = [
        ("early", 2, "disputed"),  # known before the test week
        ("early", 15, "disputed"),
        ("delayed", 9, "disputed"),  # known 7 days later, from day 17 on
        ("delayed", 16, "disputed"),
        ("delayed", 18, "disputed"),
        ("honest", 13, "paid"),  # the day before the test week
        ("honest", 20, "paid"),
        ("honest", 21, "paid"),
    ]
    orders = pd.DataFrame(cases, columns=["consumer_id", "number", "outcome"]).assign(partner_id="t")
    orders["placed_at"] = TRAIN_FROM + orders.number * day
    kept = week_ahead(orders)
    assert list(zip(kept.consumer_id, kept.day, strict=True)) == [("delayed", 2), ("honest", 6)]


def test_a_card_counts_once_and_by_its_best_payment() -> None:
    rows = [("a", 0, 1.0, True), ("a", 0, 0.1, False), ("b", 0, 0.5, False), ("c", 0, 0.4, True)]
    rows += [("a", 1, 1.0, True), ("b", 1, 0.5, False), ("c", 1, 0.4, True)]
    scored = pd.DataFrame(rows, columns=["consumer_id", "day", "score", "fraud"])
    assert card_precision(scored, cards=2) == 0.5  # a and b on the first day, b and c on the second
    assert card_precision(scored, cards=1) == 0.5  # a on the first day, then b
