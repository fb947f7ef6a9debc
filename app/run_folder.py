"""A folder that appears whole or not at all: written beside its place, then put there in one step."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

RUN_FILE: Final = "run.json"
PROFILE_FILE: Final = "profile.json"
_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class OutputError(Exception):
    """The output folder cannot be used; the message is one sentence for the user."""


@contextmanager
def whole_folder(out: Path, *, may_hold: frozenset[str] = frozenset(), of_run: bool = True) -> Iterator[Path]:
    """A new folder to write in, which becomes `out` when the block ends well and is removed otherwise.

    `out` may be missing, empty, or an earlier run that holds nothing but `may_hold`; that one is replaced.
    What is no run (`of_run` False) is replaced as well, whatever it lacks, where it holds `may_hold` alone.
    What a killed process left beside `out` is removed first. Raises OutputError before anything is written.
    """
    made: list[Path] = []
    try:
        place = out.resolve()
        check_replaceable(place, may_hold, of_run=of_run)
        made = _make_parents(place.parent)
        _remove_stale(place)
        draft, lock = _make_draft(place)
    except OSError as error:
        _remove_empty(made)
        raise OutputError(
            f"The folder {str(out)!r} cannot be written ({_reason(error)}); choose another."
        ) from None
    try:
        yield draft
        check_replaceable(place, may_hold, of_run=of_run)
        _put(draft, place)
    except BaseException as error:
        shutil.rmtree(draft, ignore_errors=True)
        _remove_empty(made)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise OutputError(
                f"The folder {str(out)!r} cannot be written ({_reason(error)}); choose another."
            ) from None
        raise
    finally:
        os.close(lock)


def check_writable(folder: Path) -> None:
    """OutputError where nothing can be put into `folder`, which may be missing; leaves nothing behind."""
    made: list[Path] = []
    try:
        place = folder.resolve()
        _check_no_file(place)
        made = _make_parents(place)
        with tempfile.TemporaryDirectory(prefix=".ringwatch-", dir=place):
            pass
    except OSError as error:
        raise OutputError(
            f"The folder {str(folder)!r} cannot be written ({_reason(error)}); choose another."
        ) from None
    finally:
        _remove_empty(made)


def check_replaceable(place: Path, may_hold: frozenset[str], *, of_run: bool) -> None:
    """OutputError unless `place` is missing, an empty folder, or one of ours and nothing else."""
    if not place.exists():
        return
    _check_no_file(place)
    names = {entry.name for entry in place.iterdir()}
    if not names:
        return
    if not may_hold:
        raise OutputError(f"The folder {str(place)!r} is not empty; choose an empty or a new one.")
    if of_run and (RUN_FILE not in names or not _is_run(place / RUN_FILE)):
        raise OutputError(
            f"The folder {str(place)!r} holds files that no run of ringwatch wrote; "
            "choose an empty or a new one."
        )
    if foreign := sorted(names - may_hold):
        raise OutputError(
            f"The {'earlier run' if of_run else 'model'} in {str(place)!r} holds {foreign[0]!r}, which "
            "ringwatch did not write; move it elsewhere or choose another folder."
        )


def _check_no_file(place: Path) -> None:
    if place.exists() and not place.is_dir():
        raise OutputError(f"The output {str(place)!r} is a file; name a folder.")


def _is_run(path: Path) -> bool:
    try:
        return "ringwatch" in json.loads(path.read_bytes())
    except (OSError, ValueError, TypeError, RecursionError):
        return False


def _make_parents(parent: Path) -> list[Path]:
    """Make the folders above; those that were missing, deepest first."""
    missing = [folder for folder in (parent, *parent.parents) if not folder.exists()]
    parent.mkdir(parents=True, exist_ok=True)
    return missing


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _prefix(place: Path) -> str:
    # of fixed length: a long name of `out` must not make the draft's name too long
    return f".ringwatch-{hashlib.sha256(os.fsencode(place.name)).hexdigest()[:12]}-"


def _make_draft(place: Path) -> tuple[Path, int]:
    """A new folder beside `place`, and a descriptor that holds a lock on it as long as we live."""
    draft = place.parent / (_prefix(place) + secrets.token_hex(6))
    draft.mkdir()
    lock = os.open(draft, os.O_RDONLY | os.O_DIRECTORY)
    with suppress(OSError):  # a file system without locks: then nobody removes a draft as stale either
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return draft, lock


def _remove_stale(place: Path) -> None:
    """Remove the drafts of killed processes: those that nobody holds a lock on."""
    for draft in place.parent.glob(_prefix(place) + "*"):
        if draft.is_symlink() or not draft.is_dir():
            continue
        lock = os.open(draft, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(draft)
        except OSError:
            continue
        finally:
            os.close(lock)


def _put(draft: Path, place: Path) -> None:
    """Give `draft` the name `place`; an earlier run there is exchanged in one step, then removed."""
    if not place.exists() or not any(place.iterdir()):
        draft.rename(place)
        return
    if not _exchange(draft, place):
        # no exchange on this system: for a moment there is no run at all, but never a half one
        aside = draft.with_name(draft.name + "-old")
        place.rename(aside)
        draft.rename(place)
        draft = aside
    shutil.rmtree(draft, ignore_errors=True)


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two names at once (Linux); False where the system cannot."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    names = os.fsencode(first), os.fsencode(second)
    return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)


def _reason(error: OSError) -> str:
    words = {
        errno.EACCES: "permission denied",
        errno.ENOTDIR: "a part of its path is a file",
        errno.EROFS: "the file system is read-only",
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "the disk quota is used up",
    }
    return words.get(error.errno or 0, (error.strerror or "no reason given").lower())
