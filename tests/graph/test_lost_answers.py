"""A commit that went through and whose answer did not arrive: the line between us and the server is cut."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks.drawn import drawn_links
from graph.store import Store, open_store
from tests.conftest import neo4j_environ
from tests.graph.test_store import assert_same, graph_of
from tests.queries.small_graph import small_graph, small_rings

COMMIT = b"\x00\x02\xb0\x12\x00\x00"
"""A Bolt message of its own: a structure without fields, tagged COMMIT."""


class Line:
    """A relay to a server; the n-th commit sent over it is passed on, and its answer is not."""

    def __init__(self, host: str, port: int, cut: int) -> None:
        self.server = (host, port)
        self.commits, self.cut = 0, cut
        self.was_cut = False
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"bolt://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                ours, _ = self.listener.accept()
                theirs = socket.create_connection(self.server)
                for target, ends in ((self._send, (ours, theirs)), (self._answer, (theirs, ours))):
                    threading.Thread(target=target, args=ends, daemon=True).start()

    def _send(self, ours: socket.socket, theirs: socket.socket) -> None:
        with suppress(OSError), ours, theirs:
            while data := ours.recv(65536):
                with self.lock:
                    self.commits += data.endswith(COMMIT)
                    is_cut = data.endswith(COMMIT) and self.commits == self.cut
                if is_cut:
                    ours.shutdown(socket.SHUT_WR)
                theirs.sendall(data)
                if is_cut:
                    self.was_cut = True
                    ours.recv(1)  # the driver gives the connection up
                    return

    def _answer(self, theirs: socket.socket, ours: socket.socket) -> None:
        with suppress(OSError):
            while data := theirs.recv(65536):
                ours.sendall(data)


@contextmanager
def cut_line(store: Store, folder: Path, cut: int) -> Iterator[tuple[Line, Store]]:
    address = urlsplit(store.address)
    line = Line(str(address.hostname), int(address.port or 0), cut)
    if store.is_neo4j:
        environ = neo4j_environ()
    else:  # its password lies where the server does, which runs only now
        environ = {"NEO4J_USERNAME": "root", "NEO4J_PASSWORD": (folder / "password").read_text()}
    try:
        with open_store(line.address, environ=environ) as cut_store:
            yield line, cut_store
    finally:
        line.listener.close()


@pytest.mark.parametrize("cut", [1, 4, 10, 22, 24, 25, 26, 30, 34])
def test_load_goes_on_where_the_answer_to_a_commit_is_lost(
    store: Store, embedded_folder: Path, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    links = drawn_links(400)
    store.load(links)
    wanted = graph_of(store)
    store.clear()
    monkeypatch.setattr("graph.stored_form.BATCH_ROWS", 100)
    with cut_line(store, embedded_folder, cut) as (line, cut_store):
        cut_store.load(links)
        assert line.was_cut
    assert graph_of(store) == wanted
    assert_same(store.read_links(), links)


def test_rings_are_saved_where_the_answer_to_the_commit_is_lost(store: Store, embedded_folder: Path) -> None:
    links = small_graph()
    store.load(links)
    store.save_rings(small_rings(links, with_heir=False), "run-1")
    store.save_rings(small_rings(links), "run-2")
    wanted = graph_of(store)
    store.save_rings((), "run-0")
    store.save_rings(small_rings(links, with_heir=False), "run-1")
    with cut_line(store, embedded_folder, 3) as (line, cut_store):
        cut_store.save_rings(small_rings(links), "run-2")
        assert line.was_cut
    assert graph_of(store) == wanted
