"""The partners: where they are, what they sell and how, their accounts and devices, their names."""

from __future__ import annotations

import numpy as np

from benchmarks.further_worlds.people import Partners
from benchmarks.further_worlds.trades import COUNTRIES, TRADES
from benchmarks.further_worlds.units import DAY_S
from benchmarks.further_worlds.world import World
from benchmarks.writing.units import Floats, Ints

# fmt: off
SYLLABLES = (
    "ba", "be", "bo", "da", "del", "do", "fa", "fen", "fi", "ga", "gor", "ha", "hel", "ka", "ki", "kor",
    "la", "lan", "li", "lo", "ma", "mar", "mi", "mo", "na", "nel", "ni", "no", "or", "pa", "per", "ra",
    "ri", "ro", "sa", "sel", "si", "so", "ta", "tel", "ti", "va", "vel", "vi", "za", "zen", "zo", "al",
    "er", "im", "ol", "un",
)
# fmt: on
TOWN_ENDINGS = ("burg", "ville", "by", "ton", "au", "stad", "ow")
DEVICE_KINDS = ("desktop", "mobile", "desktop", "tablet", "server", "unknown")
SECOND_KINDS = ("mobile", "desktop", "tablet")


def add_partners(world: World) -> None:
    """Draw countries, cities and trades, then all partners; none is of a ring yet."""
    rng, n, habits = world.rng, world.n_partners, world.habits
    country, trade = _countries_and_trades(world)
    city = _cities(world, country)
    online = rng.random(n) < habits.online
    weight = np.exp(rng.normal(0, habits.popularity_sigma, n))
    opens, closes, sells_until = _lives(world)
    price = np.exp(rng.normal(0, 0.35, n))
    spread = rng.uniform(0.25, 0.75, n)
    price_style = rng.integers(0, 5, n)
    badness = np.exp(rng.normal(0, habits.badness_sigma, n))
    returns = np.exp(rng.normal(0, 0.5, n))
    hour_shift = rng.normal(0, 1.6, n)
    growth = np.exp(rng.normal(0, 0.35, n))
    payday = rng.normal(0, 1, n) % 1
    curve = rng.integers(0, 5, n)
    stem, legal_stem, name_style = _names(world)
    devices = _devices(world)
    login_rate = np.exp(rng.normal(np.log(1.2), 0.7, n))
    account = world.new_accounts(n, country)
    later_account, switch_s = account.copy(), np.full(n, np.inf)
    switches = rng.random(n) < habits.account_switch
    later_account[switches] = world.new_accounts(int(switches.sum()), country[switches])
    switch_s[switches] = rng.uniform(0, world.window_s, switches.sum())
    payout_every = rng.choice([1, 2, 7, 7, 14, 30], n, p=[0.05, 0.05, 0.3, 0.25, 0.2, 0.15]) * DAY_S
    fee = rng.uniform(0.01, 0.06, n)
    owner = world.new_accounts(n, country)
    world.shops = Partners(
        country=country,
        trade=trade,
        city=city,
        online=online,
        weight=weight,
        opens=opens,
        closes=closes,
        sells_until=sells_until,
        price=price,
        spread=spread,
        price_style=price_style,
        badness=badness,
        returns=returns,
        hour_shift=hour_shift,
        growth=growth,
        payday=payday,
        curve=curve,
        stem=stem,
        legal_stem=legal_stem,
        name_style=name_style,
        branch=np.zeros(n, np.bool_),
        devices=devices,
        login_rate=login_rate,
        account=account,
        later_account=later_account,
        switch_s=switch_s,
        payout_every_s=payout_every,
        fee=fee,
        owner=owner,
        owner_draws=rng.random(n) < 0.6,
        bad_since_s=np.full(n, np.inf),
        bad_until_s=np.full(n, np.inf),
        bad_mix=np.zeros((n, 3)),
        free=np.ones(n, np.bool_),
        in_ring=np.zeros(n, np.bool_),
        soft=np.zeros(n, np.bool_),
    )


