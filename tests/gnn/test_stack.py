from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import logit
from threadpoolctl import threadpool_limits

from gnn.evaluation import average_precision
from gnn.models import (
    BeliefPropagation,
    Folded,
    GraphData,
    GraphSage,
    Labels,
    Model,
    NotFittedError,
    Stack,
    Trees,
    fit_all,
)
from gnn.models.stack import nonnegative_line
from tests.gnn.small_graphs import half, planted

NETWORK = GraphSage(hidden=8, fanouts=(4, 4), epochs=10, batch=60, rate=0.02)
MEMBERS = (Folded(Trees(rounds=20, hears=True)), Folded(BeliefPropagation()), Folded(NETWORK))


def folded(labels: Labels, folds: int) -> Labels:
    fold = labels.fold.copy()
    codes, _ = labels.labelled()
    fold[codes] = np.arange(len(codes)) % folds
    return replace(labels, fold=fold)


@dataclass(frozen=True)
class Oracle:
    """Says what it is told, in place of learning."""

    answer: tuple[float, ...]
    name: str

    def fit(self, data: GraphData, labels: Labels) -> Self:
        return self

    def risk(self, data: GraphData, rows: NDArray[np.int64] | None = None) -> np.ndarray:
        risk = np.array(self.answer)
        return risk if rows is None else risk[rows]

    def tensors(self) -> dict[str, Any]:
        return {}

    def restore(self, tensors: dict[str, Any]) -> Self:
        return self


def test_the_better_member_weighs_more_and_noise_nothing() -> None:
    data, fraud = planted(nodes=600)
    rng = np.random.default_rng(0)
    good = 1 / (1 + np.exp(-(2.0 * fraud + rng.normal(size=600))))
    wrong = 1 / (1 + np.exp(2.0 * fraud + rng.normal(size=600)))
    members = (Folded(Oracle(tuple(good), "good")), Folded(Oracle(tuple(wrong), "wrong")))
    weights = Stack(members).fit(data, folded(half(fraud)[0], 2)).weights()
    assert weights["good"] > 0.5
    assert weights["wrong"] == 0


def test_a_member_is_fitted_once_a_fold_without_its_labels_and_once_for_stack_and_itself() -> None:
    data, fraud = planted()
    labels = folded(half(fraud)[0], 3)
    seen: list[tuple[Labels, GraphData]] = []

    @dataclass(frozen=True)
    class Spy(Oracle):
        def fit(self, data: GraphData, labels: Labels) -> Self:
            seen.append((labels, data))
            return self

    spy = Folded(Spy(tuple(np.full(data.size, 0.5)), "spy"))
    fit_all((spy, Stack((spy,))), data.hearing(labels), labels)
    assert len(seen) == 3
    for fold, (outside, heard) in enumerate(seen):
        assert not (outside.fold[outside.labelled()[0]] == fold).any()
        assert not heard.said[labels.fold == fold].any()


def test_the_stack_finds_frauds_and_comes_back_from_its_tensors() -> None:
    data, fraud = planted()
    labels, rest = half(fraud)
    labels = folded(labels, 2)
    stack = Stack(MEMBERS).fit(data, labels)
    heard = data.hearing(labels)
    assert average_precision(stack.risk(heard)[rest], fraud[rest]) > 0.9
    back = Stack(MEMBERS).restore(stack.tensors())
    assert np.array_equal(back.risk(heard), stack.risk(heard))
    assert back.weights() == stack.weights()
    with pytest.raises(ValueError, match="these members"):
        Stack(MEMBERS[:2]).restore(stack.tensors())


def test_a_stack_needs_folds_and_a_fit() -> None:
    data, fraud = planted()
    with pytest.raises(ValueError, match="folds"):
        Stack(MEMBERS).fit(data, half(fraud)[0])
    with pytest.raises(NotFittedError):
        Stack(MEMBERS).risk(data)


def test_a_stack_on_the_prior_does_not_trust_who_only_knows_whom_reviewers_accuse() -> None:
    rng = np.random.default_rng(5)
    data, fraud = planted(nodes=600)
    data = replace(data, prior=np.clip(0.1 + 0.8 * fraud + 0.1 * rng.normal(size=600), 0.01, 0.99))
    labels, rest = half(fraud)
    labels = replace(labels, fraud=labels.fraud[:10], legit=labels.legit[:20], unlabelled=rest)
    told = np.clip(rng.random(600), 0.05, 0.95)
    told[labels.fraud], told[labels.legit] = 0.99, 0.01
    members = (Folded(Oracle(tuple(told), "gossip")), Folded(Oracle(tuple(data.prior), "prior")))
    plain, anchored = (
        Stack(members, on_prior=on_prior).fit(data, folded(labels, 2)) for on_prior in (False, True)
    )
    assert plain.weights()["gossip"] > plain.weights()["prior"]
    assert anchored.weights()["gossip"] < 0.3 < anchored.weights()["prior"]


def test_held_out_scores_of_labelled_nodes_come_from_who_had_not_seen_them() -> None:
    data, fraud = planted()
    labels = folded(half(fraud)[0], 2)
    stack, found = Stack(MEMBERS[:2]).fit_held_out(data, labels)
    assert list(found) == ["neighbour trees", "belief propagation", "stack"]
    inside, outside = labels.fold == 1, labels.without(1)
    alone = MEMBERS[0].model.fit(data.hearing(outside), outside).risk(data.hearing(outside))
    assert np.allclose(1 / (1 + np.exp(-found["neighbour trees"][inside])), alone[inside], atol=1e-5)
    others = np.flatnonzero(labels.fold < 0)
    assert np.array_equal(stack.held_out(data, labels, others)[:, 0], found["neighbour trees"][others])
    assert stack.weights() == Stack(MEMBERS[:2]).fit(data, labels).weights()


