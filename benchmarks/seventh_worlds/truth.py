"""The truth about a world, written beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.seventh_worlds.units import Floats, Ints, Texts
from benchmarks.seventh_worlds.world import World

ROLES: Final = {"partner": "operator", "consumer": "shill", "device": "device", "bank_account": "account"}


def write_truth(
    folder: Path, world: World, ids: dict[str, Texts], first: dict[str, Floats], labelled: Ints
) -> None:
    """Write `rings`, `ring_members` and `look_alikes`, as far as any event names the members.

    A ring is `labelled` where a verdict on a member partner is known. Who is of a ring is left out of the
    look-alikes. In a world without a ring the first two tables have no row.
    """
    rings, members = [], []
    inside = {kind: np.zeros(len(known), np.bool_) for kind, known in first.items()}
    for number, place in enumerate(world.rng.permutation(len(world.rings))):
        ring, ring_id = world.rings[place], f"ring{number:03d}"
        rings.append((ring_id, ring.typology, ring.care, bool(np.isin(ring.firms, labelled).any())))
        for kind, role in ROLES.items():
            own = [ring.firms] if kind == "partner" else [found for tool, found in ring.tools if tool == kind]
            numbers = np.unique(np.concatenate(own)) if own else ring.firms[:0]
            numbers = numbers[np.isfinite(first[kind][numbers])]
            inside[kind][numbers] = True
            members += [(ring_id, kind, one, role) for one in ids[kind][numbers]]
    alike = []
    for number, (name, kind, group) in enumerate(world.alike):
        honest = group[np.isfinite(first[kind][group]) & ~inside[kind][group]]
        if len(honest) > 1:
            alike += [(f"g{number}", name, kind, one) for one in ids[kind][honest]]
    _write(
        folder,
        "rings",
        rings,
        {"ring_id": "string", "typology": "string", "carefulness": "float64", "labelled": "bool"},
    )
    _write(folder, "ring_members", members, dict.fromkeys(("ring_id", "kind", "id", "role"), "string"))
    _write(folder, "look_alikes", alike, dict.fromkeys(("group_id", "look_alike", "kind", "id"), "string"))


def _write(folder: Path, table: str, rows: Sequence[tuple[object, ...]], columns: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(rows, columns=list(columns)).astype(columns)
    frame.to_parquet(folder / f"{table}.parquet", index=False)
