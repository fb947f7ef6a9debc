"""Pages to files, in UTF-8 whatever the locale says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from graph.links import Links
from graph.records import ScoredRing
from graph.visuals.index import RunPageSummary, index_page
from graph.visuals.page import PageContext, ring_pages


def write_ring_pages(
    rings: Iterable[ScoredRing], links: Links | PageContext, out: Path, *, seed: int = 0
) -> tuple[Path, ...]:
    """Write `rings/<ring_id>.html` for every ring under `out`; the paths written, in that order.

    A ring above 1,500 members gets a map under that name and a page a community, `rings/<ring_id>-c1.html` ….
    """
    context = links if isinstance(links, PageContext) else PageContext(links)
    folder = out / "rings"
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for ring in rings:
        for name, text in ring_pages(ring, context, seed=seed).items():
            written.append(_write(folder / name, text))
    return tuple(written)


def write_index(rings: Sequence[ScoredRing], summary: RunPageSummary, out: Path) -> Path:
    """Write `index.html` under `out`; its path."""
    out.mkdir(parents=True, exist_ok=True)
    return _write(out / "index.html", index_page(rings, summary))


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
