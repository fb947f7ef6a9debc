"""Affinity: how probable it is that two tied partners belong to one ring, from all channels together.

Which ties go together in rings and which in honest trade cannot be written down by hand for nineteen
channels: boosted trees learn it from made-up worlds of many firms (`benchmarks.fit_forests`). No label of the
data at hand enters, and nothing after its moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Final

import numba
import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.special import expit, logit

from graph.account_traits import account_traits
from graph.channels.transfers import round_ties
from graph.forest import read_forest
from graph.lifetimes import apart, lifetimes, log_days
from graph.links import Links, unpaid_orders
from graph.pair_columns import (
    DIGITS,
    Column,
    PairColumns,
    WorkedOut,
    as_it_is,
    laid_in_parts,
    of_both,
    rounded,
    scattered,
    together,
)
from graph.parts import in_parts
from graph.schema import DAY_MS
from graph.significance import Floats, rarity_among
from graph.tally import by_two_codes, contains, distinct, highest_of_both, reach, starts, tally
from graph.ties import Codes, Ties

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
    "staff_bad",
    "staff_hit",
    "turned",
    "debtors_orders",
    "debtors_unpaid",
    "debtors_days",
)
"""Evidence about either partner that tells a pair's meaning; the lower and the higher of both."""

LEAST_AFFINITY: Final = 0.01
"""Pairs below are no ties: one in a hundred of them is of one ring, and they are most of the pairs."""

BETWEEN: Final = 0.1
"""What a first look must say of two ties that meet in a third partner for their other ends to be a pair."""

MOST_TIED: Final = 40
"""Likely ties of a partner from which on it brings nobody together."""

LEAST_LIKELY: Final = 0.002
"""What a first look must say of a pair for a second one. In worlds with rings nine in ten have less; of a
ring's own one to four in a hundred where the forest knows the maker, one in five where not, and hardly any of
these came to anything by a second look."""

ROUNDS_SHOWN: Final = 0.01
"""Share of the pairs of rings, of all kinds, that are taken to pay one another in rounds."""

SUSPECTS: Final = (
    "suspect",
    "most_suspect",
    "suspect_loyal",
    "most_kept",
    "suspect_owed",
    "people",
    "most_people",
    "suspect_people",
)
"""What `_meet_suspects` says of a pair's common shoppers, in its order."""

COMMON: Final = (
    "common", "common_bad", "common_bad_once", "common_loyal", "common_bad_loyal", "common_share",
    "common_bad_share", "bad_of_common",
    # thieves pay nobody, wherever they go, and seldom come again: whom they rob has them in common, too
    "common_bad_owing", "common_bad_people", "common_bad_orders", "common_bad_unpaid", "common_bad_days",
    "low_common_bad_custom", "high_common_bad_custom",
)  # fmt: skip
"""What `_common_shoppers` says of a pair, in its order."""

Counts = NDArray[np.int16]
Evidence = pd.DataFrame


def with_pair_affinity(projection: Projection, links: Links) -> Projection:
    """The projection with the probability in [0, 1] that each of its pairs belongs to one ring.

    Two rounds: the first looks at the pair alone, the second, where the first says `LEAST_LIKELY` and more,
    also at the company that both keep by the first, and at pairs that no channel ties but a third partner
    does (`second_look`). Cost is linear in pairs and in their partners' visits.
    """
    visits = _visits(projection, links)
    own = own_features(projection, projection.evidence, links, visits)
    first = read_forest("pair").probability(own)
    look = second_look(projection, own, first, links, visits)
    del projection, own  # its channels are the most that would be held twice
    company = company_features(look, links, visits)
    del visits
    known = look.said(read_forest("pair_in_company").probability(look.own, company))
    affinity = with_rounds(look.projection, known, round_ties(links))
    return replace(look.projection, affinity=affinity.astype(np.float32))


