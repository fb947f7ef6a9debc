"""kill -9 of the loader and of the server at random moments: what is loaded again is the undisturbed graph.

Three moments each with `make test-slow`, twenty with `make test-kills`.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import numpy as np
import pytest

from benchmarks.drawn import drawn_links
from graph import stored_form
from graph.links import Links
from graph.store import Store, StoreError, open_store
from tests.graph.servers import OwnServer, own_server
from tests.graph.test_store import assert_same, graph_of

RELATIONSHIPS = 6_000
BATCH_ROWS = 250
"""Small batches instead of a large graph: some thirty for a load to be killed between or in."""

SEEDS = (1, 2)
"""Two snapshots: seven nodes of eight are of one only, so that a load removes, creates and updates."""

KILL_WAITS_S = 120

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["graph.store", "benchmarks.drawn"])
"""A new process a moment, without importing everything anew."""

pytestmark = [pytest.mark.slow]
ENGINES = ("embedded", pytest.param("neo4j", marks=pytest.mark.neo4j))


def snapshot(seed: int) -> Links:
    return drawn_links(RELATIONSHIPS, seed=seed)


@dataclass
class Undisturbed:
    """What a load that nothing disturbs leaves, and how long it takes."""

    links: Links
    digest: str
    seconds: float


def digest_of(store: Store) -> str:
    """Changes with any node, link or property."""
    return hashlib.sha256(json.dumps(graph_of(store)).encode()).hexdigest()


@pytest.fixture(params=ENGINES)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OwnServer]:
    with own_server(request.param, tmp_path) as one:
        yield one


@pytest.fixture
def undisturbed(server: OwnServer) -> dict[int, Undisturbed]:
    loads = {}
    with server.open() as store:
        for seed in SEEDS:
            links = snapshot(seed)
            store.clear()
            started = time.perf_counter()
            store.load(links)
            seconds = time.perf_counter() - started
            loads[seed] = Undisturbed(links, digest_of(store), seconds)
        store.clear()
    return loads


def load_there(target: str, folder: str, environ: dict[str, str], seed: int, end: Connection) -> None:
    """The loader's process: says when it is about to load, and what came of it."""
    stored_form.BATCH_ROWS = BATCH_ROWS
    links = snapshot(seed)
    with open_store(target, folder=Path(folder), environ=environ) as store:
        end.send("open")
        try:
            store.load(links)
        except StoreError as error:
            end.send(str(error))
        else:
            end.send("loaded")


@dataclass
class Loader:
    """A process that loads a snapshot."""

    process: ForkServerProcess
    end: Connection

    def said(self) -> str:
        """What came of the load, once the process has ended; "" where it was killed before."""
        self.process.join(KILL_WAITS_S)
        assert self.process.exitcode in (0, -signal.SIGKILL)
        try:
            return str(self.end.recv()) if self.end.poll() else ""
        except EOFError:
            return ""


def start_loader(server: OwnServer, seed: int) -> Loader:
    """A process that is about to load a snapshot when this returns."""
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(
        target=load_there, args=(*server.arguments, server.environ, seed, theirs), daemon=True
    )
    process.start()
    theirs.close()
    assert ours.poll(KILL_WAITS_S)
    assert ours.recv() == "open"
    return Loader(process, ours)


def assert_resumes(server: OwnServer, wanted: Undisturbed) -> None:
    with server.open() as store:
        store.load(wanted.links)
        assert digest_of(store) == wanted.digest
        assert_same(store.read_links(), wanted.links)
        again = store.load(wanted.links)
        assert (again.created, again.updated, again.removed) == (0, 0, 0)


def moments(kills: int, seed: int) -> Iterator[tuple[int, float, bool]]:
    """Snapshot, share of an undisturbed load's seconds, whether the store is emptied before."""
    random = np.random.default_rng(seed)
    for number in range(kills):
        yield SEEDS[number % 2], float(random.uniform(0, 1)), number % 4 == 0


def empty(server: OwnServer) -> None:
    with server.open() as store:
        store.clear()


def say(capsys: pytest.CaptureFixture[str], text: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{text} ")


def test_killed_loader(
    server: OwnServer, undisturbed: dict[int, Undisturbed], kills: int, capsys: pytest.CaptureFixture[str]
) -> None:
    amid = 0
    for seed, share, is_first in moments(kills, seed=7):
        if is_first:
            empty(server)
        loader = start_loader(server, seed)
        time.sleep(share * min(one.seconds for one in undisturbed.values()))
        loader.process.kill()
        amid += not loader.said()
        assert_resumes(server, undisturbed[seed])
    say(capsys, f"loader killed {kills} times, {amid} times before its load had ended")
    assert amid > 0


def test_killed_server(
    server: OwnServer, undisturbed: dict[int, Undisturbed], kills: int, capsys: pytest.CaptureFixture[str]
) -> None:
    amid = rode_over = 0
    for seed, share, is_first in moments(kills, seed=8):
        if is_first:
            empty(server)
        loader = start_loader(server, seed)
        time.sleep(share * min(one.seconds for one in undisturbed.values()))
        has_ended = loader.end.poll()
        if not has_ended:
            server.kill()
            server.restart()
        said = loader.said()
        assert said == "loaded" or said.startswith(
            ("No store answers at ", "The server of the embedded store ")
        )
        amid += not has_ended
        rode_over += not has_ended and said == "loaded"
        assert_resumes(server, undisturbed[seed])
    say(capsys, f"server killed {amid} times of {kills} amid a load, which {rode_over} times went on")
    assert amid > 0
