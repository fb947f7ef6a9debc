"""Rings with a reason and benign groups that look like them, in a small market, for tests of signals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from graph.links import Links
from graph.records import Ring, Risk
from graph.schema import Kind
from graph.signals.context import Context, build_context
from graph.signals.facts import RingFacts, slice_ring
from tests.graph.made_links import Row
from tests.graph.small_worlds import Rows, honest, with_circle, with_refund_ring, with_shell_network

Case = tuple[RingFacts, Context]


def flat_risk(links: Links, value: float = 0.5) -> Risk:
    """The same risk for everybody."""
    return Risk(*(np.full(links.size(kind), value, dtype=np.float32) for kind in Kind))


def context_of(rows: Rows) -> Context:
    links = rows.links()
    return build_context(links, flat_risk(links))


def ring_of(context: Context, *prefixes: str, partners: tuple[str, ...] = ()) -> Case:
    """The ring of these partners, and of the consumers whose ids begin so."""
    links = context.links
    ids = links.partners["partner_id"].tolist()
    consumers = [
        number
        for number, name in enumerate(links.consumers["consumer_id"])
        if prefixes and str(name).startswith(prefixes)
    ]
    ring = Ring(tuple(sorted(ids.index(p) for p in partners)), tuple(consumers))
    return slice_ring(ring, context), context


def names(shops: range) -> tuple[str, ...]:
    return tuple(f"p{shop}" for shop in shops)


def partner_row(rows: Rows, shop: int) -> Row:
    return next(row for row in rows.partners if row["partner_id"] == f"p{shop}")


def franchise() -> Case:
    """Five shops of one brand with one device and one account; their custom is like everybody's."""
    rows = honest(2)
    for number, shop in enumerate(range(50, 55)):
        partner_row(rows, shop)["name"] = f"Pizza Roma {('Bonn', 'Ulm', 'Kiel', 'Jena', 'Graz')[number]}"
        rows.logins.append({"partner": f"p{shop}", "device": "headquarters", "times": 25})
        rows.payouts.append({"partner": f"p{shop}", "bank_account": "chain", "times": 25, "amount": 900.0})
    context = context_of(rows)
    return ring_of(context, partners=names(range(50, 55)))


def facilitator() -> Case:
    """Four of thirty partners that are paid out to one facilitator's account."""
    rows = honest(3)
    for shop in range(40, 70):
        rows.payouts.append({"partner": f"p{shop}", "bank_account": "hub", "times": 25, "amount": 900.0})
    return ring_of(context_of(rows), partners=names(range(40, 44)))


def mall() -> Case:
    """Five shops that share forty customers, who shop there for months, and elsewhere, and pay."""
    rows, rng = honest(4), np.random.default_rng(4)
    for visitor in range(40):
        rows.used.append({"consumer": f"m{visitor}", "device": f"own{visitor}", "times": 5})
        for shop in range(70, 75):
            day = float(rng.random() * 300)
            rows.orders.append({"consumer": f"m{visitor}", "partner": f"p{shop}", "orders": 2, "day": day})
        for shop in rng.choice(60, 6, replace=False):
            rows.orders.append({"consumer": f"m{visitor}", "partner": f"p{shop}", "orders": 2, "day": 40.0})
    return ring_of(context_of(rows), "m", partners=names(range(70, 75)))


def household() -> Case:
    """Four people with one device who shop where others shop."""
    rows = honest(5)
    rows.used = [
        {**row, "device": "sofa"} if row["consumer"] in {"c1", "c2", "c3", "c4"} else row for row in rows.used
    ]
    context = context_of(rows)
    ids = context.links.consumers["consumer_id"].tolist()
    return slice_ring(Ring((), tuple(sorted(ids.index(f"c{n}") for n in range(1, 5)))), context), context


def old_hands() -> Case:
    """Three shops of one book-keeper that have traded for over a year; everything they sold was paid."""
    rows = honest(9)
    for shop in range(20, 23):
        rows.logins.append({"partner": f"p{shop}", "device": "ledger", "times": 3})
    for number, row in enumerate(rows.orders):
        if row["partner"] in names(range(20, 23)):
            row.update({"day": -150 + number % 500, "disputed": 0, "refunded": 0})
    return ring_of(context_of(rows), partners=names(range(20, 23)))


def circle() -> Case:
    """Five partners whose fourteen shills share four devices, come within days and do not pay."""
    return ring_of(
        context_of(with_circle(honest(1), range(60, 65), seed=1)), "s60", partners=names(range(60, 65))
    )


def shells() -> Case:
    """A chain of six partners, each sharing an account or a till with the next; much goes unpaid."""
    return ring_of(context_of(with_shell_network(honest(1), range(40, 46))), partners=names(range(40, 46)))


def refunders() -> Case:
    """Eight consumers on two devices who send back most of what they buy at honest partners."""
    return ring_of(context_of(with_refund_ring(honest(1))), "r")


def mules() -> Case:
    """Three partners whose separate accounts forward to one collector over a mule account each."""
    rows = honest(6)
    for shop in range(80, 83):
        for start, end in ((f"acc{shop}", f"mule{shop}"), (f"mule{shop}", "collector")):
            rows.transfers.append({"from_account": start, "to_account": end, "times": 9, "amount": 5000.0})
    return ring_of(context_of(rows), partners=names(range(80, 83)))


def phoenix() -> Case:
    """A partner that closes on bad debts and opens again in nine days, on its machine, with a like name."""
    rows = honest(7)
    partner_row(rows, 90).update({"name": "Golden Fox Electronics", "closed_at": 200})
    partner_row(rows, 91).update({"name": "Golden Fox Electronic Ltd", "onboarded_at": 209})
    for row in rows.orders:
        if row["partner"] == "p90":
            row["defaulted"] = 1
    rows.logins += [{"partner": partner, "device": "owner's", "times": 5} for partner in ("p90", "p91")]
    return ring_of(context_of(rows), partners=("p90", "p91"))


def bust_out() -> Case:
    """Three old partners that go over to a new account on day 250, after which their orders go bad."""
    rows, bought = honest(8), names(range(3, 6))
    for partner in bought:
        rows.payouts.append({"partner": partner, "bank_account": f"new-{partner}", "day": 250, "times": 5})
    for row in rows.orders:
        if row["partner"] in bought and float(str(row["day"])) >= 250:
            row["disputed"] = 1
    return ring_of(context_of(rows), partners=bought)


BENIGN: tuple[Callable[[], Case], ...] = (franchise, facilitator, mall, household, old_hands)
PLANTED: tuple[Callable[[], Case], ...] = (circle, shells, refunders, mules, phoenix, bust_out)
