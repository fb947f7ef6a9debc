"""The two servers that the tests of the store run on, each started once a session."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, settings

from graph.store import EMBEDDED, Store, open_store

NEO4J_ENV = Path(__file__).parent.parent / ".neo4j" / "env"
"""Where `make neo4j` writes the address and the login of the Neo4j server it has started."""

# a loaded machine is no failure: what has to be quick says so in a test of its own, in processor time
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

WITHOUT_NEO4J = "not slow and not browser and not neo4j"


def neo4j_environ() -> dict[str, str]:
    """Address and login of the Neo4j server for tests; {} where there is none."""
    if "RINGWATCH_TEST_NEO4J_URI" in os.environ:
        names = ("NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_DATABASE")
        login = {name: os.environ[name] for name in names if name in os.environ}
        return {"NEO4J_URI": os.environ["RINGWATCH_TEST_NEO4J_URI"], **login}
    if not NEO4J_ENV.exists():
        return {}
    lines = (line.partition("=") for line in NEO4J_ENV.read_text().splitlines())
    return {name: value for name, equals, value in lines if equals}


def pytest_configure(config: pytest.Config) -> None:
    """With a Neo4j server at hand, the default run takes its tests in; without one no run does."""
    environ, chosen = neo4j_environ(), config.option.markexpr
    if environ:
        _check_answers(environ["NEO4J_URI"])
    if chosen == WITHOUT_NEO4J and environ:
        config.option.markexpr = "not slow and not browser"
    elif chosen and "neo4j" not in chosen and not environ:
        config.option.markexpr = f"({chosen}) and not neo4j"


def _check_answers(uri: str) -> None:
    """End the run with one sentence where the server has ended since, instead of with every test's own."""
    address = urlsplit(uri)
    try:
        socket.create_connection((address.hostname or "", address.port or 7687), timeout=5).close()
    except OSError:
        raise pytest.UsageError(
            f"The Neo4j server for the tests at {uri} does not answer; start it with `make neo4j`, or do "
            "without it after `make neo4j-stop`."
        ) from None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say in one line that the tests on Neo4j were left out."""
    if config.option.markexpr.endswith("and not neo4j"):
        terminalreporter.write_line("Not run: the tests on a Neo4j server (start one with `make neo4j`).")


@pytest.fixture(scope="session")
def embedded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("embedded")


@pytest.fixture(scope="session")
def embedded_store(embedded_folder: Path) -> Iterator[Store]:
    with open_store(EMBEDDED, folder=embedded_folder) as store:
        yield store


@pytest.fixture(scope="session")
def neo4j_store() -> Iterator[Store]:
    environ = neo4j_environ()
    assert environ, "no Neo4j server for the tests: start one with `make neo4j`"
    with open_store(environ["NEO4J_URI"], environ=environ) as store:
        yield store


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def store(request: pytest.FixtureRequest) -> Store:
    """An empty store, on each server in turn."""
    opened: Store = request.getfixturevalue(f"{request.param}_store")
    opened.clear()
    return opened


def pytest_addoption(parser: pytest.Parser) -> None:
    """How often the tests of kills kill."""
    parser.addoption("--kills", type=int, default=3, help="moments at which the tests of kills kill, each")


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    """At how many moments to kill."""
    count: int = request.config.getoption("--kills")
    return count
