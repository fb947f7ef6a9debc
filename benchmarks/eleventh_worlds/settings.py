"""What holds for everybody in one world; drawn by the seed before anybody is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.eleventh_worlds.draws import flip, one_around
from benchmarks.writing.units import check_room, log_uniform

FEWEST_PARTNERS_DRAWN, MOST_PARTNERS_DRAWN = 500, 3000
FEWEST_ORDERS_DRAWN, MOST_ORDERS_DRAWN = 50_000, 300_000
LEAST_A_PARTNER, MOST_A_PARTNER = 45, 170
"""Orders a partner, on average."""
FEWEST_A_PARTNER: Final = 30
"""Of a world whose size is given."""

TYPOLOGIES: Final = (
    "collusive", "bust_out", "shell_network", "self_dealing", "takeover", "phoenix", "mule_collector",
    "refund_abuse", "triangulation",
)  # fmt: skip

LACKING: Final = 0.6
"""Share of worlds that lack something."""
LACKS: Final = {
    "labels": 0.5, "transfers": 0.7, "devices": 1.0, "consumers": 0.7, "bank_accounts": 1.0,
    "partner_logins": 0.5, "payouts": 0.4, "orders.device_id": 0.5, "orders.account_id": 1.0,
    "orders.outcome_at": 1.0, "partners.category": 0.7, "partners.website": 1.0, "partners.legal_name": 1.0,
    "partners.country": 0.7, "consumers.created_at": 1.0, "bank_accounts.opened_at": 1.0,
    "partners.closed_at": 0.6, "devices.first_seen_at": 1.0,
}  # fmt: skip
"""Tables that may have no row and columns that may have no value, and how likely each is among those."""

RANGES: Final = {
    "per_ring": (50, 80),
    "care_a": (0.7, 2.5),
    "care_b": (0.7, 2.2),
    "shop_spread": (0.5, 1.15),
    "orders_per_consumer": (3, 11),
    "new_partners": (0.12, 0.45),
    "closing": (0.08, 0.4),
    "season": (0.05, 0.5),
    "ring_bad": (0.35, 0.95),
    "ring_fake": (0.6, 1.4),
    "no_device": (0, 0.35),
    "no_account": (0, 0.4),
    "label_rate": (0.008, 0.05),
    "label_noise": (0, 0.025),
    "crews": (0.3, 2),
    "non_payers": (0.5, 3),
    "household": (0.1, 0.4),
    "resold": (0, 0.03),
    "facilitated": (0, 0.2),
    "book_kept": (0.05, 0.35),
    "malls": (0.03, 0.2),
    "abroad": (0.02, 0.15),
    "drift": (0.2, 0.9),
    "second_baskets": (0.005, 0.04),
    "new_ring_partner": (0.4, 0.9),
    "camouflage": (0.2, 1.1),
    "supplied": (0.1, 0.6),
    "payroll": (0.1, 0.5),
    "activity": (0.6, 1.3),
    "signs_up_to_buy": (0.3, 0.8),
    "sign_up_lag": (40, 300),
    "second_device": (0.25, 0.6),
    "second_account": (0.1, 0.35),
    "renewed": (0.1, 0.4),
    "young_accounts": (0.08, 0.25),
}
"""Of numbers that are drawn from between two, all as likely."""


@dataclass(frozen=True)
class Settings:
    """Sizes and dates of a world, what it lacks (of `LACKS`), and numbers of `RANGES` and about one.

    Shares are of all partners, consumers or orders. `growth` is of the logarithm of custom in a year.
    """

    partners: int
    orders: int
    days: int
    start: pd.Timestamp
    lacks: frozenset[str]
    defaults: float
    disputes: float
    refunds: float
    look_alikes: float
    growth: float
    per_ring: float
    care_a: float
    care_b: float
    shop_spread: float
    orders_per_consumer: float
    new_partners: float
    closing: float
    season: float
    ring_bad: float
    ring_fake: float
    no_device: float
    no_account: float
    label_rate: float
    label_noise: float
    crews: float
    non_payers: float
    household: float
    resold: float
    facilitated: float
    book_kept: float
    malls: float
    abroad: float
    drift: float
    second_baskets: float
    new_ring_partner: float
    camouflage: float
    supplied: float
    payroll: float
    activity: float
    signs_up_to_buy: float
    sign_up_lag: float
    second_device: float
    second_account: float
    renewed: float
    young_accounts: float

    @property
    def people(self) -> int:
        """How many consumers there are before any acts for a ring."""
        return int(self.orders / self.orders_per_consumer)

    @property
    def rings(self) -> int:
        return max(8, int(self.partners / self.per_ring))

    @property
    def has_devices(self) -> bool:
        """Whether orders tell the device."""
        return "orders.device_id" not in self.lacks

    @property
    def has_accounts(self) -> bool:
        """Whether orders tell the account."""
        return "orders.account_id" not in self.lacks

    @property
    def has_flows(self) -> bool:
        """Whether money can be followed from a partner on."""
        return not self.lacks & {"transfers", "payouts"}


def draw_settings(rng: np.random.Generator, partners: int | None, orders: int | None) -> Settings:
    """A world's settings; `partners` and `orders` are drawn if None. ValueError: too few of them."""
    # drawn in any case: what else a seed makes does not hang on the sizes
    size = int(log_uniform(rng, FEWEST_PARTNERS_DRAWN, MOST_PARTNERS_DRAWN))
    each = log_uniform(rng, LEAST_A_PARTNER, MOST_A_PARTNER)
    n = size if partners is None else partners
    drawn = min(max(int(n * each), FEWEST_ORDERS_DRAWN), MOST_ORDERS_DRAWN)
    total = drawn if orders is None else orders
    check_room(n, total, FEWEST_A_PARTNER)
    return Settings(
        partners=n,
        orders=total,
        days=int(rng.integers(270, 720)),
        start=pd.Timestamp("2022-01-01", tz="UTC") + pd.Timedelta(days=int(rng.integers(0, 900))),
        lacks=_draw_lacks(rng),
        defaults=one_around(rng, 1.2, 0.6),
        disputes=one_around(rng, 1.3, 0.6),
        refunds=one_around(rng, 1, 0.4),
        look_alikes=one_around(rng, 1, 0.4),
        growth=float(rng.normal(0.25, 0.35)),
        **{name: float(rng.uniform(*ends)) for name, ends in RANGES.items()},
    )


def _draw_lacks(rng: np.random.Generator) -> frozenset[str]:
    """Up to four things, but never so many that a ring could leave no trace."""
    if not flip(rng, LACKING):
        return frozenset()
    weight = np.array([*LACKS.values()])
    few = int(rng.integers(1, 5))
    lacks = set(rng.choice([*LACKS], few, replace=False, p=weight / weight.sum()).tolist())
    if "payouts" in lacks:
        lacks -= {"transfers", "partner_logins"}
    if "orders.account_id" in lacks:
        lacks.discard("orders.device_id")
    return frozenset(lacks)
