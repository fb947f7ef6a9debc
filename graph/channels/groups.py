"""Customer groups: consumers tied by primary identifiers, and the partners where a whole group shops."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.channels.custom import consumer_country
from graph.channels.identifiers import primary
from graph.components import components
from graph.links import Links, unpaid_orders
from graph.schema import Kind
from graph.significance import Floats, binomial_surprise, false_discovery, poisson_surprise
from graph.tally import by_two_codes, highest, tally
from graph.ties import HUB_SHARERS, Codes, Ties, shared

MAX_Q = 0.05
"""False discovery rate at which a group is said to shop at a partner beyond chance."""

MOST_CONNECTED = HUB_SHARERS
"""Larger components are chains of strangers: dormitories, campuses and tills, each tied to the next by one
who uses both. They grow with the data, up to one in twenty consumers in a single component."""

LEAST_IN_COMMON = 0.2
"""Share of its users that an identifier has in common with a larger one of the same group: among hundreds
two are there by chance."""


@dataclass(frozen=True)
class CustomerGroups:
    """Groups of consumers and their visits: (group, partner) pairs beyond chance.

    `group_of` is (consumers,), -1 for consumers in no group of two or more; groups are numbered by their
    first member. The visits' arrays are (v,), sorted by group, then partner: `visit_shoppers` members
    shop there with `visit_orders` orders; `visit_surprise` is how unlikely so many are,
    `visit_refund_surprise` and `visit_bad_surprise` how unlikely so many refunds, so many unpaid and
    disputed orders.
    """

    group_of: Codes
    visit_group: Codes
    visit_partner: Codes
    visit_shoppers: Codes
    visit_orders: Codes
    visit_surprise: NDArray[np.float32]
    visit_refund_surprise: NDArray[np.float32]
    visit_bad_surprise: NDArray[np.float32]

    def sizes(self) -> NDArray[np.int64]:
        """(groups,) members of each group."""
        inside = self.group_of[self.group_of >= 0]
        return np.bincount(inside, minlength=int(self.group_of.max(initial=-1)) + 1)

    def without(self, consumers: NDArray[np.bool_]) -> CustomerGroups:
        """The same groups, less the visits of those with any of these (consumers,) in them."""
        struck = np.zeros(len(self.sizes()), dtype=np.bool_)
        struck[self.group_of[consumers & (self.group_of >= 0)]] = True
        keep = ~struck[self.visit_group]
        visits = {name: value[keep] for name, value in vars(self).items() if name.startswith("visit_")}
        return replace(self, **visits)

    def shoppers(self) -> tuple[NDArray[np.int64], int]:
        """(consumers,) code of the shopper, the consumer's group or the consumer alone, and how many."""
        shopper = self.group_of.astype(np.int64)
        alone = shopper < 0
        groups = int(shopper.max(initial=-1)) + 1
        shopper[alone] = groups + np.arange(int(alone.sum()))
        return shopper, groups + int(alone.sum())


def customer_groups(links: Links) -> CustomerGroups:
    """Consumers joined by identifiers that are primary to them, and where such groups shop beyond chance.

    An identifier ties only those whose most used one it is, so hubs fall out. Null for
    a visit: each member's visits fall on partners by their share of the visits of the member's country
    (Poisson bound of the Poisson-binomial), at a false discovery rate of `MAX_Q`. Null for outcomes: orders
    of the group end as the partner's other orders do, shrunk to the general rate by 20 orders.
    """
    group_of = consumer_groups(links)
    visits = _visits(links, group_of)
    surprise = poisson_surprise(visits["shoppers"], _expected_shoppers(links, group_of, visits))
    keep = (visits["shoppers"].to_numpy() >= 2) & (false_discovery(surprise) <= MAX_Q)
    refund, bad = _outcome_surprise(links, visits, "refunded"), _outcome_surprise(links, visits, "bad")
    kept = visits[keep]
    return CustomerGroups(
        group_of=group_of,
        visit_group=kept["group"].to_numpy(dtype=np.int32),
        visit_partner=kept["partner"].to_numpy(dtype=np.int32),
        visit_shoppers=kept["shoppers"].to_numpy(dtype=np.int32),
        visit_orders=kept["orders"].to_numpy(dtype=np.int32),
        visit_surprise=surprise[keep].astype(np.float32),
        visit_refund_surprise=refund[keep].astype(np.float32),
        visit_bad_surprise=bad[keep].astype(np.float32),
    )


