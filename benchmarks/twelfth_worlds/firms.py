"""Firms: trade, place, price, popularity, life, owner, account and who may log in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.twelfth_worlds.people import PHONE, QUARTERS, SECOND, People
from benchmarks.twelfth_worlds.setting import Setting
from benchmarks.writing.units import NONE, Counted, Flags, Floats, Ints

TRADES: Final = (
    # category, word, price in euros, share online, unpaid and sent back relative to others, how common
    ("5411", "Grocery", 34, 0.1, 0.6, 0.2, 2.0),
    ("5812", "Kitchen", 27, 0.2, 0.4, 0.1, 3.0),
    ("5651", "Fashion", 68, 0.6, 1.0, 3.5, 2.5),
    ("5661", "Shoes", 84, 0.5, 1.0, 3.0, 1.2),
    ("5732", "Electronics", 230, 0.6, 2.2, 0.9, 1.5),
    ("5045", "Computers", 410, 0.7, 1.8, 0.8, 0.7),
    ("5712", "Furniture", 360, 0.5, 0.8, 1.0, 1.0),
    ("5977", "Cosmetics", 41, 0.6, 0.9, 0.5, 1.2),
    ("5945", "Toys", 44, 0.5, 0.7, 0.8, 0.8),
    ("5942", "Books", 24, 0.5, 0.5, 0.4, 0.9),
    ("5941", "Sport", 79, 0.5, 0.9, 1.5, 1.2),
    ("5944", "Jewellery", 205, 0.4, 1.7, 1.0, 0.8),
    ("4722", "Travel", 440, 0.8, 1.0, 1.3, 0.8),
    ("7997", "Fitness", 36, 0.1, 1.0, 0.1, 0.9),
    ("5968", "Box", 29, 0.9, 1.2, 0.4, 0.7),
    ("5816", "Games", 31, 0.95, 2.3, 0.3, 0.8),
    ("7230", "Beauty", 54, 0.05, 0.6, 0.1, 1.6),
    ("5912", "Pharmacy", 23, 0.3, 0.5, 0.2, 1.0),
    ("5533", "Motor", 96, 0.4, 1.1, 0.8, 1.0),
    ("5200", "Garden", 108, 0.3, 0.6, 0.7, 1.0),
    ("8299", "Academy", 150, 0.7, 1.4, 0.5, 0.6),
    ("5992", "Flowers", 43, 0.4, 0.5, 0.2, 0.8),
)
MONTHLY: Final = ("7997", "5968", "5816")
"""Categories that people subscribe to."""
ENDINGS: Final = (0.99, 0.95, 0.0, 0.5, -1.0)
"""Cents of a price; below zero any."""


@dataclass(frozen=True)
class Access:
    """(n,) each: that a firm is operated from a device, between two moments, so many times a week."""

    firm: Ints
    device: Ints
    since: Floats
    until: Floats
    weekly: Floats


@dataclass(frozen=True)
class Standing:
    """(n,) each: that a firm pays an account every so many days, a share of its monthly revenue."""

    firm: Ints
    target: Ints
    since: Floats
    until: Floats
    every: Floats
    share: Floats


@dataclass
class Firms:
    """(n,) of each."""

    trade: Ints
    quarter: Ints
    country: Ints
    online: Flags
    price: Floats
    spread: Floats
    ending: Ints
    popularity: Floats
    opened: Floats
    closed: Floats
    service: Floats
    """How often its orders are disputed, relative to others."""
    credit: Floats
    """How often its orders go unpaid, relative to others."""
    owner: Ints
    """A consumer."""
    group: Ints
    """Of firms of one owner."""
    brand: Ints
    account: Ints
    """The firm's own; `later` takes its place from `moved` on."""
    later: Ints
    moved: Floats
    agent: Ints
    """A facilitator's or factor's account that is paid in the firm's place."""
    every: Ints
    fee: Floats
    trouble: Floats
    """From when goods do not come, infinite for never; `failing`: what share of them."""
    failing: Floats
    busy: Flags
    """Of which a story is told: a crew's, or one that explains its looks."""

    def __len__(self) -> int:
        return len(self.trade)

    def values(self, column: int) -> Floats:
        """(n,) a number of each firm's trade."""
        return np.array([float(one[column]) for one in TRADES])[self.trade]


