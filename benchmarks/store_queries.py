"""p50 and p95 of every query of the library, asked one after the other through `Store.run`.

    python -m benchmarks.store_queries --store embedded:FOLDER --relationships 4000000

What is asked about is drawn as investigators click: a third of the partners at random, a third as often as
they have customers, a third out of rings; consumers, devices and accounts half at random, half as often as
they have links. The ones with most links of all are asked about in a case of their own, `hubs`. Each call has
its own values; a few calls before the clock starts warm plans and caches.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.drawn import drawn_links
from graph.links import Links
from graph.records import Evidence, Member, ScoredRing
from graph.schema import NODES, RELATIONSHIPS, Kind
from graph.store import Store, StoreError, open_store
from queries.library import Query, list_queries, parse_parameters

USUAL, HUBS = "usual", "hubs"
INSPECT_CALLS: Final = 60
HUB_CALLS: Final = 20
FIND_CALLS: Final = 3
WARM_CALLS: Final = 5
TIME_LIMIT_S: Final = 100.0
"""Under the embedded server's own limit of two minutes, which cannot be set for one call."""

BAR_MS: Final = 50.0
RINGS: Final = 200
HUB_RINGS: Final = 5
KEYS: Final = {node.kind: node.key for node in NODES}

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class QueryTime:
    """The latency of a query in one case; `failed` is what the store said where it gave up."""

    query: str
    case: str
    calls: int
    p50_ms: float
    p95_ms: float
    median_rows: float
    failed: str = ""


def measure(store: Store, links: Links, rng: Generator, *, only: str = "") -> list[QueryTime]:
    """The latency of every query whose name begins with `only`, on a store that holds `links`.

    The stored rings become ones that are drawn here.
    """
    rings = drawn_rings(links, rng)
    store.save_rings(rings, "benchmark")
    clicks = Clicks(links, rings, rng)
    return [
        _timed(store, query, case, clicks)
        for query in list_queries()
        if query.name.startswith(only)
        for case in ((USUAL, HUBS) if _keys(query) else (USUAL,))
    ]


class Clicks:
    """Values for the parameters that a query cannot do without."""

    def __init__(self, links: Links, rings: Sequence[ScoredRing], rng: Generator) -> None:
        self._rng = rng
        self._ids = {kind: links.nodes(kind)[KEYS[kind]].to_numpy() for kind in Kind}
        self._links = {kind: _link_counts(links, kind) for kind in Kind}
        self._closed = np.flatnonzero(links.partners["closed_at"].to_numpy() >= 0)
        self._rings = {USUAL: rings[:-HUB_RINGS], HUBS: rings[-HUB_RINGS:]}

    def settings(self, query: Query, case: str) -> list[str]:
        """One call's parameters, as `name=value`."""
        keys = _keys(query)
        if keys == ["partner_id", "other_id"]:
            return [f"{key}={value}" for key, value in zip(keys, self._pair(case), strict=True)]
        if query.name == "inspect/successors":
            return [f"partner_id={self._closed_partner(case)}"]
        return [f"{key}={self._value(key, case)}" for key in keys]

    def _value(self, key: str, case: str) -> str:
        if key == "ring_id":
            return self._ring(case).ring_id
        kind = next(kind for kind in Kind if KEYS[kind] == key)
        if case == HUBS:
            return str(self._ids[kind][self._rng.choice(self._hubs(kind))])
        way = self._rng.random()
        if kind is Kind.PARTNER and way < 1 / 3:
            return str(self._rng.choice([member.id for member in self._ring(case).of(kind)]))
        by_links = way < (2 / 3 if kind is Kind.PARTNER else 1 / 2)
        weight = self._links[kind] / self._links[kind].sum() if by_links else None
        return str(self._ids[kind][self._rng.choice(len(self._ids[kind]), p=weight)])

    def _hubs(self, kind: Kind) -> Codes:
        return np.argsort(-self._links[kind], kind="stable")[:HUB_CALLS]

    def _ring(self, case: str) -> ScoredRing:
        return self._rings[case][self._rng.integers(len(self._rings[case]))]

    def _closed_partner(self, case: str) -> str:
        closed = self._closed
        if case == HUBS:
            closed = closed[np.argsort(-self._links[Kind.PARTNER][closed], kind="stable")[:HUB_CALLS]]
        return str(self._ids[Kind.PARTNER][self._rng.choice(closed)])

    def _pair(self, case: str) -> list[str]:
        """Two partners: of one ring as often as not, else as they are clicked."""
        members = [member.id for member in self._ring(case).of(Kind.PARTNER)]
        if case == USUAL and self._rng.random() < 1 / 2:
            return [str(one) for one in self._rng.choice(members, 2, replace=False)]
        first = self._value("partner_id", case)
        while (second := self._value("partner_id", case)) == first:
            pass
        return [first, second]


