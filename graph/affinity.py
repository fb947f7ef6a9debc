"""Affinity: how probable it is that two tied partners belong to one ring, from all channels together.

Which ties go together in rings and which in honest trade cannot be written down by hand for thirteen
channels: boosted trees learn it from made-up worlds of many firms (`benchmarks.fit_forests`). No label of the
data at hand enters, and nothing after its moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numba
import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.forest import read_forest
from graph.links import Links
from graph.significance import Floats
from graph.tally import tally
from graph.ties import Codes

if TYPE_CHECKING:
    from graph.projection import Projection

OF_BOTH: Final = (
    "bad_surprise",
    "refund_surprise",
    "group_bad",
    "group_share",
    "own_device_orders",
    "own_account_orders",
    "turned",
)
"""Evidence about either partner that tells a pair's meaning; the lower and the higher of both."""

LEAST_AFFINITY: Final = 0.01
"""Pairs below are no ties: one in a hundred of them is of one ring, and they are most of the pairs."""

_DIGITS: Final = 4
"""Features are rounded, so that sums in another order fall on the same side of every threshold."""

Evidence = pd.DataFrame


def pair_affinity(projection: Projection, evidence: Evidence, links: Links) -> NDArray[np.float32]:
    """(m,) probability in [0, 1] that each pair of the projection belongs to one ring.

    Two rounds: the first looks at the pair alone, the second also at the company that both keep by the first.
    `evidence` is `partner_evidence.partner_features`. Cost is linear in pairs and in their partners' visits.
    """
    own = own_features(projection, evidence, links)
    first = read_forest("pair").probability(own)
    both = own.join(company_features(projection, first, evidence))
    return read_forest("pair_in_company").probability(both).astype(np.float32)


def memberships(projection: Projection, links: Links) -> NDArray[np.float32]:
    """(partners,) probability in [0, 1] that each belongs to a ring, from its evidence and its ties."""
    return read_forest("partner").probability(partner_columns(projection, links)).astype(np.float32)


def own_features(projection: Projection, evidence: Evidence, links: Links) -> pd.DataFrame:
    """(m, features) float32: every channel's rarity, surprise and weight, both partners, common shoppers."""
    left, right = projection.left, projection.right
    columns: dict[str, NDArray[np.floating]] = {}
    for number, channel in enumerate(projection.channels):
        columns[f"rarity_{channel}"] = projection.rarity[:, number]
        columns[f"surprise_{channel}"] = np.log1p(projection.surprise[:, number])
        columns[f"weight_{channel}"] = projection.weight[:, number]
    for name in OF_BOTH:
        columns |= _of_both(name, evidence[name].to_numpy(), left, right)
    customers = np.log1p(tally(links.ordered_at["partner"].to_numpy(), projection.partners))
    columns |= _of_both("customers", customers, left, right)
    for name in ("category", "country"):
        columns[f"same_{name}"] = _same(links.partners, name, left, right)
    columns |= _common_shoppers(projection, links)
    return _frame(columns)


def company_features(projection: Projection, first: Floats, evidence: Evidence) -> pd.DataFrame:
    """(m, features) float32: what a first probability says of the pair, of both and of their company."""
    left, right, size = projection.left, projection.right, projection.partners
    upper = sp.csr_array((first, (left, right)), shape=(size, size))
    ties = (upper + upper.T).tocsr()
    ties.sort_indices()
    degree = np.asarray(ties.sum(axis=1)).ravel()
    most = np.zeros(size)
    np.maximum.at(most, left, first)
    np.maximum.at(most, right, first)
    around = (ties @ evidence["bad_surprise"].to_numpy(dtype=np.float64)) / (degree + 0.5)
    triangles = shared_ties(left, right, ties.indptr, ties.indices, ties.data)
    columns: dict[str, NDArray[np.floating]] = {
        "first": first,
        "triangles": triangles,
        "closed": triangles / np.maximum(np.sqrt(degree[left] * degree[right]), 1e-3),
        **_of_both("degree", degree, left, right),
        **_of_both("most", most, left, right),
        **_of_both("bad_around", around, left, right),
    }
    return _frame(columns)


def partner_columns(projection: Projection, links: Links) -> pd.DataFrame:
    """(partners, features) float32: the evidence, and whom each partner is tied to."""
    left, right, size = projection.left, projection.right, projection.partners
    value = projection.affinity.astype(np.float64)
    most = np.zeros(size)
    np.maximum.at(most, left, value)
    np.maximum.at(most, right, value)
    degree = tally(left, size, value) + tally(right, size, value)
    bad = projection.evidence["bad_surprise"].to_numpy(dtype=np.float64)
    around = tally(left, size, value * bad[right]) + tally(right, size, value * bad[left])
    likely = value >= 0.5
    added = {
        "most": most,
        "degree": degree,
        "likely": tally(left, size, likely) + tally(right, size, likely),
        "bad_around": around / (degree + 0.5),
        "customers": np.log1p(tally(links.ordered_at["partner"].to_numpy(), size)),
    }
    return projection.evidence.round(_DIGITS).join(_frame(added))


