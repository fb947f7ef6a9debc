"""For every detector a small market with a group of its kind, and one with the group that looks like it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.graph.made_links import Row
from tests.graph.small_worlds import Rows, honest, with_circle, with_refund_ring

SHOPS, BUYERS, QUIET = 90, 300, 1500
FIVE = range(60, 65)


@dataclass(frozen=True)
class Planted:
    """A market and the group in it: partners, or consumers."""

    rows: Rows
    group: frozenset[str]


def market(seed: int = 1, *, buyers: int = BUYERS) -> Rows:
    """An honest market among many quiet partners: how rare a tie is shows only in a population."""
    rows = honest(seed, shops=SHOPS, buyers=buyers)
    rows.partners += [{"partner_id": f"q{number}", "onboarded_at": number % 300} for number in range(QUIET)]
    return rows


def shops(numbers: range) -> frozenset[str]:
    return frozenset(f"p{number}" for number in numbers)


def row_of(rows: Rows, shop: int) -> Row:
    return next(row for row in rows.partners if row["partner_id"] == f"p{shop}")


def circle() -> Planted:
    """Thirty people with six devices order at five shops within days and do not pay."""
    return Planted(with_circle(market(), FIVE, seed=1, shills=30, devices=6), shops(FIVE))


def circle_of_strangers() -> Planted:
    """Forty who have a device each do the same."""
    return Planted(with_circle(market(), FIVE, seed=1, shills=40, devices=40), shops(FIVE))


def mall() -> Planted:
    """Five shops under one roof: forty visitors, all year, who shop elsewhere too, and pay."""
    rows, rng = market(4), np.random.default_rng(4)
    for visitor in range(40):
        rows.used.append({"consumer": f"m{visitor}", "device": f"own{visitor}", "times": 5})
        for shop in (*FIVE, *rng.choice(50, 6, replace=False)):
            day = float(rng.random() * 300)
            rows.orders.append({"consumer": f"m{visitor}", "partner": f"p{shop}", "orders": 2, "day": day})
    return Planted(rows, shops(FIVE))


def hostel() -> Planted:
    """Twelve guests on the house's machine, who shop where everybody shops."""
    rows = market(5)
    guests = {f"c{number}" for number in range(12)}
    rows.used = [{**row, "device": "lobby"} if row["consumer"] in guests else row for row in rows.used]
    return Planted(rows, frozenset(guests))


def refunders() -> Planted:
    """Eight people on two devices send back most of what they buy at honest shops."""
    return Planted(with_refund_ring(market()), frozenset(f"r{number}" for number in range(8)))


def debtors() -> Planted:
    """Ten people on two devices leave most orders unpaid at twelve unrelated shops, a trifle for each."""
    rows, rng = market(6, buyers=900), np.random.default_rng(6)
    for member in range(10):
        rows.used.append({"consumer": f"d{member}", "device": f"den{member % 2}", "times": 9})
        rows.used.append({"consumer": f"d{member}", "device": "den0", "times": 9})
        for shop in rng.choice(12, 7, replace=False):
            rows.orders.append({"consumer": f"d{member}", "partner": f"p{shop}", "orders": 1, "defaulted": 1})
    rows.used = list({(row["consumer"], row["device"]): row for row in rows.used}.values())
    return Planted(rows, frozenset(f"d{member}" for member in range(10)))


def mules() -> Planted:
    """Three shops' own accounts forward over a mule each to one collector."""
    rows = market(6)
    for shop in range(60, 63):
        for step, (start, end) in enumerate(((f"acc{shop}", f"mule{shop}"), (f"mule{shop}", "collector"))):
            rows.transfers.append(
                {"from_account": start, "to_account": end, "times": 9, "amount": 700.0, "day": 5 + step}
            )
    return Planted(rows, shops(range(60, 63)))


def factoring() -> Planted:
    """A factoring house collects from most shops."""
    rows = market(6)
    for shop in range(80):
        rows.transfers.append(
            {"from_account": f"acc{shop}", "to_account": "house", "amount": 700.0, "day": 5}
        )
    return Planted(rows, shops(range(80)))


def self_dealers() -> Planted:
    """Two shops with one account: their people order on the shops' own machines and do not pay."""
    rows = _with_tills(defaulted=2)
    for shop in (60, 61):
        rows.payouts.append({"partner": f"p{shop}", "bank_account": "ours", "times": 12, "amount": 900.0})
    return Planted(rows, shops(range(60, 62)))


def tills() -> Planted:
    """The same two shops; their customers order on the till and pay."""
    rows = _with_tills(defaulted=0)
    for shop in (60, 61):
        rows.payouts.append({"partner": f"p{shop}", "bank_account": "ours", "times": 12, "amount": 900.0})
    return Planted(rows, shops(range(60, 62)))


def _with_tills(*, defaulted: int) -> Rows:
    rows = market(7)
    for shop in (60, 61):
        for visitor in range(8):
            name = f"t{shop}-{visitor}"
            rows.used.append({"consumer": name, "device": f"till{shop}", "times": 3})
            rows.orders.append(
                {
                    "consumer": name,
                    "partner": f"p{shop}",
                    "orders": 3,
                    "day": 50 + visitor,
                    "defaulted": defaulted,
                }
            )
    return rows