def with_rounds(projection: Projection, known: Floats, rounds: Ties) -> Floats:
    """(m,) the probability of each pair, after what rounds of transfers say: no lesson has any.

    Bayes' rule: a pair of no ring is in a round as often as chance or the population says, whichever is more
    often, a pair of a ring in `ROUNDS_SHOWN` of all, so its odds rise by the ratio. They never fall: most
    rings pay in no round. `rounds` ties pairs of the projection alone.
    """
    if not len(rounds):
        return known
    pairs = projection.partners * (projection.partners - 1) / 2
    ratio = np.maximum(rarity_among(rounds.surprise, pairs) + np.log10(ROUNDS_SHOWN), 0.0) * np.log(10.0)
    among, key = ((ties.left.astype(np.int64) << 32) | ties.right for ties in (projection, rounds))
    row = np.searchsorted(among, key)
    result = known.copy()
    result[row] = expit(logit(known[row]) + ratio)
    return result


@dataclass(frozen=True)
class SecondLook:
    """The pairs that are looked at again: `rows` (n,), sorted, of the m pairs of `projection`.

    `own` is what each is told of itself, `first` (m,) what a first look said of every pair.
    """

    projection: Projection
    rows: NDArray[np.int64]
    own: PairColumns
    first: Floats

    def said(self, second: Floats) -> Floats:
        """(m,) what is said of every pair, after a second look at `rows`."""
        known = self.first.copy()
        known[self.rows] = second
        return known


def second_look(
    projection: Projection,
    own: PairColumns,
    first: Floats,
    links: Links,
    visits: _Visits | None = None,
) -> SecondLook:
    """The likely pairs, and a new one of any two untied partners that are tied to one third by `BETWEEN`.

    Ring members who share nothing of their own are held together by the others. The new pairs' channels are
    0, and so is what the first round says of them. `own` is `own_features`.
    """
    likely = np.flatnonzero(first >= LEAST_LIKELY)
    told = own.at(likely)
    added_left, added_right = _between(projection, first)
    if not len(added_left):
        return SecondLook(projection, likely, told, first)
    none = np.zeros((len(added_left), len(projection.channels)), dtype=np.float32)
    added = replace(projection, left=added_left, right=added_right, weight=none, surprise=none)
    left, right = np.r_[projection.left, added_left], np.r_[projection.right, added_right]
    order = by_two_codes(left, projection.partners, right, projection.partners)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    wider = replace(
        projection,
        left=left[order],
        right=right[order],
        weight=_widened(projection.weight, place),
        surprise=_widened(projection.surprise, place),
    )
    more = own_features(added, projection.evidence, links, visits)
    place = np.r_[place[likely], place[len(first) :]]
    inside = np.argsort(place)
    own = together(told, more, inside)
    return SecondLook(wider, place[inside], own, np.r_[first, np.zeros(len(none))][order])


def _widened(value: NDArray[np.float32], place: NDArray[np.int64]) -> NDArray[np.float32]:
    """(pairs, channels) the rows at their `place` among all pairs; the others, last in `place`, are 0."""
    result = np.zeros((len(place), value.shape[1]), dtype=np.float32, order="F")

    def lay(begin: int, end: int) -> None:
        for column in range(begin, end):
            result[place[: len(value)], column] = value[:, column]

    in_parts(value.shape[1], lay, least=1)
    return result


def _between(projection: Projection, first: Floats) -> tuple[Codes, Codes]:
    """The untied pairs, left < right, that have a third partner in common."""
    size, likely = projection.partners, first >= BETWEEN
    ends = projection.left[likely], projection.right[likely]
    ones = np.ones(len(ends[0]), dtype=np.int32)
    upper = sp.csr_array((ones, ends), shape=(size, size))
    ties = (upper + upper.T).tocsr()
    # who is tied to many stands between strangers
    few = ties[np.flatnonzero(np.diff(ties.indptr) <= MOST_TIED)]
    met = sp.triu(few.T @ few, k=1, format="coo")
    key = distinct((met.row.astype(np.int64) << 32) | met.col.astype(np.int64))
    tied = (projection.left.astype(np.int64) << 32) | projection.right
    key = key[~contains(tied, key)]
    return (key >> 32).astype(np.int32), (key & 0xFFFFFFFF).astype(np.int32)


