from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.eleventh_worlds.making import STREAM, draw_world
from benchmarks.eleventh_worlds.outcomes import settle
from benchmarks.eleventh_worlds.ring_ties import CHANNELS
from benchmarks.eleventh_worlds.settings import LACKS, TYPOLOGIES, Settings, draw_settings
from benchmarks.eleventh_worlds.world import World
from benchmarks.writing.units import NONE
from graph.aggregation import aggregate
from graph.tables import read_tables
from tests.benchmarks.written_worlds import ELEVENTH, Maker, in_common, uses

LOOK_ALIKES = {
    "book_keeper", "buying_club", "campus", "crew_victim", "facilitator", "factoring", "flash_sale",
    "franchise", "holding", "household", "incident", "insolvency", "kiosk", "mall", "office", "relaunch",
    "staff", "supplier", "trade_circle", "triangulation_supplier", "web_agency",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(made_once: Callable[[Maker], Path]) -> Path:
    return made_once(ELEVENTH)


@pytest.fixture(scope="module")
def drawn() -> list[World]:
    return [draw_world(seed, 500, 20_000)[0] for seed in range(40, 52)]


def settings(seed: int) -> Settings:
    return draw_settings(np.random.default_rng([STREAM, seed]), None, None)


def test_every_kind_of_ring_of_tie_and_of_look_alike_occurs(drawn: list[World]) -> None:
    rings = [one for world in drawn for one in world.rings]
    assert {one.typology for one in rings} == set(TYPOLOGIES)
    assert (
        {tie for one in rings for tie in one.ties} == {one.main for one in rings if one.main} == {*CHANNELS}
    )
    assert {one.look_alike for world in drawn for one in world.alike} == LOOK_ALIKES
    assert all(world.crews for world in drawn)


def test_no_partner_is_in_two_rings(drawn: list[World]) -> None:
    for world in drawn:
        firms = [firm for one in world.rings for firm in one.firms.tolist()]
        assert len(firms) == len(set(firms)) == (world.firms.ring != NONE).sum()
        assert len(firms) <= world.settings.partners * 0.15


def test_members_of_a_ring_of_partners_are_tied(world: Path) -> None:
    """Most partners use an identifier of the ring that another of them uses, too."""
    tied = total = 0
    for _, partners, common in in_common(world, uses(world, steps=3)):
        tied, total = tied + common.partner.nunique(), total + len(partners)
    assert tied >= 0.9 * total > 0


def test_numbers_not_given_are_drawn_from_wide_ranges() -> None:
    drawn = [settings(seed) for seed in range(80)]
    partners, orders = np.array([one.partners for one in drawn]), np.array([one.orders for one in drawn])
    assert 500 <= partners.min() < 600 and 2600 < partners.max() <= 3000
    assert orders.min() == 50_000 and 200_000 < orders.max() <= 300_000
    assert 0.4 <= np.mean([bool(one.lacks) for one in drawn]) <= 0.8
    assert set().union(*(one.lacks for one in drawn)) == set(LACKS)


def test_what_a_world_lacks_is_empty_and_can_be_read(tmp_path: Path) -> None:
    for table in ("transfers", "payouts", "consumers"):
        seed = next(seed for seed in range(200) if table in settings(seed).lacks)
        lacks, folder = settings(seed).lacks, tmp_path / table
        ELEVENTH.write(folder, seed=seed, partners=300, orders=9_000)
        for name in lacks:
            lacking, _, column = name.partition(".")
            frame = pd.read_parquet(folder / f"{lacking}.parquet")
            assert frame[column].isna().all() if column else frame.empty
        tables = read_tables(folder, max_rejected_share=0.0)
        assert tables.rejected == {}
        assert len(aggregate(tables).ordered_at) > 0


def test_more_orders_of_rings_and_crowds_than_there_is_room_for_are_refused() -> None:
    world, custom = draw_world(7, 200, 6000)
    world.settings = replace(world.settings, orders=10)
    with pytest.raises(ValueError, match="of rings and crowds"):
        settle(world, custom)
