"""Ring pages and the index: self-contained HTML that an investigator opens from disk, offline."""

from __future__ import annotations

from graph.visuals.index import RunPageSummary, index_page
from graph.visuals.page import PageContext, ring_page, ring_pages
from graph.visuals.writer import write_index, write_ring_pages

__all__ = [
    "PageContext",
    "RunPageSummary",
    "index_page",
    "ring_page",
    "ring_pages",
    "write_index",
    "write_ring_pages",
]
