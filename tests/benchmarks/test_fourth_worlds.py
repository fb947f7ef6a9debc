from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from benchmarks.fourth_worlds import write_fourth_world
from benchmarks.fourth_worlds.dice import Rates
from benchmarks.fourth_worlds.making import draw_world
from benchmarks.fourth_worlds.orders import place_orders
from benchmarks.fourth_worlds.rings import REFUND_ABUSE, TYPOLOGIES
from benchmarks.judging import read_truth
from graph.aggregation import aggregate
from graph.tables import read_tables
from tests.benchmarks.written_worlds import files_of, truth_table

KEYS = {
    "partner": ("partners", "partner_id"),
    "consumer": ("consumers", "consumer_id"),
    "device": ("devices", "device_id"),
    "bank_account": ("bank_accounts", "account_id"),
}


def _make(folder: Path, *, seed: int = 9301) -> Path:
    write_fourth_world(folder, seed=seed, partners=400, orders=40_000)
    return folder


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _make(tmp_path_factory.mktemp("worlds") / "world")


def test_same_seed_same_bytes(world: Path, tmp_path: Path) -> None:
    assert files_of(_make(tmp_path / "again")) == files_of(world)


def test_another_seed_makes_another_world(world: Path, tmp_path: Path) -> None:
    other, mine = files_of(_make(tmp_path / "other", seed=9302)), files_of(world)
    assert other.keys() == mine.keys()
    assert not any(other[name] == mine[name] for name in mine)


def test_no_row_breaks_the_contract(world: Path) -> None:
    tables = read_tables(world, max_rejected_share=0.0)
    assert tables.rejected == {}
    assert tables.unmatched_labels == 0


def test_it_has_the_size_asked_for(world: Path) -> None:
    assert len(pd.read_parquet(world / "partners.parquet")) == 400
    assert len(pd.read_parquet(world / "orders.parquet")) == 40_000


def test_every_typology_has_a_ring_of_two_partners_or_of_people_alone(world: Path) -> None:
    rings, members = truth_table(world, "rings"), truth_table(world, "ring_members")
    assert set(members.ring_id) == set(rings.ring_id)
    assert set(rings.typology) == set(TYPOLOGIES)
    assert rings.carefulness.between(0, 1).all()
    partners = (
        members[members.kind == "partner"].groupby("ring_id").size().reindex(rings.ring_id, fill_value=0)
    )
    assert ((partners >= 2).to_numpy() == (rings.typology != REFUND_ABUSE).to_numpy()).all()
    assert (partners[partners < 2] == 0).all()


def test_a_partner_or_consumer_is_in_one_ring(world: Path) -> None:
    members = truth_table(world, "ring_members")
    assert not members[members.kind.isin(["partner", "consumer"])].duplicated(["kind", "id"]).any()


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
        ids = pd.read_parquet(world / f"{table}.parquet")[key].sort_values()
        member = ids.isin(members).to_numpy()
        # where ids tell nothing, 1 of 16,000 correlations goes beyond 4 / sqrt(n)
        assert abs(spearmanr(np.arange(len(ids)), member).statistic) < 4 / np.sqrt(len(ids))


def test_who_is_in_a_ring_is_no_look_alike(world: Path) -> None:
    members, look_alikes = truth_table(world, "ring_members"), truth_table(world, "look_alikes")
    assert not set(members.id) & set(look_alikes.id)


def test_nothing_happens_at_a_partner_before_it_is_there(world: Path) -> None:
    partners = pd.read_parquet(world / "partners.parquet")
    orders = pd.read_parquet(world / "orders.parquet").merge(partners, on="partner_id")
    assert (orders.placed_at >= orders.onboarded_at).all()
    assert not (orders.placed_at > orders.closed_at).any()


def test_numbers_not_given_are_drawn_within_their_range() -> None:
    drawn = draw_world(1)
    assert 500 <= drawn.n_partners <= 3000
    assert 60_000 <= drawn.n_orders <= 300_000
    assert 60 <= drawn.n_orders / drawn.n_partners <= 240
    smaller = draw_world(1, 400, 40_000)
    assert (smaller.n_partners, smaller.n_orders, smaller.n_rings) == (400, 40_000, len(TYPOLOGIES))
    assert drawn.settings == smaller.settings


def test_numbers_of_stories_differ_between_worlds_and_not_within() -> None:
    one, other = (Rates(np.random.default_rng(seed)) for seed in (1, 2))
    chance = one.chance("a story: something", 0.5)
    assert 0.33 < chance < 0.67
    assert one.chance("a story: something", 0.5) == chance != other.chance("a story: something", 0.5)
    assert 7.4 < one.number("a story: days", 10) < 13.5


def test_too_few_orders_are_refused() -> None:
    with pytest.raises(ValueError, match="2000 orders are too few for 400 partners"):
        place_orders(draw_world(1, 400, 2000))
