"""Circle meetings: what sets of consumers did at the partners where several of them shop."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from graph.channels.custom import consumer_country
from graph.links import Links, unpaid_orders
from graph.schema import DAY_MS, Kind
from graph.significance import Floats, binomial_surprise
from graph.tally import starts, tally

TARGET_SHARE = 0.25
"""Share of a set, two at least, that shops at a partner which is one of the set's targets."""

_Ints = NDArray[np.int64]


def meeting_features(
    start: _Ints, member: NDArray[np.int32], links: Links, membership: NDArray[np.float32]
) -> dict[str, Floats]:
    """By name (sets,) floats: targets, orders there, how they ended and when, accounts opened together.

    Members of set i are `member[start[i]:start[i + 1]]`; what ends is held against the partners' others.
    `membership` is how probably each partner is of a ring: those who lose, or are lent to pay, at its shops
    are its custom, and no ring of their own.
    """
    visits = _visits(start, member, links)
    sets, size = len(start) - 1, np.diff(start).astype(np.float64)
    of = visits["set"].to_numpy()
    target = (visits["visitors"] >= np.maximum(2.0, TARGET_SHARE * size[of])).to_numpy()
    met = (visits["visitors"] >= 2).to_numpy()
    shops, there = tally(of, sets), tally(of[target], sets)

    def total(name: str, where: NDArray[np.bool_] | None = None) -> Floats:
        value = visits[name].to_numpy(dtype=np.float64)
        return tally(of, sets, value) if where is None else tally(of[where], sets, value[where])

    made, at_targets = total("orders"), total("orders", target)
    columns = {
        "shops_a_member": shops / size,
        "met_share": tally(of[met], sets) / np.maximum(shops, 1.0),
        "targets": there,
        "targets_a_member": total("visitors", target) / size,
        "target_orders": at_targets / size,
        "target_share": at_targets / np.maximum(made, 1.0),
        "target_customers": total("customers", target) / np.maximum(there, 1.0),
        "target_custom": total("custom", target) / np.maximum(there, 1.0),
        "orders_a_member": made / size,
    }
    for name in ("refunded", "bad"):
        for part, where, orders in (("", None, made), ("target_", target, at_targets)):
            ended, due = total(name, where), total(f"due_{name}", where)
            columns[f"{part}{name}_share"] = ended / np.maximum(orders, 1.0)
            columns[f"{part}{name}_due"] = due / np.maximum(orders, 1.0)
            surprise = binomial_surprise(ended, orders, due / np.maximum(orders, 1.0))
            columns[f"{part}{name}_surprise"] = np.log1p(surprise)
            columns[f"{part}{name}_surprise_a_member"] = surprise / size
    # a shop that lives off those who pay it nothing gains by them
    bad = np.maximum(total("bad"), 1.0)
    columns["bad_custom"] = tally(of, sets, visits["bad"] * visits["custom"]) / bad
    columns["bad_met"] = total("bad", met) / bad
    of_ring = membership[visits["partner"].to_numpy()]
    for name in ("orders", "refunded", "bad"):
        columns[f"{name}_at_members"] = tally(of, sets, visits[name] * of_ring) / np.maximum(total(name), 1.0)
    day, square = total("day", target), total("day_square", target)
    visitors = np.maximum(total("visitors", target), 1.0)
    columns["target_days"] = np.sqrt(np.maximum(square / visitors - (day / visitors) ** 2, 0.0))
    return columns | _alike(start, member, links)


def ended_at(start: _Ints, member: NDArray[np.int32], links: Links) -> pd.DataFrame:
    """(sets, 5) sums over each set's orders: `orders`, `refunded`, `bad`, and what was due of both."""
    visits = _visits(start, member, links)
    names = ["orders", "refunded", "bad", "due_refunded", "due_bad"]
    sums = {name: tally(visits["set"].to_numpy(), len(start) - 1, visits[name]) for name in names}
    return pd.DataFrame(sums)


def _visits(start: _Ints, member: NDArray[np.int32], links: Links) -> pd.DataFrame:
    """One row a (set, partner), sorted, with sums over the members who shop there."""
    ordered, partners = links.ordered_at, max(links.size(Kind.PARTNER), 1)
    begin = starts(ordered["consumer"].to_numpy(), links.size(Kind.CONSUMER))
    count = begin[member + 1] - begin[member]
    row = np.repeat(begin[member] - np.cumsum(count) + count, count) + np.arange(count.sum())
    number = np.repeat(np.repeat(np.arange(len(start) - 1), np.diff(start)), count)
    at, orders, first = (ordered[name].to_numpy() for name in ("partner", "orders", "first_at"))
    ends = {
        "refunded": ordered["refunded"].to_numpy(),
        "bad": unpaid_orders(ordered),
    }
    key, place = np.unique(number * partners + at[row], return_inverse=True)
    partner = key % partners
    day = (first[row] - ordered["first_at"].min()) / DAY_MS
    made, all_made = tally(place, len(key), orders[row]), tally(at, partners, orders)[partner]
    columns = {
        "set": key // partners,
        "partner": partner,
        "visitors": tally(place, len(key)),
        "orders": made,
        "custom": made / np.maximum(all_made, 1.0),
        "customers": np.log1p(tally(at, partners))[partner],
        "day": tally(place, len(key), day),
        "day_square": tally(place, len(key), day**2),
    }
    for name, ended in ends.items():
        general = ended.sum() / max(orders.sum(), 1)
        columns[name] = tally(place, len(key), ended[row])
        others = tally(at, partners, ended)[partner] - columns[name] + 20.0 * general
        columns[f"due_{name}"] = made * others / (all_made - made + 20.0)
    return pd.DataFrame(columns)


def _alike(start: _Ints, member: NDArray[np.int32], links: Links) -> dict[str, Floats]:
    """The share of each set in its most frequent country, and of its pairs opened within a fortnight."""
    sets, size = len(start) - 1, np.diff(start)
    number = np.repeat(np.arange(sets), size)
    country = consumer_country(links)[member].astype(np.int64)
    width = int(country.max(initial=0)) + 1
    key, count = np.unique(number * width + country, return_counts=True)
    most = np.zeros(sets)
    np.maximum.at(most, key // width, count)
    near = np.zeros(sets)
    if "created_at" in links.consumers and len(member):
        opened = links.consumers["created_at"].to_numpy(dtype=np.float64)[member] / DAY_MS
        order = np.lexsort((opened, number))
        number, opened = number[order], opened[order]
        along = number * 1e6 + opened
        within = np.searchsorted(along, along + 15.0, side="right") - np.searchsorted(along, along - 15.0)
        known = opened >= 0
        near = tally(number[known], sets, (within - 1)[known] / np.maximum(size[number] - 1, 1)[known]) / size
    return {"same_country": most / size, "opened_together": near}
