"""How far long work has come, counted from any thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far a step has come."""

    step: str
    done: int
    total: int
    rate_per_second: float


ProgressFunction = Callable[[Progress], None]


class Reporter:
    """Counts the rows of one step and passes the count on."""

    def __init__(self, step: str, total: int, progress: ProgressFunction | None) -> None:
        self._step, self._total, self._progress = step, total, progress
        self._done = 0
        self._started = time.perf_counter()
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        """Count this many rows more."""
        if self._progress is None:
            return
        with self._lock:
            self._done += count
            seconds = max(time.perf_counter() - self._started, 1e-9)
            self._progress(Progress(self._step, self._done, self._total, self._done / seconds))
