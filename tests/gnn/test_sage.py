from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from gnn.evaluation import average_precision
from gnn.models import GraphData, GraphSage, Labels, NotFittedError
from gnn.models.sage_net import SageNet, layerwise
from gnn.models.sampling import Sampler
from tests.gnn.small_graphs import TIED, half, planted, typed

QUICK = GraphSage(hidden=8, fanouts=(5, 5), batch=40, epochs=8)


def net_of(data: GraphData, seed: int = 0) -> tuple[SageNet, dict[str, torch.Tensor]]:
    torch.manual_seed(seed)
    x = {kind: torch.from_numpy(rows) for kind, rows in data.x.items()}
    attributes = {edge: found.attributes.shape[1] for edge, found in data.edges.items()}
    widths = {kind: rows.shape[1] for kind, rows in x.items()}
    return SageNet(data.kind, widths, attributes, hidden=6, layers=3, dropout=0.1).eval(), x


@pytest.mark.parametrize("make", [planted, typed])
def test_layer_by_layer_is_the_forward_pass_on_all_edges(make, monkeypatch: pytest.MonkeyPatch) -> None:
    data, _ = make()
    (net, x), (other, _) = net_of(data), net_of(data, seed=1)
    codes = np.random.default_rng(1).permutation(data.size)
    batch = Sampler(data, (10**6,) * 3).batch(codes, seed=0)
    rows = {kind: x[kind][torch.from_numpy(chosen)] for kind, chosen in batch.nodes.items()}
    monkeypatch.setattr("gnn.models.sage_net.CHUNK", 37)
    with torch.no_grad():
        both = layerwise([net, other], data, lambda kind, asked: x[kind][torch.from_numpy(asked)])
        for one, whole in zip([net, other], both, strict=True):
            torch.testing.assert_close(whole[torch.from_numpy(codes)], one(rows, batch.blocks))
        assert not torch.allclose(*both)


@pytest.mark.parametrize("hears", [False, True])
def test_fits_trained_together_are_those_trained_alone(hears: bool) -> None:
    data, fraud = typed()
    labels, _ = half(fraud)
    model = replace(QUICK, epochs=2, hears=hears, nets=2)
    learnt = [replace(labels, fraud=labels.fraud[number:], seed=number) for number in range(3)]
    heard = [data.hearing(one) for one in learnt]
    for together, one, graph in zip(model.fits(heard, learnt), learnt, heard, strict=True):
        alone = model.fit(graph, one)
        for name, value in alone.tensors().items():
            assert together.tensors()[name].tobytes() == value.tobytes()


@pytest.mark.parametrize("hears", [False, True])
def test_fits_asked_together_say_what_each_says_alone(hears: bool) -> None:
    data, fraud = typed()
    labels, _ = half(fraud)
    model = replace(QUICK, epochs=2, hears=hears)
    fits = [model.fit(data.hearing(labels), replace(labels, seed=seed)) for seed in range(3)]
    moved = replace(data, x={kind: 3 * x + 1 for kind, x in data.x.items()})
    fits.append(model.fit(moved.hearing(labels), labels))  # its inputs had another scale
    heard = [data.hearing(labels), data, data.hearing(labels), data]
    alone = [fit.risk(one) for fit, one in zip(fits, heard, strict=True)]
    assert model.risks(fits, heard).tobytes() == np.stack(alone).tobytes()
    rows = np.array([3, 0, 5])
    assert np.array_equal(model.risks(fits, heard, rows), np.stack(alone)[:, rows])
    assert not np.array_equal(alone[0], alone[1])


def test_gradient_flows_through_attributes_of_edges() -> None:
    data, _ = typed()
    net, x = net_of(data)
    batch = Sampler(data, (4, 4, 4)).batch(np.arange(20), seed=0)
    for block in batch.blocks:
        for heard in block.heard.values():
            heard.attributes.requires_grad_()
    net(
        {kind: x[kind][torch.from_numpy(codes)] for kind, codes in batch.nodes.items()}, batch.blocks
    ).sum().backward()
    last = batch.blocks[-1].heard["buyer", "paid", "shop"].attributes.grad
    assert last is not None
    assert (last.abs().sum(dim=1) > 0).float().mean() > 0.9


def test_attributes_of_edges_are_learnt_from() -> None:
    data, fraud = typed()
    labels, rest = half(fraud)
    model = replace(QUICK, epochs=40, fanouts=(20,), hidden=16, rate=0.02)
    risk = model.fit(data, labels).risk(data)
    blank = GraphData(
        data.x,
        {edge: replace(found, attributes=0 * found.attributes) for edge, found in data.edges.items()},
        data.kind,
    )
    without = model.fit(blank, labels).risk(blank)
    assert average_precision(risk[rest], fraud[rest]) > 0.8
    assert average_precision(without[rest], fraud[rest]) < 0.6  # chance has 0.3


def test_neighbours_are_learnt_from() -> None:
    data, fraud = planted(signal=1.5)
    labels, rest = half(fraud)
    alone = GraphData(data.x, {}, data.kind)
    model = replace(QUICK, epochs=30, rate=0.02)
    with_ties = average_precision(model.fit(data, labels).risk(data)[rest], fraud[rest])
    without = average_precision(model.fit(alone, labels).risk(alone)[rest], fraud[rest])
    assert with_ties > 0.9
    assert without < with_ties - 0.1


