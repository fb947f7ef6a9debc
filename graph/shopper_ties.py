"""Shopper ties: how probable it is that two consumers are of one circle: it wants money back, or never pays.

Each of the signs is weak: shops in common, refunds or debts there, visits in lockstep, accounts opened
together, a device, an account, somebody who collects their money. Boosted trees fitted on made-up worlds
weigh them together (`benchmarks.fit_forests`), as `graph.affinity` does for partners; others say of every
consumer how probably it is of a circle at all. No label of the data enters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numba
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.affinity import company_of
from graph.channels.custom import consumer_country
from graph.forest import read_forest
from graph.lifetimes import log_days
from graph.links import Links, unpaid_orders
from graph.pair_columns import Column, PairColumns, laid_in_parts, of_both, rounded
from graph.parts import in_parts
from graph.schema import DAY_MS, Kind
from graph.significance import Floats, binomial_surprise
from graph.tally import beyond, by_code, highest_of_both, sort_few, starts, tally
from graph.ties import HUB_SHARERS, Codes

_Ints = NDArray[np.int64]

BUSY_CUSTOM: Final = 600
"""Partners with more customers bring only those together who are refunded there, or owe: the pairs of all the
others would be most of the work, and everybody shops there."""

BUSY_RETURNS: Final = 2_000
"""Partners where more than that are refunded, or owe, bring nobody together."""

LEAST_WORTH: Final = 1.5
"""What two must have in common to be looked at, in places where nobody else is: half of all who meet twice
have less, and 3 % of the pairs of one ring."""

MOST_TIES: Final = 40
"""Ties kept of each consumer, those with most in common first: as many as a circle has members."""


NEAR: Final = 1 << 16
"""Bytes of the table of who was met (`_met_again`), a power of two: of 600 met, three share a place."""

OF_SETS: Final = (
    "rare", "close_rare", "refunded_both", "refund_rare", "owed_both", "owed_rare", "device", "account",
    "collector",
)  # fmt: skip
"""What of a pair is told of a set too, summed over its pairs (`circle_forest`)."""

LEAST: Final = 0.02
"""Affinity below which two consumers are not tied."""

OF_BOTH: Final = ("visits", "refunds", "eager", "refund_share", "debts", "owing", "bad_share", "orders")
"""Evidence about either consumer; the lower and the higher of both."""


@dataclass(frozen=True)
class ShopperTies:
    """Consumer pairs with something in common where either of them is refunded, or owes.

    `left` < `right` are (m,) consumer codes, sorted; `evidence` is a row a consumer, `pairs` what is told of
    each pair, `affinity` (m,) the probability that both belong to one circle, `membership` (consumers,) that
    the consumer belongs to any, 0 where it is tied to nobody.
    """

    left: Codes
    right: Codes
    evidence: pd.DataFrame
    pairs: PairColumns
    affinity: NDArray[np.float32]
    membership: NDArray[np.float32]

    @property
    def channels(self) -> tuple[str, ...]:
        """What `rarity_of` tells of each pair."""
        return OF_SETS

    def rarity_of(self, channel: int, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """(rows,) what sets are told of these pairs under the channel of that number."""
        if not len(self.left):
            return np.zeros(0, dtype=np.float32)
        return self.pairs[OF_SETS[channel]][rows]

    @property
    def partners(self) -> int:
        """How many nodes there are: consumers, here."""
        return len(self.evidence)


def no_shopper_ties() -> ShopperTies:
    """No pair at all, and no consumer."""
    empty = np.zeros(0, dtype=np.int32)
    pairs = PairColumns(empty, empty, {})
    nothing = np.zeros(0, dtype=np.float32)
    return ShopperTies(empty, empty, pd.DataFrame(), pairs, nothing, nothing)


def with_shopper_affinity(ties: ShopperTies, links: Links) -> ShopperTies:
    """The ties with the affinity of each: one round over the pair alone, one over its company too.

    And with everybody's membership. Of what is known of the pairs only `OF_SETS` stays: the rest is most of
    what the ties hold.
    """
    if not len(ties.left):
        return ties
    first = read_forest("shopper_pair").probability(ties.pairs)
    second = read_forest("shopper_pair_in_company").probability(ties.pairs, company(ties, first))
    tied = replace(ties, affinity=second.astype(np.float32), pairs=ties.pairs.laid_out(OF_SETS))
    membership = read_forest("shopper").probability(shopper_columns(tied, links))
    return with_membership(tied, membership)


def with_membership(ties: ShopperTies, membership: Floats) -> ShopperTies:
    """The ties with the membership, (n,), of those whom `shopper_columns` tells of; others have none."""
    everybody = np.zeros(ties.partners, dtype=np.float32)
    everybody[_tied(ties)[1]] = membership
    return replace(ties, membership=everybody)


def _tied(ties: ShopperTies) -> tuple[_Ints, Codes]:
    """The rows of the ties of `LEAST` and more, and the codes, sorted, of all who have one."""
    rows = np.flatnonzero(ties.affinity >= LEAST)
    tied = np.zeros(ties.partners, dtype=np.bool_)
    tied[ties.left[rows]] = tied[ties.right[rows]] = True
    return rows, np.flatnonzero(tied).astype(np.int32)


def shopper_columns(ties: ShopperTies, links: Links) -> pd.DataFrame:
    """(n, features) float32 of the consumers with a tie of `LEAST` and more; their codes are the index.

    The evidence, whom each is tied to, and how: what its ties have in common, by how strong they are.
    """
    rows, codes = _tied(ties)
    size = len(codes)  # few of all consumers
    left, right = (np.searchsorted(codes, end[rows]) for end in (ties.left, ties.right))
    value, likely = ties.affinity[rows].astype(np.float64), ties.affinity[rows] >= 0.5

    def around(of_left: Floats, of_right: Floats) -> Floats:
        return tally(left, size, value * of_right) + tally(right, size, value * of_left)

    evidence = ties.evidence.iloc[codes]
    ones, gains = np.ones(len(rows)), gains_of(evidence)
    degree = around(ones, ones)
    columns = {str(name): column.to_numpy(dtype=np.float64) for name, column in evidence.items()} | {
        "most": highest_of_both(left, right, size, value),
        "degree": degree,
        "likely": tally(left, size, likely) + tally(right, size, likely),
        "gains_around": around(gains[left], gains[right]) / (degree + 0.5),
        "age": log_days(np.maximum(links.as_of_ms - _opened(links)[codes], 0.0) / DAY_MS),
    }
    for name in OF_SETS:
        shared = ties.pairs[name][rows].astype(np.float64)
        columns[f"{name}_around"] = around(shared, shared) / (degree + 0.5)
    told = {name: rounded(column) for name, column in columns.items()}
    return pd.DataFrame(told, index=codes, copy=False)


def gains_of(evidence: pd.DataFrame) -> Floats:
    """(consumers,) how far beyond the other custom of the same shops each is refunded, or owes."""
    gains: Floats = evidence[["eager", "owing"]].to_numpy(dtype=np.float64).max(axis=1, initial=0.0)
    return gains


def meet_shoppers(links: Links, held: list[Whereabouts] | None = None) -> ShopperTies:
    """The pairs and what each has in common, without affinity.

    `held` are the `whereabouts` of the same links where somebody knows them already; they are taken away.
    """
    where = held.pop() if held else whereabouts(links)
    evidence, places = where.evidence, where.places
    del where
    left, right = _met(places, links.size(Kind.CONSUMER))
    measured = _measured(places, links.size(Kind.CONSUMER), left, right)
    del places  # a second copy of all visits, and of no more use
    pairs = PairColumns(left, right, dict(_pair_columns(links, measured, evidence, left, right)))
    unknown, nobody = (np.zeros(size, dtype=np.float32) for size in (len(left), len(evidence)))
    return ShopperTies(left, right, evidence, pairs, unknown, nobody)


def shopper_evidence(links: Links) -> pd.DataFrame:
    """(consumers, features): visits, orders, and how many and what share of them were refunded, and unpaid.

    `eager` and `owing` hold both against the other custom of the same shops: log(1 - log10 p) of so many.
    """
    ordered, size = links.ordered_at, links.size(Kind.CONSUMER)
    of, at = ordered["consumer"].to_numpy(), ordered["partner"].to_numpy()
    orders = ordered["orders"].to_numpy(dtype=np.float64)
    made = tally(of, size, orders)
    columns = {"visits": np.log1p(tally(of, size)), "orders": np.log1p(made)}
    for count, surprise, share, ended in (
        ("refunds", "eager", "refund_share", ordered["refunded"].to_numpy(dtype=np.float64)),
        ("debts", "owing", "bad_share", unpaid_orders(ordered).astype(np.float64)),
    ):
        columns[count] = tally(of, size, ended)
        due = _due((of, at), (orders, ended), size, links.size(Kind.PARTNER))
        chance = due / np.maximum(made, 1.0)
        columns[surprise] = np.log1p(binomial_surprise(columns[count], made, chance))
        columns[share] = columns[count] / np.maximum(made, 1.0)
    return pd.DataFrame(columns)


def company(ties: ShopperTies, first: Floats) -> PairColumns:
    """(m, features): what a first probability says of the pair, of both and of those around them."""
    return company_of(ties, first, "gains_around", gains_of(ties.evidence))


def _due(visits: tuple[Codes, Codes], made: tuple[Floats, Floats], consumers: int, partners: int) -> Floats:
    """(consumers,) orders due to end so at the rate of their partners' others, shrunk by 20 of the general.

    `visits` are by consumer and partner; `made` are their orders, and those that ended so.
    """
    general = made[1].sum() / max(made[0].sum(), 1.0)
    of_partner = tally(visits[1], partners, made[0]), tally(visits[1], partners, made[1])
    due: Floats = _add_due(visits, made, of_partner, general, np.zeros(consumers))
    return due


@numba.njit(cache=True, nogil=True)
def _add_due(
    visits: tuple[Codes, Codes],
    made: tuple[Floats, Floats],
    of_partner: tuple[Floats, Floats],
    general: float,
    due: Floats,
) -> Floats:
    """Adds up what `_due` says in one pass: arrays of all visits between would be most of the time."""
    for visit in range(len(visits[0])):
        orders, ended, at = made[0][visit], made[1][visit], visits[1][visit]
        other_orders, other_ended = of_partner[0][at] - orders, of_partner[1][at] - ended
        due[visits[0][visit]] += orders * ((other_ended + 20.0 * general) / (other_orders + 20.0))
    return due


@dataclass(frozen=True)
class _Places:
    """Where consumers meet, a row a (consumer, place), sorted: first all partners, then what they share.

    `kind` is 0 for a partner, 1 for a device, 2 for an account, 3 for who collects their money; `rare` is the
    place's -log of the share of consumers there, 0 where too many gain to bring anybody together. Who is
    refunded there or owes gains; `sent_back` and `left_owing`, of partners, are -log of what share of those
    there does.
    """

    of: Codes
    at: Codes
    kind: NDArray[np.int8]
    first: Floats
    last: Floats
    refunded: NDArray[np.bool_]
    owes: NDArray[np.bool_]
    sent_back: Floats
    left_owing: Floats
    rare: Floats
    calm: NDArray[np.bool_]

    @property
    def gains(self) -> NDArray[np.bool_]:
        """(rows,) who is refunded there, or owes: at a device or an account, who does so anywhere."""
        here = self.refunded | self.owes
        anywhere = np.zeros(int(self.of.max(initial=-1)) + 1, dtype=np.bool_)
        anywhere[self.of[here]] = True
        gains: NDArray[np.bool_] = here | ((self.kind > 0) & anywhere[self.of])
        return gains


@dataclass(frozen=True)
class Whereabouts:
    """What is known of consumers before any two are looked at together: their evidence, and their places."""

    evidence: pd.DataFrame
    places: _Places


def whereabouts(links: Links) -> Whereabouts:
    """What `meet_shoppers` goes by: on one core all of it."""
    return Whereabouts(shopper_evidence(links), _places(links))


def _places(links: Links) -> _Places:
    consumers, partners = links.size(Kind.CONSUMER), links.size(Kind.PARTNER)
    devices, accounts = links.size(Kind.DEVICE), links.size(Kind.BANK_ACCOUNT)
    ordered = links.ordered_at
    parts = [(ordered, "partner")]
    for frame, column, size in (
        (links.used, "device", devices),
        (links.paid_from, "bank_account", accounts),
        (_collectors(links), "bank_account", accounts),
    ):
        users = np.bincount(frame[column].to_numpy(), minlength=size)[frame[column].to_numpy()]
        parts.append((frame[(users >= 2) & (users <= HUB_SHARERS)], column))
    begin = np.cumsum([0, partners, devices, accounts, accounts], dtype=np.int32)
    size = int(begin[-1])
    of = np.concatenate([frame["consumer"].to_numpy(dtype=np.int32) for frame, _ in parts])
    at = np.concatenate(
        [frame[column].to_numpy(dtype=np.int32) + begin[n] for n, (frame, column) in enumerate(parts)]
    )
    # frames are by consumer, then by what they are of, and one follows the other: equals stay in order
    order = by_code(of, consumers)
    of, at = of[order], at[order]
    refunded, owes = np.zeros((2, len(order)), dtype=np.bool_)
    refunded[: len(ordered)] = ordered["refunded"].to_numpy() > 0
    owes[: len(ordered)] = unpaid_orders(ordered) > 0
    # nobody is refunded, or owes, but at a partner: those stand before all other places
    users = tally(at, size)
    back, owing, gaining = (
        tally(ordered["partner"].to_numpy(), partners, some[: len(ordered)])
        for some in (refunded, owes, refunded | owes)
    )
    calm = users <= BUSY_CUSTOM
    rare = np.log(max(consumers, 1) / np.maximum(users, 1.0))
    rare[:partners][~calm[:partners] & (gaining > BUSY_RETURNS)] = 0.0
    sent_back, left_owing = (-np.log((some + 1.0) / (users[:partners] + 20.0)) for some in (back, owing))
    del users
    refunded, owes = refunded[order], owes[order]
    first, last = (
        np.concatenate([frame[name].to_numpy(dtype=np.float64) for frame, _ in parts])[order] / DAY_MS
        for name in ("first_at", "last_at")
    )
    kind = np.repeat(np.arange(len(parts), dtype=np.int8), [len(frame) for frame, _ in parts])[order]
    np.maximum(rare, 0.0, out=rare)
    return _Places(of, at, kind, first, last, refunded, owes, sent_back, left_owing, rare, calm)


def _collectors(links: Links) -> pd.DataFrame:
    """Accounts that get money from those where consumers pay; when first and last."""
    sent = links.transferred_to.rename(columns={"to_account": "collector"})
    paid = links.paid_from[["consumer", "bank_account"]]
    users = np.bincount(paid["bank_account"], minlength=1)[paid["bank_account"]]
    met = sent.merge(paid[users <= HUB_SHARERS], left_on="from_account", right_on="bank_account")
    found: pd.DataFrame = met.groupby(["consumer", "collector"], as_index=False, sort=True).agg(
        first_at=("first_at", "min"), last_at=("last_at", "max")
    )
    return found.rename(columns={"collector": "bank_account"})


def _met(places: _Places, consumers: int) -> tuple[Codes, Codes]:
    """The pairs to look at, sorted: of each consumer the `MOST_TIES` with most in common; equals stay."""
    gains = places.gains
    here = np.flatnonzero((places.rare[places.at] > 0) & (places.calm[places.at] | gains))
    # who is at one of these places alone meets nobody twice
    here = here[tally(places.of[here], consumers)[places.of[here]] >= 2]
    of, at, gains = places.of[here], places.at[here], gains[here]
    # most devices and accounts are no such place: the others are numbered anew, closer together
    used = np.flatnonzero(tally(at, len(places.rare)))
    number = np.zeros(len(places.rare), dtype=np.int32)
    number[used] = np.arange(len(used), dtype=np.int32)
    at, size = number[at], len(used)
    rows = (
        starts(of, consumers), at, places.kind[here], places.first[here], places.last[here], gains,
        places.rare[used], *_inside(of, at, size, gains), *_inside(of, at, size, ~gains),
    )  # fmt: skip
    least_worth = LEAST_WORTH * np.log(max(consumers, 1))
    found = in_parts(consumers, lambda begin, end: _meetings(begin, end, least_worth, *rows))
    one, other, score = (np.concatenate(parts) for parts in zip(*found, strict=True))
    least = _least(starts(one, consumers), starts(other, consumers), by_code(other, consumers), score)
    kept = score >= np.minimum(least[one], least[other])
    return one[kept], other[kept]


def _inside(of: Codes, at: Codes, size: int, some: NDArray[np.bool_]) -> tuple[_Ints, Codes]:
    """(size + 1,) where each place's consumers begin, and they one after the other, sorted; `some` rows."""
    of, at = of[some], at[some]
    return starts(at, size), of[by_code(at, size)]


