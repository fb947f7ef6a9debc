"""The two servers as a test may treat them badly: each of the test's own, killed and started again."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from graph.store import EMBEDDED, Store, open_store
from tests.neo4j import server


class OwnServer(Protocol):
    """What the tests do with a server of their own."""

    environ: dict[str, str]
    arguments: list[str]

    def open(self) -> AbstractContextManager[Store]:
        """The store on it."""

    def kill(self) -> None:
        """End it as a crash would."""

    def restart(self) -> None:
        """Make it answer again, where its user would."""


class OwnEmbedded:
    """The embedded store in a folder: whoever opens it starts its server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ: dict[str, str] = {}
        self.arguments = [EMBEDDED, str(folder)]

    def open(self) -> AbstractContextManager[Store]:
        return open_store(EMBEDDED, folder=self.folder)

    def kill(self) -> None:
        os.kill(int(json.loads((self.folder / "server.json").read_text())["pid"]), signal.SIGKILL)

    def restart(self) -> None:
        """Nothing to do: the next to open it starts it."""


class OwnNeo4j:
    """A Neo4j server, on the same ports after each start."""

    def __init__(self, running: server.Server) -> None:
        self.running = running
        self.environ = running.environ
        self.arguments = [running.environ["NEO4J_URI"], ""]

    def open(self) -> AbstractContextManager[Store]:
        return open_store(self.environ["NEO4J_URI"], environ=self.environ)

    def kill(self) -> None:
        self.running.end(signal.SIGKILL)

    def restart(self) -> None:
        self.running.start()


@contextmanager
def own_server(engine: str, folder: Path) -> Iterator[OwnServer]:
    """A server of the test's own: "embedded" or "neo4j"."""
    if engine == "embedded":
        yield OwnEmbedded(folder / "store")
    else:
        with server.Server(folder / "home") as running:
            yield OwnNeo4j(running)
