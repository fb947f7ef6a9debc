"""What holds for everybody in one world: each is drawn by the seed, from a wide range, before anybody is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.sixth_worlds.trades import COUNTRIES, TRADES, Country
from benchmarks.writing.units import Floats, Ints, check_room, log_uniform

LEAST_PARTNERS, MOST_PARTNERS = 300, 3500
LEAST_A_PARTNER, MOST_A_PARTNER = 25, 200
"""Orders a partner, on average."""
FEWEST_A_PARTNER = 15
"""Of a world whose size is given."""
USUAL_PARTNERS: Final = 2000

USUAL_LOOK_ALIKES: Final[Mapping[str, float]] = {
    "franchise": 12, "owner": 72, "relaunch": 30, "insolvency": 18, "subscription": 57, "launch": 80,
    "flash_sale": 120, "facilitator": 4, "book_keeper": 10, "factoring": 5, "mall": 8, "hostel": 9,
    "campus": 6, "office": 20,
}  # fmt: skip
"""Groups in a usual world of `USUAL_PARTNERS`; a world has a third to three times as many of each kind."""

RING_TYPES: Final = (
    "shell_network", "collusive_circle", "device_farm", "mule_chain", "bust_out", "phoenix",
)  # fmt: skip
TIES: Final = ("account", "device", "self_buy", "fund", "onward", "direct")
"""Common payout account; common login device; a shopper on another's login device, from another's payout
account; payouts passed on to one account; payouts passed on to the other's account."""


@dataclass(frozen=True)
class Settings:
    """Sizes and rates of one world; rates are shares of 1, spans days.

    `refund_rate` (trades,); disputes and defaults of a trade are `trade_risk` (2, trades) times as many.
    """

    partners: int
    orders: int
    days: int
    start: pd.Timestamp
    orders_a_consumer: float
    countries: tuple[Country, ...]
    country_share: Floats
    towns: Ints
    activity: float
    popularity: float
    trade_share: Floats
    refund_rate: Floats
    dispute_rate: float
    default_rate: float
    trade_risk: Floats
    firm_spread: float
    undated: float
    no_device: float
    no_account: float
    second_device: float
    second_account: float
    lending: float
    log_ins: float
    staff_devices: Floats
    payout_periods: Floats
    account_change: float
    suppliers: float
    sweeps: float
    old_firms: float
    closures: float
    households: float
    chance_ties: float
    bad_luck: float
    incidents: float
    look_alikes: Mapping[str, int]
    reviewed_honest: float
    reviewed_consumers: float
    review_of_rings: float
    review_delay: float
    ring_share: float
    consumer_rings: int
    ring_mix: Floats
    ring_sizes: float
    care: tuple[float, float]
    intensity: float
    badness: float
    hired: float
    tie_rate: float
    tie_weights: Floats
    quiet_rings: float
    cover: float

    @property
    def rates(self) -> Floats:
        """(countries,) units of the currency for a euro."""
        return np.array([one.rate for one in self.countries], np.float64)

    @property
    def disputed(self) -> float:
        """Share of bad ends that are disputes."""
        return self.dispute_rate / (self.dispute_rate + self.default_rate)