def test_a_model_once_a_fold_says_the_mean_of_its_fits() -> None:
    data, fraud = planted()
    labels = folded(half(fraud)[0], 3)
    heard = data.hearing(labels)
    for member in MEMBERS:
        fitted = member.fit(data, labels)
        alone = np.mean([logit(one.risk(heard)) for one in fitted.fitted], axis=0)
        assert np.allclose(fitted.log_odds(heard), alone, atol=1e-9)
        again = member.restore(fitted.tensors())
        assert again.risk(heard).tobytes() == fitted.risk(heard).tobytes()
        rows = np.array([7, 3, 50])
        assert fitted.risk(heard, rows).tobytes() == fitted.risk(heard)[rows].tobytes()
        with pytest.raises(ValueError, match="once a fold"):
            member.restore({})
        with pytest.raises(NotFittedError):
            member.risk(heard)


def test_what_was_held_out_and_what_all_fits_say_are_the_same_from_one_look() -> None:
    data, fraud = planted()
    labels = folded(half(fraud)[0], 3)
    heard = data.hearing(labels)
    for member in MEMBERS:
        fitted = member.fit(data, labels)
        held_out, said = fitted.held_out_and_all(heard, labels)
        assert held_out.tobytes() == fitted.held_out(heard, labels).tobytes()
        assert said.tobytes() == fitted.log_odds(heard).tobytes()


def test_a_model_that_learns_nothing_is_asked_once_of_a_graph() -> None:
    data, fraud = planted()
    labels = folded(half(fraud)[0], 3)
    asked: list[GraphData] = []

    @dataclass(frozen=True)
    class Spy(Oracle):
        def risk(self, data: GraphData, rows: NDArray[np.int64] | None = None) -> np.ndarray:
            asked.append(data)
            return super().risk(data, rows)

    fitted = Folded(Spy(tuple(np.linspace(0.1, 0.9, data.size)), "spy")).fit(data, labels)
    assert np.allclose(fitted.risk(data), np.linspace(0.1, 0.9, data.size))
    assert len(asked) == 1
    fitted.held_out(data, labels)
    assert len(asked) == 4  # in every fold it hears other verdicts


def test_a_member_that_weighs_nothing_is_not_asked() -> None:
    data, fraud = planted()
    labels = folded(half(fraud)[0], 2)

    @dataclass(frozen=True)
    class Silent(Oracle):
        def risk(self, data: GraphData, rows: NDArray[np.int64] | None = None) -> np.ndarray:
            raise AssertionError("asked")

    good = Folded(Oracle(tuple(np.where(fraud, 0.9, 0.2)), "good")).fit(data, labels)
    silent = Folded(Silent((), "silent")).fit(data, labels)
    odds = Stack((good, silent), line=np.array([2.0, 0.0, 0.5])).log_odds(data)
    assert np.allclose(odds, 2 * good.log_odds(data) + 0.5)
    with pytest.raises(AssertionError, match="asked"):
        Stack((good, silent), line=np.array([2.0, 0.1, 0.5])).log_odds(data)


def test_models_fitted_and_asked_at_once_are_those_fitted_and_asked_alone() -> None:
    """Networks too, whose seed and settings are the process's: two of them, and trees, beside one another."""
    data, fraud = planted()
    labels = folded(half(fraud)[0], 2)
    heard = data.hearing(labels)
    small = Folded(replace(NETWORK, hidden=4, name="smaller"))
    models: tuple[Model, ...] = (*MEMBERS, small, Stack((*MEMBERS, small)), Trees(rounds=5, name="alone"))
    for (one, said), model in zip(fit_all(models, heard, labels), models, strict=True):
        alone = model.fit(heard, labels)
        assert list(one.tensors()) == list(alone.tensors())
        for name, value in alone.tensors().items():
            assert one.tensors()[name].tobytes() == value.tobytes()
        assert said.tobytes() == alone.risk(heard).tobytes()


@pytest.mark.parametrize("model", [one.model for one in MEMBERS], ids=lambda model: model.name)
def test_some_nodes_alone_have_the_risk_that_they_have_among_all(model: Model) -> None:
    data, fraud = planted()
    labels, _ = half(fraud)
    heard, rows = data.hearing(labels), np.array([7, 3, 50])
    fitted = model.fit(heard, labels)
    assert fitted.risk(heard, rows).tobytes() == fitted.risk(heard)[rows].tobytes()


@pytest.mark.parametrize("seed", range(4))
def test_a_line_of_many_rows_is_the_same_on_one_thread_or_two(seed: int) -> None:
    rng = np.random.default_rng(seed)
    odds, target = rng.normal(size=(12_000, 3)), rng.random(12_000)
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            weight, intercept = nonnegative_line(odds, target, np.ones(12_000))
        found.append((weight.tobytes(), intercept))
    assert found[0] == found[1]


def test_a_line_stays_around_what_is_expected_of_it_as_far_as_data_are_few() -> None:
    rng = np.random.default_rng(0)
    odds = rng.normal(size=(4000, 2))
    target = (rng.random(4000) < 1 / (1 + np.exp(-odds[:, 0]))).astype(np.float64)
    found = [
        nonnegative_line(odds[:rows], target[:rows], np.ones(rows), ridge=1.0, around=np.array([0.0, 3.0]))[0]
        for rows in (4, 4000)
    ]
    assert found[0][1] > 1 and found[1] == pytest.approx([1, 0], abs=0.15)