@numba.njit(cache=True, nogil=True)
def _apart(first: Floats, last: Floats, one: int, other: int) -> float:
    """Days between the nearest two known moments of both rows."""
    same = min(abs(first[one] - first[other]), abs(last[one] - last[other]))
    crossed = min(abs(first[one] - last[other]), abs(last[one] - first[other]))
    return float(min(same, crossed))


@numba.njit(cache=True, nogil=True)
def _meetings(
    first_one: int,
    end: int,
    least_worth: float,
    begin: _Ints,
    at: Codes,
    kind: NDArray[np.int8],
    first: Floats,
    last: Floats,
    gains: NDArray[np.bool_],
    rare: Floats,
    inside: _Ints,
    who: Codes,
    rest_inside: _Ints,
    rest_who: Codes,
) -> tuple[Codes, Codes, Floats]:
    """Consumers who meet twice and more, once where either gains, sorted, and what that is worth, if enough.

    The lower code of both is in [`first_one`, `end`). Rows are sorted by consumer, who has those from its
    `begin` on; `who` lists those who gain at each place, sorted, from its place in `inside` on, `rest_who`
    the others. Each is met with those after it alone: the places' consumers are passed as they go by.
    """
    before = at[: begin[first_one]]
    gaining = inside, who, beyond(inside, before[gains[: len(before)]])
    others = rest_inside, rest_who, beyond(rest_inside, before[~gains[: len(before)]])
    met, seen = np.zeros(NEAR, np.uint8), np.empty(1024, np.int32)
    row = np.full(len(rare), -1, np.int32)
    one, other, score, count = np.empty(1024, np.int32), np.empty(1024, np.int32), np.empty(1024), 0
    for a in range(first_one, end):
        seen, found = _met_again(a, begin, at, gains, gaining, others, met, seen)
        if found == 0:
            continue
        while count + found > len(one):
            one, other = np.concatenate((one, one)), np.concatenate((other, other))
            score = np.concatenate((score, score))
        sort_few(seen[:found])
        row[at[begin[a] : begin[a + 1]]] = np.arange(begin[a], begin[a + 1])
        for place in range(found):
            b = seen[place]
            if place == 0 or b != seen[place - 1]:
                one[count], other[count] = a, b
                score[count] = _in_common(row, at, kind, first, last, gains, rare, begin[b], begin[b + 1])
                count += int(score[count] >= least_worth)
        row[at[begin[a] : begin[a + 1]]] = -1
    return one[:count].copy(), other[:count].copy(), score[:count].copy()


