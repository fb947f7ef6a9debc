from __future__ import annotations

import logging
from pathlib import Path

from benchmarks.drawn import drawn_links
from benchmarks.store import RETRIES_LOGGED_BY, Retries, embedded, measure, table
from graph.schema import RELATIONSHIPS, Kind
from queries.library import list_queries


def test_drawn_links_have_the_size_that_is_asked_for() -> None:
    links = drawn_links(20_000)
    assert sum(links.size(kind) for kind in Kind) == 5_000
    for relationship in RELATIONSHIPS:
        frame = getattr(links, relationship.name)
        ends = frame[[relationship.source, relationship.target]]
        assert not ends.duplicated().any()
        assert ends.equals(ends.sort_values(list(ends.columns)))
    found = sum(len(getattr(links, relationship.name)) for relationship in RELATIONSHIPS)
    assert 19_000 < found <= 20_000


def test_same_seed_draws_the_same_links() -> None:
    one, two, other = drawn_links(4_000), drawn_links(4_000), drawn_links(4_000, seed=2)
    assert one.ordered_at.equals(two.ordered_at)
    assert not one.ordered_at.equals(other.ordered_at)


def test_every_relationship_is_loaded_read_and_timed(tmp_path: Path) -> None:
    links = drawn_links(8_000)
    with embedded(tmp_path) as engine:
        rows, times = measure(engine, links, sample=300, day_orders=500, with_queries=True)
    counts = {row.what: row.count for row in rows}
    whole = sum(len(getattr(links, relationship.name)) for relationship in RELATIONSHIPS)
    assert counts["**load relationships**"] == counts["**read relationships back**"] == whole
    assert counts["plain: read a record a row"] == 300
    assert all(row.seconds > 0 for row in rows if row.count)
    assert counts["**add a day of 500 orders**"] == 500
    assert {one.query for one in times} == {query.name for query in list_queries()}
    assert f"{whole:,} relationships" in table(rows, links)


def test_retries_of_the_driver_are_counted() -> None:
    retries, logger = Retries(), logging.getLogger(RETRIES_LOGGED_BY)
    logger.addHandler(retries)
    try:
        logger.warning("Transaction failed and will be retried in %ss (%s)", 1, "a deadlock")
        logger.warning("something else")
    finally:
        logger.removeHandler(retries)
    assert retries.count == 1
