"""What reviewers have said, late and now and then wrongly."""

from __future__ import annotations

import numpy as np

from benchmarks.tenth_worlds.units import some_of
from benchmarks.tenth_worlds.world import World
from benchmarks.writing.events import Book, Label
from benchmarks.writing.units import DEFAULTED, DISPUTED, Ints, earliest


def review(world: World, book: Book) -> list[Label]:
    """All verdicts that are known within the window, one an entity; none in a market without reviewers."""
    rng, market = world.rng, world.market
    if market.reviewed == 0:
        return []
    bad = np.isin(book.outcome, (DISPUTED, DEFAULTED))
    alarm = {
        "partner": earliest(market.partners, (book.firm[bad], book.t[bad] + 25)),
        "consumer": earliest(len(world.people.town), (book.consumer[bad], book.t[bad] + 25)),
    }
    said: dict[tuple[str, int], Label] = {}

    def say(kind: str, numbers: Ints, guilty: float) -> None:
        for number in numbers.tolist():
            seen = alarm[kind][number]
            if not np.isfinite(seen):
                seen = rng.uniform(0.2, 1) * world.days
            t = float(seen + rng.gamma(2, market.review_delay))
            if t < world.days and (kind, number) not in said:
                verdict = "fraud" if rng.random() < guilty else "legit"
                said[kind, number] = Label(kind, number, verdict, t)

    for pact in world.pacts:
        if rng.random() < market.reviewed * (1.2 - 0.8 * pact.care):
            say("partner", some_of(rng, pact.shops, 1 + int(rng.integers(0, 3))), 1 - market.review_wrong)
            few = int(rng.integers(0, 4)) + 2 * (len(pact.shops) == 0)
            say("consumer", some_of(rng, np.array(pact.people, np.int64), few), 1 - market.review_wrong)
    many = np.bincount(book.firm, minlength=market.partners)
    share = np.bincount(book.firm[bad], minlength=market.partners) / np.maximum(5, many)
    honest = np.flatnonzero(~world.of_ring)
    weight = share[honest] + 0.01
    chosen = rng.choice(honest, int(len(honest) * market.reviewed * 0.12), False, weight / weight.sum())
    say("partner", chosen, 0.4 * market.review_wrong)
    suspects = np.flatnonzero(np.isfinite(alarm["consumer"][: world.ordinary]))
    guilty = np.unique(
        np.concatenate([np.array(one.people, np.int64) for one in world.pacts] or [suspects[:0]])
    )
    say("consumer", some_of(rng, np.setdiff1d(suspects, guilty), int(market.reviewed * 60)), 0.1)
    return list(said.values())
