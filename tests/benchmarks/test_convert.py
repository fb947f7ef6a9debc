from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.convert.__main__ import CONVERTERS, main
from graph.aggregation import aggregate
from graph.links import Links
from graph.schema import Kind
from graph.tables import read_tables


def _frames(folder: Path, **frames: pd.DataFrame) -> Path:
    folder.mkdir()
    for name, frame in frames.items():
        frame.to_parquet(folder / f"{name}.parquet")
    return folder


def card_terminals(folder: Path) -> Path:
    payments = pd.DataFrame(
        {
            "TRANSACTION_ID": [0, 1, 2],
            "TX_DATETIME": pd.to_datetime(
                ["2018-04-01 00:00:31", "2018-04-02 01:00:00", "2018-04-20 02:00:00"]
            ),
            "CUSTOMER_ID": [596, 2, 2],
            "TERMINAL_ID": [7, 7, 9],
            "TX_AMOUNT": pd.Series([81.51, 10.0, 999.99], dtype="float32"),
            "TX_FRAUD": [0, 1, 1],
            "TX_FRAUD_SCENARIO": [0, 2, 3],
        }
    )
    return _frames(folder, transactions=payments)


def amlsim(folder: Path) -> Path:
    accounts = pd.DataFrame(
        {
            "acct_id": [3, 4, 5],
            "first_name": ["Ann", "Bo", "Cy"],
            "last_name": ["Lee"] * 3,
            "open_dt": ["2017-01-01T00:00:00Z"] * 3,
            "close_dt": ["4754-11-29T00:00:00Z"] * 3,
            "acct_rptng_crncy": ["USD"] * 3,
            "initial_deposit": [10.5, 20.0, 30.0],
            "country": ["US"] * 3,
            "prior_sar_count": [True, True, False],
        }
    )
    moves = pd.DataFrame(
        {
            "tran_id": [1, 2],
            "orig_acct": [3, 4],
            "bene_acct": [4, 5],
            "base_amt": [603.87, 1.0],
            "tran_timestamp": ["2017-01-02T00:00:00Z", "2017-01-03T00:00:00Z"],
            "is_sar": [True, False],
            "alert_id": [0, -1],
        }
    )
    alerts = pd.DataFrame(
        {
            "alert_id": [0, 0, 1],
            "alert_type": ["cycle"] * 3,
            "acct_id": [3, 4, 5],
            "is_sar": [True, True, False],
        }
    )
    return _frames(folder, accounts=accounts, transactions=moves, alert_accounts=alerts)


def identity_graph(folder: Path) -> Path:
    columns = ["id", "label", "last_name", "first_name", "value", "name", "amount", "created"]
    nodes = [
        ("a1", "Account", "Lee", "Ann", None, None, None, None),
        ("a2", "Account", "Xu", "Bo", None, None, None, None),
        ("m1", "Merchant", None, None, None, "Shop", None, None),
        ("ip", "IpAddress", None, None, "10.0.0.1", None, None, None),
        ("born", "DateOfBirth", None, None, "1981-10-29", None, None, None),
        ("mail", "EmailAddress", None, None, "x@example.org", None, None, None),
        ("t1", "Transaction", None, None, None, None, "870", "2021-01-01T00:06:19Z"),
        ("t2", "Transaction", None, None, None, None, "30", "2021-01-02T00:00:00Z"),
    ]
    edges = [
        ("ACCOUNT", "t1", "a1", "Transaction", "Account"),
        ("ACCOUNT", "t2", "a2", "Transaction", "Account"),
        ("MERCHANT", "t1", "m1", "Transaction", "Merchant"),
        ("MERCHANT", "t2", "m1", "Transaction", "Merchant"),
        ("FEATURE_OF_TRANSACTION", "ip", "t1", "IpAddress", "Transaction"),
        ("FEATURE_OF_ACCOUNT", "born", "a1", "DateOfBirth", "Account"),
        ("FEATURE_OF_ACCOUNT", "born", "a2", "DateOfBirth", "Account"),
        ("FEATURE_OF_ACCOUNT", "mail", "a2", "EmailAddress", "Account"),
    ]
    return _frames(
        folder,
        nodes=pd.DataFrame(nodes, columns=columns),
        edges=pd.DataFrame(edges, columns=["type", "src", "dst", "sl", "dl"]),
    )


