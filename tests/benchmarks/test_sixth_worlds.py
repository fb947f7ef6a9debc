from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.sixth_worlds.making import draw_world
from benchmarks.sixth_worlds.settings import RING_TYPES, draw_settings
from tests.benchmarks.written_worlds import SIXTH, Maker, truth_table

SEEDS = range(20, 30)
FEW = 9
"""Partners or senders of an identifier that may tie its users; more have a common book-keeper or the like."""


@pytest.fixture(scope="module")
def world(made_once: Callable[[Maker], Path]) -> Path:
    return made_once(SIXTH)


def test_rings_have_a_known_typology_and_two_partners_or_none(world: Path) -> None:
    rings, members = truth_table(world, "rings"), truth_table(world, "ring_members")
    assert set(members.ring_id) == set(rings.ring_id)
    assert set(rings.typology) <= {*RING_TYPES, "refund_abuse"}
    assert rings.carefulness.between(0, 1).all()
    partners = members[members.kind == "partner"].groupby("ring_id").size()
    counts = partners.reindex(rings.ring_id, fill_value=0).to_numpy()
    assert ((counts >= 2) == (rings.typology != "refund_abuse").to_numpy()).all()
    assert ((counts == 0) == (rings.typology == "refund_abuse").to_numpy()).all()


def test_a_third_of_the_rings_has_members_without_common_shoppers_or_bad_ends() -> None:
    rings = [one for seed in SEEDS for one in draw_world(seed, 300, 15_000).rings if len(one.firms)]
    apart = np.mean([one.tied.any() for one in rings])
    assert 0.2 < apart < 0.5
    assert any(one.no_common.any() for one in rings)
    assert any(one.no_bad.any() for one in rings)
    assert all((~one.tied).any() for one in rings)


def _uses(world: Path) -> pd.DataFrame:
    """Partner and identifier: common shoppers, devices and accounts, and where its money goes."""
    frames = {
        name: pd.read_parquet(world / f"{name}.parquet")
        for name in ("orders", "payouts", "partner_logins", "transfers")
    }
    paid = frames["payouts"][["partner_id", "account_id"]].drop_duplicates()
    sent = frames["transfers"][["from_account_id", "to_account_id"]].drop_duplicates()
    private = paid[paid.groupby("account_id").partner_id.transform("size") <= FEW]
    steps = [private]
    for _ in range(3):
        next_one = steps[-1].merge(sent, left_on="account_id", right_on="from_account_id")
        steps.append(next_one[["partner_id", "to_account_id"]].set_axis(["partner_id", "account_id"], axis=1))
    parts = [one.set_axis(["partner", "id"], axis=1) for one in steps]
    for frame in (frames["partner_logins"], frames["orders"]):
        parts.append(frame[["partner_id", "device_id"]].set_axis(["partner", "id"], axis=1))
    for column in ("account_id", "consumer_id"):
        parts.append(frames["orders"][["partner_id", column]].set_axis(["partner", "id"], axis=1))
    return pd.concat(parts).dropna().drop_duplicates()


def test_every_member_of_a_ring_of_partners_has_a_trace(world: Path) -> None:
    """An identifier of its ring that another member uses, too, or, in a line of lives, its customers."""
    uses = _uses(world)
    typology = truth_table(world, "rings").set_index("ring_id").typology
    orders = pd.read_parquet(world / "orders.parquet")
    custom = orders.groupby("partner_id").consumer_id.agg(set)
    for ring_id, part in truth_table(world, "ring_members").groupby("ring_id"):
        partners = set(part.id[part.kind == "partner"])
        here = uses[uses.partner.isin(partners) & uses.id.isin(part.id)]
        common = here[here.groupby("id").partner.transform("nunique") > 1]
        for one in partners - set(common.partner):
            assert typology[ring_id] == "phoenix"
            shared = custom.map(custom[one].intersection).map(len).drop(one)
            assert shared[list(partners - {one})].max() > shared.quantile(0.97)


def test_numbers_not_given_are_drawn_from_wide_ranges() -> None:
    drawn = [draw_settings(np.random.default_rng(seed), None, None) for seed in range(60)]
    partners = np.array([one.partners for one in drawn])
    each = np.array([one.orders for one in drawn]) / partners
    assert 300 <= partners.min() < 500 and 2500 < partners.max() <= 3500
    assert 24 < each.min() < 35 and 150 < each.max() < 201
    assert len({len(one.countries) for one in drawn}) >= 10
    assert draw_settings(np.random.default_rng(1), 400, 40_000).partners == 400


def test_too_few_orders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no room"):
        SIXTH.write(tmp_path / "world", seed=1, partners=300, orders=50)
    assert not list(tmp_path.iterdir())
