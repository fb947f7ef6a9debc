"""Random draws, and columns that grow: what every part of this maker is built of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.writing.units import Floats, Ints

DAY_S: Final = 86400.0
EVER_S: Final = 1e12
"""Beyond any window, in seconds; its negative is before all time."""


class Dice(np.random.Generator):
    """A generator with the few draws that these worlds are made of; moments and spans are in seconds."""

    @classmethod
    def of(cls, seed: int) -> Self:
        """The dice of that seed; the second number keeps them apart from other makers'."""
        return cls(np.random.PCG64([seed, 20773]))

    def log_uniform(self, low: float, high: float, size: int | None = None) -> Floats:
        """Evenly spread on a log scale."""
        return np.exp(self.uniform(np.log(low), np.log(high), size))

    def pick(self, weights: ArrayLike, n: int) -> Ints:
        """(n,) places in `weights`, each as often as its weight says."""
        total = np.cumsum(weights)
        return np.minimum(np.searchsorted(total, self.random(n) * total[-1], side="right"), len(total) - 1)

    def choose(self, pool: Ints, n: int, weights: Floats | None = None) -> Ints:
        """Up to `n` different ones of the pool."""
        n = min(n, len(pool))
        if n == 0:
            return np.empty(0, np.int64)
        return self.choice(pool, n, replace=False, p=None if weights is None else weights / weights.sum())

    def waves(
        self, n: int, span: tuple[float, float], count: int, width: float, loose: float = 0.2
    ) -> Floats:
        """(n,) moments: `count` Poisson clusters (Neyman-Scott, offspring after), a share spread evenly."""
        low, high = span
        centre = self.uniform(low, max(high - width, low + 1), max(1, count))
        weights = self.dirichlet(np.full(len(centre), 1.5))
        moment = centre[self.pick(weights, n)] + self.exponential(width / 2, n)
        even = (self.random(n) < loose) | (moment > high)
        moment[even] = self.uniform(low, high, even.sum())
        return moment


class Columns:
    """Columns that grow together."""

    def __init__(self, **dtypes: type) -> None:
        self.columns = {name: np.empty(0, dtype=dtype) for name, dtype in dtypes.items()}
        self.n = 0

    def __getitem__(self, name: str) -> NDArray:
        return self.columns[name]

    def __len__(self) -> int:
        return self.n

    def add(self, n: int, **values: ArrayLike) -> Ints:
        """The numbers of `n` new rows of these values, each a column or the same for all."""
        for name, column in self.columns.items():
            new = np.asarray(values[name], dtype=column.dtype)
            self.columns[name] = np.concatenate([column, np.broadcast_to(new, n) if new.ndim == 0 else new])
        self.n += n
        return np.arange(self.n - n, self.n)


def ranges(starts: ArrayLike, counts: ArrayLike) -> Ints:
    """All of start, start + 1, ..., start + count - 1, one after the other."""
    counts = np.asarray(counts, np.int64)
    offset = np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(np.asarray(starts, np.int64), counts) + np.arange(counts.sum()) - offset


def chunks(rules: Sequence[tuple], column: int) -> NDArray:
    """That column of all rules whose columns are arrays."""
    return np.concatenate([np.asarray(rule[column]) for rule in rules])


def between(careless: float, careful: float, care: float) -> float:
    """The value at that carefulness, 0 to 1."""
    return np.interp(care, [0, 1], [careless, careful])
