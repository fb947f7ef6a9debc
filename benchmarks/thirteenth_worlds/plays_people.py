"""Crews of consumers: against refunds, with made-up names or stolen cards. Whom they rob is honest."""

from __future__ import annotations

import numpy as np

from benchmarks.thirteenth_worlds.market import Crew, Market
from benchmarks.thirteenth_worlds.plays_goods import loss
from benchmarks.writing.units import Ints


def _prey(m: Market, least: int, most: int) -> Ints:
    """Shops to rob: some never robbed before, some anybody's."""
    taken = m.take_shops(m.whole(1, 3))
    m.wronged.append(taken)
    return np.concatenate([taken, m.rng.integers(0, m.setting.partners, m.whole(least, most))])


def _gang(m: Market, crew: Crew, least: int, most: int, bought: float) -> Ints:
    got = m.recruit(m.whole(least, most), bought=bought, since=crew.since)
    crew.people.append(got)
    return got


def refund_abuse(m: Market, crew: Crew) -> None:
    """Everything is sent back: by a gang on common phones, a refunder for a fee, friends of one purse."""
    way = m.whole(0, 2)
    who, prey = _gang(m, crew, 6, 22, bought=0.7 if way == 0 else 0.1), _prey(m, 3, 14)
    n = len(who) * m.whole(6, 16)
    place = m.rng.integers(0, len(who), n)
    shop = m.pick(prey, n)
    t = m.when(n, crew.since, crew.until, m.shops.hour[shop])
    bad = m.outcomes(n, refund=min(0.95, 1.4 * loss(m, crew, 0.5, 0.95)), dispute=0.05)
    device, account = m.phone_of(who[place], t), m.purse_of(who[place])
    if way == 0:
        phones = m.devices(max(2, len(who) // m.whole(2, 5)))
        device = np.where(m.rng.random(n) < 1.1 - 0.5 * crew.care, phones[place % len(phones)], device)
        crew.devices.append(phones)
    elif way == 1:  # the service logs in for its clients once each has seen that it works
        desk = m.devices(m.whole(1, 3))
        helped = t > crew.since + m.draw(len(who), 0, 0.5)[place] * (crew.until - crew.since)
        device = np.where(helped & (m.rng.random(n) < 0.7), desk[place % len(desk)], device)
        bad = np.where(helped, bad, m.outcomes(n, refund=0.05))
        crew.devices.append(desk)
        fee = m.accounts(1)
        crew.accounts.append(fee)
        paid = helped & (m.rng.random(n) < 0.4)
        m.moves.send(
            t[paid] + m.draw(paid.sum(), 2, 15), account[paid], np.full(paid.sum(), fee[0]),
            np.round(m.shops.price[shop[paid]] * m.one(0.1, 0.3), 2),
        )  # fmt: skip
    else:
        purses = m.accounts(max(1, len(who) // m.whole(3, 8)))
        lent = m.rng.random(n) < 1.1 - 0.5 * crew.care
        account = np.where(lent, purses[place % len(purses)], account)
        crew.accounts.append(purses)
        swap = m.rng.random(n) < 0.3  # and phones, as they sit together
        device = np.where(swap, m.people.phone[who[(place + 1) % len(who)]], device)
    m.sell(who[place], shop, t, device=device, account=account, outcome=bad)


def synthetic_identity(m: Market, crew: Crew) -> None:
    """Names made up in batches pay small sums, then owe all: on common phones, purses, or in a chain."""
    way = m.whole(0, 2)
    who, prey = _gang(m, crew, 8, 30, bought=1.0), _prey(m, 4, 16)
    size, length = len(who), crew.until - crew.since
    batches = m.whole(1, 4)
    born = crew.since + (np.arange(size) % batches) * length / (2 * batches) + m.draw(size, 0, 4)
    m.people.made[who] = born
    n_calm, n_bust = size * m.whole(3, 8), size * m.whole(2, 5)
    place = m.rng.integers(0, size, n_calm + n_bust)
    calm = np.arange(len(place)) < n_calm
    ripe = np.minimum(born + m.one(0.3, 0.5) * length, crew.until - 5)[place]
    t = np.where(
        calm,
        m.when(len(place), born[place], ripe),
        m.when(len(place), ripe, ripe + m.one(5, 30)),
    )
    shop = m.pick(prey, len(place))
    amount = np.round(m.prices(shop) * np.where(calm, m.one(0.4, 0.9), m.one(1.2, 3)), 2)
    bad = min(0.95, 1.4 * loss(m, crew, 0.5, 0.95))
    fate = np.where(calm, m.outcomes(len(t), refund=0.02), m.outcomes(len(t), default=bad, dispute=0.05))
    device, account = m.people.phone[who[place]], m.people.purse[who[place]]
    if way != 1:
        phones = m.devices(max(2, size // (m.whole(3, 7) if way == 0 else 2)))
        used = m.rng.random(len(t)) < 1.1 - 0.5 * crew.care
        device = np.where(used, phones[(place // (1 if way == 0 else 2)) % len(phones)], device)
        crew.devices.append(phones)
    if way != 0:
        purses = m.accounts(max(2, size // (m.whole(3, 7) if way == 1 else 2)))
        used = m.rng.random(len(t)) < 1.1 - 0.5 * crew.care
        account = np.where(used, purses[((place + 1) // (1 if way == 1 else 2)) % len(purses)], account)
        crew.accounts.append(purses)
    m.sell(who[place], shop, t, device=device, account=account, amount=amount, outcome=fate)


def stolen_cards(m: Market, crew: Crew) -> None:
    """Cards of others: tried small and then used, bought by the batch, or given to runners."""
    way = m.whole(0, 2)
    who, prey = _gang(m, crew, 5, 16, bought=0.85), _prey(m, 2, 8)
    n = len(who) * m.whole(6, 18)
    place, shop = m.rng.integers(0, len(who), n), m.pick(prey, n)
    if way == 1:  # a spree for each batch
        sprees = m.when(m.whole(2, 5), crew.since, crew.until)
        t = sprees[m.rng.integers(0, len(sprees), n)] + m.rng.exponential(1.2, n)
    else:
        t = m.when(n, crew.since, crew.until, m.shops.hour[shop])
    cards = m.accounts(max(4, n // m.whole(2, 6)))
    phones = m.devices(max(2, len(who) // m.whole(2, 4)))
    account = cards[m.rng.integers(0, len(cards), n)]
    shift = (t / m.one(10, 60)).astype(int) if way == 2 else 0
    device = phones[(place + shift) % len(phones)]
    device = np.where(m.rng.random(n) < 0.5 * crew.care, m.people.phone[who[place]], device)
    amount = m.prices(shop)
    if way == 0:
        amount = np.round(amount * np.where(m.rng.random(n) < 0.3, 0.1, m.one(1, 2)) + 0.5, 2)
    fate = m.outcomes(n, dispute=min(0.95, 1.4 * loss(m, crew, 0.6, 1.0)), refund=0.03)
    m.sell(who[place], shop, t, device=device, account=account, amount=amount, outcome=fate)
    crew.devices.append(phones)
    crew.accounts.append(cards)
