"""The climate of a world: what its seed settles before anybody trades."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

LEAST_PARTNERS: Final = 150
LEAST_ORDERS: Final = 5_000


@dataclass(frozen=True)
class Climate:
    """What a world is like. Shares are in [0, 1], times in days from the world's first day."""

    partners: int
    orders: int
    consumers: int
    days: int
    first_day: np.datetime64
    countries: tuple[int, ...]
    cities: tuple[int, ...]
    """How many cities each country has."""
    local: float
    favoured: float
    season: float
    payday: float
    trouble: tuple[float, float, float]
    """Factors on what is refunded, disputed and defaulted by trade."""
    phone_known: float
    account_known: float
    wallet_is_till: float
    """Share of shops whose payouts come into the owner's own wallet."""
    signed_up: float
    """Share of shops whose sign-up or repair a salesman did on his own phone."""
    lent: tuple[float, float, float, float]
    """Share of shops that use a neighbour's terminal, of shops that a relative is paid for, and of people who
    sometimes pay with a friend's phone, and from a relative's account."""
    transfers: float
    """Everyday transfers an order; 0: there is no such table."""
    ring_share: float
    """The most of all shops that are in rings."""
    alike: float
    """Honest look-alike groups a ring."""
    lone: float
    """Crooks without a ring, a shop."""
    ring_kinds: tuple[int, int]
    """Kinds of rings with shops, and of people."""
    loudness: float
    """Factor on how much members of groups, honest or not, trade in them."""
    reviewed: float
    """Share of partners reviewed; 0: there is no table of labels."""
    review_error: float
    filled: dict[str, float]
    """How often optional columns are filled; 0: the column is left out."""
    listed: dict[str, float]
    """Share of entities that their own tables list; 0: the table is left out."""


def draw_climate(rng: np.random.Generator, partners: int | None, orders: int | None) -> Climate:
    """Draw a climate; raises ValueError where a world would be too small for rings."""
    if partners is None:
        partners = int(np.exp(rng.uniform(np.log(600), np.log(3000))))
    if orders is None:
        orders = int(np.clip(partners * np.exp(rng.uniform(np.log(45), np.log(130))), 40_000, 350_000))
    if partners < LEAST_PARTNERS or orders < LEAST_ORDERS:
        raise ValueError(f"A world needs {LEAST_PARTNERS} partners and {LEAST_ORDERS} orders to hide rings.")
    many = int(rng.integers(1, 6))
    countries = tuple(int(one) for one in rng.choice(14, many, replace=False))
    most = max(2, partners // (many * 40))
    cities = tuple(int(one) for one in rng.integers(min(2, most), min(most, 8) + 1, many))
    first_day = np.datetime64("2023-01-01") + np.timedelta64(int(rng.integers(0, 900)), "D")
    return Climate(
        partners=partners,
        orders=orders,
        consumers=int(orders / rng.uniform(6, 15)),
        days=int(rng.integers(150, 420)),
        first_day=first_day,
        countries=countries,
        cities=cities,
        local=rng.uniform(0.75, 0.93),
        favoured=rng.uniform(0.5, 0.8),
        season=rng.uniform(0.05, 0.4),
        payday=rng.uniform(0.0, 0.6),
        trouble=(rng.uniform(0.4, 2.0), rng.uniform(0.8, 2.8), rng.uniform(0.4, 2.5)),
        phone_known=rng.uniform(0.45, 1.0),
        account_known=rng.uniform(0.5, 1.0),
        wallet_is_till=rng.uniform(0.05, 0.5),
        signed_up=rng.uniform(0.3, 0.85),
        lent=(
            rng.uniform(0.12, 0.35),
            rng.uniform(0.03, 0.1),
            rng.uniform(0.05, 0.3),
            rng.uniform(0.02, 0.15),
        ),
        transfers=float(rng.choice([0.0, rng.uniform(0.05, 0.4)], p=[0.2, 0.8])),
        ring_share=rng.uniform(0.06, 0.11),
        alike=rng.uniform(3.2, 5.8),
        lone=rng.uniform(0.01, 0.03),
        ring_kinds=(int(rng.integers(4, 9)), int(rng.integers(2, 5))),
        loudness=float(np.clip((orders / partners / 55) ** 0.5, 0.7, 1.6)) * rng.uniform(0.75, 1.25),
        reviewed=float(rng.choice([0.0, rng.uniform(0.02, 0.12)], p=[0.25, 0.75])),
        review_error=rng.uniform(0.005, 0.04),
        filled={
            "legal_name": _gaps(rng, 0.3),
            "category": _gaps(rng, 0.15),
            "website": rng.uniform(0.05, 0.35) * (rng.random() < 0.6),
            "country": _gaps(rng, 0.1),
            "closed_at": float(rng.random() < 0.8),
            "consumer_country": _gaps(rng, 0.3),
            "created_at": rng.uniform(0.6, 1.0),
            "kind": _gaps(rng, 0.2),
            "first_seen_at": _gaps(rng, 0.3),
            "account_country": _gaps(rng, 0.3),
            "opened_at": _gaps(rng, 0.4),
            "paid_at": float(rng.choice([1.0, rng.uniform(0.3, 0.95)])),
        },
        listed={
            "consumers": rng.uniform(0.9, 1.0),
            "devices": rng.uniform(0.85, 1.0) * (rng.random() < 0.75),
            "bank_accounts": rng.uniform(0.85, 1.0) * (rng.random() < 0.7),
        },
    )


def _gaps(rng: np.random.Generator, without: float) -> float:
    """How often a column is filled: never in a share `without` of worlds, else often or always."""
    if rng.random() < without:
        return 0.0
    return float(rng.choice([1.0, rng.uniform(0.6, 0.98)]))
