"""An honest society: towns, consumers with homes, shops with owners, staff, suppliers and landlords."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.tenth_worlds.market import Market
from benchmarks.tenth_worlds.names import brands
from benchmarks.tenth_worlds.trades import TRADES
from benchmarks.tenth_worlds.units import draw_by, some_of
from benchmarks.tenth_worlds.world import People, Route, Shops, Towns, Use, World
from benchmarks.writing.units import NONE, Floats, Ints, Texts

RHYTHMS: Final = np.array([1.0, 2, 3.5, 7, 14, 30])


def found(rng: np.random.Generator, market: Market) -> World:
    """A world before any pact."""
    towns = _towns(rng, market)
    people = _people(rng, market, towns)
    shops = _shops(rng, market, towns, people)
    n, many = market.people, market.partners
    devices = int(max(people.device.max(), people.second.max(), shops.device.max())) + 1
    country = np.zeros(n + many, np.int64)
    country[people.account] = towns.country[people.town]
    country[shops.account] = towns.country[shops.town]
    free = np.zeros(many, np.bool_)
    world = World(
        rng, market, towns, shops, people, [country], n, free, free.copy(),
        n_devices=devices, n_accounts=n + many,
    )  # fmt: skip
    _hire(world)
    _share(world)
    _trade(world)
    return world


def _towns(rng: np.random.Generator, market: Market) -> Towns:
    country = draw_by(rng, market.countries, market.towns)
    place = rng.random((market.towns, 2))
    far = np.linalg.norm(place[:, None] - place[None], axis=2)
    size = rng.lognormal(0, 0.9, market.towns)
    abroad = country[:, None] != country[None]
    pull = np.exp(-far / market.reach) * np.where(abroad, 0.05, 1)
    return Towns(country, size, pull)


def _people(rng: np.random.Generator, market: Market, towns: Towns) -> People:
    """Consumers; those of a home have a tablet in common, and now and then an account."""
    n = market.people
    town = draw_by(rng, towns.size, n)
    town.sort()
    size = rng.choice(np.arange(1, 6), n, p=np.array([0.4, 0.28, 0.15, 0.12, 0.05]))
    home = np.repeat(np.arange(n), size)[:n]
    device = np.arange(n)
    second = np.where(rng.random(n) < market.second, n + np.arange(n), device)
    second = np.where((rng.random(n) < market.home), 2 * n + home, second)
    joint = (rng.random(n) < market.joint)[home] & (rng.random(n) < 0.8)
    account = np.where(joint, np.searchsorted(home, home), np.arange(n))
    back = rng.exponential(300, n)
    made = np.where(rng.random(n) < rng.uniform(0.3, 0.7), rng.uniform(0, market.days, n), -back)
    bad = rng.random(n) < 0.012
    default = np.where(bad, rng.uniform(0.15, 0.7, n), market.default * rng.gamma(1, 1, n))
    return People(
        town, rng.integers(0, 3, n), made, rng.gamma(0.7, 1 / 0.7, n), device, second, account, default,
        rng.normal(15, 3.5, n),
    )  # fmt: skip


def _shops(rng: np.random.Generator, market: Market, towns: Towns, people: People) -> Shops:
    n, days = market.partners, market.days
    trade = draw_by(rng, rng.dirichlet(np.full(len(TRADES), 1.5)), n)
    young = rng.random(n) < market.young
    on = np.where(young, rng.uniform(0, 0.85, n) * days, -rng.exponential(500, n) - 1)
    dies = rng.random(n) < market.mortality
    off = np.where(dies, np.maximum(on, 0) + 20 + rng.gamma(1.5, 0.35, n) * days, np.inf)
    off[off >= days - 1] = np.inf
    price = np.array([one.price for one in TRADES])[trade] * rng.lognormal(0, 0.45, n)
    spread = np.where(rng.random(n) < 0.12, rng.uniform(0.01, 0.1, n), rng.uniform(0.25, 0.9, n))
    awful = rng.random(n) < rng.uniform(0.04, 0.14)
    dispute = market.dispute * rng.gamma(1.2, 1 / 1.2, n) * np.where(awful, rng.uniform(3, 14, n), 1)
    refund = market.refund * rng.gamma(1.2, 1 / 1.2, n)
    names: Texts = brands(rng, n)
    sticky = np.minimum(rng.gamma(0.7, market.sticky / 0.7, n), 0.92)
    return Shops(
        town=draw_by(rng, towns.size, n), trade=trade, rank=rng.integers(0, 3, n),
        fame=rng.lognormal(0, market.fame, n) * (1 - sticky), sticky=sticky,
        credit=rng.gamma(0.7, 1 / 0.7, n), online=rng.random(n) < rng.uniform(0.3, 0.8), price=price,
        spread=spread, on=on, off=off, heir=np.full(n, NONE), refund=np.minimum(refund, 0.5),
        dispute=np.minimum(dispute, 0.35), device=3 * market.people + np.arange(n),
        account=market.people + np.arange(n), rhythm=RHYTHMS[rng.integers(0, len(RHYTHMS), n)],
        hour=rng.normal(12.5, 3, n), brand=names,
        legal=np.where(rng.random(n) < 0.5, names, brands(rng, n)),
    )  # fmt: skip


def near(world: World, town: int, n: int) -> Ints:
    """At most n ordinary consumers of a town."""
    first, last = np.searchsorted(world.people.town[: world.ordinary], [town, town + 1])
    if last <= first:
        first, last = 0, world.ordinary
    return np.unique(world.rng.integers(first, last, n))


def _hire(world: World) -> None:
    """Staff: consumers nearby, who are paid; some log in from their own phone."""
    rng, shops = world.rng, world.shops
    for shop in range(world.market.partners):
        team = near(world, int(shops.town[shop]), int(rng.integers(1, 5) + 4 * (rng.random() < 0.12)))
        world.staff[shop] = team
        for one in team:
            if rng.random() < 0.3:
                phone = int(world.people.device[one])
                world.keys.append(Use(shop, phone, -1, np.inf, float(rng.uniform(0.05, 0.5))))
            if rng.random() < 0.3:
                paid = int(world.people.account[one])
                chance, part = float(rng.uniform(0.05, 0.5)), float(rng.uniform(0.03, 0.2))
                pay = Route(int(shops.account[shop]), (paid,), -1, np.inf, chance, part, rng.uniform(0.5, 6))
                world.routes.append(pay)
        if rng.random() < 0.15:
            fresh = int(world.new_devices(1)[0])
            world.keys.append(Use(shop, fresh, rng.uniform(0, world.days), np.inf, rng.uniform(0.5, 1)))
        if rng.random() < 0.1:
            bank = int(world.open_accounts(world.country(shop), 1)[0])
            world.purses.append(Use(shop, bank, rng.uniform(0, world.days), np.inf, rng.uniform(0.4, 1)))


def _share(world: World) -> None:
    """Clerks work for two or three shops of a town, with a phone of their own; agents collect for two."""
    rng, shops, n = world.rng, world.shops, world.market.partners
    for kind, share in (("clerk", world.market.clerks), ("agent", world.market.agents)):
        for shop in np.flatnonzero(rng.random(n) < share / 1.3):
            same = np.flatnonzero(shops.town == shops.town[shop])
            served = [int(shop), *some_of(rng, same, 1 + int(rng.random() < 0.3)).tolist()]
            what = (
                world.new_devices(1) if kind == "clerk" else world.open_accounts(world.country(int(shop)), 1)
            )
            on = float(rng.choice([-1.0, rng.uniform(0, world.days)]))
            for one in served:
                use = Use(one, int(what[0]), on, np.inf, float(rng.uniform(0.05, 0.5)))
                (world.keys if kind == "clerk" else world.purses).append(use)


def _trade(world: World) -> None:
    """Money to wholesalers of a trade, landlords of a town, a tax office, and the owner's own savings."""
    rng, shops, n = world.rng, world.shops, world.market.partners
    habit = rng.uniform(0.2, 0.8, 4)
    main = int(np.argmax(world.market.countries))
    sellers = {one: world.open_accounts(main, int(rng.integers(2, 9))) for one in range(len(TRADES))}
    lords = {
        one: world.open_accounts(int(land), int(rng.integers(1, 5)))
        for one, land in enumerate(world.towns.country)
    }
    office = world.open_accounts(main, 1)
    for shop in range(n):
        source = int(shops.account[shop])
        wholesale, rent = sellers[int(shops.trade[shop])], lords[int(shops.town[shop])]
        own = world.open_accounts(world.country(shop), 1)
        spouse = world.open_accounts(world.country(shop), 1)
        ways: list[tuple[Ints, Floats]] = [
            (wholesale, rng.uniform(0.2, 0.6, 2)), (rent, rng.uniform(0.05, 0.3, 2)),
            (own, rng.uniform(0.1, 0.9, 2)), (office, rng.uniform(0.05, 0.2, 2)),
        ]  # fmt: skip
        for place, (targets, (chance, part)) in enumerate(ways):
            if rng.random() < habit[place]:
                path = [int(rng.choice(targets))]
                if place == 2 and rng.random() < 0.35:
                    path.append(int(spouse[0]))
                lag = float(rng.uniform(0.1, 7))
                world.routes.append(Route(source, tuple(path), -1, np.inf, float(chance), float(part), lag))
