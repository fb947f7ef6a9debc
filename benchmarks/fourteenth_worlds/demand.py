"""What everybody buys of their own accord: trips to favourites, along streets, and online."""

from __future__ import annotations

import numpy as np

from benchmarks.fourteenth_worlds.climate import DAY, Floats, Ints
from benchmarks.fourteenth_worlds.ledger import NOBODY, World

FAVOURITES = 10
LONGEST_TRIP = 4


class Streets:
    """Which shops a town can reach, how strongly, and who the neighbours are."""

    def __init__(self, world: World) -> None:
        climate, shops, rng = world.climate, world.shops, world.rng
        self.pools: list[tuple[Ints, Floats]] = []
        self.next_door = np.arange(shops.size)
        many = len(climate.towns)
        for town in range(many):
            country = climate.towns[town]
            local = (shops["town"] == town) & (shops["online"] == 0)
            domestic = (shops["online"] == 1) & (shops["country"] == country)
            abroad = (shops["online"] == 1) & ~domestic
            reach = local + climate.online_pull * (domestic * 1.6 + abroad * 0.12) / many**0.7
            rows = np.flatnonzero(reach > 0)
            self.pools.append((rows, np.cumsum(reach[rows] * shops["size"][rows])))
            row = rng.permutation(np.flatnonzero(local))
            self.next_door[row] = np.roll(row, 1)

    def draw(self, rng: np.random.Generator, town: Ints) -> Ints:
        """A shop for each person who looks for one from that town."""
        found = np.zeros(len(town), dtype=np.int64)
        for number, (rows, weight) in enumerate(self.pools):
            here = np.flatnonzero(town == number)
            place = np.searchsorted(weight, rng.random(len(here)) * weight[-1], side="right")
            found[here] = rows[np.minimum(place, len(rows) - 1)]
        return found


def sell_to_all(world: World, n: int) -> None:
    """About n orders of ordinary trips, by everybody there is."""
    people, rng = world.people, world.rng
    streets = Streets(world)
    towns = people.whole("town")
    favourites = streets.draw(rng, np.repeat(towns, FAVOURITES)).reshape(-1, FAVOURITES)
    home = people.whole("home")
    alike = (home != NOBODY) & (rng.random(people.size) < 0.5)
    favourites[alike] = favourites[home[alike]]  # those who live together like the same shops
    weight = np.cumsum(people["zest"])
    sold = 0
    for _ in range(12):
        if sold >= n:
            break
        trips = max(int((n - sold) * 1.15), 500)
        sold += _trips(world, streets, favourites, towns, weight, trips, n - sold)


def _trips(
    world: World, streets: Streets, favourites: Ints, towns: Ints, weight: Floats, trips: int, most: int
) -> int:
    climate, rng = world.climate, world.rng
    lone = np.searchsorted(weight, rng.random(trips) * weight[-1], side="right")
    start = np.zeros(trips)
    rhythm = world.people.whole("rhythm")[lone]
    for which in range(3):
        here = np.flatnonzero(rhythm == which)
        start[here] = climate.moments(rng, len(here), climate.start, climate.end, which)
    stops = np.minimum(rng.geometric(1 - climate.trip_more, trips), LONGEST_TRIP)
    trip = np.repeat(np.arange(trips), stops)
    turn = np.arange(len(trip)) - np.repeat(np.cumsum(stops) - stops, stops)
    who = lone[trip]
    t = start[trip] + turn * rng.gamma(2.0, 700.0, len(trip))
    away = np.where(rng.random(trips) < 0.05, rng.integers(0, len(climate.towns), trips), towns[lone])
    liked = np.minimum(rng.geometric(0.28, len(trip)) - 1, FAVOURITES - 1)
    new = streets.draw(rng, away[trip])
    shop = np.where(rng.random(len(trip)) < climate.habit, favourites[who, liked], new)
    for step in range(1, LONGEST_TRIP):
        at = np.flatnonzero((turn == step) & (rng.random(len(trip)) < 0.45))
        shop[at] = streets.next_door[shop[at - 1]]
    fits = _finds_open(world, who, shop, t)
    kept = np.flatnonzero(fits)
    if len(kept) > most:
        kept = np.sort(rng.choice(kept, most, replace=False))
    t, who, shop = t[kept], who[kept], shop[kept]
    device = world.own_device(who, t)
    owner = (world.shops["owner"][shop] == who) & (rng.random(len(who)) < 0.5)
    device = np.where(owner, world.shops["device"][shop], device).astype(np.int64)
    world.sell(t, who, shop, device=device)
    return len(kept)


def _finds_open(world: World, who: Ints, shop: Ints, t: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Whether the person is there, and the shop open and known enough to be found."""
    shops = world.shops
    age = (t - shops["opened"][shop]) / DAY
    known = 1 - np.exp(-np.maximum(age, 0) / shops["ramp"][shop])
    season = (1 + np.cos(2 * np.pi * (t / DAY - shops["peak"][shop]) / 365.25)) / 2
    known *= 1 - shops["swing"][shop] * (1 - season**2)
    fits = (age > 0) & (t < shops["closed"][shop]) & (world.rng.random(len(t)) < known)
    fits &= (t > world.people["created"][who]) & (t < world.climate.end - 60)
    return np.asarray(fits)
