"""Small draws."""

from __future__ import annotations

import numpy as np

from benchmarks.writing.units import Floats, Ints


def flip(rng: np.random.Generator, chance: float) -> bool:
    """True by that chance."""
    return bool(rng.random() < chance)


def around(rng: np.random.Generator, median: float, spread: float, n: int) -> Floats:
    """(n,) positive numbers about the median, as often above as below."""
    return np.asarray(median * np.exp(rng.normal(0, spread, n)))


def one_around(rng: np.random.Generator, median: float, spread: float) -> float:
    """A positive number about the median."""
    return float(median * np.exp(rng.normal(0, spread)))


def between(care: float, careless: float, careful: float) -> float:
    """What a ring of that care does, from what the most careless and the most careful do."""
    return careless + (careful - careless) * care


def some_of(rng: np.random.Generator, numbers: Ints, n: int) -> Ints:
    """At most `n` of those numbers, none twice, in any order."""
    return np.asarray(rng.permutation(numbers)[:n], np.int64)


def likely(rng: np.random.Generator, numbers: Ints, n: int, weight: Floats) -> Ints:
    """At most `n` of those numbers, none twice, by weight."""
    return np.asarray(
        rng.choice(numbers, min(n, len(numbers)), replace=False, p=weight / weight.sum()), np.int64
    )


def as_people_write(amount: Floats, how: Ints) -> Floats:
    """Amounts to the cent (0), to two digits (1), or whole (2)."""
    step = 10.0 ** np.floor(np.log10(np.maximum(amount, 10)) - 1)
    rough = np.maximum(np.round(amount / step) * step, 1)
    return np.asarray(
        np.select([how == 0, how == 1], [amount.round(2), rough], np.maximum(amount.round(), 1))
    )
