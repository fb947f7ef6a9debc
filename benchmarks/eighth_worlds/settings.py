"""What differs from world to world, drawn from wide ranges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.eighth_worlds.basics import COUNTRIES
from benchmarks.writing.units import Floats, Ints, check_room, log_uniform

RINGLESS = 1 / 12
"""Share of worlds in which there is no ring at all."""


@dataclass(frozen=True)
class Settings:
    """One world's market, data and crime; shares in [0, 1], moments and spans in days.

    `orders_each`: mean orders of a consumer. `loyal`, `cross`: mean share of orders that repeat one at the
    same partner, at a neighbouring one. `refund`, `dispute`, `default`: usual shares of orders.
    `device_known`, `account_known`: share of orders with one; `no_device` of consumers never have. `cookies`:
    share of device ids that are thrown away after one order. `sends`: of payouts of which some goes on.
    `snapshot`: what ends after the window is still open. `care`: how careful rings are.
    """

    partners: int
    orders: int
    days: float
    start: np.datetime64
    countries: Ints
    country_share: Floats
    areas: int
    orders_each: float
    loyal: float
    cross: float
    size_sigma: float
    local: float
    season: float
    season_days: float
    weekend: float
    growth: float
    newcomers: float
    churn: float
    refund: float
    dispute: float
    default: float
    bad_people: float
    bad_spread: float
    device_known: float
    no_device: float
    cookies: float
    account_known: float
    households: float
    tills: float
    log_ins: float
    transfers: bool
    sends: float
    snapshot: bool
    undated: float
    ring_share: float
    people_rings: float
    care: float
    alike: float
    reviewed_rings: float
    reviewed: float
    review_delay: float
    wrong: float


def draw_settings(rng: np.random.Generator, partners: int | None, orders: int | None) -> Settings:
    """Everything that is the world's own; ValueError where the numbers given are too small to hold a ring."""
    drawn = round(log_uniform(rng, 300, 3000))
    partners = drawn if partners is None else partners
    each = log_uniform(rng, 30, 300)
    orders = int(np.clip(partners * each, max(20_000, 25 * partners), 300_000)) if orders is None else orders
    check_room(partners, orders, 15)
    many = int(min(len(COUNTRIES), rng.geometric(0.3)))
    invoice, cards = rng.dirichlet([0.8, 0.8, 0.5])[:2]
    days = log_uniform(rng, 70, 720)
    snapshot, log_ins, transfers = rng.random() < 0.5, rng.random() < 0.8, rng.random() < 0.75
    labels = rng.random() > 0.2
    return Settings(
        partners=partners,
        orders=orders,
        days=days,
        start=np.datetime64("2021-01-01", "s") + int(rng.integers(0, 1500)) * np.timedelta64(86_400, "s"),
        countries=rng.choice(len(COUNTRIES), many, replace=False),
        country_share=rng.dirichlet(np.full(many, 0.8)),
        areas=many * int(rng.integers(1, 12)),
        orders_each=log_uniform(rng, 1.5, 16),
        loyal=rng.uniform(0.05, 0.8),
        cross=rng.uniform(0.0, 0.25),
        size_sigma=rng.uniform(0.5, 1.4),
        local=rng.uniform(0.05, 0.9),
        season=rng.uniform(0, 0.9),
        season_days=float(rng.choice([7.0, 30.4, 91.0, 365.0])),
        weekend=rng.uniform(0.5, 1.6),
        growth=rng.uniform(0, 1.0),
        newcomers=rng.uniform(0.1, 0.65),
        churn=rng.uniform(0.05, 0.4),
        refund=log_uniform(rng, 0.01, 0.12),
        dispute=0.0015 + 0.014 * float(cards) * rng.random(),
        default=0.001 + 0.05 * float(invoice) * rng.random(),
        bad_people=rng.uniform(0.002, 0.02),
        bad_spread=rng.uniform(0.4, 1.1),
        device_known=rng.uniform(0.15, 0.98),
        no_device=rng.uniform(0, 0.6),
        cookies=max(0.0, rng.uniform(-0.3, 0.5)),
        account_known=max(0.01, rng.uniform(-0.2, 0.5)),
        households=rng.uniform(0.02, 0.35),
        tills=max(0.0, rng.uniform(-0.05, 0.12)),
        log_ins=log_uniform(rng, 0.01, 0.2) if log_ins else 0.0,
        transfers=bool(transfers),
        sends=rng.uniform(0.1, 0.7),
        snapshot=bool(snapshot),
        undated=max(0.0, rng.uniform(-0.2, 0.3)),
        ring_share=0.0 if rng.random() < RINGLESS else rng.uniform(0.02, 0.07),
        people_rings=rng.uniform(0.2, 2.5),
        care=rng.uniform(0.1, 0.85),
        alike=log_uniform(rng, 0.5, 2.0),
        reviewed_rings=rng.uniform(0.1, 1.0) * labels,
        reviewed=log_uniform(rng, 0.004, 0.06) * labels,
        review_delay=log_uniform(rng, 4, 60),
        wrong=rng.uniform(0, 0.12),
    )
