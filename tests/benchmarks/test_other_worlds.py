from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from benchmarks.other_worlds import write_other_world
from benchmarks.other_worlds.__main__ import main
from benchmarks.other_worlds.typologies import REFUND_ABUSE, TYPOLOGIES
from graph.tables import read_tables
from tests.benchmarks.written_worlds import files_of, truth_table

TABLES = {
    "partners": "partner_id",
    "consumers": "consumer_id",
    "devices": "device_id",
    "bank_accounts": "account_id",
}
KINDS = dict(zip(TABLES, ("partner", "consumer", "device", "bank_account"), strict=True))


def _make(folder: Path, *, seed: int = 9101, partners: int = 600) -> Path:
    # 600 partners are enough for a ring of every typology
    write_other_world(folder, seed=seed, partners=partners, orders=20_000)
    return folder


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _make(tmp_path_factory.mktemp("worlds") / "world")


def test_same_seed_same_bytes(world: Path, tmp_path: Path) -> None:
    assert files_of(_make(tmp_path / "again")) == files_of(world)


def test_another_seed_makes_another_world(world: Path, tmp_path: Path) -> None:
    other, mine = files_of(_make(tmp_path / "other", seed=9102)), files_of(world)
    assert other.keys() == mine.keys()
    assert not any(other[name] == mine[name] for name in mine)


def test_no_row_breaks_the_contract(world: Path) -> None:
    tables = read_tables(world, max_rejected_share=0.0)
    assert tables.rejected == {}
    assert not any(tables.created.values())
    assert tables.unmatched_labels == 0


def test_every_ring_has_members_and_every_typology_a_ring(world: Path) -> None:
    rings, members = truth_table(world, "rings"), truth_table(world, "ring_members")
    assert set(members.ring_id) == set(rings.ring_id)
    assert set(rings.typology) == {*TYPOLOGIES, REFUND_ABUSE}
    partners = (
        members[members.kind == "partner"].groupby("ring_id").size().reindex(rings.ring_id, fill_value=0)
    )
    assert ((partners >= 2).to_numpy() == (rings.typology != REFUND_ABUSE).to_numpy()).all()


def test_truth_names_only_what_the_tables_have(world: Path) -> None:
    named = pd.concat([truth_table(world, "ring_members"), truth_table(world, "look_alikes")])
    for table, key in TABLES.items():
        known = pd.read_parquet(world / f"{table}.parquet")[key]
        assert known.is_unique
        assert set(named[named.kind == KINDS[table]].id) <= set(known)


def test_neither_ids_nor_rows_tell_members(world: Path) -> None:
    members = set(truth_table(world, "ring_members").id)
    for table, key in TABLES.items():
        ids = pd.read_parquet(world / f"{table}.parquet")[key]
        for order in (ids, ids.sort_values()):
            member = order.isin(members).to_numpy()
            # where ids tell nothing, 1 of 16,000 correlations goes beyond 4 / sqrt(n)
            assert abs(spearmanr(np.arange(len(order)), member).statistic) < 4 / np.sqrt(len(order))


def test_honest_look_alikes_are_in_no_ring_as_partners(world: Path) -> None:
    members, look_alikes = truth_table(world, "ring_members"), truth_table(world, "look_alikes")
    of_rings = set(members[members.kind == "partner"].id)
    assert not of_rings & set(look_alikes[look_alikes.kind == "partner"].id)


def test_a_shop_that_would_close_before_it_opens_stops_no_world(tmp_path: Path) -> None:
    # seed 10: a subscription at such a shop
    assert _make(tmp_path / "world", seed=10, partners=400).exists()


def test_command_writes_the_same_world(world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = ["--seed", "9101", "--partners", "600", "--orders", "20000"]
    monkeypatch.setattr("sys.argv", ["other_worlds", str(tmp_path / "world"), *given])
    main()
    assert files_of(tmp_path / "world") == files_of(world)
