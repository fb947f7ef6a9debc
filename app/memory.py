"""Memory: large arrays that one step frees are there for the next, or given back to the system."""

from __future__ import annotations

import ctypes
import gc
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Final, TypeVar

import pyarrow as pa

from app.run_folder import OutputError

T = TypeVar("T")

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Names of glibc's settings (mallopt(3))."""

_KEPT: Final = 256 * 1024 * 1024
"""Bytes free at the end of the heap beyond which they are given back."""

_HEAP: Final = 1024 * 1024 * 1024
"""Bytes from which on an array has pages of its own."""

_RUBBISH: Final = 100_000
"""New objects after which circles of rubbish are looked for among them. Next to none are made, and to look
through all objects, which Python's 700 has it do time and again, is a twentieth of the time of detection."""


def keep_freed() -> None:
    """Let this process keep most of what it frees, where the C library is glibc, and look for rubbish rarely.

    By default an array of 32 MB and more gets pages of its own, and gives them back: the kernel clears them
    anew for every column of ten million rows, a fifth of the time that detection takes. All threads share one
    heap: what a thread frees in its own, no other could use again. How rarely rubbish in circles is looked
    for says `_RUBBISH`, on every system.
    """
    gc.set_threshold(_RUBBISH)
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    # older ones take 32 MB at most for the first; the second alone would give small arrays their own pages
    if mallopt is not None and mallopt(_MMAP_THRESHOLD, _HEAP):
        mallopt(_TRIM_THRESHOLD, _KEPT)
        mallopt(_ARENA_MAX, 1)


def give_back() -> None:
    """Give what was freed back to the system, for a next step that fills memory in another way.

    Arrays of a million rows leave holes that a database's blocks do not fill.
    """
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:  # glibc's alone
        trim(0)


def _temporary_file() -> IO[bytes]:
    try:
        return tempfile.TemporaryFile()
    except OSError:
        raise OutputError("No folder for temporary files can be written; name one in TMPDIR.") from None


@contextmanager
def set_aside(what: T) -> Iterator[Callable[[], T]]:
    """Something in a temporary file, and how to have it again; `del` yours inside to free its memory.

    The file has no name that another process could open, and is gone at the end. Raises OutputError where it
    cannot be written.
    """
    with _temporary_file() as file:
        try:
            pickle.dump(what, file, protocol=pickle.HIGHEST_PROTOCOL)
        except OSError as error:
            raise OutputError(
                f"The folder for temporary files {tempfile.gettempdir()!r} cannot be written "
                f"({error.strerror}); make room, or name another in TMPDIR."
            ) from None
        del what

        def recall() -> T:
            file.seek(0)
            again: T = pickle.load(file)  # noqa: S301  written above, by this process
            return again

        yield recall
