"""Small graphs for the models: one kind of node, and several with edge attributes."""

from __future__ import annotations

import numpy as np

from gnn.models import GraphData, Labels, edges

TIED = ("node", "tied_to", "node")


def planted(*, nodes: int = 240, seed: int = 0, signal: float = 1.0) -> tuple[GraphData, np.ndarray]:
    """One kind of node: a quarter is fraud, tied mostly to its like; features tell it only in part."""
    rng = np.random.default_rng(seed)
    fraud = rng.random(nodes) < 0.25
    x = rng.normal(size=(nodes, 4)).astype(np.float32)
    x[:, 0] += signal * fraud
    left, right = rng.integers(0, nodes, (2, nodes * 12))
    kept = (left != right) & ((fraud[left] == fraud[right]) | (rng.random(len(left)) < 0.2))
    source, target = np.r_[left[kept], right[kept]], np.r_[right[kept], left[kept]]
    return GraphData({"node": x}, {TIED: edges(source, target, nodes)}, "node"), fraud


def typed(*, seed: int = 0, shops: int = 90, buyers: int = 150) -> tuple[GraphData, np.ndarray]:
    """Shops and their buyers: only the amounts on edges tell which shop is fraud."""
    rng = np.random.default_rng(seed)
    fraud = rng.random(shops) < 0.3
    shop, buyer = rng.integers(0, shops, 1500), rng.integers(0, buyers, 1500)
    # the mean amount is the same for all: fraud has large and small ones
    amount = np.where(fraud[shop], rng.choice([-2.0, 2.0], 1500), 0) + 0.3 * rng.normal(size=1500)
    attributes = np.stack([amount, rng.normal(size=1500)], axis=1).astype(np.float32)
    x = {
        "shop": rng.normal(size=(shops, 2)).astype(np.float32),
        "buyer": rng.normal(size=(buyers, 3)).astype(np.float32),
    }
    return GraphData(
        x,
        {
            ("buyer", "paid", "shop"): edges(buyer, shop, shops, attributes=attributes),
            ("shop", "paid_by", "buyer"): edges(shop, buyer, buyers, attributes=attributes),
        },
        "shop",
    ), fraud


def half(fraud: np.ndarray, *, seed: int = 0) -> tuple[Labels, np.ndarray]:
    """Labels of a random half of the nodes, and the codes of the other half."""
    order = np.random.default_rng(seed).permutation(len(fraud))
    seen, rest = np.sort(order[: len(fraud) // 2]), np.sort(order[len(fraud) // 2 :])
    fold = np.full(len(fraud), -1)
    none = np.zeros(0, dtype=np.int64)
    return Labels(seen[fraud[seen]], seen[~fraud[seen]], none, float(fraud[seen].mean()), fold, 0), rest