def shells() -> Planted:
    """A chain of six shops, each sharing an account and a till with the next."""
    rows = market()
    for shop in range(40, 45):
        for partner in (f"p{shop}", f"p{shop + 1}"):
            rows.logins.append({"partner": partner, "device": f"pool{shop}", "times": 25})
            rows.payouts.append(
                {"partner": partner, "bank_account": f"pool{shop}", "amount": 800.0, "times": 25}
            )
    return Planted(rows, shops(range(40, 46)))


def facilitator() -> Planted:
    """Eighty shops that are paid out to one facilitator's account."""
    rows = market(3)
    for shop in range(80):
        rows.payouts.append({"partner": f"p{shop}", "bank_account": "hub", "times": 25, "amount": 900.0})
    return Planted(rows, shops(range(80)))


def phoenix() -> Planted:
    """A shop closes and is back nine days later under a name like the old one, with its account."""
    rows = market(7)
    row_of(rows, 70).update({"name": "Golden Fox Electronics", "closed_at": 200})
    row_of(rows, 71).update({"name": "Golden Fox Electronic Ltd", "onboarded_at": 209})
    next(row for row in rows.payouts if row["partner"] == "p70")["last_at"] = 200
    rows.payouts.append({"partner": "p71", "bank_account": "acc70", "times": 12, "amount": 900.0, "day": 210})
    return Planted(rows, shops(range(70, 72)))


def neighbours() -> Planted:
    """A shop closes and another of the same trade opens nine days later."""
    rows = market(7)
    row_of(rows, 70).update({"name": "Golden Fox Electronics", "closed_at": 200})
    row_of(rows, 71).update({"name": "Brown Bear Bakery", "onboarded_at": 209})
    return Planted(rows, shops(range(70, 72)))


def taken_over() -> Planted:
    """Three old shops go over to one account within days; crowds come, and are left with nothing."""
    return Planted(_changed_hands(disputed=2), shops(range(60, 63)))


def new_bank() -> Planted:
    """Three old shops go over to new accounts within days, since their bank closed; all goes on as before."""
    return Planted(_changed_hands(disputed=0), shops(range(60, 63)))


def _changed_hands(*, disputed: int) -> Rows:
    """Three shops get new accounts on days 252 to 254, others some time in the year."""
    rows = market(8)
    for shop in range(0, 60, 3):
        _new_account(rows, shop, f"moved{shop}", 40 + 4 * shop)
    for shop in range(60, 63):
        _new_account(rows, shop, "buyer" if disputed else f"new{shop}", 192 + shop)
        for buyer in range(15 if disputed else 1):
            rows.orders.append(
                {
                    "consumer": f"late{shop}-{buyer}",
                    "partner": f"p{shop}",
                    "orders": 2,
                    "day": 258 + buyer,
                    "disputed": disputed,
                }
            )
    return rows


def _new_account(rows: Rows, shop: int, account: str, day: int) -> None:
    """From that day on the shop is paid out to that account, no more to its old one."""
    next(row for row in rows.payouts if row["partner"] == f"p{shop}")["last_at"] = day - 2
    rows.payouts.append(
        {"partner": f"p{shop}", "bank_account": account, "day": day, "last_at": 300, "times": 9}
    )


def carousel() -> Planted:
    """Six shops pay each other in a round within weeks."""
    rows = _trading()
    members = [f"acc{shop}" for shop in range(60, 66)]
    for place, account in enumerate(members):
        rows.transfers.append(
            {"from_account": account, "to_account": members[(place + 1) % 6], "day": 100 + place * 3}
        )
    return Planted(rows, shops(range(60, 66)))


def chain_of_suppliers() -> Planted:
    """Six shops pay each their supplier within weeks; nothing comes back."""
    rows = _trading()
    for shop in range(60, 65):
        rows.transfers.append(
            {"from_account": f"acc{shop}", "to_account": f"acc{shop + 1}", "day": 100 + (shop - 60) * 3}
        )
    return Planted(rows, shops(range(60, 66)))


def _trading() -> Rows:
    """A market whose first forty shops pay suppliers, all year or once, and never in a round."""
    rows = market(9)
    for shop in range(40):
        for step in (3, 11, 17):
            rows.transfers.append(
                {
                    "from_account": f"acc{shop}",
                    "to_account": f"acc{(shop * 7 + step) % 40}",
                    "day": 1,
                    "last_at": 360,
                    "times": 12,
                }
            )
    for pair in range(30):
        rows.transfers.append(
            {"from_account": f"out{pair}", "to_account": f"in{pair}", "day": 100 + pair % 25}
        )
        for side in ("out", "in"):
            rows.partners.append({"partner_id": f"{side}{pair}", "onboarded_at": 0})
            rows.payouts.append(
                {"partner": f"{side}{pair}", "bank_account": f"{side}{pair}", "amount": 900.0}
            )
    return rows


KINDS: tuple[tuple[str, Callable[[], Planted], Callable[[], Planted]], ...] = (
    ("all_ties", circle, mall),
    ("co_custom", circle_of_strangers, mall),
    ("consumer_collusion", refunders, hostel),
    ("consumer_collusion", debtors, hostel),
    ("customer_groups", circle, hostel),
    ("dense_block", circle, mall),
    ("money_flow", mules, factoring),
    ("self_dealing", self_dealers, tills),
    ("shared_identifiers", shells, facilitator),
    ("succession", phoenix, neighbours),
    ("take_over", taken_over, new_bank),
    ("transfer_shapes", carousel, chain_of_suppliers),
)
"""Detector -> what it finds, and what it must not."""
