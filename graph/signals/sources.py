"""Where a fact stands in the input: the links behind it, by table, ids and, where known, rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from graph.aggregation import SOURCE_TABLES, source_rows
from graph.records import Evidence, Source
from graph.schema import RELATIONSHIPS
from graph.signals.adjacency import Codes, Ties
from graph.signals.context import Context

if TYPE_CHECKING:
    from graph.tables import Tables

SHOWN = 6
"""Links and ids that one piece of evidence lists; more would bury the reader."""

_ENDS = {relationship.name: relationship for relationship in RELATIONSHIPS}


@dataclass(frozen=True)
class LinkSource(Source):
    """A source that still knows its link, the frame of `Links` and both codes, so that rows can be found."""

    relationship: str = ""
    codes: tuple[int, int] = (-1, -1)


def sources(context: Context, relationship: str, rows: Codes) -> tuple[Source, ...]:
    """The first `SHOWN` of these links, each with its table and the ids of its two ends."""
    ends = _ENDS[relationship]
    links: Ties = getattr(context, relationship)
    found = []
    for row in rows[:SHOWN].tolist():
        source, target = int(links.source[row]), int(links.target[row])
        ids = (context.id(ends.source_kind, source), context.id(ends.target_kind, target))
        found.append(LinkSource(SOURCE_TABLES[relationship], ids, (), relationship, (source, target)))
    return tuple(found)


def with_rows(evidence: Sequence[tuple[Evidence, ...]], tables: Tables) -> list[tuple[Evidence, ...]]:
    """The same evidence with plain sources, which name their rows.

    All links of a kind are looked up at once: one pass over each table, however much evidence there is.
    """
    rows = _rows(evidence, tables)
    return [_plain(items, rows) for items in evidence]


def without_rows(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """The same evidence with plain sources."""
    return _plain(evidence, {})


_Rows = dict[tuple[str, tuple[int, int]], tuple[str, ...]]


def _rows(evidence: Sequence[tuple[Evidence, ...]], tables: Tables) -> _Rows:
    pairs: dict[str, set[tuple[int, int]]] = {}
    for items in evidence:
        for item in items:
            for source in item.source:
                if isinstance(source, LinkSource):
                    pairs.setdefault(source.relationship, set()).add(source.codes)
    found: _Rows = {}
    for relationship, codes in sorted(pairs.items()):
        asked = sorted(codes)
        ids = source_rows(tables, relationship, np.array(asked, dtype=np.int64))
        found.update({(relationship, pair): row_ids for pair, row_ids in zip(asked, ids, strict=True)})
    return found


def _plain(evidence: tuple[Evidence, ...], rows: _Rows) -> tuple[Evidence, ...]:
    def plain(source: Source) -> Source:
        if not isinstance(source, LinkSource):
            return source
        return Source(source.table, source.ids, rows.get((source.relationship, source.codes), ()))

    return tuple(
        replace(item, source=tuple(plain(source) for source in item.source)) if item.source else item
        for item in evidence
    )