def _frame(columns: dict[str, NDArray[np.floating]]) -> pd.DataFrame:
    return pd.DataFrame(
        {name: np.round(value, _DIGITS).astype(np.float32) for name, value in columns.items()}
    )


def _of_both(name: str, value: NDArray[np.floating], left: Codes, right: Codes) -> dict[str, Floats]:
    one, other = value[left], value[right]
    return {f"low_{name}": np.minimum(one, other), f"high_{name}": np.maximum(one, other)}


def _same(partners: pd.DataFrame, column: str, left: Codes, right: Codes) -> Floats:
    """(m,) 1 where both have the same value, 0 where not, one half where either is unknown."""
    if column not in partners:
        return np.full(len(left), 0.5)
    code = pd.factorize(partners[column].astype(str))[0]
    unknown = (partners[column].astype(str) == "").to_numpy()
    alike = (code[left] == code[right]).astype(np.float64)
    return np.where(unknown[left] | unknown[right], 0.5, alike)


def _common_shoppers(projection: Projection, links: Links) -> dict[str, Floats]:
    """Shoppers (a customer group is one) at both partners, and those who leave something unpaid at both."""
    left, right = projection.left, projection.right
    ordered = links.ordered_at
    shopper, size = projection.groups.shoppers()
    at, of = ordered["partner"].to_numpy().astype(np.int64), shopper[ordered["consumer"].to_numpy()]
    bad = (ordered["disputed"] + ordered["defaulted"]).to_numpy() > 0
    visits = _visits(at, of, projection.partners, size)
    debts = _visits(at[bad], of[bad], projection.partners, size)
    shops = np.bincount(visits.indices, minlength=size)
    few = 1.0 / np.maximum(shops, 1.0)
    made, owed = np.diff(visits.indptr), np.diff(debts.indptr)
    both = _shared(left, right, visits, visits, np.ones(size))
    bad_both = _shared(left, right, debts, debts, np.ones(size))
    bad_either = _shared(left, right, visits, debts, np.ones(size)) + _shared(
        left, right, debts, visits, np.ones(size)
    )
    return {
        "common": both,
        "common_bad": bad_both,
        "common_bad_once": bad_either,
        "common_loyal": _shared(left, right, visits, visits, few),
        "common_bad_loyal": _shared(left, right, debts, debts, few),
        "common_share": both / np.maximum(np.minimum(made[left], made[right]), 1),
        "common_bad_share": bad_both / np.maximum(np.minimum(owed[left], owed[right]), 1),
        "bad_of_common": bad_both / np.maximum(both, 1.0),
    }


def _visits(at: NDArray[np.int64], of: NDArray[np.int64], partners: int, size: int) -> sp.csr_array:
    """(partners, shoppers) who shops where, each once, sorted."""
    key = np.unique(at * max(size, 1) + of)
    of, at = key % max(size, 1), key // max(size, 1)
    indptr = np.searchsorted(at, np.arange(partners + 1))
    return sp.csr_array((np.ones(len(of), np.int8), of.astype(np.int32), indptr), shape=(partners, size))


def _shared(left: Codes, right: Codes, one: sp.csr_array, other: sp.csr_array, worth: Floats) -> Floats:
    result: Floats = _overlap(
        left,
        right,
        one.indptr.astype(np.int64),
        one.indices,
        other.indptr.astype(np.int64),
        other.indices,
        worth,
    )
    return result


@numba.njit(cache=True)
def _overlap(
    left: Codes,
    right: Codes,
    first_at: NDArray[np.int64],
    first: Codes,
    second_at: NDArray[np.int64],
    second: Codes,
    worth: Floats,
) -> Floats:
    """(m,) the worth of what `left`'s row of the first matrix and `right`'s of the second have in common."""
    result = np.zeros(len(left))
    for pair in range(len(left)):
        i, end = first_at[left[pair]], first_at[left[pair] + 1]
        j, stop = second_at[right[pair]], second_at[right[pair] + 1]
        total = 0.0
        while i < end and j < stop:
            if first[i] < second[j]:
                i += 1
            elif first[i] > second[j]:
                j += 1
            else:
                total += worth[first[i]]
                i += 1
                j += 1
        result[pair] = total
    return result


@numba.njit(cache=True)
def shared_ties(left: Codes, right: Codes, start: Codes, other: Codes, value: Floats) -> Floats:
    """(m,) sum over the partners tied to both of the product of both ties."""
    result = np.zeros(len(left))
    for pair in range(len(left)):
        i, end = start[left[pair]], start[left[pair] + 1]
        j, stop = start[right[pair]], start[right[pair] + 1]
        total = 0.0
        while i < end and j < stop:
            if other[i] < other[j]:
                i += 1
            elif other[i] > other[j]:
                j += 1
            else:
                total += value[i] * value[j]
                i += 1
                j += 1
        result[pair] = total
    return result
