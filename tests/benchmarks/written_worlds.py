"""What a made-up world and its truth hold on disk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Final

import pandas as pd

from benchmarks import (
    eighth_worlds,
    eleventh_worlds,
    fifth_worlds,
    fourth_worlds,
    further_worlds,
    ninth_worlds,
    seventh_worlds,
    sixth_worlds,
    tenth_worlds,
)
from benchmarks.eighth_worlds.plans import PEOPLE_TYPES
from benchmarks.eighth_worlds.plans import RING_TYPES as EIGHTH_TYPES
from benchmarks.eleventh_worlds.settings import TYPOLOGIES as ELEVENTH_TYPES
from benchmarks.fifth_worlds.operators import TYPOLOGIES as FIFTH_TYPES
from benchmarks.fourth_worlds.rings import TYPOLOGIES as FOURTH_TYPES
from benchmarks.further_worlds.rings import REFUND_GANG
from benchmarks.further_worlds.rings import TYPOLOGIES as FURTHER_TYPES
from benchmarks.ninth_worlds.settings import LONELY, SCHEMES
from benchmarks.seventh_worlds.settings import TYPOLOGIES as SEVENTH_TYPES
from benchmarks.sixth_worlds.settings import RING_TYPES as SIXTH_TYPES
from benchmarks.tenth_worlds.market import PAYERS

KEYS: Final = {
    "partner": ("partners", "partner_id"),
    "consumer": ("consumers", "consumer_id"),
    "device": ("devices", "device_id"),
    "bank_account": ("bank_accounts", "account_id"),
}


@dataclass(frozen=True)
class Maker:
    """A maker of worlds, the seed and the size of those that are tested, and what its rings are.

    Rings of the typologies `alone` have no partner, the others from `least` to `most`.
    """

    write: Callable[..., None]
    seed: int
    partners: int
    orders: int
    typologies: Collection[str]
    alone: Collection[str] = ("refund_abuse",)
    least: int = 2
    most: float = inf

    def make(self, folder: Path, *, seed: int | None = None) -> Path:
        self.write(
            folder,
            seed=self.seed if seed is None else seed,
            partners=self.partners,
            orders=self.orders,
        )
        return folder


FURTHER: Final = Maker(
    further_worlds.write_further_world, 9201, 400, 40_000, FURTHER_TYPES, alone=(REFUND_GANG,)
)
FOURTH: Final = Maker(fourth_worlds.write_fourth_world, 9301, 400, 40_000, FOURTH_TYPES)
FIFTH: Final = Maker(fifth_worlds.write_fifth_world, 77, 600, 50_000, FIFTH_TYPES)
SIXTH: Final = Maker(sixth_worlds.write_sixth_world, 64, 500, 40_000, (*SIXTH_TYPES, "refund_abuse"))
SEVENTH: Final = Maker(seventh_worlds.write_seventh_world, 3, 600, 60_000, SEVENTH_TYPES)
EIGHTH: Final = Maker(
    eighth_worlds.write_eighth_world, 29, 600, 50_000, (*EIGHTH_TYPES, *PEOPLE_TYPES), PEOPLE_TYPES, least=3
)
NINTH: Final = Maker(
    ninth_worlds.write_ninth_world, 8, 700, 60_000, (*SCHEMES, *LONELY), LONELY, least=3, most=20
)
TENTH: Final = Maker(
    tenth_worlds.write_tenth_world, 1, 900, 70_000, (*PAYERS, "heirs", "consumers"), ("consumers",), least=3,
    most=20,
)  # fmt: skip
ELEVENTH: Final = Maker(
    eleventh_worlds.write_eleventh_world, 2, 600, 50_000, ELEVENTH_TYPES, least=3, most=12
)


def truth_table(world: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(world.with_name("world.truth") / f"{name}.parquet")


def files_of(world: Path) -> dict[str, bytes]:
    """The bytes of every file of the world and of its truth, by name."""
    truth = world.with_name(f"{world.name}.truth")
    return {path.name: path.read_bytes() for path in [*world.iterdir(), *truth.iterdir()]}


def tables_of(folder: Path) -> dict[str, pd.DataFrame]:
    """Every table in the folder of a world or of its truth, by name."""
    return {path.stem: pd.read_parquet(path) for path in folder.glob("*.parquet")}


def uses(world: Path, *, steps: int, most: float = inf) -> pd.DataFrame:
    """Partner and identifier of every use: buyers, their devices and accounts, logins, and where money goes.

    A partner's money is followed for so many steps from accounts that at most `most` partners are paid to.
    """
    orders, paid, logins, sent = (
        pd.read_parquet(world / f"{name}.parquet")
        for name in ("orders", "payouts", "partner_logins", "transfers")
    )
    own = paid.groupby("account_id").partner_id.transform("nunique") <= most
    parts = [paid.loc[own, ["partner_id", "account_id"]]]
    for _ in range(steps):
        held = parts[-1].drop_duplicates().merge(sent, left_on="account_id", right_on="from_account_id")
        parts.append(held[["partner_id", "to_account_id"]].set_axis(["partner_id", "account_id"], axis=1))
    parts.append(logins[["partner_id", "device_id"]])
    parts += [orders[["partner_id", column]] for column in ("consumer_id", "device_id", "account_id")]
    return pd.concat([one.set_axis(["partner", "id"], axis=1) for one in parts]).dropna()


def in_common(world: Path, used: pd.DataFrame) -> Iterator[tuple[str, set[str], pd.DataFrame]]:
    """Each ring, its partners, and their uses of the ring's identifiers that another of them uses, too."""
    for ring_id, part in truth_table(world, "ring_members").groupby("ring_id"):
        partners = set(part.id[part.kind == "partner"])
        here = used[used.partner.isin(partners) & used.id.isin(part.id)]
        yield ring_id, partners, here[here.groupby("id").partner.transform("nunique") > 1]
