"""What honest people buy for themselves, and honest stories of single partners."""

from __future__ import annotations

import numpy as np

from benchmarks.seventh_worlds.orders import buy
from benchmarks.seventh_worlds.settings import CODES
from benchmarks.seventh_worlds.trades import SUBSCRIPTION
from benchmarks.seventh_worlds.units import flag, groups
from benchmarks.seventh_worlds.world import World
from benchmarks.writing.units import Floats, Ints, within_runs


def shop(world: World) -> None:
    """Two thirds of all orders: people go to their favourites, in their city and anywhere."""
    rng, people, favourites = world.rng, world.people, world.favourites
    n = int(world.settings.orders * 0.62)
    who = world.some_people(n)
    place = np.minimum(rng.geometric(0.35, n) - 1, favourites.shape[1] - 1)
    elsewhere = np.where(flag(rng, n, 0.5), people.city[who] + 1, 0)
    firm = np.where(flag(rng, n, 0.7), favourites[who, place], world.in_city.draw(rng, elsewhere))
    buy(world, who, firm, _moments(world, firm), usual=True)


def fill(world: World, orders: int) -> None:
    """More of the same, until there are so many orders within the window."""
    rng, people, favourites = world.rng, world.people, world.favourites
    n = orders - sum(int(((one.t >= 0) & (one.t < world.days)).sum()) for one in world.batches)
    if n <= 0:
        return
    who = world.some_people(n)
    elsewhere = rng.integers(0, 2, n) * (people.city[who] + 1)
    chosen = favourites[who, rng.integers(0, favourites.shape[1], n)]
    firm = np.where(flag(rng, n, 0.75), chosen, world.in_city.draw(rng, elsewhere))
    buy(world, who, firm, _moments(world, firm), usual=True)


def _moments(world: World, firm: Ints) -> Floats:
    firms = world.firms
    return world.moments(firms.opening[firm], firms.ending[firm], firms.hour[firm])


def subscribe(world: World) -> None:
    """The same amount every month."""
    rng, firms = world.rng, world.firms
    sellers = np.flatnonzero(firms.trade == SUBSCRIPTION)
    n = int(world.settings.orders * 0.02)
    if not len(sellers):
        return
    firm, who = rng.choice(sellers, n), rng.integers(0, len(world.people), n)
    first, times = rng.uniform(firms.opening[firm], firms.ending[firm]), rng.integers(1, 9, n)
    month = within_runs(times)
    firm, who = np.repeat(firm, times), np.repeat(who, times)
    t = np.repeat(first, times) + 30.4 * month
    paid = t < firms.ending[firm] - 0.01
    price = np.round(np.exp(firms.price)) - 0.01
    buy(world, who[paid], firm[paid], t[paid], amount=price[firm[paid]])


def rush(world: World) -> None:
    """Flash sales: many people in a day or two, at a price below the usual."""
    rng, firms = world.rng, world.firms
    for firm in world.pick(groups(rng, 15, 50, world.settings.volume), firms.ending - firms.opening > 20):
        n, start = int(rng.integers(25, 160)), rng.uniform(firms.opening[firm], firms.ending[firm] - 3)
        price = np.round(np.exp(firms.price[firm])) * rng.uniform(0.5, 0.9)
        t = start + rng.exponential(0.6, n).clip(0, 2.9)
        buy(world, rng.integers(0, len(world.people), n), np.full(n, firm), t, amount=np.full(n, price))


def steal_cards(world: World) -> None:
    """Strangers who have nothing to do with each other, and an honest victim."""
    rng, firms = world.rng, world.firms
    many = len(firms) * rng.uniform(0.02, 0.05)
    for firm in world.pick(many, (firms.ending - firms.opening > 30) & ~firms.busy):
        n, start = int(rng.integers(8, 35)), rng.uniform(firms.opening[firm], firms.ending[firm] - 25)
        buy(
            world,
            world.consumers.new(n, CODES[firms.land[firm]]),
            np.full(n, firm),
            start + rng.uniform(0, 25, n),
            device=world.devices.new(n, "mobile"),
            account=world.accounts.new(n, CODES[rng.choice(world.settings.lands)]),
            risk=np.array([0.03, 0.55, 0.15]),
        )


def buy_at_own(world: World) -> None:
    """Owners and staff buy at their own shop, half of the time on its device."""
    rng, firms = world.rng, world.firms
    for firm in world.pick(len(firms) * 0.06, np.ones(len(firms), np.bool_)):
        who = np.repeat(firms.staff[firm], 6)
        t = rng.uniform(firms.opening[firm], firms.ending[firm], len(who))
        device = np.where(flag(rng, len(who), 0.5), firms.device[firm], world.people.device[who])
        buy(world, who, np.full(len(who), firm), t, device=device)


def follow(world: World) -> None:
    """Buyers of a relaunched shop come over; to be called after `shop`, whose orders are the first."""
    rng, firms, first = world.rng, world.firms, world.batches[0]
    for old, new in world.relaunched:
        who = first.consumer[first.firm == old][:60]
        t = rng.uniform(firms.opening[new], firms.ending[new], len(who))
        buy(world, who, np.full(len(who), new), t)
