"""Ring forest: how probable it is that a set of partners, or of consumers, is a whole ring, and only that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numba
import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.account_traits import account_traits
from graph.affinity import merged_visits, owed_share, shopper_of_visits
from graph.circle_meetings import meeting_features
from graph.forest import read_forest
from graph.lifetimes import lifetimes, log_days, together
from graph.links import Links, unpaid_orders
from graph.pair_columns import DIGITS
from graph.partner_evidence import OWING_ELSEWHERE
from graph.parts import in_parts
from graph.projection import Projection
from graph.shopper_ties import ShopperTies
from graph.significance import Floats
from graph.tally import by_code, starts, tally

TIED: Final = (
    "ties",
    "density",
    "weakest_member",
    "outside",
    "most_outside",
    "nearest",
    "nearest_share",
    "tree",
    "weakest_in_tree",
    "least_inside_share",
    "missing",
    "missing_share",
    "second_nearest",
    "third_nearest",
    "held",
    "least_held",
)
"""What `_describe` measures of a set's affinities, in its order."""

CORE: Final = (
    "shoppers",
    "visit_share",
    "bad_share",
    "least_share",
    "spread",
    "inside",
    "owes",
    "owes_outside",
    "nearest",
    "second",
    "third",
    "owed_nearest",
    "owed_second",
    "near",
    "owing",
    "orders",
    "of_orders",
    "least_of_orders",
    "unpaid",
    "paid_orders",
    "days",
)
"""What `core_custom` says of a set's common shoppers, in its order."""

MEMBERS: Final = (
    "membership",
    "bad_surprise",
    "group_bad",
    "turned",
    "bad_behind_customer_groups",
    *OWING_ELSEWHERE,
)
"""Evidence about members: the mean, and the least and the highest of the first three."""

LEAST_SETS: Final = 64
"""Sets from which on a core of their own is worth its start (`in_parts`)."""

Sets = Sequence[Sequence[int]]


def ring_probability(partners: Sets, projection: Projection, links: Links) -> Floats:
    """(sets,) probability that each set of two partner codes and more is a ring, as a whole and nothing else.

    A set is taken for one where at least two thirds of it are of one ring, of which it misses no more than
    half (Jaccard index of 0.5). Cost is linear in the ties of all members and in
    the custom of their shoppers who left a debt.
    """
    if not len(partners):
        return np.zeros(0)
    return read_forest("ring").probability(ring_features(partners, projection, links))


def ring_features(partners: Sets, projection: Projection, links: Links) -> pd.DataFrame:
    """(sets, features) float32: how the members are tied to each other and to others, and what they did."""
    size = np.array([len(one) for one in partners])
    start, member = laid_out(partners)
    tied, channel = _ties_of(start, member, projection)
    columns: dict[str, NDArray[np.floating]] = {"size": size.astype(np.float64)}
    columns |= {name: tied[:, number] for number, name in enumerate(TIED)}
    for number, name in enumerate(projection.channels):
        columns[f"rarity_{name}"] = channel[:, number] / (size - 1)
    known = {name: projection.evidence[name].to_numpy() for name in MEMBERS[1:]}
    known["membership"] = projection.membership
    for number, name in enumerate(MEMBERS):
        of_member = known[name][member].astype(np.float64)
        columns[f"mean_{name}"] = np.add.reduceat(of_member, start[:-1]) / size
        if number < 3:
            columns[f"low_{name}"] = np.minimum.reduceat(of_member, start[:-1])
            columns[f"high_{name}"] = np.maximum.reduceat(of_member, start[:-1])
    customers = np.log1p(tally(links.ordered_at["partner"].to_numpy(), projection.partners))[member]
    columns["mean_customers"] = np.add.reduceat(customers, start[:-1]) / size
    columns["low_customers"] = np.minimum.reduceat(customers, start[:-1])
    if "closed_at" in links.partners:
        closed = (links.partners["closed_at"].to_numpy() >= 0)[member].astype(np.float64)
        columns["mean_closed"] = np.add.reduceat(closed, start[:-1]) / size
    else:
        columns["mean_closed"] = np.zeros(len(size))
    columns |= _lived(start, member, links)
    for name, trait in account_traits(links).items():
        columns[f"mean_{name}"] = np.add.reduceat(trait[member], start[:-1]) / size
    core = core_custom(start, member, projection, links)
    columns |= {f"core_{name}": core[:, number] for number, name in enumerate(CORE)}
    return _frame(columns)


