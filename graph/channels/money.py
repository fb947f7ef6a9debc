"""Money: partners whose payout accounts forward to the same collectors within a few hops."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from graph.channels.identifiers import own_accounts
from graph.links import Links
from graph.schema import Kind
from graph.significance import Floats
from graph.ties import Ties, no_ties, shared

HOPS = 3
"""Mule chains are two or three accounts long (FlowScope, AAAI 2020); longer ones reach everybody."""

MIN_FORWARDED = 0.02
"""Share of a partner's payouts below which what arrives at a collector is small change."""


def money_flow(links: Links) -> Ties:
    """Partners whose money ends at the same rare collectors; a shared payout account counts elsewhere.

    An account forwards by the share of what it received; a hop counts only where its last transfer is not
    before the first payment into its account. A collector reached by many partners is a hub and drops out.
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
    own = own_accounts(links).tocsr()
    forward = _forwarding(links)
    reach, now = own.copy(), own
    for _ in range(HOPS):
        now = (now @ forward).tocsr()
        now.data[now.data < MIN_FORWARDED] = 0.0
        now.eliminate_zeros()
        reach = reach.maximum(now)
    return reach.tocsr()


def _forwarding(links: Links) -> sp.csr_array:
    """(accounts, accounts): share of the money that came into the row's account sent on to the column's."""
    accounts = links.size(Kind.BANK_ACCOUNT)
    moved = links.transferred_to
    source, target = moved["from_account"].to_numpy(), moved["to_account"].to_numpy()
    amount = moved["amount"].to_numpy(dtype=np.float64)
    received = np.bincount(target, weights=amount, minlength=accounts)
    paid = links.paid_out_to
    received += np.bincount(
        paid["bank_account"].to_numpy(), weights=paid["amount"].to_numpy(), minlength=accounts
    )
    sent = np.bincount(source, weights=amount, minlength=accounts)
    opened = _first_received(links, accounts)
    timely = moved["last_at"].to_numpy() >= opened[source]
    share = np.minimum(amount / np.maximum(np.maximum(received, sent)[source], 1e-9), 1.0)
    keep = timely & (source != target)
    return sp.csr_array((share[keep], (source[keep], target[keep])), shape=(accounts, accounts))


def _first_received(links: Links, accounts: int) -> Floats:
    """(accounts,) moment of the first money in; accounts that never received any may not forward any."""
    first = np.full(accounts, np.inf)
    paid, moved = links.paid_out_to, links.transferred_to
    np.minimum.at(first, paid["bank_account"].to_numpy(), paid["first_at"].to_numpy().astype(np.float64))
    np.minimum.at(first, moved["to_account"].to_numpy(), moved["first_at"].to_numpy().astype(np.float64))
    return first


def _keys(ties: Ties) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return (ties.left.astype(np.int64) << 32) | ties.right
