"""The knobs of an adversary: at rest they change no byte, and each moves what it says."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from graph.synthetic import Adversary, write_world
from graph.synthetic.evasion import in_cells

SMALL = {"seed": 9302, "partners": 400, "orders": 60_000}
AT_REST = "2dfb797fc13963b02ae2ca21b451ca3de5ac78ff0dec59fa158b7b9742babefa"
"""The digest of the small world with no knob turned; a wanted change of the generator renews it."""


@pytest.fixture(scope="module")
def rest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("rest"), Adversary())


def made(folder: Path, adversary: Adversary | None) -> Path:
    write_world(folder / "world", adversary=adversary, **SMALL)  # type: ignore[arg-type]
    return folder / "world"


def truth(world: Path, table: str) -> pd.DataFrame:
    return pd.read_parquet(world.with_name(f"{world.name}.truth") / f"{table}.parquet")


def members(world: Path, kind: str, role: str) -> pd.Series:
    """Ids, of one role, of the rings that have partners, under their ring."""
    all_, rings = truth(world, "ring_members"), truth(world, "rings")
    all_ = all_[all_.ring_id.isin(rings.ring_id[rings.typology != "refund_abuse"])]
    return all_[(all_.kind == kind) & (all_.role == role)].set_index("ring_id").id


def orders_of_fakes(world: Path) -> pd.DataFrame:
    """Orders by fake customers; `inside` where the partner is one of a ring's."""
    orders = pd.read_parquet(world / "orders.parquet")
    orders = orders[orders.consumer_id.isin(members(world, "consumer", "shill"))]
    return orders.assign(inside=orders.partner_id.isin(members(world, "partner", "operator")))


def digest(world: Path) -> str:
    whole = hashlib.sha256()
    for folder in (world, world.with_name(f"{world.name}.truth")):
        for path in sorted(folder.iterdir()):
            table = pd.read_parquet(path).to_csv() if path.suffix == ".parquet" else path.read_text()
            whole.update(f"{path.name}\0{table}".encode())
    return whole.hexdigest()


def test_at_rest_no_byte_changes(rest: Path, tmp_path: Path) -> None:
    assert digest(rest) == AT_REST
    assert digest(made(tmp_path, None)) == AT_REST


def test_a_turned_knob_keeps_rings_their_partners_and_their_care(rest: Path, tmp_path: Path) -> None:
    turned = made(tmp_path, Adversary(rotate_days=3, camouflage=0.5, slow=0.5, pay_up=0.5))
    for column in ("typology", "carefulness", "labelled"):
        assert truth(turned, "rings")[column].equals(truth(rest, "rings")[column])
    before, after = members(rest, "partner", "operator"), members(turned, "partner", "operator")
    assert before.sort_values().equals(after.sort_values())


def test_rotation_gives_every_fake_more_devices_and_shares_fewer(rest: Path, tmp_path: Path) -> None:
    before, after = orders_of_fakes(rest), orders_of_fakes(made(tmp_path, Adversary(rotate_days=0)))
    devices = [one.groupby("consumer_id").device_id.nunique().mean() for one in (before, after)]
    assert devices[1] > 1.5 * devices[0]
    shared = [
        (one[one.inside].groupby("device_id").consumer_id.nunique() > 1).mean() for one in (before, after)
    ]
    assert shared[0] > 0.3 and shared[1] < 0.1


def test_rotation_gives_operators_one_machine_after_the_other(rest: Path, tmp_path: Path) -> None:
    turned = made(tmp_path, Adversary(rotate_days=10))
    assert len(members(turned, "device", "operator")) > 3 * len(members(rest, "device", "operator"))


def test_camouflage_takes_fakes_to_partners_outside(rest: Path, tmp_path: Path) -> None:
    before, after = orders_of_fakes(rest), orders_of_fakes(made(tmp_path, Adversary(camouflage=0.7)))
    assert (~after.inside).sum() > (~before.inside).sum() + before.inside.sum()


def test_the_slow_place_fewer_orders_over_a_longer_time(rest: Path, tmp_path: Path) -> None:
    before, after = orders_of_fakes(rest), orders_of_fakes(made(tmp_path, Adversary(slow=1.0)))
    assert after.inside.sum() < 0.6 * before.inside.sum()
    lasting = [one[one.inside].groupby("partner_id").placed_at.agg(np.ptp).mean() for one in (before, after)]
    assert lasting[1] > lasting[0]


def test_who_pays_up_leaves_little_that_ends_badly(rest: Path, tmp_path: Path) -> None:
    bad = [
        orders[orders.inside].outcome.isin(("disputed", "defaulted")).mean()
        for orders in (orders_of_fakes(rest), orders_of_fakes(made(tmp_path, Adversary(pay_up=1.0))))
    ]
    assert bad[1] < bad[0] / 2


def test_clones_trade_in_what_their_models_do(rest: Path, tmp_path: Path) -> None:
    turned = made(tmp_path, Adversary(clone=1.0))
    ids = members(rest, "partner", "operator")
    category = [
        pd.read_parquet(w / "partners.parquet").set_index("partner_id").category for w in (rest, turned)
    ]
    assert (category[0][ids] != category[1][ids]).mean() > 0.3
    honest = category[0].index.difference(ids)
    assert (category[0][honest] != category[1][honest]).mean() < 0.03


def test_cells_share_one_till_with_the_next_and_no_more() -> None:
    serves = in_cells(np.ones((8, 6), dtype=np.bool_), np.array([0, 0, 1, 1, 2, 2]))
    cells = np.stack(
        [serves[:, [0, 1]].any(axis=1), serves[:, [2, 3]].any(axis=1), serves[:, [4, 5]].any(axis=1)]
    )
    assert (cells.sum(axis=0) == 2).sum() == 2 and (cells.sum(axis=0) == 1).sum() == 6
    assert serves.any(axis=0).all()


def test_fragments_share_fewer_customers(rest: Path, tmp_path: Path) -> None:
    before, after = orders_of_fakes(rest), orders_of_fakes(made(tmp_path, Adversary(cell=1)))
    shops = [one[one.inside].groupby("consumer_id").partner_id.nunique().mean() for one in (before, after)]
    assert shops[1] < 0.85 * shops[0]
