from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow.csv as pa_csv
import pytest

from graph.bulk import write_bulk
from graph.links import Links
from graph.migrations import missing_schema
from graph.store import Store, open_store
from tests.graph.test_store import assert_same, graph_of, hostile
from tests.neo4j import server
from tests.queries.small_graph import small_graph

PASSWORD = "bulk-test-password"  # noqa: S105 - of a server that lives as long as its test


@contextmanager
def imported(links: Links, folder: Path) -> Iterator[Store]:
    """A Neo4j server over what Neo4j's own importer has made of the files."""
    files, home = folder / "files", folder / "home"
    files.mkdir()
    arguments = write_bulk(links, files)
    bolt, http = server.free_ports()
    server.make_home(home, bolt=bolt, http=http)
    server.admin(home, *arguments, folder=files)
    server.admin(home, "dbms", "set-initial-password", PASSWORD)
    process = server.launch(home, home / "server.log")
    try:
        server.wait_until_ready(process, home / "server.log")
        with open_store(f"bolt://127.0.0.1:{bolt}", environ={"NEO4J_PASSWORD": PASSWORD}) as store:
            yield store
    finally:
        process.terminate()
        process.wait(server.STOP_WITHIN_S)


@pytest.mark.neo4j
def test_imported_graph_is_the_loaded_one(tmp_path: Path, neo4j_store: Store) -> None:
    neo4j_store.clear()
    neo4j_store.load(hostile())
    with imported(hostile(), tmp_path) as store:
        assert_same(store.read_links(), hostile())
        assert graph_of(store) == graph_of(neo4j_store)
        report = store.load(hostile())
        assert (report.created, report.updated, report.removed) == (0, 0, 0)
        assert missing_schema(store) == []
        applied = "MATCH (m:Migration) RETURN properties(m) ORDER BY m.version"
        assert store.run(applied).rows == neo4j_store.run(applied).rows


def test_files_hold_a_header_and_a_line_a_row(tmp_path: Path) -> None:
    arguments = write_bulk(small_graph(), tmp_path)
    named = {argument.rpartition("=")[2] for argument in arguments if ".csv" in argument}
    assert named == {path.name for path in tmp_path.iterdir()}
    links = small_graph()
    assert len(pa_csv.read_csv(tmp_path / "consumers.csv")) == len(links.consumers)
    orders = pa_csv.read_csv(tmp_path / "ordered_at.csv")
    assert orders.column_names[:3] == [":START_ID(Consumer)", ":END_ID(Partner)", "orders:long"]
    assert len(orders) == len(links.ordered_at)


@pytest.mark.parametrize("build", [small_graph, hostile])
def test_same_links_give_the_same_bytes(tmp_path: Path, build: Callable[[], Links]) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_bulk(build(), tmp_path / name)
    compared = subprocess.run(["diff", "-r", tmp_path / "one", tmp_path / "two"], check=False)
    assert compared.returncode == 0