_Inside = tuple[_Ints, Codes, _Ints]
"""Where the consumers of each place begin, they one after the other, and where those not yet passed begin."""


@numba.njit(cache=True, nogil=True)
def _met_again(
    a: int,
    begin: _Ints,
    at: Codes,
    gains: NDArray[np.bool_],
    gaining: _Inside,
    others: _Inside,
    met: NDArray[np.uint8],
    seen: Codes,
) -> tuple[Codes, int]:
    """Whom `a` may meet twice, once where either gains, first in `seen` or a longer one; how many that are.

    All of these and a few besides, some more than once: who was met is marked in `met`, a table so small that
    it stays in a near cache, where several share a place. In one of all consumers most would be far away.
    """
    (inside, who, passed), (rest_inside, rest_who, rest_passed) = gaining, others
    mark = np.uint8(a % 255 + 1)
    if mark == 1:
        met[:] = 0
    meetings, rest = 0, 0
    for v in range(begin[a], begin[a + 1]):
        p = at[v]
        (passed if gains[v] else rest_passed)[p] += 1
        meetings += inside[p + 1] - passed[p] + gains[v] * (rest_inside[p + 1] - rest_passed[p])
        rest += (not gains[v]) * (rest_inside[p + 1] - rest_passed[p])
    if meetings == 0:
        return seen, 0
    if meetings + rest > len(seen):
        seen = np.empty(2 * (meetings + rest), np.int32)
    found = 0
    for v in range(begin[a], begin[a + 1]):
        p = at[v]
        found = _meet(who[passed[p] : inside[p + 1]], met, mark, seen, found)
        if gains[v]:
            found = _meet(rest_who[rest_passed[p] : rest_inside[p + 1]], met, mark, seen, found)
    for v in range(begin[a], begin[a + 1]):
        if not gains[v]:
            for b in rest_who[rest_passed[at[v]] : rest_inside[at[v] + 1]]:
                seen[found] = b
                found += met[b & (NEAR - 1)] == mark
    return seen, found


