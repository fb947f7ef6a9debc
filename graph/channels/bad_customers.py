"""Bad customers in common: shoppers who leave orders unpaid or disputed at both partners."""

from __future__ import annotations

from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.channels.custom import chance_overlap, consumer_country
from graph.channels.groups import CustomerGroups
from graph.links import Links, unpaid_orders
from graph.schema import Kind
from graph.significance import poisson_surprise
from graph.tally import distinct
from graph.ties import HUB_SHARERS, Ties, strongest, ties_of

TIES_A_PARTNER: Final = 5
"""Pairs kept a partner, the most surprising: one bad shopper in common is no rarity."""


def bad_customers(links: Links, groups: CustomerGroups) -> Ties:
    """Partners at which the same shoppers end badly, more of them than chance brings.

    A customer group is one shopper: who leaves a debt here and has a till-mate who leaves one there has left
    both. Null: a configuration model over bad visits alone (a shopper with an unpaid or disputed order at a
    partner), within each country: each falls on a partner by the partner's share of them (Poisson bound). So
    an insolvent shop, where every order ends badly, and a shopper who pays nobody coincide with others by
    chance. Shoppers with bad visits to more than `HUB_SHARERS` partners tie nobody; one in common counts.
    """
    shopper, size = groups.shoppers()
    partners = links.size(Kind.PARTNER)
    at, of = _bad_visits(links, shopper, size)
    ones = np.ones(len(at), dtype=np.int32)
    visits = sp.csr_array((ones, (at, of)), shape=(partners, size))
    common = sp.triu(visits @ visits.T, k=1).tocoo()
    country = np.zeros(size, dtype=np.int64)
    country[shopper] = consumer_country(links)
    due = chance_overlap(at, of, country, partners, common.row, common.col)
    surprise = poisson_surprise(common.data, due)
    ties = ties_of(common.row, common.col, np.log1p(surprise), surprise)
    return strongest(ties, TIES_A_PARTNER * partners)


def _bad_visits(
    links: Links, shopper: NDArray[np.int64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Partner and shopper of each bad visit once, of shoppers who make no more than `HUB_SHARERS`."""
    ordered = links.ordered_at
    bad = unpaid_orders(ordered) > 0
    at = ordered["partner"].to_numpy()[bad].astype(np.int64)
    visit = distinct((at << 32) | shopper[ordered["consumer"].to_numpy()[bad]])
    at, of = visit >> 32, visit & 0xFFFFFFFF
    few = np.bincount(of, minlength=size)[of] <= HUB_SHARERS
    return at[few], of[few]
