"""How many honest groups that look like rings are accused: franchises, owners, hostels, bad luck, and more.

    python -m benchmarks.look_alikes --worlds 3 --honest 3
    python -m benchmarks.look_alikes --folder worlds/a worlds/b

A ring is flagged as the run says. A group
*appears* where at least half of its honest members (two or more of one kind; or the single partner that it
consists of) sit in one flagged ring that is not a planted one: fewer than two thirds of its partners (its
consumers where it has none) are planted. A ring's members are its partners and the consumers attached to
it. A partner can be in several groups: then each of them appears. Worlds are of two makes: with rings, where
look-alikes stand next to them and share their identifiers, and without. Each is judged with its labels and
without. Intervals are Clopper-Pearson's, as if groups were independent, which those of one ring are not.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from app.findings import find
from app.progress import Steps
from benchmarks.judging import Truth, read_truth
from benchmarks.null import clopper_pearson
from benchmarks.worlds import leave_out_labels
from gnn.evaluation import PURITY_FLOOR
from graph.aggregation import aggregate
from graph.links import Links
from graph.records import FLAG_SCORE
from graph.schema import Kind
from graph.synthetic import write_world
from graph.tables import read_tables

LIMIT = 0.001
"""Share of honest groups that may appear among the flagged rings."""
MEMBERS = (Kind.PARTNER, Kind.CONSUMER)

Ids = frozenset[tuple[str, str]]
"""Members as (kind, id)."""


@dataclass(frozen=True)
class Named:
    """A ring by its members; `planted` where it accuses the guilty, `best` among the first K of the run."""

    members: Ids
    flagged: bool
    planted: bool
    best: bool


@dataclass(frozen=True)
class Group:
    """An honest group: its kind in words, and its honest members of one kind."""

    kind: str
    members: Ids


def honest_groups(truth: Truth, planted: Ids) -> list[Group]:
    """The groups of the truth without their planted members.

    A group of several of whom fewer than two are honest is left out: nobody can be accused as that group.
    """
    alike = truth.look_alikes[truth.look_alikes.kind.isin([str(kind) for kind in MEMBERS])]
    groups = []
    for (_, what, kind), part in alike.groupby(["group_id", "look_alike", "kind"], sort=False):
        whole = frozenset((str(kind), str(one)) for one in part.id)
        honest = whole - planted
        if len(honest) >= min(2, len(whole)):
            groups.append(Group(str(what), honest))
    return groups


def appear(groups: Sequence[Group], rings: Sequence[Ids]) -> list[bool]:
    """(groups,) whether at least half of a group's members, two where it has several, sit in one ring."""
    rings_of: dict[tuple[str, str], list[int]] = {}
    for number, ring in enumerate(rings):
        for member in ring:
            rings_of.setdefault(member, []).append(number)
    result = []
    for group in groups:
        held: dict[int, int] = {}
        for member in group.members:
            for number in rings_of.get(member, ()):
                held[number] = held.get(number, 0) + 1
        needed = max(len(group.members) / 2, min(2, len(group.members)))
        result.append(max(held.values(), default=0) >= needed)
    return result


def is_planted(members: Ids, planted: Ids) -> bool:
    """Whether two thirds of a ring's partners, or of its consumers where it has none, are planted."""
    partners = {one for one in members if one[0] == Kind.PARTNER}
    accused = partners or members
    return len(accused & planted) >= PURITY_FLOOR * len(accused)


def named_rings(links: Links, planted: Ids, k: int) -> list[Named]:
    """The rings of a run on these links, the most suspicious first."""
    found = find(None, links, seed=0, model=None, previous=None, steps=Steps(io.StringIO()))
    rings = []
    for place, ring in enumerate(found.rings):
        members = frozenset((str(kind), member.id) for kind in MEMBERS for member in ring.of(kind))
        rings.append(Named(members, ring.flagged, is_planted(members, planted), place < k))
    return rings


def count(truth: Truth, planted: Ids, rings: Sequence[Named]) -> pd.DataFrame:
    """A row a group: `kind`, `of` (partner, consumer), `size`, whether `flagged`, whether in the `best` K."""
    groups = honest_groups(truth, planted)
    wrong = [ring for ring in rings if not ring.planted]
    return pd.DataFrame(
        {
            "kind": [group.kind for group in groups],
            "of": [next(iter(group.members))[0] for group in groups],
            "size": [len(group.members) for group in groups],
            "flagged": appear(groups, [ring.members for ring in wrong if ring.flagged]),
            "best": appear(groups, [ring.members for ring in wrong if ring.best]),
        }
    )


def planted_members(folder: Path) -> Ids:
    """Everybody in a planted ring, by the truth in that folder."""
    members = pd.read_parquet(folder / "ring_members.parquet")
    members = members[members.kind.isin([str(kind) for kind in MEMBERS])]
    return frozenset(zip(members.kind.astype(str), members.id.astype(str), strict=True))


