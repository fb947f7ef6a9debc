"""Crews whose shops are little but paper: shells, shops that come back under another name, launderers."""

from __future__ import annotations

import numpy as np

from benchmarks.thirteenth_worlds.market import Crew, Market
from benchmarks.thirteenth_worlds.plays_goods import anyone, hire, loss, sour, volume
from benchmarks.thirteenth_worlds.ties import same_logins, tie
from benchmarks.writing.units import Ints


def shell_network(m: Market, crew: Crew) -> None:
    """Shells that bill strangers small sums, whose owners buy from each other, or with a few straw buyers."""
    shops, way = crew.shops, m.whole(0, 2)
    size = len(shops)
    m.shops.draw[shops] *= m.one(0.1, 0.6)
    if m.rng.random() < 0.6:  # opened in one go or two
        goes = crew.since + m.rng.integers(0, 2, size) * m.one(0, 30) + m.draw(size, 0, m.one(2, 18))
        m.shops.since[shops] = np.where(m.rng.random(size) < 0.8, goes, m.shops.since[shops])
    if m.rng.random() < 0.35 * (1.3 - crew.care):
        m.shops.legal[shops] = shops[m.rng.integers(0, 2, size)]
    n = volume(m, crew, 0.3, 0.9)
    shop = m.pick(shops, n)
    t = m.when(n, crew.since, crew.until, m.shops.hour[shop])
    if way == 0:  # one stolen list of customers goes round the shells
        listed = np.unique(anyone(m, max(20, n // 3), int(m.shops.country[shops[0]])))
        sums = np.ceil(m.shops.price[shops] * m.one(0.3, 0.8)) - 0.01
        amount = sums[np.searchsorted(shops, shop)] * m.rng.choice([1.0, 1.0, 1.5, 2.0], n)
        bad = loss(m, crew, 0.1, 0.4)
        server = m.devices(m.whole(1, 3))
        crew.devices.append(server)
        m.sell(
            listed[m.rng.integers(0, len(listed), n)], shop, t, amount=np.round(amount, 2),
            device=server[m.rng.integers(0, len(server), n)], outcome=m.outcomes(n, dispute=bad, refund=bad),
        )  # fmt: skip
    elif way == 1:  # paid from what a shell was paid
        place = m.rng.integers(0, size, n)
        owner = m.shops.owner[shops]
        crew.people.append(owner)
        crew.accounts.append(m.shops.bank[shops])
        neighbour = shops[(place + m.rng.integers(1, max(2, size // 2 + 1), n)) % size]
        own = m.rng.random(n) < 0.6 * (1.2 - crew.care)
        account = np.where(own, m.shops.bank[shops[place]], m.purse_of(owner[place]))
        m.sell(owner[place], neighbour, t, account=account, outcome=m.outcomes(n, refund=0.02))
    else:
        who = hire(m, crew, 1, 4)
        bad = loss(m, crew, 0.1, 0.5)
        m.sell(m.pick(who, n), shop, t, outcome=m.outcomes(n, default=bad, refund=0.03))
    tie(m, crew, *(["logins", "money"] if m.rng.random() < 0.5 else ["payouts"]), others=0.25)


def phoenix(m: Market, crew: Crew) -> None:
    """A shop goes sour and shut; its heir keeps the bank, the desk, or only the customers."""
    shops, days = crew.shops, m.setting.days
    size = len(shops)
    at_once = 1 if size < 6 else 2
    lives = -(-size // at_once)
    step = (min(crew.until + 20, days - 3) - crew.since) / lives
    life, gap = np.arange(size) // at_once, m.one(-6, 14)
    begins = crew.since + life * step + m.draw(size, 0, 3)
    ends = begins + step - np.maximum(gap, -0.3 * step)
    old = life == 0
    m.shops.since[shops] = np.where(old, np.minimum(m.shops.since[shops], begins), begins)
    m.shops.until[shops] = np.where(life == lives - 1, np.inf, np.maximum(ends, begins + 8))
    bad = loss(m, crew, 0.2, 0.7)
    sour(m, shops, begins + step * m.one(0.35, 0.75), bad * 0.7, bad * 0.3, 0.0)
    m.shops.draw[shops] *= m.rng.lognormal(0.5, 0.3, size)
    _inherit(m, crew, at_once)
    _follow(m, crew, bad)


def _inherit(m: Market, crew: Crew, at_once: int) -> None:
    shops, way = crew.shops, m.whole(0, 2)
    heirs, before = shops[at_once:], shops[:-at_once]
    seen = m.setting.channels
    if way == 0 and "payouts" in seen:
        m.pay_to(heirs, m.shops.bank[before], m.shops.since[heirs], np.inf, m.one(0.4, 1.0))
        crew.accounts.append(m.shops.bank[before])
    elif way == 1 and "logins" in seen:
        desks = m.shops.desk[before]
        until = np.minimum(m.shops.until[heirs], m.setting.days)
        m.log_in(heirs, desks, m.shops.since[heirs], until, m.draw(len(heirs), 1, 15) * (1.3 - crew.care))
        crew.devices.append(desks)
    elif "money" in seen:
        when = m.shops.since[heirs] - m.draw(len(heirs), -3, 12)
        much = m.shops.price[before] * m.setting.usual * m.draw(len(heirs), 0.1, 0.5)
        m.moves.send(when, m.shops.bank[before], m.shops.bank[heirs], much)
        crew.accounts.append(m.shops.bank[shops])
    else:
        crew.devices.append(same_logins(m, shops, crew.since, crew.until, crew.care))
    if m.rng.random() < 0.5 * (1.3 - crew.care):
        m.shops.legal[heirs] = m.shops.legal[before]


def _follow(m: Market, crew: Crew, bad: float) -> None:
    """Straw customers and regulars go from each life to the next."""
    who, n = hire(m, crew, 2, 5), volume(m, crew, 0.2, 0.5)
    shop = m.pick(crew.shops, n)
    first = np.maximum(m.shops.since[shop], crew.since - 20)
    t = m.when(n, first, np.minimum(m.shops.until[shop], m.setting.days), m.shops.hour[shop])
    regulars = np.unique(anyone(m, max(10, n // 4), int(m.shops.country[crew.shops[0]])))
    straw = m.rng.random(n) < 0.5
    consumer = np.where(straw, m.pick(who, n), m.pick(regulars, n))
    fate = np.where(straw, m.outcomes(n, default=bad * 0.5), m.outcomes(n, dispute=bad * 0.5, refund=0.03))
    m.sell(consumer, shop, t, outcome=fate)


def laundering(m: Market, crew: Crew) -> None:
    """Dirty money buys nothing at the shops and comes back: by fed purses, in circles, by the month."""
    who, n, way = hire(m, crew, 4, 9), volume(m, crew, 0.3, 0.9), m.whole(0, 3)
    shops, size = crew.shops, len(crew.shops)
    place, shop = m.rng.integers(0, len(who), n), m.pick(shops, n)
    t = m.when(n, crew.since, crew.until, m.shops.hour[shop])
    amount = np.round(m.prices(shop) * m.one(0.9, 2.2), 2)
    dull = m.rng.random(n) < 0.3 * (1.2 - crew.care)
    amount = np.where(dull, np.ceil(amount / 25) * 25, amount)
    purse = m.people.purse[who[place]]
    m.sell(who[place], shop, t, amount=amount, account=purse, outcome=m.outcomes(n, refund=0.02))
    tie(m, crew, "money" if way < 2 else "payouts", others=0.3)
    if m.setting.lacks == "transfers":  # the purses themselves must tell then
        shared = m.accounts(max(2, len(who) // 4))
        again = m.rng.random(n) < 0.5
        rows: Ints = np.flatnonzero(again)
        m.sell(
            who[place[rows]], shop[rows], t[rows] + m.draw(len(rows), 0.5, 5), amount=amount[rows],
            account=shared[place[rows] % len(shared)], outcome=m.outcomes(len(rows), refund=0.02),
        )  # fmt: skip
        crew.accounts.append(shared)
        return
    chest = m.accounts(m.whole(1, 3))
    crew.accounts.append(chest)
    fed = m.rng.random(n) < m.one(0.4, 1.0)
    if way in (0, 2):  # fed just before, sum by sum
        m.moves.send(
            t[fed] - m.rng.exponential(1.2, fed.sum()), chest[place[fed] % len(chest)], purse[fed],
            np.round(amount[fed] * m.one(1.0, 1.08), 2),
        )  # fmt: skip
    else:  # fed by the month
        month = (t / 30).astype(int) * len(who) + place
        keys, back = np.unique(month, return_inverse=True)
        sums = np.bincount(back, amount).astype(np.float64)
        since = (keys // len(who)) * 30.0 + m.draw(len(keys), -4, 1)
        hand: Ints = keys % len(who)
        m.moves.send(since, chest[hand % len(chest)], m.people.purse[who[hand]], sums)
    if way in (1, 2) and "money" in m.setting.channels:  # and round it goes
        m.sweep(m.shops.bank[shops], chest[np.arange(size) % len(chest)], m.one(0.5, 0.9), m.one(1, 5))