def test_a_verdict_is_heard_by_neighbours_and_never_comes_back() -> None:
    data, fraud = planted(signal=0.0)
    labels, rest = half(fraud)
    model = replace(QUICK, epochs=30, rate=0.02, hears=True, nets=2)
    heard = data.hearing(labels)
    fitted = model.fit(heard, labels)
    assert average_precision(fitted.risk(heard)[rest], fraud[rest]) > 0.9
    # turn one verdict round: its neighbours' risks move, its own does not
    one = labels.fraud[0]
    said = heard.said.copy()
    said[one] = -1
    before, after = fitted.risk(heard), fitted.risk(replace(heard, said=said))
    neighbours = np.unique(data.edges[TIED].targets()[data.edges[TIED].source == one])
    assert before[one] == after[one]
    moved = np.abs(before - after) > 1e-9
    assert moved[neighbours].mean() > 0.8
    assert not np.delete(moved, neighbours).any()


def test_tensors_give_back_the_model() -> None:
    data, fraud = typed()
    labels, _ = half(fraud)
    model = replace(QUICK, nets=2)
    fitted = model.fit(data, labels)
    tensors = fitted.tensors()
    assert all(type(value) is np.ndarray for value in tensors.values())
    assert np.array_equal(model.restore(tensors).risk(data), fitted.risk(data))
    with pytest.raises(ValueError, match="these settings"):
        replace(model, hidden=9).restore(tensors)
    with pytest.raises(ValueError, match="these settings"):
        model.restore({})


def test_another_graph_is_refused_in_a_sentence() -> None:
    data, fraud = typed()
    fitted = QUICK.fit(data, half(fraud)[0])
    with pytest.raises(ValueError, match="other inputs"):
        fitted.risk(GraphData(data.x, {}, data.kind))
    wider = {kind: np.repeat(x, 2, axis=1) for kind, x in data.x.items()}
    with pytest.raises(ValueError, match="other inputs"):
        next(fitted.gradients(replace(data, x=wider), np.array([0])))


def test_a_model_that_is_not_fitted_says_so() -> None:
    data, _ = planted()
    with pytest.raises(NotFittedError):
        QUICK.risk(data)
    with pytest.raises(NotFittedError):
        QUICK.tensors()


def test_nothing_to_tell_frauds_from_is_refused() -> None:
    data, fraud = planted()
    none = np.zeros(0, dtype=np.int64)
    with pytest.raises(ValueError, match="known frauds"):
        QUICK.fit(data, Labels(np.flatnonzero(fraud), none, none, 0.5, np.full(data.size, -1)))


def test_hidden_frauds_are_found_among_the_unlabelled() -> None:
    """Where half of the frauds are unlabelled, learning from positives costs less than calling them legit."""
    data, fraud = planted(nodes=400, signal=2.0)
    rng = np.random.default_rng(3)
    known = fraud & (rng.random(len(fraud)) < 0.5)
    none = np.zeros(0, dtype=np.int64)
    others = np.flatnonzero(~known)
    unlabelled = Labels(np.flatnonzero(known), none, others, 0.25, np.full(data.size, -1))
    called_legit = replace(unlabelled, legit=others, unlabelled=none, class_prior=float(known.mean()))
    model = replace(QUICK, epochs=25)
    hidden = fraud & ~known
    found = model.fit(data, unlabelled).risk(data)[hidden].mean()
    missed = model.fit(data, called_legit).risk(data)[hidden].mean()
    assert found > missed + 0.1


def fingerprint() -> str:
    """Risk and weights of a small training, as one digest."""
    data, fraud = typed()
    fitted = QUICK.fit(data, half(fraud)[0])
    digest = hashlib.sha256(fitted.risk(data).tobytes())
    for name, value in sorted(fitted.tensors().items()):
        digest.update(name.encode() + value.tobytes())
    return digest.hexdigest()


def test_the_same_bytes_for_a_seed_and_others_for_another() -> None:
    data, fraud = typed()
    labels, _ = half(fraud)
    threads = torch.get_num_threads()
    first = fingerprint()
    torch.set_num_threads(3 - min(threads, 2))
    assert fingerprint() == first
    torch.set_num_threads(threads)
    other = QUICK.fit(data, replace(labels, seed=1)).risk(data)
    assert not np.array_equal(QUICK.fit(data, labels).risk(data), other)


@pytest.mark.slow
def test_the_same_bytes_on_one_core_and_on_two() -> None:
    code = "from tests.gnn.test_sage import fingerprint; print(fingerprint())"
    prints = {fingerprint()}
    for threads in ("1", "2"):
        names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
        environ = {**os.environ, **dict.fromkeys(names, threads)}
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
        prints.add(done.stdout.strip())
    assert len(prints) == 1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_what_a_cuda_device_trained_is_the_same_again_and_is_asked_anywhere() -> None:
    data, fraud = typed()
    labels, _ = half(fraud)
    model = QUICK.fit(data, labels)
    assert model.device == "cuda"
    again = QUICK.fit(data, labels).tensors()
    assert {name: value.tobytes() for name, value in model.tensors().items()} == {
        name: value.tobytes() for name, value in again.items()
    }
    elsewhere = replace(QUICK, device="cpu").restore(model.tensors())
    np.testing.assert_allclose(elsewhere.risk(data), model.risk(data), atol=1e-5)


def test_a_cuda_device_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for found, device in ((True, "cuda"), (False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda found=found: found)
        assert GraphSage().device == device