@numba.njit(cache=True, nogil=True)
def _meet(others: Codes, met: NDArray[np.uint8], mark: np.uint8, seen: Codes, found: int) -> int:
    """Marks all of the others as met, and lists in `seen` who may be met again; how many that are by now."""
    for b in others:
        seen[found] = b
        found += met[b & (NEAR - 1)] == mark
        met[b & (NEAR - 1)] = mark
    return found


@numba.njit(cache=True, nogil=True)
def _in_common(
    row: Codes,
    at: Codes,
    kind: NDArray[np.int8],
    first: Floats,
    last: Floats,
    gains: NDArray[np.bool_],
    rare: Floats,
    begin: int,
    end: int,
) -> float:
    """What the places of both are worth: rare ones, gains there, visits at the same time.

    0 where they meet but once, or neither gains. One has the rows that `row` says of each place, -1 for none;
    the other those from `begin` to `end`.
    """
    score, meetings, gained = 0.0, 0, 0
    for j in range(begin, end):
        i = row[at[j]]
        if i >= 0:
            either = int(gains[i]) + int(gains[j])
            meetings += 1
            gained += either
            worth = 1.0 + 2.0 * either if kind[i] == 0 else 3.0
            ends = _apart(first, last, i, j) / 5.0
            score += rare[at[i]] * worth * (0.5 + 1.0 / (1.0 + ends * ends))
    return float(round(score, 5)) if meetings >= 2 and gained else 0.0


