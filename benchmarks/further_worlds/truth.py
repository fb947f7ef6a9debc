"""The truth about a world, written beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.further_worlds.labels import Label
from benchmarks.further_worlds.outcomes import Orders
from benchmarks.further_worlds.world import World
from benchmarks.writing.units import Flags, Floats, Texts

CAREFULNESS: Final = (1 / 6, 1 / 2, 5 / 6)


def write_truth(
    folder: Path,
    world: World,
    ids: dict[str, Texts],
    ring_ids: Texts,
    orders: Orders,
    first: dict[str, Floats],
    labels: list[Label],
) -> None:
    """Write `rings`, `ring_members` and `look_alikes`, as far as any event names the members.

    A consumer is of a ring where it placed an order of one. `labelled`: a verdict on a member partner or
    consumer is known. Who is of a ring is left out of the look-alikes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    occurs: dict[str, Flags] = {kind: np.isfinite(moments) for kind, moments in first.items()}
    occurs["partner"] = np.ones(world.n_partners, np.bool_)
    took_part = np.zeros(len(occurs["consumer"]), np.bool_)
    took_part[orders.consumer[orders.of_ring]] = True
    in_time = occurs | {"consumer": occurs["consumer"] & took_part}
    reviewed = {(one.kind, one.number) for one in labels if one.kind in ("partner", "consumer")}

    members, rings = [], []
    for ring_id, ring in zip(ring_ids, world.rings, strict=True):
        its = [(kind, one) for kind, known in ring.members.items() for one in known if in_time[kind][one]]
        members += [(ring_id, kind, one) for kind, one in its]
        rings.append((ring_id, ring.typology, CAREFULNESS[ring.care], not reviewed.isdisjoint(its)))
    of_rings = {(kind, one) for _, kind, one in members}
    alike = [
        (f"L{number:04d}", name, kind, one)
        for number, (name, group) in enumerate(world.look_alikes)
        for kind, one in group
        if occurs[kind][one] and (kind, one) not in of_rings
    ]
    named = [(ring_id, kind, ids[kind][one]) for ring_id, kind, one in members]
    honest = [(*group, kind, ids[kind][one]) for *group, kind, one in alike]
    tables = {
        "rings": pd.DataFrame(rings, columns=["ring_id", "typology", "carefulness", "labelled"]),
        "ring_members": pd.DataFrame(named, columns=["ring_id", "kind", "id"]),
        "look_alikes": pd.DataFrame(honest, columns=["group_id", "look_alike", "kind", "id"]),
    }
    for name, frame in tables.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
