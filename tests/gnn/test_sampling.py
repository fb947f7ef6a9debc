from __future__ import annotations

import numpy as np
import torch
from scipy import stats

from gnn.models import Edges, edges
from gnn.models.sampling import Mean, Sampler, sample_edges
from tests.gnn.small_graphs import TIED, planted, typed


def star(leaves: int, others: int = 3) -> Edges:
    """Node 0 hears `leaves` nodes, the next `others` hear one each."""
    source = np.r_[np.arange(leaves), np.arange(others)]
    target = np.r_[np.zeros(leaves, dtype=np.int64), np.arange(1, others + 1)]
    return edges(source, target, others + 1)


def test_never_more_than_fanout_and_all_where_there_are_fewer() -> None:
    data, _ = planted()
    found = data.edges[TIED]
    target = np.arange(data.size)
    for fanout in (1, 3, 10, 1000):
        rows, edge = sample_edges(found, target, fanout, seed=5)
        assert np.diff(rows).tolist() == np.minimum(found.degree(), fanout).tolist()
        owner = np.repeat(target, np.diff(rows))
        # every edge is one of its target's own, and none is drawn twice
        assert ((edge >= found.start[owner]) & (edge < found.start[owner + 1])).all()
        assert len(np.unique(edge)) == len(edge)


def test_every_edge_is_as_likely() -> None:
    found, target = star(12), np.array([0])
    drawn = np.concatenate([sample_edges(found, target, 5, seed)[1] for seed in range(4000)])
    assert stats.chisquare(np.bincount(drawn, minlength=12)).pvalue > 1e-3


def test_every_pair_of_edges_is_as_likely() -> None:
    found, target = star(6), np.array([0])
    pairs = [tuple(sample_edges(found, target, 2, seed)[1]) for seed in range(6000)]
    _, count = np.unique(pairs, axis=0, return_counts=True)
    assert len(count) == 15
    assert stats.chisquare(count).pvalue > 1e-3


def test_a_draw_depends_on_the_seed_and_the_node_alone() -> None:
    data, _ = planted()
    found = data.edges[TIED]
    alone = sample_edges(found, np.array([7]), 4, seed=3)[1]
    rows, edge = sample_edges(found, np.array([2, 9, 7, 1]), 4, seed=3)
    assert np.array_equal(edge[rows[2] : rows[3]], alone)
    assert not np.array_equal(sample_edges(found, np.array([7]), 4, seed=4)[1], alone)


def test_batches_hold_real_edges() -> None:
    data, _ = typed()
    codes = np.array([3, 40, 5])
    batch = Sampler(data, (2, 4)).batch(codes, seed=1)
    sources = batch.nodes
    for layer, block in enumerate(batch.blocks):
        for edge, heard in block.heard.items():
            if heard.mean.shape[0] == 0 or layer == 0:
                continue
            # the layer next to the batch: its targets are the batch, its edges are in the graph
            assert heard.spread is not None
            column = heard.spread.matrix.col_indices().numpy()
            row = np.repeat(np.arange(len(codes)), np.diff(heard.mean.matrix.crow_indices().numpy()))
            real = data.edges[edge]
            known = {
                (int(s), int(t), round(float(a), 4))
                for s, t, a in zip(real.source, real.targets(), real.attributes[:, 0], strict=True)
            }
            # the second layer's sources are the first layer's targets, which come first among its sources
            got = {
                (int(sources[edge[0]][c]), int(codes[r]), round(float(a), 4))
                for c, r, a in zip(column, row, heard.attributes[:, 0], strict=True)
            }
            assert got <= known
            assert len(got) == len(column)


def test_a_place_is_free_again_after_a_batch() -> None:
    data, _ = typed()
    sampler = Sampler(data, (3, 3))
    first = sampler.batch(np.array([1, 2]), seed=9)
    sampler.batch(np.array([50, 60, 70]), seed=9)
    again = sampler.batch(np.array([1, 2]), seed=9)
    assert all(np.array_equal(first.nodes[kind], again.nodes[kind]) for kind in first.nodes)
    assert all((place == -1).all() for place in sampler.place.values())


def test_means_are_weighted_and_their_gradient_is_the_transpose() -> None:
    source, target = np.array([0, 1, 2, 2]), np.array([0, 0, 0, 2])
    found = edges(source, target, 3, weight=np.array([1, 2, 1, 5], dtype=np.float32))
    mean = Mean(found.start, found.source, found.weight, 3, "cpu")
    x = torch.tensor([[4.0], [8.0], [0.0]], requires_grad=True)
    result = mean(x)
    assert result.squeeze(1).tolist() == [5.0, 0.0, 0.0]
    result[0].backward()
    assert x.grad is not None
    assert x.grad.squeeze(1).tolist() == [0.25, 0.5, 0.25]