def _lived(start: NDArray[np.int64], member: NDArray[np.int32], links: Links) -> dict[str, Floats]:
    """(sets,) how old the members are, and whether they came, and were first and last seen, together."""
    life, size = lifetimes(links), np.diff(start)
    age = log_days(life.age)[member]
    columns = {
        "mean_age": np.add.reduceat(age, start[:-1]) / size,
        "low_age": np.minimum.reduceat(age, start[:-1]),
        "high_age": np.maximum.reduceat(age, start[:-1]),
    }
    for name, day in (("joined", life.joined), ("first", life.first), ("last", life.last)):
        columns[f"{name}_together"] = together(start, day[member])
    return columns


def laid_out(sets: Sets) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """(sets + 1,) where the members of each set begin, and (all members,) they one after the other."""
    start = np.r_[0, np.cumsum([len(one) for one in sets], dtype=np.int64)]
    member = np.fromiter((code for one in sets for code in one), dtype=np.int32, count=int(start[-1]))
    return start, member


def core_custom(
    start: NDArray[np.int64], member: NDArray[np.int32], projection: Projection, links: Links
) -> Floats:
    """(sets, CORE) where else the shoppers go who come to several of a set, and how they end there.

    Only shoppers (a customer group is one) who left anything unpaid or disputed anywhere are looked at.
    """
    owing = _owing_custom(projection, links)
    codes, custom = owing.number[member], (owing.custom, owing.owed, owing.sold)
    parts = in_parts(
        len(start) - 1,
        lambda begin, end: _core(
            start[begin : end + 1], codes, custom, owing.visits, owing.trips, owing.habits
        ),
        least=LEAST_SETS,
    )
    return np.concatenate(parts)


_Visits = tuple[NDArray[np.int64], NDArray[np.int32]]
_Made = NDArray[np.int16]
_Trips = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.bool_], NDArray[np.int32], _Made]
"""Where each shopper's trips begin, the partner of each, whether it owes there, how many of a shopper's trips
owe, and of each trip orders, unpaid orders, and days from the first to the last."""


@dataclass(frozen=True)
class _Owing:
    """The custom of shoppers who left a debt, as `_core` reads it, and of which links it is.

    `number` (partners,) is what `_core` calls each partner: by how many such shoppers come, the fewest first.
    `sold` (partners,) are the orders of all their customers.
    `habits` (shoppers, 2) are what share of each one's orders at all partners was never paid, and how many it
    makes at a partner.
    """

    links: Links
    number: NDArray[np.int32]
    custom: NDArray[np.int64]
    owed: NDArray[np.int64]
    sold: NDArray[np.int64]
    visits: _Visits
    trips: _Trips
    habits: NDArray[np.float32]


def _owing_custom(projection: Projection, links: Links) -> _Owing:
    """Laid out once: sets are asked about three times in a run, and each time it would take as long."""
    kept = projection.kept.get("owing")
    if isinstance(kept, _Owing) and kept.links is links:
        return kept
    owing = _lay_out(projection, links)
    projection.kept["owing"] = owing
    return owing


