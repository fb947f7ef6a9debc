"""What a server can do to a load: each ends in one sentence, and the load after it in the same graph."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.drawn import drawn_links
from graph.store import EMBEDDED, Progress, Store, StoreError, open_store
from tests.graph.test_store import assert_same
from tests.neo4j import server
from tests.queries.small_graph import small_graph, small_rings

pytestmark = [pytest.mark.slow]
LINKS = drawn_links(24_000)


@pytest.fixture(scope="module")
def own_neo4j(tmp_path_factory: pytest.TempPathFactory) -> Iterator[server.Server]:
    with server.Server(tmp_path_factory.mktemp("neo4j") / "home") as running:
        yield running


@contextmanager
def opened(running: server.Server) -> Iterator[Store]:
    with open_store(running.environ["NEO4J_URI"], environ=running.environ) as store:
        yield store


@contextmanager
def configured(running: server.Server, **settings: str) -> Iterator[None]:
    """The server with other settings, and then with its own again."""
    try:
        for chosen in (settings, {}):
            running.end()
            running.configure(**chosen)
            running.start()
            if chosen:
                yield
    finally:
        running.configure()


def assert_loads(store: Store) -> None:
    store.load(LINKS)
    assert_same(store.read_links(), LINKS)
    again = store.load(LINKS)
    assert (again.created, again.updated, again.removed) == (0, 0, 0)


@pytest.mark.neo4j
@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_load_rides_over_a_restart(own_neo4j: server.Server, sign: signal.Signals) -> None:
    def restart() -> None:
        own_neo4j.end(sign)
        own_neo4j.start()

    restarting = threading.Thread(target=restart)

    def once(progress: Progress) -> None:
        if progress.step == "ordered_at" and restarting.ident is None:
            restarting.start()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graph.store.RETRY_S", 180)  # a start takes ten seconds, on a busy machine fifty
        patch.setattr("graph.stored_form.BATCH_ROWS", 1000)
        with opened(own_neo4j) as store:
            store.clear()
            report = store.load(LINKS, once)
            restarting.join()
            assert report.updated == report.removed == 0
            assert_loads(store)


@pytest.mark.neo4j
def test_server_that_stays_away_is_named_and_the_load_resumes(own_neo4j: server.Server) -> None:
    def end(progress: Progress) -> None:
        if progress.step == "ordered_at":
            own_neo4j.end()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graph.store.RETRY_S", 3)
        patch.setattr("graph.stored_form.BATCH_ROWS", 1000)
        with opened(own_neo4j) as store:
            store.clear()
            with pytest.raises(StoreError, match=r"^No store answers at bolt://"):
                store.load(LINKS, end)
    own_neo4j.start()
    with opened(own_neo4j) as store:
        assert_loads(store)


@pytest.mark.neo4j
def test_read_only_database_is_read_and_not_written(own_neo4j: server.Server) -> None:
    links = small_graph()
    with opened(own_neo4j) as store:
        store.load(links)
    with (
        configured(own_neo4j, server__databases__read_only="neo4j"),
        opened(own_neo4j) as store,
    ):
        assert_same(store.read_links(), links)
        assert store.run("MATCH (p:Partner) RETURN count(p)").rows == ((len(links.partners),),)
        for write in (
            lambda: store.load(links),
            lambda: store.save_rings(small_rings(links), "run-1"),
            store.clear,
        ):
            with pytest.raises(StoreError, match=r"is read-only; nothing can be written to it\.$"):
                write()


@pytest.mark.neo4j
def test_transaction_over_its_memory_is_named_and_the_load_resumes(
    own_neo4j: server.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.store.RETRY_S", 3)  # the server calls it a passing fault
    with (
        configured(own_neo4j, db__memory__transaction__max="10m"),
        opened(own_neo4j) as store,
        pytest.raises(StoreError, match="ran out of memory for a transaction"),
    ):
        store.load(LINKS)
    with opened(own_neo4j) as store:
        assert_loads(store)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of that size; only root may make one."""
    folder.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(options, check=False, capture_output=True).returncode != 0:
        pytest.skip("a small file system takes root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def make_room(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=900m", str(folder)], check=True)


def test_full_disk_of_the_embedded_store_is_named_and_the_load_resumes(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 14) as disk:
        wanted = r"^The disk of the embedded store in .* is full; make room and run this again\.$"
        with pytest.raises(StoreError, match=wanted), open_store(EMBEDDED, folder=disk / "store") as store:
            store.load(LINKS)
        make_room(disk)
        with open_store(EMBEDDED, folder=disk / "store") as store:
            assert_loads(store)


@pytest.mark.neo4j
def test_full_disk_of_a_server_is_named_and_the_load_resumes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.store.RETRY_S", 3)  # no room comes of waiting
    with small_disk(tmp_path / "disk", 600) as disk:
        settings = {
            # logs alone: a server whose stores cannot grow may wait for an index forever, or not start again
            "server__directories__transaction__logs__root": str(disk),
            "db__tx_log__preallocate": "false",
        }
        with server.Server(tmp_path / "home", **settings) as running:
            filler = disk / "filler"
            filler.write_bytes(bytes(shutil.disk_usage(disk).free - 1_000_000))
            with (
                pytest.raises(StoreError, match=r"cannot write its files, as when its disk is full"),
                opened(running) as store,
            ):
                store.load(LINKS)
            filler.unlink()
            running.end()
            # more often than not the last entry of Neo4j's log is torn then, and its start refuses and names
            # this setting: the torn entry was never committed
            running.configure(**settings, internal__dbms__tx_log__fail_on_corrupted_log_files="false")
            running.start()
            with opened(running) as store:
                assert_loads(store)
