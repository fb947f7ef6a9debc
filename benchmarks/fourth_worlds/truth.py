"""The truth about a world, written beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.fourth_worlds.labels import Label
from benchmarks.fourth_worlds.world import World
from benchmarks.writing.units import Flags, Floats, Texts


def write_truth(
    folder: Path, world: World, ids: dict[str, Texts], first: dict[str, Floats], labels: list[Label]
) -> None:
    """Write `rings`, `ring_members` and `look_alikes`, as far as any event names the members.

    `labelled`: a verdict on a member partner or consumer is known. Who is of a ring is left out of the
    look-alikes; an honest shop that a gang abuses is of no ring.
    """
    folder.mkdir(parents=True, exist_ok=True)
    occurs: dict[str, Flags] = {kind: np.isfinite(moments) for kind, moments in first.items()}
    occurs["partner"] = np.ones(world.n_partners, np.bool_)
    reviewed = {(one.kind, one.number) for one in labels if one.kind in ("partner", "consumer")}

    rings, members, of_rings = [], [], set()
    for number, ring in enumerate(world.rings):
        ring_id = f"R{number:03d}"
        its = [
            (kind, one) for kind, known in ring.members.items() for one in sorted(known) if occurs[kind][one]
        ]
        of_rings.update(its)
        members += [(ring_id, kind, ids[kind][one]) for kind, one in its]
        rings.append((ring_id, ring.typology, ring.care, not reviewed.isdisjoint(its)))
    honest = [
        (f"L{number:04d}", group.look_alike, kind, ids[kind][one])
        for number, group in enumerate(world.look_alikes)
        for kind, known in group.members.items()
        for one in sorted(known)
        if occurs[kind][one] and (kind, one) not in of_rings
    ]
    tables = {
        "rings": pd.DataFrame(rings, columns=["ring_id", "typology", "carefulness", "labelled"]),
        "ring_members": pd.DataFrame(members, columns=["ring_id", "kind", "id"]),
        "look_alikes": pd.DataFrame(honest, columns=["group_id", "look_alike", "kind", "id"]),
    }
    for name, frame in tables.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
