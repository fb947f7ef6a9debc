"""Bad customers in common: consumers who leave orders unpaid or disputed at both partners."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from graph.links import Links
from graph.schema import Kind
from graph.significance import poisson_surprise
from graph.ties import Ties


def bad_customers(links: Links) -> Ties:
    """Partners at which the same consumers end badly, more of them than chance brings.

    Null: a configuration model over bad visits alone (a consumer with an unpaid or disputed order at a
    partner): each falls on a partner by the partner's share of them. So an insolvent shop, where every order
    ends badly, and a consumer who pays nobody coincide with others by chance; the overlap's Poisson bound is
    used. One consumer in common counts, for what it is worth.
    """
    ordered = links.ordered_at
    bad = (ordered["disputed"].to_numpy() + ordered["defaulted"].to_numpy()) > 0
    at, of = ordered["partner"].to_numpy()[bad], ordered["consumer"].to_numpy()[bad]
    partners, consumers = links.size(Kind.PARTNER), links.size(Kind.CONSUMER)
    visits = sp.csr_array((np.ones(len(at), dtype=np.int32), (at, of)), shape=(partners, consumers))
    common = sp.triu(visits @ visits.T, k=1).tocsr()
    common.sort_indices()
    left = np.repeat(np.arange(partners, dtype=np.int32), np.diff(common.indptr))
    right = common.indices.astype(np.int32)
    of_partner = np.bincount(at, minlength=partners).astype(np.float64)
    of_consumer = np.bincount(of, minlength=consumers).astype(np.float64)
    chance = float((of_consumer * (of_consumer - 1.0)).sum()) / max(float(of_partner.sum()) ** 2, 1.0)
    surprise = poisson_surprise(common.data, of_partner[left] * of_partner[right] * chance)
    return Ties(left, right, np.log1p(surprise), surprise)
