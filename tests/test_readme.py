"""The README's commands work, as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line for block in re.findall(r"```bash\n(.*?)```", README, re.DOTALL) for line in block.splitlines()
]
MAKE = [command for command in COMMANDS if command.startswith("make ")]
RINGWATCH = [command for command in COMMANDS if command.startswith("ringwatch ")]


def test_every_command_is_of_a_kind_that_is_tested_here() -> None:
    assert len(MAKE) >= 3
    assert len(RINGWATCH) >= 3
    assert len(MAKE) + len(RINGWATCH) == len(COMMANDS)


@pytest.mark.parametrize("command", MAKE)
def test_make_knows_the_target_and_ci_runs_it(command: str) -> None:
    subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, check=True, capture_output=True)
    # `make check` runs the same tests as `make test`
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8") or command == "make test"


@pytest.mark.slow
def test_the_commands_of_ringwatch_run_one_after_another(tmp_path: Path) -> None:
    environ = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environ.pop("NEO4J_URI", None)
    for command in RINGWATCH:
        done = subprocess.run(
            command.split(), cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stderr}"
    assert (tmp_path / "run" / "index.html").is_file()


def test_it_is_short_and_its_files_exist() -> None:
    assert len(README.splitlines()) < 200
    for path in re.findall(r"`((?:graph|gnn|app|queries|benchmarks)/[\w/.]*)`", README):
        assert (ROOT / path).exists(), path
