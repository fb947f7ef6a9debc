"""Shopper ties: how probable it is that two consumers are of one circle that wants its money back.

Each of the signs is weak: shops in common, refunds there, visits in lockstep, accounts opened together, a
device, an account, somebody who collects their money. Boosted trees fitted on made-up worlds weigh them
together (`benchmarks.fit_forests`), as `graph.affinity` does for partners. No label of the data enters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numba
import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.affinity import shared_ties
from graph.channels.custom import consumer_country
from graph.forest import read_forest
from graph.links import Links
from graph.schema import Kind
from graph.significance import Floats, binomial_surprise
from graph.tally import by_code, starts, tally
from graph.ties import HUB_SHARERS, Codes

_Ints = NDArray[np.int64]

BUSY_CUSTOM: Final = 600
"""Partners with more customers bring only those together who are refunded there: the pairs of all the others
would be most of the work, and everybody shops there."""

BUSY_RETURNS: Final = 2_000
"""Partners where more than that are refunded bring nobody together."""

MOST_TIES: Final = 40
"""Ties kept of each consumer, those with most in common first: as many as a circle has members."""

_DAY_MS: Final = 86_400_000.0
_DIGITS: Final = 4

OF_SETS: Final = ("rare", "close_rare", "refunded_both", "refund_rare", "device", "account", "collector")
"""What of a pair is told of a set too, summed over its pairs (`circle_forest`)."""

OF_BOTH: Final = ("visits", "refunds", "eager", "refund_share", "bad_share", "orders")
"""Evidence about either consumer; the lower and the higher of both."""


@dataclass(frozen=True)
class ShopperTies:
    """Consumer pairs with something in common where either of them is refunded.

    `left` < `right` are (m,) consumer codes, sorted; `evidence` is a row a consumer, `pairs` a row a pair,
    `affinity` (m,) the probability that both belong to one circle.
    """

    left: Codes
    right: Codes
    evidence: pd.DataFrame
    pairs: pd.DataFrame
    affinity: NDArray[np.float32]

    @property
    def channels(self) -> tuple[str, ...]:
        """What `rarity` has a column for."""
        return OF_SETS

    @property
    def rarity(self) -> NDArray[np.float32]:
        """(m, channels) of the pairs' features those that sets are told of."""
        if not len(self.left):
            return np.zeros((0, len(OF_SETS)), dtype=np.float32)
        return self.pairs[list(OF_SETS)].to_numpy(dtype=np.float32)

    @property
    def partners(self) -> int:
        """How many nodes there are: consumers, here."""
        return len(self.evidence)


def no_shopper_ties() -> ShopperTies:
    """No pair at all, and no consumer."""
    empty = np.zeros(0, dtype=np.int32)
    return ShopperTies(empty, empty, pd.DataFrame(), pd.DataFrame(), np.zeros(0, dtype=np.float32))


def with_shopper_affinity(ties: ShopperTies) -> ShopperTies:
    """The ties with the affinity of each: one round over the pair alone, one over its company too."""
    if not len(ties.left):
        return ties
    first = read_forest("shopper_pair").probability(ties.pairs)
    both = ties.pairs.join(company(ties, first))
    second = read_forest("shopper_pair_in_company").probability(both)
    return replace(ties, affinity=second.astype(np.float32))


def meet_shoppers(links: Links) -> ShopperTies:
    """The pairs and what each has in common, without affinity."""
    evidence = shopper_evidence(links)
    places = _places(links)
    left, right = _met(places, links.size(Kind.CONSUMER))
    pairs = _pair_features(links, places, evidence, left, right)
    return ShopperTies(left, right, evidence, pairs, np.zeros(len(left), dtype=np.float32))


def shopper_evidence(links: Links) -> pd.DataFrame:
    """(consumers, features): visits, orders and how they ended, `eager` against other custom of the shops."""
    ordered, size = links.ordered_at, links.size(Kind.CONSUMER)
    of, at = ordered["consumer"].to_numpy(), ordered["partner"].to_numpy()
    orders = ordered["orders"].to_numpy(dtype=np.float64)
    back = ordered["refunded"].to_numpy(dtype=np.float64)
    bad = (ordered["disputed"] + ordered["defaulted"]).to_numpy(dtype=np.float64)
    made, refunds = tally(of, size, orders), tally(of, size, back)
    due = tally(of, size, orders * _other_rate(at, orders, back, links.size(Kind.PARTNER)))
    return pd.DataFrame(
        {
            "visits": np.log1p(tally(of, size)),
            "orders": np.log1p(made),
            "refunds": refunds,
            "eager": np.log1p(binomial_surprise(refunds, made, due / np.maximum(made, 1.0))),
            "refund_share": refunds / np.maximum(made, 1.0),
            "bad_share": tally(of, size, bad) / np.maximum(made, 1.0),
        }
    )


