"""Ties: partner pairs of one channel, and the sparse products that find them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.significance import Floats
from graph.tally import tally

Codes = NDArray[np.int32]

HUB_SHARERS = 64
"""An identifier that more partners share ties nobody: its rarity is below a quarter of a pair's, the chance
that it joins two given partners grows with the square, and so would the pairs."""

FEW_TIES = 10_000
"""So many ties of a channel are no work, however few partners there are."""


@dataclass(frozen=True)
class Ties:
    """Partner pairs, `left` < `right`, sorted and unique, with `weight` >= 0 and `surprise` = -log10 p."""

    left: Codes
    right: Codes
    weight: Floats
    surprise: Floats

    def __len__(self) -> int:
        return len(self.left)

    def where(self, keep: NDArray[np.bool_]) -> Ties:
        """The ties that `keep` marks."""
        return Ties(self.left[keep], self.right[keep], self.weight[keep], self.surprise[keep])


def ties_of(
    left: NDArray[np.int64] | Codes, right: NDArray[np.int64] | Codes, weight: Floats, surprise: Floats
) -> Ties:
    """Ties from pairs in any order and direction; repeats add up, a pair with itself is dropped."""
    low, high = np.minimum(left, right).astype(np.int64), np.maximum(left, right).astype(np.int64)
    apart = low != high
    key = (low << 32) | high
    unique, inverse = np.unique(key[apart], return_inverse=True)
    return Ties(
        (unique >> 32).astype(np.int32),
        (unique & 0xFFFFFFFF).astype(np.int32),
        tally(inverse, len(unique), weight[apart]),
        tally(inverse, len(unique), surprise[apart]),
    )


def strongest(ties: Ties, most: int) -> Ties:
    """The `most` ties of the highest surprise, `FEW_TIES` at least; equals of the last one stay too.

    For channels whose chance pairs grow with the square of the partners, most of them too weak to count.
    """
    if len(ties) <= max(most, FEW_TIES):
        return ties
    return ties.where((ties.surprise >= least_kept(ties.surprise, most)) & (ties.surprise > 0))


def least_kept(value: Floats, most: int) -> float:
    """The value that `most` of them reach, `FEW_TIES` at least; minus infinity where there are no more."""
    most = max(most, FEW_TIES)
    if len(value) <= most:
        return -np.inf
    return float(np.partition(value, len(value) - most)[len(value) - most])


def no_ties() -> Ties:
    """No pair at all."""
    empty = np.zeros(0, dtype=np.int32)
    return Ties(empty, empty, np.zeros(0), np.zeros(0))


def rarity(sharers: NDArray[np.integer] | Floats) -> Floats:
    """1 / log(1 + sharers): how much of a tie an identifier with so many sharers is; 0 for a lone one."""
    sharers = np.asarray(sharers, dtype=np.float64)
    return np.where(sharers >= 2, 1.0 / np.log1p(np.maximum(sharers, 2.0)), 0.0)


def chance_surprise(sharers: NDArray[np.integer] | Floats, partners: int) -> Floats:
    """-log10 of the chance that two given partners out of `partners` are among that many random sharers."""
    sharers = np.asarray(sharers, dtype=np.float64)
    pairs = max(partners * (partners - 1.0), 2.0)
    chance = np.minimum(sharers * np.maximum(sharers - 1.0, 1.0) / pairs, 1.0)
    return np.where(sharers >= 2, -np.log10(chance), 0.0)


def shared(incidence: sp.csr_array, partners: int) -> Ties:
    """Ties between partners (rows) through what they share (columns).

    `incidence` holds in (0, 1] how much of the partner's use falls on the column. A tie's weight is the sum
    over shared columns of rarity times the geometric mean of both uses; hubs (`HUB_SHARERS`) tie nobody.
    """
    incidence = incidence.tocsc()
    sharers = np.diff(incidence.indptr)
    keep = (sharers >= 2) & (sharers <= HUB_SHARERS)
    if not keep.any():
        return no_ties()
    incidence, sharers = incidence[:, keep], sharers[keep]
    root = incidence.copy()
    root.data = np.sqrt(root.data)
    weight = sp.triu(root @ sp.diags_array(rarity(sharers)) @ root.T, k=1).tocoo()
    ones = incidence.copy()
    ones.data = np.ones_like(ones.data)
    surprise = sp.triu(ones @ sp.diags_array(chance_surprise(sharers, partners)) @ ones.T, k=1).tocoo()
    left = ties_of(weight.row, weight.col, weight.data, np.zeros(weight.nnz))
    right = ties_of(surprise.row, surprise.col, np.zeros(surprise.nnz), surprise.data)
    return merge_ties((left, right))


def merge_ties(parts: tuple[Ties, ...]) -> Ties:
    """One `Ties` over all parts; weights and surprises of the same pair add up."""
    return ties_of(
        np.concatenate([part.left for part in parts]),
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.weight for part in parts]),
        np.concatenate([part.surprise for part in parts]),
    )
