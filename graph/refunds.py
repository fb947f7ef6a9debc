"""Refund circles: consumers who send back, or pay nothing, at the same partners, each other's cover."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.channels.custom import consumer_country
from graph.channels.groups import CustomerGroups
from graph.channels.identifiers import login_devices, payout_accounts
from graph.communities import communities
from graph.components import components
from graph.links import Links, unpaid_orders
from graph.schema import Kind
from graph.significance import Floats, binomial_surprise, false_discovery, poisson_surprise
from graph.tally import by_two_codes, distinct, highest, tally
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


LEAST_VICTIMS = 5
"""Unrelated partners at which several of a circle leave something unpaid: fewer may be its operators, or the
canteens of a dormitory."""

MOSTLY = 0.5
"""Share of a circle's bad visits, at least, that fall where others of it leave something unpaid too: poor
payers under one roof do so anywhere."""

MOST_OF_CUSTOM = 0.05
"""Share of the victims' orders, at most, that come from circles which pay nobody: a partner that lives off
such shoppers gains from them, and theirs is a ring of partners."""


@dataclass(frozen=True)
class RefundCircles:
    """Circles of consumers who gain at the same partners beyond chance: money back, or goods not paid for.

    `circle_of` is (consumers,), -1 for none. The rest is (circles,): `tie_surprise` is -log10 p of the
    closest tie inside (0 for a circle that is one customer group); of `orders`, `ended` were refunded where
    `due` are at the rate of the partners' other custom, which has `refund_surprise`. Circles that are
    `unpaid` left theirs unpaid or disputed instead, at partners who do not gain by it.

    `debtors_of` is (consumers,), too: circles that pay nobody beyond chance wherever they do so, -1 for none.
    Their partners may gain by it, so they are no more than proposals.
    """

    circle_of: Codes
    debtors_of: Codes
    tie_surprise: Floats
    refund_surprise: Floats
    orders: Floats
    ended: Floats
    due: Floats
    unpaid: NDArray[np.bool_]


def refund_circles(links: Links, groups: CustomerGroups, *, seed: int = 0) -> RefundCircles:
    """Circles over shoppers (a customer group is one shopper) who are refunded at the same partners.

    Null: a shopper's refunds fall on partners as all refunds in the shopper's country do (Poisson bound), at
    a false discovery rate of `MAX_Q`; a circle's orders are refunded as those of its partners' other
    customers, shrunk to the general rate by 20 orders. Those who are refunded nothing unusual but pay nobody
    make circles in the same way, where their partners are victims (`_robs_strangers`).
    """
    ordered = links.ordered_at
    sent_back = ordered["refunded"].to_numpy(dtype=np.float64)
    shopper, size = groups.shoppers()
    visits = _visits(links, shopper, size)
    refunds = _circles(links, groups, visits, sent_back, seed=seed)
    left_unpaid = unpaid_orders(ordered).astype(np.float64)
    debts = _circles(links, groups, visits, left_unpaid, seed=seed)
    return _joined(refunds, debts, _robs_strangers(links, debts, left_unpaid))


def colluding(circles: RefundCircles) -> NDArray[np.bool_]:
    """(consumers,) who is in a circle of `LEAST_MEMBERS` that gains beyond chance at `CIRCLE_Q`."""
    inside = circles.circle_of >= 0
    result = np.zeros(len(circles.circle_of), dtype=np.bool_)
    result[inside] = _gains(circles)[circles.circle_of[inside]]
    return result


def _gains(circles: RefundCircles) -> NDArray[np.bool_]:
    """(circles,) which of them are large enough and gain beyond chance."""
    size = tally(circles.circle_of[circles.circle_of >= 0], len(circles.refund_surprise))
    gains: NDArray[np.bool_] = (false_discovery(circles.refund_surprise) <= CIRCLE_Q) & (
        size >= LEAST_MEMBERS
    )
    return gains


def _joined(refunds: RefundCircles, debts: RefundCircles, chosen: NDArray[np.bool_]) -> RefundCircles:
    """The circles of refunds, and the chosen ones of debts as far as their members collude in no other."""
    members = np.append(chosen, False)[debts.circle_of] & ~colluding(refunds)  # -1 is the last
    kept, number = np.unique(debts.circle_of[members], return_inverse=True)
    circle_of = refunds.circle_of.copy()
    circle_of[members] = len(refunds.unpaid) + number
    columns = {
        name: np.r_[value, vars(debts)[name][kept]]
        for name, value in vars(refunds).items()
        if name not in ("circle_of", "debtors_of")
    }
    columns["unpaid"][len(refunds.unpaid) :] = True
    debtors_of = np.where(colluding(debts), debts.circle_of, -1)
    return RefundCircles(circle_of=circle_of, debtors_of=debtors_of, **columns)


def _robs_strangers(links: Links, debts: RefundCircles, ended: Floats) -> NDArray[np.bool_]:
    """(circles,) which gain beyond chance, together, at partners who are not its operators.

    Together: `MOSTLY` where several of them leave something unpaid. Not its operators: `LEAST_VICTIMS` and
    more of these partners share no account or device, and those circles make no more than `MOST_OF_CUSTOM`
    of their orders.
    """
    gains = _gains(debts)
    if not gains.any():
        return gains
    ordered, partners = links.ordered_at, links.size(Kind.PARTNER)
    at, circle = ordered["partner"].to_numpy(), debts.circle_of[ordered["consumer"].to_numpy()]
    theirs = (circle >= 0) & gains[circle]
    orders = ordered["orders"].to_numpy(dtype=np.float64)
    part = tally(at[theirs], partners, orders[theirs]) / np.maximum(tally(at, partners, orders), 1.0)
    bad = np.flatnonzero(theirs & (ended > 0))
    key = circle[bad].astype(np.int64) * max(partners, 1) + at[bad]
    _, place, visitors = np.unique(key, return_inverse=True, return_counts=True)
    together = visitors[place] >= 2
    visits, joint = tally(circle[bad], len(gains)), tally(circle[bad[together]], len(gains))
    usual = tally(circle[bad], len(gains), part[at[bad]]) / np.maximum(visits, 1.0)
    victims = distinct(
        circle[bad[together]].astype(np.int64) * max(partners, 1) + _owners(links)[at[bad[together]]]
    )
    several = tally(victims // max(partners, 1), len(gains)) >= LEAST_VICTIMS
    strangers: NDArray[np.bool_] = gains & several & (joint >= MOSTLY * visits) & (usual <= MOST_OF_CUSTOM)
    return strangers


def _owners(links: Links) -> Codes:
    """(partners,) the same number for partners joined by accounts and devices of their own."""
    ties = [payout_accounts(links), login_devices(links)]
    left, right = (np.concatenate([getattr(one, side) for one in ties]) for side in ("left", "right"))
    return components(left, right, links.size(Kind.PARTNER))


def _circles(
    links: Links, groups: CustomerGroups, visits: _Visits, ended: Floats, *, seed: int
) -> RefundCircles:
    """Circles of shoppers whose orders end so at the same partners; `ended` is (ordered_at rows,) counts.

    `visits` are those of the groups' shoppers.
    """
    shopper, size = groups.shoppers()
    eager = binomial_surprise(*_endings(links, visits, ended)) >= LEAST_SURPRISE
    left, right, surprise = _tied_shoppers(links, shopper, eager, ended)
    weight = np.minimum(surprise / FULL_TIE, 1.0)
    found = communities(left, right, weight, resolution=RESOLUTION, seed=seed, partners=size)
    circle = np.full(size, -1, dtype=np.int32)
    for number, members in enumerate(found):
        circle[list(members)] = number
    grouped = np.arange(size) < len(groups.sizes())
    alone = grouped & (circle < 0)
    circle[alone] = len(found) + np.arange(int(alone.sum()))
    circles = int(circle.max(initial=-1)) + 1
    inside = (circle[left] == circle[right]) & (circle[left] >= 0)
    tie = highest(circle[left[inside]], circles, surprise[inside])
    circle_of = circle[shopper].astype(np.int32)
    count, placed, chance = _endings(links, _visits(links, circle_of, circles), ended)
    return RefundCircles(
        circle_of=circle_of,
        debtors_of=np.full(len(circle_of), -1, dtype=np.int32),
        tie_surprise=tie,
        refund_surprise=binomial_surprise(count, placed, chance),
        orders=placed,
        ended=count,
        due=chance * placed,
        unpaid=np.zeros(circles, dtype=np.bool_),
    )


def _tied_shoppers(
    links: Links, shopper: NDArray[np.int64], eager: NDArray[np.bool_], ended: Floats
) -> tuple[Codes, Codes, Floats]:
    ordered, size = links.ordered_at, len(eager)
    sent_back = (ended > 0) & eager[shopper[ordered["consumer"].to_numpy()]]
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


def _endings(links: Links, visits: _Visits, ended: Floats) -> tuple[Floats, Floats, Floats]:
    """(circles,) orders that ended so, all, and the chance at the rate of other custom there."""
    ordered = links.ordered_at
    at, partners = ordered["partner"].to_numpy(), links.size(Kind.PARTNER)
    orders = ordered["orders"].to_numpy(dtype=np.float64)
    general = ended.sum() / max(orders.sum(), 1.0)
    count, placed, due = _sums(
        (visits.circle, visits.partner, visits.row, visits.place),
        (orders, ended),
        (tally(at, partners, orders), tally(at, partners, ended)),
        general,
        visits.circles,
    )
    return count, placed, due / np.maximum(placed, 1.0)


@numba.njit(cache=True, nogil=True)
def _sums(
    visits: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]],
    of_row: tuple[Floats, Floats],
    of_partner: tuple[Floats, Floats],
    general: float,
    circles: int,
) -> tuple[Floats, Floats, Floats]:
    """(circles,) orders that ended so, all, and those due at the rate of other custom where they shop.

    Of rows and of partners are orders, and those that ended so: all arrays of visits between would be most of
    the time.
    """
    circle, partner, row, place = visits
    made, back = np.zeros(len(circle)), np.zeros(len(circle))
    for number in range(len(row)):
        made[place[number]] += of_row[0][row[number]]
        back[place[number]] += of_row[1][row[number]]
    count, placed, due = np.zeros(circles), np.zeros(circles), np.zeros(circles)
    for visit in range(len(circle)):
        other_back = of_partner[1][partner[visit]] - back[visit]
        other_orders = of_partner[0][partner[visit]] - made[visit]
        rate = (other_back + 20.0 * general) / (other_orders + 20.0)
        count[circle[visit]] += back[visit]
        placed[circle[visit]] += made[visit]
        due[circle[visit]] += rate * made[visit]
    return count, placed, due


@dataclass(frozen=True)
class _Visits:
    """Where circles shop: `circle` and `partner` of each, (visits,), sorted, and what rows they are.

    `row` are the rows of `ordered_at` of all members of `circles`, `place` the visit that each belongs to.
    """

    circles: int
    circle: NDArray[np.int32]
    partner: NDArray[np.int32]
    row: NDArray[np.int64]
    place: NDArray[np.int32]


def _visits(links: Links, circle_of: NDArray[np.integer], circles: int) -> _Visits:
    of = circle_of.astype(np.int32)[links.ordered_at["consumer"].to_numpy()]
    row = np.flatnonzero(of >= 0)
    circle, at = of[row], links.ordered_at["partner"].to_numpy(dtype=np.int32)[row]
    order = by_two_codes(circle, circles, at, links.size(Kind.PARTNER))
    circle, at = circle[order], at[order]
    new = np.r_[True, (circle[1:] != circle[:-1]) | (at[1:] != at[:-1])][: len(order)]
    place = np.cumsum(new, dtype=np.int32) - np.int32(1)
    return _Visits(circles, circle[new], at[new], row[order], place)
