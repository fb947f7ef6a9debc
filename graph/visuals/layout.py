"""Where each member stands on the page: seeded, whole numbers, no physics in the browser.

Up to `LAYERED_NODES` members stand in layers by kind; above, Leiden communities are laid out one by one
(Kamada-Kawai on each) and packed as discs; one Kamada-Kawai or DrL over all gives a ball of wool.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import igraph
import numpy as np
from numpy.typing import NDArray

from graph.schema import Kind
from graph.visuals.slicing import KINDS, RingLinks

LAYERED_NODES: Final = 60
_LAYERS: Final = (Kind.BANK_ACCOUNT, Kind.PARTNER, Kind.CONSUMER, Kind.DEVICE)
_LAYER_GAP: Final = 150.0  # units of the canvas: one is a pixel at zoom 1; a node is 30 wide
_STAGGER: Final = 66.0  # a node with the two lines of its label
_LABEL_ROOM: Final = 124.0  # most labels; the page leaves out one that would cover another
_LAYER_WIDTH: Final = 1000.0  # fills the picture on a screen of 1,440 to 1,920
_SWEEPS: Final = 8  # barycentre sweeps; the order stands still after five on rings of 60
_EDGE_LENGTH: Final = 74.0
_DISC_GAP: Final = 70.0
_ANGLES: Final = 24  # places tried around each packed disc
_BESIDE: Final = 6  # discs tied most that a disc is tried beside, before all
_SCREEN_SHAPE: Final = 1.2  # width over height of the picture

Points = NDArray[np.float64]


@contextmanager
def seeded_igraph(seed: int) -> Iterator[None]:
    """igraph draws from a generator of its own inside, and from Python's again after."""
    igraph.set_random_number_generator(random.Random(seed))  # noqa: S311  # a layout, not a secret
    try:
        yield
    finally:
        igraph.set_random_number_generator(random)


def simple_network(links: RingLinks) -> igraph.Graph:
    """The ring as an undirected graph without parallel links or loops, its vertices in member order."""
    low, high = np.minimum(links.source, links.target), np.maximum(links.source, links.target)
    pairs = np.unique(np.column_stack((low, high))[low < high], axis=0)
    return igraph.Graph(n=len(links.members), edges=pairs.tolist())


def communities(network: igraph.Graph, seed: int, resolution: float = 1.0) -> list[list[int]]:
    """Leiden communities by modularity, largest first, then by smallest member; isolates form the last."""
    lonely = [vertex for vertex, degree in enumerate(network.degree()) if degree == 0]
    with seeded_igraph(seed):
        found = network.community_leiden("modularity", resolution=resolution, n_iterations=10)
    groups = [sorted(group) for group in found if network.degree(group[0]) > 0]
    return sorted(groups, key=lambda group: (-len(group), group)) + ([lonely] if lonely else [])


def positions(links: RingLinks, *, seed: int = 0) -> NDArray[np.int64]:
    """The place of each member, (members, 2) in canvas units, around the origin."""
    if not links.members:
        return np.empty((0, 2), dtype=np.int64)
    network = simple_network(links)
    layered = len(links.members) <= LAYERED_NODES
    placed = _layers(links, network) if layered else _packed(network, seed)
    centred: Points = placed - (placed.max(axis=0) + placed.min(axis=0)) / 2
    places: NDArray[np.int64] = np.rint(centred).astype(np.int64)
    return places


def _layers(links: RingLinks, network: igraph.Graph) -> Points:
    kinds = np.array([KINDS.index(member.kind) for member in links.members])
    layers = [np.flatnonzero(kinds == KINDS.index(kind)) for kind in _LAYERS]
    neighbours = network.get_adjlist()
    across = np.zeros(len(kinds))
    for layer in layers:
        across[layer] = _spread(len(layer))
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 else layers[::-1]:
            pull = [np.mean(across[neighbours[v]]) if neighbours[v] else across[v] for v in layer]
            across[layer[np.argsort(pull, kind="stable")]] = _spread(len(layer))
    return _stacked([layer[np.argsort(across[layer], kind="stable")] for layer in layers], len(kinds))


def _spread(size: int) -> Points:
    """Even places for a layer's members between -1 and 1."""
    return (np.arange(size) + 0.5) / max(size, 1) * 2 - 1