def group_ties(groups: CustomerGroups, partners: int) -> Ties:
    """Partners where the same customer group shops beyond chance."""
    count = int(groups.group_of.max(initial=-1)) + 1
    share = groups.visit_shoppers / np.maximum(groups.sizes()[groups.visit_group], 1)
    incidence = sp.csr_array((share, (groups.visit_partner, groups.visit_group)), shape=(partners, count))
    ties = shared(incidence, partners)
    surprise = _weaker_visit(groups, ties, count)
    return Ties(ties.left, ties.right, ties.weight, surprise)


def consumer_groups(links: Links) -> Codes:
    """(consumers,) number of the consumer's group over primary devices and funding accounts, -1 for the lone.

    A group is a connected component; one of more than `MOST_CONNECTED` is taken apart where next to nobody
    joins two identifiers (`_taken_apart`).
    """
    consumers = links.size(Kind.CONSUMER)
    used = _primary_links(links.used, "device", consumers)
    paid = _primary_links(links.paid_from, "bank_account", consumers)
    devices, accounts = links.size(Kind.DEVICE), links.size(Kind.BANK_ACCOUNT)
    row = np.r_[used[0], paid[0]]
    column = np.r_[consumers + used[1], consumers + devices + paid[1]]
    size = consumers + devices + accounts
    component = components(row, column, size)[:consumers]
    members = np.bincount(component, minlength=1) if consumers else np.zeros(1, dtype=np.int64)
    group_of = np.full(consumers, -1, dtype=np.int32)
    crowded = members[component] > MOST_CONNECTED
    if crowded.any():
        within = crowded[row] & (np.bincount(column, minlength=size)[column] >= 2)
        component[crowded] = size + _taken_apart(row[within], column[within], crowded)
        members = np.bincount(component)
    inside = members[component] >= 2
    group_of[inside] = pd.factorize(component[inside])[0]
    return group_of


