"""Self-dealing: a partner's own device or payout account among those of its customers, or of others'."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.special import gammaincc

from graph.channels.identifiers import matches, matches_of, most_used, own_accounts, own_devices
from graph.links import Links, remembered, unpaid_orders
from graph.schema import Kind
from graph.significance import Floats, at_least, binomial_surprise, false_discovery
from graph.tally import by_code, contains, distinct, tally
from graph.ties import HUB_SHARERS

LEAST_CUSTOMERS = 2
"""Customers on the partner's own identifiers: one is an owner who goes shopping."""

LEAST_OWING = 2
"""Of a partner's staff, who owe much elsewhere: one is somebody's bad luck."""

WORST = 0.1
"""Share of consumers who are said to owe much."""

MAX_Q = 0.05
"""False discovery rate at which a partner is said to deal with itself, or its staff to order badly."""


@dataclass(frozen=True)
class SelfDealing:
    """(partners,) customers on the partner's own identifiers, their orders and those unpaid or disputed.

    `expected_bad` is how many of those orders would end so by chance, `surprise` -log10 p of all of it.
    """

    customers: Floats
    orders: Floats
    bad: Floats
    expected_bad: Floats
    surprise: Floats

    def found(self) -> NDArray[np.bool_]:
        """(partners,) who deals with itself beyond chance."""
        beyond: NDArray[np.bool_] = (false_discovery(self.surprise) <= MAX_Q) & (
            self.customers >= LEAST_CUSTOMERS
        )
        return beyond


def self_dealing(links: Links) -> SelfDealing:
    """Customers of each partner whose most used device, or account, is one of the partner's own.

    A till in the shop is used by many who pay, so devices speak by how the orders end alone. Null: those
    orders end as those of the partner's other customers do, shrunk to the general rate by 20 orders
    (binomial); as many customers pay from the partner's payout account as do anywhere (binomial).
    """
    ordered, partners = links.ordered_at, links.size(Kind.PARTNER)
    by_account = on_own(links, own_accounts(links), most_used(links.paid_from), "bank_account")
    own = by_account | on_own(links, own_devices(links), most_used(links.used), "device")
    at = ordered["partner"].to_numpy()
    orders = ordered["orders"].to_numpy(dtype=np.float64)
    bad = unpaid_orders(ordered).astype(np.float64)
    mine, mine_bad = tally(at[own], partners, orders[own]), tally(at[own], partners, bad[own])
    general = bad.sum() / max(orders.sum(), 1.0)
    rate = (tally(at, partners, bad) - mine_bad + 20.0 * general) / (
        tally(at, partners, orders) - mine + 20.0
    )
    paying = binomial_surprise(
        tally(at[by_account], partners), tally(at, partners), by_account.sum() / max(len(at), 1)
    )
    return SelfDealing(
        tally(at[own], partners),
        mine,
        mine_bad,
        rate * mine,
        binomial_surprise(mine_bad, mine, rate) + paying,
    )


@dataclass(frozen=True)
class StaffOrders:
    """(partners,) `people` who order at other partners from devices that a partner is run from.

    `owing` of them leave something unpaid or disputed there and are of the worst tenth of all consumers, by
    the chance of as many such orders of theirs, anywhere, at the general rate. `surprise` is -log10 p of what
    they owe together, anywhere, as `staff_orders` says: a heavy debtor at a shop's machine is one, however
    much he owes. `hit` is -log10 p of as many of the
    customers who leave something unpaid at a partner being other partners' staff, as of all such custom
    (binomial): its bad customers make it their victim. `visit` are the rows of `ordered_at` behind them,
    `partner` whose staff's each is: ascending, each pair once.
    """

    people: Floats
    owing: Floats
    surprise: Floats
    hit: Floats
    partner: NDArray[np.int64]
    visit: NDArray[np.int64]

    def found(self) -> NDArray[np.bool_]:
        """(partners,) more of whose staff owe at other partners than by chance."""
        beyond: NDArray[np.bool_] = (false_discovery(self.surprise) <= MAX_Q) & (self.owing >= LEAST_OWING)
        return beyond

    def visits(self, partners: NDArray[np.integer]) -> NDArray[np.int64]:
        """The rows of `ordered_at` of all these partners' staff, each once, ascending."""
        return distinct(self.visit[matches(partners.astype(np.int64), self.partner)[1]])


