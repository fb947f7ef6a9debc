"""Columns of pairs say the same however many rows are asked for, and in whatever form they are held."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from graph.pair_columns import (
    PairColumns,
    Scattered,
    WorkedOut,
    as_it_is,
    laid_in_parts,
    of_both,
    rounded,
    scattered,
    together,
)

NODES, PAIRS = 50, 400


def columns(seed: int, pairs: int = PAIRS) -> PairColumns:
    """A column of every kind."""
    rng = np.random.default_rng(seed)
    left, right = rng.integers(NODES, size=(2, pairs)).astype(np.int32)
    known = np.random.default_rng(0).normal(size=(2, NODES))
    measured = rng.normal(size=(pairs, 3)).astype(np.float32)
    thin = rounded(np.where(rng.random(pairs) < 0.1, rng.normal(size=pairs), 0.0))
    (square,) = laid_in_parts(("square",), pairs, lambda begin, end: (measured[begin:end, 2] ** 2,))
    return PairColumns(
        left,
        right,
        {
            "thin": scattered(thin),
            **dict([as_it_is("measured", measured[:, 1]), square]),
            **dict(of_both({"one": known[0], "two": known[1]})),
            "sum": WorkedOut(np.add, ends=(known[0],)),
            "exp": WorkedOut(np.exp, (measured[:, 0],)),
        },
    )


def test_a_part_of_the_rows_is_told_what_all_are() -> None:
    told = pickle.loads(pickle.dumps(columns(1)))  # noqa: S301  our own
    frame = told.frame()
    assert list(frame) == list(told.of) and len(frame) == len(told) == PAIRS
    assert set(frame.dtypes) == {np.dtype(np.float32)}
    assert frame["thin"].any() and isinstance(told.of["thin"], Scattered)
    for begin, end in ((0, 1), (17, 130), (130, PAIRS), (5, 5)):
        for name, fill in told.fills().items():
            result = np.full(end - begin, np.nan, dtype=np.float32)
            fill(begin, end, result)
            assert np.array_equal(result, frame[name][begin:end])
    some = told.laid_out(["thin", "sum"]).of
    assert all(np.array_equal(column, frame[name]) for name, column in some.items())


def test_both_ends_are_told_apart_by_which_is_higher() -> None:
    told = columns(2)
    value = np.random.default_rng(0).normal(size=(2, NODES))[1]
    one, other = value[told.left], value[told.right]
    assert told["low_two"] == pytest.approx(np.minimum(one, other), abs=6e-5)
    assert np.array_equal(told["low_two"], rounded(np.minimum(one, other)))
    assert np.array_equal(told["high_two"], rounded(np.maximum(one, other)))


def test_some_pairs_are_told_what_all_are() -> None:
    told, rows = columns(3), np.array([3, 4, 50, 51, 399])
    some = told.at(rows)
    assert np.array_equal(some.left, told.left[rows]) and len(some) == len(rows)
    assert some.frame().equals(told.frame().iloc[rows].reset_index(drop=True))


def test_the_pairs_of_two_are_put_in_order() -> None:
    one, other = columns(3), columns(4, pairs=30)
    order = np.random.default_rng(5).permutation(PAIRS + 30)
    both = together(one, other, order)
    assert np.array_equal(both.left, np.concatenate((one.left, other.left))[order])
    assert both.frame().equals(pd.concat([one.frame(), other.frame()]).iloc[order].reset_index(drop=True))
    laid = together(one.laid_out(one.of), other, order)
    assert laid.frame().equals(both.frame())
