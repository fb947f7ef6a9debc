"""Honest crowds before the counter: who shares devices, purses and shops, buys in bursts, or has bad luck."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.thirteenth_worlds.market import Market
from benchmarks.thirteenth_worlds.plays_goods import anyone, sour
from benchmarks.writing.units import NO_INTS, Ints


def _days(m: Market) -> float:
    return float(m.setting.days)


def _near(m: Market, district: int, n: int) -> Ints:
    there = np.flatnonzero(m.shops.district == district)
    return m.rng.choice(there, min(n, len(there)), replace=False) if len(there) else NO_INTS


def office(m: Market) -> None:
    """Colleagues who lunch at the same places, at noon; one orders for all, perhaps on one card."""
    district = m.whole(0, m.setting.districts - 1)
    people = m.recruit(m.whole(6, 25), bought=0.0, since=0, district=district)
    shops = _near(m, district, m.whole(2, 6))
    if len(people) < 4 or not len(shops):
        return
    n = len(people) * m.whole(6, 25)
    who, shop = m.pick(people, n), m.pick(shops, n)
    t = np.floor(m.when(n, m.one(0, 0.4) * _days(m), _days(m))) + m.rng.normal(12.3, 0.5, n) / 24
    desk, card = m.devices(1)[0], m.accounts(1)[0]
    on_desk, by_card = m.rng.random(n) < m.one(0, 0.7), m.rng.random(n) < m.rng.choice([0.0, 0.8])
    m.sell(
        who, shop, t, device=np.where(on_desk, desk, m.phone_of(who, t)),
        account=np.where(by_card, card, m.purse_of(who)),
    )  # fmt: skip
    m.resembles("office", NO_INTS, people)


def campus(m: Market) -> None:
    """Students: a room of computers, the same few shops, accounts opened in one week."""
    district = m.whole(0, m.setting.districts - 1)
    term = m.one(0, 0.6) * _days(m)
    people = m.recruit(m.whole(15, 60), bought=0.0, since=0, district=district)
    shops = _near(m, district, m.whole(3, 8))
    if len(people) < 5 or not len(shops):
        return
    fresh = m.rng.random(len(people)) < 0.6
    m.people.made[people[fresh]] = term - m.rng.exponential(5, fresh.sum())
    n, rack = len(people) * m.whole(4, 12), m.devices(m.whole(3, 9))
    who, shop = m.pick(people, n), m.pick(shops, n)
    t = m.when(n, term, term + 120, m.shops.hour[shop])
    shared = m.rng.random(n) < m.one(0.1, 0.5)
    device = np.where(shared, rack[m.rng.integers(0, len(rack), n)], m.phone_of(who, t))
    m.sell(who, shop, t, device=device)
    m.resembles("campus", NO_INTS, people)


def hostel(m: Market) -> None:
    """Travellers who come and go, all on the two devices of the front desk."""
    district = m.whole(0, m.setting.districts - 1)
    people = m.recruit(m.whole(10, 50), bought=1.0, since=0)
    shops = _near(m, district, m.whole(2, 6))
    if len(people) < 5 or not len(shops):
        return
    stay = m.draw(len(people), 0, _days(m))
    m.people.made[people] = stay - m.rng.exponential(1, len(people))
    place = m.rng.integers(0, len(people), len(people) * m.whole(3, 7))
    t = stay[place] + m.draw(len(place), 0.1, m.one(3, 12))
    desk = m.devices(2)
    device = np.where(m.rng.random(len(place)) < 0.6, desk[place % 2], m.phone_of(people[place], t))
    m.sell(people[place], m.pick(shops, len(place)), t, device=device)
    m.resembles("hostel", NO_INTS, people)


def clan(m: Market) -> None:
    """A large household or a care home: a tablet and a purse for all."""
    people = m.recruit(m.whole(5, 14), bought=0.0, since=0, district=m.whole(0, m.setting.districts - 1))
    if len(people) < 3:
        return
    shops = m.rng.integers(0, m.setting.partners, m.whole(3, 12))
    n = len(people) * m.whole(6, 20)
    who, shop = m.pick(people, n), m.pick(shops, n)
    tablet, purse = m.devices(1)[0], m.accounts(1)[0]
    t = m.when(n, 0, _days(m), m.shops.hour[shop])
    device = np.where(m.rng.random(n) < 0.6, tablet, m.phone_of(who, t))
    account = np.where(m.rng.random(n) < 0.6, purse, m.purse_of(who))
    m.people.frail[people] *= m.rng.lognormal(0.3, 0.6)  # some send much back
    m.sell(who, shop, t, device=device, account=account)
    m.resembles("large household", NO_INTS, people)


def resellers(m: Market) -> None:
    """Traders who buy in bulk under several names on one phone, and send back what they cannot sell."""
    people = m.recruit(m.whole(3, 8), bought=0.5, since=m.one(0, 0.5) * _days(m))
    shops = m.rng.integers(0, m.setting.partners, m.whole(3, 10))
    n = len(people) * m.whole(10, 40)
    who, shop = m.pick(people, n), m.pick(shops, n)
    t = m.when(n, m.one(0, 0.4) * _days(m), _days(m), m.shops.hour[shop])
    phones, purse = m.devices(m.whole(1, 2)), m.accounts(1)[0]
    m.sell(
        who, shop, t, device=phones[m.rng.integers(0, len(phones), n)],
        account=np.where(m.rng.random(n) < 0.5, purse, m.purse_of(who)),
        amount=np.round(m.prices(shop) * m.one(1.2, 3), 2),
        outcome=m.outcomes(n, refund=m.one(0.05, 0.45)),
    )  # fmt: skip
    m.resembles("resellers", NO_INTS, people)


def launch(m: Market) -> None:
    """A shop that opens with friends, staff and vouchers: a burst, in part from its own tablet."""
    shop, opens = m.take_shops(1), m.one(0.05, 0.85) * _days(m)
    m.shops.since[shop], m.shops.until[shop] = opens, np.inf
    m.shops.draw[shop] *= m.one(1, 4)
    n = int(m.setting.usual * m.one(0.4, 1.2)) + 5
    many = np.repeat(shop, n) if len(shop) else NO_INTS
    who = anyone(m, len(many), int(m.shops.country[shop[0]]) if len(shop) else 0)
    t = m.when(len(many), opens + 0.1, opens + m.one(3, 20), m.shops.hour[many])
    own = m.rng.random(len(many)) < m.one(0, 0.5)
    m.sell(who, many, t, device=np.where(own, m.shops.desk[many], m.phone_of(who, t)))
    m.resembles("launch", shop)


def flash_sale(m: Market) -> None:
    """A few online shops with one offer for a weekend: the same sums, buyers of several, much sent back."""
    shops, begins = m.take_shops(m.whole(1, 5)), m.one(0.1, 0.9) * _days(m)
    if not len(shops):
        return
    n = int(m.setting.usual * len(shops) * m.one(0.3, 0.9)) + 5
    shop = m.pick(shops, n)
    who = m.pick(anyone(m, n // 2 + 2, int(m.shops.country[shops[0]])), n)
    amount = np.ceil(m.shops.price[shop] * m.one(0.6, 1.5)) - 0.01
    fate = m.outcomes(n, refund=m.one(0.05, 0.3), dispute=m.one(0, 0.06))
    m.sell(who, shop, m.when(n, begins, begins + m.one(1, 4), 19.0), amount=np.round(amount, 2), outcome=fate)
    m.resembles("flash sale", shops)


def subscription(m: Market) -> None:
    """The same sum every month from the same people; some forget and dispute."""
    shops = m.take_shops(m.whole(1, 4))
    if not len(shops):
        return
    people = anyone(m, max(8, int(m.setting.usual * len(shops) / 5)), int(m.shops.country[shops[0]]))
    months = np.arange(0, m.setting.days, 30)
    who, month = np.repeat(people, len(months)), np.tile(months, len(people))
    signed = np.repeat(m.draw(len(people), 0, _days(m)), len(months))
    shop = np.repeat(m.pick(shops, len(people)), len(months))
    kept = month > signed
    who, shop, t = who[kept], shop[kept], (month + signed % 30)[kept]
    amount = np.round(np.ceil(m.shops.price[shop] * 0.6) - 0.01, 2)
    m.sell(who, shop, t, amount=amount, outcome=m.outcomes(len(t), refund=0.04, dispute=m.one(0.01, 0.15)))
    m.resembles("subscription", shops)


def unlucky(m: Market) -> None:
    """A shop with a bad supplier or a poor district: many bad orders for long, and nobody behind it."""
    shops, way = m.take_shops(m.whole(1, 3)), m.whole(0, 2)
    bad = m.one(0.1, 0.5)
    plan = np.roll([bad, bad / 5, 0.0], way)
    sour(m, shops, m.one(-1, 0.7) * _days(m), plan[0], plan[1], plan[2])
    m.resembles("unlucky shops", shops)


def lone_crook(m: Market) -> None:
    """A fraud of one: a sour shop with fake orders from its own desk. Bad, but no ring."""
    shop, since = m.take_shops(1), m.one(0.1, 0.7) * _days(m)
    sour(m, shop, since, m.one(0.1, 0.6), 0.1, m.one(0, 0.2))
    n = int(m.setting.usual * m.one(0.1, 0.5)) + 3
    many = np.repeat(shop, n) if len(shop) else NO_INTS
    who = m.pick(m.recruit(m.whole(2, 6), bought=0.7, since=since), len(many))
    t = m.when(len(many), since, since + 90, m.shops.hour[many])
    fate = m.outcomes(len(many), default=0.4, dispute=0.2)
    m.sell(who, many, t, device=m.shops.desk[many] if m.rng.random() < 0.5 else None, outcome=fate)


def tills(m: Market) -> None:
    """Shops that order for those who have no phone at hand, on the tablet from which they log in."""
    shops = m.take_shops(m.whole(1, 6))
    n = int(m.setting.usual * len(shops) * m.one(0.1, 0.5)) + 2
    shop = m.pick(shops, n) if len(shops) else NO_INTS
    who = anyone(m, len(shop), int(m.shops.country[shop[0]]) if len(shop) else 0)
    t = m.when(len(shop), 0, _days(m), m.shops.hour[shop])
    m.sell(who, shop, t, device=m.shops.desk[shop])


CROWDS: Final[tuple[tuple[Callable[[Market], None], float], ...]] = (
    (office, 4), (campus, 1.5), (hostel, 1.5), (clan, 4), (resellers, 3), (launch, 4), (flash_sale, 2),
    (subscription, 2), (unlucky, 12), (lone_crook, 8), (tills, 7),
)  # fmt: skip
"""Each kind of honest crowd (and crooks by themselves), and how many there are in an ordinary world."""
