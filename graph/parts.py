"""Parts: the same work on parts of many rows, a core each; and works that do not wait for one another."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from threading import Thread
from typing import BinaryIO, Final, NoReturn, TypeVar

from numba.core.compiler_lock import global_compiler_lock

Result = TypeVar("Result")
One = TypeVar("One")
Other = TypeVar("Other")

PARTS_A_CORE: Final = 4
"""Parts differ in work: a core that is done with its own takes one more."""

LEAST_ROWS: Final = 4_096
"""Fewer rows are one part: starting a thread would cost more."""

PART_OF_COPIES: Final = 16
"""Rows, or more, that a process takes at a time (`in_copies`): so little one may wait for the other."""

MOST_PARTS_OF_COPIES: Final = 1_024
"""As many tokens wait in a pipe: one page holds them, the least that a system gives."""

PATIENCE_S: Final = 120.0
"""A copy that does not end for so long, when nothing but its last part is left to do, hangs."""

SLOWER: Final = 4
"""How many times as long as the longest part here the last one of a copy may take, if that is longer."""

_ENDING: Final = (signal.SIGINT, signal.SIGTERM)
"""What ends a process, and is held back while it is copied."""

_TOKEN: Final = 4
"""Bytes of a token, which stands for a part that nobody has taken yet."""


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


def at_once(
    one: Callable[[], One], other: Callable[[], Other], *, cores: int | None = None
) -> tuple[One, Other]:
    """What both works give; at the same time with two cores, as far as they let go of the interpreter.

    Neither may need, or change, what the other works out.
    """
    if (cores or os.cpu_count() or 1) == 1:
        return one(), other()
    beside: Future[Other] = Future()

    def work() -> None:
        try:
            beside.set_result(other())
        except BaseException as error:
            beside.set_exception(error)

    # no pool: a signal that ends the one work must not wait for the other
    Thread(target=work, daemon=True).start()
    return one(), beside.result()


def in_copies(
    rows: int,
    work: Callable[[int], Result],
    *,
    first: Callable[[], object] = lambda: None,
    least: int = PART_OF_COPIES,
    cores: int | None = None,
) -> list[Result]:
    """What `work(row)` gives for each row, in order; by this process and, with two cores, a copy of it.

    For work that holds the interpreter, which threads would do by turns. The copy shares this one's memory
    (fork); what it changes is its own, and counts beside what this process holds. Results come back by
    `pickle`. Both take `least` rows or more at a time from one queue; this process does `first` before, and
    by itself. The copy ends with this process, and what it could not do, for whatever reason, is done here,
    so that an error is raised here, too. A row's result must not depend on the others', nor on `first`.
    """
    size = max(least, -(-rows // MOST_PARTS_OF_COPIES))
    parts = [range(begin, min(begin + size, rows)) for begin in range(0, rows, size)]

    def of(part: int) -> list[Result]:
        return [work(row) for row in parts[part]]

    if (cores or os.cpu_count() or 1) == 1 or len(parts) < 2 or sys.platform != "linux":
        done = None
    else:
        done = _with_copy(len(parts), of, first)
    if done is None:
        first()
        done = {}
    return [result for part in range(len(parts)) for result in (done[part] if part in done else of(part))]


def _with_copy(
    parts: int, of: Callable[[int], Result], first: Callable[[], object]
) -> dict[int, Result] | None:
    """The parts that this process and its copy have done; what is missing the copy had taken, and failed.

    None, and nothing is done, where there is no room for a copy. What it tells is read as it comes: at the
    end this process would wait for all of it to be written, and the copy be gone while it is read.
    """
    parent = os.getpid()
    with ExitStack() as files:
        # ended by a signal before it is one, the copy would leave by the way of this process
        held = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        # to look for rubbish among all that there is would write on it, and what is written on is copied
        gc.freeze()
        try:
            tokens, filled = _pipe(files, buffering=0)  # who read ahead would take more than one
            answered, answering = _pipe(files, buffering=-1)
            filled.write(b"".join(part.to_bytes(_TOKEN, "big") for part in range(parts)))
            filled.close()
            copy = _fork()
            if copy == 0:
                _be_copy(tokens, answered, answering, of, parent)
        except OSError:  # no room for another process
            gc.unfreeze()
            return None
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, held)
        done: dict[int, Result] = {}
        told = Thread(target=_take, args=(answered, done), daemon=True)
        try:
            answering.close()
            told.start()
            first()
            here, longest = {}, 0.0
            for part in _waiting(tokens):
                begun = time.monotonic()
                here[part] = of(part)
                longest = max(longest, time.monotonic() - begun)
            # the copy has one part left at most
            told.join(max(PATIENCE_S, SLOWER * longest))
            hangs = told.is_alive()
        except BaseException:
            hangs = True
            raise
        finally:
            gc.unfreeze()
            _end(copy, by_force=hangs)
            if told.ident is not None:  # else there was no room for a thread
                told.join()
    return done | here


def _take(answered: BinaryIO, done: dict[int, Result]) -> None:
    """Puts the parts that a copy tells of into `done`, until it ends."""
    with answered, suppress(Exception):  # one that fails, or is killed, ends in the middle
        while True:
            part, results = pickle.load(answered)  # noqa: S301  by our own copy
            done[part] = results


def _pipe(files: ExitStack, *, buffering: int) -> tuple[BinaryIO, BinaryIO]:
    """Both ends of a new pipe, to read from, with so much of a buffer, and to write to."""
    read, write = os.pipe()
    return (
        files.enter_context(os.fdopen(read, "rb", buffering=buffering)),
        files.enter_context(os.fdopen(write, "wb")),
    )


def _fork() -> int:
    with warnings.catch_warnings():
        # from 3.12 on Python warns where there are threads: the copy asks for nothing else that they hold
        warnings.simplefilter("ignore", DeprecationWarning)
        # a lock that another thread holds would never be let go in the copy; this thread's own is the copy's
        with global_compiler_lock:
            return os.fork()


def _end(copy: int, *, by_force: bool) -> None:
    with suppress(ChildProcessError, ProcessLookupError):  # somebody else has been told how it ended
        if by_force:
            os.kill(copy, signal.SIGKILL)
        os.waitpid(copy, 0)


def _be_copy(
    tokens: BinaryIO, answered: BinaryIO, answering: BinaryIO, of: Callable[[int], Result], parent: int
) -> NoReturn:
    """What the copy does: its parts, each told once done, and nothing else that was about to be done."""
    try:
        # an interrupt is for the process that waits, which then ends this one
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        answered.close()
        for part in _waiting(tokens):
            if os.getppid() != parent:  # nobody waits any more where the parent was killed
                break
            pickle.dump((part, of(part)), answering, protocol=5)
            answering.flush()
        os._exit(0)
    finally:
        os._exit(1)


def _waiting(tokens: BinaryIO) -> Iterator[int]:
    """The parts that nobody has taken yet, one by one: the kernel gives each token to one reader."""
    while token := tokens.read(_TOKEN):
        yield int.from_bytes(token, "big")
