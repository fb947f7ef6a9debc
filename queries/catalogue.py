"""The query library as a page: `python -m queries.catalogue > docs/queries.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from queries.library import ROOMS, Parameter, Query, list_queries

INTRODUCTION = """# The query library

Every file under `queries/find` and `queries/inspect` answers one question, on Neo4j 5 and on the
embedded store alike. `ringwatch query NAME --param name=value` asks it; in Neo4j Browser, paste the
file's text and set its parameters with `:param`. Moments in the graph are epoch milliseconds UTC:
`datetime({epochMillis: x})` shows one.

This page is made from the files' headers by `python -m queries.catalogue > docs/queries.md`.
"""

HEADINGS = {
    "find": "Questions to the whole graph",
    "inspect": "Questions about one partner, ring, consumer, device or account",
}


def catalogue() -> str:
    """The page in Markdown: a contents list, then a section a query."""
    parts = [INTRODUCTION]
    for room in ROOMS:
        queries = [query for query in list_queries() if query.name.startswith(f"{room}/")]
        parts.append(f"## {HEADINGS[room]}\n\n" + _table(("query", "answers"), map(_entry, queries)))
        parts.extend(_section(query) for query in queries)
    return "\n".join(parts)


def _entry(query: Query) -> tuple[str, str]:
    anchor = query.name.replace("/", "")
    return f"[`{query.name}`](#{anchor})", query.question


def _section(query: Query) -> str:
    parameters = [
        (f"`{one.name}`", one.type.value, one.unit, _default(one), one.meaning) for one in query.parameters
    ]
    columns = [(f"`{column.name}`", column.meaning) for column in query.columns]
    return "\n".join(
        (
            f"### {query.name}\n",
            f"**{query.title}.** {query.question}\n",
            _table(("parameter", "type", "unit", "default", "meaning"), parameters),
            _table(("column", "meaning"), columns),
            f"Cost: {query.cost}.\n",
        )
    )


def _default(parameter: Parameter) -> str:
    if parameter.default is None:
        return "must be given"
    return f"`{parameter.default}`" if parameter.default != "" else "none"


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


if __name__ == "__main__":
    sys.stdout.write(catalogue())
