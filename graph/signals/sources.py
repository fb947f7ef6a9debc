"""Where a fact stands in the input: the links behind it, by table and ids."""

from __future__ import annotations

from graph.records import Source
from graph.schema import RELATIONSHIPS
from graph.signals.adjacency import Codes, Ties
from graph.signals.context import Context

SHOWN = 6
"""Links and ids that one piece of evidence lists; more would bury the reader."""

TABLE_OF = {
    "ordered_at": "orders",
    "used": "orders",
    "paid_from": "orders",
    "logged_in_from": "partner_logins",
    "paid_out_to": "payouts",
    "transferred_to": "transfers",
}
"""The input table whose rows each relationship adds up."""

_ENDS = {relationship.name: relationship for relationship in RELATIONSHIPS}


def sources(context: Context, relationship: str, rows: Codes) -> tuple[Source, ...]:
    """The first `SHOWN` of these links, each with its table and the ids of its two ends."""
    ends, links = _ENDS[relationship], _links(context, relationship)
    return tuple(
        Source(
            TABLE_OF[relationship],
            (
                context.id(ends.source_kind, int(links.source[row])),
                context.id(ends.target_kind, int(links.target[row])),
            ),
        )
        for row in rows[:SHOWN]
    )


def _links(context: Context, relationship: str) -> Ties:
    links: Ties = getattr(context, relationship)
    return links
