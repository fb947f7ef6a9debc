"""Self-dealing: a partner's own device or payout account among those of its customers, or of others'."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
from numpy.typing import NDArray

from graph.channels.identifiers import matches, most_used, own_accounts, own_devices
from graph.links import Links
from graph.schema import Kind
from graph.significance import Floats, binomial_surprise, false_discovery
from graph.tally import by_code, distinct, tally
from graph.ties import HUB_SHARERS

LEAST_CUSTOMERS = 2
"""Customers on the partner's own identifiers: one is an owner who goes shopping."""

LEAST_BAD = 2
"""Orders of a partner's staff gone bad elsewhere: one is somebody's bad luck."""

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
    bad = (ordered["disputed"] + ordered["defaulted"]).to_numpy(dtype=np.float64)
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
    """(partners,) orders at other partners from the devices that a partner is run from, and those gone bad.

    `bad` are unpaid or disputed; `surprise` is -log10 p of as many at the general rate (binomial). `hit` is
    -log10 p of as many of a partner's own bad orders being those of other partners' staff, who of all bad
    orders made a share (binomial): whose victims, rather than whose friends, its bad customers make it.
    `visit` are the rows of `ordered_at` behind them, `partner` whose staff's each is: ascending, each pair
    once.
    """

    orders: Floats
    bad: Floats
    surprise: Floats
    hit: Floats
    partner: NDArray[np.int64]
    visit: NDArray[np.int64]

    def found(self) -> NDArray[np.bool_]:
        """(partners,) whose staff's orders elsewhere end badly beyond chance."""
        beyond: NDArray[np.bool_] = (false_discovery(self.surprise) <= MAX_Q) & (self.bad >= LEAST_BAD)
        return beyond

    def visits(self, partners: NDArray[np.integer]) -> NDArray[np.int64]:
        """The rows of `ordered_at` of all these partners' staff, each once, ascending."""
        return distinct(self.visit[matches(partners.astype(np.int64), self.partner)[1]])


def staff_orders(links: Links) -> StaffOrders:
    """What those who use a login device of each partner, once or often, have ordered elsewhere.

    Goods bought on others' cards are bought from the machine that the shop is run from. An owner who goes
    shopping pays as anybody does. Devices that more than `HUB_SHARERS` partners or consumers use are no
    staff's. Null: these orders end as all orders do.
    """
    partners, consumers = links.size(Kind.PARTNER), links.size(Kind.CONSUMER)
    devices, ordered = links.size(Kind.DEVICE), links.ordered_at
    run, run_from = (links.logged_in_from[name].to_numpy().astype(np.int64) for name in ("partner", "device"))
    user, used = (links.used[name].to_numpy().astype(np.int64) for name in ("consumer", "device"))
    few = (tally(run_from, devices) <= HUB_SHARERS) & (tally(used, devices) <= HUB_SHARERS)
    run, run_from = run[few[run_from]], run_from[few[run_from]]
    order = by_code(used, devices)
    of, at = matches(run_from, used[order])
    staff = distinct(run[of] * consumers + user[order][at])
    # sorted by consumer
    row, visit = matches(staff % max(consumers, 1), ordered["consumer"].to_numpy())
    partner = staff[row] // max(consumers, 1)
    elsewhere = partner != ordered["partner"].to_numpy()[visit]
    partner, visit = partner[elsewhere], visit[elsewhere]
    orders = ordered["orders"].to_numpy(dtype=np.float64)
    bad = (ordered["disputed"] + ordered["defaulted"]).to_numpy(dtype=np.float64)
    made, gone_bad = tally(partner, partners, orders[visit]), tally(partner, partners, bad[visit])
    at = ordered["partner"].to_numpy()
    received, others = tally(at, partners, bad), distinct(visit)
    of_staff = tally(at[others], partners, bad[others])
    return StaffOrders(
        made,
        gone_bad,
        binomial_surprise(gone_bad, made, bad.sum() / max(orders.sum(), 1.0)),
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
