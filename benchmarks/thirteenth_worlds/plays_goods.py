"""Crews that fake or spoil trade: farms, common buyers, spoilt deliveries, bursts, credit cashed, fronts."""

from __future__ import annotations

import numpy as np

from benchmarks.thirteenth_worlds.market import Crew, Market
from benchmarks.thirteenth_worlds.setting import spread
from benchmarks.thirteenth_worlds.ties import tie
from benchmarks.writing.units import Floats, Ints


def volume(m: Market, crew: Crew, least: float, most: float) -> int:
    """Orders that the crew makes up: of its shops' usual trade a share, less if careful."""
    return int(len(crew.shops) * m.setting.usual * m.one(least, most) * (1.2 - 0.6 * crew.care)) + 8


def hire(m: Market, crew: Crew, least: float, most: float) -> Ints:
    """Accomplices, so many for each shop: bought names for the careless, friends for the careful."""
    n = int(len(crew.shops) * m.one(least, most) * 1.5) + 4
    bought = float(np.clip(0.9 - crew.care + m.rng.normal(0, 0.25), 0, 1))
    got = m.recruit(n, bought=bought, since=crew.since, country=int(m.shops.country[crew.shops[0]]))
    crew.people.append(got)
    return got


def anyone(m: Market, n: int, country: int) -> Ints:
    """(n,) ordinary people of the country, who know nothing of it."""
    there = (m.people.country == country) & ~m.people.busy
    return spread(m.rng, n, m.people.active * there + 1e-12)


def loss(m: Market, crew: Crew, least: float, most: float) -> float:
    """A share that goes bad: less for the careful."""
    return m.one(least, most) * (1.0 - 0.7 * crew.care)


def sour(
    m: Market, shops: Ints, turn: Floats | float, disputed: float, refunded: float, unpaid: float
) -> None:
    """From then on, ordinary customers of the shops are badly served."""
    m.shops.turn[shops] = turn
    each = m.rng.lognormal(0, 0.35, (len(shops), 1))
    m.shops.sour[shops] = (np.array([refunded, disputed, unpaid]) * each).clip(0, 0.85)


