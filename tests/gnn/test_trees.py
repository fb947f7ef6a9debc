from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gnn.evaluation import average_precision
from gnn.models import GraphData, Labels, NotFittedError, Trees, edges
from gnn.models import trees as module
from gnn.models.neighbours import heard_table, neighbour_table, shares_of, table_width, whole_columns
from gnn.models.trees import ranked
from tests.gnn.small_graphs import TIED, half, planted, typed

FEW = Trees(rounds=40)
FLAT = Trees(hops=0, rounds=40, name="flat baseline")


def small() -> GraphData:
    x = {"node": np.array([[1], [2], [4], [8]], dtype=np.float32)}
    tied = edges(np.array([1, 2, 3, 0]), np.array([0, 0, 1, 2]), 4)
    return GraphData(x, {TIED: tied}, "node")


def test_a_row_holds_the_means_of_its_hops() -> None:
    table = neighbour_table(small(), "node", 2)
    # own input and degree, the first hop's, and the second hop's input
    assert table.shape == (4, 5)
    assert table[:, 0].tolist() == [1, 2, 4, 8]
    assert np.allclose(np.expm1(table[:, 1]), [2, 1, 1, 0])
    assert table[:, 2].tolist() == [3, 8, 1, 0]
    assert table[:, 4].tolist() == [4.5, 0, 3, 0]


def test_a_row_holds_what_its_edges_say() -> None:
    attributes = np.array([[1.0], [5.0], [-2.0]], dtype=np.float32)
    tied = edges(np.array([1, 2, 0]), np.array([0, 0, 2]), 3, attributes=attributes)
    table = neighbour_table(
        GraphData({"node": np.zeros((3, 1), np.float32)}, {TIED: tied}, "node"), "node", 1
    )
    assert table[:, -3:].tolist() == [[3, 1, 5], [0, 0, 0], [-2, -2, -2]]