def memberships(projection: Projection, links: Links) -> NDArray[np.float32]:
    """(partners,) probability in [0, 1] that each belongs to a ring, from its evidence and its ties."""
    return read_forest("partner").probability(partner_columns(projection, links)).astype(np.float32)


def own_features(
    projection: Projection, evidence: Evidence, links: Links, visits: _Visits | None = None
) -> PairColumns:
    """(m, features): every channel's rarity, surprise and weight, both partners, common shoppers.

    `visits` are those of the projection's shoppers, where they are known already.
    """
    columns = _own_columns(projection, evidence, links, visits or _visits(projection, links))
    return PairColumns(projection.left, projection.right, dict(columns))


def _own_columns(
    projection: Projection, evidence: Evidence, links: Links, visits: _Visits
) -> Iterator[tuple[str, Column]]:
    channels = range(len(projection.channels))
    rarities = in_parts(
        len(channels),
        lambda begin, end: [scattered(rounded(projection.rarity_in(n))) for n in channels[begin:end]],
        least=1,
    )
    for number, rarity in enumerate(chain.from_iterable(rarities)):
        channel = projection.channels[number]
        yield f"rarity_{channel}", rarity
        yield f"surprise_{channel}", WorkedOut(np.log1p, (projection.surprise[:, number],))
        yield as_it_is(f"weight_{channel}", projection.weight[:, number])
    yield from of_both({name: evidence[name].to_numpy() for name in OF_BOTH})
    customers = np.log1p(tally(links.ordered_at["partner"].to_numpy(), projection.partners))
    yield from of_both({"customers": customers})
    for name in ("category", "country"):
        yield f"same_{name}", WorkedOut(_alike, ends=(_codes(links.partners, name),))
    life = lifetimes(links)
    for name, day in (("joined", life.joined), ("first", life.first), ("last", life.last)):
        yield f"{name}_apart", WorkedOut(apart, ends=(day,))
    yield from of_both({"age": log_days(life.age), **account_traits(links)})
    yield from _common_shoppers(projection, visits)
    bad, at = visits.shopper[visits.bad], visits.partner[visits.bad]
    owing = tally(at, projection.partners, visits.owing[bad])
    yield from of_both({"owing_custom": owing / np.maximum(tally(at, projection.partners), 1.0)})


def company_features(look: SecondLook, links: Links, visits: _Visits | None = None) -> PairColumns:
    """(n, features): what a first probability says of these pairs, of both and of their company."""
    projection, bad = look.projection, look.projection.evidence["bad_surprise"].to_numpy(dtype=np.float64)
    company = company_of(projection, look.first, "bad_around", bad, look.rows)
    company.of.update(_suspects(look, visits or _visits(projection, links)))
    return company


def company_of(
    ties: Projection | ShopperTies,
    first: Floats,
    name: str,
    value: Floats,
    rows: NDArray[np.int64] | slice = slice(None),
) -> PairColumns:
    """(rows, features): a first probability of each pair, how tied it makes both, who is tied to both.

    `first` is (m,), `name` the mean `value` of those around either.
    """
    left, right, size = ties.left, ties.right, ties.partners
    upper = sp.csr_array((first, (left, right)), shape=(size, size))
    graph = (upper + upper.T).tocsr()
    graph.sort_indices()
    degree = np.asarray(graph.sum(axis=1)).ravel()
    most = highest_of_both(left, right, size, first)
    around = (graph @ value) / (degree + 0.5)
    near = graph.indptr, graph.indices, graph.data
    left, right = left[rows], right[rows]

    def triangles(begin: int, end: int) -> tuple[Floats, Floats]:
        one, other = left[begin:end], right[begin:end]
        shared = shared_ties(one, other, *near)
        return shared, shared / np.maximum(np.sqrt(degree[one] * degree[other]), 1e-3)

    columns: tuple[tuple[str, Column], ...] = (
        as_it_is("first", first[rows]),
        *laid_in_parts(("triangles", "closed"), len(left), triangles),
        *of_both({"degree": degree, "most": most, name: around}),
    )
    return PairColumns(left, right, dict(columns))