def draw_settings(rng: np.random.Generator, partners: int | None, orders: int | None) -> Settings:
    """A world's settings; `partners` and `orders` are drawn if None. ValueError: too few of them."""
    n = partners or round(log_uniform(rng, LEAST_PARTNERS, MOST_PARTNERS))
    total = orders or round(n * log_uniform(rng, LEAST_A_PARTNER, MOST_A_PARTNER))
    check_room(n, total, FEWEST_A_PARTNER)
    scale = n / USUAL_PARTNERS
    rings = log_uniform(rng, 0.015, 0.065)
    k = int(rng.integers(1, 13))
    share = rng.dirichlet(np.full(k, log_uniform(rng, 0.4, 4))) + 0.01
    towns = np.maximum(2, np.round(share / share.sum() * np.sqrt(scale) * log_uniform(rng, 20, 150)))
    trades = rng.dirichlet(np.full(len(TRADES), log_uniform(rng, 0.5, 5)))
    refunds = np.array([one.refunds for one in TRADES]) * np.exp(rng.normal(0, 0.6, len(TRADES)))
    return Settings(
        partners=n,
        orders=total,
        days=int(rng.integers(150, 701)),
        start=pd.Timestamp("2020-06-01") + pd.Timedelta(days=int(rng.integers(0, 1700))),
        orders_a_consumer=log_uniform(rng, 2.5, 10),
        countries=tuple(COUNTRIES[one] for one in rng.permutation(len(COUNTRIES))[:k]),
        country_share=share / share.sum(),
        towns=towns.astype(np.int64),
        activity=rng.uniform(0.7, 1.3),
        popularity=rng.uniform(0.6, 1.2),
        trade_share=trades,
        refund_rate=np.minimum(0.3, refunds * log_uniform(rng, 0.4, 2)),
        dispute_rate=log_uniform(rng, 0.002, 0.01),
        default_rate=log_uniform(rng, 0.002, 0.012),
        trade_risk=np.exp(rng.normal(0, rng.uniform(0.1, 0.7), (2, len(TRADES)))),
        firm_spread=rng.uniform(0.7, 1.2),
        undated=float(rng.choice([0.0, log_uniform(rng, 0.001, 0.5)], p=[0.15, 0.85])),
        no_device=log_uniform(rng, 0.01, 0.4),
        no_account=log_uniform(rng, 0.02, 0.6),
        second_device=rng.uniform(0.15, 0.6),
        second_account=rng.uniform(0.05, 0.45),
        lending=log_uniform(rng, 0.002, 0.03),
        log_ins=log_uniform(rng, 0.03, 0.4),
        staff_devices=rng.dirichlet([4, 3, 1.5]),
        payout_periods=rng.dirichlet([0.6, 1.2, 3, 2, 1.2]),
        account_change=rng.uniform(0.03, 0.25),
        suppliers=log_uniform(rng, 0.4, 2),
        sweeps=rng.uniform(0.1, 0.6),
        old_firms=rng.uniform(0.2, 0.6),
        closures=rng.uniform(0.08, 0.24),
        households=log_uniform(rng, 0.06, 0.25),
        chance_ties=rng.uniform(0.02, 0.12),
        bad_luck=rng.uniform(0.05, 0.12) + rng.uniform(1.2, 3) * rings,
        incidents=rng.uniform(0.05, 0.12) + rng.uniform(0.8, 2) * rings,
        look_alikes={
            name: round(usual * scale * log_uniform(rng, 1 / 3, 3))
            for name, usual in USUAL_LOOK_ALIKES.items()
        },
        reviewed_honest=log_uniform(rng, 0.003, 0.1),
        reviewed_consumers=log_uniform(rng, 0.0005, 0.01),
        review_of_rings=log_uniform(rng, 0.05, 0.9),
        review_delay=log_uniform(rng, 5, 60),
        ring_share=rings,
        consumer_rings=max(1, round(scale * log_uniform(rng, 1.5, 9))),
        ring_mix=rng.dirichlet(np.full(len(RING_TYPES), log_uniform(rng, 0.6, 6))),
        ring_sizes=rng.uniform(0.25, 0.65),
        care=(log_uniform(rng, 0.9, 3), log_uniform(rng, 0.7, 1.8)),
        intensity=log_uniform(rng, 0.5, 1.1),
        badness=rng.uniform(0.65, 1.05),
        hired=rng.uniform(0, 1.3),
        tie_rate=log_uniform(rng, 0.4, 1.2),
        tie_weights=rng.dirichlet(np.full(len(TIES), 4.0)) * len(TIES),
        quiet_rings=rng.uniform(0.2, 0.47),
        cover=log_uniform(rng, 0.4, 2),
    )
