"""Ring forest: how probable it is that a set of partners, or of consumers, is a whole ring, and only that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numba
import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.circle_meetings import meeting_features
from graph.forest import read_forest
from graph.links import Links
from graph.projection import Projection
from graph.shopper_ties import ShopperTies
from graph.significance import Floats
from graph.tally import tally

TIED: Final = (
    "ties",
    "density",
    "weakest_member",
    "outside",
    "most_outside",
    "nearest",
    "nearest_share",
    "tree",
    "weakest_in_tree",
    "least_inside_share",
)
"""What `_describe` measures of a set's affinities, in its order."""

MEMBERS: Final = ("membership", "bad_surprise", "group_bad", "turned", "bad_behind_customer_groups")
"""Evidence about members: the mean, and the least and the highest of the first three."""

_DIGITS: Final = 4

Sets = Sequence[Sequence[int]]


def ring_probability(partners: Sets, projection: Projection, links: Links) -> Floats:
    """(sets,) probability that each set of two partner codes and more is a ring, as a whole and nothing else.

    A set is taken for one where at least two thirds of it are of one ring, of which it misses no more than
    half (Jaccard index of 0.5). Cost is linear in the ties of all members.
    """
    if not len(partners):
        return np.zeros(0)
    return read_forest("ring").probability(ring_features(partners, projection, links))


def ring_features(partners: Sets, projection: Projection, links: Links) -> pd.DataFrame:
    """(sets, features) float32: how the members are tied to each other and to others, and what they did."""
    size = np.array([len(one) for one in partners])
    start, member = laid_out(partners)
    tied, channel = _ties_of(start, member, projection)
    columns: dict[str, NDArray[np.floating]] = {"size": size.astype(np.float64)}
    columns |= {name: tied[:, number] for number, name in enumerate(TIED)}
    for number, name in enumerate(projection.channels):
        columns[f"rarity_{name}"] = channel[:, number] / (size - 1)
    known = {name: projection.evidence[name].to_numpy() for name in MEMBERS[1:]}
    known["membership"] = projection.membership
    for number, name in enumerate(MEMBERS):
        of_member = known[name][member].astype(np.float64)
        columns[f"mean_{name}"] = np.add.reduceat(of_member, start[:-1]) / size
        if number < 3:
            columns[f"low_{name}"] = np.minimum.reduceat(of_member, start[:-1])
            columns[f"high_{name}"] = np.maximum.reduceat(of_member, start[:-1])
    customers = np.log1p(tally(links.ordered_at["partner"].to_numpy(), projection.partners))[member]
    columns["mean_customers"] = np.add.reduceat(customers, start[:-1]) / size
    columns["low_customers"] = np.minimum.reduceat(customers, start[:-1])
    if "closed_at" in links.partners:
        closed = (links.partners["closed_at"].to_numpy() >= 0)[member].astype(np.float64)
        columns["mean_closed"] = np.add.reduceat(closed, start[:-1]) / size
    else:
        columns["mean_closed"] = np.zeros(len(size))
    return pd.DataFrame(
        {name: np.round(value, _DIGITS).astype(np.float32) for name, value in columns.items()}
    )


def laid_out(sets: Sets) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """(sets + 1,) where the members of each set begin, and (all members,) they one after the other."""
    start = np.r_[0, np.cumsum([len(one) for one in sets], dtype=np.int64)]
    member = np.fromiter((code for one in sets for code in one), dtype=np.int32, count=int(start[-1]))
    return start, member


def circle_probability(circles: Sets, projection: Projection, links: Links) -> Floats:
    """(sets,) probability that each set of two consumer codes and more is a ring, as a whole."""
    if not len(circles):
        return np.zeros(0)
    return read_forest("circle").probability(circle_features(circles, projection.shoppers, links))


def circle_features(circles: Sets, shoppers: ShopperTies, links: Links) -> pd.DataFrame:
    """(sets, features) float32: what ties the members, how eager they are, what they did where they met."""
    size = np.array([len(one) for one in circles])
    start = np.r_[0, np.cumsum(size)]
    member = np.fromiter((code for one in circles for code in one), dtype=np.int32, count=int(start[-1]))
    tied, channel = _ties_of(start, member, shoppers)
    columns: dict[str, NDArray[np.floating]] = {"size": size.astype(np.float64)}
    columns |= {name: tied[:, number] for number, name in enumerate(TIED)}
    for number, name in enumerate(shoppers.channels):
        columns[f"sum_{name}"] = channel[:, number] / size
    for name in shoppers.evidence.columns:
        of_member = shoppers.evidence[name].to_numpy(dtype=np.float64)[member]
        columns[f"mean_{name}"] = np.add.reduceat(of_member, start[:-1]) / size
        if name == "eager":
            columns[f"low_{name}"] = np.minimum.reduceat(of_member, start[:-1])
            columns[f"high_{name}"] = np.maximum.reduceat(of_member, start[:-1])
    columns |= meeting_features(start, member, links)
    return _frame(columns)


