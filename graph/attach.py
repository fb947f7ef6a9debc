"""Attach: the consumers, devices and bank accounts that live mainly inside a ring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import scipy.sparse as sp

from graph.links import Links, unpaid_orders
from graph.records import Ring
from graph.schema import Kind
from graph.significance import Floats
from graph.tally import tally

MAINLY = 0.5
"""Who lives inside a ring has more than this share of their use there."""

LEAST_SURE = 0.5
"""Strength from which on a ring of partners is one more probably than not."""

LEAST_USES = 2
"""One order, one login or one payout is not living anywhere."""


def attach(rings: Sequence[Ring], links: Links) -> tuple[Ring, ...]:
    """The rings with those who live mainly inside: customers, then the devices and accounts of both sides.

    A ring keeps the consumers that it has; one without partners has no others.
    """
    partners = _membership([ring.partners for ring in rings], links.size(Kind.PARTNER))
    customers = _mainly(
        links.ordered_at, "partner", partners, "consumer", "orders", links.size(Kind.CONSUMER)
    )
    given = _membership([ring.consumers for ring in rings], links.size(Kind.CONSUMER))
    consumers = (customers + given).tocsr()
    consumers.data[:] = 1.0  # who is given, and lives inside, is one
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


def with_their_custom(rings: Sequence[Ring], strength: Floats, links: Links) -> list[Ring]:
    """The rings, the strongest first, less the circles of consumers that are a ring of partners' custom.

    A circle is if more than `MAINLY` of its orders that went bad were at the partners of one stronger ring,
    of `LEAST_SURE` and more: what it does is that ring's doing, and it joins it. Partners that a crew robs
    are no ring, or a weaker one.
    """
    ordered = links.ordered_at
    bad = ordered["refunded"].to_numpy() + unpaid_orders(ordered)
    rows = np.flatnonzero(bad)
    at, of = (ordered[end].to_numpy()[rows] for end in ("partner", "consumer"))
    partners, consumers = links.size(Kind.PARTNER), links.size(Kind.CONSUMER)
    orders = sp.csr_array((bad[rows].astype(np.float64), (of, at)), shape=(consumers, partners))
    of_partners = np.array([bool(ring.partners) for ring in rings], dtype=np.bool_)
    circles, sure = np.flatnonzero(~of_partners), np.flatnonzero(of_partners & (strength >= LEAST_SURE))
    of_circles = (_membership([rings[n].consumers for n in circles.tolist()], consumers).T @ orders).tocsr()
    inside = (of_circles @ _membership([rings[n].partners for n in sure.tolist()], partners)).tocoo()
    keep = inside.data > MAINLY * of_circles.sum(axis=1)[inside.row]
    pairs = zip(circles[inside.row[keep]].tolist(), sure[inside.col[keep]].tolist(), strict=True)
    joins: dict[int, int] = {}  # of two rings that share partners the stronger
    for one, other in sorted(pairs):
        if strength[other] > strength[one]:
            joins.setdefault(one, other)
    whole = list(rings)
    for one, other in joins.items():
        whole[other] = joined(whole[other], rings[one])
    return [ring for number, ring in enumerate(whole) if number not in joins]


def joined(ring: Ring, joining: Ring) -> Ring:
    """Both as one, with the detectors and the reasons of either; what lives inside is not attached yet."""
    return Ring(
        tuple(sorted({*ring.partners, *joining.partners})),
        tuple(sorted({*ring.consumers, *joining.consumers})),
        found_by=tuple(sorted({*ring.found_by, *joining.found_by})),
        reasons=tuple(dict.fromkeys((*ring.reasons, *joining.reasons))),
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
