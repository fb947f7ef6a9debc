"""What holds of the worlds of every maker that draws its sizes and its truth's labels alike."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from benchmarks.judging import read_truth
from benchmarks.leak_audit import audit
from graph.aggregation import aggregate
from graph.tables import read_tables
from tests.benchmarks.written_worlds import (
    EIGHTH,
    ELEVENTH,
    FIFTH,
    FOURTH,
    FURTHER,
    KEYS,
    NINTH,
    SEVENTH,
    SIXTH,
    TENTH,
    Maker,
    files_of,
    in_common,
    truth_table,
    uses,
)


@pytest.fixture(
    scope="module",
    params=[FURTHER, FOURTH, FIFTH, SIXTH, SEVENTH, EIGHTH, NINTH, TENTH, ELEVENTH],
    ids=["further", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"],
)
def maker(request: pytest.FixtureRequest) -> Maker:
    made: Maker = request.param
    return made


@pytest.fixture(scope="module")
def world(maker: Maker, made_once: Callable[[Maker], Path]) -> Path:
    return made_once(maker)


def test_same_seed_same_bytes(maker: Maker, world: Path, tmp_path: Path) -> None:
    assert files_of(maker.make(tmp_path / "again")) == files_of(world)


def test_another_seed_makes_another_world(maker: Maker, world: Path, tmp_path: Path) -> None:
    other, mine = files_of(maker.make(tmp_path / "other", seed=maker.seed + 1)), files_of(world)
    assert other.keys() == mine.keys()
    assert not any(other[name] == mine[name] for name in mine)


def test_no_row_breaks_the_contract(world: Path) -> None:
    tables = read_tables(world, max_rejected_share=0.0)
    assert tables.rejected == {}
    assert tables.unmatched_labels == 0


def test_it_has_the_size_asked_for(maker: Maker, world: Path) -> None:
    assert len(pd.read_parquet(world / "partners.parquet")) == maker.partners
    assert len(pd.read_parquet(world / "orders.parquet")) == maker.orders


def test_rings_have_a_known_typology_and_enough_partners_or_none(maker: Maker, world: Path) -> None:
    rings, members = truth_table(world, "rings"), truth_table(world, "ring_members")
    assert set(members.ring_id) == set(rings.ring_id)
    assert set(rings.typology) <= set(maker.typologies)
    assert rings.carefulness.between(0, 1).all()
    counts = members[members.kind == "partner"].groupby("ring_id").size()
    counts = counts.reindex(rings.ring_id, fill_value=0).to_numpy()
    alone = rings.typology.isin(maker.alone).to_numpy()
    assert (counts[alone] == 0).all()
    assert ((counts[~alone] >= maker.least) & (counts[~alone] <= maker.most)).all()


# how many partners may be paid to an account that ties them; above which share of others' a line's custom is
@pytest.mark.parametrize(
    ("tied", "most", "share"), [(SIXTH, 9, 0.97), (EIGHTH, inf, 0.95)], ids=["sixth", "eighth"]
)
def test_every_member_of_a_ring_of_partners_has_a_trace(
    tied: Maker, most: float, share: float, made_once: Callable[[Maker], Path]
) -> None:
    """An identifier of its ring that another member uses, too, or, in a line of lives, its customers."""
    world = made_once(tied)
    typology = truth_table(world, "rings").set_index("ring_id").typology
    custom = pd.read_parquet(world / "orders.parquet").groupby("partner_id").consumer_id.agg(set)
    for ring_id, partners, common in in_common(world, uses(world, steps=3, most=most).drop_duplicates()):
        for one in partners - set(common.partner):
            assert typology[ring_id] == "phoenix"
            shared = custom.map(custom[one].intersection).map(len).drop(one)
            assert shared[list(partners - {one})].max() > shared.quantile(share)


@pytest.mark.parametrize(("partners", "orders"), [(100, 50_000), (1000, 12_000)])
@pytest.mark.parametrize(
    "small",
    [SIXTH, SEVENTH, EIGHTH, NINTH, TENTH, ELEVENTH],
    ids=["sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"],
)
def test_too_few_partners_or_orders_are_refused(
    small: Maker, partners: int, orders: int, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="no room for rings"):
        small.write(tmp_path / "world", seed=1, partners=partners, orders=orders)
    assert not list(tmp_path.iterdir())


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


# a world of the fourth maker that is so small does not pass
@pytest.mark.parametrize(
    "clean",
    [FURTHER, FIFTH, SIXTH, SEVENTH, EIGHTH, NINTH, TENTH],
    ids=["further", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"],
)
def test_no_plain_way_finds_the_rings(clean: Maker, made_once: Callable[[Maker], Path]) -> None:
    found = audit(made_once(clean))
    assert found.passes(), (found.flat.head(3), found.components.head(2), found.script.head(2))


def test_order_of_rows_does_not_tell_members(world: Path) -> None:
    members = set(truth_table(world, "ring_members").id)
    for table, key in KEYS.values():
        column = pd.read_parquet(world / f"{table}.parquet")[key]
        member = column.isin(members).to_numpy()
        # where their order tells nothing, 1 of 16,000 correlations goes beyond 4 / sqrt(n)
        assert abs(spearmanr(np.arange(len(column)), member).statistic) < 4 / np.sqrt(len(column))
