"""How shops and people come to be joined: the same few ways for honest groups and for crews."""

from __future__ import annotations

import numpy as np

from benchmarks.fourteenth_worlds.climate import DAY, Floats, Ints
from benchmarks.fourteenth_worlds.ledger import NOBODY, World


def cohort(
    world: World, people: Ints, shops: Ints, first: float, last: float, *, reach: float, visits: float,
    rhythm: int = 1, least: int = 1,
) -> tuple[Floats, Ints, Ints]:  # fmt: skip
    """Visits (moment, person, shop) of people who each know some of the shops, never while one is shut.

    `reach` is the chance that a person knows a further shop, beside the `least` that each of them knows.
    """
    rng = world.rng
    if not len(people) or not len(shops):
        return np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    least = min(least, len(shops))
    known = least + rng.binomial(len(shops) - least, reach, len(people))
    order = np.argsort(rng.random((len(people), len(shops))), axis=1)
    times = np.maximum(rng.poisson(visits, len(people)), least)
    person = np.repeat(np.arange(len(people)), times)
    turn = np.arange(len(person)) - np.repeat(np.cumsum(times) - times, times)
    drawn = (rng.random(len(person)) * known[person]).astype(np.int64)
    place = np.where(turn < known[person], turn, drawn)
    shop, who = shops[order[person, place]], people[person]
    opened = np.maximum(world.shops["opened"][shop], world.people["created"][who] + 600)
    closed = world.shops["closed"][shop]
    t = world.climate.moments(rng, len(shop), first, last, rhythm)
    late = (t < opened) | (t > closed)
    low, high = np.maximum(opened, first), np.minimum(closed, last)
    again = low + rng.random(len(t)) * np.maximum(high - low, 0)
    by_day = world.climate.daytime(rng, again, rhythm)
    again = np.where((by_day > low) & (by_day < high), by_day, again)
    t = np.where(late & (high > low), again, t)
    kept = (t >= opened) & (t <= closed) & (t < world.climate.end - 60) & (t >= world.climate.start)
    return t[kept], who[kept], shop[kept]


def one_desk(
    world: World,
    shops: Ints,
    rate: float,
    first: float,
    last: float,
    *,
    every: float = 1.0,
    device: int = NOBODY,
) -> int:
    """One device logs in to a share of the shops at that monthly rate; the device."""
    if device == NOBODY:
        device = int(world.device(1, (0.35, 0.55, 0.1, 0.0, 0.0))[0])
    for shop in shops[world.rng.random(len(shops)) < every]:
        world.works_at(int(shop), device, rate, first, last)
    return device


def slips(world: World, shops: Ints, device: int, first: float, last: float, times: int) -> None:
    """A few single logins from a device, at shops that are not its own."""
    shop = world.rng.choice(shops, times)
    low = np.maximum(world.shops["opened"][shop], first)
    high = np.minimum(world.shops["closed"][shop], min(last, world.climate.end - 60))
    t = low + world.rng.random(times) * (high - low)
    t = world.climate.daytime(world.rng, t)
    fits = (high > low) & (t > low) & (t < high)
    world.logs_in(shop[fits], np.full(int(fits.sum()), device), t[fits])


def one_till(
    world: World, shops: Ints, accounts: Ints, since: float, *, each: int = 1, every: float = 1.0
) -> None:
    """A share of the shops is paid out to the same few accounts from then on."""
    for shop in shops[world.rng.random(len(shops)) < every]:
        world.pays_to(int(shop), since, world.rng.choice(accounts, min(each, len(accounts)), replace=False))


def one_purse(
    world: World, shops: Ints, account: Ints, share: float, *, chance: float = 1.0, every: float = 1.0,
    since: float = -np.inf, until: float = np.inf,
) -> None:  # fmt: skip
    """A share of the shops sends a part of what it is paid on to the same accounts."""
    if not world.climate.has_transfers:
        return
    for shop in shops[world.rng.random(len(shops)) < every]:
        world.passes_on(int(shop), account, share, chance=chance, since=since, until=until)


def repay(
    world: World, source: Ints, target: Ints, t: Floats, amount: Floats, *, within: float = 2.0
) -> None:  # fmt: skip
    """Money that goes on between accounts within days of something that happened then."""
    if not world.climate.has_transfers or not len(t):
        return
    later = t + world.rng.exponential(within, len(t)) * DAY + 900
    kept = later < world.climate.end - 60
    world.sends(later[kept], source[kept], target[kept], amount[kept])


def main_account(world: World, shops: Ints) -> Ints:
    """The accounts that the shops were opened with."""
    return world.shops.whole("account")[shops]