@numba.njit(cache=True, nogil=True)
def _least(begin: _Ints, back_begin: _Ints, back: _Ints, score: Floats) -> Floats:
    """(consumers,) the score that `MOST_TIES` of each one's pairs reach, 0 for fewer.

    A consumer has the pairs from its `begin` on, and those of `back` from its `back_begin` on.
    """
    least = np.zeros(len(begin) - 1)
    for a in range(len(least)):
        size = begin[a + 1] - begin[a] + back_begin[a + 1] - back_begin[a]
        if size > MOST_TIES:
            ahead = score[begin[a] : begin[a + 1]]
            mine = np.concatenate((ahead, score[back[back_begin[a] : back_begin[a + 1]]]))
            least[a] = np.partition(mine, size - MOST_TIES)[size - MOST_TIES]
    return least


MEASURED: Final = (
    "common", "rare", "close", "near", "close_rare", "refunded_both", "refunded_once", "refund_rare",
    "device", "account", "collector", "common_busy", "season", "owed_both", "owed_once", "owed_rare",
)  # fmt: skip
"""What `_measure` says of a pair, in its order."""

RELATED: Final = ("common_share", "common_of_all", "close_share", "opened_apart", "same_country")
"""What is said of a pair besides, of what both have in common and of both."""


def _measured(places: _Places, consumers: int, left: Codes, right: Codes) -> dict[str, NDArray[np.float32]]:
    """`MEASURED`, (m,) each: what the pairs have in common."""
    rows = (
        starts(places.of, consumers), places.at, places.first, places.last, places.refunded, places.owes,
        places.rare, places.calm, places.kind, places.sent_back, places.left_owing,
    )  # fmt: skip
    size = len(MEASURED)
    return dict(
        laid_in_parts(
            MEASURED, len(left), lambda begin, end: _measure(left[begin:end], right[begin:end], *rows, size)
        )
    )


