"""Who lives and trades in a world before any crew or group is formed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.thirteenth_worlds.setting import Setting, spread
from benchmarks.writing.units import NONE, Counted, Flags, Floats, Ints

TRADES: Final = (
    # MCC, typical price, share online, middle of the day's trade in hours
    ("5411", 24, 0.05, 16), ("5812", 21, 0.05, 17), ("5814", 11, 0.10, 13), ("5651", 48, 0.45, 16),
    ("5732", 140, 0.55, 17), ("5977", 32, 0.40, 15), ("5999", 35, 0.60, 18), ("7230", 38, 0.00, 14),
    ("5712", 190, 0.40, 15), ("5941", 55, 0.45, 17), ("7299", 45, 0.30, 14), ("5816", 18, 0.95, 20),
    ("4722", 260, 0.80, 19), ("5944", 170, 0.35, 15), ("5533", 75, 0.30, 11), ("8299", 60, 0.50, 12),
)  # fmt: skip


@dataclass
class People:
    """Consumers, (consumers,) each."""

    district: Ints
    country: Ints
    made: Floats  # when signed up, NaN if only the first order tells
    phone: Ints
    second: Ints  # another device of theirs or of the household, NONE for none
    swap: Floats  # when the phone gave way to `next_phone`
    next_phone: Ints
    purse: Ints
    spare: Ints  # another account, NONE for none
    active: Floats
    frail: Floats  # how much likelier than others to send back, dispute, not pay
    busy: Flags


@dataclass
class Shops:
    """Partners, (partners,) each."""

    district: Ints
    country: Ints
    trade: Ints
    online: Flags
    price: Floats  # median, in own currency
    uneven: Floats
    step: Floats  # what prices are whole multiples of, 0 for nothing
    draw: Floats  # on customers
    hour: Floats
    since: Floats
    until: Floats
    refund: Floats
    dispute: Floats
    default: Floats
    turn: Floats  # when it turns sour, infinite for never; and what share is disputed, refunded, unpaid then
    sour: Floats  # (partners, 3)
    owner: Ints  # a consumer
    desk: Ints  # device it logs in from
    bank: Ints  # account it is paid out to
    period: Floats  # days between payouts
    legal: Ints  # who stands behind it, by the papers
    name: Ints
    busy: Flags


def settle_people(rng: np.random.Generator, s: Setting, counted: Counted) -> People:
    """Consumers in households, with phones, tablets and purses, some of which a household shares."""
    n = s.consumers
    sizes = rng.choice(5, n, p=[0.38, 0.3, 0.15, 0.12, 0.05]) + 1
    house = np.repeat(np.arange(n), sizes)[:n]
    tablet, common = counted.new_devices(n), counted.new_accounts(n)
    has_tablet, has_common = rng.random(n) < s.sharing, rng.random(n) < s.sharing * 0.6
    where = spread(rng, n, rng.dirichlet(np.full(s.districts, 4.0)))[house]
    own_second = rng.random(n) < 0.25
    second = np.where(own_second, counted.new_devices(n), NONE)
    second = np.where(has_tablet[house] & (rng.random(n) < 0.7), tablet[house], second)
    purse = counted.new_accounts(n)
    shares = has_common[house] & (rng.random(n) < 0.7)
    spare = np.where(rng.random(n) < 0.2, counted.new_accounts(n), NONE)
    return People(
        district=where,
        country=where % len(s.countries),
        made=np.where(rng.random(n) < 0.3, rng.uniform(-40, s.days, n), np.nan),
        phone=counted.new_devices(n),
        second=second,
        swap=np.where(rng.random(n) < 0.2, rng.uniform(0, s.days, n), np.inf),
        next_phone=counted.new_devices(n),
        purse=np.where(shares, common[house], purse),
        spare=spare,
        active=rng.lognormal(0, rng.uniform(0.7, 1.1), n),
        frail=rng.lognormal(-0.3, 0.8, n),
        busy=np.zeros(n, np.bool_),
    )


def settle_shops(rng: np.random.Generator, s: Setting, people: People, counted: Counted) -> Shops:
    """Shops of owners who live in the district; some have no till or bank but the owner's own."""
    n = s.partners
    district = spread(rng, n, rng.dirichlet(np.full(s.districts, 5.0)))
    country = district % len(s.countries)
    trade = spread(rng, n, rng.dirichlet(np.full(len(TRADES), 2.0)))
    price, online, hour = (np.array([one[place] for one in TRADES], np.float64)[trade] for place in (1, 2, 3))
    owner = rng.choice(s.consumers, n, replace=False)
    since = np.where(rng.random(n) < 0.55, rng.uniform(-900, 0, n), rng.uniform(0, 0.9 * s.days, n))
    ends = np.maximum(since, 0) + rng.uniform(25, 2 * s.days, n)
    bad = [
        share * rng.lognormal(-0.4, rng.uniform(0.8, 1.3), n) for share in (s.refund, s.dispute, s.default)
    ]
    own_phone, own_purse = rng.random(n) < 0.22, rng.random(n) < 0.1
    return Shops(
        district=district,
        country=country,
        trade=trade,
        online=rng.random(n) < online,
        price=price * rng.lognormal(0, 0.45, n) * np.array(s.euro)[country],
        uneven=rng.uniform(0.3, 0.9, n),
        step=rng.choice([0.0, 0.5, 5.0, 10.0, 25.0], n, p=[0.74, 0.06, 0.1, 0.07, 0.03]),
        draw=rng.lognormal(0, rng.uniform(0.7, 1.0), n),
        hour=hour + rng.normal(0, 1.5, n),
        since=since,
        until=np.where(rng.random(n) < 0.1, ends, np.inf),
        refund=bad[0].clip(0, 0.4),
        dispute=bad[1].clip(0, 0.3),
        default=bad[2].clip(0, 0.3),
        turn=np.full(n, np.inf),
        sour=np.zeros((n, 3)),
        owner=owner,
        desk=np.where(own_phone, people.phone[owner], counted.new_devices(n)),
        bank=np.where(own_purse, people.purse[owner], counted.new_accounts(n)),
        period=rng.choice([1.0, 2.0, 7.0, 14.0, 30.0], n, p=[0.15, 0.15, 0.45, 0.15, 0.1]),
        legal=np.arange(n),
        name=np.arange(n),
        busy=np.zeros(n, np.bool_),
    )
