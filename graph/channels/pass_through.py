"""Pass-through: partners whose payouts meet, each by a way of its own, at accounts that soon pass them on."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from graph.channels.identifiers import matches, own_accounts
from graph.channels.money import HOPS
from graph.links import Links
from graph.schema import DAY_MS, Kind
from graph.significance import Floats
from graph.tally import by_code, by_two_codes, starts, tally
from graph.ties import HUB_SHARERS, Ties, chance_surprise, rarity, ties_of

PROMPT_MS = 28 * DAY_MS
"""Money that is passed on leaves within a month of its coming in: the period of honest accounts, which are
paid and pay monthly. Later it is other money; a meeting counts half as much a month apart."""

OWN = -1
"""Stands for the account before a partner's own payout account."""

_Ints = NDArray[np.int64]


@dataclass(frozen=True)
class _Reach:
    """Where money is: `share` of a partner's payouts that gets to `account` from `before` by its widest way.

    It gets there at `at` for the first time, and the transfers (or payouts) that bring it last from `first`
    to `last`, all in epoch milliseconds.
    """

    partner: _Ints
    account: _Ints
    before: _Ints
    share: Floats
    at: _Ints
    first: _Ints
    last: _Ints

    def rows(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> _Reach:
        return _Reach(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class _Forwarding:
    """Transfers sorted by source, with the `share` in (0, 1] they take of what the source has just received.

    Of a source with more than `HUB_SHARERS` ways on the widest stay, and nothing goes to accounts that more
    accounts than that pay: so a round of hops is linear.
    """

    source: _Ints
    target: _Ints
    share: Floats
    first: _Ints
    last: _Ints


def pass_through(links: Links) -> Ties:
    """Partners whose money meets at rare accounts that pass on what comes in; near-linear in the transfers.

    A mule passes on what it gets, a supplier keeps it: a meeting counts by the share of what came in then
    that the account sends on within `PROMPT_MS`. Two who come to an account from the same account met before
    it, so a shared payout account and all behind it are no meetings. Accounts that more than `HUB_SHARERS`
    partners reach are hubs and lead nowhere.

    Null: ways end at accounts at random, every account keeping how many partners reach it and every partner
    how many accounts it reaches; and at most 1/s ways carry a share s of a partner's money, so that small
    change, of which there is more, surprises less. Meetings fade with the time between the two moneys.
    """
    partners, accounts = links.size(Kind.PARTNER), links.size(Kind.BANK_ACCOUNT)
    forward = _forwarding(links)
    reach = _reach(links, forward)
    users = np.bincount(reach.account, minlength=accounts)
    reach = reach.rows((users[reach.account] >= 2) & (users[reach.account] <= HUB_SHARERS))
    ways = tally(reach.partner, partners)
    ways /= max(len(reach.partner) / max(partners, 1), 1e-12)  # 1 for the mean partner
    here, sent = _sent_on(reach, forward)
    onward = np.minimum(tally(here, len(reach.partner), forward.share[sent]), 1.0)
    rows = by_two_codes(reach.account, accounts, reach.partner, partners)
    rows = rows[onward[rows] > 0]
    reach, onward = reach.rows(rows), onward[rows]
    a, b = matches(reach.account, reach.account)
    apart = (a < b) & (reach.before[a] != reach.before[b])
    a, b = a[apart], b[apart]
    left, right, met = reach.partner[a], reach.partner[b], reach.account[a]
    share = np.sqrt(reach.share[a] * reach.share[b])
    surprise = chance_surprise(users[met], partners) - np.log10(ways[left] * ways[right] / share)
    gap = np.maximum(reach.first[a], reach.first[b]) - np.minimum(reach.last[a], reach.last[b])
    counts = np.sqrt(onward[a] * onward[b]) * np.exp2(-np.maximum(gap, 0) / PROMPT_MS)
    rare = surprise > 0
    return ties_of(
        left[rare],
        right[rare],
        (rarity(users[met]) * share * counts)[rare],
        (surprise * counts)[rare],
    )


def _reach(links: Links, forward: _Forwarding) -> _Reach:
    """Each partner's accounts within `HOPS` transfers, once each by the fewest; hubs only where they end."""
    partners, accounts = links.size(Kind.PARTNER), links.size(Kind.BANK_ACCOUNT)
    now = _paid_out(links)
    found, seen = [now], now.partner * accounts + now.account
    for _ in range(HOPS):
        users = np.bincount(now.account, minlength=accounts)
        now = _next_hop(now.rows(users[now.account] <= HUB_SHARERS), forward, accounts)
        key = now.partner * accounts + now.account
        new = ~np.isin(key, seen)
        now, seen = now.rows(new), np.r_[seen, key[new]]
        found.append(now)
    columns = ([getattr(one, name) for one in found] for name in _Reach.__dataclass_fields__)
    whole = _Reach(*(np.concatenate(column) for column in columns))
    return whole.rows(by_two_codes(whole.partner, partners, whole.account, accounts))


def _paid_out(links: Links) -> _Reach:
    """Each partner's own accounts, with the share and the time of its payouts."""
    accounts = links.size(Kind.BANK_ACCOUNT)
    own = own_accounts(links).tocoo()
    partner, account = own.row.astype(np.int64), own.col.astype(np.int64)
    paid = links.paid_out_to  # sorted by partner, then account
    key = paid["partner"].to_numpy().astype(np.int64) * accounts + paid["bank_account"].to_numpy()
    row = np.searchsorted(key, partner * accounts + account)
    first, last = paid["first_at"].to_numpy()[row], paid["last_at"].to_numpy()[row]
    before = np.full(len(partner), OWN, dtype=np.int64)
    return _Reach(partner, account, before, own.data.astype(np.float64), first, first, last)


def _sent_on(now: _Reach, forward: _Forwarding) -> tuple[_Ints, _Ints]:
    """Rows of `now` and of the transfers that may carry their money on.

    Those are not over before the money can have come, and begin within `PROMPT_MS` of the last of it.
    """
    here, sent = matches(now.account, forward.source)
    timely = (forward.last[sent] >= now.at[here]) & (forward.first[sent] <= now.last[here] + PROMPT_MS)
    return here[timely], sent[timely]


def _next_hop(now: _Reach, forward: _Forwarding, accounts: int) -> _Reach:
    """Where the money is a transfer later: shares add up over ways, the earliest arrival counts."""
    here, sent = _sent_on(now, forward)
    share = now.share[here] * forward.share[sent]
    partner, target = now.partner[here], forward.target[sent]
    # the widest way first, equals by the account they come from
    order = np.lexsort((forward.source[sent], -share, partner * accounts + target))
    here, sent, share = here[order], sent[order], share[order]
    partner, target = partner[order], target[order]
    key = partner * accounts + target
    begin = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.zeros(0, dtype=np.int64)
    arrived = np.maximum(now.at[here], forward.first[sent])
    return _Reach(
        partner=partner[begin],
        account=target[begin],
        before=forward.source[sent[begin]],
        share=np.minimum(np.add.reduceat(share, begin), 1.0) if len(begin) else share,
        at=np.minimum.reduceat(arrived, begin) if len(begin) else arrived,
        first=np.minimum.reduceat(forward.first[sent], begin) if len(begin) else arrived,
        last=np.maximum.reduceat(forward.last[sent], begin) if len(begin) else arrived,
    )


def _forwarding(links: Links) -> _Forwarding:
    """Transfers by source; sums where both sides have any in the main currency, else numbers of payments."""
    accounts = links.size(Kind.BANK_ACCOUNT)
    moved, paid = links.transferred_to, links.paid_out_to
    source = moved["from_account"].to_numpy().astype(np.int64)
    target = moved["to_account"].to_numpy().astype(np.int64)
    payers = np.bincount(target, minlength=accounts)
    rows = np.flatnonzero((source != target) & (payers[target] <= HUB_SHARERS))
    amount, times = (moved[name].to_numpy(dtype=np.float64) for name in ("amount", "times"))
    rows = rows[np.lexsort((target[rows], -times[rows], -amount[rows], source[rows]))]
    place = np.arange(len(rows)) - starts(source[rows], accounts)[source[rows]]
    rows = rows[place < HUB_SHARERS]
    into = np.r_[target, paid["bank_account"].to_numpy()]
    order = by_code(into, accounts)
    value = {
        name: np.r_[moved[name].to_numpy(), paid[name].to_numpy()][order]
        for name in ("amount", "times", "first_at", "last_at")
    }
    first, last = moved["first_at"].to_numpy()[rows], moved["last_at"].to_numpy()[rows]
    came, sums = _came_in(
        source[rows],
        first - PROMPT_MS,
        last,
        starts(into, accounts),
        value["first_at"],
        value["last_at"],
        value["times"].astype(np.float64),
        value["amount"].astype(np.float64),
    )
    amount, times = amount[rows], times[rows]
    known = (amount > 0) & (sums > 0)
    share = np.where(known, amount / np.where(known, sums, 1.0), times / np.where(came > 0, came, 1.0))
    carried = np.flatnonzero((came > 0) & (share > 0))
    rows = rows[carried]
    return _Forwarding(
        source[rows], target[rows], np.minimum(share[carried], 1.0), first[carried], last[carried]
    )


@numba.njit(cache=True, nogil=True)
def _came_in(
    account: _Ints,
    begin: _Ints,
    end: _Ints,
    start: _Ints,
    first: _Ints,
    last: _Ints,
    times: Floats,
    amount: Floats,
) -> tuple[Floats, Floats]:
    """Payments, and their sums, into each account from `begin` to `end`; those into it lie from its `start`.

    What came in from `first` to `last` is spread evenly between, but one payment is never split.
    """
    count, total = np.zeros(len(account)), np.zeros(len(account))
    for row in range(len(account)):
        for one in range(start[account[row]], start[account[row] + 1]):
            inside = min(end[row], last[one]) - max(begin[row], first[one])
            if inside < 0:
                continue
            length = last[one] - first[one]
            part = max(inside / length, 1.0 / times[one]) if length > 0 else 1.0
            count[row] += times[one] * min(part, 1.0)
            total[row] += amount[one] * min(part, 1.0)
    return count, total