def judge_folder(folder: Path, scratch: Path) -> pd.DataFrame:
    """The groups of a world as `count` has them, judged with its labels and without."""
    truth_folder = folder.with_name(f"{folder.name}.truth")
    truth, planted = read_truth(truth_folder), planted_members(truth_folder)
    bare = scratch / f"{folder.name}.bare"
    leave_out_labels(folder, bare)
    parts = []
    for way, tables in (("labels", folder), ("no labels", bare)):
        rings = named_rings(aggregate(read_tables(tables)), planted, len(truth.members))
        parts.append(count(truth, planted, rings).assign(way=way, rings=bool(len(truth.members))))
        said = f"{folder.name}, {way}: {sum(ring.flagged for ring in rings)} rings flagged, "
        said += f"{sum(ring.flagged and not ring.planted for ring in rings)} of them wrongly; "
        print(
            said + f"{int(parts[-1].flagged.sum())} of {len(parts[-1])} groups", file=sys.stderr, flush=True
        )
    shutil.rmtree(bare)
    return pd.concat(parts)


def shares(groups: pd.DataFrame) -> dict[str, object]:
    """One row of a table: groups, those that appear, their share with its interval."""
    hits, many = int(groups.flagged.sum()), len(groups)
    low, high = clopper_pearson(hits, many) if many else (np.nan, np.nan)
    best = groups[groups.rings].best
    return {
        "groups": many,
        "flagged": hits,
        "share": hits / many if many else np.nan,
        "low": low,
        "high": high,
        "in worlds with rings": len(best),
        "among best K": int(best.sum()),
    }


def totals(groups: pd.DataFrame) -> pd.DataFrame:
    """All groups; those of several partners, single partners, consumers; with rings about and without."""
    partner = groups.of == "partner"
    parts = {
        "all": groups,
        "several partners": groups[partner & (groups["size"] > 1)],
        "single partners": groups[partner & (groups["size"] == 1)],
        "consumers": groups[~partner],
        "all, worlds with rings": groups[groups.rings],
        "all, worlds without": groups[~groups.rings],
    }
    return pd.DataFrame({name: shares(part) for name, part in parts.items()}).T


def by_kind(groups: pd.DataFrame) -> pd.DataFrame:
    """A row a kind."""
    return pd.DataFrame({kind: shares(part) for kind, part in groups.groupby("kind")}).T


def report(groups: pd.DataFrame, worlds: Sequence[str]) -> str:
    """The markdown report."""
    text = f"`python -m benchmarks.look_alikes`, worlds {', '.join(worlds)}.\n\n"
    text += "A group appears where at least half of its honest members sit in one flagged ring (score >= "
    text += f"{FLAG_SCORE}) that is not planted; at most {LIMIT:.1%} may. Consumers attached "
    text += "to a ring are its members too. 95 % intervals: Clopper-Pearson, over groups.\n\n"
    for way, part in groups.groupby("way", sort=False):
        for title, table in (("in all", totals(part)), ("by kind", by_kind(part))):
            text += f"## {way}: {title}\n\n```\n{_written(table)}\n```\n\n"
    return text


def _written(table: pd.DataFrame) -> str:
    shown = table.astype(object)
    for column in table:
        share = column in ("share", "low", "high")
        shown[column] = [f"{value:.4f}" if share else str(int(value)) for value in table[column]]
    return shown.to_string()


def folders(given: argparse.Namespace, scratch: Path) -> Iterator[Path]:
    """The worlds asked for, each removed when the next one is; `--folder` takes worlds of any maker."""
    yield from given.folder
    if given.folder:
        return
    profiles = ["real"] * given.worlds + ["honest"] * given.honest
    for seed, profile in enumerate(profiles, start=given.first_seed):
        folder = scratch / f"{profile}-{seed}"
        write_world(folder, seed=seed, partners=given.partners, orders=given.orders, profile=profile)
        yield folder
        shutil.rmtree(folder)
        shutil.rmtree(folder.with_name(f"{folder.name}.truth"))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=3, help="worlds with rings")
    parser.add_argument("--honest", type=int, default=3, help="worlds without")
    parser.add_argument("--first-seed", type=int, default=9210)
    parser.add_argument("--partners", type=int, default=2000)
    parser.add_argument("--orders", type=int, default=300_000)
    parser.add_argument("--folder", type=Path, nargs="*", default=[], help="worlds that are there already")
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    parts, names = [], []
    with tempfile.TemporaryDirectory() as scratch:
        for folder in folders(given, Path(scratch)):
            parts.append(judge_folder(folder, Path(scratch)))
            names.append(folder.name)
    text = report(pd.concat(parts), names)
    sys.stdout.write(text)
    if given.markdown:
        given.markdown.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
