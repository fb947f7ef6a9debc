from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from gnn.attribution import (
    HEARD,
    OWN,
    TIES,
    TOLERANCE,
    Names,
    Term,
    attribute,
    log_odds,
    neighbours,
    with_copies,
)
from gnn.models import BeliefPropagation, Folded, GraphData, GraphSage, Labels, Model, Stack, Trees, edges
from tests.gnn.small_graphs import TIED, half, planted, typed

TREES = Trees(rounds=20, hears=True)
FLAT = Trees(hops=0, columns=(2, 0), rounds=20, name="flat baseline")
SAGE = GraphSage(hidden=8, fanouts=(4, 4), epochs=8, batch=60, rate=0.02, hears=True)
STACK = Stack(tuple(Folded(one) for one in (TREES, FLAT, SAGE, BeliefPropagation())))
ROWS = np.array([0, 5, 17, 100])
PLANTED = Names({"node": ["a", "b", "c", "d"]}, {})
TYPED = Names(
    {"shop": ["a", "b"], "buyer": ["c", "d", "e"]},
    {("buyer", "paid", "shop"): ["amount", "age"], ("shop", "paid_by", "buyer"): ["amount", "age"]},
)


@cache
def world() -> tuple[GraphData, Labels]:
    data, fraud = planted(nodes=160)
    labels, _ = half(fraud)
    fold = np.full(len(fraud), -1)
    codes, _ = labels.labelled()
    fold[codes] = np.arange(len(codes)) % 2
    labels = replace(labels, fold=fold)
    return data.hearing(labels), labels


@cache
def fitted(model: Model) -> Model:
    return model.fit(*world())


@pytest.mark.parametrize(
    ("model", "within"), [(TREES, 1e-4), (FLAT, 1e-4), (BeliefPropagation(), 1e-9), (SAGE, TOLERANCE)]
)
def test_terms_sum_to_the_log_odds(model: Model, within: float) -> None:
    found = attribute(fitted(model), world()[0], ROWS, PLANTED)
    assert np.abs(found.total - log_odds(fitted(model), world()[0])[ROWS]).max() < within
    assert max(np.abs(values).max() for values in found.terms.values()) > 0.05
    assert len(set(found.base.tolist())) == 1 or model is SAGE


def test_the_gradients_of_more_points_miss_by_less() -> None:
    data, made = world()[0], fitted(SAGE)
    assert isinstance(made, GraphSage)
    rows = np.arange(5)
    missed = []
    for steps in (8, 128):
        sums = [
            start + sum(values.sum() for part in (inputs, said) for values in part.values())
            for start, inputs, said in made.gradients(data, rows, steps=steps)
        ]
        missed.append(np.abs(np.array(sums) - log_odds(made, data)[rows]).mean())
    assert missed[1] < min(missed[0] / 2, 0.01)


def test_a_stack_adds_its_members_by_their_weights() -> None:
    stack = fitted(STACK)
    assert isinstance(stack, Stack) and sum(weight > 0 for weight in stack.weights().values()) >= 2
    found = attribute(stack, world()[0], ROWS, PLANTED)
    assert np.abs(found.total - log_odds(stack, world()[0])[ROWS]).max() < TOLERANCE
    assert HEARD in found.terms and Term(OWN, "node", "a") in found.terms


def test_terms_sum_where_edges_of_many_types_say_something() -> None:
    data, fraud = typed()
    labels, _ = half(fraud)
    rows = np.arange(20)
    for model in (Trees(rounds=20), replace(SAGE, epochs=20, hears=False)):
        made = model.fit(data, labels)
        found = attribute(made, data, rows[:4], TYPED)
        assert np.abs(found.total - log_odds(made, data)[rows[:4]]).max() < TOLERANCE
    # the amounts on edges are all that tells, and trees find it
    trees = attribute(Trees(rounds=20).fit(data, labels), data, rows, TYPED)
    strongest = max(trees.terms, key=lambda term: float(np.abs(trees.terms[term]).mean()))
    assert strongest == Term(TIES, "paid", "amount")


