from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.judging import read_truth
from benchmarks.seventh_worlds import write_seventh_world
from benchmarks.seventh_worlds.making import STREAM
from benchmarks.seventh_worlds.settings import LACKS, Settings, draw_settings
from graph.tables import read_tables
from tests.benchmarks.written_worlds import SEVENTH, Maker, truth_table

PARTNERS, ORDERS = 300, 21_000
STEPS = 4
"""Transfers between a payout account and the collector of a ring at most."""
LEAST_COMMON = 3
"""Buyers in common that may tie two partners."""


def settings_of(seed: int, partners: int | None = None, orders: int | None = None) -> Settings:
    return draw_settings(np.random.default_rng([STREAM, seed]), partners, orders)


def a_world(folder: Path, wanted: Callable[[Settings], bool]) -> Path:
    """A small world of such settings."""
    seed = next(one for one in range(500) if wanted(settings_of(one, PARTNERS, ORDERS)))
    write_seventh_world(folder / "world", seed=seed, partners=PARTNERS, orders=ORDERS)
    return folder / "world"


@pytest.fixture(scope="module")
def world(made_once: Callable[[Maker], Path]) -> Path:
    return made_once(SEVENTH)


def test_a_world_without_a_ring_has_look_alikes_alone(tmp_path: Path) -> None:
    world = a_world(tmp_path, lambda settings: settings.rings == 0)
    truth = read_truth(world.with_name("world.truth"))
    assert not len(truth.rings)
    assert not truth.members
    assert not truth.partners
    assert not len(truth_table(world, "ring_members"))
    assert truth.look_alikes.look_alike.nunique() > 10
    assert len(pd.read_parquet(world / "orders.parquet")) == ORDERS
    assert len(pd.read_parquet(world / "labels.parquet")) > 0


@pytest.mark.parametrize("lacks", LACKS)
def test_what_is_lacking_is_not_told(tmp_path: Path, lacks: str) -> None:
    world = a_world(tmp_path, lambda settings: settings.lacks == lacks and settings.rings > 0)
    tables = {"payouts": "payouts", "transfers": "transfers", "logins": "partner_logins"}
    rows = {kind: len(pd.read_parquet(world / f"{table}.parquet")) for kind, table in tables.items()}
    assert {kind for kind, count in rows.items() if not count} == {lacks} & set(tables)
    orders = pd.read_parquet(world / "orders.parquet")
    assert orders.device_id.isna().all() == (lacks == "devices")
    ended = orders[orders.outcome != "open"]
    assert (ended.outcome_at.isna().mean() > 0.5) == (lacks == "outcomes")
    assert read_tables(world, max_rejected_share=0.0).rejected == {}
    assert len(truth_table(world, "rings")) > 0


def test_every_member_of_a_ring_of_partners_has_a_trace(world: Path) -> None:
    """A device, an account or a collector that another member uses, too, or buyers in common."""
    frames = {
        name: pd.read_parquet(world / f"{name}.parquet")
        for name in ("orders", "payouts", "partner_logins", "transfers")
    }
    members = truth_table(world, "ring_members")
    ring_of = members[members.kind == "partner"].set_index("id").ring_id
    sent = frames["transfers"][["from_account_id", "to_account_id"]].drop_duplicates()
    steps = [frames["payouts"][["partner_id", "account_id"]].drop_duplicates()]
    for _ in range(STEPS):
        onward = steps[-1][steps[-1].partner_id.isin(ring_of.index)]
        onward = onward.merge(sent, left_on="account_id", right_on="from_account_id")
        steps.append(onward[["partner_id", "to_account_id"]].set_axis(["partner_id", "account_id"], axis=1))
    money, logins = pd.concat(steps), frames["partner_logins"]
    used = [
        frame.set_axis(["partner", "id"], axis=1) for frame in (money, logins[["partner_id", "device_id"]])
    ]
    for column in ("consumer_id", "device_id", "account_id"):
        used.append(frames["orders"][["partner_id", column]].set_axis(["partner", "id"], axis=1))
    traces = [pd.concat(used[:2]), *used[2:]]
    least = (1, LEAST_COMMON, LEAST_COMMON, LEAST_COMMON)
    tied: set[str] = set()
    for frame, few in zip(traces, least, strict=True):
        mine = frame[frame.partner.isin(ring_of.index)].dropna().drop_duplicates()
        mine = mine.assign(ring=mine.partner.map(ring_of))
        pairs = mine.merge(mine, on=["id", "ring"])
        common = pairs[pairs.partner_x != pairs.partner_y].groupby(["partner_x", "partner_y"]).size()
        tied |= set(common[common >= few].index.get_level_values(0))
    assert set(ring_of.index) <= tied


def test_numbers_not_given_are_drawn_from_wide_ranges() -> None:
    drawn = [settings_of(seed) for seed in range(300)]
    partners, orders = (np.array([getattr(one, name) for one in drawn]) for name in ("partners", "orders"))
    assert 700 <= partners.min() < 800
    assert 2200 < partners.max() <= 2500
    assert 42_000 <= orders.min() < 50_000
    assert 280_000 < orders.max() <= 300_000
    assert {one.lacks for one in drawn} == {"", *LACKS}
    assert 0.4 < np.mean([one.lacks == "" for one in drawn]) < 0.6
    assert 0.04 < np.mean([one.rings == 0 for one in drawn]) < 0.14
    assert settings_of(1, 400, 40_000).partners == 400
