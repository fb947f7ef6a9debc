"""The models of risk of a run on made-up worlds: average precision among the partners nobody has reviewed.

    python -m benchmarks.model_worlds --markdown benchmarks/model_worlds.md

Worlds that pass the leak audit, of our own maker and of three others, all
of seeds that nothing was fitted to or tried on. Each is judged with its labels and with a tenth of its
verdicts, drawn by chance. "Recommended" is the risk that a run takes: the stack's, or the prior where
verdicts are too few to train. With a tenth the models are fitted all the same where any verdict of either
kind is left, to show what they would be worth. The report is written anew after every world.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks import fit_forests
from benchmarks.judging import interval, read_truth
from benchmarks.worlds import MAKERS, made_worlds
from gnn import evaluation
from gnn.evaluation import average_precision
from gnn.folds import MIN_FRAUD_GROUPS, MIN_FRAUDS
from gnn.known import Known, known
from gnn.portfolio import stack_of
from graph.aggregation import aggregate
from graph.links import Links
from graph.prior import prior_risk
from graph.projection import project
from graph.schema import MISSING_MS
from graph.tables import read_tables

PARTNERS, ORDERS = 2000, 300_000
JUDGED: Final[dict[str, Callable[..., None]]] = {
    **{
        maker: partial(fit_forests.MAKERS[maker], partners=PARTNERS, orders=ORDERS)
        for maker in ("own", "other", "further")
    },
    "eighteenth": MAKERS["eighteenth"],
}
"""Makers by name; the forests behind the prior were fitted on other worlds of all but the last."""

SHARES = {"all labels": 1.0, "a tenth of the labels": 0.1}
PRIOR, RECOMMENDED = "prior", "recommended"


def thinned(links: Links, share: float) -> Links:
    """The links with that share of the verdicts on partners and on consumers, drawn by chance."""
    rng = np.random.default_rng(0)
    frames = {}
    for name in ("partners", "consumers"):
        frame = getattr(links, name)
        gone = rng.random(len(frame)) >= share
        frames[name] = frame.assign(
            verdict=frame["verdict"].mask(gone, ""), verdict_at=frame["verdict_at"].mask(gone, MISSING_MS)
        )
    return replace(links, **frames)


def risks(now: Known) -> dict[str, NDArray[np.float64]]:
    """What every model says of all partners, by name, as far as there is anything to learn from."""
    labels = now.labels(seed=0)
    found = {PRIOR: now.prior}
    groups = len(np.unique(now.group[now.verdicts.fraud]))
    if len(labels.fraud) >= MIN_FRAUDS and groups >= MIN_FRAUD_GROUPS:
        stack = stack_of(now.features)
        found |= stack.fit_held_out(now.data, labels)[1]
        return found | {RECOMMENDED: found[stack.name]}
    if len(labels.fraud) and len(labels.legit):
        heard = now.data.hearing(labels)
        # without folds: the few frauds that there are may all be in one
        for member in stack_of(now.features).members[:-1]:
            found[member.name] = member.model.fit(heard, labels).risk(heard)
    return found | {RECOMMENDED: now.prior}


def judged(maker: str, folder: Path) -> Iterator[dict[str, object]]:
    """A row for each share of the labels and model."""
    links = aggregate(read_tables(folder))
    planted = read_truth(folder.with_name(f"{folder.name}.truth")).partners
    fraud = np.isin(links.partners.partner_id.to_numpy(), list(planted))
    projection = project(links)
    prior = prior_risk(links, projection)
    everybody = (links.partners.verdict == "").to_numpy()
    for labels, share in SHARES.items():
        some = links if share == 1 else thinned(links, share)
        now = known(some, projection, prior, events=None, seed=0)
        # the same partners whatever is known, so that figures compare
        rows, known_frauds = np.flatnonzero(everybody), int(now.verdicts.fraud.sum())
        for model, risk in risks(now).items():
            score, truth = risk[rows], fraud[rows]
            within = evaluation.interval(
                lambda at, score=score, truth=truth: average_precision(score[at], truth[at]),
                now.group[rows],
                seed=0,
            )
            yield {
                "maker": maker,
                "world": f"{maker} {folder.name.removeprefix('world')}",
                "labels": labels,
                "model": model,
                "known frauds": known_frauds,
                "AP": within.value,
                "low": within.low,
                "high": within.high,
            }


def text(rows: pd.DataFrame, dropped: Sequence[str]) -> str:
    parts = [f"Left out by the leak audit: {', '.join(dropped) or 'none'}.\n"]
    for labels in SHARES:
        cells: dict[str, dict[str, str]] = {}
        ours = rows[rows.labels == labels]
        for (maker, model), part in ours.groupby(["maker", "model"], sort=False):
            low, high = interval(part.AP.to_numpy())
            within = f" [{low:.3f}, {high:.3f}]" if len(part) > 1 else ""
            spread = f"{part.AP.min():.2f}-{part.AP.max():.2f}, {len(part)} worlds"
            cells.setdefault(str(maker), {})[str(model)] = f"{part.AP.mean():.3f}{within} {spread}"
        parts.append(f"## With {labels}\n\n```\n{pd.DataFrame(cells).fillna('-').to_string()}\n```\n")
    best = rows[rows.model == RECOMMENDED].set_index(["world", "labels"])[
        ["known frauds", "AP", "low", "high"]
    ]
    parts.append(
        "## The recommended risk by world\n\nLow and high: nine in ten resamples of whole groups of tied "
        f"partners.\n\n```\n{best.round(3).to_string()}\n```\n"
    )
    return HEAD + "\n".join(parts)


HEAD = f"""# Models of risk on made-up worlds

