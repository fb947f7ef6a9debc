"""What a world is like, drawn anew for each seed from wide ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.ninth_worlds.units import COUNTRIES, TRADES
from benchmarks.writing.units import Floats, Ints, check_room, log_uniform

SCHEMES: Final = ("sham_sales", "bust_out", "round_trip", "phoenix")
"""Sales to buyers who never pay; fronts that fail at once; money that goes round; shops that come again."""
LONELY: Final = ("refund_crew", "credit_crew")
"""Rings of consumers alone."""


@dataclass(frozen=True)
class Settings:
    """`see_*` is the share of rows in which that is known, 0 where the data lack it altogether.

    `schemes` (4,) weights of `SCHEMES`; `care` the two parameters of a beta distribution; `crowding` how many
    honest organisations there are, 1 being usual; `loud` scales how much of what crews do ends badly.
    """

    partners: int
    orders: int
    days: int
    start: pd.Timestamp
    countries: Ints
    country_share: Floats
    towns: int
    consumers: int
    popularity: float
    trade_share: Floats
    reach: Floats
    old: float
    closures: float
    households: float
    default: float
    dispute: float
    undated: float
    see_device: float
    see_account: float
    see_log_in: float
    see_transfer: float
    log_ins: float
    rings: int
    lonely: int
    ring_partners: int
    schemes: Floats
    care: tuple[float, float]
    loud: float
    recruits: float
    crowding: float
    chatter: float
    troubled: float
    lone_frauds: float
    ring_review: float
    honest_review: float
    wrong: float
    review_delay: float


def draw_settings(rng: np.random.Generator, partners: int | None, orders: int | None) -> Settings:
    """The settings of a world; ValueError where so few partners or orders cannot hold its rings."""
    drawn = int(log_uniform(rng, 400, 3000))
    each = log_uniform(rng, 28, 160)
    partners = drawn if partners is None else partners
    orders = int(np.clip(partners * each, 20_000, 300_000)) if orders is None else orders
    check_room(partners, orders, 15)
    lands = int(rng.integers(1, 9))
    rings = 0 if rng.random() < 1 / 12 else int(rng.integers(10, 26))
    most = partners * rng.uniform(0.05, 0.085)
    rings = min(rings, max(10, int(most / 4.2))) if rings else 0
    unseen = rng.random(4) < [0.12, 0.2, 0.15, 0.15]
    seen = np.where(unseen, 0.0, 1 - rng.uniform(0, [0.6, 0.7, 0.5, 0.5]) ** 1.3)
    return Settings(
        partners=partners,
        orders=orders,
        days=int(rng.integers(150, 541)),
        start=pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(rng.integers(0, 500))),
        countries=rng.choice(len(COUNTRIES), lands, replace=False),
        country_share=rng.dirichlet(np.full(lands, rng.uniform(0.8, 4))),
        towns=int(rng.integers(10, 80)),
        consumers=int(max(3000, orders / log_uniform(rng, 2.5, 9))),
        popularity=rng.uniform(0.6, 1.3),
        trade_share=rng.dirichlet(np.full(len(TRADES), rng.uniform(0.8, 5))),
        reach=rng.dirichlet([5, 4, 2]),
        old=rng.uniform(0.35, 0.8),
        closures=rng.uniform(0.12, 0.45),
        households=rng.uniform(0.05, 0.3),
        default=log_uniform(rng, 0.006, 0.04),
        dispute=log_uniform(rng, 0.003, 0.025),
        undated=rng.choice([0.0, rng.uniform(0, 0.4)]),
        see_device=float(seen[0]),
        see_account=float(seen[1]),
        see_log_in=float(seen[2]),
        see_transfer=float(seen[3]),
        log_ins=log_uniform(rng, 1, 6),
        rings=rings,
        lonely=int(rng.binomial(rings, rng.uniform(0.05, 0.2))),
        ring_partners=int(most),
        schemes=rng.dirichlet([3, 2, 2, 1.6]) * 0.9 + 0.025,
        care=(rng.uniform(1, 4), rng.uniform(1, 4)),
        loud=rng.uniform(0.5, 1.1),
        recruits=rng.uniform(0.1, 0.6),
        crowding=log_uniform(rng, 0.8, 1.8),
        chatter=log_uniform(rng, 0.4, 2),
        troubled=rng.uniform(0.07, 0.18),
        lone_frauds=rng.uniform(0.001, 0.006),
        ring_review=rng.choice([0.0, rng.uniform(0.1, 0.7)], p=[0.15, 0.85]),
        honest_review=log_uniform(rng, 0.005, 0.08),
        wrong=rng.uniform(0, 0.15),
        review_delay=rng.uniform(5, 40),
    )
