from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from benchmarks.fifth_worlds import write_fifth_world
from benchmarks.fifth_worlds.climate import draw_climate
from benchmarks.fifth_worlds.operators import TYPOLOGIES
from benchmarks.judging import read_truth
from benchmarks.leak_audit import audit
from graph.aggregation import aggregate
from graph.tables import read_tables
from tests.benchmarks.written_worlds import files_of, truth_table

KEYS = {
    "partner": ("partners", "partner_id"),
    "consumer": ("consumers", "consumer_id"),
    "device": ("devices", "device_id"),
    "bank_account": ("bank_accounts", "account_id"),
}


def _make(folder: Path, *, seed: int = 77) -> Path:
    write_fifth_world(folder, seed=seed, partners=600, orders=50_000)
    return folder


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _make(tmp_path_factory.mktemp("worlds") / "world")


def test_same_seed_same_bytes(world: Path, tmp_path: Path) -> None:
    assert files_of(_make(tmp_path / "again")) == files_of(world)


def test_another_seed_makes_another_world(world: Path, tmp_path: Path) -> None:
    other, mine = files_of(_make(tmp_path / "other", seed=78)), files_of(world)
    assert other.keys() == mine.keys()
    assert not any(other[name] == mine[name] for name in mine)


def test_no_row_breaks_the_contract(world: Path) -> None:
    tables = read_tables(world, max_rejected_share=0.0)
    assert tables.rejected == {}
    assert tables.unmatched_labels == 0


def test_it_has_the_size_asked_for(world: Path) -> None:
    assert len(pd.read_parquet(world / "partners.parquet")) == 600
    assert len(pd.read_parquet(world / "orders.parquet")) == 50_000


def test_rings_have_a_known_typology_and_two_partners_or_none(world: Path) -> None:
    rings, members = truth_table(world, "rings"), truth_table(world, "ring_members")
    assert set(members.ring_id) == set(rings.ring_id)
    assert set(rings.typology) <= set(TYPOLOGIES)
    assert rings.carefulness.between(0, 1).all()
    partners = members[members.kind == "partner"].groupby("ring_id").size()
    counts = partners.reindex(rings.ring_id, fill_value=0).to_numpy()
    assert ((counts >= 2) == (rings.typology != "refund_abuse").to_numpy()).all()
    assert ((counts == 0) == (rings.typology == "refund_abuse").to_numpy()).all()


def test_shoppers_of_a_ring_buy_at_every_partner_of_it(world: Path) -> None:
    members = truth_table(world, "ring_members")
    orders = pd.read_parquet(world / "orders.parquet")
    for _, part in members.groupby("ring_id"):
        partners = set(part.id[part.kind == "partner"])
        theirs = orders[orders.consumer_id.isin(part.id) & orders.partner_id.isin(partners)]
        assert set(theirs.partner_id) == partners


def test_no_plain_way_finds_the_rings(world: Path) -> None:
    found = audit(world)
    assert found.passes(), (found.flat.head(3), found.components.head(2), found.script.head(2))


def test_truth_names_only_what_the_events_name(world: Path) -> None:
    named = pd.concat([truth_table(world, "ring_members"), truth_table(world, "look_alikes")])
    links = aggregate(read_tables(world))
    for kind, (table, key) in KEYS.items():
        assert set(named[named.kind == kind].id) <= set(getattr(links, table)[key])


def test_a_ring_is_labelled_where_a_member_partner_or_consumer_is(world: Path) -> None:
    members = truth_table(world, "ring_members")
    seen = set(pd.read_parquet(world / "labels.parquet").id)
    hits = members[members.id.isin(seen) & members.kind.isin(["partner", "consumer"])]
    truth = read_truth(world.with_name("world.truth"))
    assert set(truth.rings.ring_id[truth.rings.labelled]) == set(hits.ring_id)
    assert truth.rings.labelled.sum() > 0
    assert all(truth.members)


def test_ids_do_not_tell_members(world: Path) -> None:
    members = set(truth_table(world, "ring_members").id)
    for table, key in KEYS.values():
        ids = pd.read_parquet(world / f"{table}.parquet")[key]
        for column in (ids, ids.sort_values()):
            member = column.isin(members).to_numpy()
            # where ids or their order tell nothing, 1 of 16,000 correlations goes beyond 4 / sqrt(n)
            assert abs(spearmanr(np.arange(len(column)), member).statistic) < 4 / np.sqrt(len(column))


def test_who_is_in_a_ring_is_no_look_alike(world: Path) -> None:
    members, look_alikes = truth_table(world, "ring_members"), truth_table(world, "look_alikes")
    assert not set(members.id) & set(look_alikes.id)


def test_numbers_not_given_are_drawn() -> None:
    drawn = [draw_climate(np.random.default_rng(seed), None, None) for seed in range(40)]
    assert all(500 <= one.partners <= 3000 and 60_000 <= one.orders <= 300_000 for one in drawn)
    assert len({one.partners for one in drawn}) > 30
    assert draw_climate(np.random.default_rng(1), 400, 40_000).partners == 400
