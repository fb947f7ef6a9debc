"""Draws of single values, and the numbers of the ring stories, which every world draws for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

import numpy as np

from benchmarks.writing.units import Ints

T = TypeVar("T")

CHANCE_SHIFT: Final = 0.7
"""A chance moves by at most this in log odds: 0.5 is drawn from 0.33 to 0.67, 0.9 from 0.82 to 0.95."""
NUMBER_SHIFT: Final = 0.3
"""Any other number moves by at most this in its logarithm: 10 is drawn from 7.4 to 13.5."""


@dataclass(frozen=True)
class Dice:
    """Single values drawn from `rng`."""

    rng: np.random.Generator

    def uniform(self, least: float, most: float) -> float:
        """A number from `least` to `most`."""
        return float(self.rng.uniform(least, most))

    def whole(self, least: int, most: int) -> int:
        """A whole number from `least` to `most`, both included."""
        return int(self.rng.integers(least, most + 1))

    def happens(self, chance: float) -> bool:
        """Whether something of that chance happens."""
        return bool(self.rng.random() < chance)

    def one_of(self, values: Sequence[T]) -> T:
        """Any one of them."""
        return values[int(self.rng.integers(len(values)))]

    def number(self, numbers: Ints) -> int:
        """Any one of those numbers."""
        return int(numbers[self.rng.integers(len(numbers))])

    def some(self, numbers: Ints, n: int) -> Ints:
        """`n` of them, or all where they are fewer, in random order."""
        return self.rng.choice(numbers, min(n, len(numbers)), replace=False)


@dataclass(frozen=True)
class Rates:
    """The numbers of the stories: each is drawn once a world, around the usual one given where it is used."""

    rng: np.random.Generator
    _shifts: dict[str, float] = field(default_factory=dict)

    def _shift(self, name: str) -> float:
        if name not in self._shifts:
            self._shifts[name] = float(self.rng.uniform(-1, 1))
        return self._shifts[name]

    def chance(self, name: str, usual: float) -> float:
        """A chance around `usual`, in (0, 1)."""
        odds = np.clip(usual, 0.01, 0.99)
        moved = np.log(odds / (1 - odds)) + CHANCE_SHIFT * self._shift(name)
        return float(1 / (1 + np.exp(-moved)))

    def number(self, name: str, usual: float) -> float:
        """A number around `usual`, of the same sign."""
        return float(usual * np.exp(NUMBER_SHIFT * self._shift(name)))
