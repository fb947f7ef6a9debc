"""The links among a ring's members, cut out of `Links` in time proportional to the members' own links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.links import Links
from graph.records import Member, ScoredRing
from graph.schema import MISSING_MS, NODES, RELATIONSHIPS, Kind, Relationship

KINDS: Final = tuple(node.kind for node in NODES)
MEASURES: Final = (
    "count",
    "amount",
    "bad_amount",
    "first_at",
    "last_at",
    "refunded",
    "disputed",
    "defaulted",
)
_COUNT_COLUMNS: Final = ("orders", "times")


@dataclass(frozen=True)
class RingLinks:
    """A ring's members in page order and the links among them.

    `members` go by kind, then falling risk, then id; every other array has one row a link, `source` and
    `target` index `members`, `type` indexes `RELATIONSHIPS`, `weight` is positive and grows with how telling
    the link is. `measures` holds `MEASURES`; moments are epoch milliseconds, `MISSING_MS` where unknown.
    """

    members: tuple[Member, ...]
    type: NDArray[np.int64]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    weight: NDArray[np.float64]
    measures: dict[str, NDArray[np.float64]]

    def among(self, chosen: NDArray[np.int64]) -> RingLinks:
        """The members at the ascending positions `chosen` and the links among them."""
        position = np.full(len(self.members), -1, dtype=np.int64)
        position[chosen] = np.arange(len(chosen))
        kept = (position[self.source] >= 0) & (position[self.target] >= 0)
        return RingLinks(
            tuple(self.members[place] for place in chosen),
            self.type[kept],
            position[self.source[kept]],
            position[self.target[kept]],
            self.weight[kept],
            {name: column[kept] for name, column in self.measures.items()},
        )


class LinkIndex:
    """One frame of links with the row range of each source node, and what is usual in the run."""

    def __init__(
        self, relationship: Relationship, frame: pd.DataFrame, n_sources: int, n_targets: int
    ) -> None:
        self.relationship = relationship
        source = frame[relationship.source].to_numpy(dtype=np.int64)
        self.target = frame[relationship.target].to_numpy(dtype=np.int64)
        self.starts = np.searchsorted(source, np.arange(n_sources + 1))
        self.target_links = np.bincount(self.target, minlength=n_targets)
        self.measures = {name: _measure(frame, name) for name in MEASURES}
        self.usual_count = _median(self.measures["count"])
        self.usual_amount = _median(self.measures["amount"]) if "amount" in frame else None

    def rows(self, sources: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The rows of those sources, and for each row the position of its source in `sources`."""
        first, lengths = self.starts[sources], self.starts[sources + 1] - self.starts[sources]
        owner = np.repeat(np.arange(len(sources)), lengths)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return first[owner] + within, owner


def _measure(frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
    columns = _COUNT_COLUMNS if name == "count" else (name,)
    for column in columns:
        if column in frame:
            return frame[column].to_numpy(dtype=np.float64)
    return np.full(len(frame), float(MISSING_MS) if name.endswith("_at") else 0.0)


def _median(column: NDArray[np.float64]) -> float | None:
    return float(np.median(column)) if len(column) else None


def index_links(links: Links) -> tuple[LinkIndex, ...]:
    """An index over each link frame, in the order of `RELATIONSHIPS`; built once a run."""
    return tuple(
        LinkIndex(kind, getattr(links, kind.name), links.size(kind.source_kind), links.size(kind.target_kind))
        for kind in RELATIONSHIPS
    )


def ring_links(ring: ScoredRing, indexes: tuple[LinkIndex, ...]) -> RingLinks:
    """The ring's members in page order with every link among them; the order of `ring.members` is ignored."""
    members = tuple(sorted(ring.members, key=lambda m: (KINDS.index(m.kind), -m.risk, m.id)))
    places = {kind: _places(members, kind) for kind in KINDS}
    parts = [_slice(number, index, places) for number, index in enumerate(indexes)]
    type_, source, target, rarity = (
        np.concatenate(column) for column in zip(*(p[:4] for p in parts), strict=True)
    )
    measures = {name: np.concatenate([part[4][name] for part in parts]) for name in MEASURES}
    weight = rarity * np.log1p(measures["count"])
    return RingLinks(members, type_, source, target, weight, measures)


def _places(members: tuple[Member, ...], kind: Kind) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The codes of that kind, ascending, and each code's position among `members`."""
    found = [(member.code, place) for place, member in enumerate(members) if member.kind is kind]
    pairs = np.array(sorted(found), dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


_Slice = tuple[
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.float64],
    dict[str, NDArray[np.float64]],
]


def _slice(
    number: int, index: LinkIndex, places: dict[Kind, tuple[NDArray[np.int64], NDArray[np.int64]]]
) -> _Slice:
    source_codes, source_places = places[index.relationship.source_kind]
    target_codes, target_places = places[index.relationship.target_kind]
    rows, owner = index.rows(source_codes)
    found = np.searchsorted(target_codes, index.target[rows])
    inside = np.isin(index.target[rows], target_codes)
    rows, owner, found = rows[inside], owner[inside], found[inside]
    # What few others share says more: a device of two ties closer than a shop of ten thousand.
    rarity = 1.0 / np.log2(1.0 + index.target_links[index.target[rows]])
    measures = {name: column[rows] for name, column in index.measures.items()}
    return np.full(len(rows), number), source_places[owner], target_places[found], rarity, measures
