from __future__ import annotations

import numpy as np
import torch

from gnn.dataset import EDGE_TYPES, TIED, feature_names, hetero_data, verdicts
from graph.prior import prior_risk
from graph.projection import project
from graph.schema import RELATIONSHIPS, Kind
from tests.gnn.tiny_world import empty_links, tiny_world


def test_data_holds_every_kind_and_every_relation_both_ways() -> None:
    world = tiny_world()
    data = hetero_data(world.links, world.projection, world.prior)
    assert set(data.node_types) == {kind.value for kind in Kind}
    assert set(data.edge_types) == set(EDGE_TYPES)
    assert len(EDGE_TYPES) == 2 * len(RELATIONSHIPS) + 1
    for kind, names in feature_names(world.prior).items():
        assert data[kind].x.shape == (len(data[kind].code), len(names))
        assert data[kind].x.dtype == torch.float32
        assert torch.isfinite(data[kind].x).all()
    assert data.validate()


def test_all_partners_are_in_but_only_identifiers_seen_twice() -> None:
    world = tiny_world()
    data = hetero_data(world.links, world.projection, world.prior)
    assert len(data["partner"].code) == len(world.links.partners)
    seen = np.bincount(world.links.used["device"])
    assert set(data["device"].code.tolist()) == set(np.flatnonzero(seen > 1).tolist())


def test_edges_join_the_nodes_that_the_links_join() -> None:
    world = tiny_world()
    data = hetero_data(world.links, world.projection, world.prior)
    edge = data["consumer", "ordered_at", "partner"].edge_index
    consumer, partner = data["consumer"].code[edge[0]], data["partner"].code[edge[1]]
    pairs = set(zip(world.links.ordered_at["consumer"], world.links.ordered_at["partner"], strict=True))
    assert set(zip(consumer.tolist(), partner.tolist(), strict=True)) <= pairs
    back = data["partner", "rev_ordered_at", "consumer"].edge_index
    assert (back == edge.flip(0)).all()


def test_ties_go_both_ways_with_every_channel() -> None:
    world = tiny_world()
    data = hetero_data(world.links, world.projection, world.prior)
    assert data[TIED].edge_index.shape[1] == 2 * (world.projection.tie_weight > 0).sum()
    assert data[TIED].edge_attr.shape[1] == len(world.projection.channels)
    there = set(map(tuple, data[TIED].edge_index.T.tolist()))
    assert there == {(target, source) for source, target in there} and len(there) > 0


def test_a_world_without_events_has_an_empty_graph() -> None:
    links = empty_links()
    projection = project(links)
    data = hetero_data(links, projection, prior_risk(links, projection))
    assert all(data[edge].edge_index.shape == (2, 0) for edge in EDGE_TYPES)
    assert data["partner"].x.shape[0] == 3


def test_unlabelled_is_neither_fraud_nor_legit() -> None:
    world = tiny_world()
    known = verdicts(world.links, Kind.PARTNER)
    assert known.fraud.sum() == 32 and known.legit.sum() == 30
    assert known.unlabelled.sum() == len(world.links.partners) - 62
    assert not (known.unlabelled & (known.fraud | known.legit)).any()
