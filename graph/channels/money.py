"""Money: partners whose payout accounts forward to the same collectors within a few hops."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.channels.identifiers import matches, own_accounts
from graph.links import Links
from graph.schema import Kind
from graph.tally import tally
from graph.ties import Ties, no_ties, shared

HOPS = 3
"""Mule chains are two or three accounts long (FlowScope, AAAI 2020); longer ones reach everybody."""

MIN_FORWARDED = 0.02
"""Share of a partner's payouts below which what arrives at a collector is small change."""


def money_flow(links: Links) -> Ties:
    """Partners whose money ends at the same rare collectors; a shared payout account counts elsewhere.

    An account forwards by the share of what it received. Money travels forward in time, hop by hop: a
    transfer counts where its last one is not before the partner's money can first have reached its account.
    A collector reached by many partners is a hub and drops out.
    """
    if not len(links.transferred_to):
        return no_ties()
    reach = collector_reach(links)
    ties = shared(reach, links.size(Kind.PARTNER))
    plain = shared(own_accounts(links), links.size(Kind.PARTNER))
    same = np.isin(_keys(ties), _keys(plain))
    return ties.where(~same)


def collector_reach(links: Links) -> sp.csr_array:
    """(partners, accounts): share of the partner's payouts that arrives at each account, its own included."""
    forward = _forwarding(links)
    now = _paid_out(links)
    shape = (links.size(Kind.PARTNER), links.size(Kind.BANK_ACCOUNT))
    reach = sp.csr_array((now["share"], (now["partner"], now["account"])), shape=shape)
    for _ in range(HOPS):
        now = _next_hop(now, forward)
        arrived = sp.csr_array((now["share"], (now["partner"], now["account"])), shape=shape)
        reach = reach.maximum(arrived)
    return reach.tocsr()


def _paid_out(links: Links) -> pd.DataFrame:
    """Share of each partner's payouts at each of its own accounts, and the moment of the first."""
    own = own_accounts(links).tocoo()
    first = pd.Series(
        links.paid_out_to["first_at"].to_numpy(),
        index=_pair(links.paid_out_to["partner"].to_numpy(), links.paid_out_to["bank_account"].to_numpy()),
    )
    at = first.reindex(_pair(own.row, own.col)).to_numpy()
    return pd.DataFrame(
        {
            "partner": own.row.astype(np.int64),
            "account": own.col.astype(np.int64),
            "share": own.data,
            "at": at,
        }
    )


def _next_hop(now: pd.DataFrame, forward: pd.DataFrame) -> pd.DataFrame:
    """Where the money is a transfer later: shares add up over ways, the earliest arrival counts."""
    here, sent = matches(now["account"].to_numpy(), forward["source"].to_numpy())
    arrived = now["at"].to_numpy()[here]
    timely = forward["last"].to_numpy()[sent] >= arrived
    here, sent, arrived = here[timely], sent[timely], arrived[timely]
    moved = pd.DataFrame(
        {
            "partner": now["partner"].to_numpy()[here],
            "account": forward["target"].to_numpy()[sent],
            "share": now["share"].to_numpy()[here] * forward["share"].to_numpy()[sent],
            "at": np.maximum(arrived, forward["first"].to_numpy()[sent]),
        }
    )
    merged = moved.groupby(["partner", "account"], sort=True, as_index=False).agg(
        {"share": "sum", "at": "min"}
    )
    after: pd.DataFrame = merged[merged["share"] >= MIN_FORWARDED]
    return after


def _forwarding(links: Links) -> pd.DataFrame:
    """Transfers by source: `source`, `target`, `first`, `last`, `share` of the source's money that moves.

    Transfers of less than `MIN_FORWARDED` of what came in are small change and left out, so that an account
    has at most 50 ways on and a round of hops stays linear.
    """
    accounts = links.size(Kind.BANK_ACCOUNT)
    moved = links.transferred_to
    source, target = moved["from_account"].to_numpy(), moved["to_account"].to_numpy()
    amount = moved["amount"].to_numpy(dtype=np.float64)
    paid = links.paid_out_to
    received = tally(target, accounts, amount)
    received += tally(paid["bank_account"].to_numpy(), accounts, paid["amount"])
    sent = tally(source, accounts, amount)
    share = np.minimum(amount / np.maximum(np.maximum(received, sent)[source], 1e-9), 1.0)
    keep = (source != target) & (share >= MIN_FORWARDED)
    frame = pd.DataFrame(
        {
            "source": source[keep].astype(np.int64),
            "target": target[keep].astype(np.int64),
            "first": moved["first_at"].to_numpy()[keep],
            "last": moved["last_at"].to_numpy()[keep],
            "share": share[keep],
        }
    )
    return frame.sort_values("source", kind="stable", ignore_index=True)


def _pair(row: NDArray[np.integer], column: NDArray[np.integer]) -> NDArray[np.int64]:
    return (row.astype(np.int64) << 32) | column


def _keys(ties: Ties) -> NDArray[np.int64]:
    return _pair(ties.left, ties.right)
