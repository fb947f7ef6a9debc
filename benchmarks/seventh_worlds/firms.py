"""Partners with their own devices and accounts, and the span of their trade."""

from __future__ import annotations

import numpy as np

from benchmarks.seventh_worlds.people import QUARTERS
from benchmarks.seventh_worlds.settings import CODES
from benchmarks.seventh_worlds.trades import BRANDS, FORMS, MARKETPLACE, OWNERS, TRADES
from benchmarks.seventh_worlds.units import flag
from benchmarks.seventh_worlds.world import Firms, World, lottery
from benchmarks.writing.units import NONE, Floats, Ints, Texts


def add_firms(world: World) -> None:
    """All partners, none of them in any story yet."""
    rng, settings, n, days = world.rng, world.settings, world.settings.partners, world.days
    mix = rng.dirichlet(np.full(len(TRADES), 3.0))
    mix[MARKETPLACE] /= 3
    trade = rng.choice(len(TRADES), n, p=mix / mix.sum())
    of_trade = np.array(
        [(t.price, t.sigma, t.popularity, t.local, t.hour, t.refunds, t.disputes, t.defaults) for t in TRADES]
    )[trade]
    home = rng.choice(settings.cities, n, p=settings.city_share)
    land = settings.city_land[home]
    city = np.where(rng.random(n) < of_trade[:, 3], home, NONE)
    district = home * QUARTERS + rng.integers(0, QUARTERS, n)
    on = np.where(
        flag(rng, n, rng.uniform(0.45, 0.7)), -rng.exponential(350, n) - 1, rng.uniform(0, days * 0.88, n)
    )
    trouble, troubled = _troubles(world, n)
    brand, owner = (rng.choice(np.array(one, object), n) for one in (BRANDS, OWNERS))
    word = np.array([rng.choice(TRADES[one].words) for one in trade], object)
    legal = owner + " " + brand + " " + rng.choice(np.array(FORMS, object), n)
    legal[flag(rng, n, 0.25)] = None
    device = world.devices.new(
        n, rng.choice(np.array(["desktop", "mobile", "tablet"], object), n, p=[0.6, 0.3, 0.1])
    )
    account, later = world.accounts.new(n, CODES[land]), world.accounts.new(n, CODES[land])
    moves = flag(rng, n, 0.15)
    world.scale = rng.uniform(0.6, 1.2, 3)
    world.firms = Firms(
        trade=trade,
        land=land,
        city=city,
        district=np.where(city >= 0, district, settings.cities * QUARTERS),
        price=of_trade[:, 0] + rng.normal(0, 0.35, n),
        sigma=of_trade[:, 1] * rng.uniform(0.6, 1.3, n),
        risk=of_trade[:, 5:] * np.exp(rng.normal(0, 0.6, (n, 3))),
        hour=of_trade[:, 4] + rng.normal(0, 1.5, n),
        popularity=of_trade[:, 2] * np.exp(rng.normal(0, rng.uniform(0.75, 1.05), n)),
        on=on,
        off=_ends(world, on),
        trouble=trouble,
        troubled=troubled,
        brand=brand,
        owner=owner,
        word=word,
        name=_names(rng, brand, owner, word),
        legal=legal,
        device=device,
        second_device=np.where(flag(rng, n, 0.5), world.devices.new(n, "mobile"), device),
        account=account,
        later_account=np.where(moves, later, account),
        moved=np.where(moves, rng.uniform(0, days, n), np.inf),
        owner_account=world.accounts.new(n, CODES[land]),
        till=np.where((city >= 0) & flag(rng, n, rng.uniform(0.04, 0.12)), device, NONE),
        no_device=rng.beta(0.6, 4, n),
        no_account=rng.beta(1, 6, n),
        doom=np.full(n, np.inf),
        pool=np.full(n, NONE),
        factor=np.full(n, NONE),
        factored=np.zeros((n, 2)),
        payees=_payees(world, n),
        staff=rng.integers(0, len(world.people), (n, 2)),
        holding=np.full(n, NONE),
        steady=np.zeros(n, np.bool_),
        busy=np.zeros(n, np.bool_),
        opening=np.zeros(n),
        ending=np.zeros(n),
    )


def _ends(world: World, on: Floats) -> Floats:
    """When they close, infinite for most."""
    rng, n, days = world.rng, len(on), world.days
    quits = flag(rng, n, rng.uniform(0.07, 0.15))
    off = np.where(quits, np.maximum(on, 0) + 25 + rng.exponential(days * 0.5, n), np.inf)
    off[off > days] = np.inf
    return off


def _troubles(world: World, n: int) -> tuple[Floats, Floats]:
    """Partners with troubles of their own: poor goods, poor buyers, a bad season. (n, 3) and (n, 2)."""
    rng, days = world.rng, world.days
    trouble, troubled = np.zeros((n, 3)), np.tile([0.0, days], (n, 1))
    bad = flag(rng, n, rng.uniform(0.2, 0.3))
    kind = rng.choice(3, n, p=[0.25, 0.35, 0.4])
    trouble[np.flatnonzero(bad), kind[bad]] = np.exp(rng.normal(-2.3, 0.7, bad.sum())).clip(0.02, 0.5)
    short = bad & flag(rng, n, 0.5)
    start = rng.uniform(0, days * 0.8, n)
    troubled[short] = np.stack([start, start + rng.uniform(15, 90, n)], axis=1)[short]
    trouble[short] = np.minimum(trouble[short] * 2.5, 0.6)
    return trouble, troubled


def _names(rng: np.random.Generator, brand: Texts, owner: Texts, word: Texts) -> Texts:
    forms = np.stack([
        brand + " " + word, owner + "'s " + word, brand + " " + owner, word + " " + brand,
        brand + word + " " + rng.integers(1, 99, len(brand)).astype(str).astype(object),
    ])  # fmt: skip
    names: Texts = forms[rng.integers(0, len(forms), len(brand)), np.arange(len(brand))]
    return names


def _payees(world: World, n: int) -> Ints:
    """(n, 4) three great suppliers or landlords or the treasury, and a small supplier of a few partners."""
    rng, settings = world.rng, world.settings
    many = max(6, round(int(rng.integers(25, 60)) * settings.size))
    great = world.accounts.new(many, CODES[rng.choice(settings.lands)])
    weight = rng.pareto(1.1, many) + 0.1
    payees = rng.choice(great, (n, 4), p=weight / weight.sum())
    payees[:, 3] = rng.choice(world.accounts.new(n // 3, CODES[rng.choice(settings.lands)]), n)
    return payees


def settle_lives(world: World) -> None:
    """The span of everybody's trade, where its custom comes from, and everybody's favourites."""
    rng, firms, people, days = world.rng, world.firms, world.people, world.days
    cities, tastes = world.settings.cities, 6
    firms.opening, firms.ending = np.clip(firms.on, 0, days - 0.5), np.minimum(firms.off, days)
    firms.popularity = firms.popularity * (firms.ending - np.maximum(firms.on, 0)).clip(0.5) / days
    world.in_district = lottery(firms.district, cities * QUARTERS + 1, firms.popularity)
    world.in_city = lottery(firms.city + 1, cities + 1, firms.popularity)
    near = world.in_district.draw(rng, np.repeat(people.district, tastes))
    here = world.in_city.draw(rng, np.repeat(people.city + 1, tastes))
    anywhere = world.in_city.draw(rng, np.zeros(len(near), np.int64))
    u = rng.random(len(near))
    chosen = np.where(u < 0.3, near, np.where(u < 0.6, here, anywhere))
    world.favourites = chosen.reshape(len(people), tastes)
