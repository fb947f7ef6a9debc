"""Affinity: how probable it is that two tied partners belong to one ring, from all channels together.

Which ties go together in rings and which in honest trade cannot be written down by hand for thirteen
channels: boosted trees learn it from made-up worlds of many firms (`benchmarks.fit_forests`). No label of the
data at hand enters, and nothing after its moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numba
import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.forest import read_forest
from graph.links import Links
from graph.significance import Floats
from graph.tally import by_two_codes, reach, starts, tally
from graph.ties import Codes

if TYPE_CHECKING:
    from graph.projection import Projection
    from graph.shopper_ties import ShopperTies

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
Column = tuple[str, NDArray[np.floating]]


def pair_affinity(projection: Projection, evidence: Evidence, links: Links) -> NDArray[np.float32]:
    """(m,) probability in [0, 1] that each pair of the projection belongs to one ring.

    Two rounds: the first looks at the pair alone, the second also at the company that both keep by the first.
    `evidence` is `partner_evidence.partner_features`. Cost is linear in pairs and in their partners' visits.
    """
    own = own_features(projection, evidence, links)
    first = read_forest("pair").probability(own)
    company = company_features(projection, first, evidence)
    return read_forest("pair_in_company").probability(own, company).astype(np.float32)


def memberships(projection: Projection, links: Links) -> NDArray[np.float32]:
    """(partners,) probability in [0, 1] that each belongs to a ring, from its evidence and its ties."""
    return read_forest("partner").probability(partner_columns(projection, links)).astype(np.float32)


def own_features(projection: Projection, evidence: Evidence, links: Links) -> pd.DataFrame:
    """(m, features) float32: every channel's rarity, surprise and weight, both partners, common shoppers."""
    return frame_of(_own_columns(projection, evidence, links))


def _own_columns(projection: Projection, evidence: Evidence, links: Links) -> Iterator[Column]:
    left, right = projection.left, projection.right
    for number, channel in enumerate(projection.channels):
        yield f"rarity_{channel}", projection.rarity[:, number]
        yield f"surprise_{channel}", np.log1p(projection.surprise[:, number])
        yield f"weight_{channel}", projection.weight[:, number]
    for name in OF_BOTH:
        yield from of_both(name, evidence[name].to_numpy(), left, right)
    customers = np.log1p(tally(links.ordered_at["partner"].to_numpy(), projection.partners))
    yield from of_both("customers", customers, left, right)
    for name in ("category", "country"):
        yield f"same_{name}", _same(links.partners, name, left, right)
    yield from _common_shoppers(projection, links)


def company_features(projection: Projection, first: Floats, evidence: Evidence) -> pd.DataFrame:
    """(m, features) float32: what a first probability says of the pair, of both and of their company."""
    return company_of(projection, first, "bad_around", evidence["bad_surprise"].to_numpy(dtype=np.float64))


def company_of(ties: Projection | ShopperTies, first: Floats, name: str, value: Floats) -> pd.DataFrame:
    """(m, features) float32: a first probability of each pair, how tied it makes both, who is tied to both.

    `name` is the mean `value` of those around either.
    """
    left, right, size = ties.left, ties.right, ties.partners
    upper = sp.csr_array((first, (left, right)), shape=(size, size))
    graph = (upper + upper.T).tocsr()
    graph.sort_indices()
    degree = np.asarray(graph.sum(axis=1)).ravel()
    most = np.zeros(size)
    np.maximum.at(most, left, first)
    np.maximum.at(most, right, first)
    around = (graph @ value) / (degree + 0.5)
    triangles = shared_ties(left, right, graph.indptr, graph.indices, graph.data)
    columns: tuple[Column, ...] = (
        ("first", first),
        ("triangles", triangles),
        ("closed", triangles / np.maximum(np.sqrt(degree[left] * degree[right]), 1e-3)),
        *of_both("degree", degree, left, right),
        *of_both("most", most, left, right),
        *of_both(name, around, left, right),
    )
    return frame_of(columns)


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
    return projection.evidence.round(_DIGITS).join(frame_of(added.items()))


def frame_of(columns: Iterable[Column]) -> pd.DataFrame:
    """The columns as float32, rounded; each an array of its own, since one table would be a second copy."""
    rounded = {name: np.round(value, _DIGITS).astype(np.float32) for name, value in columns}
    return pd.DataFrame(rounded, copy=False)


def of_both(name: str, value: NDArray[np.floating], left: Codes, right: Codes) -> Iterator[Column]:
    """The lower and the higher of both ends of each pair."""
    one, other = value[left], value[right]
    yield f"low_{name}", np.minimum(one, other)
    yield f"high_{name}", np.maximum(one, other)


