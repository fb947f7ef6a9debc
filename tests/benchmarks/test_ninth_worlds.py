from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from benchmarks.ninth_worlds.designs import APART, CONNECTED, allot, in_use
from benchmarks.ninth_worlds.honest import RECIPES
from benchmarks.ninth_worlds.making import draw_world
from benchmarks.ninth_worlds.settings import LONELY, SCHEMES, draw_settings
from graph.tables import read_tables
from tests.benchmarks.written_worlds import NINTH, Maker, in_common, truth_table, uses

SEEDS = range(30, 38)


@pytest.fixture(scope="module")
def world(made_once: Callable[[Maker], Path]) -> Path:
    return made_once(NINTH)


def _pieces(member: np.ndarray, unit: np.ndarray, n: int) -> int:
    """Into how many pieces the members fall, tied by the units that they use."""
    shape = (n, int(unit.max()) + 1)
    uses = coo_matrix((np.ones(len(member)), (member, unit)), shape=shape).tocsr()
    return int(connected_components(uses @ uses.T, directed=False)[0])


@pytest.mark.parametrize("design", [*CONNECTED, *APART])
@pytest.mark.parametrize("n", [2, 3, 5, 12, 20])
def test_a_design_gives_everyone_a_unit_at_every_time(design: str, n: int) -> None:
    rng = np.random.default_rng(n)
    uses = allot(rng, design, n)
    assert set(uses.member) == set(range(n))
    assert set(uses.unit) == set(range(uses.units))
    member, at = rng.integers(0, n, 500), rng.random(500)
    drawn = in_use(rng, uses, member, at, np.ones(500, np.bool_))
    known = set(zip(uses.member.tolist(), uses.unit.tolist(), strict=True))
    assert set(zip(member.tolist(), drawn.tolist(), strict=True)) <= known
    assert (in_use(rng, uses, member, at, np.zeros(500, np.bool_)) == -1).all()


@pytest.mark.parametrize("design", CONNECTED)
@pytest.mark.parametrize("n", [2, 3, 4, 7, 20])
def test_connected_designs_tie_all_members(design: str, n: int) -> None:
    for seed in range(20):
        uses = allot(np.random.default_rng(seed), design, n)
        assert _pieces(uses.member, uses.unit, n) == 1


def test_a_pool_changes_hands_in_time() -> None:
    uses = allot(np.random.default_rng(1), "pool", 9)
    first, last = uses.unit[uses.begin == 0], uses.unit[uses.end == 1]
    assert len(first) == len(last) == 9
    assert (first != last).any()


def test_an_unknown_design_is_refused() -> None:
    with pytest.raises(ValueError, match="No such design"):
        allot(np.random.default_rng(0), "web", 3)


def test_something_ties_all_partners_of_a_ring() -> None:
    rings = [one for seed in SEEDS for one in draw_world(seed, 500, 25_000).orgs if one.ring]
    crews = [one for one in rings if one.kind not in LONELY]
    assert {one.kind for one in crews} == set(SCHEMES)
    assert all(any(way.design in CONNECTED for way in one.ways.values()) for one in crews)
    assert {one.kind for one in rings} - set(SCHEMES) == set(LONELY)
    carried = {name for one in crews for name in one.ways}
    assert carried >= {"machines", "payees", "collectors", "funders", "buyers", "farm", "cards"}


def test_every_member_of_a_ring_uses_something_that_another_uses_too(world: Path) -> None:
    paid, moved = (pd.read_parquet(world / f"{name}.parquet") for name in ("payouts", "transfers"))
    paid = paid[["partner_id", "account_id"]].drop_duplicates()
    funders = paid.merge(moved, left_on="account_id", right_on="to_account_id")
    funders = funders[["partner_id", "from_account_id"]].set_axis(["partner", "id"], axis=1)
    used = pd.concat([uses(world, steps=1), funders]).drop_duplicates()
    for _, partners, common in in_common(world, used):
        assert set(common.partner) == partners


def test_honest_people_share_what_crews_share(world: Path) -> None:
    kinds = set(truth_table(world, "look_alikes").look_alike)
    assert len(kinds & {one.kind for one in RECIPES}) > 0.8 * len(RECIPES)


def test_numbers_not_given_are_drawn_from_wide_ranges() -> None:
    drawn = [draw_settings(np.random.default_rng(seed), None, None) for seed in range(120)]
    partners = np.array([one.partners for one in drawn])
    orders = np.array([one.orders for one in drawn])
    assert 400 <= partners.min() < 450 and 2700 < partners.max() <= 3000
    assert 20_000 <= orders.min() < 22_000 and 270_000 < orders.max() <= 300_000
    rings = np.array([one.rings for one in drawn])
    assert 2 <= np.count_nonzero(rings == 0) <= 22
    assert rings[rings > 0].min() >= 10 and 20 < rings.max() <= 25
    for name in ("see_device", "see_account", "see_log_in", "see_transfer", "ring_review"):
        assert any(getattr(one, name) == 0 for one in drawn), name
    assert draw_settings(np.random.default_rng(1), 500, 40_000).partners == 500


def test_a_world_without_rings_and_one_without_logins_can_be_read(tmp_path: Path) -> None:
    settings = {seed: draw_world(seed, 300, 10_000).settings for seed in range(40)}
    no_ring = next(seed for seed, one in settings.items() if one.rings == 0)
    no_log_in = next(seed for seed, one in settings.items() if one.see_log_in == 0)
    for seed in (no_ring, no_log_in):
        folder = tmp_path / str(seed) / "world"
        NINTH.write(folder, seed=seed, partners=300, orders=10_000)
        assert read_tables(folder, max_rejected_share=0.0).rejected == {}
        assert (len(truth_table(folder, "rings")) == 0) == (seed == no_ring or settings[seed].rings == 0)
