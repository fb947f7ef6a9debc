"""The truth about a world, written beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.writing.events import Label
from benchmarks.writing.tables import Save, Writer
from benchmarks.writing.units import Flags, Ints, ints


@dataclass(frozen=True)
class Planted:
    """A ring and the numbers of its members."""

    typology: str
    care: float
    partners: Ints
    consumers: Sequence[int] | Ints
    devices: Sequence[int] | Ints
    accounts: Sequence[int] | Ints

    def members(self) -> dict[str, Ints]:
        """By kind; all but partners in order."""
        others = {"consumer": self.consumers, "device": self.devices, "bank_account": self.accounts}
        return {"partner": self.partners} | {kind: np.unique(ints(one)) for kind, one in others.items()}


@dataclass(frozen=True)
class Alike:
    """Honest members of one kind that look like a ring: their numbers, and groups if they are several."""

    look_alike: str
    kind: str
    number: Ints
    group: Ints | None = None


def write_truth(
    writer: Writer,
    rings: Sequence[Planted],
    alike: Sequence[Alike],
    labels: Sequence[Label],
    *,
    consumer: str = "shill",
    prefix: str = "ring",
    fewest: int = 0,
    save: Save | None = None,
) -> None:
    """Write `rings`, `ring_members` and `look_alikes`, as far as any event names the members.

    `labelled`: a verdict on a member partner or consumer is known. Who is in a ring is no look-alike.
    `consumer` is the role of one in a ring; `fewest`: look-alikes of an entry of `alike` that are told.
    `save` is the tables' where it is None.
    """
    roles = {"partner": "operator", "consumer": consumer, "device": "device", "bank_account": "account"}
    reviewed = {(one.kind, one.number) for one in labels}
    named = {kind: np.isfinite(first) for kind, first in writer.first.items()}
    honest = {kind: known.copy() for kind, known in named.items()}
    told, inside = [], []
    for number, place in enumerate(writer.rng.permutation(len(rings))):
        ring, ring_id, seen = rings[place], f"{prefix}{number:03d}", False
        for kind, numbers in ring.members().items():
            numbers = numbers[named[kind][numbers]]
            honest[kind][numbers] = False
            inside += [(ring_id, kind, one, roles[kind]) for one in writer.ids[kind][numbers]]
            seen |= any((kind, one) in reviewed for one in numbers.tolist())
        told.append((ring_id, ring.typology, ring.care, seen))
    types = {"carefulness": "float64", "labelled": "bool"}
    frames = {
        "rings": pd.DataFrame(told, columns=["ring_id", "typology", *types]).astype(types),
        "ring_members": pd.DataFrame(inside, columns=["ring_id", "kind", "id", "role"]),
        "look_alikes": _look_alikes(writer, alike, honest, fewest),
    }
    folder = writer.folder.with_name(f"{writer.folder.name}.truth")
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        (save or writer.save)(frame, folder / f"{name}.parquet")


def _look_alikes(
    writer: Writer, alike: Sequence[Alike], honest: dict[str, Flags], fewest: int
) -> pd.DataFrame:
    parts = []
    for number, entry in enumerate(alike):
        kept = honest[entry.kind][entry.number]
        if kept.sum() < fewest:
            continue
        groups = np.full(len(kept), "") if entry.group is None else np.char.mod(".%d", entry.group)
        columns = {
            "group_id": [f"g{number}{one}" for one in groups[kept]],
            "look_alike": entry.look_alike,
            "kind": entry.kind,
            "id": writer.ids[entry.kind][entry.number[kept]],
        }
        parts.append(pd.DataFrame(columns))
    empty = pd.DataFrame(columns=["group_id", "look_alike", "kind", "id"])
    return pd.concat(parts, ignore_index=True) if parts else empty
