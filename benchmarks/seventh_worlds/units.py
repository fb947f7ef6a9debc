"""Codes, lists of things by number, and small draws."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.writing.units import DEFAULTED, DISPUTED, REFUNDED, Flags, Ints, Texts

BAD: Final = (REFUNDED, DISPUTED, DEFAULTED)


class Things:
    """A growing list of consumers, devices or accounts, by number, each with a country or kind as a label."""

    def __init__(self) -> None:
        self.n = 0
        self._labels: list[Texts] = []

    def new(self, n: int, label: str | Texts) -> Ints:
        """The numbers of `n` more; one label for all or one each."""
        self._labels.append(np.broadcast_to(np.asarray(label, object), n))
        self.n += n
        return np.arange(self.n - n, self.n)

    def one(self, label: str) -> int:
        """The number of one more."""
        return int(self.new(1, label)[0])

    @property
    def labels(self) -> Texts:
        """(n,)"""
        return np.concatenate(self._labels)


def groups(rng: np.random.Generator, least: float, past: float, scale: float = 1.0) -> int:
    """A whole number from `least` up to but without `past`, times `scale`, one at least."""
    return max(1, round(int(rng.integers(int(least), int(past))) * scale))


def flag(rng: np.random.Generator, n: int, share: float) -> Flags:
    """(n,) true for about that share."""
    return rng.random(n) < share