def _suspects(look: SecondLook, visits: _Visits) -> Iterator[tuple[str, Column]]:
    """What company the common shoppers of these pairs keep, and how many come of each customer group.

    A shopper is as suspect as the partners are where it shops besides, on average.
    """
    projection = look.projection
    most = highest_of_both(projection.left, projection.right, projection.partners, look.first)
    known, custom = _kept_company(visits.partner, visits.shopper, visits.bad, most, len(visits.owing))
    left, right = projection.left[look.rows], projection.right[look.rows]
    where, whom = (visits.start, visits.shopper, visits.bad, visits.people), (known, most)
    yield from laid_in_parts(
        SUSPECTS,
        len(left),
        lambda begin, end: _meet_suspects(left[begin:end], right[begin:end], where, whom),
    )
    custom /= np.maximum(np.diff(visits.start), 1)
    yield from of_both({"suspect_custom": custom})


@numba.njit(cache=True, nogil=True)
def _kept_company(
    partner: Codes, shopper: Codes, bad: NDArray[np.bool_], most: Floats, shoppers: int
) -> tuple[Floats, Floats]:
    """(shoppers, 3) how suspect the partners of each are, those it owes, how many; (partners,) their custom.

    A partner's custom is as suspect as where else its visitors go, a sum over them. What is known of a
    shopper lies side by side: who is looked up is looked up in all of it.
    """
    known, custom = np.zeros((shoppers, 3)), np.zeros(len(most))
    for visit, who in enumerate(shopper):
        known[who, 0] += most[partner[visit]]
        known[who, 1] += most[partner[visit]] * bad[visit]
        known[who, 2] += 1.0
    for visit, who in enumerate(shopper):
        beside = known[who, 0] - most[partner[visit]]
        custom[partner[visit]] += beside / max(known[who, 2] - 1.0, 1.0)
    return known, custom


@numba.njit(cache=True, nogil=True)
def _meet_suspects(
    left: Codes,
    right: Codes,
    visits: tuple[NDArray[np.int64], Codes, NDArray[np.bool_], Counts],
    shoppers: tuple[Floats, Floats],
) -> Floats:
    """(`SUSPECTS`, m) sums over the shoppers at both partners; see `_meetings`."""
    start, shopper, bad, people = visits
    known, most = shoppers
    result = np.zeros((8, len(left)))
    for pair in range(len(left)):
        one, other = left[pair], right[pair]
        if start[one + 1] - start[one] > start[other + 1] - start[other]:
            one, other = other, one
        place, stop = start[other], start[other + 1]
        for visit in range(start[one], start[one + 1]):
            place = reach(shopper, place, stop, shopper[visit])
            if place == stop:
                break
            at = shopper[visit]
            if shopper[place] == at:
                kept, owed, went = known[at, 0], known[at, 1], known[at, 2]
                beside = max(went - 2.0, 0.0)
                more = max(kept - most[one] - most[other], 0.0)
                more_owed = owed - bad[visit] * most[one] - bad[place] * most[other]
                suspect = more / (beside + 0.5)
                result[0, pair] += suspect
                result[1, pair] = max(result[1, pair], suspect)
                result[2, pair] += more / went
                result[3, pair] = max(result[3, pair], more)
                result[4, pair] += max(more_owed, 0.0)
                together = min(people[visit], people[place])
                result[5, pair] += together
                result[6, pair] = max(result[6, pair], together)
                result[7, pair] += together * suspect
    return result


def partner_columns(projection: Projection, links: Links) -> pd.DataFrame:
    """(partners, features) float32: the evidence, and whom each partner is tied to."""
    left, right, size = projection.left, projection.right, projection.partners
    value = projection.affinity.astype(np.float64)
    most = highest_of_both(left, right, size, value)
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
        **_ages(links),
        **account_traits(links),
    }
    of_ties = pd.DataFrame({name: rounded(value) for name, value in added.items()}, copy=False)
    return projection.evidence.round(DIGITS).join(of_ties)


