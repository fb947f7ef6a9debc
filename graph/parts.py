"""Parts: the same work on parts of many rows, a core each."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

Result = TypeVar("Result")

PARTS_A_CORE: Final = 4
"""Parts differ in work: a core that is done with its own takes one more."""

LEAST_ROWS: Final = 4_096
"""Fewer rows are one part: starting a thread would cost more."""


def in_parts(
    rows: int, work: Callable[[int, int], Result], *, least: int = LEAST_ROWS, cores: int | None = None
) -> list[Result]:
    """What `work(begin, end)` gives for parts of so many rows, one after the other, in the rows' order.

    The parts run in threads, at the same time where `work` lets go of the interpreter, as compiled loops with
    `nogil` do. How many there are depends on the machine, so a row's result must not depend on the others'.
    A part has `least` rows or more; no row is one part of none.
    """
    cores = cores or os.cpu_count() or 1
    count = max(min(cores * PARTS_A_CORE, rows // least), 1) if cores > 1 else 1
    ends = [rows * part // count for part in range(count + 1)]
    if count == 1:
        return [work(0, rows)]
    with ThreadPoolExecutor(min(cores, count)) as pool:
        return list(pool.map(work, ends[:-1], ends[1:]))
