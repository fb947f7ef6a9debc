"""Plans: what an agent does week by week, and how it answers when somebody looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.seventeenth_worlds.market import Floats, Ints
from benchmarks.seventeenth_worlds.things import Group
from benchmarks.seventeenth_worlds.world import World

WEEK: Final = 7.0
SHAPES: Final = ("bust", "steady", "waves", "blitz")


@dataclass
class Plan:
    """Weeks from `start`: how busy, how dear, what share goes bad; `changes` are days of new papers."""

    start: float
    busy: Floats
    ticket: Floats
    bad: Floats
    changes: list[float]

    @property
    def end(self) -> float:
        return self.start + WEEK * len(self.busy)

    def times(self, rng: np.random.Generator, n: int) -> Floats:
        """Moments of acts, the more in a week the busier it is; sorted."""
        weeks = rng.choice(len(self.busy), n, p=self.busy / self.busy.sum())
        return np.asarray(np.sort(self.start + WEEK * (weeks + rng.random(n))), dtype=np.float64)

    def week(self, t: Floats) -> Ints:
        weeks = np.floor((t - self.start) / WEEK).astype(np.int64)
        return np.asarray(np.clip(weeks, 0, len(self.busy) - 1), dtype=np.int64)

    def generation(self, t: Floats) -> Ints:
        """Which of its papers the agent uses then, counted from 0."""
        return np.asarray(np.searchsorted(np.array(self.changes), t, side="right"), dtype=np.int64)

    @property
    def generations(self) -> int:
        return len(self.changes) + 1


def _phases(shape: str, progress: Floats, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """How busy, how dear and how bad an agent without any care is at each share of its time."""
    one = np.ones(len(progress))
    if shape == "bust":
        raises, burns = rng.uniform(0.35, 0.6), rng.uniform(0.6, 0.85)
        burning, raising = progress >= burns, progress >= raises
        busy = np.where(burning, rng.uniform(1.5, 4.0), np.where(raising, 1.4, 0.9))
        ticket = np.where(burning, rng.uniform(1.8, 3.5), np.where(raising, 1.4, 0.9))
        return busy, ticket, np.where(burning, 0.9, np.where(raising, 0.35, 0.04))
    if shape == "waves":
        high = np.sin(2 * np.pi * (progress * rng.uniform(2, 5) + rng.random())) > rng.uniform(-0.2, 0.5)
        return np.where(high, 1.0, 0.1), one * rng.uniform(1.0, 1.8), np.where(high, 0.8, 0.3)
    if shape == "blitz":
        return one, one * rng.uniform(1.2, 2.4), one * 0.85
    return one * rng.lognormal(0, 0.2, len(progress)), one * rng.uniform(1.0, 1.6), one * 0.65


def make_plan(world: World, group: Group, shape: str, *, patient: float = 1.0) -> Plan:
    """Simulates the agent's weeks: losses are seen a month later, may bring a review, and that a change."""
    rng, market, careful = world.rng, world.market, group.careful
    longest = max(4, int(market.days / WEEK) - 2)
    usual = {"bust": (9, 22), "steady": (8, 30), "waves": (10, 34), "blitz": (2, 5)}[shape]
    weeks = int(min(longest, rng.integers(usual[0], usual[1] + 1) * patient * (1 + 0.4 * careful)))
    weeks = max(2, weeks)
    # most of what it does must have come to an end that is known, but for a few that are in full swing
    ripe = market.days - market.term - 45 - WEEK * weeks * (0.85 if shape == "bust" else 0.6)
    latest = market.days - 1 - WEEK * weeks
    start = float(rng.uniform(1.0, max(2.0, latest if rng.random() < 0.08 else min(latest, ripe))))
    progress = (np.arange(weeks) + 0.5) / weeks
    busy, ticket, bad = _phases(shape, progress, rng)
    ticket = 1 + (ticket - 1) * (1 - 0.65 * careful)
    bad = np.where(bad > 0.2, np.maximum(bad * (1 - 0.45 * careful * rng.uniform(0.6, 1.0)), 0.35), bad)
    if careful > rng.random():
        busy = np.sqrt(busy)
    changes: list[float] = []
    seen, quiet_until = 0.0, -1
    for week in range(weeks):
        if week < quiet_until:
            busy[week] *= 0.08
        late = week - 5
        seen += float(busy[late] * bad[late]) if late >= 0 else 0.0
        if rng.random() > np.exp(-market.vigilance * 4 * seen * (1 - 0.6 * careful)):
            day = start + WEEK * (week + float(rng.random()))
            group.reviews.append(day)
            seen = 0.0
            if rng.random() < market.adapts:
                changes.append(day)
                quiet_until = week + 1 + int(rng.integers(0, 4))
    if len(changes) < 3 and rng.random() < 0.25 * careful:
        changes.append(start + WEEK * weeks * float(rng.uniform(0.3, 0.7)))
    return Plan(start, busy, ticket, bad, sorted(changes))


def honest_plan(world: World, *, weeks: tuple[int, int], steady: bool = True) -> Plan:
    """The weeks of people who have nothing to hide; `bad` is theirs by luck only."""
    rng, market = world.rng, world.market
    many = int(np.clip(rng.integers(weeks[0], weeks[1] + 1), 1, max(2, int(market.days / WEEK) - 2)))
    start = float(rng.uniform(1.0, max(2.0, market.days - 1 - WEEK * many)))
    busy = np.ones(many) if steady else rng.lognormal(0, 0.8, many)
    return Plan(start, busy, rng.uniform(0.9, 1.3) * np.ones(many), np.zeros(many), [])
