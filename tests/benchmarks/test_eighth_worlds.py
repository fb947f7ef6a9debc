from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.eighth_worlds.making import draw_world
from benchmarks.eighth_worlds.plans import PEOPLE_TYPES, RING_TYPES
from benchmarks.eighth_worlds.settings import draw_settings
from graph.tables import read_tables
from tests.benchmarks.written_worlds import EIGHTH, Maker, truth_table

SEEDS = range(40, 60)


@pytest.fixture(scope="module")
def world(made_once: Callable[[Maker], Path]) -> Path:
    return made_once(EIGHTH)


def test_rings_have_a_known_typology_and_three_partners_or_none(world: Path) -> None:
    rings, members = truth_table(world, "rings"), truth_table(world, "ring_members")
    assert set(members.ring_id) == set(rings.ring_id)
    assert set(rings.typology) <= {*RING_TYPES, *PEOPLE_TYPES}
    assert rings.carefulness.between(0, 1).all()
    partners = members[members.kind == "partner"].groupby("ring_id").size()
    counts = partners.reindex(rings.ring_id, fill_value=0).to_numpy()
    alone = rings.typology.isin(PEOPLE_TYPES).to_numpy()
    assert (counts[alone] == 0).all()
    assert (counts[~alone] >= 3).all()


def _uses(world: Path) -> pd.DataFrame:
    """Partner and identifier: shoppers, devices and accounts, and where its money goes."""
    frames = {
        name: pd.read_parquet(world / f"{name}.parquet")
        for name in ("orders", "payouts", "partner_logins", "transfers")
    }
    sent = frames["transfers"][["from_account_id", "to_account_id"]].drop_duplicates()
    steps = [frames["payouts"][["partner_id", "account_id"]].drop_duplicates()]
    for _ in range(3):
        onward = steps[-1].merge(sent, left_on="account_id", right_on="from_account_id")
        onward = onward[["partner_id", "to_account_id"]].drop_duplicates()
        steps.append(onward.set_axis(["partner_id", "account_id"], axis=1))
    parts = [one.set_axis(["partner", "id"], axis=1) for one in steps]
    for name, column in (
        ("partner_logins", "device_id"),
        ("orders", "device_id"),
        ("orders", "account_id"),
        ("orders", "consumer_id"),
    ):
        parts.append(frames[name][["partner_id", column]].set_axis(["partner", "id"], axis=1))
    return pd.concat(parts).dropna().drop_duplicates()


def test_every_member_of_a_ring_of_partners_has_a_trace(world: Path) -> None:
    """An identifier of its ring that another member uses, too, or, in a line of lives, its customers."""
    uses = _uses(world)
    typology = truth_table(world, "rings").set_index("ring_id").typology
    custom = pd.read_parquet(world / "orders.parquet").groupby("partner_id").consumer_id.agg(set)
    for ring_id, part in truth_table(world, "ring_members").groupby("ring_id"):
        partners = set(part.id[part.kind == "partner"])
        here = uses[uses.partner.isin(partners) & uses.id.isin(part.id)]
        common = here[here.groupby("id").partner.transform("nunique") > 1]
        for one in partners - set(common.partner):
            assert typology[ring_id] == "phoenix"
            shared = custom.map(custom[one].intersection).map(len).drop(one)
            assert shared[list(partners - {one})].max() > shared.quantile(0.95)


def test_one_world_of_twelve_has_no_ring_and_others_have_partners_in_rings() -> None:
    shares = [draw_settings(np.random.default_rng(seed), None, None).ring_share for seed in range(600)]
    assert 0.05 < np.mean(np.array(shares) == 0) < 0.12
    for seed in SEEDS:
        drawn = draw_world(seed, 300, 15_000)
        assert any(len(one.firms) for one in drawn.rings) == (drawn.settings.ring_share > 0)


def test_rings_show_in_few_channels_and_some_never_burn() -> None:
    rings = [one for seed in SEEDS for one in draw_world(seed, 300, 15_000).rings if len(one.firms)]
    assert np.mean([len(one.channels) == 1 for one in rings]) > 0.3
    assert 0.05 < np.mean([one.burn.max() < 0.03 for one in rings]) < 0.6
    assert len({one.typology for one in rings}) >= 8


def test_a_world_without_rings_is_read(tmp_path: Path) -> None:
    seed = next(one for one in range(100) if not draw_world(one, 200, 4_000).rings)
    folder = EIGHTH.make(tmp_path / "world", seed=seed)
    assert read_tables(folder, max_rejected_share=0.0).rejected == {}
    assert len(truth_table(folder, "ring_members")) == 0
    assert len(truth_table(folder, "look_alikes")) > 0


def test_numbers_not_given_are_drawn_from_wide_ranges() -> None:
    drawn = [draw_settings(np.random.default_rng(seed), None, None) for seed in range(60)]
    partners, orders = np.array([(one.partners, one.orders) for one in drawn]).T
    assert 300 <= partners.min() < 400 and 2300 < partners.max() <= 3000
    assert 20_000 <= orders.min() < 25_000 and 250_000 < orders.max() <= 300_000
    assert draw_settings(np.random.default_rng(1), 400, 40_000).partners == 400


def test_too_few_orders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no room"):
        EIGHTH.write(tmp_path / "world", seed=1, partners=300, orders=50)
    assert not list(tmp_path.iterdir())