def _lay_out(projection: Projection, links: Links) -> _Owing:
    ordered, partners = links.ordered_at, projection.partners
    orders = ordered["orders"].to_numpy()
    of, size = shopper_of_visits(projection, links)
    habits = np.stack(
        [owed_share(of, size, unpaid_orders(ordered), orders), tally(of, size, orders).astype(np.float32)],
        axis=1,
    )
    rows = np.flatnonzero(habits[of, 0] > 0)
    at, of, _, *made = merged_visits(ordered, partners, of, size, rows)
    habits[:, 1] /= np.maximum(tally(of, size), 1.0)
    number = np.empty(partners, dtype=np.int32)
    by_custom = np.argsort(tally(at, partners), kind="stable")
    number[by_custom] = np.arange(partners, dtype=np.int32)
    sold = tally(ordered["partner"].to_numpy(), partners, orders).astype(np.int64)[by_custom]
    at = number[at]
    order = by_code(at, partners)
    at, of, made_at = at[order], of[order], np.stack(made, axis=1)[order]
    bad = made_at[:, 1] > 0
    custom, owed = (tally(at, partners, one).astype(np.int64) for one in (np.ones(len(at)), bad))
    # who comes to one partner alone is in no core
    several = tally(of, size)[of] >= 2
    at, of, bad, made_at = at[several], of[several], bad[several], made_at[several]
    back = by_code(of, size)
    unpaid = tally(of, size, bad).astype(np.int32)
    trips = starts(of, size), at[back], bad[back], unpaid, made_at[back]
    return _Owing(links, number, custom, owed, sold, (starts(at, partners), of), trips, habits)


@numba.njit(cache=True, nogil=True)
def _core(
    start: NDArray[np.int64],
    member: NDArray[np.int32],
    known: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    visits: _Visits,
    trips: _Trips,
    habits: NDArray[np.float32],
) -> Floats:
    """(sets, CORE); `visits` are shoppers by partner, `trips` partners by shopper, and what is owed.

    Both leave out who comes to one partner alone; what is `known` of every partner, its custom, how much of
    it owes and all its orders, counts everybody, and partners are numbered by their custom. Whoever of a core
    goes to most partners, a customer group as large as a town perhaps, is looked up there and not followed.
    """
    custom, owed, sold = known
    result = np.zeros((len(start) - 1, len(CORE)))
    seen = np.zeros(len(trips[0]) - 1, dtype=np.int32)
    core = np.empty(len(seen), dtype=np.int32)
    met = np.zeros((len(custom), 2), dtype=np.int32)
    made_at = np.zeros((len(custom), 3), dtype=np.int64)
    reached = np.empty(len(custom), dtype=np.int32)
    inside = np.zeros(len(custom), dtype=np.bool_)
    for number in range(len(start) - 1):
        codes = member[start[number] : start[number + 1]]
        inside[codes] = True
        size = _in_core(codes, visits, 2 * number, seen, core)
        _widest_last(core[:size], trips[0])
        far = _trips_of_core(core[: max(size - 1, 0)], trips, inside, met, made_at, reached)
        widest = core[max(size - 1, 0) : size]
        out, out_owes = _trips_of_widest(widest, trips, codes, reached[:far], inside, met, made_at)
        made, core_made, owes, core_owes, least = 0, 0, 0, 0, 1.0
        orders, unpaid, days, all_orders, least_orders = 0, 0, 0, 0, 1.0
        for code in codes:
            orders += made_at[code, 0]
            unpaid += made_at[code, 1]
            days += made_at[code, 2]
            all_orders += sold[code]
            least_orders = min(least_orders, made_at[code, 0] / max(sold[code], 1))
            made_at[code, :] = 0
            made += custom[code]
            owes += owed[code]
            core_made += met[code, 0]
            core_owes += met[code, 1]
            least = min(least, met[code, 0] / max(custom[code], 1))
            met[code, :] = 0
        for to in reached[:far]:
            out += met[to, 0]
            out_owes += met[to, 1]
        result[number, 0] = np.log1p(size)
        result[number, 1] = core_made / max(made, 1)
        result[number, 2] = core_owes / max(owes, 1)
        result[number, 3] = least
        result[number, 4] = core_made / max(size, 1) / len(codes)
        result[number, 5] = core_made / max(core_made + out, 1)
        result[number, 6] = core_owes / max(core_made, 1)
        result[number, 7] = out_owes / max(out, 1)
        result[number, 8:14] = _next_to_core(
            core[:size], trips, inside, reached[:far], custom, met, max(core_owes, 1)
        )
        for one in core[:size]:
            result[number, 14] += habits[one, 0] / size
            result[number, 15] += habits[one, 1] / size
        result[number, 16] = orders / max(all_orders, 1)
        result[number, 17] = least_orders
        result[number, 18] = unpaid / max(orders, 1)
        result[number, 19] = (orders - unpaid) / max(core_made, 1)
        result[number, 20] = np.log1p(days / max(core_made, 1))
        inside[codes] = False
    return result