def _ages(links: Links) -> dict[str, Floats]:
    """(partners,) days on board, days until anything was done and days since, as logs."""
    life = lifetimes(links)
    return {
        "age": log_days(life.age),
        "idle": log_days(np.maximum(life.first - life.joined, 0.0)),
        "quiet": log_days(links.as_of_ms / DAY_MS - life.last),
    }


def _codes(partners: pd.DataFrame, column: str) -> NDArray[np.int64]:
    """(partners,) a code of each one's value, -1 where unknown."""
    if column not in partners:
        return np.full(len(partners), -1)
    value = partners[column].astype(str)
    return np.where(value == "", -1, pd.factorize(value)[0])


def _alike(one: NDArray[np.int64], other: NDArray[np.int64]) -> Floats:
    """(pairs,) 1 where both have the same code, 0 where not, one half where either is unknown."""
    return np.where((one < 0) | (other < 0), 0.5, one == other)


def _common_shoppers(projection: Projection, visits: _Visits) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """`COMMON`: shoppers (a customer group is one) at both partners, and what they leave unpaid at both."""
    made, owed = np.diff(visits.start), tally(visits.partner[visits.bad], projection.partners)
    where = visits.start, visits.shopper, visits.people, visits.orders, visits.unpaid, visits.days
    whom = visits.owing, visits.loyalty
    sold = np.maximum(tally(visits.partner, projection.partners, visits.orders), 1.0)

    def met(begin: int, end: int) -> tuple[Floats, ...]:
        left, right = projection.left[begin:end], projection.right[begin:end]
        both, bad_both, bad_either, loyal, bad_loyal, *bad, lefts, rights = _meetings(
            left, right, where, whom
        )
        owing, people, orders, unpaid, days = (value / np.maximum(bad_both, 1.0) for value in bad)
        common_share = both / np.maximum(np.minimum(made[left], made[right]), 1)
        bad_share = bad_both / np.maximum(np.minimum(owed[left], owed[right]), 1)
        of_common = bad_both / np.maximum(both, 1.0)
        shares = lefts / sold[left], rights / sold[right]
        return (
            both, bad_both, bad_either, loyal, bad_loyal, common_share, bad_share, of_common,
            owing, people, orders, unpaid, np.log1p(days), np.minimum(*shares), np.maximum(*shares),
        )  # fmt: skip

    return laid_in_parts(COMMON, len(projection.left), met)


@dataclass(frozen=True)
class _Visits:
    """(visits,) who shops where, each shopper once a partner, sorted by partner, then shopper.

    `unpaid` of the `orders` were disputed or left unpaid, between the first and the last lie `days`, and the
    shopper is `people` consumers: no count above 32,767. `start` is (partners + 1,), `owing` (shoppers,) what
    share of its orders at all partners ended so.
    """

    start: NDArray[np.int64]
    partner: Codes
    shopper: Codes
    people: Counts
    orders: Counts
    unpaid: Counts
    days: Counts
    owing: NDArray[np.float32]

    @cached_property
    def bad(self) -> NDArray[np.bool_]:
        """(visits,) where any order was disputed or left unpaid."""
        return self.unpaid > 0

    @cached_property
    def loyalty(self) -> Floats:
        """(shoppers,) one over the partners that each shops at."""
        loyalty: Floats = 1.0 / np.maximum(np.bincount(self.shopper), 1.0)
        return loyalty


def _visits(projection: Projection, links: Links) -> _Visits:
    ordered = links.ordered_at
    of, size = shopper_of_visits(projection, links)
    owing = owed_share(of, size, unpaid_orders(ordered), ordered["orders"].to_numpy())
    partner, whose, people, orders, unpaid, days = merged_visits(ordered, projection.partners, of, size)
    return _Visits(starts(partner, projection.partners), partner, whose, people, orders, unpaid, days, owing)


def shopper_of_visits(projection: Projection, links: Links) -> tuple[Codes, int]:
    """(rows of `Links.ordered_at`,) code of the shopper, a customer group or a consumer alone; how many."""
    shopper, size = projection.groups.shoppers()
    return shopper.astype(np.int32)[links.ordered_at["consumer"].to_numpy()], size


