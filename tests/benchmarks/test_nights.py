from __future__ import annotations

from benchmarks.nights import Night, churn, flicker, kept_nightly, kept_throughout


def night(*planted: str | None) -> Night:
    return Night(1.0, 1.0, frozenset(filter(None, planted)), planted, ())


NIGHTS = [night("a", "b", None), night("a", "c", "d"), night("a", None, "d")]


def test_identities_are_counted_where_a_ring_is_found_on_both_nights() -> None:
    assert kept_nightly(NIGHTS) == (3, 4)


def test_identities_of_all_nights_are_of_rings_found_on_all() -> None:
    assert kept_throughout(NIGHTS) == (1, 1)


def test_a_ring_that_is_missed_the_next_night_flickers() -> None:
    assert flicker(NIGHTS) == (1, 5)


def test_churn_is_of_the_ids_of_both_nights() -> None:
    assert churn(NIGHTS) == ((3 / 4) + (1 / 3)) / 2
