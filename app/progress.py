"""Steps of a run: what is being done, how fast, how long still; and afterwards seconds and peak memory."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from app.terminal import plain

if TYPE_CHECKING:
    from app.compiling import Compiling

LIVE_EVERY_S: Final = 0.2
"""How often the line is redrawn in a terminal."""

LOG_EVERY_S: Final = 10.0
"""How often a line is written where standard error is a file or a pipe."""

COMPILING_S: Final = 2.0
"""A command that is new to this machine may compile a loop or two, of which nobody need be told."""

COMPILING: Final = "Compiling for this machine, as only a first run does: it takes about a minute longer."

_MIB: Final = 1024 * 1024


@dataclass(frozen=True)
class Step:
    """A finished step: wall-clock seconds, and the highest resident memory of this process in it, in MiB."""

    name: str
    seconds: float
    peak_mib: float


class Steps:
    """Writes a line a step to `stream`, live in a terminal, and keeps what each took in `done`."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.done: list[Step] = []
        self._stream = stream if stream is not None else sys.stderr
        self._is_live = self._stream.isatty()
        self._name = ""
        self._note = ""
        self._started = 0.0
        self._shown = 0.0
        self._first = ("", 0.0, 0)
        self._compiling: Compiling | None = None

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time the block as a step of that name; a block that fails leaves no line."""
        self._name, self._note, self._first = name, "", ("", 0.0, 0)
        _forget_peak()
        self._started = self._shown = time.perf_counter()
        if self._is_live:
            self._draw("…")
        try:
            with self._hear_of_compiling():
                yield
        except BaseException:
            if self._is_live:
                self._write("\r\x1b[K")
            raise
        step = Step(name, time.perf_counter() - self._started, peak_mib())
        self.done.append(step)
        self._write(("\r\x1b[K" if self._is_live else "") + self._finished(step) + "\n")

    def note(self, text: str) -> None:
        """Say this at the end of the current step's line."""
        self._note = plain(text)

    def count(self, done: int, total: int, unit: str, *, rate: float = 0.0) -> None:
        """Say how far the current step is, how fast and how long still; `total` is 0 where unknown.

        `rate` a second is worked out from the first count of the step on where the caller does not know it
        better: what a step does before it counts says nothing of how fast it counts.
        """
        now = time.perf_counter()
        if self._first[0] != unit:
            self._first = (unit, now, done)
        if now - self._shown < (LIVE_EVERY_S if self._is_live else LOG_EVERY_S):
            return
        self._shown = now
        _, began, before = self._first
        if rate <= 0 and done > before:
            rate = (done - before) / (now - began)
        self._draw(pace(done, total, unit, done / rate if rate > 0 else 0.0))

    def _hear_of_compiling(self) -> AbstractContextManager[object]:
        """Within it is said, once, that compiling takes long: numba tells of what its cache does not hold."""
        if "numba" not in sys.modules:  # nothing is compiled, and to load it takes half a second
            return nullcontext()
        from numba.core.event import install_listener

        from app.compiling import Compiling

        self._compiling = self._compiling or Compiling(lambda: self._say(COMPILING), COMPILING_S)
        return install_listener("numba:compile", self._compiling)

    def _say(self, sentence: str) -> None:
        """Write the sentence above the current step's line."""
        self._write(("\r\x1b[K" if self._is_live else "") + sentence + "\n")
        if self._is_live:
            self._draw("…")

    def _draw(self, text: str) -> None:
        line = f"{self._name:<24}{text}"
        self._write(f"\r\x1b[K{line}" if self._is_live else line + "\n")

    def _finished(self, step: Step) -> str:
        return f"{step.name:<24}{step.seconds:7.1f} s {step.peak_mib:7,.0f} MiB  {self._note}".rstrip()

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def pace(done: int, total: int, unit: str, seconds: float) -> str:
    """How far, how fast and how long still: "120,000 of 300,000 rows, 40,000/s, 5 s left".

    Without seconds nothing is known of how fast.
    """
    far = f"{done:,} of {total:,} {unit}" if total > 0 else f"{done:,} {unit}"
    if done <= 0 or seconds <= 0:
        return far
    rate = done / seconds
    rest = f", {duration(max(total - done, 0) / rate)} left" if total > 0 else ""
    return f"{far}, {rate:,.0f}/s{rest}"


def duration(seconds: float) -> str:
    """Seconds in words: "5 s", "3 min 20 s", "2 h 5 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def peak_mib() -> float:
    """The highest resident memory of this process since the last `_forget_peak`, in MiB."""
    try:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except (OSError, ValueError):
        pass
    # no /proc: the highest since the start of the process; macOS counts bytes where others count KiB
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / _MIB if sys.platform == "darwin" else peak / 1024


def _forget_peak() -> None:
    """Start the kernel's high-water mark anew, so that each step shows its own peak (Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return