def _pair_columns(
    links: Links, measured: dict[str, NDArray[np.float32]], evidence: pd.DataFrame, left: Codes, right: Codes
) -> Iterator[tuple[str, Column]]:
    yield from measured.items()
    yield from of_both({name: evidence[name].to_numpy(dtype=np.float64) for name in OF_BOTH})
    shops = tally(links.ordered_at["consumer"].to_numpy(), links.size(Kind.CONSUMER))
    opened, country = _opened(links), consumer_country(links)

    def related(begin: int, end: int) -> tuple[Floats, ...]:
        one, other = left[begin:end], right[begin:end]
        common, close = (measured[name][begin:end].astype(np.float64) for name in ("common", "close"))
        fewer, more = np.minimum(shops[one], shops[other]), np.maximum(shops[one], shops[other])
        return (
            common / np.maximum(fewer, 1.0),
            common / np.maximum(fewer + more - common, 1.0),
            close / np.maximum(common, 1.0),
            log_days(np.abs(opened[one] - opened[other]) / DAY_MS),
            (country[one] == country[other]).astype(np.float64),
        )

    yield from laid_in_parts(RELATED, len(left), related)


def _opened(links: Links) -> Floats:
    """(consumers,) moment in ms when each account was opened, NaN where unknown."""
    if "created_at" not in links.consumers:
        return np.full(links.size(Kind.CONSUMER), np.nan)
    opened = links.consumers["created_at"].to_numpy(dtype=np.float64)
    return np.where(opened < 0, np.nan, opened)