def _stacked(layers: list[NDArray[np.int64]], n_members: int) -> Points:
    """Layers top to bottom, each centred, in as many staggered rows as it needs."""
    placed, top = np.zeros((n_members, 2)), 0.0
    for layer in (layer for layer in layers if len(layer)):
        rows = int(np.ceil(len(layer) * _LABEL_ROOM / _LAYER_WIDTH))
        gap = min(_LAYER_WIDTH / len(layer), 1.5 * _LABEL_ROOM)
        placed[layer, 0] = (np.arange(len(layer)) - (len(layer) - 1) / 2) * gap
        placed[layer, 1] = top + np.arange(len(layer)) % rows * _STAGGER
        top += (rows - 1) * _STAGGER + _LAYER_GAP
    return placed


def _packed(network: igraph.Graph, seed: int) -> Points:
    groups = communities(network, seed)
    drawn = [_disc(network.induced_subgraph(group)) for group in groups]
    radii = np.array([float(np.hypot(*points.T).max()) + _DISC_GAP / 2 for points in drawn])
    centres = pack_discs(radii, _ties(network, groups))
    placed = np.zeros((network.vcount(), 2))
    for group, points, centre in zip(groups, drawn, centres, strict=True):
        placed[group] = points + centre
    return placed


def _disc(network: igraph.Graph) -> Points:
    """One community around its own middle; unlinked members stand in a grid."""
    size = network.vcount()
    if network.ecount() == 0:
        columns = max(1, round(float(np.sqrt(size * _SCREEN_SHAPE))))
        points = np.column_stack((np.arange(size) % columns, np.arange(size) // columns)).astype(float)
    else:
        points = np.array(network.layout_kamada_kawai(maxiter=min(50 * size, 6000)).coords)
    points = (points - (points.max(axis=0) + points.min(axis=0)) / 2) * _EDGE_LENGTH
    return _apart(points)


def _apart(points: Points) -> Points:
    """The same drawing, widened until all but the closest twentieth stand 34 units from their nearest."""
    if len(points) < 2:
        return points
    gaps = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    np.fill_diagonal(gaps, np.inf)
    tight = float(np.quantile(gaps.min(axis=1), 0.05))
    return points * min(max(34.0 / max(tight, 1e-9), 1.0), 2.5)


def _ties(network: igraph.Graph, groups: list[list[int]]) -> NDArray[np.float64]:
    """Links between each two groups, (groups, groups), symmetric."""
    group_of = np.empty(network.vcount(), dtype=np.int64)
    for number, group in enumerate(groups):
        group_of[group] = number
    ties = np.zeros((len(groups), len(groups)))
    ends = group_of[np.array(network.get_edgelist(), dtype=np.int64).reshape(-1, 2)]
    np.add.at(ties, (ends[:, 0], ends[:, 1]), 1.0)
    np.add.at(ties, (ends[:, 1], ends[:, 0]), 1.0)
    return ties


def pack_discs(radii: NDArray[np.float64], ties: NDArray[np.float64]) -> Points:
    """Centres of discs that do not overlap, each beside another, near those it is tied to. O(n^2) a disc."""
    centres = np.zeros((len(radii), 2))
    angles = np.arange(_ANGLES) * 2 * np.pi / _ANGLES
    rays = np.column_stack((np.cos(angles), np.sin(angles)))
    for number in range(1, len(radii)):
        tie = ties[number, :number]
        beside = np.argsort(-tie, kind="stable")[: min(_BESIDE, int((tie > 0).sum()))]
        spot = _free_spot(centres[:number], radii, tie, number, beside, rays)
        if spot is None:
            spot = _free_spot(centres[:number], radii, tie, number, np.arange(number), rays)
        centres[number] = centres[number - 1] if spot is None else spot
    return centres


def _free_spot(
    centres: Points,
    radii: NDArray[np.float64],
    tie: NDArray[np.float64],
    number: int,
    beside: NDArray[np.int64],
    rays: Points,
) -> Points | None:
    """The best place for disc `number` that touches one of `beside` and overlaps none; None where all do."""
    reach = radii[:number] + radii[number]
    tried = (centres[beside, None, :] + reach[beside, None, None] * rays[None, :, :]).reshape(-1, 2)
    apart = (tried[:, :1] - centres[None, :, 0]) ** 2 + (tried[:, 1:] - centres[None, :, 1]) ** 2
    free = (apart >= (reach - 1e-6) ** 2).all(axis=1)
    tried, apart = tried[free], apart[free]
    if not len(tried):
        return None
    pull = np.log1p(tie)
    middle = np.hypot(tried[:, 0] / _SCREEN_SHAPE, tried[:, 1])
    cost = np.sqrt(apart) @ (pull / max(pull.sum(), 1.0)) * 0.5 + middle
    best: Points = tried[np.argmin(np.round(cost, 6))]
    return best