def make_firms(
    rng: np.random.Generator, setting: Setting, people: People, ids: Counted, city_country: Ints
) -> Firms:
    """Firms of a market, each with an owner who may have several."""
    n, days = setting.partners, setting.days
    common = np.array([one[6] for one in TRADES]) * rng.lognormal(0, 0.4, len(TRADES))
    trade = rng.choice(len(TRADES), n, p=common / common.sum())
    owner, group = _owners(rng, n, len(people))
    home = np.where(rng.random(n) < 0.8, people.quarter[owner], rng.choice(people.quarter, n))
    typical = np.array([float(one[2]) for one in TRADES])[trade]
    opened, closed = _lives(rng, n, setting)
    moves = rng.random(n) < 0.12
    return Firms(
        trade=trade,
        quarter=home,
        country=city_country[home // QUARTERS],
        online=rng.random(n) < np.array([float(one[3]) for one in TRADES])[trade],
        price=typical * rng.lognormal(0, 0.4, n),
        spread=rng.uniform(0.25, 0.8, n),
        ending=rng.integers(0, len(ENDINGS), n),
        popularity=rng.lognormal(0, setting.skew, n),
        opened=opened,
        closed=closed,
        service=rng.lognormal(-0.3, 0.8, n),
        credit=rng.lognormal(-0.15, 0.55, n),
        owner=owner,
        group=group,
        brand=np.full(n, NONE),
        account=_own_accounts(rng, group, ids),
        later=np.where(moves, ids.new_accounts(n), NONE),
        moved=np.where(moves, rng.uniform(0, days, n), np.inf),
        agent=np.full(n, NONE),
        every=rng.choice([1, 7, 14, 30], n, p=[0.06, 0.54, 0.22, 0.18]),
        fee=rng.uniform(0.015, 0.05, n),
        trouble=np.full(n, np.inf),
        failing=np.zeros(n),
        busy=np.zeros(n, np.bool_),
    )


def _lives(rng: np.random.Generator, n: int, setting: Setting) -> tuple[Floats, Floats]:
    """(n,) when firms open, before the window or in it, and close, infinite for never."""
    old, days = rng.random(n) < rng.uniform(0.45, 0.8), setting.days
    opened = np.where(old, -rng.exponential(600, n), rng.uniform(0, days - 20, n))
    closes = rng.random(n) < setting.churn
    return opened, np.where(closes, rng.uniform(np.maximum(opened, 0) + 20, days + 40), np.inf)


def _own_accounts(rng: np.random.Generator, group: Ints, ids: Counted) -> Ints:
    """(n,) accounts of firms; half of the owners of several have one for all."""
    account = ids.new_accounts(len(group))
    common = (group != NONE) & (rng.random(int(group.max()) + 2)[group] < 0.5)
    first = np.full(int(group.max()) + 2, NONE)
    first[group[::-1]] = account[::-1]
    return np.where(common, first[group], account)


def _owners(rng: np.random.Generator, n: int, people: int) -> tuple[Ints, Ints]:
    """(n,) owners of firms, and a number for each owner of several."""
    size = np.where(rng.random(n) < rng.uniform(0.04, 0.12), rng.integers(2, 7, n), 1)
    number = rng.permutation(np.repeat(np.arange(n), size)[:n])
    owner = rng.choice(people, n, replace=people < n)[number]
    several = np.bincount(number, minlength=n)[number] > 1
    return owner, np.where(several, number, NONE)


def own_access(rng: np.random.Generator, firms: Firms, people: People, ids: Counted) -> list[Access]:
    """From what owners and staff operate firms: a machine of the firm or the group, an owner's own phone."""
    n = len(firms)
    machine = ids.new_devices(n)
    first = np.full(int(firms.group.max()) + 2, NONE)
    first[firms.group[::-1]] = machine[::-1]
    one_desk = (firms.group != NONE) & (rng.random(n) < 0.75)
    every = np.arange(n)
    since, until = np.maximum(firms.opened, 0), np.full(n, np.inf)
    weekly = rng.lognormal(-0.4, 0.7, n)
    found = [Access(every, np.where(one_desk, first[firms.group], machine), since, until, weekly)]
    second = people.devices[firms.owner, SECOND]
    personal = np.where((second != NONE) & (rng.random(n) < 0.5), second, people.devices[firms.owner, PHONE])
    for chance, device in ((0.35, personal), (0.3, ids.new_devices(n)), (0.12, ids.new_devices(n))):
        has = rng.random(n) < chance
        begins = rng.uniform(since, since + 200)
        found.append(
            Access(every[has], device[has], begins[has], until[has], rng.lognormal(-1.3, 0.8, int(has.sum())))
        )
    return found