def device_farm(m: Market, crew: Crew) -> None:
    """Bought buyers on a rack of phones, on emulators that are renewed, or on the phones of paid hands."""
    who, n, way = hire(m, crew, 4, 10), volume(m, crew, 0.25, 0.8), m.whole(0, 2)
    place = m.rng.integers(0, len(who), n)
    shop = m.pick(crew.shops, n)
    t = m.when(n, crew.since, crew.until, m.shops.hour[shop])
    if way == 0:
        rack = m.devices(max(2, len(who) // m.whole(4, 10)))
        device = rack[np.where(m.rng.random(n) < crew.care, place, m.rng.integers(0, 99, n)) % len(rack)]
    elif way == 1:
        size, life = max(2, len(who) // 4), m.one(6, 25)
        slot = ((t - t.min()) / life).astype(int)
        rack = m.devices(size * int(slot.max() + 1))
        device = rack[slot * size + place % size]
    else:
        rack = m.people.phone[who[: max(2, len(who) // m.whole(3, 5))]]
        device = rack[place % len(rack)]
    own = m.rng.random(n) < 0.35 * crew.care  # now and then from where the name was bought
    device = np.where(own, m.people.phone[who[place]], device)
    crew.devices.append(np.intersect1d(rack, device))
    bad = loss(m, crew, 0.2, 0.75)
    late = t > crew.since + (crew.until - crew.since) * crew.care * 0.7  # the careful pay at first
    fate = np.where(late, m.outcomes(n, default=bad * 0.7, dispute=bad * 0.3), m.outcomes(n, refund=0.03))
    m.sell(who[place], shop, t, device=device, outcome=fate)
    if m.rng.random() < 0.6:
        tie(m, crew, str(m.rng.choice(m.setting.channels)))


def collusion(m: Market, crew: Crew) -> None:
    """The same buyers make the rounds: a tour in a day, a clique for weeks, or circles that overlap."""
    who, n, way = hire(m, crew, 3, 8), volume(m, crew, 0.25, 0.7), m.whole(0, 2)
    size = len(crew.shops)
    if way == 0:
        tours = max(3, n // size)
        guest, begins = m.pick(who, tours), m.when(tours, crew.since, crew.until, 11.0)
        step = np.tile(np.arange(size), tours)
        consumer = np.repeat(guest, size)
        t = np.repeat(begins, size) + step * m.one(0.01, 0.06) + m.rng.exponential(0.01, len(step))
        shop = crew.shops[(step + np.repeat(m.rng.integers(0, 2, tours), size)) % size]
    elif way == 1:
        consumer, shop = m.pick(who, n), m.pick(crew.shops, n)
        t = m.when(n, crew.since, crew.until, m.shops.hour[shop])
    else:
        place = m.rng.integers(0, len(who), n)
        shop = crew.shops[(place * size // len(who) + m.rng.integers(0, min(3, size), n)) % size]
        consumer, t = who[place], m.when(n, crew.since, crew.until, m.shops.hour[shop])
    bad = loss(m, crew, 0.15, 0.6)
    plan = {str(m.rng.choice(["refund", "dispute", "default"])): bad}
    m.sell(consumer, shop, t, outcome=m.outcomes(len(t), **plan))
    if m.rng.random() < 0.35 * (1.5 - crew.care):
        tie(m, crew, str(m.rng.choice(m.setting.channels)))


def payout_sharing(m: Market, crew: Crew) -> None:
    """Shops under different names for one purse, who deliver less and less: all, in turns, to strangers."""
    tie(m, crew, "payouts", others=0.35)
    way, shops = m.whole(0, 2), crew.shops
    length, size = crew.until - crew.since, len(shops)
    bad = loss(m, crew, 0.12, 0.5)
    if way == 0:
        turn: Floats = np.full(size, crew.since + length * m.one(0.1, 0.6))
    elif way == 1:
        turn = crew.since + length * np.linspace(0.05, 0.8, size)
    else:
        turn, bad = np.full(size, crew.since), bad * 0.6
        n = volume(m, crew, 0.15, 0.4)
        shop = m.pick(shops, n)
        who = anyone(m, n, int(m.shops.country[shops[0]]))
        late = m.when(n, crew.since + length / 2, crew.until, m.shops.hour[shop])
        m.sell(who, shop, late, outcome=m.outcomes(n, dispute=bad, refund=bad))
    sour(m, shops, turn, bad * 0.7, bad * 0.5, 0.0)


def bust_out(m: Market, crew: Crew) -> None:
    """Long good trade, then dear orders that nobody pays: one weekend, shop after shop, or ever dearer."""
    who, n, way = hire(m, crew, 4, 10), volume(m, crew, 0.2, 0.6), m.whole(0, 2)
    length, size = crew.until - crew.since, len(crew.shops)
    early = m.pick(crew.shops, n // 2)
    calm = m.when(len(early), crew.since, crew.since + 0.7 * length, m.shops.hour[early])
    m.sell(m.pick(who, len(early)), early, calm, outcome=m.outcomes(len(early), refund=0.02))
    place = m.rng.integers(0, size, n)
    if way == 0:
        begins, wide, dear = np.full(size, crew.until - m.one(4, 10)), m.one(2, 5), m.one(1.5, 4)
    elif way == 1:
        begins, wide = crew.until - length * 0.4 * np.linspace(1, 0.1, size), m.one(4, 12)
        dear = m.one(1.3, 3)
    else:
        begins, wide, dear = np.full(size, crew.until - 0.35 * length), 0.35 * length, m.one(1.2, 2)
    t = m.when(n, begins[place], begins[place] + wide, m.shops.hour[crew.shops[place]])
    shop = crew.shops[place]
    amount = np.round(m.prices(shop) * dear * (1 + (t - begins[place]) / max(wide, 1)), 2)
    bad = loss(m, crew, 0.5, 0.95)
    fate = m.outcomes(n, default=bad * 0.7, dispute=bad * 0.3)
    m.sell(m.pick(who, n), shop, t, amount=amount, outcome=fate)
    if m.rng.random() < 0.6:
        m.shops.until[crew.shops] = np.minimum(m.shops.until[crew.shops], begins + wide + m.draw(size, 3, 20))
    tie(m, crew, str(m.rng.choice(m.setting.channels)), others=0.25)


def cash_out(m: Market, crew: Crew) -> None:
    """Credit turned into cash: by a broker's device, by word of mouth, or with cash sent back."""
    who, way = hire(m, crew, 6, 16), m.whole(0, 2)
    n = max(len(who), volume(m, crew, 0.15, 0.5))
    place = np.concatenate([np.arange(len(who)), m.rng.integers(0, len(who), n - len(who))])
    need = m.when(len(who), crew.since, crew.until)[place]  # they come when they are short, for some days
    t = need + m.rng.exponential(2.5, n)
    shop = crew.shops[(place + m.rng.integers(0, 3, n)) % len(crew.shops)]
    dear = m.prices(shop) * m.one(1.2, 3.5)
    amount = np.where(m.rng.random(n) < 0.6 * (1.1 - crew.care), np.ceil(dear / 10) * 10, np.round(dear, 2))
    device = None
    if way == 0:
        desk = m.devices(m.whole(1, 3))
        by_broker = m.rng.random(n) < 1 - 0.4 * crew.care
        device = np.where(by_broker, desk[place % len(desk)], m.phone_of(who[place], t))
        crew.devices.append(desk)
    bad = loss(m, crew, 0.25, 0.7)
    m.sell(
        who[place], shop, t, amount=amount, device=device, outcome=m.outcomes(n, default=bad, dispute=0.03)
    )
    if way == 2:
        m.moves.send(
            t + m.draw(n, 0.5, 3), m.shops.bank[shop], m.people.purse[who[place]], amount * m.one(0.7, 0.9)
        )
    tie(m, crew, str(m.rng.choice(m.setting.channels)), others=0.2)


def triangulation(m: Market, crew: Crew) -> None:
    """Fronts sell cheaply to anyone and buy the goods elsewhere on stolen cards, on shared desks."""
    way, n = m.whole(0, 2), volume(m, crew, 0.4, 1.0)
    shop = m.pick(crew.shops, n)
    suppliers = m.take_shops(m.whole(2, 5))
    m.wronged.append(suppliers)
    buyers = anyone(m, n, int(m.shops.country[crew.shops[0]]))
    t = m.when(n, crew.since, crew.until, m.shops.hour[shop])
    amount = np.round(m.prices(shop), 2)
    front = m.sell(buyers, shop, t, amount=amount, outcome=m.outcomes(n, refund=0.04, dispute=0.04))
    many = len(front.t)
    who = hire(m, crew, 4, 9)
    desk = m.devices(m.whole(1, 2 + len(crew.shops) // 2))
    if way == 0:  # a name for each desk and week
        place = (front.t / m.one(5, 12)).astype(int)
    elif way == 1:  # a name for each customer
        place = front.consumer
    else:
        place = m.rng.integers(0, len(who), many)
    device = desk[place % len(desk)]
    cards = m.accounts(len(who) * 2)
    bad = loss(m, crew, 0.4, 0.9)
    m.sell(
        who[place % len(who)], suppliers[m.rng.integers(0, len(suppliers), many)],
        front.t + m.rng.exponential(1.0, many) + 0.05,
        device=device, account=cards[m.rng.integers(0, len(cards), many)],
        amount=np.round(front.amount * m.one(1.0, 1.35), 2), outcome=m.outcomes(many, dispute=bad),
    )  # fmt: skip
    crew.devices.append(desk)
    crew.accounts.append(cards)
    seen = m.setting.lacks != "partner_logins"
    if seen:  # where they slip: the desk that buys also keeps the front's books
        m.log_in(
            crew.shops, desk[np.arange(len(crew.shops)) % len(desk)],
            np.maximum(m.shops.since[crew.shops], crew.since), np.full(len(crew.shops), crew.until),
            m.draw(len(crew.shops), 1, 12) * (1.3 - crew.care),
        )  # fmt: skip
    tie(m, crew, str(m.rng.choice(m.setting.channels)), others=0.2)