def _same(partners: pd.DataFrame, column: str, left: Codes, right: Codes) -> Floats:
    """(m,) 1 where both have the same value, 0 where not, one half where either is unknown."""
    if column not in partners:
        return np.full(len(left), 0.5)
    code = pd.factorize(partners[column].astype(str))[0]
    unknown = (partners[column].astype(str) == "").to_numpy()
    alike = (code[left] == code[right]).astype(np.float64)
    return np.where(unknown[left] | unknown[right], 0.5, alike)


def _common_shoppers(projection: Projection, links: Links) -> Iterator[Column]:
    """Shoppers (a customer group is one) at both partners, and those who leave something unpaid at both."""
    left, right = projection.left, projection.right
    visits = _visits(projection, links)
    made, owed = np.diff(visits.start), tally(visits.partner[visits.bad], projection.partners)
    both, bad_both, bad_either, loyal, bad_loyal = _meetings(
        left, right, visits.start, visits.shopper, visits.bad, visits.loyalty()
    )
    yield "common", both
    yield "common_bad", bad_both
    yield "common_bad_once", bad_either
    yield "common_loyal", loyal
    yield "common_bad_loyal", bad_loyal
    yield "common_share", both / np.maximum(np.minimum(made[left], made[right]), 1)
    yield "common_bad_share", bad_both / np.maximum(np.minimum(owed[left], owed[right]), 1)
    yield "bad_of_common", bad_both / np.maximum(both, 1.0)


@dataclass(frozen=True)
class _Visits:
    """(visits,) who shops where, each shopper once a partner, sorted by partner, then shopper.

    `bad` is whether any of the orders was disputed or left unpaid; `start` is (partners + 1,).
    """

    start: NDArray[np.int64]
    partner: Codes
    shopper: Codes
    bad: NDArray[np.bool_]

    def loyalty(self) -> Floats:
        """(shoppers,) one over the partners that each shops at."""
        loyalty: Floats = 1.0 / np.maximum(np.bincount(self.shopper), 1.0)
        return loyalty


def _visits(projection: Projection, links: Links) -> _Visits:
    shopper, size = projection.groups.shoppers()
    ordered, partners = links.ordered_at, projection.partners
    of = shopper[ordered["consumer"].to_numpy()].astype(np.int32)
    at = ordered["partner"].to_numpy()
    order = by_two_codes(at, partners, of, size)
    at, of = at[order], of[order]
    bad = (ordered["disputed"].to_numpy()[order] > 0) | (ordered["defaulted"].to_numpy()[order] > 0)
    first = np.flatnonzero(np.r_[True, (at[1:] != at[:-1]) | (of[1:] != of[:-1])][: len(at)])
    any_bad = np.logical_or.reduceat(bad, first) if len(first) else bad
    at = at[first]
    return _Visits(starts(at, partners), at, of[first], any_bad)


@numba.njit(cache=True)
def _meetings(
    left: Codes,
    right: Codes,
    start: NDArray[np.int64],
    shopper: Codes,
    bad: NDArray[np.bool_],
    loyalty: Floats,
) -> Floats:
    """(5, m) shoppers at both partners: all, bad at both, bad there plus here, and two sums of loyalty.

    The fewer visits of the two are looked up among the others.
    """
    result = np.zeros((5, len(left)))
    for pair in range(len(left)):
        one, other = left[pair], right[pair]
        if start[one + 1] - start[one] > start[other + 1] - start[other]:
            one, other = other, one
        place, stop = start[other], start[other + 1]
        for visit in range(start[one], start[one + 1]):
            place = reach(shopper, place, stop, shopper[visit])
            if place == stop:
                break
            if shopper[place] == shopper[visit]:
                result[0, pair] += 1.0
                result[3, pair] += loyalty[shopper[visit]]
                result[2, pair] += int(bad[visit]) + int(bad[place])
                if bad[visit] and bad[place]:
                    result[1, pair] += 1.0
                    result[4, pair] += loyalty[shopper[visit]]
    return result


@numba.njit(cache=True)
def shared_ties(left: Codes, right: Codes, start: Codes, other: Codes, value: Floats) -> Floats:
    """(m,) sum over the partners tied to both of the product of both ties; fast where pairs go by `left`."""
    result = np.zeros(len(left))
    near = np.zeros(len(start) - 1)
    mine = other[:0]
    for pair in range(len(left)):
        if pair == 0 or left[pair] != left[pair - 1]:
            near[mine] = 0.0
            mine = other[start[left[pair]] : start[left[pair] + 1]]
            near[mine] = value[start[left[pair]] : start[left[pair] + 1]]
        total = 0.0
        for entry in range(start[right[pair]], start[right[pair] + 1]):
            total += near[other[entry]] * value[entry]
        result[pair] = total
    return result
