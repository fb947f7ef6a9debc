"""Calls of the command line in this process, as a terminal would see them."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass

import pytest

from app.cli import main


@dataclass(frozen=True)
class Outcome:
    """How a call ended: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


def ringwatch(*arguments: object) -> Outcome:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as end:
        main([str(word) for word in arguments])
    return Outcome(int(end.value.code or 0), out.getvalue(), err.getvalue())