@numba.njit(cache=True, nogil=True)
def _in_core(
    codes: NDArray[np.int32], visits: _Visits, mark: int, seen: NDArray[np.int32], core: NDArray[np.int32]
) -> int:
    """How many shoppers come to two and more of the set, listed in `core`.

    Marks in `seen` who comes to one and who to several by the two numbers after `mark`.
    """
    size = 0
    for code in codes:
        for one in visits[1][visits[0][code] : visits[0][code + 1]]:
            if seen[one] <= mark:
                seen[one] = mark + 1
            elif seen[one] == mark + 1:
                seen[one] = mark + 2
                core[size] = one
                size += 1
    return size


@numba.njit(cache=True, nogil=True)
def _trips_of_core(
    core: NDArray[np.int32],
    trips: _Trips,
    inside: NDArray[np.bool_],
    met: NDArray[np.int32],
    made: NDArray[np.int64],
    reached: NDArray[np.int32],
) -> int:
    """Counts the core's visits, and those that ended badly, in `met` by partner; lists those not `inside`.

    Adds up in `made` what the visits to those inside were.
    """
    far = 0
    for one in core:
        for place in range(trips[0][one], trips[0][one + 1]):
            to = trips[1][place]
            if met[to, 0] == 0 and not inside[to]:
                reached[far] = to
                far += 1
            _count_trip(place, trips, inside, met, made)
    return far


@numba.njit(cache=True, nogil=True)
def _count_trip(
    place: int,
    trips: _Trips,
    inside: NDArray[np.bool_],
    met: NDArray[np.int32],
    made: NDArray[np.int64],
) -> None:
    """Counts one trip, and whether it owes, in `met`; one to a partner `inside` adds to `made` as well."""
    to = trips[1][place]
    met[to, 0] += 1
    met[to, 1] += int(trips[2][place])
    if inside[to]:
        for column in range(3):
            made[to, column] += trips[4][place, column]


@numba.njit(cache=True, nogil=True)
def _widest_last(core: NDArray[np.int32], begin: NDArray[np.int64]) -> None:
    """Puts the shopper of the core with the most trips last."""
    last = len(core) - 1
    for place in range(last):
        one, other = core[place], core[last]
        if begin[one + 1] - begin[one] > begin[other + 1] - begin[other]:
            core[place], core[last] = other, one


@numba.njit(cache=True, nogil=True)
def _trips_of_widest(
    widest: NDArray[np.int32],
    trips: _Trips,
    codes: NDArray[np.int32],
    reached: NDArray[np.int32],
    inside: NDArray[np.bool_],
    met: NDArray[np.int32],
    made: NDArray[np.int64],
) -> tuple[int, int]:
    """Counts the visits of one shopper to these partners in `met`; how many others it makes, and owes.

    Adds up in `made` what those to `codes`, the partners `inside`, were.
    """
    others, owed = 0, 0
    for one in widest:
        begin, end = trips[0][one], trips[0][one + 1]
        others, owed = end - begin, int(trips[3][one])
        to = trips[1][begin:end]
        for known in (codes, reached):
            for code in known:
                place = np.searchsorted(to, code)
                if place < len(to) and to[place] == code:
                    _count_trip(begin + place, trips, inside, met, made)
                    others -= 1
                    owed -= int(trips[2][begin + place])
    return others, owed


