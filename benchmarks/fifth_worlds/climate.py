"""What holds for everybody in one world, drawn before anybody is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CURRENCIES = {
    "DE": "EUR", "FR": "EUR", "NL": "EUR", "ES": "EUR", "IT": "EUR", "PL": "PLN", "SE": "SEK", "DK": "DKK",
    "GB": "GBP", "CZ": "CZK", "CH": "CHF", "NO": "NOK", "RO": "RON", "US": "USD",
}  # fmt: skip
RATES = {"EUR": 1, "PLN": 4.3, "SEK": 11, "DKK": 7.5, "GBP": 0.85, "CZK": 25, "CHF": 0.95, "NOK": 11.5,
         "RON": 5, "USD": 1.1}  # fmt: skip
"""Units of a currency for a euro."""


@dataclass(frozen=True)
class Climate:
    """Rates and sizes of one world; rates are shares of 1, delays days."""

    days: int
    start: np.datetime64
    partners: int
    orders: int
    consumers: int
    towns: int
    countries: tuple[str, ...]
    country_weights: tuple[float, ...]
    local: float
    national: float
    habit: float
    growth: float
    refund: float
    dispute: float
    default: float
    refund_delay: float
    dispute_delay: float
    default_delay: float
    dated: float
    no_device: float
    no_account: float
    shared_tablets: float
    joint_accounts: float
    second_hand: float
    newcomers: float
    young_firms: float
    closing: float
    groups: float
    ring_share: float
    reviewed: float
    verdict_delay: float

    @property
    def weeks(self) -> int:
        """Weeks that the window touches."""
        return -(-self.days // 7)


def draw_climate(rng: np.random.Generator, partners: int | None, orders: int | None) -> Climate:
    """A world's climate; `partners` and `orders` are drawn where they are None."""
    firms = partners or round(float(np.exp(rng.uniform(np.log(500), np.log(3000)))))
    total = orders or int(np.clip(firms * rng.uniform(60, 170), 60_000, 300_000))
    countries = tuple(str(one) for one in rng.choice(list(CURRENCIES), rng.integers(2, 6), replace=False))
    weights = rng.dirichlet(np.full(len(countries), 0.6)) + 0.03
    return Climate(
        days=int(rng.integers(122, 611)),
        start=np.datetime64("2021-01-01") + np.timedelta64(int(rng.integers(0, 1500)), "D"),
        partners=firms,
        orders=total,
        consumers=int(total * rng.uniform(0.12, 0.4)),
        towns=max(4, int(firms / rng.uniform(12, 50))),
        countries=countries,
        country_weights=tuple(float(one) for one in weights / weights.sum()),
        local=float(rng.uniform(0.25, 0.6)),
        national=float(rng.uniform(0.2, 0.35)),
        habit=float(rng.uniform(0.3, 0.65)),
        growth=float(rng.uniform(-0.2, 0.9)),
        refund=float(rng.uniform(0.01, 0.06)),
        dispute=float(rng.uniform(0.002, 0.009)),
        default=float(rng.uniform(0.004, 0.02)),
        refund_delay=float(rng.uniform(4, 14)),
        dispute_delay=float(rng.uniform(12, 40)),
        default_delay=float(rng.uniform(25, 60)),
        dated=float(rng.choice([0.5, 0.9, 0.98, 1.0])),
        no_device=float(rng.uniform(0.02, 0.3)),
        no_account=float(rng.uniform(0.02, 0.35)),
        shared_tablets=float(rng.uniform(0.15, 0.8)),
        joint_accounts=float(rng.uniform(0.1, 0.4)),
        second_hand=float(rng.uniform(0.01, 0.08)),
        newcomers=float(rng.uniform(0.2, 0.55)),
        young_firms=float(rng.uniform(0.2, 0.5)),
        closing=float(rng.uniform(0.05, 0.16)),
        groups=float(rng.uniform(0.7, 1.5)),
        ring_share=float(np.exp(rng.uniform(np.log(0.013), np.log(0.065)))),
        reviewed=float(rng.uniform(0.02, 0.09)),
        verdict_delay=float(rng.uniform(15, 70)),
    )
