from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.peeling import Edges, camouflage_weight, dense_blocks

ROWS, COLUMNS = 60, 200


def sparse(seed: int, *blocks: tuple[range, range]) -> Edges:
    """Random edges, two a column, and blocks in which every row is joined to every column."""
    rng = np.random.default_rng(seed)
    pairs = {(int(rng.integers(ROWS)), column) for column in range(COLUMNS) for _ in range(2)}
    for rows, columns in blocks:
        pairs |= {(row, column) for row in rows for column in columns}
    row, column = np.array(sorted(pairs)).T
    return Edges(row, column, np.ones(len(row)), ROWS, COLUMNS)


def found(edges: Edges, *, rounds: int = 4) -> list[frozenset[int]]:
    """The rows of each block, in the order in which blocks come."""
    block = dense_blocks(edges, np.zeros(ROWS + COLUMNS), rounds=rounds)[:ROWS]
    return [frozenset(np.flatnonzero(block == number).tolist()) for number in range(block.max() + 1)]


def test_a_planted_block_comes_first() -> None:
    assert found(sparse(1, (range(6), range(30))))[0] == frozenset(range(6))


def test_two_blocks_are_found_apart() -> None:
    blocks = found(sparse(2, (range(6), range(30)), (range(20, 24), range(100, 130))))
    assert {frozenset(range(6)), frozenset(range(20, 24))} <= set(blocks)


def test_blocks_do_not_overlap() -> None:
    blocks = found(sparse(3, (range(6), range(30))), rounds=20)
    assert sum(map(len, blocks)) == len(frozenset().union(*blocks))


def test_prior_weight_decides_between_equal_blocks() -> None:
    row, column = np.array([(r, c) for r in range(3) for c in range(3)]).T
    edges = Edges(np.r_[row, row + 3, 0], np.r_[column, column + 3, 3], np.ones(19), 6, 6)
    prior = np.zeros(12)
    prior[3:6] = prior[9:12] = 1.0
    block = dense_blocks(edges, prior, rounds=1)
    assert (block >= 0).tolist() == [False] * 3 + [True] * 3 + [False] * 3 + [True] * 3


@settings(max_examples=10)
@given(st.integers(0, 1000))
def test_numbering_does_not_change_the_blocks(seed: int) -> None:
    edges = sparse(4, (range(6), range(30)))
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(ROWS), rng.permutation(COLUMNS)
    other = Edges(rows[edges.row], columns[edges.column], edges.weight, ROWS, COLUMNS)
    expected = {frozenset(rows[list(block)].tolist()) for block in found(edges)}
    assert set(found(other)) == expected


def test_no_edges_no_blocks() -> None:
    empty = Edges(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), 3, 3)
    assert (dense_blocks(empty, np.ones(6), rounds=3) == -1).all()


def test_what_many_use_weighs_little() -> None:
    assert camouflage_weight(np.array([2]))[0] == pytest.approx(1 / np.log(7))
    assert camouflage_weight(np.array([10_000]))[0] < 0.11
