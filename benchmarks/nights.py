"""Ten nights of a world: how many rings keep their identity, and what keeping them costs.

    python -m benchmarks.nights --worlds 3 --first-seed 9101

Every night sees one day more. The links, ties and member risk of a night are worked out once; its rings are
then extracted three ways:

* anchored: as `ringwatch run --previous` does, each night with the run of the night before;
* matched: extracted anew, ids given on by the matching alone;
* alone: extracted anew, ids from the members' hashes, as `ringwatch run` without a previous run does.

A planted ring that is matched one to one (Jaccard of a half, two thirds of it true) on a night and on the
next keeps its identity where both nights give it one id. The last two ways have the same rings.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from app.outputs import member_rows
from benchmarks.judging import Truth, read_truth
from gnn.evaluation import match_rings, ring_quality
from gnn.risk import member_risk
from graph.aggregation import aggregate
from graph.anchors import anchor_rings
from graph.identity import Relation, relate, rings_of
from graph.lineage import ring_core
from graph.links import Links
from graph.prior import prior_risk
from graph.projection import Projection, project
from graph.records import Risk, ScoredRing
from graph.rings import find_rings
from graph.scoring import score_rings
from graph.signals.context import build_context
from graph.synthetic import write_world
from graph.tables import read_tables

WAYS = ("anchored", "matched", "alone")
EVENTS = ("continued", "grew", "shrank", "split", "merged", "born", "dissolved")


@dataclass(frozen=True)
class Night:
    """One way's night: ring recall and precision@K, today's ids, and the id that each planted ring has."""

    recall: float
    precision: float
    ids: frozenset[str]
    planted: tuple[str | None, ...]
    relations: tuple[Relation, ...]


@dataclass
class Replay:
    """The nights of a world by way, in order."""

    world: str
    nights: dict[str, list[Night]] = field(default_factory=lambda: {way: [] for way in WAYS})


def replay(world: Path, *, nights: int, seed: int) -> Replay:
    """Every night of a world, each way."""
    truth = read_truth(world.with_name(world.name + ".truth"))
    result = Replay(world.name)
    before: dict[str, pd.DataFrame] = {}
    for as_of in _moments(world, nights):
        links = aggregate(read_tables(world, as_of=as_of))
        projection = project(links)
        risk, _ = member_risk(links, projection, prior_risk(links, projection), seed=seed)
        for way, rings in _extract(links, projection, risk, before, seed=seed):
            result.nights[way].append(_judge(rings, truth, before.get(way)))
            before[way] = pd.DataFrame(member_rows(rings), columns=["ring_id", "kind", "id", "role", "risk"])
        _tell(result, as_of)
    return result


def _moments(world: Path, nights: int) -> list[datetime]:
    """The last days of the world, to its newest event."""
    last = datetime.fromtimestamp(aggregate(read_tables(world)).as_of_ms / 1000, UTC)
    return [last - timedelta(days=night) for night in reversed(range(nights))]


def _extract(
    links: Links, projection: Projection, risk: Risk, before: Mapping[str, pd.DataFrame], *, seed: int
) -> Iterator[tuple[str, tuple[ScoredRing, ...]]]:
    context = build_context(links, risk)
    anchors = anchor_rings(rings_of(before.get("anchored")), links, projection)
    fresh = find_rings(links, projection, risk, seed=seed)
    kept = find_rings(links, projection, risk, seed=seed, anchors=anchors)
    for name, found in (("anchored", kept), ("matched", fresh), ("alone", fresh)):
        previous = before.get(name)
        yield name, score_rings(found, context, projection, previous=previous)


def _judge(rings: Sequence[ScoredRing], truth: Truth, before: pd.DataFrame | None) -> Night:
    cores = [{id_ for _, id_ in ring_core(ring)} for ring in rings]
    quality = ring_quality(cores, truth.members)
    matched = match_rings(cores, truth.members)
    relations = relate({ring.ring_id: ring_core(ring) for ring in rings}, rings_of(before))
    return Night(
        quality.recall,
        quality.precision_at_k,
        frozenset(ring.ring_id for ring in rings),
        tuple(rings[place].ring_id if place >= 0 else None for place in matched),
        relations if before is not None else (),
    )


def kept_nightly(nights: Sequence[Night]) -> tuple[int, int]:
    """(kept, of): planted rings matched on a night and on the next, and those of them with one id."""
    pairs = [
        (a, b)
        for before, after in pairwise(nights)
        for a, b in zip(before.planted, after.planted, strict=True)
        if a is not None and b is not None
    ]
    return sum(a == b for a, b in pairs), len(pairs)


def kept_throughout(nights: Sequence[Night]) -> tuple[int, int]:
    """(kept, of): planted rings matched on every night, and those of them with one id all along."""
    always = [ids for ids in zip(*(night.planted for night in nights), strict=True) if None not in ids]
    return sum(len(set(ids)) == 1 for ids in always), len(always)


def flicker(nights: Sequence[Night]) -> tuple[int, int]:
    """(lost, of): planted rings matched on a night, and those of them not matched on the next."""
    pairs = [
        (a, b)
        for before, after in pairwise(nights)
        for a, b in zip(before.planted, after.planted, strict=True)
        if a is not None
    ]
    return sum(b is None for _, b in pairs), len(pairs)


def recut(nights: Sequence[Night]) -> tuple[int, int]:
    """(changed, of): relations between a ring and one of the night before, and those with other members."""
    found = [one for night in nights for one in night.relations if one.ring_id and one.previous_ring_id]
    return sum(bool(one.joined or one.left) for one in found), len(found)


def churn(nights: Sequence[Night]) -> float:
    """The share of all ids of a night or the next that are not ids of both, mean over nights."""
    shares = [len(a.ids ^ b.ids) / max(len(a.ids | b.ids), 1) for a, b in pairwise(nights)]
    return float(np.mean(shares))


COUNTED: Final[Mapping[str, Callable[[Sequence[Night]], tuple[int, int]]]] = {
    "kept nightly": kept_nightly,
    "kept all nights": kept_throughout,
    "flickered": flicker,
    "re-cut": recut,
}


def _tell(result: Replay, as_of: datetime) -> None:
    last = {way: nights[-1] for way, nights in result.nights.items()}
    said = {way: f"{n.recall:.3f}/{n.precision:.3f}/{len(n.ids)}" for way, n in last.items()}
    print(result.world, f"{as_of:%Y-%m-%d}", said, file=sys.stderr, flush=True)


def report(replays: Sequence[Replay], *, head: str) -> str:
    """The tables as markdown."""
    rows = [
        {"world": one.world, "way": way, **_figures(nights)}
        for one in replays
        for way, nights in one.nights.items()
    ]
    total = [{"way": way, **_pooled([one.nights[way] for one in replays])} for way in WAYS]
    events = [
        {"world": one.world, "way": way} | {event: _events(nights)[event] for event in EVENTS}
        for one in replays
        for way, nights in one.nights.items()
        if way != "alone"
    ]
    parts = {"All worlds": total, "By world": rows, "Lineage, events over all nights": events}
    return head + "".join(
        f"## {title}\n\n```\n{pd.DataFrame(part).to_string(index=False)}\n```\n\n"
        for title, part in parts.items()
    )


def _figures(nights: Sequence[Night]) -> dict[str, object]:
    return {
        **{name: _share(count(nights)) for name, count in COUNTED.items()},
        "churn": round(churn(nights), 3),
        "recall": round(float(np.mean([night.recall for night in nights])), 3),
        "precision@K": round(float(np.mean([night.precision for night in nights])), 3),
        "rings": round(float(np.mean([len(night.ids) for night in nights]))),
    }


def _pooled(worlds: Sequence[Sequence[Night]]) -> dict[str, object]:
    """The figures over all worlds: shares of all pairs together, means over worlds of the rest."""
    every = [night for nights in worlds for night in nights]
    pooled = {}
    for name, count in COUNTED.items():
        counts = [count(nights) for nights in worlds]
        pooled[name] = _share((sum(number for number, _ in counts), sum(of for _, of in counts)))
    return {
        **pooled,
        "churn": round(float(np.mean([churn(nights) for nights in worlds])), 3),
        "recall": round(float(np.mean([night.recall for night in every])), 4),
        "precision@K": round(float(np.mean([night.precision for night in every])), 4),
        "last recall": round(float(np.mean([nights[-1].recall for nights in worlds])), 4),
        "last precision@K": round(float(np.mean([nights[-1].precision for nights in worlds])), 4),
    }


def _events(nights: Sequence[Night]) -> Counter[str]:
    return Counter(one.event for night in nights for one in night.relations)


def _share(counted: tuple[int, int]) -> str:
    number, of = counted
    return f"{number / of:.3f} ({number}/{of})" if of else "-"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--worlds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=9101)
    parser.add_argument("--nights", type=int, default=10)
    parser.add_argument("--partners", type=int, default=2000)
    parser.add_argument("--orders", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=0, help="of detection")
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    replays = []
    with tempfile.TemporaryDirectory() as scratch:
        for seed in range(given.first_seed, given.first_seed + given.worlds):
            world = Path(scratch) / f"{seed}"
            write_world(world, seed=seed, partners=given.partners, orders=given.orders, profile="real")
            replays.append(replay(world, nights=given.nights, seed=given.seed))
    head = (
        f"`python -m benchmarks.nights --worlds {given.worlds} --first-seed {given.first_seed} --nights "
        f"{given.nights}`: worlds of {given.partners:,} partners and {given.orders:,} orders, a day more "
        "every night. Kept and flickered (found on a night and not on the next) are counted over planted "
        "rings; re-cut (a ring that follows from one of the night before has other members) and churn (ids "
        "of one of two nights alone) over all rings; recall is that of the best 2K rings, precision that of "
        "the best K, means over nights.\n\n"
    )
    text = report(replays, head=head)
    sys.stdout.write(text)
    if given.markdown:
        given.markdown.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
