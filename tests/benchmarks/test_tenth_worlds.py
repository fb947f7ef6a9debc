from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.tenth_worlds.making import STREAM, draw_world
from benchmarks.tenth_worlds.market import GOODS, HANDS, LIVES, LOOK_ALIKES, MONEY, PAYERS, draw_market
from benchmarks.tenth_worlds.world import World
from graph.aggregation import aggregate
from graph.tables import read_tables
from tests.benchmarks.written_worlds import TENTH, Maker, truth_table

FEW = 9
"""Partners of an identifier that may tie its users; more have a common book-keeper or the like."""


@pytest.fixture(scope="module")
def world(made_once: Callable[[Maker], Path]) -> Path:
    return made_once(TENTH)


@pytest.fixture(scope="module")
def drawn() -> list[World]:
    return [draw_world(seed, 450, 20_000) for seed in range(40, 60)]


def test_rings_have_a_known_typology_and_three_partners_or_none(world: Path) -> None:
    rings, members = truth_table(world, "rings"), truth_table(world, "ring_members")
    assert set(members.ring_id) == set(rings.ring_id)
    assert set(rings.typology) <= {*PAYERS, "heirs", "consumers"}
    assert rings.carefulness.between(0, 1).all()
    partners = members[members.kind == "partner"].groupby("ring_id").size()
    counts = partners.reindex(rings.ring_id, fill_value=0).to_numpy()
    alone = (rings.typology == "consumers").to_numpy()
    assert (counts[alone] == 0).all()
    assert ((counts[~alone] >= 3) & (counts[~alone] <= 20)).all()


def test_every_choice_of_a_plan_and_every_look_alike_occurs(drawn: list[World]) -> None:
    pacts = [one for world in drawn for one in world.pacts if len(one.shops)]
    for name, choices in (
        ("payers", PAYERS), ("money", MONEY), ("hands", HANDS), ("life", LIVES), ("goods", GOODS)
    ):  # fmt: skip
        assert {getattr(one, name) for one in pacts} == set(choices)
    assert {one.look_alike for world in drawn for one in world.alike} == set(LOOK_ALIKES)


def test_some_worlds_have_no_ring_and_no_partner_is_in_two(drawn: list[World]) -> None:
    assert 1 <= sum(not world.pacts for world in drawn) <= 6
    for world in drawn:
        shops = [shop for one in world.pacts for shop in one.shops.tolist()]
        assert len(shops) == len(set(shops)) == world.of_ring.sum()
        assert len(shops) <= world.market.partners / 10


def test_every_member_of_a_ring_of_partners_has_several_traces(world: Path) -> None:
    """Buyers, devices or accounts of the ring that another member uses, too, more than one or two events."""
    frames = {
        name: pd.read_parquet(world / f"{name}.parquet")
        for name in ("orders", "payouts", "partner_logins", "transfers")
    }
    orders, paid, sent = frames["orders"], frames["payouts"], frames["transfers"]
    first = paid[["partner_id", "account_id"]].drop_duplicates()
    steps = [paid[["partner_id", "account_id"]]]
    for _ in range(2):
        sources = first.merge(sent, left_on="account_id", right_on="from_account_id")
        steps.append(sources[["partner_id", "to_account_id"]])
        first = steps[-1].drop_duplicates().set_axis(["partner_id", "account_id"], axis=1)
    parts = [*steps, frames["partner_logins"][["partner_id", "device_id"]]]
    parts += [orders[["partner_id", column]] for column in ("consumer_id", "device_id", "account_id")]
    uses = pd.concat([one.set_axis(["partner", "id"], axis=1) for one in parts]).dropna()
    for _, part in truth_table(world, "ring_members").groupby("ring_id"):
        partners = set(part.id[part.kind == "partner"])
        here = uses[uses.partner.isin(partners) & uses.id.isin(part.id)]
        common = here[here.groupby("id").partner.transform("nunique") > 1].partner.value_counts()
        assert (common.reindex(list(partners), fill_value=0) >= 3).mean() >= 0.75
        assert not partners or (common >= 3).sum() >= 3


def test_numbers_not_given_are_drawn_from_wide_ranges() -> None:
    drawn = [draw_market(np.random.default_rng(seed), None, None) for seed in range(60)]
    partners, orders = np.array([one.partners for one in drawn]), np.array([one.orders for one in drawn])
    assert 400 <= partners.min() < 600 and 2300 < partners.max() <= 3000
    assert 20_000 <= orders.min() < 30_000 and 200_000 < orders.max() <= 300_000
    for name in ("device_cover", "account_cover", "login_cover", "transfer_cover", "reviewed"):
        cover = np.array([getattr(one, name) for one in drawn])
        assert cover.min() == 0 and cover.max() > 0.7
    assert draw_market(np.random.default_rng(1), 400, 40_000).partners == 400


def test_absent_data_is_an_empty_table_that_can_be_read(tmp_path: Path) -> None:
    markets = ((seed, draw_market(np.random.default_rng([STREAM, seed]), 300, 20_000)) for seed in range(60))
    seed = next(seed for seed, market in markets if market.transfer_cover == 0)
    TENTH.write(tmp_path / "world", seed=seed, partners=300, orders=20_000)
    assert len(pd.read_parquet(tmp_path / "world" / "transfers.parquet")) == 0
    tables = read_tables(tmp_path / "world", max_rejected_share=0.0)
    assert tables.rejected == {}
    assert len(aggregate(tables).transferred_to) == 0


@pytest.mark.parametrize(("partners", "orders"), [(100, 50_000), (1000, 12_000)])
def test_too_few_partners_or_orders_are_refused(tmp_path: Path, partners: int, orders: int) -> None:
    with pytest.raises(ValueError, match="no room"):
        TENTH.write(tmp_path / "world", seed=1, partners=partners, orders=orders)
    assert not list(tmp_path.iterdir())