@numba.njit(cache=True, nogil=True)
def _measure(
    left: Codes,
    right: Codes,
    begin: _Ints,
    at: Codes,
    first: Floats,
    last: Floats,
    refunded: NDArray[np.bool_],
    owes: NDArray[np.bool_],
    rare: Floats,
    calm: NDArray[np.bool_],
    kind: NDArray[np.int8],
    sent_back: Floats,
    left_owing: Floats,
    measures: int,
) -> NDArray[np.float32]:
    """(measures, m) what the pairs have in common."""
    result, of_pair = np.empty((measures, len(left)), dtype=np.float32), np.empty(measures)
    for pair in range(len(left)):
        of_pair[:] = 0.0
        i, end = begin[left[pair]], begin[left[pair] + 1]
        j, stop = begin[right[pair]], begin[right[pair] + 1]
        low, high = 1e18, -1e18
        while i < end and j < stop:
            p = at[i]
            if p < at[j]:
                i += 1
                continue
            if p > at[j]:
                j += 1
                continue
            if kind[i] > 0:
                of_pair[7 + kind[i]] += rare[p]
            else:
                apart = _apart(first, last, i, j)
                of_pair[0] += 1.0
                of_pair[1] += rare[p]
                of_pair[2] += apart <= 3.0
                of_pair[3] += apart <= 10.0
                of_pair[4] += rare[p] * np.exp(-apart / 5.0)
                of_pair[11] += not calm[p]
                returns = int(refunded[i]) + int(refunded[j])
                of_pair[5] += returns == 2
                of_pair[6] += returns >= 1
                of_pair[7] += returns * sent_back[p]
                debts = int(owes[i]) + int(owes[j])
                of_pair[13] += debts == 2
                of_pair[14] += debts >= 1
                of_pair[15] += debts * left_owing[p]
                low = min(low, min(first[i], first[j]))
                high = max(high, max(last[i], last[j]))
            i += 1
            j += 1
        if of_pair[0] > 0:
            of_pair[12] = np.log1p(high - low)
        result[:, pair] = of_pair
    return result
