"""Shared identifiers: accounts and devices that partners have in common, with each other or their custom."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.links import Links, remembered
from graph.schema import DAY_MS, MISSING_MS, Kind
from graph.significance import Floats
from graph.tally import highest, starts, tally
from graph.ties import HUB_SHARERS, Ties, chance_surprise, no_ties, rarity, ties_of

PRIMARY_SHARE = 0.2
"""An identifier counts as a partner's own from this share of its use on, relative to its most used one:
the campus machine and the book-keeper's laptop are somebody else's."""

LEAST_USERS = 2
"""Customers with the same identifier of a partner's: one is an owner who goes shopping."""

HALF_LIFE_DAYS = 180.0
"""An identifier that lies idle this long between its two users ties them half as much: second-hand machines
change hands, and a year apart a quarter of the tie is left."""

_Ints = NDArray[np.int64]


def payout_accounts(links: Links) -> Ties:
    """Partners paid out to the same bank accounts, about the same time."""
    return _shared(_own_use(links.paid_out_to, "bank_account", links.size(Kind.PARTNER)), links)


def login_devices(links: Links) -> Ties:
    """Partners whose people log in from the same devices, about the same time."""
    return _shared(_own_use(links.logged_in_from, "device", links.size(Kind.PARTNER)), links)


def side_accounts(links: Links) -> Ties:
    """Partners paid out to the same bank account, which at least one of them uses only on the side.

    A single payout to another's account is a slip, or a favour: where a ring keeps its accounts apart it is
    all there is to see. Who serves many (`HUB_SHARERS`, by any use) ties nobody.
    """
    return _on_the_side(links.paid_out_to, "bank_account", links)


def side_devices(links: Links) -> Ties:
    """Partners whose people log in from the same device, which at least one of them uses on the side."""
    return _on_the_side(links.logged_in_from, "device", links)


def customer_devices(links: Links) -> Ties:
    """A partner's own login device is what another partner's customers order from, about the same time."""
    own = _own_use(links.logged_in_from, "device", links.size(Kind.PARTNER))
    return _through_customers(links, own, most_used(links.used), "device")


def funding_accounts(links: Links) -> Ties:
    """A partner's payout account is what another partner's customers pay from, about the same time."""
    own = _own_use(links.paid_out_to, "bank_account", links.size(Kind.PARTNER))
    return _through_customers(links, own, most_used(links.paid_from), "bank_account")


@remembered
def own_accounts(links: Links) -> sp.csr_array:
    """(partners, accounts): share of the partner's payouts that went to each account of its own."""
    return _own(links.paid_out_to, "bank_account", links.size(Kind.PARTNER), links.size(Kind.BANK_ACCOUNT))


@remembered
def own_devices(links: Links) -> sp.csr_array:
    """(partners, devices): share of the partner's logins from each device of its own."""
    return _own(links.logged_in_from, "device", links.size(Kind.PARTNER), links.size(Kind.DEVICE))


def fade(gap_ms: Floats) -> Floats:
    """How much of a tie is left in [0, 1] after an identifier lay idle so long; 1 for none, or unknown."""
    return np.exp2(-np.maximum(gap_ms, 0.0) / (HALF_LIFE_DAYS * DAY_MS))


def matches(left: _Ints, right: _Ints) -> tuple[_Ints, _Ints]:
    """The rows of `left` and of `right`, which is sorted, that hold the same value."""
    start = np.searchsorted(right, left)
    count = np.searchsorted(right, left, side="right") - start
    row = np.repeat(np.arange(len(left)), count)
    within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return row, start[row] + within


def matches_of(left: NDArray[np.integer], right: NDArray[np.integer], size: int) -> tuple[_Ints, _Ints]:
    """The same of codes in [0, size): where there are many, a table is faster than a search for each."""
    begin = starts(right, size)
    count = begin[left + 1] - begin[left]
    row = np.repeat(np.arange(len(left)), count)
    within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return row, begin[left][row] + within


def primary(
    owner: NDArray[np.int32], times: NDArray[np.float64], owners: int, share: float
) -> NDArray[np.bool_]:
    """Marks the links that take at least `share` of what the owner's most used link takes."""
    marked: NDArray[np.bool_] = times >= share * highest(owner, owners, times)[owner]
    return marked


def most_used(use: pd.DataFrame) -> pd.DataFrame:
    """The links to what each consumer uses most, equals kept: a shop's till is no customer's own device."""
    owner = use["consumer"].to_numpy()
    times = use["times"].to_numpy(dtype=np.float64)
    return use[primary(owner, times, int(owner.max(initial=-1)) + 1, 1.0)]


def _own_use(
    frame: pd.DataFrame, column: str, partners: int, *, share: float = PRIMARY_SHARE
) -> pd.DataFrame:
    """The partners' use of what is their own, by identifier: `partner`, `other`, `share`, `first`, `last`.

    `share` 0 takes all use; `own` marks what is their own either way.
    """
    owner = frame["partner"].to_numpy()
    times = frame["times"].to_numpy(dtype=np.float64)
    keep = primary(owner, times, partners, share)
    total = tally(owner[keep], partners, times[keep])
    use = pd.DataFrame(
        {
            "partner": owner[keep].astype(np.int64),
            "other": frame[column].to_numpy()[keep].astype(np.int64),
            "share": times[keep] / np.maximum(total[owner[keep]], 1e-12),
            "own": primary(owner, times, partners, PRIMARY_SHARE)[keep],
            "first": frame["first_at"].to_numpy()[keep],
            "last": frame["last_at"].to_numpy()[keep],
        }
    )
    return use.sort_values("other", kind="stable", ignore_index=True)