def company(ties: ShopperTies, first: Floats) -> pd.DataFrame:
    """(m, features) float32: what a first probability says of the pair, of both and of those around them."""
    left, right, size = ties.left, ties.right, ties.partners
    upper = sp.csr_array((first, (left, right)), shape=(size, size))
    graph = (upper + upper.T).tocsr()
    graph.sort_indices()
    degree = np.asarray(graph.sum(axis=1)).ravel()
    most = np.zeros(size)
    np.maximum.at(most, left, first)
    np.maximum.at(most, right, first)
    around = (graph @ ties.evidence["eager"].to_numpy(dtype=np.float64)) / (degree + 0.5)
    triangles = shared_ties(left, right, graph.indptr, graph.indices, graph.data)
    closed = triangles / np.maximum(np.sqrt(degree[left] * degree[right]), 1e-3)
    columns = {"first": first, "triangles": triangles, "closed": closed}
    for name, value in (("degree", degree), ("most", most), ("eager_around", around)):
        columns |= _of_both(name, value, left, right)
    return frame_of(columns)


def frame_of(columns: dict[str, Floats]) -> pd.DataFrame:
    """The columns as float32, rounded so that sums in another order fall on the same side of a threshold."""
    return pd.DataFrame(
        {name: np.round(value, _DIGITS).astype(np.float32) for name, value in columns.items()}
    )


def _other_rate(at: Codes, orders: Floats, ended: Floats, partners: int) -> Floats:
    """(visits,) the rate at which the partner's other orders end so, shrunk by 20 of the general."""
    general = ended.sum() / max(orders.sum(), 1.0)
    others = tally(at, partners, orders)[at] - orders
    result: Floats = (tally(at, partners, ended)[at] - ended + 20.0 * general) / (others + 20.0)
    return result


def _of_both(name: str, value: Floats, left: Codes, right: Codes) -> dict[str, Floats]:
    one, other = value[left], value[right]
    return {f"low_{name}": np.minimum(one, other), f"high_{name}": np.maximum(one, other)}


@dataclass(frozen=True)
class _Places:
    """Where consumers meet, a row a (consumer, place), sorted: first all partners, then what they share.

    `kind` is 0 for a partner, 1 for a device, 2 for an account, 3 for who collects their money; `rare` is the
    place's -log of the share of consumers there, 0 where it brings only those together who are refunded.
    """

    of: _Ints
    at: _Ints
    kind: NDArray[np.int8]
    first: Floats
    last: Floats
    refunded: NDArray[np.bool_]
    sent_back: Floats
    rare: Floats
    calm: NDArray[np.bool_]


def _places(links: Links) -> _Places:
    consumers = links.size(Kind.CONSUMER)
    ordered = links.ordered_at
    parts = [_rows(ordered, "partner", 0, 0)]
    parts[0]["refunded"] = ordered["refunded"].to_numpy() > 0
    begin = links.size(Kind.PARTNER)
    for kind, (frame, column, size) in enumerate(
        (
            (links.used, "device", links.size(Kind.DEVICE)),
            (links.paid_from, "bank_account", links.size(Kind.BANK_ACCOUNT)),
            (_collectors(links), "bank_account", links.size(Kind.BANK_ACCOUNT)),
        ),
        start=1,
    ):
        users = np.bincount(frame[column].to_numpy(), minlength=size)[frame[column].to_numpy()]
        parts.append(_rows(frame[(users >= 2) & (users <= HUB_SHARERS)], column, kind, begin))
        begin += size
    rows = pd.concat(parts, ignore_index=True).sort_values(["of", "at"], kind="stable", ignore_index=True)
    at, refunded = rows["at"].to_numpy(), rows["refunded"].to_numpy()
    users, back = tally(at, begin), tally(at, begin, refunded)
    calm = users <= BUSY_CUSTOM
    open_here = calm | (back <= BUSY_RETURNS)
    rare = np.where(open_here, np.log(max(consumers, 1) / np.maximum(users, 1.0)), 0.0)
    sent_back = -np.log((back + 1.0) / (users + 20.0))
    return _Places(
        rows["of"].to_numpy(), at, rows["kind"].to_numpy(), rows["first"].to_numpy(), rows["last"].to_numpy(),
        refunded, sent_back, np.maximum(rare, 0.0), calm,
    )  # fmt: skip


