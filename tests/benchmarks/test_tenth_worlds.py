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
from tests.benchmarks.written_worlds import TENTH, Maker, in_common, uses


@pytest.fixture(scope="module")
def world(made_once: Callable[[Maker], Path]) -> Path:
    return made_once(TENTH)


@pytest.fixture(scope="module")
def drawn() -> list[World]:
    return [draw_world(seed, 450, 20_000) for seed in range(40, 60)]


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
    for _, partners, common in in_common(world, uses(world, steps=2)):
        many = common.partner.value_counts().reindex(list(partners), fill_value=0)
        assert not partners or ((many >= 3).mean() >= 0.75 and (many >= 3).sum() >= 3)


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
