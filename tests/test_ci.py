"""The workflow, the script it runs and the image fit together, and name what there is."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_workflow_runs_what_make_runs_and_pins_what_it_uses() -> None:
    workflow = read(".github/workflows/models.yml")
    assert re.findall(r"^ +- run: (.*)$", workflow, re.MULTILINE) == ["make model-ci"]
    used = re.findall(r"uses: (\S+)", workflow)
    assert used and all(re.fullmatch(r"[\w/-]+@v\d+\.\d+\.\d+", one) for one in used)
    plan = subprocess.run(
        ["make", "--dry-run", "model-ci"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ".ci/models" in plan.stdout


def test_the_script_is_sound_shell_and_calls_commands_that_exist() -> None:
    subprocess.run(["bash", "-n", ".ci/models"], cwd=ROOT, check=True)
    from app.cli import ringwatch

    called = set(re.findall(r"^ringwatch (\w+)", read(".ci/models"), re.MULTILINE))
    assert {"synth", "train", "evaluate", "promote", "run"} <= called <= set(ringwatch.commands)


def test_the_image_is_pinned_and_copies_what_is_there() -> None:
    text = read("Dockerfile")
    assert re.search(r"^FROM python:3\.11\.\d+-slim-bookworm$", text, re.MULTILINE)
    copied = {name for line in re.findall(r"^COPY (.*)$", text, re.MULTILINE) for name in line.split()[:-1]}
    allowed = {line.removeprefix("!") for line in read(".dockerignore").splitlines() if line.startswith("!")}
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)
    assert {"app", "gnn", "graph", "queries"} <= copied
    assert re.search(r"^USER ringwatch$", text, re.MULTILINE)
    # who runs it can write no bytecode there: without it every start would compile torch and pandas anew
    assert len(re.findall(r"uv pip (?:sync|install) [^&]*?--compile-bytecode", text)) == 2
    # compiled for once, where whoever runs it may add to it, and nothing else of that run is left
    assert re.search(r"^ENV .*\bNUMBA_CACHE_DIR=/opt/numba$", text, re.MULTILINE)
    assert re.search(
        r"^RUN \S+/ringwatch demo .*rm -r /tmp/demo.*chmod -R a\+rwX /opt/numba$", text, re.M | re.S
    )
