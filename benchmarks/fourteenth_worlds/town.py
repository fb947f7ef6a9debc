"""Who lives in a world: people in households and towns, shops and their owners, and the names over doors."""

from __future__ import annotations

import numpy as np

from benchmarks.fourteenth_worlds.climate import DAY, TRADES, Floats, Ints
from benchmarks.fourteenth_worlds.ledger import NOBODY, World

ONSETS = (
    "b",
    "br",
    "d",
    "f",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
    "t",
    "v",
    "w",
    "z",
)
VOWELS = ("a", "e", "i", "o", "u", "aa", "ie", "oe", "ei", "ou")
ENDS = ("", "n", "r", "l", "s", "k", "m", "t", "nd", "rs", "ck", "ne")
FORMS = ("Ltd", "BV", "GmbH", "SARL", "SL", "Sp. z o.o.", "AB", "ApS", "& Co", "NV")


def words(rng: np.random.Generator, n: int, syllables: tuple[int, ...] = (1, 2, 2, 3)) -> list[str]:
    """n made-up proper names."""
    found = []
    for length in rng.choice(syllables, n):
        parts = [str(rng.choice(ONSETS)) + str(rng.choice(VOWELS)) for _ in range(int(length))]
        found.append(("".join(parts) + str(rng.choice(ENDS))).capitalize())
    return found


def settle_people(world: World) -> None:
    """The people, their households, devices and accounts."""
    newcomers(world, world.climate.people, _created(world, world.climate.people))
    _households(world)
    _friends(world)


def _created(world: World, n: int) -> Floats:
    climate, rng = world.climate, world.rng
    before = climate.start - rng.gamma(1.2, 500.0, n) * DAY
    during = climate.moments(rng, n, climate.start, climate.end - 5 * DAY, 1)
    return np.asarray(np.where(rng.random(n) < rng.uniform(0.3, 0.55), during, before))


def newcomers(
    world: World,
    n: int,
    created: Floats,
    *,
    country: int | None = None,
    zest: float = 1.0,
    town: int | None = None,
) -> Ints:
    """n more people with a phone and an account of their own."""
    climate, rng = world.climate, world.rng
    places = np.arange(len(climate.towns))
    if town is not None:
        places = np.array([town])
    elif country is not None:
        places = np.flatnonzero(climate.towns == country)
    draw = rng.permutation(len(climate.towns))[places] + 1.0 if n < 500 else 1.0 / (places + 1.5) ** 0.7
    weight = draw / draw.sum()
    home = rng.choice(places, n, p=weight)
    of = climate.towns[home]
    several = rng.random(n) < 0.35
    second = np.full(n, NOBODY)
    second[several] = world.device(int(several.sum()), (0.1, 0.65, 0.2, 0.0, 0.05))
    created = np.minimum(
        climate.daytime(rng, np.broadcast_to(created, n).astype(float), 1), climate.end - 2 * DAY
    )
    renewed = created + rng.exponential(climate.device_life, n) * DAY
    renewed = np.maximum(renewed, climate.start + rng.exponential(climate.device_life, n) * DAY)
    return world.people.add(
        n,
        country=of,
        town=home,
        created=created,
        zest=zest * rng.gamma(0.9, 1.0, n) + 0.03,
        slip=rng.normal(0, 0.9, n),
        phone=world.device(n),
        second=second,
        later=world.device(n),
        renewed=renewed,
        account=world.account(of, n, created),
        thrift=rng.normal(0, 0.2, n),
        rhythm=rng.choice(3, n, p=(0.5, 0.4, 0.1)),
    )


def _households(world: World) -> None:
    """People of a town who share a tablet, an account, or both; the big ones are told as look-alikes."""
    rng, people = world.rng, world.people
    order = np.lexsort((rng.random(people.size), people["town"]))
    place = 0
    while place < people.size:
        size = int(rng.choice((1, 2, 3, 4, 5, 7), p=(0.42, 0.28, 0.13, 0.11, 0.04, 0.02)))
        home = order[place : place + size]
        place += size
        if len(home) < 2 or people["town"][home[0]] != people["town"][home[-1]]:
            continue
        people["home"][home] = home[0]
        if rng.random() < 0.55:
            people["second"][home] = world.device(1, (0.1, 0.4, 0.5, 0.0, 0.0))[0]
        if rng.random() < 0.5:
            people["joint"][home[:2]] = people["account"][home[0]]
        if rng.random() < 0.15:
            people["phone"][home[-1]] = people["phone"][home[0]]
        if size >= 5:
            world.resembles("large household", "consumer", home)
            world.used_people.update(home.tolist())


def _friends(world: World) -> None:
    people, rng = world.people, world.rng
    lends = np.flatnonzero(rng.random(people.size) < world.climate.borrowing)
    order = np.argsort(people["town"][lends], kind="stable")
    people["friend"][lends[order]] = np.roll(lends[order], 1)


