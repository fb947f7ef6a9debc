"""Common customers: partners whose customers coincide beyond chance, come together, or end badly together."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.links import Links, remembered, unpaid_orders
from graph.parts import in_parts
from graph.schema import Kind
from graph.significance import Floats, binomial_surprise, false_discovery, normal_surprise, poisson_surprise
from graph.tally import by_code, reach, starts, tally
from graph.ties import Codes, Ties

MAX_Q = 0.05
"""False discovery rate at which common custom is taken as more than chance."""

BUSY_CUSTOM = 20_000
"""Partners with more customers are left out of common custom: everybody shops there, it ties nobody, and
one product with all of them would be most of the work."""

BUSY_CONSUMER = 500
"""Consumers who shop at more partners are left out too: a reseller or a script, whose pairs grow with the
square, and who, dealt out by chance, would explain away what all others have in common."""

_HOUR_MS = 3_600_000
WINDOW_HOURS = 72
"""Two visits this close are a shopping trip, or one script run; how common that is by chance is measured."""


@dataclass(frozen=True)
class CommonCustom:
    """Partner pairs with `overlap` >= 2 customers in common where `expected` were due by chance.

    `pair`, `at_left`, `at_right` list the common customers: the pair's number and the rows of
    `links.ordered_at` of that customer at either partner.
    """

    left: Codes
    right: Codes
    overlap: Codes
    expected: Floats
    surprise: Floats
    pair: Codes
    at_left: Codes
    at_right: Codes


def common_custom(links: Links) -> CommonCustom:
    """Pairs with customers in common beyond chance, at a false discovery rate of `MAX_Q`.

    Null: a bipartite configuration model within each country of consumers: a visit falls on a partner by
    the partner's share of the country's visits, so that busy customers and popular partners coincide by
    chance. The overlap is then Poisson-binomial; its Poisson bound is used. Near-linear in the links.
    """
    rows = ordinary_visits(links)
    partners = links.size(Kind.PARTNER)
    at, of = (links.ordered_at[name].to_numpy()[rows] for name in ("partner", "consumer"))
    # each partner's customers in order, and the rows that they stand in
    order, begin = by_code(at, partners), starts(at, partners)
    left, right, overlap = _overlaps(at, of, order, begin)
    expected = chance_overlap(at, of, consumer_country(links), partners, left, right)
    surprise = poisson_surprise(overlap, expected)
    keep = false_discovery(surprise, tests=partners * (partners - 1) // 2) <= MAX_Q
    left, right, overlap = left[keep], right[keep], overlap[keep]
    pair, at_left, at_right = _meetings(left, right, int(overlap.sum()), begin, of[order], rows[order])
    return CommonCustom(left, right, overlap, expected[keep], surprise[keep], pair, at_left, at_right)


def co_custom(custom: CommonCustom) -> Ties:
    """Partners with customers in common, weighted by the overlap that chance does not explain."""
    weight = np.log1p(custom.overlap) * (1.0 - custom.expected / np.maximum(custom.overlap, 1))
    return Ties(custom.left, custom.right, np.maximum(weight, 0.0), custom.surprise)


def lockstep(links: Links, custom: CommonCustom) -> Ties:
    """Common customers who come to both partners within `WINDOW_HOURS`, and all in one season.

    Null: a customer's first visits to two partners coincide as often as over all pairs with common custom;
    the season at either partner is that of its other customers. Both surprises add up.
    """
    first = links.ordered_at["first_at"].to_numpy()
    gap = np.abs(first[custom.at_left] - first[custom.at_right]) <= WINDOW_HOURS * _HOUR_MS
    together = np.bincount(custom.pair, weights=gap, minlength=len(custom.left))
    chance = float(gap.mean()) if len(gap) else 0.0
    meet = binomial_surprise(together, custom.overlap, chance)
    rank = _season_rank(links)
    season = normal_surprise(
        (_narrowness(custom, rank[custom.at_left]) + _narrowness(custom, rank[custom.at_right]))
        / np.sqrt(2.0)
    )
    surprise = meet + season
    return Ties(custom.left, custom.right, np.log1p(surprise), surprise)


def bad_custom(links: Links, custom: CommonCustom) -> Ties:
    """Common customers whose orders go unpaid or disputed more than others'.

    Null: their orders end as those of the two partners' other custom do, shrunk to the general rate by 20
    orders.
    """
    ordered = links.ordered_at
    orders = ordered["orders"].to_numpy(dtype=np.float64)
    bad = unpaid_orders(ordered).astype(np.float64)
    shared_orders = _pair_sum(custom, orders)
    shared_bad = _pair_sum(custom, bad)
    partners = links.size(Kind.PARTNER)
    at = ordered["partner"].to_numpy()
    all_orders = np.bincount(at, weights=orders, minlength=partners)
    all_bad = np.bincount(at, weights=bad, minlength=partners)
    general = all_bad.sum() / max(all_orders.sum(), 1.0)
    other_orders = all_orders[custom.left] + all_orders[custom.right] - shared_orders
    other_bad = all_bad[custom.left] + all_bad[custom.right] - shared_bad
    rate = (other_bad + 20.0 * general) / (other_orders + 20.0)
    surprise = binomial_surprise(shared_bad, shared_orders, rate)
    return Ties(custom.left, custom.right, np.log1p(surprise), surprise)


def ordinary_visits(links: Links) -> NDArray[np.int64]:
    """The rows of `links.ordered_at` of neither a partner of `BUSY_CUSTOM` nor a `BUSY_CONSUMER`."""
    at, of = links.ordered_at["partner"].to_numpy(), links.ordered_at["consumer"].to_numpy()
    partners, consumers = links.size(Kind.PARTNER), links.size(Kind.CONSUMER)
    return np.flatnonzero(
        (tally(at, partners)[at] <= BUSY_CUSTOM) & (tally(of, consumers)[of] <= BUSY_CONSUMER)
    )


def _overlaps(
    at: Codes, of: Codes, order: NDArray[np.int64], begin: NDArray[np.int64]
) -> tuple[Codes, Codes, Codes]:
    """All pairs with at least two customers in common by visits of `of` to `at`, sorted, and how many.

    Visits are by customer, then by partner; `order` lists them by partner, each from its `begin` on.
    """
    shop = _shops(at, of)
    found = in_parts(len(begin) - 1, lambda one, end: _common_counts(one, end, begin, order, shop))
    left, right, overlap = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return left, right, overlap


@numba.njit(cache=True, nogil=True)
def _shops(at: Codes, of: Codes) -> Codes:
    """(visits,) the partner of each, every bit turned where it is the customer's last."""
    shop = at.copy()
    for visit in range(len(at)):
        if visit + 1 == len(at) or of[visit] != of[visit + 1]:
            shop[visit] = ~at[visit]
    return shop


