"""ringwatch beside Neo4j Graph Data Science on one loaded graph: seconds and peak memory of each step.

    python -m benchmarks.peer --markdown benchmarks/peer.md

Tables of 1.0 M nodes and 4.0 M relationships are drawn, aggregated and imported into Neo4j; then each side
works on the same undirected graph, weighted by the number of orders, logins and so on, with two cores and
two threads at most. Java 17 and Maven are needed; GDS is fetched for this benchmark alone.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.peer_world import write_tables
from graph.aggregation import aggregate
from graph.bulk import write_bulk
from graph.links import Links
from graph.migrations import migrate
from graph.schema import NODES, RELATIONSHIPS, Kind
from graph.store import open_store
from graph.tables import read_tables
from tests.neo4j import server

POM: Final = Path(__file__).parent / "gds-pom.xml"
HEAP_GB: Final = 6
TWICE: Final = ("annotations-", "neo4j-values-")
"""Jars of GDS whose names the server has too, for other classes."""

DAMPING: Final = 0.85
PAGERANK_ROUNDS: Final = 20
CONCURRENCY: Final = "concurrency: 2"


@dataclass(frozen=True)
class Step:
    """A step of one side: `peak_mib` is that of the server, or of our process up to here."""

    side: str
    name: str
    seconds: float
    peak_mib: float
    said: str = ""


@dataclass(frozen=True)
class Arrays:
    """The undirected graph: codes of both ends (m,) int32 over all kinds, weights (m,)."""

    nodes: int
    partners: int
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    weight: NDArray[np.float64]


# our side, each way in a process of its own


def child(way: str, source: str, out: Path) -> None:
    """Run our steps, from the tables in `source` or the store at that address; note them in `out`."""
    steps: list[Step] = []

    def timed(name: str, work: Callable[[], Any], said: Callable[[Any], str] = lambda _: "") -> Any:
        started = time.perf_counter()
        result = work()
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        steps.append(Step(f"ringwatch, from {way}", name, seconds, peak, said(result)))
        out.with_suffix(".json").write_text(json.dumps([asdict(step) for step in steps]))
        return result

    links: Links
    if way == "tables":
        tables = timed("read tables", lambda: read_tables(Path(source)))
        links = timed("aggregate", lambda: aggregate(tables))
        del tables
    else:
        links = timed("read the store", lambda: _stored(source))
    arrays = timed("arrays", lambda: arrays_of(links), lambda a: f"{a.nodes:,} nodes, {len(a.left):,} links")
    if way == "tables":  # the arrays are the same either way, and so is what follows
        _algorithms(arrays, timed, out)
        _own_way(links, timed)


def _stored(uri: str) -> Links:
    with open_store(uri) as store:
        return store.read_links()


def arrays_of(links: Links) -> Arrays:
    """The six link frames as one graph."""
    sizes = [links.size(node.kind) for node in NODES]
    offset = dict(zip((node.kind for node in NODES), np.cumsum([0, *sizes[:-1]]), strict=True))
    frames = [(one, getattr(links, one.name)) for one in RELATIONSHIPS]
    return Arrays(
        nodes=sum(sizes),
        partners=links.size(Kind.PARTNER),
        left=np.concatenate([f[one.source].to_numpy() + offset[one.source_kind] for one, f in frames]).astype(
            np.int32
        ),
        right=np.concatenate(
            [f[one.target].to_numpy() + offset[one.target_kind] for one, f in frames]
        ).astype(np.int32),
        weight=np.concatenate([f[one.properties[0]].to_numpy() for one, f in frames]).astype(np.float64),
    )


def _algorithms(arrays: Arrays, timed: Callable[..., Any], out: Path) -> None:
    import igraph
    import scipy.sparse as sp
    from scipy.sparse.csgraph import connected_components

    def components() -> int:
        ones = np.ones(len(arrays.left), np.int8)
        matrix = sp.coo_array((ones, (arrays.left, arrays.right)), shape=(arrays.nodes, arrays.nodes))
        return int(connected_components(matrix.tocsr(), directed=False)[0])

    timed("components", components, lambda count: f"{count:,} components")
    network = timed(
        "igraph", lambda: igraph.Graph(n=arrays.nodes, edges=np.c_[arrays.left, arrays.right], directed=False)
    )
    weight = arrays.weight
    timed(
        "Leiden",
        lambda: network.community_leiden(objective_function="modularity", weights=weight, n_iterations=2),
        lambda found: (
            f"modularity {network.modularity(found.membership, weights=weight):.4f}, "
            f"{len(found):,} communities"
        ),
    )
    rank = timed("PageRank", lambda: network.pagerank(damping=DAMPING, directed=False))
    np.save(out.with_suffix(".npy"), np.asarray(rank[: arrays.partners]))


def _own_way(links: Links, timed: Callable[..., Any]) -> None:
    """What ringwatch does instead of Leiden over everything: ties between partners, and communities there."""
    from graph.candidates import RESOLUTION, tie_strength
    from graph.communities import communities
    from graph.projection import project

    ties = timed("own way: tie partners", lambda: project(links), lambda p: f"{len(p.left):,} pairs tied")
    strength = tie_strength(ties, ties.channels)
    timed(
        "own way: Leiden over the ties",
        lambda: communities(
            ties.left, ties.right, strength, resolution=RESOLUTION, seed=0, partners=ties.partners
        ),
        lambda sets: f"{len(sets):,} sets of partners",
    )


# the peer


def fetch_plugins(home: Path) -> None:
    """Copy GDS into `home/plugins`: the jars that the server does not have itself."""
    jars = server.PLACE / "gds"
    if not jars.is_dir():
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={jars}", "-DincludeScope=runtime"]
        subprocess.run(["mvn", "-B", "-q", "-f", str(POM), *goal], check=True)
    known = {_artefact(path) for path in server.JARS.glob("*.jar")}
    for path in jars.glob("*.jar"):
        if path.name.startswith(TWICE):
            shutil.copy(path, home / "plugins" / f"gds-own-{path.name}")
        elif _artefact(path) not in known:
            shutil.copy(path, home / "plugins")


def _artefact(path: Path) -> str:
    words = path.stem.split("-")
    return "-".join(word for word in words if not word[:1].isdigit())


def launch(home: Path, log_file: Path) -> subprocess.Popen[bytes]:
    command = [
        "java", *server.OPENS, f"-Xms{HEAP_GB}g", f"-Xmx{HEAP_GB}g", "-XX:+UseG1GC",
        "-XX:ActiveProcessorCount=2", "-cp", f"{server.JARS}/*:{home}/plugins/*",
        "org.neo4j.server.CommunityEntryPoint", f"--home-dir={home}", f"--config-dir={home / 'conf'}",
        "--console-mode",
    ]  # fmt: skip
    with log_file.open("wb") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)


PROJECT: Final = "CALL gds.graph.project('g', $labels, $types) YIELD nodeCount, relationshipCount RETURN *"
WCC: Final = f"CALL gds.wcc.stats('g', {{{CONCURRENCY}}}) YIELD componentCount RETURN componentCount"
LEIDEN: Final = (
    f"CALL gds.leiden.stats('g', {{{CONCURRENCY}, relationshipWeightProperty: 'weight'}}) "
    "YIELD modularity, communityCount RETURN modularity, communityCount"
)
PAGERANK: Final = (
    f"CALL gds.pageRank.mutate('g', {{{CONCURRENCY}, maxIterations: {PAGERANK_ROUNDS}, "
    f"dampingFactor: {DAMPING}, mutateProperty: 'rank'}}) YIELD ranIterations RETURN ranIterations"
)
RANKS: Final = (
    "CALL gds.graph.nodeProperty.stream('g', 'rank', ['Partner']) YIELD nodeId, propertyValue "
    "WITH gds.util.asNode(nodeId).partner_id AS id, propertyValue AS rank ORDER BY id "
    "RETURN collect(rank) AS ranks"
)
FASTRP: Final = (
    f"CALL gds.fastRP.stats('g', {{{CONCURRENCY}, embeddingDimension: 64, "
    "relationshipWeightProperty: 'weight'}) YIELD nodeCount RETURN nodeCount"
)
DEGREE: Final = (
    f"CALL gds.degree.mutate('g', {{{CONCURRENCY}, mutateProperty: 'degree'}}) "
    "YIELD nodePropertiesWritten RETURN nodePropertiesWritten"
)
SAGE: Final = (
    f"CALL gds.beta.graphSage.train('g', {{{CONCURRENCY}, modelName: 'sage', featureProperties: ['degree'], "
    "embeddingDimension: 32, sampleSizes: [10, 5], epochs: 1, maxIterations: 2}) YIELD trainMillis "
    "RETURN trainMillis"
)


def peer_steps(uri: str, password: str, pid: int, sage_limit_s: float) -> tuple[list[Step], list[float]]:
    """Every step of the peer, and the PageRank of the partners in the order of their ids."""
    import neo4j  # a benchmark of the server's own procedures, which the product's Store refuses to call

    types = {
        one.type: {
            "orientation": "UNDIRECTED",
            "properties": {"weight": {"property": one.properties[0]}},
        }
        for one in RELATIONSHIPS
    }
    labels = [node.label for node in NODES]
    steps: list[Step] = []
    with neo4j.GraphDatabase.driver(uri, auth=("neo4j", password)) as driver, driver.session() as session:

        def timed(name: str, text: str, limit_s: float = 600.0) -> Any:
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak starts anew
            started = time.perf_counter()
            said, record = "", None
            try:
                record = session.run(neo4j.Query(text, timeout=limit_s), labels=labels, types=types).single()
                said = ", ".join(f"{key} {value:,.4g}" for key, value in record.items()) if record else ""
            except neo4j.exceptions.Neo4jError as error:
                said = f"not finished after {limit_s:.0f} s ({error.code.rpartition('.')[2]})"
            steps.append(Step("GDS", name, time.perf_counter() - started, _peak_mib(pid), said))
            return record

        timed("projection", PROJECT)
        timed("components", WCC)
        timed("Leiden", LEIDEN)
        timed("PageRank", PAGERANK)
        ranks = session.run(RANKS).single(strict=True)["ranks"]
        timed("FastRP, 64 dimensions", FASTRP)
        session.run(DEGREE).consume()
        timed("GraphSAGE, 32 dimensions, 2 iterations", SAGE, sage_limit_s)
    return steps, ranks


def _peak_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


# one run


def compare(scale: float, sage_limit_s: float, folder: Path) -> str:
    """The whole comparison as markdown."""
    data, csv = folder / "tables", folder / "csv"
    data.mkdir()
    csv.mkdir()
    write_tables(data, scale=scale)
    server.need_tools()
    server.fetch_jars()
    home, password = folder / "home", "benchmark-only"
    bolt, http = server.free_ports()
    server.make_home(home, bolt=bolt, http=http)
    with (home / "conf" / "neo4j.conf").open("a") as conf:
        conf.write("dbms.security.procedures.unrestricted=gds.*\n")
    fetch_plugins(home)
    ours = _ours("tables", str(data), folder, {})
    server.admin(home, "dbms", "set-initial-password", password)
    arguments = write_bulk(aggregate(read_tables(data)), csv)
    started = time.perf_counter()
    server.admin(home, *arguments, folder=csv)
    imported = Step("Neo4j", "import of the graph", time.perf_counter() - started, 0.0)
    process = launch(home, folder / "server.log")
    try:
        server.wait_until_ready(process, folder / "server.log")
        uri = f"bolt://127.0.0.1:{bolt}"
        schema = _make_schema(uri, password)
        stored = _ours("store", uri, folder, {"NEO4J_PASSWORD": password})
        theirs, ranks = peer_steps(uri, password, process.pid, sage_limit_s)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    alike = _rank_correlation(np.load(folder / "tables.npy"), np.asarray(ranks))
    return report([imported, schema, *theirs, *stored, *ours], alike)


def _make_schema(uri: str, password: str) -> Step:
    """Constraints and indexes, as the first `ringwatch load` after an import makes them."""
    started = time.perf_counter()
    with open_store(uri, environ={"NEO4J_PASSWORD": password}) as store:
        migrate(store)
        store.read_records("CALL db.awaitIndexes(600)")
    return Step("Neo4j", "constraints and indexes", time.perf_counter() - started, 0.0)


def _ours(way: str, source: str, folder: Path, environ: dict[str, str]) -> list[Step]:
    out = folder / way
    command = [sys.executable, "-m", "benchmarks.peer", "--child", way, source, str(out)]
    subprocess.run(command, check=True, env={**os.environ, **environ})
    return [Step(**step) for step in json.loads(out.with_suffix(".json").read_text())]


def _rank_correlation(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    from scipy.stats import spearmanr

    return float(spearmanr(left, right).statistic)


def report(steps: list[Step], ranks_alike: float) -> str:
    lines = ["| side | step | seconds | peak MiB | what came out |", "|---|---|---:|---:|---|"]
    for step in steps:
        peak = f"{step.peak_mib:,.0f}" if step.peak_mib else ""
        lines.append(f"| {step.side} | {step.name} | {step.seconds:.1f} | {peak} | {step.said} |")
    took = {(step.side, step.name): step.seconds for step in steps}
    gds = took["GDS", "projection"] + took["GDS", "Leiden"]
    whole = gds + took["Neo4j", "import of the graph"]
    tables, store = "ringwatch, from tables", "ringwatch, from store"
    read = took[tables, "read tables"] + took[tables, "aggregate"]
    leiden = sum(took[tables, name] for name in ("arrays", "igraph", "Leiden"))
    own = took[tables, "own way: tie partners"] + took[tables, "own way: Leiden over the ties"]
    from_store = took[store, "read the store"] + leiden
    summary = (
        ("GDS: projection and Leiden", gds),
        ("GDS from the same tables: import, projection and Leiden (aggregation not counted)", whole),
        ("ringwatch from tables: the same graph, the same objective", read + leiden),
        ("ringwatch from tables: its own way, ties between partners and Leiden over them", read + own),
        ("ringwatch from the store: the same graph, the same objective", from_store),
        ("ringwatch from the store: its own way", took[store, "read the store"] + own),
    )
    rows = [f"| {name} | {seconds:.1f} | {gds / seconds:.2f} |" for name, seconds in summary]
    head = ["| to communities | seconds | times as fast as GDS's projection and Leiden |", "|---|---:|---:|"]
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, load {os.getloadavg()[2]:.1f}"
    where = f"{machine}; GDS 2.13.9 on Neo4j 5.26, heap {HEAP_GB} GB"
    alike = f"PageRank of the partners, rank correlation of the two sides: {ranks_alike:.4f}."
    note = (
        "Peak memory is the server's for GDS, our process's up to that step for ringwatch; from the store "
        "the server's comes on top. The load is the average over the last quarter of an hour of the run."
    )
    return "\n".join([f"`make bench-peer`, {where}.", "", *head, *rows, "", alike, "", *lines, "", note, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="of 1.0 M nodes and 4.0 M relationships")
    parser.add_argument(
        "--sage-limit", type=float, default=120.0, help="seconds that GDS's GraphSAGE may take"
    )
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child[0], given.child[1], Path(given.child[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        text = compare(given.scale, given.sage_limit, Path(folder))
    if given.markdown:
        given.markdown.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
