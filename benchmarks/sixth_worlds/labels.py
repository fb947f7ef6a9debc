"""What reviewers have said of some rings' members, honest partners and consumers, now and then wrongly."""

from __future__ import annotations

import numpy as np

from benchmarks.sixth_worlds.world import Ring, World
from benchmarks.writing.events import Book, Label
from benchmarks.writing.units import DEFAULTED, DISPUTED, earliest


class Reviewers:
    """Labels, one an entity and only what is known within the window."""

    def __init__(self, world: World, book: Book) -> None:
        self.world, self.rng = world, world.rng
        bad = np.isin(book.outcome, (DISPUTED, DEFAULTED))
        known = np.where(np.isfinite(book.at), book.at, book.t + 30)
        self.alarm = {
            "partner": earliest(len(world.firms), (book.firm[bad], known[bad])),
            "consumer": earliest(len(world.people), (book.consumer[bad], known[bad])),
        }
        self.bought = np.bincount(book.consumer, minlength=len(world.people)) > 0
        self.bad_orders = np.bincount(book.consumer[bad], minlength=len(world.people))
        count = np.bincount(book.firm, minlength=len(world.firms))
        self.bad_share = np.bincount(book.firm[bad], minlength=len(world.firms)) / np.maximum(1, count)
        self.said: dict[tuple[str, int], Label] = {}

    def say(self, kind: str, number: int, verdict: str) -> None:
        """A verdict some time after the first trouble, or at any time where there was none."""
        first = self.alarm[kind][number]
        if not np.isfinite(first):
            first = self.rng.uniform(0.2, 1) * self.world.days
        t = float(first + self.rng.gamma(2, self.world.settings.review_delay))
        if t < self.world.days and (kind, number) not in self.said:
            self.said[kind, number] = Label(kind, number, verdict, t)


def draw_labels(world: World, book: Book) -> list[Label]:
    """All verdicts."""
    reviewers = Reviewers(world, book)
    for ring in world.rings:
        _review_ring(reviewers, ring)
    _review_honest(reviewers)
    return list(reviewers.said.values())


def _review_ring(reviewers: Reviewers, ring: Ring) -> None:
    """Careful rings are found out less often; now and then a member is cleared."""
    rng = reviewers.rng
    if rng.random() < reviewers.world.settings.review_of_rings * (1 - 0.75 * ring.care):
        for firm in rng.permutation(ring.firms)[: 1 + rng.binomial(2, 0.3)]:
            reviewers.say("partner", int(firm), "fraud")
        shills = ring.shills[reviewers.bought[ring.shills]]
        few = int(rng.integers(0, 4)) + 2 * (len(ring.firms) == 0)
        for one in rng.choice(shills, min(few, len(shills)), replace=False):
            reviewers.say("consumer", int(one), "fraud")
    elif len(ring.firms) and rng.random() < 0.1:
        reviewers.say("partner", int(rng.choice(ring.firms)), "legit")


def _review_honest(reviewers: Reviewers) -> None:
    """Mostly those with bad ends; a few are wronged."""
    rng, world, settings = reviewers.rng, reviewers.world, reviewers.world.settings
    honest = np.flatnonzero(~world.firms.of_ring)
    weight = reviewers.bad_share[honest] + 0.01
    many = int(len(honest) * settings.reviewed_honest)
    for one in rng.choice(honest, many, replace=False, p=weight / weight.sum()):
        reviewers.say("partner", int(one), "fraud" if rng.random() < 0.04 else "legit")
    shills = np.concatenate([ring.shills for ring in world.rings])
    suspects = np.setdiff1d(np.flatnonzero(reviewers.bad_orders[: world.ordinary] > 0), shills)
    many = min(len(suspects), int(world.ordinary * settings.reviewed_consumers))
    for one in rng.choice(suspects, many, replace=False):
        reviewers.say("consumer", int(one), "fraud" if rng.random() < 0.12 else "legit")
