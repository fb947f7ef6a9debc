"""Towns and ordinary consumers, and the shills that rings add."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.sixth_worlds.settings import Settings
from benchmarks.sixth_worlds.trades import TASTES, TRADES
from benchmarks.sixth_worlds.world import People, World
from benchmarks.writing.units import Floats, Ints, joined

TASTE: Final = np.array([one.taste for one in TRADES])


def draw_towns(rng: np.random.Generator, settings: Settings) -> tuple[Ints, Floats]:
    """The country and the share of consumers of each town, towns of a country next to each other."""
    country = np.repeat(np.arange(len(settings.towns)), settings.towns)
    share = np.concatenate(
        [
            part * rng.dirichlet(np.full(n, 0.9))
            for part, n in zip(settings.country_share, settings.towns, strict=True)
        ]
    )
    return country, share / share.sum()


def add_people(world: World) -> None:
    """Ordinary consumers, sorted by town and taste."""
    rng, settings = world.rng, world.settings
    n = max(400, int(settings.orders / settings.orders_a_consumer))
    town = rng.choice(len(world.town_share), n, p=world.town_share)
    taste = rng.integers(0, TASTES, n)
    order = np.lexsort((taste, town))
    town, taste = town[order], taste[order]
    risk = np.exp(rng.normal(0, 0.45, len(world.town_share)))
    device, account = world.new_devices(n), world.new_accounts(n)
    people = People(
        town=town,
        taste=taste,
        default=settings.default_rate * np.exp(rng.normal(0, 1.35, n)) * risk[town],
        refund=np.exp(rng.normal(0, 0.9, n)),
        dispute=settings.dispute_rate * np.exp(rng.normal(0, 1.1, n)),
        device=device,
        later_device=np.where(rng.random(n) < 0.3, world.new_devices(n), device),
        second_device=np.where(rng.random(n) < settings.second_device, world.new_devices(n), device),
        swap=rng.uniform(0, world.days, n),
        account=account,
        second_account=np.where(rng.random(n) < settings.second_account, world.new_accounts(n), account),
        fresh=np.zeros(n, np.bool_),
        made=np.full(n, np.nan),
    )
    giver = rng.choice(n, n // 60, replace=False)  # phones that are handed down
    taker = np.clip(giver + rng.integers(-40, 41, len(giver)), 0, n - 1)
    people.second_device[taker] = people.device[giver]
    world.people, world.ordinary = people, n
    world.activity = np.concatenate([[0], np.cumsum(np.exp(rng.normal(0, settings.activity, n)))])
    key = town * TASTES + taste
    world.cells = np.searchsorted(key, np.arange(len(world.town_share) * TASTES + 1))


def add_shills(world: World, town: Ints, device: Ints, second: Ints, account: Ints, other: Ints) -> Ints:
    """More consumers, by their towns, devices and accounts; their numbers."""
    rng, people, n = world.rng, world.people, len(town)
    settings = world.settings
    new = People(
        town=town,
        taste=rng.integers(0, TASTES, n),
        default=settings.default_rate * np.exp(rng.normal(0, 1.3, n)),
        refund=np.exp(rng.normal(0, 0.9, n)),
        dispute=settings.dispute_rate * np.exp(rng.normal(0, 1.1, n)),
        device=device,
        later_device=world.new_devices(n),
        second_device=second,
        swap=np.where(rng.random(n) < 0.2, rng.uniform(0, world.days, n), world.days + 1),
        account=account,
        second_account=other,
        fresh=np.zeros(n, np.bool_),
        made=np.full(n, np.nan),
    )
    first = len(people)
    world.people = joined([people, new])
    return np.arange(first, first + n)


def shoppers(world: World, firm: Ints) -> Ints:
    """A consumer for each order at these partners: of the town, the country or anywhere, mostly by taste."""
    rng, firms, n = world.rng, world.firms, len(firm)
    u, country = rng.random(n), firms.country[firm]
    local, national = firms.reach[firm].T
    ends = np.concatenate([[0], np.cumsum(world.town_share)])
    edge = np.searchsorted(world.town_country, np.arange(len(world.settings.countries) + 1))
    low, high = ends[edge[country]], ends[edge[country + 1]]
    far = u > local + national
    low, high = np.where(far, 0, low), np.where(far, ends[-1], high)
    drawn = np.searchsorted(ends, low + (high - low) * rng.random(n), "right") - 1
    town = np.where(u < local, firms.town[firm], np.clip(drawn, 0, len(world.town_share) - 1))
    taste = TASTE[firms.trade[firm]]
    same = rng.random(n) < 0.55
    first = np.where(same, world.cells[town * TASTES + taste], world.cells[town * TASTES])
    last = np.where(same, world.cells[town * TASTES + taste + 1], world.cells[town * TASTES + TASTES])
    empty = first >= last  # nobody there: anybody of the country, or anybody
    first = np.where(empty, world.cells[edge[country] * TASTES], first)
    last = np.where(empty, world.cells[edge[country + 1] * TASTES], last)
    empty = first >= last
    return world.active(np.where(empty, 0, first), np.where(empty, world.ordinary, last))
