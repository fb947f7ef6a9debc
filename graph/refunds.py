"""Refund circles: consumers who send back at the same partners, each other's cover."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.channels.custom import consumer_country
from graph.channels.groups import CustomerGroups
from graph.communities import communities
from graph.links import Links
from graph.schema import Kind
from graph.significance import Floats, binomial_surprise, false_discovery, poisson_surprise
from graph.tally import tally
from graph.ties import Codes

LEAST_SURPRISE = 1.3
"""Only shoppers refunded this much beyond the usual (one in twenty by chance) are compared: all others would
be noise to test, and most of the work."""

MAX_Q = 0.05
"""False discovery rate at which two shoppers are said to send back at the same partners."""

BUSY_RETURNS = 2_000
"""Partners where more shoppers send back tie nobody: the pairs would be most of the work."""

CIRCLE_Q = 0.01
"""False discovery rate at which a circle's refunds are taken as more than its partners' usual ones."""

LEAST_MEMBERS = 3
"""Two who live together send the same things back."""

FULL_TIE = 8.0
"""Surprise at which a tie between two shoppers counts in full."""

RESOLUTION = 0.1
"""CPM resolution: a shopper stays who is fully tied to a tenth of the circle."""


@dataclass(frozen=True)
class RefundCircles:
    """Circles of consumers who were refunded at the same partners beyond chance.

    `circle_of` is (consumers,), -1 for none; (circles,) `tie_surprise` is -log10 p of the closest tie
    inside (0 for a circle that is one customer group), `refund_surprise` of so many refunds.
    """

    circle_of: Codes
    tie_surprise: Floats
    refund_surprise: Floats


def refund_circles(links: Links, groups: CustomerGroups, *, seed: int = 0) -> RefundCircles:
    """Circles over shoppers (a customer group is one shopper) who are refunded at the same partners.

    Null: a shopper's refunds fall on partners as all refunds in the shopper's country do (Poisson bound), at
    a false discovery rate of `MAX_Q`; a circle's orders are refunded as those of its partners' other
    customers, shrunk to the general rate by 20 orders.
    """
    shopper, size = groups.shoppers()
    eager = refund_surprise(links, shopper, size) >= LEAST_SURPRISE
    left, right, surprise = _tied_shoppers(links, shopper, eager)
    weight = np.minimum(surprise / FULL_TIE, 1.0)
    found = communities(left, right, weight, resolution=RESOLUTION, seed=seed, partners=size)
    circle = np.full(size, -1, dtype=np.int32)
    for number, members in enumerate(found):
        circle[list(members)] = number
    grouped = np.arange(size) < len(groups.sizes())
    alone = grouped & (circle < 0)
    circle[alone] = len(found) + np.arange(int(alone.sum()))
    circles = int(circle.max(initial=-1)) + 1
    tie = np.zeros(circles)
    inside = (circle[left] == circle[right]) & (circle[left] >= 0)
    np.maximum.at(tie, circle[left[inside]], surprise[inside])
    circle_of = circle[shopper].astype(np.int32)
    return RefundCircles(circle_of, tie, refund_surprise(links, circle_of, circles))


def colluding(circles: RefundCircles) -> NDArray[np.bool_]:
    """(consumers,) who is in a circle of `LEAST_MEMBERS` whose refunds are beyond chance at `CIRCLE_Q`."""
    inside = circles.circle_of >= 0
    size = tally(circles.circle_of[inside], len(circles.refund_surprise))
    chosen = (false_discovery(circles.refund_surprise) <= CIRCLE_Q) & (size >= LEAST_MEMBERS)
    result = np.zeros(len(circles.circle_of), dtype=np.bool_)
    result[inside] = chosen[circles.circle_of[inside]]
    return result


def _tied_shoppers(
    links: Links, shopper: NDArray[np.int64], eager: NDArray[np.bool_]
) -> tuple[Codes, Codes, Floats]:
    ordered, size = links.ordered_at, len(eager)
    sent_back = (ordered["refunded"].to_numpy() > 0) & eager[shopper[ordered["consumer"].to_numpy()]]
    at = ordered["partner"].to_numpy()[sent_back]
    of = shopper[ordered["consumer"].to_numpy()[sent_back]]
    pairs = pd.DataFrame({"at": at, "of": of}).drop_duplicates()
    at, of = pairs["at"].to_numpy(), pairs["of"].to_numpy()
    partners = links.size(Kind.PARTNER)
    calm = tally(at, partners)[at] <= BUSY_RETURNS
    returns = sp.csr_array((np.ones(int(calm.sum())), (of[calm], at[calm])), shape=(size, partners))
    overlap = sp.triu(returns @ returns.T, k=1).tocoo()
    twice = overlap.data >= 2
    left, right, common = overlap.row[twice], overlap.col[twice], overlap.data[twice]
    surprise = poisson_surprise(common, _expected(links, shopper, returns, left, right))
    keep = false_discovery(surprise, tests=overlap.nnz) <= MAX_Q
    return left[keep].astype(np.int32), right[keep].astype(np.int32), surprise[keep]


def _expected(
    links: Links, shopper: NDArray[np.int64], returns: sp.csr_array, left: Codes, right: Codes
) -> Floats:
    """Partners in common due by chance: both shoppers' counts times how concentrated their countries are."""
    country = np.zeros(returns.shape[0], dtype=np.int64)
    country[shopper] = consumer_country(links)
    countries = int(country.max(initial=0)) + 1
    home = sp.csr_array(
        (np.ones(len(country)), (country, np.arange(len(country)))), shape=(countries, len(country))
    )
    share = (home @ returns).toarray()
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1.0)
    concentration = share @ share.T
    count = np.asarray(returns.sum(axis=1)).ravel()
    expected: Floats = count[left] * count[right] * concentration[country[left], country[right]]
    return expected


def refund_surprise(links: Links, circle_of: NDArray[np.integer], circles: int) -> Floats:
    """(circles,) -log10 p of so many refunds of each circle, at the rate of its partners' other custom."""
    ordered = links.ordered_at
    at, circle = ordered["partner"].to_numpy(), circle_of[ordered["consumer"].to_numpy()]
    orders = ordered["orders"].to_numpy(dtype=np.float64)
    refunded = ordered["refunded"].to_numpy(dtype=np.float64)
    partners = links.size(Kind.PARTNER)
    general = refunded.sum() / max(orders.sum(), 1.0)
    inside = circle >= 0
    code, partner, made, back = _merged_visits(circle[inside], at[inside], orders[inside], refunded[inside])
    other_back = tally(at, partners, refunded)[partner] - back
    other_orders = tally(at, partners, orders)[partner] - made
    rate = (other_back + 20.0 * general) / (other_orders + 20.0)
    due, placed = tally(code, circles, rate * made), tally(code, circles, made)
    return binomial_surprise(tally(code, circles, back), placed, due / np.maximum(placed, 1.0))


def _merged_visits(
    circle: NDArray[np.integer], at: Codes, orders: Floats, back: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats, Floats]:
    """One row a (circle, partner), sorted: circle, partner, orders and refunded ones."""
    key, row = np.unique((circle.astype(np.int64) << 32) | at, return_inverse=True)
    return key >> 32, key & 0xFFFFFFFF, tally(row, len(key), orders), tally(row, len(key), back)