def test_the_columns_of_trees_have_the_right_names() -> None:
    data, _ = world()
    model = fitted(FLAT)
    moved = GraphData({"node": data.x["node"].copy()}, data.edges, "node", data.said)
    moved.x["node"][:, [1, 3]] += 5  # not among its columns
    found = attribute(model, moved, ROWS, PLANTED)
    assert {term.name for term in found.terms} == {"c", "a"}
    assert np.array_equal(found.total, attribute(model, data, ROWS, PLANTED).total)
    # signal is in the first column alone
    assert (
        np.abs(found.terms[Term(OWN, "node", "a")]).sum() > np.abs(found.terms[Term(OWN, "node", "c")]).sum()
    )


@pytest.mark.parametrize("model", [TREES, SAGE, BeliefPropagation(), STACK])
def test_a_copy_that_lacks_nothing_has_the_risk_of_its_node(model: Model) -> None:
    data, _ = world()
    nobody = np.full(len(ROWS), -1)
    kinds = np.full(len(ROWS), "node", dtype=object)
    odds = log_odds(fitted(model), with_copies(data, ROWS, kinds, nobody))
    before = log_odds(fitted(model), data)
    assert np.abs(odds[: data.size] - before).max() < 1e-5
    assert np.abs(odds[data.size :] - before[ROWS]).max() < 1e-5


@pytest.mark.parametrize("model", [replace(TREES, hops=1), replace(SAGE, fanouts=(8,))])
def test_a_neighbour_is_worth_what_goes_with_its_edges(model: Model) -> None:
    data, _ = world()
    made = fitted(model)
    tied, targets = data.edges[TIED], data.edges[TIED].targets()
    for row, found in zip(ROWS.tolist(), neighbours(made, data, ROWS, most=3), strict=True):
        assert len(found.node) == 3 and np.abs(found.worth).max() > 1e-3
        for node, worth in zip(found.node.tolist(), found.worth.tolist(), strict=True):
            kept = ~((targets == row) & (tied.source == node))
            less = edges(tied.source[kept], targets[kept], data.size, weight=tied.weight[kept])
            # models of one step: what others hear is not heard of by way of them
            change = (log_odds(made, data) - log_odds(made, replace(data, edges={TIED: less})))[row]
            assert worth == pytest.approx(change, abs=1e-5)


def test_a_neighbour_of_belief_propagation_is_worth_its_message() -> None:
    # weak ties: a node's shares sum to less than 1, so that what is left does not weigh more
    source, target = np.array([1, 2, 3]), np.array([0, 0, 1])
    weight = np.array([0.3, 0.2, 0.4], dtype=np.float32)
    data = GraphData(
        {"node": np.zeros((4, 1), np.float32)}, {TIED: edges(source, target, 4, weight=weight)}, "node"
    )
    data = replace(data, said=np.array([0, 1, -1, 1], dtype=np.int8))
    (found,) = neighbours(BeliefPropagation(), data, np.array([0]), most=9)
    assert found.node.tolist() == [1, 2]
    assert found.worth == pytest.approx([0.5 * 0.3 * (1 + 0.5 * 0.4), -0.5 * 0.2], abs=1e-6)
    total = attribute(BeliefPropagation(), data, np.array([0]), Names({"node": ["a"]}, {})).total
    assert found.worth.sum() == pytest.approx(total[0], abs=1e-6)


def test_who_hears_nobody_has_no_neighbours() -> None:
    none = np.zeros(0, dtype=np.int64)
    data = GraphData({"node": np.zeros((2, 1), np.float32)}, {TIED: edges(none, none, 2)}, "node")
    (found,) = neighbours(BeliefPropagation(), data, np.array([1]), most=5)
    assert found.kind == () and len(found.worth) == 0
    assert neighbours(BeliefPropagation(), data, none, most=5) == []


def test_a_model_that_says_nothing_of_itself_is_told_so() -> None:
    from tests.gnn.judged_world import Linear

    with pytest.raises(TypeError, match="linear does not say what moves it"):
        attribute(Linear(), world()[0], ROWS, PLANTED)
