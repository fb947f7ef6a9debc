"""The vendors' recipe run in Neo4j Graph Data Science itself, beside our own of the same recipe.

`benchmarks.quality --gds` starts one server (`benchmarks.peer` says how; Java 17 and Maven are needed), hands
it each world's partners and their identifiers as a graph in memory, and calls weakly connected components,
node similarity and Louvain with the library's defaults. Nothing is stored.
"""

from __future__ import annotations

import atexit
import signal
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final

import neo4j
import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from benchmarks.judging import Found, judge
from benchmarks.peer import fetch_plugins, launch
from benchmarks.rivals import TOP_SIMILAR, by_similarity, components, identifiers, louvain, similar_pairs
from benchmarks.worlds import World
from graph.links import Links
from tests.neo4j import server

PROJECT: Final = (
    "UNWIND $ends AS ends WITH gds.graph.project('g', ends[0], ends[1]) AS g RETURN g.nodeCount AS nodes"
)
WCC: Final = "CALL gds.wcc.stream('g') YIELD nodeId, componentId RETURN nodeId AS node, componentId AS part"
SIMILAR: Final = (
    f"CALL gds.nodeSimilarity.mutate('g', {{topK: {TOP_SIMILAR}, mutateRelationshipType: 'SIMILAR', "
    "mutateProperty: 'similarity', concurrency: 1}) YIELD relationshipsWritten RETURN relationshipsWritten"
)
LOUVAIN: Final = (
    "CALL gds.louvain.stream('g', {relationshipTypes: ['SIMILAR'], relationshipWeightProperty: "
    "'similarity', concurrency: 1}) YIELD nodeId, communityId RETURN nodeId AS node, communityId AS part"
)
DROP: Final = "CALL gds.graph.drop('g', false) YIELD graphName RETURN graphName"

Codes = NDArray[np.int64]


def compare(world: World) -> dict[str, object]:
    """A row: do GDS's components equal ours, how alike is its Louvain, and what either finds.

    Louvain need not come out alike: where a hub makes hundreds of partners equally similar, which ten of
    them a partner keeps is anybody's choice, and so are the communities inside.
    """
    links = world.links
    parts, communities = vendor_parts(links)
    theirs, ours = found(parts, links), components(links)
    pairs = similar_pairs(links)
    own = louvain(len(links.partners), pairs, seed=0)
    theirs_louvain, our_louvain = (by_similarity(links, pairs, part) for part in (communities, own))
    return {
        "world": world.name,
        "components alike": sorted(map(sorted, theirs.rings)) == sorted(map(sorted, ours.rings)),
        "gds.wcc recall": judge(theirs, world.truth, links).figures["recall"],
        "our components' recall": judge(ours, world.truth, links).figures["recall"],
        "gds.louvain recall": judge(theirs_louvain, world.truth, links).figures["recall"],
        "our Louvain's recall": judge(our_louvain, world.truth, links).figures["recall"],
        "Louvain, adjusted Rand": adjusted_rand_score(own, communities),
    }


def vendor_parts(links: Links) -> tuple[Codes, Codes]:
    """(partners,) the component and the Louvain community of every partner, by GDS."""
    # the projection takes whole numbers for nodes: partners by their codes, identifiers behind them
    owner, identifier = identifiers(links)
    partners = len(links.partners)
    ends = np.c_[owner, partners + identifier].tolist()
    uri, login = _server()
    with neo4j.GraphDatabase.driver(uri, auth=login) as driver, driver.session() as session:
        session.run(PROJECT, ends=ends).consume()
        try:
            parts = _by_partner(session, WCC, partners)
            session.run(SIMILAR).consume()
            return parts, _by_partner(session, LOUVAIN, partners)
        finally:
            session.run(DROP).consume()


def _by_partner(session: Any, query: str, partners: int) -> Codes:
    """(partners,) the part of every partner; those without an identifier are a part of their own."""
    result = -1 - np.arange(partners, dtype=np.int64)
    for record in session.run(query):
        if record["node"] < partners:
            result[record["node"]] = record["part"]
    return result


def found(member_of: Codes, links: Links) -> Found:
    """Parts of two partners and more, larger first, as `benchmarks.reference.components` ranks them."""
    ids = links.partners.partner_id.to_numpy()
    parts, size = np.unique(member_of, return_counts=True)
    rings = [set(ids[member_of == part]) for part in parts[size > 1]]
    rings.sort(key=lambda ring: (-len(ring), min(ring)))
    sharers = dict(zip(parts.tolist(), size.tolist(), strict=True))
    return Found(rings, np.array([float(sharers[part]) for part in member_of.tolist()]))


@cache
def _server() -> tuple[str, tuple[str, str]]:
    """The address and login of a server with GDS, started once and ended with this process."""
    server.need_tools()
    server.fetch_jars()
    folder = tempfile.TemporaryDirectory()
    home, password = Path(folder.name) / "home", "benchmark-only"
    bolt, http = server.free_ports()
    server.make_home(home, bolt=bolt, http=http)
    with (home / "conf" / "neo4j.conf").open("a") as conf:
        conf.write("dbms.security.procedures.unrestricted=gds.*\n")
    fetch_plugins(home)
    server.admin(home, "dbms", "set-initial-password", password)
    log = Path(folder.name) / "server.log"
    process = launch(home, log)

    def end() -> None:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        folder.cleanup()

    atexit.register(end)
    server.wait_until_ready(process, log)
    return f"bolt://127.0.0.1:{bolt}", ("neo4j", password)
