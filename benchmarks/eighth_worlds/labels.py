"""What reviewers have said: of few, late, and now and then wrongly."""

from __future__ import annotations

import numpy as np

from benchmarks.eighth_worlds.world import World
from benchmarks.writing.events import Book, Label
from benchmarks.writing.units import DEFAULTED, DISPUTED, earliest


def draw_labels(world: World, book: Book) -> list[Label]:
    """Verdicts on members of rings that were found out and on others who drew attention."""
    rng, settings, n = world.rng, world.settings, len(world.firms)
    if settings.reviewed == 0:
        return []
    said: dict[tuple[str, int], Label] = {}
    known = np.where(np.isfinite(book.at), book.at, book.t + 30)
    bad = np.isin(book.outcome, (DISPUTED, DEFAULTED))
    alarm = {
        "partner": earliest(n, (book.firm[bad], known[bad])),
        "consumer": earliest(len(world.people), (book.consumer[bad], known[bad])),
    }

    def say(kind: str, number: int, fraud: bool) -> None:
        first = alarm[kind][number]
        first = rng.uniform(0.1, 1) * world.days if not np.isfinite(first) else first
        t = float(first + rng.gamma(2, settings.review_delay / 2))
        if t < world.days and (kind, number) not in said:
            verdict = "fraud" if fraud != (rng.random() < settings.wrong) else "legit"
            said[kind, number] = Label(kind, number, verdict, t)

    for ring in world.rings:
        if rng.random() > settings.reviewed_rings * (1.2 - ring.care):
            continue
        for one in rng.permutation(ring.firms)[: 1 + int(rng.poisson(0.6))]:
            say("partner", int(one), True)
        many = int(rng.integers(0, 4)) + 2 * (not len(ring.firms))
        for one in rng.permutation(np.array(ring.people, np.int64))[:many]:
            say("consumer", int(one), True)
    count = np.bincount(book.firm, minlength=n)
    weight = np.bincount(book.firm[bad], minlength=n) / np.maximum(1, count) + 0.01
    weight[world.firms.of_ring] = 0
    for one in rng.choice(n, int(n * settings.reviewed), replace=False, p=weight / weight.sum()):
        alone = world.firms.storm[one] > 0.3 and rng.random() < 0.3
        say("partner", int(one), bool(alone))
    suspects = np.unique(book.consumer[bad & (book.consumer < world.ordinary)])
    of_rings = np.array([one for ring in world.rings for one in ring.people], np.int64)
    suspects = np.setdiff1d(suspects, of_rings)
    for one in rng.permutation(suspects)[: int(len(suspects) * settings.reviewed)]:
        say("consumer", int(one), bool(world.people.bad[one] > 0.2))
    return list(said.values())