def _own(frame: pd.DataFrame, column: str, partners: int, others: int) -> sp.csr_array:
    use = _own_use(frame, column, partners)
    place = (use["partner"].to_numpy(), use["other"].to_numpy())
    return sp.csr_array((use["share"].to_numpy(), place), shape=(partners, others))


def _on_the_side(frame: pd.DataFrame, column: str, links: Links) -> Ties:
    return _shared(_own_use(frame, column, links.size(Kind.PARTNER), share=0.0), links, aside=True)


def _shared(use: pd.DataFrame, links: Links, *, aside: bool = False) -> Ties:
    """Ties between the owners of the same identifiers; hubs (`HUB_SHARERS`) tie nobody.

    `aside` leaves out the pairs that both use it as their own.
    A tie's weight is the sum over shared identifiers of rarity times the geometric mean of both uses, its
    surprise that of the identifier's few users meeting by chance; both fade with the time between the uses.
    """
    sharers = np.bincount(use["other"], minlength=1)[use["other"]]
    use = use[(sharers >= 2) & (sharers <= HUB_SHARERS)]
    if not len(use):
        return no_ties()
    other = use["other"].to_numpy()
    a, b = matches(other, other)
    own = use["own"].to_numpy()
    keep = (a < b) & ~(own[a] & own[b]) if aside else a < b
    a, b = a[keep], b[keep]
    users = np.bincount(other)[other[a]]
    share, left = use["share"].to_numpy(), fade(_idle(use, a, use, b))
    partner = use["partner"].to_numpy()
    return ties_of(
        partner[a],
        partner[b],
        rarity(users) * np.sqrt(share[a] * share[b]) * left,
        chance_surprise(users, links.size(Kind.PARTNER)) * left,
    )


def _idle(one: pd.DataFrame, a: _Ints, two: pd.DataFrame, b: _Ints) -> Floats:
    """Milliseconds between the uses in rows `a` of `one` and `b` of `two`; 0 for an overlap, or unknown."""
    first = np.maximum(one["first"].to_numpy()[a], two["first"].to_numpy()[b])
    ends = one["last"].to_numpy()[a], two["last"].to_numpy()[b]
    unknown = (ends[0] == MISSING_MS) | (ends[1] == MISSING_MS) | (first == MISSING_MS)
    gap = np.where(unknown, 0, first - np.where(unknown, first, np.minimum(*ends)))
    idle: Floats = np.maximum(gap, 0).astype(np.float64)
    return idle


def _through_customers(links: Links, own: pd.DataFrame, use: pd.DataFrame, column: str) -> Ties:
    """Ties from an identifier's owners to the partners where those who use it shop.

    A tie weighs the owner's share of use times the identifier's rarity among the partners shopped at; it
    fades with the time between the owner's use and the customers'.
    """
    visits = _visits(links, use, column, own["other"].unique())
    if not len(visits):
        return no_ties()
    sharers = np.bincount(visits["other"], minlength=1)
    visits = visits[sharers[visits["other"]] <= HUB_SHARERS]
    a, b = matches(own["other"].to_numpy(), visits["other"].to_numpy())
    users = sharers[own["other"].to_numpy()[a]] + 1
    left = fade(_idle(own, a, visits, b))
    return ties_of(
        own["partner"].to_numpy()[a],
        visits["partner"].to_numpy()[b],
        own["share"].to_numpy()[a] * rarity(users) * left,
        chance_surprise(users, links.size(Kind.PARTNER)) * left,
    )


def _visits(links: Links, use: pd.DataFrame, column: str, owned: _Ints) -> pd.DataFrame:
    """Where customers who use an owned identifier shop, `LEAST_USERS` of them: sorted by identifier.

    Columns `other`, `partner`, `users`, and the time of their use, `first` and `last`.
    """
    use = use[np.isin(use[column].to_numpy(), owned)]
    ordered = links.ordered_at  # sorted by consumer
    user, visit = matches_of(
        use["consumer"].to_numpy(), ordered["consumer"].to_numpy(), links.size(Kind.CONSUMER)
    )
    rows = pd.DataFrame(
        {
            "other": use[column].to_numpy()[user].astype(np.int64),
            "partner": ordered["partner"].to_numpy()[visit].astype(np.int64),
            "users": 1,
            "first": use["first_at"].to_numpy()[user],
            "last": use["last_at"].to_numpy()[user],
        }
    )
    found = rows.groupby(["other", "partner"], sort=True, as_index=False).agg(
        {"users": "sum", "first": "min", "last": "max"}
    )
    visits: pd.DataFrame = found[found["users"] >= LEAST_USERS]
    return visits
