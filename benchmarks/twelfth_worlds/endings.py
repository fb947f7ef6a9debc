"""How orders end, and when that comes to be known."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from benchmarks.twelfth_worlds.scene import Scene
from benchmarks.writing.events import Book
from benchmarks.writing.units import DEFAULTED, DISPUTED, NONE, OPEN, PAID, REFUNDED, Floats, Ints

DELAYS: Final = {PAID: (2.0, 12.0), REFUNDED: (3.0, 4.0), DISPUTED: (2.5, 10.0), DEFAULTED: (9.0, 8.5)}
"""Shape and scale of the days until an outcome is known."""
UNSENT: Final = (0.4, 0.3, 0.3)
"""Disputed, refunded and unpaid, of goods that never came."""


def end_orders(scene: Scene, book: Book) -> Book:
    """The same orders with outcomes where they had none; what is not known in the window is open."""
    rng, days = scene.rng, scene.setting.days
    outcome = np.where(book.outcome == NONE, _ordinary(scene, book), book.outcome)
    late = book.t >= scene.firms.trouble[book.firm]
    unsent = late & (rng.random(len(late)) < scene.firms.failing[book.firm])
    how = rng.choice([DISPUTED, REFUNDED, DEFAULTED], len(late), p=UNSENT)
    outcome = np.where(unsent & (book.outcome == NONE), how, outcome)
    at = book.t + _delay(scene, outcome)
    known = at < days - 1e-3
    undated = rng.random(len(at)) < scene.setting.undated
    return replace(book, outcome=np.where(known, outcome, OPEN), at=np.where(known & ~undated, at, np.nan))


def _ordinary(scene: Scene, book: Book) -> Ints:
    """(n,) outcomes as they happen: by shopper, by firm, by trade, by amount."""
    setting, people, firms = scene.setting, scene.people, scene.firms
    dear = np.clip(book.amount / 100, 0.2, 6) ** 0.35
    risk = np.clip(people.risk[book.consumer], 0, 30) * firms.credit[book.firm]
    unpaid = setting.default * risk * firms.values(4)[book.firm] * dear
    disputed = setting.dispute * firms.service[book.firm] * dear
    returned = setting.refund * people.returns[book.consumer] * firms.values(5)[book.firm]
    edges = np.cumsum([np.clip(one, 0, 0.45) for one in (unpaid, disputed, returned)], axis=0)
    column = (scene.rng.random(len(book.t)) >= edges).sum(axis=0)
    outcome: Ints = np.array([DEFAULTED, DISPUTED, REFUNDED, PAID])[column]
    return outcome


def _delay(scene: Scene, outcome: Ints) -> Floats:
    """(n,) days until an outcome is known."""
    shape, scale = (np.array([DELAYS[one][part] for one in sorted(DELAYS)]) for part in (0, 1))
    place = np.searchsorted(sorted(DELAYS), outcome)
    return scene.rng.gamma(shape[place], scale[place]) + 0.2