@numba.njit(cache=True, nogil=True)
def _next_to_core(
    core: NDArray[np.int32],
    trips: _Trips,
    inside: NDArray[np.bool_],
    reached: NDArray[np.int32],
    custom: NDArray[np.int64],
    met: NDArray[np.int32],
    core_owed: int,
) -> Floats:
    """The three outside partners nearest to the core, the two that it owes most, and how many are near.

    Leaves `met` at 0.
    """
    near, owed, several = np.zeros(3), np.zeros(2), 0
    size = max(len(core), 1)
    # where the last of the core goes alone: the smallest partners are the nearest
    for one in core[max(len(core) - 1, 0) :]:
        left, left_owed = len(near), len(owed)
        for place in range(trips[0][one], trips[0][one + 1]):
            to = trips[1][place]
            if met[to, 0] == 0 and not inside[to]:
                if left > 0:
                    _put(near, 1 / np.sqrt(size * custom[to]))
                    left -= 1
                if left_owed > 0 and trips[2][place]:
                    _put(owed, 1 / core_owed)
                    left_owed -= 1
            if left == 0 and left_owed == 0:
                break
    for to in reached:
        alike = met[to, 0] / np.sqrt(size * custom[to])
        several += int(met[to, 0] >= 3 and alike >= 0.1)
        _put(near, alike)
        _put(owed, met[to, 1] / core_owed)
        met[to, :] = 0
    return np.concatenate((near, owed, np.full(1, float(several))))


@numba.njit(cache=True, nogil=True)
def _put(highest: Floats, value: float) -> None:
    """Keeps the highest values, the highest first."""
    for place in range(len(highest)):
        if value > highest[place]:
            value, highest[place] = highest[place], value


def circle_probability(circles: Sets, projection: Projection, links: Links) -> Floats:
    """(sets,) probability that each set of two consumer codes and more is a ring, as a whole."""
    if not len(circles):
        return np.zeros(0)
    return read_forest("circle").probability(circle_features(circles, projection, links))


def circle_features(circles: Sets, projection: Projection, links: Links) -> pd.DataFrame:
    """(sets, features) float32: what ties members, how eager and probably guilty they are, what they did."""
    shoppers = projection.shoppers
    start, member = laid_out(circles)
    size = np.diff(start)
    tied, channel = _ties_of(start, member, shoppers)
    columns: dict[str, NDArray[np.floating]] = {"size": size.astype(np.float64)}
    columns |= {name: tied[:, number] for number, name in enumerate(TIED)}
    for number, name in enumerate(shoppers.channels):
        columns[f"sum_{name}"] = channel[:, number] / size
    for name in shoppers.evidence.columns:
        of_member = shoppers.evidence[name].to_numpy(dtype=np.float64)[member]
        columns[f"mean_{name}"] = np.add.reduceat(of_member, start[:-1]) / size
        if name in ("eager", "owing"):
            columns[f"low_{name}"] = np.minimum.reduceat(of_member, start[:-1])
            columns[f"high_{name}"] = np.maximum.reduceat(of_member, start[:-1])
    of_member = shoppers.membership[member].astype(np.float64)
    columns |= {
        "mean_membership": np.add.reduceat(of_member, start[:-1]) / size,
        "low_membership": np.minimum.reduceat(of_member, start[:-1]),
        "high_membership": np.maximum.reduceat(of_member, start[:-1]),
        "half_membership": _halfway(start, of_member),
    }
    columns |= meeting_features(start, member, links, projection.membership)
    return _frame(columns)