@numba.njit(cache=True, nogil=True)
def _common_counts(
    first_one: int, end: int, start: NDArray[np.int64], order: NDArray[np.int64], shop: Codes
) -> tuple[Codes, Codes, Codes]:
    """Pairs of partners, sorted, with two and more customers in common, and how many.

    The lower code of both is in [`first_one`, `end`). A partner's visits stand in `order` from its `start`
    on, and it is counted with those after it alone: where else the customer goes is what follows in `shop`
    (`_shops`). All tables of customers are too large for a near cache; this asks one place of one of them.
    """
    common = np.zeros(len(start) - 1, dtype=np.int32)
    met = np.empty_like(common)
    found = np.empty((1024, 3), dtype=np.int32)
    count = 0
    for one in range(first_one, end):
        others = 0
        for visit in order[start[one] : start[one + 1]]:
            while shop[visit] >= 0:
                visit += 1
                other = max(shop[visit], ~shop[visit])
                if common[other] == 0:
                    met[others] = other
                    others += 1
                common[other] += 1
        several = np.sort(met[:others][common[met[:others]] >= 2])
        while count + len(several) > len(found):
            found = np.concatenate((found, np.empty_like(found)))
        for other in several:
            found[count, 0] = one
            found[count, 1] = other
            found[count, 2] = common[other]
            count += 1
        common[met[:others]] = 0
    return found[:count, 0].copy(), found[:count, 1].copy(), found[:count, 2].copy()


