"""Worlds of the fourteenth to the eighteenth maker: the same for a seed, whole, and true to their tables."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import eighteenth_worlds, seventeenth_worlds, sixteenth_worlds
from benchmarks.fifteenth_worlds import gangs, write_fifteenth_world
from benchmarks.fourteenth_worlds import write_fourteenth_world
from benchmarks.fourteenth_worlds.schemes import TRADES_OF_CREWS
from graph.tables import read_tables

SEED = 3


@dataclass(frozen=True)
class Maker:
    """Who writes worlds, and the typologies of its rings."""

    write: Callable[..., None]
    of_people: Collection[str]
    of_shops: Collection[str]
    least: int
    """Shops of a ring that has any."""

    def world(self, folder: Path, seed: int) -> Path:
        self.write(folder, seed=seed, partners=300, orders=15_000)
        return folder


CONSUMERS_ALONE = ("refund_abuse", "credit_abuse")
MAKERS = {
    "fourteenth": Maker(write_fourteenth_world, CONSUMERS_ALONE, {*TRADES_OF_CREWS} - {*CONSUMERS_ALONE}, 3),
    "fifteenth": Maker(write_fifteenth_world, [*gangs.OF_PEOPLE], [*gangs.OF_SHOPS], 2),
    "sixteenth": Maker(
        sixteenth_worlds.write_sixteenth_world,
        [*sixteenth_worlds.OF_PEOPLE],
        [*sixteenth_worlds.OF_SHOPS],
        2,
    ),
    "seventeenth": Maker(
        seventeenth_worlds.write_seventeenth_world,
        [*seventeenth_worlds.OF_PEOPLE],
        [*seventeenth_worlds.OF_SHOPS],
        2,
    ),
    "eighteenth": Maker(
        eighteenth_worlds.write_eighteenth_world,
        [*eighteenth_worlds.OF_PEOPLE],
        [*eighteenth_worlds.OF_SHOPS],
        2,
    ),
}


@pytest.fixture(scope="module", params=MAKERS)
def maker(request: pytest.FixtureRequest) -> Maker:
    return MAKERS[request.param]


def content(folder: Path) -> dict[str, bytes]:
    both = (folder, folder.with_name(f"{folder.name}.truth"))
    return {
        f"{one.name == folder.name} {path.name}": path.read_bytes() for one in both for path in one.iterdir()
    }


@pytest.fixture(scope="module")
def world(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return maker.world(tmp_path_factory.mktemp("made") / "world", SEED)


@pytest.fixture(scope="module")
def tables(world: Path) -> dict[str, pd.DataFrame]:
    return {path.stem: pd.read_parquet(path) for path in world.iterdir()}


@pytest.fixture(scope="module")
def truth(world: Path) -> dict[str, pd.DataFrame]:
    return {path.stem: pd.read_parquet(path) for path in world.with_name("world.truth").iterdir()}


def test_a_seed_makes_the_same_bytes_and_another_seed_others(
    maker: Maker, world: Path, tmp_path: Path
) -> None:
    assert content(maker.world(tmp_path / "again" / "world", SEED)) == content(world)
    other = content(maker.world(tmp_path / "other" / "world", SEED + 1))
    assert all(other[name] != held for name, held in content(world).items() if name in other)


def test_the_reader_takes_every_row(world: Path) -> None:
    read = read_tables(world, max_rejected_share=0.0)
    assert read.as_of is not None


def test_members_and_look_alikes_are_in_the_events(
    tables: dict[str, pd.DataFrame], truth: dict[str, pd.DataFrame]
) -> None:
    members, alike = truth["ring_members"], truth["look_alikes"]
    orders, payouts, logins = tables["orders"], tables["payouts"], tables["partner_logins"]
    accounts = [orders["account_id"], payouts["account_id"]]
    if "transfers" in tables:
        accounts += [tables["transfers"][end] for end in ("from_account_id", "to_account_id")]
    seen = {
        "partner": set(tables["partners"]["partner_id"]),
        "consumer": set(orders["consumer_id"]),
        "device": {*orders["device_id"].dropna(), *logins["device_id"]},
        "bank_account": set(pd.concat(accounts).dropna()),
    }
    for kind, ids in seen.items():
        assert set(members["id"][members["kind"] == kind]) <= ids
        assert set(alike["id"][alike["kind"] == kind]) <= ids


def test_rings_have_partners_unless_they_are_of_people(maker: Maker, truth: dict[str, pd.DataFrame]) -> None:
    members, rings = truth["ring_members"], truth["rings"].set_index("ring_id")
    assert set(rings["typology"]) <= {*maker.of_shops, *maker.of_people}
    assert rings["carefulness"].between(0, 1).all()
    many = members[members["kind"] == "partner"].groupby("ring_id").size().reindex(rings.index, fill_value=0)
    of_people = rings["typology"].isin(maker.of_people)
    assert (many[of_people] == 0).all()
    assert (many[~of_people] >= maker.least).all()
    shops = members[members["kind"] == "partner"]
    assert not shops["id"].duplicated().any()


def test_the_cohort_of_a_ring_meets_its_shops(
    tables: dict[str, pd.DataFrame], truth: dict[str, pd.DataFrame]
) -> None:
    """People of a ring buy at several of its shops far oftener than customers of those shops usually do."""
    members, orders = truth["ring_members"], tables["orders"]
    shares = []
    for _, part in members.groupby("ring_id"):
        shops = set(part["id"][part["kind"] == "partner"])
        custom = orders[orders["partner_id"].isin(shops)].groupby("consumer_id")["partner_id"].nunique()
        inside = custom.index.isin(part["id"][part["kind"] == "consumer"])
        if shops and inside.any() and not inside.all():
            shares.append((float((custom[inside] > 1).mean()), float((custom[~inside] > 1).mean())))
    assert np.mean([mine > others for mine, others in shares]) > 0.7


def test_times_fit_together(tables: dict[str, pd.DataFrame]) -> None:
    orders, partners = tables["orders"], tables["partners"]
    joined = orders.merge(partners, on="partner_id").merge(tables["consumers"], on="consumer_id")
    assert (joined["placed_at"] >= joined["onboarded_at"]).all()
    if "closed_at" in joined:
        assert not (joined["placed_at"] > joined["closed_at"]).any()
    if "created_at" in joined:
        assert joined["created_at"].notna().any()
        assert not (joined["placed_at"] < joined["created_at"]).any()
    assert (orders["outcome_at"].dropna() > orders["placed_at"][orders["outcome_at"].notna()]).all()
    assert orders["outcome_at"][orders["outcome"] == "open"].isna().all()
    assert (orders["amount"] > 0).all()


def test_a_world_too_small_for_rings_is_refused(maker: Maker, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="partners"):
        maker.write(tmp_path / "small", seed=1, partners=50, orders=20_000)
