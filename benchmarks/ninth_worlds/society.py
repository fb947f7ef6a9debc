"""Towns, consumers and partners as they are before any organisation takes them."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.ninth_worlds.settings import Settings
from benchmarks.ninth_worlds.units import COUNTRIES, TRADES
from benchmarks.ninth_worlds.world import STAFF_DEVICES, Firms, People, World
from benchmarks.writing.truth import Alike
from benchmarks.writing.units import NONE, Floats, Ints, Texts, where_known

SOUNDS: Final = (
    "ba", "bel", "cor", "da", "den", "do", "el", "fa", "fin", "ga", "gel", "ha", "jo", "ka", "ken", "la",
    "lin", "lo", "ma", "mir", "mo", "na", "nel", "no", "or", "pa", "pel", "ra", "rin", "ro", "sa", "sel",
    "so", "ta", "tem", "ti", "tor", "u", "va", "ven", "vi", "wa", "win", "xa", "ya", "zan", "ze",
)  # fmt: skip
COMMON: Final = (
    "Alpha", "Blue", "City", "Direct", "Euro", "First", "Global", "Green", "Happy", "Metro", "Nova",
    "Prime", "Royal", "Smart", "Star", "Sun", "Super", "Top",
)  # fmt: skip


def draw_towns(rng: np.random.Generator, settings: Settings) -> tuple[Ints, Floats]:
    """(towns,) the country of each, in order, and its share of all people."""
    towns, lands = settings.towns, len(settings.countries)
    country = rng.choice(lands, towns, p=settings.country_share)
    country[:lands] = np.arange(lands)[:towns]
    country = np.sort(country)
    share = rng.pareto(1.3, towns) + 0.2
    share *= settings.country_share[country] / np.bincount(country, share, lands)[country]
    return country, share / share.sum()


def make_people(world: World, town: Ints) -> People:
    """A consumer for each town, with own devices and accounts; half have two of each."""
    rng, n = world.rng, len(town)
    device, account = world.new_devices(n), world.new_accounts(n)
    swap = np.where(rng.random(n) < 0.2, rng.uniform(0, 1, n) * world.days, np.inf)
    second, other = world.new_devices(n), world.new_accounts(n)
    return People(
        town=town,
        default=np.exp(rng.normal(-0.7, 1.2, n)),
        refund=np.exp(rng.normal(-0.3, 0.8, n)),
        dispute=np.exp(rng.normal(-0.5, 1.0, n)),
        device=device,
        later=world.new_devices(n),
        swap=swap,
        second_device=np.where(rng.random(n) < 0.5, second, device),
        account=account,
        second_account=np.where(rng.random(n) < 0.4, other, account),
        made=np.full(n, np.nan),
    )


def settle_people(world: World) -> None:
    """The ordinary consumers, some of whom share a device or an account at home."""
    rng, settings = world.rng, world.settings
    n = settings.consumers
    town = np.sort(rng.choice(settings.towns, n, p=world.town_share))
    people = world.people = make_people(world, town)
    world.ordinary = n
    world.activity = np.concatenate([[0.0], np.cumsum(np.exp(rng.normal(0, 1.0, n)))])
    late = rng.uniform(0.35, 0.75)  # share who come to the platform within the time
    world.joined = np.where(rng.random(n) < late, rng.uniform(0, 0.95, n) * world.days, 0.0)
    world.town_first = np.searchsorted(town, np.arange(settings.towns + 1))
    heads = np.flatnonzero(rng.random(n) < settings.households)
    homes = []
    for step in (1, 2, 3):
        heads = heads[heads + step < n]
        heads = heads[(town[heads] == town[np.minimum(heads + step, n - 1)]) & (rng.random(len(heads)) < 0.7)]
        u = rng.random(len(heads))
        machine, purse = heads[u < 0.75], heads[u > 0.4]
        people.second_device[machine + step] = people.second_device[machine]
        people.second_account[purse + step] = people.account[purse]
        homes.append(heads + step)
    world.alike.append(Alike("household", "consumer", np.unique(np.concatenate(homes))))
    # a lone fraudster has a few identities on one device
    for one in rng.choice(n - 8, int(n * settings.lone_frauds), replace=False):
        group = np.arange(one, one + int(rng.integers(1, 6)))
        people.device[group], people.swap[group] = people.device[one], np.inf
        people.default[group] *= rng.uniform(8, 40)
        people.dispute[group] *= rng.uniform(1, 20)


def words(rng: np.random.Generator, n: int) -> Texts:
    """(n,) made-up words; a fifth are words that many use."""
    sound = np.array(SOUNDS, object)[rng.integers(0, len(SOUNDS), (n, 3))]
    third = np.where(rng.random(n) < 0.6, sound[:, 2], "")
    made = np.array(
        [f"{a}{b}{c}".capitalize() for a, b, c in zip(sound[:, 0], sound[:, 1], third, strict=True)], object
    )
    return np.where(rng.random(n) < 0.2, np.array(COMMON, object)[rng.integers(0, len(COMMON), n)], made)


def settle_firms(world: World) -> None:
    """All partners, each on its own; a few have troubles of their own."""
    rng, settings, n, days = world.rng, world.settings, world.settings.partners, world.days
    town = rng.choice(settings.towns, n, p=world.town_share)
    country = world.town_country[town]
    trade = rng.choice(len(TRADES), n, p=settings.trade_share)
    opened = np.where(
        rng.random(n) < settings.old, -rng.exponential(300, n) - 3, rng.uniform(-15, 0.88 * days, n)
    )
    closed = np.maximum(opened, 0) + np.maximum(20, rng.exponential(0.5 * days, n))
    closed = np.where((rng.random(n) < settings.closures) & (closed < days - 3), closed, np.inf)
    rate = np.array([one[2] for one in COUNTRIES])[settings.countries][country]
    price = np.array([one[1] for one in TRADES])[trade] * rate * np.exp(rng.normal(0, 0.5, n))
    devices = world.new_devices(n * STAFF_DEVICES).reshape(n, STAFF_DEVICES)
    devices[rng.random(n) < 0.45, 1] = NONE
    devices[rng.random(n) < 0.75, 2] = NONE
    brand = words(rng, n)
    word = [str(rng.choice(TRADES[one][5].split())) for one in trade]
    u = rng.random(n)
    world.firms = Firms(
        town=town, country=country, trade=trade, reach=rng.choice(3, n, p=settings.reach),
        weight=np.exp(rng.normal(0, settings.popularity, n)), opened=opened, closed=closed, price=price,
        sigma=np.array([one[2] for one in TRADES])[trade] * rng.uniform(0.6, 1.3, n),
        price_way=rng.integers(0, 4, n),
        refund=np.array([one[3] for one in TRADES])[trade] * np.exp(rng.normal(0, 0.6, n)),
        default=settings.default * np.exp(rng.normal(-0.3, 0.8, n)),
        dispute=settings.dispute * np.exp(rng.normal(-0.3, 0.8, n)),
        hour=np.array([one[4] for one in TRADES])[trade] + rng.normal(0, 1.5, n),
        loyalty=rng.beta(2, 4, n), period=rng.choice([1, 3, 7, 14, 30], n, p=[0.1, 0.15, 0.4, 0.2, 0.15]),
        account=world.new_accounts(n), devices=devices,
        log_ins=settings.log_ins * np.exp(rng.normal(0, 0.8, n)),
        see_device=_seen(rng, settings.see_device, n), see_account=_seen(rng, settings.see_account, n),
        brand=brand, second=np.array(word, object),
        site=where_known(np.char.lower(brand.astype(str)).astype(object), rng.random(n) < 0.8),
        legal=where_known(np.where(u < 0.55, brand, words(rng, n)), u > 0.1),
        bad_from=np.full(n, np.inf), bad_to=np.full(n, np.inf), bad_share=np.zeros(n),
        spike=rng.uniform(0, 4, n) * days, spike_height=rng.uniform(3, 30, n), follows=np.full(n, NONE),
        ring=np.zeros(n, np.bool_),
    )  # fmt: skip
    _trouble(world)


def _seen(rng: np.random.Generator, share: float, n: int) -> Floats:
    """(n,) the share of each partner's orders whose device or account is known."""
    if share == 0:
        return np.zeros(n)
    return np.asarray(rng.beta(share * 12 + 0.3, (1 - share) * 12 + 0.3, n))


def _trouble(world: World) -> None:
    """Lone bad partners, insolvencies, poor risk: bad ends that nobody shares."""
    rng, firms, n = world.rng, world.firms, len(world.firms)
    low, high = world.opening(), world.ending()
    some = np.flatnonzero(rng.random(n) < world.settings.troubled)
    u = rng.random(len(some))
    start = low[some] + rng.uniform(0.1, 0.9, len(some)) * (high - low)[some]
    firms.bad_from[some] = start
    firms.bad_to[some] = np.where(u < 0.5, start + rng.uniform(5, 80, len(some)), high[some])
    firms.bad_share[some] = rng.beta(1.4, 2, len(some))
    broke = some[u < 0.3]  # those who go under
    firms.closed[broke] = np.minimum(
        firms.closed[broke], firms.bad_from[broke] + rng.uniform(8, 50, len(broke))
    )
    firms.closed[firms.closed > world.days - 3] = np.inf
    poor = rng.random(n) < world.settings.troubled
    firms.default[poor] *= rng.uniform(2, 12, np.count_nonzero(poor))
    poor = rng.random(n) < world.settings.troubled
    firms.dispute[poor] *= rng.uniform(2, 12, np.count_nonzero(poor))