def chance_overlap(
    at: NDArray[np.integer],
    of: NDArray[np.integer],
    country: NDArray[np.int64],
    partners: int,
    left: Codes,
    right: Codes,
) -> Floats:
    """Customers in common due by chance: visits of `of` to partners `at`, dealt out within each country.

    `country` is that of every customer code; the pairs are `left` and `right`.
    """
    visits = np.bincount(of, minlength=len(country)).astype(np.float64)
    countries = int(country.max(initial=-1)) + 1
    total = np.bincount(country, weights=visits, minlength=countries)
    pairs = np.bincount(country, weights=visits * np.maximum(visits - 1.0, 0.0), minlength=countries)
    scale = np.sqrt(pairs) / np.maximum(total, 1.0)
    share = tally(at * np.int64(countries) + country[of], partners * countries).reshape(partners, countries)
    share *= scale
    expected = np.zeros(len(left))
    for column in range(countries):
        expected += share[left, column] * share[right, column]
    return expected


@remembered
def consumer_country(links: Links) -> NDArray[np.int64]:
    """(consumers,) code of the consumer's country; unknown is a country of its own."""
    if "country" not in links.consumers or not len(links.consumers):
        return np.zeros(links.size(Kind.CONSUMER), dtype=np.int64)
    codes: NDArray[np.int64] = pd.factorize(links.consumers["country"].astype(str), sort=True)[0].astype(
        np.int64
    )
    return codes


@numba.njit(cache=True, nogil=True)
def _meetings(
    left: Codes,
    right: Codes,
    count: int,
    start: NDArray[np.int64],
    customer: Codes,
    row: NDArray[np.int64],
) -> tuple[Codes, Codes, Codes]:
    """Pair and both rows of each of `count` customers in common; each partner's customers are sorted."""
    found = np.empty((3, count), dtype=np.int32)
    filled = 0
    for pair in range(len(left)):
        one, other = left[pair], right[pair]
        fewer = start[one + 1] - start[one] <= start[other + 1] - start[other]
        if not fewer:
            one, other = other, one
        place, stop = start[other], start[other + 1]
        for visit in range(start[one], start[one + 1]):
            place = reach(customer, place, stop, customer[visit])
            if place == stop:
                break
            if customer[place] == customer[visit]:
                found[0, filled] = pair
                found[1 if fewer else 2, filled] = row[visit]
                found[2 if fewer else 1, filled] = row[place]
                filled += 1
    return found[0], found[1], found[2]


def _pair_sum(custom: CommonCustom, value: Floats) -> Floats:
    return tally(custom.pair, len(custom.left), value[custom.at_left] + value[custom.at_right])


def _season_rank(links: Links) -> Floats:
    """(ordered_at rows,) where in (0, 1) the customer's first order lies among the partner's first orders."""
    at = links.ordered_at["partner"].to_numpy()
    first = links.ordered_at["first_at"].to_numpy()
    partners = links.size(Kind.PARTNER)
    rank: Floats = _ranks(by_code(at, partners), starts(at, partners), first)
    return rank


@numba.njit(cache=True, nogil=True)
def _ranks(order: NDArray[np.int64], start: NDArray[np.int64], moment: NDArray[np.int64]) -> Floats:
    """(rows,) the rank in (0, 1) of each row's moment in its group: rows in `order` between two starts."""
    rank = np.empty(len(order))
    for group in range(len(start) - 1):
        rows = order[start[group] : start[group + 1]]
        in_time = np.argsort(moment[rows], kind="mergesort")
        for place, row in enumerate(rows[in_time]):
            rank[row] = (place + 0.5) / len(rows)
    return rank


def _narrowness(custom: CommonCustom, rank: Floats) -> Floats:
    """z-score of how narrow the common customers' season is; uniform ranks have variance 1/12."""
    count = np.maximum(np.bincount(custom.pair, minlength=len(custom.left)).astype(np.float64), 2.0)
    mean = np.bincount(custom.pair, weights=rank, minlength=len(custom.left)) / count
    spread = np.bincount(custom.pair, weights=(rank - mean[custom.pair]) ** 2, minlength=len(custom.left))
    due = (count - 1.0) / 12.0
    deviation = np.sqrt((count - 1.0) * (1 / 80.0 - 1 / 144.0) + 1e-9)
    return (due - spread) / deviation
