from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.model_sets import Task, _earlier, _nearest, as_labels, card_payments, s_ffsd
from benchmarks.models import answers
from gnn.models import GraphData, Trees, edges

DAY = 86_400


def test_a_payment_hears_its_owner_s_earlier_ones_inside_the_window() -> None:
    rng = np.random.default_rng(0)
    at = np.sort(rng.integers(0, 60 * DAY, 400))
    owner = rng.integers(0, 12, 400)
    asked = np.sort(rng.choice(400, 150, replace=False))
    for days, delay in ((1, 0), (7, 7), (30, 7)):
        heard, hears = _earlier(owner, at, asked, days, delay=delay)
        gap = at[:, None] - at[None, :]
        found = (owner[:, None] == owner) & (gap > delay * DAY) & (gap <= (days + delay) * DAY)
        expected = {(int(h), int(a)) for a, h in np.argwhere(found) if a in asked}
        assert len(expected) > 50
        assert set(zip(heard.tolist(), hears.tolist(), strict=True)) == expected


def test_nearest_of_the_same_group_and_nothing_later_where_not_wanted() -> None:
    code = np.array([0, 1, 0, 0, 1])
    amount = np.arange(5.0)
    before = _nearest(code, amount, later=False)
    assert (before.source < before.targets()).all()
    pairs = set(zip(before.source.tolist(), before.targets().tolist(), strict=True))
    assert pairs == {(0, 2), (2, 3), (0, 3), (1, 4)}
    both = _nearest(code, amount, later=True)
    assert set(zip(both.source.tolist(), both.targets().tolist(), strict=True)) == pairs | {
        (target, source) for source, target in pairs
    }


def write_s_ffsd(folder: Path, rows: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "Time": np.arange(rows),
            "Source": [f"S{i}" for i in rng.integers(0, 40, rows)],
            "Target": [f"T{i}" for i in rng.integers(0, 9, rows)],
            "Amount": rng.lognormal(size=rows),
            "Location": [f"L{i}" for i in rng.integers(0, 5, rows)],
            "Type": [f"P{i}" for i in rng.integers(0, 3, rows)],
            "Labels": rng.integers(0, 3, rows).astype(np.int8),
        }
    )
    folder.mkdir()
    frame.to_parquet(folder / "transactions.parquet")
    return frame


def test_by_time_nothing_later_moves_an_earlier_payment(tmp_path: Path) -> None:
    frame = write_s_ffsd(tmp_path / "whole")
    whole = s_ffsd(tmp_path / "whole", by_time=True)[0]
    (tmp_path / "part").mkdir()
    frame[:250].to_parquet(tmp_path / "part" / "transactions.parquet")
    part = s_ffsd(tmp_path / "part", by_time=True)[0]
    own = [column for column in range(whole.data.x["payment"].shape[1]) if column != 1]  # its place in time
    assert np.array_equal(whole.data.x["payment"][:250, own], part.data.x["payment"][:, own])
    for edge, found in part.data.edges.items():
        known = whole.data.edges[edge]
        assert np.array_equal(known.source[: found.start[-1]], found.source)
    assert whole.labels.labelled()[0].max() < whole.test.min()


def test_published_split_is_stratified_and_disjoint(tmp_path: Path) -> None:
    write_s_ffsd(tmp_path / "set")
    task = s_ffsd(tmp_path / "set")[0]
    known, fraud = task.labels.labelled()
    assert not set(known) & set(task.test)
    assert abs(len(task.test) / (len(known) + len(task.test)) - 0.4) < 0.01
    assert abs(fraud.mean() - task.fraud[task.test].mean()) < 0.02


def test_a_card_payment_hears_no_outcome_younger_than_a_week(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = 6000
    at = pd.Timestamp("2018-06-20") + pd.to_timedelta(np.sort(rng.integers(0, 56 * DAY, rows)), unit="s")
    folder = tmp_path / "cards"
    folder.mkdir()
    pd.DataFrame(
        {
            "TRANSACTION_ID": np.arange(rows, dtype=np.int32),
            "TX_DATETIME": at,
            "CUSTOMER_ID": rng.integers(0, 300, rows).astype(np.int32),
            "TERMINAL_ID": rng.integers(0, 200, rows).astype(np.int32),
            "TX_AMOUNT": rng.lognormal(3, 1, rows).astype(np.float32),
            "TX_FRAUD": (rng.random(rows) < 0.1).astype(np.int8),
        }
    ).to_parquet(folder / "transactions.parquet")
    cards = card_payments(folder)
    assert len(cards.payments) == len(cards.task.test)
    for (_, name, _), found in cards.task.data.edges.items():
        hours = np.expm1(found.attributes[:, 0])
        assert (hours > 0).all()
        if name.startswith("terminal"):
            assert (hours >= 7 * 24 - 0.01).all()
            # outcomes are told by the edge, and are those of the payment heard
            assert np.array_equal(found.attributes[:, 2] == 1, cards.task.fraud[found.source])


def test_members_learn_from_the_training_part_alone() -> None:
    rng = np.random.default_rng(2)
    fraud = rng.random(300) < 0.3
    x = (rng.normal(size=(300, 2)) + fraud[:, None]).astype(np.float32)
    source, target = rng.integers(0, 300, (2, 900))
    data = GraphData({"node": x}, {("node", "tied_to", "node"): edges(source, target, 300)}, "node")
    order = rng.permutation(300)
    labels = as_labels(order[:100], order[100:200], fraud, 0)
    task = Task(data, labels, order[200:], fraud)
    turned = fraud.copy()
    turned[order[100:200]] = rng.permutation(fraud[order[100:200]])
    other = Task(data, as_labels(order[:100], order[100:200], turned, 0), order[200:], turned)
    members = (Trees(hops=1, hears=True, rounds=5),)
    first, second = (list(answers(which, members)) for which in (task, other))
    assert np.array_equal(first[0][1], second[0][1])
    assert not np.array_equal(first[1][1], second[1][1])
    assert [name for name, _, _ in first] == ["neighbour trees", "stack"]
