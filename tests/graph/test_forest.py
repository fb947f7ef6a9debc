"""Forests answer as a walk down their trees does, whatever the trees look like."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.forest import LEAF, MOST_LEAVES, ROWS_ABREAST, forest_of

Tree = dict[str, list[float]]

COLUMNS = ("a", "b", "c", "d")


def grown(rng: np.random.Generator, leaves: int) -> Tree:
    """A tree of so many leaves, each split of a leaf that chance chooses; `d` is never asked about."""
    tree: Tree = {
        "column": [LEAF],
        "threshold": [0.0],
        "left": [0],
        "right": [0],
        "value": [float(rng.normal())],
    }
    while tree["column"].count(LEAF) < leaves:
        node = int(rng.choice(np.flatnonzero(np.array(tree["column"]) == LEAF)))
        size = len(tree["column"])
        for key, one, both in (
            ("column", int(rng.integers(3)), [LEAF, LEAF]),
            ("threshold", float(rng.integers(-3, 4)) / 10, [0.0, 0.0]),
            ("left", size, [0, 0]),
            ("right", size + 1, [0, 0]),
            ("value", 0.0, rng.normal(size=2).tolist()),
        ):
            tree[key][node] = one
            tree[key] += both
    return tree


def walked(tree: Tree, row: dict[str, float]) -> float:
    node = 0
    while tree["column"][node] != LEAF:
        side = "left" if row[COLUMNS[int(tree["column"][node])]] <= tree["threshold"][node] else "right"
        node = int(tree[side][node])
    return tree["value"][node]


@given(
    st.integers(0, 2**32),
    st.lists(st.integers(1, MOST_LEAVES), min_size=1, max_size=5),
    st.integers(0, 2 * ROWS_ABREAST + 3),
)
def test_a_row_reaches_the_leaf_that_a_walk_reaches(seed: int, leaves: list[int], rows: int) -> None:
    rng = np.random.default_rng(seed)
    trees = [grown(rng, count) for count in leaves]
    # values on thresholds, and beside them
    frame = pd.DataFrame(rng.integers(-4, 5, (rows, 4)) / 10, columns=COLUMNS).astype(np.float32)
    expected = [0.25 + sum(walked(tree, row) for tree in trees) for row in frame.to_dict("records")]
    forest = forest_of(COLUMNS, 0.25, trees)
    assert "d" not in forest.columns
    found = forest.probability(frame)
    assert found == pytest.approx(1 / (1 + np.exp(-np.array(expected).reshape(-1))), rel=1e-12)


def test_the_columns_may_stand_in_several_frames() -> None:
    tree = grown(np.random.default_rng(1), 9)
    frame = pd.DataFrame(np.random.default_rng(2).normal(size=(200, 4)), columns=COLUMNS)
    forest = forest_of(COLUMNS, 0.0, [tree])
    together = forest.probability(frame)
    assert np.array_equal(forest.probability(frame[["b", "d"]], frame[["a", "c"]]), together)


def test_tables_follow_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = grown(np.random.default_rng(4), 20)
    frame = pd.DataFrame(np.random.default_rng(5).normal(size=(500, 4)), columns=COLUMNS)
    forest = forest_of(COLUMNS, 0.0, [tree])
    whole = forest.probability(frame)
    monkeypatch.setattr("graph.forest.ROWS_IN_A_TABLE", 128)
    assert np.array_equal(forest.probability(frame), whole)


def test_a_tree_with_more_leaves_than_bits_is_refused() -> None:
    tree = grown(np.random.default_rng(3), MOST_LEAVES + 1)
    with pytest.raises(ValueError, match="33 leaves; at most 32"):
        forest_of(COLUMNS, 0.0, [tree])
