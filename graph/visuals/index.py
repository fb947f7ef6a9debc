"""The ranked list of a run's rings as one self-contained page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from graph.links import Links
from graph.records import FLAG_SCORE, ScoredRing
from graph.schema import ENTITY_TABLES
from graph.visuals.page import document, file_name, script
from graph.visuals.slicing import KINDS
from graph.visuals.text import SENTENCE_CHARACTERS, clean, count_of, day
from graph.visuals.words import KIND_WORDS, changed, strongest_sentence, typology


@dataclass(frozen=True)
class RunPageSummary:
    """What the index says of the run: its moment, its size, and remarks in sentences.

    `counts` are (noun in the singular, number) pairs: ("partner", 2000); `dissolved` are (id, sentence)
    pairs, the previous run's rings that are no more.
    """

    as_of_ms: int
    currency: str
    counts: tuple[tuple[str, int], ...]
    remarks: tuple[str, ...] = ()
    version: str = ""
    dissolved: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(
        cls,
        links: Links,
        *,
        remarks: tuple[str, ...] = (),
        version: str = "",
        dissolved: tuple[tuple[str, str], ...] = (),
    ) -> Self:
        """The summary of a run over those links."""
        sizes = tuple((KIND_WORDS[kind], links.size(kind)) for kind in ENTITY_TABLES)
        orders = int(links.ordered_at["orders"].sum()) if len(links.ordered_at) else 0
        return cls(links.as_of_ms, links.currency, (*sizes, ("order", orders)), remarks, version, dissolved)


def index_page(rings: Sequence[ScoredRing], summary: RunPageSummary) -> str:
    """The rings by rank, as HTML with links to `rings/<file>`; with none, a page that says so."""
    ranked = sorted(rings, key=lambda ring: (ring.rank, ring.ring_id))
    values = {
        "asOf": day(summary.as_of_ms),
        "currency": clean(summary.currency, 12),
        "counts": [count_of(number, clean(noun, 40)) for noun, number in summary.counts],
        "remarks": [clean(remark) for remark in summary.remarks],
        "version": clean(summary.version, 40),
        "kinds": [KIND_WORDS[kind] for kind in KINDS],
        "rings": [_row(ring) for ring in ranked],
        "flaggedFrom": FLAG_SCORE,
        "dissolved": [
            [clean(ring_id), clean(sentence, SENTENCE_CHARACTERS)] for ring_id, sentence in summary.dissolved
        ],
    }
    return document("index", "Rings", values, scripts=(script("index", ("main",)),))


def _row(ring: ScoredRing) -> list[Any]:
    """A ring as a list of values, in the order of `FIELDS` of the page's script."""
    sizes = [len(ring.of(kind)) for kind in KINDS]
    money = [round(float(ring.amount)), round(float(ring.bad_amount))]
    when = [day(ring.first_at), day(ring.last_at)]
    start = [ring.rank, clean(ring.ring_id), "rings/" + file_name(ring), round(float(ring.score), 4)]
    middle = [float(f"{ring.q_value:.2g}"), typology(ring), ring.flagged, sizes, *money, *when]
    return [*start, *middle, clean(ring.lineage, 40), changed(ring), strongest_sentence(ring)]
