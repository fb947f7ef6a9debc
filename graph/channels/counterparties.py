"""Counterparties: partners whose own accounts pay, or are paid by, the same account that deals with few."""

from __future__ import annotations

import numpy as np

from graph.channels.identifiers import matches, own_accounts
from graph.links import Links
from graph.schema import Kind
from graph.tally import by_two_codes, distinct, tally
from graph.ties import HUB_SHARERS, Ties, chance_surprise, no_ties, rarity, strongest, ties_of

TIES_A_PARTNER = 4
"""Pairs kept a partner: a supplier of a street pairs all of it, and says less than an account of two."""


def counterparties(links: Links) -> Ties:
    """Partners with a rare counterparty in common, of any amount and either direction, one transfer away.

    `graph.channels.money` follows where the money goes and leaves small change out; a ring that keeps its
    money apart may still pay the same helper once. Partners paid out to the same account share all that is
    behind it, so what both reach through one account is no meeting.

    Null: every account keeps how many accounts it deals with and every partner how many counterparties it
    has, and who deals with whom is drawn at random. Work grows with the transfers and with the pairs at
    accounts that deal with up to `HUB_SHARERS` others.
    """
    partners, accounts = links.size(Kind.PARTNER), links.size(Kind.BANK_ACCOUNT)
    moved = links.transferred_to
    if not len(moved):
        return no_ties()
    source = moved["from_account"].to_numpy().astype(np.int64)
    target = moved["to_account"].to_numpy().astype(np.int64)
    here, there = np.r_[source, target], np.r_[target, source]
    met = distinct((here * accounts + there)[here != there])
    here, there = met // accounts, met % accounts
    others = tally(here, accounts)
    own = own_accounts(links).tocsc()
    owners = np.diff(own.indptr)
    # a facilitator's account is own to hundreds, and its counterparties are those of none of them
    few = (others[there] <= HUB_SHARERS) & (owners[here] <= HUB_SHARERS)
    row, at = matches(here[few], np.repeat(np.arange(accounts), owners))
    partner, account, before = own.indices[at].astype(np.int64), there[few][row], here[few][row]
    order = np.flatnonzero(np.bincount(account, minlength=accounts)[account] <= HUB_SHARERS)
    order = order[by_two_codes(account[order], accounts, partner[order], partners)]
    partner, account, before = partner[order], account[order], before[order]
    a, b = matches(account, account)
    apart = (partner[a] < partner[b]) & (before[a] != before[b])
    a, b = a[apart], b[apart]
    ways = tally(partner, partners)
    share = 1.0 / np.sqrt(ways[partner[a]] * ways[partner[b]])
    ways /= max(len(partner) / max(partners, 1), 1e-12)  # 1 for the mean partner
    users = others[account[a]]
    surprise = chance_surprise(users, partners) - np.log10(ways[partner[a]] * ways[partner[b]])
    rare = surprise > 0
    ties = ties_of(partner[a][rare], partner[b][rare], (rarity(users) * share)[rare], surprise[rare])
    return strongest(ties, TIES_A_PARTNER * partners)