def _frame(columns: dict[str, NDArray[np.floating]]) -> pd.DataFrame:
    return pd.DataFrame(
        {name: np.round(value, _DIGITS).astype(np.float32) for name, value in columns.items()}
    )


def affinity_graph(projection: Projection | ShopperTies) -> sp.csr_array:
    """(partners, partners) the row of `projection` (from 1 on) of each pair, both ways, columns sorted."""
    size, rows = projection.partners, np.arange(1, len(projection.left) + 1)
    upper = sp.csr_array((rows, (projection.left, projection.right)), shape=(size, size))
    both = (upper + upper.T).tocsr()
    both.sort_indices()
    return both


def _ties_of(
    start: NDArray[np.int64], member: NDArray[np.int32], projection: Projection | ShopperTies
) -> tuple[Floats, Floats]:
    """(sets, TIED) what ties each set, and (sets, channels) the rarity of all its ties by channel."""
    pairs = affinity_graph(projection)
    tied = np.zeros((len(start) - 1, len(TIED)))
    channel = np.zeros((len(start) - 1, len(projection.channels)))
    _describe(
        start,
        member,
        pairs.indptr.astype(np.int64),
        pairs.indices.astype(np.int64),
        pairs.data.astype(np.int64) - 1,
        projection.affinity.astype(np.float64),
        projection.rarity.astype(np.float64),
        tied,
        channel,
    )
    return tied, channel


@numba.njit(cache=True)
def _describe(
    start: NDArray[np.int64],
    member: NDArray[np.int32],
    indptr: NDArray[np.int64],
    other: NDArray[np.int64],
    pair: NDArray[np.int64],
    affinity: Floats,
    rarity: Floats,
    tied: Floats,
    channel: Floats,
) -> None:
    size = len(indptr) - 1
    place = np.full(size, -1)
    reach = np.zeros(size)
    for number in range(len(start) - 1):
        codes = member[start[number] : start[number + 1]]
        count = len(codes)
        for at in range(count):
            place[codes[at]] = at
        inner = np.zeros((count, count))
        outer = np.zeros(count)
        nearest, within = 0.0, 0.0
        for at in range(count):
            for entry in range(indptr[codes[at]], indptr[codes[at] + 1]):
                value, to = affinity[pair[entry]], other[entry]
                if place[to] >= 0:
                    inner[at, place[to]] = value
                    if place[to] > at:
                        within += value
                        for column in range(channel.shape[1]):
                            channel[number, column] += rarity[pair[entry], column]
                else:
                    outer[at] += value
                    reach[to] += value
                    nearest = max(nearest, reach[to])
        mine = inner.sum(axis=1)
        tree, weakest = _spanning(inner)
        tied[number, 0] = within
        tied[number, 1] = 2 * within / (count * (count - 1))
        tied[number, 2] = mine.min()
        tied[number, 3] = outer.sum() / max(within, 1e-3)
        tied[number, 4] = outer.max()
        tied[number, 5] = nearest
        tied[number, 6] = nearest / count
        tied[number, 7] = tree
        tied[number, 8] = weakest
        tied[number, 9] = (mine / (mine + outer + 1e-3)).min()
        for at in range(count):
            place[codes[at]] = -1
            for entry in range(indptr[codes[at]], indptr[codes[at] + 1]):
                reach[other[entry]] = 0.0


@numba.njit(cache=True)
def _spanning(inner: Floats) -> tuple[float, float]:
    """Mean and weakest tie of the strongest tree that spans the set (Prim)."""
    count = len(inner)
    best = inner[0].copy()
    taken = np.zeros(count, dtype=np.bool_)
    taken[0] = True
    total, weakest = 0.0, 1.0
    for _ in range(count - 1):
        found, value = 0, -1.0
        for at in range(count):
            if not taken[at] and best[at] > value:
                found, value = at, best[at]
        taken[found] = True
        total += value
        weakest = min(weakest, value)
        for at in range(count):
            best[at] = max(best[at], inner[found, at])
    return total / (count - 1), weakest
