"""Honest groups of people who go to the same few partners: in malls, at festivals, in clubs."""

from __future__ import annotations

import numpy as np

from benchmarks.seventh_worlds.look_alikes import in_one_city
from benchmarks.seventh_worlds.orders import buy
from benchmarks.seventh_worlds.units import groups
from benchmarks.seventh_worlds.world import World
from benchmarks.writing.units import Floats, Ints


def meet(world: World) -> None:
    """All crowds."""
    rng, volume = world.rng, world.settings.volume
    for _ in range(groups(rng, 4, 11, volume)):
        _mall(world)
    for _ in range(groups(rng, 4, 10, volume)):
        _festival(world)
    for _ in range(groups(rng, 20, 50, volume)):
        _club(world)


def _visit(
    world: World, buyers: Ints, shops: Ints, visits: int, most: int, days: float, span: tuple[float, float],
    risk: Floats | None = None,
) -> None:  # fmt: skip
    """Each visit of a buyer is to at most so many shops, within some days."""
    rng, firms, (low, high) = world.rng, world.firms, span
    shops = shops[(firms.opening[shops] <= low + 1) & (firms.ending[shops] >= high - 1)]
    if len(shops) < 2 or len(buyers) < 2:
        return
    orders = rng.integers(1, most + 1, visits)
    who = np.repeat(rng.choice(buyers, visits), orders)
    start = np.repeat(rng.uniform(low, max(low + 0.1, high - days), visits), orders)
    t = np.minimum(start + rng.random(len(who)) * days, high)
    buy(world, who, rng.choice(shops, len(who)), t, risk=risk)


def _town(world: World, shops: tuple[int, int], people: tuple[int, int]) -> tuple[Ints, Ints]:
    """Some shops and some people of one city."""
    here = in_one_city(world)
    found = world.pick(world.rng.integers(*shops), here)
    if not len(found):
        return found, found
    city = world.firms.city[found[0]]
    return found, world.pick(world.rng.integers(*people), world.people.city == city)


def _mall(world: World) -> None:
    """A mall or a high street."""
    rng = world.rng
    shops, people = _town(world, (5, 25), (150, 700))
    if len(shops) > 3:
        _visit(world, people, shops, int(len(shops) * rng.uniform(20, 70)), 4, 0.3, (0, world.days))
        world.look_alike("mall", "partner", shops)


def _festival(world: World) -> None:
    """A festival or a fair that was cancelled or failed: many bad ends at once."""
    rng = world.rng
    shops, people = _town(world, (3, 10), (25, 120))
    start = rng.uniform(5, world.days - 40)
    if len(shops) > 2:
        risk = rng.choice([0.05, 0.2, 0.35]) * np.array([1, 0.6, 0.1])
        visits = int(len(shops) * rng.uniform(8, 20))
        _visit(world, people, shops, visits, 3, 2, (start, start + rng.uniform(3, 14)), risk)
        world.look_alike("festival", "partner", shops)


def _club(world: World) -> None:
    """Friends, clubs, canteens: few buyers, few shops, again and again; of some the members are poor."""
    rng, days = world.rng, world.days
    shops, people = _town(world, (2, 7), (5, 30))
    start = rng.uniform(0, days * 0.6)
    span = start, min(days, start + rng.uniform(30, 200))
    poor = rng.random() < 0.3
    if len(shops) > 1 and len(people) > 3:
        risk = np.array([0.03, 0.05, rng.uniform(0.1, 0.35)]) if poor else None
        visits = int(len(people) * rng.uniform(2, 6))
        _visit(world, people, shops, visits, 3, float(rng.choice([0.2, 1, 4])), span, risk)
        world.look_alike("poor_club" if poor else "club", "partner", shops)
