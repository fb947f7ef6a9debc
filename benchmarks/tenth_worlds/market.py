"""What a market is like: all that differs from seed to seed before anybody acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.writing.units import Floats, check_room, log_uniform

COUNTRIES: Final = (
    ("DE", "EUR", "GmbH"), ("FR", "EUR", "SARL"), ("ES", "EUR", "SL"), ("IT", "EUR", "Srl"),
    ("NL", "EUR", "BV"), ("PL", "PLN", "Sp. z o.o."), ("SE", "SEK", "AB"), ("DK", "DKK", "ApS"),
    ("GB", "GBP", "Ltd"), ("NO", "NOK", "AS"), ("CH", "CHF", "AG"), ("CZ", "CZK", "s.r.o."),
)  # fmt: skip

LOOK_ALIKES: Final = (
    "chain", "franchise", "agency", "office", "factoring", "family", "mall", "relaunch", "insolvency", "sold",
    "flash_sale", "bad_shop", "lone_fraud", "dormitory", "supplier_circle", "staff_discount", "works_canteen",
)  # fmt: skip

PAYERS: Final = ("stolen", "synthetic", "recruited", "staff", "crew", "none")
MONEY: Final = ("common", "out", "mules", "round", "through", "none")
HANDS: Final = ("one", "shifts", "neighbours", "own")
LIVES: Final = ("steady", "young", "bust", "heirs", "bought")
GOODS: Final = ("honest", "nothing", "counterfeit", "late")


@dataclass(frozen=True)
class Market:
    """Numbers of a world; shares and rates are in [0, 1], times in days."""

    partners: int
    orders: int
    days: int
    start: pd.Timestamp
    countries: Floats
    towns: int
    people: int
    online: float
    reach: float
    fame: float
    loyalty: float
    sticky: float
    clerks: float
    agents: float
    gossip: float
    learning: float
    young: float
    mortality: float
    refund: float
    dispute: float
    default: float
    home: float
    joint: float
    second: float
    device_cover: float
    account_cover: float
    login_cover: float
    transfer_cover: float
    rings: int
    circles: int
    care: float
    volume: float
    alike: dict[str, float]
    mixture: dict[str, Floats]
    reviewed: float
    review_delay: float
    review_wrong: float

    def __post_init__(self) -> None:
        check_room(self.partners, self.orders, 20)


def _cover(rng: np.random.Generator, absent: float, poor: float) -> float:
    """Share of events whose identifier is known: none at all, some, or most."""
    chance = rng.random()
    if chance < absent:
        return 0.0
    return float(rng.uniform(0.25, 0.7) if chance < absent + poor else rng.uniform(0.75, 1))


def draw_market(rng: np.random.Generator, partners: int | None, orders: int | None) -> Market:
    """A market; 400 to 3,000 partners and 20,000 to 300,000 orders where those are not given."""
    n = int(log_uniform(rng, 400, 3000)) if partners is None else partners
    each = log_uniform(rng, 40, 220)
    total = int(np.clip(n * each, 20_000, 300_000)) if orders is None else orders
    few = int(rng.integers(1, 7))
    countries = np.zeros(len(COUNTRIES))
    countries[rng.permutation(len(COUNTRIES))[:few]] = rng.dirichlet(np.full(few, 0.7))
    sizes = {"payers": PAYERS, "money": MONEY, "hands": HANDS, "lives": LIVES, "goods": GOODS}
    ringless = rng.random() < 1 / 12
    return Market(
        partners=n,
        orders=total,
        days=int(rng.integers(70, 330)),
        start=pd.Timestamp("2019-01-01", tz="UTC") + pd.Timedelta(days=int(rng.integers(0, 2200))),
        countries=countries,
        towns=int(rng.integers(6, 36)),
        people=max(2500, int(total / log_uniform(rng, 2.5, 9))),
        online=rng.uniform(0.15, 0.85),
        reach=log_uniform(rng, 0.05, 0.4),
        fame=rng.uniform(0.6, 1.4),
        loyalty=rng.uniform(0.1, 0.6),
        sticky=rng.uniform(0.15, 0.5),
        clerks=rng.uniform(0.3, 0.7),
        agents=rng.uniform(0.08, 0.3),
        gossip=rng.uniform(0, 0.12),
        learning=rng.uniform(0.02, 0.4),
        young=rng.uniform(0.2, 0.6),
        mortality=rng.uniform(0.08, 0.35),
        refund=log_uniform(rng, 0.015, 0.1),
        dispute=log_uniform(rng, 0.004, 0.025),
        default=log_uniform(rng, 0.004, 0.04),
        home=rng.uniform(0.1, 0.6),
        joint=rng.uniform(0.05, 0.5),
        second=rng.uniform(0.05, 0.35),
        device_cover=_cover(rng, 0.08, 0.25),
        account_cover=_cover(rng, 0.12, 0.3),
        login_cover=_cover(rng, 0.1, 0.2),
        transfer_cover=_cover(rng, 0.15, 0.2),
        rings=0 if ringless else int(rng.integers(10, 24)),
        circles=0 if ringless else int(rng.integers(0, 4)),
        care=rng.uniform(0.15, 0.75),
        volume=log_uniform(rng, 0.25, 0.8),
        alike={name: float(rng.gamma(1.5, 1 / 1.5)) for name in LOOK_ALIKES},
        mixture={name: 0.25 / len(of) + 0.75 * rng.dirichlet(np.ones(len(of))) for name, of in sizes.items()},
        reviewed=0.0 if rng.random() < 0.15 else rng.uniform(0.2, 0.8),
        review_delay=log_uniform(rng, 3, 40),
        review_wrong=rng.uniform(0, 0.12),
    )
