"""Hears of what numba compiles because its cache does not hold it; for where numba is loaded already."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from numba.core.event import Event, Listener


class Compiling(Listener):
    """Calls `say` once, as the next loop begins, where compiling has taken more than `after_s`.

    A copy of this process hears too and is silent, or it would be said twice.
    """

    def __init__(self, say: Callable[[], None], after_s: float) -> None:
        self._say, self._after_s, self._process = say, after_s, os.getpid()
        self._depth, self._began, self._seconds, self._said = 0, 0.0, 0.0, False

    def on_start(self, event: Event) -> None:
        """A loop begins to be compiled, perhaps for another that is."""
        if self._depth == 0:
            self._began = time.perf_counter()
        self._depth += 1
        if not self._said and self._seconds > self._after_s:
            self._said = True
            if os.getpid() == self._process:
                self._say()

    def on_end(self, event: Event) -> None:
        """It is compiled."""
        self._depth -= 1
        if self._depth == 0:
            self._seconds += time.perf_counter() - self._began
