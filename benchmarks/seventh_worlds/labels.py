"""What reviewers have said of few partners, late, mostly of those that looked bad, now and then wrongly."""

from __future__ import annotations

import numpy as np

from benchmarks.seventh_worlds.outcomes import Book
from benchmarks.seventh_worlds.units import flag
from benchmarks.seventh_worlds.world import World
from benchmarks.writing.events import Label
from benchmarks.writing.units import DEFAULTED, DISPUTED, NO_INTS


def draw_labels(world: World, book: Book) -> list[Label]:
    """All verdicts; of one ring in five they told on about half of the members."""
    rng, firms, n, days = world.rng, world.firms, len(world.firms), world.days
    bad = np.isin(book.outcome, (DISPUTED, DEFAULTED))
    share = (np.bincount(book.firm, bad, minlength=n) + 0.5) / (np.bincount(book.firm, minlength=n) + 15)
    in_ring = np.zeros(n, np.bool_)
    told = [NO_INTS]
    for ring in world.rings:
        in_ring[ring.firms] = True
        if rng.random() < 0.2:
            told.append(ring.firms[flag(rng, len(ring.firms), 0.45)])
    weight = share**1.5
    reviewed = rng.choice(n, int(n * rng.uniform(0.025, 0.06)), replace=False, p=weight / weight.sum())
    seen = np.union1d(reviewed, np.concatenate(told))
    found = in_ring[seen] & flag(rng, len(seen), 0.9)
    known = np.maximum(firms.opening[seen] + 10, rng.uniform(days * 0.35, days * 0.98, len(seen)))
    known = known.clip(0, days - 0.1)
    verdict = np.where(found | flag(rng, len(seen), 0.04), "fraud", "legit")
    return [
        Label("partner", *one) for one in zip(seen.tolist(), verdict.tolist(), known.tolist(), strict=True)
    ]
