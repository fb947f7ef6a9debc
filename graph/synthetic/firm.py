"""The payments company of a made-up world: where, when, how large, how people behave; drawn by a seed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DAY_S = 86_400
FAR_S = 2**40
"""Stands for "not yet" among moments in epoch seconds."""

# country, share of firms that work there, hours from UTC, currency of a firm at home there
COUNTRIES = (
    ("DE", 1, "EUR"), ("FR", 1, "EUR"), ("NL", 1, "EUR"), ("ES", 1, "EUR"), ("IT", 1, "EUR"),
    ("AT", 1, "EUR"), ("BE", 1, "EUR"), ("IE", 0, "EUR"), ("PT", 0, "EUR"), ("FI", 2, "EUR"),
    ("SE", 1, "SEK"), ("NO", 1, "NOK"), ("DK", 1, "DKK"), ("GB", 0, "GBP"), ("PL", 1, "PLN"),
    ("CZ", 1, "CZK"), ("US", -6, "USD"), ("CA", -5, "CAD"), ("BR", -3, "BRL"), ("AU", 10, "AUD"),
)  # fmt: skip


@dataclass(frozen=True)
class Category:
    """A line of trade: how much an order costs, when people buy, how orders end."""

    mcc: str
    words: tuple[str, ...]
    amount: float  # median of an order in euros
    spread: float  # sigma of its logarithm
    peak_hour: float
    peak_width: float
    weekend: float  # factor on Saturdays and Sundays
    season: float  # strength of the yearly wave
    refund: float
    dispute: float
    default: float


CATEGORIES = (
    Category("5411", ("Market", "Foods", "Grocer", "Deli"), 34, 0.6, 17, 4.0, 1.2, 0.05, 0.01, 0.003, 0.006),
    Category(
        "5651", ("Fashion", "Wear", "Outfit", "Moda"), 62, 0.7, 20, 4.0, 1.15, 0.30, 0.16, 0.006, 0.015
    ),
    Category(
        "5732", ("Electronics", "Tech", "Digital", "Gadget"), 180, 0.9, 19, 4.5, 1.0, 0.35, 0.06, 0.012, 0.02
    ),
    Category("5812", ("Kitchen", "Bistro", "Grill", "Table"), 28, 0.5, 19, 2.5, 1.5, 0.1, 0.01, 0.004, 0.004),
    Category("5912", ("Pharmacy", "Health", "Vital", "Care"), 29, 0.6, 14, 4, 0.7, 0.1, 0.02, 0.003, 0.006),
    Category("4722", ("Travel", "Tours", "Voyages", "Trips"), 340, 0.8, 21, 4.0, 0.9, 0.6, 0.08, 0.03, 0.018),
    Category("7922", ("Tickets", "Events", "Stage", "Live"), 75, 0.6, 20, 3.5, 1.1, 0.4, 0.05, 0.025, 0.012),
    Category("5945", ("Toys", "Games", "Hobby", "Play"), 46, 0.7, 20, 4.0, 1.2, 0.7, 0.05, 0.006, 0.012),
    Category(
        "5712", ("Furniture", "Living", "Home", "Interior"), 260, 0.9, 20, 4.0, 1.2, 0.2, 0.09, 0.014, 0.02
    ),
    Category(
        "5816", ("Online", "Credits", "Pixel", "Streaming"), 18, 0.7, 22, 5.0, 1.2, 0.05, 0.03, 0.02, 0.025
    ),
    Category("7298", ("Beauty", "Spa", "Salon", "Wellness"), 58, 0.5, 15, 3.0, 0.9, 0.1, 0.02, 0.005, 0.006),
    Category("7538", ("Garage", "Motors", "Auto", "Parts"), 150, 0.8, 12, 3.0, 0.5, 0.1, 0.04, 0.008, 0.012),
    Category("5944", ("Jewels", "Gold", "Watches", "Gems"), 210, 1.0, 18, 4.0, 1.0, 0.5, 0.08, 0.02, 0.025),
    Category("5941", ("Sports", "Outdoor", "Active", "Bikes"), 85, 0.8, 19, 4.0, 1.1, 0.3, 0.1, 0.006, 0.012),
    Category("8299", ("Academy", "Courses", "School"), 120, 0.8, 19, 4.5, 0.8, 0.3, 0.05, 0.015, 0.02),
    Category("5192", ("Books", "Press", "Paper", "Reading"), 24, 0.5, 20, 4.0, 1.0, 0.25, 0.04, 0.003, 0.006),
)  # fmt: skip


@dataclass(frozen=True)
class Firm:
    """What one world is like. Shares are in [0, 1], moments in epoch seconds UTC."""

    seed: int
    easy: bool
    partners: int
    orders: int
    consumers: int
    start_s: int
    days: int
    currency: str
    currency_rate: float  # its units for one euro
    countries: tuple[str, ...]
    country_share: NDArray[np.float64]
    utc_offset_h: NDArray[np.int64]
    areas: NDArray[np.int64]  # areas of each country
    categories: tuple[Category, ...]
    category_share: NDArray[np.float64]
    popularity_sigma: float
    activity_sigma: float
    loyal: float  # orders placed at a favourite
    local: float  # of the others: in one's own area
    domestic: float  # of those: in one's own country
    new_partners: float  # onboarded inside the window
    closing: float  # partners that close inside the window
    new_consumers: float
    no_device: float
    no_account: float
    no_outcome_date: float
    bad_sigma: float  # spread of partners' dispute and default rates
    bad_factor: float
    troubled: float  # honest partners with a bad spell
    growth: float  # weekly growth is carried by new consumers; this is the yearly wave's phase
    paid_after_days: float
    fee: float
    bookkept: float  # partners that a book-keeper logs in for
    facilitated: float  # partners that a facilitator's account pays
    supplied: float  # partners that pay a supplier from their payout account
    logins_a_day: float
    in_store: float  # partners whose customers order on a machine in the shop
    vouchers: float  # partners whose vouchers are paid from one account
    helped: float  # partners that a freelancer, an agency or a neighbour logs in for
    sharing: float  # scale of honest families, offices, second-hand devices

    @property
    def end_s(self) -> int:
        """The end of the window."""
        return self.start_s + self.days * DAY_S

    @property
    def volume(self) -> float:
        """Orders of an average partner, bounded so that rings do not grow with the firm for ever."""
        return min(self.orders / self.partners, 600.0)


def stream(seed: int, *purpose: str | int) -> np.random.Generator:
    """The random numbers of one purpose, independent of all others of that seed."""
    words = [zlib.crc32(one.encode()) if isinstance(one, str) else one for one in purpose]
    return np.random.default_rng([seed, *words])


def draw_firm(*, seed: int, partners: int, orders: int, easy: bool) -> Firm:
    """The company of that seed: two seeds give two companies that differ in nearly everything."""
    rng = stream(seed, "firm")
    u = rng.uniform
    home = int(rng.integers(len(COUNTRIES)))
    others = rng.permutation([i for i in range(len(COUNTRIES)) if i != home])[: int(rng.integers(1, 6))]
    chosen = [COUNTRIES[i] for i in (home, *others)]
    share = np.r_[u(0.5, 0.9) * 3, rng.gamma(0.7, 1.0, len(others))]
    trades = rng.permutation(len(CATEGORIES))[: int(rng.integers(7, 14))]
    rate = {"SEK": 11, "NOK": 11, "DKK": 7.5, "PLN": 4.3, "CZK": 25, "BRL": 6}.get(chosen[0][2], 1.0)
    weight = rng.gamma(1.5, 1.0, len(trades)) + 0.1
    year = int(rng.integers(2019, 2026))
    first = np.datetime64(f"{year}-01-01", "s").astype(np.int64) + int(rng.integers(0, 365)) * DAY_S
    per_consumer = u(4.0, 8.0)
    return Firm(
        seed=seed,
        easy=easy,
        partners=partners,
        orders=orders,
        consumers=max(200, int(orders / per_consumer)),
        start_s=int(first),
        days=int(rng.integers(120, 241)),
        currency=chosen[0][2],
        currency_rate=rate,
        countries=tuple(one[0] for one in chosen),
        country_share=share / share.sum(),
        utc_offset_h=np.array([one[1] for one in chosen], dtype=np.int64),
        areas=np.maximum(1, np.round(partners * share / share.sum() / u(12, 40))).astype(np.int64),
        categories=tuple(CATEGORIES[i] for i in trades),
        category_share=weight / weight.sum(),
        popularity_sigma=u(1.1, 1.5),
        activity_sigma=u(0.7, 1.1),
        loyal=u(0.2, 0.5),
        local=u(0.15, 0.5),
        domestic=u(0.7, 0.95),
        new_partners=u(0.15, 0.35),
        closing=u(0.08, 0.2),
        new_consumers=u(0.2, 0.5),
        no_device=u(0.02, 0.2),
        no_account=u(0.05, 0.4),
        no_outcome_date=u(0.0, 0.06),
        bad_sigma=u(0.9, 1.4),
        bad_factor=u(0.6, 1.8),
        troubled=u(0.2, 0.3),
        growth=u(0, 1),
        paid_after_days=u(7, 30),
        fee=u(0.01, 0.04),
        bookkept=u(0.2, 0.45),
        facilitated=u(0.08, 0.2),
        supplied=u(0.3, 0.6),
        logins_a_day=u(0.06, 0.25),
        sharing=u(0.9, 1.7),
        in_store=u(0.16, 0.28),
        vouchers=u(0.12, 0.22),
        helped=u(0.4, 0.7),
    )
