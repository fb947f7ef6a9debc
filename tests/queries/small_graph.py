"""A graph of a few dozen links with known answers: one ring, its heir, and honest partners beside it."""

from __future__ import annotations

from graph.links import Links
from graph.records import Evidence, Member, ScoredRing
from graph.schema import NODES, Kind
from tests.graph.made_links import START_MS, made_links

DAY = 86_400_000


def at(day: float) -> int:
    """The moment of a day, epoch milliseconds UTC."""
    return START_MS + int(day * DAY)


def small_graph() -> Links:
    """P1 was fraudulent and closed on day 60; P2 opened on day 75 with its account, device and customers.

    P3 shares only the device. P4 and P5 are honest; C9 is a refund abuser at P4 and P5.
    """
    return made_links(
        partners=[
            {
                "partner_id": "P1",
                "name": "Alpha Trade",
                "onboarded_at": 0,
                "closed_at": 60,
                "verdict": "fraud",
            },
            {"partner_id": "P2", "name": "Alpha Trading", "onboarded_at": 75},
            {"partner_id": "P3", "name": "Beta", "onboarded_at": 10},
            {"partner_id": "P4", "name": "Gamma Bakery", "onboarded_at": 0},
            {"partner_id": "P5", "name": "Delta Books", "onboarded_at": 0},
        ],
        orders=[
            *(_order(f"C{n}", "P1", day=20 + n, amount=100, bad=50, disputed=1) for n in (1, 2, 3, 4)),
            *(_order(f"C{n}", "P2", day=80 + n, amount=200, bad=20, disputed=1) for n in (1, 2, 3)),
            _order("C1", "P3", day=40, amount=30),
            *(_order(f"C{n}", "P4", day=n, amount=10 * n) for n in (5, 6, 7)),
            *(_order(f"C{n}", "P5", day=n + 5, amount=5 * n) for n in (7, 8)),
            _order("C9", "P4", day=30, amount=90, bad=60, orders=3, refunded=2),
            _order("C9", "P5", day=33, amount=80, bad=80, orders=2, refunded=2),
        ],
        used=[
            *({"consumer": f"C{n}", "device": "D2", "times": n, "day": 20 + n / 10} for n in (1, 2, 3, 4)),
            {"consumer": "C1", "device": "D1", "times": 2, "day": 25},
            *({"consumer": f"C{n}", "device": f"D{n}", "day": n} for n in (5, 6, 7)),
        ],
        paid_from=[
            *({"consumer": f"C{n}", "bank_account": "A4", "amount": 100 * n, "day": 21} for n in (1, 2, 3)),
            {"consumer": "C4", "bank_account": "A1", "amount": 100, "day": 24},
            {"consumer": "C5", "bank_account": "A9", "amount": 50, "day": 5},
        ],
        logins=[
            {"partner": "P1", "device": "D1", "times": 5, "day": 1},
            {"partner": "P2", "device": "D1", "times": 3, "day": 76},
            {"partner": "P3", "device": "D1", "times": 1, "day": 11},
            {"partner": "P4", "device": "D8", "times": 9, "day": 1},
        ],
        payouts=[
            {"partner": "P1", "bank_account": "A1", "amount": 2000, "times": 4, "day": 30},
            {"partner": "P2", "bank_account": "A1", "amount": 3000, "times": 3, "day": 85},
            {"partner": "P3", "bank_account": "A3", "amount": 1500, "day": 41},
            {"partner": "P4", "bank_account": "A5", "amount": 1200, "day": 31},
        ],
        transfers=[
            {"from_account": "A1", "to_account": "A2", "amount": 1900, "day": 31},
            {"from_account": "A3", "to_account": "A2", "amount": 1400, "day": 42},
            {"from_account": "A2", "to_account": "A6", "amount": 3200, "day": 43},
            {"from_account": "A6", "to_account": "A1", "amount": 1100, "day": 50},
            {"from_account": "A5", "to_account": "A7", "amount": 100, "day": 32},
        ],
    )


def small_rings(links: Links, *, with_heir: bool = True) -> tuple[ScoredRing, ...]:
    """The ring of P1 and its helpers; `with_heir` adds P2 and drops C3."""
    members = {
        Kind.PARTNER: ("P1", "P2") if with_heir else ("P1",),
        Kind.CONSUMER: ("C1", "C2") if with_heir else ("C1", "C2", "C3"),
        Kind.DEVICE: ("D1",),
        Kind.BANK_ACCOUNT: ("A1",),
    }
    codes = {node.kind: list(links.nodes(node.kind)[node.key]) for node in NODES}
    return (
        ScoredRing(
            ring_id="R1",
            rank=1,
            score=0.9,
            q_value=0.01,
            typology="phoenix",
            members=tuple(
                Member(kind, codes[kind].index(name), name, "operator", 0.75)
                for kind, names in members.items()
                for name in names
            ),
            evidence=(
                Evidence("payout", 0.9, 2.0, "partners", 1.0, "Two partners are paid out to A1."),
                Evidence("age", 0.2, 300.0, "days", 10.0, "One is old.", against=True),
            ),
            amount=1000.0,
            bad_amount=260.0,
            first_at=at(20),
            last_at=at(84),
            lineage="grew" if with_heir else "born",
            found_by=("identifiers",),
        ),
    )


def _order(
    consumer: str,
    partner: str,
    *,
    day: float,
    amount: float,
    bad: float = 0,
    orders: int = 1,
    refunded: int = 0,
    disputed: int = 0,
) -> dict[str, object]:
    return {
        "consumer": consumer,
        "partner": partner,
        "day": day,
        "amount": amount,
        "bad_amount": bad,
        "orders": orders,
        "refunded": refunded,
        "disputed": disputed,
    }
