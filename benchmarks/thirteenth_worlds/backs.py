"""Honest shops with something in common behind the counter, by the ties of crews, for good reasons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from benchmarks.thirteenth_worlds.market import Market
from benchmarks.thirteenth_worlds.plays_goods import anyone, sour
from benchmarks.thirteenth_worlds.ties import same_logins, same_money, same_payouts
from benchmarks.writing.units import Ints, log_uniform


def _ends(m: Market) -> float:
    return float(m.setting.days)


def _custom(m: Market, shops: Ints, people: Ints, share: float, since: float, until: float) -> None:
    """Common customers of the shops, so many orders of their usual."""
    n = int(len(shops) * m.setting.usual * share) + 3
    shop = m.pick(shops, n)
    m.sell(m.pick(people, n), shop, m.when(n, since, until, m.shops.hour[shop]))


def owners(m: Market) -> None:
    """One owner of several shops: one bank, one desk, one name on paper, in any mixture."""
    shops = m.take_shops(m.whole(2, 7), near=m.rng.random() < 0.5)
    if len(shops) < 2:
        return
    ways = m.rng.permutation(np.array([same_logins, same_payouts, same_money], object))
    for way in ways[: m.whole(1, 3)]:
        way(m, shops, 0.0, _ends(m), m.one(0, 1))
    if m.rng.random() < 0.6:
        m.shops.legal[shops] = shops[0]
    if m.rng.random() < 0.4:
        _custom(
            m, shops, anyone(m, m.whole(5, 30), int(m.shops.country[shops[0]])), m.one(0.05, 0.4), 0, _ends(m)
        )
    m.resembles("owner of several shops", shops)


def franchise(m: Market) -> None:
    """Shops of one brand whose headquarters look in, take a fee and share a card of regulars."""
    shops = m.take_shops(m.whole(4, 14))
    m.shops.name[shops] = shops[0]
    m.shops.trade[shops], m.shops.hour[shops] = m.shops.trade[shops[0]], m.shops.hour[shops[0]]
    m.shops.price[shops] = m.shops.price[shops[0]] * m.rng.lognormal(0, 0.05, len(shops))
    same_logins(m, shops, 0.0, _ends(m), 0.9)
    m.sweep(m.shops.bank[shops], np.full(len(shops), m.accounts(1)[0]), m.one(0.05, 0.2), m.one(5, 20))
    regulars = anyone(m, m.whole(10, 60), int(m.shops.country[shops[0]]))
    _custom(m, shops, regulars, m.one(0.05, 0.4), 0, _ends(m))
    m.resembles("franchise", shops)


def book_keeper(m: Market) -> None:
    """One desk that keeps the books of many shops, for a fee now and then."""
    shops, desk, fee = m.any_shops(m.whole(6, 25)), m.devices(m.whole(1, 2)), m.accounts(1)
    for _ in range(m.whole(1, 3)):
        some = shops[m.rng.random(len(shops)) < 0.8]
        since = np.maximum(m.shops.since[some], m.one(0, 0.5) * _ends(m))
        until = np.minimum(m.shops.until[some], _ends(m))
        device = desk[m.rng.integers(0, len(desk), len(some))]
        m.log_in(some, device, since, np.maximum(until, since), m.draw(len(some), 1, 20))
        if m.rng.random() < 0.6:
            t = m.when(len(some), since, until, 11.0)
            m.moves.send(
                t, m.shops.bank[some], np.full(len(some), fee[0]), np.round(m.draw(len(some), 60, 400))
            )
    m.resembles("clients of a book-keeper", shops)


def facilitator(m: Market) -> None:
    """Small shops paid by way of a facilitator, who hands their money on."""
    shops = m.any_shops(m.whole(6, 30))
    pool, until = m.accounts(1), m.one(0.5, 1.5) * _ends(m)
    m.pay_to(shops, np.full(len(shops), pool[0]), m.one(-200, 0.4 * _ends(m)), until)
    own = m.shops.bank[shops]
    m.sweep(np.full(len(shops), pool[0]), own, 0.95 / len(shops), m.one(0.5, 3))
    m.resembles("clients of a facilitator", shops)


def factor(m: Market) -> None:
    """Shops that sell what they are owed: an advance, then payouts go to the factor for a time."""
    shops = m.any_shops(m.whole(2, 9))
    till, n = m.accounts(1), len(shops)
    since = m.draw(n, 0.05, 0.7) * _ends(m)
    m.moves.send(
        since - 1, np.full(n, till[0]), m.shops.bank[shops], m.shops.price[shops] * m.setting.usual / 5
    )
    m.pay_to(shops, np.full(n, till[0]), since, since + m.draw(n, 25, 120), m.one(0.4, 1))
    m.resembles("clients of a factor", shops)


def mall(m: Market) -> None:
    """Shops under one roof: the same customers within the hour, a terminal at the desk, one landlord."""
    shops = m.take_shops(m.whole(4, 12), near=True)
    if len(shops) < 3:
        return
    n = int(len(shops) * m.setting.usual * m.one(0.2, 0.6))
    people = anyone(m, max(10, n // 3), int(m.shops.country[shops[0]]))
    trips = m.when(n // 2, 0, _ends(m), 15.0)
    place = m.rng.integers(0, len(trips), n)
    who = m.pick(people, len(trips))[place]
    t = trips[place] + m.rng.exponential(0.03, n)
    kiosk = m.devices(2)
    at_desk = m.rng.random(n) < m.one(0, 0.3)
    device = np.where(at_desk, kiosk[place % 2], m.phone_of(who, t))
    m.sell(who, m.pick(shops, n), t, device=device)
    rent, months = m.accounts(1), np.arange(0, m.setting.days, 30.0)
    shop = np.repeat(shops, len(months))
    t = np.tile(months, len(shops)) + m.draw(len(shop), 0, 4)
    m.moves.send(t, m.shops.bank[shop], np.full(len(shop), rent[0]), np.round(m.shops.price[shop] * 12, -1))
    m.resembles("mall", shops)


def shared_desk(m: Market) -> None:
    """Freelancers on the computers of one office: nothing else in common."""
    shops = m.take_shops(m.whole(3, 9), near=True)
    if len(shops) > 1:
        same_logins(m, shops, m.one(0, 0.5) * _ends(m), _ends(m), m.one(0, 0.8))
        m.resembles("shared office", shops)


def technician(m: Market) -> None:
    """Who installs tills, trains staff or sells software logs in once or twice at each of many shops."""
    shops, since = m.any_shops(round(log_uniform(m.rng, 3, 25))), m.one(0, 0.6) * _ends(m)
    first = np.maximum(m.shops.since[shops], since)
    last = np.minimum(np.minimum(m.shops.until[shops], _ends(m)), first + m.one(5, 150))
    desk = np.full(len(shops), m.devices(1)[0])
    m.log_in(shops, desk, first, np.maximum(last, first + 0.2), m.draw(len(shops), 0.3, 3))
    m.resembles("clients of a technician", shops)


def relaunch(m: Market) -> None:
    """A shop that starts anew under another name, with bank, desk and customers; nobody is the worse."""
    shops, days = m.take_shops(m.whole(2, 3)), _ends(m)
    if len(shops) < 2:
        return
    steps = np.sort(m.draw(len(shops) - 1, 0.2, 0.8)) * days
    m.shops.since[shops[1:]] = steps
    m.shops.until[shops[:-1]] = steps + m.draw(len(steps), -10, 12).clip(-steps / 2)
    m.shops.since[shops[0]] = min(m.shops.since[shops[0]], steps[0] - 20)
    m.shops.until[shops[-1]] = np.inf
    if m.rng.random() < 0.7:
        m.pay_to(shops[1:], m.shops.bank[shops[:-1]], 0, np.inf)
    if m.rng.random() < 0.7:
        m.log_in(
            shops[1:], m.shops.desk[shops[:-1]], steps, np.full(len(steps), days), m.draw(len(steps), 2, 30)
        )
    if m.rng.random() < 0.5:
        m.shops.legal[shops] = shops[0]
    regulars = anyone(m, m.whole(10, 40), int(m.shops.country[shops[0]]))
    _custom(m, shops, regulars, m.one(0.3, 0.8), 0, days)
    m.resembles("relaunch", shops)


def insolvency(m: Market) -> None:
    """A house of shops that fails: everything ordered in the last weeks is disputed, and then it shuts."""
    shops = m.take_shops(m.whole(1, 4), alive_by=0.5)
    ends = m.one(0.4, 0.95) * _ends(m)
    m.shops.since[shops] = np.minimum(m.shops.since[shops], ends - 60)
    m.shops.until[shops] = ends + m.draw(len(shops), 0, 6)
    sour(m, shops, ends - m.one(10, 50), m.one(0.4, 0.9), m.one(0, 0.2), 0.0)
    if len(shops) > 1:
        m.shops.legal[shops] = shops[0]
        same_payouts(m, shops, 0, _ends(m), 0.2)
    m.resembles("insolvency", shops)


def marketplace(m: Market) -> None:
    """A big shop that sells for others and pays them; some of those sell under their own name, too."""
    shops = m.take_shops(m.whole(5, 15))
    big, sellers = shops[0], shops[1:]
    m.shops.draw[big] *= m.one(2, 6)
    bank = m.shops.bank
    m.sweep(np.full(len(sellers), bank[big]), bank[sellers], 0.85 / len(sellers), m.one(1, 8))
    m.log_in(
        sellers, np.full(len(sellers), m.shops.desk[big]), m.shops.since[sellers],
        np.full(len(sellers), _ends(m)), m.draw(len(sellers), 0.2, 2),
    )  # fmt: skip
    m.resembles("sellers of a marketplace", shops)


def savings_circle(m: Market) -> None:
    """Shopkeepers who pay one of them the pot each month, in turns, and buy from each other."""
    shops = m.take_shops(m.whole(4, 8), near=True)
    n = len(shops)
    if n < 3:
        return
    months = np.repeat(np.arange(0, m.setting.days, 30), n)
    giver = np.tile(np.arange(n), len(months) // n)
    taker = (months // 30) % n
    kept, pot = giver != taker, float(np.round(m.shops.price[shops[0]] * 4, -1)) + 20
    t = months + m.draw(len(months), 0, 3)
    bank = m.shops.bank[shops]
    m.moves.send(t[kept], bank[giver[kept]], bank[taker[kept]], np.full(kept.sum(), pot))
    _custom(m, shops, m.shops.owner[shops], m.one(0.02, 0.15), 0, _ends(m))
    m.resembles("savings circle", shops, m.shops.owner[shops])


def sold_business(m: Market) -> None:
    """Shops that somebody who has others buys one by one: new bank and desk from then on."""
    shops = m.take_shops(m.whole(2, 6))
    when = m.draw(len(shops), 0.1, 0.85) * _ends(m)
    bank, desk = m.shops.bank[shops[0]], m.shops.desk[shops[0]]
    m.pay_to(shops[1:], np.full(len(shops) - 1, bank), when[1:], np.inf)
    m.log_in(
        shops[1:], np.full(len(shops) - 1, desk), when[1:], np.full(len(shops) - 1, _ends(m)),
        m.draw(len(shops) - 1, 3, 40),
    )  # fmt: skip
    m.resembles("bought by one owner", shops)


BACKS: Final[tuple[tuple[Callable[[Market], None], float], ...]] = (
    (owners, 6), (franchise, 1), (book_keeper, 2), (facilitator, 1.5), (factor, 5), (mall, 1.5),
    (shared_desk, 1.5), (technician, 8), (relaunch, 3), (insolvency, 3), (marketplace, 0.7),
    (savings_circle, 1),
    (sold_business, 1.5),
)  # fmt: skip
"""Each kind of honest group, and how many there are in an ordinary world."""
