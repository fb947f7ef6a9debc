"""Ties and troubles of ordinary shops and people, who are in no truth; members of rings have them too."""

from __future__ import annotations

import numpy as np

from benchmarks.seventeenth_worlds.market import Ints
from benchmarks.seventeenth_worlds.things import Trouble, Window
from benchmarks.seventeenth_worlds.world import World


def strangers_ties(world: World) -> None:
    """All of it, when rings and groups are there."""
    bad_times(world)
    other_owners(world)
    helpers(world)
    tills_of_others(world)
    public_places(world)
    wallets(world)


def parts(world: World, some: Ints, sizes: tuple[int, ...]) -> list[Ints]:
    """Cuts some shops or people into parts of these sizes, drawn by chance."""
    edges = np.cumsum(world.rng.choice(sizes, len(some)))
    return [one for one in np.split(some, edges[edges < len(some)]) if len(one) > 1]


def bad_times(world: World) -> None:
    """Ordinary shops have bad times too, and a few live on other people's money with nobody's help."""
    rng, market = world.rng, world.market
    free = np.flatnonzero(~world.shops.taken)
    for shop in rng.permutation(free)[: int(market.partners * market.bad_shops)]:
        parts = rng.dirichlet([0.8, 0.6, 0.6]) * rng.uniform(0.1, 0.8)
        since = float(rng.uniform(-60, market.days))
        until = since + float(rng.uniform(20, 150))
        if rng.random() < 0.2 and until < market.days and world.shops.opened[shop] < since:
            world.shops.closed[shop] = min(world.shops.closed[shop], until)
        world.troubles.append(Trouble(int(shop), since, until, *(float(x) for x in parts)))


def other_owners(world: World) -> None:
    """Shops that share an owner: a device, a till, or both."""
    rng, books = world.rng, world.shops
    free = rng.permutation(np.flatnonzero(~books.taken))[
        : int(world.market.partners * rng.uniform(0.08, 0.3))
    ]
    for shops in parts(world, free, (2, 2, 2, 3, 4, 6)):
        device, account = int(world.new_devices(1, desk=0.6)[0]), int(world.new_accounts(1)[0])
        both = rng.random()
        for shop in shops:
            if both < 0.75:
                books.devices[shop].append(Window(device, weight=float(rng.uniform(0.03, 1.5))))
            if both > 0.55:
                since = float(rng.uniform(-200, world.market.days * 0.8))
                books.tills[shop].append(Window(account, since, weight=float(rng.uniform(0.3, 2))))


def helpers(world: World) -> None:
    """Book-keepers, agencies, supporters: anybody's shop may have one, a ring's too."""
    rng, books, market = world.rng, world.shops, world.market
    some = rng.permutation(market.partners)[: int(market.partners * rng.uniform(0.25, 0.6))]
    for shops in parts(world, some, (2, 3, 4, 6, 9, 14, 20)):
        device = int(world.new_devices(1, desk=0.8)[0])
        for shop in shops:
            since = float(rng.uniform(-300, market.days * 0.8))
            until = 1e9 if rng.random() < 0.7 else since + float(rng.uniform(10, 200))
            books.devices[shop].append(Window(device, since, until, float(rng.uniform(0.02, 0.5))))


def tills_of_others(world: World) -> None:
    """Banks, facilitators and factors that take what is paid to many shops."""
    rng, books, market = world.rng, world.shops, world.market
    some = rng.permutation(market.partners)[: int(market.partners * rng.uniform(0.05, 0.25))]
    for shops in parts(world, some, (2, 3, 5, 8, 12, 25)):
        account = int(world.new_accounts(1, fresh=0.1)[0])
        for shop in shops:
            since = float(rng.uniform(-300, market.days * 0.8))
            until = 1e9 if rng.random() < 0.7 else since + float(rng.uniform(20, 200))
            books.tills[shop].append(Window(account, since, until, float(rng.uniform(0.2, 3))))


def public_places(world: World) -> None:
    """Libraries, schools, shops' own tablets: devices from which many order now and then."""
    rng, people = world.rng, world.people
    free = np.flatnonzero(~people.taken & (people.home < 0))
    for who in parts(
        world, rng.permutation(free)[: int(len(free) * rng.uniform(0.05, 0.25))], (3, 5, 8, 15, 30)
    ):
        people.home[who] = world.new_devices(1, desk=0.8)[0]
        people.at_home[who] = rng.uniform(0.05, 0.6, len(who))


def wallets(world: World) -> None:
    """Wallets, employers and clubs from whose accounts many pay now and then."""
    rng, people = world.rng, world.people
    free = np.flatnonzero(~people.taken & (people.other == people.account))
    for who in parts(
        world, rng.permutation(free)[: int(len(free) * rng.uniform(0.04, 0.2))], (3, 5, 8, 15, 40)
    ):
        people.other[who] = world.new_accounts(1, fresh=0.15)[0]
        people.with_other[who] = rng.uniform(0.05, 0.6, len(who))
