"""The truth about a world, written beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.eighth_worlds.basics import Floats, Texts
from benchmarks.eighth_worlds.labels import Label
from benchmarks.eighth_worlds.world import Ring, World

ROLES = {"partner": "operator", "consumer": "shill", "device": "device", "bank_account": "account"}
TEXT = pa.string()


def write_truth(
    folder: Path, world: World, ids: dict[str, Texts], first: dict[str, Floats], labels: list[Label]
) -> None:
    """Write `rings`, `ring_members` and `look_alikes`, as far as any event names the members.

    `labelled`: a verdict on a member partner or consumer is known. Who is of a ring is left out of the
    look-alikes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    reviewed = {(one.kind, one.number) for one in labels}
    rings: list[tuple[str, str, float, bool]] = []
    members: list[tuple[str, str, str, str]] = []
    inside = {kind: np.zeros(len(known), np.bool_) for kind, known in first.items()}
    for number, place in enumerate(world.rng.permutation(len(world.rings))):
        ring, ring_id, seen = world.rings[place], f"r{number:03d}", False
        for kind, own in _members(ring).items():
            named = [one for one in own if np.isfinite(first[kind][one])]
            inside[kind][named] = True
            members += [(ring_id, kind, str(ids[kind][one]), ROLES[kind]) for one in named]
            seen |= any((kind, one) in reviewed for one in named)
        rings.append((ring_id, ring.typology, ring.care, seen))
    alike = [
        (f"g{number}", name, kind, str(ids[kind][one]))
        for number, (name, kind, own) in enumerate(world.alike)
        for one in own.tolist()
        if np.isfinite(first[kind][one]) and not inside[kind][one]
    ]
    _write(folder, "rings", rings, ring_id=TEXT, typology=TEXT, carefulness=pa.float64(), labelled=pa.bool_())
    _write(folder, "ring_members", members, ring_id=TEXT, kind=TEXT, id=TEXT, role=TEXT)
    _write(folder, "look_alikes", alike, group_id=TEXT, look_alike=TEXT, kind=TEXT, id=TEXT)


def _write(folder: Path, table: str, rows: Sequence[tuple[object, ...]], /, **columns: pa.DataType) -> None:
    arrays = [pa.array([row[place] for row in rows], kind) for place, kind in enumerate(columns.values())]
    pq.write_table(pa.table(arrays, names=list(columns)), folder / f"{table}.parquet")


def _members(ring: Ring) -> dict[str, list[int]]:
    """The numbers of a ring's members, by kind."""
    return {
        "partner": sorted(set(ring.firms.tolist())),
        "consumer": sorted(set(ring.people)),
        "device": sorted(set(ring.devices)),
        "bank_account": sorted(set(ring.accounts)),
    }
