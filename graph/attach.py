"""Attach: the consumers, devices and bank accounts that live mainly inside a ring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import scipy.sparse as sp

from graph.links import Links
from graph.records import Ring
from graph.schema import Kind
from graph.tally import tally

MAINLY = 0.5
"""Who lives inside a ring has more than this share of their use there."""

LEAST_USES = 2
"""One order, one login or one payout is not living anywhere."""


def attach(rings: Sequence[Ring], links: Links) -> tuple[Ring, ...]:
    """The rings with those who live mainly inside: customers, then the devices and accounts of both sides.

    A ring without partners keeps its consumers as they are.
    """
    partners = _membership([ring.partners for ring in rings], links.size(Kind.PARTNER))
    customers = _mainly(
        links.ordered_at, "partner", partners, "consumer", "orders", links.size(Kind.CONSUMER)
    )
    given = _membership(
        [() if ring.partners else ring.consumers for ring in rings], links.size(Kind.CONSUMER)
    )
    consumers = (customers + given).tocsr()
    devices = _mainly(
        links.used, "consumer", consumers, "device", "times", links.size(Kind.DEVICE)
    ) + _mainly(links.logged_in_from, "partner", partners, "device", "times", links.size(Kind.DEVICE))
    accounts = _mainly(
        links.paid_from, "consumer", consumers, "bank_account", "times", links.size(Kind.BANK_ACCOUNT)
    ) + _mainly(
        links.paid_out_to, "partner", partners, "bank_account", "times", links.size(Kind.BANK_ACCOUNT)
    )
    by_ring = [_lists(members, len(rings)) for members in (consumers, devices, accounts)]
    return tuple(
        replace(ring, consumers=by_ring[0][n], devices=by_ring[1][n], bank_accounts=by_ring[2][n])
        for n, ring in enumerate(rings)
    )


def _membership(members: Sequence[Sequence[int]], size: int) -> sp.csr_array:
    """(size, rings): 1 where a node is a member."""
    ring = np.repeat(np.arange(len(members)), [len(one) for one in members])
    code = np.fromiter((c for one in members for c in one), dtype=np.int64, count=len(ring))
    return sp.csr_array((np.ones(len(ring)), (code, ring)), shape=(size, len(members)))


def _mainly(
    frame: pd.DataFrame, owner: str, members: sp.csr_array, other: str, count: str, size: int
) -> sp.csr_array:
    """(size, rings): 1 for each `other` node with more than `MAINLY` of its use with the ring's members."""
    times, code, of = (frame[name].to_numpy() for name in (count, other, owner))
    # most use is that of nobody in any ring
    rows = np.flatnonzero((np.diff(members.indptr) > 0)[of])
    use = sp.csr_array(
        (times[rows].astype(np.float64), (code[rows], of[rows])), shape=(size, members.shape[0])
    )
    inside = (use @ members).tocoo()
    total = tally(code, size, times)
    keep = (inside.data > MAINLY * total[inside.row]) & (inside.data >= LEAST_USES)
    ones = np.ones(int(keep.sum()))
    return sp.csr_array((ones, (inside.row[keep], inside.col[keep])), shape=(size, members.shape[1]))


def _lists(members: sp.csr_array, rings: int) -> list[tuple[int, ...]]:
    by_ring = members.tocsc()
    by_ring.sort_indices()
    return [tuple(by_ring.indices[by_ring.indptr[n] : by_ring.indptr[n + 1]].tolist()) for n in range(rings)]
