"""What the seed draws of a world before anybody lives in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.writing.units import Floats, Ints, check_room, ints, log_uniform

ZONES: Final = (
    (("DE", "AT", "NL", "BE", "FR"), ("EUR",), (1.0,)),
    (("ES", "PT", "IT"), ("EUR",), (1.0,)),
    (("GB", "IE"), ("GBP", "EUR"), (0.86, 1.0)),
    (("SE", "NO", "DK", "FI"), ("SEK", "NOK", "DKK", "EUR"), (11.2, 11.5, 7.46, 1.0)),
    (("PL", "CZ"), ("PLN", "CZK"), (4.3, 25.0)),
    (("US", "CA"), ("USD", "CAD"), (1.1, 1.45)),
    (("BR",), ("BRL",), (5.6,)),
)
"""Countries, and their currencies with what a euro is in them (one for all where there is one)."""


@dataclass(frozen=True)
class Setting:
    """A world's size and habits; times in days, shares in [0, 1]."""

    partners: int
    orders: int
    consumers: int
    days: int
    start: np.datetime64
    countries: tuple[str, ...]
    currencies: tuple[str, ...]
    euro: tuple[float, ...]
    districts: int
    rings: int
    groups: float  # honest groups for each kind, about
    refund: float
    dispute: float
    default: float
    delays: tuple[float, float, float, float]  # typical: paid, refunded, disputed, defaulted
    undated: float
    device_known: float
    account_known: float
    sharing: float  # of a household's tablet and purse
    public: float  # orders from libraries, cafés
    abroad: float  # of accomplices and regulars of a shop, who live elsewhere
    local: float  # orders in one's own district
    care: float  # of crews, on average
    coverage: float  # of rings that a reviewer has met
    lacks: str
    absent: tuple[str, ...]
    dropped: tuple[tuple[str, str], ...]

    @property
    def usual(self) -> float:
        """Orders of an ordinary shop."""
        return self.orders / self.partners

    @property
    def channels(self) -> tuple[str, ...]:
        """What a tie between shops can be seen in."""
        hidden = {
            "": (), "partner_logins": ("logins",), "transfers": ("money",), "payouts": ("payouts", "money"),
        }[self.lacks]  # fmt: skip
        return tuple(one for one in ("logins", "payouts", "money") if one not in hidden)


def draw_setting(rng: np.random.Generator, partners: int | None, orders: int | None) -> Setting:
    """The seed's setting, with those sizes if given."""
    many = round(log_uniform(rng, 600, 3_000))
    each = rng.uniform(95, 160)
    partners = many if partners is None else partners
    orders = int(np.clip(partners * each, 60_000, 350_000)) if orders is None else orders
    check_room(partners, orders, 20)
    zone, currencies, euro = ZONES[rng.integers(len(ZONES))]
    rings = round(rng.uniform(10, 25))
    lacks, absent, dropped = _gaps(rng)
    return Setting(
        partners=partners,
        orders=orders,
        consumers=int(orders / rng.uniform(4, 9)),
        days=int(rng.integers(150, 460)),
        start=np.datetime64("2021-01-01", "s") + np.timedelta64(int(rng.integers(0, 1_500)), "D"),
        countries=zone,
        currencies=currencies if len(currencies) > 1 else currencies * len(zone),
        euro=euro if len(euro) > 1 else euro * len(zone),
        districts=max(4, partners // int(rng.integers(25, 70))),
        rings=max(4, min(rings, partners // 40)),
        groups=partners / 900 * rng.uniform(0.7, 1.4),
        refund=rng.uniform(0.015, 0.08),
        dispute=rng.uniform(0.004, 0.025),
        default=rng.choice([0.0, 1.0], p=[0.15, 0.85]) * rng.uniform(0.004, 0.04),
        delays=(rng.uniform(1, 25), rng.uniform(4, 14), rng.uniform(12, 40), rng.uniform(25, 60)),
        undated=float(rng.choice([0.0, rng.uniform(0.01, 0.4)])),
        device_known=float(rng.choice([1.0, rng.uniform(0.6, 0.98)])),
        account_known=float(rng.choice([1.0, rng.uniform(0.55, 0.98)])),
        sharing=rng.uniform(0.05, 0.35),
        public=rng.uniform(0, 0.02),
        abroad=rng.uniform(0.02, 0.3),
        local=rng.uniform(0.35, 0.75),
        care=rng.uniform(0.3, 0.75),
        coverage=rng.uniform(0.1, 0.6),
        lacks=lacks,
        absent=absent,
        dropped=dropped,
    )


@dataclass(frozen=True)
class Calendar:
    """Which days are busy: the week, the season, growth."""

    filled: Floats  # (days + 1,) share of trade before each day

    @staticmethod
    def of(rng: np.random.Generator, days: int) -> Calendar:
        day = np.arange(days)
        week = rng.uniform(0.75, 1.3, 7)[day % 7]
        season = 1 + rng.uniform(0, 0.25) * np.sin(2 * np.pi * (day / 365 + rng.random()))
        growth = np.exp(day / days * rng.uniform(-0.2, 0.9))
        busy = week * season * growth * rng.lognormal(0, 0.08, days)
        return Calendar(np.concatenate([[0.0], np.cumsum(busy) / busy.sum()]))

    def draw(self, rng: np.random.Generator, since: Floats, until: Floats) -> Floats:
        """A moment in each of the spans, busy days the likelier."""
        days = np.arange(len(self.filled))
        first, last = np.interp(since, days, self.filled), np.interp(until, days, self.filled)
        return np.interp(first + rng.random(len(first)) * (last - first), self.filled, days)


def spread(rng: np.random.Generator, n: int, shares: Floats) -> Ints:
    """(n,) numbers drawn by those shares."""
    filled = np.cumsum(shares)
    return ints(np.searchsorted(filled, rng.random(n) * filled[-1], side="right").clip(0, len(shares) - 1))


OPTIONAL: Final = (
    ("partners", "legal_name"), ("partners", "website"), ("partners", "category"), ("partners", "country"),
    ("partners", "closed_at"), ("consumers", "country"), ("consumers", "created_at"), ("devices", "kind"),
    ("devices", "first_seen_at"), ("bank_accounts", "country"), ("bank_accounts", "opened_at"),
)  # fmt: skip


def _gaps(rng: np.random.Generator) -> tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]:
    """What of the tables is missing altogether."""
    lacks = rng.choice(["", "partner_logins", "transfers", "payouts"], p=[0.68, 0.12, 0.12, 0.08])
    absent = [one for one in ("devices", "bank_accounts", "labels") if rng.random() < 0.08]
    dropped = tuple(one for one in OPTIONAL if rng.random() < 0.12)
    return str(lacks), tuple(absent), dropped