SAMPLES: dict[str, Callable[[Path], Path]] = {
    "amlsim-10k": amlsim,
    "card-terminals": card_terminals,
    "identity-graph": identity_graph,
}


def converted(name: str, folder: Path, *, as_of: datetime | None = None) -> Links:
    source = SAMPLES[name](folder / "source")
    assert main([name, str(source), str(folder / "out")]) == 0
    return aggregate(read_tables(folder / "out", as_of=as_of, max_rejected_share=0.0))


@pytest.mark.parametrize("name", [name for name, _ in CONVERTERS])
def test_every_set_becomes_tables_that_are_read_without_a_rejected_row(name: str, tmp_path: Path) -> None:
    links = converted(name, tmp_path)
    assert links.size(Kind.PARTNER) > 0
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


@pytest.mark.parametrize("name", [name for name, _ in CONVERTERS])
def test_truth_never_becomes_a_column_or_a_label(name: str, tmp_path: Path) -> None:
    converted(name, tmp_path)
    assert not (tmp_path / "out" / "labels.parquet").exists()
    columns = {
        column.lower() for path in (tmp_path / "out").iterdir() for column in pd.read_parquet(path).columns
    }
    assert not [column for column in columns if "sar" in column or "fraud" in column or "alert" in column]


def test_a_fraud_at_a_terminal_is_known_a_week_later(tmp_path: Path) -> None:
    early = converted("card-terminals", tmp_path, as_of=datetime(2018, 4, 9))
    later = aggregate(read_tables(tmp_path / "out", as_of=datetime(2018, 4, 9, 1)))
    assert (early.ordered_at.disputed.sum(), later.ordered_at.disputed.sum()) == (0, 1)
    assert early.ordered_at.amount.sum() == 91.51


def test_compromised_terminals_and_cards_are_the_truth_with_their_days(tmp_path: Path) -> None:
    converted("card-terminals", tmp_path)
    truth = pd.read_parquet(tmp_path / "out.truth" / "fraud_entities.parquet")
    assert truth[["kind", "id"]].to_numpy().tolist() == [
        ["partner", "terminal-7"],
        ["consumer", "customer-2"],
    ]
    assert truth.first_at.dt.day.tolist() == [2, 20]


def test_accounts_of_the_laundering_model_move_money_between_their_partners(tmp_path: Path) -> None:
    links = converted("amlsim-10k", tmp_path)
    assert links.paid_out_to.amount.tolist() == [10.5, 20.0, 30.0]
    assert links.transferred_to[["from_account", "to_account"]].to_numpy().tolist() == [[0, 1], [1, 2]]
    members = pd.read_parquet(tmp_path / "out.truth" / "ring_members.parquet")
    assert sorted(members.id) == ["account-3", "account-4", "partner-3", "partner-4"]
    assert set(pd.read_parquet(tmp_path / "out.truth" / "rings.parquet").ring_id) == set(members.ring_id)


def test_a_birth_date_ties_nobody_together(tmp_path: Path) -> None:
    links = converted("identity-graph", tmp_path)
    assert links.devices.device_id.tolist() == ["ip"]
    assert links.used.consumer.tolist() == [0]
    assert links.consumers.birth_date.tolist() == ["1981-10-29"] * 2
    assert links.consumers.email.tolist() == ["", "x@example.org"]


def test_a_wrong_source_or_a_taken_place_ends_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = amlsim(tmp_path / "source")
    assert main(["amlsim-10k", str(tmp_path / "nowhere"), str(tmp_path / "out")]) == 2
    assert "There is no file" in capsys.readouterr().err
    assert main(["card-terminals", str(source), str(tmp_path / "out")]) == 2
    assert "lacks TRANSACTION_ID" in capsys.readouterr().err
    assert main(["amlsim-10k", str(source), str(source)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
