"""Where the payouts of every partner go on to within a few transfers, and who pays into its accounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from graph.channels.identifiers import matches
from graph.signals.adjacency import Adjacency, Codes, Ties, adjacency
from graph.tally import by_two_codes, distinct

MAX_TRANSFERS = 3
"""Hops that money is followed; laundering chains are two or three long (FlowScope, AAAI 2020)."""
MAX_FANOUT = 50
"""An account that pays more others than this is not followed: beyond it, money is anybody's."""


@dataclass(frozen=True)
class Flows:
    """Reach of payouts: rows of `start`/`account` by partner, as compressed rows."""

    start: Codes
    account: Codes
    partners: Codes
    """For every account the number of partners whose money reaches it, paid out directly or forwarded."""
    meeting_rate: float
    """Share of partners whose forwarded money meets that of one to seven others."""

    def reached(self, partners: Codes) -> tuple[Codes, Codes]:
        """(partner, account) pairs, one each, for these partners."""
        begin = self.start[partners]
        length = self.start[partners + 1] - begin
        offset = np.repeat(begin - np.cumsum(length) + length, length)
        return np.repeat(partners, length), self.account[offset + np.arange(len(offset))]


def trace_flows(payouts: Ties, transfers: Ties, partners: int, accounts: int) -> Flows:
    """Follow all payouts; cost is a few sparse products of the payout and transfer links."""
    direct = _matrix(payouts.source, payouts.target, (partners, accounts))
    fanout = np.bincount(transfers.source, minlength=accounts)
    follow = (fanout[transfers.source] <= MAX_FANOUT) & (transfers.source != transfers.target)
    step = _matrix(transfers.source[follow], transfers.target[follow], (accounts, accounts))
    front, moved = direct, csr_array((partners, accounts), dtype=np.int32)
    for _ in range(MAX_TRANSFERS):
        front = front @ step
        front.data[:] = 1
        moved = moved + front
    reach = direct + moved
    reach.sort_indices()
    count = np.bincount(reach.indices, minlength=accounts).astype(np.int64)
    moved.data[:] = 1
    forwarded = np.bincount(moved.indices, minlength=accounts) > 0
    meets = forwarded & (count >= 2) & (count <= 8)
    row = np.repeat(np.arange(partners), np.diff(reach.indptr))
    meeting = len(distinct(row[meets[reach.indices]])) / max(partners, 1)
    return Flows(reach.indptr.astype(np.int64), reach.indices.astype(np.int64), count, meeting)


@dataclass(frozen=True)
class Payers:
    """Transfers into partners' own accounts: a row a (transfer, partner), with a look-up by partner.

    `partners` is for every account how many partners it pays, `transfer` is the row of `transferred_to`.
    Accounts of more than `most` partners are a facilitator's and nobody's own. `meeting_rate` is the share
    of all partners who have a payer in common with one to `most` - 1 others.
    """

    payer: Codes
    partner: Codes
    account: Codes
    transfer: Codes
    partners: Codes
    by_partner: Adjacency
    meeting_rate: float


def find_payers(payouts: Ties, transfers: Ties, partners: int, accounts: int, *, most: int) -> Payers:
    """Everybody's payers; cost is linear in the transfers."""
    own = np.flatnonzero(payouts.by_target.degree()[payouts.target] <= most)
    own = own[by_two_codes(payouts.target[own], accounts, payouts.source[own], partners)]
    paid = np.flatnonzero(transfers.source != transfers.target)
    row, at = matches(transfers.target[paid].astype(np.int64), payouts.target[own].astype(np.int64))
    transfer, payout = paid[row], own[at]
    payer, partner = transfers.source[transfer], payouts.source[payout]
    account = payouts.target[payout]
    order = by_two_codes(payer, accounts, partner, partners)
    payer, partner, account, transfer = payer[order], partner[order], account[order], transfer[order]
    pair = distinct(payer.astype(np.int64) * partners + partner)
    way = distinct(payer.astype(np.int64) * accounts + account)
    met, ways = (
        np.bincount(keys // size, minlength=accounts) for keys, size in ((pair, partners), (way, accounts))
    )
    meets = (met >= 2) & (met <= most) & (ways >= 2)
    meeting = len(distinct(pair[meets[pair // partners]] % partners)) / max(partners, 1)
    return Payers(payer, partner, account, transfer, met, adjacency(partner, partners), meeting)


def _matrix(row: Codes, column: Codes, shape: tuple[int, int]) -> csr_array:
    matrix = csr_array((np.ones(len(row), dtype=np.int32), (row, column)), shape=shape)
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix
