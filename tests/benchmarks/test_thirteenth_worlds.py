"""Worlds of the thirteenth maker: the same for a seed, whole, and with a truth that its tables bear out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.thirteenth_worlds import write_thirteenth_world
from benchmarks.thirteenth_worlds.making import PEOPLE_PLAYS, PLAYS
from benchmarks.thirteenth_worlds.setting import Calendar, draw_setting
from tests.benchmarks.written_worlds import KEYS, files_of, in_common, tables_of, uses

SEED = 5  # nothing of its tables is missing


def make(folder: Path, seed: int) -> Path:
    write_thirteenth_world(folder, seed=seed, partners=300, orders=15_000)
    return folder


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("thirteenth") / "world", SEED)


@pytest.fixture(scope="module")
def tables(world: Path) -> dict[str, pd.DataFrame]:
    return tables_of(world)


@pytest.fixture(scope="module")
def truth(world: Path) -> dict[str, pd.DataFrame]:
    return tables_of(world.with_name("world.truth"))


def test_a_seed_makes_the_same_bytes_and_another_seed_others(world: Path, tmp_path: Path) -> None:
    assert files_of(make(tmp_path / "again", SEED)) == files_of(world)
    other = files_of(make(tmp_path / "other", SEED + 1))
    assert all(other[name] != content for name, content in files_of(world).items() if name in other)


def test_members_of_rings_are_in_the_tables(
    tables: dict[str, pd.DataFrame], truth: dict[str, pd.DataFrame]
) -> None:
    members = truth["ring_members"]
    assert set(members.ring_id) == set(truth["rings"].ring_id)
    assert set(truth["rings"].typology) <= {*PLAYS, *PEOPLE_PLAYS}
    for kind, (table, key) in KEYS.items():
        missing = set(members.id[members.kind == kind]) - set(tables[table][key])
        assert len(missing) <= 0.03 * len(tables[table])  # tables may have lost some
        assert (members.kind == kind).any()


def test_rings_have_partners_unless_they_are_of_consumers(truth: dict[str, pd.DataFrame]) -> None:
    members = truth["ring_members"]
    typology = truth["rings"].set_index("ring_id").typology
    many = members[members.kind == "partner"].groupby("ring_id").size().reindex(typology.index, fill_value=0)
    alone = typology.isin([*PEOPLE_PLAYS])
    assert (many[alone] == 0).all()
    assert (many[~alone] >= 2).all()


def test_nobody_is_in_two_rings_or_a_look_alike_and_in_a_ring(truth: dict[str, pd.DataFrame]) -> None:
    members = truth["ring_members"]
    people = members[members.kind.isin(["partner", "consumer"])]
    assert not people.id.duplicated().any()
    assert not set(members.id) & set(truth["look_alikes"].id)
    assert truth["look_alikes"].look_alike.nunique() >= 8


def test_partners_of_a_ring_use_something_in_common(world: Path, truth: dict[str, pd.DataFrame]) -> None:
    used = uses(world, steps=4)
    for ring_id, partners, common in in_common(world, used):
        if partners:
            assert common.partner.nunique() >= 0.5 * len(partners), ring_id


def test_ids_are_unique_and_orders_make_sense(tables: dict[str, pd.DataFrame]) -> None:
    for table, key in (*KEYS.values(), ("orders", "order_id"), ("payouts", "payout_id")):
        assert tables[table][key].is_unique
    orders = tables["orders"]
    assert (orders.amount > 0).all()
    assert (orders.outcome_at.isna() | (orders.outcome_at > orders.placed_at)).all()
    assert orders.outcome_at[orders.outcome == "open"].isna().all()
    opened = tables["partners"].set_index("partner_id").onboarded_at
    assert (orders.placed_at >= orders.partner_id.map(opened)).all()
    assert (tables["payouts"].amount > 0).all()
    assert (tables["transfers"].from_account_id != tables["transfers"].to_account_id).all()


def test_labels_are_of_a_part_and_both_ways(tables: dict[str, pd.DataFrame]) -> None:
    labels = tables["labels"]
    assert 0 < len(labels) < len(tables["partners"]) + len(tables["consumers"]) / 2
    assert set(labels.verdict) == {"fraud", "legit"}
    assert not labels.duplicated(["kind", "id"]).any()


def test_settings_differ_and_some_tables_have_gaps() -> None:
    settings = [draw_setting(np.random.default_rng([13, seed]), None, None) for seed in range(40)]
    assert all(600 <= one.partners <= 3_000 and 60_000 <= one.orders <= 350_000 for one in settings)
    assert all(10 <= one.rings <= 25 for one in settings)
    assert {one.lacks for one in settings} >= {"", "partner_logins", "transfers"}
    assert any(one.dropped for one in settings)
    assert any(one.absent for one in settings)


def test_moments_lie_between_their_bounds() -> None:
    rng = np.random.default_rng(0)
    since = rng.uniform(0, 80, 500)
    t = Calendar.of(rng, 100).draw(rng, since, since + 5)
    assert ((t >= since - 1e-9) & (t <= since + 5 + 1e-9)).all()


def test_a_world_too_small_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no room for rings"):
        write_thirteenth_world(tmp_path / "small", seed=1, partners=50, orders=5_000)
