"""The truth about a world, written beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.sixth_worlds.labels import Label
from benchmarks.sixth_worlds.units import Floats, Ints, Texts, ints
from benchmarks.sixth_worlds.world import Ring, World

ROLES = {"partner": "operator", "consumer": "shill", "device": "device", "bank_account": "account"}


def write_truth(
    folder: Path, world: World, ids: dict[str, Texts], first: dict[str, Floats], labels: list[Label]
) -> None:
    """Write `rings`, `ring_members` and `look_alikes`, as far as any event names the members.

    `labelled`: a verdict on a member partner or consumer is known. Who is of a ring is left out of the
    look-alikes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    reviewed = {(one.kind, one.number) for one in labels}
    rings, members, inside = [], [], {kind: np.zeros(len(known), np.bool_) for kind, known in first.items()}
    for number, place in enumerate(world.rng.permutation(len(world.rings))):
        ring, ring_id = world.rings[place], f"ring{number:03d}"
        seen = False
        for kind, numbers in _members(ring).items():
            numbers = numbers[np.isfinite(first[kind][numbers])]
            inside[kind][numbers] = True
            members += [(ring_id, kind, one, ROLES[kind]) for one in ids[kind][numbers]]
            seen |= any((kind, int(one)) in reviewed for one in numbers)
        rings.append((ring_id, ring.typology, ring.care, seen))
    alike = []
    for number, group in enumerate(world.alike):
        honest = np.isfinite(first[group.kind][group.number]) & ~inside[group.kind][group.number]
        alike.append(
            pd.DataFrame(
                {
                    "group_id": [f"g{number}.{one}" for one in group.group[honest]],
                    "look_alike": group.look_alike,
                    "kind": group.kind,
                    "id": ids[group.kind][group.number[honest]],
                }
            )
        )
    tables = {
        "rings": pd.DataFrame(rings, columns=["ring_id", "typology", "carefulness", "labelled"]),
        "ring_members": pd.DataFrame(members, columns=["ring_id", "kind", "id", "role"]),
        "look_alikes": pd.concat(alike, ignore_index=True),
    }
    for name, frame in tables.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)


def _members(ring: Ring) -> dict[str, Ints]:
    """The numbers of a ring's members, by kind."""
    return {
        "partner": np.sort(ring.firms),
        "consumer": ring.shills,
        "device": ints(sorted(set(ring.devices))),
        "bank_account": ints(sorted(set(ring.accounts))),
    }
