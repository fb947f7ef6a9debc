"""A run that is killed leaves no half folder, and the next one cleans up after it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.calls import ringwatch

COMMAND = Path(sys.executable).with_name("ringwatch")


def start_and_stop(world: Path, out: Path, number: signal.Signals) -> int:
    """Start a run, send it the signal once it is judging members, and wait for its end."""
    with subprocess.Popen(
        [COMMAND, "run", world, "--out", out, "--store", "none"],
        stderr=subprocess.PIPE,
        text=True,
        # a shell that starts the tests in the background has them ignore it
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("tie partners"):
                process.send_signal(number)
                break
        process.stderr.read()
        return process.wait()


def test_kill_leaves_no_half_run_and_the_next_run_cleans_up(small_world: Path, tmp_path: Path) -> None:
    out = tmp_path / "runs" / "out"
    assert start_and_stop(small_world, out, signal.SIGKILL) == -signal.SIGKILL
    assert not out.exists()
    assert ringwatch("run", small_world, "--out", out, "--store", "none").code == 0
    assert [path.name for path in out.parent.iterdir()] == ["out"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_leaves_nothing(
    number: signal.Signals, code: int, small_world: Path, tmp_path: Path
) -> None:
    assert start_and_stop(small_world, tmp_path / "runs" / "out", number) == code
    assert list(tmp_path.iterdir()) == []