def merged_visits(
    ordered: pd.DataFrame, partners: int, of: Codes, shoppers: int, rows: NDArray[np.int64] | None = None
) -> tuple[Codes, Codes, Counts, Counts, Counts, Counts]:
    """(visits,) each: partner, shopper, people, orders, unpaid orders, days; by partner, then shopper.

    `of` (rows of `Links.ordered_at`,) is the shopper of each, of so many; only `rows` count, where given. No
    count is above 32,767; the days are those from the first order to the last.
    """

    def picked(value: Codes) -> Codes:
        return value if rows is None else value[rows]

    at, of = picked(ordered["partner"].to_numpy()), picked(of)
    order = by_two_codes(at, partners, of, shoppers)
    at, of = at[order], of[order]
    first = np.flatnonzero(np.r_[True, (at[1:] != at[:-1]) | (of[1:] != of[:-1])][: len(at)])

    def merged(how: np.ufunc, value: Codes) -> Codes:
        found: Codes = how.reduceat(picked(value)[order], first) if len(first) else value[:0]
        return found

    days = merged(np.maximum, _day(ordered["last_at"])) - merged(np.minimum, _day(ordered["first_at"]))
    return (
        at[first],
        of[first],
        _short(np.diff(first, append=len(at))),
        _short(merged(np.add, ordered["orders"].to_numpy())),
        _short(merged(np.add, unpaid_orders(ordered))),
        _short(days),
    )


def _day(moment: pd.Series) -> Codes:
    return (moment.to_numpy() // DAY_MS).astype(np.int32)


def _short(count: NDArray[np.integer]) -> Counts:
    held: Counts = np.minimum(count, np.iinfo(np.int16).max).astype(np.int16)
    return held


def owed_share(
    of: Codes, shoppers: int, unpaid: NDArray[np.integer], orders: NDArray[np.integer]
) -> NDArray[np.float32]:
    """(shoppers,) share in [0, 1] of each one's orders at all partners that were disputed or left unpaid."""
    share: Floats = tally(of, shoppers, unpaid) / np.maximum(tally(of, shoppers, orders), 1.0)
    return share.astype(np.float32)


@numba.njit(cache=True, nogil=True)
def _meetings(
    left: Codes,
    right: Codes,
    visits: tuple[NDArray[np.int64], Codes, Counts, Counts, Counts, Counts],
    shoppers: tuple[NDArray[np.float32], Floats],
) -> Floats:
    """(12, m) shoppers at both partners: all, bad at both, bad there plus here, and two sums of loyalty.

    The others sum over those bad at both: what share they owe everywhere, how many people they are, their
    orders at each, what share they owe at each, their days at each, and their orders on the left and on the
    right. The fewer visits of the two are looked up among the others.
    """
    start, shopper, people, orders, unpaid, days = visits
    owing, loyalty = shoppers
    result = np.zeros((12, len(left)))
    for pair in range(len(left)):
        one, other, side = left[pair], right[pair], 10
        if start[one + 1] - start[one] > start[other + 1] - start[other]:
            one, other, side = other, one, 11
        place, stop = start[other], start[other + 1]
        for visit in range(start[one], start[one + 1]):
            place = reach(shopper, place, stop, shopper[visit])
            if place == stop:
                break
            if shopper[place] == shopper[visit]:
                result[0, pair] += 1.0
                result[3, pair] += loyalty[shopper[visit]]
                result[2, pair] += int(unpaid[visit] > 0) + int(unpaid[place] > 0)
                if unpaid[visit] > 0 and unpaid[place] > 0:
                    result[1, pair] += 1.0
                    result[4, pair] += loyalty[shopper[visit]]
                    result[5, pair] += owing[shopper[visit]]
                    result[6, pair] += min(people[visit], people[place])
                    result[7, pair] += 0.5 * (orders[visit] + orders[place])
                    result[8, pair] += 0.5 * (unpaid[visit] / orders[visit] + unpaid[place] / orders[place])
                    result[9, pair] += 0.5 * (days[visit] + days[place])
                    result[side, pair] += orders[visit]
                    result[21 - side, pair] += orders[place]
    return result


@numba.njit(cache=True, nogil=True)
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