`make bench-model-worlds` wrote this file: average precision among the partners nobody has reviewed, mean over
worlds [95 % interval, bootstrap over worlds], least to most. The models are those that a run trains: they
read links, no rows. Worlds have {PARTNERS:,} partners and {ORDERS:,} orders, but for those of the eighteenth
maker, which draw their sizes; the forests behind the prior were fitted on other worlds of all these makers
but the eighteenth.
With a tenth of the verdicts the same partners are judged as with all of them. With fewer than
{MIN_FRAUDS} known frauds, or frauds of fewer than {MIN_FRAUD_GROUPS} groups of tied partners, a run trains
nothing and recommends the prior. Figures of fewer worlds than another row's are of other worlds, too. Of the
other makers the audit leaves most seeds out: their worlds are a choice.

"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--first-seed", type=int, default=34_000)
    parser.add_argument("--worlds", type=int, default=20, help="of our own maker")
    parser.add_argument("--other-worlds", type=int, default=4, help="of each other maker")
    parser.add_argument("--markdown", type=Path)
    given = parser.parse_args()
    rows: list[dict[str, object]] = []
    leaked: list[str] = []
    for maker, make in JUDGED.items():
        dropped: list[str] = []
        number = given.worlds if maker == "own" else given.other_worlds
        with tempfile.TemporaryDirectory() as scratch:
            for folder in made_worlds(make, given.first_seed, number, Path(scratch), dropped):
                found = list(judged(maker, folder))
                rows += found
                said = {(row["labels"], row["model"]): f"{row['AP']:.3f}" for row in found}
                sys.stderr.write(f"{found[0]['world']} {said}\n")
                sys.stderr.flush()
                if given.markdown:
                    given.markdown.write_text(text(pd.DataFrame(rows), leaked), encoding="utf-8")
        leaked += [f"{maker} {seed}" for seed in dropped]
    report = text(pd.DataFrame(rows), leaked)
    if given.markdown:
        given.markdown.write_text(report, encoding="utf-8")
    sys.stdout.write(report)


if __name__ == "__main__":
    main()
