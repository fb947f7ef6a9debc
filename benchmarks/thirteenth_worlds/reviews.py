"""What reviewers have said, and when: late, of a part, about the honest as well, and at times wrongly."""

from __future__ import annotations

import numpy as np

from benchmarks.thirteenth_worlds.market import Market
from benchmarks.writing.events import Label
from benchmarks.writing.units import Ints


def review(m: Market) -> list[Label]:
    """Verdicts on shops and consumers, one each at most."""
    said: dict[tuple[str, int], Label] = {}
    for crew in m.crews:
        if m.rng.random() > m.setting.coverage:
            continue
        people = np.unique(np.concatenate([*crew.people, crew.shops[:0]]))
        for kind, numbers in (("partner", crew.shops), ("consumer", people)):
            some = numbers[m.rng.random(len(numbers)) < m.one(0.1, 0.7)]
            _say(m, said, kind, some, 0.03, crew.since + 0.4 * (crew.until - crew.since))
    for look in m.alike:
        if m.rng.random() < 0.3:
            some = look.number[m.rng.random(len(look.number)) < 0.4]
            _say(m, said, look.kind, some, 0.96, 0.3 * m.setting.days)
    n_shops, n_people = m.setting.partners, m.setting.consumers
    bad = np.flatnonzero(np.isfinite(m.shops.turn) & (m.rng.random(n_shops) < 0.15))
    _say(m, said, "partner", bad, 0.5, 0.5 * m.setting.days)
    _say(m, said, "partner", m.rng.choice(n_shops, n_shops // 20, replace=False), 0.98, 0)
    _say(m, said, "consumer", m.rng.choice(n_people, n_people // 60, replace=False), 0.97, 0)
    return list(said.values())


def _say(
    m: Market, said: dict[tuple[str, int], Label], kind: str, numbers: Ints, legit: float, since: float
) -> None:
    """A verdict on each; the share `legit` is cleared."""
    for number in numbers.tolist():
        verdict = "legit" if m.rng.random() < legit else "fraud"
        t = min(since + m.rng.exponential(40), m.setting.days - m.one(0.1, 5))
        said.setdefault((kind, number), Label(kind, number, verdict, t))
