"""What a world is like: its size, its calendar, its countries, its habits and how much of it can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

DAY_MS: Final = 86_400_000
FEWEST_PARTNERS: Final = 200
FEWEST_ORDERS_EACH: Final = 12

# Country, currency, units of that currency to a euro
LANDS: Final = (
    ("DE", "EUR", 1.0),
    ("NL", "EUR", 1.0),
    ("FR", "EUR", 1.0),
    ("ES", "EUR", 1.0),
    ("IT", "EUR", 1.0),
    ("PT", "EUR", 1.0),
    ("AT", "EUR", 1.0),
    ("PL", "PLN", 4.3),
    ("SE", "SEK", 11.3),
    ("CZ", "CZK", 25.0),
    ("GB", "GBP", 0.86),
    ("RO", "RON", 5.0),
    ("DK", "DKK", 7.46),
    ("CH", "CHF", 0.95),
)


@dataclass(frozen=True)
class Trade:
    """A line of business: prices, moods of its customers, hours and the rhythm of its payouts."""

    name: str
    codes: tuple[str, ...]
    share: float
    price: float
    spread: float
    custom: float
    refunds: float
    disputes: float
    credit: float
    hours: str
    payout_days: tuple[int, ...]
    local: bool


TRADES: Final = (
    Trade("courier", ("4215",), 0.14, 9, 0.4, 0.9, 0.6, 0.7, 0.02, "meals", (1, 1, 7), True),
    Trade("kitchen", ("5812", "5814"), 0.20, 24, 0.45, 1.6, 0.7, 0.6, 0.02, "meals", (1, 7, 7), True),
    Trade("grocer", ("5411", "5499"), 0.08, 32, 0.6, 1.8, 0.5, 0.4, 0.03, "shop", (7,), True),
    Trade("fashion", ("5651", "5691"), 0.14, 62, 0.6, 1.1, 2.6, 1.0, 0.35, "evening", (7, 14), False),
    Trade("electronics", ("5732", "4812"), 0.08, 180, 0.8, 0.7, 1.2, 1.5, 0.5, "evening", (7, 14), False),
    Trade("second_hand", ("5931",), 0.07, 95, 0.8, 0.5, 1.1, 1.4, 0.2, "evening", (7, 14), False),
    Trade("toys_and_gifts", ("5945", "5947"), 0.08, 35, 0.5, 0.8, 1.2, 0.8, 0.15, "evening", (7, 14), False),
    Trade("tickets", ("7922",), 0.05, 78, 0.6, 0.8, 1.0, 1.6, 0.15, "evening", (7, 30), False),
    Trade("travel", ("4722", "7011"), 0.06, 260, 0.7, 0.4, 1.5, 1.5, 0.45, "office", (7, 14, 30), False),
    Trade("gig", ("7299", "7349", "8999"), 0.10, 45, 0.6, 0.6, 0.7, 0.9, 0.08, "office", (1, 1, 7), True),
)
TRADE: Final = {trade.name: code for code, trade in enumerate(TRADES)}

_HOURS: Final = {
    "meals": (1, 1, 0, 0, 0, 0, 1, 2, 3, 3, 4, 9, 14, 10, 5, 4, 5, 9, 15, 17, 13, 8, 4, 2),
    "shop": (1, 0, 0, 0, 0, 1, 2, 5, 8, 10, 11, 11, 10, 9, 9, 10, 11, 12, 11, 8, 5, 3, 2, 1),
    "evening": (4, 2, 1, 1, 1, 1, 2, 3, 4, 5, 6, 6, 7, 7, 6, 6, 7, 8, 9, 11, 13, 13, 10, 7),
    "office": (1, 1, 0, 0, 0, 1, 2, 5, 9, 12, 12, 11, 9, 10, 11, 10, 9, 7, 5, 4, 4, 3, 2, 1),
}


def hour_cdf() -> NDArray[np.float64]:
    """For each trade, the share of its day that has passed at each full hour; 25 columns."""
    table = np.array([_HOURS[trade.hours] for trade in TRADES], float) + 0.15
    share = np.cumsum(table, axis=1) / table.sum(axis=1, keepdims=True)
    return np.concatenate([np.zeros((len(TRADES), 1)), share], axis=1)


@dataclass(frozen=True)
class Climate:
    """Everything that is drawn once for a world."""

    partners: int
    orders: int
    rings: int
    groups: int
    kinds: int
    start: int
    days: int
    lands: NDArray[np.int64]
    trade_shares: NDArray[np.float64]
    people: int
    cities: int
    refunds: float
    disputes: float
    defaults: float
    churn: float
    newcomers: float
    loyalty: float
    weekend: float
    growth: float
    season: float
    bad_luck: float
    care: tuple[float, float]
    fresh_crew: float
    pace: float
    owners_who_buy: float
    transfers: float
    logins: float
    hide_device: float
    hide_account: float
    hide_login: float
    hide_transfer: float
    hide_outcome_at: float
    hide_column: NDArray[np.float64]
    hide_row: float
    coverage: float
    mistakes: float
    missed: float
    slow: float
    audits: float
    whole_seconds: bool

    @property
    def end(self) -> int:
        """The last moment of the data."""
        return self.start + self.days * DAY_MS

    def day_cdf(self) -> NDArray[np.float64]:
        """The share of all custom that has passed at the start of each day; `days` + 1 numbers."""
        day = np.arange(self.days)
        date = (np.datetime64(self.start, "ms") + day.astype("timedelta64[D]")).astype("datetime64[D]")
        of_year = (date - date.astype("datetime64[Y]").astype("datetime64[D]")).astype(float)
        weekday = (date.astype(int) + 3) % 7
        level = 1 + self.growth * day / self.days
        level = level * (1 + self.weekend * np.isin(weekday, (4, 5)))
        level = level * (1 + self.season * 0.5 * np.sin((of_year - 80) / 365 * 2 * np.pi))
        level = level * (1 + self.season * 2.0 * np.exp(-(((of_year - 330) / 3.0) ** 2)))
        level = level * (1 + self.season * 1.5 * np.exp(-(((of_year - 350) / 9.0) ** 2)))
        passed = np.concatenate([[0.0], np.cumsum(level)])
        return np.asarray(passed / passed[-1])


def draw_climate(rng: np.random.Generator, partners: int | None, orders: int | None) -> Climate:
    """A world's nature; sizes that are given are kept, and too small ones refused."""
    drawn_partners = int(np.exp(rng.uniform(np.log(600), np.log(2_200))))
    drawn_orders = int(np.exp(rng.uniform(np.log(60_000), np.log(250_000))))
    partners = drawn_partners if partners is None else partners
    orders = drawn_orders if orders is None else orders
    if partners < FEWEST_PARTNERS:
        raise ValueError(f"{partners} partners are too few for rings: at least {FEWEST_PARTNERS} are needed")
    if orders < FEWEST_ORDERS_EACH * partners:
        raise ValueError(f"{orders} orders are too few for {partners} partners")
    most = int(np.clip(partners / 55, 5, 20))
    rings = int(rng.integers(max(5, most // 3), most + 1))
    start = np.datetime64("2021-01-01") + np.timedelta64(int(rng.integers(0, 1_100)), "D")
    shares = np.array([trade.share for trade in TRADES]) * rng.lognormal(0, 0.35, len(TRADES))
    careful = np.sort(rng.beta(1.0, 1.0, 2))
    return Climate(
        partners=partners,
        orders=orders,
        rings=rings,
        groups=round(rings * rng.uniform(3, 6)),
        kinds=int(rng.integers(6, 13)),
        start=int(start.astype("datetime64[ms]").astype(int)),
        days=int(rng.integers(240, 541)),
        lands=rng.permutation(len(LANDS))[: rng.integers(3, 8)],
        trade_shares=shares / shares.sum(),
        people=max(700, int(orders / rng.uniform(4, 10))),
        cities=int(rng.integers(4, 12)),
        refunds=rng.uniform(0.015, 0.06),
        disputes=float(np.exp(rng.uniform(np.log(0.002), np.log(0.012)))),
        defaults=rng.uniform(0.01, 0.06),
        churn=rng.uniform(0.06, 0.22),
        newcomers=rng.uniform(0.25, 0.6),
        loyalty=rng.uniform(0.35, 0.75),
        weekend=rng.uniform(-0.15, 0.5),
        growth=rng.uniform(-0.2, 0.8),
        season=rng.uniform(0.1, 0.7),
        bad_luck=rng.uniform(0.25, 0.6),
        care=(0.6 * float(careful[0]), 0.5 + 0.5 * float(careful[1])),
        fresh_crew=rng.uniform(0.1, 0.7),
        pace=float(np.clip((orders / partners / 110) ** 0.5, 0.45, 1.8)),
        owners_who_buy=rng.uniform(0.05, 0.3),
        transfers=rng.uniform(0.12, 0.45),
        logins=rng.uniform(0.5, 1.6),
        hide_device=rng.uniform(0.03, 0.5),
        hide_account=rng.uniform(0.05, 0.55),
        hide_login=rng.uniform(0.0, 0.3),
        hide_transfer=rng.uniform(0.0, 0.35),
        hide_outcome_at=rng.uniform(0.0, 0.08),
        hide_column=rng.beta(0.7, 2.2, 9),
        hide_row=rng.uniform(0.0, 0.03),
        coverage=rng.uniform(0.2, 0.8),
        mistakes=rng.uniform(0.01, 0.08),
        missed=rng.uniform(0.08, 0.35),
        slow=rng.uniform(10, 45),
        audits=rng.uniform(0.01, 0.06),
        whole_seconds=bool(rng.random() < 0.5),
    )