def open_shops(world: World) -> None:
    """The shops, with owners, desks and accounts; nobody has a story yet."""
    climate, rng = world.climate, world.rng
    n = climate.partners
    town = rng.choice(len(climate.towns), n, p=_pull(len(climate.towns)))
    trade = rng.choice(len(TRADES), n, p=rng.dirichlet(np.full(len(TRADES), 6.0)))
    before = climate.start - rng.gamma(1.1, 420.0, n) * DAY
    during = climate.start + rng.random(n) * (climate.end - climate.start - 20 * DAY)
    opened = np.where(rng.random(n) < rng.uniform(0.3, 0.5), during, before)
    opened = np.floor(opened / DAY) * DAY + (8 + 10 * rng.beta(2, 2.4, n)) * 3600
    life = rng.exponential(rng.uniform(700, 1600), n) * DAY
    closed = np.maximum(opened, climate.start) + np.maximum(life, 35 * DAY)
    closed = np.where(closed < climate.end, closed, np.inf)
    grown = np.exp(rng.normal(0, 1, n) * climate.tail) * climate.trades[trade, 6] ** 0.7
    owners = rng.choice(np.flatnonzero(world.people["created"] < climate.start), n)
    world.shops.add(
        n,
        country=climate.towns[town],
        town=town,
        trade=trade,
        size=grown,
        price=np.exp(rng.normal(0, 0.3, n)),
        rounding=rng.choice(5, n, p=(0.34, 0.2, 0.16, 0.22, 0.08)),
        opened=opened,
        closed=closed,
        slip=rng.normal(0, climate.honest_bad_spread, n),
        owner=owners,
        online=rng.random(n) < climate.trades[trade, 4],
        cycle=rng.choice((1, 3, 7, 14, 30), n, p=(0.1, 0.15, 0.45, 0.15, 0.15)),
        ramp=rng.exponential(25, n) + 2,
        device=world.device(n, (0.3, 0.5, 0.18, 0.02, 0.0)),
        account=world.account(climate.towns[town], n, opened),
        weekday=rng.integers(0, 7, n),
        peak=rng.uniform(0, 365, n),
        swing=np.where(rng.random(n) < 0.45, rng.beta(1.5, 1.5, n), 0.1),
    )
    _christen(world, trade)
    _desks(world, n)


def _pull(towns: int) -> Floats:
    weight = 1.0 / (np.arange(towns) + 1.5) ** 0.6
    return np.asarray(weight / weight.sum())


def _christen(world: World, trade: Ints) -> None:
    rng, climate = world.rng, world.climate
    first, family = words(rng, len(trade)), words(rng, len(trade), (2, 2, 3))
    towns = words(rng, len(climate.towns), (2, 3))
    at = world.shops.whole("town")
    for shop, one in enumerate(trade):
        noun, way = TRADES[one][1], int(rng.integers(0, 6))
        name = (
            f"{first[shop]} {noun}",
            f"{noun} {towns[at[shop]]}",
            f"{family[shop]}'s {noun}",
            f"{first[shop]}{noun.lower()}",
            f"The {first[shop]} {noun}",
            f"{first[shop]} & {family[shop]}",
        )[way]
        form = FORMS[int(rng.integers(0, len(FORMS)))]
        legal = f"{family[shop]} {form}" if rng.random() < 0.5 else f"{name} {form}"
        world.names.append(name)
        world.legal.append("" if rng.random() < climate.thin else legal)
        site = "".join(c for c in name.lower() if c.isalnum())
        ending = climate.countries[int(climate.towns[at[shop]])].lower().replace("gb", "co.uk")
        world.sites.append("" if rng.random() < climate.thin + 0.1 else f"https://{site}.{ending}")


def _desks(world: World, n: int) -> None:
    """From what the shops are logged in to: the till, the owner's phone, a helper's phone, a new till."""
    rng, shops, people, end = world.rng, world.shops, world.people, world.climate.end
    temps = rng.integers(0, people.size, max(n // 8, 3))  # they help out at one shop and another
    rate = rng.gamma(1.6, 2.4, n) + 0.3
    for shop in range(n):
        later = np.inf
        if rng.random() < 0.22:
            later = world.climate.start + float(rng.random()) * (end - world.climate.start)
            world.works_at(
                shop, int(world.device(1, (0.3, 0.5, 0.18, 0.02, 0.0))[0]), float(rate[shop]), later
            )
        world.works_at(shop, int(shops["device"][shop]), float(rate[shop]), -np.inf, later)
        if rng.random() < 0.45:
            owner = int(shops["owner"][shop])
            world.works_at(shop, int(people["phone"][owner]), float(rate[shop] * rng.uniform(0.1, 0.8)))
        if rng.random() < 0.3:
            helper = int(temps[int(rng.integers(0, len(temps)))])
            since = world.climate.start + float(rng.random()) * (end - world.climate.start)
            world.works_at(
                shop,
                int(people["phone"][helper]),
                float(rng.uniform(0.3, 3)),
                since,
                since + float(rng.gamma(2, 60)) * DAY,
            )
