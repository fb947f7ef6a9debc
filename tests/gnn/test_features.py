from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnn.features import FEATURES, node_features, normal_scores, scaled
from graph.aggregation import aggregate
from graph.schema import Kind
from graph.tables import read_tables
from tests.gnn.tiny_world import empty_links, tiny_world

KINDS = list(Kind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_feature_is_finite_and_has_one_row_a_node(kind: Kind) -> None:
    for links in (tiny_world().links, empty_links()):
        features = node_features(links)[kind]
        assert list(features.columns) == [feature.name for feature in FEATURES[kind]]
        assert features.shape == (links.size(kind), len(FEATURES[kind]))
        assert np.isfinite(features.to_numpy()).all()
        assert (features.dtypes == np.float32).all()


@pytest.mark.parametrize("kind", KINDS)
def test_feature_names_are_unique_and_carry_unit_and_source(kind: Kind) -> None:
    names = [feature.name for feature in FEATURES[kind]]
    assert len(set(names)) == len(names)
    assert all(feature.unit and feature.source for feature in FEATURES[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_ages_are_the_features_that_rise_by_the_days_that_pass(kind: Kind) -> None:
    links = tiny_world().links
    now = node_features(links)[kind]
    later = node_features(replace(links, as_of_ms=links.as_of_ms + 50 * 86_400_000))[kind]
    rises = {name: (np.expm1(later[name]) - np.expm1(now[name]))[now[name] > 0] for name in now}
    ages = {name for name, rise in rises.items() if len(rise) and np.abs(rise - 50).max() < 0.01}
    assert ages == {
        feature.name for feature in FEATURES[kind] if feature.clock == "age" and len(rises[feature.name])
    }


def test_rows_after_as_of_change_no_feature(tmp_path: Path) -> None:
    as_of = datetime(2025, 3, 1, tzinfo=UTC)
    _write(tmp_path / "before", months=2)
    _write(tmp_path / "after", months=5)
    known = node_features(aggregate(read_tables(tmp_path / "before", as_of=as_of)))
    later = node_features(aggregate(read_tables(tmp_path / "after", as_of=as_of)))
    all_of_it = node_features(aggregate(read_tables(tmp_path / "after")))
    for kind in KINDS:
        pd.testing.assert_frame_equal(known[kind], later[kind])
        assert not known[kind].equals(all_of_it[kind])


def _write(folder: Path, *, months: int) -> None:
    """A world of that many months from January 2025; what happens in a month never depends on later ones."""
    folder.mkdir()
    tables: dict[str, list[str]] = {
        "partners": ["partner_id,name,category,country,onboarded_at"],
        "orders": [
            "order_id,placed_at,consumer_id,partner_id,device_id,account_id,"
            "amount,currency,outcome,outcome_at"
        ],
        "payouts": ["payout_id,paid_at,partner_id,account_id,amount,currency"],
        "partner_logins": ["partner_id,device_id,at"],
        "transfers": ["transfer_id,at,from_account_id,to_account_id,amount,currency"],
    }
    tables["partners"] += [f"p{p},Shop {p},5411,DE,2024-06-01T00:00:00Z" for p in range(4)]
    for month in range(1, months + 1):
        for row in range(12):
            at = f"2025-{month:02d}-{row + 1:02d}T10:00:00Z"
            end = f"2025-{month + 1:02d}-15T00:00:00Z"
            outcome = ("paid", "disputed", "refunded")[row % 3]
            # consumers, devices and accounts of before, so that no node is new
            who = f"c{row % 5},p{row % 4},d{row % 3},a{row % 2}"
            tables["orders"].append(f"o{month}-{row},{at},{who},{10 + row},EUR,{outcome},{end}")
        tables["payouts"] += [
            f"y{month}-{p},2025-{month:02d}-20T00:00:00Z,p{p},b{p % 2},50,EUR" for p in range(4)
        ]
        tables["partner_logins"] += [f"p{p},d{p % 3},2025-{month:02d}-21T00:00:00Z" for p in range(4)]
        tables["transfers"] += [f"t{month},2025-{month:02d}-22T00:00:00Z,b0,b1,{month},EUR"]
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=40))
@settings(max_examples=50)
def test_scaling_keeps_order_and_moves_with_the_rows(values: list[float]) -> None:
    column = np.array(values, dtype=np.float32)
    permutation = np.random.default_rng(0).permutation(len(column))
    result = scaled(pd.DataFrame({"x": column}))[:, 0]
    assert np.isfinite(result).all()
    assert (np.sign(np.subtract.outer(column, column)) == np.sign(np.subtract.outer(result, result))).all()
    assert (scaled(pd.DataFrame({"x": column[permutation]}))[:, 0] == result[permutation]).all()


def test_no_zero_is_below_another() -> None:
    single = np.array([3, -0.0, np.inf, 0.0, -1e-39, -np.inf, -2, -0.0], dtype=np.float32)
    result = normal_scores(single)
    assert result.tobytes() == normal_scores(single.astype(np.float64)).tobytes()
    assert len({result[1], result[3], result[7]}) == 1
    assert np.argsort(result, kind="stable").tolist() == [5, 6, 4, 1, 3, 7, 0, 2]
    assert len(normal_scores(single[:0])) == 0


def test_scaling_is_the_same_in_other_units() -> None:
    values = tiny_world().links.ordered_at[["amount", "first_at"]].astype(np.float64)
    assert (scaled(values) == scaled(values * 7.5 + 3)).all()