def drawn_rings(links: Links, rng: Generator) -> tuple[ScoredRing, ...]:
    """Rings of two to eight partners with some of their customers, devices and accounts; last the hubs'."""
    ids = {kind: links.nodes(kind)[KEYS[kind]].to_numpy() for kind in Kind}
    busy = np.argsort(-_link_counts(links, Kind.PARTNER), kind="stable")
    by_partner = {
        name: frame.set_index("partner")[other]
        for name, other, frame in (
            ("ordered_at", "consumer", links.ordered_at.sort_values("partner")),
            ("logged_in_from", "device", links.logged_in_from),
            ("paid_out_to", "bank_account", links.paid_out_to),
        )
    }
    rings = []
    for number in range(RINGS + HUB_RINGS):
        partners = rng.choice(len(busy), rng.integers(2, 9), replace=False)
        if number >= RINGS:
            partners[0] = busy[number - RINGS]
            partners = np.unique(partners)
        near = {name: _near(frame, partners, rng) for name, frame in by_partner.items()}
        codes = {
            Kind.PARTNER: partners,
            Kind.CONSUMER: near["ordered_at"],
            Kind.DEVICE: near["logged_in_from"],
            Kind.BANK_ACCOUNT: near["paid_out_to"],
        }
        rings.append(_ring(number, codes, ids))
    return tuple(rings)


def _near(other: pd.Series[int], partners: Codes, rng: Generator) -> Codes:
    found = np.unique(other[other.index.isin(partners)].to_numpy(np.int64))
    return np.sort(rng.permutation(found)[:50])


def _ring(number: int, codes: dict[Kind, Codes], ids: dict[Kind, NDArray[Any]]) -> ScoredRing:
    members = (
        Member(kind, int(code), str(ids[kind][code]), "member", 0.5)
        for kind, of_kind in codes.items()
        for code in of_kind
    )
    sentence = (
        "A sentence as long as those that say why a ring was found, with a value and its baseline in it."
    )
    return ScoredRing(
        ring_id=f"R{number:04d}",
        rank=number + 1,
        score=0.5,
        q_value=0.01,
        typology="shared identifiers",
        members=tuple(members),
        evidence=tuple(Evidence(f"signal-{n}", 0.5, 1.0, "", 0.0, sentence) for n in range(8)),
        amount=1000.0,
        bad_amount=100.0,
        first_at=0,
        last_at=1,
    )


def _link_counts(links: Links, kind: Kind) -> NDArray[np.float64]:
    """(n,) links of every node of a kind."""
    counts = np.zeros(links.size(kind))
    for relationship in RELATIONSHIPS:
        frame = getattr(links, relationship.name)
        ends = (
            (relationship.source, relationship.source_kind),
            (relationship.target, relationship.target_kind),
        )
        for column, end in ends:
            if end is kind:
                counts += np.bincount(frame[column].to_numpy(), minlength=len(counts))
    return counts


def _keys(query: Query) -> list[str]:
    return [parameter.name for parameter in query.parameters if parameter.default is None]


def _timed(store: Store, query: Query, case: str, clicks: Clicks) -> QueryTime:
    heavy = query.name.startswith("find/")
    calls = FIND_CALLS if heavy else HUB_CALLS if case == HUBS else INSPECT_CALLS
    seconds: list[float] = []
    rows: list[int] = []
    failed = ""
    for number, settings in enumerate(_all_settings(query, case, clicks, calls)):
        started = time.perf_counter()
        try:
            answer = store.run(query, parse_parameters(query, settings), timeout_s=TIME_LIMIT_S)
        except StoreError as error:
            failed = str(error)
        took = time.perf_counter() - started
        if failed or number >= _warm_calls(query):
            seconds.append(took)
            rows.append(0 if failed else len(answer.rows))
        if failed:
            break
    p50, p95 = (float(np.percentile(seconds, share) * 1000) for share in (50, 95))
    return QueryTime(query.name, case, len(seconds), p50, p95, float(np.median(rows)), failed)


def _warm_calls(query: Query) -> int:
    return 1 if query.name.startswith("find/") else WARM_CALLS


def _all_settings(query: Query, case: str, clicks: Clicks, calls: int) -> Iterator[list[str]]:
    for _ in range(_warm_calls(query) + calls):
        yield clicks.settings(query, case)


def table(times: dict[str, list[QueryTime]]) -> str:
    """A markdown table: a row a query and case, p50, p95 and rows for each store."""
    names = list(times)
    head = "| query | case | " + " | ".join(f"{name}: p50, p95 ms (rows)" for name in names) + " |"
    lines = [head, "|---|---|" + "---:|" * len(names)]
    found = {name: {(one.query, one.case): one for one in of_store} for name, of_store in times.items()}
    for key in dict.fromkeys(key for of_store in found.values() for key in of_store):
        cells = (_cell(of_store.get(key)) for of_store in found.values())
        lines.append(f"| `{key[0]}` | {key[1]} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _cell(one: QueryTime | None) -> str:
    if one is None:
        return ""
    if one.failed:
        return f"gave up after {one.p95_ms / 1000:.0f} s"
    over = " **over**" if one.query.startswith("inspect/") and one.p95_ms > BAR_MS else ""
    return f"{one.p50_ms:,.1f}, {one.p95_ms:,.1f} ({one.median_rows:.0f}){over}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--store", required=True, help="embedded:FOLDER, or bolt://… with NEO4J_PASSWORD set")
    parser.add_argument("--relationships", type=int, default=4_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="only queries whose names begin so")
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    target, _, folder = (
        given.store.partition(":") if given.store.startswith("embedded:") else (given.store, "", "")
    )
    links = drawn_links(given.relationships, given.seed)
    with open_store(target, folder=Path(folder) if folder else None, environ=os.environ) as store:
        store.load(links)
        times = measure(store, links, np.random.default_rng(given.seed), only=given.only)
    text = table({"Neo4j" if target != "embedded" else "embedded": times})
    if given.markdown:
        given.markdown.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
