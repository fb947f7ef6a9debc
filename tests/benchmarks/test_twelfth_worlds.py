"""Worlds of the twelfth maker: the same for a seed, whole, and with a truth that its tables bear out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.twelfth_worlds import write_twelfth_world
from benchmarks.twelfth_worlds.crews import CHANNELS, SCHEMES, TELLING
from benchmarks.twelfth_worlds.plays import PLAYS
from benchmarks.twelfth_worlds.setting import Calendar
from tests.benchmarks.written_worlds import KEYS, files_of, tables_of


def make(folder: Path, seed: int) -> Path:
    write_twelfth_world(folder, seed=seed, partners=250, orders=9_000)
    return folder


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("twelfth") / "world", 3)


@pytest.fixture(scope="module")
def tables(world: Path) -> dict[str, pd.DataFrame]:
    return tables_of(world)


@pytest.fixture(scope="module")
def truth(world: Path) -> dict[str, pd.DataFrame]:
    return tables_of(world.with_name("world.truth"))


def test_a_seed_makes_the_same_bytes_and_another_seed_others(world: Path, tmp_path: Path) -> None:
    assert files_of(make(tmp_path / "again", 3)) == files_of(world)
    other = files_of(make(tmp_path / "other", 4))
    assert all(other[name] != content for name, content in files_of(world).items())


def test_members_of_rings_are_in_the_tables(
    tables: dict[str, pd.DataFrame], truth: dict[str, pd.DataFrame]
) -> None:
    members = truth["ring_members"]
    assert set(members.ring_id) == set(truth["rings"].ring_id)
    for kind, (table, key) in KEYS.items():
        known = set(tables[table][key])
        if kind in ("partner", "consumer"):  # other tables may have lost some
            assert len(set(members.id[members.kind == kind]) - known) <= 0.02 * len(known)
        assert (members.kind == kind).any()


def test_nobody_is_in_two_rings_or_a_look_alike_and_in_a_ring(truth: dict[str, pd.DataFrame]) -> None:
    members = truth["ring_members"]
    people = members[members.kind.isin(["partner", "consumer"])]
    assert not people.id.duplicated().any()
    assert not set(members.id) & set(truth["look_alikes"].id)


def test_ring_partners_trade(tables: dict[str, pd.DataFrame], truth: dict[str, pd.DataFrame]) -> None:
    members = truth["ring_members"]
    firms = set(members.id[members.kind == "partner"])
    assert len(firms - set(tables["orders"].partner_id)) <= 0.1 * len(firms)


def test_ids_are_unique_and_orders_make_sense(tables: dict[str, pd.DataFrame]) -> None:
    for table, key in (*KEYS.values(), ("orders", "order_id"), ("payouts", "payout_id")):
        assert tables[table][key].is_unique
    orders = tables["orders"]
    assert (orders.amount > 0).all()
    assert (orders.outcome_at.isna() | (orders.outcome_at > orders.placed_at)).all()
    assert orders.outcome_at[orders.outcome == "open"].isna().all()
    opened = tables["partners"].set_index("partner_id").onboarded_at
    assert (orders.placed_at >= orders.partner_id.map(opened)).all()


def test_labels_are_of_a_part_and_both_ways(tables: dict[str, pd.DataFrame]) -> None:
    labels = tables["labels"]
    assert 0 < len(labels) < len(tables["partners"]) + len(tables["consumers"]) / 2
    assert set(labels.verdict) <= {"fraud", "legit"}


def test_every_scheme_is_played_and_can_slip() -> None:
    assert set(SCHEMES) == set(PLAYS) == set(TELLING)
    assert {channel for some in TELLING.values() for channel in some} <= set(CHANNELS)


def test_moments_lie_between_their_bounds() -> None:
    rng = np.random.default_rng(0)
    since = rng.uniform(0, 80, 500)
    t = Calendar(rng, 100).draw(rng, since, since + 5)
    assert ((t >= since) & (t <= since + 5)).all()


def test_a_world_too_small_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no room for rings"):
        write_twelfth_world(tmp_path / "small", seed=1, partners=50, orders=5_000)
