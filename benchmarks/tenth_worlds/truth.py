"""The truth about a world, written beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.tenth_worlds.labels import Label
from benchmarks.tenth_worlds.units import Floats, Ints, Texts
from benchmarks.tenth_worlds.world import Pact, World

ROLES = {"partner": "operator", "consumer": "payer", "device": "device", "bank_account": "account"}
COLUMNS = {
    "rings": ["ring_id", "typology", "carefulness", "labelled"],
    "ring_members": ["ring_id", "kind", "id", "role"],
    "look_alikes": ["group_id", "look_alike", "kind", "id"],
}


def write_truth(
    folder: Path, world: World, ids: dict[str, Texts], first: dict[str, Floats], labels: list[Label]
) -> None:
    """Write `rings`, `ring_members` and `look_alikes`, as far as any event names the members.

    `labelled`: a verdict on a member partner or consumer is known. Who is in a ring is no look-alike.
    """
    folder.mkdir(parents=True, exist_ok=True)
    reviewed = {(one.kind, one.number) for one in labels}
    inside = {kind: np.zeros(len(known), np.bool_) for kind, known in first.items()}
    rings: list[tuple[str, str, float, bool]] = []
    members: list[tuple[str, str, str, str]] = []
    for number, place in enumerate(world.rng.permutation(len(world.pacts))):
        pact, ring_id, seen = world.pacts[place], f"ring{number:03d}", False
        for kind, numbers in _members(pact).items():
            numbers = numbers[np.isfinite(first[kind][numbers])]
            inside[kind][numbers] = True
            members += [(ring_id, kind, one, ROLES[kind]) for one in ids[kind][numbers]]
            seen |= any((kind, one) in reviewed for one in numbers.tolist())
        rings.append((ring_id, typology(pact), pact.care, seen))
    alike: list[tuple[str, str, str, str]] = []
    for number, group in enumerate(world.alike):
        kind = group.kind
        honest = np.isfinite(first[kind][group.number]) & ~inside[kind][group.number]
        pairs = zip(group.group[honest].tolist(), ids[kind][group.number[honest]], strict=True)
        alike += [(f"g{number}.{one}", group.look_alike, kind, name) for one, name in pairs]
    for name, rows in (("rings", rings), ("ring_members", members), ("look_alikes", alike)):
        frame = pd.DataFrame(rows, columns=COLUMNS[name])
        if name == "rings":
            frame = frame.astype({"carefulness": "float64", "labelled": "bool"})
        text = {one: "string" for one in COLUMNS[name] if one not in ("carefulness", "labelled")}
        frame.astype(text).to_parquet(folder / f"{name}.parquet", index=False)


def typology(pact: Pact) -> str:
    """The plan in a word: a line of lives, or who pays, or that one hand and purse is behind it."""
    return "heirs" if pact.life == "heirs" else pact.payers


def _members(pact: Pact) -> dict[str, Ints]:
    """The numbers of a ring's members, by kind."""
    lists = {"consumer": pact.people, "device": pact.devices, "bank_account": pact.accounts}
    return {
        "partner": pact.shops,
        **{kind: np.unique(np.array(one, np.int64)) for kind, one in lists.items()},
    }