def _rows(frame: pd.DataFrame, column: str, kind: int, begin: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "of": frame["consumer"].to_numpy().astype(np.int64),
            "at": frame[column].to_numpy().astype(np.int64) + begin,
            "kind": np.int8(kind),
            "first": frame["first_at"].to_numpy(dtype=np.float64) / _DAY_MS,
            "last": frame["last_at"].to_numpy(dtype=np.float64) / _DAY_MS,
            "refunded": False,
        }
    )


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
    here = np.flatnonzero((places.rare[places.at] > 0) & (places.calm[places.at] | places.refunded))
    of, at, refunded = places.of[here].astype(np.int32), places.at[here], places.refunded[here]
    size, back = len(places.rare), np.flatnonzero(refunded)
    one, other, score = _meetings(
        starts(of, consumers), at, places.kind[here], places.first[here], places.last[here], refunded,
        places.rare, starts(at, size), of[by_code(at, size)],
        starts(at[back], size), of[back][by_code(at[back], size)],
    )  # fmt: skip
    least = _least(starts(one, consumers), starts(other, consumers), by_code(other, consumers), score)
    kept = score >= np.minimum(least[one], least[other])
    return one[kept], other[kept]


@numba.njit(cache=True)
def _apart(first: Floats, last: Floats, one: int, other: int) -> float:
    """Days between the nearest two known moments of both rows."""
    same = min(abs(first[one] - first[other]), abs(last[one] - last[other]))
    crossed = min(abs(first[one] - last[other]), abs(last[one] - first[other]))
    return float(min(same, crossed))


@numba.njit(cache=True)
def _meetings(
    begin: _Ints,
    at: _Ints,
    kind: NDArray[np.int8],
    first: Floats,
    last: Floats,
    refunded: NDArray[np.bool_],
    rare: Floats,
    inside: _Ints,
    who: Codes,
    back_inside: _Ints,
    back_who: Codes,
) -> tuple[Codes, Codes, Floats]:
    """Consumers who meet twice and more, once where either is refunded, sorted, and what they have in common.

    Rows are sorted by consumer, who has those from its `begin` on; `who` lists each place's consumers,
    sorted, from its place in `inside` on, `back_who` those refunded there. Each is met with those after it
    alone: the places' consumers are passed as they go by.
    """
    size = len(begin) - 1
    passed, back_passed = inside[:-1].copy(), back_inside[:-1].copy()
    # 1 for whom a refund is shared with, and one more for each of the first two meetings
    state, seen = np.zeros(size, np.uint8), np.empty(size, np.int32)
    one, other, score, count = np.empty(1024, np.int32), np.empty(1024, np.int32), np.empty(1024), 0
    for a in range(size):
        found = 0
        for v in range(begin[a], begin[a + 1]):
            p = at[v]
            passed[p] += 1
            back_passed[p] += refunded[v]
            if refunded[v]:
                others = who[passed[p] : inside[p + 1]]
            else:
                others = back_who[back_passed[p] : back_inside[p + 1]]
            for b in others:
                if state[b] == 0:
                    state[b] = 1
                    seen[found] = b
                    found += 1
        if found == 0:
            continue
        for v in range(begin[a], begin[a + 1]):
            _count_meetings(who[passed[at[v]] : inside[at[v] + 1]], state)
        twice = np.sort(seen[:found][state[seen[:found]] == 3])
        state[seen[:found]] = 0
        while count + len(twice) > len(one):
            one, other = np.concatenate((one, one)), np.concatenate((other, other))
            score = np.concatenate((score, score))
        for b in twice:
            one[count], other[count] = a, b
            score[count] = _in_common(begin, at, kind, first, last, refunded, rare, a, b)
            count += 1
    return one[:count].copy(), other[:count].copy(), score[:count].copy()


@numba.njit(cache=True)
def _count_meetings(others: Codes, state: NDArray[np.uint8]) -> None:
    """One more for those of the others who count, up to 3."""
    for b in others:
        if state[b] == 1 or state[b] == 2:
            state[b] += 1


@numba.njit(cache=True)
def _in_common(
    begin: _Ints,
    at: _Ints,
    kind: NDArray[np.int8],
    first: Floats,
    last: Floats,
    refunded: NDArray[np.bool_],
    rare: Floats,
    one: int,
    other: int,
) -> float:
    """What the places of both are worth: rare ones, refunds there, visits at the same time."""
    i, j, score = begin[one], begin[other], 0.0
    while i < begin[one + 1] and j < begin[other + 1]:
        if at[i] < at[j]:
            i += 1
        elif at[i] > at[j]:
            j += 1
        else:
            returns = int(refunded[i]) + int(refunded[j])
            worth = 1.0 + 2.0 * returns if kind[i] == 0 else 3.0
            ends = _apart(first, last, i, j) / 5.0
            score += rare[at[i]] * worth * (0.5 + 1.0 / (1.0 + ends * ends))
            i += 1
            j += 1
    return float(round(score, 5))