def _taken_apart(
    consumer: NDArray[np.int64], identifier: NDArray[np.int64], crowded: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """(crowded,) numbers of smaller groups for those whom `crowded` marks, by their links to what others use.

    Two identifiers belong together where two consumers and more use both, and `LEAST_IN_COMMON` of those who
    use the lesser. Who else stands between two sets of them is a local bridge (Granovetter 1973), such as
    somebody who lives in one and works in the other. He goes where most of his links are, then to the fewer
    users, and to nobody where both are equal.
    """
    people = int(crowded.sum())
    of = (np.cumsum(crowded) - 1)[consumer]
    use = pd.factorize(identifier)[0]
    uses = sp.csr_array((np.ones(len(of), dtype=np.int32), (use, of)), shape=(int(use.max()) + 1, people))
    # who uses dozens equally often is no link between them, and the pairs would grow with the square
    few = uses[:, np.flatnonzero(np.bincount(of, minlength=people) <= HUB_SHARERS)]
    common = sp.triu(few @ few.T, k=1, format="coo")
    users = np.bincount(use)
    least = np.maximum(2, LEAST_IN_COMMON * np.minimum(users[common.row], users[common.col]))
    one = common.data >= least
    part = components(common.row[one], common.col[one], len(users))[use]
    linked = sp.csr_array((np.ones(len(of), dtype=np.int32), (of, part))).tocoo()
    size = np.bincount(linked.col)[linked.col]
    order = np.lexsort((size, -linked.data, linked.row))
    person, part, size, links = linked.row[order], linked.col[order], size[order], linked.data[order]
    first = np.flatnonzero(np.diff(person, prepend=-1))
    second = np.minimum(first + 1, len(person) - 1)
    equal = (second > first) & (person[second] == person[first])
    equal &= (links[second] == links[first]) & (size[second] == size[first])
    return np.where(equal, int(part.max()) + 1 + np.arange(people), part[first])


def _primary_links(
    frame: pd.DataFrame, column: str, consumers: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Links to each consumer's most used identifier; equals stay together."""
    owner = frame["consumer"].to_numpy()
    keep = primary(owner, frame["times"].to_numpy(dtype=np.float64), consumers, 1.0)
    return owner[keep].astype(np.int64), frame[column].to_numpy()[keep].astype(np.int64)


def _visits(links: Links, group_of: Codes) -> pd.DataFrame:
    """(group, partner) with shoppers, orders, refunded and bad, sorted."""
    ordered = links.ordered_at
    group, at = group_of[ordered["consumer"].to_numpy()], ordered["partner"].to_numpy()
    row = np.flatnonzero(group >= 0)
    groups, partners = int(group_of.max(initial=-1)) + 1, links.size(Kind.PARTNER)
    row = row[by_two_codes(group[row], groups, at[row], partners)]
    group, at = group[row], at[row]
    new = np.r_[True, (group[1:] != group[:-1]) | (at[1:] != at[:-1])][: len(row)]
    place, size = np.cumsum(new) - 1, int(new.sum())
    counts = {
        "shoppers": np.ones(len(row)),
        "orders": ordered["orders"].to_numpy()[row],
        "refunded": ordered["refunded"].to_numpy()[row],
        "bad": unpaid_orders(ordered)[row],
    }
    sums = {name: tally(place, size, value).astype(np.int64) for name, value in counts.items()}
    return pd.DataFrame({"group": group[new], "partner": at[new], **sums})


def _expected_shoppers(links: Links, group_of: Codes, visits: pd.DataFrame) -> Floats:
    at, of = links.ordered_at["partner"].to_numpy(), links.ordered_at["consumer"].to_numpy()
    country = consumer_country(links)
    countries = int(country.max(initial=-1)) + 1
    groups = int(group_of.max(initial=-1)) + 1
    total = np.bincount(country[of], minlength=countries).astype(np.float64)
    inside = group_of[of] >= 0
    partners = links.size(Kind.PARTNER)
    made, share = (
        tally(one * np.int64(countries) + country[whose], size * countries).reshape(size, countries)
        for one, whose, size in ((group_of[of[inside]], of[inside], groups), (at, of, partners))
    )
    share /= np.maximum(total, 1.0)
    expected = np.zeros(len(visits))
    group, partner = visits["group"].to_numpy(), visits["partner"].to_numpy()
    for column in range(countries):
        expected += made[group, column] * share[partner, column]
    return expected


def _outcome_surprise(links: Links, visits: pd.DataFrame, outcome: str) -> Floats:
    ordered = links.ordered_at
    ended = ordered["refunded"].to_numpy() if outcome == "refunded" else unpaid_orders(ordered)
    at = ordered["partner"].to_numpy()
    partners = links.size(Kind.PARTNER)
    orders = np.bincount(at, weights=ordered["orders"].to_numpy(), minlength=partners)
    ends = np.bincount(at, weights=ended, minlength=partners)
    general = ends.sum() / max(orders.sum(), 1.0)
    partner = visits["partner"].to_numpy()
    other_orders = orders[partner] - visits["orders"].to_numpy()
    other_ends = ends[partner] - visits[outcome].to_numpy()
    rate = (other_ends + 20.0 * general) / (other_orders + 20.0)
    return binomial_surprise(visits[outcome], visits["orders"], rate)


def _weaker_visit(groups: CustomerGroups, ties: Ties, count: int) -> Floats:
    """The tie's surprise: of the two visits of a shared group the weaker, over groups the strongest."""
    order = np.argsort(groups.visit_group, kind="stable")
    size = np.bincount(groups.visit_group, minlength=count)
    size = np.where(size <= HUB_SHARERS, size, 0)
    start = np.cumsum(np.bincount(groups.visit_group, minlength=count)) - np.bincount(
        groups.visit_group, minlength=count
    )
    first = np.repeat(np.arange(count), size * size)
    within = np.arange(len(first)) - np.repeat(np.cumsum(size * size) - size * size, size * size)
    a = order[start[first] + within // np.maximum(size[first], 1)]
    b = order[start[first] + within % np.maximum(size[first], 1)]
    low, high = groups.visit_partner[a], groups.visit_partner[b]
    keep = low < high
    key = (low[keep].astype(np.int64) << 32) | high[keep]
    weaker = np.minimum(groups.visit_surprise[a], groups.visit_surprise[b])[keep]
    wanted = (ties.left.astype(np.int64) << 32) | ties.right
    place = np.searchsorted(wanted, key)
    return highest(place, len(ties), weaker)