@pytest.mark.parametrize("alike", [1.5, 0.0])
@pytest.mark.parametrize("trees", [FLAT, replace(FEW, hears=True, most=20)])
def test_trees_grown_together_are_those_grown_alone(
    trees: Trees, alike: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ALIKE", alike)  # all read once for all, or each its own
    monkeypatch.setattr(module, "CHUNK", 7)
    data, fraud = typed()
    labels, _ = half(fraud)
    learnt = [replace(labels, fraud=labels.fraud[number:], seed=number) for number in range(3)]
    heard = [data.hearing(one) for one in learnt]
    for together, one, graph in zip(trees.fits(heard, learnt), learnt, heard, strict=True):
        assert together.fitted == trees.fit(graph, one).fitted


@pytest.mark.parametrize("hops", [0, 1, 2])
def test_rows_alone_are_those_of_the_whole_table(hops: int) -> None:
    for data, kind in ((planted()[0], "node"), (typed()[0], "shop")):
        rows = np.array([5, 3, 60, 61, 0])
        whole = neighbour_table(data, kind, hops)
        assert neighbour_table(data, kind, hops, rows).tobytes() == whole[rows].tobytes()
        said = data.hearing(Labels(np.arange(0, 40, 2), np.arange(1, 40, 2), np.zeros(0, int), 0.5, rows))
        assert heard_table(said, rows).tobytes() == heard_table(said)[rows].tobytes()


@pytest.mark.parametrize("hops", [0, 1, 2])
def test_columns_alone_are_those_of_the_whole_table(hops: int) -> None:
    tied = edges(np.arange(200) % 60, np.arange(200) % 7, 60, attributes=np.ones((200, 2), np.float32))
    said = GraphData({"node": planted()[0].x["node"][:60]}, {TIED: tied}, "node")
    for data, kind in ((planted()[0], "node"), (typed()[0], "shop"), (said, "node")):
        rows = np.array([5, 3, 59, 0])
        whole = neighbour_table(data, kind, hops, rows)
        assert whole.shape[1] == table_width(data, kind, hops)
        for columns in (np.arange(0), np.arange(1, whole.shape[1], 3), np.array([whole.shape[1] - 1])):
            some = neighbour_table(data, kind, hops, rows, columns)
            assert some.tobytes() == whole[:, columns].tobytes()


@pytest.mark.parametrize("hops", [0, 1, 2])
def test_columns_of_all_nodes_are_those_of_the_whole_table(hops: int) -> None:
    tied = edges(np.arange(200) % 60, np.arange(200) % 7, 60, attributes=np.ones((200, 2), np.float32))
    said = GraphData({"node": planted()[0].x["node"][:60]}, {TIED: tied}, "node")
    for data, kind in ((planted()[0], "node"), (typed()[0], "shop"), (said, "node")):
        whole = neighbour_table(data, kind, hops)
        for columns in (np.arange(0), np.arange(1, whole.shape[1], 3), np.array([whole.shape[1] - 1])):
            some = whole_columns(data, kind, hops, columns, shares_of(data))
            assert some.tobytes() == whole[:, columns].tobytes()


def test_a_rank_is_how_many_limits_a_value_is_above() -> None:
    table = np.array([[0.0, 5.0], [1.0, 2.0], [1.5, -1.0]], dtype=np.float32).repeat(50, axis=0)
    limits = [np.array([0.5, 1.0], dtype=np.float32), np.arange(4, dtype=np.float32)]
    ranks = np.full((3, 150), 9, dtype=np.uint8)
    ranked(table, limits, ranks)
    assert ranks[:, ::50].tolist() == [[0, 1, 2], [4, 2, 0], [9, 9, 9]]


@pytest.mark.parametrize("cores", [1, 2])
@pytest.mark.parametrize(
    "model",
    [
        Trees(rounds=60, hears=True),
        Trees(hops=0, columns=(2, 0), rounds=200),
        Trees(hops=1, on_prior=True, rounds=40),
    ],
)
def test_trees_asked_of_all_say_what_they_say_of_some(
    model: Trees, cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, fraud = planted()
    labels, _ = half(fraud)
    fits = [model.fit(data.hearing(labels), replace(labels, seed=seed)) for seed in range(2)]
    heard = [data.hearing(labels), data]
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    monkeypatch.setattr("gnn.models.trees.COLUMNS", 2)
    whole = model.risks(fits, heard)
    monkeypatch.setattr("gnn.models.trees.ALL_FROM", 0)
    assert model.risks(fits, heard).tobytes() == whole.tobytes()
    rows = np.array([9, 2, 100])
    assert model.risks(fits, heard, rows).tobytes() == np.ascontiguousarray(whole[:, rows]).tobytes()


@pytest.mark.parametrize(
    "model",
    [
        Trees(rounds=40, hears=True),
        Trees(hops=0, columns=(2, 0), rounds=40),
        Trees(hops=1, on_prior=True, rounds=40),
    ],
)
def test_trees_say_what_xgboost_says_of_them(model: Trees) -> None:
    data, fraud = planted()
    labels, _ = half(fraud)
    heard = replace(data.hearing(labels), prior=np.linspace(0, 1, data.size))
    fitted, rows = model.fit(heard, labels), np.arange(data.size)[::-1]
    theirs = fitted.booster().predict(fitted.matrix(heard, rows))
    assert np.abs(fitted.risk(heard, rows) - theirs).max() < 1e-6
    assert np.ptp(theirs) > 0.5


def test_a_node_does_not_hear_itself() -> None:
    source, target = np.array([0, 1, 2, 0]), np.array([0, 0, 0, 1])
    data = GraphData({"node": np.zeros((3, 1), np.float32)}, {TIED: edges(source, target, 3)}, "node")
    none = np.zeros(0, dtype=np.int64)
    labels = Labels(np.array([0]), np.array([2]), none, 0.5, np.full(3, -1))
    heard = heard_table(data.hearing(labels))
    assert np.allclose(heard, [[0, 1 / 3], [1, 0], [0, 0]])


def test_trees_learn_from_neighbours() -> None:
    data, fraud = planted()
    labels, rest = half(fraud)
    flat, near, hears = (
        average_precision(model.fit(heard, labels).risk(heard)[rest], fraud[rest])
        for heard in [data.hearing(labels)]
        for model in (FLAT, FEW, replace(FEW, hears=True))
    )
    assert near > flat + 0.1
    assert hears > 0.9


def test_the_flat_baseline_sees_chosen_columns_alone() -> None:
    data, fraud = planted()
    labels, _ = half(fraud)
    model = replace(FLAT, columns=(0, 2))
    noise = np.random.default_rng(1).normal(size=data.size).astype(np.float32)
    x = data.x["node"].copy()
    x[:, 1] = noise
    other = GraphData({"node": x}, {}, "node")
    assert np.array_equal(model.fit(data, labels).risk(data), model.fit(other, labels).risk(other))


def test_tensors_give_back_the_trees() -> None:
    data, fraud = typed()
    labels, _ = half(fraud)
    fitted = FEW.fit(data, labels)
    assert np.array_equal(FEW.restore(fitted.tensors()).risk(data), fitted.risk(data))
    with pytest.raises(ValueError, match="no trees"):
        FEW.restore({})
    with pytest.raises(ValueError, match="no trees"):
        FEW.restore({"booster": np.frombuffer(b"\x80\x04.", dtype=np.uint8)})
    with pytest.raises(NotFittedError):
        FEW.risk(data)


def test_trees_are_the_same_bytes_for_a_seed_in_any_order_of_labels() -> None:
    data, fraud = planted()
    labels, _ = half(fraud)
    first = FEW.fit(data, labels).tensors()["booster"].tobytes()
    assert FEW.fit(data, labels).tensors()["booster"].tobytes() == first
    turned = replace(labels, fraud=labels.fraud[::-1].copy(), legit=labels.legit[::-1].copy())
    assert FEW.fit(data, turned).tensors()["booster"].tobytes() == first
    assert FEW.fit(data, replace(labels, seed=1)).tensors()["booster"].tobytes() != first


def test_unlabelled_nodes_count_as_legit_for_half() -> None:
    data, fraud = planted(signal=2.0)
    codes = np.arange(data.size)
    none = np.zeros(0, dtype=np.int64)
    known = Labels(codes[fraud][:20], codes[~fraud][:40], none, 0.25, np.full(data.size, -1))
    rest = np.setdiff1d(codes, np.concatenate([known.fraud, known.legit]))
    more = FEW.fit(data, replace(known, unlabelled=rest)).risk(data)
    assert average_precision(more[rest], fraud[rest]) > 0.5
    assert more.mean() < 0.5
    with pytest.raises(ValueError, match="known frauds"):
        FEW.fit(data, replace(known, fraud=none))


ON_PRIOR = Trees(hops=0, on_prior=True, rounds=60, depth=3, rate=0.1)


def with_prior() -> tuple[GraphData, np.ndarray]:
    """A planted graph of a prior that knows half of the frauds."""
    data, fraud = planted()
    rng = np.random.default_rng(5)
    known = fraud & (rng.random(len(fraud)) < 0.5)
    return replace(data, prior=np.where(known, 0.9, 0.1) + 0.05 * rng.random(len(fraud))), fraud


def test_trees_on_the_prior_keep_to_it_where_verdicts_are_few() -> None:
    data, fraud = with_prior()
    labels, _ = half(fraud)
    some = replace(labels, fraud=labels.fraud[:1], legit=labels.legit[:1])
    others = np.setdiff1d(np.arange(len(fraud)), np.r_[some.fraud, some.legit])
    risk = ON_PRIOR.fit(data, replace(some, unlabelled=others)).risk(data)
    assert np.abs(risk - data.prior)[others].mean() < 0.03


def test_trees_on_the_prior_add_what_verdicts_say() -> None:
    data, fraud = with_prior()
    labels, rest = half(fraud)
    fitted = replace(ON_PRIOR, hops=2).fit(data, labels)
    added = average_precision(fitted.risk(data)[rest], fraud[rest])
    assert added > average_precision(data.prior[rest], fraud[rest]) + 0.02
    again = replace(ON_PRIOR, hops=2).restore(fitted.tensors())
    assert (again.risk(data) == fitted.risk(data)).all()
    assert not np.allclose(fitted.risk(replace(data, prior=1 - data.prior)), fitted.risk(data))


@pytest.mark.parametrize("model", [FEW, FLAT, replace(FEW, hears=True)])
def test_trees_refuse_a_graph_of_other_columns(model: Trees) -> None:
    data, fraud = planted()
    labels, _ = half(fraud)
    fitted = model.fit(data.hearing(labels), labels)
    wider = replace(data, x={"node": np.c_[data.x["node"][:, :1], data.x["node"]]}).hearing(labels)
    with pytest.raises(ValueError, match="other features or edges"):
        fitted.risk(wider)
