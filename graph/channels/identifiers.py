"""Shared identifiers: accounts and devices that partners have in common, with each other or their custom."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.links import Links
from graph.schema import Kind
from graph.ties import HUB_SHARERS, Ties, chance_surprise, merge_ties, rarity, shared, ties_of

PRIMARY_SHARE = 0.2
"""An identifier counts as a partner's own from this share of its use on, relative to its most used one:
the campus machine and the book-keeper's laptop are somebody else's."""

LEAST_USERS = 2
"""Customers with the same identifier of a partner's: one is an owner who goes shopping."""


def payout_accounts(links: Links) -> Ties:
    """Partners paid out to the same bank accounts."""
    return shared(own_accounts(links), links.size(Kind.PARTNER))


def login_devices(links: Links) -> Ties:
    """Partners whose people log in from the same devices."""
    return shared(own_devices(links), links.size(Kind.PARTNER))


def customer_devices(links: Links) -> Ties:
    """A partner's own login device is what another partner's customers order from."""
    return _through_customers(links, own_devices(links), most_used(links.used), "device")


def funding_accounts(links: Links) -> Ties:
    """A partner's payout account is what another partner's customers pay from."""
    return _through_customers(links, own_accounts(links), most_used(links.paid_from), "bank_account")


def own_accounts(links: Links) -> sp.csr_array:
    """(partners, accounts): share of the partner's payouts that went to each account of its own."""
    return _own(links.paid_out_to, "bank_account", links.size(Kind.PARTNER), links.size(Kind.BANK_ACCOUNT))


def own_devices(links: Links) -> sp.csr_array:
    """(partners, devices): share of the partner's logins from each device of its own."""
    return _own(links.logged_in_from, "device", links.size(Kind.PARTNER), links.size(Kind.DEVICE))


def primary(
    owner: NDArray[np.int32], times: NDArray[np.float64], owners: int, share: float
) -> NDArray[np.bool_]:
    """Marks the links that take at least `share` of what the owner's most used link takes."""
    most = np.zeros(owners)
    np.maximum.at(most, owner, times)
    marked: NDArray[np.bool_] = times >= share * most[owner]
    return marked


def most_used(use: pd.DataFrame) -> pd.DataFrame:
    """The links to what each consumer uses most, equals kept: a shop's till is no customer's own device."""
    owner = use["consumer"].to_numpy()
    times = use["times"].to_numpy(dtype=np.float64)
    return use[primary(owner, times, int(owner.max(initial=-1)) + 1, 1.0)]


def _own(frame: pd.DataFrame, column: str, partners: int, others: int) -> sp.csr_array:
    owner = frame["partner"].to_numpy()
    times = frame["times"].to_numpy(dtype=np.float64)
    keep = primary(owner, times, partners, PRIMARY_SHARE)
    owner, other, times = owner[keep], frame[column].to_numpy()[keep], times[keep]
    total = np.bincount(owner, weights=times, minlength=partners)
    return sp.csr_array((times / np.maximum(total[owner], 1e-12), (owner, other)), shape=(partners, others))


def _through_customers(links: Links, own: sp.csr_array, use: pd.DataFrame, column: str) -> Ties:
    """Ties from an identifier's owners to the partners where those who use it shop.

    A tie weighs the owner's share of use times the identifier's rarity among the partners shopped at.
    """
    partners = links.size(Kind.PARTNER)
    owned = own.tocsc()
    kept = np.flatnonzero(np.diff(owned.indptr))
    visits = _visits(links, use, column, kept)
    visited = np.diff(visits.tocsc().indptr)
    keep = (visited >= 1) & (visited <= HUB_SHARERS)
    owned, visits, sharers = owned[:, kept[keep]], visits.tocsc()[:, keep], visited[keep] + 1
    weight = (owned @ sp.diags_array(rarity(sharers)) @ visits.T).tocoo()
    owned.data = np.ones_like(owned.data)
    surprise = (owned @ sp.diags_array(chance_surprise(sharers, partners)) @ visits.T).tocoo()
    return merge_ties(
        (
            ties_of(weight.row, weight.col, weight.data, np.zeros(weight.nnz)),
            ties_of(surprise.row, surprise.col, np.zeros(surprise.nnz), surprise.data),
        )
    )


def _visits(links: Links, use: pd.DataFrame, column: str, kept: NDArray[np.int64]) -> sp.csr_array:
    """(partners, kept identifiers): 1 where `LEAST_USERS` of the identifier shop at the partner."""
    others = int(max(kept.max(initial=-1), use[column].max() if len(use) else -1)) + 1
    place = np.full(others, -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    chosen = place[use[column].to_numpy()]
    inside = chosen >= 0
    consumers = links.size(Kind.CONSUMER)
    users = _ones(use["consumer"].to_numpy()[inside], chosen[inside], (consumers, len(kept)))
    ordered = links.ordered_at
    custom = _ones(
        ordered["partner"].to_numpy(), ordered["consumer"].to_numpy(), (links.size(Kind.PARTNER), consumers)
    )
    visits = (custom @ users).tocsr()
    visits.data = np.where(visits.data >= LEAST_USERS, 1.0, 0.0)
    visits.eliminate_zeros()
    return visits


def _ones(row: NDArray[np.integer], column: NDArray[np.integer], shape: tuple[int, int]) -> sp.csr_array:
    return sp.csr_array((np.ones(len(row)), (row, column)), shape=shape)