@numba.njit(cache=True)
def _least(begin: _Ints, back_begin: _Ints, back: _Ints, score: Floats) -> Floats:
    """(consumers,) the score that `MOST_TIES` of each one's pairs reach, 0 for fewer.

    A consumer has the pairs from its `begin` on, and those of `back` from its `back_begin` on.
    """
    least = np.zeros(len(begin) - 1)
    for a in range(len(least)):
        ahead = score[begin[a] : begin[a + 1]]
        mine = np.concatenate((ahead, score[back[back_begin[a] : back_begin[a + 1]]]))
        if len(mine) > MOST_TIES:
            least[a] = np.partition(mine, len(mine) - MOST_TIES)[len(mine) - MOST_TIES]
    return least


MEASURED: Final = (
    "common", "rare", "close", "near", "close_rare", "refunded_both", "refunded_once", "refund_rare",
    "device", "account", "collector", "common_busy", "season",
)  # fmt: skip
"""What `_measure` says of a pair, in its order."""


def _pair_features(
    links: Links, places: _Places, evidence: pd.DataFrame, left: Codes, right: Codes
) -> pd.DataFrame:
    size = links.size(Kind.CONSUMER)
    begin = np.searchsorted(places.of, np.arange(size + 1))
    result = np.zeros((len(left), len(MEASURED)))
    _measure(
        left, right, begin, places.at, places.first, places.last, places.refunded, places.rare, places.calm,
        places.kind, places.sent_back, result,
    )  # fmt: skip
    columns: dict[str, Floats] = {name: result[:, number] for number, name in enumerate(MEASURED)}
    for name in OF_BOTH:
        columns |= _of_both(name, evidence[name].to_numpy(dtype=np.float64), left, right)
    shops = tally(links.ordered_at["consumer"].to_numpy(), size)
    fewer, more = np.minimum(shops[left], shops[right]), np.maximum(shops[left], shops[right])
    columns["common_share"] = columns["common"] / np.maximum(fewer, 1.0)
    columns["common_of_all"] = columns["common"] / np.maximum(fewer + more - columns["common"], 1.0)
    columns["close_share"] = columns["close"] / np.maximum(columns["common"], 1.0)
    columns["opened_apart"] = _opened_apart(links, left, right)
    country = consumer_country(links)
    columns["same_country"] = (country[left] == country[right]).astype(np.float64)
    return frame_of(columns)


def _opened_apart(links: Links, left: Codes, right: Codes) -> Floats:
    """(m,) log days between both consumers' first days, -1 where either is unknown."""
    if "created_at" not in links.consumers:
        return np.full(len(left), -1.0)
    opened = links.consumers["created_at"].to_numpy(dtype=np.float64)
    days = np.log1p(np.abs(opened[left] - opened[right]) / _DAY_MS)
    return np.where((opened[left] < 0) | (opened[right] < 0), -1.0, days)


@numba.njit(cache=True)
def _measure(
    left: Codes,
    right: Codes,
    begin: _Ints,
    at: _Ints,
    first: Floats,
    last: Floats,
    refunded: NDArray[np.bool_],
    rare: Floats,
    calm: NDArray[np.bool_],
    kind: NDArray[np.int8],
    sent_back: Floats,
    result: Floats,
) -> None:
    for pair in range(len(left)):
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
                result[pair, 7 + kind[i]] += rare[p]
            else:
                apart = _apart(first, last, i, j)
                result[pair, 0] += 1.0
                result[pair, 1] += rare[p]
                result[pair, 2] += apart <= 3.0
                result[pair, 3] += apart <= 10.0
                result[pair, 4] += rare[p] * np.exp(-apart / 5.0)
                result[pair, 11] += not calm[p]
                returns = int(refunded[i]) + int(refunded[j])
                result[pair, 5] += returns == 2
                result[pair, 6] += returns >= 1
                result[pair, 7] += returns * sent_back[p]
                low = min(low, min(first[i], first[j]))
                high = max(high, max(last[i], last[j]))
            i += 1
            j += 1
        if result[pair, 0] > 0:
            result[pair, 12] = np.log1p(high - low)
