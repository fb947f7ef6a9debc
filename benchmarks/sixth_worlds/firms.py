"""Partners as they are before any story takes them."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.sixth_worlds.trades import COMMON_WORDS, SYLLABLES, TRADES
from benchmarks.sixth_worlds.world import STAFF_DEVICES, Firms, World
from benchmarks.writing.units import NONE, Floats, Ints, Texts

PERIODS: Final = np.array([1, 3, 7, 14, 30])
"""Days between payouts."""
REACH: Final = np.array([[0.78, 0.18], [0.12, 0.8], [0.05, 0.55]])
"""Local and national share of the custom of local, national and worldwide partners."""
LOCAL, NATIONAL = 0, 1


def words(rng: np.random.Generator, n: int) -> Texts:
    """(n,) made-up words of two or three syllables."""
    syllables = np.array(SYLLABLES, object)
    drawn = syllables[rng.integers(0, len(SYLLABLES), (n, 3))]
    third = np.where(rng.random(n) < 0.5, drawn[:, 2], "")
    return np.array(
        [f"{a}{b}{c}".capitalize() for a, b, c in zip(drawn[:, 0], drawn[:, 1], third, strict=True)], object
    )


def brands(rng: np.random.Generator, n: int) -> Texts:
    """(n,) first words of names; three in ten are words that many use."""
    common = np.array(COMMON_WORDS, object)[rng.integers(0, len(COMMON_WORDS), n)]
    return np.where(rng.random(n) < 0.3, common, words(rng, n))


def add_firms(world: World) -> None:
    """All partners; those of stories are changed afterwards."""
    rng, settings, n = world.rng, world.settings, world.settings.partners
    days = world.days
    town = rng.choice(len(world.town_share), n, p=world.town_share)
    country = world.town_country[town]
    trade = rng.choice(len(TRADES), n, p=settings.trade_share)
    kind = rng.choice(3, n, p=rng.dirichlet([6, 4, 2]))
    on = np.where(
        rng.random(n) < settings.old_firms, -rng.exponential(320, n) - 5, rng.uniform(-20, 0.86 * days, n)
    )
    left = days - np.maximum(on, 0)
    life = np.where(rng.random(n) < 0.5, rng.uniform(0, 1, n) * left, rng.exponential(0.45 * days, n))
    life = np.maximum(20, life)
    off = np.where(rng.random(n) < settings.closures, np.maximum(on, 0) + life, np.inf)
    off[off > days - 4] = np.inf
    price = np.array([one.price for one in TRADES])
    account = world.new_accounts(n)
    brand = brands(rng, n)
    spread = settings.firm_spread
    world.firms = Firms(
        town=town,
        country=country,
        trade=trade,
        kind=kind,
        reach=REACH[kind],
        popularity=np.exp(rng.normal(0, settings.popularity, n) + 0.25 * kind),
        on=on,
        off=off,
        growth=rng.normal(0.1, 0.7, n),
        loyalty=rng.beta(2, 3, n),
        price=price[trade] * np.exp(rng.normal(0, 0.35, n)) * settings.rates[country],
        sigma=np.array([one.sigma for one in TRADES])[trade] * rng.uniform(0.5, 1.2, n),
        price_way=rng.choice(4, n, p=rng.dirichlet([3.5, 3, 1.5, 2])),
        refund=settings.refund_rate[trade] * np.exp(rng.normal(0, 0.4, n)),
        default=np.exp(rng.normal(0, spread, n)) * settings.trade_risk[0, trade],
        dispute=np.exp(rng.normal(0, 1.1 * spread, n)) * settings.trade_risk[1, trade],
        no_device=_shares(rng, np.where(kind == LOCAL, 2, 0.5) * settings.no_device),
        no_account=_shares(rng, np.full(n, settings.no_account)),
        hour=np.array([one.hour for one in TRADES])[trade] + rng.normal(0, 1.2, n),
        period=rng.choice(PERIODS, n, p=settings.payout_periods),
        account=account,
        later_account=np.where(rng.random(n) < settings.account_change, world.new_accounts(n), account),
        account_since=_within_lives(rng, on, off, days),
        devices=_staff_devices(world, n),
        log_ins=settings.log_ins * np.exp(rng.normal(0, 0.6, n)),
        brand=brand,
        second=words(rng, n),
        style=rng.integers(0, 5, n),
        legal=np.where(rng.random(n) < 0.7, brand, words(rng, n)),
        tail_from=np.full(n, np.inf),
        tail_share=np.zeros(n),
        storm_from=np.full(n, np.inf),
        storm_to=np.full(n, np.inf),
        storm_share=np.zeros(n),
        blow_off=np.full(n, np.inf),
        subscription=np.zeros(n, np.bool_),
        fresh_custom=np.zeros(n, np.bool_),
        factor_account=np.full(n, NONE),
        heir_of=np.full(n, NONE),
        heir_share=np.zeros(n),
        busy=np.zeros(n, np.bool_),
        of_ring=np.zeros(n, np.bool_),
        opening=np.zeros(n),
        ending=np.full(n, days),
    )


def _shares(rng: np.random.Generator, mean: Floats) -> Floats:
    """(n,) shares around those means."""
    mean = np.clip(mean, 0.005, 0.8)
    return rng.beta(8 * mean, 8 * (1 - mean))


def _within_lives(rng: np.random.Generator, on: Floats, off: Floats, days: float) -> Floats:
    """A day in the middle of each life."""
    since = np.maximum(on, 0)
    day: Floats = since + rng.uniform(0.1, 0.9, len(on)) * np.maximum(20, np.minimum(off, days) - since)
    return day


def _staff_devices(world: World, n: int) -> Ints:
    """One to three login devices each; room is left for the owner's own phone."""
    count = world.rng.choice([1, 2, 3], n, p=world.settings.staff_devices)
    new = world.new_devices(n * 3).reshape(n, 3)
    devices = np.full((n, STAFF_DEVICES), NONE)
    devices[:, :3] = np.where(np.arange(3) < count[:, None], new, NONE)
    return devices


def settle_lives(world: World) -> None:
    """Bound every partner's trade within the window, after all stories are planned."""
    firms, days = world.firms, world.days
    firms.on = np.minimum(firms.on, 0.93 * days)
    firms.opening = np.maximum(firms.on, 0)
    firms.ending = np.minimum(np.maximum(np.minimum(firms.off, days), firms.opening + 6), days)