def _countries_and_trades(world: World) -> tuple[Ints, Ints]:
    rng, n = world.rng, world.n_partners
    countries = int(rng.integers(3, 9))
    world.countries = [COUNTRIES[k] for k in rng.permutation(len(COUNTRIES))[:countries]]
    by_country = rng.dirichlet(np.full(countries, 1.2)) * 0.9 + 0.1 / countries
    by_country /= by_country.sum()
    trades = int(rng.integers(16, 29))
    world.trades = [TRADES[k] for k in rng.permutation(len(TRADES))[:trades]]
    by_trade = rng.dirichlet(np.full(trades, 1.5))
    by_trade = by_trade * 0.85 + 0.15 / trades
    country = rng.choice(countries, n, p=by_country)
    return country, rng.choice(trades, n, p=by_trade / by_trade.sum())


def _cities(world: World, country: Ints) -> Ints:
    rng, n_countries = world.rng, len(world.countries)
    cities = rng.integers(5, 18, n_countries)
    first = np.concatenate([[0], np.cumsum(cities)])
    world.city_country = np.repeat(np.arange(n_countries), cities)
    city = np.zeros(world.n_partners, np.int64)
    for k in range(n_countries):
        here = np.flatnonzero(country == k)
        size = 1 / np.arange(1, cities[k] + 1) ** rng.uniform(0.4, 0.9)
        city[here] = first[k] + rng.choice(cities[k], len(here), p=size / size.sum())
    return city


def _lives(world: World) -> tuple[Floats, Floats, Floats]:
    """When each opens, closes, and sells for the last time: some close, some fall silent."""
    rng, n, window, habits = world.rng, world.n_partners, world.window_s, world.habits
    new = rng.random(n) < habits.new_partners
    inside = rng.uniform(-0.12 * window, 0.86 * window, n)
    opens = np.where(new, inside, -rng.exponential(500 * DAY_S, n))
    closes, sells_until = np.full(n, np.inf), np.full(n, window)
    room = window - np.maximum(opens, 0)
    close = (rng.random(n) < habits.honest_close) & (room > 70 * DAY_S)
    later = rng.random(close.sum()) * (room[close] - 50 * DAY_S)
    closes[close] = np.maximum(opens, 0)[close] + 50 * DAY_S + later
    sells_until[close] = closes[close] - rng.exponential(4 * DAY_S, close.sum())
    silent = (rng.random(n) < habits.dormant) & ~close & (room > 70 * DAY_S)
    sells_until[silent] = window - rng.random(silent.sum()) * (room[silent] - 60 * DAY_S)
    return opens, closes, sells_until


def _names(world: World) -> tuple[Ints, Ints, Ints]:
    rng, n = world.rng, world.n_partners

    def word() -> str:
        return "".join(rng.choice(SYLLABLES, rng.integers(2, 4))).capitalize()

    stems = int(rng.integers(500, 900))
    world.stems = [word() for _ in range(stems)]
    world.city_names = [word() + str(rng.choice(TOWN_ENDINGS)) for _ in world.city_country]
    stem = np.minimum((stems * rng.random(n) ** 1.4).astype(np.int64), stems - 1)
    legal_stem = np.where(rng.random(n) < 0.45, stem, rng.integers(0, stems, n))
    return stem, legal_stem, rng.integers(0, 6, n)


def _devices(world: World) -> Ints:
    rng, n = world.rng, world.n_partners
    devices = np.full((n, 3), -1)
    kinds = rng.choice(DEVICE_KINDS, n, p=[0.45, 0.25, 0.1, 0.08, 0.05, 0.07])
    devices[:, 0] = world.new_devices(n, kinds)
    for place, chance in ((1, 0.55), (2, 0.25)):
        has = rng.random(n) < chance
        many = int(has.sum())
        devices[has, place] = world.new_devices(many, rng.choice(SECOND_KINDS, many))
    return devices