@remembered
def staff_orders(links: Links) -> StaffOrders:
    """What those who use a login device of each partner, once or often, have ordered elsewhere.

    Goods bought on others' cards are bought from the machine that the shop is run from. An owner who goes
    shopping pays as anybody does. Devices that more than `HUB_SHARERS` partners or consumers use are no
    staff's. Null: they are consumers like all others, drawn at random; the share of all consumers who owe as
    surprisingly much as one of them is its p, and these are combined (Fisher 1932).
    """
    partners, consumers = links.size(Kind.PARTNER), links.size(Kind.CONSUMER)
    devices, ordered = links.size(Kind.DEVICE), links.ordered_at
    run, run_from = (links.logged_in_from[name].to_numpy().astype(np.int64) for name in ("partner", "device"))
    user, used = (links.used[name].to_numpy().astype(np.int64) for name in ("consumer", "device"))
    few = (tally(run_from, devices) <= HUB_SHARERS) & (tally(used, devices) <= HUB_SHARERS)
    run, run_from = run[few[run_from]], run_from[few[run_from]]
    order = by_code(used, devices)
    of, at = matches_of(run_from, used[order], devices)
    staff = distinct(run[of] * consumers + user[order][at])
    # sorted by consumer
    row, visit = matches_of(staff % max(consumers, 1), ordered["consumer"].to_numpy(), consumers)
    partner = staff[row] // max(consumers, 1)
    elsewhere = partner != ordered["partner"].to_numpy()[visit]
    partner, visit = partner[elsewhere], visit[elsewhere]
    of, at = (ordered[name].to_numpy().astype(np.int64) for name in ("consumer", "partner"))
    bad = unpaid_orders(ordered).astype(np.float64)
    orders, owed = tally(of, consumers, ordered["orders"]), tally(of, consumers, bad)
    debtor, surprise = owed > 0, np.zeros(consumers)
    surprise[debtor] = binomial_surprise(owed[debtor], orders[debtor], owed.sum() / max(orders.sum(), 1.0))
    known = surprise[orders > 0]
    chance = np.where(orders > 0, np.maximum(at_least(surprise, known), 1) / max(len(known), 1), 1.0)
    met, left_unpaid = partner * consumers + of[visit], bad > 0
    one = distinct(met)
    whose, person = one // max(consumers, 1), one % max(consumers, 1)
    owes = (chance[person] <= WORST) & contains(distinct(met[left_unpaid[visit]]), one)
    people, owing = tally(whose, partners), tally(whose[owes], partners)
    together = tally(whose, partners, -np.log(chance[person]))
    others = distinct(visit)
    received = tally(at[left_unpaid], partners)
    of_staff = tally(at[others[left_unpaid[others]]], partners)
    return StaffOrders(
        people,
        owing,
        -np.log10(np.maximum(gammaincc(np.maximum(people, 1.0), together), 1e-300)),
        binomial_surprise(of_staff, received, of_staff.sum() / max(received.sum(), 1.0)),
        partner,
        visit,
    )


def on_own(links: Links, own: sp.csr_array, use: pd.DataFrame, column: str) -> NDArray[np.bool_]:
    """(ordered_at rows,) whether an identifier that the customer uses, by `use`, is the partner's own.

    `own` is (partners, identifiers). Few use what a partner owns, so only their orders are looked through.
    """
    owned = own.tocsc()
    owned.sort_indices()
    use = use[np.diff(owned.indptr)[use[column].to_numpy()] > 0]
    identifier = np.repeat(np.arange(owned.shape[1]), np.diff(owned.indptr))
    user, place = matches(use[column].to_numpy().astype(np.int64), identifier)
    partners = max(links.size(Kind.PARTNER), 1)
    customer = use["consumer"].to_numpy().astype(np.int64)[user]
    of, at = links.ordered_at["consumer"].to_numpy(), links.ordered_at["partner"].to_numpy()
    asked = np.zeros(links.size(Kind.CONSUMER), dtype=np.bool_)
    asked[customer] = True
    rows = np.flatnonzero(asked[of])
    result = np.zeros(len(of), dtype=np.bool_)
    result[rows] = np.isin(
        of[rows].astype(np.int64) * partners + at[rows], customer * partners + owned.indices[place]
    )
    return result