def _halfway(start: NDArray[np.int64], value: Floats) -> Floats:
    """(sets,) what half of each set's members have at least: the median, the lower one of two."""
    of = np.repeat(np.arange(len(start) - 1), np.diff(start))
    halfway: Floats = value[np.lexsort((value, of))][start[:-1] + (np.diff(start) - 1) // 2]
    return halfway


def _frame(columns: dict[str, NDArray[np.floating]]) -> pd.DataFrame:
    return pd.DataFrame({name: np.round(value, DIGITS).astype(np.float32) for name, value in columns.items()})


def affinity_graph(
    projection: Projection | ShopperTies, rows: NDArray[np.integer] | slice = slice(None)
) -> sp.csr_array:
    """(partners, partners) the place in `rows` (from 1 on) of each of them, both ways, columns sorted."""
    size = projection.partners
    start, other, row = _both_ways(projection.left[rows], projection.right[rows], size)
    return sp.csr_array((row, other, start), shape=(size, size))


def pairs_of(projection: Projection | ShopperTies, members: NDArray[np.integer]) -> NDArray[np.int64]:
    """The rows of `projection` that have one of these members at either end: of all pairs the fewest."""
    asked = np.zeros(projection.partners, dtype=np.bool_)
    asked[members] = True
    return np.flatnonzero(asked[projection.left] | asked[projection.right])


@numba.njit(cache=True, nogil=True)
def _both_ways(
    left: NDArray[np.int32], right: NDArray[np.int32], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """(size + 1,) where each node begins; the other node of each of its pairs, sorted, and the row from 1 on.

    The pairs are sorted: a node's lower ones are met in their order, and its higher ones, after them, too.
    """
    start = np.zeros(size + 1, dtype=np.int64)
    for pair in range(len(left)):
        start[left[pair] + 1] += 1
        start[right[pair] + 1] += 1
    for node in range(size):
        start[node + 1] += start[node]
    place = start[:-1].copy()
    other = np.empty(2 * len(left), dtype=np.int32)
    row = np.empty(2 * len(left), dtype=np.int64)
    for pair in range(len(left)):
        other[place[right[pair]]] = left[pair]
        row[place[right[pair]]] = pair + 1
        place[right[pair]] += 1
    for pair in range(len(left)):
        other[place[left[pair]]] = right[pair]
        row[place[left[pair]]] = pair + 1
        place[left[pair]] += 1
    return start, other, row


@numba.njit(cache=True, nogil=True)
def ties_within(
    members: NDArray[np.signedinteger],
    start: NDArray[np.signedinteger],
    other: NDArray[np.signedinteger],
    weight: Floats,
    place: NDArray[np.signedinteger],
) -> Floats:
    """(members, members) the ties between them, out of a compressed sparse matrix of all nodes.

    `place` is -1 for every node, and left so: a slice of such a matrix looks at a column of all nodes.
    """
    within = np.zeros((len(members), len(members)))
    for at, member in enumerate(members):
        place[member] = at
    for at, member in enumerate(members):
        for entry in range(start[member], start[member + 1]):
            if place[other[entry]] >= 0:
                within[at, place[other[entry]]] = weight[entry]
    for member in members:
        place[member] = -1
    return within


def _ties_of(
    start: NDArray[np.int64], member: NDArray[np.int32], projection: Projection | ShopperTies
) -> tuple[Floats, Floats]:
    """(sets, TIED) what ties each set, and (sets, channels) the rarity of all its ties by channel."""
    rows = pairs_of(projection, member)
    pairs = affinity_graph(projection, rows)
    tied = np.zeros((len(start) - 1, len(TIED)))
    number, inside = _describe(
        start,
        member,
        pairs.indptr.astype(np.int64),
        pairs.indices.astype(np.int64),
        pairs.data - 1,
        projection.affinity[rows].astype(np.float64),
        tied,
    )
    channel = np.zeros((len(tied), len(projection.channels)))
    for column in range(channel.shape[1]):
        channel[:, column] = tally(number, len(tied), projection.rarity_of(column, rows[inside]))
    return tied, channel


@numba.njit(cache=True, nogil=True)
def _describe(
    start: NDArray[np.int64],
    member: NDArray[np.int32],
    indptr: NDArray[np.int64],
    other: NDArray[np.int64],
    pair: NDArray[np.int64],
    affinity: Floats,
    tied: Floats,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Fills `tied`, (sets, TIED); gives the number of the set and the pair of each tie inside a set."""
    size = len(indptr) - 1
    of, inside, ties = np.empty(1024, dtype=np.int64), np.empty(1024, dtype=np.int64), 0
    place = np.full(size, -1)
    reach, apart = np.zeros(size), np.ones(size)
    for number in range(len(start) - 1):
        codes = member[start[number] : start[number + 1]]
        count = len(codes)
        for at in range(count):
            place[codes[at]] = at
        inner = np.zeros((count, count))
        outer, alone = np.zeros(count), np.ones(count)
        nearest, within = 0.0, 0.0
        for at in range(count):
            for entry in range(indptr[codes[at]], indptr[codes[at] + 1]):
                value, to = affinity[pair[entry]], other[entry]
                if place[to] >= 0:
                    inner[at, place[to]] = value
                    alone[at] *= 1.0 - value
                    if place[to] > at:
                        within += value
                        if ties == len(of):
                            of, inside = np.concatenate((of, of)), np.concatenate((inside, inside))
                        of[ties], inside[ties] = number, pair[entry]
                        ties += 1
                else:
                    outer[at] += value
                    reach[to] += value
                    apart[to] *= 1.0 - value
                    nearest = max(nearest, reach[to])
        mine = inner.sum(axis=1)
        tree, weakest = _spanning(inner)
        tied[number, 0] = within
        tied[number, 1] = 2 * within / (count * (count - 1))
        tied[number, 2] = mine.min()
        tied[number, 3] = outer.sum() / max(within, 1e-3)
        tied[number, 4] = outer.max()
        tied[number, 5] = nearest
        tied[number, 6] = nearest / count
        tied[number, 7] = tree
        tied[number, 8] = weakest
        tied[number, 9] = (mine / (mine + outer + 1e-3)).min()
        for at in range(count):
            place[codes[at]] = -1
        missing, second, third = _outside(codes, indptr, other, reach, apart)
        tied[number, 10] = missing
        tied[number, 11] = missing / count
        tied[number, 12] = second / count
        tied[number, 13] = third / count
        tied[number, 14] = 1.0 - alone.mean()
        tied[number, 15] = 1.0 - alone.max()
    return of[:ties].copy(), inside[:ties].copy()


@numba.njit(cache=True, nogil=True)
def _outside(
    codes: NDArray[np.int32],
    indptr: NDArray[np.int64],
    other: NDArray[np.int64],
    reach: Floats,
    apart: Floats,
) -> tuple[float, float, float]:
    """How many of those outside are expected to belong to any of the set, the second and the third nearest.

    `reach` is the sum of their affinities to the set, `apart` the probability of none; left at 0 and 1.
    """
    missing, nearest = 0.0, np.zeros(3)
    for code in codes:
        for entry in range(indptr[code], indptr[code + 1]):
            to = other[entry]
            if reach[to] > 0.0:
                missing += 1.0 - apart[to]
                _put(nearest, reach[to])
                reach[to], apart[to] = 0.0, 1.0
    return missing, nearest[1], nearest[2]


@numba.njit(cache=True, nogil=True)
def _spanning(inner: Floats) -> tuple[float, float]:
    """Mean and weakest tie of the strongest tree that spans the set (Prim)."""
    count = len(inner)
    best = inner[0].copy()
    taken = np.zeros(count, dtype=np.bool_)
    taken[0] = True
    total, weakest = 0.0, 1.0
    for _ in range(count - 1):
        found, value = 0, -1.0
        for at in range(count):
            if not taken[at] and best[at] > value:
                found, value = at, best[at]
        taken[found] = True
        total += value
        weakest = min(weakest, value)
        for at in range(count):
            best[at] = max(best[at], inner[found, at])
    return total / (count - 1), weakest
